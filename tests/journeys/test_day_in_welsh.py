"""A day in Welsh: each person chose it in their Home, and no fixed English is left in what they are shown.

What entries, organisations and people say stays as it was written, so it is taken out before looking. So are titles of
laws, and the names of commands and of questions, which are read in English only.
"""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from bot.playground.model import Message, View
from bot.playground.transcript import texts
from catalogue import datasets, organisations, people, requests
from catalogue.model import GOVERNMENT, Language
from catalogue.sharing.rules import book
from tests.journeys.asking import ADMIN, ANALYST, MANAGER, NPD, STEWARD, anything, begins, card, front, presses
from tests.journeys.conftest import OFFICER, Town

ENGLISH = re.compile(r"\b(the|you|your|and|this|that|with|not|is|are|has|have|it|for|who|what|which|by|was)\b", re.I)
EVERYBODY = (OFFICER, ANALYST, MANAGER, STEWARD, ADMIN)


@pytest.fixture
def welsh(town: Town) -> Town:
    """Everybody chose Welsh."""
    for user in EVERYBODY:
        people.choose_language(town.db, people.find(town.db, user).id, Language.WELSH)
    return town


def data_of(town: Town) -> list[str]:
    """Everything that was written by people and sources, the longest first."""
    written: set[str] = set()
    for entry in datasets.everything(town.db, audience=GOVERNMENT):
        written |= strings(json.loads(json.dumps(vars_of(entry), default=str)))
    written |= {body.name for body in organisations.everyone(town.db)}
    written |= {each.name for each in people.everyone(town.db) if each.name}
    return sorted((text for text in written if len(text) > 3), key=len, reverse=True)


def vars_of(thing: Any) -> Any:
    return {name: getattr(thing, name) for name in thing.__slots__} if hasattr(thing, "__slots__") else thing


def strings(thing: Any) -> set[str]:
    if isinstance(thing, dict):
        return {text for value in thing.values() for text in strings(value)}
    if isinstance(thing, list | tuple):
        return {text for value in thing for text in strings(value)}
    return {thing, *thing.splitlines()} if isinstance(thing, str) else set()


def english_in(town: Town, thing: View | Message | dict[str, Any], *known: str) -> list[str]:
    """Lines that hold English which nobody wrote."""
    shown = thing.payload if isinstance(thing, View) else thing
    lines = [shown.text, *texts(shown.blocks)] if isinstance(shown, Message) else texts(shown)
    left = []
    for line in lines:
        rest = re.sub(r"“[^”]*”|`[^`]*`", "", line.replace("*", "").replace("&amp;", "&"))
        for text in (*known, *data_of(town)):
            rest = re.sub(re.escape(text[:40]) + "[^\n]*?…", "", rest) if "…" in rest else rest
            rest = rest.replace(text, "")
        left += [rest] if ENGLISH.search(rest) else []
    return left


def home(town: Town, user: str) -> View:
    town.settles()
    assert town.sender.open_home(user)[0].ok
    town.settles()
    view = town.workspace.views.home(user)
    assert view
    return view


@pytest.mark.parametrize("user", EVERYBODY)
def test_a_home_is_in_welsh_throughout(welsh: Town, user: str) -> None:
    assert english_in(welsh, home(welsh, user)) == []
    assert "Gofyn pwy sy'n dal data" in str(home(welsh, user).payload)


def test_the_language_is_chosen_in_the_home_and_wins_over_what_slack_says(town: Town) -> None:
    someone = town.workspace.add_user("siaradwr", locale="en-GB")
    view = home(town, someone.id)
    assert "Ask who holds data" in str(view.payload)
    town.sender.click(someone.id, view, "language.choose", value="cy")
    town.settles()
    now = town.workspace.views.home(someone.id)
    assert now
    assert "Gofyn pwy sy'n dal data" in str(now.payload)
    town.db.execute("UPDATE people SET checked_at = NULL")
    assert "Deiliad: HM Land Registry" in town.asks_directly("what is Price Paid Data?", user=someone).text
    town.sender.click(someone.id, home(town, someone.id), "language.choose", value="en")
    town.settles()
    assert "Held by HM Land Registry" in town.asks_directly("what is Price Paid Data?", user=someone).text


def test_a_language_that_there_is_not_changes_nothing(town: Town) -> None:
    assert presses(town, OFFICER, "language.choose", "fr").ok
    assert people.find(town.db, OFFICER).language is not Language.WELSH


def test_a_request_is_asked_for_and_decided_in_welsh(welsh: Town) -> None:
    begins(welsh, ANALYST, NPD)
    for _step in range(40):
        view = front(welsh, ANALYST)
        assert english_in(welsh, view, "As our data protection team advised.") == [], view.callback_id
        if view.callback_id != "request.step":
            break
        welsh.sender.submit(ANALYST, anything(view))
    welsh.sender.submit(ANALYST, {"declared": ["yes"]})
    assert english_in(welsh, front(welsh, ANALYST)) == []
    welsh.workspace.views.close(ANALYST, whole=True)
    said = card(welsh, ANALYST)
    assert "Mae eich cais wedi'i anfon" in said.text
    assert english_in(welsh, said) == []
    asked = card(welsh, MANAGER)
    (request,) = requests.of_person(welsh.db, people.find(welsh.db, ANALYST))
    laws = [law for need in requests.needs(welsh.db, request) for law in (need.citation, *need.citation.split("; "))]
    assert "Mae cais yn aros am eich penderfyniad" in asked.text
    known = ("As our data protection team advised.", *laws)
    for action in ("request.open", "request.approve_with", "request.ask", "request.delegate", "request.wait_for"):
        welsh.workspace.views.close(MANAGER, whole=True)
        presses(welsh, MANAGER, action, "SR-0001", card(welsh, MANAGER))
        assert english_in(welsh, front(welsh, MANAGER), *known) == [], action
    welsh.workspace.views.close(MANAGER, whole=True)
    presses(welsh, MANAGER, "request.approve", "SR-0001", card(welsh, MANAGER))
    welsh.sender.submit(MANAGER, {})
    assert english_in(welsh, front(welsh, MANAGER)) == []
    assert "Cymeradwywyd eich cais" in card(welsh, ANALYST).text


@pytest.mark.parametrize("subject", ["the National Pupil Database", "Price Paid Data", "Hospital Episode Statistics"])
def test_what_is_needed_to_share_is_told_in_welsh(welsh: Town, subject: str) -> None:
    answer = welsh.asks_directly(f"what are the conditions for using {subject} with a university for research?")
    items = [item for rule in book().rules for item in rule.items]
    laws = {law for each in (*items, *book().gateways) for law in (each.citation, *each.citation.split("; "))}
    entries = datasets.everything(welsh.db, audience=GOVERNMENT)
    laws |= {power.citation for entry in entries for power in entry.legal_gateways if power.citation}
    laws.add("Data Security and Protection Toolkit")
    assert "Beth sydd ei angen fel arfer" in answer.text
    assert english_in(welsh, answer, *sorted(laws, key=len, reverse=True)) == []


@pytest.mark.parametrize("group", ["what", "who", "sharing", "fresh"])
def test_an_entry_is_edited_in_welsh(welsh: Town, group: str) -> None:
    assert welsh.sender.command(STEWARD, welsh.channel, "/whoholds", f"edit {NPD}").ok
    overview = front(welsh, STEWARD)
    assert english_in(welsh, overview) == []
    welsh.sender.click(STEWARD, overview, "entry.change", value=f"{group} {NPD}")
    assert english_in(welsh, front(welsh, STEWARD), "text/csv", "OGL-UK-3.0") == []


@pytest.mark.parametrize("action", ["entry.history", "term.add", "entry.readiness", "entry.withdraw", "entry.report"])
def test_what_a_steward_opens_from_an_entry_is_in_welsh(welsh: Town, action: str) -> None:
    presses(welsh, STEWARD, action, NPD)
    assert english_in(welsh, front(welsh, STEWARD)) == []


@pytest.mark.parametrize("action", ["role.grant", "role.revoke"])
def test_the_forms_of_an_administrator_are_in_welsh(welsh: Town, action: str) -> None:
    welsh.sender.click(ADMIN, home(welsh, ADMIN), action, value="people")
    assert english_in(welsh, front(welsh, ADMIN)) == []


@pytest.mark.parametrize("action", ["role.name_deputy", "telling.choose"])
def test_the_forms_of_a_manager_are_in_welsh(welsh: Town, action: str) -> None:
    welsh.sender.click(MANAGER, home(welsh, MANAGER), action, value=people.find(welsh.db, MANAGER).id)
    assert english_in(welsh, front(welsh, MANAGER)) == []


def test_a_refusal_is_in_welsh(welsh: Town) -> None:
    presses(welsh, OFFICER, "role.grant", "people")
    refused = front(welsh, OFFICER)
    assert "Ni allwch wneud hyn" in str(refused.payload)
    assert english_in(welsh, refused) == []
    presses(welsh, OFFICER, "request.open", "SR-9999")
    assert "Nid oes cais o'r enw" in str(front(welsh, OFFICER).payload)


def test_what_stands_in_a_channel_stays_in_english(welsh: Town) -> None:
    assert "Held by HM Land Registry" in welsh.asks("what is Price Paid Data?", user=OFFICER).text
