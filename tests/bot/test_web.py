"""The web pages show what is public, to anybody, safely; the endpoints say how things are, in counts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from html.parser import HTMLParser
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from werkzeug.test import TestResponse

from bot import web
from bot.slack.gate import SIZE_LIMIT
from catalogue import clock, outbox
from catalogue.errors import StoreUnavailable
from catalogue.harvest import files
from catalogue.model import Dataset, Distribution, Status
from catalogue.search.find import Search
from catalogue.store import Database, connect
from tests.fakes.hostile import VECTORS, with_words

PUBLIC, HIDDEN, NAMED = (
    "dfe/national-pupil-database",
    "dfe/free-school-meals-eligibility-checking-service",
    "hmrc/connect-compliance-risk-data",
)
SCRIPTS = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)",
    "{{ 7 * 7 }}{% raw %}",
    "</title></dd><svg onload=alert(1)>",
    "javascript:alert(1)",
    'https://evil.example/" onclick="alert(1)',
    "https://evil.example/<script>",
    "data:text/html,<script>alert(1)</script>",
    *VECTORS.values(),
]


@pytest.fixture(scope="module")
def site(sample_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    import shutil

    folder = tmp_path_factory.mktemp("web") / "catalogue"
    shutil.copytree(sample_folder, folder)
    db = connect(str(folder / "whoholds.db"))
    yield web.create(db, Search(db, folder / "whoholds.index"), None, signing_secret=None)
    db.close()


@pytest.fixture
def client(site: Flask) -> FlaskClient:
    return site.test_client()


class Page(HTMLParser):
    """A page's tags with their attributes, and its text."""

    def __init__(self, response: TestResponse) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.open: list[str] = []
        self.feed(response.get_data(as_text=True))
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in ("meta", "link", "br"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open, f"</{tag}> closes nothing"
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())


TAGS = set(
    "html head meta title link body header main footer section h1 h2 h3 p dl div dt dd ul ol li a strong em span time"
    " small details summary table caption thead tbody tr th td".split()
)


def is_safe(page: Page) -> None:
    assert {tag for tag, _attributes in page.tags} <= TAGS
    for _tag, attributes in page.tags:
        assert not [name for name in attributes if name.startswith("on") or name == "style"]
        for address in (attributes.get("href"), attributes.get("src")):
            assert address is None or address.startswith(("https://", "/static/", "/datasets/", "?lang=")), address
    assert page.open == [], "every tag is closed"


def test_an_entry_has_a_page(client: FlaskClient) -> None:
    response = client.get(f"/datasets/{PUBLIC}")
    page = Page(response)
    assert response.status_code == 200
    for shown in ("National Pupil Database", "Department for Education", "Shared on request", "pupil-data@", "sample"):
        assert shown in page.text
    is_safe(page)
    assert page.tags[0] == ("html", {"lang": "en-GB"})


def test_a_hidden_entry_and_one_that_is_not_there_look_the_same(client: FlaskClient) -> None:
    answers = [client.get(f"/datasets/{each}") for each in (HIDDEN, NAMED, "dfe/is-not-there", "x", f"{PUBLIC}/more")]
    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.data for answer in answers}) == 1
    assert len({str(sorted(answer.headers.items())) for answer in answers}) == 1
    assert "not public" in Page(answers[0]).text


@pytest.mark.parametrize(
    "path",
    ["/datasets/", "/datasets/%00", "/datasets/..%2f..%2fetc/passwd", "/datasets/%ff%fe", "/datasets/" + "a" * 5_000],
)
def test_an_odd_address_is_not_found(client: FlaskClient, path: str) -> None:
    assert client.get(path).status_code == 404


def test_a_withdrawn_entry_says_so_and_where_to_go(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    entry = Dataset("a/old", "Old figures", status=Status.WITHDRAWN, superseded_by=PUBLIC)
    monkeypatch.setattr("bot.web.datasets.get", lambda *_args, **_more: entry)
    page = Page(client.get("/datasets/a/old"))
    assert "withdrawn" in page.text
    assert ("a", {"href": f"/datasets/{PUBLIC}"}) in page.tags
    assert "Not provided" in page.text


@pytest.mark.parametrize("script", SCRIPTS)
def test_whatever_an_entry_holds_is_shown_as_text(
    client: FlaskClient, script: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = Dataset("a/b", "x", distributions=(Distribution("x", "x", "x", "x"),) * 2, temporal="x", extras={})
    strings = {name: "x" for name in Dataset.__dataclass_fields__ if getattr(whole, name) is None}
    dates = {"issued": None, "modified": None, "last_verified": None}
    kinds = {"access_rights": None, "personal_data": None, "edition": None, "security_classification": None}
    entry = replace(whole, **{**strings, **dates, **kinds, "lead_time_days": 3, "status": Status.WITHDRAWN})
    monkeypatch.setattr("bot.web.datasets.get", lambda *_args, **_more: with_words(entry, lambda _word: script))
    response = client.get("/datasets/a/b")
    page = Page(response)
    assert response.status_code == 200
    is_safe(page)
    assert " ".join(script.split())[:20] in page.text


def test_every_response_carries_the_same_guards(site: Flask, client: FlaskClient) -> None:
    site.config["PROPAGATE_EXCEPTIONS"] = False
    answers = [
        client.get(f"/datasets/{PUBLIC}"),
        client.get("/datasets/none"),
        client.get("/nowhere"),
        client.post("/healthz"),
        client.get("/healthz"),
        client.get("/readyz"),
        client.get("/metrics"),
        client.get("/static/web.css"),
    ]
    for answer in answers:
        for name, value in web.HEADERS.items():
            assert answer.headers.get(name) == value or name == "Cache-Control", (answer.request.path, name)
        assert "Server" not in answer.headers
        assert "Set-Cookie" not in answer.headers
        answer.close()
    assert "frame-ancestors 'none'" in answers[0].headers["Content-Security-Policy"]


def test_over_socket_mode_nothing_of_slack_is_taken_in(client: FlaskClient) -> None:
    assert client.post("/slack/events", data=b"{}").status_code == 404


def test_health_is_told_without_touching_the_database(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("catalogue.store.sqlite.SqliteDatabase.query", unavailable)
    assert (client.get("/healthz").status_code, client.get("/healthz").json) == (200, {"status": "ok"})


def unavailable(*_: object, **__: object) -> list[object]:
    raise StoreUnavailable("The database /secret/path cannot be used: disk I/O error. Nothing was saved.")


def test_without_the_database_it_is_not_ready_and_says_so_politely(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("catalogue.store.sqlite.SqliteDatabase.query", unavailable)
    assert client.get("/readyz").status_code == 503
    assert client.get("/readyz").json == {"ready": False, "database": "unavailable"}
    for path in (f"/datasets/{PUBLIC}", "/metrics"):
        answer = client.get(path)
        assert answer.status_code == 503
        assert "/secret/path" not in answer.text


def test_it_is_not_ready_when_a_notice_has_waited_too_long(sqlite_db: Database, tmp_path: Path) -> None:
    client = web.create(sqlite_db, Search(sqlite_db, tmp_path / "i"), None, signing_secret=None).test_client()
    assert client.get("/readyz").status_code == 200
    with sqlite_db.atomic():
        outbox.post(sqlite_db, "message", {}, key="k", channel=None, now=clock.now() - timedelta(minutes=6))
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json is not None
    assert answer.json["ready"] is False
    assert answer.json["oldest_notice_seconds"] > 300


def test_metrics_are_prometheus_text_of_numbers_alone(client: FlaskClient) -> None:
    answer = client.get("/metrics")
    assert answer.mimetype == "text/plain"
    lines = [line for line in answer.text.splitlines() if not line.startswith("#")]
    assert all(re.fullmatch(r'[a-z_]+(\{[a-z]+="[a-z]+"\})? [0-9.]+', line) for line in lines), lines
    assert "whoholds_entries 644" in lines


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    method=st.sampled_from(["GET", "POST", "HEAD", "PUT", "DELETE", "OPTIONS", "PATCH"]),
    place=st.sampled_from(["/datasets/", "/static/", "/slack/events", "/healthz", "/readyz", "/metrics", "/"]),
    rest=st.text(max_size=60),
    query=st.text(max_size=40),
    body=st.binary(max_size=200),
)
def test_no_request_is_an_error_of_ours(
    site: Flask, method: str, place: str, rest: str, query: str, body: bytes
) -> None:
    from urllib.parse import quote

    path = place + quote(rest.encode("utf-8", "surrogatepass"))
    answer = site.test_client().open(
        path, method=method, query_string=quote(query.encode("utf-8", "surrogatepass")), data=body
    )
    assert answer.status_code < 500
    assert "Traceback" not in answer.text


def test_a_body_that_is_too_large_is_refused(client: FlaskClient) -> None:
    assert client.post("/healthz", data=b"x" * (SIZE_LIMIT + 1)).status_code in (405, 413)


@pytest.mark.parametrize("name", ["entries.csv", "entries.xlsx", "distributions.csv", "distributions.xlsx"])
def test_a_template_can_be_had_from_the_web_and_read_back(client: FlaskClient, tmp_path: Path, name: str) -> None:
    response = client.get(f"/templates/{name}")
    assert response.status_code == 200
    assert response.headers["Content-Disposition"] == f"attachment; filename={name}"
    (tmp_path / name).write_bytes(response.data)
    assert list(files.read(tmp_path / name)) == []
    assert client.get("/templates/entries.exe").status_code == 404


def test_a_page_shows_what_changed_without_who_and_why(site: Flask, client: FlaskClient, tmp_path: Path) -> None:
    response = client.get(f"/datasets/{PUBLIC}")
    text = response.get_data(as_text=True)
    assert "What changed" in text and "added the entry" in text
    assert "Sample entries" not in text.partition("What changed")[2]  # why it was added is nobody's business here
