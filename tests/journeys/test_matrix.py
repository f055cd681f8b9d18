"""Every cell of the two matrices of docs/rights.md, through the real listeners: who may gets on, who may not is told so
in a plain sentence, nothing happens, and the audit has a row. What has no listener is done at the command line.

By default a sample of the cells, the same each time; with WHOHOLDS_PROOF=1 all of them.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import product
from pathlib import Path
from random import Random
from typing import Any

import pytest
from click.testing import CliRunner

from bot.__main__ import whoholds
from bot.playground.model import Message, View
from bot.slack.request_asking import DEEDS as ASKING
from bot.slack.request_review import DEEDS as REVIEWING
from catalogue import clock, datasets, people, rights
from catalogue.errors import NotAllowed
from catalogue.model import Grant, Person, Visibility
from catalogue.requests.record import load, standing_of
from catalogue.requests.states import PENDING, TRANSITIONS, State, Verb
from catalogue.rights import Action, Standing, Thing
from tests.catalogue.requests.asking import complete
from tests.journeys.asking import anything
from tests.journeys.conftest import Builder, Town
from tests.rights_page import ACTORS, ENTRY

FULL = os.environ.get("WHOHOLDS_PROOF") == "1"
SAMPLED = 150
"""So many cells of a matrix are tried by default."""
ALWAYS = {"since": datetime(2000, 1, 1, tzinfo=UTC), "until": datetime(2099, 1, 1, tzinfo=UTC)}
KEY = "SR-9000"
TITLE = "Zebra crossings register"
DEEDS = ASKING | REVIEWING


@dataclass(frozen=True)
class Way:
    """How something is done to a request in Slack: a button alone, or a form that a button opens."""

    button: str
    form: str | None = None
    values: Mapping[str, Any] | None = None
    share: str = "agreed"
    stage: State | None = None
    """Where the form can be opened, to have one to send in any state."""
    who: str = "Manager"
    """Who can open it there."""


def deed(key: str, share: str = "agreed", who: str = "Manager", **values: Any) -> Way:
    """What a button opens and its form does."""
    stage = next(each for each in State if each in TRANSITIONS[DEEDS[key].verb].sources and each is not State.DRAFT)
    return Way(key, key, {"note": "Because.", **values}, share, stage, who)


WAYS: Mapping[Verb, tuple[Way, ...]] = {
    Verb.EDIT: (
        Way("request.continue", "request.step", {"aims": "Something else"}, stage=State.DRAFT, who="Requester"),
    ),
    Verb.HAND_OVER: (deed("request.hand_over", who="Requester", to="UCOLLEAGUE"),),
    Verb.JOIN: (Way("request.join"),),
    Verb.SUBMIT: (
        Way("request.continue", "request.submit", {"declared": ["yes"]}, stage=State.DRAFT, who="Requester"),
    ),
    Verb.START_REVIEW: (Way("request.open"),),
    Verb.ASK: (deed("request.ask"),),
    Verb.ANSWER: (deed("request.answer", who="Requester"),),
    Verb.NOTE: (deed("request.note"),),
    Verb.WAIT_FOR: (deed("request.wait_for", party="legal"),),
    Verb.DELEGATE: (deed("request.delegate", to="USTEWARD"),),
    Verb.NUDGE: (Way("request.nudge"),),
    Verb.APPROVE: (deed("request.approve"), deed("request.approve_with", conditions="Only here.")),
    Verb.DECLINE: (deed("request.decline"),),
    Verb.SEND_BACK: (deed("request.send_back"),),
    Verb.WITHDRAW: (deed("request.withdraw", who="Requester"),),
    Verb.ACCEPT: (deed("share.accept", who="Requester", accepted=["yes"]),),
    Verb.TICK: (Way("share.tick.transfer", share="accepted"), Way("share.tick.dpia", share="accepted")),
    Verb.SUPPLY: (deed("share.supply", "delivered"),),
    Verb.ASK_RENEWAL: (deed("share.ask_renewal", "supplied", "Requester"),),
    Verb.RENEW: (deed("share.renew", "supplied"),),
    Verb.END: (deed("share.end", "supplied"),),
}
"""How each verb is done. START is a button of an entry; EXPIRE is the program's alone."""


def cells(*axes: object) -> list[tuple[Any, ...]]:
    every = list(product(*axes))  # type: ignore[call-overload]
    return every if FULL or len(every) <= SAMPLED else Random(len(every)).sample(every, SAMPLED)


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
    datasets.add(town.db, {"id": ENTRY.id, "title": TITLE, "publisher": "holder"}, by="test", why=None, now=now)
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
    long_ago = {"now": clock.stamp(datetime(2026, 1, 5, 10, tzinfo=UTC))}
    town.db.execute(
        "INSERT INTO requests (id, number, dataset_id, dataset_title, holder, author, organisation, state, events,"
        " answers, facts, filled, conditions, waiting_for, waiting_since, delegated_to, joined, created_at, changed_at,"
        " submitted_at) VALUES ('SR-9000', 9000, 'holder/data', 'Zebra crossings register', 'holder', 'requester',"
        " 'asking', 'draft', 8, '{}', '{}', '{}', :conditions, 'manager', :now, 'delegate', '[\"party\"]', :now, :now,"
        " :now)",
        {**long_ago, "conditions": '{"needs": []}'},
    )
    for place, state in enumerate(State, start=1):
        town.db.execute(
            "INSERT INTO request_events (request_id, place, at, by, verb, before, after, waiting_for, is_private,"
            " detail) VALUES ('SR-9000', :place, :now, 'requester', 'submit', 'draft', :state, 'manager', 0, '{}')",
            {**long_ago, "place": place, "state": str(state)},
        )
    answered = complete(town.db, load(town.db, KEY), people.find(town.db, "requester"), now)
    ANSWERED["answers"] = json.dumps(dict(answered.answers))


ANSWERED: dict[str, str] = {}


def _values(grant: Grant) -> dict[str, object]:
    return {name: getattr(grant, name) for name in Grant.__dataclass_fields__}


def put(town: Town, state: State, share: str = "agreed") -> None:
    """The request as it was made, in this state, with its share so far. `delivered`: accepted, and every step done."""
    now, kept = clock.stamp(clock.now()), {"agreed": "agreed", "delivered": "accepted"}.get(share, share)
    with town.db.atomic():
        town.db.execute(
            "UPDATE requests SET state = :state, author = 'requester', former = '[]', delegated_to = 'delegate',"
            " organisation = 'asking', joined = :joined, version = 1, events = 8, question = 'Why?',"
            " answers = :answers, decided_by = NULL WHERE id = 'SR-9000'",
            {"state": str(state), "joined": '["party"]', **ANSWERED},
        )
        town.db.execute("DELETE FROM request_events WHERE request_id = 'SR-9000' AND place > 8")
        town.db.execute("DELETE FROM request_joined WHERE request_id = 'SR-9000'")
        town.db.execute("DELETE FROM share_steps WHERE request_id = 'SR-9000'")
        town.db.execute("DELETE FROM shares WHERE request_id = 'SR-9000'")
        if state is State.APPROVED:
            put_share(town, kept, now, is_ready=share in ("delivered", "supplied"))


def put_share(town: Town, share: str, now: str, *, is_ready: bool) -> None:
    town.db.execute(
        "INSERT INTO shares (request_id, dataset_id, dataset_title, holder, recipient, state, starts_on, supplied_at)"
        " VALUES ('SR-9000', 'holder/data', 'Data', 'holder', 'asking', :share, '2026-01-01', :at)",
        {"share": share, "at": now if share == "supplied" else None},
    )
    for place, (step, party) in enumerate((("dpia", "requester"), ("transfer", "technical")), start=1):
        town.db.execute(
            "INSERT INTO share_steps (request_id, place, step, party, done_at)"
            " VALUES ('SR-9000', :place, :step, :party, :at)",
            {"place": place, "step": step, "party": party, "at": now if is_ready else None},
        )


def refusals(town: Town) -> int:
    return int(town.db.query("SELECT COUNT(*) AS n FROM audit WHERE outcome = 'refused'")[0]["n"])


def user_of(name: str) -> str:
    somebody = ACTORS[name]
    return (somebody.slack_id if somebody else None) or "USTRANGER"


def known(town: Town, name: str) -> Person | None:
    somebody = ACTORS[name]
    return people.find(town.db, somebody.id) if somebody else None


def press(town: Town, name: str, action_id: str, value: str) -> tuple[str, bool, int]:
    """What somebody sees after pressing a button, whether that is a refusal, and how many more the audit has."""
    user = user_of(name)
    element = {"type": "button", "action_id": action_id, "value": value, "text": {"type": "plain_text", "text": "Go"}}
    block = {"type": "actions", "block_id": "b", "elements": [element]}
    message = town.workspace.post(town.workspace.open_im(user), "Go", user=town.workspace.bot_user_id, blocks=(block,))
    assert isinstance(message, Message)
    town.workspace.views.close(user, whole=True)
    before = refusals(town)
    assert town.sender.click(user, message, action_id, value=value).ok
    return seen(town, user, before)


def send(town: Town, name: str, form: View, values: Mapping[str, Any]) -> tuple[str, bool, int]:
    """The same after sending a form, which somebody has got hold of who could not open it."""
    user, before = user_of(name), refusals(town)
    town.workspace.views._stacks[user] = [replace(form, user=user)]
    delivery = town.sender.submit(user, {**anything(form), **values}, view=replace(form, user=user))
    assert delivery.ok, delivery
    assert not town.workspace.views.errors.get(user), town.workspace.views.errors
    return seen(town, user, before)


def seen(town: Town, user: str, before: int) -> tuple[str, bool, int]:
    view = town.workspace.views.front(user)
    is_refusal = view is not None and view.callback_id == "entry.refused"
    return str(view.payload if view else ""), is_refusal, refusals(town) - before


@pytest.fixture(scope="module")
def forms(town: Town) -> dict[str, View]:
    """Every form, as somebody who may has it open."""
    show_to(town, Visibility.PUBLIC)
    found = {}
    for way in (way for ways in WAYS.values() for way in ways if way.form):
        assert way.stage
        put(town, way.stage, way.share)
        if way.form == "request.step":
            town.db.execute("UPDATE requests SET answers = '{}' WHERE id = 'SR-9000'")
        shown, is_refusal, _rows = press(town, way.who, way.button, KEY)
        view = town.workspace.views.front(user_of(way.who))
        assert view, shown
        assert (view.callback_id, is_refusal) == (way.form, False), shown
        found[f"{way.button} {way.form}"] = view
    return found


def wrong_side(way: Way, standing: Standing | None) -> bool:
    """Whether a step to delivery is the other side's to tick."""
    is_theirs = {"share.tick.dpia": Standing.REQUESTER}.get(way.button)
    return way.button.startswith("share.tick.") and (standing is Standing.REQUESTER) is not (is_theirs is not None)


def is_still_here(verb: Verb, standing: Standing | None) -> bool:
    """An administrator hands over what somebody has left behind, and here the author has not left."""
    return verb is Verb.HAND_OVER and standing is Standing.ADMIN


@pytest.mark.parametrize("verb", list(WAYS), ids=str)
def test_each_verb_in_each_state_is_done_by_whom_the_policy_says(
    town: Town, forms: dict[str, View], verb: Verb
) -> None:
    row, done = TRANSITIONS[verb], 0
    show_to(town, Visibility.PUBLIC)
    assert row.action
    for way, state, name in per_verb(verb):
        put(town, state, way.share)
        person, now = known(town, name), clock.now()
        before = load(town.db, KEY)
        standing = standing_of(town.db, person, row.action, before, now=now)
        reads = (
            standing_of(town.db, person, Action.VIEW_REQUEST, before, now=now) if verb is Verb.START_REVIEW else None
        )
        if way.form:
            shown, is_refusal, rows = send(town, name, forms[f"{way.button} {way.form}"], way.values or {})
        else:
            shown, is_refusal, rows = press(town, name, way.button, KEY)
        after, where = load(town.db, KEY), (str(verb), str(state), name, shown)
        events = town.db.query("SELECT verb FROM request_events WHERE request_id = 'SR-9000' AND place > 8")
        verbs = [each["verb"] for each in events]
        if verb is Verb.START_REVIEW:  # reading it in full, which begins the review for whoever decides
            begins = standing not in (None, Standing.ADMIN) and state is State.SUBMITTED
            assert (is_refusal, rows) == ((False, 0) if reads else (True, 1)), where
            assert verbs == (["start_review"] if begins else []), where
        elif standing is not None and state not in row.sources and not is_still_here(verb, standing):
            assert rows == 0, where
            assert (after, verbs) == (before, []), "it is past that"
        elif standing is None or wrong_side(way, standing) or is_still_here(verb, standing):
            assert (is_refusal, rows) == (True, 1), where
            assert (after, verbs) == (before, []), where
        else:
            assert (is_refusal, rows) == (False, 0), where
            assert verbs == [str(verb)], where
            assert after.state is (row.target or state), where
            done += 1
    assert done or not FULL or verb is Verb.START_REVIEW


def per_verb(verb: Verb) -> list[tuple[Way, State, str]]:
    """All its cells, or a sample."""
    every = list(product(WAYS[verb], State, ACTORS))
    return every if FULL else Random(str(verb)).sample(every, 12)


def test_there_is_a_way_for_every_verb() -> None:
    assert set(WAYS) == set(Verb) - {Verb.START, Verb.EXPIRE}


def test_each_button_of_a_request_in_each_state_opens_for_whom_the_policy_says(town: Town) -> None:
    refused = pressed = 0
    show_to(town, Visibility.PUBLIC)
    for action_id, state, name in cells(DEEDS, State, ACTORS):
        put(town, state)
        action = DEEDS[action_id].action
        standing = standing_of(town.db, known(town, name), action, load(town.db, KEY), now=clock.now())
        shown, is_refusal, rows = press(town, name, action_id, KEY)
        where = (action_id, str(state), name, shown)
        assert rows == int(standing is None), where
        assert is_refusal is (standing is None or state not in TRANSITIONS[DEEDS[action_id].verb].sources), where
        pressed, refused = pressed + 1, refused + (standing is None)
    print(f"{pressed} cells pressed, {refused} refused")
    assert refused > pressed / 3


def test_a_state_in_which_nothing_can_be_done_is_said_to_whoever_could(town: Town) -> None:
    for action_id, name in (("request.approve", "Manager"), ("request.withdraw", "Requester")):
        verb = DEEDS[action_id].verb
        for state in set(State) - TRANSITIONS[verb].sources - {State.DRAFT}:
            put(town, state)
            shown, is_refusal, rows = press(town, name, action_id, KEY)
            assert is_refusal
            assert "It is past that." in shown
            assert rows == 0
    assert TRANSITIONS[Verb.APPROVE].sources == PENDING


# what is done to an entry, to people, to the catalogue

ENTRY_WAYS: Mapping[Action, tuple[str, str]] = {
    Action.START_REQUEST: ("request.start", ENTRY.id),
    Action.EDIT_ENTRY: ("entry.edit", ENTRY.id),
    Action.WITHDRAW_ENTRY: ("entry.withdraw", ENTRY.id),
    Action.PROPOSE_ENTRY: ("entry.report", ENTRY.id),
    Action.VERIFY_ENTRY: ("review.right", f"2026-W48 {ENTRY.id}"),
    Action.RESOLVE_ENTRY: ("proposal.decline", "1"),
    Action.VIEW_ENTRY: ("entry.readiness", ENTRY.id),
}
PEOPLE_WAYS: Mapping[Action, str] = {
    Action.GRANT_ROLE: "role.grant",
    Action.REVOKE_ROLE: "role.revoke",
    Action.NAME_DEPUTY: "role.name_deputy",
}
COMMANDS: Mapping[Action, tuple[str, ...]] = {
    Action.RUN_HARVEST: ("harvest", "undo", "RUN-9999"),
    Action.EDIT_SOURCE: ("sources", "add", "zebra", "--kind", "ckan", "--url", "https://zebra.example.gov.uk"),
    Action.READ_AUDIT: ("check", "audit"),
    Action.EXPORT_PERSON: ("people", "export", "nobody-else"),
    Action.ERASE_PERSON: ("people", "erase", "nobody-else", "--reason", "They asked", "--yes"),
    Action.CHANGE_SETTINGS: ("requests", "add-questions", "holder"),
}
EVERYBODYS = (Action.SEARCH, Action.EXPORT_CATALOGUE, Action.VIEW_REGISTER, Action.ADD_ENTRY)
"""The rest, each in a test of its own below."""


def test_there_is_a_way_for_every_action() -> None:
    of_requests = {row.action for verb, row in TRANSITIONS.items() if verb in WAYS} | {Action.VIEW_REQUEST}
    assert {*of_requests, *ENTRY_WAYS, *PEOPLE_WAYS, *COMMANDS, *EVERYBODYS} == set(Action)


def show_to(town: Town, visibility: Visibility) -> Thing:
    present = next(row for row in town.db.query("SELECT revision FROM datasets WHERE id = 'holder/data'"))
    changes = {"visibility": str(visibility), "visible_to": ["asking"] if visibility is Visibility.NAMED else None}
    datasets.amend(town.db, ENTRY.id, changes, revision=present["revision"], by="test", why=None, now=clock.now())
    return Thing(replace(ENTRY, visibility=visibility))


@pytest.mark.parametrize("visibility", Visibility)
def test_what_is_done_to_an_entry_depends_on_who_may_know_of_it(town: Town, visibility: Visibility) -> None:
    thing = show_to(town, visibility)
    town.db.execute("DELETE FROM proposals")
    town.db.execute(
        "INSERT INTO proposals (number, dataset_id, revision, kind, words, by, made_at, state)"
        " VALUES (1, 'holder/data', 1, 'other', 'Wrong', 'requester', :now, 'open')",
        {"now": clock.stamp(clock.now())},
    )
    for action, name in cells(ENTRY_WAYS, ACTORS):
        person, now = known(town, name), clock.now()
        may = rights.may(person, action, thing, now=now)
        may = may and person is not None  # in Slack a stranger to the workspace does nothing, public or not
        if action is Action.EDIT_ENTRY:  # who may not edit is offered to say what is wrong instead
            may = may or rights.may(person, Action.PROPOSE_ENTRY, thing, now=now)
        action_id, value = ENTRY_WAYS[action]
        shown, is_refusal, _rows = press(town, name, action_id, value)
        assert is_refusal is not may, (action_id, name, str(visibility), shown)
        if not rights.may(known(town, name), Action.VIEW_ENTRY, thing, now=clock.now()):
            assert "Zebra" not in shown, "what may not be known looks as if it were not there"


@pytest.mark.parametrize("visibility", Visibility)
def test_only_what_somebody_may_know_is_found_and_written_out(
    town: Town, visibility: Visibility, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    thing = show_to(town, visibility)
    for name in ("Manager", "Requester", "Elsewhere in government", "Guest", *(ACTORS if FULL else ())):
        person = known(town, name)
        if person is None or not person.is_active:  # nobody can ask from an account that is closed
            continue
        may = rights.may(person, Action.SEARCH, Thing(thing.dataset), now=clock.now())
        answer = town.asks_directly(f"What is {TITLE}?", user_of(name))
        assert (TITLE in answer.text.replace("“Zebra crossings register”", "")) is may, (name, answer.text)
        result = command(town, monkeypatch, "export", "--format", "jsonl", "--as", person.id)
        assert (TITLE in result.stdout) is rights.may(person, Action.EXPORT_CATALOGUE, thing, now=clock.now()), name


def test_the_register_is_everybodys_and_new_entries_are_for_who_keeps_entries(town: Town) -> None:
    assert town.bot.web.test_client().get("/register").status_code == 200
    for name in ACTORS:
        person = known(town, name)
        assert rights.may(person, Action.VIEW_REGISTER, now=clock.now())
        own = Thing(organisation=person.organisation if person else None)
        shown, is_refusal, _rows = press(town, name, "entry.add", "")
        assert is_refusal is not rights.may(person, Action.ADD_ENTRY, own, now=clock.now()), (name, shown)


def test_roles_are_given_and_taken_by_administrators_and_lent_by_managers(town: Town) -> None:
    for action, name in product(PEOPLE_WAYS, ACTORS):
        person = known(town, name)
        own = [grant.scope for grant in person.grants if not grant.deputy_for] if person else []
        thing = Thing(organisation=own[0]) if own and action is Action.NAME_DEPUTY else Thing()
        may = rights.may(person, action, thing, now=clock.now())
        if action is Action.NAME_DEPUTY and not (own and own[0]):
            may = False  # an administrator may, but has nothing for which somebody could stand in
        shown, is_refusal, rows = press(town, name, PEOPLE_WAYS[action], "people")
        assert is_refusal is not bool(may), (str(action), name, shown)
        assert rows == int(not may)


def test_what_has_no_button_is_refused_at_the_command_line(
    town: Town, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    asked = tmp_path / "questions.toml"
    asked.write_text('[[question]]\nid = "date_required"\ncompulsory = true\n', encoding="utf-8")
    names = [name for name, somebody in ACTORS.items() if somebody]
    every = list(product(COMMANDS, names))
    for action, name in every if FULL else Random(7).sample(every, 20):
        people.save(town.db, Person("nobody-else", "Nobody else"), origin="test", now=clock.now())
        somebody = known(town, name)
        assert somebody
        words = (*COMMANDS[action], *([str(asked)] if action is Action.CHANGE_SETTINGS else []), "--as", somebody.id)
        before = refusals(town)
        result = command(town, monkeypatch, *words)
        may = rights.may(somebody, action, Thing(person="nobody-else"), now=clock.now())
        assert isinstance(result.exception, NotAllowed) is not may, (words, result.stdout, result.stderr)
        assert refusals(town) - before == int(not may), words


def command(town: Town, monkeypatch: pytest.MonkeyPatch, *words: str) -> Any:
    monkeypatch.setenv("WHOHOLDS_DATABASE", town.settings.database)
    monkeypatch.setenv("WHOHOLDS_INDEX", str(town.settings.index))
    return CliRunner().invoke(whoholds, list(words))
