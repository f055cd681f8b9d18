"""Values as people read them: dates, frequencies, access, places. Plain English, no codes, never "null"."""

from datetime import date

from catalogue.model import AccessRights, Dataset, PersonalData

NOT_PROVIDED = "Not provided"

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
    given = (dataset.update_frequency or "").lower()
    often = FREQUENCIES.get(given)
    parts = []
    if often == "no longer":
        parts.append("no longer updated")
    elif often:
        parts.append(f"updated {often}")
    if dataset.modified:
        parts.append(f"last changed {day(dataset.modified)}")
    if dataset.last_verified:
        parts.append(f"checked {day(dataset.last_verified)}")
    return ", ".join(parts) or "when it was last updated is not provided"


def period(dataset: Dataset) -> str | None:
    """The years an entry covers: from 2006, or 2006 to 2024."""
    if not dataset.temporal:
        return None
    start, _slash, end = dataset.temporal.partition("/")
    if end in ("", "..") and start:
        return f"from {start}" if end else start
    return f"{start} to {end}" if start not in ("", "..") else f"up to {end}"


def listed(names: list[str] | tuple[str, ...], last: str = "and") -> str:
    """`a, b and c`."""
    items = list(names)
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} {last} {items[-1]}" if items else ""


def count(number: int, one: str, many: str | None = None) -> str:
    """`1 entry`, `2 entries`, `1,200 entries`."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"
