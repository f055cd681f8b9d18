"""whoholds search: ids and scores, no intents."""

import click

from bot.commands.common import lines_of, opened, person, print_json
from bot.words import FIELDS
from catalogue import people
from catalogue.search.find import Found, Hit


@click.command("search")
@click.argument("text")
@click.option("--limit", default=10, show_default=True, type=click.IntRange(1, 1000), help="How many entries at most.")
@click.option("--as", "who", metavar="PERSON", help="Search as this person.")
@click.option("--explain", is_flag=True, help="Say how the text was read and why each entry was found.")
@click.option("--json", "json_", is_flag=True, help="Print one JSON object a search.")
def command(text: str, limit: int, who: str | None, explain: bool, json_: bool) -> None:
    """Search for TEXT; with - for TEXT, search for each line of standard input.

    Example: whoholds search "rough sleeping" --limit 3
    """
    with opened(sample_if_new=True) as catalogue:
        asker = person(catalogue, who)
        audience, own = people.audience_of(asker), asker.organisation if asker else None
        for line in lines_of(text):
            found = catalogue.search.find(line, audience=audience, limit=limit, own=own)
            if json_:
                results = [_result(hit, explain=explain) for hit in found.hits]
                print_json({"query": line, "results": results} | ({"read": _read(found)} if explain else {}))
                continue
            if explain:
                click.echo("\n".join(f"{name}: {value}" for name, value in _read(found).items() if value) + "\n")
            for hit in found.hits:
                click.echo(f"{hit.score:8.2f}  {hit.dataset.id}  {hit.dataset.title}")
                for match in hit.matches if explain else ():
                    written = "" if match.found == match.typed else f" as “{match.found}” ({match.via})"
                    click.echo(f"          “{match.typed}” in its {FIELDS[match.field]}{written}")


def _result(hit: Hit, *, explain: bool) -> dict[str, object]:
    result: dict[str, object] = {"id": hit.dataset.id, "score": round(hit.score, 4)}
    if explain:
        result["coverage"] = round(hit.coverage, 3)
        result["matches"] = [
            {"typed": match.typed, "field": match.field, "found": match.found, "via": match.via}
            for match in hit.matches
        ]
    return result


def _read(found: Found) -> dict[str, object]:
    phrase = found.phrase
    return {
        "subject": list(phrase.subject),
        "ignored": list(phrase.ignored),
        "corrected": dict(phrase.corrections),
        "expanded": {
            concept.typed: [f"{' '.join(other.words)} ({other.via})" for other in concept.alternatives[1:]]
            for concept in phrase.concepts
            if len(concept.alternatives) > 1
        },
        "meanings": [f"{meaning.acronym}: {meaning.meaning}" for meaning in phrase.meanings],
        "organisations": [mention.organisation.slug for mention in phrase.mentions],
        "places": [mention.place.slug for mention in phrase.places],
        "years": list(phrase.asked.years),
        "access": phrase.asked.access,
        "service": phrase.asked.service,
        "theme": phrase.asked.theme,
    }
