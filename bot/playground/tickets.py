"""What an app is given for a short time: trigger ids (3 seconds, once) and response URLs (30 minutes, 5 uses)."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import count
from threading import RLock

from bot.playground.model import Message, SlackError

TRIGGER_SECONDS = 3.0
RESPONSE_URL_SECONDS = 30 * 60.0
RESPONSE_URL_USES = 5


@dataclass(frozen=True)
class ResponseUrl:
    """Where an answer may be posted: for whom, in which channel, about which message (None for a command)."""

    token: str
    channel: str
    user: str
    message: Message | None
    expires: float
    uses_left: int = RESPONSE_URL_USES


class Tickets:
    """Trigger ids and response URLs of one workspace. Safe from any thread."""

    def __init__(self, lock: RLock, clock: Callable[[], float]) -> None:
        self._lock = lock
        self._clock = clock
        self._numbers = count(1)
        self._triggers: dict[str, tuple[str, float]] = {}
        self._spent: set[str] = set()
        self._urls: dict[str, ResponseUrl] = {}

    def trigger(self, user: str) -> str:
        """A new trigger id with which a view may be opened for `user` within 3 seconds, once."""
        with self._lock:
            number = next(self._numbers)
            trigger_id = f"{1000000 + number}.{2000000 + number}.{secrets.token_hex(16)}"
            self._triggers[trigger_id] = (user, self._clock() + TRIGGER_SECONDS)
            return trigger_id

    def spend_trigger(self, trigger_id: str) -> str:
        """Use a trigger id up and return its user; raises SlackError when it is unknown, used or too old."""
        with self._lock:
            if trigger_id in self._spent:
                raise SlackError("exchanged_trigger_id")
            if trigger_id not in self._triggers:
                raise SlackError("invalid_trigger_id")
            user, expires = self._triggers[trigger_id]
            if self._clock() > expires:
                raise SlackError("expired_trigger_id")
            self._spent.add(trigger_id)
            return user

    def response_url(self, channel: str, user: str, message: Message | None) -> str:
        """The token (the last part of the path) of a new response URL."""
        with self._lock:
            token = f"{channel}-{next(self._numbers)}"
            self._urls[token] = ResponseUrl(token, channel, user, message, self._clock() + RESPONSE_URL_SECONDS)
            return token

    def spend_response_url(self, token: str) -> ResponseUrl:
        """Use a response URL once more; raises SlackError when it is unknown, used up or too old."""
        with self._lock:
            url = self._urls.get(token)
            if url is None:
                raise SlackError("no_such_url")
            if self._clock() > url.expires:
                raise SlackError("expired_url")
            if url.uses_left == 0:
                raise SlackError("used_url")
            self._urls[token] = replace(url, uses_left=url.uses_left - 1)
            return url

    def expire(self) -> None:
        """Make every ticket given so far too old, as if its time had passed."""
        with self._lock:
            self._triggers = {name: (user, float("-inf")) for name, (user, _) in self._triggers.items()}
            self._urls = {token: replace(url, expires=float("-inf")) for token, url in self._urls.items()}
