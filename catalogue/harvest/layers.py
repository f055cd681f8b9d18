"""Three layers of one entry: what its source says, what we computed, what a steward wrote.

The harvested layer is kept beside the entry (`harvested.document`); it holds the computed values too (id, source).
The entry itself is what is read: the steward's layer is wherever the two differ, so that every way of editing, also
an import or an undo, is a steward's edit without having to say so. `merge` brings in what a source says now.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from catalogue.entries import FIELDS, Document
from catalogue.model import PersonalData, Visibility

COMPUTED = frozenset({"id", "source", "source_id"})
HARVESTABLE = tuple(name for name in FIELDS if name not in COMPUTED)

_SEEN_BY: Mapping[Any, int] = {Visibility.NAMED.value: 0, Visibility.GOVERNMENT.value: 1}
_OPEN: Mapping[Any, int] = {"INTERNAL": 0, "OPEN": 2}
_SECRET: Mapping[Any, int] = {"TOP_SECRET": 0, "SECRET": 1}
_SENSITIVE: Mapping[Any, int] = {
    PersonalData.CRIMINAL_OFFENCE.value: 0,
    PersonalData.SPECIAL_CATEGORY.value: 0,
    PersonalData.PERSONAL.value: 1,
    PersonalData.PSEUDONYMISED.value: 2,
}
_OPEN_LICENCES = (
    "ogl",
    "open government",
    "open-government",
    "cc0",
    "cc-by",
    "cc by",
    "publicdomain",
    "odc",
    "creativecommons",
)


@dataclass(frozen=True, slots=True)
class Merged:
    """The entry as it is to read after a merge. `kept` are fields in which it goes on differing from its source;
    `conflicts` are those of them that a steward has to decide, each with [ours, theirs]."""

    document: Document
    kept: tuple[str, ...]
    conflicts: Mapping[str, tuple[Any, Any]]


def merge(
    base: Mapping[str, Any], theirs: Mapping[str, Any], mine: Mapping[str, Any], *, held: Collection[str] = ()
) -> Merged:
    """Bring what a source says now (`theirs`) into an entry (`mine`), of which it said `base` the last time.

    A field the steward did not touch follows the source; one they did stays, and is a conflict when the source has
    changed it too. What would open the entry up is never followed, and neither is what a steward holds (`held`): it is
    a conflict even where nobody touched it.
    """
    after, kept, conflicts = dict(mine), [], {}
    for name in HARVESTABLE:
        was, said, ours = base.get(name), theirs.get(name), mine.get(name)
        if said == ours:
            continue
        if was == ours and name not in held and not opens(name, ours, said, mine):
            if said is None:
                after.pop(name, None)
            else:
                after[name] = said
            continue
        kept.append(name)
        if said != was:
            conflicts[name] = (ours, said)
    return Merged(after, tuple(kept), conflicts)


def opens(name: str, before: Any, after: Any, entry: Mapping[str, Any]) -> bool:
    """Whether a change would let more people know of an entry, or make its data look freer than it was said to be."""
    match name:
        case "visibility":
            return _SEEN_BY.get(after, 2) > _SEEN_BY.get(before, 2)
        case "visible_to":
            return bool(set(after or ()) - set(before or ())) and entry.get("visibility") == Visibility.NAMED.value
        case "access_rights":
            return _OPEN.get(after, 1) > _OPEN.get(before, 1)
        case "security_classification":
            return _SECRET.get(after, 2) > _SECRET.get(before, 2)
        case "personal_data":
            return _SENSITIVE.get(after, 3) > _SENSITIVE.get(before, 3)
        case "handling":
            return before is not None
        case "licence":
            return _is_open(after) and not _is_open(before) and entry.get("access_rights") != "OPEN"
        case "status":
            return before is not None
    return False


def _is_open(licence: Any) -> bool:
    return isinstance(licence, str) and any(word in licence.lower() for word in _OPEN_LICENCES)
