"""CSV as people's spreadsheets read and write it. What a row means is in `tabular.py`.

An empty cell clears the value when an entry is updated; a column that is not there leaves it alone.
"""

import csv
from collections.abc import Iterable, Iterator
from itertools import count
from pathlib import Path
from typing import Any, TextIO

from catalogue.harvest import tabular
from catalogue.harvest.tabular import CONTACT as CONTACT
from catalogue.harvest.tabular import HEADER as HEADER
from catalogue.harvest.tabular import Line
from catalogue.model import Dataset
from catalogue.rows import Fault

csv.field_size_limit(4_000_000)


def read(path: Path, *, needed: str = "title") -> Iterator[tuple[int, dict[str, Any] | Fault]]:
    """The number of the line on which each row starts (the header is line 1), with its values by column or its fault.

    A file without a column called `needed` is one fault.
    """
    with path.open(encoding=_encoding(path), errors="replace", newline="") as lines:
        yield from tabular.read(_lines(lines), needed=needed)


def _lines(lines: Iterable[str]) -> Iterator[Line]:
    rows = csv.reader((line.replace("\0", "") for line in lines), strict=True)
    while True:
        line = rows.line_num + 1
        try:
            yield line, next(rows)
        except StopIteration:
            return
        except csv.Error as error:
            yield line, Fault(line, "(row)", f"This row cannot be read: {error}.", left_out=True)


def _encoding(path: Path) -> str:
    """UTF-8, or what Excel on Windows writes where it is not asked for UTF-8."""
    try:
        with path.open(encoding="utf-8") as lines:
            for _line in lines:
                pass
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8-sig"


def write(datasets: Iterable[Dataset], out: TextIO, *, per_distribution: bool = False) -> int:
    """Write a header and one row an entry, or one a distribution; returns how many entries."""
    written = count()
    header, rows = tabular.table(tabular.counted(datasets, lambda: next(written)), per_distribution=per_distribution)
    writer = csv.DictWriter(out, header, restval="", lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(rows)
    return next(written)


def write_template(out: TextIO, *, per_distribution: bool = False) -> None:
    """Write an empty table: our columns, or those of the government's template with its line of levels above."""
    writer = csv.writer(out, lineterminator="\r\n")
    if per_distribution:
        writer.writerow(tabular.GOVERNMENT.values())
        writer.writerow(tabular.GOVERNMENT)
    else:
        writer.writerow(tabular.HEADER)
