"""The measures agree with figures worked out by hand, and the same seed gives the same interval and wording."""

import math

import pytest

from tests.benchmarks.measures import interval, measure, percentile
from tests.benchmarks.wordings import WORDINGS, question


def test_a_perfect_order_scores_one_in_everything():
    scores = measure(["a", "b", "c"], {"a": 2, "b": 1}, hit=2)
    assert set(scores.values()) == {1.0}


def test_an_empty_answer_scores_nothing():
    assert set(measure([], {"a": 2}, hit=2).values()) == {0.0}


def test_scores_agree_with_figures_worked_out_by_hand():
    scores = measure(["x", "b", "a"], {"a": 2, "b": 1, "c": 1}, hit=2)
    gained = 1 / math.log2(3) + 2 / math.log2(4)
    ideal = 2 + 1 / math.log2(3) + 1 / math.log2(4)
    assert scores["nDCG@10"] == pytest.approx(gained / ideal)
    assert scores["MAP@10"] == pytest.approx((1 / 2 + 2 / 3) / 3)
    assert scores["recall@10"] == pytest.approx(2 / 3)
    assert scores["MRR"] == pytest.approx(1 / 3)
    assert (scores["hit@1"], scores["hit@3"]) == (0.0, 1.0)


def test_a_useful_entry_is_no_hit_when_a_right_one_was_wanted():
    assert measure(["b"], {"a": 2, "b": 1}, hit=2)["hit@3"] == 0.0
    assert measure(["b"], {"a": 2, "b": 1}, hit=1)["hit@3"] == 1.0


def test_the_interval_holds_the_mean_and_is_the_same_every_time():
    values = [0.0, 1.0] * 50
    low, high = interval(values)
    assert low < 0.5 < high
    assert (low, high) == interval(values)


def test_a_percentile_of_one_value_is_that_value():
    assert percentile([3.0], 0.95) == 3.0


def test_there_are_many_wordings_and_each_holds_the_phrase_once():
    assert len(set(WORDINGS)) == len(WORDINGS) >= 40
    assert all(wording.count("{q}") == 1 for wording in WORDINGS)


def test_the_same_key_and_seed_give_the_same_question():
    assert question("bus stops", key="P1") == question("bus stops", key="P1")
    assert "bus stops" in question("bus stops", key="P1", seed=2)
