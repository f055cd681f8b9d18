"""whoholds migrate: the database's tables."""

import click

from bot import sample, settings
from catalogue import clock, organisations
from catalogue.store import connect, migrate


@click.command("migrate")
@click.option("--sample", "with_sample", is_flag=True, help="Also bring in the sample entries, people and requests.")
def command(with_sample: bool) -> None:
    """Make the tables or bring them up to date, and load the shipped vocabulary. Safe to run at any time.

    Example: whoholds migrate
    """
    db = connect(settings.read().database)
    try:
        applied = migrate(db, now=clock.stamp(clock.now()))
        organisations.load_shipped(db)
        if with_sample:
            click.echo(f"{sample.load(db):,} sample entries are in.")
            sample.load_requests(db)
    finally:
        db.close()
    click.echo(f"Applied: {', '.join(applied)}." if applied else "The database is up to date.")
