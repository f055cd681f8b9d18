"""The index can be thrown away, torn or shared: it is built anew from the record, and searches go on meanwhile."""

from __future__ import annotations

import fcntl
import json
import shutil
import threading
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest

from catalogue import datasets
from catalogue.model import GOVERNMENT
from catalogue.search import index as index_module
from catalogue.search.index import Index
from catalogue.store import Database
from tests.catalogue.search.indexed import add, amend, found, held
from tests.conftest import Start

IDS = [f"e{number:02}" for number in range(12)]


@pytest.fixture
def folder(sqlite_db: Database, tmp_path: Path, now: datetime) -> Path:
    """An index of twelve public entries and one for government."""
    add(sqlite_db, now, *IDS)
    add(sqlite_db, now, "inside", visibility="government")
    Index(tmp_path / "index").follow(sqlite_db)
    return tmp_path / "index"


def change_state(**values: int) -> Callable[[Path], None]:
    def change(folder: Path) -> None:
        path = folder / "state.json"
        path.write_text(json.dumps(json.loads(path.read_text()) | values))

    return change


def cut_files(kind: str, keep: float) -> Callable[[Path], None]:
    def cut(folder: Path) -> None:
        files = [path for path in folder.rglob(f"*{kind}") if path.is_file()]
        assert files
        for path in files:
            content = path.read_bytes()
            path.unlink()  # whoever has the old file open keeps it whole
            path.write_bytes(content[: int(len(content) * keep)])

    return cut


DAMAGES: dict[str, Callable[[Path], None]] = {
    "missing": shutil.rmtree,
    "without a state": lambda folder: (folder / "state.json").unlink(),
    "with a state that is no JSON": lambda folder: (folder / "state.json").write_text("{"),
    "with a state that says too little": lambda folder: (folder / "state.json").write_text('{"change": 1}'),
    "of another version": change_state(version=1),
    "of another database": change_state(lineage=42),
    "ahead of the record": change_state(change=9999),
    "without a partition": lambda folder: shutil.rmtree(folder / "government"),
    "with a partition that is a file": lambda folder: (
        shutil.rmtree(folder / "public"),
        (folder / "public").write_text("x"),
    )[1],
    "without its positions": lambda folder: [path.unlink() for path in folder.rglob("*.pos")].clear(),
}
for _kind in (".idx", ".term", ".store", ".fast", ".fieldnorm", "meta.json"):
    DAMAGES[f"with {_kind} emptied"] = cut_files(_kind, 0)
    DAMAGES[f"with {_kind} cut off"] = cut_files(_kind, 0.6)


@pytest.mark.parametrize("how", DAMAGES)
def test_an_index_that_cannot_be_used_is_built_anew(sqlite_db: Database, folder: Path, how: str) -> None:
    DAMAGES[how](folder)
    index = Index(folder)
    assert found(index, sqlite_db) == IDS
    assert found(index, sqlite_db, GOVERNMENT) == [*IDS, "inside"]
    assert found(Index(folder), sqlite_db, word="e07") == ["e07"]


@pytest.mark.parametrize("how", ["missing", "without a state", "of another database", "with meta.json emptied"])
def test_an_index_that_breaks_while_it_is_used_is_built_anew_by_the_next_change(
    sqlite_db: Database, folder: Path, now: datetime, how: str
) -> None:
    index = Index(folder)
    assert found(index, sqlite_db) == IDS
    DAMAGES[how](folder)
    assert found(index, sqlite_db) == IDS
    add(sqlite_db, now, "new")
    assert found(index, sqlite_db) == [*IDS, "new"]


def test_an_index_that_is_up_to_date_is_opened_and_not_built(sqlite_db: Database, folder: Path) -> None:
    before = folder.stat().st_ino
    assert Index(folder).follow(sqlite_db) == 0
    assert folder.stat().st_ino == before


def test_a_restored_record_gets_an_index_of_its_own(sqlite_db: Database, folder: Path, now: datetime) -> None:
    index = Index(folder)
    found(index, sqlite_db)
    sqlite_db.execute("DELETE FROM datasets WHERE id > 'e05'")
    sqlite_db.execute("UPDATE counters SET value = value - 3 WHERE name = 'change'")
    assert found(index, sqlite_db) == IDS[:6]


def test_searches_go_on_while_the_index_is_built_anew(sqlite_db: Database, folder: Path) -> None:
    index = Index(folder)
    index.follow(sqlite_db)
    errors: list[BaseException] = []
    searches = 0
    done = threading.Event()

    def search() -> None:
        nonlocal searches
        try:
            while not done.is_set():
                assert found(index, sqlite_db, GOVERNMENT) == [*IDS, "inside"]
                searches += 1
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=search) for _ in range(2)]
    for thread in threads:
        thread.start()
    for _ in range(8):
        assert index.rebuild(sqlite_db) == 13
    done.set()
    for thread in threads:
        thread.join(20)
    assert not errors
    assert searches > 8


def test_entries_edited_while_the_index_is_built_are_held_once_as_they_now_are(
    sqlite_db: Database, folder: Path, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(index_module, "PAGE", 5)
    steps: list[int] = []

    def edit(read: int) -> None:
        steps.append(read)
        if len(steps) == 1:
            amend(sqlite_db, now, "e00", title="Otters")
            amend(sqlite_db, now, "e01", visibility="government")
            amend(sqlite_db, now, "e11", title="Badgers")
            add(sqlite_db, now, "new")

    index = Index(folder)
    index.rebuild(sqlite_db, progress=edit)
    assert found(index, sqlite_db) == ["e00", *IDS[2:], "new"]
    assert found(index, sqlite_db, GOVERNMENT) == [*IDS, "inside", "new"]
    assert found(index, sqlite_db, word="otters") == ["e00"]
    assert found(index, sqlite_db, word="e00") == []


def test_two_programs_share_a_folder_and_each_sees_what_the_other_brought_in(
    sqlite_db: Database, folder: Path, now: datetime
) -> None:
    one, other = Index(folder), Index(folder)
    for step in range(4):
        add(sqlite_db, now, f"n{step}")
        writer, reader = (one, other) if step % 2 else (other, one)
        assert writer.follow(sqlite_db) == 1 if step else writer.follow(sqlite_db) <= 1
        assert found(reader, sqlite_db) == [*IDS, *(f"n{number}" for number in range(step + 1))]
        if step == 2:
            one.rebuild(sqlite_db)
    assert found(other, sqlite_db) == found(one, sqlite_db)


def test_a_search_does_not_wait_for_another_program_that_writes_the_index(
    sqlite_db: Database, folder: Path, now: datetime
) -> None:
    index = Index(folder)
    index.follow(sqlite_db)
    with folder.with_name("index.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        add(sqlite_db, now, "new")
        assert found(index, sqlite_db) == IDS
    assert found(index, sqlite_db) == [*IDS, "new"]


WRITE_AND_FIND = """
import sys
from datetime import datetime
from pathlib import Path
from catalogue import datasets
from catalogue.model import PUBLIC
from catalogue.search import index as index_module
from catalogue.store import connect
from tests.catalogue.search.indexed import add, held

index_module.PATIENCE = 20.0
db, index, now = connect(sys.argv[1]), index_module.Index(Path(sys.argv[2])), datetime.fromisoformat(sys.argv[4])
for number in range(15):
    add(db, now, f"{sys.argv[3]}-{number}")
    index.follow(db)
    assert f"{sys.argv[3]}-{number}" in held(index, db)
    if number == 7:
        index.rebuild(db)
db.close()
"""

KILLED = """
import os, signal, sys
from pathlib import Path
from catalogue.search import index as index_module
from catalogue.store import connect

def die(*_given, **_options):
    os.kill(os.getpid(), signal.SIGKILL)

moment = sys.argv[3]
index_module.PAGE = 4
index = index_module.Index(Path(sys.argv[2]))
if moment == "between two renames":
    rename, renamed = Path.rename, []
    Path.rename = lambda self, to: die() if renamed else renamed.append(rename(self, to))
elif moment == "before the state is saved":
    index_module.Index._save = die
index.rebuild(connect(sys.argv[1]), progress=die if moment == "after the first page" else lambda _n: None)
"""


def test_three_processes_that_write_and_search_one_index_find_what_they_wrote(
    sqlite_db: Database, sqlite_url: str, folder: Path, now: datetime, python: Start
) -> None:
    writers = [python(WRITE_AND_FIND, sqlite_url, folder, name, now.isoformat()) for name in "xyz"]
    ends = [writer.communicate(timeout=90) for writer in writers]
    assert [error for _out, error in ends] == [""] * 3
    everything = sorted([*IDS, *(f"{name}-{number}" for name in "xyz" for number in range(15))])
    assert found(Index(folder), sqlite_db) == everything
    assert datasets.count(sqlite_db) == len(everything) + 1


@pytest.mark.parametrize("moment", ["after the first page", "before the state is saved", "between two renames"])
def test_a_process_killed_while_it_builds_the_index_leaves_one_that_works(
    sqlite_db: Database, sqlite_url: str, folder: Path, python: Start, moment: str
) -> None:
    process = python(KILLED, sqlite_url, folder, moment)
    assert process.communicate(timeout=60) == ("", "")
    assert process.returncode == -9
    index = Index(folder)
    assert found(index, sqlite_db, GOVERNMENT) == [*IDS, "inside"]
    assert index.rebuild(sqlite_db) == 13
    assert held(index, sqlite_db, GOVERNMENT) == [*IDS, "inside"]
