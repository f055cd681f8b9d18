"""The statistical reading: what kind of question a message is likely to be, learned from examples at build time.

A message becomes its skeleton: the words that ask are kept, names become `<org>`, `<place>`, `<set>`, and what the
data is called becomes `_`. So much of what is learned is how people ask, not what about. `features.py` makes features of
the skeleton, the words and what the exact patterns claim; a linear model weighs them. Its weights are in
`data/kinds.tsv` (`table.py`), made by `python -m tests.evaluation.train`.
"""

import json
import math
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from catalogue.search.phrase import ASKING, FAINT
from catalogue.search.places import gazetteer
from catalogue.search.schema import split
from catalogue.search.vocabulary import Vocabulary
from catalogue.text import fold
from intents.features import MOST_WORDS
from intents.table import DATA, Table, load, scores

KINDS = "kinds"
"""The table of weights."""

WORDS = DATA / "words.json"
THRESHOLDS = DATA / "thresholds.json"
SHORTEST_MENDED = 4
SETS = frozenset(("dataset", "system"))
"""Kinds of acronym that name something the catalogue holds; others are terms."""

EVERYDAY = ASKING | FAINT
"""Words that count as acronyms in capitals only."""

_REFERENCE = re.compile(r"\b(?:sr|dsr)[\s-]?\d{1,6}\b", re.IGNORECASE)
_ENTRY = re.compile(r"(?<![\w/])[a-z0-9][a-z0-9-]+/[a-z0-9][a-z0-9.-]+", re.IGNORECASE)
_TWO_NAMES = re.compile(
    r"(?<=\w )(?:(?:Dame|Sir|Lord|Lady|Mr|Mrs|Ms|Miss|Dr) )?[A-Z][a-z]+(?:-[A-Z][a-z]+)? [A-Z][a-z]+(?:-[A-Z][a-z]+)?\b"
)
_YEAR = re.compile(r"(?:19|20)\d\d")
_CAPITALS = re.compile(r"[A-Z][A-Z0-9&]+")


@dataclass(frozen=True, slots=True)
class Weights:
    """What was learned. `asking` are the words of a skeleton, `known` every word that was seen.

    `speaks` says of an asking word for which kinds of question it speaks.
    """

    table: Table
    asking: frozenset[str]
    known: frozenset[str]
    speaks: Mapping[str, frozenset[str]]


@lru_cache(maxsize=1)
def weights() -> Weights:
    """The weights that the project ships."""
    held = json.loads(WORDS.read_text(encoding="utf-8"))
    asking = frozenset(held["asking"])
    speaks = {word: frozenset(kinds) for word, kinds in held["asking"].items()}
    return Weights(load(KINDS), asking, asking | frozenset(held["known"]), speaks)


@dataclass(frozen=True, slots=True)
class Thresholds:
    """What cross-validation between writers sets.

    `sure` and `ahead`: how likely a kind must be, and by how much ahead of the next, not to be asked back.
    `sharpness` makes probabilities of scores; `declines` is added to the score of what is out of scope.
    """

    sure: float
    ahead: float
    sharpness: float
    declines: float


@lru_cache(maxsize=1)
def thresholds() -> Thresholds:
    """The thresholds that the project ships."""
    held = json.loads(THRESHOLDS.read_text(encoding="utf-8"))
    return Thresholds(held["sure"], held["ahead"], held["sharpness"], held["declines"])


def likelihoods(features: Iterable[str], learned: Weights) -> dict[str, float]:
    """For each kind of question the probability that it is meant; they add up to 1."""
    set_by = thresholds()
    leaning = {"out_of_scope": set_by.declines}
    found = zip(learned.table.kinds, scores(features, learned.table), strict=True)
    return probabilities({kind: value + leaning.get(kind, 0.0) for kind, value in found}, set_by.sharpness)


def probabilities(scored: Mapping[str, float], sharpness: float) -> dict[str, float]:
    """Scores as probabilities."""
    most = max(scored.values())
    odds = {kind: math.exp(sharpness * (score - most)) for kind, score in scored.items()}
    total = sum(odds.values())
    return {kind: value / total for kind, value in odds.items()}


def skeleton(text: str, vocabulary: Vocabulary, learned: Weights, is_known: Callable[[str], bool]) -> list[str]:
    """The words that ask, in order, with marks for everything that is named.

    `_` is what some entry has in its names, by `is_known`; `<odd>` what none has.
    """
    found: list[str] = []
    for word in _marked(text, vocabulary, is_known):
        if not word.startswith("<") and word not in learned.asking and word != "?":
            held = "_" if is_known(word) else "<odd>"
            word = held if held == "_" else mended(word, learned.asking, learned.known) or held
        if word not in ("_", "<odd>") or found[-1:] != [word]:
            found.append(word)
    return found


def _marked(text: str, vocabulary: Vocabulary, is_known: Callable[[str], bool]) -> Iterator[str]:
    capitals = frozenset(fold(word) for word in _CAPITALS.findall(text))
    text = _TWO_NAMES.sub(lambda match: match[0] if _is_known_name(match[0], is_known) else " xtwonamesx ", text)
    text = _ENTRY.sub(" xentryx ", _REFERENCE.sub(" xreferencex ", text))
    words = split(fold(text.replace("?", " xquestionx ")))[:MOST_WORDS]
    marks = {mention.start: ("<org>", mention.end) for mention in vocabulary.mentions(words, capitals)}
    for place in gazetteer().mentions(words, capitals):
        marks.setdefault(place.start, ("<place>", place.end))
    position = 0
    while position < len(words):
        mark, end = marks.get(position, ("", position + 1))
        yield mark or _mark(words[position], vocabulary, capitals)
        position = end


def _is_known_name(names: str, is_known: Callable[[str], bool]) -> bool:
    """Whether two capitalised words are of the catalogue, and so not a person's."""
    return all(is_known(word) for word in split(fold(names)))


def _mark(word: str, vocabulary: Vocabulary, capitals: frozenset[str]) -> str:
    if word in _SIGNS:
        return _SIGNS[word]
    if _YEAR.fullmatch(word):
        return "<year>"
    if word.isdigit():
        return "<number>"
    if 1 < len(word) < 9 and (word in capitals or word not in EVERYDAY):
        kinds = {meaning.kind for meaning in vocabulary.meanings(word)}
        if kinds & SETS:
            return "<set>"
        if kinds:
            return "<term>"
    return word


_SIGNS = {"xreferencex": "<ref>", "xentryx": "<entry>", "xquestionx": "?", "xtwonamesx": "<names>"}


def mended(word: str, asking: frozenset[str], known: frozenset[str]) -> str | None:
    """The asking word that a word nobody knows is one slip away from."""
    if len(word) < SHORTEST_MENDED or word in known or not word.isalpha():
        return None
    return next((slip for slip in _slips(word) if slip in asking and len(slip) >= SHORTEST_MENDED), None)


def _slips(word: str) -> Iterator[str]:
    """Everything one slip of the finger away: two letters swapped, one missing, one too many, one wrong."""
    halves = [(word[:place], word[place:]) for place in range(len(word) + 1)]
    for left, right in halves:
        if len(right) > 1:
            yield left + right[1] + right[0] + right[2:]
        if right:
            yield left + right[1:]
    for left, right in halves:
        for letter in "abcdefghijklmnopqrstuvwxyz":
            yield left + letter + right
            if right:
                yield left + letter + right[1:]
