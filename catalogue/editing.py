"""What people do to entries: edit, add, withdraw, publish again, take a change back, check.

Each asks for the right when it is called, and writes the change, its history and its audit row in one transaction.
An entry that somebody may neither know of nor edit is not there for them. Two who edit at once: where the other's
changes are to other fields, both are kept; where they are to the same field, nothing is saved, and `edit` raises
Clashed with both versions, so that the person chooses.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from catalogue import audit, datasets, drafts, history, rights
from catalogue.entries import to_document
from catalogue.errors import CatalogueError, NotFound
from catalogue.model import NOBODY_READS, Dataset, Person
from catalogue.rights import Thing
from catalogue.store import Database


@dataclass(frozen=True, slots=True)
class Clash:
    """One field that two people changed: what it was, what it is now, what this person wrote."""

    field: str
    before: Any
    theirs: Any
    mine: Any


class Clashed(CatalogueError):
    """Somebody changed the same fields meanwhile. `revision` is the present one, `by` who made it."""

    def __init__(self, clashes: tuple[Clash, ...], *, revision: int, by: str) -> None:
        super().__init__("Somebody else changed the same fields after you opened the entry.")
        self.clashes, self.revision, self.by = clashes, revision, by


def entry(db: Database, dataset_id: str, person: Person, *, now: datetime) -> Dataset:
    """The entry, if this person may know of it, by its visibility or by a role for it. Raises NotFound."""
    dataset = datasets.get(db, dataset_id, audience=NOBODY_READS)
    if rights.may(person, "entry.view", Thing(dataset), now=now):
        return dataset
    raise NotFound("entry", dataset_id)


def may_edit(person: Person, dataset: Dataset, *, now: datetime) -> bool:
    return rights.may(person, "entry.edit", Thing(dataset), now=now)


def allowed(db: Database, dataset_id: str, person: Person, action: str, *, now: datetime) -> Dataset:
    """The entry, if they may do this to it. Raises NotFound, or NotAllowed when they may only know of it."""
    dataset = entry(db, dataset_id, person, now=now)
    rights.require(person, action, Thing(dataset), about=dataset_id, now=now)
    return dataset


def edit(
    db: Database,
    dataset_id: str,
    changes: Mapping[str, Any],
    *,
    revision: int,
    by: Person,
    why: str | None = None,
    now: datetime,
    overrule: Collection[str] = (),
    draft: str | None = None,
) -> Dataset:
    """Save changes made to `revision`, keeping what others did since to other fields. Returns the entry as it now is.

    Fields in `overrule` win over the others' version. `draft` is forgotten with it. Raises Clashed, NotFound,
    NotAllowed or InvalidEntry; then nothing is saved.
    """
    with db.atomic():
        datasets.take_changes(db, 0)  # nobody else changes an entry meanwhile
        present = allowed(db, dataset_id, by, "entry.edit", now=now)
        clashes = _clashes(db, present, changes, revision, overrule)
        if clashes:
            last = datasets.history(db, dataset_id)[-1]
            raise Clashed(clashes, revision=present.revision, by=last.by)
        if draft:
            drafts.drop(db, draft)
        after = datasets.amend(db, dataset_id, changes, revision=present.revision, by=by.id, why=why, now=now)
        return _recorded(db, "entry.edit", present, after, by=by, now=now)


def _clashes(
    db: Database, present: Dataset, changes: Mapping[str, Any], revision: int, overrule: Collection[str]
) -> tuple[Clash, ...]:
    if revision == present.revision:
        return ()
    base, now_is = to_document(history.as_of(db, present.id, revision)), to_document(present)
    return tuple(
        Clash(name, base.get(name), now_is.get(name), mine)
        for name, mine in changes.items()
        if now_is.get(name) != base.get(name) and now_is.get(name) != mine and name not in overrule
    )


def add(db: Database, values: Mapping[str, Any], *, by: Person, why: str | None = None, now: datetime) -> Dataset:
    """Add an entry of an organisation for which they may. Raises NotAllowed, InvalidEntry, Conflict."""
    with db.atomic():
        rights.require(by, "entry.add", Thing(organisation=values.get("publisher")), about=values["id"], now=now)
        added = datasets.add(db, values, by=by.id, why=why, now=now)
        audit.record(db, by=by, action="entry.add", about=added.id, detail={"revision": 1}, now=now)
        return added


def withdraw(
    db: Database, dataset_id: str, *, successor: str | None, by: Person, why: str | None, now: datetime
) -> Dataset:
    """Withdraw an entry as it now is; `successor` is the id of the entry that takes its place."""
    with db.atomic():
        datasets.take_changes(db, 0)
        present = allowed(db, dataset_id, by, "entry.withdraw", now=now)
        after = datasets.withdraw(
            db, dataset_id, revision=present.revision, successor=successor, by=by.id, why=why, now=now
        )
        return _recorded(db, "entry.withdraw", present, after, by=by, now=now)


def restore(db: Database, dataset_id: str, *, by: Person, why: str | None = None, now: datetime) -> Dataset:
    """Publish a withdrawn entry again."""
    with db.atomic():
        datasets.take_changes(db, 0)
        present = allowed(db, dataset_id, by, "entry.withdraw", now=now)
        after = datasets.restore(db, dataset_id, revision=present.revision, by=by.id, why=why, now=now)
        return _recorded(db, "entry.restore", present, after, by=by, now=now)


def undo(db: Database, dataset_id: str, which: int, *, by: Person, now: datetime) -> Dataset:
    """Take back what revision `which` changed. Raises CannotUndo when that was changed again."""
    with db.atomic():
        datasets.take_changes(db, 0)
        present = allowed(db, dataset_id, by, "entry.edit", now=now)
        after = history.undo(db, dataset_id, which, by=by.id, why=None, now=now)
        return _recorded(db, "entry.undo", present, after, by=by, now=now)


def verify(db: Database, dataset_id: str, *, by: Person, now: datetime) -> Dataset:
    """Write down that they checked the entry today and found it right."""
    with db.atomic():
        datasets.take_changes(db, 0)
        present = allowed(db, dataset_id, by, "entry.verify", now=now)
        after = datasets.verify(db, dataset_id, revision=present.revision, by=by.id, now=now)
        return _recorded(db, "entry.verify", present, after, by=by, now=now)


def _recorded(db: Database, action: str, before: Dataset, after: Dataset, *, by: Person, now: datetime) -> Dataset:
    if after.revision != before.revision:
        audit.record(db, by=by, action=action, about=after.id, detail={"revision": after.revision}, now=now)
    return after
