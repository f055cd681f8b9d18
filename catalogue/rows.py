"""Map: one row of a file or a source becomes one entry, and whatever was wrong with it is said.

A row is left out only when it has no title or no usable id. Any other value that cannot be understood is set aside
under `extras` with its own name and reported, and the rest of the row is kept: nothing is lost, nothing is guessed.
Names may be the design's own or those of the UK metadata model and of Project Open Data (`ALIASES`).
"""

import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from catalogue.entries import DATES, ENUMS, FIELDS, LISTS, RECORDS, Document
from catalogue.text import clean_line, clean_text, kebab

Resolve = Callable[[str], str | None]
"""From an organisation's slug, name, former name or acronym to its slug; None when nobody knows it."""

ALIASES: Mapping[str, str] = {
    "identifier": "id",
    "alternativeTitle": "alternative_titles",
    "keyword": "keywords",
    "tags": "keywords",
    "license": "licence",
    "accessRights": "access_rights",
    "access_level": "access_rights",
    "accessLevel": "access_rights",
    "securityClassification": "security_classification",
    "updateFrequency": "update_frequency",
    "periodicity": "update_frequency",
    "accrualPeriodicity": "update_frequency",
    "contactPoint": "contact",
    "landingPage": "url",
    "formats": "distributions",
}
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
LIMITS: Mapping[str, int] = {"title": 500, "summary": 1000, "description": 20_000}
LINE_LIMIT = 2_000
ITEM_LIMIT = 300
LIST_LIMIT = 200
ID_LIMIT = 300
LONG = frozenset({"description", "summary", "onward_sharing", "retention", "charges", "data_subjects"})
CONTACT_PARTS = ("name", "email", "slack_channel")
_DATE = re.compile(r"(\d{4})(?:-(\d\d)(?:-(\d\d))?)?")
_BRITISH_DATE = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})")


@dataclass(frozen=True, slots=True)
class Fault:
    """What was wrong at one place of a file. `left_out`: the whole row was; otherwise only this value was set aside."""

    line: int
    column: str
    reason: str
    left_out: bool = False

    def __str__(self) -> str:
        return f"line {self.line}, {self.column}: {self.reason}"


@dataclass(slots=True)
class Cleaned:
    """A row after mapping: its document (None when left out), its faults, and names of fields nobody knows."""

    document: Document | None
    faults: list[Fault] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    cleared: tuple[str, ...] = ()  # fields the row holds empty: an update removes their values


class _Unclear(Exception):
    """A value that cannot be understood; the reason is for the report."""


def clean(row: Mapping[str, Any], *, line: int, resolve: Resolve) -> Cleaned:
    """Map `row` to an entry's document. Never raises, whatever the row holds."""
    result = Cleaned({})
    document, extras, cleared = result.document, {}, []
    assert document is not None
    for key, value in row.items():
        name = ALIASES.get(key, key) if isinstance(key, str) else str(key)
        if name not in _CLEANERS:
            if name == "extras" and isinstance(value, Mapping):
                extras.update(_plain(value))
            elif not _is_empty(value):
                extras[name] = _plain(value)
                result.unknown.append(name)
            continue
        if _is_empty(value):
            cleared.append(name)
            continue
        try:
            cleaned = _CLEANERS[name](name, value)
        except _Unclear as unclear:
            result.faults.append(Fault(line, key, str(unclear)))
            extras[key] = _plain(value)
        else:
            if _is_empty(cleaned):
                cleared.append(name)
            else:
                document[name] = cleaned
    if extras:
        document["extras"] = extras
    _settle_organisations(document, resolve)
    result.cleared = tuple(name for name in cleared if name not in document)
    problem = _settle_identity(document)
    if problem:
        result.faults.append(Fault(line, problem[0], problem[1], left_out=True))
        result.document = None
    return result


def _settle_organisations(document: Document, resolve: Resolve) -> None:
    publisher = document.get("publisher")
    if publisher:
        document["publisher"] = resolve(publisher) or publisher
    if "creator" in document:
        document["creator"] = [resolve(name) or name for name in document["creator"]]


def _settle_identity(document: Document) -> tuple[str, str] | None:
    if not document.get("title"):
        return "title", "There is no title. Add one and import the row again."
    if not document.get("id"):
        holder = document.get("publisher_acronym") or document.get("publisher") or "unknown"
        document["id"] = f"{kebab(holder) or 'unknown'}/{kebab(document['title'])[:120]}"
        if document["id"].endswith("/"):
            return "id", "There is no id and none can be made from the title. Add one and import the row again."
    return None


def _is_empty(value: Any) -> bool:
    return value is None or value == "" or value == [] or value == {} or value == ()


def _plain(value: Any, depth: int = 0) -> Any:
    """A value as it may be kept under extras: JSON without odd numbers, text cleaned, bounded in size and depth."""
    if isinstance(value, str):
        return clean_text(value, LINE_LIMIT)
    if value is None or isinstance(value, bool) or (isinstance(value, int) and abs(value) < 2**53):
        return value
    if depth < 4 and isinstance(value, Mapping):
        return {clean_line(str(key), 100): _plain(item, depth + 1) for key, item in list(value.items())[:LIST_LIMIT]}
    if depth < 4 and isinstance(value, list | tuple):
        return [_plain(item, depth + 1) for item in value[:LIST_LIMIT]]
    return clean_text(repr(value) if depth < 4 else "…", LINE_LIMIT)


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, bool | int | float):
        return str(value)
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return "; ".join(value)
    raise _Unclear("This should be text.")


def _line(name: str, value: Any) -> str:
    return clean_line(_text(value), LIMITS.get(name, LINE_LIMIT))


def _long(name: str, value: Any) -> str:
    return clean_text(_text(value), LIMITS.get(name, LINE_LIMIT * 2))


def _identifier(_name: str, value: Any) -> str:
    identifier = clean_line(_text(value), ID_LIMIT + 1)
    if len(identifier) > ID_LIMIT:
        raise _Unclear(f"An id has at most {ID_LIMIT} characters.")
    return identifier


def _items(value: Any) -> Iterable[Any]:
    if isinstance(value, list | tuple):
        return value
    text = _text(value).strip()
    if text.startswith("["):
        try:
            parsed = json.loads(text)
            if isinstance(parsed, list):
                return parsed
        except (ValueError, RecursionError):
            pass
    return re.split(r"[;|\n]", text)


def _list(_name: str, value: Any) -> list[str]:
    items: dict[str, None] = {}
    for item in _items(value):
        if isinstance(item, Mapping):  # CKAN writes tags as objects
            item = item.get("name") or item.get("display_name") or ""
        text = clean_line(_text(item), ITEM_LIMIT) if item is not None else ""
        if text:
            items[text] = None
    if len(items) > LIST_LIMIT:
        raise _Unclear(f"There are more than {LIST_LIMIT} items.")
    return list(items)


def _choice(name: str, value: Any) -> str:
    given = clean_line(_text(value), 100)
    key = given.casefold().replace(" ", "_")
    for option in ENUMS[name]:  # type: ignore[attr-defined]
        if key == option.value.casefold():
            return str(option.value)
    meaning = MEANINGS.get(name, {}).get(key)
    if meaning:
        return meaning
    options = ", ".join(option.value for option in ENUMS[name])  # type: ignore[attr-defined]
    raise _Unclear(f"“{given[:60]}” is not one of {options}.")


def _date(_name: str, value: Any) -> str:
    given = clean_line(_text(value), 60)
    british = _BRITISH_DATE.fullmatch(given)
    text = f"{british[3]}-{int(british[2]):02}-{int(british[1]):02}" if british else given
    match = _DATE.match(text)
    if match and (len(match[0]) == len(text) or text[len(match[0])] in "T "):
        year, month, day = match[1], match[2] or "01", match[3] or "01"
        try:
            date(int(year), int(month), int(day))
            return match[0]
        except ValueError:
            pass
    raise _Unclear(f"“{given[:40]}” is not a date. Write it as 2026-03-31.")


def _number(_name: str, value: Any) -> int:
    try:
        number = int(_text(value).strip())
    except ValueError:
        number = -1
    if not 0 <= number <= 3650:
        raise _Unclear("This should be a whole number of days.")
    return number


def _record(name: str, value: Any) -> Any:
    """Contact, distributions, gateways: objects, or the text of one."""
    if isinstance(value, str) and value.strip()[:1] in ("[", "{"):
        try:
            value = json.loads(value)
        except (ValueError, RecursionError) as error:
            raise _Unclear("This is not well-formed JSON.") from error
    if name == "contact":
        if isinstance(value, list):
            value = value[0] if value else {}
        return _parts(value, CONTACT_PARTS) if isinstance(value, Mapping) else {"name": _line(name, value)}
    items = value if isinstance(value, list) else list(_items(value)) if isinstance(value, str) else [value]
    known = tuple(RECORDS[name].__dataclass_fields__)
    first = known[0]
    parts = [
        _parts(item, known) if isinstance(item, Mapping) else {first: clean_line(_text(item), ITEM_LIMIT)}
        for item in items[:LIST_LIMIT]
    ]
    return [part for part in parts if any(part.values())]


def _parts(record: Mapping[str, Any], known: Iterable[str]) -> dict[str, str]:
    other = {"contactName": "name", "fn": "name", "hasEmail": "email", "downloadURL": "url", "accessURL": "url"}
    found: dict[str, str] = {}
    for key, value in record.items():
        name = other.get(key, key)
        if name in known and not _is_empty(value):
            found[name] = clean_line(_text(value), LINE_LIMIT)
    return found


def _cleaner(name: str) -> Callable[[str, Any], Any]:
    if name == "id":
        return _identifier
    if name in LISTS:
        return _list
    if name in ENUMS:
        return _choice
    if name in DATES:
        return _date
    if name in RECORDS or name == "contact":
        return _record
    if name == "lead_time_days":
        return _number
    return _long if name in LONG else _line


_CLEANERS = {name: _cleaner(name) for name in FIELDS if name != "extras"}
