"""The weights that are shipped are what training gives."""

from __future__ import annotations

import os

import pytest

from intents import learned
from intents.learned import weights
from intents.table import DATA, Table, load
from intents.understand import BY_NAME
from tests.evaluation import train, uses
from tests.evaluation.report import sample_context
from tests.evaluation.writers import written_lines

TOLERATED = 1  # the last step may differ between machines


def test_every_kind_of_question_has_examples_and_weights():
    assert {kind for kind, _text in train.lines()} == set(BY_NAME) == set(weights().table.kinds)
    assert {one.kind for one in train.written()} == set(BY_NAME)


def test_no_example_is_a_message_of_the_half_that_only_scores():
    scored = {line["text"].casefold() for line in train.read(train.QUESTIONS, "score") if len(line["text"].split()) > 2}
    texts = [text for _kind, text in train.lines()] + [one.text for one in train.written()]
    assert [text for text in texts if text.casefold() in scored] == []


def test_every_line_that_people_wrote_has_its_kind_entries_and_slots():
    lines = list(written_lines())  # fails where a line has another form
    assert len(lines) > 29_000
    assert {line.writer for line in lines if not line.text.strip() or line.kind not in BY_NAME} == set()


def test_the_words_that_ask_are_those_of_the_examples():
    assert weights().asking == train.asking_words(), "train again: python -m tests.evaluation.train"


@pytest.mark.skipif("WHOHOLDS_PROOF" not in os.environ, reason="trains for a quarter of a minute")
def test_the_file_of_weights_is_what_training_gives():
    pytest.importorskip("sklearn", reason="training needs scikit-learn")
    model = train.train(*train.material())
    shipped = weights()
    assert (model.table.kinds, model.speaks) == (shipped.table.kinds, shipped.speaks)
    assert_same(model.table, shipped.table)


@pytest.mark.skipif("WHOHOLDS_PROOF" not in os.environ, reason="trains for half a minute")
def test_the_tables_of_what_a_message_says_of_sharing_are_what_training_gives():
    pytest.importorskip("sklearn", reason="training needs scikit-learn")
    with sample_context() as context:
        tables = uses.learned(uses.said(), context.search.vocabulary())
    for name, learned_again in tables.items():
        assert_same(learned_again, load(name))


def assert_same(ours: Table, shipped: Table) -> None:
    assert ours.features.keys() == shipped.features.keys()
    for name, row in ours.features.items():
        for one, other in zip(row, shipped.features[name], strict=True):
            assert abs(one - other) <= TOLERATED, name


def test_likelihoods_add_up_to_one_whatever_the_features():
    for features in ([], ["bias"], ["r who", "nothing that was learned"]):
        assert sum(learned.likelihoods(features, weights()).values()) == pytest.approx(1.0)


@pytest.mark.parametrize("name", ["kinds", "purpose", "granularity", "recipient"])
def test_a_table_has_one_feature_a_line_and_a_character_a_kind(name):
    table = load(name)
    assert (DATA / f"{name}.tsv").read_text(encoding="utf-8").count("\n") == len(table.features) + 1
    assert {len(row) for row in table.features.values()} == {len(table.kinds) + 1}
