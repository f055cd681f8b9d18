"""Compare: what a gathered run would do to the record, worked out before anybody has to wait for it.

Nothing here changes an entry. What entries become is put aside (`prepared.py`); what is missing, what is new and what
is to be decided is in `Compared`. `merge.py` then writes it in one short transaction, and has worked out again
(`again`) what somebody changed meanwhile. What the record knows of a source is changed by nobody but a merge of that
source, and the source's version says if there was one.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from catalogue import clock
from catalogue.datasets import columns, last_change
from catalogue.entries import canonical, difference
from catalogue.harvest import conflicts, held, prepared
from catalogue.harvest.gathering import Notes, gathered
from catalogue.harvest.layers import merge as merge_layers
from catalogue.harvest.sources import Source
from catalogue.harvest.writing import BATCH, SPAN, alone, count_new, count_staged, empty, spans
from catalogue.store import Database

RUNS_MISSING = 3
TIME_MISSING = timedelta(days=7)

Found = tuple[list[str], Mapping[str, tuple[Any, Any]]]
"""The fields in which the source of an entry changed, and the conflicts there are now."""


@dataclass(slots=True)
class Compared:
    """What a run would do. `since`: the newest change there was when this began. `there`: what the source had, as rows
    of `harvested`, withdrawn ones left out; `missing` and `back` are of them. `gone`: those missing for so long that
    they are withdrawn now."""

    run: str
    notes: Notes
    seen: set[str]
    since: int
    added: int = 0
    known: set[str] = field(default_factory=set)
    there: list[dict[str, Any]] = field(default_factory=list)
    missing: list[dict[str, Any]] = field(default_factory=list)
    back: list[dict[str, Any]] = field(default_factory=list)
    gone: list[dict[str, Any]] = field(default_factory=list)
    retitled: list[dict[str, Any]] = field(default_factory=list)
    found: dict[str, Found] = field(default_factory=dict)
    held: Mapping[str, frozenset[str]] = field(default_factory=dict)
    kept: int = 0
    quiet: int = 0


def compare(db: Database, source: Source, run: str, *, now: datetime) -> Compared:
    """Work out what a run would do, in small transactions."""
    seen, notes = gathered(db, run)
    compared = Compared(run, notes, seen, last_change(db))
    empty(db, "prepared", "id", run=run)
    _see(db, source, compared, now=now)
    compared.retitled = _retitled(db, source, run)
    compared.added = count_new(db, run)
    decided_in = {each.dataset_id for each in conflicts.waiting(db, source.name)}
    compared.held = held.of_source(db, source.name)
    for span in spans(db, run) if compared.added < count_staged(db, run) else ():
        _change(db, compared, span, decided_in)
    for place in range(0, len(compared.gone), BATCH):
        ids = [row["dataset_id"] for row in compared.gone[place : place + BATCH]]
        prepared.put(db, run, list(_withdrawals(db, ids)), action="withdraw")
    _count(db, source, compared)
    return compared


def again(db: Database, source: Source, compared: Compared) -> None:
    """Work out again what was changed since, inside the transaction that holds the change numbers."""
    late = prepared.late(db, compared.run, since=compared.since)
    held_now = held.of_source(db, source.name)
    if held_now != compared.held:
        late = sorted({*late, *held_now, *compared.held} & set(prepared.staged(db, compared.run)) | set(late))
        compared.held = held_now
    if not late:
        return
    prepared.take_out(db, compared.run, late)
    compared.added = count_new(db, compared.run)
    decided_in = set(late)
    for dataset_id in late:
        compared.found.pop(dataset_id, None)
        _change(db, compared, alone(compared.run, dataset_id), decided_in)
    gone = {row["dataset_id"] for row in compared.gone} & set(late)
    prepared.put(db, compared.run, list(_withdrawals(db, sorted(gone))), action="withdraw")
    _count(db, source, compared)


def _see(db: Database, source: Source, compared: Compared, *, now: datetime) -> None:
    """What the record knows of the source, by the source's ids."""
    rows = db.query(
        "SELECT source_id, dataset_id, state, is_accepted, missing_runs, missing_since FROM harvested"
        " WHERE source = :source ORDER BY dataset_id",
        {"source": source.name},
    )
    if compared.notes.is_unmodified:
        compared.seen = {row["source_id"] for row in rows if row["state"] == "live"}
    compared.known = {row["source_id"] for row in rows}
    compared.there = [row for row in rows if row["state"] != "withdrawn"]
    if compared.notes.is_complete:
        compared.missing = [row for row in compared.there if row["source_id"] not in compared.seen]
    compared.back = [row for row in rows if row["state"] != "live" and row["source_id"] in compared.seen]
    long_ago = clock.stamp(now - TIME_MISSING)
    compared.gone = [
        row
        for row in compared.missing
        if row["missing_runs"] + 1 >= RUNS_MISSING and row["missing_since"] and row["missing_since"] <= long_ago
    ]


def _retitled(db: Database, source: Source, run: str) -> list[dict[str, Any]]:
    return db.query(
        "SELECT h.dataset_id, h.title AS before, s.title AS after FROM staged s JOIN harvested h"
        " ON h.source = :source AND h.source_id = s.source_id WHERE s.run = :run AND h.title <> s.title"
        " ORDER BY h.dataset_id",
        {"source": source.name, "run": run},
    )


def _change(db: Database, compared: Compared, span: Mapping[str, Any], decided_in: set[str]) -> None:
    """Merge the layers of the entries of a span. `decided_in`: those whose conflicts may no longer be current."""
    rows = db.query(
        "SELECT s.id, s.place, s.entry AS theirs, h.document AS base, d.entry AS mine, d.revision"
        f" FROM {SPAN} AS s JOIN datasets d ON d.id = s.id"
        " LEFT JOIN harvested h ON h.source = s.source AND h.source_id = s.source_id",
        span,
    )
    updates = []
    for row in rows:
        theirs, mine = json.loads(row["theirs"]), json.loads(row["mine"])
        base = json.loads(row["base"]) if row["base"] else theirs
        merged = merge_layers(base, theirs, mine, held=compared.held.get(row["id"], ()))
        changes = difference(mine, merged.document)
        if changes:
            written = {"place": row["place"], "revision": row["revision"], "changes": canonical(changes)}
            updates.append({**columns(merged.document), **written})
        if merged.conflicts or row["id"] in decided_in:
            touched = [name for name in {*base, *theirs} if base.get(name) != theirs.get(name)]
            compared.found[row["id"]] = touched, merged.conflicts
    prepared.put(db, compared.run, updates)


def _withdrawals(db: Database, ids: list[str]) -> Iterator[dict[str, Any]]:
    """Those of these entries that are published, as they read once they are withdrawn."""
    names = {f"id{place}": name for place, name in enumerate(ids)}
    marks = ", ".join(f":{name}" for name in names) or "NULL"
    rows = db.query(
        f"SELECT id, entry, revision FROM datasets WHERE status = 'published' AND id IN ({marks}) ORDER BY id", names
    )
    for place, row in enumerate(rows):
        mine = json.loads(row["entry"])
        after = {**mine, "status": "withdrawn"}
        changes = canonical(difference(mine, after))
        yield {**columns(after), "place": place, "revision": row["revision"], "changes": changes}


def _count(db: Database, source: Source, compared: Compared) -> None:
    """Count the entries in which a steward's value will stand, and those of them in which nothing else happens."""
    rows = db.query(
        "SELECT h.source_id, h.state, p.id AS changed FROM harvested h JOIN datasets d ON d.id = h.dataset_id"
        " LEFT JOIN staged s ON s.run = :run AND s.id = h.dataset_id"
        " LEFT JOIN prepared p ON p.run = :run AND p.id = h.dataset_id AND p.action = 'amend'"
        " WHERE h.source = :source AND COALESCE(s.digest, h.digest) <> COALESCE(p.digest, d.digest)",
        {"source": source.name, "run": compared.run},
    )
    missing = {row["source_id"] for row in compared.missing}
    live = [
        row
        for row in rows
        if row["source_id"] in compared.seen or (row["state"] == "live" and row["source_id"] not in missing)
    ]
    compared.kept = len(live)
    compared.quiet = sum(row["changed"] is None for row in live)
