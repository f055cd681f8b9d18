"""What a phrase asks for besides its subject: a place, years, how open, an API, a holder, a theme, counts or records.

Each is a factor on an entry's score: entries that fit rise, those that do not sink, and none is removed, so a phrase
never empties its own answer. What the phrase does not ask for changes nothing.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean

from catalogue.search import facts
from catalogue.search.facts import Facts
from catalogue.search.places import Lies, Place, gazetteer

PLACE = {Lies.SAME: 1.5, Lies.WITHIN: 1.05, Lies.AROUND: 1.0, Lies.UNKNOWN: 0.9, Lies.ELSEWHERE: 0.25}
YEARS = {True: 1.08, False: 0.75, None: 0.97}
FITS, MISFITS = 1.2, 0.85
HOLDER, OTHER_HOLDER = 1.5, 0.65
THEME = 1.05
DETAIL, OTHER_DETAIL = 1.2, 0.9
LIKELY_DETAIL, UNLIKELY_DETAIL = 1.25, 0.8

_YEAR = re.compile(r"\b(19[4-9]\d|20[0-4]\d)\b")
_OPEN = re.compile(
    r"\b(?:open|public(?:ly available)?|published|free|ogl|open licen[cs]e[d]?)\s+(?:data|dataset|version|source|stat)",
    re.I,
)
_RESTRICTED = re.compile(
    r"\b(?:restricted|confidential|record[- ]level|individual[- ]level|person[- ]level|identifiable|row[- ]level)\b",
    re.I,
)
_SERVICE = re.compile(r"\b(?:apis?|web service|endpoint|live feed|real[- ]time feed)\b", re.I)

_COUNTS = re.compile(
    r"\b(?:stats?|statistics?|figures?|numbers? of|how many|counts?|rates?|percentages?|proportion|share of|trends?"
    r"|published|headlines?|tables?|totals?|averages?|dashboard)\b",
    re.I,
)
_RECORDS = re.compile(
    r"\b(?:records?|cases?|case files?|(?:record|individual|person|row)[- ]level|microdata|named|names?|identifiable"
    r"|individuals?|extracts?|linked|linking|matched|matching|addresses|nhs numbers?|ni numbers?|shared?|sharing"
    r"|registers?)\b",
    re.I,
)

THEMES = {
    "agriculture": "agriculture fisheries and forestry",
    "farming": "agriculture fisheries and forestry",
    "business": "business economics and finance",
    "economy": "business economics and finance",
    "crime": "crime and justice",
    "justice": "crime and justice",
    "culture": "culture leisure and sport",
    "education": "education",
    "energy": "energy",
    "environment": "environment and nature",
    "health": "health and care",
    "transport": "transport and infrastructure",
}


@dataclass(frozen=True, slots=True)
class Asked:
    """What a phrase asks for besides words. Empty: nothing."""

    places: tuple[Place, ...] = ()
    years: tuple[str, ...] = ()
    access: str | None = None
    service: bool = False
    holders: tuple[str, ...] = ()
    theme: str | None = None
    detail: str | None = None
    likely_detail: str | None = None

    def __bool__(self) -> bool:
        return self != Asked()


def asked(text: str, words: Sequence[str], *, places: Sequence[Place], holders: Sequence[str]) -> Asked:
    """Read what a phrase asks for besides words."""
    access = "OPEN" if _OPEN.search(text) else "RESTRICTED" if _RESTRICTED.search(text) else None
    themes = {THEMES[word] for word in words if word in THEMES}
    return Asked(
        places=tuple(places),
        years=tuple(_YEAR.findall(text)[:4]),
        access=access,
        service=bool(_SERVICE.search(text)),
        holders=tuple(holders),
        theme=themes.pop() if len(themes) == 1 else None,
        detail=_detail(text),
    )


def _detail(text: str) -> str | None:
    counts, records = _COUNTS.search(text), _RECORDS.search(text)
    if bool(counts) == bool(records):
        return None
    return "counts" if counts else "records"


def factor(wanted: Asked, number: int, where: int, whose: int) -> float:
    """How well an entry fits, from its facts, places and holder as packed: above 1 well, below 1 badly."""
    known = facts.facts(number)
    value = 1.0
    if wanted.places:  # of two places an entry that has one is half an answer
        value *= fmean(PLACE[gazetteer().lies(place, facts.places(where))] for place in wanted.places)
    if wanted.years:
        value *= YEARS[_covers(known, wanted.years)]
    if wanted.access:
        value *= FITS if known.access == wanted.access else MISFITS
    if wanted.service:
        value *= FITS if known.is_service else MISFITS
    if wanted.holders:
        value *= HOLDER if whose in map(facts.holder_number, wanted.holders) else OTHER_HOLDER
    if wanted.theme:
        value *= THEME if known.theme == facts.theme_number(wanted.theme) else 1.0
    if wanted.detail and known.detail:
        value *= DETAIL if known.detail == wanted.detail else OTHER_DETAIL
    elif wanted.likely_detail and known.detail:
        value *= LIKELY_DETAIL if known.detail == wanted.likely_detail else UNLIKELY_DETAIL
    return value


def _covers(known: Facts, wanted: Sequence[str]) -> bool | None:
    """Whether all wanted years lie in the entry's; None when it does not say."""
    if not known.first and not known.last:
        return None
    return all(known.first <= int(year) <= (known.last or facts.GOES_ON) for year in wanted)
