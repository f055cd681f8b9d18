"""whoholds export: entries out to a file."""

import io
import sys
from pathlib import Path
from typing import TextIO

import click

from bot.commands.common import opened, person, readable
from catalogue import datasets, people
from catalogue.harvest import jsonlines, spreadsheet
from catalogue.model import Audience


class _Everyone(Audience):
    """The operator of the machine, who can read the database anyway."""

    def may_know(self, dataset: object) -> bool:
        return True


@click.command("export")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path, allow_dash=True), default="-")
@click.option("--format", "form", type=click.Choice(["jsonl", "csv"]), help="Taken from the file's name if not given.")
@click.option("--as", "who", metavar="PERSON", help="Only what this person may know.")
@click.option("--public", is_flag=True, help="Only what everyone may know.")
def command(file: Path, form: str | None, who: str | None, public: bool) -> None:
    """Write all entries to FILE (or standard output) as JSON lines or CSV; `whoholds import` reads them back.

    Example: whoholds export entries.csv --public
    """
    chosen = form or ("csv" if file.suffix.lower() == ".csv" else "jsonl")
    write = spreadsheet.write if chosen == "csv" else jsonlines.write
    with opened() as catalogue:
        audience = people.audience_of(person(catalogue, who)) if who or public else _Everyone(in_government=True)
        entries = datasets.everything(catalogue.db, audience=audience)
        if str(file) == "-":
            write(entries, _standard_output())
            return
        temporary = file.with_name(file.name + ".part")
        with readable(file):
            with temporary.open("w", encoding="utf-8", newline="") as out:
                count = write(entries, out)
            temporary.replace(file)
    click.echo(f"{count:,} entries written to {file}.", err=True)


def _standard_output() -> TextIO:
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(newline="")
    return sys.stdout
