"""Which form a file has, by its name: CSV, a workbook (.xlsx), or JSON lines, plain or gzipped."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from catalogue.harvest import jsonlines, spreadsheet, workbook
from catalogue.model import Dataset
from catalogue.rows import Fault

FORMS = ("jsonl", "csv", "xlsx")


def form_of(path: Path) -> str:
    """One of FORMS; JSON lines where the name says nothing else."""
    return {".csv": "csv", ".xlsx": "xlsx"}.get(path.suffix.lower(), "jsonl")


def read(path: Path) -> Iterator[tuple[int, dict[str, Any] | Fault]]:
    """Each row's line number with its values by field, or with its fault."""
    readers = {"csv": spreadsheet.read, "xlsx": workbook.read, "jsonl": jsonlines.read}
    return readers[form_of(path)](path)


def write(datasets: Iterable[Dataset], path: Path, *, form: str, per_distribution: bool = False) -> int:
    """Write entries so that `read` gives the same ones; returns how many. JSON lines have no other layout."""
    if form == "xlsx":
        return workbook.write(datasets, path, per_distribution=per_distribution)
    with path.open("w", encoding="utf-8", newline="") as out:
        if form == "csv":
            return spreadsheet.write(datasets, out, per_distribution=per_distribution)
        return jsonlines.write(datasets, out)
