"""JSON lines: one entry a line, plain or gzipped. What cannot be read is a fault of its line."""

import gzip
import json
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, TextIO

from catalogue.entries import to_document
from catalogue.model import Dataset
from catalogue.rows import Fault

LINE_LIMIT = 4_000_000


def read(path: Path) -> Iterator[tuple[int, dict[str, Any] | Fault]]:
    """Each line's number with its object, or with the fault that keeps it from being one. Empty lines are passed by."""
    opener = gzip.open if path.suffix == ".gz" else open
    number = 0
    try:
        with opener(path, "rt", encoding="utf-8-sig", errors="replace") as lines:
            for number, line in enumerate(bounded(lines, LINE_LIMIT), start=1):
                if not line.isspace():
                    yield number, parse(line, number)
    except (EOFError, gzip.BadGzipFile, zlib.error):
        reason = "The file is damaged from here on, or is not gzipped. Fetch it again."
        yield number + 1, Fault(number + 1, "(file)", reason, left_out=True)


def bounded(lines: TextIO, limit: int) -> Iterator[str]:
    """The lines of a text; of one that is longer than `limit` the first `limit` characters and one more."""
    while line := lines.readline(limit + 1):
        yield line
        while not line.endswith("\n"):
            line = lines.readline(limit)
            if not line:
                return


def parse(line: str, number: int) -> dict[str, Any] | Fault:
    """One line as an object."""
    if len(line) > LINE_LIMIT:
        return Fault(number, "(line)", f"The line is longer than {LINE_LIMIT:,} characters.", left_out=True)
    try:
        row = json.loads(line)
    except (ValueError, RecursionError) as error:
        reason = getattr(error, "msg", "it is nested too deeply")
        return Fault(number, "(line)", f"This is not JSON: {reason}.", left_out=True)
    if not isinstance(row, dict):
        return Fault(number, "(line)", "This should be an object in { }.", left_out=True)
    return row


def write(datasets: Iterable[Dataset], out: TextIO) -> int:
    """Write entries so that `read` gives the same ones; returns how many."""
    count = 0
    for dataset in datasets:
        out.write(json.dumps(to_document(dataset), ensure_ascii=False) + "\n")
        count += 1
    return count
