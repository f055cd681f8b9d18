"""How an answer reads: what is said once, what is one and what are several."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot import replies
from catalogue.model import Dataset
from catalogue.search.explain import Match
from intents.answers import Shown
from tests.fakes.answering import Answering


def test_what_was_found_twice_in_a_field_is_one_reason(answering: Answering) -> None:
    text = replies.word(answering.answer("who holds NHS England hospital data"), answering.vocabulary).text
    assert "“nhs england” in its holder" in text
    matches = tuple(
        Match(typed, field, typed, "typed")
        for typed, field in (("nhs", "publisher"), ("nhs", "publisher"), ("england", "publisher"), ("nhs", "title"))
    )
    shown = Shown(Dataset(id="nhse/a", title="A"), None, matches)
    assert [reason[:2] for reason in shown.reasons] == [("nhs england", "publisher"), ("nhs", "title")]


@pytest.mark.parametrize(("number", "asked"), [(1, "Is it this one?"), (2, "Is it one of these?")])
def test_a_guess_asks_about_as_many_as_there_are(answering: Answering, number: int, asked: str) -> None:
    answer = answering.answer("who holds data on zebra crossing stripe widths in mongolia")
    assert answer.details["is_guess"]
    guess = replace(answer, shown=(answer.shown * 2)[:number])
    assert asked in replies.word(guess, answering.vocabulary).lead


def test_values_side_by_side_end_without_a_full_stop(answering: Answering) -> None:
    asked = "What is the difference between the school census and the National Pupil Database?"
    text = replies.word(answering.answer(asked), answering.vocabulary).text
    assert "No charge for standard extracts (National Pupil Database)" in text
