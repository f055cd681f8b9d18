"""GOV.UK's organisations API: bodies nobody knew come in, those that are shipped or written stay as they are."""

from __future__ import annotations

from typing import Any

import pytest

from catalogue import audit, organisations
from catalogue.harvest import govuk, organisation_changes, sources
from catalogue.harvest.harvest import CannotGoOn, accept, accepted, go_on
from catalogue.harvest.undo import CannotUndoRun, undo
from catalogue.model import Grant, Organisation, Person, Role
from catalogue.store import Database
from tests.catalogue.harvest.bodies import body, known, serve
from tests.catalogue.harvest.conftest import Harvesting
from tests.conftest import NOW
from tests.fakes.upstream import Upstream, gives


def test_new_bodies_come_in_and_known_ones_stay(db: Database, upstream: Upstream, harvesting: Harvesting) -> None:
    before = known(db)["department-for-education"]
    organisations.add_unknown(db, {"made-by-an-import": "made by an import"})
    serve(
        upstream,
        [body("office-for-boats", "Office for Boats"), body("department-for-education", "Other words")],
        [body("made-by-an-import", "Made by an Import"), {"details": {}}, None, body("", "No slug")],
    )
    harvesting.add(db, "organisations", "/api/organisations/1")
    report = harvesting(db)
    assert (report.added, report.changed, report.kept, report.failed) == (1, 1, 1, 3)
    boats = known(db)["office-for-boats"]
    assert (boats.name, boats.acronym, boats.parent) == ("Office for Boats", "ABC", "department-for-education")
    assert boats.kind == "executive_non_departmental_public_body"
    assert known(db)["department-for-education"] == before
    assert known(db)["made-by-an-import"].name == "Made by an Import"
    again = harvesting(db)
    assert (again.added, again.changed, again.unchanged, again.kept) == (0, 0, 2, 1)


def test_a_closed_body_names_its_successor() -> None:
    found = govuk.organisation(
        body(
            "old",
            "Old",
            details={"slug": "old", "govuk_status": "closed", "closed_at": "2020-09-02T00:00:00Z"},
            superseding_organisations=[{"id": "https://www.gov.uk/api/organisations/new-one"}],
        )
    )
    assert found
    assert (found.status, found.closed_on, found.successors) == ("closed", "2020-09-02", ("new-one",))


def test_a_dry_run_writes_nothing(db: Database, upstream: Upstream, harvesting: Harvesting) -> None:
    serve(upstream, [body("office-for-boats", "Office for Boats")])
    harvesting.add(db, "organisations", "/api/organisations/1")
    assert harvesting(db, dry_run=True).added == 1
    assert "office-for-boats" not in known(db)


@pytest.mark.parametrize("answer", ["[]", "{}", '{"results": 5}', "no", '{"results": [], "next_page_url": "1"}'])
def test_what_is_no_list_of_bodies_is_said(
    sqlite_db: Database, upstream: Upstream, harvesting: Harvesting, answer: str
) -> None:
    upstream.routes["/api/organisations/1"] = gives(answer)
    harvesting.add(sqlite_db, "organisations", "/api/organisations/1")
    assert harvesting(sqlite_db).stopped_because


def test_a_run_is_kept_with_its_report_and_audited_when_it_changed_something(
    db: Database, upstream: Upstream, harvesting: Harvesting
) -> None:
    serve(upstream, [body("office-for-boats", "Office for Boats")])
    harvesting.add(db, "organisations", "/api/organisations/1")
    first, second = harvesting(db), harvesting(db)
    runs = db.query("SELECT id, source, by, state, finished_at, report FROM runs ORDER BY id")
    assert [(row["id"], row["source"], row["by"], row["state"]) for row in runs] == [
        (first.run, "portal", "harvest", "done"),
        (second.run, "portal", "harvest", "done"),
    ]
    assert all(row["finished_at"] and row["report"] for row in runs)
    assert sources.get(db, "portal").good_run == second.run
    assert [each.about for each in audit.newest(db) if each.action == "harvest.run"] == [first.run]


def test_a_body_that_the_source_has_no_longer_is_counted_and_stays_and_a_source_that_broke_off_misses_none(
    db: Database, upstream: Upstream, harvesting: Harvesting
) -> None:
    boats, trains = body("office-for-boats", "Office for Boats"), body("office-for-trains", "Office for Trains")
    serve(upstream, [boats], [trains])
    harvesting.add(db, "organisations", "/api/organisations/1")
    harvesting(db)
    upstream.routes["/api/organisations/2"] = gives("no list")
    broken = harvesting(db)
    assert (broken.is_complete, broken.would_withdraw, broken.missing, broken.unchanged) == (False, 0, [], 1)
    assert broken.stopped_because
    serve(upstream, [trains])
    report = harvesting(db)
    assert (report.would_withdraw, report.missing, report.withdrawn) == (1, ["office-for-boats"], 0)
    assert known(db)["office-for-boats"].name == "Office for Boats"


def offices(name: str) -> list[Any]:
    return [body(f"office-{number}", f"{name} {number}") for number in range(10)]


@pytest.fixture
def renamed(db: Database, upstream: Upstream, harvesting: Harvesting) -> str:
    """A run that stopped: all ten bodies of the source would have another name."""
    serve(upstream, offices("Office"))
    harvesting.add(db, "organisations", "/api/organisations/1")
    harvesting(db)
    serve(upstream, [*offices("Nonsense"), body("office-for-boats", "Office for Boats")])
    assert "would stop and ask" in (harvesting(db, dry_run=True).stopped_because or "")
    report = harvesting(db)
    assert (report.added, report.changed, len(report.retitled)) == (0, 0, 10)
    assert "10 of 10 bodies have another name. Nothing was changed." in (report.stopped_because or "")
    return report.run


def test_when_too_many_bodies_have_another_name_nothing_changes_and_somebody_is_asked(
    db: Database, upstream: Upstream, harvesting: Harvesting, renamed: str
) -> None:
    assert known(db)["office-3"].name == "Office 3"
    assert list(sources.waiting(db, "portal")) == [renamed]
    with pytest.raises(CannotUndoRun, match="did not end"):
        undo(db, renamed, by="ada", now=NOW)
    serve(upstream, offices("Office"))
    assert harvesting(db).unchanged == 10
    assert list(sources.waiting(db, "portal")) == [], "one that went well took its place"
    with pytest.raises(CannotGoOn, match="replaced"):
        go_on(db, "portal", renamed, by="ada", now=NOW)


def test_a_stopped_run_goes_on_once_but_for_what_changed_meanwhile_and_can_be_undone(
    db: Database, upstream: Upstream, harvesting: Harvesting, renamed: str
) -> None:
    before = organisation_changes.present(db)
    organisations.save(db, [Organisation("office-4", "Ours")], origin="steward:ada")
    admin = Person("ada", grants=(Grant(Role.ADMIN),))
    accept(db, "portal", renamed, by=admin, now=NOW)
    assert accepted(db) == [("portal", renamed, "ada")]
    report = go_on(db, "portal", renamed, by="ada", now=NOW)
    assert (report.added, report.changed, report.kept, report.stopped_because) == (1, 9, 1, None)
    assert (known(db)["office-3"].name, known(db)["office-4"].name) == ("Nonsense 3", "Ours")
    with pytest.raises(CannotGoOn, match="it is done"):
        go_on(db, "portal", renamed, by="ada", now=NOW)
    assert sources.get(db, "portal").problem is None
    assert harvesting(db).unchanged == 10
    done = undo(db, renamed, by="ada", now=NOW)
    assert (done.put_back, done.removed, done.changed_since) == (9, 1, [])
    after = organisation_changes.present(db)
    assert {slug for slug in before | after if before.get(slug) != after.get(slug)} == {"office-4"}
    assert harvesting(db).kept == 11, "the next harvest does not do it again"
