"""Values as people read them: dates, frequencies, access, places. Plain English, no codes, never "null"."""

from collections.abc import Callable
from datetime import date

from bot.language import joint, phrase, spoken
from catalogue.freshness import period_of
from catalogue.model import AccessRights, Dataset, Edition, Language, PersonalData, Status
from catalogue.requests.model import ShareRequest, Waiting
from catalogue.requests.states import State
from catalogue.search.coverage import Covers, Part
from intents.collect import Gap

NOT_PROVIDED = "Not provided"
NO_LONGER = "no longer"
NO_LONGER_UPDATED = "no longer updated"
SHORT = 40  # characters of a title that may stand for itself beside a value

ACCESS = {
    AccessRights.OPEN: "Open to everyone",
    AccessRights.RESTRICTED: "Shared on request, under conditions",
    AccessRights.INTERNAL: "For use inside the organisation that holds it",
    AccessRights.COMMERCIAL: "On commercial terms",
    None: "How open it is, is not provided",
}
LICENCES = {
    "ogl-uk-3.0": "Open Government Licence v3.0",
    "https://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/": "Open Government Licence v3.0",
    "http://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/": "Open Government Licence v3.0",
    "data_share_agreement": "a data sharing agreement",
    "data_share_request": "a data sharing agreement",
}
FREQUENCIES = {
    "annual": "every year",
    "yearly": "every year",
    "biennial": "every 2 years",
    "triennial": "every 3 years",
    "semiannual": "twice a year",
    "biannual": "twice a year",
    "quarterly": "every quarter",
    "threetimesayear": "3 times a year",
    "termly": "every term",
    "bimonthly": "every 2 months",
    "monthly": "every month",
    "biweekly": "every 2 weeks",
    "fortnightly": "every 2 weeks",
    "weekly": "every week",
    "daily": "every day",
    "continuous": "all the time",
    "real-time": "all the time",
    "decennial": "every 10 years",
    "irregular": "from time to time",
    "as needed": "as needed",
    "never": NO_LONGER,
}
PERSONAL = {
    PersonalData.NONE: "No personal data",
    PersonalData.AGGREGATE: "Totals only, no records of people",
    PersonalData.PSEUDONYMISED: "Records of people without direct identifiers",
    PersonalData.PERSONAL: "Personal data",
    PersonalData.SPECIAL_CATEGORY: "Special category personal data",
    PersonalData.CRIMINAL_OFFENCE: "Criminal offence data",
    None: "Whether it holds personal data is not provided",
}
FORMS = {
    "text/csv": "CSV",
    "text/html": "web page",
    "application/json": "JSON",
    "application/fhir+json": "FHIR JSON",
    "application/geo+json": "GeoJSON",
    "application/geopackage+sqlite3": "GeoPackage",
    "application/netcdf": "NetCDF",
    "application/pdf": "PDF",
    "application/vnd.apache.parquet": "Parquet",
    "application/vnd.ms-excel": "Excel",
    "application/vnd.oasis.opendocument.spreadsheet": "ODS spreadsheet",
    "application/vnd.ogc.wms_xml": "WMS map service",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "Excel",
    "application/x-spss-sav": "SPSS",
    "application/xml": "XML",
    "application/zip": "ZIP",
    "image/tiff": "TIFF",
}
ROLES = {
    "steward": "data steward",
    "manager": "data manager",
    "admin": "administrator",
    "auditor": "auditor",
}
FIELDS = {
    "title": "title",
    "alternative_titles": "other name",
    "acronyms": "acronym",
    "keywords": "keywords",
    "publisher": "holder",
    "summary": "summary",
    "description": "description",
    "theme": "theme or coverage",
}

EDITIONS = {
    Edition.PROVISIONAL: "Provisional figures, which may still change",
    Edition.FINAL: "Final figures",
    None: NOT_PROVIDED,
}
LABELS = {
    "publisher": "Held by",
    "status": "State",
    "edition": "Edition",
    "access_rights": "Access",
    "licence": "Licence",
    "personal_data": "Personal data",
    "data_subjects": "About",
    "spatial": "Covers",
    "temporal": "Years",
    "granularity": "Detail",
    "update_frequency": "Updated",
    "modified": "Last changed",
    "lead_time_days": "Usual time to decide",
    "charges": "Charges",
    "superseded_by": "Replaced by",
}
"""What fields are called where they stand beside their values."""

HAPPENINGS = {
    "added": "is new",
    "changed": "has changed",
    "opened": "is now open to everyone",
    "superseded": "has been replaced",
    "withdrawn": "has been withdrawn",
    "published": "is published again",
}
"""What happened to an entry that somebody follows, as the rest of a sentence."""

REQUEST_STATES = {
    State.DRAFT: "not sent yet",
    State.SUBMITTED: "sent, waiting for a decision",
    State.IN_REVIEW: "being reviewed",
    State.RETURNED: "sent back",
    State.APPROVED: "approved",
    State.DECLINED: "declined",
    State.WITHDRAWN: "withdrawn",
    State.EXPIRED: "closed because nothing happened for too long",
}


def provider(who: str, recipient: str | None) -> str:
    """Who provides what is needed to share: `who` is asker, holder or both."""
    if who == "holder":
        return phrase("From the holder.")
    if who == "asker":
        return phrase("From the recipient." if recipient else "From you.")
    return phrase("From the recipient and the holder." if recipient else "From you and the holder.")


def day(value: str | None) -> str | None:
    """`2026-03-31` as 31 March 2026, `2026-03` as March 2026, `2026` as it is."""
    if not value:
        return None
    parts = [int(part) for part in value.split("-")]
    if len(parts) == 1:
        return value
    moment = date(parts[0], parts[1], parts[2] if len(parts) == 3 else 1)
    month = f"{phrase(f'{moment:%B}')} {moment.year}"
    return f"{moment.day} {month}" if len(parts) == 3 else month


def month_day(moment: date) -> str:
    """`31 March`."""
    return f"{moment.day} {phrase(f'{moment:%B}')}"


def access(dataset: Dataset) -> str:
    """How open an entry is, in one line."""
    line = phrase(ACCESS[dataset.access_rights])
    licence = LICENCES.get((dataset.licence or "").lower())
    if dataset.access_rights is AccessRights.OPEN and licence:
        return f"{line} ({phrase(licence)})"
    return line


def freshness(dataset: Dataset) -> str:
    """How fresh an entry is, in one line."""
    parts = []
    often = _often(dataset)
    if often:
        parts.append(phrase(NO_LONGER_UPDATED if often == NO_LONGER else "updated {often}").format(often=phrase(often)))
    if dataset.modified:
        parts.append(phrase("last changed {day}").format(day=day(dataset.modified)))
    return ", ".join(parts) or phrase("when it was last updated is not provided")


def form(media_type: str) -> str:
    """The form that data comes in, as people call it; a media type that is not known stays as it is."""
    return phrase(FORMS.get(media_type.lower(), media_type))


def on(value: str) -> str:
    """A date as part of a sentence: on 31 March 2026, in March 2026, in 2026."""
    return phrase({10: "on {day}", 7: "in {month}"}.get(len(value), "in {year}")).format(
        day=day(value), month=day(value), year=value
    )


def updated(dataset: Dataset) -> str:
    """How current an entry is, as the rest of a sentence that begins with its title."""
    often = NO_LONGER if dataset.status is Status.WITHDRAWN else _often(dataset)
    first = phrase("is no longer updated" if often == NO_LONGER else "is updated {often}" if often else "")
    last = phrase("last changed {on}").format(on=on(dataset.modified)) if dataset.modified else ""
    said = [piece for piece in (first.format(often=phrase(often or "")), last) if piece]
    return phrase(" and ").join(said) or phrase("does not say when it was last updated")


def frequency(dataset: Dataset) -> str | None:
    """How often an entry is updated; None when that is not known."""
    often = _often(dataset)
    return phrase(often) if often else None


def _often(dataset: Dataset) -> str | None:
    return FREQUENCIES.get((dataset.update_frequency or "").lower()) or FREQUENCIES.get(
        period_of(dataset.update_frequency)
    )


def source(dataset: Dataset) -> str:
    """Where what is said of an entry comes from, and when a steward last checked it."""
    checked = phrase("checked {day}" if dataset.last_verified else "no check recorded")
    entry = phrase("{source} entry {id}" if dataset.source else "catalogue entry {id}")
    return f"{entry}, {checked}".format(source=dataset.source, id=dataset.id, day=day(dataset.last_verified))


def period(dataset: Dataset) -> str | None:
    """The years an entry covers: from 2006, or 2006 to 2024."""
    if not dataset.temporal:
        return None
    start, _slash, end = dataset.temporal.partition("/")
    if end in ("", "..") and start:
        return phrase("from {start}").format(start=start) if end else start
    return phrase("{start} to {end}" if start not in ("", "..") else "up to {end}").format(start=start, end=end)


COVERING = {
    "place": ("covers {asked}", "does not cover {asked}", "covers a part of {asked}", "may or may not cover {asked}"),
    "years": ("covers {asked}", "does not cover {asked}", "covers a part of {asked}", "may or may not cover {asked}"),
    "grain": (
        "is broken down by {asked}",
        "is not broken down by {asked}",
        "can be added up to {asked}",
        "may or may not be broken down by {asked}",
    ),
}
"""Whether an entry covers something, as the rest of a sentence: yes, no, partly, not stated."""


def covering(part: Part) -> str:
    """Whether an entry covers one thing that was asked for, as the rest of a sentence."""
    place = (Covers.YES, Covers.NO, Covers.PARTLY, Covers.NOT_STATED).index(part.covers)
    words = phrase(COVERING[part.kind][place]).format(asked=part.asked)
    if part.has:
        words += phrase(" from {parts}" if part.kind == "grain" else ": {parts}").format(parts=listed(part.has[:6]))
    return words + (phrase(", not {parts}").format(parts=listed(part.lacks)) if 0 < len(part.lacks) <= 4 else "")


def lacking(gap: Gap, dataset: Dataset) -> str:
    """What an entry lacks of what would be collected."""
    if gap.part:
        return phrase("it {covers}").format(covers=covering(gap.part))
    if gap.what == "often":
        return phrase("{words} figures: it is updated {often}").format(words=gap.words, often=frequency(dataset))
    return phrase("anything called “{words}”").format(words=gap.words)


def turn(request: ShareRequest, holder: str | None, reader: str) -> str:
    """Whose turn a request is, for somebody who may read it."""
    match request.waiting_for:
        case Waiting.REQUESTER:
            return phrase("It is your turn." if request.author == reader else "Whoever asked is next.")
        case Waiting.MANAGER:
            return phrase("{holder} decides next.").format(holder=holder or phrase("The holder"))
        case Waiting.LEGAL:
            return phrase("It waits for legal advice.")
        case Waiting.TECHNICAL:
            return phrase("It waits for technical advice.")
        case _:
            return ""


def listed(names: list[str] | tuple[str, ...], last: str = "and") -> str:
    """`a, b and c`."""
    items = list(names)
    if len(items) < 2:
        return "".join(items)
    return f"{', '.join(items[:-1])} {joint(last, items[-1])} {items[-1]}"


def count(number: int, one: str, many: str | None = None) -> str:
    """`1 entry`, `2 entries`, `1,200 entries`. Welsh counts with the singular unless `many` says otherwise."""
    plural = many or (one if spoken() is Language.WELSH else f"{one}s")
    return f"{number:,} {one if number == 1 else plural}"


def ended(text: str) -> str:
    """A text that somebody wrote, at the end of a sentence of ours: with a full stop unless it has its own end."""
    return text if text.endswith((".", "…", "?", "!")) else f"{text}."


def about_days(days: int) -> str:
    """`about 20 days`."""
    return phrase("about {days}").format(days=count(days, phrase("day"), phrase("days")))


_VALUES: dict[str, Callable[[Dataset], str | None]] = {
    "status": lambda dataset: phrase("Withdrawn" if dataset.status is Status.WITHDRAWN else "Published"),
    "edition": lambda dataset: phrase(EDITIONS[dataset.edition]),
    "access_rights": lambda dataset: phrase(ACCESS[dataset.access_rights]),
    "licence": lambda dataset: phrase(LICENCES.get((dataset.licence or "").lower(), dataset.licence or "")),
    "personal_data": lambda dataset: phrase(PERSONAL[dataset.personal_data]),
    "temporal": lambda dataset: period(dataset),
    "update_frequency": lambda dataset: frequency(dataset),
    "modified": lambda dataset: day(dataset.modified),
    "lead_time_days": lambda dataset: None if dataset.lead_time_days is None else about_days(dataset.lead_time_days),
}


def value(dataset: Dataset, field: str, holder: str | None) -> str:
    """What an entry says in one of the fields of LABELS, in words."""
    if field == "publisher":
        return holder or phrase(NOT_PROVIDED)
    words = _VALUES[field](dataset) if field in _VALUES else (getattr(dataset, field) or "").replace("; ", ", ")
    return words or phrase(NOT_PROVIDED)


def short_name(dataset: Dataset, others: list[Dataset]) -> str:
    """What to call an entry beside others: its title, or where that is long an acronym that no other has."""
    taken = {acronym for other in others if other.id != dataset.id for acronym in other.acronyms}
    own = [acronym for acronym in dataset.acronyms if acronym not in taken]
    return own[0] if own and len(dataset.title) > SHORT else dataset.title
