"""Every cell of the two matrices of docs/rights.md, pressed through the real listeners: who may gets on, who may not is
told so in a plain sentence, nothing happens, and the audit has a row.

By default every seventh cell is pressed, another seventh each day; with WHOHOLDS_PROOF=1 all of them.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from itertools import product

import pytest

from bot.playground.model import Message
from bot.slack.request_asking import DEEDS as ASKING
from bot.slack.request_review import DEEDS as REVIEWING
from catalogue import clock, datasets, people, rights
from catalogue.model import Grant, Person, Visibility
from catalogue.requests.record import load, standing_of
from catalogue.requests.states import TRANSITIONS, State, Verb
from catalogue.rights import Action, Thing
from tests.journeys.conftest import Builder, Town
from tests.rights_page import ACTORS, ENTRY

EVERY = 1 if os.environ.get("WHOHOLDS_PROOF") == "1" else 7
ALWAYS = {"since": datetime(2000, 1, 1, tzinfo=UTC), "until": datetime(2099, 1, 1, tzinfo=UTC)}

DEEDS: dict[str, Action] = {
    **{key: deed.action for key, deed in (ASKING | REVIEWING).items()},
    "request.open": Action.VIEW_REQUEST,
    "request.continue": Action.EDIT_REQUEST,
    "request.nudge": Action.NUDGE_REQUEST,
    "request.join": Action.JOIN_REQUEST,
    "share.tick.transfer": Action.TICK_SHARE,
}
"""Every button of a request with the right that it needs."""

ENTRY_DEEDS = {"request.start": Action.START_REQUEST, "entry.withdraw": Action.WITHDRAW_ENTRY}
PEOPLE_DEEDS = {"role.grant": Action.GRANT_ROLE, "role.revoke": Action.REVOKE_ROLE}


def cells(*axes: object) -> list[tuple[str, ...]]:
    every = list(product(*axes))  # type: ignore[call-overload]
    start = clock.now().toordinal() % EVERY
    return every[start::EVERY]


@pytest.fixture(scope="module")
def town(sample_folder: object, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    builder = Builder(sample_folder, tmp_path_factory.mktemp("matrix"), [])  # type: ignore[arg-type]
    built = builder()
    cast(built)
    yield built
    builder.close()
    assert built.workspace.violations == []


def cast(town: Town) -> None:
    """Everybody there is, one entry and one request with a share."""
    now = clock.now()
    datasets.add(town.db, {"id": ENTRY.id, "title": ENTRY.title, "publisher": "holder"}, by="test", why=None, now=now)
    for name, somebody in ACTORS.items():
        user = somebody.slack_id if somebody else "USTRANGER"
        assert user
        kind = {"is_restricted": name == "Guest", "deleted": name == "Has left"}
        team = {"team_id": "T0OTHER", "is_stranger": True} if somebody is None else {}
        town.workspace.add_user(name.lower().replace(" ", "."), id=user, **kind, **team)
        if somebody:
            people.save(town.db, somebody, origin="test", now=now)
            for grant in somebody.grants:
                lent = replace(grant, **ALWAYS) if grant.deputy_for else grant
                people.grant(town.db, somebody.id, Grant(**_values(lent)), by="test", reason=None, now=now)
    stamp = {"now": clock.stamp(now)}
    town.db.execute(
        "INSERT INTO requests (id, number, dataset_id, dataset_title, holder, author, organisation, state, events,"
        " answers, facts, filled, conditions, waiting_for, waiting_since, delegated_to, joined, created_at, changed_at,"
        " submitted_at) VALUES ('SR-9000', 9000, 'holder/data', 'Data', 'holder', 'requester', 'asking', 'draft', 8,"
        " '{}', '{}', '{}', :conditions, 'manager', :now, 'delegate', '[\"party\"]', :now, :now, :now)",
        {**stamp, "conditions": '{"needs": []}'},
    )
    for place, state in enumerate(State, start=1):
        town.db.execute(
            "INSERT INTO request_events (request_id, place, at, by, verb, before, after, waiting_for, is_private,"
            " detail) VALUES ('SR-9000', :place, :now, 'requester', 'submit', 'draft', :state, 'manager', 0, '{}')",
            {**stamp, "place": place, "state": str(state)},
        )
    town.db.execute(
        "INSERT INTO shares (request_id, dataset_id, dataset_title, holder, recipient, state, starts_on)"
        " VALUES ('SR-9000', 'holder/data', 'Data', 'holder', 'asking', 'agreed', '2026-01-01')"
    )


def _values(grant: Grant) -> dict[str, object]:
    return {name: getattr(grant, name) for name in Grant.__dataclass_fields__}


def put(town: Town, state: str) -> None:
    town.db.execute(
        "UPDATE requests SET state = :state, author = 'requester', delegated_to = 'delegate',"
        " organisation = 'asking', joined = :joined WHERE id = 'SR-9000'",
        {"state": state, "joined": '["party"]'},
    )


def refusals(town: Town) -> int:
    return int(town.db.query("SELECT COUNT(*) AS n FROM audit WHERE outcome = 'refused'")[0]["n"])


def press(town: Town, name: str, action_id: str, value: str) -> tuple[str, bool, int]:
    """What somebody sees after pressing a button, whether that is a refusal, and how many more the audit has."""
    somebody = ACTORS[name]
    user = (somebody.slack_id if somebody else None) or "USTRANGER"
    element = {"type": "button", "action_id": action_id, "value": value, "text": {"type": "plain_text", "text": "Go"}}
    block = {"type": "actions", "block_id": "b", "elements": [element]}
    message = town.workspace.post(town.workspace.open_im(user), "Go", user=town.workspace.bot_user_id, blocks=(block,))
    assert isinstance(message, Message)
    town.workspace.views.close(user, whole=True)
    before = refusals(town)
    assert town.sender.click(user, message, action_id, value=value).ok
    view = town.workspace.views.front(user)
    is_refusal = view is not None and view.callback_id == "entry.refused"
    return str(view.payload if view else ""), is_refusal, refusals(town) - before


def test_each_button_of_a_request_in_each_state_does_what_the_policy_says(town: Town) -> None:
    pressed = refused = 0
    for action_id, state, name in cells(DEEDS, State, ACTORS):
        put(town, state)
        person, now = known(town, name), clock.now()
        request = load(town.db, "SR-9000")
        standing = standing_of(town.db, person, DEEDS[action_id], request, now=now)
        shown, is_refusal, rows = press(town, name, action_id, "SR-9000")
        where = (action_id, str(state), name, shown)
        if standing is None:
            assert is_refusal, where
            assert rows == 1, where
            assert str(load(town.db, "SR-9000").state) == state, where
            refused += 1
        else:
            assert rows == 0, where
        pressed += 1
    print(f"{pressed} cells pressed, {refused} refused")
    assert refused > pressed / 3


def known(town: Town, name: str) -> Person | None:
    somebody = ACTORS[name]
    return people.find(town.db, somebody.id) if somebody else None


def test_a_state_in_which_nothing_can_be_done_is_said_to_whoever_could(town: Town) -> None:
    for action_id, name in (("request.approve", "Manager"), ("request.withdraw", "Requester")):
        verb = (ASKING | REVIEWING)[action_id].verb
        for state in set(State) - TRANSITIONS[verb].sources - {State.DRAFT}:
            put(town, state)
            shown, is_refusal, rows = press(town, name, action_id, "SR-9000")
            assert is_refusal
            assert "It is past that." in shown
            assert rows == 0
    assert TRANSITIONS[Verb.APPROVE].sources


@pytest.mark.parametrize("visibility", Visibility)
def test_what_is_done_to_an_entry_depends_on_who_may_know_of_it(town: Town, visibility: Visibility) -> None:
    entry = datasets.named(town.db)
    present = next(row for row in town.db.query("SELECT revision FROM datasets WHERE id = 'holder/data'"))
    changes = {"visibility": str(visibility), "visible_to": ["asking"] if visibility is Visibility.NAMED else None}
    datasets.amend(town.db, ENTRY.id, changes, revision=present["revision"], by="test", why=None, now=clock.now())
    for action_id, name in cells(ENTRY_DEEDS, ACTORS):
        thing = Thing(replace(ENTRY, visibility=visibility))
        may = rights.may(known(town, name), ENTRY_DEEDS[action_id], thing, now=clock.now())
        shown, is_refusal, _rows = press(town, name, action_id, ENTRY.id)
        assert is_refusal is not may, (action_id, name, str(visibility), shown)
        if not rights.may(known(town, name), Action.VIEW_ENTRY, thing, now=clock.now()):
            assert "Data" not in shown.replace("Data steward", ""), (
                "what may not be known looks as if it were not there"
            )
    assert isinstance(entry, list)


def test_roles_are_given_and_taken_by_administrators_alone(town: Town) -> None:
    for action_id, name in product(PEOPLE_DEEDS, ACTORS):
        may = rights.may(known(town, name), PEOPLE_DEEDS[action_id], now=clock.now())
        shown, is_refusal, rows = press(town, name, action_id, "people")
        assert is_refusal is not may, (action_id, name, shown)
        assert rows == int(not may)
