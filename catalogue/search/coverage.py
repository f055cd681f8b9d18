"""Whether an entry covers a place, years and a grain: yes, partly, no, or not stated. Pure; nothing is guessed.

Places are compared by the gazetteer, years by the entry's period, grain by the entry's own list and by what its parts
add up to. What an entry does not say is not stated, which is never no.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from catalogue.model import Dataset, PersonalData
from catalogue.search.places import Lies, Place, gazetteer
from catalogue.search.schema import stem
from catalogue.text import fold


class Covers(StrEnum):
    YES = "yes"
    PARTLY = "partly"
    NO = "no"
    NOT_STATED = "not stated"


@dataclass(frozen=True, slots=True)
class Part:
    """One thing that was asked for and whether the entry covers it. `kind` is place, years or grain.

    `has` and `lacks` name its parts where it is covered partly.
    """

    kind: str
    asked: str
    covers: Covers
    has: tuple[str, ...] = ()
    lacks: tuple[str, ...] = ()


GRAINS: dict[str, tuple[str, ...]] = {
    "output area": ("output area", "oa"),
    "lower layer super output area": (
        "lower layer super output area",
        "lsoa",
        "lower super output area",
        "neighbourhood",
    ),
    "middle layer super output area": ("middle layer super output area", "msoa", "middle super output area"),
    "postcode": ("postcode", "unit postcode"),
    "ward": ("ward", "electoral ward"),
    "parish": ("parish",),
    "constituency": ("constituency", "constituencies", "parliamentary constituency", "mp seat"),
    "local authority": (
        "local authority",
        "local authorities",
        "council",
        "la",
        "lad",
        "district",
        "borough",
        "billing authority",
        "local government district",
        "unitary",
    ),
    "region": ("region", "regional"),
    "national": ("national", "country", "nation", "nationally"),
    "school": ("school", "establishment"),
    "practice": ("practice", "gp practice", "surgery"),
    "trust": ("trust", "hospital trust", "provider"),
    "police force area": ("police force area", "police force", "force area", "force"),
    "property": ("property", "address", "dwelling", "uprn", "household"),
    "person": (
        "person",
        "individual",
        "record level",
        "person level",
        "individual level",
        "pupil level",
        "patient level",
        "case level",
        "record",
        "row level",
        "client level",
        "microdata",
    ),
}
"""The grains that are asked for, by the words for them."""

ADDS_UP: dict[str, tuple[str, ...]] = {
    "lower layer super output area": ("output area", "postcode"),
    "middle layer super output area": ("output area", "lower layer super output area", "postcode"),
    "local authority": (
        "output area",
        "lower layer super output area",
        "middle layer super output area",
        "ward",
        "postcode",
    ),
    "region": (
        "local authority",
        "lower layer super output area",
        "middle layer super output area",
        "ward",
        "postcode",
    ),
    "national": (
        "region",
        "local authority",
        "lower layer super output area",
        "middle layer super output area",
        "ward",
        "postcode",
    ),
}
"""The finer grains that a coarser one can be added up from."""

RECORDS = frozenset(
    {PersonalData.PSEUDONYMISED, PersonalData.PERSONAL, PersonalData.SPECIAL_CATEGORY, PersonalData.CRIMINAL_OFFENCE}
)
_GRAIN_OF = {word: grain for grain, words in GRAINS.items() for word in words}
_ANY_GRAIN = re.compile(
    r"\b(?:" + "|".join(sorted(map(re.escape, _GRAIN_OF), key=len, reverse=True)) + r")s?\b(?:[- ]level)?"
)


def grains_named(text: str) -> tuple[tuple[str, str], ...]:
    """The grains that a text names, each once: the grain and the words for it."""
    found: dict[str, str] = {}
    for match in _ANY_GRAIN.finditer(fold(text)):
        words = match[0].removesuffix(" level").removesuffix("-level")
        grain = _GRAIN_OF.get(words) or _GRAIN_OF.get(words.removesuffix("s"))
        if grain:
            found.setdefault(grain, match[0])
    return tuple(found.items())


def lies(dataset: Dataset, asked: Place) -> Lies:
    """How a place lies to what a dataset covers."""
    return gazetteer().lies(asked, gazetteer().covered(dataset.spatial))


def place(dataset: Dataset, asked: Place) -> Part:
    """Whether an entry covers a place."""
    known = gazetteer()
    covered = known.covered(dataset.spatial)
    match lies(dataset, asked):
        case Lies.SAME | Lies.WITHIN:
            return Part("place", asked.name, Covers.YES)
        case Lies.ELSEWHERE:
            return Part("place", asked.name, Covers.NO)
        case Lies.UNKNOWN:
            return Part("place", asked.name, Covers.NOT_STATED)
    parts = _parts(asked)
    inside = {part.slug: known.lies(part, covered) for part in parts}
    has = tuple(known.places[slug].name for slug in covered if asked.slug in known.places[slug].within)
    lacks = tuple(part.name for part in parts if inside[part.slug] is Lies.ELSEWHERE)
    is_whole = bool(parts) and all(lying in (Lies.SAME, Lies.WITHIN) for lying in inside.values())
    return Part("place", asked.name, Covers.YES) if is_whole else Part("place", asked.name, Covers.PARTLY, has, lacks)


def _parts(asked: Place) -> list[Place]:
    """What a place is made of: its nations, or else the places right below it."""
    inside = [other for other in gazetteer().places.values() if asked.slug in other.within]
    nations = [other for other in inside if other.kind == "nation"]
    return nations or [other for other in inside if other.within[0] == asked.slug]


def years(dataset: Dataset, first: int, last: int | None) -> Part:
    """Whether an entry covers the years from `first` to `last`; None for `last` means until today."""
    asked = str(first) if last == first else f"{first} to {last}" if last else f"since {first}"
    span = _span(dataset)
    if span is None:
        return Part("years", asked, Covers.NOT_STATED)
    start, end, is_going_on = span
    until = last or end
    if until > end and is_going_on and first <= end:
        return Part(
            "years",
            asked,
            Covers.YES if start <= first and last is None else Covers.PARTLY,
            (f"{max(start, first)} to {end}",),
        )
    if start <= first and until <= end:
        return Part("years", asked, Covers.YES)
    if is_going_on and first > end:
        return Part("years", asked, Covers.NOT_STATED)  # the entry goes on, and does not say that it has got there
    if until < start or first > end:
        return Part("years", asked, Covers.NO)
    return Part("years", asked, Covers.PARTLY, (f"{max(start, first)} to {min(end, until)}",))


def _span(dataset: Dataset) -> tuple[int, int, bool] | None:
    """The first and last year of an entry and whether it goes on; for one that does, the year it last changed."""
    match = re.fullmatch(r"(\d{4}|\.\.)?(?:/(\d{4}|\.\.)?)?", dataset.temporal or "")
    if not match or not (match[1] or match[2]):
        return None
    start = int(match[1]) if match[1] not in (None, "..") else 0
    if match[2] == "..":
        changed = int((dataset.modified or "0")[:4])
        return start, max(start, changed), True
    return start, int(match[2] or start), False


def grain(dataset: Dataset, asked: str) -> Part:
    """Whether an entry gives a grain (one of GRAINS), or what it can be added up from."""
    given = [fold(part.strip()) for part in (dataset.granularity or "").split(";") if part.strip()]
    if asked == "person" and dataset.personal_data in RECORDS:
        return Part("grain", "records of people", Covers.YES)
    if asked == "person" and dataset.personal_data in (PersonalData.AGGREGATE, PersonalData.NONE):
        return Part("grain", "records of people", Covers.NO)
    if not given:
        return Part("grain", asked, Covers.NOT_STATED)
    if any(_is_in(word, each) for each in given for word in GRAINS[asked]):
        return Part("grain", asked, Covers.YES)
    finer = tuple(
        each for other in ADDS_UP.get(asked, ()) for each in given if any(_is_in(w, each) for w in GRAINS[other])
    )
    if finer:
        return Part("grain", asked, Covers.PARTLY, tuple(dict.fromkeys(finer)))
    return Part("grain", asked, Covers.NO)


def _is_in(words: str, given: str) -> bool:
    stems = [stem(word) for word in given.split()]
    return all(stem(word) in stems for word in words.split())


def mentions(dataset: Dataset, wanted: Sequence[str]) -> str | None:
    """The sentence of an entry that holds most of the wanted words, at least half of them; None when there is none."""
    stems = {stem(word) for word in wanted}
    if not stems:
        return None
    best, most = None, 0
    for text in filter(None, (dataset.summary, dataset.description, dataset.onward_sharing)):
        for sentence in re.split(r"(?<=[.!?]) ", text):
            held = len(stems & {stem(word) for word in re.findall(r"[a-z0-9]+", fold(sentence))})
            if held > most:
                best, most = sentence, held
    return best if best and most * 2 >= len(stems) else None
