"""whoholds check: is everything in order."""

import json
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import click

from bot import settings
from bot.commands.common import AS_ADMIN, entitled, opened, print_json
from catalogue import audit, clock, datasets, outbox, working_days
from catalogue.errors import BadSetting, CatalogueError
from catalogue.model import GOVERNMENT
from catalogue.rights import Action
from catalogue.search.find import Search
from catalogue.store import Database, connect, pending

SAFE_SQLITE = (3, 51, 3)
PROBLEMS_PRINTED = 20
Finding = tuple[str, bool, str]


@click.command("check")
@click.argument("what", type=click.Choice(["everything", "audit"]), default="everything")
@click.option("--head", help="A head of the audit that was written down earlier: check that it is still in the chain.")
@AS_ADMIN
@click.option("--json", "json_", is_flag=True, help="Print the findings as JSON.")
def command(what: str, head: str | None, as_: str | None, json_: bool) -> None:
    """Check the settings, the database, the index and the outbox, or the AUDIT. Exit code 1 when something is wrong.

    Example: whoholds check audit
    """
    findings = list(_audit(head, as_) if what == "audit" else _findings())
    if json_:
        print_json([{"what": what, "ok": ok, "note": note} for what, ok, note in findings])
    else:
        for what, ok, note in findings:
            click.echo(f"{'ok     ' if ok else 'PROBLEM'}  {what}: {note}")
    if not all(ok for _what, ok, _note in findings):
        raise click.exceptions.Exit(1)


def _findings() -> Iterator[Finding]:
    chosen = settings.read()
    if "://" not in chosen.database and not Path(chosen.database).exists():
        yield "database", False, f"{chosen.database} does not exist yet. Run: whoholds migrate"
        return
    try:
        db = connect(chosen.database)
    except BadSetting:
        raise
    except CatalogueError as error:
        yield "database", False, str(error)
        return
    try:
        missing = pending(db)
        if missing:
            yield "database", False, f"not up to date ({', '.join(missing)}). Run: whoholds migrate"
            return
        yield "database", True, f"{datasets.count(db):,} entries"
        yield from _storage(db)
        search = Search(db, chosen.index)
        search.index.follow(db, wait=True)
        found = sum(part.num_docs for part in search.index.partitions(db, GOVERNMENT))
        yield "index", True, f"{found:,} entries that everyone or government may find"
        counts = outbox.counts(db)
        note = ", ".join(f"{count:,} {state}" for state, count in counts.items())
        yield "outbox", not counts["parked"], note
    finally:
        db.close()
    known, year = working_days.known_until(), clock.now().year
    yield "bank holidays", known > year, f"known until the end of {known}"
    try:
        settings.need_slack(chosen)
        yield "Slack", True, "Socket Mode" if chosen.app_token else "HTTP"
    except CatalogueError as error:
        yield "Slack", True, f"not set up: {error}"


def _audit(head: str | None, as_: str | None) -> Iterator[Finding]:
    with opened() as catalogue:
        entitled(catalogue, as_, Action.READ_AUDIT, about="audit", now=clock.now())
        found = audit.verify(catalogue.db)
        for problem in found.problems[:PROBLEMS_PRINTED]:
            yield "audit", False, problem
        if len(found.problems) > PROBLEMS_PRINTED:
            yield "audit", False, f"and {len(found.problems) - PROBLEMS_PRINTED:,} more"
        if head:
            is_there = audit.contains(catalogue.db, head)
            yield "head", is_there, f"{head} is in the chain" if is_there else f"{head} is not in the chain any more"
    if not found.problems:
        note = f"{found.rows:,} rows, unbroken; {found.removed:,} parts about people removed; head {found.head}"
        yield "audit", True, note


def _storage(db: Database) -> Iterator[Finding]:
    if db.dialect != "sqlite":
        return
    rows = db.query("PRAGMA quick_check(1)")
    sound = rows == [{"quick_check": "ok"}]
    yield "storage", sound, "sound" if sound else f"damaged: {json.dumps(rows)}. Restore the newest backup."
    version = sqlite3.sqlite_version
    if sqlite3.sqlite_version_info < SAFE_SQLITE:
        yield "SQLite", True, f"{version}: one process writes at a time, by lock (needed before 3.51.3)"
    else:
        yield "SQLite", True, version
