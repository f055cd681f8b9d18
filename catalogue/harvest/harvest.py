"""One harvest of one source: gather it, check it, merge it. And going on with one that was stopped.

`gather.py` reads and maps, `merge.py` checks and writes, `layers.py` decides field by field.
"""

from collections.abc import Callable
from datetime import datetime

from catalogue.errors import CatalogueError, NotFound
from catalogue.harvest import sources
from catalogue.harvest.fetch import Fetcher
from catalogue.harvest.gather import drop, gather
from catalogue.harvest.merge import merge
from catalogue.harvest.report import Report
from catalogue.harvest.sources import Kind
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
    since = source.since if only_recent and source.kind is Kind.CKAN else None
    run = gather(db, source, fetcher, resolve=resolve, by=by, now=now, since=since, progress=progress)
    return merge(db, source, run, by=by, now=now, dry_run=dry_run)


def go_on(db: Database, name: str, run: str, *, by: str, now: datetime) -> Report:
    """Go on with a stopped run: somebody has seen what would be missing. Raises NotFound, CannotGoOn."""
    source = sources.get(db, name)
    with db.atomic():
        rows = db.query("SELECT state FROM runs WHERE id = :run AND source = :name", {"run": run, "name": name})
        if not rows:
            raise NotFound("run of this source", run)
        if not db.execute("UPDATE runs SET state = 'gathered' WHERE id = :run AND state = 'stopped'", {"run": run}):
            raise CannotGoOn(f"{run} does not wait for anybody: it is {rows[0]['state']}.")
        return merge(db, source, run, by=by, now=now, go_on=True)


__all__ = ["CannotGoOn", "drop", "go_on", "harvest"]
