"""whoholds import: entries in from a file, here or at an address."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from tempfile import NamedTemporaryFile, TemporaryDirectory
from typing import Any

import click

from bot import settings
from bot.commands.common import opened, person, print_json, progress, readable
from bot.commands.harvest import take_back
from bot.words import count, listed
from catalogue import clock, uploads
from catalogue.harvest import files, permits
from catalogue.harvest.fetch import Fetcher
from catalogue.harvest.run import Report, merge_rows

FAULTS_PRINTED = 20


class FileOrAddress(click.Path):
    """A file that is there, or an address."""

    name = "file|url"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        if isinstance(value, str) and value.startswith(("https://", "http://")):
            return value
        return super().convert(value, param, ctx)


@click.command("import")
@click.argument("file", required=False, type=FileOrAddress(exists=True, dir_okay=False, path_type=Path))
@click.option("--publisher", metavar="NAME", help="The publisher of rows that name none.")
@click.option("--by", default="command line", show_default=True, help="Who brings this in, for the history.")
@click.option("--as", "who", metavar="PERSON", help="Who does this: only entries that they look after.")
@click.option("--why", help="Why, for the history.")
@click.option("--dry-run", is_flag=True, help="Say what would change and change nothing.")
@click.option("--undo", metavar="RUN", help="Take back all that an import did, instead.")
@click.option("--json", "json_", is_flag=True, help="Print the report as JSON, with every fault.")
def command(file: Path | str | None, undo: str | None, by: str, json_: bool, **how: Any) -> None:
    """Bring entries in from FILE, here or at an address: JSON lines (.jsonl, .jsonl.gz), CSV, XLSX or DCAT.

    New ids are added, known ones updated, equal ones left alone. A row that cannot be used is reported and does not
    stop the rest; either everything usable is brought in or, if the program is stopped, nothing.

    Example: whoholds import entries.csv --dry-run
    """
    if undo and not file:
        take_back(undo, by=by, as_=how["who"], json_=json_)
    elif file and not undo:
        with _at_hand(file) as path:
            bring_in(path, name=file.name if isinstance(file, Path) else file, by=by, json_=json_, **how)
    else:
        raise click.UsageError("Give a FILE to bring in, or --undo with the number of a run.")


@contextmanager
def _at_hand(file: Path | str) -> Iterator[Path]:
    """The file, fetched as a source is when it is at an address."""
    if isinstance(file, Path):
        yield file
        return
    with TemporaryDirectory() as folder, Fetcher(allowed=settings.read().harvest_allow) as fetcher:
        with NamedTemporaryFile(dir=folder, delete=False) as out:
            answer = fetcher.save(file, out, accept="*/*")
        suffix = files.suffix_of(file, answer.headers.get("content-type", ""))
        yield Path(out.name).rename(f"{out.name}{suffix}")


def bring_in(
    file: Path,
    *,
    name: str,
    publisher: str | None,
    by: str,
    who: str | None,
    why: str | None,
    dry_run: bool,
    json_: bool,
) -> None:
    """Bring a file in and say what happened."""
    with opened() as catalogue, readable(file):
        importer = person(catalogue, who)
        with progress("Reading") as tick:
            report = merge_rows(
                catalogue.db,
                files.read(file),
                source=name,
                by=importer.id if importer else by,
                may=permits.of_person(importer, now=clock.now()) if importer else None,
                why=why,
                now=clock.now(),
                resolve=catalogue.search.vocabulary().resolve,
                dry_run=dry_run,
                publisher=publisher,
                progress=tick,
            )
        if not dry_run:
            with progress("Indexing", total=report.added + report.changed) as tick:
                catalogue.search.index.follow(catalogue.db, wait=True, progress=tick)
        others = uploads.others(catalogue.db, importer.id, asdict(report), now=clock.now()) if importer else {}
        slugs = sorted({slug for theirs in others.values() for slug in theirs})
        bodies = [catalogue.search.vocabulary().name(slug) or slug for slug in slugs]
        if importer and not dry_run:
            uploads.brought_in_elsewhere(catalogue.db, report, name=name, by=importer, now=clock.now())
    if json_:
        print_json(report_json(report) | {"told": len(others), "told_of": slugs})
    else:
        _tell(report)
        if others:
            stewards = count(len(others), "other steward", "other stewards")
            click.echo(f"{stewards} of {listed(bodies)} {'would be' if dry_run else 'will be'} told.")
    if report.left_out:
        raise click.exceptions.Exit(1)


def report_json(report: Report) -> dict[str, object]:
    """The report as JSON values."""
    return {
        "run": report.run,
        "dry_run": report.dry_run,
        "added": report.added,
        "changed": report.changed,
        "unchanged": report.unchanged,
        "withdrawn": report.withdrawn,
        "failed": report.left_out,
        "without_publisher": report.without_publisher,
        "unknown_fields": report.unknown_fields,
        "changed_fields": report.changed_fields,
        "publishers": report.publishers,
        "examples": [{"id": dataset_id, "fields": fields} for dataset_id, fields in report.examples],
        "faults": [
            {"line": fault.line, "column": fault.column, "reason": fault.reason, "left_out": fault.left_out}
            for fault in report.faults
        ],
    }


def _tell(report: Report) -> None:
    would = "would be " if report.dry_run else ""
    click.echo(
        f"{report.added:,} {would}added, {report.changed:,} {would}changed, {report.unchanged:,} unchanged,"
        f" {report.left_out:,} left out."
    )
    if report.withdrawn:
        click.echo(f"{count(report.withdrawn, 'of the changed ones is', 'of the changed ones are')} withdrawn by it.")
    if report.changed_fields:
        fields = ", ".join(f"{name} ({number:,})" for name, number in sorted(report.changed_fields.items()))
        click.echo(f"Fields that change: {fields}")
    if not report.dry_run and report.added + report.changed:
        click.echo(f"To take this back: whoholds import --undo {report.run}")
    if report.without_publisher:
        entries = count(report.without_publisher, "new entry names", "new entries name")
        click.echo(f"{entries} no publisher. --publisher fills it in.")
    if report.unknown_fields:
        names = ", ".join(f"{name} ({number:,})" for name, number in sorted(report.unknown_fields.items()))
        click.echo(f"Fields without a place of their own were kept under extras: {names}")
    for fault in report.faults[:FAULTS_PRINTED]:
        click.echo(f"{fault} {'The row was left out.' if fault.left_out else 'The value was set aside.'}", err=True)
    if report.fault_count > FAULTS_PRINTED:
        click.echo(f"… and {report.fault_count - FAULTS_PRINTED:,} more; --json lists them.", err=True)
