"""What people asked for and did not find reaches those who may hold it, and their answer ends the search for it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot import weekly
from bot.playground.model import Message, View
from catalogue import datasets, demand, follows, people, terms, wanted
from catalogue.model import GOVERNMENT, Dataset, Grant, Role
from tests.journeys.conftest import OFFICER, Town
from tests.journeys.test_reviewing import monday

STEWARD, NHS = "U0STEWARD", "U0NHS"
DFE, NPD = "department-for-education", "dfe/national-pupil-database"


def now() -> datetime:
    return datetime.now(UTC)


def asked(town: Town, subject: str, *organisations: str) -> None:
    for place, organisation in enumerate(organisations):
        key = f"{subject}{place}"
        demand.record(town.db, subject, organisation=organisation, now=now() - timedelta(minutes=5), key=key)


def digest(town: Town, user: str = STEWARD) -> Message:
    town.settles()
    return town.said_to(user)[-1]


def tell(town: Town) -> None:
    weekly.tell_of_wanted(town.db, town.bot.catalogue.search, monday())


def front(town: Town, user: str = STEWARD) -> View:
    view = town.workspace.views.front(user)
    assert view
    return view


def entry(town: Town, dataset_id: str = NPD) -> Dataset:
    return datasets.get(town.db, dataset_id, audience=GOVERNMENT)


def test_near_equal_subjects_are_one_and_the_most_widely_asked_comes_first(town: Town) -> None:
    asked(town, "pupil shoe sizes", "camden-council", "nhs-england", "department-for-transport")
    asked(town, "shoe size pupils", "ministry-of-justice")
    asked(town, "school dinner ladies hats", *["camden-council"] * 9)
    first, second = wanted.groups(town.db)
    assert (first.subject, first.times, len(first.organisations)) == ("pupil shoe sizes", 4, 4)
    assert first.variants == ["shoe size pupils"]
    assert (second.times, len(second.organisations)) == (9, 1)


def test_the_likely_holder_says_that_an_entry_is_it_and_the_next_question_finds_it(town: Town) -> None:
    asked(town, "pupil shoe sizes", "camden-council", "nhs-england")
    tell(town)
    told = digest(town)
    assert "“pupil shoe sizes”" in told.text
    assert "Asked 2 times by 2 organisations" in told.text
    town.sender.click(STEWARD, told, "wanted.held")
    town.sender.submit(STEWARD, {"entry": "National Pupil Database"})
    assert "is found by “pupil shoe sizes”" in str(front(town).payload)
    assert "pupil shoe sizes" in entry(town).alternative_titles
    assert "Nothing is left" in digest(town).text
    assert wanted.groups(town.db) == []
    assert "National Pupil Database" in town.asks_directly("who holds pupil shoe sizes?", OFFICER).text


def test_what_nobody_had_an_entry_for_gets_one(town: Town) -> None:
    asked(town, "pupil shoe sizes", "camden-council")
    tell(town)
    town.sender.click(STEWARD, digest(town), "wanted.held")
    town.sender.submit(STEWARD, {})
    form = front(town)
    assert form.callback_id == "entry.new"
    assert town.sender.submit(STEWARD, {"title": "Footwear census", "summary": "Shoes of pupils"}).ok
    added = entry(town, "dfe/footwear-census")
    assert added.alternative_titles == ("pupil shoe sizes",)
    assert wanted.groups(town.db) == []


def test_somebody_else_does_takes_it_to_them(town: Town) -> None:
    people.grant(town.db, "nhs-manager", Grant(Role.STEWARD, "nhs-england"), by="x", reason="x", now=now())
    asked(town, "pupil shoe sizes", "camden-council")
    tell(town)
    town.sender.click(STEWARD, digest(town), "wanted.elsewhere")
    town.sender.submit(STEWARD, {"holder": "Nobody at all"})
    assert "no organisation called that" in town.workspace.views.errors[STEWARD]["holder"]
    town.sender.submit(STEWARD, {"holder": "NHS England"})
    assert "Nothing is left" in digest(town).text
    tell(town)
    assert "“pupil shoe sizes”" in digest(town, NHS).text


def test_nobody_does_ends_it_until_it_is_asked_again(town: Town) -> None:
    asked(town, "pupil shoe sizes", "camden-council")
    tell(town)
    town.sender.click(STEWARD, digest(town), "wanted.nobody")
    assert "Nothing is left" in digest(town).text
    search = town.bot.catalogue.search
    assert wanted.for_publishers(town.db, search, [DFE]) == []
    demand.record(town.db, "pupil shoe sizes", organisation="hmrc", now=now() + timedelta(days=1))
    assert [each.times for each in wanted.for_publishers(town.db, search, [DFE])] == [2]


@pytest.mark.parametrize("action", ["wanted.nobody", "wanted.held", "wanted.elsewhere"])
def test_only_its_stewards_answer_for_an_organisation(town: Town, action: str) -> None:
    asked(town, "pupil shoe sizes", "camden-council")
    tell(town)
    told = digest(town)
    town.db.execute("UPDATE grants SET ended_at = '2026-01-01T00:00:00.000000Z' WHERE person = 'dfe-steward'")
    town.sender.click(STEWARD, told, action)
    if action == "wanted.held":
        town.sender.submit(STEWARD, {"entry": NPD})
    if action == "wanted.elsewhere":
        town.sender.submit(STEWARD, {"holder": "NHS England"})
    assert "You cannot do this" in str(front(town).payload) or "Only stewards" in str(front(town).payload)
    assert town.db.query("SELECT * FROM demand_answers") == []


# names


def names(town: Town, **values: Any) -> View:
    """Add a name to the National Pupil Database."""
    town.sender.command(STEWARD, town.channel, "/whoholds", f"edit {NPD}")
    town.sender.click(STEWARD, front(town), "term.add")
    assert town.sender.submit(STEWARD, values).ok
    return front(town)


def test_another_name_of_an_entry_finds_it(town: Town) -> None:
    assert "Saved" in str(names(town, name="the big pupil list").payload)
    assert "the big pupil list" in entry(town).alternative_titles
    assert "National Pupil Database" in town.asks_directly("what is the big pupil list?", OFFICER).text


def test_an_acronym_of_an_entry_is_explained(town: Town) -> None:
    names(town, name="BPLX", kind="entry_acronym")
    assert entry(town).acronyms[-1] == "BPLX"
    assert "National Pupil Database" in town.asks_directly("what does BPLX mean?", OFFICER).text


def test_an_acronym_of_an_entry_that_not_everybody_may_know_tells_nobody_else_its_title(town: Town) -> None:
    hide = {"visibility": "government"}
    datasets.amend(town.db, NPD, hide, revision=entry(town).revision, by="test", why=None, now=now())
    names(town, name="BPLX", kind="entry_acronym")
    assert "National Pupil Database" in town.asks_directly("who holds BPLX?", OFFICER).text
    assert "National Pupil Database" not in town.asks("what does BPLX mean?", OFFICER).text


def test_a_former_name_of_the_holder_is_read_as_its_present_one(town: Town) -> None:
    names(town, name="Ministry of Slates", kind="former_name")
    answer = town.asks_directly("what does the Ministry of Slates hold?", OFFICER).text
    assert "Department for Education" in answer


def test_a_word_that_people_use_is_read_as_what_entries_call_it_until_it_is_removed(town: Town) -> None:
    names(town, name="wobblegrams", kind="synonym", meaning="National Pupil Database")
    assert "National Pupil Database" in town.asks_directly("who holds wobblegrams?", OFFICER).text
    town.sender.close_view(STEWARD)
    town.sender.click(STEWARD, front(town), "term.add")
    assert "added by you" in str(front(town).payload)
    town.sender.click(STEWARD, front(town), "term.remove")
    assert "Removed" in str(front(town).payload)
    assert terms.synonyms(town.db, containing="wobblegrams") == []


def test_who_may_not_edit_an_entry_adds_no_names_to_it(town: Town) -> None:
    town.sender.command(STEWARD, town.channel, "/whoholds", f"edit {NPD}")
    town.sender.click(STEWARD, front(town), "term.add")
    town.db.execute("UPDATE grants SET ended_at = '2026-01-01T00:00:00.000000Z' WHERE person = 'dfe-steward'")
    town.sender.submit(STEWARD, {"name": "mine"})
    assert "You cannot do this" in str(front(town).payload)
    assert "mine" not in entry(town).alternative_titles


@pytest.mark.parametrize("quoted", ["“the big pupil list”", "'the big pupil list'", '"the big pupil list"'])
def test_saying_what_people_call_an_entry_offers_to_add_the_name(town: Town, quoted: str) -> None:
    answer = town.asks_directly(f"people call the National Pupil Database {quoted}", STEWARD)
    assert "the big pupil list" in answer.text
    town.sender.click(STEWARD, answer, "term.add")
    assert town.sender.submit(STEWARD, {}).ok
    assert "the big pupil list" in entry(town).alternative_titles


def test_who_does_not_look_after_an_entry_is_offered_to_report_what_people_call_it(town: Town) -> None:
    answer = town.asks_directly("people call the National Pupil Database 'the big pupil list'", OFFICER)
    assert "term.add" not in str(answer.blocks) and "entry.report" in str(answer.blocks)


def test_who_wanted_to_be_told_hears_that_it_is_held(town: Town) -> None:
    officer, search = people.find(town.db, "council-officer"), town.bot.catalogue.search
    follows.notice(town.db, search, now=now())
    assert follows.start(town.db, officer, "question", "pupil shoe sizes", now=now())
    asked(town, "pupil shoe sizes", "camden-council")
    tell(town)
    town.sender.click(STEWARD, digest(town), "wanted.held")
    town.sender.submit(STEWARD, {"entry": NPD})
    follows.notice(town.db, search, now=now())
    assert "National Pupil Database" in digest(town, OFFICER).text


def test_who_waits_for_an_answer_is_told_that_nobody_is_known_to_hold_it_and_goes_on_waiting(town: Town) -> None:
    asked(town, "pupil shoe sizes", "camden-council")
    waiting = people.find(town.db, OFFICER)
    follows.start(town.db, waiting, "question", "shoe size pupils", now=now())
    follows.start(town.db, waiting, "question", "hat sizes", now=now())
    tell(town)
    town.sender.click(STEWARD, digest(town), "wanted.nobody")
    told = digest(town, OFFICER)
    assert "Nobody is known to hold “shoe size pupils”" in told.text
    assert "Department for Education" in told.text
    assert len(follows.of(town.db, waiting.id)) == 2
