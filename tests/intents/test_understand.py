"""Whatever is written, it is read; and what certain messages are read as."""

from __future__ import annotations

import os
from datetime import datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from catalogue import datasets
from catalogue.model import PUBLIC
from catalogue.search.find import Search
from catalogue.search.vocabulary import Vocabulary
from catalogue.store import Database
from intents.answers import Answer, Outcome
from intents.context import Context, Question
from intents.phrase import read_message
from intents.remembered import PASSING
from intents.slots import read_slots
from intents.two import two_questions
from intents.understand import BY_NAME, respond, understand
from intents.which import ASKED_AS, which

MANY = 10_000 if "WHOHOLDS_PROOF" in os.environ else 150
FRAGMENTS = (
    "who holds ", "SR-0042 ", "the second one ", "2015-2020 ", "not the ", "in Wales ", "dfe/npd ",
    "with a university ",
    "Zebedee Quillfeather ", "<@U0BOT> ", "> ", "``` ", "\u202e", "\U0001f937", "¿", "'s ", "((((", "or " * 30,
    "0" * 60,
    "a" * 300, "\ud800", "\x00", "&amp;", "AB 12 34 56 C ", "-" * 200, "? " * 50,
)  # fmt: skip
HOSTILE = st.one_of(
    st.text(max_size=400),
    st.lists(st.sampled_from(FRAGMENTS), max_size=40).map("".join),
    st.lists(st.one_of(st.sampled_from(FRAGMENTS), st.text(max_size=20)), max_size=30).map(" ".join),
)


@settings(max_examples=MANY, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=HOSTILE)
def test_any_text_is_read_without_an_error(text: str, vocabulary: Vocabulary):
    intent = understand(text, vocabulary)
    assert intent.name in BY_NAME
    assert 0 <= intent.confidence <= 1


@pytest.mark.parametrize("piece", FRAGMENTS)
def test_forty_thousand_characters_are_read_without_an_error(piece: str, vocabulary: Vocabulary):
    assert understand((piece * 40_000)[:40_000], vocabulary).name in BY_NAME


@pytest.mark.parametrize(
    ("text", "name", "value"),
    [
        ("request HES for 2019 to 2023", "period", "2019-2023"),
        ("exclusions 2015 onwards", "period", "2015-"),
        ("who holds dole figures back to the 70s", "period", "1970-1979"),
        ("birth records from the 1890s", "period", "1890-1899"),
        ("what's happening with sr 9", "reference", "SR-0009"),
        ("does it cover all four nations", "place", "United Kingdom"),
        ("could a journalist have the fire records", "recipient", "the press"),
        ("we're a council, can we use SHBE", "recipient", "a council"),
        ("can I use it for fraud checks", "purpose", "fraud"),
        ("pupil level exclusions", "granularity", "record_level"),
        ("how many people claim by ward", "granularity", "aggregate"),
    ],
)
def test_what_is_said_is_read(text: str, name: str, value: str, vocabulary: Vocabulary):
    slots = read_slots(read_message(text), vocabulary, kind="conditions")
    said = getattr(slots, name)
    assert said == value or (name == "recipient" and said and said.removeprefix("a ") == value.removeprefix("a "))


def test_a_slip_of_the_finger_in_the_asking_words_does_no_harm(vocabulary: Vocabulary):
    known = {"school", "census"}.__contains__
    assert understand("how ofetn is the school census updtaed", vocabulary, known).name == "freshness"


@pytest.mark.parametrize("text", ["asdfghjkl", "wo ist der bahnhof", "tell me a joke", "can you book me a room"])
def test_what_is_not_for_us_is_out_of_scope(text: str, vocabulary: Vocabulary):
    assert understand(text, vocabulary, lambda _word: False).name == "out_of_scope"


def test_what_is_not_sure_and_finds_nothing_is_asked_back_with_at_most_three_choices():
    answer = Answer("holders", Outcome.NONE, 0.3, "hedgehog lamps")
    asked = which(answer, ("holders", "social", "describe", "access", "contact"), "hedgehog lamps")
    assert asked.outcome is Outcome.CLARIFY
    assert [choice.label for choice in asked.choices] == [
        "Who holds hedgehog lamps?",
        "What is hedgehog lamps?",
        "How do I get hedgehog lamps?",
    ]


def test_nothing_is_asked_back_where_there_is_no_subject():
    answer = Answer("holders", Outcome.NONE, 0.3)
    assert which(answer, ("holders", "describe"), " ") is answer


@pytest.mark.parametrize("kind", ASKED_AS)
def test_a_choice_is_read_as_the_kind_it_stands_for(kind: str, vocabulary: Vocabulary):
    assert understand(ASKED_AS[kind].format("the school census"), vocabulary).name == kind


@pytest.mark.parametrize("text", ["null", "NaN", "undefined", "a" * 100_000, "zzzzzz", "{}"])
def test_what_nobody_says_is_no_thanks(text: str, vocabulary: Vocabulary):
    assert understand(text, vocabulary, lambda _word: False).name == "out_of_scope"


def test_the_scheme_of_a_link_is_no_word():
    assert "https" not in read_message("who holds https://www.gov.uk/fly-tipping").text


def test_of_two_questions_the_second_is_offered(vocabulary: Vocabulary):
    def read(text: str) -> tuple[str, float]:
        intent = understand(text, vocabulary)
        return intent.name, intent.confidence

    text = "Who holds fly tipping data? And when is the school census next updated?"
    assert two_questions(text, read, PASSING) == (
        "Who holds fly tipping data?",
        "when is the school census next updated?",
    )


@pytest.mark.parametrize(
    ("text", "first", "other"),
    [
        (
            "who holds price paid data, and when was it last updated",
            "who holds price paid data",
            "when was it last updated",
        ),
        (
            "How do I get price paid data. Also who do I contact about it",
            "How do I get price paid data.",
            "who do I contact about it",
        ),
    ],
)
def test_two_questions_need_no_question_mark(text: str, first: str, other: str, vocabulary: Vocabulary):
    kinds = {first: ("holders", 0.9), other: ("freshness", 0.9)}
    assert two_questions(text, kinds.__getitem__, PASSING) == (first, other)


def test_a_subject_of_two_parts_is_one_question():
    assert two_questions("who holds stop and search data", lambda part: (part, 0.9), PASSING) is None


@pytest.mark.parametrize(
    "text",
    ["Who holds fly tipping data? The council?", "Who holds fly tipping? who holds fly tips?", "hello? anyone there?"],
)
def test_a_question_asked_twice_is_one(text: str):
    assert two_questions(text, lambda part: ("holders", 0.9), PASSING) is None


@pytest.mark.parametrize(
    "text", ["who holds free school meals data?", "what is Price Paid Data?", "what does NPD mean?"]
)
def test_an_answer_asks_the_record_once_what_is_new(
    text: str, sample_catalogue: Search, now: datetime, monkeypatch: pytest.MonkeyPatch
):
    asked: list[Database] = []
    last_change = datasets.last_change

    def noted(db: Database) -> int:
        asked.append(db)
        return last_change(db)

    monkeypatch.setattr(datasets, "last_change", noted)

    respond(Context(sample_catalogue.db, sample_catalogue), Question(text, PUBLIC, now))

    assert len(asked) == 1
