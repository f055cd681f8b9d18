"""XLSX, read and written as a stream, so that a file of 60,000 rows takes little memory. What a row means is in
`tabular.py`.

Every cell is written as text, never as a formula. A value longer than a cell can hold stands in parts on a second
sheet. Reading takes the values as a person sees them, from the first sheet.
"""

import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, time
from itertools import count
from pathlib import Path
from typing import Any

from openpyxl import Workbook, load_workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.utils.exceptions import InvalidFileException

from catalogue.harvest import tabular
from catalogue.harvest.tabular import Line
from catalogue.model import Dataset
from catalogue.rows import Fault
from catalogue.text import cell_as_written, safe_cell

CELL = 32_000
"""Characters in one cell; Excel takes 32,767."""
UNPACKED = 400_000_000
RATIO = 200
MOST_COLUMNS = 500
ENTRIES, LONG, GUIDE = "Entries", "Long values", "Guide"
_MARK = re.compile(r"\(long value (\d+)\)")
_ODD = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_LIKE_CODE = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
_CODE = re.compile(r"_x([0-9A-Fa-f]{4})_")


def read(path: Path, *, needed: str = "title") -> Iterator[tuple[int, dict[str, Any] | Fault]]:
    """The number of each row as the spreadsheet shows it, with its values by column or its fault."""
    problem = _problem(path)
    if problem:
        yield 1, Fault(1, "(file)", problem, left_out=True)
        return
    try:
        book = load_workbook(path, read_only=True, data_only=True)
    except (InvalidFileException, KeyError, ValueError, OSError, zipfile.BadZipFile, SyntaxError):
        yield 1, Fault(1, "(file)", "This is no Excel workbook (.xlsx), or it is damaged.", left_out=True)
        return
    try:
        yield from tabular.read(_lines(book), needed=needed)
    finally:
        book.close()


def _problem(path: Path) -> str | None:
    """Why a file is not opened at all: it is no archive, unpacks to too much, or declares types of its own."""
    try:
        with zipfile.ZipFile(path) as archive:
            parts = archive.infolist()
            unpacked = sum(part.file_size for part in parts)
            packed = sum(part.compress_size for part in parts)
            if unpacked > UNPACKED or unpacked > RATIO * max(packed, 50_000):
                return f"It would unpack to more than {UNPACKED // 1_000_000} MB, or is not what it seems."
            for part in parts:
                if part.filename.endswith((".xml", ".rels")) and b"<!DOCTYPE" in archive.open(part).read(4_000):
                    return "It holds something that no spreadsheet needs, so it is not opened."
    except (zipfile.BadZipFile, OSError, NotImplementedError, RuntimeError):
        return "This is no Excel workbook (.xlsx), or it is damaged."
    return None


def _lines(book: Any) -> Iterator[Line]:
    long = _long_values(book)
    sheet = book.worksheets[0]
    number = 0
    sheet.reset_dimensions()  # what a file says of its size need not be true
    try:
        for number, cells in enumerate(sheet.iter_rows(values_only=True), start=1):
            yield number, [_whole(_text(cell), long) for cell in cells[:MOST_COLUMNS]]
    except (ValueError, KeyError, IndexError, SyntaxError, zipfile.BadZipFile) as error:
        yield (
            number + 1,
            Fault(number + 1, "(file)", f"The file is damaged from here on ({type(error).__name__}).", True),
        )


def _long_values(book: Any) -> dict[str, str]:
    if LONG not in book.sheetnames:
        return {}
    found: dict[str, str] = {}
    for cells in book[LONG].iter_rows(values_only=True):
        if len(cells) >= 2 and cells[0] is not None:
            found[str(cells[0])] = found.get(str(cells[0]), "") + cell_as_written(_text(cells[1]))
    return found


def _whole(cell: str, long: dict[str, str]) -> str:
    mark = _MARK.fullmatch(cell) if long else None
    return long.get(mark[1], cell) if mark else cell


def _text(value: object) -> str:
    """A cell as text: dates as ISO 8601 writes them, whole numbers without a fraction."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time(0) else value.isoformat(sep=" ")
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return _CODE.sub(lambda match: chr(int(match[1], 16)), value) if isinstance(value, str) else str(value)


def write(datasets: Iterable[Dataset], path: Path, *, per_distribution: bool = False) -> int:
    """Write one row an entry, or one a distribution, so that `read` gives the same entries; returns how many."""
    written = count()
    header, rows = tabular.table(tabular.counted(datasets, lambda: next(written)), per_distribution=per_distribution)
    book = Workbook(write_only=True)
    sheet = book.create_sheet(ENTRIES)
    sheet.freeze_panes = "A2"
    sheet.append(_bold(sheet, header))
    long: list[tuple[int, str]] = []
    for row in rows:
        sheet.append([_cell(sheet, row.get(name), long) for name in header])
    if long:
        _write_long(book, long)
    book.save(path)
    return next(written)


def write_template(path: Path, *, guide: Iterable[Sequence[str]], per_distribution: bool = False) -> None:
    """Write an empty table with a sheet that explains its columns: `guide` are that sheet's rows."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(ENTRIES)
    if per_distribution:
        sheet.append(list(tabular.GOVERNMENT.values()))
        sheet.append(_bold(sheet, tabular.GOVERNMENT))
    else:
        sheet.append(_bold(sheet, tabular.HEADER))
    sheet = book.create_sheet(GUIDE)
    for row in guide:
        sheet.append(list(row))
    book.save(path)


def _bold(sheet: Any, names: Iterable[str]) -> list[Any]:
    cells = []
    for name in names:
        cell = WriteOnlyCell(sheet, name)
        cell.font = Font(bold=True)
        cells.append(cell)
    return cells


def _cell(sheet: Any, value: str | None, long: list[tuple[int, str]]) -> Any:
    """A cell that holds text, whatever it looks like; None for an empty one, which takes no room."""
    if not value:
        return None
    if len(_coded(value)) > CELL or (_MARK.fullmatch(value)):
        long.append((len(long) + 1, value))
        value = f"(long value {len(long)})"
    return _as_text(sheet, value)


def _as_text(sheet: Any, value: str) -> Any:
    coded = _coded(value)
    if coded[0] != "=":  # what does not begin like a formula is taken as text anyway
        return coded
    cell = WriteOnlyCell(sheet)
    cell.value = coded
    cell.data_type = "s"
    return cell


def _coded(value: str) -> str:
    """Text with what XML cannot hold, and what looks like such a code, in the code that spreadsheets use for it."""
    value = _LIKE_CODE.sub("_x005F_", value)
    return _ODD.sub(lambda match: f"_x{ord(match[0]):04X}_", value)


def _write_long(book: Any, long: list[tuple[int, str]]) -> None:
    sheet = book.create_sheet(LONG)
    for number, value in long:
        for start in range(0, len(value), CELL // 7):
            sheet.append([str(number), _as_text(sheet, safe_cell(value[start : start + CELL // 7]))])
