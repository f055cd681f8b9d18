"""PostgreSQL: connections come back after the server dropped them, and end with the thread that had them."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import suppress

import psycopg
import pytest

from catalogue.errors import StoreUnavailable
from catalogue.store import Database, connect

ADD = "INSERT INTO inbox (key, received_at) VALUES (:key, '')"
OURS = "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"


@pytest.fixture
def db(postgresql_url: str) -> Iterator[Database]:
    database = connect(postgresql_url)
    yield database
    database.close()


def drop_connections(url: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f"SELECT pg_terminate_backend(pid, 5000) FROM ({OURS}) AS theirs")  # type: ignore[arg-type]


def keys(db: Database) -> list[str]:
    return [row["key"] for row in db.query("SELECT key FROM inbox ORDER BY key")]


def test_the_settings_of_a_session_are_in_force(db: Database) -> None:
    settings = {"lock_timeout": "5s", "statement_timeout": "2min", "idle_in_transaction_session_timeout": "20s"}
    for name, value in settings.items():
        assert db.query(f"SHOW {name}") == [{name: value}]


def test_a_connection_that_the_server_dropped_is_opened_again_without_anyone_noticing(
    db: Database, postgresql_url: str
) -> None:
    drop_connections(postgresql_url)
    assert keys(db) == []
    drop_connections(postgresql_url)
    assert db.execute(ADD, {"key": "a"}) == 1
    drop_connections(postgresql_url)
    with db.atomic():
        db.execute(ADD, {"key": "b"})
    assert keys(db) == ["a", "b"]


def test_a_transaction_that_was_lost_is_said_plainly_and_the_next_one_works(db: Database, postgresql_url: str) -> None:
    heard: list[str] = []

    def lose() -> None:
        with db.atomic():
            db.after_commit(lambda: heard.append("never"))
            db.execute(ADD, {"key": "lost"})
            drop_connections(postgresql_url)
            db.execute(ADD, {"key": "lost too"})

    with pytest.raises(StoreUnavailable, match=r"The database cannot be used: .*Nothing was saved\."):
        lose()
    assert keys(db) == []
    assert heard == []


def test_a_connection_lost_before_the_commit_is_said_plainly(db: Database, postgresql_url: str) -> None:
    def lose() -> None:
        with db.atomic():
            db.execute(ADD, {"key": "lost"})
            drop_connections(postgresql_url)

    with pytest.raises(StoreUnavailable, match=r"Nothing was saved\."):
        lose()
    assert keys(db) == []


def test_a_server_that_is_not_there_is_said_plainly(postgresql_url: str) -> None:
    with pytest.raises(StoreUnavailable, match="The database cannot be used"):
        connect("postgresql://postgres@127.0.0.1:1/none")
    with pytest.raises(StoreUnavailable, match="does not exist"):
        connect(postgresql_url.replace("/test_", "/no_such_database_"))


def test_a_thread_that_ends_leaves_no_connection_behind(db: Database) -> None:
    for _ in range(5):
        thread = threading.Thread(target=lambda: keys(db))
        thread.start()
        thread.join()
    count = "SELECT COUNT(*) AS n FROM pg_stat_activity WHERE datname = current_database()"
    end = time.monotonic() + 10  # the server lets go of a closed connection a little later
    while db.query(count) != [{"n": 1}] and time.monotonic() < end:
        time.sleep(0.05)
    assert db.query(count) == [{"n": 1}]


def test_a_mistake_in_a_statement_is_no_trouble_of_the_store(db: Database) -> None:
    with pytest.raises(psycopg.ProgrammingError):
        db.query("SELECT nothing FROM nowhere")
    assert keys(db) == []


def test_an_announcement_is_heard_by_others_once_it_is_committed(db: Database, postgresql_url: str) -> None:
    heard = threading.Semaphore(0)
    other = connect(postgresql_url)
    other.listen(heard.release)
    assert heard.acquire(timeout=10)  # it looks once when it begins to listen
    with suppress(RuntimeError), db.atomic():
        db.announce()
        raise RuntimeError
    with db.atomic():
        db.announce()
        assert not heard.acquire(timeout=0.05)
    assert heard.acquire(timeout=10)
    assert not heard.acquire(timeout=0.05)
    other.close()
