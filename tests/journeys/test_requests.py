"""Access requests from the first click to the end of the share, through the real app, as the people of the sample."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from catalogue import audit, clock, datasets, people, reminders, requests, working_days
from catalogue.model import GOVERNMENT, Person
from catalogue.requests.preferences import Preferences, choose
from tests.at_once import at_once
from tests.catalogue.requests.asking import tick_all
from tests.journeys import asking
from tests.journeys.asking import (
    ANALYST,
    MANAGER,
    NPD,
    asks_for,
    begins,
    buttons,
    card,
    decides,
    fills,
    front,
    person,
    presses,
    starts,
    state,
    words,
)
from tests.journeys.conftest import Town


def test_a_request_goes_from_the_first_click_to_data_that_is_supplied(town: Town) -> None:
    request = asks_for(town)
    assert (request.id, state(town)) == ("SR-0001", "submitted")
    receipt = card(town, ANALYST)
    assert "Your request is sent" in receipt.text
    assert "Data manager (Department for Education) decides" in receipt.text
    asked = card(town, MANAGER)
    for part in (
        "A request waits for your decision",
        "Policy analyst (Department for Work and Pensions)",
        "free school",
    ):
        assert part in asked.text, asked.text
    assert "request.approve" in buttons(asked)
    presses(town, MANAGER, "request.open", "SR-0001", asked)
    assert state(town) == "in_review"
    town.settles()
    assert "Somebody is reading your request" in card(town, ANALYST).text
    town.workspace.views.close(MANAGER, whole=True)
    decides(
        town, MANAGER, "request.approve_with", conditions="Delete it within a year.", ends="2099-12-31", note="Fine."
    )
    assert state(town) == "approved"
    for user in (MANAGER, ANALYST):
        assert "request.approve" not in buttons(card(town, user))
        assert "Data manager (Department for Education) on" in card(town, user).text
    assert "waits for your decision" not in card(town, MANAGER).text
    assert "Delete it within a year." in card(town, ANALYST).text
    decides(town, ANALYST, "share.accept", accepted=["yes"])
    for step in ("agreement", "dpia", "transfer"):
        user, other = (ANALYST, MANAGER) if step == "dpia" else (MANAGER, ANALYST)
        ticked = card(town, user)
        assert f"share.tick.{step}" in buttons(ticked)
        assert f"share.tick.{step}" not in buttons(card(town, other)), "each side has the steps that it ticks"
        presses(town, user, f"share.tick.{step}", "SR-0001", ticked)
        town.settles()
    decides(town, MANAGER, "share.supply")
    share = requests.share_of(town.db, "SR-0001")
    assert share
    assert share.state == "supplied"
    assert "The data was supplied" in card(town, ANALYST).text


def test_a_request_begins_where_the_question_was_asked(town: Town) -> None:
    answer = town.asks_directly("How do I get access to the National Pupil Database?", ANALYST)
    presses(town, ANALYST, "request.start", None, answer)
    assert front(town, ANALYST).callback_id == "request.begin"
    in_channel = town.asks("Can DWP share the National Pupil Database with a university for research?", ANALYST)
    presses(town, ANALYST, "request.start", None, in_channel)
    assert front(town, ANALYST).callback_id == "request.begin"
    town.sender.submit(ANALYST, {})
    assert "Filled in from what you asked" in words(front(town, ANALYST))


def test_a_request_is_sent_back_twice_and_approved_the_third_time(town: Town) -> None:
    asks_for(town)
    for reason in ("Say which years.", "Say which schools."):
        decides(town, MANAGER, "request.send_back", note=reason)
        town.workspace.views.close(MANAGER, whole=True)
        assert state(town) == "returned"
        told = card(town, ANALYST)
        assert reason in told.text
        presses(town, ANALYST, "request.continue", "SR-0001", told)
        assert reason in words(front(town, ANALYST))
        fills(town)
        town.sender.submit(ANALYST, {"declared": ["yes"]})
        town.workspace.views.close(ANALYST, whole=True)
        assert state(town) == "submitted"
    decides(town, MANAGER, "request.approve")
    events = town.db.query("SELECT verb, answers FROM request_events ORDER BY place")
    fixed = [row["verb"] for row in events if row["answers"]]
    assert fixed == ["submit", "send_back", "submit", "send_back", "submit", "approve"]


def test_after_a_refusal_a_new_request_begins_with_the_old_answers(town: Town) -> None:
    asks_for(town)
    decides(town, MANAGER, "request.decline", note="No legal power is named.")
    assert "No legal power is named." in card(town, ANALYST).text
    presses(town, ANALYST, "request.start", NPD, card(town, ANALYST))
    assert front(town, ANALYST).callback_id == "request.begin"
    town.sender.submit(ANALYST, {"copy_of": "SR-0001"})
    step = front(town, ANALYST)
    aims = next(block for block in step.blocks if block["block_id"] == "aims")
    assert aims["element"]["initial_value"] == asking.ANSWERS["purpose"]["aims"]
    assert "Filled in from SR-0001" in words(step)
    fills(town)
    town.sender.submit(ANALYST, {"declared": ["yes"]})
    town.settles()
    assert state(town, "SR-0002") == "submitted"
    before = card(town, MANAGER, "SR-0002").text
    assert "Decided before" in before
    assert "SR-0001, Department for Work and Pensions: declined" in before
    assert ".." not in before and "…." not in before


def test_a_question_is_asked_and_answered_and_the_request_stays_in_review(town: Town) -> None:
    asks_for(town)
    decides(town, MANAGER, "request.ask", note="Which schools?")
    asked = card(town, ANALYST)
    assert "Which schools?" in asked.text
    assert "It is your turn" in asked.text
    decides(town, ANALYST, "request.answer", note="All in Camden.")
    assert state(town) == "in_review"
    answered = card(town, MANAGER)
    assert "Your question was answered" in answered.text
    presses(town, MANAGER, "request.open", "SR-0001", answered)
    assert "All in Camden." in words(front(town, MANAGER))


def test_somebody_else_can_be_handed_the_decision(town: Town) -> None:
    asks_for(town)
    decides(town, MANAGER, "request.delegate", to="U0STEWARD", note="You know this data.")
    handed = card(town, "U0STEWARD")
    assert "This request was handed to you" in handed.text
    assert "Data manager (Department for Education) says: You know this data." in handed.text
    presses(town, ANALYST, "request.open", "SR-0001", card(town, ANALYST))
    assert "decision handed on" in words(front(town, ANALYST))
    assert "You know this data." not in words(front(town, ANALYST)), "a word among reviewers"
    decides(town, "U0STEWARD", "request.approve")
    assert state(town) == "approved"
    assert "request.approve" not in buttons(card(town, MANAGER))


@pytest.mark.parametrize("to", [ANALYST, "U0NHS", "U0COUNCIL"])
def test_a_decision_is_not_handed_to_whoever_asked_nor_to_a_third_body(town: Town, to: str) -> None:
    asks_for(town)
    decides(town, MANAGER, "request.delegate", to=to)
    assert list(town.workspace.views.errors[MANAGER]) == ["to"]
    assert state(town) == "submitted"


def colleague(town: Town) -> str:
    """A second person of the department that asks."""
    user = town.workspace.add_user("colleague", real_name="A colleague")
    new = Person("dwp-colleague", "A colleague", None, user.id, "department-for-work-pensions")
    people.save(town.db, new, origin="test", now=clock.now())
    return user.id


def test_a_colleague_joins_instead_of_asking_again_and_hears_the_decision(town: Town) -> None:
    asks_for(town)
    other = colleague(town)
    view = starts(town, other)
    assert "by your colleague Policy analyst" in words(view)
    presses(town, other, "request.join", "SR-0001", view)
    assert "You have joined SR-0001." in words(front(town, other))
    town.settles()
    assert "A colleague joined your request" in card(town, ANALYST).text
    decides(town, MANAGER, "request.approve")
    assert "Your request was approved" in card(town, other).text
    assert buttons(card(town, other)) == ["request.open"]


def test_what_the_organisation_has_already_is_said_before_anything_is_asked(town: Town) -> None:
    asks_for(town)
    decides(town, MANAGER, "request.approve")
    requests.accept(town.db, "SR-0001", by=person(town, ANALYST), now=clock.now())
    view = starts(town, colleague(town))
    assert "Your organisation already has this." in words(view)
    assert town.db.query("SELECT COUNT(*) AS n FROM requests") == [{"n": 1}]


def test_a_request_is_handed_over_to_a_colleague(town: Town) -> None:
    asks_for(town)
    other = colleague(town)
    decides(town, ANALYST, "request.hand_over", to=other, note="I am moving on.")
    assert "A request was handed over to you" in card(town, other).text
    assert "no longer with you" in card(town, ANALYST).text
    assert "request.withdraw" in buttons(card(town, other))


def test_open_figures_on_the_same_subject_are_offered_first(town: Town) -> None:
    view = starts(town)
    assert view.callback_id == "request.begin"
    assert "is open and on the same subject" in words(view)
    rows = town.db.query("SELECT COUNT(*) AS n FROM requests")
    assert rows == [{"n": 0}], "nothing is begun by looking"
    looked = next(
        each for block in view.blocks if (each := block.get("accessory")) and each["action_id"] == "request.look"
    )
    presses(town, ANALYST, "request.look", looked["value"], view)
    assert front(town, ANALYST).payload["title"]["text"] == "Open data"


def test_open_data_needs_no_request(town: Town) -> None:
    rows = town.db.query("SELECT id FROM datasets WHERE entry LIKE :open LIMIT 1", {"open": '%"access_rights":"OPEN"%'})
    view = starts(town, ANALYST, rows[0]["id"])
    assert "No request is needed." in words(view)
    assert town.db.query("SELECT COUNT(*) AS n FROM requests") == [{"n": 0}]


def test_a_draft_is_saved_at_every_step_although_invalid_and_gone_on_with_later(town: Town) -> None:
    town.sender.click(ANALYST, begins(town), "request.skip", value="SR-0001", values={"aims": "Half a thought"})
    second = front(town, ANALYST)
    assert asking.section_of(second) == "legal"
    presses(town, ANALYST, "request.back", "SR-0001", second)
    aims = next(block for block in front(town, ANALYST).blocks if block["block_id"] == "aims")
    assert aims["element"]["initial_value"] == "Half a thought"
    presses(town, ANALYST, "request.later", "SR-0001", front(town, ANALYST))
    assert "SR-0001 is saved." in words(front(town, ANALYST))
    town.workspace.views.close(ANALYST, whole=True)
    presses(town, ANALYST, "request.continue", "SR-0001")
    assert asking.section_of(front(town, ANALYST)) == "purpose"
    for _step in range(6):
        present = front(town, ANALYST)
        if present.callback_id == "request.step":
            presses(town, ANALYST, "request.skip", "SR-0001", present)
    last = front(town, ANALYST)
    assert last.callback_id == "request.unfinished"
    assert "still missing" in words(last)
    assert "submit" not in last.payload
    presses(town, ANALYST, "request.change", "SR-0001 purpose", last)
    fills(town)
    town.sender.submit(ANALYST, {"declared": ["yes"]})
    assert state(town) == "submitted"


def test_a_fault_stands_beside_its_question_and_what_was_written_is_kept(town: Town) -> None:
    view = begins(town)
    given = {**asking.anything(view), "data_type": ["personal", "none"], "aims": "To feed pupils"}
    town.sender.submit(ANALYST, given)
    (fault,) = town.workspace.views.errors[ANALYST].values()
    assert "cannot go with another answer" in fault
    assert list(town.workspace.views.errors[ANALYST]) == ["data_type"]


def test_a_choice_that_asks_for_more_shows_the_question_at_once(town: Town) -> None:
    view = begins(town)
    assert "which_organisations" not in words(view)
    town.sender.select(ANALYST, view, "request.choose", "others", block_id="other_organisations")
    grown = front(town, ANALYST)
    assert [block["block_id"] for block in grown.blocks if block["block_id"] == "which_organisations"]


def test_how_it_stands_is_asked_at_most_once_in_two_working_days(town: Town) -> None:
    asks_for(town)
    presses(town, ANALYST, "request.nudge", "SR-0001", card(town, ANALYST))
    assert "You can ask again from" in words(front(town, ANALYST))
    assert [each for each in town.said_to(MANAGER) if "asks how this stands" in each.text] == []


def test_a_share_is_renewed_on_request_and_ended_early_with_a_reason(town: Town) -> None:
    asks_for(town)
    decides(town, MANAGER, "request.approve")
    decides(town, ANALYST, "share.accept", accepted=["yes"])
    tick_all(town.db, "SR-0001", asker=person(town, ANALYST), holder=person(town, MANAGER), now=clock.now())
    decides(town, MANAGER, "share.supply")
    decides(town, ANALYST, "share.ask_renewal", note="One more year.", until="2098-12-31")
    assert "You are asked to renew a share" in card(town, MANAGER).text
    decides(town, MANAGER, "share.renew", ends="2098-12-31")
    assert "ends on 31 December 2098" in card(town, ANALYST).text
    decides(town, MANAGER, "share.end", note="The project is over.")
    for user in (ANALYST, MANAGER):
        assert "The project is over." in card(town, user).text
        assert not [each for each in buttons(card(town, user)) if each.startswith("share.")]


def test_a_step_that_the_other_side_ticks_is_refused_plainly(town: Town) -> None:
    asks_for(town)
    decides(town, MANAGER, "request.approve")
    decides(town, ANALYST, "share.accept", accepted=["yes"])
    town.workspace.views.close(ANALYST, whole=True)
    presses(town, ANALYST, "share.tick.agreement", "SR-0001")
    assert "The holder of the data says when this step is done." in words(front(town, ANALYST))
    assert audit.newest(town.db)[0].outcome == "refused"
    share = requests.share_of(town.db, "SR-0001")
    assert share and not any(step.done_at for step in share.steps)


def test_what_was_typed_is_there_again_after_the_form_was_closed(town: Town) -> None:
    view = begins(town)
    before = town.db.query("SELECT events FROM requests")
    for text in ("Half", "Half a thought"):
        town.sender.select(ANALYST, front(town, ANALYST), "request.type", text, block_id="aims")
    town.sender.select(ANALYST, front(town, ANALYST), "request.choose", ["service"], block_id="benefits")
    town.workspace.views.close(ANALYST, whole=True)
    assert town.db.query("SELECT events FROM requests") == before, "not a line in the history for every letter"
    presses(town, ANALYST, "request.continue", "SR-0001")
    again = front(town, ANALYST)
    assert asking.section_of(again) == asking.section_of(view)
    held = {block["block_id"]: block["element"] for block in again.blocks if block["type"] == "input"}
    assert held["aims"]["initial_value"] == "Half a thought"
    assert [each["value"] for each in held["benefits"]["initial_options"]] == ["service"]


def test_what_was_typed_before_and_arrives_late_does_not_undo_what_was_sent(town: Town) -> None:
    view = begins(town)
    late = clock.now() - timedelta(seconds=1)
    fills(town)
    requests.keep_typed(town.db, "SR-0001", {"aims": "Fi"}, by=person(town, ANALYST), now=clock.now(), at=late)
    town.workspace.views.close(ANALYST, whole=True)
    presses(town, ANALYST, "request.continue", "SR-0001")
    presses(town, ANALYST, "request.change", "SR-0001 purpose", front(town, ANALYST))
    aims = next(block for block in front(town, ANALYST).blocks if block["block_id"] == "aims")
    assert aims["element"]["initial_value"] == asking.ANSWERS["purpose"]["aims"]
    assert view.callback_id == "request.step"


def test_typing_into_a_form_that_is_past_says_nothing_until_it_is_sent(town: Town) -> None:
    view = begins(town)
    requests.withdraw(town.db, "SR-0001", by=person(town, ANALYST), now=clock.now())
    assert town.sender.select(ANALYST, view, "request.type", "More", block_id="aims").ok
    assert front(town, ANALYST).callback_id == "request.step"
    town.sender.submit(ANALYST, {**asking.anything(view), "aims": "More"})
    assert "withdrawn" in words(front(town, ANALYST))


def test_two_first_clicks_begin_one_draft(town: Town) -> None:
    message = asking.button(town, ANALYST, "request.start", NPD)
    for _ in range(2):
        presses(town, ANALYST, "request.start", NPD, message)
    begun = [view for view in town.workspace.views.stack(ANALYST) if view.callback_id == "request.begin"]
    assert begun, "what is to be known comes first"
    at_once(*[lambda: town.sender.submit(ANALYST, {}, view=begun[0])] * 2)
    assert town.db.query("SELECT COUNT(*) AS n FROM requests") == [{"n": 1}]
    town.workspace.views.close(ANALYST, whole=True)
    view = starts(town)
    assert "You have begun this." in words(view)
    assert "submit" not in view.payload, "they go on with the draft that they have"


def working_moment() -> datetime:
    """A moment at which people were at work, at most some days ago."""
    return working_days.next_working_time(clock.now() - timedelta(days=7), "E")


def test_who_chose_a_digest_hears_once_of_everything_that_waits(town: Town) -> None:
    choose(town.db, person(town, MANAGER).id, Preferences(digest=True))
    asks_for(town)
    asks_for(town, "U0COUNCIL")
    assert not [each for each in town.said_to(MANAGER) if "SR-" in each.text]
    town.db.execute("UPDATE telling SET digest_told_on = NULL")  # the worker's own round may have looked today
    reminders.run(town.db, working_moment())
    reminders.run(town.db, working_moment() + timedelta(minutes=1))
    town.settles()
    (digest,) = [each for each in town.said_to(MANAGER) if "SR-" in each.text]
    assert "2 requests wait for your decision" in digest.text
    town.sender.click(MANAGER, digest, "request.open", value="SR-0002")
    assert "request.approve" in words(front(town, MANAGER))


def test_whoever_asked_hears_that_the_data_is_no_longer_kept(town: Town) -> None:
    asks_for(town)
    entry = datasets.get(town.db, NPD, audience=GOVERNMENT)
    datasets.withdraw(town.db, NPD, revision=entry.revision, successor=None, by="test", why=None, now=clock.now())
    reminders.run(town.db, working_moment())
    assert "no longer kept" in card(town, ANALYST).text
    assert "request.withdraw" in buttons(card(town, ANALYST))


def test_both_sides_are_warned_before_a_share_ends_and_told_when_it_has(town: Town) -> None:
    asks_for(town)
    now, week = working_moment(), timedelta(days=7)
    ends = (now + timedelta(days=20)).date().isoformat()
    decides(town, MANAGER, "request.approve_with", ends=ends)
    decides(town, ANALYST, "share.accept", accepted=["yes"])
    tick_all(town.db, "SR-0001", asker=person(town, ANALYST), holder=person(town, MANAGER), now=clock.now())
    decides(town, MANAGER, "share.supply")
    reminders.run(town.db, now)
    for user, button in ((ANALYST, "share.ask_renewal"), (MANAGER, "share.renew")):
        assert "A share ends soon" in card(town, user).text
        assert button in buttons(card(town, user))
    later = working_days.next_working_time(now + 4 * week, "E")
    reminders.run(town.db, later)
    share = requests.share_of(town.db, "SR-0001")
    assert share
    assert share.state == "ended"
