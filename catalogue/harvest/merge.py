"""Check and merge: what a run gathered becomes the catalogue, wholly or not at all, in one transaction.

First the brake: a run after which too much would be missing or retitled changes nothing and waits for somebody. Then
new entries, changed ones (three layers: `layers.py`), conflicts, what is missing, what is withdrawn. A dry run does
all of it and takes it back.
"""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from catalogue import clock, organisations, outbox
from catalogue.datasets import columns, take_changes
from catalogue.entries import Document, canonical, difference
from catalogue.harvest import conflicts, sources, telling
from catalogue.harvest.gather import drop, gathered
from catalogue.harvest.layers import merge as merge_layers
from catalogue.harvest.report import LISTED, Report
from catalogue.harvest.sources import Source
from catalogue.harvest.writing import count_new, write_new, write_updates
from catalogue.store import Database

FEW = 5
MISSING_SHARE = 0.10
RETITLED_SHARE = 0.30
RUNS_MISSING = 3
TIME_MISSING = timedelta(days=7)


class _TakenBack(Exception):
    """Ends the transaction of a dry run."""


def merge(
    db: Database, source: Source, run: str, *, by: str, now: datetime, dry_run: bool = False, go_on: bool = False
) -> Report:
    """Bring a gathered run into the record. With `go_on` the brake is off: somebody has looked at the list."""
    report = Report(source.name, run, dry_run=dry_run)
    try:
        with db.atomic():
            _Merge(db, source, run, report, by=by, now=now).do(go_on=go_on)
            if dry_run:
                raise _TakenBack
    except _TakenBack:
        drop(db, run, state="done")
        db.execute("UPDATE runs SET finished_at = :now WHERE id = :run", {"run": run, "now": clock.stamp(now)})
    return report


class _Merge:
    """One merge, inside the caller's transaction."""

    def __init__(self, db: Database, source: Source, run: str, report: Report, *, by: str, now: datetime) -> None:
        self.db, self.source, self.run, self.report, self.by, self.now = db, source, run, report, by, now
        take_changes(db, 0)  # from here on nobody else changes an entry
        self.seen, self.notes = gathered(db, run)
        self.why = f"Harvested from {source.name}"
        report.failed, report.set_aside = self.notes.failed, self.notes.set_aside
        report.failures = [fault for fault in self.notes.faults if fault["left_out"]][:LISTED]
        report.is_complete, report.stopped_because = self.notes.is_complete, self.notes.problem

    def do(self, *, go_on: bool) -> None:
        present = sources.get(self.db, self.source.name)
        if present.version != self.notes.version:
            self._end("failed", "Another harvest of this source ended meanwhile. Nothing was changed.")
            return
        self._see()
        if not self.seen and not self.there:
            self._end("failed", self.notes.problem or "The source is empty.")
            return
        stop = None if go_on else self._brake()
        if stop:
            self._end("stopped", stop)
            telling.stopped(self.db, self.source, self.run, now=self.now)
            return
        organisations.add_unknown(self.db, self.notes.publishers)
        self._add()
        self._change()
        self._remember()
        self._miss(accepted=go_on)
        self._withdraw()
        self._count()
        self._end("done" if self.seen or not self.notes.problem else "failed", self.notes.problem)

    def _see(self) -> None:
        """What the record knows of the source: live, missing and withdrawn, by the source's ids."""
        rows = self.db.query(
            "SELECT source_id, dataset_id, state, is_accepted FROM harvested WHERE source = :source"
            " ORDER BY dataset_id",
            {"source": self.source.name},
        )
        if self.notes.is_unmodified:
            self.seen = {row["source_id"] for row in rows if row["state"] == "live"}
        self.known = {row["source_id"] for row in rows}
        self.there = [row for row in rows if row["state"] != "withdrawn"]
        self.missing = [row for row in self.there if row["source_id"] not in self.seen] if self._is_whole else []
        self.back = [row for row in rows if row["state"] != "live" and row["source_id"] in self.seen]
        self.report.missing = [row["dataset_id"] for row in self.missing[:LISTED]]
        self.report.would_withdraw = len(self.missing)

    @property
    def _is_whole(self) -> bool:
        return self.notes.is_complete

    def _brake(self) -> str | None:
        """Why this run must not go on by itself."""
        if not self.seen and self._is_whole and not self.notes.is_unmodified:
            return self._ask("The source is empty.")
        lost = [row for row in self.missing if not row["is_accepted"]]
        if len(lost) > max(FEW, MISSING_SHARE * len(self.there)):
            return self._ask(f"{len(lost):,} of {len(self.there):,} entries are missing from the source.")
        rows = self.db.query(
            "SELECT h.dataset_id, h.title AS before, s.title AS after FROM staged s JOIN harvested h"
            " ON h.source = :source AND h.source_id = s.source_id WHERE s.run = :run AND h.title <> s.title"
            " ORDER BY h.dataset_id",
            {"source": self.source.name, "run": self.run},
        )
        known = len(self.seen & self.known)
        if len(rows) > max(FEW, RETITLED_SHARE * known):
            self.report.retitled = [[row["dataset_id"], row["before"], row["after"]] for row in rows[:LISTED]]
            return self._ask(f"{len(rows):,} of {known:,} entries have another title.")
        return None

    def _ask(self, found: str) -> str:
        name = self.source.name
        if self.report.dry_run:
            return f"{found} The harvest would stop and ask."
        return f"{found} Nothing was changed. If this is right: whoholds harvest {name} --go-on {self.run}"

    def _add(self) -> None:
        self.report.added = count_new(self.db, self.run)
        write_new(self.db, self.run, count=self.report.added, by=self.by, why=self.why, now=self.now)

    def _change(self) -> None:
        """Merge the layers of the entries whose source says something else than before."""
        rows = self._changed_records()
        updates, found = [], []
        for row in rows:
            base, theirs, mine = (
                json.loads(row["base"] or row["theirs"]),
                json.loads(row["theirs"]),
                json.loads(row["mine"]),
            )
            merged = merge_layers(base, theirs, mine)
            changes = difference(mine, merged.document)
            if changes:
                update = {**columns(merged.document), "revision": row["revision"], "changes": canonical(changes)}
                updates.append(update)
            touched = [name for name in {*base, *theirs} if base.get(name) != theirs.get(name)]
            found.append((row["id"], touched, merged.conflicts))
        self.report.changed = len(updates)
        write_updates(self.db, self.run, updates, by=self.by, why=self.why, now=self.now)
        self._conflicts(found)

    def _changed_records(self) -> list[dict[str, Any]]:
        """Each entry that was there, with what its source said and says. Where none changed, nothing is joined."""
        if not self.db.query("SELECT 1 FROM staged WHERE run = :run LIMIT 1", {"run": self.run}):
            return []
        return self.db.query(
            "SELECT s.id, s.entry AS theirs, h.document AS base, d.entry AS mine, d.revision FROM staged s"
            " JOIN datasets d ON d.id = s.id"
            " LEFT JOIN harvested h ON h.source = s.source AND h.source_id = s.source_id"
            " WHERE s.run = :run AND (d.revision > 1 OR h.document IS NOT NULL OR d.digest <> s.digest)"
            " ORDER BY s.place",
            {"run": self.run},
        )

    def _conflicts(self, found: list[tuple[str, list[str], Mapping[str, tuple[Any, Any]]]]) -> None:
        back = [row["dataset_id"] for row in self.back if row["state"] == "withdrawn"]
        self.report.back_again = len(back)
        withdrawn = {"status": ("withdrawn", None)}
        found += [(name, ["status"], withdrawn) for name in self._still_withdrawn(back)]
        new = conflicts.write(self.db, found, source=self.source.name, run=self.run, now=self.now)
        self.report.conflicts = sum(new.values())
        telling.conflicting(self.db, self.source, self.run, new, now=self.now)

    def _still_withdrawn(self, ids: list[str]) -> list[str]:
        return [
            name
            for name in ids
            if self.db.query("SELECT 1 FROM datasets WHERE id = :id AND status = 'withdrawn'", {"id": name})
        ]

    def _remember(self) -> None:
        """Keep what the source says now as the harvested layer."""
        self.db.execute(
            "INSERT INTO harvested (source, source_id, dataset_id, title, document, digest, raw, state)"
            " SELECT source, source_id, id, title, entry, digest, raw, 'live' FROM staged WHERE run = :run"
            " ON CONFLICT (source, source_id) DO UPDATE SET title = excluded.title, document = excluded.document,"
            " digest = excluded.digest, raw = excluded.raw",
            {"run": self.run},
        )
        self.db.execute_many(
            "UPDATE harvested SET state = 'live', missing_runs = 0, missing_since = NULL, is_accepted = 0"
            " WHERE source = :source AND source_id = :source_id",
            [{"source": self.source.name, "source_id": row["source_id"]} for row in self.back],
        )

    def _miss(self, *, accepted: bool) -> None:
        self.db.execute_many(
            "UPDATE harvested SET state = 'missing', missing_runs = missing_runs + 1,"
            " missing_since = COALESCE(missing_since, :now),"
            " is_accepted = CASE WHEN :accepted = 1 THEN 1 ELSE is_accepted END"
            " WHERE source = :source AND source_id = :source_id",
            [
                {
                    "source": self.source.name,
                    "source_id": row["source_id"],
                    "now": clock.stamp(self.now),
                    "accepted": int(accepted),
                }
                for row in self.missing
            ],
        )

    def _withdraw(self) -> None:
        """Withdraw what was missing in three complete runs and for a week. Its page stays."""
        if not self.missing:
            return
        limits = {"source": self.source.name, "runs": RUNS_MISSING, "since": clock.stamp(self.now - TIME_MISSING)}
        gone = "h.source = :source AND h.state = 'missing' AND h.missing_runs >= :runs AND h.missing_since <= :since"
        rows = self.db.query(
            f"SELECT d.id, d.entry, d.revision FROM harvested h JOIN datasets d ON d.id = h.dataset_id WHERE {gone}"
            " AND d.status = 'published' ORDER BY d.id",
            limits,
        )
        updates = []
        for row in rows:
            mine: Document = json.loads(row["entry"])
            after = {**mine, "status": "withdrawn"}
            changes = canonical(difference(mine, after))
            updates.append({**columns(after), "revision": row["revision"], "changes": changes})
        why = f"Missing from {self.source.name} for a week"
        write_updates(self.db, self.run, updates, by=self.by, why=why, now=self.now, action="withdraw")
        left = self.db.execute(f"UPDATE harvested AS h SET state = 'withdrawn' WHERE {gone}", limits)
        self.report.withdrawn = len(updates)
        telling.withdrawn(self.db, self.source, self.run, [row["id"] for row in rows], now=self.now)
        self.report.would_withdraw -= left

    def _count(self) -> None:
        """Entries in which a steward's value stands, and those in which nothing happened."""
        rows = self.db.query(
            "SELECT d.id FROM harvested h JOIN datasets d ON d.id = h.dataset_id"
            " WHERE h.source = :source AND h.state = 'live' AND h.digest <> d.digest",
            {"source": self.source.name},
        )
        kept = {row["id"] for row in rows}
        changed = self.db.query(
            "SELECT dataset_id AS id FROM history WHERE run = :run AND action = 'amend'", {"run": self.run}
        )
        self.report.kept = len(kept)
        quiet = len(kept - {row["id"] for row in changed})
        usable = len(self.seen) - self.notes.unusable
        self.report.unchanged = max(usable - self.report.added - self.report.changed - quiet, 0)

    def _end(self, state: str, problem: str | None) -> None:
        """Write down how the run ended. What it put aside is kept only while somebody is asked."""
        self.report.stopped_because = problem
        if state != "stopped":
            drop(self.db, self.run, state=state)
        if state == "done":
            self._replace_stopped()
            sources.moved_on(self.db, self.source)
        self.db.execute(
            "UPDATE runs SET finished_at = :now, state = :state, report = :report WHERE id = :run",
            {
                "run": self.run,
                "now": clock.stamp(self.now),
                "state": state,
                "report": canonical(self.report.as_json()),
            },
        )
        if problem:
            sources.went_wrong(self.db, self.source, problem, now=self.now)
        else:
            count = len(self.seen) if self._is_whole else None
            fresh = self.notes.fresh
            sources.went_well(self.db, self.source, self.run, count=count, fresh=fresh, now=self.now)

        outbox.retell(self.db, self.run, now=self.now)

    def _replace_stopped(self) -> None:
        for run in sources.waiting(self.db, self.source.name):
            if run != self.run:
                drop(self.db, run, state="replaced")
                outbox.retell(self.db, run, now=self.now)
