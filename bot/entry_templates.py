"""Empty tables to fill in, with a guide to their columns."""

import io
import tempfile
from collections.abc import Iterator
from pathlib import Path

from bot.field_words import CHOICES, HINTS, LABELS, group_of
from catalogue.fields import CONTACT_PARTS
from catalogue.harvest import spreadsheet, workbook
from catalogue.harvest.tabular import GOVERNMENT, HEADER

NAMES = {
    "entries.csv": False,
    "entries.xlsx": False,
    "distributions.csv": True,
    "distributions.xlsx": True,
}
"""The templates by name; True: one row for each distribution, as in the government's own template."""


def write(path: Path, *, form: str, per_distribution: bool) -> None:
    """Write a template, as CSV or as a workbook."""
    if form == "xlsx":
        rows = government_guide() if per_distribution else guide()
        workbook.write_template(path, guide=rows, per_distribution=per_distribution)
        return
    with path.open("w", encoding="utf-8-sig", newline="") as out:
        spreadsheet.write_template(out, per_distribution=per_distribution)


def content(name: str) -> bytes:
    """The bytes of one of NAMES."""
    form = name.rpartition(".")[2]
    if form == "csv":
        out = io.StringIO(newline="")
        spreadsheet.write_template(out, per_distribution=NAMES[name])
        return out.getvalue().encode("utf-8-sig")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        write(path, form=form, per_distribution=NAMES[name])
        return path.read_bytes()


def guide() -> Iterator[tuple[str, ...]]:
    """Each of our columns: its group, what it is called, what to write, and the values it takes."""
    yield ("Column", "Group", "What it is", "What to write", "Values")
    contact = {f"contact_{part}" for part in CONTACT_PARTS}
    for column in HEADER:
        field = "contact" if column in contact else column
        values = "; ".join(CHOICES.get(column, {}))
        yield (column, group_of(field).title, LABELS[field], HINTS.get(column, ""), values)


def government_guide() -> Iterator[tuple[str, ...]]:
    """Each column of the government's template with what it says of it."""
    yield ("Column", "Level")
    yield from GOVERNMENT.items()
    yield ("", "One row for each distribution. Repeat what is said of the dataset, or leave it empty.")
