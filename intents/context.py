"""What every kind of question has in common: the question, the catalogue to answer it from, and how to pick entries."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from catalogue.model import Audience, Person
from catalogue.search.find import Found, Hit, Search
from catalogue.store import Database

ENOUGH = 0.6
"""The share of a question's weight an entry must hold to be an answer to it."""

PERHAPS = 0.5
"""The share from which on an entry that was found by its names is worth asking about, where none is an answer."""

NAMES = frozenset({"title", "alternative_titles", "acronyms", "keywords"})

CLOSE = 0.8
"""An entry whose score is at least this share of the best one's is about as good an answer."""

FAR = 0.6
"""An entry whose score is a smaller share of the best one's is no answer, however many of the words it holds."""


@dataclass(frozen=True, slots=True)
class Context:
    """The catalogue as the intents see it."""

    db: Database
    search: Search


@dataclass(frozen=True, slots=True)
class Question:
    """A message with who asked it and who will read the answer. `key` names it, so that it is recorded once."""

    text: str
    audience: Audience
    now: datetime
    asker: Person | None = None
    key: str | None = None

    @property
    def is_private(self) -> bool:
        """Whether the asker alone reads the answer."""
        return self.asker is not None and self.asker.id in self.audience.names


@dataclass(frozen=True, slots=True)
class Claim:
    """A kind of question saying that it is meant: how sure, and what about. `also` is what else it read."""

    intent: str
    confidence: float
    subject: str = ""
    also: str = ""


@dataclass(frozen=True, slots=True)
class Picked:
    """What a search comes to: one entry, several about as good, or none and only some that come near."""

    one: Hit | None
    several: tuple[Hit, ...]
    near: tuple[Hit, ...]


def pick(found: Found) -> Picked:
    """Decide whether a search found what was asked for."""
    hits = [hit for hit in found.hits if hit.coverage >= ENOUGH or hit.is_exact or hit.named]
    longest = max((hit.named for hit in hits), default=0)
    is_elsewhere = bool(found.phrase.places) and not found.hits[0].named if hits else False
    if longest and not is_elsewhere and not any(hit.is_exact for hit in hits):
        return _one_or_several([hit for hit in hits if hit.named == longest])  # who writes out a name means it
    hits = [hit for hit in hits if hit.is_exact or hit.score >= FAR * found.hits[0].score]
    if not hits:
        perhaps = tuple(hit for hit in found.hits[:3] if _may_be_meant(hit))
        return Picked(None, perhaps, () if perhaps else found.hits[:3])
    return _one_or_several(hits)


def _one_or_several(hits: Sequence[Hit]) -> Picked:
    best = hits[0]
    rivals = tuple(hit for hit in hits if hit.score >= CLOSE * best.score and hit.coverage >= best.coverage - 0.01)
    if best.is_exact and not any(rival.is_exact for rival in rivals[1:]):
        return Picked(best, (), ())
    if len(rivals) > 1:
        return Picked(None, rivals[:3], ())
    return Picked(best, (), ())


def _may_be_meant(hit: Hit) -> bool:
    return hit.coverage >= PERHAPS and not NAMES.isdisjoint(match.field for match in hit.matches)


def first_match(patterns: Iterable[re.Pattern[str]], text: str) -> re.Match[str] | None:
    """The first of `patterns` that is found in `text`."""
    for pattern in patterns:
        match = pattern.search(text)
        if match:
            return match
    return None


def compile_all(*patterns: str) -> tuple[re.Pattern[str], ...]:
    """Patterns as recognisers use them: case does not matter."""
    return tuple(re.compile(pattern, re.IGNORECASE) for pattern in patterns)
