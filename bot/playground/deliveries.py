"""One request from Slack to the app: how it is signed and posted, and what came back."""

from __future__ import annotations

import hashlib
import hmac
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

import httpx

from bot.playground.model import Json

JSON = "application/json"
FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True)
class Delivery:
    """What was sent and what came back. `status` is None when nothing came back, `error` then says why:
    http_timeout or connection_failed. `kind` is such as event:app_mention, command or block_actions; `at` is when it
    was sent, in seconds since 1970."""

    kind: str
    url: str
    headers: Mapping[str, str]
    body: bytes
    status: int | None = None
    response_headers: Mapping[str, str] = field(default_factory=dict)
    response_body: bytes = b""
    duration: float = 0.0
    error: str | None = None
    at: float = 0.0

    @property
    def ok(self) -> bool:
        """True when the app answered 2xx in time."""
        return self.status is not None and 200 <= self.status < 300

    @property
    def payload(self) -> Json:
        """What was sent, decoded."""
        if self.headers["Content-Type"] == JSON:
            decoded: Json = json.loads(self.body)
            return decoded
        pairs = dict(parse_qsl(self.body.decode(), keep_blank_values=True))
        return dict(json.loads(pairs["payload"])) if "payload" in pairs else dict(pairs)

    @property
    def event(self) -> Json:
        """The inner event of an Events API delivery."""
        return dict(self.payload["event"])

    @property
    def text(self) -> str:
        """The body of the answer."""
        return self.response_body.decode(errors="replace")

    @property
    def json(self) -> Any:
        """The answer as JSON, None when it is empty or is not JSON."""
        try:
            return json.loads(self.response_body)
        except ValueError:
            return None

    @property
    def retry_reason(self) -> str | None:
        """What Slack gives as reason for sending it again, None when it went well."""
        return None if self.ok else self.error or "http_error"


def signature(secret: str, timestamp: str, body: bytes) -> str:
    """Slack's signature of a raw body, version 0."""
    digest = hmac.new(secret.encode(), b"v0:" + timestamp.encode() + b":" + body, hashlib.sha256)
    return "v0=" + digest.hexdigest()


def signed(secret: str, now: float, body: bytes, content_type: str) -> dict[str, str]:
    """The headers of a delivery made at `now`, in seconds since 1970."""
    timestamp = str(int(now))
    return {
        "Content-Type": content_type,
        "User-Agent": "Slackbot 1.0 (+https://api.slack.com/robots)",
        "X-Slack-Request-Timestamp": timestamp,
        "X-Slack-Signature": signature(secret, timestamp, body),
    }


def post(
    client: httpx.Client, *, kind: str, url: str, headers: Mapping[str, str], body: bytes, timeout: float
) -> Delivery:
    """Send it once and return what came back; a failure is in the Delivery, never raised."""
    begun = time.monotonic()
    try:
        answer = client.post(url, content=body, headers=dict(headers), timeout=timeout, follow_redirects=False)
    except httpx.TimeoutException:
        return Delivery(kind, url, headers, body, duration=time.monotonic() - begun, error="http_timeout")
    except httpx.HTTPError:
        return Delivery(kind, url, headers, body, duration=time.monotonic() - begun, error="connection_failed")
    took = time.monotonic() - begun
    return Delivery(kind, url, headers, body, answer.status_code, dict(answer.headers), answer.content, took)
