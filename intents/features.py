"""What the statistical reading looks at in a message: its words, pieces of them, and what they stand for, as names.

The reading itself, and the skeleton that some of the features are made from, are in `learned.py`.
"""

from collections.abc import Iterable, Iterator
from functools import lru_cache
from importlib.resources import files
from itertools import combinations, pairwise

from catalogue.search.schema import split
from catalogue.text import fold
from intents.phrase import Message

FAMILIES = files("intents") / "data" / "families.txt"
MOST_WORDS = 48
LONGEST_RUN = 3
SHORTEST_PIECE, LONGEST_PIECE = 3, 5
FARTHEST = 4
ENDS = 3
DATA = frozenset(("_", "<odd>", "<set>", "<term>", "<entry>"))
"""Marks of a skeleton for what the data may be called."""


def words_of(text: str) -> list[str]:
    """The words of a message, folded, as features take them."""
    return split(fold(text))[:MOST_WORDS]


def features_of(message: Message, masked: list[str], claims: Iterable[tuple[str, float]]) -> list[str]:
    """The features of a message, each once. `masked` is its skeleton, `claims` what the patterns claim."""
    words = words_of(message.whole)
    found = dict.fromkeys(f"r {run}" for run in runs(words, 2))
    found.update(dict.fromkeys(_of_skeleton(masked)))
    found.update(dict.fromkeys(pieces(words)))
    found.update(dict.fromkeys(_apart(words)))
    found.update(dict.fromkeys(_of_families(words)))
    found.update(dict.fromkeys(_of_shape(message, words)))
    found.update({f"claim {kind} {confidence:.2f}": None for kind, confidence in claims})
    return list(found)


def runs(words: list[str], longest: int) -> list[str]:
    """Runs of up to so many words, the beginning and the end among them."""
    bounded = ["^", *words, "$"]
    return [
        " ".join(bounded[start : start + length])
        for length in range(1, longest + 1)
        for start in range(len(bounded) - length + 1)
    ]


def _of_skeleton(masked: list[str]) -> Iterator[str]:
    yield from runs(masked, 2)
    coarse = _coarse(masked)
    yield from runs(coarse, LONGEST_RUN)
    asking = [word for word in coarse if not word.startswith("<") and word != "_"]
    yield from (f"then {pair}" for pair in runs(asking, 2))
    for mark in set(masked):
        if mark.startswith("<"):
            yield f"has {mark}"


def _coarse(masked: list[str]) -> list[str]:
    """A skeleton in which whatever the data may be called is `_`."""
    found: list[str] = []
    for word in masked:
        word = "_" if word in DATA else word
        if word != "_" or found[-1:] != ["_"]:
            found.append(word)
    return found


def pieces(words: list[str], shortest: int = SHORTEST_PIECE) -> Iterator[str]:
    """Pieces of words: what a slip of the finger leaves of one, and what words of one root share."""
    for word in set(words):
        bounded = f" {word} "
        for length in range(shortest, LONGEST_PIECE + 1):
            yield from (f"c {bounded[start : start + length]}" for start in range(len(bounded) - length + 1))


def _apart(words: list[str]) -> Iterator[str]:
    """Two words with one to three others between them."""
    for place, word in enumerate(words):
        yield from (f"k {word} {other}" for other in words[place + 2 : place + FARTHEST + 1])


def _of_families(words: list[str]) -> Iterator[str]:
    """The families of words that occur, which stand side by side, and which occur together."""
    of = [families_of(word) for word in words]
    for family in (every := sorted(set().union(*of))):
        yield f"F {family}"
    for (one, these), (other, those) in pairwise(zip(words, of, strict=True)):
        yield from (f"F> {family} {other}" for family in these)
        yield from (f"F> {one} +{family}" for family in those)
        yield from (f"F> {first} +{second}" for first in these for second in those)
    yield from (f"P {one} {other}" for one, other in combinations(every, 2))


def _of_shape(message: Message, words: list[str]) -> Iterator[str]:
    """How a message begins and ends, how long it is, and whether it asks."""
    for place, word in enumerate(words[:ENDS]):
        yield f"first{place} {word}"
    for place, word in enumerate(words[: -ENDS - 1 : -1]):
        yield f"last{place} {word}"
    yield f"long {min(len(words), 20) // 2}"
    yield f"asks {'?' in message.whole} {message.whole.endswith('?')}"


@lru_cache(maxsize=20_000)
def families_of(word: str) -> tuple[str, ...]:
    """The families that a word belongs to."""
    whole, beginnings = _families()
    begun = (name for start, name in beginnings if word.startswith(start))
    return tuple(dict.fromkeys((*whole.get(word, ()), *begun)))


@lru_cache(maxsize=1)
def _families() -> tuple[dict[str, list[str]], list[tuple[str, str]]]:
    whole: dict[str, list[str]] = {}
    beginnings = []
    for line in FAMILIES.read_text(encoding="utf-8").splitlines():
        if line.startswith("#"):
            continue
        name, _, words = line.partition(": ")
        for word in words.split():
            if word.endswith("*"):
                beginnings.append((word[:-1], name))
            else:
                whole.setdefault(word, []).append(name)
    return whole, beginnings
