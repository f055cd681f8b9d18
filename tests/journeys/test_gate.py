"""What is not plainly Slack's own does not get in, is never an error of ours, and leaves nothing in the log."""

from __future__ import annotations

import hashlib
import hmac
import io
import json
import socket
import time
from urllib.parse import quote, urlsplit

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.playground.deliveries import signature
from bot.slack.gate import SIZE_LIMIT, refusal
from tests.journeys.conftest import SECRET, Town

CANARY = "canary-of-the-body"
JSON, FORM = "application/json", "application/x-www-form-urlencoded"
EVENT = json.dumps({"type": "event_callback", "event": {"type": "app_mention", "text": CANARY}}).encode()
REFUSED = {400, 401, 405, 413}


def headers(body: bytes, *, skew: float = 0, secret: str = SECRET, content_type: str = JSON) -> dict[str, str]:
    """Headers as Slack makes them, `skew` seconds off."""
    timestamp = str(int(time.time() + skew))
    return {
        "Content-Type": content_type,
        "X-Slack-Request-Timestamp": timestamp,
        "X-Slack-Signature": signature(secret, timestamp, body),
    }


def post(town: Town, body: bytes, given: dict[str, str]) -> httpx.Response:
    return town.sender.office.client.post(town.sender.office.endpoint, content=body, headers=given)


def bracketed(depth: int) -> bytes:
    return b'{"canary": "' + CANARY.encode() + b'", "x": ' + b"[" * depth + b"]" * depth + b"}"


BODIES: dict[str, bytes] = {
    "malformed": b'{"type": "event_callback", "' + CANARY.encode(),
    "a list": json.dumps([CANARY]).encode(),
    "null": b"null",
    "a number": b"1",
    "a text": json.dumps(CANARY).encode(),
    "200,000 brackets": bracketed(100_000),
    "200,000 brackets that never close": b'{"x": ' + b"[" * 200_000,
    "200,000 braces": b'{"x":' * 200_000,
    "no UTF-8": b'{"type": "\xff\xfe ' + CANARY.encode() + b'"}',
    "UTF-16": json.dumps({"text": CANARY}).encode("utf-16"),
    "empty": b"",
    "a number of 10,000 digits": b'{"x": ' + b"9" * 10_000 + b"}",
    "a NUL": b"\x00",
}


@pytest.mark.parametrize("content_type", [JSON, FORM])
@pytest.mark.parametrize("signed", [True, False])
def test_a_body_of_the_wrong_shape_is_refused_and_not_logged(
    town: Town, content_type: str, signed: bool, log: io.StringIO, caplog: pytest.LogCaptureFixture
) -> None:
    statuses = {}
    for what, body in BODIES.items():
        secret = SECRET if signed else "not-the-secret"
        statuses[what] = post(town, body, headers(body, secret=secret, content_type=content_type)).status_code
    assert set(statuses.values()) <= REFUSED, statuses
    payloads = {what: b"payload=" + quote(body).encode() for what, body in BODIES.items()}
    for what, body in payloads.items():
        statuses[what] = post(town, body, headers(body, content_type=FORM)).status_code
    assert set(statuses.values()) <= REFUSED, statuses
    assert town.settles()["sent"] == 0
    assert CANARY not in log.getvalue() + caplog.text


def test_a_delivery_is_taken_within_five_minutes_of_its_timestamp(town: Town) -> None:
    for skew in (-298, 0, 298):
        assert post(town, EVENT, headers(EVENT, skew=skew)).status_code in (200, 503), "it gets past the gate"
    for skew in (-302, 302, -86_400, 10**9):
        assert post(town, EVENT, headers(EVENT, skew=skew)).status_code == 401


@pytest.mark.parametrize(
    ("age", "status"), [(-301, 401), (-300, None), (-299, None), (0, None), (299, None), (300, None), (301, 401)]
)
def test_the_five_minutes_are_exact(age: int, status: int | None) -> None:
    given = headers(EVENT)
    now = int(given["X-Slack-Request-Timestamp"]) + age
    assert refusal(given, EVENT, secret=SECRET, now=now) == status


HEADERS: dict[str, dict[str, str | None]] = {
    "no signature": {"X-Slack-Signature": None},
    "no timestamp": {"X-Slack-Request-Timestamp": None},
    "neither": {"X-Slack-Signature": None, "X-Slack-Request-Timestamp": None},
    "an empty signature": {"X-Slack-Signature": ""},
    "a short signature": {"X-Slack-Signature": "v0=abc"},
    "a signature of another version": {"X-Slack-Signature": "v1=" + "0" * 64},
    "a signature in capitals": {"X-Slack-Signature": "v0=" + "A" * 64},
    "a wrong signature": {"X-Slack-Signature": "v0=" + "0" * 64},
    "a signature that is no ASCII": {"X-Slack-Signature": "v0=" + "é" * 64},
    "a timestamp of letters": {"X-Slack-Request-Timestamp": "abc"},
    "a timestamp of foreign digits": {"X-Slack-Request-Timestamp": "١٧٩٠٠٠٠٠٠٠"},
    "a negative timestamp": {"X-Slack-Request-Timestamp": "-1790000000"},
    "a timestamp of 400 digits": {"X-Slack-Request-Timestamp": "9" * 400},
    "a timestamp with a point": {"X-Slack-Request-Timestamp": "1790000000.5"},
    "no number": {"X-Slack-Request-Timestamp": "NaN"},
    "an endless timestamp": {"X-Slack-Request-Timestamp": "inf"},
    "plain text": {"Content-Type": "text/plain"},
    "XML": {"Content-Type": "application/xml"},
    "no content type": {"Content-Type": ""},
    "parts": {"Content-Type": "multipart/form-data; boundary=x"},
}


def test_headers_that_slack_does_not_send_are_refused(
    town: Town, log: io.StringIO, caplog: pytest.LogCaptureFixture
) -> None:
    for what, changes in HEADERS.items():
        given = headers(EVENT) | changes
        kept = {name: value.encode() for name, value in given.items() if value is not None}
        answer = town.sender.office.client.post(town.sender.office.endpoint, content=EVENT, headers=kept)
        assert answer.status_code in (400, 401), what
        assert answer.content == b"", what
    assert CANARY not in log.getvalue() + caplog.text


def test_a_signature_for_other_bytes_is_refused(town: Town) -> None:
    given = headers(EVENT)
    for body in (EVENT + b" ", EVENT.replace(b"canary", b"CANARY"), b""):
        assert post(town, body, given).status_code == 401


def test_a_body_over_the_limit_is_refused_unread(town: Town) -> None:
    address = urlsplit(town.sender.office.endpoint)
    with socket.create_connection((address.hostname, address.port), timeout=5) as connection:
        head = f"POST {address.path} HTTP/1.1\r\nHost: x\r\nContent-Length: {SIZE_LIMIT + 1}\r\n\r\n"
        connection.sendall(head.encode() + b"x" * 1000)
        assert connection.recv(100).split()[1] == b"413"


def test_a_body_at_the_limit_is_read(town: Town) -> None:
    body = json.dumps({"type": "event_callback", "event": {"type": "team_rename"}, "x": ""}).encode()
    body = body[:-2] + b"x" * (SIZE_LIMIT - len(body)) + body[-2:]
    assert (len(body), post(town, body, headers(body)).status_code) == (SIZE_LIMIT, 200)


def test_only_posts_are_taken(town: Town) -> None:
    for method in ("GET", "PUT", "DELETE", "PATCH", "HEAD", "TRACE"):
        assert httpx.request(method, town.sender.office.endpoint, trust_env=False).status_code == 405


def test_a_challenge_without_a_signature_is_not_answered(town: Town) -> None:
    body = json.dumps({"type": "url_verification", "challenge": "say this"}).encode()
    answer = town.sender.office.client.post(town.sender.office.endpoint, content=body, headers={"Content-Type": JSON})
    assert (answer.status_code, answer.content) == (401, b"")


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    body=st.one_of(st.binary(max_size=300), st.text().map(lambda text: text.encode("utf-8", "surrogatepass"))),
    content_type=st.sampled_from([JSON, FORM, "text/plain"]) | st.text(max_size=30),
    timestamp=st.text(max_size=20) | st.integers().map(str),
    sign=st.text(max_size=80) | st.just("valid"),
)
def test_whatever_comes_the_gate_answers_and_does_not_raise(
    body: bytes, content_type: str, timestamp: str, sign: str
) -> None:
    if sign == "valid":
        timestamp = "1790000000"
        sign = "v0=" + hmac.new(b"s", b"v0:1790000000:" + body, hashlib.sha256).hexdigest()
    given = {"X-Slack-Request-Timestamp": timestamp, "X-Slack-Signature": sign, "Content-Type": content_type}
    assert refusal(given, body, secret="s", now=1_790_000_000.0) in (None, 400, 401, 413)
