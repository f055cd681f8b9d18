"""The audit: a chain that shows every change to it, and that stays whole when a person is removed from it."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta

import psycopg
import pytest
import sqlite_utils

from catalogue import audit
from catalogue.store import Database, connect

DETAIL = {"person": "ada", "before": None, "after": "steward:dfe", "reason": "Ada’s “new” job"}


def write(db: Database, now: datetime, how_many: int = 5) -> None:
    for place in range(how_many):
        by = "ada" if place % 2 else "ben"
        audit.record(db, by=by, action="entry.edit", about=f"dfe/{place}", detail={"n": place}, now=now)


def without_triggers(url: str, statement: str) -> None:
    """Change the database as somebody would who can do anything to it."""
    if url.startswith("postgresql"):
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute("SET session_replication_role = replica")
            connection.execute(statement)
        return
    database = sqlite_utils.Database(url)
    for trigger in database.triggers:
        database.execute(f"DROP TRIGGER {trigger.name}")
    with database.conn:
        database.conn.execute(statement)
    database.close()


def test_what_was_done_can_be_read_again(db: Database, now: datetime) -> None:
    number = audit.record(
        db, by="admin", action="role.grant", about="people", detail=DETAIL, now=now, standing="administrator"
    )
    audit.refused(db, by=None, action="request.approve", about="SR-0001", now=now)
    (row,) = audit.rows_about(db, "people")
    assert (row.number, row.by, row.action, row.outcome, row.standing) == (
        number,
        "admin",
        "role.grant",
        "done",
        "administrator",
    )
    assert row.detail == DETAIL
    assert row.at == now
    refused = audit.newest(db)[0]
    assert (refused.by, refused.outcome, refused.about) == ("nobody known", "refused", "SR-0001")


def test_an_untouched_chain_is_whole_and_its_head_moves_with_every_row(db: Database, now: datetime) -> None:
    assert audit.head(db) == audit.Head(0, audit.START)
    assert audit.verify(db) == audit.Finding(0, 0, audit.Head(0, audit.START), ())
    heads = set()
    for _ in range(3):
        write(db, now, 1)
        heads.add(str(audit.head(db)))
    assert len(heads) == 3
    found = audit.verify(db)
    assert found == audit.Finding(3, 0, audit.head(db), ())


def test_a_row_is_saved_with_what_it_says_or_not_at_all(db: Database, now: datetime) -> None:
    def fails() -> None:
        with db.atomic():
            write(db, now, 2)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fails()
    assert audit.head(db).number == 0
    write(db, now, 2)
    assert audit.verify(db).problems == ()


def test_the_database_refuses_to_change_or_remove_a_row(db: Database, now: datetime) -> None:
    write(db, now)
    for statement in (
        "UPDATE audit SET action = 'nothing' WHERE number = 2",
        "DELETE FROM audit WHERE number = 2",
        "UPDATE audit_sealed SET document = 'eve' WHERE number = 2",
    ):
        with pytest.raises(Exception, match="only added to"):
            db.execute(statement)
    assert audit.verify(db).problems == ()


@pytest.mark.parametrize(
    ("statement", "problem"),
    [
        ("UPDATE audit SET action = 'nothing' WHERE number = 2", "Row 2 was changed."),
        ("UPDATE audit SET at = '2026-01-01T00:00:00.000000Z' WHERE number = 5", "Row 5 was changed."),
        ("DELETE FROM audit WHERE number = 2", "Row 2 is missing."),
        ("DELETE FROM audit WHERE number = 5", "1 rows are missing at the end."),
        ("UPDATE audit_sealed SET document = 'eve' WHERE number = 2 AND part = 'who'", "beside row 2 was changed."),
        ("DELETE FROM audit_sealed WHERE number = 3 AND part = 'what'", "The part 3.what was removed"),
        ("UPDATE audit SET previous = hash WHERE number = 4", "Row 4 does not follow the row before it."),
    ],
)
def test_whatever_is_changed_behind_its_back_is_found(
    db: Database, url: str, now: datetime, statement: str, problem: str
) -> None:
    write(db, now)
    without_triggers(url, statement)
    assert problem in " ".join(audit.verify(db).problems)


def test_a_person_can_be_removed_and_the_chain_stays_whole(db: Database, now: datetime) -> None:
    write(db, now, 4)
    audit.record(db, by="admin", action="role.grant", about="people", detail=DETAIL, now=now)
    before = audit.head(db)
    assert audit.unseal(db, ["ada", "ada@example.gov.uk"], now=now) == 3  # by her twice, about her once
    found = audit.verify(db)
    assert found.problems == ()
    assert found.removed == 3
    assert audit.of_person(db, ["ada"]) == []
    left = " ".join(str(row) for table in ("audit", "audit_sealed") for row in db.query(f"SELECT * FROM {table}"))
    assert not [quoted for quoted in ("'ada'", '"ada"', "Ada’s") if quoted in left]
    assert audit.head(db).number == before.number + 1, "the removal is a row"
    assert [row.by for row in audit.newest(db)][1:] == ["admin", None, "ben", None, "ben"]
    assert audit.unseal(db, ["ada"], now=now) == 0


def test_what_is_old_loses_what_is_about_people(db: Database, now: datetime) -> None:
    write(db, now - timedelta(days=800), 3)
    write(db, now, 2)
    assert audit.age(db, before=now - timedelta(days=730), now=now) == 6
    assert audit.age(db, before=now - timedelta(days=730), now=now) == 0
    assert audit.verify(db).problems == ()
    assert [row.by for row in reversed(audit.newest(db))] == [None, None, None, "ben", "ada", "whoholds"]


def test_rows_added_at_the_same_time_make_one_chain(url: str, db: Database, now: datetime) -> None:
    ready = threading.Barrier(4)

    def add() -> None:
        own = connect(url)
        ready.wait()
        write(own, now, 10)
        own.close()

    threads = [threading.Thread(target=add) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert audit.verify(db) == audit.Finding(40, 0, audit.head(db), ())
