"""The runs there were: harvests, imports and undos. Which of them changed something, and having one taken back.

Taking a run back may last longer than a click, so somebody asks for it here, and it is done by whoever works through
the outbox: a notice of the kind `undo` with the run and who asked.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any

from catalogue import clock, outbox, rights
from catalogue.harvest.undo import UNDO, ensure_undoable
from catalogue.model import Person
from catalogue.store import Database

CONSIDERED = 200


@dataclass(frozen=True, slots=True)
class Run:
    """A run that changed something. `of` is its source or its file; `undoes` the run that it took back.

    `changed` counts what was put back too, and `withdrawn` what was removed.
    """

    id: str
    of: str
    at: datetime
    undoes: str | None
    is_undone: bool
    added: int
    changed: int
    withdrawn: int


def latest(db: Database, *, limit: int) -> list[Run]:
    """The newest runs that changed something, the newest first."""
    rows = db.query(
        "SELECT r.id, r.source, r.started_at, r.state, r.report, u.name FROM runs r LEFT JOIN uploads u ON u.run = r.id"
        " WHERE r.finished_at IS NOT NULL AND (r.state IS NULL OR r.state IN ('done', 'undone'))"
        " ORDER BY r.started_at DESC, r.id DESC LIMIT :considered",
        {"considered": CONSIDERED},
    )
    return list(islice(_that_changed_something(rows), limit))


def _that_changed_something(rows: list[dict[str, Any]]) -> Iterator[Run]:
    for row in rows:
        report: Mapping[str, Any] = json.loads(row["report"] or "{}")
        run = Run(
            row["id"],
            row["name"] or row["source"],
            clock.moment(row["started_at"]),
            row["source"].removeprefix(UNDO) if row["source"].startswith(UNDO) else None,
            row["state"] == "undone",
            report.get("added", 0),
            report.get("changed", 0) + report.get("put_back", 0),
            report.get("withdrawn", 0) + report.get("removed", 0),
        )
        if not report.get("dry_run") and (run.added or run.changed or run.withdrawn):
            yield run


def ask_back(db: Database, run: str, *, by: Person, now: datetime) -> None:
    """Have a run taken back soon; it is done once. Raises NotAllowed, NotFound, CannotUndoRun."""
    with db.atomic():
        rights.require(by, "harvest.run", about=run, now=now)
        ensure_undoable(db, run)
        outbox.post(db, "undo", {"run": run, "by": by.id}, key=f"undo:{run}:{clock.stamp(now)}", channel=None, now=now)


def undone(db: Database, run: str) -> Mapping[str, Any] | None:
    """What taking a run back did (`undo.Undone` as JSON); None while it is not taken back."""
    rows = db.query(
        "SELECT report FROM runs WHERE source = :source AND state IN ('done', 'undone') ORDER BY started_at DESC",
        {"source": f"{UNDO}{run}"},
    )
    return json.loads(rows[0]["report"]) if rows else None
