"""whoholds backup: a sound copy of the record, while it is used."""

from pathlib import Path

import click

from bot.commands.common import opened, print_json, readable
from catalogue import audit, clock, datasets
from catalogue.store import backup


@click.command("backup")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--json", "json_", is_flag=True, help="Print what was backed up as JSON.")
def command(file: Path, json_: bool) -> None:
    """Write a checked copy of the database to FILE, or to a file named after the time if FILE is a folder.

    The bot may run meanwhile. Beside the copy stands its SHA-256. The copy holds hidden entries: keep it as safe as
    the database. PostgreSQL needs pg_dump on this machine.

    Example: whoholds backup /srv/backup/
    """
    now = clock.now()
    with opened() as catalogue, readable(file):
        if file.is_dir():
            end = "db" if catalogue.db.dialect == "sqlite" else "dump"
            file = file / f"whoholds-{now:%Y-%m-%dT%H%M%S}.{end}"
        digest = backup.back_up(catalogue.db, file)
        facts = {
            "file": str(file),
            "bytes": file.stat().st_size,
            "entries": datasets.count(catalogue.db),
            "change": datasets.last_change(catalogue.db),
            "sha256": digest,
            "audit": str(audit.head(catalogue.db)),
        }
    if json_:
        print_json(facts)
        return
    click.echo(f"{file}: {facts['entries']:,} entries, {facts['bytes']:,} bytes, sound.\nSHA-256: {digest}")
    click.echo(f"Head of the audit: {facts['audit']}")
