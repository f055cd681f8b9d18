"""The Home of each person, and how they are greeted."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.app import assemble
from bot.playground.model import Message, View
from bot.playground.transcript import elements_of, texts
from bot.slack import sections
from catalogue import clock, datasets, follows, people, readiness, requests, visits
from catalogue.harvest import sources
from catalogue.model import GOVERNMENT, PUBLIC, Person
from catalogue.search.find import Search
from intents.answers import Outcome
from intents.context import Context, Question
from intents.understand import respond
from tests.catalogue.requests.asking import submitted
from tests.journeys.conftest import ANALYST, MANAGER, OFFICER, Town

ADMIN, STEWARD = "U0ADMIN", "U0STEWARD"


def opens_home(town: Town, user: str, *, until: Callable[[str], bool] = bool) -> View:
    """The Home that somebody has before them once `until` holds for its words."""
    (delivery,) = town.sender.open_home(user)
    assert delivery.ok
    return shows(town, user, until)


def shows(town: Town, user: str, until: Callable[[str], bool]) -> View:
    view: View = town.workspace.wait_for(
        lambda workspace: (found := workspace.views.home(user)) and until(words(found)) and found, timeout=15
    )
    return view


def words(view: View) -> str:
    return "\n".join(texts(view.blocks))


def buttons(view: View, action: str) -> list[str]:
    found = [element for block in view.blocks for element in elements_of(block)]
    return [str(element["value"]) for element in found if element["action_id"].startswith(action)]


def person(town: Town, user: str) -> Person:
    return people.find(town.db, user)


def restricted(town: Town) -> str:
    """An entry of the department's that has to be asked for."""
    entries = datasets.by_publisher(town.db, "department-for-education", audience=GOVERNMENT, limit=50)
    return next(entry.id for entry in entries if entry.access_rights == "RESTRICTED")


def wait_for_direct(town: Town, user: str, holds: str) -> Message:
    message: Message = town.workspace.wait_for(
        lambda _: next((each for each in town.said_to(user) if holds in each.text), None), timeout=15
    )
    return message


def test_an_administrator_sees_how_old_what_is_here_of_a_source_is_that_has_a_problem(town: Town) -> None:
    now = clock.now()
    for name in ("portal", "new"):
        sources.add(town.db, name, kind="ckan", url="https://ckan.example.gov.uk", by="ada", now=now)
        sources.went_wrong(town.db, sources.get(town.db, name), "It does not answer.", now=now)
    good = clock.stamp(datetime(2026, 3, 3, 9, tzinfo=UTC))
    town.db.execute("UPDATE sources SET good_at = :good WHERE name = 'portal'", {"good": good})
    shown = words(opens_home(town, ADMIN))
    assert "*portal*: It does not answer. What is here is as of 3 March 2026." in shown
    assert "*new*: It does not answer. Nothing of it is here yet." in shown
    assert "2 other catalogues are read regularly.\n" in shown


def test_it_offers_four_questions_and_each_is_answered_in_messages(town: Town) -> None:
    view = opens_home(town, OFFICER)
    asked = buttons(view, "question.ask")
    assert len(asked) == 4
    before = len(town.said_to(OFFICER))
    assert town.sender.click(OFFICER, view, "question.ask.0").ok
    town.workspace.wait_for(lambda _: len(town.said_to(OFFICER)) > before, timeout=15)


@pytest.mark.parametrize("day", range(0, 60, 7))
def test_its_examples_are_questions_that_have_an_answer(sample_catalogue: Search, day: int) -> None:
    context = Context(sample_catalogue.db, sample_catalogue)
    entries = datasets.some(context.db, place=day * 5, audience=GOVERNMENT, limit=4)
    for text in sections.examples(context, entries):
        answer = respond(context, Question(text, GOVERNMENT, clock.now()))
        assert answer.outcome in (Outcome.ANSWERED, Outcome.SHORTLIST, Outcome.CLARIFY), text


def test_a_guest_is_offered_only_what_is_public(town: Town) -> None:
    town.workspace.change_user(ANALYST, is_restricted=True)
    hidden = {entry.title for entry in datasets.everything(town.db, audience=GOVERNMENT)}
    hidden -= {entry.title for entry in datasets.everything(town.db, audience=PUBLIC)}
    assert hidden
    guest = replace(person(town, ANALYST), is_guest=True)
    for place in range(200):
        shown = datasets.some(town.db, place=place, audience=people.audience_of(guest), limit=4)
        assert shown
        assert not hidden & {entry.title for entry in shown}


def test_everybody_is_greeted_once_with_what_help_says(town: Town) -> None:
    town.sender.open_home(OFFICER, tab="messages")
    greeting = wait_for_direct(town, OFFICER, "I know who holds which government data")
    assert town.asks_directly("help").text == greeting.text
    town.sender.open_home(OFFICER, tab="messages")
    opens_home(town, OFFICER)
    town.settles()
    assert [each.text for each in town.said_to(OFFICER)] == [greeting.text] * 2


def test_somebody_the_record_does_not_know_has_a_home_too(town: Town) -> None:
    newcomer = town.workspace.add_user("newcomer")
    assert "Ask who holds data" in words(opens_home(town, newcomer.id))


def test_a_request_shows_in_both_homes_and_goes_when_it_is_decided(town: Town) -> None:
    assert "Nothing waits for your decision" in words(opens_home(town, MANAGER))
    assert "You have asked for no data yet" in words(opens_home(town, OFFICER))
    request = submitted(town.db, person(town, OFFICER), clock.now(), restricted(town))
    shows(town, MANAGER, lambda text: request.id in text and "Camden Council asks" in text)
    shows(town, OFFICER, lambda text: f"*{request.id}*" in text and "sent, waiting for a decision" in text)
    requests.approve(town.db, request.id, by=person(town, MANAGER), now=clock.now())
    shows(town, MANAGER, lambda text: "Nothing waits for your decision" in text and "approved on" in text)
    shows(town, OFFICER, lambda text: ": approved" in text)


def test_a_manager_sees_how_long_a_request_waits_what_to_look_at_first_and_what_was_decided_lately(town: Town) -> None:
    now = clock.now()
    later = submitted(town.db, person(town, ANALYST), now, restricted(town))
    request = submitted(town.db, person(town, OFFICER), now - timedelta(days=21), restricted(town))
    shown = words(opens_home(town, MANAGER))
    assert re.search(r"Camden Council asks\. It has waited 1[345] working days\.", shown)
    flags = len(requests.red_flags(town.db, request))
    assert flags and f"*{flags} thing" in shown
    assert shown.index(request.id) < shown.index(later.id)
    assert "It came today." in shown
    assert "Decided lately" not in shown
    requests.decline(town.db, request.id, by=person(town, MANAGER), note="No power.", now=now)
    shown = words(shows(town, MANAGER, lambda text: "Decided lately" in text))
    assert re.search(rf"\*{request.id}\* [^\n]*: declined on \d", shown)


def test_what_waits_is_opened_from_the_home(town: Town) -> None:
    request = submitted(town.db, person(town, OFFICER), clock.now(), restricted(town))
    manager, officer = opens_home(town, MANAGER), opens_home(town, OFFICER)
    for user, view in ((MANAGER, manager), (OFFICER, officer)):
        assert buttons(view, "request.open") == [request.id]
        assert town.sender.click(user, view, "request.open").ok
        front = town.workspace.views.front(user)
        assert front and request.id in str(front.payload)


def test_a_draft_is_gone_on_with_from_the_home(town: Town) -> None:
    requests.start(town.db, restricted(town), by=person(town, OFFICER), now=clock.now())
    assert town.sender.click(OFFICER, opens_home(town, OFFICER), "request.continue").ok
    assert town.workspace.views.front(OFFICER)


def test_a_steward_sees_how_ready_the_entries_are_and_which_to_look_at(town: Town) -> None:
    old = {"last_verified": "2020-01-01"}
    datasets.amend(town.db, restricted(town), old, revision=1, by="test", why=None, now=clock.now())
    readiness.refresh(town.db, now=clock.now())
    view = opens_home(town, STEWARD)
    assert "Department for Education: " in words(view)
    assert town.sender.click(STEWARD, view, "entry.readiness").ok
    assert town.workspace.views.front(STEWARD)
    assert "Your entries" not in words(opens_home(town, OFFICER))


def test_what_somebody_follows_is_there_until_they_leave_it(town: Town) -> None:
    title = datasets.get(town.db, restricted(town), audience=GOVERNMENT).title
    follows.start(town.db, person(town, OFFICER), "entry", restricted(town), now=clock.now())
    view = opens_home(town, OFFICER)
    assert title in words(view)
    assert town.sender.click(OFFICER, view, "follow.stop").ok
    shows(town, OFFICER, lambda text: "What you follow" not in text)


def test_a_home_that_nobody_opened_is_not_made(town: Town) -> None:
    requests.start(town.db, restricted(town), by=person(town, OFFICER), now=clock.now())
    town.settles()
    assert town.workspace.views.home(OFFICER) is None
    assert town.workspace.calls_to("views.publish") == []


def test_a_long_list_is_turned_page_by_page(town: Town) -> None:
    officer, entry = person(town, OFFICER), restricted(town)
    made = [requests.start(town.db, entry, by=officer, now=clock.now()).id for _ in range(12)]
    view = opens_home(town, OFFICER)
    assert "1 to 5 of 12" in words(view)
    assert buttons(view, "home.page") == ["requests:1"]
    seen = [each for each in made if each in words(view)]
    for page in ("6 to 10 of 12", "11 to 12 of 12"):
        town.sender.click(OFFICER, view, "home.page.more")
        view = shows(town, OFFICER, lambda text, page=page: page in text)  # type: ignore[misc]
        seen += [each for each in made if each in words(view)]
    assert sorted(seen) == made
    assert buttons(view, "home.page") == ["requests:1"]


def test_news_turns_no_page_and_opening_it_anew_begins_at_the_first(town: Town) -> None:
    officer, entry = person(town, OFFICER), restricted(town)
    for _ in range(12):
        requests.start(town.db, entry, by=officer, now=clock.now())
    town.sender.click(OFFICER, opens_home(town, OFFICER), "home.page.more")
    shows(town, OFFICER, lambda text: "6 to 10 of 12" in text)
    requests.start(town.db, entry, by=officer, now=clock.now())
    shows(town, OFFICER, lambda text: "6 to 10 of 13" in text)
    assert buttons(opens_home(town, OFFICER, until=lambda text: "1 to 5 of 13" in text), "home.page") == ["requests:1"]


def test_a_page_that_slack_cannot_show_now_is_turned_by_pressing_again(town: Town) -> None:
    officer, entry = person(town, OFFICER), restricted(town)
    for _ in range(12):
        requests.start(town.db, entry, by=officer, now=clock.now())
    town.settles()
    view = opens_home(town, OFFICER)
    town.settles()
    town.workspace.faults.add(kind="http_503", method="views.publish")
    assert town.sender.click(OFFICER, view, "home.page.more").ok
    wait_for_direct(town, OFFICER, "Press the button again")
    town.sender.click(OFFICER, view, "home.page.more")
    shows(town, OFFICER, lambda text: "6 to 10 of 12" in text)


def test_it_is_right_after_a_restart(town: Town) -> None:
    opens_home(town, OFFICER)
    town.bot.worker.stop()
    made = requests.start(town.db, restricted(town), by=person(town, OFFICER), now=clock.now()).id
    again = assemble(town.settings, town.bot.catalogue)
    again.worker.start()
    try:
        shows(town, OFFICER, lambda text: made in text)
    finally:
        again.worker.stop()
        again.slack.close()


def test_administrators_see_how_the_catalogue_runs_and_others_do_not(town: Town) -> None:
    shown = words(opens_home(town, ADMIN))
    assert "Running the catalogue" in shown
    assert re.search(r"\d people known\. 1 data steward, \d data managers, 1 administrator", shown)
    assert "No message waits to be sent." in shown
    assert "No other catalogue is read regularly." in shown
    assert "Running the catalogue" not in words(opens_home(town, STEWARD))


def test_administrators_see_whether_the_index_is_behind_and_when_it_was_built(town: Town) -> None:
    town.bot.catalogue.search.index.rebuild(town.db)
    shown = words(opens_home(town, ADMIN))
    assert "The search index has every change. It was last built anew on " in shown
    with town.db.atomic():
        datasets.take_changes(town.db)
    opens_home(town, ADMIN, until=lambda text: "The search index has 1 change still to take in." in text)
    (town.bot.catalogue.search.index.folder / "state.json").unlink()
    opens_home(town, ADMIN, until=lambda text: "The search index cannot be used." in text)


def test_stewards_see_what_nobody_holds(town: Town) -> None:
    town.asks_directly("who holds data on unicorn grazing permits?")
    assert "unicorn grazing" in words(opens_home(town, STEWARD))
    assert "unicorn grazing" not in words(opens_home(town, OFFICER))


def test_seeing_something_first_happens_once(town: Town) -> None:
    now = clock.now()
    with town.db.atomic():
        assert visits.first(town.db, OFFICER, visits.HOME, now=now)
        assert not visits.first(town.db, OFFICER, visits.HOME, now=now)
    assert visits.has_seen(town.db, "council-officer", visits.HOME)
    assert not visits.has_seen(town.db, "dfe-manager", visits.HOME)
