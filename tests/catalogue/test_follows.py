"""Following: told of what happened, once, at once or in a day's message, whichever way the change came."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

import pytest

from catalogue import datasets, follows, people
from catalogue.errors import NotAllowed, NotFound
from catalogue.follows import happening_of
from catalogue.model import GOVERNMENT, Person, Revision
from catalogue.search.find import Search
from catalogue.store import Database

ENTRY = {"id": "dfe/meals", "title": "Free school meals", "publisher": "department-for-education"}
OFFICER = Person("officer", "Officer", "officer@camden.example.gov.uk", "U1", "camden-council")
GUEST = Person("guest", "Guest", "guest@example.gov.uk", "U2", is_guest=True)


@pytest.fixture
def officer(db: Database, now: datetime) -> Person:
    for person in (OFFICER, GUEST):
        people.save(db, person, origin="test", now=now)
    return OFFICER


@pytest.fixture
def entry(db: Database, now: datetime) -> str:
    datasets.add(db, ENTRY, by="test", why=None, now=now)
    return ENTRY["id"]


def told(db: Database) -> list[tuple[str, dict[str, Any]]]:
    rows = db.query("SELECT payload FROM outbox WHERE kind = 'tell' ORDER BY number")
    payloads = [json.loads(row["payload"]) for row in rows]
    return [(payload["what"], payload["values"]) for payload in payloads]


def change(db: Database, dataset_id: str, changes: dict[str, Any], now: datetime) -> None:
    revision = datasets.get(db, dataset_id, audience=GOVERNMENT).revision
    datasets.amend(db, dataset_id, changes, revision=revision, by="test", why=None, now=now)


def test_a_follower_is_told_once_of_each_change_and_not_of_what_was_before(
    db: Database, search: Search, officer: Person, entry: str, now: datetime
) -> None:
    change(db, entry, {"summary": "Before"}, now)
    assert follows.start(db, officer, "entry", entry, now=now)
    assert not follows.start(db, officer, "entry", entry, now=now)
    follows.notice(db, search, now=now)
    assert told(db) == []
    change(db, entry, {"access_rights": "OPEN"}, now)
    for _ in range(3):
        follows.notice(db, search, now=now)
    assert [(what, values["happening"]) for what, values in told(db)] == [("follow.news", "opened")]


def test_changes_that_came_together_are_told_as_one(
    db: Database, search: Search, officer: Person, entry: str, now: datetime
) -> None:
    follows.start(db, officer, "entry", entry, now=now)
    change(db, entry, {"access_rights": "OPEN"}, now)
    change(db, entry, {"summary": "Counted each January"}, now)
    follows.notice(db, search, now=now)
    assert [values["happening"] for _what, values in told(db)] == ["opened"]


def test_that_an_entry_was_only_checked_is_no_news(
    db: Database, search: Search, officer: Person, entry: str, now: datetime
) -> None:
    follows.start(db, officer, "entry", entry, now=now)
    change(db, entry, {"last_verified": "2026-11-01"}, now)
    follows.notice(db, search, now=now)
    assert told(db) == []


def test_a_follower_of_an_organisation_is_told_of_new_entries_and_only_once_where_both_are_followed(
    db: Database, search: Search, officer: Person, entry: str, now: datetime
) -> None:
    follows.notice(db, search, now=now)
    follows.start(db, officer, "organisation", "department-for-education", now=now)
    follows.start(db, officer, "entry", entry, now=now)
    datasets.add(db, {**ENTRY, "id": "dfe/new", "title": "New"}, by="test", why=None, now=now)
    change(db, entry, {"status": "withdrawn"}, now)
    follows.notice(db, search, now=now)
    assert [values["happening"] for _what, values in told(db)] == ["added", "withdrawn"]


def test_a_question_is_answered_by_an_entry_that_comes_and_ends_with_it(
    db: Database, search: Search, officer: Person, now: datetime
) -> None:
    follows.start(db, officer, "question", "free school meals", now=now)
    follows.notice(db, search, now=now)
    datasets.add(db, {**ENTRY, "id": "dfe/other", "title": "Teacher vacancies"}, by="test", why=None, now=now)
    follows.notice(db, search, now=now)
    assert told(db) == []
    datasets.add(db, ENTRY, by="test", why=None, now=now)
    follows.notice(db, search, now=now)
    assert told(db) == [("follow.answered", {"subject": "free school meals", "dataset": "dfe/meals"})]
    assert follows.of(db, officer.id) == []


def test_a_question_is_not_answered_by_what_its_asker_may_not_know(
    db: Database, search: Search, officer: Person, now: datetime
) -> None:
    follows.start(db, officer, "question", "free school meals", now=now)
    hidden = {**ENTRY, "visibility": "named", "visible_to": ["home-office"]}
    datasets.add(db, hidden, by="test", why=None, now=now)
    follows.notice(db, search, now=now)
    assert told(db) == []


def test_what_somebody_may_not_know_cannot_be_followed(db: Database, officer: Person, now: datetime) -> None:
    datasets.add(db, {**ENTRY, "visibility": "government"}, by="test", why=None, now=now)
    for dataset_id in (ENTRY["id"], "dfe/not-there"):
        with pytest.raises(NotFound):
            follows.start(db, GUEST, "entry", dataset_id, now=now)
    assert follows.of(db, GUEST.id) == []


def test_only_an_organisation_that_there_is_can_be_followed(db: Database, officer: Person, now: datetime) -> None:
    with pytest.raises(NotFound):
        follows.start(db, officer, "organisation", "ministry-of-zebras", now=now)
    assert follows.of(db, officer.id) == []


def test_an_entry_with_a_long_id_is_followed_like_any_other(db: Database, officer: Person, now: datetime) -> None:
    long = "dfe/" + "x" * 290
    datasets.add(db, {**ENTRY, "id": long}, by="test", why=None, now=now)
    assert follows.start(db, officer, "entry", long, now=now)
    assert [each.what for each in follows.of(db, officer.id)] == [long]


def test_a_day_s_news_are_one_message_at_nine_in_the_morning(
    db: Database, search: Search, officer: Person, entry: str, now: datetime
) -> None:
    follows.start(db, officer, "entry", entry, now=now)
    (follow,) = follows.of(db, officer.id)
    assert follows.set_pace(db, follow.number, officer, "daily")
    for summary in ("One", "Two"):
        change(db, entry, {"summary": summary}, now)
        follows.notice(db, search, now=now)
    ((what, values),) = told(db)
    assert what == "follow.digest"
    assert len(follows.news(db, officer.id, values["day"])) == 2
    (due,) = [datetime.fromisoformat(row["due_at"]) for row in db.query("SELECT due_at FROM outbox")]
    assert now < due <= now + timedelta(days=1)
    assert follows.stop(db, follow.number, officer)
    assert follows.news(db, officer.id, values["day"]) == [], "who left is told nothing"


def test_one_more_than_can_be_followed_is_refused_and_what_is_followed_stays_so(
    db: Database, officer: Person, entry: str, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(follows, "MOST", 2)
    for subject in ("hats", "shoes"):
        assert follows.start(db, officer, "question", subject, now=now)
    with pytest.raises(NotAllowed, match="You follow 2 things"):
        follows.start(db, officer, "entry", entry, now=now)
    assert not follows.start(db, officer, "question", "hats", now=now)
    assert follows.stop(db, follows.of(db, officer.id)[0].number, officer)
    assert follows.start(db, officer, "entry", entry, now=now)


def test_nobody_ends_what_another_follows(db: Database, officer: Person, entry: str, now: datetime) -> None:
    follows.start(db, officer, "entry", entry, now=now)
    (follow,) = follows.of(db, officer.id)
    assert not follows.stop(db, follow.number, GUEST)
    assert not follows.set_pace(db, follow.number, GUEST, "daily")
    assert follows.of(db, officer.id) == [follow]


def test_a_change_that_was_taken_back_is_no_news(now: datetime, db: Database, entry: str) -> None:
    dataset = datasets.get(db, entry, audience=GOVERNMENT)
    there = Revision(entry, 2, now, "test", "amend", {"summary": ["A", "B"]}, None)
    back = Revision(entry, 3, now, "test", "amend", {"summary": ["B", "A"]}, None)
    assert happening_of(dataset, [there]) == "changed"
    assert happening_of(dataset, [there, back]) is None
