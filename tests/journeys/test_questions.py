"""The civil servant's day: what is asked in Slack, and what comes back."""

from __future__ import annotations

import io
import re
from pathlib import Path
from types import ModuleType

import pytest

from bot.playground.model import Message
from bot.playground.transcript import texts
from catalogue import demand, outbox
from intents.understand import INTENTS
from tests.journeys.conftest import ANALYST, OFFICER, Town


def buttons(message: Message) -> list[tuple[str, str]]:
    """The buttons of a message: action_id and value."""
    elements = [each for block in message.blocks for each in (*block.get("elements", ()), block.get("accessory", {}))]
    return [(each["action_id"], each["value"]) for each in elements if each.get("type") == "button"]


def words(message: Message) -> str:
    """All that a message shows, for those who see blocks."""
    return "\n".join(texts(message.blocks))


def test_a_mention_is_answered_in_its_thread_with_holder_reason_access_freshness_and_contact(town: Town) -> None:
    question = town.mention("who holds the National Pupil Database?")
    (answer,) = town.answers(question)
    assert answer.thread_ts == question.ts
    for shown in (answer.text, words(answer)):
        assert "Department for Education" in shown
        assert "in its title" in shown, "why it was found"
        assert "Shared on request" in shown, "how open it is"
        assert "updated every term" in shown, "how fresh it is"
        assert "pupil-data@education.example.gov.uk" in shown, "whom to ask"


def test_a_question_in_a_thread_is_answered_in_that_thread(town: Town) -> None:
    root = town.workspace.post(town.channel, "We need house prices.", user=OFFICER)
    answer = town.asks("who holds Price Paid Data?", thread_ts=root.ts)
    assert answer.thread_ts == root.ts
    assert "HM Land Registry" in answer.text


def test_a_direct_message_is_answered_beside_it_and_in_a_thread_in_the_thread(town: Town) -> None:
    answer = town.asks_directly("who holds food hygiene ratings?")
    assert answer.thread_ts is None
    assert "Food Standards Agency" in answer.text
    question = town.workspace.messages(answer.channel)[0]
    assert town.asks_directly("who holds Price Paid Data?", thread_ts=question.ts).thread_ts == question.ts


def test_the_command_is_answered_for_the_asker_only(town: Town) -> None:
    answer = town.commands("Price Paid Data")
    assert answer.ephemeral_to == OFFICER
    assert "HM Land Registry" in answer.text
    assert town.workspace.calls_to("response_url")


def test_the_command_without_a_question_says_what_can_be_asked(town: Town) -> None:
    assert "for example" in town.commands("").text


def test_more_about_this_tells_more_in_the_same_thread(town: Town) -> None:
    question = town.mention("who holds the National Pupil Database?")
    (answer,) = town.answers(question)
    assert ("entry.describe", "dfe/national-pupil-database") in buttons(answer)
    more = town.clicks(answer, "entry.describe", value="dfe/national-pupil-database")
    assert more.thread_ts == question.ts
    assert "National Pupil Database" in more.text
    assert "from 1996" in more.text


def test_a_button_of_a_private_answer_is_answered_privately(town: Town) -> None:
    private = town.commands("who holds the National Pupil Database?")
    more = town.clicks(private, "entry.describe", value="dfe/national-pupil-database")
    assert more.ephemeral_to == OFFICER
    assert "from 1996" in more.text


def test_a_button_in_a_direct_message_is_answered_there(town: Town) -> None:
    answer = town.asks_directly("who holds the National Pupil Database?")
    more = town.clicks(answer, "entry.describe", value="dfe/national-pupil-database")
    assert (more.channel, more.thread_ts) == (answer.channel, None)


def test_a_button_pressed_by_somebody_else_is_answered_too(town: Town) -> None:
    answer = town.asks("who holds the National Pupil Database?")
    assert "from 1996" in town.clicks(answer, "entry.describe", user=ANALYST, value="dfe/national-pupil-database").text


def test_where_several_entries_fit_each_can_be_picked_by_a_button(town: Town) -> None:
    answer = town.asks("tell me about housing registers")
    picks = [value for action, value in buttons(answer) if action.startswith(("entry.", "question."))]
    assert len(picks) == len(set(picks)) >= 2, town.workspace.transcript()
    for action, value in buttons(answer)[:2]:
        picked = town.clicks(answer, action, value=value)
        assert picked.thread_ts == answer.thread_ts
        assert picked.text


def test_help_says_what_can_be_asked_and_the_first_example_works(town: Town) -> None:
    answer = town.asks("help")
    example = next(line[2:] for line in answer.text.splitlines() if line.startswith("• "))
    assert "free school meals" in example
    assert "ree school meals" in town.asks(example).text


def test_thanks_are_answered_shortly_and_nothing_is_recorded(town: Town) -> None:
    answer = town.asks("thanks, that is great")
    assert "welcome" in answer.text
    assert len(answer.text) < 200
    assert demand.gaps(town.db) == []


def test_an_acronym_is_told_with_a_button_that_asks_who_holds_it(town: Town) -> None:
    answer = town.asks("what does NPD mean?")
    assert "National Pupil Database" in answer.text
    (action, value), *_ = [each for each in buttons(answer) if each[0].startswith("question.ask")]
    assert "Department for Education" in town.clicks(answer, action, value=value).text


def test_what_an_organisation_holds_is_listed_with_its_number(town: Town) -> None:
    answer = town.asks("What data does the Food Standards Agency hold?")
    assert "Food Standards Agency" in answer.text
    assert "Food Hygiene Rating Scheme" in answer.text


def test_whom_to_ask_is_a_team_with_a_mailbox(town: Town) -> None:
    answer = town.asks("who do I ask about the National Pupil Database?")
    assert "pupil-data@education.example.gov.uk" in answer.text


def test_what_nobody_holds_is_said_with_what_comes_near_and_recorded_once(town: Town) -> None:
    question = town.mention("who holds data on the colour of ministerial socks?")
    (answer,) = town.answers(question)
    assert "Nobody" in answer.text
    assert "near" in answer.text
    for delivery in town.sender.deliveries[:]:
        town.sender.redeliver(delivery)
    town.settles()
    (gap,) = demand.gaps(town.db)
    assert "socks" in gap.subject
    assert gap.times == 1


LOOK_UPS = {
    "AB 12 34 56 C": "which benefits does AB 12 34 56 C get",
    "Featherstonehaugh": "what is Jonquil Featherstonehaugh's home address",
    "jonquil.f@example.com": "find the record of jonquil.f@example.com",
    "07700 900461": "whose number is 07700 900461",
    "AA\u200b123456\u200bA": "has AA\u200b123456\u200bA got a pension",
}


@pytest.mark.parametrize("way", ["mention", "direct message", "command"])
def test_a_look_up_of_a_person_is_refused_and_its_words_are_kept_nowhere(
    town: Town, way: str, log: io.StringIO
) -> None:
    ask = {"mention": town.asks, "direct message": town.asks_directly, "command": town.commands}[way]
    for look_up in LOOK_UPS.values():
        assert "cannot look up people" in ask(look_up).text
    town.settles()
    kept = [path.read_bytes() for path in Path(town.settings.database).parent.glob("whoholds.db*")]
    assert len(kept) >= 2, "database and write-ahead log were looked at"
    for canary in LOOK_UPS:
        for spelling in (canary, canary.replace("\u200b", "")):
            assert spelling not in log.getvalue()
            assert not any(spelling.encode() in each for each in kept)


@pytest.mark.parametrize("module", INTENTS, ids=lambda module: module.__name__.rpartition(".")[2])
def test_every_kind_of_question_has_an_answer_in_a_channel(town: Town, module: ModuleType) -> None:
    for question in module.EXAMPLES:
        answer = town.asks(question)
        assert answer.text, question
        assert "Something went wrong" not in answer.text, question
    assert town.settles()["parked"] == 0


def test_conditions_are_explained_by_rules_and_a_missing_fact_is_asked_by_buttons(town: Town) -> None:
    answer = town.asks("Can I use the National Pupil Database?")
    assert re.search(r"\[R\d\d\]", answer.text), "a rule is named"
    assert "National Pupil Database" in answer.text
    for action, value in buttons(answer)[:1]:
        more = town.clicks(answer, action, value=value)
        assert more.thread_ts == answer.thread_ts
        assert re.search(r"\[R\d\d\]", more.text)


@pytest.mark.parametrize(
    "text",
    ["", "   ", "\u0000", "\ud83d", "who holds \ud800 the National Pupil Database", "who " * 9_000, "```", "<" * 300],
    ids=["empty", "spaces", "nul", "half a character", "half in words", "very long", "code fence", "brackets"],
)
def test_odd_text_is_answered_too(town: Town, text: str) -> None:
    assert town.asks(text).text
    assert outbox.counts(town.db)["parked"] == 0


def test_a_message_with_a_file_is_a_question_too(town: Town) -> None:
    channel = town.workspace.open_im(OFFICER)
    message = town.workspace.post(channel, "who holds Price Paid Data?", user=OFFICER)
    event = {"type": "message", "subtype": "file_share", "channel": channel.id, "channel_type": "im", "user": OFFICER}
    town.sender.deliver_event(
        event | {"text": message.text, "ts": message.ts, "files": [{"id": "F1"}]}, subscription="message.im"
    )
    town.settles()
    assert "HM Land Registry" in town.said_to(OFFICER)[-1].text


def test_an_answer_that_always_fails_is_put_aside_and_the_asker_is_told(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise ZeroDivisionError("who holds the crown jewels")

    monkeypatch.setattr("bot.slack.answering.respond", fail)
    monkeypatch.setattr("bot.slack.deliver.TRY_AGAIN", outbox.FIRST_WAIT)
    answer = town.asks("who holds the National Pupil Database?")
    assert "Something went wrong" in answer.text
    assert town.settles() == {"waiting": 0, "sending": 0, "sent": 1, "parked": 1}
    (number,) = [row["number"] for row in town.db.query("SELECT number FROM outbox WHERE state = 'parked'")]
    assert str(number) in answer.text
    monkeypatch.undo()
    assert "Department for Education" in town.asks("who holds the National Pupil Database?").text
