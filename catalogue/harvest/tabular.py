"""Entries as the rows of a table, whatever file holds it: names of columns, cells, and several rows of one entry.

A cell that would start a formula in a spreadsheet gets an apostrophe in front when written, and loses it when read.
A list whose items hold a semicolon, and anything nested, is written as JSON. The contact has a column for each part.

The government's own template has a line of "Mandatory, Recommended, Optional" above the names, and one row for each
distribution: rows of the same entry that follow each other become one. What it says of a distribution that an entry
has no place for is kept under extras.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import fields
from itertools import chain
from typing import Any

from catalogue.entries import FIELDS, LISTS, to_document
from catalogue.fields import CONTACT_PARTS
from catalogue.model import Dataset, Distribution
from catalogue.rows import Fault
from catalogue.text import cell_as_written, safe_cell

Row = dict[str, Any]
Line = tuple[int, list[str] | Fault]
"""A line's number with its cells, or with what keeps it from being read."""

CONTACT = tuple(f"contact_{part}" for part in CONTACT_PARTS)
HEADER: tuple[str, ...] = tuple(column for name in FIELDS for column in (CONTACT if name == "contact" else (name,)))
"""One row an entry."""

PARTS = tuple(part.name for part in fields(Distribution))
PER_DISTRIBUTION: tuple[str, ...] = (
    *(name for name in HEADER if name != "distributions"),
    *(f"distribution_{part}" for part in PARTS),
)
"""One row a distribution."""

GOVERNMENT: Mapping[str, str] = {
    "title": "Mandatory",
    "alternativeTitle": "Recommended",
    "summary": "Recommended",
    "description": "Mandatory",
    "keyword": "Optional",
    "theme": "Recommended",
    "contactPoint_contactName": "Mandatory",
    "contactPoint_email": "Mandatory",
    "publisher": "Mandatory",
    "creator": "Mandatory",
    "version": "Mandatory",
    "issued": "Recommended",
    "modified": "Mandatory",
    "created": "Optional",
    "updateFrequency": "Mandatory",
    "licence": "Mandatory",
    "accessRights": "Mandatory",
    "securityClassification": "Mandatory",
    "identifier": "Mandatory",
    "relatedResource": "Recommended",
    "distribution_title": "Mandatory",
    "distribution_accessService": "Recommended",
    "distribution_identifier": "Mandatory",
    "distribution_modified": "Recommended",
    "distribution_issued": "Optional",
    "distribution_licence": "Mandatory",
    "distribution_byteSize": "Recommended",
    "distribution_mediaType": "Mandatory",
}
"""The columns of the government's template for datasets, with what it says of each; one row a distribution."""

_LEVELS = frozenset({"mandatory", "recommended", "optional", ""})
_CONTACT_NAMES = {"contactPoint_contactName": "contact_name", "contactPoint_email": "contact_email"}
_PART_NAMES = {"mediaType": "media_type", "downloadURL": "url", "accessURL": "url", "accessRights": "access"}
_DISTRIBUTION = "distribution_"
_DETAILS = "distribution_details"


def read(lines: Iterable[Line], *, needed: str = "title") -> Iterator[tuple[int, Row | Fault]]:
    """Each row's line number with its values by column or its fault; a table without a column `needed` is one fault."""
    stream = iter(lines)
    header, first = _header(stream)
    if needed not in header:
        reason = f"There is no column called {needed}. Add a first row with the columns' names."
        yield first, Fault(first, "(header)", reason, left_out=True)
        return
    rows = ((line, cells if isinstance(cells, Fault) else _values(header, cells, line)) for line, cells in stream)
    kept = (pair for pair in rows if pair[1])
    yield from _joined(kept) if any(name.startswith(_DISTRIBUTION) for name in header) else kept


def _header(stream: Iterator[Line]) -> tuple[list[str], int]:
    """The names of the columns, and on which line they stand."""
    for line, cells in stream:
        if isinstance(cells, Fault):
            return [], line
        names = [name.strip() for name in cells]
        if any(names) and not {name.casefold() for name in names} <= _LEVELS:
            return [_CONTACT_NAMES.get(name, name) for name in names], line
    return [], 1


def _values(header: list[str], row: list[str], line: int) -> Row | Fault:
    if len(row) > len(header) and any(row[len(header) :]):
        return Fault(line, "(row)", f"There are {len(row)} values for {len(header)} columns.", left_out=True)
    if not any(row):
        return {}
    cells: Row = {name: cell_as_written(cell.strip()) for name, cell in zip(header, row, strict=False) if name}
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


def _joined(rows: Iterable[tuple[int, Row | Fault]]) -> Iterator[tuple[int, Row | Fault]]:
    """Rows of one entry that follow each other as one row with several distributions."""
    line, entry = 0, Row()
    for number, row in rows:
        if isinstance(row, Fault):
            yield number, row
            continue
        part = {name.removeprefix(_DISTRIBUTION): row.pop(name) for name in list(row) if name.startswith(_DISTRIBUTION)}
        if entry and _is_same(entry, row):
            yield from ((number, fault) for fault in _differences(entry, row, number, line))
        else:
            if entry:
                yield line, entry
            line, entry = number, {**row, "distributions": []}
        _add_distribution(entry, part)
    if entry:
        yield line, entry


def _is_same(entry: Row, row: Row) -> bool:
    """Whether a row is about the entry before it: the same id, or without one the same title and publisher."""
    names = ("id",) if row.get("id") else ("identifier",) if row.get("identifier") else ("title", "publisher")
    return all(row.get(name, "") in ("", entry.get(name, "")) for name in names)


def _differences(entry: Row, row: Row, line: int, first: int) -> Iterator[Fault]:
    for name, value in row.items():
        if value and value != entry.get(name):
            yield Fault(line, name, f"This differs from line {first}, which is used.")


def _add_distribution(entry: Row, part: Mapping[str, str]) -> None:
    named = {_PART_NAMES.get(name, name): value for name, value in part.items() if value}
    details = {name: named.pop(name) for name in list(named) if name not in PARTS}
    if not named and not details:
        return
    entry["distributions"].append(named or {"title": details.get("identifier", "")})
    if details:
        given = entry.get("extras")
        extras: Row = given if isinstance(given, dict) else {}
        extras.setdefault(_DETAILS, {})[str(len(entry["distributions"]))] = details
        entry["extras"] = extras


def cells_of(dataset: Dataset) -> dict[str, str]:
    """An entry as the cells of one row, by column."""
    document = to_document(dataset)
    contact = document.pop("contact", {})
    cells = {name: _cell(name, value) for name, value in document.items()}
    cells.update({f"contact_{part}": value for part, value in contact.items()})
    return {name: safe_cell(cell) for name, cell in cells.items()}


def rows_per_distribution(dataset: Dataset) -> Iterator[dict[str, str]]:
    """An entry as a row for each distribution, the entry's own cells repeated; one row when it has none."""
    own = {name: cell for name, cell in cells_of(dataset).items() if name != "distributions"}
    parts = [
        {f"distribution_{part}": safe_cell(value) for part in PARTS if (value := getattr(distribution, part))}
        for distribution in dataset.distributions
    ]
    for part in parts or [{}]:
        yield own | part


def table(datasets: Iterable[Dataset], *, per_distribution: bool) -> tuple[tuple[str, ...], Iterator[dict[str, str]]]:
    """The header and the rows of a file with these entries."""
    if per_distribution:
        return PER_DISTRIBUTION, chain.from_iterable(map(rows_per_distribution, datasets))
    return HEADER, map(cells_of, datasets)


def counted(datasets: Iterable[Dataset], count: Callable[[], object]) -> Iterator[Dataset]:
    """The entries, with `count` called for each."""
    for dataset in datasets:
        count()
        yield dataset


def _cell(name: str, value: Any) -> str:
    if name in LISTS and not any(set(item) & set(";|\n[") for item in value):
        return "; ".join(value)
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
