"""What "it", "the second one" and "just Wales" refer to, over the sample catalogue."""

from __future__ import annotations

from datetime import datetime

import pytest

from bot.slack.answers import as_message
from catalogue import datasets
from catalogue.model import GOVERNMENT, PUBLIC, Audience, Visibility
from intents.answers import Answer
from intents.context import Context, Question
from intents.remembered import Conversation, State
from intents.second_try import respond_again
from intents.understand import respond


@pytest.fixture
def says(sample_catalogue, now: datetime):
    """Says a message in one conversation and gives the answer."""
    conversation = Conversation()
    context = Context(sample_catalogue.db, sample_catalogue)

    def say(text: str, audience: Audience = GOVERNMENT) -> Answer:
        return respond(context, Question(text, audience, now), conversation)

    say.conversation = conversation
    return say


def ids(answer: Answer) -> list[str]:
    return [entry.dataset.id for entry in answer.shown]


def test_it_is_the_entry_that_was_answered(says):
    says("who holds Price Paid Data?")
    answer = says("how often is it updated?")
    assert (answer.intent, ids(answer)[0]) == ("freshness", "hmlr/price-paid-data")


def test_the_second_one_is_the_second_of_the_last_answer(says):
    second = ids(says("compare ONSPD and NSPL"))[1]
    assert ids(says("what's in the second one?"))[0] == second


def test_just_a_place_asks_the_same_of_that_place(says):
    says("who has rough sleeper numbers")
    answer = says("just Wales")
    assert answer.intent == "holders"
    assert ids(answer)[0].startswith("wg/")


@pytest.mark.parametrize("before", ["what data does the DVLA hold", "who holds free school meals data"])
def test_a_whole_name_in_a_long_question_is_what_it_is_of_whatever_was_talked_about(says, before):
    says(before)
    answer = says("can we share the national pupil database with a university for research")
    assert (answer.intent, ids(answer)) == ("conditions", ["dfe/national-pupil-database"])


def test_all_that_a_body_holds_is_not_only_what_was_talked_about(says):
    says("who holds free school meals data?")
    answer = says("what data does DWP hold")
    assert (answer.intent, answer.subject) == ("holdings", "")


def test_what_nobody_holds_is_said_whatever_was_talked_about(says):
    says("who holds school exclusions data")
    answer = says("who holds zebra stripe widths")
    assert (answer.intent, answer.outcome, ids(answer)) == ("holders", "none", [])


@pytest.mark.parametrize("before", ["hello", "who holds school exclusions data"])
def test_a_place_asked_of_a_title_is_asked_of_that_entry(says, before):
    says(before)
    answer = says("Does Price Paid Data cover Scotland?")
    assert ids(answer)[0] == "hmlr/price-paid-data"


def test_a_purpose_alone_asks_for_the_conditions_for_it(says):
    says("what is the school census?")
    answer = says("what if it's for research?")
    assert (answer.intent, answer.purpose, ids(answer)[0]) == (
        "conditions",
        "research",
        "dfe/school-census-pupil-level",
    )


def test_request_it_asks_for_the_entry(says):
    says("who holds the National Pupil Database?")
    answer = says("ok request it")
    assert (answer.intent, ids(answer)[0]) == ("access", "dfe/national-pupil-database")


def test_a_new_subject_is_a_new_question(says):
    says("who holds free school meals data?")
    answer = says("thanks, and who holds prison data?")
    assert answer.intent == "holders"
    assert not any("meals" in entry.dataset.title.lower() for entry in answer.shown)


def test_a_refused_turn_leaves_the_subject_as_it_was(says):
    says("who holds Price Paid Data?")
    says("tell me a joke")
    assert ids(says("who do I ask about it?"))[0] == "hmlr/price-paid-data"


def test_without_anything_before_it_nothing_is_guessed(says):
    assert ids(says("who do I ask about it?")) == []


def test_an_entry_that_the_readers_may_not_know_is_not_it(says):
    says.conversation.state = State(
        kind="holders", entries=("dfe/free-school-meals-eligibility-checking-service",), terms=""
    )
    assert ids(says("what is it?", PUBLIC)) == []


def test_the_state_survives_being_written_down(says):
    from dataclasses import asdict
    from json import dumps, loads

    says("who holds Price Paid Data?")
    kept = loads(dumps(asdict(says.conversation.state)))
    assert State.of(kept) == says.conversation.state


def test_a_body_that_would_use_the_data_is_not_where_it_is_from(says):
    first = ids(says("who holds housing benefit data"))[0]
    answer = says("can Camden council use it for fraud")
    assert (answer.intent, ids(answer)[0], answer.recipient) == ("conditions", first, "Camden Council")
    answer = says("and for debt?")
    assert (answer.intent, ids(answer)[0], answer.purpose) == ("conditions", first, "debt")


def test_who_asks_is_taken_as_who_would_use_it(says):
    first = ids(says("who has the pupil level school census for wales"))[0]
    answer = says("I work at a university in Leeds")
    assert (answer.intent, ids(answer)[0], answer.recipient) == ("conditions", first, "a university")


@pytest.mark.parametrize("text", ["what's different between them", "what is the difference", "compare them"])
def test_what_was_talked_about_is_compared_with_what_came_before(says, text: str):
    england = ids(says("looking for energy performance certificates"))[0]
    scotland = ids(says("scotland?"))[0]
    answer = says(text)
    assert (answer.intent, ids(answer)) == ("compare", [scotland, england])


def test_the_first_and_the_third_are_compared(says):
    entries = ids(says("who holds blue badge data"))
    assert ids(says("compare the first and the third")) == [entries[0], entries[2]]


def test_another_body_is_asked_the_same(says):
    says("what does DVLA hold")
    answer = says("what about Ofsted?")
    assert answer.intent == "holdings"
    assert all(each.startswith("ofsted/") for each in ids(answer))


def test_a_message_with_no_subject_is_about_what_was_talked_about(says):
    first = ids(says("gp appointments"))[0]
    assert (says("send me the link").intent, ids(says("send me the link"))[0]) == ("access", first)


def test_not_this_place_but_that_one(says):
    says("who holds hospital admissions for every patient")
    assert ids(says("not England, Wales"))[0].startswith(("dhcw/", "wg/", "phw/"))


def test_the_same_is_asked_of_another_one(says):
    says("who do i ask about the driver register?")
    answer = says("and the vehicle one")
    assert (answer.intent, ids(answer)[0]) == ("contact", "dvla/vehicle-register")


def test_what_is_said_to_be_another_question_is_one(says):
    says("who holds Price Paid Data?")
    answer = says("ta. different question: who holds MOT failures")
    assert ids(answer)[0].startswith("dvsa/")


def test_an_entry_found_only_by_a_word_put_right_is_less_certain(says):
    plain = says("who do i ask about the cattle tracing system?")
    mended = says("who do i ask about the cattel tracng systm?")
    assert ids(plain)[0] == ids(mended)[0]
    assert mended.confidence < plain.confidence


def test_a_decade_is_a_period_that_an_entry_covers_or_not(says):
    assert says("does price paid data go back to the 1980s?").period == "1980-1989"


def test_what_a_reader_may_not_know_is_not_what_it_refers_to(says, sample_catalogue):
    """What was shown to government is looked up anew for whoever reads the next answer."""
    hidden = next(
        entry
        for entry in datasets.changed_since(sample_catalogue.db, 0, limit=1_000)
        if entry.visibility is Visibility.GOVERNMENT
    )
    assert ids(says(hidden.id)) == [hidden.id]
    answer = says("who do I ask about it?", PUBLIC)
    assert hidden.id not in ids(answer)
    assert hidden.title not in str(answer)


def test_a_term_that_is_only_the_name_of_an_entry_leads_to_it(says, sample_catalogue):
    answer = says("what does RV mean")
    assert ids(answer)[0].startswith("voa/")
    assert answer.shown[0].dataset.title in as_message(answer, sample_catalogue.vocabulary()).text


def test_a_term_put_right_has_only_the_meaning_that_was_meant(says):
    assert len(says("PIP").meanings) > 1
    assert [meaning.kind for meaning in says("no, I meant PIP the benefit").meanings] == ["benefit"]


def test_no_the_first_one_is_the_first_of_what_was_shown(says):
    first = ids(says("who holds stop and search data"))[0]
    answer = says("nope, the first one")
    assert answer.intent != "review_queue"
    assert ids(answer) == [first]


def test_which_of_those_is_answered_with_the_one_that_has_it(says):
    says("compare the labour force survey and the annual population survey")
    answer = says("which one does local authorities")
    assert (answer.intent, ids(answer)[0]) == ("coverage", "ons/annual-population-survey")


def test_where_it_is_up_to_is_asked_of_the_request(says):
    says("how do I get access to Hospital Episode Statistics")
    assert says("where's it up to").intent == "my_requests"


def test_what_replaced_an_entry_is_the_one_that_took_its_place(says):
    says("what is hesa/student-record-c051")
    assert ids(says("what replaced it?"))[0] == "hesa/student-record"


def test_words_that_say_who_asks_do_not_lose_what_is_talked_about(says):
    says("who holds the homicide index")
    answer = says("we're doing domestic homicide reviews for three partnerships")
    assert (answer.intent, ids(answer)) == ("conditions", ["home-office/homicide-index"])


@pytest.mark.parametrize("text", ["since the pandemic?", "the last five years?", "is last winter in it"])
def test_a_time_without_a_year_is_asked_of_the_entry(text: str, says):
    says("does stop and search cover Wales")
    answer = says(text)
    assert (answer.intent, ids(answer)[0]) == ("coverage", "police-uk/stop-and-search")
    assert answer.period


def test_the_id_of_an_entry_is_no_place_that_is_asked_for(says):
    says("who holds stop and search data")
    assert says("does it cover 2020?").place is None


def test_back_to_the_first_one_is_what_was_talked_about_first(says):
    says("what is the homicide index")
    says("what is the VAT register")
    assert ids(says("back to the first one, how old is it")) == ["home-office/homicide-index"]


def test_a_mended_entry_is_the_one_that_is_named(says):
    says("what is the national pupil database")
    answer = says("the entry for price paid data is wrong")
    assert (answer.intent, ids(answer)) == ("report_problem", ["hmlr/price-paid-data"])


def test_where_another_entry_is_nearly_as_likely_it_is_offered(says, monkeypatch):
    monkeypatch.setattr("intents.conversation.OFFERED", 0.0)
    says("who holds the school census")
    answer = says("how old is it")
    assert len(answer.shown) == 1
    assert 1 <= len(answer.choices) <= 3
    assert answer.choices[0].question.startswith("How current is ")
    assert ids(answer)[0] not in answer.choices[0].question


def test_what_was_not_meant_in_a_conversation_is_looked_for_with_what_was_talked_about(says, sample_catalogue, now):
    says("who holds stop and search data")
    given = ids(says("and Wales?"))
    question = Question("and Wales?", GOVERNMENT, now)
    context = Context(sample_catalogue.db, sample_catalogue)
    again = ids(respond_again(context, question, given, says.conversation.state))
    assert again and set(again).isdisjoint(given)
    assert any("stop-and-search" in each for each in (*given, *again))


def test_small_talk_in_a_conversation_is_no_question_about_its_entry(says):
    says("who holds rough sleeping numbers")
    answer = says("Fancy a pint?")
    assert (answer.intent, answer.shown) == ("out_of_scope", ())
    assert ids(says("how old is it?"))[0] == "mhclg/rough-sleeping-snapshot"


def test_a_place_that_another_entry_covers_asks_of_that_one(says):
    says("who holds the electoral register for Leeds")
    assert (says("and the open version").intent, says("can we chase a debt with it").intent) == (
        "holders",
        "conditions",
    )
    assert ids(says("Tower Hamlets, same rules?")) == ["tower-hamlets/electoral-register"]


def test_an_older_answer_that_was_not_meant_is_not_looked_for_with_what_was_talked_about_since(
    says, sample_catalogue, now
):
    says("who holds stop and search data")
    text = "and Wales?"
    given = ids(says(text))
    says("Does Price Paid Data cover Scotland?")
    context = Context(sample_catalogue.db, sample_catalogue)
    question = Question(text, GOVERNMENT, now)
    again = ids(respond_again(context, question, given, says.conversation.state))
    assert again and again == ids(respond_again(context, question, given))
    assert "hmlr/price-paid-data" not in again
