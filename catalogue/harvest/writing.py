"""The bulk writes that an import and a harvest have in common: a run's number, staged rows, new entries, changed ones.

All of it happens inside the caller's transaction, which holds the change numbers (`datasets.take_changes`).
"""

from datetime import datetime, timedelta
from typing import Any

from catalogue import clock, organisations
from catalogue.datasets import take_changes
from catalogue.entries import Document
from catalogue.rows import Resolve
from catalogue.store import Database

BATCH = 2000


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
    """Begin a run and return its number. What an import that never ended left staged is removed after a day."""
    with db.atomic():
        day_ago = clock.stamp(now - timedelta(days=1))
        db.execute(
            "DELETE FROM staged WHERE run IN (SELECT id FROM runs WHERE state IS NULL AND started_at < :day_ago)",
            {"day_ago": day_ago},
        )
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


def unstage(db: Database, run: str) -> None:
    """Remove what an import staged, a batch at a time: after the merge nobody has to wait for that."""
    batch = "SELECT id FROM staged WHERE run = :run ORDER BY id LIMIT :batch"
    while db.execute(f"DELETE FROM staged WHERE run = :run AND id IN ({batch})", {"run": run, "batch": BATCH}):
        pass


def count_new(db: Database, run: str) -> int:
    """How many staged rows are of entries that are not there yet."""
    rows = db.query(
        "SELECT COUNT(*) AS n FROM staged s LEFT JOIN datasets d ON d.id = s.id WHERE s.run = :run AND d.id IS NULL",
        {"run": run},
    )
    return int(rows[0]["n"])


def write_new(db: Database, run: str, *, count: int, by: str, why: str | None, now: datetime) -> None:
    """Add what is staged and not there yet (`count_new` of them), with its history."""
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


def write_updates(
    db: Database,
    run: str,
    updates: list[dict[str, Any]],
    *,
    by: str,
    why: str | None,
    now: datetime,
    action: str = "amend",
) -> None:
    """Change entries, with history. Each update: `datasets.columns`, the present `revision`, `changes` as JSON."""
    if not updates:
        return
    stamp, first = clock.stamp(now), take_changes(db, len(updates))
    for place, update in enumerate(updates):
        update.update(change=first + place, now=stamp, by=by, why=why, run=run, action=action)
    db.execute_many(
        "UPDATE datasets SET title = :title, publisher = :publisher, theme = :theme, status = :status,"
        " visibility = :visibility, source = :source, entry = :entry, digest = :digest, revision = revision + 1,"
        " change = :change, updated_at = :now WHERE id = :id",
        updates,
    )
    db.execute_many(
        "INSERT INTO history (dataset_id, revision, at, by, action, changes, why, run)"
        " VALUES (:id, :revision + 1, :now, :by, :action, :changes, :why, :run)",
        updates,
    )
