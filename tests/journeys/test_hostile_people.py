"""Seventeen ways of making Slack show what was not meant, in what people are called and in all that they write: each
modal, each message to somebody and each Home that shows it shows it literally.

`test_hostile.py` has the same for entries and questions, `tests/bot/test_request_screens.py` for every screen of a
request.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from bot.playground.model import Message
from catalogue import clock, people, requests
from tests.catalogue.requests.asking import submitted
from tests.fakes.hostile import VECTORS
from tests.journeys.asking import ADMIN, ANALYST, MANAGER, NHS, NPD, STEWARD, card, front, person, presses
from tests.journeys.conftest import OFFICER, Town
from tests.journeys.test_hostile import actions_of, is_literal, mrkdwn_in, said

EVERYBODY = (OFFICER, ANALYST, MANAGER, ADMIN, STEWARD, NHS)


class Seen:
    """Every view that was before somebody: those of a modal are gone when the next one takes their place."""

    def __init__(self, town: Town) -> None:
        self.town = town
        self.payloads: list[dict[str, Any]] = []

    def look(self, user: str) -> None:
        self.payloads.append(front(self.town, user).payload)


def plain_in(value: Any) -> Iterator[dict[str, Any]]:
    """Every text under `value` that is no mrkdwn: titles, labels, options."""
    if isinstance(value, dict):
        if value.get("type") == "plain_text" and isinstance(value.get("text"), str):
            yield value
        value = list(value.values())
    for inner in value if isinstance(value, list) else ():
        yield from plain_in(inner)


def rename(town: Town, words: str) -> None:
    """Call everybody so, past every cleaner."""
    for each in people.everyone(town.db):
        people.save(town.db, replace(each, name=words), origin="test", now=clock.now())


def offering(town: Town, user: str, action_id: str) -> Message:
    """The newest message to somebody with this button."""
    return next(each for each in reversed(town.said_to(user)) if action_id in actions_of(each.blocks))


def corrects(town: Town, words: str, seen: Seen) -> None:
    """Two reports of what is wrong with an entry: one is accepted, one declined with a reason."""
    for decision in ("accept", "decline"):
        town.sender.command(ANALYST, town.channel, "/whoholds", f"edit {NPD}")
        seen.look(ANALYST)
        town.sender.submit(ANALYST, {"field": "description", "says": f"{decision} {words}", "words": words})
        seen.look(ANALYST)
        town.settles()
        town.sender.click(STEWARD, offering(town, STEWARD, f"proposal.{decision}"), f"proposal.{decision}")
    seen.look(STEWARD)
    town.sender.submit(STEWARD, {"note": words})
    town.settles()


def edits(town: Town, words: str, seen: Seen) -> None:
    """A steward writes it into an entry, reads the history, adds it as another name, and withdraws for this reason."""
    town.sender.command(STEWARD, town.channel, "/whoholds", f"edit {NPD}")
    for group, values in (("what", {"summary": words}), ("who", {"contact_name": words})):
        town.sender.click(STEWARD, front(town, STEWARD), "entry.change", value=f"{group} {NPD}")
        town.sender.submit(STEWARD, values)
        seen.look(STEWARD)
        town.sender.close_view(STEWARD)
    for button, values in (("term.add", {"name": words}), ("entry.withdraw", {"why": words})):
        presses(town, STEWARD, button, NPD)
        seen.look(STEWARD)
        town.sender.submit(STEWARD, values)
        seen.look(STEWARD)
    presses(town, STEWARD, "entry.history", NPD)
    seen.look(STEWARD)
    presses(town, STEWARD, "entry.restore", NPD)


def asks_for_data(town: Town, words: str, seen: Seen) -> None:
    """A request goes to and fro with notes, and is declined for a reason."""
    request = submitted(town.db, person(town, ANALYST), clock.now(), NPD)
    manager = person(town, MANAGER)
    requests.ask_question(town.db, request.id, by=manager, note=words, now=clock.now())
    requests.answer_question(town.db, request.id, by=person(town, ANALYST), note=words, now=clock.now())
    for user in (MANAGER, ANALYST):
        presses(town, user, "request.open", request.id)
        seen.look(user)
    requests.decline(town.db, request.id, by=manager, note=words, now=clock.now())
    assert card(town, ANALYST, request.id)


def gives_a_role(town: Town, words: str, seen: Seen) -> None:
    presses(town, ADMIN, "role.grant", "people")
    seen.look(ADMIN)
    town.sender.suggest(ADMIN, "role.scope", "DfE")
    town.sender.submit(
        ADMIN, {"person": ANALYST, "role": "steward", "scope": "department-for-education", "reason": words}
    )
    seen.look(ADMIN)
    town.settles()


def sends_a_file(town: Town, words: str) -> None:
    """A table with it in its name, in a cell and in a header."""
    name = re.sub(r"[\n/]", " ", words) + ".csv"
    quoted = words.replace('"', '""')
    content = f'id,title,publisher,"{quoted}"\n{NPD},"{quoted}",DfE,x\n'.encode()
    town.sender.share(STEWARD, town.workspace.open_im(STEWARD), name, content)
    town.settles()


@pytest.mark.parametrize("vector", VECTORS)
def test_what_people_write_and_are_called_is_literal_in_every_view(town: Town, vector: str) -> None:
    words, seen = VECTORS[vector], Seen(town)
    rename(town, words)
    for user in EVERYBODY:
        town.sender.open_home(user)
    corrects(town, words, seen)
    asks_for_data(town, words, seen)
    gives_a_role(town, words, seen)
    sends_a_file(town, words)
    edits(town, words, seen)
    turned_down = town.asks_directly(f"who holds {words} pupils?")
    if "answer.reject" in actions_of(turned_down.blocks):
        town.sender.click(OFFICER, turned_down, "answer.reject")
    for user in EVERYBODY:
        town.sender.open_home(user)
    town.settles()
    assert not town.errors()
    shown = [view.payload for user in EVERYBODY if (view := town.workspace.views.home(user))] + seen.payloads
    shown += [{"blocks": message.blocks} for message in town.workspace.from_bot()]
    for text in (*said(town), *(text for view in shown for text in mrkdwn_in(view))):
        is_literal(town, text)
    for plain in plain_in(shown):
        assert plain.get("emoji") is False or not re.search(r":\w+:", plain["text"]), plain
        assert not re.search(r"[\u202a-\u202e\u2066-\u2069]", plain["text"])
    letters = re.sub(r"[^a-zA-Z]", "", words)[:7]
    assert letters in re.sub(r"[^a-zA-Z]", "", str(shown)), "it is shown, not left out"
