"""What was probably meant by a word that nothing contains: the nearest word of the catalogue's own vocabulary.

A dictionary is a small index of words with how many entries hold each; an automaton finds every word within one or two
edits of the one typed, in time that hardly grows with the dictionary. Of those the likeliest is taken: people leave
letters out and swap them more often than they add or mistake them, seldom get the first one wrong, and more often
mean a frequent word. Never corrected: numbers, acronyms, short words, and words that are found as they are written.
"""

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from importlib.resources import files
from pathlib import Path

import tantivy
from rapidfuzz.distance import OSA

from catalogue.search.schema import stem

SHORTEST = 4
TWO_EDITS_FROM = 5
OTHER_START_FROM = 7  # letters of a word with two slips, one of them in its first letter
CANDIDATES = 200

WRONG_START = 0.4
MISTAKEN = 0.8  # each letter added or mistaken for another: any of 25 could have been, while one is left out in one way
FREQUENCY = 0.12

RARE_FROM = 6  # letters: of shorter words too many are real ones a letter apart
MUCH_MORE = 50
"""A word that the catalogue holds is taken for a slip only of one that this many times as many entries hold."""

HEAP = 60_000_000  # bytes, used only as far as needed: half a million words in one segment, searched four times as fast


@lru_cache(maxsize=1)
def _schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("word", stored=True, tokenizer_name="raw", index_option="basic")
    builder.add_integer_field("count", fast=True)
    return builder.build()


class Dictionary:
    """Words with their counts, to be looked up by likeness or by beginning. Immutable once made.

    With a `folder` it is kept on disk and read from there without being loaded.
    """

    def __init__(self, words: Iterable[tuple[str, int]], folder: Path | None = None) -> None:
        self._index = tantivy.Index(_schema(), path=str(folder) if folder else None)
        writer = self._index.writer(HEAP, 1)
        for word, count in words:
            writer.add_document(tantivy.Document(word=word, count=count))
        writer.commit()
        writer.wait_merging_threads()
        self._index.reload()
        self._searcher = self._index.searcher()

    @classmethod
    def opened(cls, folder: Path) -> "Dictionary":
        """A dictionary that was made in `folder`. Raises ValueError or OSError when there is none."""
        dictionary = cls.__new__(cls)
        dictionary._index = tantivy.Index.open(str(folder))
        dictionary._searcher = dictionary._index.searcher()
        return dictionary

    @property
    def size(self) -> int:
        return self._searcher.num_docs

    def near(self, word: str, edits: int) -> Iterator[tuple[str, int]]:
        """Words within `edits` edits of `word` (a swap is one), with their counts, frequent ones first."""
        yield from self._found(
            tantivy.Query.fuzzy_term_query(_schema(), "word", word, distance=edits, transposition_cost_one=True),
            CANDIDATES,
        )

    def beginning(self, start: str, *, edits: int, limit: int) -> list[tuple[str, int]]:
        """The most frequent words that begin with `start`, or with something within `edits` edits of it."""
        query = tantivy.Query.fuzzy_term_query(
            _schema(), "word", start, distance=edits, transposition_cost_one=True, prefix=True
        )
        return list(self._found(query, limit))

    def _found(self, query: tantivy.Query, limit: int) -> Iterator[tuple[str, int]]:
        hits = self._searcher.search(query, limit, count=False, order_by_field="count").hits
        for count, address in hits:
            yield self._searcher.doc(address)["word"][0], int(count)


@lru_cache(maxsize=1)
def english() -> frozenset[str]:
    """Common English words of four letters and more: who writes one has not mistyped another."""
    return frozenset((files("catalogue") / "data" / "english.txt").read_text(encoding="ascii").split())


class Spelling:
    """Corrections from the dictionaries that one reader may know, taken together."""

    def __init__(self, dictionaries: Sequence[Dictionary]) -> None:
        self._dictionaries = dictionaries

    def correct(self, word: str) -> str | None:
        """The word most likely meant by `word`; None when it is none that can be mended or nothing is near."""
        if len(word) < SHORTEST or not word.isalpha():
            return None
        for edits in (1, 2) if len(word) >= TWO_EDITS_FROM else (1,):
            counts = self._near(word, edits)
            if len(word) == SHORTEST:  # “hats” is as near to “hate” as to a dozen others
                counts = {candidate: count for candidate, count in counts.items() if not mistaken(word, candidate)}
            elif edits > 1 and len(word) < OTHER_START_FROM:  # “Dublin” is not “public”
                counts = {candidate: count for candidate, count in counts.items() if candidate[0] == word[0]}
            if counts:
                return min(counts, key=lambda candidate: (doubt(word, candidate, counts[candidate]), candidate))
        return None

    def correct_rare(self, word: str, count: int) -> str | None:
        """The word likely meant by one that `count` entries hold: one that many more hold, a single slip away."""
        if len(word) < RARE_FROM or not word.isalpha():
            return None
        counts = {near: held for near, held in self._near(word, 1).items() if held >= MUCH_MORE * count}
        counts = {near: held for near, held in counts.items() if near[0] == word[0] and stem(near) != stem(word)}
        return min(counts, key=lambda candidate: (doubt(word, candidate, counts[candidate]), candidate), default=None)

    def _near(self, word: str, edits: int) -> Mapping[str, int]:
        counts: dict[str, int] = {}
        for dictionary in self._dictionaries:
            for candidate, count in dictionary.near(word, edits):
                if len(candidate) >= SHORTEST and candidate.isalpha():
                    counts[candidate] = counts.get(candidate, 0) + count
        return counts


def doubt(typed: str, meant: str, count: int) -> float:
    """How unlikely it is that `meant` was typed as `typed`: edits, what kind they are, and how rare the word is."""
    start = WRONG_START if meant[0] != typed[0] else 0.0
    return OSA.distance(typed, meant) + MISTAKEN * mistaken(typed, meant) + start - FREQUENCY * math.log1p(count)


def mistaken(typed: str, meant: str) -> int:
    """How many letters were typed that are not in the word meant: added, or mistaken for others."""
    return (Counter(typed) - Counter(meant)).total()
