"""The worker: threads that take due notices from the outbox and have them delivered.

Woken by the bell when this process posts a notice and by the database when another one does; otherwise it looks when
the next one is due, and once a second in any case. `stop` lets the threads finish what is due, so that what was
acknowledged is answered.

A thread of its own does the chores: what has to be done from time to time (`catalogue/chores.py`), so that nothing long
keeps an answer waiting. A chore that fails is logged, and done again when it is next due.
"""

import logging
import threading
import time
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from bot.logs import places
from catalogue import audit, chores, clock, conversations, demand, outbox, personal
from catalogue.bell import bell
from catalogue.chores import Chore
from catalogue.errors import StoreUnavailable
from catalogue.model import Notice
from catalogue.store import Database

log = logging.getLogger(__name__)

THREADS = 4
LOOK = timedelta(seconds=1)
LOOK_FOR_CHORES = 10.0  # seconds


def log_head(db: Database, _now: datetime) -> None:
    """Write the head of the audit where whoever can rewrite the database may not reach it."""
    log.info("Head of the audit: %s", audit.head(db))


def forget_people(db: Database, now: datetime) -> None:
    """Make nobody recognisable in requests that have long been over, and in old rows of the audit."""
    personal.forget_parties(db, before=now - personal.KEPT, now=now)
    audit.age(db, before=now - personal.KEPT, now=now)


FORGETTING: tuple[Chore, ...] = (
    Chore("outbox.forget", timedelta(hours=1), lambda db, now: outbox.forget(db, now=now)),
    Chore("demand.forget", timedelta(hours=1), lambda db, now: demand.forget(db, now=now)),
    Chore("conversations.forget", timedelta(hours=1), lambda db, now: conversations.forget(db, now=now)),
    Chore("people.forget", timedelta(days=1), forget_people),
    Chore("audit.head", timedelta(days=1), log_head),
)
"""Removing what is no longer needed: see docs/operator.md for what is kept how long."""


class Worker:
    """The threads over one outbox. `deliver` is called with each claimed notice and writes down how it went."""

    def __init__(
        self,
        db: Database,
        deliver: Callable[[Notice], None],
        *,
        threads: int = THREADS,
        chores: Sequence[Chore] = FORGETTING,
    ) -> None:
        self.db = db
        self._chores = chores
        self._deliver = deliver
        self._woken = threading.Condition()
        self._calls = 0
        self._stopping = False
        self._end = float("inf")
        self._ended = threading.Event()
        self._threads = [
            threading.Thread(target=self._work, name=f"worker-{place}", daemon=True) for place in range(threads)
        ]
        self._threads.append(threading.Thread(target=self._do_chores, name="worker-chores", daemon=True))
        bell.on_ring(self.wake)
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
        self._ended.set()
        bell.off_ring(self.wake)
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

    def _do_chores(self) -> None:
        while not self._stopping:
            for chore in self._chores:
                if self._stopping:
                    return
                self._do(chore)
            self._ended.wait(LOOK_FOR_CHORES)

    def _do(self, chore: Chore) -> None:
        try:
            if chores.take(self.db, chore, now=clock.now()):
                chore.do(self.db, clock.now())
        except StoreUnavailable as error:
            log.error("The chore %s cannot use the database: %s", chore.name, error)
        except Exception as error:
            kind, trace = type(error).__name__, places(error.__traceback__)
            log.error("The chore %s failed and will be done again when it is next due: %s\n%s", chore.name, kind, trace)
