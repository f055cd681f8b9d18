"""whoholds export: entries out to a file, or an empty table to fill in."""

import io
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TextIO

import click

from bot import entry_templates
from bot.commands.common import opened, person, readable
from catalogue import datasets, people
from catalogue.entries import to_document
from catalogue.harvest import dcat_terms, files, spreadsheet
from catalogue.model import NOBODY_READS, Dataset


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
    """Write all entries to FILE (or standard output) as JSON lines, CSV, XLSX or DCAT; `whoholds import` reads them.

    Example: whoholds export entries.xlsx --public
    """
    chosen = form or files.form_of(file)
    if chosen not in ("csv", "xlsx") and (template or per_distribution):
        raise click.UsageError("--template and --per-distribution are for CSV and XLSX.")
    if chosen == "xlsx" and str(file) == "-":
        raise click.UsageError("A workbook needs a file to be written to: whoholds export entries.xlsx")
    if template:
        _write_template(file, chosen, per_distribution)
        return
    with opened() as catalogue:
        # without --as or --public it is the operator of the machine, who can read the database anyway
        audience = people.audience_of(person(catalogue, who)) if who or public else NOBODY_READS
        checked = Checked(datasets.everything(catalogue.db, audience=audience), is_dcat=chosen.startswith("dcat"))
        entries, known = iter(checked), catalogue.search.vocabulary().organisations
        names = {slug: body.name for slug, body in known.items()} if checked.is_dcat else {}
        if str(file) == "-" and chosen == "csv":
            spreadsheet.write(entries, _standard_output(), per_distribution=per_distribution)
            return
        if str(file) == "-":
            files.write_text(entries, _standard_output(), form=chosen, name_of=names)
            checked.tell()
            return
        temporary = file.with_name(file.name + ".part")
        with readable(file):
            count = files.write(entries, temporary, form=chosen, per_distribution=per_distribution, name_of=names)
            temporary.replace(file)
    click.echo(f"{count:,} entries written to {file}.", err=True)
    checked.tell()


class Checked:
    """The entries as they go by, with a count of what the UK metadata model requires and they lack."""

    def __init__(self, entries: Iterable[Dataset], *, is_dcat: bool) -> None:
        self.is_dcat, self._entries = is_dcat, entries
        self._lacking = 0
        self._lacks: Counter[str] = Counter()

    def __iter__(self) -> Iterator[Dataset]:
        for entry in self._entries:
            lacks = dcat_terms.missing(to_document(entry)) if self.is_dcat else ()
            self._lacks.update(lacks)
            self._lacking += bool(lacks)
            yield entry

    def tell(self) -> None:
        """Say what is lacking, if anything is."""
        if self._lacking:
            names = ", ".join(f"{name} ({number:,})" for name, number in self._lacks.most_common())
            click.echo(f"{self._lacking:,} lack what the UK metadata model requires: {names}", err=True)


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
