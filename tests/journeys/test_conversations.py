"""A thread and a direct message in which nobody repeats themselves."""

from __future__ import annotations

import json

from bot.playground.model import Message
from tests.journeys.conftest import Town


def follows(town: Town, question: Message, text: str) -> Message:
    """Somebody asks on in the thread of a question; returns the answer to that."""
    before = len(town.answers(question))
    town.mention(text, thread_ts=question.ts)
    town.workspace.wait_for(lambda _: len(town.answers(question)) > before)
    return town.answers(question)[-1]


def test_in_a_thread_it_is_what_was_answered_last(town: Town) -> None:
    question = town.mention("who holds Price Paid Data?")
    (first,) = town.answers(question)
    assert "HM Land Registry" in first.text
    answer = follows(town, question, "who do I ask about it?")
    assert "Price Paid Data" in answer.text


def test_another_thread_knows_nothing_of_it(town: Town) -> None:
    town.asks("who holds Price Paid Data?")
    assert "Price Paid" not in town.asks("who do I ask about it?").text


def test_in_a_direct_message_the_next_question_follows_the_last(town: Town) -> None:
    town.asks_directly("who holds rough sleeping data?")
    assert "Northern Ireland" in town.asks_directly("and for Northern Ireland?").text


def test_a_look_up_of_a_person_is_refused_and_does_not_poison_what_follows(town: Town) -> None:
    question = town.mention("who holds Price Paid Data?")
    town.answers(question)
    refused = follows(town, question, "what is the home address of Percival Snodgrass?")
    assert "cannot look up people" in refused.text
    assert "Price Paid Data" in follows(town, question, "how current is it?").text


def test_what_is_kept_of_a_conversation_is_no_message(town: Town) -> None:
    town.asks_directly("hello, Wilhelmina in wibbleshire would like to know who holds free school meals data")
    town.settles()
    (row,) = town.db.query("SELECT state FROM conversations")
    assert json.loads(row["state"])["entries"]
    for word in ("hello", "like", "wilhelmina", "wibbleshire"):
        assert word not in row["state"].lower()


def test_a_restart_forgets_nothing_of_a_thread(town: Town) -> None:
    question = town.mention("who holds Price Paid Data?")
    town.answers(question)
    town.settles()
    town.restart()
    assert "Price Paid Data" in follows(town, question, "who do I ask about it?").text


def test_what_nobody_holds_is_noted_without_what_was_said_around_it(town: Town) -> None:
    town.asks_directly("Hiya, Wilhelmina at wibbleshire here. who holds zebra stripe widths?")
    town.settles()
    noted = str(town.db.query("SELECT * FROM unanswered"))
    assert "zebra" in noted
    for word in ("wilhelmina", "wibbleshire"):
        assert word not in noted.lower()
