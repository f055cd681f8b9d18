"""The weights that are shipped are what training gives."""

from __future__ import annotations

import os

import pytest

from intents import learned
from intents.learned import WEIGHTS, weights
from intents.understand import BY_NAME
from tests.evaluation import train

TOLERATED = 1  # the last step may differ between machines


def test_every_kind_of_question_has_examples_and_weights():
    assert {kind for kind, _text in train.lines()} == set(BY_NAME) == set(weights().kinds)
    assert {one.kind for one in train.written()} == set(BY_NAME)


def test_no_example_is_a_message_of_the_half_that_only_scores():
    scored = {line["text"].casefold() for line in train.read(train.QUESTIONS, "score") if len(line["text"].split()) > 2}
    texts = [text for _kind, text in train.lines()] + [one.text for one in train.written()]
    assert [text for text in texts if text.casefold() in scored] == []


def test_every_line_that_people_wrote_has_its_kind_entries_and_slots():
    lines = [line for file in train.WRITTEN.glob("*.tsv") for line in file.read_text("utf-8").splitlines()]
    assert len(lines) > 4000
    assert [line for line in lines if line.count("\t") != 3] == []


def test_the_words_that_ask_are_those_of_the_examples():
    assert weights().asking == train.asking_words(), "train again: python -m tests.evaluation.train"


@pytest.mark.skipif("WHOHOLDS_PROOF" not in os.environ, reason="trains for a quarter of a minute")
def test_the_file_of_weights_is_what_training_gives():
    pytest.importorskip("sklearn", reason="training needs scikit-learn")
    model = train.trained()
    shipped = weights()
    assert (model.kinds, model.speaks) == (shipped.kinds, shipped.speaks)
    assert model.features.keys() == shipped.features.keys()
    for name, row in model.features.items():
        for ours, theirs in zip(row, shipped.features[name], strict=True):
            assert abs(ours - theirs) <= TOLERATED, name


def test_likelihoods_add_up_to_one_whatever_the_features():
    for features in ([], ["bias"], ["w who", "nothing that was learned"]):
        assert sum(learned.likelihoods(features, weights()).values()) == pytest.approx(1.0)


def test_the_file_of_weights_has_one_feature_a_line():
    lines = WEIGHTS.read_text(encoding="utf-8").splitlines()
    assert len(lines) == len(weights().features)
