"""whoholds synonyms: what people call things."""

import click

from bot.commands.common import opened, print_json
from catalogue import terms


@click.group("synonyms")
def command() -> None:
    """Add, list and remove what people call things. A change takes effect at the next search.

    Example: whoholds synonyms add "the pupil database" "National Pupil Database"
    """


@command.command("add")
@click.argument("plain")
@click.argument("term")
@click.option("--by", default="command line", show_default=True, help="Who adds it.")
def add(plain: str, term: str, by: str) -> None:
    """Have searches for PLAIN also look for TERM.

    Example: whoholds synonyms add "kids in care" "looked after children"
    """
    with opened() as catalogue:
        try:
            added = terms.add_synonym(catalogue.db, plain, term, by=by)
        except ValueError as error:
            raise click.UsageError(str(error)) from None
    click.echo(f"Searches for “{plain}” now also look for “{term}”." if added else "That is known already.")


@command.command("remove")
@click.argument("plain")
@click.argument("term")
def remove(plain: str, term: str) -> None:
    """Take away a synonym that was added here; shipped ones stay.

    Example: whoholds synonyms remove "kids in care" "looked after children"
    """
    with opened() as catalogue:
        removed = terms.remove_synonym(catalogue.db, plain, term)
    click.echo("Removed." if removed else "There is no such synonym that was added here.")
    if not removed:
        raise click.exceptions.Exit(1)


@command.command("list")
@click.argument("containing", default="")
@click.option("--json", "json_", is_flag=True, help="Print one JSON object a synonym.")
def list_(containing: str, json_: bool) -> None:
    """List all synonyms, or those in which CONTAINING occurs.

    Example: whoholds synonyms list care
    """
    with opened() as catalogue:
        for synonym in terms.synonyms(catalogue.db, containing=containing):
            if json_:
                print_json({"plain": synonym.plain, "term": synonym.term, "origin": synonym.origin})
            else:
                click.echo(f"{synonym.plain} = {synonym.term}  ({synonym.origin})")
