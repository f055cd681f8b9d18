"""The bulk writes that an import and a harvest have in common: a run's number, staged rows, new entries.

Changed entries are in `prepared.py`.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from catalogue import clock, organisations
from catalogue.datasets import take_changes
from catalogue.entries import Document, canonical
from catalogue.rows import Resolve
from catalogue.store import Database

BATCH = 1000


class Publishers:
    """From a publisher's name to its slug, known or new."""

    def __init__(self, resolve: Resolve) -> None:
        self._resolve = resolve
        self._slugs: dict[str, str] = {}
        self._unknown: dict[str, str] = {}
        self._kept: set[str] = set()

    def __call__(self, name: str) -> str:
        slug = self._slugs.get(name)
        if slug is None:
            slug = self._resolve(name)
            if slug is None:
                slug = organisations.slug_of(name)
                self._unknown.setdefault(slug, name)
            self._slugs[name] = slug
        return slug

    def keep(self, document: Document) -> None:
        """An entry of theirs is not left out."""
        self._kept.update([document.get("publisher", ""), *document.get("creator", ())])

    def new(self) -> dict[str, str]:
        """Those that nobody knew and that an entry is kept of, slug with name."""
        return {slug: name for slug, name in self._unknown.items() if slug in self._kept}


def begin(
    db: Database, *, source: str, by: str, now: datetime, state: str | None = None, runner: str | None = None
) -> str:
    """Begin a run and return its number."""
    put_away(db, now=now)
    with db.atomic():
        return enter(db, source=source, by=by, now=now, state=state, runner=runner)


def end(db: Database, run: str, state: str, report: Mapping[str, Any], *, now: datetime) -> None:
    """Write down how a run ended, and its report."""
    db.execute(
        "UPDATE runs SET finished_at = :now, state = :state, report = :report WHERE id = :run",
        {"run": run, "now": clock.stamp(now), "state": state, "report": canonical(report)},
    )


def enter(
    db: Database, *, source: str, by: str, now: datetime, state: str | None = None, runner: str | None = None
) -> str:
    """Write a new run down, inside the caller's transaction, and return its number."""
    db.execute("INSERT INTO counters (name, value) VALUES ('run', 0) ON CONFLICT (name) DO NOTHING")
    number = db.query("UPDATE counters SET value = value + 1 WHERE name = 'run' RETURNING value")[0]["value"]
    run = f"RUN-{number:04}"
    db.execute(
        "INSERT INTO runs (id, source, by, started_at, state, runner)"
        " VALUES (:run, :source, :by, :now, :state, :runner)",
        {"run": run, "source": source, "by": by, "now": clock.stamp(now), "state": state, "runner": runner},
    )
    return run


def stage(db: Database, rows: list[dict[str, Any]]) -> None:
    """Put mapped rows aside until they are merged."""
    db.execute_many(
        "INSERT INTO staged (run, place, id, title, publisher, theme, status, visibility, source, entry, cleared,"
        " digest, source_id, raw) VALUES (:run, :place, :id, :title, :publisher, :theme, :status, :visibility, :source,"
        " :entry, :cleared, :digest, :source_id, :raw)",
        rows,
    )


SPAN = f"(SELECT * FROM staged WHERE run = :run AND id >= :first AND id <= :last ORDER BY id LIMIT {BATCH})"
"""The staged rows of a span, as a table. Without the limit PostgreSQL would read everything for every span."""


def spans(db: Database, run: str) -> Iterator[dict[str, Any]]:
    """The staged rows of a run in spans of ids, each short enough to be worked out at once: parameters of `SPAN`."""
    after = ""
    while True:
        span = db.query(
            "SELECT MIN(id) AS first, MAX(id) AS last FROM (SELECT id FROM staged WHERE run = :run AND id > :after"
            f" ORDER BY id LIMIT {BATCH}) AS few",
            {"run": run, "after": after},
        )[0]
        if span["last"] is None:
            return
        yield {"run": run, **span}
        after = span["last"]


def alone(run: str, dataset_id: str) -> dict[str, Any]:
    """The span that is one entry."""
    return {"run": run, "first": dataset_id, "last": dataset_id}


def put_away(db: Database, *, now: datetime) -> None:
    """Remove what runs that are over had put aside, and imports that never ended and began a day ago.

    A batch at a time, after the transaction that ended the run: nobody has to wait for that.
    """
    rows = db.query(
        "SELECT r.id FROM runs r WHERE (r.state IN ('done', 'failed', 'replaced', 'undone')"
        " OR (r.state IS NULL AND (r.finished_at IS NOT NULL OR r.started_at < :day_ago)))"
        " AND (EXISTS (SELECT 1 FROM staged s WHERE s.run = r.id) OR EXISTS (SELECT 1 FROM prepared p"
        " WHERE p.run = r.id) OR EXISTS (SELECT 1 FROM fetched f WHERE f.run = r.id))",
        {"day_ago": clock.stamp(now - timedelta(days=1))},
    )
    for row in rows:
        for table, key in (("staged", "id"), ("prepared", "id"), ("fetched", "page")):
            empty(db, table, key, run=row["id"])


def empty(db: Database, table: str, key: str, *, run: str) -> None:
    """Remove what a run has in a table, a batch at a time."""
    batch = f"SELECT {key} FROM {table} WHERE run = :run ORDER BY {key} LIMIT :batch"
    while db.execute(f"DELETE FROM {table} WHERE run = :run AND {key} IN ({batch})", {"run": run, "batch": BATCH}):
        pass


def count_staged(db: Database, run: str) -> int:
    """How many rows are staged."""
    return int(db.query("SELECT COUNT(*) AS n FROM staged WHERE run = :run", {"run": run})[0]["n"])


def count_new(db: Database, run: str) -> int:
    """How many staged rows are of entries that are not there yet."""
    rows = db.query(
        "SELECT COUNT(*) AS n FROM staged s LEFT JOIN datasets d ON d.id = s.id WHERE s.run = :run AND d.id IS NULL",
        {"run": run},
    )
    return int(rows[0]["n"])


def write_new(db: Database, run: str, *, count: int, by: str, why: str | None, now: datetime) -> None:
    """Add what is staged and not there yet (`count_new` of them), with its history; inside the caller's transaction,
    which holds the change numbers (`datasets.take_changes`)."""
    if not count:
        return
    values = {"run": run, "now": clock.stamp(now), "by": by, "why": why}
    first = take_changes(db, count)
    db.execute(
        "INSERT INTO history (dataset_id, revision, at, by, action, changes, why, run)"
        " SELECT s.id, 1, :now, :by, 'add', '{}', :why, :run FROM staged s"
        " LEFT JOIN datasets d ON d.id = s.id WHERE s.run = :run AND d.id IS NULL ORDER BY s.place",
        values,
    )
    db.execute(
        "INSERT INTO datasets (id, title, publisher, theme, status, visibility, source, entry, digest, revision,"
        " change, updated_at) SELECT s.id, s.title, s.publisher, s.theme, s.status, s.visibility, s.source, s.entry,"
        " s.digest, 1, :first - 1 + ROW_NUMBER() OVER (ORDER BY s.place), :now FROM staged s"
        " LEFT JOIN datasets d ON d.id = s.id WHERE s.run = :run AND d.id IS NULL ORDER BY s.place",
        {"run": run, "now": values["now"], "first": first},
    )
