"""What every kind of question has in common: the question, the catalogue to answer it from, and how to pick entries."""

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from catalogue.model import Audience, Person
from catalogue.search.find import Found, Hit, Search
from catalogue.store import Database

ENOUGH = 0.7
"""An entry that holds this share of a question is an answer to it, however many others hold as much."""

ANSWER = 0.48
"""How likely the best entry must be what was asked for to be given as an answer."""

GUESS = 0.4
"""How likely it must be to be offered as a guess."""

PRESUMED = 0.2
"""How likely it must be where the question presumes that there is such an entry: then the nearest are offered."""

FEW = 3
OF_FEW = 0.35
"""Of a phrase of so few concepts the best entry must hold at least this share; of a longer one, to be no guess."""

SIXTH = 5
"""The place, from 0, of the hit that the best one is compared with: a search is asked for one more than that."""

FAR_AHEAD = 6.0
OF_FACTS, AT_LEAST = (0.63, 0.81, 0.2, 0.58), -2.77
"""The weights of the facts that `likelihood` judges by, and what is added to their sum."""

OF_RECORDS = frozenset(("access", "conditions", "precedent"))
"""Kinds of question that are asked of records, which are not open, rather than of published counts."""

TITLES = frozenset({"title", "alternative_titles", "acronyms"})

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
    """What a search comes to: one entry, several about as good, or none and only some that come near.

    `is_guess`: the several may well not be what was asked for.
    """

    one: Hit | None
    several: tuple[Hit, ...]
    near: tuple[Hit, ...]
    is_guess: bool = False


def likely_detail(kind: str) -> str | None:
    """What a question of this kind is likelier to be about, as `Search.find` takes it; None where neither is."""
    return "records" if kind in OF_RECORDS else None


def pick(found: Found, *, is_presumed: bool = False) -> Picked:
    """Decide whether a search found what was asked for. `is_presumed`: the question presumes that there is an entry."""
    if not found.hits:
        return Picked(None, (), ())
    best = found.hits[0]
    longest = max(hit.named for hit in found.hits)
    is_elsewhere = bool(found.phrase.places) and not best.named
    is_written_out = longest > 1 or best.named == longest  # one short name in passing does not outweigh what fits best
    if longest and is_written_out and not is_elsewhere and not any(hit.is_exact for hit in found.hits):
        return _one_or_several([hit for hit in found.hits if hit.named == longest])  # a name that is written out
    likely = 1.0 if best.is_exact or best.named or best.coverage >= ENOUGH else likelihood(found)
    if likely < 1.0 and len(found.phrase.concepts) <= FEW and best.coverage < OF_FEW:
        likely = 0.0
    if likely < (PRESUMED if is_presumed else GUESS):
        return Picked(None, (), found.hits[:3])
    near_enough = [hit for hit in found.hits if hit.is_exact or hit.score >= FAR * best.score]
    if likely < ANSWER or (likely < 1.0 and best.coverage < OF_FEW):
        return Picked(None, tuple(near_enough[:3]), (), is_guess=True)
    return _one_or_several(near_enough)


def likelihood(found: Found) -> float:
    """How likely the best hit is what was asked for, 0 to 1: by what it holds, and by how far it is ahead.

    A logistic model of four facts, none of which depends on the size of the catalogue. `python -m tests.evaluation.finds`
    fits it to the messages of `tests/evaluation/written`.
    """
    weighted = sum(weight * fact for weight, fact in zip(OF_FACTS, facts(found), strict=True))
    return 1 / (1 + math.exp(-(weighted + AT_LEAST)))


def facts(found: Found) -> tuple[float, float, int, int]:
    """What the best hit holds of the phrase, how far it is ahead, and how many words stand in its names and titles."""
    best = found.hits[0]
    many = len(found.hits) > SIXTH
    ahead = min(best.score / max(found.hits[SIXTH].score, 1e-6), FAR_AHEAD) if many else 1 + 2 * best.coverage
    names = sum(match.field in NAMES for match in best.matches)
    titles = sum(match.field in TITLES for match in best.matches)
    return best.coverage, ahead, min(names, 4), min(titles, 3)


def _one_or_several(hits: Sequence[Hit]) -> Picked:
    best = hits[0]
    rivals = tuple(hit for hit in hits if hit.score >= CLOSE * best.score and hit.coverage >= best.coverage - 0.01)
    if best.is_exact and not any(rival.is_exact for rival in rivals[1:]):
        return Picked(best, (), ())
    if len(rivals) > 1:
        return Picked(None, rivals[:3], ())
    return Picked(best, (), ())


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
