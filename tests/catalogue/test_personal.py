"""What is kept about people: every table is accounted for, all of it can be handed over, and it can be removed."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from catalogue import audit, datasets, outbox, people, personal, roles
from catalogue.model import Grant, Person, Role
from catalogue.store import Database

DFE = "department-for-education"
ADA = Person("ada-byron", "Ada Byron", "ada.byron@example.gov.uk", "U0ADA", DFE)
ROOT = Person("root", "Root", None, "U0ROOT", DFE)
NAMES_PEOPLE = {
    "person",
    "by",
    "author",
    "requester",
    "asker",
    "steward",
    "manager",
    "delegate",
    "deputy_for",
    "who",
    "user",
    "actor",
} | {"slack_id", "email", "member", "reader", "owner", "proposer", "follower", "joined", "delegated_to"}


@pytest.fixture(autouse=True)
def _people(db: Database, now: datetime) -> None:
    for person in (ADA, ROOT):
        people.save(db, person, origin="test", now=now)
    people.grant(db, "root", Grant(Role.ADMIN), by="test", reason=None, now=now)


def columns(db: Database) -> dict[str, set[str]]:
    """The columns of every table."""
    if db.dialect == "sqlite":
        rows = db.query(
            "SELECT m.name AS t, p.name AS c FROM sqlite_master m JOIN pragma_table_info(m.name) p"
            " WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite%'"
        )
    else:
        rows = db.query(
            "SELECT table_name AS t, column_name AS c FROM information_schema.columns WHERE table_schema = 'public'"
        )
    found: dict[str, set[str]] = {}
    for row in rows:
        found.setdefault(row["t"], set()).add(row["c"])
    return found


def test_every_table_is_accounted_for_and_so_is_every_column_that_may_name_a_person(db: Database) -> None:
    found = columns(db)
    assert set(personal.TABLES) == set(found), "a new table needs a line in catalogue/personal.py"
    for name, table in personal.TABLES.items():
        assert {*table.people, *table.documents, *table.places} <= found[name]
        if name in ("people", "audit", "audit_sealed"):
            continue
        suspects = {each for each in found[name] if each in NAMES_PEOPLE or each.endswith("_by")}
        assert suspects <= {*table.people, *table.documents, *table.places}, (
            f"{name} names people in more columns than it says"
        )


def everything(db: Database) -> str:
    return "\n".join(str(row) for name in columns(db) for row in db.query(f"SELECT * FROM {name}"))


def live(db: Database, now: datetime) -> None:
    """Leave traces of Ada in as many places as can be without requests."""
    roles.grant(db, ADA, Grant(Role.STEWARD, DFE), by=people.find(db, "root"), reason="New job", now=now)
    datasets.add(
        db,
        {"id": "dfe/x", "title": "X", "visibility": "named", "visible_to": ["ada-byron"]},
        by="ada-byron",
        why=None,
        now=now,
    )
    outbox.post(db, "question", {"text": "who holds x", "user": "U0ADA"}, key="q", channel=None, now=now)
    outbox.tell(db, "entry.changed", "ada-byron", {}, about="dfe/x", key="told:ada-byron", now=now)
    db.execute("UPDATE outbox SET payload = NULL, state = 'sent' WHERE key = :key", {"key": "told:ada-byron"})
    audit.record(db, by=ADA, action="entry.edit", about="dfe/x", detail={"person": "ada-byron"}, now=now)


def test_everything_kept_about_a_person_is_handed_over(db: Database, now: datetime) -> None:
    live(db, now)
    found = personal.export(db, people.find(db, "ada-byron"))
    assert set(found) == {"people", "grants", "history", "outbox", "audit", "datasets"}
    assert [row["action"] for row in found["audit"]] == ["role.grant", "entry.edit"]
    assert len(found["outbox"]) == 3
    assert set(personal.export(db, people.find(db, "root"))) == {"people", "grants", "audit", "outbox"}


def test_a_person_is_removed_and_cannot_be_told_any_more(db: Database, now: datetime) -> None:
    live(db, now)
    done = personal.erase(db, people.find(db, "ada-byron"), by="command line", reason="Asked", now=now)
    assert done.pseudonym
    assert done.kept == ()
    left = everything(db)
    assert not [trace for trace in ("ada-byron", "Ada Byron", "ada.byron", "U0ADA", "New job") if trace in left]
    assert audit.verify(db).problems == ()
    assert people.find(db, done.pseudonym).grants == ()
    assert datasets.history(db, "dfe/x")[0].by == done.pseudonym


def test_removing_somebody_takes_nothing_of_anybody_else(db: Database, now: datetime) -> None:
    like = replace(ADA, id="ada_byron", slack_id="U0ADA2", email="ada%@example.gov.uk")
    people.save(db, like, origin="test", now=now)
    live(db, now)
    outbox.tell(db, "role.granted", "root", {}, about="roles", key="other", now=now)
    before = personal.export(db, people.find(db, "root"))
    personal.erase(db, like, by="command line", reason="Asked", now=now)
    assert personal.export(db, people.find(db, "root")) == before
    assert set(personal.export(db, people.find(db, "ada-byron"))) >= {"grants", "history", "outbox", "audit"}


def test_what_was_removed_before_can_be_removed_again(db: Database, now: datetime) -> None:
    live(db, now)
    first = personal.erase(db, people.find(db, "ada-byron"), by="command line", reason="Asked", now=now)
    again = personal.erase(db, people.find(db, first.pseudonym or ""), by="command line", reason="Asked", now=now)
    assert again.removed == {"audit": 1}, "the row that said which pseudonym it was"
    assert audit.verify(db).problems == ()


def request(db: Database, state: str, now: datetime, share: str | None = None) -> None:
    values = {"state": state, "now": now.strftime("%Y-%m-%dT%H:%M:%S.%fZ")}
    db.execute(
        "INSERT INTO requests (id, number, dataset_id, dataset_title, author, state, answers, facts, filled,"
        " conditions, waiting_for, waiting_since, created_at, changed_at)"
        " VALUES ('SR-0001', 1, 'dfe/x', 'X', 'ada-byron', :state,"
        " '{}', '{}', '{}', '[]', 'nobody', :now, :now, :now)",
        values,
    )
    if share:
        db.execute(
            "INSERT INTO shares (request_id, dataset_id, dataset_title, state, starts_on, ended_at)"
            " VALUES ('SR-0001', 'dfe/x', 'X', :share, '2026-01-01', :now)",
            {**values, "share": share},
        )


@pytest.mark.parametrize(("state", "share"), [("submitted", None), ("approved", "supplied"), ("declined", None)])
def test_who_asked_stays_known_while_the_law_needs_it_and_can_do_nothing(
    db: Database, now: datetime, state: str, share: str | None
) -> None:
    live(db, now)
    request(db, state, now, share)
    done = personal.erase(db, people.find(db, "ada-byron"), by="command line", reason="Asked", now=now)
    assert done.pseudonym is None
    assert [(each.what, each.until) for each in done.kept] == [
        ("SR-0001", now + personal.KEPT if state == "declined" else None)
    ]
    person = people.find(db, "ada-byron")
    assert (person.slack_id, person.email, person.is_active, person.grants) == (None, None, False, ())
    assert person.name == "Ada Byron"
    assert "U0ADA" not in everything(db)


def test_after_two_years_nothing_is_left(db: Database, now: datetime) -> None:
    live(db, now)
    request(db, "approved", now, "ended")
    personal.erase(db, people.find(db, "ada-byron"), by="command line", reason="Asked", now=now)
    later = now + personal.KEPT + timedelta(days=1)
    done = personal.erase(db, people.find(db, "ada-byron"), by="command line", reason="Asked", now=later)
    assert done.kept == ()
    assert "ada-byron" not in everything(db)
    assert "Ada Byron" not in everything(db)


def test_a_draft_that_was_never_sent_is_removed(db: Database, now: datetime) -> None:
    request(db, "draft", now)
    done = personal.erase(db, people.find(db, "ada-byron"), by="command line", reason="Asked", now=now)
    assert done.removed["requests"] == 1
    assert db.query("SELECT * FROM requests") == []


@pytest.mark.parametrize(("state", "share"), [("declined", None), ("withdrawn", None), ("approved", "ended")])
def test_two_years_after_a_request_is_over_nobody_is_recognisable_in_it(
    db: Database, now: datetime, state: str, share: str | None
) -> None:
    request(db, state, now, share)
    later = now + personal.KEPT + timedelta(days=1)
    assert personal.forget_parties(db, before=now, now=now) == 0
    assert personal.forget_parties(db, before=later - personal.KEPT, now=later) == 1
    assert personal.forget_parties(db, before=later - personal.KEPT, now=later) == 0
    (row,) = db.query("SELECT author, state, dataset_id FROM requests")
    assert row == {"author": personal.NO_LONGER_KNOWN, "state": state, "dataset_id": "dfe/x"}
    assert audit.verify(db).problems == ()


@pytest.mark.parametrize(("state", "share"), [("submitted", None), ("approved", "supplied"), ("returned", None)])
def test_in_what_is_under_way_or_in_force_everybody_stays_known(
    db: Database, now: datetime, state: str, share: str | None
) -> None:
    request(db, state, now, share)
    later = now + 10 * personal.KEPT
    assert personal.forget_parties(db, before=later, now=later) == 0
