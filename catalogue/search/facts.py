"""What a phrase can ask of an entry besides words, as three numbers that stand in columns of the index.

A search looks at those of 40 results. Reading them from a column costs a hundredth of fetching the entry's text.
"""

from functools import lru_cache
from hashlib import blake2b
from typing import NamedTuple

from catalogue.model import AccessRights, Dataset, PersonalData
from catalogue.search.places import gazetteer
from catalogue.text import fold

COLUMNS = ("facts", "places", "holder")
"""The columns, in the order of `packed`."""

PLACE_BITS, MOST_PLACES = 10, 6
YEAR_BITS, THEME_BITS, SMALL_BITS = 14, 16, 3
ACCESS = ("", *map(str, AccessRights))
DETAIL = ("", "counts", "records")
GOES_ON = 9999


class Facts(NamedTuple):
    """Access, whether it is or has an API, counts or records, first and last year (0: not said), theme as a number."""

    access: str
    is_service: bool
    detail: str
    first: int
    last: int
    theme: int


def packed(dataset: Dataset) -> tuple[int, int, int]:
    """An entry's facts, places and holder."""
    first, last = _years(dataset.temporal or "")
    number = ACCESS.index(str(dataset.access_rights or ""))
    number = number << SMALL_BITS | is_service(dataset)
    number = number << SMALL_BITS | DETAIL.index(detail(dataset))
    number = (number << YEAR_BITS | first) << YEAR_BITS | last
    number = number << THEME_BITS | theme_number(fold(dataset.theme or ""))
    where = 0
    for slug in places_covered(dataset)[:MOST_PLACES]:
        where = where << PLACE_BITS | _numbers()[slug]
    return number, where, holder_number(dataset.publisher or "")


@lru_cache(maxsize=10_000)
def facts(number: int) -> Facts:
    """The facts that were packed into a number."""
    number, theme = divmod(number, 1 << THEME_BITS)
    number, last = divmod(number, 1 << YEAR_BITS)
    number, first = divmod(number, 1 << YEAR_BITS)
    number, which = divmod(number, 1 << SMALL_BITS)
    access, service = divmod(number, 1 << SMALL_BITS)
    return Facts(ACCESS[access], bool(service), DETAIL[which], first, last, theme)


@lru_cache(maxsize=10_000)
def places(number: int) -> tuple[str, ...]:
    """The slugs of the places that were packed into a number."""
    found = []
    while number:
        number, place = divmod(number, 1 << PLACE_BITS)
        found.append(_slugs()[place - 1])
    return tuple(reversed(found))


def holder_number(slug: str) -> int:
    """A number that stands for an organisation; 0 for none."""
    return _number(slug, 62)


def theme_number(theme: str) -> int:
    """A number that stands for a folded theme; 0 for none."""
    return _number(theme, THEME_BITS)


@lru_cache(maxsize=20_000)
def _number(text: str, bits: int) -> int:
    return int.from_bytes(blake2b(text.encode(), digest_size=8).digest()) >> 64 - bits if text else 0


@lru_cache(maxsize=1)
def _slugs() -> tuple[str, ...]:
    return tuple(gazetteer().places)


@lru_cache(maxsize=1)
def _numbers() -> dict[str, int]:
    return {slug: number for number, slug in enumerate(_slugs(), 1)}


def _years(temporal: str) -> tuple[int, int]:
    start, _slash, end = temporal.partition("/")
    first = int(start[:4]) if start[:4].isdecimal() else 0
    if end == "..":
        return first, GOES_ON
    return first, int(end[:4]) if end[:4].isdecimal() else first


def places_covered(dataset: Dataset) -> tuple[str, ...]:
    """The slugs of the places an entry covers: those it names, else that of the council which holds it."""
    covered = gazetteer().covered(dataset.spatial)
    if not covered and dataset.publisher in gazetteer().by_organisation:
        return (gazetteer().by_organisation[dataset.publisher].slug,)
    return covered


def detail(dataset: Dataset) -> str:
    """Whether an entry is of counts or of records about people; "" when it is neither or does not say."""
    if dataset.personal_data in (None, PersonalData.NONE):
        return ""
    return "counts" if dataset.personal_data is PersonalData.AGGREGATE else "records"


def is_service(dataset: Dataset) -> bool:
    """Whether the entry is a data service (an API) or can be had by one."""
    if " api" in f" {fold(dataset.title)} " or fold(str(dataset.extras.get("type", ""))) == "api":
        return True
    return any("api" in fold(part.title or "").split() for part in dataset.distributions)
