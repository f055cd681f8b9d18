"""Slack delivers more than once, out of order, from strangers, and things nobody asked for: one answer, and no leak."""

from __future__ import annotations

import copy
import itertools
import json
import random
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from bot.playground.deliveries import Delivery, signed
from bot.playground.model import Channel, Message
from tests.journeys.conftest import ANALYST, OFFICER, SECRET, Builder, Town, shipped_manifest, statuses

PUPILS = "who holds the National Pupil Database?"
HIDDEN = "dfe/free-school-meals-eligibility-checking-service"
HIDDEN_TITLE = "Free School Meals Eligibility Checking Service"
HIDDEN_QUESTION = f"what is {HIDDEN_TITLE}?"


def every_message(manifest: dict[str, Any]) -> dict[str, Any]:
    """The manifest with messages in channels subscribed to as well: then one post is two events."""
    manifest = copy.deepcopy(manifest)
    manifest["settings"]["event_subscriptions"]["bot_events"] += ["message.channels", "message.mpim"]
    manifest["oauth_config"]["scopes"]["bot"] += ["channels:history", "mpim:history"]
    return manifest


@pytest.fixture
def chatty(build: Builder) -> Town:
    return build(manifest=every_message(shipped_manifest()))


def ask_by_event(town: Town, text: str, **envelope: Any) -> tuple[dict[str, Any], Message]:
    """A mention as an event that is not yet delivered, and the message it is about."""
    text = f"<@{town.workspace.bot_user_id}> {text}"
    message = town.workspace.post(town.channel, text, user=OFFICER)
    event = {"type": "app_mention", "user": OFFICER, "text": text, "ts": message.ts, "channel": town.channel.id}
    return event | envelope, message


def raw(town: Town, body: bytes, content_type: str = "application/json") -> int:
    """Send bytes that are signed as Slack signs; returns the status."""
    headers = signed(SECRET, town.sender.office.signing_clock(), body, content_type)
    return town.sender.office.client.post(town.sender.office.endpoint, content=body, headers=headers).status_code


def test_a_question_delivered_four_times_in_any_order_is_answered_once(town: Town) -> None:
    questions = [town.mention(PUPILS), town.mention("who holds Price Paid Data?"), town.mention("help")]
    town.sender.command(OFFICER, town.channel, "/whoholds", "Price Paid Data")
    town.settles()
    again = [delivery for delivery in town.sender.deliveries for _ in range(3)]
    random.shuffle(again)
    assert set(statuses([town.sender.redeliver(delivery) for delivery in again])) == {200}
    town.settles()
    assert [len(town.thread(question)) for question in questions] == [1, 1, 1]
    assert len(town.workspace.calls_to("response_url")) == 1


def test_a_click_delivered_four_times_is_answered_once(town: Town) -> None:
    answer = town.asks(PUPILS)
    town.clicks(answer, "entry.describe", value="dfe/national-pupil-database")
    for _ in range(3):
        assert town.sender.redeliver(town.sender.deliveries[-1]).ok
    town.settles()
    assert len(town.workspace.from_bot()) == 2


def test_two_clicks_are_two_questions(town: Town) -> None:
    answer = town.asks(PUPILS)
    for _ in range(2):
        town.clicks(answer, "entry.describe", value="dfe/national-pupil-database")
    assert len(town.workspace.from_bot()) == 3


def test_copies_that_arrive_at_the_same_moment_are_answered_once(town: Town) -> None:
    event, message = ask_by_event(town, PUPILS)
    with ThreadPoolExecutor(8) as pool:
        sent = list(pool.map(lambda _: town.sender.deliver_event(event)[0], range(8)))
    assert set(statuses(sent)) == {200}
    town.settles()
    assert len(town.thread(message)) == 1


def test_replayed_bytes_are_taken_in_and_change_nothing(town: Town) -> None:
    question = town.mention(PUPILS)
    town.settles()
    replayed = [town.sender.replay(town.sender.deliveries[0]) for _ in range(5)]
    assert set(statuses(replayed)) == {200}
    town.settles()
    assert len(town.thread(question)) == 1


def test_an_edited_question_is_answered_once(town: Town) -> None:
    question = town.mention(PUPILS)
    town.answers(question)
    edited = town.sender.edit(OFFICER, question, question.text + " Please.")
    assert set(statuses(edited)) <= {200}
    town.settles()
    assert len(town.thread(question)) == 1


def test_a_mention_that_is_edited_in_is_answered(town: Town) -> None:
    first = town.workspace.post(town.channel, PUPILS, user=OFFICER)
    (told,) = town.sender.edit(OFFICER, first, f"<@{town.workspace.bot_user_id}> {PUPILS}")
    assert told.ok
    assert len(town.answers(first)) == 1


@pytest.mark.parametrize("order", list(itertools.permutations(["app_mention", "message"])))
def test_the_two_events_of_one_post_are_answered_once_in_either_order(chatty: Town, order: tuple[str, ...]) -> None:
    event, message = ask_by_event(chatty, PUPILS, client_msg_id="one-gesture")
    for kind in order:
        more = {} if kind == "app_mention" else {"channel_type": "channel"}
        subscription = "app_mention" if kind == "app_mention" else "message.channels"
        assert chatty.sender.deliver_event(event | {"type": kind} | more, subscription=subscription)[0].ok
    chatty.settles()
    assert len(chatty.thread(message)) == 1


def test_one_gesture_that_arrives_as_two_messages_is_answered_once(town: Town) -> None:
    event, first = ask_by_event(town, PUPILS, client_msg_id="the-same")
    phantom = town.workspace.post(town.channel, first.text, user=OFFICER)
    assert town.sender.deliver_event(event)[0].ok
    assert town.sender.deliver_event(event | {"ts": phantom.ts})[0].ok
    town.settles()
    assert len(town.workspace.from_bot(town.channel)) == 1


def test_two_envelopes_of_a_shared_channel_are_answered_once(town: Town) -> None:
    event, message = ask_by_event(town, PUPILS)
    for team in (town.workspace.team_id, "T0OTHER"):
        assert town.sender.deliver_event(event, team_id=team, context_team_id=team, is_ext_shared_channel=True)[0].ok
    town.settles()
    assert len(town.thread(message)) == 1


IGNORED: dict[str, dict[str, Any]] = {
    "another bot": {"bot_id": "B0OTHER", "user": "U0OTHERBOT"},
    "a bot without a user": {"bot_id": "B0OTHER", "user": None, "subtype": "bot_message"},
    "our own message": {"user": "U0BOT", "bot_id": "B0BOT"},
    "our own message without a bot id": {"user": "U0BOT"},
    "an edit": {"subtype": "message_changed"},
    "a deletion": {"subtype": "message_deleted"},
    "somebody joined": {"subtype": "channel_join"},
    "a new topic": {"subtype": "channel_topic"},
    "somebody was reminded": {"subtype": "reminder_add"},
    "a subtype of next year": {"subtype": "something_new"},
    "nobody": {"user": None},
}


@pytest.mark.parametrize("event_type", ["app_mention", "message"])
def test_what_no_person_wrote_is_acknowledged_and_not_answered(town: Town, event_type: str) -> None:
    im = town.workspace.open_im(OFFICER)
    place = {"channel": im.id, "channel_type": "im"} if event_type == "message" else {"channel": town.channel.id}
    subscription = "message.im" if event_type == "message" else "app_mention"
    for kind, more in IGNORED.items():
        event = {"type": event_type, "user": OFFICER, "text": PUPILS, "ts": town.workspace.next_ts(), **place, **more}
        event = {name: value for name, value in event.items() if value is not None}
        (delivery,) = town.sender.deliver_event(event, subscription=subscription)
        assert delivery.status == 200, kind
    assert town.settles()["sent"] == 0
    assert town.workspace.from_bot() == []


def test_talk_in_a_channel_that_does_not_name_the_bot_is_let_be(chatty: Town) -> None:
    (delivery,) = chatty.sender.say(OFFICER, chatty.channel, PUPILS)
    assert delivery.ok
    assert chatty.settles()["sent"] == 0


def test_a_stranger_learns_only_what_is_public(town: Town) -> None:
    stranger = town.workspace.add_user("visitor", team_id="T0OTHER", is_stranger=True)
    town.workspace.join(town.channel, stranger)
    assert "Department for Education" in town.asks(PUPILS, stranger).text
    assert not knows_it(town.asks(HIDDEN_QUESTION, stranger))
    assert not knows_it(town.commands(HIDDEN_QUESTION, stranger))


def knows_it(message: Message) -> bool:
    """Whether an answer shows that the hidden entry exists, other than by repeating the question."""
    return f"*{HIDDEN_TITLE}*" in message.text or HIDDEN in json.dumps(message.blocks)


def test_what_only_government_may_know_is_told_to_a_civil_servant_in_private(town: Town) -> None:
    assert knows_it(town.asks_directly(HIDDEN_QUESTION))
    assert knows_it(town.commands(HIDDEN_QUESTION))


def test_what_only_government_may_know_is_not_told_in_a_channel(town: Town) -> None:
    assert not knows_it(town.asks(HIDDEN_QUESTION))
    group = town.workspace.add_channel("", kind="mpim", members=[OFFICER, ANALYST])
    assert not knows_it(town.asks(HIDDEN_QUESTION, channel=group))


def test_it_is_told_in_a_channel_where_the_operator_says_that_no_guests_are(build: Builder) -> None:
    town = build(channels_are_for_government=True)
    assert knows_it(town.asks(HIDDEN_QUESTION))


def shared_channel(town: Town) -> Channel:
    return town.workspace.add_channel("with-partners", members=[OFFICER], is_ext_shared=True)


def test_it_is_never_told_in_a_channel_shared_with_others_nor_after_a_click_there(build: Builder) -> None:
    town = build(channels_are_for_government=True)
    channel = shared_channel(town)
    assert not knows_it(town.asks(HIDDEN_QUESTION, channel=channel))
    answer = town.asks(PUPILS, channel=channel)
    stale = town.workspace.update(answer, text=answer.text, blocks=with_value(answer, HIDDEN))
    assert not knows_it(town.clicks(stale, "entry.describe", value=HIDDEN))
    again = town.clicks(answer, "entry.describe", value="dfe/national-pupil-database")
    assert "from 1996" in again.text


def with_value(message: Message, value: str) -> list[dict[str, Any]]:
    """The blocks of a message whose button stands for another entry, as that of an old message may."""
    blocks = copy.deepcopy(message.blocks)
    next(block for block in blocks if "accessory" in block)["accessory"]["value"] = value
    return blocks


def test_a_guest_is_told_only_what_is_public_even_in_private(town: Town) -> None:
    guest = town.workspace.add_user("guest", is_restricted=True)
    assert "Department for Education" in town.asks_directly(PUPILS, guest).text
    assert not knows_it(town.asks_directly(HIDDEN_QUESTION, guest))
    single = town.workspace.add_user("single-channel-guest", is_ultra_restricted=True)
    assert not knows_it(town.asks_directly(HIDDEN_QUESTION, single))


def test_who_was_deactivated_is_told_only_what_is_public(town: Town) -> None:
    town.workspace.change_user(OFFICER, deleted=True)
    assert not knows_it(town.commands(HIDDEN_QUESTION))


def test_somebody_slack_says_nothing_about_is_told_only_what_is_public(town: Town) -> None:
    town.workspace.faults.add(kind="error:fatal_error", method="users.info", times=None)
    assert not knows_it(town.asks_directly(HIDDEN_QUESTION))
    town.workspace.faults.clear()
    assert knows_it(town.asks_directly(HIDDEN_QUESTION))


def test_what_only_named_bodies_may_know_is_told_to_them_alone(town: Town) -> None:
    question = "what is hmrc/connect-compliance-risk-data"
    for asker in (OFFICER, ANALYST):
        answer = town.asks_directly(question, asker)
        assert ("*Compliance risk and intelligence matching data*" in answer.text) is (asker == ANALYST)


def unknown(town: Town) -> dict[str, Delivery]:
    """Deliveries that nobody listens to."""
    office, workspace = town.sender.office, town.workspace
    message = workspace.post(town.channel, "old", blocks=[BUTTONS])
    user = {"id": OFFICER, "team_id": workspace.team_id}
    base = {"user": user, "team": {"id": workspace.team_id}, "api_app_id": "A0APP", "token": "t"}
    view = {
        "id": "V1",
        "callback_id": "form.of.old",
        "type": "modal",
        "state": {"values": {}},
        "hash": "1",
        "blocks": [],
    }
    trigger = {"trigger_id": "1.2.3", "callback_id": "shortcut.of.old", "action_ts": "1.2"}
    suggestion = {
        "type": "block_suggestion",
        "action_id": "suggest.of.old",
        "block_id": "b",
        "value": "abc",
        "view": view,
    }
    return {
        "a button": town.sender.click(OFFICER, message, "button.of.old"),
        "a form": office.send_interaction(base | {"type": "view_submission", "view": view}),
        "a closed form": office.send_interaction(base | {"type": "view_closed", "view": view, "is_cleared": False}),
        "a global shortcut": office.send_interaction(base | {"type": "shortcut"} | trigger),
        "a message shortcut": office.send_interaction(
            base | {"type": "message_action", "message": {"ts": "1.2"}, "channel": {"id": "C1"}} | trigger
        ),
        "a select": office.send_interaction(base | suggestion),
        "an event": town.sender.deliver_event({"type": "team_rename", "name": "x"}, subscription="app_mention")[0],
        "a command": office.send_command(
            {"command": "/old", "user_id": OFFICER, "team_id": workspace.team_id, "text": "", "trigger_id": "1.2"}
        ),
        "a revoked token": town.sender.deliver_event(
            {"type": "tokens_revoked", "tokens": {"bot": ["U0BOT"]}}, subscription="app_mention"
        )[0],
    }


BUTTONS = {
    "type": "actions",
    "elements": [{"type": "button", "action_id": "button.of.old", "text": {"type": "plain_text", "text": "Old"}}],
}


def test_what_nobody_listens_to_is_acknowledged(town: Town) -> None:
    assert {what: delivery.status for what, delivery in unknown(town).items()} == dict.fromkeys(unknown(town), 200)
    assert town.settles()["sent"] == 0


SIGNED_ODDITIES: dict[str, Any] = {
    "nothing": {},
    "too many events": {"type": "app_rate_limited", "team_id": "T0PLAY", "minute_rate_limited": 1518467820},
    "no event": {"type": "event_callback"},
    "event null": {"type": "event_callback", "event": None},
    "event a number": {"type": "event_callback", "event": 5},
    "event a list": {"type": "event_callback", "event": ["app_mention"]},
    "event empty": {"type": "event_callback", "event": {}},
    "mention empty": {"type": "event_callback", "event": {"type": "app_mention"}},
    "mention without channel": {"type": "event_callback", "event": {"type": "app_mention", "user": "U1", "ts": "1.2"}},
    "odd types": {"type": "event_callback", "event": {"type": "app_mention", "user": {}, "channel": [], "ts": 5}},
    "type a list": {"type": ["event_callback"], "event": {}},
    "authorizations a number": {"type": "event_callback", "event": {"type": "app_mention"}, "authorizations": 7},
}


def test_a_signed_body_of_no_known_shape_does_no_harm(town: Town) -> None:
    statuses = {what: raw(town, json.dumps(body).encode()) for what, body in SIGNED_ODDITIES.items()}
    assert set(statuses.values()) <= {200, 400, 503}, statuses
    assert "Department for Education" in town.asks(PUPILS).text


def test_slack_may_check_the_address(town: Town) -> None:
    body = json.dumps({"type": "url_verification", "challenge": "a-challenge", "token": "t"}).encode()
    headers = signed(SECRET, town.sender.office.signing_clock(), body, "application/json")
    answer = town.sender.office.client.post(town.sender.office.endpoint, content=body, headers=headers)
    assert (answer.status_code, answer.json()) == (200, {"challenge": "a-challenge"})


def test_when_nothing_can_be_saved_slack_is_told_so_and_the_next_copy_is_answered(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    from catalogue import outbox
    from catalogue.errors import StoreUnavailable

    def full(*_: object, **__: object) -> bool:
        raise StoreUnavailable("The disk is full. Nothing was saved.")

    answer = town.asks(PUPILS)
    with monkeypatch.context() as broken:
        broken.setattr(outbox, "receive", full)
        event, message = ask_by_event(town, PUPILS)
        (failed,) = town.sender.deliver_event(event)
        assert failed.status == 503
        clicked = town.sender.click(OFFICER, answer, "entry.describe", value="dfe/national-pupil-database")
        assert clicked.status == 503, "Slack shows that it did not work"
        command = town.sender.command(OFFICER, town.channel, "/whoholds", "Price Paid Data")
        assert (command.status, "The disk is full" in command.text) == (200, True)
    assert statuses(town.sender.redeliver_failed()) == [200]
    assert "Department for Education" in town.answers(message)[0].text
