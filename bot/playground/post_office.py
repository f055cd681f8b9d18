"""Sends deliveries, keeps them, and sends again what failed, as Slack does: at once, after 1 and after 5 minutes."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from threading import Lock
from urllib.parse import urlencode

import httpx

from bot.playground.deliveries import FORM, JSON, Delivery, post, signed
from bot.playground.model import Json

RETRY_AFTER = (0.0, 60.0, 300.0)


@dataclass(frozen=True)
class Retry:
    """A failed event that is to be sent again, for the `number`th time, once it is `due`."""

    delivery: Delivery
    number: int
    due: float


class PostOffice:
    """Signed posts to one endpoint. `clock` rules the retries, `signing_clock` the signatures' timestamps.

    `noted` is called after each delivery.
    """

    def __init__(
        self,
        endpoint: str,
        signing_secret: str,
        *,
        clock: Callable[[], float],
        signing_clock: Callable[[], float] = time.time,
        client: httpx.Client | None = None,
        timeout: float = 3.0,
        noted: Callable[[], None] = lambda: None,
    ) -> None:
        self.endpoint, self.signing_secret, self.timeout = endpoint, signing_secret, timeout
        self.clock, self.signing_clock = clock, signing_clock
        self.client = client or httpx.Client(trust_env=False, limits=httpx.Limits(max_connections=None))
        self.deliveries: list[Delivery] = []
        self._noted = noted
        self._retries: list[Retry] = []
        self._lock = Lock()

    def close(self) -> None:
        """Close the connections to the app."""
        self.client.close()

    def send_event(self, envelope: Json) -> Delivery:
        """Deliver one envelope of the Events API; one that fails is kept for `redeliver_failed`."""
        delivery = self._send(f"event:{envelope['event']['type']}", JSON, json.dumps(envelope).encode())
        self._plan_retry(delivery, 1)
        return delivery

    def send_interaction(self, payload: Json) -> Delivery:
        """Deliver one payload of interactivity; Slack never sends these again."""
        body = urlencode({"payload": json.dumps(payload)}).encode()
        return self._send(payload["type"], FORM, body)

    def send_command(self, fields: Json) -> Delivery:
        """Deliver one slash command; Slack never sends these again."""
        return self._send("command", FORM, urlencode(fields).encode())

    def redeliver(self, delivery: Delivery, *, retry_num: int = 1, reason: str = "http_timeout") -> Delivery:
        """Send the same body again as Slack's retry does: fresh timestamp and signature, and the retry headers."""
        headers = signed(self.signing_secret, self.signing_clock(), delivery.body, delivery.headers["Content-Type"])
        headers |= {"X-Slack-Retry-Num": str(retry_num), "X-Slack-Retry-Reason": reason}
        return self.replay(replace(delivery, headers=headers))

    def replay(self, delivery: Delivery) -> Delivery:
        """Send the identical bytes and headers again, as an attacker would."""
        at = self.clock()
        answered = post(
            self.client,
            kind=delivery.kind,
            url=delivery.url,
            headers=delivery.headers,
            body=delivery.body,
            timeout=self.timeout,
        )
        again = replace(answered, at=at)
        with self._lock:
            self.deliveries.append(again)
        self._noted()
        return again

    def redeliver_failed(self) -> list[Delivery]:
        """Send again every failed event that is due by now; what fails once more is planned on, thrice at most."""
        now = self.clock()
        with self._lock:
            due = [retry for retry in self._retries if retry.due <= now]
            self._retries = [retry for retry in self._retries if retry.due > now]
        sent = []
        for retry in due:
            reason = retry.delivery.retry_reason or "http_error"
            delivery = self.redeliver(retry.delivery, retry_num=retry.number, reason=reason)
            self._plan_retry(delivery, retry.number + 1)
            sent.append(delivery)
        return sent

    def _plan_retry(self, delivery: Delivery, number: int) -> None:
        stopped = delivery.response_headers.get("x-slack-no-retry") == "1"
        if delivery.ok or stopped or number > len(RETRY_AFTER):
            return
        with self._lock:
            self._retries.append(Retry(delivery, number, self.clock() + RETRY_AFTER[number - 1]))

    def _send(self, kind: str, content_type: str, body: bytes) -> Delivery:
        headers = signed(self.signing_secret, self.signing_clock(), body, content_type)
        return self.replay(Delivery(kind, self.endpoint, headers, body))
