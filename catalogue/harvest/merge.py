"""Merge: what a run gathered becomes the catalogue, wholly or not at all, in one transaction.

What the run would do was worked out before (`compare.py`), so that the transaction is a few statements and others wait
only for as long as those take. First the brake: a run after which too much would be missing or retitled changes
nothing and waits for somebody. Then new entries, changed ones, conflicts, what is missing, what is withdrawn. A dry
run does all of it and takes it back.
"""

from collections.abc import Callable
from datetime import datetime

from catalogue import clock, organisations, outbox
from catalogue.datasets import take_changes
from catalogue.harvest import conflicts, prepared, sources, telling
from catalogue.harvest.compare import RUNS_MISSING, TIME_MISSING, Compared, again, compare
from catalogue.harvest.report import LISTED, Report
from catalogue.harvest.sources import Source
from catalogue.harvest.writing import end, put_away, write_new
from catalogue.store import Database

FEW = 5
MISSING_SHARE = 0.10
RETITLED_SHARE = 0.30


class _TakenBack(Exception):
    """Ends the transaction of a dry run."""


def merge(
    db: Database,
    source: Source,
    run: str,
    *,
    by: str,
    now: datetime,
    dry_run: bool = False,
    go_on: Callable[[], None] | None = None,
) -> Report:
    """Bring a gathered run into the record.

    With `go_on` the brake is off: somebody has looked at the list. It is called inside the transaction, and raises
    when the run does not wait for anybody.
    """
    report = Report(source.name, run, dry_run=dry_run)
    compared = compare(db, source, run, now=now)
    try:
        with db.atomic():
            take_changes(db, 0)  # from here on nobody else changes an entry
            if go_on:
                go_on()
            again(db, source, compared)
            _Merge(db, source, compared, report, by=by, now=now).do(is_accepted=go_on is not None)
            if dry_run:
                raise _TakenBack
    except _TakenBack:
        end(db, run, "done", report.as_json(), now=now)
    put_away(db, now=now)
    return report


class _Merge:
    """One merge, inside the caller's transaction."""

    def __init__(
        self, db: Database, source: Source, compared: Compared, report: Report, *, by: str, now: datetime
    ) -> None:
        self.db, self.source, self.compared, self.report, self.by, self.now = db, source, compared, report, by, now
        self.run, self.notes = compared.run, compared.notes
        report.failed, report.set_aside = self.notes.failed, self.notes.set_aside
        report.failures = [fault for fault in self.notes.faults if fault["left_out"]][:LISTED]
        report.is_complete, report.stopped_because = self.notes.is_complete, self.notes.problem
        report.missing = [row["dataset_id"] for row in compared.missing[:LISTED]]
        report.would_withdraw = len(compared.missing)

    def do(self, *, is_accepted: bool) -> None:
        present = sources.get(self.db, self.source.name)
        if present.version != self.notes.version:
            self._end("failed", "Another harvest of this source ended meanwhile. Nothing was changed.")
            return
        if not self.compared.seen and not self.compared.there:
            self._end("failed", self.notes.problem or "The source is empty.")
            return
        stop = None if is_accepted else self._brake()
        if stop:
            self._end("stopped", stop)
            telling.stopped(self.db, self.source, self.run, now=self.now)
            return
        organisations.add_unknown(self.db, self.notes.publishers)
        self._write()
        self._conflicts()
        self._remember()
        self._miss(is_accepted=is_accepted)
        self._withdraw()
        self._count()
        self._end("done" if self.compared.seen or not self.notes.problem else "failed", self.notes.problem)

    def _brake(self) -> str | None:
        """Why this run must not go on by itself."""
        compared = self.compared
        if not compared.seen and self.notes.is_complete and not self.notes.is_unmodified:
            return self._ask("The source is empty.")
        lost = [row for row in compared.missing if not row["is_accepted"]]
        if len(lost) > max(FEW, MISSING_SHARE * len(compared.there)):
            return self._ask(f"{len(lost):,} of {len(compared.there):,} entries are missing from the source.")
        rows, known = compared.retitled, len(compared.seen & compared.known)
        if len(rows) > max(FEW, RETITLED_SHARE * known):
            self.report.retitled = [[row["dataset_id"], row["before"], row["after"]] for row in rows[:LISTED]]
            return self._ask(f"{len(rows):,} of {known:,} entries have another title.")
        return None

    def _ask(self, found: str) -> str:
        name = self.source.name
        if self.report.dry_run:
            return f"{found} The harvest would stop and ask."
        return f"{found} Nothing was changed. If this is right: whoholds harvest {name} --go-on {self.run}"

    def _write(self) -> None:
        why = f"Harvested from {self.source.name}"
        self.report.added = self.compared.added
        write_new(self.db, self.run, count=self.report.added, by=self.by, why=why, now=self.now)
        self.report.changed = prepared.write(self.db, self.run, by=self.by, why=why, now=self.now)

    def _conflicts(self) -> None:
        found = [(name, touched, theirs) for name, (touched, theirs) in self.compared.found.items()]
        back = [row["dataset_id"] for row in self.compared.back if row["state"] == "withdrawn"]
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
            [{"source": self.source.name, "source_id": row["source_id"]} for row in self.compared.back],
        )

    def _miss(self, *, is_accepted: bool) -> None:
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
                    "accepted": int(is_accepted),
                }
                for row in self.compared.missing
            ],
        )

    def _withdraw(self) -> None:
        """Withdraw what was missing in three complete runs and for a week. Its page stays."""
        if not self.compared.gone:
            return
        ids = prepared.ids(self.db, self.run, action="withdraw")
        why = f"Missing from {self.source.name} for a week"
        self.report.withdrawn = prepared.write(self.db, self.run, by=self.by, why=why, now=self.now, action="withdraw")
        left = self.db.execute(
            "UPDATE harvested SET state = 'withdrawn' WHERE source = :source AND state = 'missing'"
            " AND missing_runs >= :runs AND missing_since <= :since",
            {"source": self.source.name, "runs": RUNS_MISSING, "since": clock.stamp(self.now - TIME_MISSING)},
        )
        telling.withdrawn(self.db, self.source, self.run, ids, now=self.now)
        self.report.would_withdraw -= left

    def _count(self) -> None:
        """Entries in which a steward's value stands, and those in which nothing happened."""
        self.report.kept = self.compared.kept
        usable = len(self.compared.seen) - self.notes.unusable
        counted = self.report.added + self.report.changed + self.compared.quiet
        self.report.unchanged = max(usable - counted, 0)

    def _end(self, state: str, problem: str | None) -> None:
        """Write down how the run ended. What it put aside is kept only while somebody is asked."""
        self.report.stopped_because = problem
        if state == "done":
            replace_stopped(self.db, self.source, but=self.run, now=self.now)
            sources.moved_on(self.db, self.source)
        end(self.db, self.run, state, self.report.as_json(), now=self.now)
        if problem:
            sources.went_wrong(self.db, self.source, problem, now=self.now)
        else:
            count = len(self.compared.seen) if self.notes.is_complete else None
            fresh = self.notes.fresh
            sources.went_well(self.db, self.source, self.run, count=count, fresh=fresh, now=self.now)
        outbox.retell(self.db, self.run, now=self.now)


def replace_stopped(db: Database, source: Source, *, but: str, now: datetime) -> None:
    """Runs that wait for somebody wait no longer: a newer one went well."""
    for run in sources.waiting(db, source.name):
        if run != but:
            db.execute("UPDATE runs SET state = 'replaced' WHERE id = :run", {"run": run})
            outbox.retell(db, run, now=now)
