"""A harvest killed at whatever statement leaves the old catalogue or the new one, and the next one goes on and ends."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path
from typing import Any

from catalogue import datasets, organisations
from catalogue.entries import to_document
from catalogue.harvest import sources
from catalogue.model import GOVERNMENT
from catalogue.store import Database, connect, migrate
from tests.catalogue.harvest.conftest import Harvesting
from tests.conftest import NOW, Start
from tests.fakes.upstream import Upstream, package

STEP = 1 if os.environ.get("WHOHOLDS_PROOF") == "1" else 5
"""Every statement, or every fifth."""

KILLED = """
import os, shutil, signal, sys
from datetime import datetime
from pathlib import Path
from catalogue.harvest import ckan, harvest
from catalogue.harvest.fetch import Caps, Fetcher
from catalogue.store import connect

folder, now, place = Path(sys.argv[1]), datetime.fromisoformat(sys.argv[2]), sys.argv[3]

def counted(act, moments):
    def acting(*given):
        result = act(*given)
        if next(moments) == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return result
    return acting

# die after the statement of this number; beyond the last one the harvest ends well
for number in range(0, 1000, int(sys.argv[4])):
    path = shutil.copy(folder / "old.db", folder / f"{number}.db")
    child = os.fork()
    if child == 0:
        db = connect(str(path))
        moments = iter(range(number, -1000, -1))
        for name in ("query", "execute", "execute_many"):
            setattr(db, name, counted(getattr(db, name), moments))
        with Fetcher(allowed=frozenset({place}), caps=Caps(rest=0)) as fetcher:
            harvest.harvest(db, "portal", fetcher=fetcher, resolve=lambda name: None, by="b", now=now)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    if status == 0:
        break
    assert os.WTERMSIG(status) == signal.SIGKILL, status
print(number)
"""


def catalogue(db: Database) -> list[tuple[dict[str, Any], int, int]]:
    """Every entry with its revision and the length of its history."""
    return [
        (to_document(entry), entry.revision, len(datasets.history(db, entry.id)))
        for entry in datasets.everything(db, audience=GOVERNMENT)
    ]


def layers(db: Database) -> list[dict[str, Any]]:
    return db.query("SELECT source_id, dataset_id, document, state, missing_runs FROM harvested ORDER BY 1")


def test_a_harvest_killed_at_any_statement_leaves_the_old_catalogue_or_the_new_and_the_next_one_goes_on(
    sqlite_bare_url: str, tmp_path: Path, python: Start, upstream: Upstream, harvesting: Harvesting
) -> None:
    upstream.rows_max = 10
    upstream.packages = [package(number) for number in range(40)]
    db = connect(sqlite_bare_url)
    migrate(db, now="now")
    organisations.load_shipped(db)
    harvesting.add(db)
    harvesting(db)
    edit = {"title": "Ours"}
    datasets.amend(db, "department-for-education/dataset-5", edit, revision=1, by="ada", why=None, now=NOW)
    old = catalogue(db)
    db.close()
    shutil.copy(sqlite_bare_url, tmp_path / "old.db")
    upstream.packages = [package(number, title="New" if number < 6 else f"Dataset {number}") for number in range(2, 50)]
    said, error = python(KILLED, tmp_path, NOW.isoformat(), upstream.place, STEP).communicate(timeout=120)
    assert error == ""
    moments = int(said)
    assert moments > 30
    whole = connect(str(tmp_path / f"{moments}.db"))
    new, new_layers = catalogue(whole), layers(whole)
    whole.close()
    assert old != new
    resumed = 0
    for number in range(0, moments, STEP):
        db = connect(str(tmp_path / f"{number}.db"))
        found = catalogue(db)
        assert found in (old, new), number
        first = len(upstream.asked)
        report = harvesting(db)
        resumed += "start=0&" not in upstream.asked[first]
        assert (report.added, report.stopped_because) == ((0, None) if found == new else (10, None)), number
        assert catalogue(db) == new, number
        if found == old:
            assert layers(db) == new_layers, number
        assert db.query("SELECT * FROM staged") == db.query("SELECT * FROM fetched") == [], number
        assert sources.counts(db, "portal") == {"live": 48, "missing": 2, "withdrawn": 0}
        assert db.query("PRAGMA integrity_check") == [{"integrity_check": "ok"}]
        db.close()
    assert resumed > 10 // STEP, "no run was gone on with"
    assert json.dumps(new)
