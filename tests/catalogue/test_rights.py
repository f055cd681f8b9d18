"""Who may do what: the table is complete, and what nobody may do is denied however they stand."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from catalogue import rights
from catalogue.errors import NotAllowed
from catalogue.model import Dataset, Grant, Person, Role, Visibility
from catalogue.rights import Action, Standing, Thing, may
from tests import rights_page

NPD = Dataset("dfe/npd", "National Pupil Database", publisher="dfe")
REQUEST = Thing(NPD, requester="asker", asking="dwp", parties=frozenset({"party"}), delegate="delegate")


def person(name: str, organisation: str = "dwp", *grants: Grant) -> Person:
    return Person(name, name.title(), f"{name}@example.gov.uk", f"U{name.upper()}", organisation, grants=grants)


DAY = timedelta(days=1)
STRANGER = None
GUEST = replace(person("guest", "dfe", Grant(Role.MANAGER, "dfe")), is_guest=True)
LEAVER = replace(person("leaver", "dfe", Grant(Role.ADMIN), Grant(Role.MANAGER, "dfe")), is_active=False)
ASKER = person("asker")
PARTY = person("party", "moj")
COLLEAGUE = person("colleague")
OTHER = person("other", "moj")
MANAGER = person("manager", "dfe", Grant(Role.MANAGER, "dfe"))
OF_DATASET = person("of_dataset", "moj", Grant(Role.MANAGER, "dfe/npd"))
OTHER_MANAGER = person("other_manager", "nhs", Grant(Role.MANAGER, "nhs"))
STEWARD = person("steward", "dfe", Grant(Role.STEWARD, "dfe"))
DELEGATE = person("delegate", "dfe")
ADMIN = person("admin", "moj", Grant(Role.ADMIN))
AUDITOR = person("auditor", "moj", Grant(Role.AUDITOR))
EVERYBODY = (
    STRANGER,
    GUEST,
    LEAVER,
    ASKER,
    PARTY,
    COLLEAGUE,
    OTHER,
    MANAGER,
    OF_DATASET,
    OTHER_MANAGER,
    STEWARD,
    DELEGATE,
    ADMIN,
    AUDITOR,
)


def deputy(of: str, now: datetime, days: int = 1) -> Person:
    return person("deputy", "dfe", Grant(Role.MANAGER, "dfe", now - DAY, now + days * DAY, deputy_for=of))


def test_every_action_has_its_line_in_the_policy_and_someone_who_may() -> None:
    assert set(rights.POLICY) == set(Action)
    assert all(rights.POLICY.values())


@pytest.mark.parametrize("action", Action)
def test_strangers_guests_and_leavers_get_nothing_beyond_what_is_public(action: Action, now: datetime) -> None:
    public = {Action.SEARCH, Action.EXPORT_CATALOGUE, Action.VIEW_REGISTER, Action.VIEW_ENTRY}
    for nobody in (STRANGER, GUEST, LEAVER):
        assert may(nobody, action, REQUEST, now=now) is (action in public)
        for visibility in (Visibility.GOVERNMENT, Visibility.NAMED):
            hidden = replace(REQUEST, dataset=replace(NPD, visibility=visibility, visible_to=("dfe", "leaver")))
            assert not may(nobody, action, hidden, now=now)


@pytest.mark.parametrize("action", rights.DECISIONS)
def test_deciding_is_for_managers_deputies_delegates_and_administrators(action: Action, now: datetime) -> None:
    allowed = [each for each in EVERYBODY if may(each, action, REQUEST, now=now)]
    assert allowed == [MANAGER, OF_DATASET, DELEGATE, ADMIN]
    assert may(deputy("manager", now), action, REQUEST, now=now)


@pytest.mark.parametrize("action", rights.DECISIONS)
def test_nobody_decides_what_they_asked_for_or_joined_nor_does_their_deputy(action: Action, now: datetime) -> None:
    for each in (MANAGER, OF_DATASET, DELEGATE, ADMIN, deputy("somebody", now)):
        assert not may(each, action, replace(REQUEST, requester=each.id), now=now)
        assert not may(each, action, replace(REQUEST, parties=frozenset({each.id})), now=now)
    assert not may(deputy("asker", now), action, REQUEST, now=now)
    assert may(deputy("asker", now), Action.VIEW_REQUEST, REQUEST, now=now)


def test_a_deputy_decides_between_the_dates_only(now: datetime) -> None:
    stand_in = deputy("manager", now)
    times = {now - 2 * DAY: False, now - DAY: True, now: True, now + DAY: False, now + 2 * DAY: False}
    assert {at: may(stand_in, Action.APPROVE_REQUEST, REQUEST, now=at) for at in times} == times


def test_an_administrator_decides_only_in_the_owners_place(now: datetime) -> None:
    assert rights.steps_in(ADMIN, Action.APPROVE_REQUEST, REQUEST, now=now)
    both = replace(ADMIN, grants=(*ADMIN.grants, Grant(Role.MANAGER, "dfe")))
    assert not rights.steps_in(both, Action.APPROVE_REQUEST, REQUEST, now=now)
    assert rights.standing(both, Action.APPROVE_REQUEST, REQUEST, now=now) is Standing.MANAGER
    assert not rights.steps_in(ADMIN, Action.GRANT_ROLE, Thing(person="ada"), now=now)


def test_what_an_asker_does_is_for_the_asker_alone(now: datetime) -> None:
    for action in (Action.EDIT_REQUEST, Action.SUBMIT_REQUEST, Action.WITHDRAW_REQUEST, Action.ACCEPT_SHARE):
        assert [each for each in EVERYBODY if may(each, action, REQUEST, now=now)] == [ASKER]
    assert [each for each in EVERYBODY if may(each, Action.JOIN_REQUEST, REQUEST, now=now)] == [COLLEAGUE]


def test_a_request_is_read_by_those_it_concerns_and_the_auditor(now: datetime) -> None:
    readers = [each for each in EVERYBODY if may(each, Action.VIEW_REQUEST, REQUEST, now=now)]
    assert readers == [ASKER, PARTY, MANAGER, OF_DATASET, DELEGATE, ADMIN, AUDITOR]


def test_an_entry_is_kept_by_its_steward_and_administrators(now: datetime) -> None:
    entry = Thing(NPD)
    assert [each for each in EVERYBODY if may(each, Action.EDIT_ENTRY, entry, now=now)] == [STEWARD, ADMIN]
    other = Thing(replace(NPD, id="nhs/hes", publisher="nhs"))
    assert not may(STEWARD, Action.EDIT_ENTRY, other, now=now)


def test_who_may_not_know_an_entry_cannot_ask_for_it_nor_send_a_request_they_began(now: datetime) -> None:
    hidden = replace(REQUEST, dataset=replace(NPD, visibility=Visibility.NAMED, visible_to=("moj",)))
    assert not may(ASKER, Action.VIEW_ENTRY, hidden, now=now)
    assert not may(ASKER, Action.START_REQUEST, hidden, now=now)
    assert not may(ASKER, Action.SUBMIT_REQUEST, hidden, now=now)
    assert may(ASKER, Action.WITHDRAW_REQUEST, hidden, now=now)
    assert may(OTHER, Action.START_REQUEST, hidden, now=now)
    assert may(MANAGER, Action.VIEW_ENTRY, hidden, now=now), "who decides on it knows it"


def test_a_role_that_nobody_confirmed_lately_serves_for_reading_only(now: datetime) -> None:
    unsure = person("manager", "dfe", Grant(Role.MANAGER, "dfe", sure_until=now - timedelta(minutes=1)))
    assert may(unsure, Action.VIEW_REQUEST, REQUEST, now=now)
    assert not may(unsure, Action.APPROVE_REQUEST, REQUEST, now=now)
    assert may(unsure, Action.APPROVE_REQUEST, REQUEST, now=now - timedelta(minutes=2))


def test_nobody_gives_themselves_a_role(now: datetime) -> None:
    assert may(ADMIN, Action.GRANT_ROLE, Thing(person="ada"), now=now)
    assert not may(ADMIN, Action.GRANT_ROLE, Thing(person="admin"), now=now)
    with pytest.raises(NotAllowed, match="Nobody can give themselves a role"):
        rights.require(ADMIN, Action.GRANT_ROLE, Thing(person="admin"), about="people", now=now)


def test_what_is_refused_is_said_plainly_and_says_nothing_of_the_thing(now: datetime) -> None:
    sentences = set()
    for each in EVERYBODY:
        for action in Action:
            if not may(each, action, REQUEST, now=now):
                with pytest.raises(NotAllowed) as caught:
                    rights.require(each, action, REQUEST, about="SR-0001", now=now)
                assert (caught.value.action, caught.value.about) == (str(action), "SR-0001")
                sentences.add(str(caught.value))
    assert len(sentences) > 5
    assert not [sentence for sentence in sentences if "Pupil" in sentence or "npd" in sentence]
    assert all(sentence.endswith(".") for sentence in sentences)


def test_the_page_of_rights_is_what_the_policy_says() -> None:
    assert rights_page.PAGE.read_text(encoding="utf-8") == rights_page.page(), "run: python -m tests.rights_page"
