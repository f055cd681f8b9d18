"""The worker delivers at once, together, again, and finishes what is due before it stops."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest

from bot.worker import Worker
from catalogue import clock, outbox
from catalogue.bell import bell
from catalogue.errors import StoreUnavailable
from catalogue.model import Notice
from catalogue.store import Database

Deliver = Callable[[Notice], None]


class Delivered:
    """Keeps what was delivered, and marks it as sent; `before` is called first."""

    def __init__(self, db: Database, before: Deliver = lambda _notice: None) -> None:
        self.db, self.before = db, before
        self.keys: list[str] = []
        self.times: list[float] = []

    def __call__(self, notice: Notice) -> None:
        self.before(notice)
        outbox.sent(self.db, notice, receipt=None, now=clock.now())
        self.keys.append(notice.key)
        self.times.append(time.monotonic())


def post(db: Database, key: str, *, channel: str | None = None, due_in: float = 0.0) -> None:
    now = clock.now()
    with db.atomic():
        outbox.post(db, "message", {}, key=key, channel=channel, now=now, due=now + timedelta(seconds=due_in))


def until(condition: Callable[[], bool], seconds: float = 5.0) -> float:
    """Wait; returns how long it took."""
    begun = time.monotonic()
    while not condition():
        assert time.monotonic() - begun < seconds
        time.sleep(0.002)
    return time.monotonic() - begun


@pytest.fixture
def start(sqlite_db: Database) -> Iterator[Callable[..., Worker]]:
    """Starts a worker that is stopped at the end."""
    started: list[Worker] = []

    def start(deliver: Deliver, *, threads: int = 4) -> Worker:
        started.append(Worker(sqlite_db, deliver, threads=threads))
        started[-1].start()
        return started[-1]

    yield start
    for worker in started:
        worker.stop(seconds=2)


def test_a_notice_is_delivered_as_soon_as_it_is_posted(sqlite_db: Database, start: Callable[..., Worker]) -> None:
    deliver = Delivered(sqlite_db)
    start(deliver)
    time.sleep(0.1)  # the threads have gone to sleep
    post(sqlite_db, "one")
    assert until(lambda: deliver.keys == ["one"]) < 0.5, "woken, not found by looking once a second"


def test_what_another_process_posted_is_found_within_about_a_second(
    sqlite_db: Database, start: Callable[..., Worker], monkeypatch: pytest.MonkeyPatch
) -> None:
    deliver = Delivered(sqlite_db)
    start(deliver)
    time.sleep(0.1)
    monkeypatch.setattr(bell, "_calls", [])
    post(sqlite_db, "from elsewhere")
    assert until(lambda: bool(deliver.keys)) < 2


def test_a_notice_is_delivered_when_it_is_due_and_not_before(sqlite_db: Database, start: Callable[..., Worker]) -> None:
    deliver = Delivered(sqlite_db)
    begun = time.monotonic()
    start(deliver)
    post(sqlite_db, "later", due_in=0.3)
    until(lambda: bool(deliver.keys))
    assert 0.29 < deliver.times[0] - begun < 0.8


def test_several_are_delivered_at_the_same_time(sqlite_db: Database, start: Callable[..., Worker]) -> None:
    together = threading.Barrier(4, timeout=5)
    deliver = Delivered(sqlite_db, lambda _notice: (together.wait(), None)[1])
    start(deliver)
    for number in range(4):
        post(sqlite_db, str(number), channel=f"C{number}")
    until(lambda: len(deliver.keys) == 4)


def test_each_is_delivered_once_however_many_threads_look(sqlite_db: Database, start: Callable[..., Worker]) -> None:
    deliver = Delivered(sqlite_db)
    start(deliver, threads=8)
    for number in range(60):
        post(sqlite_db, str(number))
    until(lambda: len(deliver.keys) >= 60)
    assert sorted(deliver.keys) == sorted(str(number) for number in range(60))


def test_an_error_stops_no_thread_and_its_words_stay_out_of_the_log(
    sqlite_db: Database, start: Callable[..., Worker], caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.worker.LOOK", timedelta(milliseconds=20))
    monkeypatch.setattr(outbox, "LEASE", timedelta(milliseconds=50))
    tries: list[int] = []
    words = "who holds my neighbour's records"

    def fail_twice(notice: Notice) -> None:
        tries.append(notice.attempts)
        if len(tries) == 1:
            raise ValueError(words)
        if len(tries) == 2:
            raise StoreUnavailable("The disk is full. Nothing was saved.")

    deliver = Delivered(sqlite_db, fail_twice)
    start(deliver, threads=1)
    with caplog.at_level(logging.INFO):
        post(sqlite_db, "one")
        until(lambda: deliver.keys == ["one"])
    assert tries == [1, 2, 3], "the lease ran out and it was tried again"
    assert "ValueError" in caplog.text
    assert "The disk is full" in caplog.text
    assert "neighbour" not in caplog.text


def test_when_it_is_stopped_what_is_due_is_delivered_first(sqlite_db: Database, start: Callable[..., Worker]) -> None:
    deliver = Delivered(sqlite_db, lambda _notice: time.sleep(0.01))
    worker = start(deliver)
    for number in range(40):
        post(sqlite_db, str(number))
    assert worker.stop(seconds=5)
    assert len(deliver.keys) == 40


def test_when_it_is_stopped_what_is_due_later_is_left(sqlite_db: Database, start: Callable[..., Worker]) -> None:
    deliver = Delivered(sqlite_db)
    worker = start(deliver)
    post(sqlite_db, "tomorrow", due_in=86_400)
    begun = time.monotonic()
    assert worker.stop(seconds=5)
    assert time.monotonic() - begun < 1
    assert deliver.keys == []
    assert outbox.counts(sqlite_db)["waiting"] == 1


def test_stopping_ends_in_time_even_when_a_delivery_does_not(sqlite_db: Database, start: Callable[..., Worker]) -> None:
    stuck = threading.Event()
    worker = start(Delivered(sqlite_db, lambda _notice: (stuck.wait(5), None)[1]), threads=2)
    for number in range(6):
        post(sqlite_db, str(number))
    until(lambda: outbox.counts(sqlite_db)["sending"] == 2)
    begun = time.monotonic()
    assert not worker.stop(seconds=0.3), "it says that not everything ended"
    assert time.monotonic() - begun < 1
    stuck.set()
    until(lambda: not any(thread.is_alive() for thread in worker._threads))
    assert outbox.counts(sqlite_db)["waiting"] == 4, "nothing new was begun after the time was up"


def test_a_stopped_worker_is_no_longer_called(sqlite_db: Database) -> None:
    before = len(bell._calls)
    worker = Worker(sqlite_db, lambda _notice: None)
    assert len(bell._calls) == before + 1
    worker.start()
    worker.stop()
    assert len(bell._calls) == before


def test_what_a_killed_process_was_sending_is_sent_again_by_the_next(
    sqlite_db: Database, start: Callable[..., Worker]
) -> None:
    post(sqlite_db, "half done")
    assert outbox.claim(sqlite_db, now=clock.now())
    assert outbox.claim(sqlite_db, now=clock.now()) is None, "somebody may be sending it"
    assert outbox.release(sqlite_db) == 1
    deliver = Delivered(sqlite_db)
    start(deliver)
    until(lambda: deliver.keys == ["half done"])


def test_a_late_finisher_does_not_undo_what_another_did(db: Database) -> None:
    post(db, "one")
    late = outbox.claim(db, now=clock.now())
    outbox.release(db)
    other = outbox.claim(db, now=clock.now())
    assert late
    assert other
    assert outbox.sent(db, other, receipt="C1:1", now=clock.now())
    outbox.failed(db, late, error="late", now=clock.now())
    assert not outbox.park(db, late, error="late")
    assert not outbox.sent(db, late, receipt="C1:2", now=clock.now())
    (row,) = db.query("SELECT state, receipt, error FROM outbox")
    assert row == {"state": "sent", "receipt": "C1:1", "error": None}


def test_while_one_is_sent_to_a_channel_the_next_waits_its_turn(db: Database) -> None:
    for number in range(3):
        post(db, f"in C1: {number}", channel="C1")
    post(db, "in C2", channel="C2")
    now = clock.now()
    first = outbox.claim(db, now=now)
    later = now + 2 * outbox.PACE
    second = outbox.claim(db, now=later)
    assert first
    assert second
    assert (first.key, second.key) == ("in C1: 0", "in C2")
    assert outbox.claim(db, now=later) is None
    outbox.sent(db, first, receipt=None, now=later)
    third = outbox.claim(db, now=later)
    assert third
    assert third.key == "in C1: 1"


def test_what_was_sent_or_put_aside_long_ago_is_forgotten(db: Database) -> None:
    for key in ("sent", "parked", "waiting"):
        post(db, key)
        notice = outbox.claim(db, now=clock.now())
        assert notice
        if key == "sent":
            outbox.sent(db, notice, receipt=None, now=clock.now())
        elif key == "parked":
            outbox.park(db, notice, error="is_archived")
    outbox.forget(db, now=clock.now() + timedelta(days=29))
    assert db.query("SELECT COUNT(*) AS n FROM outbox") == [{"n": 3}]
    outbox.forget(db, now=clock.now() + timedelta(days=32))
    assert db.query("SELECT key FROM outbox") == [{"key": "waiting"}]
