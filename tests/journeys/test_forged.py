"""Everything that comes back from Slack may be forged: each listener that is registered is sent values, private
metadata, choices and whole payloads that are not what we wrote, all of them signed.

Each is acknowledged, nothing raises, the record is as it was but for the audit, and the person is told in a plain
sentence. The listeners are those of `bot.app.listen`: a new one is tried without anybody adding it here. By default a
sample, the same each time; with WHOHOLDS_PROOF=1 everything by everybody.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any
from unittest.mock import sentinel

import pytest

from bot.app import listen
from bot.playground import interactions
from bot.playground.deliveries import Delivery
from bot.playground.payloads import view_json
from bot.slack.carried import BUTTONS, FORMS
from catalogue import clock, datasets, follows
from tests.catalogue.requests.asking import submitted
from tests.journeys.asking import ANALYST, NPD, STEWARD, person, words
from tests.journeys.conftest import OFFICER, Builder, Town

FULL = os.environ.get("WHOHOLDS_PROOF") == "1"
SAMPLED = 8
HIDDEN = "moj/hidden-zebras"
WRITTEN = frozenset(
    [
        *"audit audit_sealed counters inbox outbox told retold followed chores visits paces conversations".split(),
        "sqlite_sequence",
    ]
)
"""Tables in which it may be seen that something was tried: the audit, and what was said because of it."""
QUESTIONS = {"question.ask.1", "question.ask", "answer.share", "answer.reject", "follow.question", "entry.describe"}
"""Buttons whose value is a question, which may be any words: what is asked is noted, and nothing else."""
ASKED = frozenset({"unanswered", "demand_answers", "feedback", "collection_checks", "follows"})
SILENT = {"home.page.next", "language.choose", "request.type", "request.choose", "request.options"}
"""What somebody does many times in a minute, or what is seen in the Home itself."""

ABSENT: Any = sentinel.absent
FORGED: dict[str, Any] = {
    "nothing": ABSENT,
    "null": None,
    "empty": "",
    "a word": "abc",
    "several words": "abc def ghi jkl",
    "spaces": "   ",
    "zero": "0",
    "a large number": "999999999",
    "a number beyond a column": str(2**63),
    "a number of 400 digits": "9" * 400,
    "a negative number": "-1",
    "a fraction": "1.5",
    "foreign digits": "١٢٣",
    "no number": "NaN",
    "a group and a number": "999999999 " + NPD,
    "a digit that is none": "² " + NPD,
    "a group that is none": "abc:title " + NPD,
    "an empty list": "[]",
    "an empty object": "{}",
    "a list of numbers": "[1, 2, 3, 4]",
    "broken JSON": '["abc',
    "deep JSON": "[" * 900 + "]" * 900,
    "a NUL": "ab\x00c",
    "half a character": "ab\ud800c",
    "5,000 letters": "x" * 5_000,
    "a path": "../../etc/passwd",
    "a hidden entry": HIDDEN,
    "a hidden entry twice": f"{HIDDEN} {HIDDEN}",
    "a hidden entry in a list": json.dumps([HIDDEN, "acronym", "Z", "Y"]),
    "a hidden entry with a revision": f"1 {HIDDEN}",
    "another's request": "SR-0001",
    "a request that is none": "SR-9999",
    "another's deputy": "stranger|department-for-education",
    "another's follow": "1",
    "a true list": ["abc"],
    "a true object": {"id": "abc"},
    "a true number": 5,
    "a true truth": True,
}


class Listeners:
    """Stands where Bolt's App stands, to be told what is registered."""

    def __init__(self) -> None:
        self.found: dict[str, set[str]] = {}
        listen(self, sentinel.desk, bot_user_id="UBOT")  # type: ignore[arg-type]

    def __getattr__(self, kind: str) -> Callable[..., Any]:
        def take(named: Any, **_more: Any) -> Callable[..., Any]:
            if kind != "middleware":
                self.found.setdefault(kind, set()).update(concrete(named))
            return lambda listener: listener

        return take


def concrete(named: Any) -> list[str]:
    """The id of a listener; one or two that a pattern takes."""
    pattern = getattr(named, "pattern", None)
    if pattern is None:
        return [named]
    plain = pattern.strip("^$").replace("\\.", ".")
    if "|" in plain:
        stem, _bracket, ends = plain.partition("(")
        return [stem + end for end in ends.rstrip(")").split("|")]
    whole = [
        plain.replace(r"(.\d+)?", ".1").replace(r"(.\w+)?", ".next").replace(r"\w+", "dpia"),
        re.sub(r"\(.*\)\?", "", plain).replace(r"\w+", "dpia"),
    ]
    assert all(re.fullmatch(pattern, each) for each in whole), pattern
    return list(dict.fromkeys(whole))


class _Desk:
    """A desk that nobody sits at: `listen` only keeps it."""

    def __getattr__(self, _name: str) -> Any:
        return self


sentinel.desk = _Desk()
FOUND = Listeners().found


@dataclass
class Stage:
    """A town in which something can be got at: a hidden entry, a request and a follow of somebody else's."""

    town: Town
    logged: pytest.LogCaptureFixture
    tried: list[str] = field(default_factory=list)

    def record(self, *, but: frozenset[str] = frozenset()) -> dict[str, Any]:
        """Everything that is kept, table by table."""
        names = [
            row["name"] for row in self.town.db.query("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY 1")
        ]
        return {name: self.town.db.query(f"SELECT * FROM {name}") for name in names if name not in WRITTEN | but}

    def seen_by(self, user: str) -> list[str]:
        """What the bot has said to somebody, and the modal before them."""
        view = self.town.workspace.views.front(user)
        return [words(each) for each in self.town.said_to(user)] + ([words(view)] if view else [])

    def tries(self, payload: Mapping[str, Any], what: str) -> Delivery:
        """Somebody's client sends this; it is taken in, and no fault of ours."""
        delivery = self.town.sender.office.send_interaction(dict(payload))
        self.tried.append(what)
        assert delivery.status == 200, (what, delivery.status)
        self.is_quiet(what)
        return delivery

    def is_quiet(self, what: str) -> None:
        errors = [record.getMessage() for record in self.logged.records if record.levelname == "ERROR"]
        assert not errors, (what, errors)


@pytest.fixture(scope="module")
def town(sample_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    builder = Builder(sample_folder, tmp_path_factory.mktemp("forged"), [])
    built = builder()
    yield built
    builder.close()
    assert built.workspace.violations == []


@pytest.fixture(scope="module")
def prepared(town: Town) -> Town:
    now = clock.now()
    entry = {"id": HIDDEN, "title": "Zebras", "publisher": "ministry-of-justice", "visibility": "named"}
    datasets.add(town.db, entry, by="test", why=None, now=now)
    submitted(town.db, person(town, ANALYST), now, NPD)
    follows.start(town.db, person(town, ANALYST), "entry", NPD, now=now)
    for user in (OFFICER, STEWARD):
        town.asks_directly("help", user)
    town.settles()
    return town


@pytest.fixture
def stage(prepared: Town, caplog: pytest.LogCaptureFixture) -> Stage:
    prepared.settles()
    prepared.db.execute("DELETE FROM outbox WHERE error IS NOT NULL")  # what the test before was about
    return Stage(prepared, caplog)


def sample(what: str, every: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    names = list(every) if FULL else Random(what).sample(list(every), min(SAMPLED, len(every)))
    return ((name, every[name]) for name in names)


def changed(payload: dict[str, Any], name: str, value: Any) -> dict[str, Any]:
    kept = {key: each for key, each in payload.items() if key != name}
    return kept if value is ABSENT else kept | {name: value}


def clicking(stage: Stage, user: str, action_id: str, value: Any) -> dict[str, Any]:
    """The press of a button, in a message to somebody, that carries this."""
    town = stage.town
    element = {"type": "button", "action_id": action_id, "value": "x", "text": {"type": "plain_text", "text": "Go"}}
    block = {"type": "actions", "block_id": "b", "elements": [element]}
    message = town.workspace.post(town.workspace.open_im(user), "Go", user=town.workspace.bot_user_id, blocks=(block,))
    payload = interactions.acted(town.workspace, town.workspace.users[user], message, block, element, {})
    return payload | {"actions": [changed(payload["actions"][0], "value", value)]}


@pytest.mark.parametrize("action_id", sorted(FOUND["action"]))
def test_a_button_that_carries_what_we_did_not_write_does_nothing(stage: Stage, action_id: str) -> None:
    but = ASKED if action_id in QUESTIONS else frozenset()
    before = stage.record(but=but)
    for user in (OFFICER, STEWARD) if FULL else (Random(action_id).choice((OFFICER, STEWARD)),):
        for what, value in sample(action_id, FORGED):
            stage.town.workspace.views.close(user, whole=True)
            payload = clicking(stage, user, action_id, value)
            seen = len(stage.seen_by(user))
            stage.tries(payload, f"{action_id}: {what}")
            stage.town.settles()
            told = stage.seen_by(user)
            assert len(told) > seen or action_id in SILENT, (action_id, what)
            assert "Zebras" not in told[-1], (action_id, what)
    after = stage.record(but=but)
    assert after == before, (stage.tried, [name for name in after if after[name] != before[name]])
    assert not stage.town.errors()


METADATA: dict[str, Any] = {
    "nothing": ABSENT,
    "null": None,
    "empty": "",
    "a null in JSON": "null",
    "broken": "{",
    "a list": '["id"]',
    "a number": "5",
    "no keys": "{}",
    "a true object": {"id": "abc"},
    **{
        f"{what} everywhere": json.dumps(
            dict.fromkeys(
                "id ids dataset request section version revision group over from draft seen subject near said proposal"
                " round publisher deputy scope subject_2".split(),
                value,
            )
        )
        for what, value in {
            "a word": "abc",
            "a number": 7,
            "a negative number": -7,
            "a huge number": 2**70,
            "a fraction": 0.5,
            "a list": [1],
            "a list of three": [HIDDEN, HIDDEN, HIDDEN],
            "a hidden entry": HIDDEN,
            "another's request": "SR-0001",
            "a NUL": "a\x00b",
            "nothing": None,
            "truth": True,
        }.items()
    },
}
RIGHT = {
    "id": NPD,
    "ids": [NPD, HIDDEN],
    "dataset": NPD,
    "section": "purpose",
    "version": 1,
    "revision": 1,
    "group": "what",
    "draft": "no-such-draft",
    "seen": 1,
    "proposal": 999,
    "round": "2026-W10",
    "publisher": "department-for-education",
    "subject": "zebras",
    "deputy": "nobody",
    "scope": "department-for-education",
}
HELD: dict[str, Any] = {
    "nothing": {},
    "a text": {"value": "abc"},
    "a list for a text": {"value": ["abc"]},
    "a NUL": {"value": "a\x00b"},
    "half a character": {"value": "a\ud800b"},
    "a choice that was not offered": {"selected_option": {"value": "abc"}},
    "a choice without a value": {"selected_option": {}},
    "a choice that is a list": {"selected_option": []},
    "a choice that is a word": {"selected_option": "abc"},
    "choices that were not offered": {"selected_options": [{"value": "abc"}]},
    "choices without values": {"selected_options": [{}]},
    "choices that are a word": {"selected_options": "abc"},
    "a day that is none": {"selected_date": "2026-99-99"},
    "a day of words": {"selected_date": "abc"},
    "a time that is none": {"selected_time": "99:99"},
    "a user that is none": {"selected_user": "abc def"},
    "a user that is a list": {"selected_user": ["abc"]},
    "a number": 5,
    "a list": [],
}
BLOCKS = (
    "aims role scope person since until reason held deputy kind field says words note name meaning keep entry holder"
    " successor why title publisher access_rights party conditions ends review to accepted digest quiet_from"
    " quiet_until declared copy subject place period visibility date_required version:title"
).split()
STATES: dict[str, Any] = {
    "nothing": ABSENT,
    "null": None,
    "a list": [],
    "no values": {},
    "values that are a list": {"values": []},
    "values that are a word": {"values": "abc"},
    "an input that is a word": {"values": {"name": "abc"}},
    "an input that is null": {"values": {"name": None}},
    "an empty input": {"values": {"name": {}}},
    **{what: {"values": {name: {"value": held} for name in BLOCKS}} for what, held in HELD.items()},
}


BOX = {"type": "plain_text_input", "action_id": "value"}


MAY: dict[str, frozenset[str]] = {
    "data.find": ASKED,
    "entry.new": frozenset({"drafts"}),
    "entry.save": frozenset({"datasets", "history", "drafts", "readiness"}),
    "request.begin": frozenset({"requests", "request_events", "request_typed"}),
    "telling.choose": frozenset({"telling"}),
}
"""What somebody may do to their own with the rest of the form as it was, whatever else stands in it."""


def sending(stage: Stage, user: str, callback_id: str, about: Any, state: Any) -> dict[str, Any]:
    """A form that is sent with this metadata and these inputs."""
    town = stage.town
    view = {
        "type": "modal",
        "callback_id": callback_id,
        "title": {"type": "plain_text", "text": "A form"},
        "submit": {"type": "plain_text", "text": "Go"},
        "private_metadata": "{}",
        "blocks": [
            {"type": "input", "block_id": "name", "label": {"type": "plain_text", "text": "Name"}, "element": BOX}
        ],
    }
    opened = town.workspace.views.open(user, view)
    shown = changed(changed(view_json(town.workspace, opened), "private_metadata", about), "state", state)
    payload = interactions.base(town.workspace, "view_submission", town.workspace.users[user])
    return payload | {"trigger_id": town.workspace.tickets.trigger(user), "view": shown, "response_urls": []}


def is_plain(answer: Any) -> bool:
    """Whether a form's answer says something: a sentence in its place, faults beside its fields, or its end."""
    return not answer or answer.get("response_action") in ("update", "errors")


@pytest.mark.parametrize("callback_id", sorted(FOUND["view"]))
def test_a_form_that_comes_back_as_we_did_not_write_it_does_nothing(stage: Stage, callback_id: str) -> None:
    fine = {"values": {"name": {"value": {"type": "plain_text_input", "value": "abc"}}}}
    about = json.dumps(RIGHT | ({"id": "SR-0001"} if callback_id.startswith(("request", "share")) else {}))
    tries = {f"metadata, {what}": (each, fine) for what, each in METADATA.items()}
    tries |= {f"inputs, {what}": (about, each) for what, each in STATES.items()}
    may = MAY.get(callback_id, frozenset())
    before = stage.record(but=may)
    for user in (OFFICER, STEWARD) if FULL else (Random(callback_id).choice((OFFICER, STEWARD)),):
        for what, (told, state) in sample(callback_id, tries):
            stage.town.workspace.views.close(user, whole=True)
            delivery = stage.tries(sending(stage, user, callback_id, told, state), f"{callback_id}: {what}")
            assert is_plain(delivery.json), (callback_id, what, delivery.text)
            assert "Zebras" not in delivery.text, (callback_id, what)
    stage.town.settles()
    after = stage.record(but=may)
    assert after == before, (stage.tried, [name for name in after if after[name] != before[name]])
    assert not stage.town.errors()


@pytest.mark.parametrize("action_id", sorted(FOUND["options"]))
def test_a_list_that_is_looked_up_with_what_we_did_not_write_offers_nothing_hidden(
    stage: Stage, action_id: str
) -> None:
    town, before = stage.town, stage.record()
    for user in (OFFICER, STEWARD):
        for what, about in {"as it was": '{"id": "SR-0001", "section": "purpose"}', **METADATA}.items():
            for typed in (ABSENT, None, "zebra", ["zebra"], 5, "a\x00b", "a\ud800b", "x" * 5_000):
                payload = sending(stage, user, "request.step", about, {"values": {}}) | {
                    "type": "block_suggestion",
                    "container": {"type": "view"},
                    "action_id": action_id,
                    "block_id": ABSENT if typed is None else "other",
                }
                payload = changed(changed(payload, "block_id", payload["block_id"]), "value", typed)
                delivery = stage.tries(payload, f"{action_id}: {what}, {typed}")
                assert isinstance(delivery.json, dict), (action_id, what, typed)
                assert set(delivery.json) == {"options"}
                assert "Zebras" not in delivery.text
            if not FULL:
                break
    assert stage.record() == before
    assert not town.errors()


WHOLE: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
    "nobody": lambda payload: changed(payload, "user", ABSENT),
    "a null for a person": lambda payload: changed(payload, "user", None),
    "a person without an id": lambda payload: changed(payload, "user", {}),
    "a list for a person": lambda payload: changed(payload, "user", [OFFICER]),
    "a list for an id": lambda payload: changed(payload, "user", {"id": [OFFICER]}),
    "words for an id": lambda payload: changed(payload, "user", {"id": "abc' OR 1=1 --"}),
    "an address for an id": lambda payload: changed(payload, "user", {"id": "chris.manager@example.gov.uk"}),
    "no trigger": lambda payload: changed(payload, "trigger_id", ABSENT),
    "a list for a trigger": lambda payload: changed(payload, "trigger_id", [1]),
    "no view": lambda payload: changed(payload, "view", ABSENT),
    "a word for a view": lambda payload: changed(payload, "view", "abc"),
    "a view that is empty": lambda payload: changed(payload, "view", {}),
    "no actions": lambda payload: changed(payload, "actions", ABSENT),
    "a word for actions": lambda payload: changed(payload, "actions", "abc"),
    "empty actions": lambda payload: changed(payload, "actions", []),
    "actions of words": lambda payload: changed(payload, "actions", ["abc"]),
    "a channel that is a word": lambda payload: changed(payload, "channel", "abc"),
    "a container that is a list": lambda payload: changed(payload, "container", []),
    "no address to answer at": lambda payload: changed(payload, "response_url", ABSENT),
    "another's address to answer at": lambda payload: changed(payload, "response_url", "http://127.0.0.1:9/internal"),
    "a list for an address": lambda payload: changed(payload, "response_url", [1]),
    "another team": lambda payload: changed(payload, "team", {"id": "T0OTHER"}),
    "a word for a team": lambda payload: changed(payload, "team", "abc"),
    "a message that is a word": lambda payload: changed(payload, "message", "abc"),
    "no type": lambda payload: changed(payload, "type", ABSENT),
    "a list for a type": lambda payload: changed(payload, "type", ["block_actions"]),
}


@pytest.mark.parametrize("what", WHOLE)
def test_a_payload_that_slack_would_not_send_is_taken_in_and_does_nothing(stage: Stage, what: str) -> None:
    town = stage.town
    user = town.workspace.users[OFFICER]
    place = interactions.place(town.workspace, town.said_to(OFFICER)[-1], user)
    shortcut = interactions.base(town.workspace, "shortcut", user) | {"callback_id": "data.find"}
    about_message = interactions.base(town.workspace, "message_action", user) | place | {"callback_id": "message.ask"}
    shortcut["trigger_id"] = about_message["trigger_id"] = town.workspace.tickets.trigger(OFFICER)
    payloads = [
        shortcut,
        about_message | {"response_url": interactions.response_url(town.workspace, town.channel.id, user, None)},
        clicking(stage, OFFICER, "follow.stop", "1"),
        clicking(stage, OFFICER, "entry.edit", HIDDEN),
        clicking(stage, OFFICER, "question.ask.1", "help"),
        sending(stage, OFFICER, "role.grant", "{}", {"values": {}}),
        sending(stage, OFFICER, "request.step", '{"id": "SR-0001", "section": "purpose"}', {"values": {}}),
        sending(stage, OFFICER, "data.find", "{}", {"values": {}}),
    ]
    before = stage.record(but=ASKED)
    for payload in payloads:
        delivery = town.sender.office.send_interaction({"type": "none"} | WHOLE[what](payload))
        assert delivery.status in (200, 400), (what, payload["type"], delivery.status)
        stage.is_quiet(f"{what}: {payload['type']}")
    town.settles()
    assert stage.record(but=ASKED) == before
    assert set(town.errors()) <= {"not_slacks"}


EVENTS: dict[str, dict[str, Any]] = {
    "app_mention": {"user": OFFICER, "channel": "C1", "ts": "1700000000.000100", "text": "help"},
    "message": {"user": OFFICER, "channel": "D1", "channel_type": "im", "ts": "1700000000.000200", "text": "help"},
    "link_shared": {
        "user": OFFICER,
        "channel": "C1",
        "links": [{"url": "https://example.gov.uk/datasets/x"}],
        "unfurl_id": "u",
        "source": "conversations_history",
    },
    "app_home_opened": {"user": OFFICER, "tab": "home"},
    "member_joined_channel": {"user": "U0BOT", "channel": "C1"},
}


def test_the_table_has_every_button_and_every_form() -> None:
    assert {each for each in FOUND["action"] if BUTTONS.keys().isdisjoint({each, each.rpartition(".")[0]})} == set()
    assert set(FORMS) == set(FOUND["view"])


def test_there_is_a_forged_one_of_every_event() -> None:
    assert set(EVENTS) == FOUND["event"]


@pytest.mark.parametrize("kind", sorted(EVENTS))
def test_an_event_that_slack_would_not_send_is_taken_in_and_does_nothing(stage: Stage, kind: str) -> None:
    town = stage.town
    before = stage.record(but=ASKED)
    for name in (*EVENTS[kind], "files", "subtype", "thread_ts", "client_msg_id", "bot_id"):
        for value in (ABSENT, None, "", [], ["abc"], {}, {"id": 5}, 5, True, "a\x00b", "a\ud800b"):
            event = changed({"type": kind, **EVENTS[kind]}, name, value)
            if name not in EVENTS[kind] and value is ABSENT:
                continue
            envelope = {
                "type": "event_callback",
                "team_id": town.workspace.team_id,
                "event_id": town.workspace.new_id("Ev"),
                "event": event,
            }
            delivery = town.sender.office.send_event(envelope)
            assert delivery.status in (200, 400), (kind, name, value, delivery.status)
            stage.is_quiet(f"{kind}: {name} {value!r}")
    town.settles()
    assert stage.record(but=ASKED) == before


def test_a_command_that_slack_would_not_send_is_answered_and_does_nothing(stage: Stage) -> None:
    town = stage.town
    fields = {
        "team_id": town.workspace.team_id,
        "channel_id": town.channel.id,
        "user_id": OFFICER,
        "command": "/whoholds",
        "text": "help",
        "api_app_id": town.workspace.app_id,
        "response_url": interactions.response_url(town.workspace, town.channel.id, town.workspace.users[OFFICER], None),
        "trigger_id": "1.2.3",
    }
    before = stage.record(but=ASKED)
    for words_ in ("help", "home", "edit", f"edit {HIDDEN}", "edit \x00", "add", "ask", "requests", "x" * 9_000):
        for name in fields:
            for value in (ABSENT, "", "abc def", "\x00", "9" * 400):
                sent = changed(fields | {"text": words_, "trigger_id": town.workspace.new_id("t")}, name, value)
                if name == "command":
                    continue
                delivery = town.sender.office.send_command(sent)
                assert delivery.status == 200, (words_, name, value)
                stage.is_quiet(f"{words_}: {name} {value!r}")
                assert "Zebras" not in delivery.text
    town.settles()
    assert stage.record(but=ASKED) == before
