"""From an approval to the data, and to the end of the share."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from catalogue import datasets, requests
from catalogue.errors import InvalidAnswers, NotAllowed, TooLate, TooSoon
from catalogue.model import Person
from catalogue.requests.evidence import evidence
from catalogue.requests.model import ShareRequest, ShareState, Side, Waiting
from catalogue.requests.record import history
from catalogue.requests.turnaround import turnaround
from catalogue.store import Database
from tests.catalogue.requests.asking import OPEN, PUPILS, TOTALS, furnish, submitted, tick_all

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
        by = asker if step.ticked_by is Side.REQUESTER else manager
        share = requests.tick(db, approved.id, step.id, by=by, now=now + (3 + place) * HOUR)
    share = requests.supply(db, approved.id, by=manager, now=now + 10 * HOUR)
    assert share.state is ShareState.SUPPLIED
    spent = turnaround(history(db, approved.id, private=True), now=now + 100 * HOUR)
    assert (spent.manager, spent.requester, spent.legal, spent.technical) == (6 * HOUR, 2 * HOUR, HOUR, HOUR)
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
    requests.accept(db, approved.id, by=asker, now=now)
    tick_all(db, approved.id, asker=asker, holder=manager, now=now)
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
    (like,) = requests.precedents(db, request, reader=folk["manager"], now=now)
    assert like.request.id == approved.id
    assert "outside_uk" in like.differs


def test_each_step_is_ticked_by_the_side_whose_it_is(
    db: Database, folk: dict[str, Person], approved: ShareRequest, now: datetime
) -> None:
    share = requests.accept(db, approved.id, by=folk["asker"], now=now)
    sides = {step.id: step.ticked_by for step in share.steps}
    assert sides == {"agreement": Side.HOLDER, "dpia": Side.REQUESTER, "transfer": Side.HOLDER}
    for step, by in (("agreement", "asker"), ("dpia", "manager"), ("transfer", "asker")):
        with pytest.raises(NotAllowed, match="says when this step is done"):
            requests.tick(db, approved.id, step, by=folk[by], now=now)
    requests.tick(db, approved.id, "agreement", by=folk["manager"], now=now)
    request = requests.get(db, approved.id, person=folk["asker"], now=now)
    actor = requests.next_actor(db, request, now=now)
    assert actor and actor.person == folk["asker"], "whoever can tick the next step is next"


def test_decisions_that_a_reader_may_not_read_are_not_shown_as_like_it(
    db: Database, folk: dict[str, Person], approved: ShareRequest, now: datetime
) -> None:
    other = submitted(db, folk["asker"], now, TOTALS)
    requests.decline(db, other.id, by=folk["manager"], note="No power.", now=now)
    third = submitted(db, folk["asker"], now, TOTALS)
    for reader, known in (
        ("manager", {approved.id, other.id}),
        ("pupils-manager", {approved.id}),
        ("auditor", {approved.id, other.id}),
        ("admin", {approved.id, other.id}),
        ("steward", set()),
        ("stranger", set()),
    ):
        found = requests.precedents(db, third, reader=folk[reader], now=now)
        assert {each.request.id for each in found} == known, reader


def test_what_goes_with_a_decision_that_is_handed_on_is_not_read_by_whoever_asked(
    db: Database, folk: dict[str, Person], now: datetime
) -> None:
    key = submitted(db, folk["asker"], now).id
    requests.join(db, key, by=folk["colleague"], now=now)
    request = requests.delegate(db, key, by=folk["manager"], to=folk["steward"], note="They may lack a power.", now=now)
    for reader, reads in (("asker", False), ("colleague", False), ("steward", True), ("auditor", True)):
        told = requests.events(db, request, person=folk[reader], now=now)
        assert [str(each.verb) for each in told][-1] == "delegate", "that it was handed on is no secret"
        assert ("lack a power" in str(told)) is reads, reader


def test_a_decision_keeps_the_rules_that_were_in_force_then(
    db: Database, folk: dict[str, Person], now: datetime
) -> None:
    key = submitted(db, folk["asker"], now).id
    begun = evidence(db, key, now=now)["conditions"]
    datasets.amend(db, PUPILS, {"personal_data": "aggregate"}, revision=1, by="test", why=None, now=now)
    requests.send_back(db, key, by=folk["manager"], note="Which years?", now=now)
    requests.submit(db, key, by=folk["asker"], now=now)
    datasets.amend(db, PUPILS, {"personal_data": "personal"}, revision=2, by="test", why=None, now=now)
    requests.approve(db, key, by=folk["manager"], now=now)
    told = evidence(db, key, now=now)
    assert told["conditions"] == begun, "what was in force at the start stays"
    kept = {event["verb"]: event["detail"]["rules"] for event in told["history"] if "rules" in event["detail"]}
    assert set(kept) == {"send_back", "approve"}
    assert kept["send_back"]["version"] == begun["version"]
    assert kept["send_back"]["needs"] != begun["needs"], "the entry had changed"
    assert kept["approve"]["needs"] not in (begun["needs"], kept["send_back"]["needs"])
    assert kept["approve"]["case"]["asker"]["slug"] == "camden-council"
