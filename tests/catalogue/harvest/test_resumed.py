"""A harvest that was cut off goes on where it was, whatever its source speaks, and from the beginning where it must."""

from __future__ import annotations

import itertools
import json
from datetime import timedelta
from typing import Any

import pytest

from catalogue.harvest import gather, merge, pages, sources
from catalogue.store import Database
from tests.catalogue.harvest.conftest import Harvesting
from tests.catalogue.harvest.test_harvest_killed import KINDS, rows
from tests.conftest import NOW
from tests.fakes.upstream import Upstream, gives, send

MANY = [(number, f"Dataset {number}") for number in range(30)]
HOUR = timedelta(hours=1)


class CutOff(BaseException):
    """The process ends."""


@pytest.fixture(autouse=True)
def _small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "SIZE", 10)


def cut_off(db: Database, harvesting: Harvesting, monkeypatch: pytest.MonkeyPatch, *, after: int) -> None:
    """Harvest until this many pages are put aside, or with 0 until everything is."""
    take, taken = gather._take, itertools.count(1)

    def taking(*given: Any, **rest: Any) -> None:
        take(*given, **rest)
        if next(taken) == after:
            raise CutOff

    def ending(*_given: Any, **_rest: Any) -> Any:
        raise CutOff

    with monkeypatch.context() as patched:
        patched.setattr(gather, "_take", taking)
        patched.setattr(merge, "compare", ending)
        with pytest.raises(CutOff):
            harvesting(db)


def titles(db: Database) -> set[str]:
    return {row["title"] for row in db.query("SELECT title FROM datasets")}


@pytest.fixture(params=KINDS)
def kind(request: pytest.FixtureRequest, db: Database, upstream: Upstream, harvesting: Harvesting) -> str:
    """What the source speaks; it has thirty datasets."""
    name = str(request.param)
    KINDS[name](upstream, MANY)
    harvesting.add(db, name, "" if name == "ckan" else "/catalogue")
    return name


def test_what_was_put_aside_is_kept_and_only_the_rest_is_taken(
    db: Database, harvesting: Harvesting, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    cut_off(db, harvesting, monkeypatch, after=2)
    shape, shaped = gather.kinds.shape, []

    def shaping(*given: Any, **rest: Any) -> Any:
        shaped.append(rest["place"])
        return shape(*given, **rest)

    monkeypatch.setattr(gather.kinds, "shape", shaping)
    report = harvesting(db, now=NOW + HOUR)
    assert (report.run, report.added, report.failed, report.is_complete) == ("RUN-0001", 30, 0, True)
    assert shaped == list(range(21, 31))
    assert sources.get(db, "portal").good_at == NOW, "what we have is as old as the beginning of the run"
    assert harvesting(db).unchanged == 30


def test_what_had_come_whole_is_not_asked_for_again(
    db: Database, upstream: Upstream, harvesting: Harvesting, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    cut_off(db, harvesting, monkeypatch, after=0)
    asked = len(upstream.asked)
    report = harvesting(db)
    assert (report.run, report.added, report.is_complete) == ("RUN-0001", 30, True)
    assert len(upstream.asked) == asked


def test_a_run_of_the_day_before_is_begun_again(
    db: Database, harvesting: Harvesting, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    cut_off(db, harvesting, monkeypatch, after=2)
    report = harvesting(db, now=NOW + 25 * HOUR)
    assert (report.run, report.added) == ("RUN-0002", 30)
    assert db.query("SELECT * FROM staged") == db.query("SELECT * FROM fetched") == []


def test_a_run_of_a_source_that_was_changed_since_is_begun_again(
    db: Database, harvesting: Harvesting, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    cut_off(db, harvesting, monkeypatch, after=2)
    harvesting.add(db, kind, "" if kind == "ckan" else "/catalogue", publisher="Home Office")
    report = harvesting(db)
    assert (report.run, report.added) == ("RUN-0002", 30)


@pytest.mark.parametrize("kind", ["datajson", "jsonl", "csv"], indirect=True)
def test_a_file_that_is_another_by_now_is_read_from_the_beginning(
    db: Database, upstream: Upstream, harvesting: Harvesting, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    cut_off(db, harvesting, monkeypatch, after=2)
    KINDS[kind](upstream, [(number, f"Another {number}") for number in range(5, 40)])
    report = harvesting(db)
    assert (report.run, report.added, report.failed, report.is_complete) == ("RUN-0001", 35, 0, True)
    assert titles(db) == {f"Another {number}" for number in range(5, 40)}
    assert harvesting(db).unchanged == 35


def test_a_file_is_asked_for_whole_where_the_source_would_say_that_it_did_not_change(
    db: Database, upstream: Upstream, harvesting: Harvesting, monkeypatch: pytest.MonkeyPatch
) -> None:
    body = "".join(json.dumps(row) + "\n" for row in rows(MANY)).encode()

    def conditional(handler: Any) -> None:
        if handler.headers.get("If-None-Match"):
            send(handler, b"", status=304)
        else:
            send(handler, body, headers={"ETag": '"1"'})

    upstream.routes["/catalogue"] = conditional
    harvesting.add(db, "jsonl", "/catalogue")
    cut_off(db, harvesting, monkeypatch, after=1)
    assert harvesting(db).added == 30
    assert harvesting(db).unchanged == 30


def test_a_page_that_is_gone_by_then_makes_the_run_partial_and_the_next_one_reads_everything(
    db: Database, upstream: Upstream, harvesting: Harvesting, monkeypatch: pytest.MonkeyPatch
) -> None:
    KINDS["dcat"](upstream, MANY)
    harvesting.add(db, "dcat", "/catalogue")
    cut_off(db, harvesting, monkeypatch, after=2)
    last = upstream.routes["/catalogue/20"]
    upstream.routes["/catalogue/20"] = gives("gone", status=404)
    report = harvesting(db)
    assert (report.added, report.is_complete, report.would_withdraw) == (20, False, 0)
    assert report.stopped_because
    upstream.routes["/catalogue/20"] = last
    report = harvesting(db)
    assert (report.added, report.unchanged, report.is_complete) == (10, 20, True)
