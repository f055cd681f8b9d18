"""Commit, then acknowledge, then speak: nothing is said twice or left unsaid, whoever dies."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime, timedelta

import pytest

from catalogue import outbox
from catalogue.bell import bell
from catalogue.store import Database
from tests.at_once import at_once
from tests.catalogue.notices import MINUTE, SECOND, claim, post, state


@pytest.fixture
def rings() -> Iterator[list[str]]:
    heard: list[str] = []

    def hear() -> None:
        heard.append("ring")

    bell.on_ring(hear)
    yield heard
    bell.off_ring(hear)


def test_a_delivery_is_received_once(db: Database, now: datetime) -> None:
    assert [outbox.receive(db, key, now=now) for key in ("T1:Ev1", "T1:Ev1", "T1:Ev2", "T1:Ev1")] == [
        True,
        False,
        True,
        False,
    ]


def test_a_delivery_whose_effect_was_not_saved_can_come_again(db: Database, now: datetime) -> None:
    with suppress(RuntimeError), db.atomic():
        assert outbox.receive(db, "T1:Ev1", now=now)
        raise RuntimeError
    assert outbox.receive(db, "T1:Ev1", now=now)


def test_of_six_copies_of_a_delivery_at_once_one_has_an_effect(db: Database, now: datetime) -> None:
    def deliver() -> bool:
        with db.atomic():
            return outbox.receive(db, "T1:Ev1", now=now) and post(db, "effect", now)

    assert sorted(at_once(*[deliver] * 6)) == [False] * 5 + [True]
    assert outbox.counts(db)["waiting"] == 1


def test_the_same_key_is_posted_once_even_after_it_was_sent(db: Database, now: datetime, rings: list[str]) -> None:
    assert post(db, "answer:1", now)
    assert not outbox.post(db, "message", {"text": "other words"}, key="answer:1", channel=None, now=now)
    notice = claim(db, now)
    assert notice.payload == {"text": "of answer:1"}
    outbox.sent(db, notice, receipt="C1:1.2", now=now)
    assert not post(db, "answer:1", now)
    assert outbox.claim(db, now=now) is None
    assert rings == ["ring"]


def test_what_is_rolled_back_is_not_posted_and_rings_no_bell(db: Database, now: datetime, rings: list[str]) -> None:
    with suppress(RuntimeError), db.atomic():
        post(db, "a", now)
        raise RuntimeError
    assert outbox.claim(db, now=now) is None
    assert rings == []
    assert post(db, "a", now)


def test_the_bell_rings_when_the_notice_can_be_seen(db: Database, now: datetime, rings: list[str]) -> None:
    seen: list[int] = []

    def look() -> None:
        seen.extend(at_once(lambda: outbox.counts(db)["waiting"]))

    bell.on_ring(look)
    with db.atomic():
        post(db, "a", now)
        assert rings == []
    bell.off_ring(look)
    assert (seen, rings) == ([1], ["ring"])


def test_notices_are_claimed_in_the_order_in_which_they_were_posted(db: Database, now: datetime) -> None:
    for key in "cab":
        post(db, key, now)
    claimed = [claim(db, now) for _ in range(3)]
    assert [(notice.key, notice.kind, notice.attempts, notice.posted_at) for notice in claimed] == [
        (key, "message", 1, now) for key in "cab"
    ]
    assert outbox.claim(db, now=now) is None


def test_a_notice_is_not_claimed_before_it_is_due(db: Database, now: datetime) -> None:
    post(db, "later", now, due=now + MINUTE)
    assert outbox.claim(db, now=now + MINUTE - SECOND) is None
    assert outbox.next_due(db, now=now) == now + MINUTE
    assert claim(db, now + MINUTE).key == "later"
    assert outbox.next_due(db, now=now) is None


def test_a_notice_whose_worker_died_is_taken_again_when_its_lease_ends(db: Database, now: datetime) -> None:
    post(db, "a", now)
    dead = claim(db, now)
    assert outbox.claim(db, now=now + outbox.LEASE) is None
    again = claim(db, now + outbox.LEASE + SECOND)
    assert (again.key, again.attempts, again.payload) == ("a", 2, dead.payload)
    assert outbox.message_id(again) == outbox.message_id(dead)
    assert not outbox.sent(db, dead, receipt=None, now=now)  # it was only slow; it is no longer its own
    outbox.failed(db, dead, error="late", now=now)
    assert not outbox.park(db, dead, error="late")
    assert outbox.sent(db, again, receipt="C1:1.2", now=now)
    assert not outbox.sent(db, again, receipt="C1:1.2", now=now)


def test_a_process_that_starts_alone_takes_back_what_a_killed_one_held(db: Database, now: datetime) -> None:
    post(db, "a", now)
    post(db, "b", now)
    claim(db, now)
    assert outbox.release(db) == 1
    assert [claim(db, now).attempts for _ in range(2)] == [2, 1]


def test_what_fails_beyond_its_deadline_is_put_aside_with_the_reason(db: Database, now: datetime) -> None:
    post(db, "a", now)
    late = now + outbox.DEADLINE - 5 * SECOND
    outbox.failed(db, claim(db, late), error="http_503", now=late)
    assert (state(db, "a")["state"], state(db, "a")["error"]) == ("parked", "http_503")
    assert outbox.claim(db, now=late + timedelta(days=9)) is None
    assert outbox.counts(db) == {"waiting": 0, "sending": 0, "sent": 0, "parked": 1}


def test_what_cannot_be_sent_is_put_aside_at_once(db: Database, now: datetime) -> None:
    post(db, "a", now)
    notice = claim(db, now)
    assert outbox.park(db, notice, error="is_archived")
    assert not outbox.park(db, notice, error="again")
    assert not outbox.sent(db, notice, receipt=None, now=now)
    assert (state(db, "a")["state"], state(db, "a")["error"]) == ("parked", "is_archived")


def test_what_was_sent_keeps_its_receipt_and_loses_its_words(db: Database, now: datetime) -> None:
    post(db, "a", now)
    outbox.sent(db, claim(db, now), receipt="C1:1.2", now=now)
    row = state(db, "a")
    assert (row["state"], row["receipt"], row["payload"], row["error"]) == ("sent", "C1:1.2", None, None)


def test_what_waits_longest_is_told(db: Database, now: datetime) -> None:
    assert outbox.oldest_waiting(db) is None
    post(db, "a", now)
    post(db, "b", now + MINUTE)
    outbox.sent(db, claim(db, now + MINUTE), receipt=None, now=now)
    assert outbox.oldest_waiting(db) == now + MINUTE


def test_what_is_no_longer_needed_is_forgotten_and_the_rest_kept(db: Database, now: datetime) -> None:
    outbox.receive(db, "delivery", now=now)
    for key in ("sent", "parked", "waiting"):
        post(db, key, now, channel=key)
    outbox.sent(db, claim(db, now), receipt=None, now=now)
    outbox.park(db, claim(db, now), error="gone")
    before = now + outbox.INBOX_KEPT - SECOND
    outbox.forget(db, now=before)
    assert not outbox.receive(db, "delivery", now=before)
    after = now + outbox.SENT_KEPT + SECOND
    outbox.forget(db, now=after)
    assert outbox.receive(db, "delivery", now=after)
    assert outbox.counts(db) == {"waiting": 1, "sending": 0, "sent": 0, "parked": 1}
    outbox.forget(db, now=after + outbox.DEADLINE)
    assert outbox.counts(db) == {"waiting": 1, "sending": 0, "sent": 0, "parked": 0}
    assert db.query("SELECT * FROM paces") == []
    assert claim(db, after).key == "waiting"


def test_every_try_of_a_notice_has_one_message_id_and_every_notice_another(db: Database, now: datetime) -> None:
    post(db, "a", now)
    post(db, "b", now)
    ids = {outbox.message_id(claim(db, now)) for _ in range(2)}
    assert len(ids) == 2
    assert all(len(each) == 36 for each in ids)
