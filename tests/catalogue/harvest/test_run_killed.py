"""An import killed at whatever statement leaves the old catalogue or the new one, and the next import completes."""

from __future__ import annotations

import json
import os
import shutil
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from catalogue import datasets
from catalogue.entries import to_document
from catalogue.harvest import jsonlines
from catalogue.harvest.run import merge_rows
from catalogue.model import PUBLIC
from catalogue.store import Database, connect, migrate
from tests.conftest import Start

KILLS = 300 if os.environ.get("WHOHOLDS_PROOF") == "1" else 8

OLD = [{"id": f"e{number:02}", "title": f"Entry {number}", "publisher": "Somebody"} for number in range(20)]
NEW = [row | {"summary": "New"} for row in OLD[5:]] + [
    {"id": f"n{number:02}", "title": f"Entry {number}", "publisher": "Somebody Else"} for number in range(20)
]

KILLED = """
import shutil, sys
from datetime import datetime, timezone
from pathlib import Path
from catalogue.harvest import jsonlines, run, writing
from tests.dying import ends_before

folder, now = Path(sys.argv[1]), datetime.fromisoformat(sys.argv[2])
run.BATCH = writing.BATCH = 15

def act(db):
    run.merge_rows(db, jsonlines.read(folder / "new.jsonl"), source="new", by="b", why=None, now=now,
                   resolve=lambda name: None)

for number in range(1000):  # die after the statement of this number; beyond the last one the import ends well
    path = shutil.copy(folder / "old.db", folder / f"{number}.db")
    if ends_before(str(path), act, statement=number):
        break
print(number)
"""

KILLED_AT_ANY_MOMENT = """
import os, random, signal, sys, time
from collections import Counter
from datetime import datetime, timedelta
from catalogue.harvest import run, writing
from catalogue.store import connect

url, now, kills = sys.argv[1], datetime.fromisoformat(sys.argv[2]), int(sys.argv[3])
run.BATCH = writing.BATCH = 15

def bring_in(version):
    db = connect(url)
    rows = [{"id": f"e{place:03}", "title": f"Entry {place}", "publisher": "Somebody", "summary": f"Version {version}"}
            for place in range(200)]
    run.merge_rows(db, enumerate(rows, 1), source="all", by="b", why=None, now=now, resolve=lambda name: None)
    db.close()

def there():
    db = connect(url)
    entries = Counter(row["entry"].split('Version ')[1].split('"')[0] for row in db.query("SELECT entry FROM datasets"))
    db.close()
    return entries

bring_in(0)
begun = time.monotonic()
bring_in(1)
took = time.monotonic() - begun
chance, version, unfinished = random.Random(5), 2, 0
for _ in range(kills):
    child = os.fork()
    if child == 0:
        bring_in(version)
        os._exit(0)
    time.sleep(chance.uniform(0, 1.2 * took))
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    found = there()
    assert found in (Counter({str(version - 1): 200}), Counter({str(version): 200})), found
    unfinished += str(version) not in found
    version += str(version) in found
now += timedelta(days=1, minutes=1)  # what a killed run put aside is swept away after a day
bring_in(version)
assert there() == Counter({str(version): 200})
print(unfinished, version)
"""


def write(path: Path, rows: list[dict[str, Any]]) -> None:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")


def bring_in(db: Database, path: Path, now: datetime) -> tuple[int, int, int]:
    report = merge_rows(
        db, jsonlines.read(path), source=path.name, by="a", why=None, now=now, resolve=lambda _name: None
    )
    return report.added, report.changed, report.unchanged


def catalogue(db: Database) -> list[tuple[dict[str, Any], int, int, int]]:
    """Every entry with its revision, its change, and the length of its history; the change numbers that are taken."""
    return [
        (to_document(entry), entry.revision, entry.change, len(datasets.history(db, entry.id)))
        for entry in datasets.everything(db, audience=PUBLIC)
    ]


def test_an_import_killed_at_any_statement_leaves_the_old_catalogue_or_the_new_and_the_next_one_completes(
    sqlite_bare_url: str, tmp_path: Path, now: datetime, python: Start
) -> None:
    write(tmp_path / "old.jsonl", OLD)
    write(tmp_path / "new.jsonl", NEW)
    db = connect(sqlite_bare_url)
    migrate(db, now="now")
    bring_in(db, tmp_path / "old.jsonl", now)
    old = catalogue(db)
    db.close()
    shutil.copy(sqlite_bare_url, tmp_path / "old.db")
    said, error = python(KILLED, tmp_path, now.isoformat()).communicate(timeout=120)
    assert error == ""
    moments = int(said)
    assert moments > 15
    whole = connect(str(tmp_path / f"{moments}.db"))
    new = catalogue(whole)
    whole.close()
    assert old != new
    for number in range(moments):
        db = connect(str(tmp_path / f"{number}.db"))
        found = catalogue(db)
        assert found in (old, new), number
        assert datasets.last_change(db) == max(entry[2] for entry in found)
        tomorrow = now + timedelta(days=1, minutes=1)
        assert bring_in(db, tmp_path / "new.jsonl", tomorrow) == ((0, 0, 35) if found == new else (20, 15, 0))
        assert catalogue(db) == new
        assert db.query("SELECT * FROM staged") == []
        assert db.query("PRAGMA integrity_check") == [{"integrity_check": "ok"}]
        db.close()


def test_an_import_killed_at_any_moment_leaves_every_entry_old_or_every_entry_new(
    db: Database, url: str, now: datetime, python: Start
) -> None:
    """At a random moment, many times over the same record: what a killed import left does not trouble the next."""
    said, error = python(KILLED_AT_ANY_MOMENT, url, now.isoformat(), KILLS).communicate(timeout=1200)
    assert error == "", error
    unfinished, imports = (int(number) for number in said.split())
    print(f"{db.dialect}: {KILLS} kills, {unfinished} before the import was whole, {imports} imports whole")
    assert unfinished > 0
    lengths = {len(datasets.history(db, f"e{place:03}")) for place in range(200)}
    assert lengths == {imports + 1}, "each whole import is in the history once"
    assert db.query("SELECT * FROM staged") == []
