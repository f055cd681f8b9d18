"""Stewards keep entries true from Slack: every step through the real app, as the people of the sample."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from bot.playground.model import View
from catalogue import audit, datasets, history
from catalogue.model import GOVERNMENT, Dataset
from tests.journeys.conftest import OFFICER, Town

STEWARD, ADMIN, ANALYST = "U0STEWARD", "U0ADMIN", "U0ANALYST"
NPD = "dfe/national-pupil-database"


def entry(town: Town, dataset_id: str = NPD) -> Dataset:
    return datasets.get(town.db, dataset_id, audience=GOVERNMENT)


def front(town: Town, user: str = STEWARD) -> View:
    view = town.workspace.views.front(user)
    assert view, town.workspace.transcript()
    return view


def words_of(view: View) -> str:
    return str(view.payload)


def opens(town: Town, text: str = f"edit {NPD}", user: str = STEWARD) -> View:
    """`/whoholds edit …` opens a modal."""
    assert town.sender.command(user, town.channel, "/whoholds", text).ok
    return front(town, user)


def changes(town: Town, group: str, user: str = STEWARD, **values: Any) -> View:
    """Open the form of a group from the overview and send it with these values."""
    town.sender.click(user, front(town, user), "entry.change", value=f"{group} {NPD}")
    return submits(town, user, **values)


def submits(town: Town, user: str = STEWARD, **values: Any) -> View:
    assert town.sender.submit(user, values).ok
    return front(town, user)


def error_of(town: Town, user: str = STEWARD) -> dict[str, str]:
    return town.workspace.views.errors.get(user, {})


def test_a_steward_edits_an_entry_and_the_next_question_finds_the_change(town: Town) -> None:
    overview = opens(town)
    assert overview.callback_id == "entry.overview"
    assert all(
        group in words_of(overview) for group in ("What it is", "Who to ask", "How it may be shared", "How fresh")
    )
    town.sender.click(STEWARD, overview, "entry.change", value=f"what {NPD}")
    form = front(town)
    title = next(block for block in form.blocks if block["block_id"] == "title")
    assert title["element"]["initial_value"] == "National Pupil Database"
    saved = submits(town, title="National Pupil Database and census", acronyms="NPD\nUPN\nPUPD")
    assert "National Pupil Database and census" in words_of(saved)
    assert "Before: National Pupil Database" in words_of(saved)
    after = entry(town)
    assert (after.title, after.acronyms) == ("National Pupil Database and census", ("NPD", "UPN", "PUPD"))
    assert "National Pupil Database and census" in town.asks_directly("what is PUPD?", STEWARD).text
    town.sender.close_view(STEWARD)
    assert "National Pupil Database and census" in words_of(front(town))  # the overview beneath says so too
    last = datasets.history(town.db, NPD)[-1]
    assert (last.by, last.action, set(last.changes)) == ("dfe-steward", "amend", {"title", "acronyms"})
    assert audit.rows_about(town.db, NPD)[-1].action == "entry.edit"


def test_a_form_that_was_not_touched_changes_nothing(town: Town) -> None:
    before = entry(town)
    for group in ("what", "who", "sharing", "fresh"):
        opens(town)
        assert "Nothing was changed" in words_of(changes(town, group))
    assert entry(town) == before


@pytest.mark.parametrize(
    ("group", "field", "wrong", "said"),
    [
        ("who", "contact_email", "not an address", "not an e-mail address"),
        ("who", "contact_slack_channel", "education", "starts with #"),
        ("who", "publisher", "Department of Nowhere", "no organisation called"),
        ("fresh", "modified", "2199-01-01", "in the future"),
        ("fresh", "issued", "last week", "not a date"),
        ("what", "temporal", "since ever", "2006/2024"),
        ("what", "url", "http://education.example.gov.uk", "https://"),
        ("sharing", "lead_time_days", "soon", "whole number"),
    ],
)
def test_what_cannot_be_kept_is_said_beside_its_field_and_nothing_is_saved(
    town: Town, group: str, field: str, wrong: str, said: str
) -> None:
    before = entry(town)
    opens(town)
    changes(town, group, **{field: wrong})
    assert said in error_of(town)[field]
    assert entry(town) == before


def test_opening_something_up_is_asked_about_first(town: Town) -> None:
    opens(town)
    question = changes(town, "sharing", access_rights="OPEN", charges="None")
    assert question.callback_id == "entry.confirm"
    assert "more open" in words_of(question)
    assert entry(town).access_rights == "RESTRICTED"
    submits(town)
    assert (entry(town).access_rights, entry(town).charges) == ("OPEN", "None")


def test_two_who_edit_different_fields_both_get_what_they_wrote(town: Town) -> None:
    for user in (STEWARD, ADMIN):
        opens(town, user=user)
        town.sender.click(user, front(town, user), "entry.change", value=f"what {NPD}")
    submits(town, ADMIN, theme="Schools")
    submits(town, STEWARD, granularity="pupil")
    assert (entry(town).theme, entry(town).granularity) == ("Schools", "pupil")


@pytest.mark.parametrize(("choice", "kept"), [("mine", "Mine"), ("theirs", "Theirs")])
def test_two_who_edit_the_same_field_see_both_versions_and_the_later_one_chooses(
    town: Town, choice: str, kept: str
) -> None:
    for user in (STEWARD, ADMIN):
        opens(town, user=user)
        town.sender.click(user, front(town, user), "entry.change", value=f"what {NPD}")
    submits(town, ADMIN, title="Theirs")
    both = submits(town, STEWARD, title="Mine", theme="Schools")
    assert both.callback_id == "entry.choose"
    assert "Somebody at Ministry of Justice changed the same field" in words_of(both)
    assert "It says now: Theirs" in words_of(both)
    assert "Yours: Mine" in words_of(both)
    assert entry(town).title == "Theirs"
    assert "title" not in [block["block_id"] for block in both.blocks], "what was typed would be taken for the choice"
    submits(town, STEWARD, **{"version:title": choice})
    assert (entry(town).title, entry(town).theme) == (kept, "Schools")


def test_what_changed_again_while_choosing_is_asked_again(town: Town) -> None:
    opens(town)
    town.sender.click(STEWARD, front(town), "entry.change", value=f"what {NPD}")
    for title in ("First", "Second"):
        now = entry(town)
        datasets.amend(
            town.db, NPD, {"title": title}, revision=now.revision, by="ben", why=None, now=datetime.now().astimezone()
        )
        both = submits(town, STEWARD, **({"title": "Mine"} if title == "First" else {"version:title": "mine"}))
        assert both.callback_id == "entry.choose"
        assert title in words_of(both)
    submits(town, STEWARD, **{"version:title": "mine"})
    assert entry(town).title == "Mine"


def test_a_change_is_taken_back_from_the_history(town: Town) -> None:
    opens(town)
    changes(town, "what", title="A mistake")
    town.sender.close_view(STEWARD)
    town.sender.click(STEWARD, front(town), "entry.history", value=NPD)
    shown = front(town)
    assert "Title: was National Pupil Database, is now A mistake" in words_of(shown)
    assert "You changed title" in words_of(shown)
    revision = entry(town).revision
    town.sender.click(STEWARD, shown, "entry.undo", value=f"{revision} {NPD}")
    assert entry(town).title == "National Pupil Database"
    assert "Taken back" in words_of(front(town))


@pytest.mark.parametrize("way", ["ratelimited", "http_503", "drop_before", "drop_after", "error:not_found"])
def test_a_change_is_taken_back_also_when_slack_cannot_show_it(
    town: Town, way: str, caplog: pytest.LogCaptureFixture
) -> None:
    opens(town)
    changes(town, "what", title="A mistake")
    town.sender.close_view(STEWARD)
    town.sender.click(STEWARD, front(town), "entry.history", value=NPD)
    town.workspace.faults.add(kind=way, method="views.update", times=2)
    assert town.sender.click(STEWARD, front(town), "entry.undo", value=f"{entry(town).revision} {NPD}").ok
    assert entry(town).title == "National Pupil Database"
    assert town.workspace.faults.unmet() == 0
    town.settles()
    told = town.said_to(STEWARD)[-1].text
    assert "It is done" in told
    assert "Press the button again" not in told, "what is done is not to be done once more"
    assert not [record for record in caplog.records if record.levelname == "ERROR"]


def test_a_change_that_was_changed_again_is_not_taken_back(town: Town) -> None:
    opens(town)
    first = changes(town, "what", title="First")
    town.sender.close_view(STEWARD)
    changes(town, "what", title="Second")
    undo = next(block for block in first.blocks if block["type"] == "actions")["elements"][0]
    town.sender.click(STEWARD, first, undo["action_id"], value=undo["value"])
    assert "changed again since" in words_of(front(town))
    assert entry(town).title == "Second"


def test_an_entry_is_withdrawn_with_its_successor_and_published_again(town: Town) -> None:
    town.sender.click(STEWARD, opens(town), "entry.withdraw", value=NPD)
    own = town.sender.suggest(STEWARD, "entry.successor", "national pupil", front(town))
    assert NPD not in [each["value"] for each in own]
    offered = town.sender.suggest(STEWARD, "entry.successor", "school census", front(town))
    assert "dfe/school-census-pupil-level" in [each["value"] for each in offered]
    done = submits(town, successor="dfe/school-census-pupil-level", why="Replaced")
    assert "Withdrawn" in words_of(done)
    assert (entry(town).status, entry(town).superseded_by) == ("withdrawn", "dfe/school-census-pupil-level")
    town.sender.click(STEWARD, opens(town), "entry.restore", value=NPD)
    assert (entry(town).status, entry(town).superseded_by) == ("published", None)


def test_a_new_entry_needs_a_few_fields_and_what_looks_like_it_is_shown_first(town: Town) -> None:
    opens(town, "add National Pupil Database")
    alike = submits(town, summary="Pupils", contact_email="data@education.example.gov.uk")
    assert "Is it one of these" in words_of(alike)
    assert alike.values["summary"]["value"]["value"] == "Pupils"
    town.sender.close_view(STEWARD)
    opens(town, "add Playground inspections")
    done = submits(town, summary="Every playground", contact_email="data@education.example.gov.uk")
    assert "Added" in words_of(done)
    added = entry(town, "dfe/playground-inspections")
    assert (added.publisher, added.summary) == ("department-for-education", "Every playground")
    assert "Playground inspections" in town.asks_directly("who holds playground inspections?", OFFICER).text


def test_a_steward_of_another_body_cannot_move_an_entry_into_their_own(town: Town) -> None:
    opens(town, "add Playground inspections")
    submits(town, publisher="NHS England")
    assert "You cannot do this" in words_of(front(town))
    assert audit.newest(town.db)[0].outcome == "refused"


def test_who_may_not_edit_is_asked_to_propose_instead(town: Town) -> None:
    proposal = opens(town, user=ANALYST)
    assert proposal.callback_id == "proposal.new"


def test_a_form_is_refused_once_its_sender_is_no_longer_a_steward(town: Town) -> None:
    opens(town)
    town.sender.click(STEWARD, front(town), "entry.change", value=f"what {NPD}")
    town.db.execute("UPDATE grants SET ended_at = '2026-01-01T00:00:00.000000Z' WHERE person = 'dfe-steward'")
    refused = submits(town, title="Too late")
    assert "You cannot do this" in words_of(refused)
    assert entry(town).title == "National Pupil Database"
    assert audit.rows_about(town.db, NPD)[-1].outcome == "refused"


def test_several_that_may_be_meant_are_offered_with_a_button_each(town: Town) -> None:
    assert town.sender.command(STEWARD, town.channel, "/whoholds", "edit pupils").ok
    offered = town.workspace.from_bot(town.channel)[-1]
    assert offered.ephemeral_to == STEWARD
    assert "Which one do you mean?" in offered.text
    town.sender.click(STEWARD, offered, "entry.edit", block_id=offered.blocks[1]["block_id"])
    assert front(town).callback_id == "entry.overview"


def test_the_history_hides_what_was_before_a_reader_could_know_the_entry(town: Town) -> None:
    now = datetime.now().astimezone()
    document = {
        "id": "dfe/hidden",
        "title": "Secret name",
        "publisher": "department-for-education",
        "visibility": "named",
    }
    hidden = datasets.add(town.db, document, by="dfe-steward", why=None, now=now)
    known = datasets.amend(
        town.db,
        hidden.id,
        {"title": "Known name", "visibility": "government"},
        revision=1,
        by="dfe-steward",
        why="not for you",
        now=now,
    )
    datasets.amend(town.db, hidden.id, {"theme": "Education"}, revision=2, by="dfe-steward", why="x", now=now)
    lines = history.shown_to(town.db, known, audience=GOVERNMENT)
    assert [set(line.changes) for line in lines] == [{"theme"}]


def test_a_steward_who_asks_about_an_entry_is_offered_its_form_and_others_a_report(town: Town) -> None:
    card = town.asks_directly("what is the National Pupil Database?", STEWARD)
    town.sender.click(STEWARD, card, "entry.edit")
    assert front(town).callback_id == "entry.overview"
    card = town.asks_directly("what is the National Pupil Database?", OFFICER)
    assert "entry.edit" not in str(card.blocks)
    town.sender.click(OFFICER, card, "entry.report")
    assert front(town, OFFICER).callback_id == "proposal.new"


def test_asking_to_update_or_to_add_an_entry_shows_the_button(town: Town) -> None:
    town.sender.click(STEWARD, town.asks_directly("update the National Pupil Database entry", STEWARD), "entry.edit")
    assert front(town).callback_id == "entry.overview"
    town.sender.click(STEWARD, town.asks_directly("add a new dataset", STEWARD), "entry.add")
    assert front(town).callback_id == "entry.new"
    assert front(town).blocks[2]["element"]["initial_value"] == "Department for Education"


def test_organisations_are_shown_by_their_names_and_kept_by_their_slugs(town: Town) -> None:
    assert "Held by: Department for Education" in words_of(opens(town))
    town.sender.click(STEWARD, front(town), "entry.change", value=f"who {NPD}")
    publisher = next(block for block in front(town).blocks if block["block_id"] == "publisher")
    assert publisher["element"]["initial_value"] == "Department for Education"
    submits(town, creator="DfE\nNHS England")
    assert (entry(town).publisher, entry(town).creator) == (
        "department-for-education",
        ("department-for-education", "nhs-england"),
    )
