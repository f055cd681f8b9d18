"""Entries that differ only by year, area or edition are one series: shown once, with its other members named.

The series of an entry is its title without years, months, places and words for editions. Nothing is hidden: a search
still ranks every member; gathering is done on what was found, for showing.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from catalogue.search.explain import Hit
from catalogue.search.places import gazetteer
from catalogue.text import fold

_TIMES = re.compile(
    r"\b(?:(?:19|20)\d\d|\d\d|january|february|march|april|may|june|july|august|september|october|november|december"
    r"|q[1-4]|provisional|final|revised|mid year|edition|release|version|v\d+)\b"
)


@dataclass(frozen=True, slots=True)
class Gathered:
    """A series among the hits: its best hit and the others, best first."""

    best: Hit
    others: tuple[Hit, ...]


def root(title: str) -> str:
    """What is left of a title without years, places and editions; the whole of it when nothing would be left."""
    words = _TIMES.sub(" ", fold(title)).split()
    named = gazetteer().mentions(words, frozenset())
    places = {position for mention in named for position in range(mention.start, mention.end)}
    left = [word for position, word in enumerate(words) if position not in places and word not in ("in", "for", "of")]
    return " ".join(left) or fold(title)


def gather(hits: Sequence[Hit]) -> list[Gathered]:
    """The hits as series, in the order of their best; a hit alone is a series of one."""
    members: dict[str, list[Hit]] = {}
    for hit in hits:
        members.setdefault(root(hit.dataset.title), []).append(hit)
    return [Gathered(found[0], tuple(found[1:])) for found in members.values()]
