"""Values as people read them: dates, frequencies, access, places. Plain English, no codes, never "null"."""

from collections.abc import Callable
from datetime import date

from catalogue.freshness import period_of
from catalogue.model import AccessRights, Dataset, Edition, PersonalData, Status
from catalogue.requests.model import ShareRequest, Waiting
from catalogue.requests.states import State
from catalogue.search.coverage import Covers, Part
from intents.collect import Gap

NOT_PROVIDED = "Not provided"
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
    "never": "no longer",
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
    user = "the recipient" if recipient else "you"
    return {"asker": f"From {user}.", "holder": "From the holder."}.get(who, f"From {user} and the holder.")


def day(value: str | None) -> str | None:
    """`2026-03-31` as 31 March 2026, `2026-03` as March 2026, `2026` as it is."""
    if not value:
        return None
    parts = [int(part) for part in value.split("-")]
    if len(parts) == 1:
        return value
    moment = date(parts[0], parts[1], parts[2] if len(parts) == 3 else 1)
    return f"{moment.day} {moment:%B %Y}" if len(parts) == 3 else f"{moment:%B %Y}"


def access(dataset: Dataset) -> str:
    """How open an entry is, in one line."""
    line = ACCESS[dataset.access_rights]
    licence = LICENCES.get((dataset.licence or "").lower())
    if dataset.access_rights is AccessRights.OPEN and licence:
        return f"{line} ({licence})"
    return line


def freshness(dataset: Dataset) -> str:
    """How fresh an entry is, in one line."""
    parts = []
    often = frequency(dataset)
    if often:
        parts.append("no longer updated" if often == "no longer" else f"updated {often}")
    if dataset.modified:
        parts.append(f"last changed {day(dataset.modified)}")
    return ", ".join(parts) or "when it was last updated is not provided"


def on(value: str) -> str:
    """A date as part of a sentence: on 31 March 2026, in March 2026, in 2026."""
    return f"{'on' if len(value) == 10 else 'in'} {day(value)}"


def updated(dataset: Dataset) -> str:
    """How current an entry is, as the rest of a sentence that begins with its title."""
    often = frequency(dataset)
    if dataset.status is Status.WITHDRAWN:
        often = "no longer"
    first = "is no longer updated" if often == "no longer" else f"is updated {often}" if often else ""
    last = f"last changed {on(dataset.modified)}" if dataset.modified else ""
    return " and ".join(filter(None, (first, last))) or "does not say when it was last updated"


def frequency(dataset: Dataset) -> str | None:
    """How often an entry is updated; None when that is not known."""
    return FREQUENCIES.get((dataset.update_frequency or "").lower()) or FREQUENCIES.get(
        period_of(dataset.update_frequency)
    )


def source(dataset: Dataset) -> str:
    """Where what is said of an entry comes from, and when a steward last checked it."""
    checked = f"checked {day(dataset.last_verified)}" if dataset.last_verified else "no check recorded"
    return f"{dataset.source or 'catalogue'} entry {dataset.id}, {checked}"


def period(dataset: Dataset) -> str | None:
    """The years an entry covers: from 2006, or 2006 to 2024."""
    if not dataset.temporal:
        return None
    start, _slash, end = dataset.temporal.partition("/")
    if end in ("", "..") and start:
        return f"from {start}" if end else start
    return f"{start} to {end}" if start not in ("", "..") else f"up to {end}"


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
    words = COVERING[part.kind][place].format(asked=part.asked)
    if part.has:
        words += f"{' from' if part.kind == 'grain' else ':'} {listed(part.has[:6])}"
    return words + (f", not {listed(part.lacks)}" if 0 < len(part.lacks) <= 4 else "")


def lacking(gap: Gap, dataset: Dataset) -> str:
    """What an entry lacks of what would be collected."""
    if gap.part:
        return f"it {covering(gap.part)}"
    if gap.what == "often":
        return f"{gap.words} figures: it is updated {frequency(dataset)}"
    return f"anything called “{gap.words}”"


def turn(request: ShareRequest, holder: str | None, reader: str) -> str:
    """Whose turn a request is, for somebody who may read it."""
    match request.waiting_for:
        case Waiting.REQUESTER:
            return "It is your turn." if request.author == reader else "Whoever asked is next."
        case Waiting.MANAGER:
            return f"{holder or 'The holder'} decides next."
        case Waiting.LEGAL | Waiting.TECHNICAL:
            return f"It waits for {request.waiting_for} advice."
        case _:
            return ""


def listed(names: list[str] | tuple[str, ...], last: str = "and") -> str:
    """`a, b and c`."""
    items = list(names)
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} {last} {items[-1]}" if items else ""


def count(number: int, one: str, many: str | None = None) -> str:
    """`1 entry`, `2 entries`, `1,200 entries`."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


_VALUES: dict[str, Callable[[Dataset], str | None]] = {
    "status": lambda dataset: "Withdrawn" if dataset.status is Status.WITHDRAWN else "Published",
    "edition": lambda dataset: EDITIONS[dataset.edition],
    "access_rights": lambda dataset: ACCESS[dataset.access_rights],
    "licence": lambda dataset: LICENCES.get((dataset.licence or "").lower(), dataset.licence),
    "personal_data": lambda dataset: PERSONAL[dataset.personal_data],
    "temporal": lambda dataset: period(dataset),
    "update_frequency": lambda dataset: frequency(dataset),
    "modified": lambda dataset: day(dataset.modified),
    "lead_time_days": lambda dataset: (
        None if dataset.lead_time_days is None else f"about {count(dataset.lead_time_days, 'day')}"
    ),
}


def value(dataset: Dataset, field: str, holder: str | None) -> str:
    """What an entry says in one of the fields of LABELS, in words."""
    if field == "publisher":
        return holder or NOT_PROVIDED
    words = _VALUES[field](dataset) if field in _VALUES else (getattr(dataset, field) or "").replace("; ", ", ")
    return words or NOT_PROVIDED


def short_name(dataset: Dataset, others: list[Dataset]) -> str:
    """What to call an entry beside others: its title, or where that is long an acronym that no other has."""
    taken = {acronym for other in others if other.id != dataset.id for acronym in other.acronyms}
    own = [acronym for acronym in dataset.acronyms if acronym not in taken]
    return own[0] if own and len(dataset.title) > SHORT else dataset.title
