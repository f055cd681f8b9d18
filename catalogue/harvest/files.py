"""Which form a file has, by its name: CSV, a workbook (.xlsx), DCAT, or JSON lines, plain or gzipped."""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path, PurePosixPath
from typing import Any, TextIO
from urllib.parse import urlsplit

from catalogue.harvest import dcat, jsonlines, spreadsheet, workbook
from catalogue.model import Dataset
from catalogue.rows import Fault

FORMS = ("jsonl", "csv", "xlsx", "dcat-jsonld", "dcat-turtle")
_SUFFIXES = {
    ".csv": "csv",
    ".xlsx": "xlsx",
    ".jsonld": "dcat-jsonld",
    ".ttl": "dcat-turtle",
    ".rdf": "dcat-turtle",
}


_SENT = {
    "text/csv": ".csv",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": ".xlsx",
    "application/ld+json": ".jsonld",
    "text/turtle": ".ttl",
    "application/rdf+xml": ".rdf",
}


def form_of(path: Path) -> str:
    """One of FORMS; JSON lines where the name says nothing else."""
    return _SUFFIXES.get(path.suffix.lower(), "jsonl")


def suffix_of(address: str, media_type: str) -> str:
    """The suffix of a file at an address: what its name says, else what its media type says."""
    named = PurePosixPath(urlsplit(address).path.removesuffix(".gz")).suffix.lower()
    return named if named in {*_SUFFIXES, ".jsonl"} else _SENT.get(media_type.partition(";")[0].strip().lower(), "")


def read(path: Path) -> Iterator[tuple[int, dict[str, Any] | Fault]]:
    """Each row's line number with its values by field, or with its fault."""
    readers = {"csv": spreadsheet.read, "xlsx": workbook.read, "jsonl": jsonlines.read}
    readers |= {"dcat-jsonld": dcat.read, "dcat-turtle": dcat.read}
    return readers[form_of(path)](path)


def write(
    datasets: Iterable[Dataset],
    path: Path,
    *,
    form: str,
    per_distribution: bool = False,
    name_of: Mapping[str, str] = {},
) -> int:
    """Write entries so that `read` gives the same ones; returns how many. JSON lines have no other layout.

    `name_of` gives the names of organisations by slug, which DCAT holds beside the slug.
    """
    if form == "xlsx":
        return workbook.write(datasets, path, per_distribution=per_distribution)
    with path.open("w", encoding="utf-8", newline="") as out:
        if form == "csv":
            return spreadsheet.write(datasets, out, per_distribution=per_distribution)
        return write_text(datasets, out, form=form, name_of=name_of)


def write_text(datasets: Iterable[Dataset], out: TextIO, *, form: str, name_of: Mapping[str, str] = {}) -> int:
    """Write entries as JSON lines or DCAT into a text; returns how many."""
    if form == "dcat-jsonld":
        return dcat.write_jsonld(datasets, out, name_of=name_of)
    if form == "dcat-turtle":
        return dcat.write_turtle(datasets, out, name_of=name_of)
    return jsonlines.write(datasets, out)
