"""What happened to an entry, read and undone: who may see which change, what the entry once said, taking one back.

Every change stands in the history as [before, after] of each field (`datasets.py` writes it), so that what the entry
said at any revision can be worked out from what it says now.
"""

import json
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from catalogue import datasets
from catalogue.entries import Document, to_dataset, to_document
from catalogue.errors import CannotUndo, NotFound
from catalogue.model import PUBLIC, Audience, Dataset, Revision
from catalogue.store import Database

UNSEEN = frozenset({"visible_to", "visibility", "source_id", "extras"})
"""Fields whose changes are shown to nobody but those who may edit the entry."""


RELATIONS = frozenset({"supersedes", "superseded_by", "has_part", "served_by"})
"""Fields that name other entries: such a change is shown to whoever may know of all of them."""


def as_of(db: Database, dataset_id: str, revision: int) -> Dataset:
    """The entry as it read at `revision`. Raises NotFound when it never had one of that number."""
    rows = db.query("SELECT entry, revision FROM datasets WHERE id = :id", {"id": dataset_id})
    if not rows or not 1 <= revision <= rows[0]["revision"]:
        raise NotFound("entry", dataset_id)
    document: Document = json.loads(rows[0]["entry"])
    for line in reversed(datasets.history(db, dataset_id)):
        if line.revision > revision:
            document = with_values(document, {name: pair[0] for name, pair in line.changes.items()})
    return to_dataset(document, revision=revision)


def with_values(document: Mapping[str, Any], values: Mapping[str, Any]) -> Document:
    """The document with these values; None takes one away."""
    merged = {**document, **values}
    return {name: value for name, value in merged.items() if value is not None}


def undo(db: Database, dataset_id: str, which: int, *, by: str, why: str | None, now: datetime) -> Dataset:
    """Take back what revision `which` changed, and nothing else.

    Raises NotFound when there is no such change, CannotUndo when it added the entry or a field of it was changed again.
    """
    with db.atomic():
        datasets.take_changes(db, 0)  # nobody else changes an entry meanwhile
        lines = {line.revision: line for line in datasets.history(db, dataset_id)}
        if which not in lines:
            raise NotFound("change", f"{dataset_id} {which}")
        line = lines[which]
        if not line.changes:
            raise CannotUndo(which, ())
        present = as_of(db, dataset_id, max(lines))
        document = to_document(present)
        again = tuple(name for name, (_before, after) in line.changes.items() if document.get(name) != after)
        if again:
            raise CannotUndo(which, again)
        values = {name: before for name, (before, _after) in line.changes.items()}
        return datasets.amend(db, dataset_id, values, revision=present.revision, by=by, why=why, now=now, action="undo")


def shown_to(db: Database, dataset: Dataset, *, audience: Audience, is_editor: bool = False) -> list[Revision]:
    """The history of an entry that `audience` may know, oldest first.

    From before they could know the entry nothing is shown, and of fields that say who may know it, no value; whoever
    may edit the entry sees everything.
    """
    lines = datasets.history(db, dataset.id)
    if is_editor:
        return lines
    hidden = datasets.hidden(db, {each for line in lines for each in _relatives(line)}, audience)
    seen: list[Revision] = []
    document = to_document(dataset)
    for line in reversed(lines):
        before = with_values(document, {name: pair[0] for name, pair in line.changes.items()})
        if line.changes and not audience.may_know(to_dataset(before)):
            break
        seen.append(_without_unseen(line, hidden))
        document = before
    return [line for line in reversed(seen) if line.changes or line.action in ("add", "verify")]


def _relatives(line: Revision) -> set[str]:
    """The ids of other entries that a change names."""
    sides = [side for name in RELATIONS & line.changes.keys() for side in line.changes[name]]
    return {each for side in sides for each in ([side] if isinstance(side, str) else side or ())}


def _without_unseen(line: Revision, hidden: Collection[str]) -> Revision:
    unseen = UNSEEN | RELATIONS if _relatives(line).intersection(hidden) else UNSEEN
    kept = {name: pair for name, pair in line.changes.items() if name not in unseen}
    return Revision(line.dataset_id, line.revision, line.at, line.by, line.action, kept, None)


def public(db: Database, dataset: Dataset) -> list[Revision]:
    """The history that everyone may read, on the web."""
    return shown_to(db, dataset, audience=PUBLIC)
