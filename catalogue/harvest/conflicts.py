"""Conflicts: where a source changed what a steward had written, or would open an entry up. A steward decides each."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from catalogue import clock
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
) -> int:
    """Write down the conflicts of a run, inside its transaction; returns how many are new.

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
    replaced, new = [], []
    for dataset_id, touched, conflicts in found:
        for field in {*touched, *conflicts}:
            if (dataset_id, field) in open_now:
                replaced.append({"number": open_now[dataset_id, field], "now": clock.stamp(now)})
        for field, (mine, theirs) in conflicts.items():
            new.append(
                {
                    "id": dataset_id,
                    "field": field,
                    "source": source,
                    "run": run,
                    "mine": json.dumps(mine, ensure_ascii=False),
                    "theirs": json.dumps(theirs, ensure_ascii=False),
                    "now": clock.stamp(now),
                }
            )
    if replaced:
        db.execute_many("UPDATE conflicts SET state = 'replaced', decided_at = :now WHERE number = :number", replaced)
    if new:
        db.execute_many(
            "INSERT INTO conflicts (dataset_id, field, source, run, mine, theirs, state, made_at)"
            " VALUES (:id, :field, :source, :run, :mine, :theirs, 'open', :now)",
            new,
        )
    return len(new)


def of_entry(db: Database, dataset_id: str, *, only_open: bool = True) -> list[Conflict]:
    """The conflicts of an entry, oldest first."""
    which = " AND state = 'open'" if only_open else ""
    rows = db.query(f"SELECT * FROM conflicts WHERE dataset_id = :id{which} ORDER BY number", {"id": dataset_id})
    return [_conflict(row) for row in rows]


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
