"""Whom a request waited for: the parts add up to the whole, whatever happens to it."""

from __future__ import annotations

import io
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalogue import datasets, register, requests
from catalogue.model import PUBLIC, Person
from catalogue.requests.evidence import evidence
from catalogue.requests.model import Event, Waiting
from catalogue.requests.states import State, Verb
from catalogue.requests.turnaround import turnaround, usual_days
from catalogue.store import Database
from tests.catalogue.requests.asking import DFE, PUPILS, TOTALS, furnish, submitted, tick_all

NOW = datetime.fromisoformat("2026-03-31T09:30:00+00:00")
PARTIES = [each for each in Waiting if each is not Waiting.NOBODY]


def event(place: int, at: datetime, verb: Verb, waiting: Waiting) -> Event:
    return Event("SR-0001", place, at, "x", verb, None, State.IN_REVIEW, waiting, None, False, {})


@given(
    st.lists(
        st.tuples(st.timedeltas(timedelta(), timedelta(days=90)), st.sampled_from(PARTIES)), min_size=1, max_size=40
    )
)
def test_the_times_of_the_parties_add_up_to_the_time_from_submission(steps: list[tuple[timedelta, Waiting]]) -> None:
    at, events = NOW, [event(1, NOW - timedelta(days=3), Verb.START, Waiting.REQUESTER)]
    for place, (wait, waiting) in enumerate(steps, start=2):
        events.append(event(place, at, Verb.SUBMIT if place == 2 else Verb.WAIT_FOR, waiting))
        at += wait
    assert turnaround(events, now=at).total == at - NOW


def test_nothing_is_counted_before_the_submission_nor_after_the_data_is_there() -> None:
    events = [
        event(1, NOW, Verb.START, Waiting.REQUESTER),
        event(2, NOW + timedelta(days=5), Verb.SUBMIT, Waiting.MANAGER),
        event(3, NOW + timedelta(days=7), Verb.SUPPLY, Waiting.NOBODY),
        event(4, NOW + timedelta(days=90), Verb.ASK_RENEWAL, Waiting.MANAGER),
    ]
    assert turnaround(events, now=NOW + timedelta(days=100)).total == timedelta(days=2)
    assert turnaround(events[:1], now=NOW + timedelta(days=9)).total == timedelta()


# the register


@pytest.fixture
def folk(db: Database, now: datetime) -> dict[str, Person]:
    return furnish(db, now)


def share(db: Database, folk: dict[str, Person], now: datetime, dataset_id: str = PUPILS) -> str:
    """A request that became a share in force."""
    request = submitted(db, folk["asker"], now, dataset_id)
    later = now + timedelta(days=2)
    requests.approve(db, request.id, by=folk["manager"], now=later, conditions="Secret terms", ends=date(2030, 1, 1))
    requests.accept(db, request.id, by=folk["asker"], now=later)
    tick_all(db, request.id, asker=folk["asker"], holder=folk["manager"], now=later)
    requests.supply(db, request.id, by=folk["manager"], now=later)
    return request.id


def test_the_register_says_who_shared_what_with_whom_on_what_power_until_when(
    db: Database, folk: dict[str, Person], now: datetime
) -> None:
    reference = share(db, folk, now)
    (line,) = register.lines(db)
    assert (line.reference, line.dataset, line.is_in_force, line.days) == (reference, "Pupils", True, 2)
    assert (line.holder_name, line.recipient_name) == ("Department for Education", "Camden Council")
    assert (line.power, line.benefit) == ("For free school meals.", "Evidence for a policy decision")
    assert line.ends_on == date(2030, 1, 1)
    figures = register.read(db).figures
    assert (figures.shares, figures.median, figures.manager, figures.baseline) == (1, 2, 2, 182)
    assert register.lines(db, holder=DFE, recipient="camden-council") == [line]
    assert register.lines(db, recipient="leeds-council") == []


def test_nothing_but_what_may_be_public_is_in_the_register(
    db: Database, folk: dict[str, Person], now: datetime
) -> None:
    reference = share(db, folk, now)
    out = io.StringIO()
    register.write_csv(register.lines(db), out)
    for hidden in ("Secret terms", "asker", "manager", "example.gov.uk"):
        assert hidden not in out.getvalue()
    entry = datasets.get(db, PUPILS, audience=PUBLIC)
    datasets.amend(db, PUPILS, {"visibility": "government"}, revision=entry.revision, by="x", why=None, now=now)
    assert register.lines(db) == []
    assert register.read(db).figures.shares == 0
    assert requests.share_of(db, reference)


def test_what_is_agreed_and_not_supplied_is_not_in_the_register_and_what_ended_is(
    db: Database, folk: dict[str, Person], now: datetime
) -> None:
    request = submitted(db, folk["asker"], now)
    requests.approve(db, request.id, by=folk["manager"], now=now)
    requests.accept(db, request.id, by=folk["asker"], now=now)
    tick_all(db, request.id, asker=folk["asker"], holder=folk["manager"], now=now)
    assert register.lines(db) == []
    requests.supply(db, request.id, by=folk["manager"], now=now)
    requests.end(db, request.id, by=folk["asker"], note="Done.", now=now)
    (line,) = register.lines(db)
    assert not line.is_in_force
    assert line.ends_on == now.date()


def test_no_cell_of_the_register_runs_in_a_spreadsheet(db: Database, folk: dict[str, Person], now: datetime) -> None:
    reference = share(db, folk, now)
    db.execute("UPDATE shares SET power = '=1+1' WHERE request_id = :id", {"id": reference})
    out = io.StringIO()
    register.write_csv(register.lines(db), out)
    assert "'=1+1" in out.getvalue()


def test_a_tampered_audit_shows_in_the_evidence(sqlite_db: Database, now: datetime) -> None:
    folk = furnish(sqlite_db, now)
    reference = share(sqlite_db, folk, now)
    assert evidence(sqlite_db, reference, now=now)["audit"]["chain_is_whole"]
    sqlite_db.execute("DROP TRIGGER audit_kept_update")
    sqlite_db.execute("UPDATE audit SET action = 'request.decline' WHERE action = 'request.approve'")
    found = evidence(sqlite_db, reference, now=now)["audit"]
    assert not found["chain_is_whole"]
    assert "was changed" in found["problems"][0]


def test_a_body_that_not_everybody_may_know_is_not_in_the_register(
    db: Database, folk: dict[str, Person], now: datetime
) -> None:
    share(db, folk, now)
    db.execute("UPDATE shares SET holder = 'a-body-that-is-not-known'")
    assert register.read(db).lines == ()
    assert register.read(db).figures.shares == 0


def test_the_usual_time_is_that_of_the_last_decisions_else_what_the_entry_says(
    db: Database, folk: dict[str, Person], now: datetime
) -> None:
    request = submitted(db, folk["asker"], now)
    assert usual_days(db, request) is None, "nobody knows"
    datasets.amend(db, PUPILS, {"lead_time_days": 20}, revision=1, by="test", why=None, now=now)
    assert usual_days(db, request) == 20
    for days, dataset_id in ((2, TOTALS), (4, TOTALS), (9, TOTALS)):
        other = submitted(db, folk["asker"], now, dataset_id)
        requests.decline(db, other.id, by=folk["manager"], note="No.", now=now + timedelta(days=days))
    assert usual_days(db, request) == 4, "the holder's, where there are too few on the same data"


def test_the_clock_shows_everybody_the_same_also_where_notes_are_private(
    db: Database, folk: dict[str, Person], now: datetime
) -> None:
    key, day = submitted(db, folk["asker"], now).id, timedelta(days=1)
    requests.wait_for(db, key, Waiting.LEGAL, by=folk["manager"], now=now + day, note="Counsel is away.")
    spent = requests.turnaround_of(db, key, now=now + 3 * day)
    assert (spent.manager, spent.legal) == (day, 2 * day)
