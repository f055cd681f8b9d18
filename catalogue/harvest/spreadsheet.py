"""CSV as people's spreadsheets read and write it: one row an entry, lists with "; ", no live formulas.

A cell that would start a formula in a spreadsheet gets an apostrophe in front when written, and loses it when read.
A list whose items hold a semicolon, and anything nested, is written as JSON. An empty cell clears the value when an
entry is updated; a column that is not there leaves it alone.
"""

import csv
import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, TextIO

from catalogue.entries import FIELDS, LISTS, to_document
from catalogue.fields import CONTACT_PARTS
from catalogue.model import Dataset
from catalogue.rows import Fault
from catalogue.text import cell_as_written, safe_cell

CONTACT = tuple(f"contact_{part}" for part in CONTACT_PARTS)
HEADER: tuple[str, ...] = tuple(column for name in FIELDS for column in (CONTACT if name == "contact" else (name,)))

csv.field_size_limit(4_000_000)


def read(path: Path, *, needed: str = "title") -> Iterator[tuple[int, dict[str, Any] | Fault]]:
    """The number of the line on which each row starts (the header is line 1), with its values by column or its fault.

    A file without a column called `needed` is one fault.
    """
    with path.open(encoding=_encoding(path), errors="replace", newline="") as lines:
        rows = csv.reader((line.replace("\0", "") for line in lines), strict=True)
        header = _header(rows)
        if needed not in header:
            reason = f"There is no column called {needed}. Add a first row with the columns' names."
            yield 1, Fault(1, "(header)", reason, left_out=True)
            return
        while True:
            line = rows.line_num + 1
            try:
                row = next(rows)
            except StopIteration:
                return
            except csv.Error as error:
                yield line, Fault(line, "(row)", f"This row cannot be read: {error}.", left_out=True)
                continue
            if any(row):
                yield line, _values(header, row, line)


def _encoding(path: Path) -> str:
    """UTF-8, or what Excel on Windows writes where it is not asked for UTF-8."""
    try:
        with path.open(encoding="utf-8") as lines:
            for _line in lines:
                pass
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8-sig"


def _header(rows: Iterator[list[str]]) -> list[str]:
    try:
        return [name.strip() for name in next(rows, [])]
    except csv.Error:
        return []


def _values(header: list[str], row: list[str], line: int) -> dict[str, Any] | Fault:
    if len(row) > len(header) and any(row[len(header) :]):
        return Fault(line, "(row)", f"There are {len(row)} values for {len(header)} columns.", left_out=True)
    cells: dict[str, Any] = {
        name: cell_as_written(cell.strip()) for name, cell in zip(header, row, strict=False) if name
    }
    contact = {column.removeprefix("contact_"): cells.pop(column) for column in CONTACT if column in cells}
    if contact:
        cells["contact"] = {part: value for part, value in contact.items() if value}
    if "extras" in cells:
        cells["extras"] = _object(cells["extras"])
    return cells


def _object(cell: str) -> Any:
    try:
        return json.loads(cell) if cell else None
    except (ValueError, RecursionError):
        return cell


def write(datasets: Iterable[Dataset], out: TextIO) -> int:
    """Write a header and one row an entry; returns how many entries."""
    writer = csv.DictWriter(out, HEADER, restval="", lineterminator="\r\n")
    writer.writeheader()
    count = 0
    for dataset in datasets:
        document = to_document(dataset)
        contact = document.pop("contact", {})
        cells = {name: _cell(name, value) for name, value in document.items()}
        cells.update({f"contact_{part}": value for part, value in contact.items()})
        writer.writerow({name: safe_cell(cell) for name, cell in cells.items()})
        count += 1
    return count


def _cell(name: str, value: Any) -> str:
    if name in LISTS and not any(set(item) & set(";|\n[") for item in value):
        return "; ".join(value)
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
