"""What a person who fills in a form is told beside a field, and which changes they are asked about once more.

A file that brings an odd value is taken with a fault in its report (`rows.py`); a person can mend it at once, so more
is asked of them here. `tidy` gives the value as it will be kept, or raises Unclear with the sentence to show.
"""

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from catalogue.entries import DATES
from catalogue.fields import CLEANERS, LIMITS, Unclear, is_empty
from catalogue.model import AccessRights, Dataset, PersonalData, Visibility

EMAIL = re.compile(r"[^@\s<>(),;:\"]{1,64}@[a-z0-9-]+(\.[a-z0-9-]+)+", re.IGNORECASE)
CHANNEL = re.compile(r"#[^\s#A-Z]{1,80}")
YEARS = re.compile(r"(\d{4})(/(\d{4}|\.\.))?")
PAST = frozenset({"modified", "last_verified"})
MOST = LIMITS["description"]


def tidy(name: str, value: Any, *, today: date) -> Any:
    """The value a person wrote for a field, as it is kept; None when it is empty. Raises Unclear."""
    if is_empty(value):
        return None
    if isinstance(value, str) and len(value) > LIMITS.get(name, MOST):
        raise Unclear(f"This is longer than {LIMITS.get(name, MOST):,} characters.")
    cleaned = CLEANERS[name](name, value)
    if is_empty(cleaned):
        return None
    _look_closely(name, cleaned, today)
    return cleaned


def _look_closely(name: str, value: Any, today: date) -> None:
    if name in DATES & PAST and value > today.isoformat()[: len(value)]:
        raise Unclear("This date is in the future.")
    if name == "url" and not value.startswith("https://"):
        raise Unclear("A link starts with https://")
    if name == "temporal":
        _check_years(value)
    if name == "security_classification" and value in ("SECRET", "TOP_SECRET"):
        raise Unclear("Entries above OFFICIAL do not belong in Slack.")
    if name == "contact":
        check_contact(value)


def _check_years(value: str) -> None:
    years = YEARS.fullmatch(value)
    if not years:
        raise Unclear("Write years as 2006/2024, or 2006/.. if it goes on.")
    if years[3] and years[3] != ".." and years[3] < years[1]:
        raise Unclear("The last year is before the first.")


def check_contact(contact: Mapping[str, str]) -> None:
    """Raises Unclear for an address or a channel that cannot be one. The first word is the part it is about."""
    email, channel = contact.get("email"), contact.get("slack_channel")
    if email and not EMAIL.fullmatch(email):
        raise Unclear("This is not an e-mail address. Give a shared mailbox, such as data@example.gov.uk.")
    if channel and not CHANNEL.fullmatch(channel):
        raise Unclear("A channel starts with # and has no spaces, such as #education-data.")


OPENNESS = (None, AccessRights.INTERNAL, AccessRights.COMMERCIAL, AccessRights.RESTRICTED, AccessRights.OPEN)
WIDTH = (Visibility.NAMED, Visibility.GOVERNMENT, Visibility.PUBLIC)
SENSITIVITY = (
    None,
    PersonalData.NONE,
    PersonalData.AGGREGATE,
    PersonalData.PSEUDONYMISED,
    PersonalData.PERSONAL,
    PersonalData.SPECIAL_CATEGORY,
    PersonalData.CRIMINAL_OFFENCE,
)


def weighty(entry: Dataset, changes: Mapping[str, Any]) -> tuple[str, ...]:
    """The fields whose change opens something up or moves the entry to others: a person is asked whether they mean it.

    `changes` are values as they are kept.
    """
    found = []
    if "visibility" in changes and WIDTH.index(_visibility(changes)) > WIDTH.index(entry.visibility):
        found.append("visibility")
    if "access_rights" in changes and _rank(OPENNESS, changes["access_rights"]) > OPENNESS.index(entry.access_rights):
        found.append("access_rights")
    if "personal_data" in changes:
        was, will = SENSITIVITY.index(entry.personal_data), _rank(SENSITIVITY, changes["personal_data"])
        if was > SENSITIVITY.index(PersonalData.AGGREGATE) > will or (was > will > 0):
            found.append("personal_data")
    if changes.get("publisher") and changes["publisher"] != entry.publisher and entry.publisher:
        found.append("publisher")
    return tuple(found)


def _visibility(changes: Mapping[str, Any]) -> Visibility:
    return Visibility(changes["visibility"]) if changes["visibility"] else Visibility.PUBLIC


def _rank(order: tuple[Any, ...], value: Any) -> int:
    return order.index(value)
