"""Where the catalogue has not quite what a message asks for, what comes near is offered, and nothing is claimed."""

from __future__ import annotations

from datetime import datetime

import pytest

from catalogue.model import GOVERNMENT
from catalogue.search.vocabulary import Vocabulary
from intents.answers import Answer, Outcome
from intents.context import Context, Question
from intents.understand import respond, understand


@pytest.fixture
def asked(sample_catalogue, now: datetime):
    context = Context(sample_catalogue.db, sample_catalogue)

    def ask(text: str) -> Answer:
        return respond(context, Question(text, GOVERNMENT, now))

    return ask


def ids(answer: Answer) -> list[str]:
    return [entry.dataset.id for entry in answer.shown]


def test_where_one_of_two_is_not_found_the_nearest_are_offered_to_be_compared(asked):
    answer = asked("what is the difference between the care inspectorate datastore and whatsitsname")
    assert (answer.intent, answer.outcome) == ("compare", Outcome.CLARIFY)
    assert "care-inspectorate/datastore" in ids(answer)
    assert [choice.question for choice in answer.choices] == [f"what is {each}" for each in ids(answer)]


def test_what_a_body_has_nothing_on_is_said_and_what_it_has_is_listed(asked):
    answer = asked("What does Ofgem hold on lichens and prisons?")
    assert (answer.intent, answer.outcome) == ("holdings", Outcome.ANSWERED)
    assert answer.details["without"] == "prisons"
    assert ids(answer)[0].startswith("ofgem/")


def test_what_no_entry_is_named_by_is_no_subject_of_what_a_body_holds(asked):
    answer = asked("What does the Charity Commission hold out of curiosity?")
    assert (answer.details["without"], answer.subject) == ("", "")
    assert len(ids(answer)) == answer.details["total"] == 2


def test_a_short_name_in_passing_does_not_outweigh_what_fits_the_message_best(asked):
    assert ids(asked("What is in the CQC notifications?"))[0] == "cqc/statutory-notifications"


def test_asked_of_an_entry_that_is_hardly_found_the_nearest_are_offered(asked):
    answer = asked("is there a generic address for the prescribing open data people, mine's from 2017")
    assert (answer.intent, answer.outcome) == ("contact", Outcome.CLARIFY)
    assert "nhsbsa/english-prescribing-dataset" in ids(answer)
    assert 1 < len(ids(answer)) == len(answer.choices)


def test_what_an_acronym_is_that_stands_for_data_alone_is_its_entry(asked):
    assert (asked("what is SHBE").intent, asked("what does SHBE mean").intent) == ("describe", "define")


def test_what_names_an_entry_is_not_turned_away(vocabulary: Vocabulary):
    assert understand("fancy a pint of that", vocabulary, lambda _word: False).name == "out_of_scope"
    named = understand("fancy a pint of that", vocabulary, lambda _word: False, lambda _text: True)
    assert named.name != "out_of_scope"
    assert named.unsure_of
