"""The harvester does what is due: sources in turn, all of them once a day, and runs that somebody let go on."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from bot.harvester import Harvester
from catalogue import people
from catalogue.harvest import sources
from catalogue.harvest.harvest import accept
from catalogue.model import Grant, Person, Role
from catalogue.search.find import Search
from catalogue.store import Database
from tests.conftest import NOW
from tests.fakes.upstream import Upstream, package, serving

HOUR = timedelta(hours=1)


@pytest.fixture
def upstream() -> Iterator[Upstream]:
    with serving() as server:
        server.packages = [package(number) for number in range(20)]
        yield server


@pytest.fixture
def harvester(db: Database, search: Search, upstream: Upstream) -> Harvester:
    sources.add(db, "portal", kind="ckan", url=upstream.url, by="ada", now=NOW, every_hours=6)
    return Harvester(db, search, frozenset({upstream.place}))


def test_a_source_is_harvested_when_it_is_due_and_not_before(harvester: Harvester) -> None:
    (report,) = harvester.look(NOW)
    assert report.added == 20
    assert harvester.look(NOW + HOUR) == []
    assert len(harvester.look(NOW + 6 * HOUR)) == 1


def test_between_two_days_only_what_is_recent_is_asked_for(harvester: Harvester, upstream: Upstream) -> None:
    for hours in (0, 6, 12, 18, 24):
        harvester.look(NOW + hours * HOUR)
    first_pages = [path for path in upstream.asked if "start=0" in path]
    assert ["metadata_modified" in path for path in first_pages] == [False, True, True, True, False]


def test_a_source_that_fails_is_asked_again_later_and_the_others_go_on(
    harvester: Harvester, db: Database, upstream: Upstream
) -> None:
    sources.add(db, "a-gone-one", kind="ckan", url="https://127.0.0.1", by="ada", now=NOW)
    reports = harvester.look(NOW)
    assert sorted((report.source, bool(report.stopped_because)) for report in reports) == [
        ("a-gone-one", True),
        ("portal", False),
    ]
    assert [source.name for source in sources.due(db, now=NOW + HOUR)] == ["a-gone-one"]


def test_a_stopped_run_that_an_administrator_lets_go_on_is_finished(
    harvester: Harvester, db: Database, upstream: Upstream
) -> None:
    admin = Person("admin", grants=(Grant(Role.ADMIN),))
    people.save(db, admin, origin="test", now=NOW)
    harvester.look(NOW)
    del upstream.packages[:10]
    later = NOW + 24 * HOUR
    (stopped,) = harvester.look(later)
    assert stopped.stopped_because
    accept(db, "portal", stopped.run, by=admin, now=later)
    (report,) = harvester.look(later)
    assert (report.would_withdraw, report.stopped_because) == (10, None)
    assert harvester.look(later) == []


def test_it_starts_and_stops(harvester: Harvester) -> None:
    harvester.start()
    harvester.stop()
    assert not harvester._thread.is_alive()
