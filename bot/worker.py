"""The worker: threads that take due notices from the outbox and have them delivered.

Woken by the bell when this process posts a notice and by the database when another one does; otherwise it looks when
the next one is due, and once a second in any case. `stop` lets the threads finish what is due, so that what was
acknowledged is answered.
"""

import logging
import threading
import time
from collections.abc import Callable
from datetime import timedelta

from bot.logs import places
from catalogue import clock, demand, outbox
from catalogue.errors import StoreUnavailable
from catalogue.model import Notice
from catalogue.store import Database

log = logging.getLogger(__name__)

THREADS = 4
LOOK = timedelta(seconds=1)
HOUSEKEEPING = 3600.0  # seconds


class Worker:
    """The threads over one outbox. `deliver` is called with each claimed notice and writes down how it went."""

    def __init__(self, db: Database, deliver: Callable[[Notice], None], *, threads: int = THREADS) -> None:
        self.db = db
        self._deliver = deliver
        self._woken = threading.Condition()
        self._calls = 0
        self._stopping = False
        self._end = float("inf")
        self._kept_house = 0.0
        self._threads = [
            threading.Thread(target=self._work, name=f"worker-{place}", daemon=True) for place in range(threads)
        ]
        outbox.bell.on_ring(self.wake)
        db.listen(self.wake)

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def wake(self) -> None:
        with self._woken:
            self._calls += 1
            self._woken.notify()

    def stop(self, *, seconds: float = 8.0) -> bool:
        """Finish what is due, for at most `seconds`. True when every thread has ended."""
        self._end = time.monotonic() + seconds
        with self._woken:
            self._stopping = True
            self._woken.notify_all()
        outbox.bell.off_ring(self.wake)
        for thread in self._threads:
            if thread.is_alive():
                thread.join(timeout=max(self._end - time.monotonic(), 0.1))
        return not any(thread.is_alive() for thread in self._threads)

    def _work(self) -> None:
        while True:
            calls = self._calls
            try:
                notice = outbox.claim(self.db, now=clock.now()) if time.monotonic() < self._end else None
                if notice:
                    self._deliver(notice)
                    continue
                if self._stopping:
                    return
                self._keep_house()
                pause = self._pause()
            except StoreUnavailable as error:
                log.error("The worker cannot use the database: %s", error)
                pause = LOOK.total_seconds()
            except Exception as error:
                kind, trace = type(error).__name__, places(error.__traceback__)
                log.error("The worker met an error; the notice will be tried again: %s\n%s", kind, trace)
                pause = LOOK.total_seconds()
            with self._woken:
                if self._calls == calls and not self._stopping:
                    self._woken.wait(pause)

    def _pause(self) -> float:
        now = clock.now()
        due = outbox.next_due(self.db, now=now)
        wait = min(LOOK, due - now) if due else LOOK
        return max(wait.total_seconds(), 0.01)

    def _keep_house(self) -> None:
        if time.monotonic() - self._kept_house > HOUSEKEEPING:
            self._kept_house = time.monotonic()
            outbox.forget(self.db, now=clock.now())
            demand.forget(self.db, now=clock.now())
