"""whoholds feedback: answers that people turned down, for a person to go through."""

from dataclasses import asdict

import click

from bot.commands.common import opened, print_json
from catalogue import clock, demand, feedback


@click.group("feedback")
def command() -> None:
    """Go through the answers that were not what people meant.

    Example: whoholds feedback list
    """


@command.command("list")
@click.option("--limit", type=click.IntRange(1, 1000), default=50, show_default=True, help="At most so many.")
@click.option("--json", "json_", is_flag=True, help="Print one JSON object a line.")
def list_(limit: int, json_: bool) -> None:
    """List what nobody has gone through yet, the newest first, and how many collections were checked.

    Example: whoholds feedback list --limit 20
    """
    with opened() as catalogue:
        rows = feedback.waiting(catalogue.db, limit=limit)
        for row in rows:
            if json_:
                print_json({**asdict(row), "at": clock.stamp(row.at)})
            else:
                click.echo(
                    f"{row.number}  {row.at:%Y-%m-%d}  {row.intent}: “{row.subject}”, not {_shown(row.datasets)}"
                )
        if json_:
            return
        if not rows:
            click.echo("Nothing waits.")
        checked = demand.collections(catalogue.db)
        click.echo(
            f"Collections checked first: {checked.checked}; already held: {checked.held}; given up: {checked.avoided}."
        )


def _shown(ids: tuple[str, ...]) -> str:
    return ", ".join(ids) or "anything shown"


@command.command("done")
@click.argument("number", type=int)
def done(number: int) -> None:
    """Take NUMBER off the list.

    Example: whoholds feedback done 7
    """
    with opened() as catalogue:
        if not feedback.review(catalogue.db, number, now=clock.now()):
            raise click.ClickException(f"There is no {number} on the list.")
