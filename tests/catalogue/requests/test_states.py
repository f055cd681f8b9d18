"""Every verb from every state: it leads where the table says, or it is refused and changes nothing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest

from catalogue import requests
from catalogue.errors import CatalogueError, InvalidAnswers, TooLate
from catalogue.model import Person
from catalogue.requests.drafting import expire
from catalogue.requests.model import Waiting
from catalogue.requests.record import history, load
from catalogue.requests.states import ENDED, TRANSITIONS, State, Verb
from catalogue.store import Database
from tests.catalogue.requests.asking import PUPILS, complete, furnish, submitted, tick_all
from tests.catalogue.requests.many import ACTS

Do = Callable[[Database, str, dict[str, Person], datetime], object]

ALSO: dict[Verb, Do] = {
    Verb.EDIT: lambda db, key, folk, now: requests.save_answers(db, key, {"aims": "New"}, by=folk["asker"], now=now),
    Verb.HAND_OVER: lambda db, key, folk, now: requests.hand_over(
        db, key, by=folk["asker"], to=folk["colleague"], now=now
    ),
    Verb.JOIN: lambda db, key, folk, now: requests.join(db, key, by=folk["colleague"], now=now),
    Verb.WAIT_FOR: lambda db, key, folk, now: requests.wait_for(db, key, Waiting.LEGAL, by=folk["manager"], now=now),
    Verb.NUDGE: lambda db, key, folk, now: requests.nudge(db, key, by=folk["asker"], now=now.replace(month=12)),
    Verb.EXPIRE: lambda db, key, folk, now: expire(db, key, now=now),
    Verb.ASK_RENEWAL: lambda db, key, folk, now: requests.ask_renewal(
        db, key, by=folk["asker"], note="Still.", now=now
    ),
}
DOES: dict[Verb, Do] = {**{Verb(name): act for name, (_stage, act) in ACTS.items()}, **ALSO}


def in_state(db: Database, state: State, folk: dict[str, Person], now: datetime) -> str:
    """A request in this state."""
    asker, manager = folk["asker"], folk["manager"]
    if state in (State.DRAFT, State.EXPIRED):
        key = complete(db, requests.start(db, PUPILS, by=asker, now=now), asker, now).id
        if state is State.EXPIRED:
            expire(db, key, now=now)
        return key
    key = submitted(db, asker, now).id
    {
        State.SUBMITTED: lambda: None,
        State.IN_REVIEW: lambda: requests.start_review(db, key, by=manager, now=now),
        State.RETURNED: lambda: requests.send_back(db, key, by=manager, note="?", now=now),
        State.APPROVED: lambda: requests.approve(db, key, by=manager, now=now),
        State.DECLINED: lambda: requests.decline(db, key, by=manager, note="No.", now=now),
        State.WITHDRAWN: lambda: requests.withdraw(db, key, by=asker, now=now),
    }[state]()
    return key


@pytest.mark.parametrize("state", list(State), ids=str)
def test_from_every_state_each_verb_leads_where_the_table_says_or_nowhere(
    db: Database, now: datetime, state: State
) -> None:
    folk = furnish(db, now)
    assert set(DOES) == set(Verb) - {Verb.START}
    for verb, act in DOES.items():
        key, row = in_state(db, state, folk, now), TRANSITIONS[verb]
        before, length = load(db, key), len(history(db, key, private=True))
        if state in row.sources:
            try:
                act(db, key, folk, now)
            except (TooLate, InvalidAnswers):
                assert state is State.APPROVED, verb  # the share has states of its own
                continue
            after = load(db, key)
            assert after.state is (row.target or state), verb
            assert [event.verb for event in history(db, key, private=True)][length:] == [verb]
        else:
            with pytest.raises(CatalogueError):
                act(db, key, folk, now)
            assert load(db, key) == before, verb
            assert len(history(db, key, private=True)) == length


@pytest.mark.parametrize("state", list(State), ids=str)
def test_there_is_exactly_one_next_actor_until_it_is_over(db: Database, now: datetime, state: State) -> None:
    folk = furnish(db, now)
    request = load(db, in_state(db, state, folk, now))
    actor = requests.next_actor(db, request, now=now)
    if state in ENDED - {State.APPROVED}:
        assert actor is None
    else:
        assert actor and actor.person


def test_nobody_decides_what_they_asked_for_nor_does_their_deputy(db: Database, now: datetime) -> None:
    from catalogue import people
    from catalogue.errors import NotAllowed
    from catalogue.model import Grant, Role

    furnish(db, now)
    stands_in = Grant(Role.MANAGER, "department-for-education", deputy_for="manager")
    people.grant(db, "colleague", stands_in, by="test", reason=None, now=now)
    folk = {person.id: person for person in people.everyone(db)}
    key = submitted(db, folk["manager"], now, PUPILS).id
    for who in ("manager", "colleague"):
        with pytest.raises(CatalogueError):
            requests.approve(db, key, by=folk[who], now=now)
    actor = requests.next_actor(db, load(db, key), now=now)
    assert actor and [each.id for each in actor.everyone] == ["pupils-manager"]
    with pytest.raises(NotAllowed):
        requests.approve(db, key, by=folk["auditor"], now=now)


def test_an_administrator_in_an_owners_place_says_why_and_the_owner_hears(db: Database, now: datetime) -> None:
    folk = furnish(db, now)
    key = submitted(db, folk["asker"], now).id
    with pytest.raises(InvalidAnswers):
        requests.approve(db, key, by=folk["admin"], now=now)
    requests.approve(db, key, by=folk["admin"], now=now, note="The manager is ill and it cannot wait.")
    rows = db.query("SELECT key FROM outbox WHERE key LIKE '%stepped_in%'")
    assert [row["key"].rsplit(":", 1)[1] for row in rows] == ["pupils-manager"]


def test_where_nobody_manages_the_data_a_steward_decides(db: Database, now: datetime) -> None:
    from catalogue import people

    folk = furnish(db, now)
    key = submitted(db, folk["asker"], now).id
    with pytest.raises(CatalogueError):
        requests.approve(db, key, by=folk["steward"], now=now)
    db.execute("UPDATE people SET is_active = 0 WHERE id IN ('manager', 'pupils-manager')")
    folk = {person.id: person for person in people.everyone(db)}
    assert [each.id for each in requests.queue_for(db, folk["steward"], now=now)] == [key]
    assert requests.approve(db, key, by=folk["steward"], now=now).state is State.APPROVED


def test_what_was_seen_is_what_is_decided(db: Database, now: datetime) -> None:
    folk = furnish(db, now)
    seen = submitted(db, folk["asker"], now)
    requests.send_back(db, seen.id, by=folk["manager"], note="?", now=now)
    requests.save_answers(db, seen.id, {"aims": "Something else"}, by=folk["asker"], now=now)
    requests.submit(db, seen.id, by=folk["asker"], now=now)
    with pytest.raises(TooLate):
        requests.approve(db, seen.id, by=folk["manager"], now=now, version=seen.version)
    current = load(db, seen.id)
    assert requests.approve(db, seen.id, by=folk["manager"], now=now, version=current.version).state is State.APPROVED


def test_a_request_survives_its_author(db: Database, now: datetime) -> None:
    from catalogue.errors import NotAllowed

    folk = furnish(db, now)
    key = submitted(db, folk["asker"], now).id
    with pytest.raises(NotAllowed, match="still here"):
        requests.hand_over(db, key, by=folk["admin"], to=folk["colleague"], now=now)
    db.execute("UPDATE people SET is_active = 0 WHERE id = 'asker'")
    handed = requests.hand_over(db, key, by=folk["admin"], to=folk["colleague"], now=now)
    assert handed.author == "colleague"
    assert requests.withdraw(db, key, by=folk["colleague"], now=now).state is State.WITHDRAWN


def test_a_request_is_not_handed_to_somebody_who_may_not_know_of_the_data(db: Database, now: datetime) -> None:
    from catalogue import datasets

    folk = furnish(db, now)
    key = submitted(db, folk["asker"], now).id
    named = {"visibility": "named", "visible_to": ["asker"]}
    datasets.amend(db, PUPILS, named, revision=1, by="test", why=None, now=now)
    with pytest.raises(InvalidAnswers):
        requests.hand_over(db, key, by=folk["asker"], to=folk["colleague"], now=now)


def test_nobody_renews_or_supplies_what_they_asked_for(db: Database, now: datetime) -> None:
    from datetime import timedelta

    from catalogue import people
    from catalogue.model import Grant, Role

    folk = furnish(db, now)
    people.grant(db, "asker", Grant(Role.MANAGER, PUPILS), by="test", reason=None, now=now)
    key = submitted(db, folk["asker"], now).id
    requests.approve(db, key, by=folk["manager"], now=now)
    asker, ends = people.find(db, "asker"), (now + timedelta(days=900)).date()
    requests.accept(db, key, by=asker, now=now)
    tick_all(db, key, asker=asker, holder=folk["manager"], now=now)
    with pytest.raises(CatalogueError, match="asked for this data yourself"):
        requests.supply(db, key, by=asker, now=now)
    requests.supply(db, key, by=folk["manager"], now=now)
    with pytest.raises(CatalogueError, match="asked for this data yourself"):
        requests.renew(db, key, by=asker, now=now, ends=ends)
    assert requests.renew(db, key, by=folk["manager"], now=now, ends=ends).ends_on == ends


def test_nobody_decides_on_what_they_asked_for_and_handed_over(db: Database, now: datetime) -> None:
    from datetime import timedelta

    from catalogue import people
    from catalogue.model import Grant, Role

    folk = furnish(db, now)
    until = now + timedelta(days=9)
    people.grant(db, "asker", Grant(Role.MANAGER, PUPILS), by="test", reason=None, now=now)
    deputy = Grant(Role.MANAGER, PUPILS, until=until, deputy_for="asker")
    people.grant(db, "stranger", deputy, by="test", reason=None, now=now)
    key = submitted(db, folk["asker"], now).id
    requests.hand_over(db, key, by=folk["asker"], to=folk["colleague"], now=now)
    for name in ("asker", "stranger"):
        person = people.find(db, name)
        for act in (requests.approve, requests.decline, requests.add_note):
            with pytest.raises(CatalogueError):
                act(db, key, by=person, now=now, note="Fine.")
    assert requests.approve(db, key, by=folk["manager"], now=now).state is State.APPROVED
