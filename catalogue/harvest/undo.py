"""Undo a whole run: an import, a harvest, or another undo. Entries are as they were, unless they changed since.

An undo is itself a run with its own lines of history, so it can be undone. What a run had added is withdrawn, not
removed: history stays. To a later harvest an undo is a steward's edit, which it does not overwrite.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from catalogue import audit, clock, datasets
from catalogue.datasets import columns
from catalogue.entries import Document, canonical, difference
from catalogue.errors import CatalogueError, NotFound
from catalogue.harvest.writing import begin, write_updates
from catalogue.history import with_values
from catalogue.store import Database


class CannotUndoRun(CatalogueError):
    """A run that is not over, or was undone already."""


@dataclass(slots=True)
class Undone:
    """What an undo did: entries put back, added ones withdrawn, and the ids of those that were changed since."""

    run: str
    undo: str
    put_back: int = 0
    withdrawn: int = 0
    changed_since: list[str] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def undo(db: Database, run: str, *, by: str, now: datetime) -> Undone:
    """Take back all that a run did. Raises NotFound, and CannotUndoRun when it was undone or never ended."""
    with db.atomic():
        datasets.take_changes(db, 0)  # nobody else changes an entry meanwhile
        _guard(db, run)
        done = Undone(run, begin(db, source=f"undo {run}", by=by, now=now))
        updates = []
        for dataset_id, lines in _lines(db, run).items():
            last = lines[-1]
            if last["present"] != last["revision"] or last["present"] - len(lines) != lines[0]["revision"] - 1:
                done.changed_since.append(dataset_id)
                continue
            mine: Document = json.loads(last["entry"])
            after, is_new = _before(mine, lines)
            done.withdrawn += is_new
            done.put_back += not is_new
            changes = canonical(difference(mine, after))
            updates.append({**columns(after), "revision": last["present"], "changes": changes})
        write_updates(db, done.undo, updates, by=by, why=f"Undo of {run}", now=now, action="undo")
        db.execute("UPDATE runs SET state = 'undone' WHERE id = :run", {"run": run})
        db.execute(
            "UPDATE runs SET finished_at = :now, state = 'done', report = :report WHERE id = :run",
            {"run": done.undo, "now": clock.stamp(now), "report": canonical(done.as_json())},
        )
        detail = {"run": run, "put_back": done.put_back, "withdrawn": done.withdrawn}
        audit.record(db, by=by, action="harvest.run", about=done.undo, detail=detail, now=now)
    return done


def _guard(db: Database, run: str) -> None:
    rows = db.query("SELECT state, finished_at FROM runs WHERE id = :run", {"run": run})
    if not rows:
        raise NotFound("run", run)
    if rows[0]["state"] == "undone":
        raise CannotUndoRun(f"{run} was undone already.")
    if not rows[0]["finished_at"] or rows[0]["state"] in ("stopped", "accepted"):
        raise CannotUndoRun(f"{run} did not end. It changed nothing.")


def _lines(db: Database, run: str) -> dict[str, list[dict[str, Any]]]:
    """What the run did to each entry, in order, with the entry as it is now."""
    rows = db.query(
        "SELECT h.dataset_id, h.revision, h.action, h.changes, d.entry, d.revision AS present FROM history h"
        " JOIN datasets d ON d.id = h.dataset_id WHERE h.run = :run ORDER BY h.number",
        {"run": run},
    )
    lines: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        lines.setdefault(row["dataset_id"], []).append(row)
    return lines


def _before(mine: Mapping[str, Any], lines: list[dict[str, Any]]) -> tuple[Document, bool]:
    """The entry as it was before these changes, and whether there was none: then it is withdrawn."""
    document: Document = dict(mine)
    for line in reversed(lines):
        if line["action"] == "add":
            return {**mine, "status": "withdrawn"}, True
        document = with_values(document, {name: pair[0] for name, pair in json.loads(line["changes"]).items()})
    return document, False
