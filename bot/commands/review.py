"""whoholds review: how true the catalogue is, and contacts that do not answer."""

from collections.abc import Mapping

import click

from bot.commands.common import opened, print_json
from bot.words import count
from catalogue import clock, readiness, review
from catalogue.search.vocabulary import Vocabulary


@click.group("review")
def command() -> None:
    """See how ready entries are to be shared, and tell of contacts whose mail comes back.

    Example: whoholds review readiness
    """


@command.command("readiness")
@click.argument("organisation", required=False)
@click.option("--json", "json_", is_flag=True, help="Print one JSON object a line.")
def readiness_(organisation: str | None, json_: bool) -> None:
    """How ready the entries of each organisation are this week, or of ORGANISATION week by week.

    Example: whoholds review readiness DfE
    """
    with opened() as catalogue:
        now = clock.now()
        readiness.refresh(catalogue.db, now=now)
        vocabulary = catalogue.search.vocabulary()
        if organisation is None:
            rows = readiness.standings(catalogue.db, readiness.week_of(now))
        else:
            slug = vocabulary.resolve(organisation)
            if slug is None:
                raise click.UsageError(f"There is no organisation called “{organisation}” here.")
            rows = [(slug, week) for week in readiness.weeks(catalogue.db, slug)]
        for slug, week in rows:
            _print(_row(slug, week, vocabulary), json_)


def _row(slug: str, week: readiness.Week, vocabulary: Vocabulary) -> dict[str, object]:
    name = vocabulary.name(slug) or slug or "(no organisation)"
    values = {"entries": week.entries, "score": week.score, "due": week.due}
    return {"organisation": slug, "name": name, "week": week.week, **values}


def _print(row: Mapping[str, object], json_: bool) -> None:
    if json_:
        print_json(row)
        return
    entries = count(int(str(row["entries"])), "entry", "entries")
    click.echo(f"{row['week']}  {row['score']:>3} of 100  {entries}, {row['due']} to review  {row['name']}")


@command.command("bounced")
@click.argument("address")
@click.option("--works", is_flag=True, help="The address works again.")
def bounced(address: str, works: bool) -> None:
    """Mail to ADDRESS came back: entries that name it as their contact go to who answers for them.

    Example: whoholds review bounced old-team@education.example.gov.uk
    """
    with opened() as catalogue:
        if works:
            known = review.forget_bounce(catalogue.db, address)
            click.echo("It counts as working again." if known else "It was not known as one that does not work.")
            return
        found = review.note_bounce(catalogue.db, address, now=clock.now())
    entries = count(found, "entry names", "entries name")
    click.echo(f"{entries} it. Who else answers for them is told.")
