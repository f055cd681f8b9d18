"""What happens by itself as time passes, over days, clock changes and bank holidays, and over a whole year."""

from __future__ import annotations

import json
import os
import random
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple

import pytest

from catalogue import clock, datasets, people, reminders, requests, working_days
from catalogue.model import Grant, Person, Role
from catalogue.requests.model import ShareState
from catalogue.requests.preferences import Preferences, choose
from catalogue.requests.states import State
from catalogue.store import Database
from tests.at_once import at_once
from tests.catalogue.requests.asking import PUPILS, TOTALS, furnish, submitted, tick_all

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
STEP = 6 * HOUR
IS_FULL = os.environ.get("WHOHOLDS_PROOF") == "1"


class Told(NamedTuple):
    what: str
    person: str
    due: datetime


@pytest.fixture
def folk(db: Database, now: datetime) -> dict[str, Person]:
    return furnish(db, now)


def told(db: Database, *what: str) -> list[Told]:
    """What was told, oldest first."""
    rows = db.query("SELECT payload, due_at FROM outbox WHERE kind = 'tell' ORDER BY number")
    all_ = [(json.loads(row["payload"]), clock.moment(row["due_at"])) for row in rows]
    found = [Told(each["what"].removeprefix("request."), each["person"], due) for each, due in all_]
    return [each for each in found if each.what in what] if what else found


def hours(start: datetime, end: datetime, step: timedelta = HOUR) -> Iterator[datetime]:
    while start <= end:
        yield start
        start += step


def pass_time(db: Database, start: datetime, end: datetime, step: timedelta = HOUR) -> None:
    for now in hours(start, end, step):
        reminders.run(db, now)


def utc(month: int, day: int, hour: int = 0, year: int = 2026) -> datetime:
    return datetime(year, month, day, hour, tzinfo=UTC)


def test_a_request_nobody_decides_is_reminded_of_and_escalated(db: Database, folk: dict[str, Person]) -> None:
    start = utc(3, 26, 15)  # a Thursday; summer time begins on Sunday, Easter is 3 to 6 April
    submitted(db, folk["asker"], start)
    pass_time(db, start, start + 30 * DAY, 6 * HOUR)
    # the manager of the dataset is next; the organisation's manager and steward are above
    assert told(db, "reminder", "escalated", "raised") == [
        Told("reminder", "pupils-manager", utc(3, 31, 8)),
        Told("reminder", "pupils-manager", utc(4, 2, 8)),
        Told("escalated", "manager", utc(4, 13, 8)),
        Told("escalated", "steward", utc(4, 13, 8)),
        Told("raised", "asker", utc(4, 13, 8)),
    ]


def test_after_a_pause_only_the_latest_is_said(db: Database, folk: dict[str, Person], now: datetime) -> None:
    submitted(db, folk["asker"], now)
    reminders.run(db, now + 9 * DAY)  # 5 working days over Easter
    assert [each.what for each in told(db, "reminder", "escalated")] == ["reminder"]


def test_what_several_processes_say_at_once_is_said_once(db: Database, folk: dict[str, Person], now: datetime) -> None:
    for _ in range(5):
        submitted(db, folk["asker"], now)
    later = now + 9 * DAY
    at_once(*(lambda: reminders.run(db, later) for _ in range(3)))
    assert len(told(db, "reminder")) == 5


def test_a_question_is_the_requesters_turn(db: Database, folk: dict[str, Person], now: datetime) -> None:
    request = submitted(db, folk["asker"], now)
    requests.ask_question(db, request.id, by=folk["manager"], note="Which years?", now=now)
    pass_time(db, now, now + 20 * DAY, 6 * HOUR)
    assert Counter(each.what for each in told(db, "reminder", "escalated", "your_turn")) == {"your_turn": 2}
    assert {each.person for each in told(db, "your_turn")} == {"asker"}


def test_when_the_manager_leaves_somebody_else_hears_of_it(
    db: Database, folk: dict[str, Person], now: datetime
) -> None:
    request = submitted(db, folk["asker"], now, TOTALS)
    assert [each.person for each in told(db, "submitted")] == ["manager"]
    left = Person("manager", is_active=False, organisation="department-for-education")
    people.save(db, left, origin="test", now=now)
    reminders.run(db, now + HOUR)
    reminders.run(db, now + 2 * HOUR)
    assert [each.person for each in told(db, "submitted")] == ["manager", "steward"]
    people.save(db, Person("steward", is_active=False), origin="test", now=now)
    reminders.run(db, now + 3 * HOUR)
    actor = requests.next_actor(db, request, now=now)
    assert actor and actor.is_alarm
    assert [each.person for each in told(db, "unowned")] == ["admin"]


def test_idle_drafts_and_unanswered_returns_end_with_a_warning(
    db: Database, folk: dict[str, Person], now: datetime
) -> None:
    draft = requests.start(db, PUPILS, by=folk["asker"], now=now)
    returned = submitted(db, folk["colleague"], now)
    requests.send_back(db, returned.id, by=folk["manager"], note="Which years?", now=now)
    pass_time(db, now, now + 70 * DAY, 12 * HOUR)
    assert Counter((each.what, each.person) for each in told(db, "expiring", "expired")) == {
        ("expiring", "asker"): 1,
        ("expired", "asker"): 1,
        ("expiring", "colleague"): 1,
        ("expired", "colleague"): 1,
    }
    for request, author, kept in ((draft, "asker", 60), (returned, "colleague", 30)):
        ended = requests.get(db, request.id, person=folk[author], now=now)
        assert ended.state is State.EXPIRED
        assert timedelta() <= ended.changed_at - (now + kept * DAY) < DAY


def test_a_draft_is_not_ended_without_a_week_of_warning(db: Database, folk: dict[str, Person], now: datetime) -> None:
    draft = requests.start(db, PUPILS, by=folk["asker"], now=now)
    later = now + 200 * DAY  # nothing ran for half a year
    for wait in (timedelta(), 6 * DAY):
        reminders.run(db, later + wait)
        assert requests.get(db, draft.id, person=folk["asker"], now=later).state is State.DRAFT
    reminders.run(db, later + 7 * DAY)
    assert requests.get(db, draft.id, person=folk["asker"], now=later).state is State.EXPIRED


def test_a_share_ends_on_its_date_after_two_warnings(db: Database, folk: dict[str, Person], now: datetime) -> None:
    asker, manager = folk["asker"], folk["manager"]
    request = submitted(db, asker, now)
    requests.approve(db, request.id, by=manager, now=now, ends=date(2026, 7, 31), review=date(2026, 6, 1))
    requests.accept(db, request.id, by=asker, now=now)
    tick_all(db, request.id, asker=asker, holder=manager, now=now)
    requests.supply(db, request.id, by=manager, now=now)
    pass_time(db, now, utc(8, 5), 12 * HOUR)
    ended = requests.share_of(db, request.id)
    assert ended
    assert ended.state is ShareState.ENDED
    said = Counter((each.what, each.person) for each in told(db, "ending", "ended", "review_due"))
    sides = ("asker", "pupils-manager", "manager")
    for side in sides:
        assert said["ended", side] == (1 if side != "manager" else 0)
        assert said["ending", side] == (2 if side != "manager" else 0)
    assert said["review_due", "pupils-manager"] == 1
    assert said["review_due", "asker"] == 0


def test_a_manager_who_chose_the_digest_hears_once_a_working_day(db: Database, folk: dict[str, Person]) -> None:
    start = utc(4, 1, 12)  # a Wednesday; Good Friday and Easter Monday follow
    choose(db, "pupils-manager", Preferences(digest=True))
    submitted(db, folk["asker"], start)
    pass_time(db, start, start + 9 * DAY)
    assert told(db, "submitted", "reminder") == []
    days = [clock.london(each.due).date().day for each in told(db, "digest")]
    assert days == [1, 2, 7, 8, 9, 10]


def test_quiet_hours_hold_a_message_back(db: Database, folk: dict[str, Person]) -> None:
    choose(db, "pupils-manager", Preferences(quiet_from=time(18), quiet_until=time(8, 30)))
    submitted(db, folk["asker"], utc(6, 1, 21))
    submitted(db, folk["asker"], utc(6, 2, 10))
    assert [each.due for each in told(db, "submitted")] == [
        datetime(2026, 6, 2, 7, 30, tzinfo=UTC),
        utc(6, 2, 10),
    ]


def test_a_year_of_requests_gives_the_right_count_of_each_notice(db: Database, folk: dict[str, Person]) -> None:
    """Requests come in at any hour of a year, are decided after a while or never, and notices are counted by hand."""
    chance = random.Random(20260101)
    start = utc(1, 1)
    days = 365 if IS_FULL else 40
    plan: dict[datetime, list[str]] = {}
    going: dict[str, tuple[datetime, datetime | None]] = {}
    for _ in range(400 if IS_FULL else 15):
        at = start + timedelta(minutes=chance.randrange((days - 30) * 24 * 60))
        request = submitted(db, folk["asker"], at)
        decided = at + timedelta(hours=chance.randrange(1, 24 * 25)) if chance.random() < 0.8 else None
        going[request.id] = (at, decided)
        if decided:
            plan.setdefault(later(decided), []).append(request.id)
    for now in hours(start, start + days * DAY, STEP):
        for request_id in plan.get(now, ()):
            requests.decline(db, request_id, by=folk["manager"], note="No.", now=now)
        reminders.run(db, now)
    expected: Counter[str] = Counter()
    for at, decided in going.values():
        until = later(decided) if decided else start + days * DAY + HOUR
        for passed, what in ((3, "reminder"), (5, "reminder"), (10, "escalated")):
            if later(day_after(at, passed)) < until:
                expected[what] += 2 if what == "escalated" else 1
                expected["raised"] += what == "escalated"
    assert Counter(each.what for each in told(db, "reminder", "escalated", "raised")) == expected
    assert expected["reminder"] >= 10
    assert all(working_days.is_working_time(each.due, "E") for each in told(db, "reminder", "escalated", "raised"))


def later(moment: datetime) -> datetime:
    """This moment, if the reminders run at it, or the next at which they do: every six hours from the start."""
    return moment + (utc(1, 1) - moment) % STEP


def day_after(start: datetime, days: int) -> datetime:
    """Midnight in London of the day on which so many working days have passed, walked day by day."""
    day = clock.london(start).date()
    while days:
        day += DAY
        days -= day.weekday() < 5 and day not in working_days.bank_holidays()["E"]
    return datetime.combine(day, time(0), tzinfo=clock.LONDON).astimezone(UTC)


def test_a_deputy_stands_in_between_dates(db: Database, folk: dict[str, Person], now: datetime) -> None:
    deputy = Person("deputy", organisation="department-for-education")
    people.save(db, deputy, origin="test", now=now)
    stands_in = Grant(Role.MANAGER, PUPILS, until=now + 10 * DAY, deputy_for="pupils-manager")
    people.grant(db, "deputy", stands_in, by="test", reason=None, now=now)
    request = submitted(db, folk["asker"], now)
    actor = requests.next_actor(db, request, now=now)
    assert actor and [each.id for each in actor.everyone] == ["deputy", "pupils-manager"]
    actor = requests.next_actor(db, request, now=now + 10 * DAY)
    assert actor and [each.id for each in actor.everyone] == ["pupils-manager"]


def test_whoever_asked_for_data_that_is_withdrawn_hears_of_it_once(
    db: Database, folk: dict[str, Person], now: datetime
) -> None:
    request = submitted(db, folk["asker"], now)
    datasets.withdraw(db, PUPILS, revision=1, successor=TOTALS, by="steward", why=None, now=now)
    pass_time(db, now, now + DAY, 6 * HOUR)
    assert [each.person for each in told(db, "dataset_withdrawn")] == ["asker"]
    requests.decline(db, request.id, by=folk["manager"], note="It is no longer kept.", now=now + DAY)


def test_when_the_only_manager_joins_whoever_decides_then_hears_of_it(
    db: Database, folk: dict[str, Person], now: datetime
) -> None:
    db.execute("UPDATE grants SET ended_at = granted_at WHERE role = 'manager'")
    people.grant(db, "colleague", Grant(Role.MANAGER, PUPILS), by="test", reason=None, now=now + HOUR)
    request = submitted(db, folk["asker"], now)
    requests.join(db, request.id, by=people.find(db, "colleague"), now=now)
    reminders.run(db, now)
    assert "steward" in {each.person for each in told(db, "submitted")}
