"""The weights that are shipped are what training gives."""

from __future__ import annotations

import os

import pytest

from intents import learned
from intents.learned import WEIGHTS, weights
from intents.understand import BY_NAME
from tests.evaluation import train

TOLERATED = 0.03  # the last digit may differ between machines


def test_every_kind_of_question_has_examples_and_weights():
    assert {kind for kind, _text in train.lines()} == set(BY_NAME) == set(weights().kinds)


def test_no_example_is_a_message_of_the_half_that_only_scores():
    scored = {line["text"].casefold() for line in train.read(train.QUESTIONS, "score") if len(line["text"].split()) > 2}
    assert [text for _kind, text in train.lines() if text.casefold() in scored] == []


def test_the_words_that_ask_are_those_of_the_examples():
    assert weights().asking == train.asking_words(), "train again: python -m tests.evaluation.train"


@pytest.mark.skipif("WHOHOLDS_PROOF" not in os.environ, reason="trains for a quarter of a minute")
def test_the_file_of_weights_is_what_training_gives():
    model = train.trained()
    shipped = weights()
    assert model.kinds == shipped.kinds
    assert model.features.keys() == shipped.features.keys()
    for name, row in model.features.items():
        for kind in row.keys() | shipped.features[name].keys():
            assert row.get(kind, 0.0) == pytest.approx(shipped.features[name].get(kind, 0.0), abs=TOLERATED), name


def test_likelihoods_add_up_to_one_whatever_the_features():
    for features in ([], ["bias"], ["w who", "nothing that was learned"]):
        assert sum(learned.likelihoods(features, weights()).values()) == pytest.approx(1.0)


def test_the_file_of_weights_has_one_feature_a_line():
    lines = WEIGHTS.read_text(encoding="utf-8").splitlines()
    assert len(lines) > len(weights().features)
