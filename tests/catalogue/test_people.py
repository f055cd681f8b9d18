"""Who somebody is, what they may do, and what may be shown to them."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from catalogue import people
from catalogue.errors import NotFound
from catalogue.model import PUBLIC, Audience, Grant, Person, Role
from catalogue.store import Database

ADA = Person("ada", "Ada Byron", "ada@example.gov.uk", "U0ADA", "dfe")


def save(db: Database, person: Person, now: datetime, origin: str = "test") -> None:
    people.save(db, person, origin=origin, now=now)


def test_a_person_is_found_by_id_e_mail_address_and_slack_id(db: Database, now: datetime) -> None:
    save(db, ADA, now)
    save(db, Person("ben"), now)
    assert [people.find(db, key) for key in ("ada", "ada@example.gov.uk", "U0ADA")] == [ADA] * 3
    assert people.find(db, "ben") == Person("ben")
    assert people.everyone(db) == [ADA, Person("ben")]


@pytest.mark.parametrize("key", ["nobody", "", "Ada Byron", "dfe", "' OR 1=1 --", "%"])
def test_nobody_is_found_by_anything_else(db: Database, now: datetime, key: str) -> None:
    save(db, ADA, now)
    with pytest.raises(NotFound):
        people.find(db, key)


def test_an_id_goes_before_somebody_elses_e_mail_address(db: Database, now: datetime) -> None:
    save(db, replace(ADA, email="ben"), now)
    save(db, Person("ben"), now)
    assert people.find(db, "ben").id == "ben"


def test_saving_again_renews_what_is_known_and_leaves_the_roles(db: Database, now: datetime) -> None:
    save(db, ADA, now)
    people.grant(db, "ada", Grant(Role.STEWARD, "dfe"), by="test", reason=None, now=now)
    save(db, replace(ADA, organisation="moj", is_guest=True, is_active=False), now)
    found = people.find(db, "ada")
    assert (found.organisation, found.is_guest, found.is_active) == ("moj", True, False)
    assert found.grants == (Grant(Role.STEWARD, "dfe"),)


def test_a_role_is_given_once(db: Database, now: datetime) -> None:
    save(db, ADA, now)
    for step in range(3):
        moment = now + timedelta(seconds=step)
        people.grant(db, "ada", Grant(Role.MANAGER, "dfe/npd"), by="test", reason=None, now=moment)
        people.grant(db, "ada", Grant(Role.ADMIN), by="test", reason="trusted", now=moment)
    assert people.find(db, "ada").grants == (Grant(Role.ADMIN), Grant(Role.MANAGER, "dfe/npd"))
    assert db.query("SELECT granted_at FROM grants WHERE role = 'admin'") == [
        {"granted_at": "2026-03-31T09:30:00.000000Z"}
    ]


def test_a_role_that_ended_is_no_longer_held_and_can_be_given_again(db: Database, now: datetime) -> None:
    save(db, ADA, now)
    people.grant(db, "ada", Grant(Role.ADMIN), by="test", reason=None, now=now)
    db.execute("UPDATE grants SET ended_at = :now", {"now": "2026-04-01T00:00:00.000000Z"})
    assert people.find(db, "ada").grants == ()
    people.grant(db, "ada", Grant(Role.ADMIN), by="test", reason=None, now=now + timedelta(days=2))
    assert people.find(db, "ada").grants == (Grant(Role.ADMIN),)


def test_when_slack_was_last_asked_is_known_only_of_what_slack_said(db: Database, now: datetime) -> None:
    assert people.checked_at(db, "U0ADA") is None
    save(db, ADA, now)
    assert people.checked_at(db, "U0ADA") is None
    save(db, ADA, now + timedelta(days=1), origin="slack")
    assert people.checked_at(db, "U0ADA") == now + timedelta(days=1)


@pytest.mark.parametrize(
    ("person", "audience"),
    [
        (None, PUBLIC),
        (replace(ADA, is_guest=True), PUBLIC),
        (replace(ADA, is_active=False), PUBLIC),
        (ADA, Audience(in_government=True, names=frozenset(["ada", "dfe"]))),
        (Person("ben"), Audience(in_government=True, names=frozenset(["ben"]))),
    ],
)
def test_guests_and_leavers_and_nobody_are_shown_what_everyone_is(person: Person | None, audience: Audience) -> None:
    assert people.audience_of(person) == audience


def test_roles_are_read_as_people_write_them() -> None:
    grants = people.parse_grants(" steward:DfE  Manager:dfe/npd admin ", resolve=[("DfE", "dfe")])
    assert grants == [Grant(Role.STEWARD, "dfe"), Grant(Role.MANAGER, "dfe/npd"), Grant(Role.ADMIN)]
    assert [str(grant) for grant in grants] == ["steward:dfe", "manager:dfe/npd", "admin"]
    assert people.parse_grants(" ".join(map(str, grants))) == grants
    assert people.parse_grants("") == []


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("king:dfe", "“king” is not one of steward, manager, admin, auditor."),
        ("steward", "“steward” needs to say of what: steward:dfe, for example."),
        ("admin manager:", "“manager:” needs to say of what"),
    ],
)
def test_what_is_no_role_is_named(text: str, reason: str) -> None:
    with pytest.raises(ValueError, match=r"^“") as caught:
        people.parse_grants(text)
    assert reason in str(caught.value)
