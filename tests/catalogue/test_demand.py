"""Questions nobody could answer are counted by subject, without saying who asked."""

from __future__ import annotations

from datetime import datetime, timedelta

from catalogue import demand
from catalogue.demand import Gap
from catalogue.store import Database

DAY = timedelta(days=1)


def test_gaps_are_told_the_most_widely_asked_first(db: Database, now: datetime) -> None:
    asked = [("potholes", "kent"), ("potholes", "kent"), ("potholes", "kent"), ("otters", "kent"), ("otters", "defra")]
    for step, (subject, organisation) in enumerate([*asked, ("bats", None), ("bats", None), ("newts", None)]):
        demand.record(db, subject, organisation=organisation, now=now + step * DAY)
    assert demand.gaps(db) == [
        Gap("otters", 2, 2, now + 4 * DAY),
        Gap("potholes", 3, 1, now + 2 * DAY),
        Gap("bats", 2, 1, now + 6 * DAY),
        Gap("newts", 1, 1, now + 7 * DAY),
    ]
    assert [gap.subject for gap in demand.gaps(db, limit=2)] == ["otters", "potholes"]


def test_the_same_question_is_written_once_and_its_key_leads_nowhere(db: Database, now: datetime) -> None:
    for _ in range(3):
        demand.record(db, "otters", organisation="kent", now=now, key="T1:C1:1774949400.000100")
    demand.record(db, "otters", organisation="kent", now=now, key="another")
    assert [gap.times for gap in demand.gaps(db)] == [2]
    assert "1774949400" not in str(db.query("SELECT * FROM unanswered"))


def test_questions_without_a_key_are_all_written(db: Database, now: datetime) -> None:
    for _ in range(3):
        demand.record(db, "otters", organisation=None, now=now)
    assert [gap.times for gap in demand.gaps(db)] == [3]


def test_a_long_subject_is_cut(db: Database, now: datetime) -> None:
    demand.record(db, "x" * 5000, organisation=None, now=now)
    assert [len(gap.subject) for gap in demand.gaps(db)] == [200]


def test_keys_are_forgotten_after_a_week_and_questions_after_a_year(db: Database, now: datetime) -> None:
    demand.record(db, "otters", organisation="kent", now=now, key="a")
    demand.forget(db, now=now + demand.KEY_KEPT)
    demand.record(db, "otters", organisation="kent", now=now, key="a")
    assert [gap.times for gap in demand.gaps(db)] == [1]
    demand.forget(db, now=now + demand.KEY_KEPT + DAY)
    assert db.query("SELECT key FROM unanswered") == [{"key": None}]
    assert [gap.subject for gap in demand.gaps(db)] == ["otters"]
    demand.forget(db, now=now + demand.KEPT + DAY)
    assert demand.gaps(db) == []
