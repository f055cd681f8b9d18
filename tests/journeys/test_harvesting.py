"""A steward decides between an entry and its source on a card; an administrator lets a stopped harvest go on."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from bot.playground.model import Message
from catalogue import clock, datasets, people
from catalogue.harvest import conflicts, harvest, sources
from catalogue.harvest.fetch import Fetcher
from catalogue.harvest.report import Report
from catalogue.model import GOVERNMENT, Dataset
from tests.fakes.upstream import Upstream, package, serving
from tests.journeys.conftest import Town

STEWARD, ADMIN, ANALYST = "U0STEWARD", "U0ADMIN", "U0ANALYST"
FIRST = "department-for-education/dataset-1"


@pytest.fixture
def upstream(town: Town) -> Iterator[Upstream]:
    with serving() as server:
        server.packages = [package(number) for number in range(1, 21)]
        sources.add(town.db, "portal", kind="ckan", url=server.url, by="ada", now=clock.now())
        run(town, server)
        yield server


def run(town: Town, upstream: Upstream, *, days: int = 0) -> Report:
    now = clock.now() + timedelta(days=days)
    with Fetcher(allowed=frozenset({upstream.place})) as fetcher:
        return harvest.harvest(
            town.db,
            "portal",
            fetcher=fetcher,
            resolve=lambda name: {"Department for Education": "department-for-education"}.get(name),
            by="portal",
            now=now,
        )


def entry(town: Town) -> Dataset:
    return datasets.get(town.db, FIRST, audience=GOVERNMENT)


def card(town: Town, user: str) -> Message:
    town.settles()
    return town.said_to(user)[-1]


def buttons(message: Message) -> list[str]:
    return [
        element["text"]["text"]
        for block in message.blocks
        if block["type"] == "actions"
        for element in block["elements"]
    ]


@pytest.fixture
def conflicting(town: Town, upstream: Upstream) -> Message:
    """The card of a steward whose title the source has changed too."""
    change = {"title": "Our title"}
    datasets.amend(town.db, FIRST, change, revision=1, by="steward", why=None, now=clock.now())
    upstream.packages[0] = package(1, title="Their <!channel> title", notes="More words")
    assert run(town, upstream).conflicts == 1
    return card(town, STEWARD)


def test_a_steward_keeps_what_the_entry_says(town: Town, conflicting: Message, upstream: Upstream) -> None:
    assert buttons(conflicting) == ["Keep ours", "Take theirs"]
    assert "Ours: Our title" in conflicting.text
    assert "Theirs: Their" in conflicting.text
    assert "<!channel>" not in conflicting.text
    town.sender.click(STEWARD, conflicting, "conflict.keep")
    assert (entry(town).title, entry(town).description) == ("Our title", "More words")
    assert buttons(card(town, STEWARD)) == []
    assert "Kept as it was. Decided by you." in card(town, STEWARD).text
    assert run(town, upstream).conflicts == 0


def test_a_steward_takes_what_the_source_says(town: Town, conflicting: Message, upstream: Upstream) -> None:
    town.sender.click(STEWARD, conflicting, "conflict.take")
    assert entry(town).title == "Their title"
    assert "Changed to what portal says." in card(town, STEWARD).text
    assert (run(town, upstream).kept, run(town, upstream).conflicts) == (0, 0)


def test_who_may_not_edit_the_entry_decides_nothing(town: Town, conflicting: Message) -> None:
    town.sender.click(ANALYST, conflicting, "conflict.take")
    assert entry(town).title == "Our title"
    assert conflicts.of_entry(town.db, FIRST)[0].state == "open"


def test_a_second_click_changes_nothing_and_says_that_it_was_decided(town: Town, conflicting: Message) -> None:
    town.sender.click(STEWARD, conflicting, "conflict.keep")
    town.sender.click(ADMIN, conflicting, "conflict.take")
    assert entry(town).title == "Our title"
    view = town.workspace.views.front(ADMIN)
    assert view and "decided already" in str(view.payload)


def test_a_card_whose_conflict_a_newer_one_replaced_has_the_newer_ones_buttons(
    town: Town, conflicting: Message, upstream: Upstream
) -> None:
    upstream.packages[0] = package(1, title="Their newest title")
    run(town, upstream)
    town.sender.click(STEWARD, conflicting, "conflict.take")  # the old button, as somebody had it before their eyes
    assert entry(town).title == "Our title"
    assert "Their newest title" in card(town, STEWARD).text


def test_an_administrator_lets_a_stopped_harvest_go_on(town: Town, upstream: Upstream) -> None:
    del upstream.packages[:10]
    stopped = run(town, upstream)
    asked = card(town, ADMIN)
    assert buttons(asked) == ["Go on with it"]
    assert "10 of 20 entries are missing" in asked.text
    assert FIRST in asked.text
    town.sender.click(ANALYST, asked, "harvest.go_on")
    assert harvest.accepted(town.db) == []
    town.sender.click(ADMIN, asked, "harvest.go_on")
    admin = people.find(town.db, ADMIN).id
    assert harvest.accepted(town.db) == [("portal", stopped.run, admin)]
    assert buttons(card(town, ADMIN)) == []
    harvest.go_on(town.db, "portal", stopped.run, by=admin, now=clock.now())
    assert "went on" in card(town, ADMIN).text


def test_stewards_are_told_what_was_withdrawn(town: Town, upstream: Upstream) -> None:
    del upstream.packages[0]
    for days in range(-9, 1):
        run(town, upstream, days=days)
    told = card(town, STEWARD)
    assert "Withdrawn, because portal has not had them for a week" in told.text
    assert "Dataset 1" in told.text


def test_a_steward_is_asked_before_what_they_hold_changes(town: Town, upstream: Upstream) -> None:
    assert town.sender.command(STEWARD, town.channel, "/whoholds", f"edit {FIRST}").ok
    view = town.workspace.views.front(STEWARD)
    assert view
    town.sender.click(STEWARD, view, "entry.hold", value=FIRST)
    town.sender.submit(STEWARD, {"held": ["description"]})
    view = town.workspace.views.front(STEWARD)
    assert view and "You are asked before these change: Description" in str(view.payload)
    upstream.packages[0] = package(1, notes="New")
    run(town, upstream)
    assert buttons(card(town, STEWARD)) == ["Keep ours", "Take theirs"]
    assert entry(town).description != "New"
