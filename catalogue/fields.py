"""One cleaner for each field of an entry: from whatever a source wrote to the one form that is kept, or Unclear."""

import json
import math
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields
from datetime import date
from typing import Any

from catalogue.entries import DATES, ENUMS, FIELDS, LISTS, RECORDS
from catalogue.text import clean_line, clean_text

MEANINGS: Mapping[str, Mapping[str, str]] = {
    "access_rights": {
        "public": "OPEN",
        "open": "OPEN",
        "restricted": "RESTRICTED",
        "restricted_public": "RESTRICTED",
        "internal": "INTERNAL",
        "non-public": "INTERNAL",
        "commercial": "COMMERCIAL",
    },
    "security_classification": {"official_sensitive": "OFFICIAL", "official-sensitive": "OFFICIAL"},
}
PART_NAMES: Mapping[str, str] = {
    "contactName": "name",
    "fn": "name",
    "hasEmail": "email",
    "downloadURL": "url",
    "accessURL": "url",
}
LIMITS: Mapping[str, int] = {"title": 500, "summary": 1000, "description": 20_000}
LINE_LIMIT = 2_000
ITEM_LIMIT = 300
LIST_LIMIT = 200
NAME_LIMIT = 100
ID_LIMIT = 300
DEPTH = 4
LONG = frozenset({"description", "summary", "onward_sharing", "retention", "charges", "data_subjects"})
CONTACT_PARTS = ("name", "email", "slack_channel")
_DATE = re.compile(r"(\d{4})(?:-(\d\d)(?:-(\d\d))?)?(?:[T ]\d\d(?::|\d\d).*)?", re.ASCII)
_BRITISH_DATE = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})", re.ASCII)


class Unclear(Exception):
    """A value that cannot be understood; the reason is for the report."""


def is_empty(value: Any) -> bool:
    return value is None or value == "" or value == [] or value == {} or value == ()


def plain(value: Any, depth: int = 0) -> Any:
    """A value as it may be kept under extras: JSON without odd numbers, text cleaned, bounded in size and depth."""
    if isinstance(value, str):
        return clean_text(value, LINE_LIMIT)
    if value is None or isinstance(value, bool) or (isinstance(value, int | float) and abs(value) < 2**53):
        return value
    if not isinstance(value, Mapping | list | tuple):
        return clean_text(_written(value), LINE_LIMIT)
    if depth >= DEPTH:
        return "…"
    if isinstance(value, Mapping):
        pairs = list(value.items())[:LIST_LIMIT]
        return {clean_line(_written(key), NAME_LIMIT): plain(item, depth + 1) for key, item in pairs}
    return [plain(item, depth + 1) for item in value[:LIST_LIMIT]]


def _written(value: Any) -> str:
    try:
        return str(value)
    except ValueError:  # a number of thousands of digits
        return "…"


def text(value: Any) -> str:
    """A value as text. Raises Unclear for an object, a list of anything but text, or no number."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool) or (isinstance(value, int | float) and abs(value) < 10**300 and math.isfinite(value)):
        return str(value)
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return "; ".join(value)
    raise Unclear("This should be text.")


def _line(name: str, value: Any) -> str:
    return clean_line(text(value), LIMITS.get(name, LINE_LIMIT))


def _long(name: str, value: Any) -> str:
    return clean_text(text(value), LIMITS.get(name, LINE_LIMIT * 2))


def _identifier(_name: str, value: Any) -> str:
    """An id is one word: what stands between the words of a source's id becomes a hyphen."""
    identifier = "-".join(clean_line(text(value), ID_LIMIT + 1).split())
    if len(identifier) > ID_LIMIT:
        raise Unclear(f"An id has at most {ID_LIMIT} characters.")
    return identifier


def _items(value: Any) -> Iterable[Any]:
    if isinstance(value, list | tuple):
        return value
    given = text(value).strip()
    if given.startswith("["):
        try:
            parsed = json.loads(given)
            if isinstance(parsed, list):
                return parsed
        except (ValueError, RecursionError):
            pass
    return re.split(r"[;|\n]", given)


def _list(_name: str, value: Any) -> list[str]:
    items: dict[str, None] = {}
    for item in _items(value):
        if isinstance(item, Mapping):  # CKAN writes tags as objects
            item = item.get("name") or item.get("display_name")
        words = clean_line(text(item), ITEM_LIMIT) if item is not None else ""
        if words:
            items[words] = None
    if len(items) > LIST_LIMIT:
        raise Unclear(f"There are more than {LIST_LIMIT} items.")
    return list(items)


def _choice(name: str, value: Any) -> str:
    given = clean_line(text(value), NAME_LIMIT)
    key = given.casefold().replace(" ", "_")
    for option in ENUMS[name]:
        if key == option.value.casefold():
            return option.value
    meaning = MEANINGS.get(name, {}).get(key)
    if meaning:
        return meaning
    raise Unclear(f"“{given[:60]}” is not one of {', '.join(ENUMS[name])}.")


def _date(_name: str, value: Any) -> str:
    given = clean_line(text(value), 60)
    british = _BRITISH_DATE.fullmatch(given)
    match = _DATE.fullmatch(f"{british[3]}-{int(british[2]):02}-{int(british[1]):02}" if british else given)
    if match:
        year, month, day = match[1], match[2], match[3]
        try:
            date(int(year), int(month or 1), int(day or 1))
            return "-".join(part for part in (year, month, day) if part)
        except ValueError:
            pass
    raise Unclear(f"“{given[:40]}” is not a date. Write it as 2026-03-31.")


def _days(_name: str, value: Any) -> int:
    try:
        number = int(text(value).strip())
    except ValueError:
        number = -1
    if not 0 <= number <= 3650:
        raise Unclear("This should be a whole number of days.")
    return number


def _parsed(value: Any) -> Any:
    """An object or a list of them, which a spreadsheet holds as its text."""
    if isinstance(value, str) and value.strip()[:1] in ("[", "{"):
        try:
            return json.loads(value)
        except (ValueError, RecursionError) as error:
            raise Unclear("This is not well-formed JSON.") from error
    return value


def _contact(name: str, value: Any) -> dict[str, str]:
    value = _parsed(value)
    if isinstance(value, list):
        value = value[0] if value else None
    if value is None:
        return {}
    return _parts(value if isinstance(value, Mapping) else {"name": value}, CONTACT_PARTS)


def _records(name: str, value: Any) -> list[dict[str, str]]:
    value = _parsed(value)
    items = _items(value) if isinstance(value, str | list) else [value]
    known = tuple(part.name for part in fields(RECORDS[name]))
    records = (_parts(item if isinstance(item, Mapping) else {known[0]: item}, known) for item in items)
    return [record for record in records if record][:LIST_LIMIT]


def _parts(record: Mapping[str, Any], known: Iterable[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for key, value in record.items():
        name = PART_NAMES.get(key, key)
        words = clean_line(text(value), LINE_LIMIT) if name in known and not is_empty(value) else ""
        if words:
            found[name] = words
    return found


def _cleaner(name: str) -> Callable[[str, Any], Any]:
    special: dict[str, Callable[[str, Any], Any]] = {
        **dict.fromkeys(("id", "supersedes", "superseded_by"), _identifier),
        "contact": _contact,
        "lead_time_days": _days,
    }
    if name in special:
        return special[name]
    for names, cleaner in ((LISTS, _list), (ENUMS, _choice), (DATES, _date), (RECORDS, _records), (LONG, _long)):
        if name in names:
            return cleaner
    return _line


CLEANERS: Mapping[str, Callable[[str, Any], Any]] = {name: _cleaner(name) for name in FIELDS if name != "extras"}
"""From a field's name to what cleans its value. Each is called with the name and the value; it returns the value to
keep, which may be empty, or raises Unclear. What it returned, it returns again."""
