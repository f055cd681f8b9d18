"""Workers beside each other: no notice is claimed twice, and a channel is written to in order and at its pace."""

from __future__ import annotations

from datetime import datetime
from functools import partial

from catalogue import outbox
from catalogue.store import Database
from tests.at_once import at_once
from tests.catalogue.notices import MINUTE, SECOND, claim, post, state
from tests.conftest import Start

CLAIM_ALL = """
import sys
from datetime import datetime
from catalogue import outbox
from catalogue.store import connect
db, now = connect(sys.argv[1]), datetime.fromisoformat(sys.argv[2])
print("ready", flush=True)
sys.stdin.readline()
while notice := outbox.claim(db, now=now):
    outbox.sent(db, notice, receipt=None, now=now)
    print(notice.key)
db.close()
"""


def test_a_channel_gets_one_message_a_second_and_the_others_do_not_wait(db: Database, now: datetime) -> None:
    for key, channel in {"c1": "C", "c2": "C", "d1": "D", "n1": None, "n2": None}.items():
        post(db, key, now, channel=channel)
    first = [claim(db, now) for _ in range(4)]
    assert [notice.key for notice in first] == ["c1", "d1", "n1", "n2"]
    for notice in first:
        outbox.sent(db, notice, receipt=None, now=now)
    assert outbox.claim(db, now=now + SECOND * 0.9) is None
    assert outbox.next_due(db, now=now) == now + SECOND
    assert claim(db, now + SECOND).key == "c2"


def test_a_message_waits_for_the_one_before_it_in_its_channel(db: Database, now: datetime) -> None:
    post(db, "c1", now, channel="C")
    post(db, "c2", now, channel="C")
    slow = claim(db, now)
    assert outbox.claim(db, now=now + MINUTE) is None
    outbox.sent(db, slow, receipt=None, now=now + MINUTE)
    assert claim(db, now + MINUTE).key == "c2"


def test_what_fails_is_tried_again_after_ever_longer_times(db: Database, now: datetime) -> None:
    post(db, "a", now)
    waits = []
    for _ in range(10):
        notice = claim(db, now)
        outbox.failed(db, notice, error="http_500", now=now)
        assert outbox.claim(db, now=now) is None
        due = outbox.next_due(db, now=now)
        assert due is not None
        waits.append((due - now).total_seconds())
        now = due
    assert waits == [10, 20, 40, 80, 160, 320, 640, 900, 900, 900]
    assert (state(db, "a")["error"], state(db, "a")["attempts"]) == ("http_500", 10)


def test_when_slack_says_wait_the_whole_channel_waits_and_keeps_its_order(db: Database, now: datetime) -> None:
    post(db, "c1", now, channel="C")
    post(db, "c2", now, channel="C")
    post(db, "d1", now, channel="D")
    outbox.failed(db, claim(db, now), error="ratelimited", now=now, wait=30 * SECOND)
    assert claim(db, now + SECOND).key == "d1"
    assert outbox.claim(db, now=now + 29 * SECOND) is None
    assert outbox.next_due(db, now=now) == now + 30 * SECOND
    first = claim(db, now + 30 * SECOND)
    outbox.sent(db, first, receipt=None, now=now + 30 * SECOND)
    assert [first.key, claim(db, now + 31 * SECOND).key] == ["c1", "c2"]


def test_six_threads_never_claim_the_same(db: Database, now: datetime) -> None:
    for number in range(60):
        post(db, str(number), now)

    def work() -> list[str]:
        claimed = []
        while notice := outbox.claim(db, now=now):
            claimed.append(notice.key)
            assert outbox.sent(db, notice, receipt=None, now=now)
        return claimed

    claimed = sorted(key for keys in at_once(*[work] * 6) for key in keys)
    assert claimed == sorted(map(str, range(60)))


def test_three_processes_never_claim_the_same(db: Database, url: str, now: datetime, python: Start) -> None:
    for number in range(60):
        post(db, str(number), now)
    workers = [python(CLAIM_ALL, url, now.isoformat()) for _ in range(3)]
    for worker in workers:
        assert worker.stdout
        assert worker.stdout.readline() == "ready\n"
    for worker in workers:
        assert worker.stdin
        worker.stdin.write("go\n")
        worker.stdin.flush()
    ends = [worker.communicate(timeout=60) for worker in workers]
    assert [error for _out, error in ends] == [""] * 3
    assert sorted(key for out, _error in ends for key in out.split()) == sorted(map(str, range(60)))


def test_one_channel_is_claimed_by_one_at_a_time(db: Database, now: datetime) -> None:
    for number in range(12):
        post(db, f"{number:02}", now, channel="C")
    order = []
    for step in range(12):
        claimed = [
            notice
            for notice in at_once(*[partial(outbox.claim, db, now=now + step * SECOND)] * 4)
            if notice is not None
        ]
        assert len(claimed) == 1
        order.append(claimed[0].key)
        outbox.sent(db, claimed[0], receipt=None, now=now + step * SECOND)
    assert order == sorted(order)
