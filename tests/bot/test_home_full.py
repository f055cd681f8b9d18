"""With five hundred of everything, every Home has all its parts, fits into what Slack takes, and each list is paged."""

from __future__ import annotations

import re
from datetime import datetime

import pytest

from bot.playground.block_kit import faults
from bot.playground.transcript import texts
from bot.slack import home
from bot.slack.sections import SECTIONS
from catalogue import clock, datasets, demand, follows, people, readiness
from catalogue.model import Grant, Person, Role
from catalogue.search.find import Search
from catalogue.store import Database
from intents.context import Context
from tests.catalogue.requests.asking import DFE, furnish, submitted

MANY = 500


def copy_requests(db: Database) -> None:
    """Requests like the first one, with its history."""
    request = db.query("SELECT * FROM requests")[0]
    events = db.query("SELECT * FROM request_events")
    for table, rows in (
        ("requests", [{**request, "id": f"SR-9{n:04}", "number": 90_000 + n} for n in range(MANY)]),
        ("request_events", [{**event, "request_id": f"SR-9{n:04}"} for n in range(MANY) for event in events]),
    ):
        names = list(rows[0])
        db.execute_many(
            f"INSERT INTO {table} ({', '.join(names)}) VALUES ({', '.join(':' + each for each in names)})", rows
        )


@pytest.fixture
def everybody(search: Search, now: datetime) -> list[Person]:
    db = search.db
    folk = furnish(db, now)
    submitted(db, folk["asker"], now)
    copy_requests(db)
    with db.atomic():
        for n in range(MANY):
            entry = {"id": f"dfe/n{n}", "title": f"Data {n}", "publisher": DFE, "last_verified": "2020-01-01"}
            datasets.add(db, entry, by="test", why=None, now=now)
            if n < follows.MOST:
                follows.start(db, folk["asker"], "question", f"Subject {n}", now=now)
            demand.record(db, f"Subject number {n}", organisation="camden-council", now=now)
            people.save(db, Person(f"person{n}", f"Person {n}", organisation=DFE), origin="test", now=now)
            people.grant(db, f"person{n}", Grant(Role.MANAGER, DFE, deputy_for="manager"), by="t", reason=None, now=now)
    for grant in (Grant(Role.STEWARD, DFE), Grant(Role.MANAGER, DFE), Grant(Role.ADMIN), Grant(Role.AUDITOR)):
        people.grant(db, "asker", grant, by="test", reason=None, now=now)
    readiness.refresh(db, now=now)
    return [people.find(db, name) for name in (*folk, "person1")]


def test_every_home_fits_and_leaves_no_part_away(search: Search, everybody: list[Person]) -> None:
    context = Context(search.db, search)
    for person in everybody:
        view = home.view(context, person)
        assert faults(view, "home") == []
        assert len(view["blocks"]) < 100
        shown = texts(view["blocks"])
        for name, section in SECTIONS.items():
            made = section(context, person, clock.now(), home.Page(name))
            assert set(texts([block.to_dict() for block in made])) <= set(shown), f"{name} of {person.id} is left away"
    asker = next(person for person in everybody if person.id == "asker")
    paged = [text for text in texts(home.view(context, asker)["blocks"]) if text.startswith("1 to 5 of ")]
    assert len(paged) >= 2, paged


def test_each_list_says_how_long_it_is_and_its_last_row_can_be_reached(search: Search, everybody: list[Person]) -> None:
    context, people_ = Context(search.db, search), {person.id: person for person in everybody}
    for name, section in (
        ("asker", "requests"),
        ("pupils-manager", "queue"),
        ("manager", "deputies"),
        ("asker", "follows"),
    ):
        view = home.view(context, people_[name], pages={section: home.LAST_PAGE})
        shown = [text for text in texts(view["blocks"]) if " to " in text and " of " in text and text[0].isdigit()]
        total = {"deputies": MANY, "follows": follows.MOST}.get(section, MANY + 1)
        assert any(text.endswith(f" to {total} of {total}") for text in shown), (section, shown)


def test_a_manager_is_told_what_happens_without_a_deputy_and_a_deputy_is_not(search: Search, now: datetime) -> None:
    folk, context = furnish(search.db, now), Context(search.db, search)
    assert "You have no deputy." in str(home.view(context, folk["manager"]))
    assert re.search(r"The next bank holiday is on \d+ \w+ 20\d\d\.", str(home.view(context, folk["manager"])))
    stands_in = Grant(Role.MANAGER, DFE, deputy_for="manager")
    people.grant(search.db, "colleague", stands_in, by="test", reason=None, now=now)
    for name in ("manager", "colleague"):
        assert "You have no deputy." not in str(home.view(context, people.find(search.db, name)))
