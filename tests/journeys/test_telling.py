"""What people are told: in words made when it is sent, and made anew in place when what it is about has changed."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

import pytest

from bot import app
from bot.slack.blocks import SlackMessage
from catalogue import clock, outbox, people
from catalogue.model import Person
from intents.context import Context
from tests.journeys.conftest import MANAGER, Builder, Town

state: dict[str, str] = {}


def teller(_context: Context, values: Mapping[str, Any], person: Person) -> SlackMessage | None:
    if state.get("is_over"):
        return None
    return SlackMessage(f"{person.id}: {values['number']} is {state['is']}", [])


@pytest.fixture
def town(build: Builder, monkeypatch: pytest.MonkeyPatch) -> Town:
    state.clear()
    state["is"] = "waiting"
    monkeypatch.setitem(app.TELLERS, "test.happened", teller)
    return build()


def tell(town: Town, person: str = "dfe-manager", key: str = "test:1") -> None:
    values = {"number": "T-1"}
    outbox.tell(town.db, "test.happened", person, values, about="T-1", key=key, now=clock.now())


def test_a_person_is_told_once_in_a_direct_message(town: Town) -> None:
    for _ in range(3):
        tell(town)
    town.settles()
    assert [message.text for message in town.said_to(MANAGER)] == ["dfe-manager: T-1 is waiting"]


def test_what_was_told_is_made_anew_in_place_when_it_changes(town: Town) -> None:
    tell(town)
    tell(town, "nhs-manager", "test:2")
    town.settles()
    state["is"] = "decided"
    assert outbox.retell(town.db, "T-1", now=clock.now()) == 2
    town.settles()
    assert [message.text for message in town.said_to(MANAGER)] == ["dfe-manager: T-1 is decided"]
    assert [message.text for message in town.said_to("U0NHS")] == ["nhs-manager: T-1 is decided"]


def test_a_change_while_the_message_is_on_its_way_is_not_lost(town: Town) -> None:
    def slow(context: Context, values: Mapping[str, Any], person: Person) -> SlackMessage | None:
        message = teller(context, values, person)
        if state["is"] == "waiting":
            state["is"] = "decided"
            outbox.retell(town.db, "T-1", now=clock.now())  # nothing was told yet
        return message

    app.TELLERS["test.happened"] = slow
    tell(town)
    end = time.monotonic() + 10
    while "dfe-manager: T-1 is decided" not in [message.text for message in town.said_to(MANAGER)]:
        assert time.monotonic() < end, town.workspace.transcript()
        time.sleep(0.01)


def test_what_is_no_longer_worth_saying_is_not_said(town: Town) -> None:
    state["is_over"] = "yes"
    tell(town)
    assert town.settles()["sent"] == 1
    assert town.said_to(MANAGER) == []


def test_somebody_who_has_left_is_not_written_to(town: Town) -> None:
    manager = people.find(town.db, "dfe-manager")
    gone = Person(manager.id, manager.name, manager.email, manager.slack_id, manager.organisation, is_active=False)
    people.save(town.db, gone, origin="test", now=clock.now())
    tell(town)
    assert town.settles()["parked"] == 1
    assert town.errors() == ["person_not_reachable"]
