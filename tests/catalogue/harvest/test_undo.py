"""A whole run is taken back: entries are as they were, unless somebody changed them since; an undo can be undone."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from catalogue import datasets
from catalogue.entries import to_document
from catalogue.errors import NotFound
from catalogue.harvest.undo import CannotUndoRun, undo
from catalogue.model import GOVERNMENT, Status
from catalogue.store import Database
from tests.catalogue.harvest.conftest import Harvesting
from tests.catalogue.harvest.importing import ROW, bring_in, counts
from tests.conftest import NOW
from tests.fakes.upstream import Upstream, package

DAY = timedelta(days=1)
FIRST = "department-for-education/dataset-1"


def documents(db: Database) -> dict[str, dict[str, Any]]:
    """Every published entry."""
    return {
        entry.id: to_document(entry)
        for entry in datasets.everything(db, audience=GOVERNMENT)
        if entry.status is Status.PUBLISHED
    }


def test_an_import_is_taken_back_whole(db: Database) -> None:
    bring_in(db, [ROW, ROW | {"id": "b", "extras": {"odd": 1}}], NOW)
    before = documents(db)
    run = bring_in(db, [ROW | {"summary": "", "title": "New"}, ROW | {"id": "c"}], NOW).run
    done = undo(db, run, by="ada", now=NOW)
    assert (done.put_back, done.withdrawn, done.changed_since) == (1, 1, [])
    assert documents(db) == before
    line = datasets.history(db, "dfe/npd")[-1]
    assert (line.action, line.by, line.why) == ("undo", "ada", f"Undo of {run}")


def test_what_was_changed_since_is_left_and_listed(db: Database) -> None:
    bring_in(db, [ROW, ROW | {"id": "b"}], NOW)
    run = bring_in(db, [ROW | {"summary": "New"}, ROW | {"id": "b", "summary": "New"}], NOW).run
    datasets.amend(db, "b", {"licence": "OGL"}, revision=2, by="steward", why=None, now=NOW)
    done = undo(db, run, by="ada", now=NOW)
    assert (done.put_back, done.changed_since) == (1, ["b"])
    assert documents(db)["b"]["summary"] == "New"
    assert documents(db)["dfe/npd"]["summary"] == "Old"


def test_a_run_is_undone_once_and_an_undo_can_be_undone(db: Database) -> None:
    bring_in(db, [ROW], NOW)
    run = bring_in(db, [ROW | {"summary": "New"}, ROW | {"id": "b"}], NOW).run
    after = documents(db)
    done = undo(db, run, by="ada", now=NOW)
    with pytest.raises(CannotUndoRun, match="undone already"):
        undo(db, run, by="ada", now=NOW)
    undo(db, done.undo, by="ada", now=NOW)
    assert documents(db) == after


def test_a_run_that_is_not_there_or_did_not_end_cannot_be_undone(db: Database) -> None:
    with pytest.raises(NotFound):
        undo(db, "RUN-9999", by="ada", now=NOW)
    db.execute("INSERT INTO runs (id, source, by, started_at) VALUES ('RUN-0500', 'x', 'x', 'x')")
    with pytest.raises(CannotUndoRun, match="did not end"):
        undo(db, "RUN-0500", by="ada", now=NOW)


def test_a_dry_run_changed_nothing_and_cannot_be_undone(
    db: Database, upstream: Upstream, harvesting: Harvesting
) -> None:
    upstream.packages = [package(1)]
    harvesting.add(db)
    for run in (harvesting(db, dry_run=True).run, bring_in(db, [ROW], NOW, dry_run=True).run):
        with pytest.raises(CannotUndoRun, match="was a dry run"):
            undo(db, run, by="ada", now=NOW)


def test_the_same_file_can_be_imported_again_after_an_undo(db: Database) -> None:
    rows = [ROW | {"licence": "OGL"}, ROW | {"id": "b"}]
    run = bring_in(db, rows, NOW)
    before = documents(db)
    undo(db, run.run, by="ada", now=NOW)
    assert documents(db) == {}
    assert counts(bring_in(db, [{**rows[0], "licence": ""}, rows[1]], NOW)) == (0, 2, 0, 0)
    without = {name: value for name, value in before["dfe/npd"].items() if name != "licence"}
    assert documents(db) == before | {"dfe/npd": without}


def test_a_harvest_is_taken_back_and_the_next_one_does_not_do_it_again(
    db: Database, upstream: Upstream, harvesting: Harvesting
) -> None:
    upstream.packages = [package(number) for number in range(1, 21)]
    harvesting.add(db)
    harvesting(db)
    before = documents(db)
    upstream.packages[0] = package(1, title="A worse title")
    upstream.packages.append(package(21))
    run = harvesting(db).run
    undo(db, run, by="ada", now=NOW)
    assert documents(db) == before
    report = harvesting(db)
    assert (report.changed, report.kept) == (0, 2)
    assert documents(db) == before


def test_withdrawals_are_taken_back_and_stay_so_while_the_source_does_not_have_them(
    db: Database, upstream: Upstream, harvesting: Harvesting
) -> None:
    upstream.packages = [package(number) for number in range(1, 21)]
    harvesting.add(db)
    harvesting(db)
    before = documents(db)
    del upstream.packages[0]
    runs = [harvesting(db, now=NOW + day * DAY) for day in range(1, 9)]
    assert FIRST not in documents(db)
    undo(db, runs[-1].run, by="ada", now=NOW + 9 * DAY)
    assert documents(db) == before
    for day in range(10, 20):
        assert harvesting(db, now=NOW + day * DAY).withdrawn == 0
    assert documents(db) == before
