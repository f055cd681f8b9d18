"""whoholds search: ids and scores, no intents."""

import click

from bot.commands.common import lines_of, opened, person, print_json
from catalogue import people


@click.command("search")
@click.argument("text")
@click.option("--limit", default=10, show_default=True, type=click.IntRange(1, 1000), help="How many entries at most.")
@click.option("--as", "who", metavar="PERSON", help="Search as this person.")
@click.option("--json", "json_", is_flag=True, help="Print one JSON object a search.")
def command(text: str, limit: int, who: str | None, json_: bool) -> None:
    """Search for TEXT; with - for TEXT, search for each line of standard input.

    Example: whoholds search "rough sleeping" --limit 3
    """
    with opened(sample_if_new=True) as catalogue:
        audience = people.audience_of(person(catalogue, who))
        for line in lines_of(text):
            found = catalogue.search.find(line, audience=audience, limit=limit)
            results = [{"id": hit.dataset.id, "score": round(hit.score, 4)} for hit in found.hits]
            if json_:
                print_json({"query": line, "results": results})
            else:
                for hit in found.hits:
                    click.echo(f"{hit.score:8.2f}  {hit.dataset.id}  {hit.dataset.title}")
