"""UK places and how they lie in one another: Camden is in London, London in England, England in the United Kingdom.

The gazetteer is shipped (`data/places.csv`). It reads places out of phrases and out of the coverage of entries, and
says how a place that is asked for lies to the places an entry covers.
"""

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from importlib.resources import files

from catalogue.text import fold

LONGEST = 6

# Places that are also everyday words: read as places only when written with a capital.
EVERYDAY = frozenset(
    "barking barrow bath boston bucks bury corby deal english hart lincoln reading rugby sale stoke ware wells".split()
)


class Lies(StrEnum):
    """How a place that is asked for lies to what an entry covers."""

    SAME = "same"
    WITHIN = "within"  # the entry covers more, the place among it: asked for Camden, covers England
    AROUND = "around"  # the entry covers a part of it: asked for London, covers Camden
    ELSEWHERE = "elsewhere"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Place:
    """A place; `within` are the slugs of all places that contain it, the smallest first."""

    slug: str
    name: str
    kind: str
    within: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PlaceMention:
    """A place named in a phrase: words from `start` to before `end`."""

    place: Place
    start: int
    end: int


class Gazetteer:
    """All places by slug and by every name."""

    def __init__(self, rows: Iterable[dict[str, str]]) -> None:
        rows = list(rows)
        parents = {row["slug"]: row["parent"] for row in rows}
        self.places: dict[str, Place] = {}
        self.by_organisation: dict[str, Place] = {}
        self._names: dict[str, Place] = {}
        for row in rows:
            within, parent = [], row["parent"]
            while parent and parent not in within:
                within.append(parent)
                parent = parents.get(parent, "")
            place = Place(row["slug"], row["name"], row["kind"], tuple(within))
            self.places[place.slug] = place
            if row["organisation"] and row["kind"] in ("county", "council", "region"):
                self.by_organisation.setdefault(row["organisation"], place)
            for name in (row["name"], *row["other_names"].split(";")):
                key = fold(name)
                if key and (key not in self._names or row["kind"] != "city"):
                    self._names[key] = place

    def named(self, name: str) -> Place | None:
        """The place of this name."""
        return self._names.get(fold(name))

    def council_of(self, place: Place | None) -> str | None:
        """The slug of the body that a place is governed by, for Camden that of Camden Council."""
        return next((slug for slug, each in self.by_organisation.items() if each == place), None)

    def mentions(self, words: Sequence[str], capitals: frozenset[str]) -> list[PlaceMention]:
        """Places named in a phrase of folded words, longest names first."""
        found, position = [], 0
        while position < len(words):
            for end in range(min(position + LONGEST, len(words)), position, -1):
                key = " ".join(words[position:end])
                place = self._names.get(key)
                if place and (key not in EVERYDAY or key in capitals):
                    found.append(PlaceMention(place, position, end))
                    position = end
                    break
            else:
                position += 1
        return found

    def covered(self, spatial: str | None) -> tuple[str, ...]:
        """The slugs of the places that an entry's coverage names; () when it names none that is known."""
        if not spatial:
            return ()
        places = (self._names.get(fold(part)) for part in spatial.split(";"))
        return tuple(dict.fromkeys(place.slug for place in places if place))

    def lies(self, asked: Place, covered: Iterable[str]) -> Lies:
        """How `asked` lies to the places an entry covers: the best that holds for any of them."""
        outcome = Lies.UNKNOWN
        for slug in covered:
            if slug == asked.slug:
                return Lies.SAME
            if slug in asked.within:
                outcome = Lies.WITHIN
            elif outcome is not Lies.WITHIN:
                around = asked.slug in self.places[slug].within
                outcome = Lies.AROUND if around or outcome is Lies.AROUND else Lies.ELSEWHERE
        return outcome


@lru_cache(maxsize=1)
def gazetteer() -> Gazetteer:
    """The shipped gazetteer."""
    text = (files("catalogue") / "data" / "places.csv").read_text(encoding="utf-8")
    return Gazetteer(csv.DictReader(io.StringIO(text, newline="")))
