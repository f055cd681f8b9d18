"""Answers that were turned down, and collections that were checked first: counted, and without who asked."""

from __future__ import annotations

from datetime import datetime, timedelta

from catalogue import demand, feedback
from catalogue.store import Database


def reject(db: Database, now: datetime, key: str | None = "click:1") -> None:
    feedback.record(db, "holders", "school meals", datasets=["dfe/a"], organisation="camden-council", key=key, now=now)


def test_an_answer_is_turned_down_once_for_a_click_and_leaves_the_list_once_gone_through(
    db: Database, now: datetime
) -> None:
    for _ in range(3):
        reject(db, now)
    (row,) = feedback.waiting(db)
    assert (row.intent, row.subject, row.datasets) == ("holders", "school meals", ("dfe/a",))
    assert feedback.review(db, row.number, now=now)
    assert not feedback.review(db, row.number, now=now)
    assert feedback.waiting(db) == []


def test_nothing_on_the_list_leads_back_to_a_click_and_a_year_later_it_is_gone(db: Database, now: datetime) -> None:
    reject(db, now)
    assert "click:1" not in str(db.query("SELECT * FROM feedback"))
    feedback.forget(db, now=now + timedelta(days=364))
    assert feedback.waiting(db)
    feedback.forget(db, now=now + timedelta(days=366))
    assert feedback.waiting(db) == []


def check(db: Database, now: datetime, key: str | None, *found: str) -> int:
    return demand.check_collection(db, "meals", datasets=found, organisation=None, now=now, key=key)


def test_collections_are_counted_as_checked_held_and_given_up(db: Database, now: datetime) -> None:
    first = check(db, now, "q:1", "dfe/a")
    assert check(db, now, "q:1", "dfe/a") == first, "one question is one check"
    check(db, now, "q:2")
    check(db, now, None, "dfe/a")
    assert demand.avoid_collection(db, first, now=now)
    assert not demand.avoid_collection(db, first, now=now)
    assert not demand.avoid_collection(db, 999, now=now)
    assert demand.collections(db) == demand.Collections(checked=3, held=2, avoided=1)


def test_what_a_collection_was_about_is_removed_after_a_year_and_the_count_stays(db: Database, now: datetime) -> None:
    check(db, now, "q:1", "dfe/a")
    demand.forget(db, now=now + timedelta(days=366))
    assert "meals" not in str(db.query("SELECT * FROM collection_checks"))
    assert demand.collections(db).checked == 1
