"""Anybody reports what is wrong with an entry; its steward decides on a card; the one who reported it is told."""

from __future__ import annotations

from typing import Any

import pytest

from bot.playground.model import Message, View
from catalogue import clock, datasets, editing, people, proposals, readiness, review
from catalogue.model import GOVERNMENT, Dataset, Grant, Role
from tests.journeys.conftest import OFFICER, Town

STEWARD, ADMIN, ANALYST = "U0STEWARD", "U0ADMIN", "U0ANALYST"
NPD, NHS = "dfe/national-pupil-database", "nhse/hospital-episode-statistics"


def entry(town: Town, dataset_id: str = NPD) -> Dataset:
    return datasets.get(town.db, dataset_id, audience=GOVERNMENT)


def reports(town: Town, user: str = ANALYST, dataset_id: str = NPD, **values: Any) -> View:
    assert town.sender.command(user, town.channel, "/whoholds", f"edit {dataset_id}").ok
    assert town.sender.submit(user, values).ok
    view = town.workspace.views.front(user)
    assert view
    town.settles()
    return view


def card(town: Town, user: str = STEWARD) -> Message:
    """The newest message to somebody, as it now stands."""
    town.settles()
    return town.said_to(user)[-1]


def buttons(message: Message) -> list[str]:
    return [
        element["text"]["text"]
        for block in message.blocks
        if block["type"] == "actions"
        for element in block["elements"]
    ]


def test_a_correction_is_accepted_with_one_click_and_its_proposer_is_told(town: Town) -> None:
    thanks = reports(town, field="update_frequency", says="annual", words="It moved to once a year")
    assert "stewards of Department for Education" in str(thanks.payload)
    asked = card(town)
    assert buttons(asked) == ["Accept", "Edit", "Decline"]
    assert "Now: Every term" in asked.text
    assert "Proposed: Every year" in asked.text
    town.sender.click(STEWARD, asked, "proposal.accept")
    assert entry(town).update_frequency == "annual"
    assert "put right" in card(town, ANALYST).text
    assert buttons(card(town)) == []
    assert "*Accepted* by you" in card(town).text


def test_a_problem_without_a_value_is_settled_by_an_edit(town: Town) -> None:
    reports(town, kind="contact", words="Nobody answers")
    asked = card(town)
    assert buttons(asked) == ["Edit", "It does not work", "Decline"]
    town.sender.click(STEWARD, asked, "proposal.edit")
    town.sender.click(STEWARD, town.workspace.views.front(STEWARD), "entry.change", value=f"who {NPD}")  # type: ignore[arg-type]
    town.sender.submit(STEWARD, {"contact_email": "new-team@education.example.gov.uk"})
    assert entry(town).contact.email == "new-team@education.example.gov.uk"
    assert "put right" in card(town, ANALYST).text
    assert buttons(card(town)) == []


def test_a_contact_that_was_reported_counts_as_dead_once_a_steward_says_so(town: Town) -> None:
    reports(town, kind="contact", words="Mail comes back")
    other = "dfe/school-census-pupil-level"
    address = entry(town).contact.email
    sibling = entry(town, other)
    by = people.find(town.db, STEWARD)
    contact = {"contact": {"name": "Team", "email": address}}
    editing.edit(town.db, other, contact, revision=sibling.revision, by=by, now=clock.now())
    town.sender.click(STEWARD, card(town), "proposal.bounced")
    assert "put right" in card(town, ANALYST).text
    assert buttons(card(town)) == []
    orphans = review.orphans(town.db, "department-for-education")
    assert {NPD, other} <= {each.dataset_id for each in orphans}
    around = readiness.circumstances(town.db, now=clock.now())
    assert address in around.bounced


def test_a_proposal_opened_with_edit_is_prefilled_with_what_was_proposed(town: Town) -> None:
    reports(town, field="title", says="National Pupil Databaze")
    town.sender.click(STEWARD, card(town), "proposal.edit")
    form = town.workspace.views.front(STEWARD)
    assert form and form.blocks[1]["element"]["initial_value"] == "National Pupil Databaze"
    town.sender.submit(STEWARD, {"title": "National Pupil Database (NPD)"})
    assert entry(town).title == "National Pupil Database (NPD)"
    assert "put right" in card(town, ANALYST).text


def test_a_decline_says_why(town: Town) -> None:
    reports(town, words="Too much <!channel> *data*")
    town.sender.click(STEWARD, card(town), "proposal.decline")
    town.sender.submit(STEWARD, {"note": "The law asks for it."})
    assert "stays as it is" in card(town, ANALYST).text
    assert "The law asks for it." in card(town, ANALYST).text
    assert "<!channel>" not in card(town).text


def test_what_somebody_else_decided_is_not_decided_again(town: Town) -> None:
    reports(town, field="title", says="Another title")
    asked = card(town)
    town.sender.click(STEWARD, asked, "proposal.accept")
    town.sender.click(STEWARD, asked, "proposal.accept")
    view = town.workspace.views.front(STEWARD)
    assert view and "decided already" in str(view.payload)
    assert [line.action for line in datasets.history(town.db, NPD)].count("amend") == 1


def test_a_value_that_cannot_be_kept_is_refused_beside_its_field(town: Town) -> None:
    view = reports(town, field="modified", says="soon")
    assert view.callback_id == "proposal.new"
    assert "not a date" in town.workspace.views.errors[ANALYST]["says"]
    view = reports(town, field="contact_email", says="nowhere")
    assert "e-mail" in town.workspace.views.errors[ANALYST]["says"]


def test_without_a_steward_the_role_holder_is_told_and_without_one_the_administrators(town: Town) -> None:
    reports(town, dataset_id=NHS, words="Old")
    assert "no steward" in card(town, "U0NHS").text
    assert town.said_to(ADMIN) == []
    town.db.execute("UPDATE grants SET ended_at = '2026-01-01T00:00:00.000000Z' WHERE person = 'nhs-manager'")
    reports(town, dataset_id=NHS, words="Still old")
    assert "Still old" in card(town, ADMIN).text


def test_only_who_may_resolve_it_decides(town: Town) -> None:
    reports(town, field="title", says="Another title")
    asked = card(town)
    town.sender.click(OFFICER, asked, "proposal.accept")
    view = town.workspace.views.front(OFFICER)
    assert view and "You cannot do this" in str(view.payload)
    assert entry(town).title == "National Pupil Database"


def test_a_name_that_is_proposed_joins_the_others(town: Town) -> None:
    before = entry(town).alternative_titles
    reports(town, field="alternative_titles", says="the big pupil list")
    town.sender.click(STEWARD, card(town), "proposal.accept")
    assert entry(town).alternative_titles == (*before, "the big pupil list")


def test_nobody_reports_without_end(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(proposals, "MOST_A_DAY", 2)
    for _ in range(2):
        reports(town, words="Wrong")
        town.sender.close_view(ANALYST)
    assert "reported a lot today" in str(reports(town, words="Wrong").payload)


def test_a_proposer_never_learns_the_name_of_somebody_elsewhere(town: Town) -> None:
    reports(town, words="Wrong")
    town.sender.click(STEWARD, card(town), "proposal.decline")
    town.sender.submit(STEWARD, {"note": "No"})
    assert "Somebody at Department for Education" in card(town, ANALYST).text
    assert "Data steward" not in card(town, ANALYST).text
    grant = Grant(Role.STEWARD, "department-for-education")
    assert people.find(town.db, "dfe-steward").grants[0].scope == grant.scope
