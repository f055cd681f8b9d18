"""Whatever workers do and whenever they die, every notice is sent once as far as the outbox can tell."""

from __future__ import annotations

from datetime import datetime, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from catalogue import outbox
from catalogue.model import Notice
from catalogue.store import Database
from tests.catalogue.notices import SECOND, post

POST = st.tuples(st.just("post"), st.sampled_from([None, "C", "D"]))
CLAIM = st.tuples(st.just("claim"), st.none())
FINISH = st.tuples(st.sampled_from(["sent", "failed", "told to wait", "parked"]), st.integers(0, 3))
PASS = st.tuples(st.just("pass"), st.sampled_from([0.4, 1, 15, 130, 1000]))


class Office:
    """Workers over one outbox, and what each of them believes."""

    def __init__(self, db: Database, now: datetime) -> None:
        self.db, self.now = db, now
        self.posted: list[str] = []
        self.done: list[str] = []
        self.held: dict[str, tuple[Notice, datetime]] = {}  # with the end of the lease; a dead worker's stays

    def post(self, channel: str | None) -> None:
        self.posted.append(str(len(self.posted)))
        assert post(self.db, self.posted[-1], self.now, channel=channel)

    def claim(self) -> bool:
        notice = outbox.claim(self.db, now=self.now)
        if notice is None:
            return False
        live = {key: held for key, (held, until) in self.held.items() if until >= self.now}
        assert notice.key not in live
        assert notice.key not in self.done
        assert notice.channel not in {held.channel for held in live.values() if held.channel}
        self.held[notice.key] = notice, self.now + outbox.LEASE
        return True

    def finish(self, how: str, which: int) -> None:
        key = sorted(self.held)[which % len(self.held)]
        notice, _until = self.held.pop(key)
        if how == "sent":
            assert outbox.sent(self.db, notice, receipt=None, now=self.now)
        elif how == "parked":
            assert outbox.park(self.db, notice, error="gone")
        else:
            wait = 5 * SECOND if how == "told to wait" else None
            outbox.failed(self.db, notice, error=how, now=self.now, wait=wait)
            return
        self.done.append(key)


@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(POST | CLAIM | FINISH | PASS, max_size=40))
def test_any_history_of_workers_ends_with_every_notice_sent_once_or_put_aside(
    db: Database, now: datetime, acts: list[tuple[str, object]]
) -> None:
    for table in ("outbox", "paces"):
        db.execute(f"DELETE FROM {table}")
    office = Office(db, now)
    for act, detail in acts:
        if act == "post":
            office.post(detail if isinstance(detail, str) else None)
        elif act == "claim":
            office.claim()
        elif act == "pass":
            office.now += SECOND * float(str(detail))
        elif office.held:
            office.finish(act, int(str(detail)))
    while len(office.done) < len(office.posted):
        office.now += outbox.LEASE + timedelta(minutes=15)  # by then every lease and every pause has ended
        assert office.claim()
        office.finish("sent", sorted(office.held).index(max(office.held, key=lambda key: office.held[key][1])))
    assert sorted(office.done) == sorted(office.posted)
    assert outbox.counts(db)["waiting"] == outbox.counts(db)["sending"] == 0
