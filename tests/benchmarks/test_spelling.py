"""The slips that spelling is measured with are slips, and the corrections are right as often as is promised."""

import random

from rapidfuzz.distance import OSA

from catalogue.search.spelling import Dictionary, Spelling
from tests.benchmarks.spelling import misspelt, slip, vocabulary


def test_a_slip_is_one_edit_at_most():
    chance = random.Random(3)
    assert all(OSA.distance("statistics", slip("statistics", chance)) <= 1 for _ in range(500))


def test_corrections_in_a_small_vocabulary_are_right_as_often_as_is_promised_for_a_large_one():
    words = vocabulary(20_000)
    spelling = Spelling([Dictionary(words.items())])
    for slips, promised in ((1, 0.88), (2, 0.65)):
        pairs = misspelt(words, 150, slips)
        assert sum(spelling.correct(typed) == meant for typed, meant in pairs) >= promised * len(pairs)
