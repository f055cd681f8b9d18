"""Whatever is asked of the web side, of its pages and of the place where Slack delivers: it answers, never with a fault
of ours, shows nothing hidden, and acts on nothing."""

from __future__ import annotations

import hashlib
import hmac
import io
import json
import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from slack_bolt import App
from werkzeug.test import EnvironBuilder, run_wsgi_app

from bot import web
from bot.settings import Settings
from bot.slack.bolting import bolt_app
from bot.slack.gate import SIZE_LIMIT
from catalogue import datasets
from catalogue.model import Visibility
from catalogue.search.find import Search
from catalogue.store import Database, connect

SECRET = "a-signing-secret"
ANSWERS = {200, 301, 308, 400, 401, 404, 405, 413, 414, 415}
ANY = settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
PLACES = ("/datasets/", "/requests/", "/register", "/register.csv", "/templates/", "/static/", "/healthz", "/")
ODD = st.sampled_from(
    [
        "../../etc/passwd", "..%2f..%2fetc%2fpasswd", "%00", "a%00b", "\x00", "%ff%fe", "%", "%zz", "//", "/.", "?",
        "%0d%0aSet-Cookie:%20x=1", "SR-0001", "sr-0001", "SR-" + "9" * 4_000, "SR-٠٠٠١", "%ED%A0%80", "x" * 20_000,
        "<script>alert(1)</script>", "{{7*7}}", "' OR 1=1 --", "dfe/national-pupil-database", "é" * 300, "\u202e",
    ]
)  # fmt: skip


class Bolt:
    """Stands where Bolt stands, and counts what gets to it."""

    def __init__(self) -> None:
        self.taken = 0

    def dispatch(self, _request: Any) -> None:
        self.taken += 1
        raise ValueError("nothing that is not Slack's own gets here")


@pytest.fixture(scope="module")
def db(sample_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    folder = Path(shutil.copytree(sample_folder, tmp_path_factory.mktemp("web") / "web"))
    database = connect(str(folder / "whoholds.db"))
    yield database
    database.close()


@pytest.fixture(scope="module")
def bolt() -> Bolt:
    return Bolt()


@pytest.fixture(scope="module")
def client(db: Database, bolt: Bolt) -> FlaskClient:
    folder = Path(str(db.query("PRAGMA database_list")[0]["file"])).parent
    search = Search(db, folder / "whoholds.index")
    app = web.create(db, search, bolt, signing_secret=SECRET)  # type: ignore[arg-type]
    app.config["PROPAGATE_EXCEPTIONS"] = False
    return app.test_client()


def answers(
    client: FlaskClient, path: bytes, query: bytes = b"", method: str = "GET", **more: Any
) -> tuple[int, bytes]:
    """What the app answers to these very bytes, as a server hands them on."""
    builder = EnvironBuilder(method=method, **more)
    environ = builder.get_environ()
    environ["PATH_INFO"] = path.decode("latin-1")
    environ["QUERY_STRING"] = query.decode("latin-1")
    body, status, _headers = run_wsgi_app(client.application, environ, buffered=True)
    return int(status.split()[0]), b"".join(body)


@ANY
@given(
    place=st.sampled_from(PLACES),
    tail=st.binary(max_size=60) | ODD.map(lambda text: text.encode("utf-8", "surrogatepass")),
    query=st.binary(max_size=60) | st.builds("holder={}&recipient={}".format, ODD, ODD).map(str.encode),
    method=st.sampled_from(["GET", "HEAD", "POST", "PUT", "OPTIONS", "TRACE"]),
)
def test_whatever_page_is_asked_for_there_is_an_answer(
    client: FlaskClient, place: str, tail: bytes, query: bytes, method: str
) -> None:
    status, body = answers(client, place.encode() + tail, query, method)
    assert status in ANSWERS, (place, tail, query, method, body[:300])
    assert b"<script>alert" not in body
    assert b"root:" not in body
    assert b"49" not in body or b"{{7*7}}" not in query + tail


@ANY
@given(
    body=st.binary(max_size=200)
    | st.sampled_from([b"{}", b"payload={}", b'{"type":"event_callback","event":{}}', b"x" * (SIZE_LIMIT + 1)]),
    content_type=st.sampled_from(
        [
            "application/json", "application/json; charset=utf-7", "application/x-www-form-urlencoded; charset=ebcdic",
            "application/json; charset=nowhere", "multipart/form-data; boundary=x", "multipart/form-data", "", ";;;",
        ]
    ) | st.text(st.characters(min_codepoint=33, max_codepoint=255), max_size=30),
    timestamp=st.sampled_from(["now", "old", "none", "twice"]) | st.text(st.characters(max_codepoint=255), max_size=15),
    signature=st.sampled_from(["none", "twice", "v0=" + "0" * 64])
    | st.text(st.characters(max_codepoint=255), max_size=70),
)  # fmt: skip
def test_whatever_is_delivered_without_slack_s_signature_is_refused_and_acted_upon_by_nobody(
    client: FlaskClient, bolt: Bolt, body: bytes, content_type: str, timestamp: str, signature: str
) -> None:
    moments = {"now": str(int(time.time())), "old": str(int(time.time()) - 400)}
    moments["twice"] = f"{moments['now']},{moments['now']}"  # how a server hands on a header that came twice
    given = {"X-Slack-Request-Timestamp": moments.get(timestamp, timestamp), "X-Slack-Signature": signature}
    if signature == "twice":
        signed = hmac.new(SECRET.encode(), f"v0:{moments['now']}:".encode() + body, hashlib.sha256).hexdigest()
        given["X-Slack-Signature"] = f"v0={signed},v0={signed}"
    environ = EnvironBuilder(method="POST", path="/slack/events", input_stream=io.BytesIO(body)).get_environ()
    environ |= {"CONTENT_TYPE": content_type, "CONTENT_LENGTH": str(len(body))}
    for name, value in given.items():
        if "none" not in (value, timestamp if "Timestamp" in name else signature):
            environ[f"HTTP_{name.upper().replace('-', '_')}"] = value
    before = bolt.taken
    _body, status, _headers = run_wsgi_app(client.application, environ, buffered=True)
    assert int(status.split()[0]) in {400, 401, 413}, (status, body, given)
    assert bolt.taken == before


def test_what_is_signed_and_has_no_shape_that_bolt_knows_is_refused_not_an_error(db: Database) -> None:
    """Bolt itself reads a delivery before any listener does."""
    settings_ = Settings(database="x", index=Path("x"), bot_token="xoxb-x", signing_secret=SECRET)
    identity = {"team_id": "T1", "user_id": "U1"}
    real: App = bolt_app(settings_, identity)
    folder = Path(str(db.query("PRAGMA database_list")[0]["file"])).parent
    app = web.create(db, Search(db, folder / "whoholds.index"), real, signing_secret=SECRET)
    client = app.test_client()
    for body in (
        {"type": "block_actions", "actions": []},
        {"type": "block_actions", "actions": "x", "user": 5},
        {"type": "event_callback", "event": {"type": "message", "user": 5}},
        {"type": "event_callback", "event": {}, "authorizations": 7},
        {"team": 5, "user": []},
        {"type": ["x"], "view": "x"},
        {},
    ):
        sent, moment = json.dumps(body).encode(), str(int(time.time()))
        signed = hmac.new(SECRET.encode(), f"v0:{moment}:".encode() + sent, hashlib.sha256).hexdigest()
        given = {"X-Slack-Request-Timestamp": moment, "X-Slack-Signature": f"v0={signed}"}
        answer = client.post("/slack/events", data=sent, headers=given, content_type="application/json")
        assert answer.status_code in {200, 400, 404}, body


@pytest.mark.parametrize("visibility", [Visibility.GOVERNMENT, Visibility.NAMED])
def test_a_page_of_a_hidden_entry_is_byte_for_byte_that_of_one_that_is_not_there(
    client: FlaskClient, db: Database, now: Any, visibility: Visibility
) -> None:
    hidden = f"zz/hidden-{visibility}"
    values = {"id": hidden, "title": "Zebra crossings", "publisher": "zz", "visibility": str(visibility)}
    missing = client.get(f"/datasets/{hidden}")
    datasets.add(db, values, by="test", why=None, now=now)
    there = client.get(f"/datasets/{hidden}")
    assert (there.status_code, there.data, dict(there.headers)) == (404, missing.data, dict(missing.headers))
