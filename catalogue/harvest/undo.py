"""Undo a whole run: an import, a harvest, or another undo. Entries are as they were, unless they changed since.

An undo is itself a run with its own lines of history, so it can be undone. What a run had added is withdrawn, not
removed: history stays. To a later harvest an undo is a steward's edit, which it does not overwrite. Public bodies are
taken back by `organisation_changes.py`, in the same transaction.
"""

import json
from collections.abc import Callable, Collection, Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from catalogue import audit, datasets
from catalogue.datasets import columns
from catalogue.entries import Document, canonical, difference
from catalogue.errors import CatalogueError, NotFound
from catalogue.harvest import organisation_changes, prepared, references
from catalogue.harvest.writing import BATCH, begin, end, put_away
from catalogue.history import with_values
from catalogue.store import Database

UNDO = "undo "
"""What the source of a run begins with that took another back; the other follows."""


class CannotUndoRun(CatalogueError):
    """A run that is not over, or was undone already."""


@dataclass(slots=True)
class Undone:
    """What an undo did: entries or public bodies put back, added entries withdrawn, added bodies removed, the ids of
    those that were changed since, and the bodies that stay because something refers to them."""

    run: str
    undo: str
    put_back: int = 0
    withdrawn: int = 0
    removed: int = 0
    changed_since: list[str] = field(default_factory=list)
    in_use: list[str] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def undo(
    db: Database, run: str, *, by: str, now: datetime, within: Callable[[Undone], None] = lambda _done: None
) -> Undone:
    """Take back all that a run did. Raises NotFound, and CannotUndoRun when it was undone or never ended.

    What entries become is worked out before the transaction that writes it; `within` is called inside that.
    """
    ensure_undoable(db, run)
    since = datasets.last_change(db)
    done = Undone(run, begin(db, source=f"{UNDO}{run}", by=by, now=now))
    taken_back = _prepare(db, done)
    bodies = organisation_changes.added(db, run)
    named = references.within_entries(db, bodies)
    with db.atomic():
        datasets.take_changes(db, 0)  # nobody else changes an entry meanwhile
        ensure_undoable(db, run)
        for dataset_id in prepared.late(db, done.undo, since=since):
            prepared.take_out(db, done.undo, [dataset_id])
            done.changed_since.append(dataset_id)
            del taken_back[dataset_id]
        done.withdrawn = sum(taken_back.values())
        done.put_back = len(taken_back) - done.withdrawn
        prepared.write(db, done.undo, by=by, why=f"Undo of {run}", now=now, action="undo")
        _take_back_bodies(db, done, named=named | references.within_entries(db, bodies, since=since))
        _finish(db, done, by=by, now=now)
        within(done)
    put_away(db, now=now)
    return done


def _prepare(db: Database, done: Undone) -> dict[str, bool]:
    """Put aside what the entries become that nobody changed since; returns each, with whether the run had added it."""
    taken_back: dict[str, bool] = {}
    lines = _lines(db, done.run)
    ids = list(lines)
    for start in range(0, len(ids), BATCH):
        updates = []
        for row in _present(db, ids[start : start + BATCH]):
            dataset_id, revision = row["id"], row["revision"]
            mine_were = lines[dataset_id]
            last, first = mine_were[-1]["revision"], mine_were[0]["revision"]
            if revision != last or revision - len(mine_were) != first - 1:
                done.changed_since.append(dataset_id)
                continue
            mine: Document = json.loads(row["entry"])
            after, taken_back[dataset_id] = _before(mine, mine_were)
            written = {"place": len(taken_back), "revision": revision, "changes": canonical(difference(mine, after))}
            updates.append({**columns(after), **written})
        prepared.put(db, done.undo, updates, action="undo")
    return taken_back


def _take_back_bodies(db: Database, done: Undone, *, named: Collection[str]) -> None:
    bodies = organisation_changes.take_back(db, done.run, undo=done.undo, named=named)
    done.put_back += len(bodies.put_back)
    done.removed, done.in_use = len(bodies.removed), bodies.in_use
    done.changed_since += bodies.changed_since


def _finish(db: Database, done: Undone, *, by: str, now: datetime) -> None:
    db.execute("UPDATE runs SET state = 'undone' WHERE id = :run", {"run": done.run})
    end(db, done.undo, "done", done.as_json(), now=now)
    detail = {"run": done.run, "put_back": done.put_back, "withdrawn": done.withdrawn, "removed": done.removed}
    audit.record(db, by=by, action="harvest.run", about=done.undo, detail=detail, now=now)


def ensure_undoable(db: Database, run: str) -> None:
    """Raises NotFound, and CannotUndoRun when a run was undone, never ended, or was a dry run."""
    rows = db.query("SELECT state, finished_at, report FROM runs WHERE id = :run", {"run": run})
    if not rows:
        raise NotFound("run", run)
    if rows[0]["state"] == "undone":
        raise CannotUndoRun(f"{run} was undone already.")
    if not rows[0]["finished_at"] or rows[0]["state"] in ("stopped", "accepted"):
        raise CannotUndoRun(f"{run} did not end. It changed nothing.")
    if json.loads(rows[0]["report"] or "{}").get("dry_run"):
        raise CannotUndoRun(f"{run} was a dry run. It changed nothing.")


def _lines(db: Database, run: str) -> dict[str, list[dict[str, Any]]]:
    """What the run did to each entry, in order."""
    rows = db.query(
        "SELECT dataset_id, revision, action, changes FROM history WHERE run = :run ORDER BY number", {"run": run}
    )
    lines: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        lines.setdefault(row["dataset_id"], []).append(row)
    return lines


def _present(db: Database, ids: list[str]) -> list[dict[str, Any]]:
    names = {f"id{place}": name for place, name in enumerate(ids)}
    marks = ", ".join(f":{name}" for name in names)
    rows = {
        row["id"]: row for row in db.query(f"SELECT id, entry, revision FROM datasets WHERE id IN ({marks})", names)
    }
    return [rows[name] for name in ids]


def _before(mine: Mapping[str, Any], lines: list[dict[str, Any]]) -> tuple[Document, bool]:
    """The entry as it was before these changes, and whether there was none: then it is withdrawn."""
    document: Document = dict(mine)
    for line in reversed(lines):
        if line["action"] == "add":
            return {**mine, "status": "withdrawn"}, True
        document = with_values(document, {name: pair[0] for name, pair in json.loads(line["changes"]).items()})
    return document, False
