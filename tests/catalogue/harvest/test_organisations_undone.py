"""A run that harvested public bodies is taken back: they are as they were, unless changed since or in use."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from catalogue import audit, clock, datasets, organisations, people, terms
from catalogue.harvest import organisation_changes, references
from catalogue.harvest.undo import CannotUndoRun, Undone, undo
from catalogue.model import Organisation, Person
from catalogue.store import Database
from tests.catalogue.harvest.bodies import body, known, serve
from tests.catalogue.harvest.conftest import Harvesting
from tests.catalogue.harvest.importing import ROW, bring_in
from tests.conftest import NOW
from tests.fakes.upstream import Upstream

BOATS, TRAINS = body("office-for-boats", "Office for Boats"), body("office-for-trains", "Office for Trains")
PATH = "/api/organisations/1"


def state(db: Database) -> dict[str, Any]:
    return organisation_changes.present(db)


def take_back(db: Database, run: str) -> Undone:
    return undo(db, run, by="ada", now=NOW)


@pytest.fixture
def portal(db: Database, upstream: Upstream, harvesting: Harvesting) -> Harvesting:
    """The source, which lists boats; an import has named trains."""
    organisations.add_unknown(db, {"office-for-trains": "trains"})
    serve(upstream, [BOATS, TRAINS])
    harvesting.add(db, "organisations", PATH)
    return harvesting


def test_added_bodies_go_and_changed_ones_are_put_back_with_where_they_came_from(
    db: Database, portal: Harvesting
) -> None:
    before = state(db)
    run = portal(db).run
    assert known(db)["office-for-trains"].name == "Office for Trains"
    done = take_back(db, run)
    assert (done.put_back, done.removed, done.withdrawn, done.changed_since, done.in_use) == (1, 1, 0, [], [])
    assert state(db) == before
    assert state(db)["office-for-trains"][1] == "import"
    line = [each for each in audit.newest(db) if each.about == done.undo]
    assert [each.detail for each in line] == [{"run": run, "put_back": 1, "withdrawn": 0, "removed": 1}]
    assert audit.verify(db).problems == ()


def test_an_undo_moves_the_vocabulary_so_that_readers_look_again(db: Database, portal: Harvesting) -> None:
    run = portal(db).run
    query = "SELECT value FROM counters WHERE name = 'vocabulary'"
    before = db.query(query)
    assert portal(db).changed == 0
    assert db.query(query) == before, "a harvest that changed nothing has nobody look again"
    take_back(db, run)
    assert db.query(query) != before


def test_a_run_is_undone_once_and_an_undo_can_be_undone(db: Database, portal: Harvesting) -> None:
    before = state(db)
    run = portal(db).run
    after = state(db)
    done = take_back(db, run)
    with pytest.raises(CannotUndoRun, match="undone already"):
        take_back(db, run)
    assert state(db) == before
    again = take_back(db, done.undo)
    assert state(db) == after
    take_back(db, again.undo)
    assert state(db) == before


def test_the_next_harvest_does_not_do_it_again_until_the_source_says_something_new(
    db: Database, upstream: Upstream, portal: Harvesting
) -> None:
    before = state(db)
    take_back(db, portal(db).run)
    for _time in range(2):
        report = portal(db)
        assert (report.added, report.changed, report.unchanged, report.kept, report.failed) == (0, 0, 0, 2, 0)
        assert state(db) == before
    serve(upstream, [BOATS, body("office-for-trains", "Office for Trains and Trams")])
    report = portal(db)
    assert (report.added, report.changed, report.kept) == (0, 1, 1)
    assert known(db)["office-for-trains"].name == "Office for Trains and Trams"
    assert "office-for-boats" not in known(db)


def test_after_the_undo_of_an_undo_the_source_is_followed_as_if_nothing_had_happened(
    db: Database, upstream: Upstream, portal: Harvesting
) -> None:
    take_back(db, take_back(db, portal(db).run).undo)
    assert portal(db).unchanged == 2
    serve(upstream, [body("office-for-boats", "Office for Ships"), TRAINS])
    report = portal(db)
    assert (report.changed, report.unchanged) == (1, 1)


def test_what_somebody_changed_since_stays_and_is_said(db: Database, portal: Harvesting) -> None:
    run = portal(db).run
    organisations.save(db, [Organisation("office-for-boats", "Office for Boats, corrected")], origin="steward:ada")
    ours = state(db)["office-for-boats"]
    done = take_back(db, run)
    assert (done.put_back, done.removed, done.changed_since) == (1, 0, ["office-for-boats"])
    assert state(db)["office-for-boats"] == ours


def test_one_written_by_somebody_in_the_same_words_stays_too(db: Database, portal: Harvesting) -> None:
    run = portal(db).run
    organisations.save(db, [known(db)["office-for-boats"]], origin="steward:ada")
    assert take_back(db, run).changed_since == ["office-for-boats"]
    assert state(db)["office-for-boats"][1] == "steward:ada"


def test_what_a_later_run_changed_stays_until_that_one_is_taken_back(
    db: Database, upstream: Upstream, portal: Harvesting
) -> None:
    before = state(db)
    first = portal(db).run
    serve(upstream, [body("office-for-boats", "Office for Ships"), TRAINS])
    second = portal(db).run
    done = take_back(db, first)
    assert (done.put_back, done.removed, done.changed_since) == (1, 0, ["office-for-boats"])
    assert known(db)["office-for-boats"].name == "Office for Ships"
    assert take_back(db, second).put_back == 1
    assert known(db)["office-for-boats"].name == "Office for Boats"
    assert take_back(db, done.undo).put_back == 1, "the trains, as the first run had them"
    assert before != state(db)


def by_entry(db: Database) -> None:
    bring_in(db, [ROW | {"publisher": "Office for Boats"}], NOW)


def by_withdrawn_entry(db: Database) -> None:
    by_entry(db)
    datasets.withdraw(db, "dfe/npd", revision=1, successor=None, by="ada", why=None, now=NOW)


def by_creator(db: Database) -> None:
    bring_in(db, [ROW | {"creator": ["office-for-boats"]}], NOW)


def by_visibility(db: Database) -> None:
    bring_in(db, [ROW | {"visibility": "named", "visible_to": ["office-for-boats"]}], NOW)


def by_person(db: Database) -> None:
    people.save(db, Person("bo", organisation="office-for-boats"), origin="test", now=NOW)


def by_acronym(db: Database) -> None:
    terms.add_acronym(db, "BTS", "Boat Traffic Survey", holder="office-for-boats", by="ada")


def by_former_name(db: Database) -> None:
    terms.add_former_name(db, "office-for-boats", "Boat Office", by="ada", now=NOW)


def by_part(db: Database) -> None:
    body_of_ours = Organisation("boat-museum", "Boat Museum", parent="office-for-boats")
    organisations.save(db, [body_of_ours], origin="steward:ada")


def by_predecessor(db: Database) -> None:
    gone = Organisation("boat-board", "Boat Board", status="closed", successors=("office-for-boats",))
    organisations.save(db, [gone], origin="steward:ada")


def by_follower(db: Database) -> None:
    db.execute(
        "INSERT INTO follows (person, kind, what, pace, at)"
        " VALUES ('bo', 'organisation', 'office-for-boats', 'daily', :now)",
        {"now": clock.stamp(NOW)},
    )


def by_role(db: Database) -> None:
    by_person(db)
    db.execute(
        "INSERT INTO grants (person, role, scope, granted_by, granted_at)"
        " VALUES ('bo', 'steward', 'office-for-boats', 'ada', :now)",
        {"now": clock.stamp(NOW)},
    )


@pytest.mark.parametrize(
    "refer",
    [
        by_entry,
        by_withdrawn_entry,
        by_creator,
        by_visibility,
        by_person,
        by_acronym,
        by_former_name,
        by_part,
        by_predecessor,
        by_follower,
        by_role,
    ],
)
def test_an_added_body_that_something_refers_to_stays_and_is_said(db: Database, portal: Harvesting, refer: Any) -> None:
    run = portal(db).run
    refer(db)
    ours = state(db)["office-for-boats"]
    done = take_back(db, run)
    assert (done.put_back, done.removed, done.in_use) == (1, 0, ["office-for-boats"])
    assert state(db)["office-for-boats"] == ours
    assert portal(db).unchanged == 1, "it still follows its source"


def test_bodies_of_one_run_that_name_each_other_go_together_but_not_without_one_that_stays(
    db: Database, upstream: Upstream, harvesting: Harvesting
) -> None:
    parent = {"parent_organisations": [{"id": "https://www.gov.uk/api/organisations/office-for-boats"}]}
    grandparent = {"parent_organisations": [{"id": "https://www.gov.uk/api/organisations/boat-museum"}]}
    serve(
        upstream,
        [BOATS, body("boat-museum", "Boat Museum", **parent), body("oar-museum", "Oar Museum", **grandparent)],
    )
    harvesting.add(db, "organisations", PATH)
    before = state(db)
    done = take_back(db, harvesting(db).run)
    assert (done.removed, done.in_use) == (3, [])
    assert state(db) == before
    again = take_back(db, done.undo)
    people.save(db, Person("bo", organisation="boat-museum"), origin="test", now=NOW)
    done = take_back(db, again.undo)
    assert (done.removed, done.in_use) == (1, ["boat-museum", "office-for-boats"])
    assert set(state(db)) - set(before) == {"boat-museum", "office-for-boats"}


def test_an_entry_that_comes_while_the_undo_is_worked_out_keeps_its_bodies(
    db: Database, portal: Harvesting, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = portal(db).run
    first_look = references.within_entries

    def then_comes_an_entry(*given: Any, **rest: Any) -> set[str]:
        found = first_look(*given, **rest)
        if not rest:
            by_creator(db)
        return found

    monkeypatch.setattr(references, "within_entries", then_comes_an_entry)
    assert take_back(db, run).in_use == ["office-for-boats"]


def test_a_run_that_broke_off_can_be_taken_back(db: Database, upstream: Upstream, portal: Harvesting) -> None:
    before = state(db)
    serve(upstream, [BOATS], [TRAINS])
    upstream.routes["/api/organisations/2"] = upstream.routes["/nowhere"] = lambda handler: handler.send_error(500)
    report = portal(db)
    assert (report.added, report.is_complete) == (1, False)
    assert take_back(db, report.run).removed == 1
    assert state(db) == before


def test_a_body_that_came_back_by_hand_is_left_to_whoever_wrote_it(db: Database, portal: Harvesting) -> None:
    undone = take_back(db, portal(db).run)
    organisations.save(db, [Organisation("office-for-boats", "Boats, by hand")], origin="steward:ada")
    assert take_back(db, undone.undo).changed_since == ["office-for-boats"]
    assert portal(db, now=NOW + timedelta(days=1)).kept == 1
    assert known(db)["office-for-boats"].name == "Boats, by hand"


def test_every_column_that_may_name_a_body_is_looked_at(db: Database) -> None:
    if db.dialect == "sqlite":
        tables = [row["name"] for row in db.query("SELECT name FROM sqlite_master WHERE type = 'table'")]
        columns = {(table, row["name"]) for table in tables for row in db.query(f"PRAGMA table_info({table})")}
    else:
        rows = db.query("SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'public'")
        columns = {(row["table_name"], row["column_name"]) for row in rows}
    named = {"publisher", "organisation", "holder", "recipient", "scope", "creator", "parent"}
    found = {(table, column) for table, column in columns if column in named}
    assert found == set(references.COLUMNS) | references.ELSEWHERE
