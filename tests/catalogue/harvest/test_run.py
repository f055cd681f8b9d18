"""Importing: a file becomes the catalogue wholly or not at all, says what was wrong, and repeated changes nothing."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

import pytest

from catalogue import datasets, organisations
from catalogue.entries import to_document
from catalogue.harvest import run
from catalogue.model import PUBLIC, Status, Visibility
from catalogue.rows import Fault
from catalogue.store import Database
from tests.catalogue.harvest.importing import ROW, bring_in, counts, record


def test_new_rows_are_added_with_history_in_the_order_of_the_file(db: Database, now: datetime) -> None:
    rows = [ROW | {"id": name} for name in ("z", "a", "m")]
    report = bring_in(db, rows, now, why="first time")
    assert counts(report) == (3, 0, 0, 0)
    assert [(entry.id, entry.revision) for entry in datasets.changed_since(db, 0, limit=9)] == [
        ("z", 1),
        ("a", 1),
        ("m", 1),
    ]
    (line,) = datasets.history(db, "a")
    assert (line.action, line.by, line.why, line.at) == ("add", "ada", "first time", now)
    assert db.query("SELECT DISTINCT run FROM history") == [{"run": report.run}]
    assert db.query("SELECT * FROM staged") == []


def test_the_same_file_again_changes_nothing(db: Database, now: datetime) -> None:
    rows = [ROW, {"title": "No id", "visibility": "government", "status": "published", "odd": {"deep": [1, 0.5]}}]
    bring_in(db, rows, now)
    before = record(db)
    assert counts(bring_in(db, rows, now)) == (0, 0, 2, 0)
    assert record(db) == before


def test_a_row_changes_what_it_names_and_nothing_else(db: Database, now: datetime) -> None:
    bring_in(db, [ROW | {"licence": "OGL", "colour": "red", "size": 1}], now)
    report = bring_in(
        db, [{"id": "dfe/npd", "title": "Pupils", "licence": "", "summary": "New", "colour": "blue"}], now
    )
    assert counts(report) == (0, 1, 0, 0)
    assert report.changed_fields == {"summary": 1, "licence": 1, "extras": 1}
    entry = datasets.get(db, "dfe/npd", audience=PUBLIC)
    assert (entry.summary, entry.licence, entry.keywords, entry.publisher) == ("New", None, ("a", "b"), "dfe")
    assert entry.extras == {"colour": "blue", "size": 1}
    assert (entry.revision, entry.change) == (2, 2)
    assert datasets.history(db, "dfe/npd")[-1].changes["licence"] == ["OGL", None]


def test_a_value_that_cannot_be_understood_does_not_remove_the_one_that_is_there(db: Database, now: datetime) -> None:
    bring_in(db, [ROW | {"issued": "2026-03-31"}], now)
    report = bring_in(db, [ROW | {"issued": "last week"}], now)
    assert datasets.get(db, "dfe/npd", audience=PUBLIC).issued == "2026-03-31"
    assert [str(fault) for fault in report.faults] == [
        "line 1, issued: “last week” is not a date. Write it as 2026-03-31."
    ]
    assert counts(report) == (0, 1, 0, 0)  # what it said is kept aside


def test_an_import_can_withdraw_and_bring_back_and_does_neither_unasked(db: Database, now: datetime) -> None:
    bring_in(db, [ROW], now)
    bring_in(db, [ROW | {"status": "withdrawn", "visibility": "government"}], now)
    assert counts(bring_in(db, [ROW], now)) == (0, 0, 1, 0)
    (entry,) = datasets.changed_since(db, 0, limit=9)
    assert (entry.status, entry.visibility) == (Status.WITHDRAWN, Visibility.GOVERNMENT)
    assert counts(bring_in(db, [ROW | {"status": "published", "visibility": "public"}], now)) == (0, 1, 0, 0)
    (entry,) = datasets.changed_since(db, 0, limit=9)
    assert (entry.status, entry.visibility) == (Status.PUBLISHED, Visibility.PUBLIC)


def test_what_was_exported_comes_back_unchanged(db: Database, now: datetime) -> None:
    bring_in(db, [ROW, ROW | {"id": "b", "status": "withdrawn"}, ROW | {"id": "c", "colour": "red"}], now)
    exported = [to_document(entry) for entry in datasets.everything(db, audience=PUBLIC)]
    before = record(db)
    assert counts(bring_in(db, exported, now)) == (0, 0, 3, 0)
    assert record(db) == before


def test_of_rows_with_one_id_the_first_counts_and_the_others_are_named(db: Database, now: datetime) -> None:
    report = bring_in(db, [ROW, ROW | {"id": "b"}, ROW | {"title": "Twice"}], now)
    assert counts(report) == (2, 0, 0, 1)
    assert [str(fault) for fault in report.faults] == [
        "line 3, id: The id “dfe/npd” is already used on line 1. Give this row an id of its own."
    ]
    assert datasets.get(db, "dfe/npd", audience=PUBLIC).title == "Pupils"


def test_faults_are_told_by_line_column_and_reason_and_stop_nothing(db: Database, now: datetime) -> None:
    unreadable = Fault(3, "(line)", "This is not JSON: oops.", left_out=True)
    report = bring_in(db, [{"id": "x"}, ROW | {"access_rights": "ask"}, unreadable, {"title": "学校"}], now)
    assert [(fault.line, fault.column, fault.left_out) for fault in report.faults] == [
        (1, "title", True),
        (2, "access_rights", False),
        (3, "(line)", True),
        (4, "id", True),
    ]
    assert counts(report) == (1, 0, 0, 3)
    assert (report.read, report.fault_count, report.without_publisher) == (4, 4, 0)


def test_only_the_first_thousand_faults_are_kept_and_all_are_counted(sqlite_db: Database, now: datetime) -> None:
    report = bring_in(sqlite_db, [{"id": str(number)} for number in range(run.FAULTS_KEPT + 10)], now)
    assert (len(report.faults), report.fault_count, report.left_out) == (1000, 1010, 1010)


def test_fields_that_nobody_knows_are_counted(db: Database, now: datetime) -> None:
    report = bring_in(db, [ROW | {"colour": "red"}, ROW | {"id": "b", "colour": "blue", "si\ud800ze": 1}], now)
    assert report.unknown_fields == {"colour": 2, "size": 1}
    assert "colour" in db.query("SELECT report FROM runs")[0]["report"]


def test_a_rehearsal_tells_the_same_and_writes_nothing(db: Database, now: datetime) -> None:
    bring_in(db, [ROW], now)
    before = record(db)
    rows = [ROW | {"summary": "New"}, ROW | {"id": "b", "publisher": "Nobody Knows Ltd"}, {"id": "c"}]
    rehearsed = bring_in(db, rows, now, dry_run=True)
    assert record(db) == before
    real = bring_in(db, rows, now)
    assert counts(rehearsed) == counts(real) == (1, 1, 0, 1)
    assert rehearsed.changed_fields == real.changed_fields


def test_an_unknown_publisher_of_an_entry_becomes_an_organisation(db: Database, now: datetime) -> None:
    rows = [
        ROW | {"publisher": "Nobody Knows Ltd", "creator": ["Its Sister & Co", "Department for Education"]},
        {"id": "left out", "publisher": "Of a row without a title"},
    ]
    bring_in(db, rows, now)
    origin = {row["slug"]: row["origin"] for row in db.query("SELECT slug, origin FROM organisations")}
    assert origin["nobody-knows-ltd"] == origin["its-sister-and-co"] == "import"
    assert origin["department-for-education"] == "shipped"
    assert not [slug for slug in origin if slug.startswith("of-a-row")]
    entry = datasets.get(db, "dfe/npd", audience=PUBLIC)
    assert (entry.publisher, entry.creator) == ("nobody-knows-ltd", ("its-sister-and-co", "department-for-education"))
    (body,) = [each for each in organisations.everyone(db) if each.slug == "nobody-knows-ltd"]
    assert body.name == "Nobody Knows Ltd"


def test_a_publisher_can_be_given_for_rows_that_name_none(db: Database, now: datetime) -> None:
    rows = [{"id": "a", "title": "A"}, {"id": "b", "title": "B", "publisher": "moj"}]
    assert bring_in(db, rows, now, publisher="dfe").without_publisher == 0
    assert [entry.publisher for entry in datasets.everything(db, audience=PUBLIC)] == ["dfe", "moj"]
    assert bring_in(db, [{"id": "c", "title": "C"}], now).without_publisher == 1


def test_every_row_read_is_told_as_progress(db: Database, now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "BATCH", 4)
    ticks: list[int] = []
    bring_in(db, [ROW | {"id": str(number)} for number in range(10)], now, progress=ticks.append)
    assert ticks == [4, 4, 2]


def test_a_reader_that_fails_half_way_changes_nothing(
    db: Database, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run, "BATCH", 2)

    def rows() -> Iterable[dict[str, Any]]:
        for number in range(5):
            yield ROW | {"id": str(number)}
        raise OSError("the disk went away")

    before = record(db)
    with pytest.raises(OSError, match="went away"):
        bring_in(db, rows(), now)
    db.execute("DELETE FROM staged")
    assert record(db) == before
    assert counts(bring_in(db, [ROW], now)) == (1, 0, 0, 0)
