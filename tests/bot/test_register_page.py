"""The register on the web: what was shared, as far as everybody may know it, as a page and as a CSV."""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from markupsafe import escape

from bot import web
from catalogue import audit, clock, people, requests
from catalogue.search.find import Search
from catalogue.store import Database, connect
from tests.catalogue.requests.asking import tick_all
from tests.fakes.hostile import VECTORS

NPD = "dfe/national-pupil-database"


@pytest.fixture
def folder(sample_folder: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(sample_folder, tmp_path / "register"))


@pytest.fixture
def db(folder: Path) -> Iterator[Database]:
    database = connect(str(folder / "whoholds.db"))
    yield database
    database.close()


@pytest.fixture
def client(db: Database, folder: Path) -> FlaskClient:
    return web.create(db, Search(db, folder / "whoholds.index"), None, signing_secret=None).test_client()


def shared(db: Database, power: str = "Education Act 1996 section 537A") -> str:
    """A request of the sample's people that came to the data; returns its id."""
    asker, manager, now = people.find(db, "dwp-analyst"), people.find(db, "dfe-manager"), clock.now()
    request = requests.start(db, NPD, by=asker, now=now)
    stamp = {"id": request.id, "now": clock.stamp(now)}
    db.execute("UPDATE requests SET state = 'submitted', submitted_at = :now WHERE id = :id", stamp)
    db.execute(
        "INSERT INTO request_events (request_id, place, at, by, verb, after, waiting_for, is_private, detail)"
        " VALUES (:id, 2, :now, 'dwp-analyst', 'submit', 'submitted', 'manager', 0, '{}')",
        stamp,
    )
    db.execute("UPDATE requests SET events = 2 WHERE id = :id", stamp)
    requests.approve(db, request.id, by=manager, now=now, conditions="A secret condition.")
    requests.accept(db, request.id, by=asker, now=now)
    tick_all(db, request.id, asker=asker, holder=manager, now=now)
    requests.supply(db, request.id, by=manager, now=now)
    db.execute("UPDATE shares SET power = :power WHERE request_id = :id", {"power": power, "id": request.id})
    return request.id


def test_an_empty_register_says_so(client: FlaskClient) -> None:
    page = client.get("/register")
    assert page.status_code == 200
    assert "Nothing has been shared yet" in page.text


def test_a_share_is_shown_with_its_power_and_without_people_answers_and_terms(
    client: FlaskClient, db: Database
) -> None:
    request_id = shared(db)
    page = client.get("/register").text
    for part in (request_id, "National Pupil Database", "Department for Work and Pensions", "section 537A", "In force"):
        assert part in page
    for part in ("A secret condition.", "dwp-analyst", "Policy analyst", "dfe-manager"):
        assert part not in page
    rows = list(csv.DictReader(io.StringIO(client.get("/register.csv").text)))
    assert [row["reference"] for row in rows] == [request_id]
    assert "A secret condition." not in client.get("/register.csv").text


@pytest.mark.parametrize("name", ["DfE", "department-for-education", "Department for Education"])
def test_it_can_be_narrowed_to_one_holder(client: FlaskClient, db: Database, name: str) -> None:
    shared(db)
    assert "National Pupil Database" in client.get("/register", query_string={"holder": name}).text
    assert "Nothing has been shared" in client.get("/register", query_string={"recipient": name}).text


def test_an_entry_that_not_everybody_may_know_is_not_in_it(client: FlaskClient, db: Database) -> None:
    request_id = shared(db)
    db.execute(
        "UPDATE datasets SET visibility = 'government', entry = REPLACE(entry, :old, :new) WHERE id = :id",
        {"id": NPD, "old": '"title":', "new": '"visibility":"government","title":'},
    )
    assert request_id not in client.get("/register").text
    assert request_id not in client.get("/register.csv").text


@pytest.mark.parametrize("hostile", ["<script>alert(1)</script>", "=HYPERLINK(1)", *VECTORS.values()])
def test_what_somebody_wrote_is_shown_as_it_stands_and_runs_nowhere(
    client: FlaskClient, db: Database, hostile: str
) -> None:
    shared(db, power=hostile)
    assert "<script>alert" not in client.get("/register").text
    (row,) = csv.DictReader(io.StringIO(client.get("/register.csv").text))
    assert not row["power"].startswith(("=", "+", "-", "@"))


@pytest.mark.parametrize("hostile", ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', *VECTORS.values()])
def test_the_page_of_a_request_shows_what_somebody_wrote_as_it_stands(
    client: FlaskClient, db: Database, hostile: str
) -> None:
    request_id = shared(db)
    (entry,) = db.query("SELECT entry FROM datasets WHERE id = :id", {"id": NPD})
    written = json.dumps({**json.loads(entry["entry"]), "title": hostile})
    db.execute(
        "UPDATE datasets SET entry = :entry, title = :title WHERE id = :id",
        {"entry": written, "title": hostile, "id": NPD},
    )
    page = client.get(f"/requests/{request_id}").text
    assert "Shared, in force" in page
    assert not re.search(r"<(script|img|!|@|#|https|mailto|_)", page.replace("<!doctype", ""), re.IGNORECASE)
    assert str(escape(" ".join(hostile.split())))[:7] in " ".join(page.split())


def test_the_head_of_the_audit_stands_under_the_register(client: FlaskClient, db: Database) -> None:
    shared(db)
    page = client.get("/register").get_data(as_text=True)
    head = str(audit.head(db))
    assert head in page
    assert audit.contains(db, head), "what somebody keeps can be looked for later"
    assert "Half of them waited for the requester" in page
