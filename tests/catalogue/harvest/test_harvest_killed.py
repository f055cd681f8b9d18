"""A harvest killed at whatever statement leaves the old catalogue or the new one, and the next one goes on and ends.

Whatever the source speaks: what had been put aside is not read or mapped again.
"""

from __future__ import annotations

import csv
import io
import json
import os
import shutil
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest

from catalogue import datasets, organisations
from catalogue.entries import to_document
from catalogue.harvest import sources
from catalogue.model import GOVERNMENT
from catalogue.store import Database, connect, migrate
from tests.catalogue.harvest.conftest import Harvesting
from tests.conftest import NOW, Start
from tests.fakes.upstream import Upstream, gives, package

STEP = 1 if os.environ.get("WHOHOLDS_PROOF") == "1" else 5
"""Every statement, or every fifth."""

KILLED = """
import shutil, sys
from datetime import datetime
from pathlib import Path
from catalogue.harvest import ckan, harvest, pages
from catalogue.harvest.fetch import Caps, Fetcher
from tests.dying import ends_before

pages.SIZE = 10
folder, now, place = Path(sys.argv[1]), datetime.fromisoformat(sys.argv[2]), sys.argv[3]

def act(db):
    with Fetcher(allowed=frozenset({place}), caps=Caps(rest=0)) as fetcher:
        harvest.harvest(db, "portal", fetcher=fetcher, resolve=lambda name: None, by="b", now=now)

# die after the statement of this number; beyond the last one the harvest ends well
for number in range(0, 1000, int(sys.argv[4])):
    path = shutil.copy(folder / "old.db", folder / f"{number}.db")
    if ends_before(str(path), act, statement=number):
        break
print(number)
"""


Serve = Callable[[Upstream, Iterable[tuple[int, str]]], None]
"""Has the upstream serve datasets, each a number and a title, ten on a page where there are pages."""
PUBLISHER = "Department for Education"


def by_ckan(upstream: Upstream, titles: Iterable[tuple[int, str]]) -> None:
    upstream.rows_max = 10
    upstream.packages = [package(number, title=title) for number, title in titles]


def by_dcat(upstream: Upstream, titles: Iterable[tuple[int, str]]) -> None:
    nodes = [
        f'<https://example.gov.uk/d/{number}> a dcat:Dataset ; dct:title "{title}" ; dct:publisher "{PUBLISHER}" .\n'
        for number, title in titles
    ]
    prefixes = "@prefix dcat: <http://www.w3.org/ns/dcat#> . @prefix dct: <http://purl.org/dc/terms/> .\n"
    after = "<https://example.gov.uk/page> <http://www.w3.org/ns/hydra/core#next> <{}> .\n"
    for place in range(0, len(nodes), 10):
        there = after.format(f"{upstream.url}/catalogue/{place + 10}") if place + 10 < len(nodes) else ""
        path = f"/catalogue/{place}" if place else "/catalogue"
        upstream.routes[path] = gives(prefixes + "".join(nodes[place : place + 10]) + there, media_type="text/turtle")


def rows(titles: Iterable[tuple[int, str]]) -> list[dict[str, Any]]:
    return [{"id": f"d{number}", "title": title, "publisher": PUBLISHER} for number, title in titles]


def by_datajson(upstream: Upstream, titles: Iterable[tuple[int, str]]) -> None:
    found = [{"identifier": row["id"], "title": row["title"], "publisher": {"name": PUBLISHER}} for row in rows(titles)]
    upstream.routes["/catalogue"] = gives(json.dumps({"dataset": found}))


def by_jsonl(upstream: Upstream, titles: Iterable[tuple[int, str]]) -> None:
    upstream.routes["/catalogue"] = gives("".join(json.dumps(row) + "\n" for row in rows(titles)))


def by_csv(upstream: Upstream, titles: Iterable[tuple[int, str]]) -> None:
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, ["id", "title", "publisher"])
    writer.writeheader()
    writer.writerows(rows(titles))
    upstream.routes["/catalogue"] = gives(out.getvalue(), media_type="text/csv")


KINDS = {
    "ckan": by_ckan,
    "dcat": by_dcat,
    "datajson": by_datajson,
    "jsonl": by_jsonl,
    "csv": by_csv,
}
OLD = [(number, f"Dataset {number}") for number in range(40)]
NEW = [(number, f"New {number}" if number < 6 else f"Dataset {number}") for number in range(2, 50)]


def catalogue(db: Database) -> list[tuple[dict[str, Any], int, int]]:
    """Every entry with its revision and the length of its history."""
    return [
        (to_document(entry), entry.revision, len(datasets.history(db, entry.id)))
        for entry in datasets.everything(db, audience=GOVERNMENT)
    ]


def layers(db: Database) -> list[dict[str, Any]]:
    return db.query("SELECT source_id, dataset_id, document, state, missing_runs FROM harvested ORDER BY 1")


def put_aside(db: Database) -> str | None:
    """The run that has put something aside and did not end."""
    found = db.query("SELECT id FROM runs WHERE state IN ('gathering', 'gathered') AND id IN (SELECT run FROM fetched)")
    return str(found[0]["id"]) if found else None


def begins(asked: list[str]) -> bool:
    """Whether the source was read from its first page."""
    return any("start=0&" in path or path == "/catalogue" for path in asked)


@pytest.mark.parametrize("kind", KINDS)
def test_a_harvest_killed_at_any_statement_leaves_the_old_catalogue_or_the_new_and_the_next_one_goes_on(
    sqlite_bare_url: str, tmp_path: Path, python: Start, upstream: Upstream, harvesting: Harvesting, kind: str
) -> None:
    serve = KINDS[kind]
    serve(upstream, OLD)
    db = connect(sqlite_bare_url)
    migrate(db, now="now")
    organisations.load_shipped(db)
    harvesting.add(db, kind, "" if kind == "ckan" else "/catalogue")
    harvesting(db)
    edited = db.query("SELECT id FROM datasets WHERE title = 'Dataset 5'")[0]["id"]
    datasets.amend(db, edited, {"title": "Ours"}, revision=1, by="ada", why=None, now=NOW)
    old = catalogue(db)
    db.close()
    shutil.copy(sqlite_bare_url, tmp_path / "old.db")
    serve(upstream, NEW)
    said, error = python(KILLED, tmp_path, NOW.isoformat(), upstream.place, STEP).communicate(timeout=120)
    assert error == ""
    moments = int(said)
    assert moments > 30
    whole = connect(str(tmp_path / f"{moments}.db"))
    new, new_layers = catalogue(whole), layers(whole)
    whole.close()
    assert old != new
    resumed = read_on = 0
    for number in range(0, moments, STEP):
        db = connect(str(tmp_path / f"{number}.db"))
        found = catalogue(db)
        assert found in (old, new), number
        first, run = len(upstream.asked), put_aside(db)
        report = harvesting(db)
        assert report.failed == 0, number
        resumed += report.run == run
        read_on += report.run == run and not begins(upstream.asked[first:])
        assert (report.added, report.stopped_because) == ((0, None) if found == new else (10, None)), number
        assert catalogue(db) == new, number
        if found == old:
            assert layers(db) == new_layers, number
        assert db.query("SELECT * FROM staged") == db.query("SELECT * FROM fetched") == [], number
        assert sources.counts(db, "portal") == {"live": 48, "missing": 2, "withdrawn": 0}
        assert db.query("PRAGMA integrity_check") == [{"integrity_check": "ok"}]
        db.close()
    assert resumed > 10 // STEP, "no run was gone on with"
    assert read_on > 10 // STEP, "nor without asking for what had come"
    assert json.dumps(new)
