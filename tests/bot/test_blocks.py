"""Whatever an entry holds, the message that shows it is one that Slack takes, with a text that stands alone."""

from __future__ import annotations

import itertools
import json
import re
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from bot.language import speaking
from bot.playground.block_kit import faults
from bot.slack import blocks
from bot.slack.answers import Asked, _choice, as_message
from bot.slack.blocks import (
    OUTSIDE,
    SlackMessage,
    button,
    button_saying,
    buttons,
    divider,
    message,
    note,
    section,
)
from bot.slack.carried import BUTTONS
from bot.slack.inputs import option, select_input
from catalogue.model import Language
from tests.bot.test_render import with_vocabulary
from tests.fakes.answering import QUESTIONS, Answering
from tests.fakes.hostile import with_words

LONG = st.builds(lambda text, times: text * times, st.text(min_size=1, max_size=12), st.integers(1, 2_000))
WORDS = st.lists(st.one_of(st.text(max_size=300), LONG, st.just(""), st.just("\n"), st.just("\u200b")), min_size=1)
BROKEN = re.compile(r"<[^>]*$|&[a-z]*$")


def fits(shown: SlackMessage) -> None:
    assert faults(shown.blocks) == []
    assert shown.text.strip()
    assert len(shown.text) <= 4_000
    assert 1 <= len(shown.blocks) <= 50


@settings(max_examples=250, deadline=None, suppress_health_check=list(HealthCheck))
@given(question=st.sampled_from(QUESTIONS), words=WORDS, outside=st.booleans())
@example(question="who holds the National Pupil Database?", words=["&<>*_~`" * 3_000], outside=True)
@example(question="What data does DWP hold?", words=["\u202e"], outside=False)
def test_any_text_in_any_field_of_any_answer_fits(
    answering: Answering, question: str, words: list[str], outside: bool
) -> None:
    endless = itertools.cycle(words)
    answer = with_words(answering.answer(question), lambda _word: next(endless))
    fits(as_message(answer, with_vocabulary(answering.vocabulary, answer), is_shared_outside=outside))


@pytest.mark.parametrize("question", QUESTIONS)
def test_every_answer_as_it_is_fits(answering: Answering, question: str) -> None:
    shown = as_message(answering.answer(question), answering.vocabulary)
    fits(shown)
    assert "None" not in shown.text
    assert "  " not in shown.text.replace("\n\n", "")
    assert "\n\n\n" not in shown.text


@pytest.mark.parametrize("question", QUESTIONS)
def test_the_text_of_an_answer_alone_says_all_that_its_blocks_say(answering: Answering, question: str) -> None:
    shown = as_message(answering.answer(question), answering.vocabulary)
    for block in shown.blocks:
        if block["type"] in ("section", "context"):
            said = [block["text"]["text"]] if "text" in block else [part["text"] for part in block["elements"]]
            assert all(piece in shown.text for piece in said)


@pytest.mark.parametrize("question", QUESTIONS)
def test_every_button_of_an_answer_has_a_label_of_words_and_no_two_sound_alike(
    answering: Answering, question: str
) -> None:
    shown = as_message(answering.answer(question), answering.vocabulary)
    buttons = [block["accessory"] for block in shown.blocks if "accessory" in block]
    buttons += [each for block in shown.blocks if block["type"] == "actions" for each in block["elements"]]
    spoken = [each.get("accessibility_label") or each["text"]["text"] for each in buttons]
    assert all(any(letter.isalpha() for letter in label) for label in spoken)
    assert len(set(spoken)) == len(spoken)


def test_a_corrected_answer_has_a_button_that_searches_for_what_was_typed(answering: Answering) -> None:
    question = "who holds rough sleping counts"
    shown = as_message(answering.answer(question), answering.vocabulary, asked=Asked(question))
    elements = [each for block in shown.blocks if block["type"] == "actions" for each in block["elements"]]
    back = next(each for each in elements if each["text"]["text"] == "Search instead for “sleping”")
    assert (back["action_id"], back["value"]) == ("question.ask", "who holds rough “sleping” counts")
    assert answering.answer(back["value"]).corrections == ()


def test_the_questions_between_them_give_every_kind_of_answer(answering: Answering) -> None:
    intents = {intent for intent, _outcome in answering.outcomes()}
    assert intents >= {"holders", "describe", "contact", "holdings", "define", "help", "social", "out_of_scope"}
    assert len({outcome for _intent, outcome in answering.outcomes()}) >= 4


def test_a_message_that_outsiders_may_read_says_so_in_every_block(answering: Answering) -> None:
    answer = answering.answer("who holds the National Pupil Database?")
    inside, outside = (
        as_message(answer, answering.vocabulary, is_shared_outside=shared).blocks for shared in (False, True)
    )
    assert all(block["block_id"].startswith(OUTSIDE) for block in outside)
    assert not any("block_id" in block for block in inside)


@given(st.text(alphabet="a <>&;|\nhttps:/gt", max_size=200), st.integers(1, 40))
def test_a_long_text_is_never_cut_inside_a_link_or_an_entity(text: str, times: int) -> None:
    whole = (text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;") + "<https://a.example|b>") * times
    shown = section(whole * 10).to_dict()["text"]["text"]
    assert len(shown) <= blocks.SECTION
    assert not BROKEN.search(shown.removesuffix("…"))
    alone = message(whole * 10, []).text
    assert len(alone) <= blocks.TEXT
    assert not BROKEN.search(alone.removesuffix("…"))


def test_a_message_of_too_many_blocks_says_that_there_is_more() -> None:
    shown = message("text", [section(f"number {number}") for number in range(100)])
    assert len(shown.blocks) == blocks.MOST_BLOCKS + 1
    assert "more" in shown.blocks[-1]["elements"][0]["text"]
    assert faults(shown.blocks) == []


def test_a_message_of_too_many_characters_says_that_there_is_more() -> None:
    shown = message("text", [section("x" * 2_800) for _ in range(10)])
    assert faults(shown.blocks) == []
    assert "more" in shown.blocks[-1]["elements"][0]["text"]


@pytest.mark.parametrize("asked", ["é" * 1_000, '"' * 1_000, "\\" * 1_000, "\n" * 1_000, "plain " * 160])
def test_turning_an_answer_down_carries_the_question_whole_or_shorter_but_never_torn(
    answering: Answering, asked: str
) -> None:
    answer = answering.answer("who holds the National Pupil Database?")
    answer = replace(
        answer, shown=tuple(replace(each, dataset=replace(each.dataset, id="x" * 299)) for each in answer.shown * 3)
    )
    shown = as_message(answer, answering.vocabulary, asked=Asked(asked))
    carried = [
        element["value"]
        for block in shown.blocks
        for element in block.get("elements", ())
        if element.get("action_id") == "answer.reject"
    ]
    assert carried
    told = json.loads(carried[0])
    assert asked.startswith(told["asked"])
    assert set(told["shown"]) == {"x" * 299}
    assert BUTTONS["answer.reject"](carried[0])


def test_words_that_happen_to_be_a_fixed_phrase_of_ours_stand_as_they_are() -> None:
    with speaking(Language.WELSH):
        assert button("Edit", action_id="entry.edit", value="x").to_dict()["text"]["text"] != "Edit"
        named = button_saying("Edit", action_id="question.ask", value="x", about="Follow").to_dict()
        assert (named["text"]["text"], named["accessibility_label"]) == ("Edit", "Edit: Follow")
        assert option("edit", "Other").to_dict()["text"]["text"] == "Other"
        choices = select_input("theme", "Theme", {"Edit": "Edit"}).to_dict()["element"]["options"]
        assert choices[0]["text"]["text"] == "Edit"


@given(st.text(max_size=200), st.text(max_size=3_000), st.none() | st.text(max_size=200))
def test_any_button_fits(label: str, value: str, about: str | None) -> None:
    element = button(label, action_id="question.ask", value=value, about=about)
    assert faults([buttons(element).to_dict(), divider().to_dict(), note("x").to_dict()]) == []


def test_choices_that_begin_alike_can_be_told_from_each_other_however_long_they_are():
    long = "rhubarb " * 30
    labels = [_choice(f"What does {long}{end}?") for end in ("mean", "cover")]
    assert len(set(labels)) == 2
    assert all(len(label) <= 70 for label in labels)
    assert _choice("Who holds it?") == "Who holds it?"
