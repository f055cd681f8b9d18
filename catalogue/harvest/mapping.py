"""Map: how the fields of other catalogues become ours. Pure, and held as tables that docs/fields.md publishes.

A table is read from the top; the first of several lines for one of our fields that gives something wins. What is made
here is a row like that of a file: `catalogue/rows.py` cleans it.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from catalogue.fields import is_empty

Value = Callable[[Any], Any]

FREQUENCIES: Mapping[str, str] = {
    "R/P10Y": "decennial",
    "R/P4Y": "every 4 years",
    "R/P3Y": "triennial",
    "R/P2Y": "biennial",
    "R/P1Y": "annual",
    "R/P6M": "semiannual",
    "R/P4M": "threeTimesAYear",
    "R/P3M": "quarterly",
    "R/P2M": "bimonthly",
    "R/P1M": "monthly",
    "R/P0.5M": "semimonthly",
    "R/P2W": "biweekly",
    "R/P1W": "weekly",
    "R/P1D": "daily",
    "R/PT1S": "continuous",
}
LICENCES: Mapping[str, str] = {
    "uk-ogl": "OGL-UK-3.0",
    "ogl": "OGL-UK-3.0",
    "ogl-uk-3.0": "OGL-UK-3.0",
    "https://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/": "OGL-UK-3.0",
    "http://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/": "OGL-UK-3.0",
    "http://reference.data.gov.uk/id/open-government-licence": "OGL-UK-3.0",
}


@dataclass(frozen=True, slots=True)
class Read:
    """One line of a table: their field (`a.b` is b inside a; `a[]` is a list), ours, and what is done to the value."""

    theirs: str
    ours: str
    value: Value = lambda value: value
    note: str = ""
    steps: tuple[str, ...] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "steps", tuple(self.theirs.removesuffix("[]").split(".")))


def mapped(record: Mapping[str, Any], table: Iterable[Read]) -> dict[str, Any]:
    """The row that a record becomes by a table."""
    row: dict[str, Any] = {}
    for read in table:
        target, _dot, part = read.ours.partition(".")
        if part:
            if isinstance(row.get(target, {}), dict) and part not in row.get(target, {}):
                value = _given(record, read)
                if not is_empty(value):
                    row.setdefault(target, {})[part] = value
        elif target not in row:
            value = _given(record, read)
            if not is_empty(value):
                row[target] = value
    return row


def _given(record: Mapping[str, Any], read: Read) -> Any:
    value: Any = record
    for step in read.steps:
        if isinstance(value, list) and value:
            value = value[0]
        if not isinstance(value, dict):
            return None
        value = value.get(step)
    return None if is_empty(value) else read.value(value)


def link(value: Any) -> str | None:
    """An address that a person may follow: http or https. Anything else is nothing."""
    text = value.strip() if isinstance(value, str) else ""
    return text if text.lower().startswith(("https://", "http://")) else None


def licence(value: Any) -> Any:
    """The licence by the name we have for it, else as it is."""
    return LICENCES.get(value.strip().lower(), value) if isinstance(value, str) else None


def frequency(value: Any) -> Any:
    """An ISO 8601 interval, or the last word of a vocabulary's address, as the word for it."""
    if not isinstance(value, str):
        return None
    word = value.strip()
    return FREQUENCIES.get(word, word.rstrip("/").rpartition("/")[2] if word.startswith("http") else word)


def mailbox(value: Any) -> Any:
    return value.strip().removeprefix("mailto:") if isinstance(value, str) else None


def years(value: Any) -> Any:
    """`2010-01-15/2015-06-01` as 2010/2015; anything else as it is."""
    if not isinstance(value, str):
        return None
    begin, slash, end = value.partition("/")
    if not slash or not begin[:4].isdigit():
        return value
    return f"{begin[:4]}/{end[:4] if end[:4].isdigit() else '..'}"


def words(value: Any) -> Any:
    """A text, unless it is a shape on a map."""
    return None if not isinstance(value, str) or value.lstrip()[:1] in ("{", "[") else value


def labels(value: Any) -> list[Any]:
    """Names out of a list of texts or of objects that have one."""
    found = value if isinstance(value, list) else [value]
    return [_label(item) if isinstance(item, Mapping) else item for item in found]


def _label(item: Mapping[str, Any]) -> Any:
    return item.get("display_name") or item.get("title") or item.get("name") or item.get("prefLabel")


def distributions(*, title: Sequence[str], media_type: Sequence[str], url: Sequence[str]) -> Value:
    """What makes our distributions of a list of theirs: for each part, the first of their names that has something."""

    def read(value: Any) -> list[dict[str, Any]]:
        found = []
        for item in value if isinstance(value, list) else [value]:
            if isinstance(item, Mapping):
                address = next((there for name in url if (there := link(item.get(name)))), None)
                part = {"title": _first(item, title), "media_type": _first(item, media_type), "url": address}
                found.append({name: kept for name, kept in part.items() if isinstance(kept, str) and kept})
        return [part for part in found if part]

    return read


def _first(item: Mapping[str, Any], names: Sequence[str]) -> Any:
    return next((item[name] for name in names if isinstance(item.get(name), str) and item[name].strip()), None)
