"""What was probably meant by a word that nothing contains: the nearest word of the catalogue's own vocabulary.

Only words as people mistype them are corrected: never a number, an acronym or a short word, and never a word that is
found as it is written.
"""

import math
from collections.abc import Iterable, Mapping

from rapidfuzz import process
from rapidfuzz.distance import OSA

SHORTEST = 4
TWO_EDITS_FROM = 7


class Spelling:
    """The words that may be meant, with how many entries hold each. Immutable."""

    def __init__(self, frequencies: Mapping[str, int]) -> None:
        self._frequencies = {
            word: count for word, count in frequencies.items() if len(word) >= SHORTEST and word.isalpha()
        }
        self._by_length: dict[int, list[str]] = {}
        for word in self._frequencies:
            self._by_length.setdefault(len(word), []).append(word)

    def correct(self, word: str) -> str | None:
        """The word most likely meant by `word`; None when it is none that can be mended or nothing is near."""
        if len(word) < SHORTEST or not word.isalpha() or word in self._frequencies:
            return None
        edits = 2 if len(word) >= TWO_EDITS_FROM else 1
        nearest = min(self._near(word, edits), key=lambda pair: self._doubt(word, *pair), default=None)
        return nearest[0] if nearest else None

    def _near(self, word: str, edits: int) -> Iterable[tuple[str, int]]:
        for length in range(len(word) - edits, len(word) + edits + 1):
            choices = self._by_length.get(length)
            if choices:
                found = process.extract(word, choices, scorer=OSA.distance, score_cutoff=edits, limit=20)
                yield from ((candidate, int(distance)) for candidate, distance, _place in found)

    def _doubt(self, word: str, candidate: str, distance: int) -> float:
        """Low for near and frequent words; people seldom get the first letter wrong."""
        wrong_start = 0.5 if candidate[0] != word[0] else 0.0
        return distance + wrong_start - 0.12 * math.log1p(self._frequencies[candidate])
