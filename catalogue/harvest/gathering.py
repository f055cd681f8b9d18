"""A run that is being gathered: what is remembered of it, how one begins, and how one that was killed is gone on with.

What was put aside is in `staged` and `fetched`, so that another process finds it. `gather.py` fills it.
"""

import json
import os
import socket
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from catalogue import clock
from catalogue.harvest.sources import Source
from catalogue.harvest.writing import begin, put_away
from catalogue.rows import Fault
from catalogue.store import Database

FAULTS_KEPT = 100
RESUMED_WITHIN = timedelta(days=1)


@dataclass(slots=True)
class Notes:
    """What is remembered of a run beside its records. `problem` is why it is not complete."""

    failed: int = 0
    unusable: int = 0  # of those that failed, records whose id is known
    set_aside: int = 0
    faults: list[dict[str, Any]] = field(default_factory=list)
    publishers: dict[str, str] = field(default_factory=dict)
    problem: str | None = None
    is_complete: bool = False
    is_unmodified: bool = False
    fresh: dict[str, Any] = field(default_factory=dict)
    version: int = 0
    is_recent: bool = False
    read: int = 0

    def note(self, fault: Fault, record: str | None) -> None:
        self.failed += fault.left_out
        self.set_aside += not fault.left_out
        if len(self.faults) < FAULTS_KEPT:
            self.faults.append(
                {
                    "record": record or f"record {fault.line}",
                    "field": fault.column,
                    "reason": fault.reason,
                    "left_out": fault.left_out,
                }
            )


@dataclass(slots=True)
class Gathering:
    """A run that is being gathered: what was seen so far, what the record knew of the source when it began."""

    run: str
    source: Source
    notes: Notes
    known: dict[str, tuple[str, str]]
    seen: set[str] = field(default_factory=set)
    pages: int = 0
    next: str | None = None
    taken: set[str] = field(default_factory=set)
    is_over: bool = False


def begun(db: Database, source: Source, *, by: str, now: datetime) -> Gathering:
    run = begin(db, source=source.name, by=by, now=now, state="gathering", runner=this_process())
    notes = Notes(version=source.version, fresh=dict(source.fresh))
    return Gathering(run, source, notes, _known(db, source.name))


def resumed(db: Database, source: Source, *, now: datetime) -> Gathering | None:
    """The run of this source that was killed lately, with what it had; older or unusable ones are removed."""
    rows = db.query(
        "SELECT id, runner, started_at, state FROM runs WHERE source = :source AND state IN ('gathering', 'gathered')"
        " ORDER BY id",
        {"source": source.name},
    )
    found = None
    for row in rows:
        if _is_running(row["runner"]):
            continue
        is_young = row["started_at"] > clock.stamp(now - RESUMED_WITHIN)
        if is_young and found is None and _take_over(db, row["id"], row["runner"]):
            found = _restored(db, source, row["id"], is_over=row["state"] == "gathered")
        if found is None or found.run != row["id"]:
            db.execute("UPDATE runs SET state = 'failed' WHERE id = :run", {"run": row["id"]})
    put_away(db, now=now)
    return found


def _restored(db: Database, source: Source, run: str, *, is_over: bool) -> Gathering | None:
    """What a run had; None where it cannot go on from there, or is over and did not end well."""
    pages = db.query("SELECT page, next, ids, notes FROM fetched WHERE run = :run ORDER BY page", {"run": run})
    if not pages:
        return None
    notes = Notes(**json.loads(pages[-1]["notes"]))
    can_go_on = notes.is_complete if is_over else pages[-1]["next"] is not None
    if notes.version != source.version or notes.is_recent or not can_go_on:
        return None
    gathering = Gathering(run, source, notes, _known(db, source.name), is_over=is_over)
    for page in pages:
        gathering.seen.update(json.loads(page["ids"]))
    gathering.pages, gathering.next = pages[-1]["page"], pages[-1]["next"]
    gathering.taken = {row["id"] for row in db.query("SELECT id FROM staged WHERE run = :run", {"run": run})}
    return gathering


def _known(db: Database, source: str) -> dict[str, tuple[str, str]]:
    """What the source had the last time: from its id of a record to that record's fingerprint and our id."""
    rows = db.query("SELECT source_id, raw, dataset_id FROM harvested WHERE source = :source", {"source": source})
    return {row["source_id"]: (row["raw"], row["dataset_id"]) for row in rows}


def gathered(db: Database, run: str) -> tuple[set[str], Notes]:
    """The ids that a run has seen, and its notes."""
    rows = db.query("SELECT ids, notes FROM fetched WHERE run = :run ORDER BY page", {"run": run})
    seen: set[str] = set()
    for row in rows:
        seen.update(json.loads(row["ids"]))
    return seen, Notes(**json.loads(rows[-1]["notes"])) if rows else Notes()


def this_process() -> str:
    """This process, by name."""
    return f"{socket.gethostname()}:{os.getpid()}"


def _is_running(runner: str | None) -> bool:
    """Whether a process still runs, as far as can be known: one of another machine is taken to."""
    host, _colon, number = (runner or "").rpartition(":")
    if not number.isdigit():
        return False
    if host != socket.gethostname():
        return True
    if int(number) == os.getpid():
        return False
    try:
        os.kill(int(number), 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass  # another user's, and running
    return True


def _take_over(db: Database, run: str, runner: str | None) -> bool:
    return bool(
        db.execute(
            "UPDATE runs SET runner = :me WHERE id = :run AND state IN ('gathering', 'gathered') AND runner = :runner",
            {"run": run, "runner": runner, "me": this_process()},
        )
    )
