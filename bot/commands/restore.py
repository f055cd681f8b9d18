"""whoholds restore: a backup back in its place."""

from pathlib import Path

import click

from bot import settings
from bot.commands.common import print_json, readable
from catalogue import audit, clock, datasets
from catalogue.store import backup, connect


@click.command("restore")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--replace", is_flag=True, help="There is a database already: set it aside and use the backup.")
@click.option("--json", "json_", is_flag=True, help="Print what was restored as JSON.")
def command(file: Path, replace: bool, json_: bool) -> None:
    """Check the backup FILE and make it the database, brought up to date. Stop the bot first.

    A database that is there is not touched unless you say --replace, and then it is kept beside the new one. A
    PostgreSQL backup is restored into an empty database only. Messages that were still to be sent when the backup was
    made are set aside, and the search index is built anew.

    Example: whoholds restore /srv/backup/whoholds-2026-03-31T093000.db --replace
    """
    now, place = clock.now(), settings.read().database
    with readable(file):
        kept = backup.restore(file, place, replace=replace, now=clock.stamp(now))
    db = connect(place)
    try:
        broken = audit.verify(db).problems
        audit.record(db, by="command line", action="record.restored", about=file.name, now=now)
        facts = {
            "entries": datasets.count(db),
            "change": datasets.last_change(db),
            "kept": str(kept) if kept else None,
            "audit_problems": list(broken),
        }
    finally:
        db.close()
    if json_:
        print_json(facts)
    else:
        click.echo(f"{facts['entries']:,} entries are back.{f' What was there is kept in {kept}.' if kept else ''}")
    if broken:
        raise click.ClickException(f"The audit of this backup is not whole: {' '.join(broken)}")
