"""From an approval to the data, and to the end of the share."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from catalogue import requests
from catalogue.errors import InvalidAnswers, NotAllowed, TooLate, TooSoon
from catalogue.model import Person
from catalogue.requests.model import ShareRequest, ShareState, Waiting
from catalogue.requests.record import history
from catalogue.requests.turnaround import turnaround
from catalogue.store import Database
from tests.catalogue.requests.asking import OPEN, PUPILS, TOTALS, furnish, submitted

HOUR = timedelta(hours=1)


@pytest.fixture
def folk(db: Database, now: datetime) -> dict[str, Person]:
    return furnish(db, now)


@pytest.fixture
def approved(db: Database, folk: dict[str, Person], now: datetime) -> ShareRequest:
    request = submitted(db, folk["asker"], now)
    return requests.approve(
        db, request.id, by=folk["manager"], now=now + HOUR, subset="Camden only", ends=date(2027, 3, 31)
    )


def test_an_approval_leads_step_by_step_to_the_data(
    db: Database, folk: dict[str, Person], approved: ShareRequest, now: datetime
) -> None:
    asker, manager = folk["asker"], folk["manager"]
    share = requests.accept(db, approved.id, by=asker, now=now + 2 * HOUR)
    assert share.state is ShareState.ACCEPTED
    assert (share.subset, share.ends_on) == ("Camden only", date(2027, 3, 31))
    assert [step.id for step in share.steps] == ["agreement", "dpia", "transfer"]
    with pytest.raises(InvalidAnswers, match="agreement, dpia, transfer"):
        requests.supply(db, approved.id, by=manager, now=now)
    for place, step in enumerate(share.steps):
        share = requests.tick(db, approved.id, step.id, by=(asker, manager)[place % 2], now=now + (3 + place) * HOUR)
    share = requests.supply(db, approved.id, by=manager, now=now + 10 * HOUR)
    assert share.state is ShareState.SUPPLIED
    spent = turnaround(history(db, approved.id, private=True), now=now + 100 * HOUR)
    assert (spent.manager, spent.requester, spent.legal, spent.technical) == (6 * HOUR, HOUR, 2 * HOUR, HOUR)
    assert spent.total == 10 * HOUR


def test_what_is_accepted_is_not_accepted_again(
    db: Database, folk: dict[str, Person], approved: ShareRequest, now: datetime
) -> None:
    requests.accept(db, approved.id, by=folk["asker"], now=now)
    with pytest.raises(TooLate, match=r"is accepted since .* by asker"):
        requests.accept(db, approved.id, by=folk["asker"], now=now)
    assert [str(event.verb) for event in history(db, approved.id, private=True)].count("accept") == 1


def test_a_share_is_renewed_and_ended_early(
    db: Database, folk: dict[str, Person], approved: ShareRequest, now: datetime
) -> None:
    asker, manager = folk["asker"], folk["manager"]
    share = requests.accept(db, approved.id, by=asker, now=now)
    for step in share.steps:
        requests.tick(db, approved.id, step.id, by=asker, now=now)
    requests.supply(db, approved.id, by=manager, now=now)
    requests.ask_renewal(db, approved.id, by=asker, now=now, note="It still helps.", until=date(2028, 3, 31))
    request = requests.get(db, approved.id, person=asker, now=now)
    assert request.waiting_for is Waiting.MANAGER
    share = requests.renew(db, approved.id, by=manager, now=now, ends=date(2028, 3, 31))
    assert share.ends_on == date(2028, 3, 31)
    with pytest.raises(InvalidAnswers):
        requests.end(db, approved.id, by=asker, now=now)
    share = requests.end(db, approved.id, by=asker, now=now, note="The project is over.")
    assert (share.state, share.ended_because) == (ShareState.ENDED, "The project is over.")
    with pytest.raises(TooLate):
        requests.end(db, approved.id, by=manager, now=now, note="Too.")


def test_only_the_sides_of_a_share_act_on_it(
    db: Database, folk: dict[str, Person], approved: ShareRequest, now: datetime
) -> None:
    with pytest.raises(NotAllowed):
        requests.accept(db, approved.id, by=folk["manager"], now=now)
    with pytest.raises(NotAllowed):
        requests.supply(db, approved.id, by=folk["auditor"], now=now)


def test_a_nudge_waits_for_two_working_days(db: Database, folk: dict[str, Person], now: datetime) -> None:
    tuesday = now  # 31 March 2026; Good Friday is on 3 April
    request = submitted(db, folk["asker"], tuesday)
    with pytest.raises(TooSoon, match="from 2 April"):
        requests.nudge(db, request.id, by=folk["asker"], now=tuesday + timedelta(days=1))
    requests.nudge(db, request.id, by=folk["asker"], now=tuesday + timedelta(days=2))
    with pytest.raises(TooSoon, match="from 8 April"):
        requests.nudge(db, request.id, by=folk["asker"], now=tuesday + timedelta(days=7))
    assert [str(event.verb) for event in history(db, request.id, private=True)].count("nudge") == 1


def test_before_a_request_it_is_said_what_is_there_already(
    db: Database, folk: dict[str, Person], approved: ShareRequest, now: datetime
) -> None:
    colleague = folk["colleague"]
    waiting = submitted(db, folk["asker"], now, TOTALS)
    assert requests.before(db, OPEN, by=colleague, now=now).is_open
    (share,) = requests.before(db, PUPILS, by=colleague, now=now).shares
    assert share.request_id == approved.id
    known = requests.before(db, TOTALS, by=colleague, now=now)
    assert [each.id for each in known.waiting] == [waiting.id]
    joined = requests.join(db, waiting.id, by=colleague, now=now)
    assert requests.of_person(db, colleague) == [joined]
    assert requests.before(db, TOTALS, by=folk["stranger"], now=now).is_clear


def test_a_reviewer_sees_flags_needs_and_like_decisions(
    db: Database, folk: dict[str, Person], approved: ShareRequest, now: datetime
) -> None:
    request = requests.start(db, PUPILS, by=folk["colleague"], now=now, copy_of=None)
    requests.save_answers(
        db,
        request.id,
        {"legal_power": "dont_know", "outside_uk": "yes", "countries": ["France"]},
        by=folk["colleague"],
        now=now,
    )
    request = requests.get(db, request.id, person=folk["colleague"], now=now)
    flags = {flag.id: flag for flag in requests.red_flags(db, request)}
    assert {"power_not_known", "special_category", "outside_uk"} <= set(flags)
    assert "no_power" not in flags
    assert flags["outside_uk"].detail == "France"
    shown = {need.rule: need.is_there for need in requests.needs(db, request)}
    assert shown["R07"] is False
    (like,) = requests.precedents(db, request)
    assert like.request.id == approved.id
    assert "outside_uk" in like.differs
