"""Roles in Slack: given, taken and lent by those who may, from the Home; and known from user groups and addresses."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from bot.playground.model import View
from bot.slack import people as slack_people
from catalogue import audit, clock, groups, organisations, people, rights
from catalogue.model import Grant, Organisation, Person, Role
from catalogue.requests.preferences import preferences
from catalogue.rights import Action, Thing
from tests.journeys.asking import ADMIN, ANALYST, MANAGER, NHS, STEWARD, front, person, presses, words
from tests.journeys.conftest import OFFICER, Builder, Town, shipped_manifest

DFE = "department-for-education"


def home(town: Town, user: str) -> View:
    """Somebody opens their Home."""
    town.sender.open_home(user)
    town.workspace.wait_for(lambda workspace: workspace.views.home(workspace.users[user].id))
    town.settles()
    view = town.workspace.views.home(user)
    assert view
    return view


def fills_in(town: Town, user: str, button: str, **values: Any) -> View:
    """Somebody presses a button of their Home, and sends the form with these values."""
    value = person(town, user).id if button in ("role.name_deputy", "telling.choose") else "people"
    town.sender.click(user, home(town, user), button, value=value)
    assert town.sender.submit(user, values).ok
    town.settles()
    return front(town, user)


def suggested(town: Town, user: str, action_id: str, typed: str) -> list[str]:
    options = town.sender.suggest(user, action_id, typed)
    return [each["value"] for each in options]


def test_an_administrator_gives_a_role_from_the_home_and_the_person_hears_of_it(town: Town) -> None:
    town.sender.click(ADMIN, home(town, ADMIN), "role.grant", value="people")
    assert suggested(town, ADMIN, "role.scope", "DfE")[0] == DFE
    town.sender.submit(ADMIN, {"person": ANALYST, "role": "steward", "scope": DFE, "reason": "Seconded to DfE"})
    town.settles()
    assert "is now data steward for Department for Education" in words(front(town, ADMIN))
    assert person(town, ANALYST).grants == (Grant(Role.STEWARD, DFE),)
    told = town.said_to(ANALYST)[-1].text
    assert "You are now data steward" in told
    assert "Seconded to DfE" in told
    row = audit.rows_about(town.db, "people")[-1]
    assert (row.by, row.action, row.standing) == ("admin", "role.grant", "administrator")


def test_an_administrator_takes_a_role_away(town: Town) -> None:
    town.sender.click(ADMIN, home(town, ADMIN), "role.revoke", value="people")
    (held,) = suggested(town, ADMIN, "role.held", "dfe-manager")
    town.sender.submit(ADMIN, {"held": held, "reason": "Moved on"})
    town.settles()
    assert person(town, MANAGER).grants == ()
    assert "You are no longer data manager" in town.said_to(MANAGER)[-1].text


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"role": "steward", "reason": "x"}, "scope"),
        ({"role": "admin", "reason": "x", "until": "2020-01-01"}, "until"),
    ],
)
def test_what_is_missing_is_said_beside_its_field(town: Town, values: dict[str, Any], field: str) -> None:
    fills_in(town, ADMIN, "role.grant", person=ANALYST, **values)
    assert list(town.workspace.views.errors[ADMIN]) == [field]
    assert person(town, ANALYST).grants == ()


def test_nobody_gives_themselves_a_role(town: Town) -> None:
    shown = fills_in(town, ADMIN, "role.grant", person=ADMIN, role="auditor", reason="To look")
    assert "Nobody can give themselves a role" in words(shown)
    assert audit.newest(town.db)[0].outcome == "refused"


@pytest.mark.parametrize("button", ["role.grant", "role.revoke", "role.name_deputy"])
@pytest.mark.parametrize("user", [OFFICER, ANALYST, STEWARD])
def test_who_may_not_is_told_so_whatever_button_they_press(town: Town, button: str, user: str) -> None:
    presses(town, user, button, "people")
    assert "You cannot do this" in words(front(town, user))
    row = audit.newest(town.db)[0]
    assert (row.by, row.action, row.outcome) == (person(town, user).id, button, "refused")


def test_a_manager_names_a_deputy_who_then_decides_until_the_last_day(town: Town) -> None:
    shown = fills_in(
        town, MANAGER, "role.name_deputy", person=STEWARD, until="2099-12-31", reason="Leave", since="2020-01-01"
    )
    assert "until 31 December 2099" in words(shown)
    (lent,) = [each for each in person(town, STEWARD).grants if each.deputy_for]
    request = Thing(organisation=DFE, requester="dwp-analyst")
    assert rights.standing(person(town, STEWARD), Action.APPROVE_REQUEST, request, now=clock.now()) == "deputy"
    assert lent.deputy_for == "dfe-manager"
    assert "in place of Data manager" in town.said_to(STEWARD)[-1].text
    assert "stands in for you" in words(home(town, MANAGER))


def test_a_manager_ends_a_deputys_time_early_from_the_home(town: Town) -> None:
    fills_in(town, MANAGER, "role.name_deputy", person=STEWARD, until="2099-12-31", since="2098-01-01", reason="Leave")
    shown = home(town, MANAGER)
    assert "stands in for you for Department for Education from 1 January 2098 until 31 December 2099" in words(shown)
    town.sender.click(MANAGER, shown, "role.end_deputy", value=f"{person(town, STEWARD).id}|{DFE}")
    assert "no longer" in words(front(town, MANAGER))
    town.sender.submit(MANAGER, {"reason": "I am back."})
    town.settles()
    assert not [each for each in person(town, STEWARD).grants if each.deputy_for]
    assert "I am back." in town.said_to(STEWARD)[-1].text
    assert audit.newest(town.db)[0].action == "role.revoke"
    assert "stands in for you" not in words(home(town, MANAGER))


def test_nobody_ends_somebody_elses_deputy_with_a_forged_button(town: Town) -> None:
    fills_in(town, MANAGER, "role.name_deputy", person=STEWARD, until="2099-12-31", reason="Leave")
    for user in (NHS, ANALYST):
        presses(town, user, "role.end_deputy", f"{person(town, STEWARD).id}|{DFE}")
        if front(town, user).callback_id == "role.end_deputy":
            town.sender.submit(user, {"reason": "Mine now."})
        shown = words(front(town, user))
        assert "cannot do this" in shown or "was not" in shown
    assert [each for each in person(town, STEWARD).grants if each.deputy_for]


def test_a_manager_chooses_to_hear_once_a_day_and_not_at_night(town: Town) -> None:
    fills_in(town, MANAGER, "telling.choose", digest=["yes"], quiet_from="18:00", quiet_until="08:00")
    chosen = preferences(town.db, "dfe-manager")
    assert chosen.digest
    assert (str(chosen.quiet_from), str(chosen.quiet_until)) == ("18:00:00", "08:00:00")
    fills_in(town, MANAGER, "telling.choose", quiet_from="18:00", quiet_until=None)
    assert "quiet_from" in town.workspace.views.errors[MANAGER]


def test_who_is_in_a_user_group_holds_its_role(town: Town) -> None:
    group = town.workspace.add_user_group("data-owners", users=[ANALYST, OFFICER])
    groups.link(town.db, group.id, Grant(Role.MANAGER, "nhs-england"), by=None, reason="Owners", now=clock.now())
    slack = town.bot.slack
    slack_people.follow_groups(town.db, slack, team_id=town.workspace.team_id, now=clock.now())
    assert [grant.scope for grant in person(town, ANALYST).grants] == ["nhs-england"]
    town.workspace.faults.add(kind="http_503", method="usergroups.users.list")
    slack_people.follow_groups(town.db, slack, team_id=town.workspace.team_id, now=clock.now())
    assert person(town, ANALYST).grants, "while Slack cannot be asked nothing changes"
    town.workspace.user_groups[group.id] = replace(group, users=(OFFICER,))
    slack_people.follow_groups(town.db, slack, team_id=town.workspace.team_id, now=clock.now())
    assert person(town, ANALYST).grants == ()
    assert person(town, OFFICER).grants
    town.settles()
    assert "You are no longer data manager" in town.said_to(ANALYST)[-1].text


def with_address(build: Builder, *, may_read: bool, confirmed: bool = True) -> Person:
    manifest = shipped_manifest()
    if may_read:
        manifest["oauth_config"]["scopes"]["bot"].append("users:read.email")
    town = build(manifest=manifest)
    body = Organisation("test-body", "Test body", email_domains=("test-body.example.gov.uk",))
    organisations.save(town.db, [body], origin="test")
    user = town.workspace.add_user("new", email="a.b@test-body.example.gov.uk", is_email_confirmed=confirmed)
    slack, team = town.bot.slack, town.workspace.team_id
    found = slack_people.person_of(town.db, slack, user.id, team_id=team, now=clock.now())
    assert found
    assert people.find(town.db, user.id).organisation == found.organisation
    return found


def test_where_somebody_works_is_known_from_their_address_only_where_the_bot_may_read_it(build: Builder) -> None:
    assert with_address(build, may_read=True).organisation == "test-body"
    assert with_address(build, may_read=False).organisation is None
    assert with_address(build, may_read=True, confirmed=False).organisation is None


def test_what_the_record_says_of_an_organisation_goes_before_an_address(town: Town) -> None:
    before = person(town, NHS).organisation
    town.workspace.users[NHS] = replace(town.workspace.users[NHS], email="x@education.example.gov.uk")
    slack_people.person_of(town.db, town.bot.slack, NHS, team_id=town.workspace.team_id, now=clock.now())
    assert person(town, NHS).organisation == before
