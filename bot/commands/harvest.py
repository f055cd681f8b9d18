"""whoholds harvest: bring in what the sources have."""

import click

from bot import settings
from bot.app import Catalogue
from bot.commands.common import AS_ADMIN, entitled, opened, person, print_json, progress
from bot.commands.sources import the_source
from bot.words import count
from catalogue import clock, uploads
from catalogue.harvest import sources
from catalogue.harvest.fetch import Fetcher
from catalogue.harvest.harvest import go_on as go_on_with
from catalogue.harvest.harvest import harvest
from catalogue.harvest.report import Report
from catalogue.harvest.undo import Undone
from catalogue.rights import Action

PRINTED = 20


@click.command("harvest")
@click.argument("name", required=False)
@click.argument("run", required=False)
@click.option("--dry-run", is_flag=True, help="Say what would change and change nothing.")
@click.option("--recent", is_flag=True, help="Ask a CKAN only for what changed since the last harvest.")
@click.option("--go-on", metavar="RUN", help="Go on with a run that was stopped.")
@click.option("--by", default="command line", show_default=True, help="Who does this, for the history.")
@AS_ADMIN
@click.option("--json", "json_", is_flag=True, help="Print one JSON object a source.")
def command(
    name: str | None,
    run: str | None,
    dry_run: bool,
    recent: bool,
    go_on: str | None,
    by: str,
    as_: str | None,
    json_: bool,
) -> None:
    """Harvest the source NAME, or all of them. `undo RUN` takes back all that a run did.

    A harvest never overwrites what a steward wrote. It stops and asks when too much would vanish.

    Example: whoholds harvest data-gov-uk --dry-run
    """
    if name == "undo" and run:
        take_back(run, by=by, as_=as_, json_=json_)
        return
    if run or name == "undo":
        raise click.UsageError("To take a run back: whoholds harvest undo RUN-0007")
    if as_:
        with opened() as catalogue:
            found = entitled(catalogue, as_, Action.RUN_HARVEST, about=name or "sources", now=clock.now())
            by = found.id if found else by
    if go_on and not name:
        raise click.UsageError("--go-on needs the name of the source.")
    reports = []
    with opened() as catalogue:
        names = [the_source(catalogue.db, name).name] if name else [one.name for one in sources.everyone(catalogue.db)]
        if not names:
            raise click.ClickException("There is no source yet. Add one: whoholds sources add --help")
        for each in names:
            if go_on:
                report = go_on_with(catalogue.db, each, go_on, by=by, now=clock.now())
            else:
                report = _harvest(catalogue, each, dry_run=dry_run, recent=recent, by=by)
            reports.append(report)
            print_json(report.as_json()) if json_ else _tell(report, is_recent=recent)
        if not dry_run:
            catalogue.search.index.follow(catalogue.db, wait=True)
    if not all(report.is_good for report in reports):
        raise click.exceptions.Exit(1)


def _harvest(catalogue: Catalogue, name: str, *, dry_run: bool, recent: bool, by: str) -> Report:
    with progress(f"Harvesting {name}") as tick, Fetcher(allowed=settings.read().harvest_allow) as fetcher:
        return harvest(
            catalogue.db,
            name,
            fetcher=fetcher,
            resolve=catalogue.search.vocabulary().resolve,
            by=by,
            now=clock.now(),
            dry_run=dry_run,
            only_recent=recent,
            progress=tick,
        )


def take_back(run: str, *, by: str, as_: str | None, json_: bool) -> None:
    """Undo a run and say what could not be put back. People may undo their own import, administrators every run."""
    with opened() as catalogue:
        now, who = clock.now(), person(catalogue, as_)
        if who and not uploads.is_own(catalogue.db, run, who, now=now):
            who = entitled(catalogue, as_, Action.RUN_HARVEST, about=run, now=now)
        done = uploads.take_back(catalogue.db, run, by=who.id if who else by, now=now)
        catalogue.search.index.follow(catalogue.db, wait=True)
    print_json(done.as_json()) if json_ else _tell_undone(done)
    if done.changed_since or done.in_use:
        raise click.exceptions.Exit(1)


def _tell_undone(done: Undone) -> None:
    pieces = [f"{done.put_back:,} put back"]
    if done.withdrawn or not done.removed:
        pieces.append(f"{done.withdrawn:,} that it had added withdrawn")
    if done.removed:
        pieces.append(f"{count(done.removed, 'public body', 'public bodies')} that it had added removed")
    pieces.append(f"{len(done.changed_since):,} left because they changed since")
    if done.in_use:
        pieces.append(f"{len(done.in_use):,} left because they are in use")
    click.echo(f"{done.run} is undone: {', '.join(pieces)}. To take this back: whoholds harvest undo {done.undo}")
    for name in done.changed_since:
        click.echo(f"  changed since: {name}", err=True)
    for name in done.in_use:
        click.echo(f"  in use: {name}", err=True)


def _tell(report: Report, *, is_recent: bool) -> None:
    would = "would be " if report.dry_run else ""
    click.echo(
        f"{report.source}: {report.added:,} {would}added, {report.changed:,} {would}changed,"
        f" {report.unchanged:,} unchanged, {report.kept:,} kept as a steward wrote them,"
        f" {report.would_withdraw:,} missing, {report.withdrawn:,} {would}withdrawn, {report.failed:,} failed."
        + (f" ({report.run})" if report.run else "")
    )
    if report.conflicts:
        click.echo(f"{report.conflicts:,} conflicts wait for a steward.")
    if report.stopped_because:
        click.echo(f"{report.source}: {report.stopped_because}", err=True)
        for dataset_id in report.missing[:PRINTED]:
            click.echo(f"  missing: {dataset_id}", err=True)
        if report.would_withdraw > PRINTED:
            click.echo(f"  and {report.would_withdraw - PRINTED:,} more", err=True)
        for dataset_id, before, after in report.retitled[:PRINTED]:
            click.echo(f"  {dataset_id}: “{before}” is now “{after}”", err=True)
    elif report.failed and not report.is_complete and not is_recent:
        click.echo("Because so many records could not be read, nothing counts as missing.")
    for failure in report.failures[:PRINTED]:
        click.echo(f"  {failure['record']}, {failure['field']}: {failure['reason']} It was left out.", err=True)
