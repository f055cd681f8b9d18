"""Map: one row of a file or a source becomes one entry, and whatever was wrong with it is said.

A row is left out only when it has no title or no usable id. Any other value that cannot be understood is set aside
under `extras` with its own name and reported, and the rest of the row is kept: nothing is guessed. Names may be the
design's own or those of the UK metadata model and of Project Open Data (`ALIASES`). How a value becomes the one that
is kept is in `fields.py`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from catalogue.entries import Document
from catalogue.fields import CLEANERS, NAME_LIMIT, Unclear, is_empty, plain
from catalogue.model import Status, Visibility
from catalogue.text import clean_line, kebab

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
DEFAULTS: Mapping[str, str] = {"status": Status.PUBLISHED.value, "visibility": Visibility.PUBLIC.value}
"""Values that an entry has by not having any other: a document does not hold them, so that equal entries are equal."""


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


def clean(row: Mapping[str, Any], *, line: int, resolve: Resolve) -> Cleaned:
    """Map `row` to an entry's document. Never raises, whatever the row holds. What is clean already stays as it is."""
    document: Document = {}
    result = Cleaned(document)
    extras: Document = {}
    cleared: dict[str, None] = {}
    for key, value in row.items():
        name = _name(key) if isinstance(key, str) else _name(str(plain(key)))
        if name not in CLEANERS:
            _keep(name, value, extras, result.unknown)
            continue
        try:
            cleaned = None if is_empty(value) else CLEANERS[name](name, value)
        except Unclear as unclear:
            result.faults.append(Fault(line, key, _set_aside(name, unclear, document)))
            extras[key] = plain(value)
            continue
        if is_empty(cleaned) or cleaned == DEFAULTS.get(name):
            cleared[name] = None
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


@lru_cache(maxsize=5_000)
def _name(key: str) -> str:
    name = clean_line(key, NAME_LIMIT) or "(no name)"
    return ALIASES.get(name, name)


def _keep(name: str, value: Any, extras: Document, unknown: list[str]) -> None:
    """Keep the value of a field that has no place of its own."""
    if name == "extras" and isinstance(value, Mapping):
        extras.update(plain(value, depth=-1))
    elif not is_empty(kept := plain(value)):
        extras[name] = kept
        unknown.append(name)


def _set_aside(name: str, unclear: Unclear, document: Document) -> str:
    """Why a value was set aside. Where it said who may know of the entry, nobody may until it is mended."""
    if name != "visibility":
        return str(unclear)
    document["visibility"] = Visibility.NAMED.value
    return f"{unclear} Until this is mended, the entry is shown to nobody but those it names."


def _settle_organisations(document: Document, resolve: Resolve) -> None:
    publisher = document.get("publisher")
    if publisher:
        document["publisher"] = resolve(publisher) or publisher
    if "creator" in document:
        document["creator"] = list(dict.fromkeys(resolve(name) or name for name in document["creator"]))


def _settle_identity(document: Document) -> tuple[str, str] | None:
    if not document.get("title"):
        return "title", "There is no title. Add one and import the row again."
    if not document.get("id"):
        holder = document.get("publisher_acronym") or document.get("publisher") or "unknown"
        document["id"] = f"{kebab(holder) or 'unknown'}/{kebab(document['title'])[:120]}"
        if document["id"].endswith("/"):
            return "id", "There is no id and none can be made from the title. Add one and import the row again."
    return None
