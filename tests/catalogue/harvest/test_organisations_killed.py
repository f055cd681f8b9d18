"""A harvest of public bodies, and its undo, killed after whatever statement: all of it is there or nothing."""

from __future__ import annotations

from typing import Any

from catalogue import audit, organisations
from catalogue.harvest import organisation_changes
from catalogue.store import Database
from tests.catalogue.harvest.bodies import body, serve
from tests.catalogue.harvest.conftest import Harvesting
from tests.conftest import NOW, Start
from tests.fakes.upstream import Upstream

KILLED = """
import sys
from datetime import datetime
from catalogue.harvest import harvest, organisation_changes, undo
from catalogue.harvest.fetch import Caps, Fetcher
from catalogue.store import connect
from tests.dying import ends_before

url, now, place, run = sys.argv[1], datetime.fromisoformat(sys.argv[2]), sys.argv[3], sys.argv[4]

def act(db):
    if run != "none":
        undo.undo(db, run, by="ada", now=now)
        return
    with Fetcher(allowed=frozenset({place}), caps=Caps(rest=0)) as fetcher:
        harvest.harvest(db, "portal", fetcher=fetcher, resolve=lambda name: None, by="b", now=now)

def state():
    db = connect(url)
    found = organisation_changes.present(db), len(db.query("SELECT * FROM organisation_changes"))
    db.close()
    return found

old = state()
for number in range(1000):  # die after the statement of this number, until one came after everything was committed
    ends_before(url, act, statement=number)
    if (found := state()) != old:
        break
print(number)
"""


def state(db: Database) -> Any:
    return organisation_changes.present(db)


def lines(db: Database) -> list[dict[str, Any]]:
    return db.query("SELECT run, slug FROM organisation_changes ORDER BY number")


def finished(db: Database) -> list[tuple[str, str]]:
    rows = db.query("SELECT source, state FROM runs WHERE finished_at IS NOT NULL ORDER BY id")
    return [(row["source"].split()[0], row["state"]) for row in rows]


def test_killed_at_any_statement_the_bodies_are_all_old_or_all_new_with_their_run_and_audit(
    db: Database, url: str, python: Start, upstream: Upstream, harvesting: Harvesting
) -> None:
    organisations.add_unknown(db, {"office-7": "seven"})
    serve(upstream, [body(f"office-{number}", f"Office {number}") for number in range(12)])
    harvesting.add(db, "organisations", "/api/organisations/1")
    old = state(db)

    def killed(run: str) -> int:
        said, error = python(KILLED, url, NOW.isoformat(), upstream.place, run).communicate(timeout=300)
        assert error == "", error
        return int(said)

    assert killed("none") > 5
    new = state(db)
    assert len(set(new) - set(old)) == 11
    assert len(lines(db)) == 12
    assert finished(db) == [("portal", "done")]
    run = db.query("SELECT id FROM runs WHERE state = 'done'")[0]["id"]
    assert harvesting(db).unchanged == 12

    assert killed(run) > 10
    assert state(db) == old
    assert len(lines(db)) == 24
    assert finished(db) == [("portal", "undone"), ("portal", "done"), ("undo", "done")]
    assert [each.action for each in audit.newest(db)].count("harvest.run") == 2, "the run and its undo, each once"
    assert audit.verify(db).problems == ()
    assert harvesting(db).kept == 12
    assert state(db) == old
