"""Conflicts: where a source changed what a steward had written, or would open an entry up. A steward decides each."""

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from catalogue import audit, clock, datasets, editing, outbox
from catalogue.entries import FIELDS
from catalogue.errors import AlreadyDecided, NotFound
from catalogue.model import Dataset, Person
from catalogue.store import Database


@dataclass(frozen=True, slots=True)
class Conflict:
    """One field of one entry: what it reads (`mine`) and what the source says (`theirs`); None where it says nothing.

    `state`: open, kept, taken, or replaced by a newer one or by agreement.
    """

    number: int
    dataset_id: str
    field: str
    source: str
    run: str
    mine: Any
    theirs: Any
    state: str
    decided_by: str | None
    decided_at: datetime | None


def write(
    db: Database,
    found: Iterable[tuple[str, Iterable[str], Mapping[str, tuple[Any, Any]]]],
    *,
    source: str,
    run: str,
    now: datetime,
) -> dict[str, int]:
    """Write down the conflicts of a run, inside its transaction; returns how many are new, by entry.

    For each entry: its id, the fields in which its source changed (what was open there is no longer current), and the
    conflicts there are now.
    """
    open_now = {
        (row["dataset_id"], row["field"]): row["number"]
        for row in db.query(
            "SELECT number, dataset_id, field FROM conflicts WHERE source = :source AND state = 'open'",
            {"source": source},
        )
    }
    replaced, new, outdated, stamp = [], [], set[str](), clock.stamp(now)
    for dataset_id, touched, conflicts in found:
        for field in {*touched, *conflicts}:
            if (dataset_id, field) in open_now:
                replaced.append({"number": open_now[dataset_id, field], "now": stamp})
                outdated.add(dataset_id)
        for field, (mine, theirs) in conflicts.items():
            new.append(
                {
                    "id": dataset_id,
                    "field": field,
                    "source": source,
                    "run": run,
                    "mine": json.dumps(mine, ensure_ascii=False),
                    "theirs": json.dumps(theirs, ensure_ascii=False),
                    "now": stamp,
                }
            )
    if replaced:
        db.execute_many("UPDATE conflicts SET state = 'replaced', decided_at = :now WHERE number = :number", replaced)
    for dataset_id in sorted(outdated):
        outbox.retell(db, about(dataset_id), now=now)
    if new:
        db.execute_many(
            "INSERT INTO conflicts (dataset_id, field, source, run, mine, theirs, state, made_at)"
            " VALUES (:id, :field, :source, :run, :mine, :theirs, 'open', :now)",
            new,
        )
    return dict(Counter(each["id"] for each in new))


def of_entry(db: Database, dataset_id: str, *, only_open: bool = True) -> list[Conflict]:
    """The conflicts of an entry, oldest first."""
    which = " AND state = 'open'" if only_open else ""
    rows = db.query(f"SELECT * FROM conflicts WHERE dataset_id = :id{which} ORDER BY number", {"id": dataset_id})
    return [_conflict(row) for row in rows]


def find(db: Database, number: int) -> Conflict:
    """The conflict of this number. Raises NotFound."""
    rows = db.query("SELECT * FROM conflicts WHERE number = :number", {"number": number})
    if not rows:
        raise NotFound("conflict", str(number))
    return _conflict(rows[0])


def waiting(db: Database, source: str) -> list[Conflict]:
    """The open conflicts of a source, by entry."""
    rows = db.query(
        "SELECT * FROM conflicts WHERE source = :source AND state = 'open' ORDER BY dataset_id, number",
        {"source": source},
    )
    return [_conflict(row) for row in rows]


def keep(db: Database, number: int, *, by: Person, now: datetime) -> Conflict:
    """Keep what the entry says. Raises NotFound, NotAllowed, AlreadyDecided."""
    with db.atomic():
        datasets.take_changes(db, 0)
        conflict = find(db, number)
        editing.allowed(db, conflict.dataset_id, by, "entry.edit", now=now)
        return _decide(db, conflict, "kept", by=by, now=now)


def take(db: Database, number: int, *, by: Person, now: datetime) -> Conflict:
    """Take what the source says. Raises NotFound, NotAllowed, AlreadyDecided."""
    with db.atomic():
        datasets.take_changes(db, 0)  # nobody else changes an entry meanwhile
        conflict = find(db, number)
        entry = editing.allowed(db, conflict.dataset_id, by, "entry.edit", now=now)
        decided = _decide(db, conflict, "taken", by=by, now=now)
        _write(db, entry, conflict, by=by, now=now)
        return decided


def _write(db: Database, entry: Dataset, conflict: Conflict, *, by: Person, now: datetime) -> None:
    assert conflict.field in FIELDS
    why = f"As {conflict.source} has it"
    changes = {conflict.field: conflict.theirs}
    datasets.amend(db, entry.id, changes, revision=entry.revision, by=by.id, why=why, now=now)


def _decide(db: Database, conflict: Conflict, state: str, *, by: Person, now: datetime) -> Conflict:
    decided = db.execute(
        "UPDATE conflicts SET state = :state, decided_by = :by, decided_at = :now"
        " WHERE number = :number AND state = 'open'",
        {"number": conflict.number, "state": state, "by": by.id, "now": clock.stamp(now)},
    )
    if not decided:
        at = clock.stamp(conflict.decided_at or now)
        raise AlreadyDecided(f"This conflict about {conflict.dataset_id}", by=conflict.decided_by or "", at=at)
    detail = {"conflict": conflict.number, "field": conflict.field, "decision": state}
    audit.record(db, by=by, action="entry.edit", about=conflict.dataset_id, detail=detail, now=now)
    outbox.retell(db, about(conflict.dataset_id), now=now)
    return find(db, conflict.number)


def about(dataset_id: str) -> str:
    """What a message about the conflicts of an entry is about."""
    return f"conflict {dataset_id}"


def _conflict(row: Mapping[str, Any]) -> Conflict:
    return Conflict(
        number=row["number"],
        dataset_id=row["dataset_id"],
        field=row["field"],
        source=row["source"],
        run=row["run"],
        mine=json.loads(row["mine"]),
        theirs=json.loads(row["theirs"]),
        state=row["state"],
        decided_by=row["decided_by"],
        decided_at=clock.moment(row["decided_at"]) if row["decided_at"] else None,
    )
