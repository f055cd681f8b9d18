"""Who is named as the next to decide may decide, whoever wrote, joined, was handed or holds what."""

from __future__ import annotations

import json
from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catalogue import clock, people, requests
from catalogue.model import Grant, Person, Role
from catalogue.requests.model import Because
from catalogue.requests.record import events, load, reads_notes, standing_of
from catalogue.rights import Action
from catalogue.store import Database, connect
from catalogue.store.tables.requests import m014_former_authors
from tests.catalogue.requests.asking import CAMDEN, DFE, PUPILS, furnish, submitted, tick_all
from tests.catalogue.requests.many import folk_of


def only_manager(db: Database, who: str, now: datetime) -> Person:
    """Nobody manages the pupils' data but this person."""
    db.execute("UPDATE grants SET ended_at = :now WHERE role = 'manager'", {"now": clock.stamp(now)})
    people.grant(db, who, Grant(Role.MANAGER, DFE), by="test", reason=None, now=now)
    return people.find(db, who)


def test_a_sole_manager_who_joined_is_passed_over_and_the_request_does_not_stall(db: Database, now: datetime) -> None:
    folk = furnish(db, now)
    key = submitted(db, folk["asker"], now).id
    manager = only_manager(db, "colleague", now)
    assert requests.next_actor(db, load(db, key), now=now).person == manager  # type: ignore[union-attr]
    request = requests.join(db, key, by=manager, now=now)
    actor = requests.next_actor(db, request, now=now)
    assert actor
    assert (actor.person and actor.person.id, actor.because) == ("steward", Because.ROLE_HOLDER)
    assert requests.queue_for(db, manager, now=now) == []
    assert [each.id for each in requests.queue_for(db, folk["steward"], now=now)] == [key]
    assert requests.approve(db, key, by=folk["steward"], now=now).state == "approved"


def test_a_sole_manager_who_wrote_and_handed_over_is_passed_over(db: Database, now: datetime) -> None:
    folk = furnish(db, now)
    manager = only_manager(db, "colleague", now)
    key = submitted(db, manager, now).id
    request = requests.hand_over(db, key, by=manager, to=folk["asker"], now=now)
    assert request.former == {"colleague"}
    actor = requests.next_actor(db, request, now=now)
    assert actor and actor.person and actor.person.id == "steward"
    assert requests.queue_for(db, manager, now=now) == []
    assert requests.approve(db, key, by=folk["steward"], now=now).state == "approved"


def test_who_gets_a_request_back_is_its_author_and_no_former_one(db: Database, now: datetime) -> None:
    folk = furnish(db, now)
    key = submitted(db, folk["asker"], now).id
    requests.hand_over(db, key, by=folk["asker"], to=folk["colleague"], now=now)
    back = requests.hand_over(db, key, by=folk["colleague"], to=folk["asker"], now=now)
    assert (back.author, back.former) == ("asker", {"colleague"})


def test_a_decision_is_not_handed_to_whoever_joined_or_wrote_it(db: Database, now: datetime) -> None:
    from catalogue.errors import InvalidAnswers

    folk = furnish(db, now)
    db.execute("UPDATE people SET organisation = :dfe WHERE id IN ('asker', 'colleague')", {"dfe": DFE})
    folk = folk_of(db)
    key = submitted(db, folk["asker"], now).id
    requests.join(db, key, by=folk["colleague"], now=now)
    requests.hand_over(db, key, by=folk["asker"], to=folk["steward"], now=now)
    for who in ("asker", "colleague", "steward"):
        with pytest.raises(InvalidAnswers, match="joined"):
            requests.delegate(db, key, by=folk["manager"], to=folk[who], now=now)


def test_a_delegate_who_joins_afterwards_is_passed_over(db: Database, now: datetime) -> None:
    folk = furnish(db, now)
    db.execute("UPDATE people SET organisation = :dfe WHERE id IN ('asker', 'colleague')", {"dfe": DFE})
    folk = folk_of(db)
    key = submitted(db, folk["asker"], now).id
    requests.delegate(db, key, by=folk["manager"], to=folk["colleague"], now=now)
    request = requests.join(db, key, by=folk["colleague"], now=now)
    actor = requests.next_actor(db, request, now=now)
    assert actor and actor.because is Because.DATASET_MANAGER


def test_a_former_author_who_is_an_auditor_does_not_read_what_reviewers_write(db: Database, now: datetime) -> None:
    folk = furnish(db, now)
    people.grant(db, "asker", Grant(Role.AUDITOR), by="test", reason=None, now=now)
    key = submitted(db, folk["asker"], now).id
    requests.add_note(db, key, by=folk["manager"], note="I doubt it.", now=now)
    request = requests.hand_over(db, key, by=folk["asker"], to=folk["colleague"], now=now)
    former, auditor = people.find(db, "asker"), folk["auditor"]
    assert not reads_notes(db, former, request, now=now)
    assert "I doubt it." not in str(events(db, request, person=former, now=now))
    assert "I doubt it." in str(events(db, request, person=auditor, now=now))


def test_a_steward_to_whom_a_decision_fell_sees_it_through(db: Database, now: datetime) -> None:
    folk = furnish(db, now)
    key = submitted(db, folk["asker"], now).id
    db.execute("UPDATE people SET is_active = 0 WHERE id IN ('manager', 'pupils-manager')")
    folk = folk_of(db)
    steward, asker = folk["steward"], folk["asker"]
    requests.approve(db, key, by=steward, now=now)
    requests.accept(db, key, by=asker, now=now)
    tick_all(db, key, asker=asker, holder=steward, now=now)
    assert requests.supply(db, key, by=steward, now=now).state == "supplied"


def test_the_history_tells_who_wrote_it_also_where_hand_overs_do_not_say_whose_it_was(
    db: Database, now: datetime
) -> None:
    folk = furnish(db, now)
    handed, kept = (submitted(db, folk["asker"], now).id for _ in range(2))
    requests.hand_over(db, handed, by=folk["asker"], to=folk["colleague"], now=now)
    old = json.dumps({"from": "admin", "to": "colleague"})
    db.execute("UPDATE request_events SET detail = :old WHERE verb = 'hand_over'", {"old": old})
    db.execute("ALTER TABLE requests DROP COLUMN former")
    m014_former_authors(db)
    assert load(db, handed).former == {"asker"}
    assert load(db, kept).former == frozenset()


SCOPES = st.sampled_from([(Role.MANAGER, PUPILS), (Role.MANAGER, DFE), (Role.STEWARD, DFE), (Role.ADMIN, None)])
WHO = st.integers(0, 6)
HELD = st.tuples(WHO, SCOPES, st.none() | WHO, st.sampled_from([-1, 0, 1]))


@settings(max_examples=60, deadline=None)
@given(
    held=st.lists(HELD, max_size=8),
    joined=st.sets(WHO, max_size=3),
    former=st.sets(WHO, max_size=3),
    delegate=st.none() | WHO,
    gone=st.sets(WHO, max_size=3),
    state=st.sampled_from(["submitted", "in_review"]),
)
def test_the_next_actor_may_decide(
    made: tuple[Database, str, datetime],
    held: list[tuple[int, tuple[Role, str | None], int | None, int]],
    joined: set[int],
    former: set[int],
    delegate: int | None,
    gone: set[int],
    state: str,
) -> None:
    db, key, now = made
    with db.atomic():
        db.execute("DELETE FROM grants")
        for who in range(7):
            person = Person(f"p{who}", organisation=CAMDEN if who < 4 else DFE, is_active=who not in gone)
            people.save(db, person, origin="test", now=now)
        for place, (who, (role, scope), deputy_for, sure) in enumerate(held, start=1):
            until = now + timedelta(days=sure) if sure else None
            for_whom = f"p{deputy_for}" if deputy_for not in (None, who) and role is Role.MANAGER else None
            grant = Grant(role, scope, deputy_for=for_whom, sure_until=until)
            people.grant(db, f"p{who}", grant, by="test", reason=None, now=now - timedelta(hours=place))
        db.execute(
            "UPDATE requests SET state = :state, joined = :joined, former = :former, delegated_to = :to WHERE id = :id",
            {
                "state": state,
                "joined": json.dumps(sorted(f"p{who}" for who in joined)),
                "former": json.dumps(sorted(f"p{who}" for who in former)),
                "to": None if delegate is None else f"p{delegate}",
                "id": key,
            },
        )
    request = load(db, key)
    actor = requests.next_actor(db, request, now=now)
    assert actor
    for person in actor.everyone:
        assert standing_of(db, person, Action.APPROVE_REQUEST, request, now=now), (actor, person)
        assert request.id in [each.id for each in requests.queue_for(db, person, now=now)]
    if actor.person is None:
        for each in people.everyone(db):
            assert standing_of(db, each, Action.APPROVE_REQUEST, request, now=now) is None, (
                "they may, and are not named"
            )


@pytest.fixture(scope="module")
def made(prepared_file: object, tmp_path_factory: pytest.TempPathFactory) -> tuple[Database, str, datetime]:
    import shutil
    from datetime import UTC

    now = datetime(2026, 3, 31, 9, 30, tzinfo=UTC)
    db = connect(str(shutil.copy(str(prepared_file), tmp_path_factory.mktemp("deciders") / "catalogue.db")))
    folk = furnish(db, now)
    return db, submitted(db, folk["asker"], now).id, now


def only(db: Database, who: str, now: datetime) -> None:
    """Of those who manage the pupils' data, nobody is left but this person."""
    gone = "UPDATE grants SET ended_at = :now WHERE role = 'manager' AND person <> :who"
    db.execute(gone, {"now": clock.stamp(now), "who": who})


def test_a_deputy_is_asked_first_while_the_manager_is_away_and_no_longer(db: Database, now: datetime) -> None:
    folk = furnish(db, now)
    key = submitted(db, folk["asker"], now).id
    only(db, "manager", now)
    away = Grant(Role.MANAGER, DFE, until=now + timedelta(days=7), deputy_for="manager")
    people.grant(db, "colleague", away, by="test", reason=None, now=now)
    actor = requests.next_actor(db, load(db, key), now=now)
    assert actor and actor.person and actor.person.id == "colleague"
    assert (actor.because, [each.id for each in actor.others]) == (Because.DEPUTY, ["manager"])
    later = requests.next_actor(db, load(db, key), now=now + timedelta(days=8))
    assert later and later.person and later.person.id == "manager" and later.because is Because.ORGANISATION_MANAGER
    assert [each.id for each in requests.queue_for(db, people.find(db, "manager"), now=now)] == [key]
    assert requests.approve(db, key, by=people.find(db, "manager"), now=now).state == "approved"


def test_a_manager_who_is_here_comes_before_the_deputy_of_another(db: Database, now: datetime) -> None:
    folk = furnish(db, now)
    key = submitted(db, folk["asker"], now).id
    only(db, "manager", now)
    people.grant(db, "steward", Grant(Role.MANAGER, DFE), by="test", reason=None, now=now)
    away = Grant(Role.MANAGER, DFE, until=now + timedelta(days=7), deputy_for="manager")
    people.grant(db, "colleague", away, by="test", reason=None, now=now)
    actor = requests.next_actor(db, load(db, key), now=now)
    assert actor and actor.person and actor.because is Because.ORGANISATION_MANAGER
    assert [each.id for each in actor.everyone] == ["steward", "colleague", "manager"]


def test_a_deputy_who_joined_leaves_the_decision_with_the_manager(db: Database, now: datetime) -> None:
    folk = furnish(db, now)
    key = submitted(db, folk["asker"], now).id
    only(db, "manager", now)
    away = Grant(Role.MANAGER, DFE, until=now + timedelta(days=7), deputy_for="manager")
    people.grant(db, "colleague", away, by="test", reason=None, now=now)
    request = requests.join(db, key, by=people.find(db, "colleague"), now=now)
    actor = requests.next_actor(db, request, now=now)
    assert actor and actor.person and actor.person.id == "manager"
