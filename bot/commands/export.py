"""whoholds export: entries out to a file, or an empty table to fill in."""

import io
import sys
from pathlib import Path
from typing import TextIO

import click

from bot import entry_templates
from bot.commands.common import opened, person, readable
from catalogue import datasets, people
from catalogue.harvest import files, jsonlines, spreadsheet
from catalogue.model import NOBODY_READS


@click.command("export")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path, allow_dash=True), default="-")
@click.option("--format", "form", type=click.Choice(files.FORMS), help="Taken from the file's name if not given.")
@click.option("--as", "who", metavar="PERSON", help="Only what this person may know.")
@click.option("--public", is_flag=True, help="Only what everyone may know.")
@click.option("--per-distribution", is_flag=True, help="One row for each distribution, in CSV and XLSX.")
@click.option("--template", is_flag=True, help="Write an empty table to fill in, and no entries.")
def command(
    file: Path, form: str | None, who: str | None, public: bool, per_distribution: bool, template: bool
) -> None:
    """Write all entries to FILE (or standard output) as JSON lines, CSV or XLSX; `whoholds import` reads them back.

    Example: whoholds export entries.xlsx --public
    """
    chosen = form or files.form_of(file)
    if chosen == "jsonl" and (template or per_distribution):
        raise click.UsageError("--template and --per-distribution are for CSV and XLSX.")
    if chosen == "xlsx" and str(file) == "-":
        raise click.UsageError("A workbook needs a file to be written to: whoholds export entries.xlsx")
    if template:
        _write_template(file, chosen, per_distribution)
        return
    with opened() as catalogue:
        # without --as or --public it is the operator of the machine, who can read the database anyway
        audience = people.audience_of(person(catalogue, who)) if who or public else NOBODY_READS
        entries = datasets.everything(catalogue.db, audience=audience)
        if str(file) == "-" and chosen == "csv":
            spreadsheet.write(entries, _standard_output(), per_distribution=per_distribution)
            return
        if str(file) == "-":
            jsonlines.write(entries, _standard_output())
            return
        temporary = file.with_name(file.name + ".part")
        with readable(file):
            count = files.write(entries, temporary, form=chosen, per_distribution=per_distribution)
            temporary.replace(file)
    click.echo(f"{count:,} entries written to {file}.", err=True)


def _write_template(file: Path, form: str, per_distribution: bool) -> None:
    if str(file) == "-":
        spreadsheet.write_template(_standard_output(), per_distribution=per_distribution)
        return
    with readable(file):
        entry_templates.write(file, form=form, per_distribution=per_distribution)
    click.echo(f"An empty table was written to {file}.", err=True)


def _standard_output() -> TextIO:
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(newline="")
    return sys.stdout
