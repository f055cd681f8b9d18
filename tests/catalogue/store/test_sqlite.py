"""SQLite: the settings that keep data safe are really in force, and what an operator can mend is said plainly."""

from __future__ import annotations

import os
import threading
import time
from pathlib import Path

import pytest

from catalogue.errors import StoreUnavailable
from catalogue.store import Database, connect
from tests.conftest import Start

SETTINGS = {
    "busy_timeout": 5000,
    "journal_mode": "wal",
    "synchronous": 2,  # FULL
    "foreign_keys": 1,
    "recursive_triggers": 1,
    "trusted_schema": 0,
    "cell_size_check": 1,
    "secure_delete": 2,  # FAST
}

READ_THEN_WRITE = """
import sys
from catalogue.store import connect
db = connect(sys.argv[1])
print("ready", flush=True)
sys.stdin.readline()
for _ in range(100):
    with db.atomic():
        value = db.query("SELECT value FROM counters WHERE name = 'change'")[0]["value"]
        db.execute("UPDATE counters SET value = :value WHERE name = 'change'", {"value": value + 1})
db.close()
"""

WRITE_UNTIL_FULL = """
import resource, sys
from catalogue.errors import StoreUnavailable
from catalogue.store import connect
db = connect(sys.argv[1])
resource.setrlimit(resource.RLIMIT_FSIZE, (400_000, resource.RLIM_INFINITY))
note = "INSERT INTO inbox (key, received_at) VALUES (:key, :note)"
kept = 0
try:
    while True:
        with db.atomic():
            db.execute(note, {"key": f"{kept} first", "note": "x" * 5_000})
            db.execute(note, {"key": f"{kept} second", "note": "x" * 5_000})
        kept += 1
except StoreUnavailable as error:
    print(kept, error)
assert len(db.query("SELECT key FROM inbox")) == 2 * kept
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
db.execute(note, {"key": "there is room again", "note": ""})
db.close()
"""


READ_AND_CLOSE = """
import sys
from catalogue.store import connect
db = connect(sys.argv[1])
print(len(db.query("SELECT key FROM inbox")))
db.close()
"""


def in_force(db: Database) -> dict[str, object]:
    return {name: next(iter(db.query(f"PRAGMA {name}")[0].values())) for name in SETTINGS}


def test_the_settings_are_in_force_on_the_connection_of_every_thread(sqlite_db: Database) -> None:
    seen = [in_force(sqlite_db)]
    thread = threading.Thread(target=lambda: seen.append(in_force(sqlite_db)))
    thread.start()
    thread.join()
    assert seen == [SETTINGS, SETTINGS]


def test_four_processes_that_read_then_write_are_never_locked_out(
    sqlite_url: str, sqlite_db: Database, python: Start
) -> None:
    writers = [python(READ_THEN_WRITE, sqlite_url) for _ in range(4)]
    for writer in writers:
        assert writer.stdout
        assert writer.stdout.readline() == "ready\n"
    for writer in writers:
        assert writer.stdin
        writer.stdin.write("go\n")
        writer.stdin.flush()
    ends = [writer.communicate(timeout=60) for writer in writers]
    assert [(writer.returncode, error) for writer, (_out, error) in zip(writers, ends, strict=True)] == [(0, "")] * 4
    assert sqlite_db.query("SELECT value FROM counters WHERE name = 'change'") == [{"value": 400}]


def test_a_thread_that_ends_leaves_no_open_file_behind(sqlite_db: Database, sqlite_url: str) -> None:
    def opened() -> int:
        links = (f"/proc/self/fd/{number}" for number in os.listdir("/proc/self/fd"))
        return sum(os.path.realpath(link) == os.path.realpath(sqlite_url) for link in links)

    before = opened()
    for _ in range(5):
        thread = threading.Thread(target=lambda: sqlite_db.query("SELECT 1 AS one"))
        thread.start()
        thread.join()
    assert opened() <= before + 1  # SQLite keeps one for the next thread that comes


def test_another_process_that_leaves_does_not_take_our_log_with_it(
    sqlite_db: Database, sqlite_url: str, python: Start
) -> None:
    """Any open and close of the file outside SQLite would drop our locks: others would think they are the last."""
    note = "INSERT INTO inbox (key, received_at) VALUES (:key, '')"
    sqlite_db.execute(note, {"key": "before"})
    thread = threading.Thread(target=lambda: sqlite_db.query("SELECT 1 AS one"))
    thread.start()
    thread.join()
    assert python(READ_AND_CLOSE, sqlite_url).communicate(timeout=60) == ("1\n", "")
    assert Path(f"{sqlite_url}-wal").exists()
    sqlite_db.execute(note, {"key": "after"})
    assert python(READ_AND_CLOSE, sqlite_url).communicate(timeout=60) == ("2\n", "")


def test_only_its_owner_may_read_a_new_database(tmp_path: Path) -> None:
    db = connect(str(tmp_path / "new.db"))
    db.execute("CREATE TABLE mine (n INTEGER)")
    assert {path.stat().st_mode & 0o777 for path in tmp_path.iterdir()} == {0o600}
    db.close()


def test_a_missing_folder_is_said_plainly(tmp_path: Path) -> None:
    with pytest.raises(StoreUnavailable, match=r"nowhere.*No such file or directory"):
        connect(str(tmp_path / "nowhere" / "catalogue.db"))


def test_a_folder_in_the_files_place_is_said_plainly(tmp_path: Path) -> None:
    (tmp_path / "catalogue.db").mkdir()
    with pytest.raises(StoreUnavailable, match=r"catalogue\.db cannot be used: unable to open"):
        connect(str(tmp_path / "catalogue.db"))


def test_a_file_that_is_no_database_is_said_plainly_and_left_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "letter.db"
    path.write_text("Dear Sir or Madam, this is no database. " * 100)
    with pytest.raises(StoreUnavailable, match="is not a whoholds database"):
        connect(str(path))
    assert path.read_text().startswith("Dear Sir or Madam")


def test_a_damaged_file_is_said_plainly(sqlite_url: str) -> None:
    path = Path(sqlite_url)
    whole = path.read_bytes()
    path.write_bytes(whole[:4096] + bytes(byte ^ 0xA5 for byte in whole[4096:]))
    with pytest.raises(StoreUnavailable, match="is damaged"):
        connect(sqlite_url).query("SELECT * FROM counters, organisations")


def test_a_full_disk_saves_nothing_by_halves_and_says_so(sqlite_url: str, python: Start) -> None:
    writer = python(WRITE_UNTIL_FULL, sqlite_url)
    said, error = writer.communicate(timeout=60)
    assert (writer.returncode, error) == (0, "")
    assert "cannot be used: " in said and said.strip().endswith("Nothing was saved.")
    db = connect(sqlite_url)
    assert db.query("SELECT received_at FROM inbox WHERE key = 'there is room again'") == [{"received_at": ""}]
    assert db.query("PRAGMA integrity_check") == [{"integrity_check": "ok"}]
    db.close()


def test_a_mistake_in_a_statement_is_no_trouble_of_the_store(sqlite_db: Database) -> None:
    for statement in ("SELECT nothing FROM nowhere", "SELEC 1"):
        with pytest.raises(Exception, match=r"no such|syntax") as caught:
            sqlite_db.query(statement)
        assert not isinstance(caught.value, StoreUnavailable)


def test_an_address_may_be_a_path_or_a_sqlite_url(tmp_path: Path) -> None:
    path = tmp_path / "named.db"
    connect(str(path)).execute("CREATE TABLE mine (n INTEGER)")
    assert connect(f"sqlite:///{path}").query("SELECT n FROM mine") == []


def test_who_writes_one_batch_after_another_does_not_shut_the_others_out(sqlite_db: Database) -> None:
    note = "INSERT INTO inbox (key, received_at) VALUES (:key, '')"
    begun, batches = threading.Event(), 300

    def writing() -> None:
        for number in range(batches):
            with sqlite_db.atomic():
                sqlite_db.execute(note, {"key": f"batch {number}"})
                begun.set()
                time.sleep(0.002)

    thread = threading.Thread(target=writing)
    thread.start()
    begun.wait()
    for number in range(20):
        sqlite_db.execute(note, {"key": f"other {number}"})
    written = sqlite_db.query("SELECT COUNT(*) AS n FROM inbox WHERE key LIKE 'batch%'")[0]["n"]
    thread.join()
    assert written < batches / 3
