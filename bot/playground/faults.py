"""Faults on demand: what Slack does on a bad day, scripted; and its limit of one message a second a channel."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock

KINDS = re.compile(
    r"ratelimited|error:\w+|http_500|http_502_html|http_503|drop_before|drop_after"
    r"|delay:\d+(\.\d+)?|truncated_json|ok_without_ts"
)
PREVENTING = ("ratelimited", "error:", "http_", "drop_before")


@dataclass
class Fault:
    """One scripted fault: applies to `times` matching calls after the first `after` ones (times None: for ever)."""

    kind: str
    method: str
    channel: str | None
    times: int | None
    after: int
    retry_after: str | None

    @property
    def prevents(self) -> bool:
        """True when the call has no effect under this fault."""
        return self.kind.startswith(PREVENTING)

    @property
    def argument(self) -> str:
        """What stands after the colon in the kind: an error code or seconds."""
        return self.kind.partition(":")[2]


class Faults:
    """The script. Safe to use from any thread."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._script: list[Fault] = []

    def add(
        self,
        *,
        kind: str,
        method: str = "*",
        retry_after: float | str | None = 1,
        times: int | None = 1,
        channel: str | None = None,
        after: int = 0,
    ) -> None:
        """Script a fault for `method` ("*" for every one; "response_url" for posts to one).

        Kinds: ratelimited, error:<code>, http_500, http_502_html, http_503 and drop_before leave the call undone;
        drop_after, delay:<seconds>, truncated_json and ok_without_ts do it. `retry_after` goes into the header of
        a 429 as it is, None leaves the header out. ValueError for an unknown kind.
        """
        if not KINDS.fullmatch(kind):
            raise ValueError(f"unknown kind of fault: {kind}")
        wait = None if retry_after is None else str(retry_after)
        with self._lock:
            self._script.append(Fault(kind, method, channel, times, after, wait))

    def clear(self) -> None:
        """Forget the script."""
        with self._lock:
            self._script.clear()

    def unmet(self) -> int:
        """How many times the script would fail a call yet; faults that last for ever do not count."""
        with self._lock:
            return sum(fault.times or 0 for fault in self._script)

    def take(self, method: str, channel: str | None) -> Fault | None:
        """The fault that this call meets, if any; counts it as used."""
        with self._lock:
            met: Fault | None = None
            for fault in self._script:
                if fault.method not in ("*", method) or (fault.channel and fault.channel != channel):
                    continue
                if fault.after > 0:
                    fault.after -= 1
                elif met is None and fault.times != 0:
                    met = fault
                    fault.times = None if fault.times is None else fault.times - 1
            return met


class RateLimiter:
    """A bucket of tokens per channel, refilled at `per_second`, holding at most `burst`."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._lock = Lock()
        self._buckets: dict[str, tuple[float, float]] = {}

    def wait_for(self, channel: str, *, per_second: float | None, burst: int) -> int:
        """0 when a message may be posted now (and counts it), else the whole seconds to wait. None: no limit."""
        if per_second is None:
            return 0
        with self._lock:
            now = self._clock()
            tokens, then = self._buckets.get(channel, (float(burst), now))
            tokens = min(float(burst), tokens + (now - then) * per_second)
            if tokens < 1 - 1e-9:
                self._buckets[channel] = (tokens, now)
                return max(1, math.ceil((1 - tokens) / per_second))
            self._buckets[channel] = (tokens - 1, now)
            return 0
