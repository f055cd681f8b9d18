"""whoholds index: the search index."""

import time

import click

from bot.commands.common import opened, progress
from catalogue import datasets


@click.group("index")
def command() -> None:
    """Look after the search index. It follows the record by itself: you seldom need this.

    Example: whoholds index rebuild
    """


@command.command("rebuild")
def rebuild() -> None:
    """Rebuild the index from the record. Questions are answered meanwhile.

    Example: whoholds index rebuild
    """
    with opened() as catalogue:
        started = time.perf_counter()
        with progress("Indexing", total=datasets.count(catalogue.db)) as tick:
            count = catalogue.search.index.rebuild(catalogue.db, progress=tick)
    click.echo(f"{count:,} entries indexed in {time.perf_counter() - started:.1f} seconds.")


@command.command("follow")
def follow() -> None:
    """Bring in what the index has not seen.

    Example: whoholds index follow
    """
    with opened() as catalogue, progress("Indexing") as tick:
        count = catalogue.search.index.follow(catalogue.db, wait=True, progress=tick)
    click.echo(f"{count:,} entries brought in.")
