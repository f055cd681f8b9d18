"""One harvest of one source: gather it, check it, merge it. And going on with one that was stopped.

`gather.py` reads and maps, `merge.py` checks and writes, `layers.py` decides field by field.
"""

import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

from catalogue import audit, outbox, rights
from catalogue.errors import CatalogueError, NotFound
from catalogue.harvest import bodies, sources
from catalogue.harvest.fetch import Fetcher
from catalogue.harvest.gather import gather
from catalogue.harvest.merge import merge
from catalogue.harvest.report import Report
from catalogue.harvest.sources import Kind
from catalogue.model import Person
from catalogue.rows import Resolve
from catalogue.store import Database


class CannotGoOn(CatalogueError):
    """A run that does not wait for anybody."""


def harvest(
    db: Database,
    name: str,
    *,
    fetcher: Fetcher,
    resolve: Resolve,
    by: str,
    now: datetime,
    dry_run: bool = False,
    only_recent: bool = False,
    progress: Callable[[int], None] = lambda _count: None,
) -> Report:
    """Harvest a source and return what happened; whatever the source does is in the report.

    `only_recent` asks a CKAN for what changed since the last good harvest; nothing counts as missing then. Raises
    NotFound for a source that is not there, and StoreUnavailable, after which nothing was changed.
    """
    source = sources.get(db, name)
    if source.kind is Kind.ORGANISATIONS:
        return bodies.harvest(db, source, fetcher, by=by, now=now, dry_run=dry_run)
    since = source.since if only_recent and source.kind is Kind.CKAN else None
    run = gather(db, source, fetcher, resolve=resolve, by=by, now=now, since=since, progress=progress)
    return merge(db, source, run, by=by, now=now, dry_run=dry_run)


def go_on(db: Database, name: str, run: str, *, by: str, now: datetime) -> Report:
    """Go on with a stopped run: somebody has seen what would be missing. Raises NotFound, CannotGoOn."""
    source = sources.get(db, name)

    def is_waiting() -> None:
        if not db.execute(
            "UPDATE runs SET state = 'gathered' WHERE id = :run AND source = :name"
            " AND state IN ('stopped', 'accepted')",
            {"run": run, "name": name},
        ):
            raise _cannot(db, name, run)
        audit.record(db, by=by, action="harvest.run", about=run, detail={"source": name}, now=now)

    if run_of(db, run) is None:
        raise NotFound("run", run)
    if source.kind is Kind.ORGANISATIONS:
        return bodies.go_on(db, source, run, by=by, now=now, is_waiting=is_waiting)
    return merge(db, source, run, by=by, now=now, go_on=is_waiting)


def accept(db: Database, name: str, run: str, *, by: Person, now: datetime) -> None:
    """Have a stopped run go on soon (`accepted` finds it). Raises NotFound, NotAllowed, CannotGoOn."""
    source = sources.get(db, name)
    with db.atomic():
        if source.owner != by.id:
            rights.require(by, "harvest.run", about=name, now=now)
        if not db.execute(
            "UPDATE runs SET state = 'accepted', by = :by WHERE id = :run AND source = :name AND state = 'stopped'",
            {"run": run, "name": name, "by": by.id},
        ):
            raise _cannot(db, name, run)
        outbox.retell(db, run, now=now)


def accepted(db: Database) -> list[tuple[str, str, str]]:
    """The runs that wait to go on: source, run, who said so."""
    rows = db.query("SELECT source, id, by FROM runs WHERE state = 'accepted' ORDER BY id")
    return [(row["source"], row["id"], row["by"]) for row in rows]


def run_of(db: Database, run: str) -> tuple[str, dict[str, Any]] | None:
    """A run's state and its report, as far as it has one."""
    rows = db.query("SELECT state, report FROM runs WHERE id = :run", {"run": run})
    return (rows[0]["state"], json.loads(rows[0]["report"] or "{}")) if rows else None


def _cannot(db: Database, name: str, run: str) -> CatalogueError:
    rows = db.query("SELECT state FROM runs WHERE id = :run AND source = :name", {"run": run, "name": name})
    return CannotGoOn(f"{run} does not wait for anybody: it is {rows[0]['state']}.") if rows else NotFound("run", run)
