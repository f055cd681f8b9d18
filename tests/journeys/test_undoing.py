"""An administrator looks at what was brought in, from the Home, and has a harvest or a file taken back."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from bot.playground.model import Message, View
from bot.playground.transcript import elements_of, texts
from catalogue import audit, clock, datasets, organisations, people
from catalogue.harvest import harvest, ledger, sources
from catalogue.harvest.fetch import Fetcher
from catalogue.harvest.report import Report
from catalogue.model import GOVERNMENT, Dataset, Person
from tests.catalogue.harvest.bodies import body, serve
from tests.fakes.upstream import Upstream, package, serving
from tests.journeys.asking import ADMIN, STEWARD, presses
from tests.journeys.conftest import Town

FIRST = "department-for-education/dataset-1"


@pytest.fixture
def upstream(town: Town) -> Iterator[Upstream]:
    with serving() as server:
        server.packages = [package(number) for number in range(1, 21)]
        serve(server, [body("office-for-boats", "Office for Boats"), body("office-for-trains", "Office for Trains")])
        sources.add(town.db, "portal", kind="ckan", url=server.url, by="ada", now=clock.now())
        bodies = f"{server.url}/api/organisations/1"
        sources.add(town.db, "bodies", kind="organisations", url=bodies, by="ada", now=clock.now())
        run(town, server)
        yield server


def run(town: Town, upstream: Upstream, source: str = "portal") -> Report:
    with Fetcher(allowed=frozenset({upstream.place})) as fetcher:
        return harvest.harvest(
            town.db,
            source,
            fetcher=fetcher,
            resolve=lambda name: {"Department for Education": "department-for-education"}.get(name),
            by=source,
            now=clock.now(),
        )


def entry(town: Town) -> Dataset:
    return datasets.get(town.db, FIRST, audience=GOVERNMENT)


def home(town: Town) -> View:
    """The Home of an administrator."""
    town.sender.open_home(ADMIN)
    view: View = town.workspace.wait_for(lambda workspace: workspace.views.home(workspace.users[ADMIN].id))
    return view


def listed(town: Town) -> View:
    """What opens when an administrator presses the button in their Home."""
    town.sender.click(ADMIN, home(town), "run.list", value="runs")
    view = town.workspace.views.front(ADMIN)
    assert view
    return view


def offered(view: View) -> list[Any]:
    found = [element for block in view.blocks for element in elements_of(block)]
    return [element["value"] for element in found if element["action_id"] == "run.undo"]


def words(view: View | None) -> str:
    assert view
    return "\n".join(texts(view.blocks))


def take_back(town: Town, run_: str) -> Message:
    """An administrator finds the run in the list, presses the button and confirms; what they are told."""
    town.sender.click(ADMIN, listed(town), "run.undo", value=run_)
    assert run_ in words(town.workspace.views.front(ADMIN))
    town.sender.submit(ADMIN, {})
    assert "is being taken back" in words(town.workspace.views.front(ADMIN))
    town.settles()
    return [message for message in town.said_to(ADMIN) if f"{run_} is taken back" in message.text][-1]


def test_a_whole_harvest_is_taken_back_and_the_next_one_does_not_do_it_again(town: Town, upstream: Upstream) -> None:
    upstream.packages[0] = package(1, title="A worse title")
    upstream.packages.append(package(21))
    worse = run(town, upstream).run
    shown = listed(town)
    assert "1 added, 1 changed, 0 withdrawn." in words(shown)
    assert offered(shown)[0] == worse
    told = take_back(town, worse)
    assert "1 put back, 1 withdrawn or removed" in told.text
    assert entry(town).title == "Dataset 1"
    last = audit.newest(town.db)[0]
    assert (last.action, last.by) == ("harvest.run", people.find(town.db, ADMIN).id)
    after = listed(town)
    assert worse not in offered(after)
    assert f"Undo of {worse}" in words(after)
    assert run(town, upstream).changed == 0


def test_what_somebody_changed_since_and_what_is_in_use_are_named(town: Town, upstream: Upstream) -> None:
    bodies = run(town, upstream, "bodies").run
    people.save(town.db, Person("bo", organisation="office-for-boats"), origin="test", now=clock.now())
    told = take_back(town, bodies)
    assert "1 withdrawn or removed" in told.text
    assert "Still in use" in told.text and "office-for-boats" in told.text
    assert "office-for-trains" not in {each.slug for each in organisations.everyone(town.db)}
    upstream.packages[0] = package(1, title="A worse title")
    worse = run(town, upstream).run
    datasets.amend(town.db, FIRST, {"title": "Ours"}, revision=2, by="x", why=None, now=clock.now())
    told = take_back(town, worse)
    assert "1 was changed since and stays as it is" in told.text and FIRST in told.text
    assert entry(town).title == "Ours"


@pytest.mark.parametrize("action", ["run.list", "run.undo"])
def test_nobody_else_sees_the_list_or_takes_anything_back(town: Town, upstream: Upstream, action: str) -> None:
    first, before = ledger.latest(town.db, limit=1)[0].id, entry(town)
    presses(town, STEWARD, action, first)
    view = words(town.workspace.views.front(STEWARD))
    assert "It is for: administrator" in view and first not in view
    assert audit.newest(town.db)[0].outcome == "refused"
    town.settles()
    assert entry(town) == before


def test_a_form_is_refused_once_its_sender_is_no_longer_an_administrator(town: Town, upstream: Upstream) -> None:
    first = ledger.latest(town.db, limit=1)[0].id
    town.sender.click(ADMIN, listed(town), "run.undo", value=first)
    town.db.execute("UPDATE grants SET ended_at = :now WHERE role = 'admin'", {"now": clock.stamp(clock.now())})
    town.sender.submit(ADMIN, {})
    assert "It is for: administrator" in words(town.workspace.views.front(ADMIN))
    town.settles()
    assert entry(town).status == "published"


def test_two_clicks_take_it_back_once_and_say_so_once(town: Town, upstream: Upstream) -> None:
    upstream.packages[0] = package(1, title="A worse title")
    worse, admin = run(town, upstream).run, people.find(town.db, ADMIN)
    for seconds in range(2):
        ledger.ask_back(town.db, worse, by=admin, now=clock.now() + timedelta(seconds=seconds))
    town.settles()
    assert [worse in message.text for message in town.said_to(ADMIN)].count(True) == 1
    assert [line.action for line in datasets.history(town.db, FIRST)] == ["add", "amend", "undo"]
