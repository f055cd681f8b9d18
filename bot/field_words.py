"""The fields of an entry as people call them, grouped as people think, and their values in words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot import words
from bot.language import Spoken, phrase, sentence
from catalogue.model import AccessRights, PersonalData, Visibility
from catalogue.sharing.explanation import Reason


@dataclass(frozen=True, slots=True)
class Group:
    """Fields that are edited together. `fields` in the order in which they are asked for."""

    name: str
    title: str
    fields: tuple[str, ...]


GROUPS: Mapping[str, Group] = {
    group.name: group
    for group in (
        Group(
            "what",
            "What it is",
            (
                "title",
                "summary",
                "description",
                "alternative_titles",
                "acronyms",
                "keywords",
                "theme",
                "spatial",
                "temporal",
                "granularity",
                "url",
                "distributions",
                "has_part",
                "served_by",
            ),
        ),
        Group("who", "Who to ask", ("contact", "publisher", "creator")),
        Group(
            "sharing",
            "How it may be shared",
            (
                "access_rights",
                "visibility",
                "visible_to",
                "personal_data",
                "data_subjects",
                "licence",
                "legal_gateways",
                "documents_needed",
                "lead_time_days",
                "charges",
                "onward_sharing",
                "retention",
                "security_classification",
                "handling",
            ),
        ),
        Group("fresh", "How fresh it is", ("update_frequency", "modified", "issued", "last_verified", "edition")),
    )
}

LABELS: Mapping[str, str] = Spoken(
    {
        "id": "Id",
        "title": "Title",
        "alternative_titles": "Other names people use",
        "acronyms": "Acronyms",
        "summary": "Summary",
        "description": "Description",
        "publisher": "Held by",
        "publisher_acronym": "Holder’s acronym",
        "creator": "Made by, if others",
        "keywords": "Keywords",
        "theme": "Theme",
        "contact": "Whom to ask",
        "access_rights": "How open it is",
        "security_classification": "Security classification",
        "handling": "Marking",
        "licence": "Licence",
        "update_frequency": "How often it is updated",
        "issued": "First published",
        "modified": "Data last changed",
        "last_verified": "Entry last checked",
        "spatial": "Places it covers",
        "temporal": "Years it covers",
        "granularity": "Finest detail",
        "personal_data": "Personal data",
        "data_subjects": "Whom the data is about",
        "legal_gateways": "Powers in law to share it",
        "documents_needed": "Papers needed for a share",
        "onward_sharing": "Passing it on",
        "retention": "How long it may be kept",
        "charges": "What it costs",
        "lead_time_days": "Days a request usually takes",
        "distributions": "Forms it comes in",
        "served_by": "Services that give access to it",
        "has_part": "Its parts",
        "supersedes": "Takes the place of",
        "superseded_by": "Its place was taken by",
        "edition": "Edition",
        "status": "Status",
        "visibility": "Who may know of this entry",
        "visible_to": "Named bodies and people who may know of it",
        "source": "Catalogue it came from",
        "source_id": "Id there",
        "url": "Its page",
        "extras": "Other details",
    }
)

HINTS: Mapping[str, str] = Spoken(
    {
        "summary": "One or two sentences: what it is, about whom, where.",
        "description": "What is in it, what is not, and what it is used for.",
        "alternative_titles": "One on each line.",
        "acronyms": "One on each line.",
        "keywords": "Words people may search for, one on each line.",
        "theme": "Such as Education, Health, Transport.",
        "spatial": "The finest first, with a semicolon between: wards; England",
        "temporal": "2006/2024, or 2006/.. if it goes on.",
        "granularity": "The smallest thing a row is about, such as pupil record or ward.",
        "url": "Starts with https://",
        "distributions": "One on each line: title | type, such as text/csv | link | OPEN or RESTRICTED if it differs.",
        "has_part": "Ids of entries, one on each line.",
        "served_by": "Ids of data services, one on each line.",
        "publisher": "The name or acronym of the organisation.",
        "creator": "Names of organisations, one on each line.",
        "visible_to": "Only for “Named bodies and people only”. Slugs of organisations or ids of people, one on each"
        " line.",
        "licence": "OGL-UK-3.0, or DATA_SHARE_AGREEMENT where an agreement is needed.",
        "legal_gateways": "One on each line: name | citation | what to know about it.",
        "documents_needed": "One on each line.",
        "lead_time_days": "A whole number of days.",
        "handling": "Such as OFFICIAL-SENSITIVE.",
        "modified": "2026, 2026-03 or 2026-03-31.",
        "issued": "2026, 2026-03 or 2026-03-31.",
        "last_verified": "2026-03-31. “Still right” on the card sets it to today.",
        "contact_name": "A team, never a private person.",
        "contact_email": "Not somebody’s own address.",
        "contact_slack_channel": "With its #.",
    }
)
CONTACT_LABELS: Mapping[str, str] = Spoken(
    {
        "name": "Team to ask",
        "email": "Shared mailbox",
        "slack_channel": "Slack channel",
    }
)
VISIBILITIES: Mapping[str, str] = Spoken(
    {
        Visibility.PUBLIC: "Everyone",
        Visibility.GOVERNMENT: "People in government",
        Visibility.NAMED: "Named bodies and people only",
    }
)
CLASSIFICATIONS: Mapping[str, str] = Spoken({"OFFICIAL": "OFFICIAL", "NOT_APPLICABLE": "Does not apply"})
EDITIONS: Mapping[str, str] = Spoken({"provisional": "Provisional", "final": "Final"})
CHOICES: Mapping[str, Mapping[str, str]] = {
    "access_rights": Spoken({right: words.ACCESS[right] for right in AccessRights}),
    "personal_data": Spoken({kind: words.PERSONAL[kind] for kind in PersonalData}),
    "visibility": VISIBILITIES,
    "security_classification": CLASSIFICATIONS,
    "edition": EDITIONS,
    "update_frequency": Spoken(
        {
            "daily": "Every day",
            "weekly": "Every week",
            "fortnightly": "Every 2 weeks",
            "monthly": "Every month",
            "quarterly": "Every quarter",
            "termly": "Every term",
            "semiannual": "Twice a year",
            "annual": "Every year",
            "biennial": "Every 2 years",
            "triennial": "Every 3 years",
            "decennial": "Every 10 years",
            "continuous": "All the time",
            "irregular": "From time to time",
            "as needed": "As needed",
            "never": "No longer updated",
        }
    ),
}
"""For fields with a fixed set of values: each value in words."""

ACTIONS: Mapping[str, str] = Spoken(
    {
        "add": "added the entry",
        "amend": "changed",
        "withdraw": "withdrew the entry",
        "restore": "published the entry again",
        "undo": "took a change back",
        "verify": "checked the entry and found it right",
    }
)


def action_in_words(action: str) -> str:
    """What somebody did to an entry."""
    return ACTIONS.get(action) or phrase("changed")


def group_of(field: str) -> Group:
    """The group in which a field is edited; the first one for a field that no form has."""
    return next((group for group in GROUPS.values() if field in group.fields), GROUPS["what"])


def in_words(field: str, value: Any) -> str:
    """A value as it is kept, for a reader."""
    if value is None or value in ("", [], {}):
        return phrase(words.NOT_PROVIDED)
    if field in CHOICES:
        return CHOICES[field].get(value, str(value))
    if field in ("issued", "modified", "last_verified"):
        return words.day(str(value)) or phrase(words.NOT_PROVIDED)
    if field == "status":
        return phrase(str(value).capitalize())
    if isinstance(value, Mapping):
        return ", ".join(str(part) for part in value.values())
    if isinstance(value, list | tuple):
        return "; ".join(
            " | ".join(map(str, item.values())) if isinstance(item, Mapping) else str(item) for item in value
        )
    return str(value)


def because(reasons: Sequence[Reason]) -> str:
    """Why a rule for sharing applies: its facts, each with the field that it was read from."""
    return phrase(", and ").join(map(_reason, reasons))


def _reason(reason: Reason) -> str:
    said, label = sentence(reason.say), LABELS.get(reason.field)
    return f"{said} (“{label}”)" if label else f"{said} ({phrase(reason.field)})"


def differences(changes: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    """Each changed field as (what it is called, before, after)."""
    return [(LABELS[name], in_words(name, before), in_words(name, after)) for name, (before, after) in changes.items()]


CHECKS: Mapping[str, str] = Spoken(
    {
        "described": "The description is missing, or too short to say what is in it.",
        "summed_up": "There is no summary of one or two sentences.",
        "titled": "The title is one word. Write it out.",
        "found": "There are no keywords or other names to find it by.",
        "contactable": "There is no team to ask.",
        "contact_alive": "The contact does not answer, or its mail comes back.",
        "openness": "It does not say how open it is.",
        "licensed": "It does not name a licence or an agreement.",
        "papers": "It does not say which papers a share needs.",
        "lead_time": "It does not say how long a request takes.",
        "personal": "It does not say whether it holds personal data.",
        "subjects": "It does not say whom the data is about.",
        "gateway": "It names no power in law to share it.",
        "impact": "Its papers do not name a data protection impact assessment.",
        "frequency": "It does not say how often it is updated.",
        "on_time": "The next edition is late, or the date of the last one is old.",
        "coverage": "It does not say which places and years it covers.",
        "reachable": "It is open, and there is no link to it.",
        "checked": "Nobody has checked this entry for a year.",
    }
)
"""What is missing where a check of readiness does not hold."""
