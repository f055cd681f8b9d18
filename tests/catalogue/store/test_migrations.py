"""Migrations happen wholly or not at all, whoever is killed and however many start at once."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from catalogue.errors import StoreUnavailable
from catalogue.store import Database, connect, migrate, pending
from catalogue.store.tables import MIGRATIONS
from tests.conftest import Start

NAMES = [step.__name__ for step in MIGRATIONS]
WHEN = "2026-03-31T09:30:00.000000Z"

KILLED_AT = """
import os, signal, sys
from catalogue.store import connect, migrations
url, name, moment = sys.argv[1:]

def die(step):
    if step == name:
        os.kill(os.getpid(), signal.SIGKILL)

def die_after(step):
    def whole(db):
        step(db)
        die(step.__name__)
    whole.__name__ = step.__name__
    return whole

if moment == "after":
    migrations.MIGRATIONS = tuple(map(die_after, migrations.MIGRATIONS))
migrations.migrate(connect(url), now="killed", before=die if moment == "before" else lambda _name: None)
"""

START = """
import sys
from catalogue.store import connect, migrate
for url in map(str.strip, sys.stdin):
    db = connect(url)
    print(len(migrate(db, now="now")), flush=True)
    db.close()
"""

COLUMNS = {
    "sqlite": "SELECT m.name AS t, c.name AS c, c.type AS k, c.pk AS p FROM sqlite_master m"
    " JOIN pragma_table_info(m.name) c WHERE m.type = 'table' ORDER BY m.name, c.name",
    "postgresql": "SELECT table_name AS t, column_name AS c, data_type AS k, is_nullable AS p"
    " FROM information_schema.columns WHERE table_schema = 'public' ORDER BY table_name, column_name",
}
INDEXES = {
    "sqlite": "SELECT name, sql FROM sqlite_master WHERE type IN ('index', 'trigger') ORDER BY name",
    "postgresql": "SELECT indexname AS name, indexdef AS sql FROM pg_indexes WHERE schemaname = 'public' ORDER BY 1",
}


def shape(db: Database) -> list[dict[str, object]]:
    """Every table with its columns, every index and trigger."""
    return db.query(COLUMNS[db.dialect]) + db.query(INDEXES[db.dialect])


def done(db: Database) -> list[str]:
    return [row["name"] for row in db.query("SELECT name FROM migrations ORDER BY name")]


@pytest.fixture
def bare(bare_url: str) -> Iterator[Database]:
    db = connect(bare_url)
    yield db
    db.close()


@pytest.fixture
def finished(bare: Database, request: pytest.FixtureRequest) -> Iterator[Database]:
    """A database of the same kind with every migration applied, undisturbed."""
    db = connect(str(request.getfixturevalue(f"{bare.dialect}_url")))
    yield db
    db.close()


def test_everything_missing_is_applied_in_order_and_written_down(bare: Database) -> None:
    assert pending(bare) == NAMES
    told: list[str] = []
    assert migrate(bare, now=WHEN, before=told.append) == NAMES == told
    assert done(bare) == NAMES
    assert {row["applied_at"] for row in bare.query("SELECT applied_at FROM migrations")} == {WHEN}
    assert pending(bare) == []


def test_a_second_run_applies_nothing_and_changes_nothing(bare: Database) -> None:
    migrate(bare, now=WHEN)
    before = shape(bare), bare.query("SELECT * FROM counters ORDER BY name")
    assert migrate(bare, now="later") == []
    assert (shape(bare), bare.query("SELECT * FROM counters ORDER BY name")) == before


def test_every_new_database_has_a_lineage_of_its_own(bare: Database, finished: Database) -> None:
    migrate(bare, now=WHEN)
    lineage = "SELECT value FROM counters WHERE name = 'lineage'"
    assert bare.query(lineage) != finished.query(lineage)


@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_process_killed_in_any_migration_leaves_a_database_that_the_next_start_completes(
    bare: Database, finished: Database, bare_url: str, python: Start, moment: str
) -> None:
    for place, name in enumerate(NAMES):
        process = python(KILLED_AT, bare_url, name, moment)
        assert process.communicate(timeout=60) == ("", "")
        assert process.returncode == -9
        assert pending(bare) == NAMES[place:]
        assert done(bare) == NAMES[:place]
    assert migrate(bare, now=WHEN) == NAMES[-1:]
    assert shape(bare) == shape(finished)


def test_a_migration_that_fails_has_not_happened(bare: Database) -> None:
    class Interrupted(Exception):
        pass

    def stop(name: str) -> None:
        if name == NAMES[1]:
            raise Interrupted

    with pytest.raises(Interrupted):
        migrate(bare, now=WHEN, before=stop)
    assert done(bare) == NAMES[:1]
    assert migrate(bare, now=WHEN) == NAMES[1:]


def test_three_processes_that_start_at_once_share_the_work_ten_times_over(
    bare: Database, bare_url: str, python: Start
) -> None:
    starters = [python(START) for _ in range(3)]
    for number in range(10):
        url = f"{bare_url}.{number}"
        if bare.dialect == "postgresql":
            bare.execute(f"CREATE SCHEMA round_{number}")
            url = f"{bare_url}&options=-csearch_path%3Dround_{number}"
        for starter in starters:
            assert starter.stdin
            starter.stdin.write(f"{url}\n")
            starter.stdin.flush()
        applied = [int(starter.stdout.readline() or -1) for starter in starters if starter.stdout]
        assert sum(applied) == len(NAMES), [starter.communicate()[1] for starter in starters]
        db = connect(url)
        assert done(db) == NAMES
        db.close()


def test_a_database_newer_than_the_program_is_refused_and_left_alone(bare: Database) -> None:
    migrate(bare, now=WHEN)
    bare.execute("INSERT INTO migrations (name, applied_at) VALUES ('m999_future', 'then')")
    before = shape(bare)
    for ask in (lambda: migrate(bare, now=WHEN), lambda: pending(bare)):
        with pytest.raises(StoreUnavailable, match=r"newer whoholds \(it has m999_future\)"):
            ask()
    assert shape(bare) == before


def test_what_the_tables_refuse_both_databases_refuse(db: Database) -> None:
    refused = [
        "INSERT INTO outbox (key, kind, state, posted_at, due_at, deadline) VALUES ('k', 'k', 'lost', '', '', '')",
        "INSERT INTO people (id, origin, is_guest) VALUES ('p', 'test', 2)",
        "INSERT INTO grants (person, role, granted_by, granted_at) VALUES ('nobody', 'admin', 'me', '')",
        "INSERT INTO counters (name, value) VALUES ('change', 7)",
    ]
    for statement in refused:
        with pytest.raises(Exception, match=r"(?i)constraint"):
            db.execute(statement)
