"""Roles given and taken away: with a reason, an audit row and a notice, by those who may."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from catalogue import audit, groups, people, rights, roles
from catalogue.errors import InvalidRole, NotAllowed
from catalogue.model import Grant, Organisation, Person, Role
from catalogue.organisations import save as save_organisations
from catalogue.rights import Action, Thing
from catalogue.store import Database

DFE = "department-for-education"
MANAGES = Grant(Role.MANAGER, DFE)
WEEK = timedelta(days=7)


@pytest.fixture(autouse=True)
def _people(db: Database, now: datetime) -> None:
    for name in ("ada", "ben", "cyd", "root"):
        people.save(
            db, Person(name, name.title(), f"{name}@example.gov.uk", f"U{name.upper()}", DFE), origin="test", now=now
        )
    people.grant(db, "root", Grant(Role.ADMIN), by="test", reason=None, now=now)


def who(db: Database, name: str) -> Person:
    return people.find(db, name)


def give(db: Database, name: str, what: Grant, now: datetime, by: str | None = "root", reason: str = "Trusted") -> bool:
    return roles.grant(db, who(db, name), what, by=who(db, by) if by else None, reason=reason, now=now)


def told(db: Database) -> list[tuple[str, str]]:
    """What waits to be told, and to whom, oldest first; it is taken out."""
    payloads = [json.loads(row["payload"]) for row in db.query("SELECT payload FROM outbox ORDER BY number")]
    db.execute("DELETE FROM outbox")
    return [(payload["what"], payload["person"]) for payload in payloads]


def test_a_role_is_given_with_a_reason_an_audit_row_and_a_notice_once(db: Database, now: datetime) -> None:
    assert give(db, "ada", MANAGES, now)
    assert not give(db, "ada", MANAGES, now + WEEK)
    assert who(db, "ada").grants == (MANAGES,)
    (row,) = audit.rows_about(db, "people")
    assert (row.by, row.action, row.standing) == ("root", "role.grant", "administrator")
    assert row.detail == {"person": "ada", "role": "manager", "scope": DFE, "reason": "Trusted"}
    assert told(db) == [("role.granted", "ada")]


def test_a_role_is_taken_away_with_its_deputies_and_each_is_told(db: Database, now: datetime) -> None:
    give(db, "ada", MANAGES, now)
    give(db, "ben", replace(MANAGES, deputy_for="ada", until=now + WEEK), now, by="ada")
    assert len(who(db, "ben").grants) == 1
    told(db)
    assert roles.revoke(db, who(db, "ada"), MANAGES, by=who(db, "root"), reason="Moved", now=now + WEEK / 2)
    assert who(db, "ada").grants == who(db, "ben").grants == ()
    assert sorted(told(db)) == [("role.revoked", "ada"), ("role.revoked", "ben")]
    assert not roles.revoke(db, who(db, "ada"), MANAGES, by=None, reason="Moved", now=now)
    assert audit.verify(db).problems == ()


@pytest.mark.parametrize("by", ["ada", "ben", "cyd"])
def test_only_administrators_give_roles(db: Database, now: datetime, by: str) -> None:
    give(db, "ada", MANAGES, now)
    with pytest.raises(NotAllowed):
        give(db, "cyd" if by != "cyd" else "ben", Grant(Role.STEWARD, DFE), now, by=by)
    assert len(audit.rows_about(db, "people")) == 1


def test_an_administrator_gives_themselves_nothing(db: Database, now: datetime) -> None:
    with pytest.raises(NotAllowed, match="Nobody can give themselves a role"):
        give(db, "root", MANAGES, now)


def test_a_manager_names_a_deputy_for_a_time(db: Database, now: datetime) -> None:
    give(db, "ada", MANAGES, now)
    stands_in = replace(MANAGES, deputy_for="ada", since=now + WEEK, until=now + 2 * WEEK)
    assert give(db, "ben", stands_in, now, by="ada", reason="Leave")
    request = Thing(organisation=DFE, requester="cyd")
    allowed = {
        week: rights.may(who(db, "ben"), Action.APPROVE_REQUEST, request, now=now + week * WEEK) for week in range(4)
    }
    assert allowed == {0: False, 1: True, 2: False, 3: False}


@pytest.mark.parametrize(
    ("what", "reason", "field"),
    [
        (Grant(Role.MANAGER, "nobody-like-this"), "Trusted", "scope"),
        (MANAGES, "  ", "reason"),
        (MANAGES, "x" * 1001, "reason"),
        (replace(MANAGES, until=datetime.fromisoformat("2026-01-01T00:00:00+00:00")), "Trusted", "until"),
        (replace(MANAGES, deputy_for="cyd"), "Trusted", "until"),
        (
            replace(MANAGES, deputy_for="cyd", until=datetime.fromisoformat("2027-01-01T00:00:00+00:00")),
            "T",
            "deputy_for",
        ),
        (
            replace(MANAGES, deputy_for="ben", until=datetime.fromisoformat("2027-01-01T00:00:00+00:00")),
            "T",
            "deputy_for",
        ),
    ],
)
def test_what_makes_no_sense_is_said_beside_its_field(
    db: Database, now: datetime, what: Grant, reason: str, field: str
) -> None:
    with pytest.raises(InvalidRole) as caught:
        give(db, "ben", what, now, reason=reason)
    assert field in caught.value.faults
    assert audit.head(db).number == 0


def test_guests_and_leavers_get_no_role(db: Database, now: datetime) -> None:
    for change in ({"is_guest": True}, {"is_active": False}):
        people.save(
            db, replace(who(db, "ben"), **{"is_guest": False, "is_active": True} | change), origin="test", now=now
        )
        with pytest.raises(InvalidRole, match="Guests and people who have left"):
            give(db, "ben", MANAGES, now)


def test_who_is_in_a_user_group_holds_its_role_while_slack_says_so(db: Database, now: datetime) -> None:
    assert groups.link(db, "S0DFE", MANAGES, by=who(db, "root"), reason="Data owners", now=now)
    assert groups.linked(db) == [("S0DFE", MANAGES)]
    groups.follow(db, "S0DFE", MANAGES, members=[who(db, "ada"), who(db, "ben")], now=now)
    request = Thing(organisation=DFE, requester="cyd")
    later = now + timedelta(minutes=61)
    assert rights.may(who(db, "ada"), Action.APPROVE_REQUEST, request, now=now)
    assert not rights.may(who(db, "ada"), Action.APPROVE_REQUEST, request, now=later), "nobody confirmed it"
    assert rights.may(who(db, "ada"), Action.VIEW_REQUEST, request, now=later)
    groups.follow(db, "S0DFE", MANAGES, members=[who(db, "ada")], now=later)
    assert rights.may(who(db, "ada"), Action.APPROVE_REQUEST, request, now=later)
    assert who(db, "ben").grants == ()
    assert groups.unlink(db, "S0DFE", MANAGES, by=None, reason="Dissolved", now=later)
    assert who(db, "ada").grants == ()


def test_a_role_that_somebody_was_given_in_person_is_left_alone_by_groups(db: Database, now: datetime) -> None:
    give(db, "ada", MANAGES, now)
    groups.follow(db, "S0DFE", MANAGES, members=[who(db, "ada")], now=now)
    groups.follow(db, "S0DFE", MANAGES, members=[], now=now)
    assert who(db, "ada").grants == (MANAGES,)


@pytest.mark.parametrize(
    ("address", "slug"),
    [
        ("a.person@dfe.example.gov.uk", "dfe-test"),
        ("A.Person@DFE.example.GOV.UK", "dfe-test"),
        ("a.person@sub.dfe.example.gov.uk", "dfe-test"),
        ("a.person@notdfe.example.gov.uk", None),
        ("a.person@shared.example.gov.uk", None),
        ("a.person@closed.example.gov.uk", None),
        ("dfe.example.gov.uk", "dfe-test"),
        ("", None),
    ],
)
def test_an_organisation_is_known_by_the_domain_of_an_address(db: Database, address: str, slug: str | None) -> None:
    bodies = [
        Organisation("dfe-test", "Test", email_domains=("dfe.example.gov.uk", "shared.example.gov.uk")),
        Organisation("moj-test", "Other", email_domains=("shared.example.gov.uk",)),
        Organisation("old-test", "Old", status="closed", email_domains=("closed.example.gov.uk",)),
    ]
    save_organisations(db, bodies, origin="test")
    assert groups.organisation_of_address(db, address) == slug
