"""whoholds sources: the other catalogues that entries are harvested from."""

import json
from typing import Any

import click

from bot.commands.common import AS_ADMIN, entitled, opened, person, print_json
from bot.words import count
from catalogue import clock
from catalogue.errors import NotFound
from catalogue.harvest import conflicts, sources
from catalogue.harvest.conflicts import Conflict
from catalogue.harvest.duplicates import alike
from catalogue.harvest.sources import BadSource, Kind, Source
from catalogue.model import Visibility
from catalogue.rights import Action
from catalogue.store import Database


@click.group("sources")
def command() -> None:
    """Add, list, show and remove the catalogues that entries are harvested from.

    Example: whoholds sources add data-gov-uk --kind ckan --url https://ckan.example.gov.uk
    """


@command.command("add")
@click.argument("name")
@click.option("--kind", type=click.Choice([str(kind) for kind in Kind]), required=True, help="What it speaks.")
@click.option("--url", required=True, help="Its address.")
@click.option("--publisher", metavar="NAME", help="The publisher of records that name none.")
@click.option(
    "--visibility",
    type=click.Choice([Visibility.PUBLIC.value, Visibility.GOVERNMENT.value]),
    default=Visibility.PUBLIC.value,
    show_default=True,
    help="Who may know its new entries at most.",
)
@click.option("--owner", metavar="PERSON", help="Who answers for it, and is told when a harvest stops.")
@click.option("--every", "every_hours", type=click.IntRange(1), default=24, show_default=True, help="Hours between.")
@click.option("--by", default="command line", show_default=True, help="Who adds it.")
@AS_ADMIN
def add(name: str, kind: str, url: str, visibility: str, as_: str | None, **rest: Any) -> None:
    """Add a source, or change the one that has this NAME.

    Example: whoholds sources add camden --kind datajson --url https://data.camden.example.gov.uk/data.json
    """
    with opened() as catalogue:
        if by := entitled(catalogue, as_, Action.EDIT_SOURCE, about=name, now=clock.now()):
            rest["by"] = by.id
        try:
            sources.add(
                catalogue.db,
                name,
                kind=kind,
                url=url,
                visibility=Visibility(visibility),
                now=clock.now(),
                **rest,
            )
        except BadSource as error:
            raise click.UsageError(str(error)) from None
    click.echo(f"{name} is a source now. Harvest it: whoholds harvest {name} --dry-run")


@command.command("list")
@click.option("--json", "json_", is_flag=True, help="Print one JSON object a source.")
def list_(json_: bool) -> None:
    """List the sources, each with how old what we have of it is.

    Example: whoholds sources list
    """
    with opened() as catalogue:
        for source in sources.everyone(catalogue.db):
            _print(catalogue.db, source, json_=json_)


@command.command("show")
@click.argument("name")
@click.option("--json", "json_", is_flag=True, help="Print it as JSON.")
def show(name: str, json_: bool) -> None:
    """Show one source.

    Example: whoholds sources show data-gov-uk
    """
    with opened() as catalogue:
        _print(catalogue.db, the_source(catalogue.db, name), json_=json_)


@command.command("remove")
@click.argument("name")
@click.option("--by", default="command line", show_default=True, help="Who removes it.")
@AS_ADMIN
def remove(name: str, by: str, as_: str | None) -> None:
    """Harvest a source no longer. Its entries stay.

    Example: whoholds sources remove camden
    """
    with opened() as catalogue:
        now, who = clock.now(), entitled(catalogue, as_, Action.EDIT_SOURCE, about=name, now=clock.now())
        the_source(catalogue.db, name)
        sources.remove(catalogue.db, name, by=who.id if who else by, now=now)
    click.echo(f"{name} is not harvested any more. Its entries stay.")


@command.command("conflicts")
@click.argument("name")
@click.option("--keep", "decision", flag_value="keep", help="Keep what the entries say, for all of them.")
@click.option("--take", "decision", flag_value="take", help="Take what the source says, for all of them.")
@click.option("--as", "as_", metavar="PERSON", help="Who decides. Needed with --keep and --take.")
@click.option("--json", "json_", is_flag=True, help="Print one JSON object a conflict.")
def conflicts_(name: str, decision: str | None, as_: str | None, json_: bool) -> None:
    """List where a source and a steward disagree, or decide all of it at once.

    Example: whoholds sources conflicts data-gov-uk
    """
    with opened() as catalogue:
        the_source(catalogue.db, name)
        decider = person(catalogue, as_)
        if decision and not decider:
            raise click.UsageError(f"--{decision} needs --as: say who decides.")
        for conflict in conflicts.waiting(catalogue.db, name):
            if decision and decider:
                decide = conflicts.take if decision == "take" else conflicts.keep
                decide(catalogue.db, conflict.number, by=decider, now=clock.now())
            _print_conflict(conflict, decision, json_=json_)
        catalogue.search.index.follow(catalogue.db, wait=True)


@command.command("duplicates")
@click.argument("name", required=False)
@click.option("--json", "json_", is_flag=True, help="Print one JSON object a group.")
def duplicates_(name: str | None, json_: bool) -> None:
    """List entries that may be the same thing from two sources. They are never merged: withdraw one if it is so.

    Example: whoholds sources duplicates data-gov-uk
    """
    with opened() as catalogue:
        if name:
            the_source(catalogue.db, name)
        for group in alike(catalogue.db, source=name):
            if json_:
                entries = [{"dataset": dataset_id, "source": source} for dataset_id, source in group.entries]
                print_json({"title": group.title, "entries": entries})
            else:
                ids = ", ".join(f"{dataset_id} ({source or 'by hand'})" for dataset_id, source in group.entries)
                click.echo(f"{group.title}: {ids}")


def _print_conflict(conflict: Conflict, decision: str | None, *, json_: bool) -> None:
    facts = {
        "number": conflict.number,
        "dataset": conflict.dataset_id,
        "field": conflict.field,
        "here": conflict.mine,
        "there": conflict.theirs,
        "decision": decision,
    }
    if json_:
        print_json(facts)
        return
    done = {"keep": "  kept", "take": "  taken"}.get(decision or "", "")
    here, there = (json.dumps(value, ensure_ascii=False)[:200] for value in (conflict.mine, conflict.theirs))
    click.echo(f"{conflict.dataset_id}, {conflict.field}: {here} here, {there} there{done}")


def the_source(db: Database, name: str) -> Source:
    """The source of this name; a usage error when there is none."""
    try:
        return sources.get(db, name)
    except NotFound:
        raise click.UsageError(f"There is no source called “{name}”. whoholds sources list names them.") from None


def _print(db: Database, source: Source, *, json_: bool) -> None:
    facts = _facts(db, source)
    if json_:
        print_json(facts)
        return
    entries = count(facts["entries"], "entry", "entries")
    if source.kind is Kind.ORGANISATIONS:
        entries = count(source.good_count or 0, "public body", "public bodies")
    when = f"as of {source.good_at:%d %B %Y, %H:%M} UTC" if source.good_at else "never harvested"
    click.echo(f"{source.name}  {source.kind}  {source.url}\n  {entries}, {when}")
    if facts["missing"] or facts["withdrawn"]:
        click.echo(f"  {facts['missing']:,} missing from the source, {facts['withdrawn']:,} withdrawn")
    if source.problem:
        click.echo(f"  the last harvest: {source.problem}")


def _facts(db: Database, source: Source) -> dict[str, Any]:
    states = sources.counts(db, source.name)
    age = (clock.now() - source.good_at).total_seconds() if source.good_at else None
    return {
        "name": source.name,
        "kind": str(source.kind),
        "url": source.url,
        "publisher": source.publisher,
        "visibility": str(source.visibility),
        "owner": source.owner,
        "every_hours": source.every_hours,
        "entries": states["live"] + states["missing"],
        "missing": states["missing"],
        "withdrawn": states["withdrawn"],
        "as_of": clock.stamp(source.good_at) if source.good_at else None,
        "age_hours": round(age / 3600, 1) if age is not None else None,
        "last_run": source.good_run,
        "failures": source.failures,
        "problem": source.problem,
        "next": clock.stamp(source.due_at),
        "waiting": list(sources.waiting(db, source.name)),
    }
