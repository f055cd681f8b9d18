"""Slack on a bad day: what was asked is answered once Slack is back, once where that can be known, in order."""

from __future__ import annotations

import json
import threading
from datetime import timedelta
from itertools import pairwise

import pytest

from bot.playground.model import Message
from bot.slack import api, deliver, otherwise
from catalogue import outbox, people
from catalogue.model import Language
from tests.journeys.conftest import ANALYST, MANAGER, OFFICER, Builder, Town

PUPILS = "who holds the National Pupil Database?"
UNDONE = ["http_500", "http_502_html", "http_503", "drop_before"]
DONE_ALL_THE_SAME = ["drop_after", "truncated_json", "ok_without_ts"]
RETRY_AFTER = ["1", "0", "-5", None, "soon", "Wed, 21 Oct 2026 07:28:00 GMT", "NaN", "1.5", "9" * 30]


@pytest.fixture(autouse=True)
def _slack_asks_to_wait_only_shortly(monkeypatch: pytest.MonkeyPatch) -> None:
    seconds = api._seconds
    monkeypatch.setattr(api, "_seconds", lambda value: min(seconds(value) / 100, 0.1))
    monkeypatch.setattr(outbox, "LONGEST_WAIT", timedelta(milliseconds=200))


def ask(town: Town, way: str) -> None:
    """Ask in one of the two ways in which answers are sent."""
    if way == "chat.postMessage":
        town.mention(PUPILS)
    else:
        assert town.sender.command(OFFICER, town.channel, "/whoholds", PUPILS).ok


def answers(town: Town) -> list[Message]:
    return [message for message in town.workspace.from_bot() if "Department for Education" in message.text]


@pytest.mark.parametrize("way", ["chat.postMessage", "response_url"])
def test_a_call_that_was_not_done_is_made_again_and_answered_once(town: Town, way: str) -> None:
    for number, kind in enumerate(UNDONE, start=1):
        town.workspace.faults.add(kind=kind, method=way, times=3)
        ask(town, way)
        town.settles()
        assert len(answers(town)) == number, kind
        assert [call.done for call in town.workspace.calls_to(way)][-4:] == [False, False, False, True]


@pytest.mark.parametrize("way", ["chat.postMessage", "response_url"])
def test_slack_may_ask_to_wait_in_any_words(town: Town, way: str) -> None:
    for number, wait in enumerate(RETRY_AFTER, start=1):
        town.workspace.faults.add(kind="ratelimited", method=way, retry_after=wait)
        ask(town, way)
        town.settles()
        assert len(answers(town)) == number, wait


@pytest.mark.parametrize(
    ("header", "seconds"),
    [("1", 1), ("30", 30), ("0", 1), (None, 1), ("", 1), ("900", 600), ("soon", 30), ("NaN", 30), ("-1", 30)],
)
def test_how_long_to_wait_is_between_a_second_and_ten_minutes(
    monkeypatch: pytest.MonkeyPatch, header: str | None, seconds: float
) -> None:
    monkeypatch.undo()
    assert api._seconds(header) == seconds


@pytest.mark.parametrize("kind", DONE_ALL_THE_SAME)
def test_a_call_that_was_done_but_not_confirmed_is_repeated_at_most_once(town: Town, kind: str) -> None:
    town.workspace.faults.add(kind=kind, method="chat.postMessage")
    ask(town, "chat.postMessage")
    town.settles()
    assert 1 <= len(answers(town)) <= 2
    assert len({message.client_msg_id for message in answers(town)}) == 1, "Slack can tell that it is the same"


@pytest.mark.parametrize("kind", DONE_ALL_THE_SAME)
def test_where_slack_knows_repeats_by_their_id_there_is_none(town: Town, kind: str) -> None:
    town.workspace.dedupes_client_msg_id = True
    town.workspace.faults.add(kind=kind, method="chat.postMessage", times=2)
    ask(town, "chat.postMessage")
    town.settles()
    assert len(answers(town)) == 1


def test_a_command_whose_answer_was_not_confirmed_is_repeated_at_most_once(town: Town) -> None:
    town.workspace.faults.add(kind="drop_after", method="response_url")
    ask(town, "response_url")
    town.settles()
    assert len(answers(town)) <= 2


def test_an_answer_that_takes_too_long_is_tried_again(build: Builder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(api, "TIMEOUT", api.httpx.Timeout(0.3))
    town = build()
    town.workspace.faults.add(kind="delay:0.6", method="chat.postMessage")
    ask(town, "chat.postMessage")
    town.workspace.wait_for(lambda _: len(answers(town)) == 2)
    town.settles()
    assert len(answers(town)) == 2


def test_a_slow_call_in_one_channel_holds_up_no_other(town: Town) -> None:
    other = town.workspace.add_channel("elsewhere", members=[OFFICER])
    town.workspace.faults.add(kind="delay:0.9", method="chat.postMessage", channel=town.channel.id)
    slow = town.mention(PUPILS)
    assert town.asks(PUPILS, channel=other)
    assert town.thread(slow) == []
    town.settles()
    assert len(town.thread(slow)) == 1


PASSING = sorted(deliver.WORTH_ANOTHER_TRY - {"not_connected", "connection_lost", "unreadable_answer"})
FINAL = [
    "channel_not_found",
    "is_archived",
    "not_in_channel",
    "restricted_action",
    "user_disabled",
    "cannot_dm_bot",
    "msg_too_long",
    "invalid_blocks",
    "missing_scope",
    "ekm_access_denied",
    "thread_not_found",
    "an_error_of_next_year",
]


@pytest.mark.parametrize("way", ["chat.postMessage", "response_url"])
def test_every_error_that_passes_is_waited_for(town: Town, way: str) -> None:
    for number, code in enumerate((code for code in PASSING if not code.startswith("http_")), start=1):
        town.workspace.faults.add(kind=f"error:{code}", method=way)
        ask(town, way)
        town.settles()
        assert len(answers(town)) == number, code


@pytest.mark.parametrize("way", ["chat.postMessage", "response_url"])
def test_every_other_error_is_final_and_kept_for_an_administrator(town: Town, way: str) -> None:
    for number, code in enumerate(FINAL, start=1):
        town.workspace.faults.add(kind=f"error:{code}", method=way)
        ask(town, way)
        assert town.settles()["parked"] == number, code
    assert sorted(town.errors()) == sorted(FINAL)
    told = len(town.said_to(OFFICER))
    assert len(town.workspace.calls_to(way)) - told == len(FINAL), "each was tried once"
    assert answers(town) == []


@pytest.mark.parametrize("code", FINAL)
def test_who_asks_where_the_bot_may_not_write_is_told_so_privately_and_once(town: Town, code: str) -> None:
    town.workspace.faults.add(kind=f"error:{code}", method="chat.postMessage", channel=town.channel.id, times=None)
    asked = town.mention(PUPILS)
    assert town.settles()["parked"] == 1
    told = [message.text for message in town.said_to(OFFICER)]
    assert town.thread(asked) == []
    assert len(town.workspace.from_bot()) == len(told), "nobody else hears of it"
    if code in otherwise.MAY_NOT_WRITE:
        (text,) = told
        assert f"I may not write in <#{town.channel.id}>" in text
        assert "Department for Education" in town.asks_directly(PUPILS).text
    else:
        assert told == []


def test_a_private_word_that_cannot_be_said_either_leads_to_no_other(town: Town) -> None:
    town.workspace.faults.add(kind="error:restricted_action", method="chat.postMessage", times=None)
    town.mention(PUPILS)
    assert town.settles()["parked"] == 2
    assert town.workspace.from_bot() == []


def test_it_is_said_in_the_language_of_who_asked(town: Town) -> None:
    people.choose_language(town.db, "council-officer", Language.WELSH)
    town.workspace.faults.add(kind="error:is_archived", method="chat.postMessage", channel=town.channel.id)
    town.mention(PUPILS)
    town.settles()
    (told,) = town.said_to(OFFICER)
    assert f"Ni chaf ysgrifennu yn <#{town.channel.id}>" in told.text


def test_a_channel_that_is_archived_or_left_before_the_answer_stops_no_other(town: Town) -> None:
    archived = town.workspace.add_channel("closed-soon", members=[OFFICER])
    left = town.workspace.add_channel("left-soon", kind="private", members=[OFFICER])
    town.workspace.token_error = "token_revoked"
    for channel in (archived, left, town.channel):
        town.mention(PUPILS, channel=channel)
    town.workspace.change_channel(archived, archived=True)
    town.workspace.leave(left, town.workspace.bot_user_id)
    town.workspace.token_error = None
    assert town.settles()["parked"] == 2
    assert sorted(town.errors()) == ["channel_not_found", "is_archived"]
    assert [message.channel for message in answers(town)] == [town.channel.id]
    told = " ".join(message.text for message in town.said_to(OFFICER))
    assert all(f"<#{channel.id}>" in told for channel in (archived, left))


def test_a_revoked_token_is_waited_for_and_then_everything_is_said_once(town: Town) -> None:
    town.workspace.token_error = "token_revoked"
    channels = [town.workspace.add_channel(f"room-{number}", members=[OFFICER]) for number in range(5)]
    questions = [town.mention(PUPILS, channel=channel) for channel in channels]
    town.workspace.wait_for(lambda workspace: len(workspace.calls_to("chat.postMessage")) > 10)
    assert answers(town) == []
    assert outbox.counts(town.db)["parked"] == 0
    town.workspace.token_error = None
    town.settles()
    assert [len(town.thread(question)) for question in questions] == [1] * 5


def test_slack_may_be_gone_for_long(town: Town) -> None:
    town.workspace.faults.add(kind="drop_before", times=None)
    town.workspace.faults.add(kind="http_503", times=None)
    questions = [
        town.mention(PUPILS, user, channel)
        for user in (OFFICER, ANALYST, MANAGER)
        for channel in (town.channel, town.workspace.add_channel(f"of-{user}", members=[user]))
    ]
    assert town.sender.command(OFFICER, town.channel, "/whoholds", PUPILS).ok
    town.workspace.wait_for(lambda workspace: len(workspace.calls) > 40)
    assert answers(town) == []
    town.workspace.faults.clear()
    assert town.settles()["parked"] == 0
    assert [len(town.thread(question)) for question in questions] == [1] * 6
    assert len(answers(town)) == 7


def test_after_a_day_it_is_given_up(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outbox, "DEADLINE", timedelta(milliseconds=100))
    town.workspace.faults.add(kind="http_500", method="chat.postMessage", times=None)
    ask(town, "chat.postMessage")
    assert town.settles()["parked"] == 1
    assert town.errors() == ["http_500"]


def test_a_response_address_that_is_too_old_is_given_up(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    town.workspace.faults.add(kind="delay:0.3", method="users.info")
    ask(town, "response_url")
    town.workspace.tickets.expire()
    assert town.settles()["parked"] == 1
    monkeypatch.setattr(deliver, "RESPONSE_LIFE", timedelta(0))
    ask(town, "response_url")
    assert town.settles()["parked"] == 2
    assert sorted(town.errors()) == ["expired_url", "response_address_expired"]


@pytest.mark.parametrize("place", [0, 2, 4])
def test_answers_in_a_channel_keep_their_order_when_slack_says_slower(
    town: Town, place: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outbox, "PACE", timedelta(milliseconds=60))
    town.workspace.faults.add(kind="ratelimited", method="chat.postMessage", after=place)
    questions = [town.mention(PUPILS) for _ in range(5)]
    town.settles()
    threads = [message.thread_ts for message in town.workspace.from_bot(town.channel)]
    assert threads == [question.ts for question in questions]


def test_a_channel_gets_a_message_a_second_in_order_and_other_channels_do_not_wait(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    pace = 0.4
    monkeypatch.setattr(outbox, "PACE", timedelta(seconds=pace))
    other = town.workspace.add_channel("elsewhere", members=[OFFICER])
    questions = [town.mention(PUPILS) for _ in range(4)]
    elsewhere = town.mention(PUPILS, channel=other)
    town.settles()
    said = town.workspace.from_bot(town.channel)
    assert [message.thread_ts for message in said] == [question.ts for question in questions]
    times = [float(message.ts) for message in said]
    assert all(later - earlier > 0.75 * pace for earlier, later in pairwise(times))
    assert float(town.thread(elsewhere)[0].ts) < times[2]


def test_no_thread_of_the_bot_dies_of_anything(town: Town) -> None:
    """Every kind of fault, one after the other and all at once, and the bot is as lively as before."""
    alive = {thread.name for thread in threading.enumerate() if thread.name.startswith("worker-")}
    for kind in (*UNDONE, *DONE_ALL_THE_SAME, "ratelimited", "error:fatal_error", "error:nonsense", "delay:0.01"):
        for method in ("chat.postMessage", "response_url", "users.info"):
            town.workspace.faults.add(kind=kind, method=method)
    for way in ("chat.postMessage", "response_url") * 4:
        ask(town, way)
    town.settles(timeout=30)
    town.workspace.faults.clear()
    assert town.asks(PUPILS)
    assert alive == {thread.name for thread in threading.enumerate() if thread.name.startswith("worker-")}


def test_nothing_that_went_wrong_left_words_in_the_record(town: Town) -> None:
    town.workspace.faults.add(kind="http_500", times=4)
    ask(town, "chat.postMessage")
    ask(town, "response_url")
    town.settles()
    rows = town.db.query("SELECT payload, error FROM outbox")
    assert json.dumps(rows) == json.dumps([{"payload": None, "error": None}] * 4)
