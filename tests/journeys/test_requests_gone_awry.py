"""Requests when things go wrong: two people at once, people and data that leave, Slack down, old buttons, forgery."""

from __future__ import annotations

import json
import threading
import time
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.slack import api
from catalogue import audit, clock, datasets, outbox, people, requests
from catalogue.model import GOVERNMENT, Grant, Person, Role
from tests.journeys.asking import (
    ADMIN,
    ANALYST,
    AUDITOR,
    MANAGER,
    NHS,
    NPD,
    STEWARD,
    anything,
    asks_for,
    begins,
    button,
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
from tests.journeys.conftest import OFFICER, Town


def leaves(town: Town, user: str) -> Person:
    gone = replace(person(town, user), is_active=False)
    people.save(town.db, gone, origin="slack", now=clock.now())
    town.workspace.users[user] = replace(town.workspace.users[user], deleted=True)
    return gone


def second_manager(town: Town, user: str = STEWARD) -> Person:
    what = Grant(Role.MANAGER, "department-for-education")
    people.grant(town.db, person(town, user).id, what, by="test", reason=None, now=clock.now())
    return person(town, user)


def at_once(*calls: Any) -> list[Any]:
    """Call everything at the same moment; what each gave."""
    ready, results = threading.Barrier(len(calls)), [None] * len(calls)

    def run(place: int) -> None:
        ready.wait()
        results[place] = calls[place]()

    threads = [threading.Thread(target=run, args=(place,)) for place in range(len(calls))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def test_of_two_managers_at_once_one_decides_and_the_other_is_told_who_and_when(town: Town) -> None:
    second_manager(town)
    asks_for(town)
    for user, verb in ((MANAGER, "request.approve"), (STEWARD, "request.decline")):
        presses(town, user, verb, "SR-0001", card(town, user))
    at_once(lambda: town.sender.submit(MANAGER, {"note": "Yes."}), lambda: town.sender.submit(STEWARD, {"note": "No."}))
    town.settles()
    assert state(town) in ("approved", "declined")
    winner, loser = (MANAGER, STEWARD) if state(town) == "approved" else (STEWARD, MANAGER)
    assert "Done" in words(front(town, winner))
    assert "SR-0001 is" in words(front(town, loser))
    assert "by Data" in words(front(town, loser)), "it says who"
    for user in (MANAGER, STEWARD):
        assert "request.approve" not in buttons(card(town, user))
    decided = [
        each for each in audit.rows_about(town.db, "SR-0001") if each.action in ("request.approve", "request.decline")
    ]
    assert len([each for each in decided if each.outcome == "done"]) == 1
    assert audit.verify(town.db).problems == ()


def test_two_managers_who_both_press_twice_end_in_one_decision(town: Town) -> None:
    second_manager(town)
    asks_for(town)
    for user, verb in ((MANAGER, "request.approve"), (STEWARD, "request.decline")):
        presses(town, user, verb, "SR-0001", card(town, user))
    forms = {user: front(town, user) for user in (MANAGER, STEWARD)}
    sent = at_once(
        *[lambda: town.sender.submit(MANAGER, {"note": "Yes."}, view=forms[MANAGER])] * 2,
        *[lambda: town.sender.submit(STEWARD, {"note": "No."}, view=forms[STEWARD])] * 2,
    )
    assert all(each.ok for each in sent)
    town.settles()
    verbs = [row["verb"] for row in town.db.query("SELECT verb FROM request_events ORDER BY place")]
    assert len([verb for verb in verbs if verb in ("approve", "decline")]) == 1
    winner, loser = (MANAGER, STEWARD) if state(town) == "approved" else (STEWARD, MANAGER)
    assert "Done" in words(front(town, winner)), "sent twice, it shows the same end"
    assert "Not possible" in words(front(town, loser))
    told = town.db.query("SELECT key FROM told WHERE what IN ('request.approved', 'request.declined')")
    assert len(told) == 1


def test_conditions_accepted_twice_are_accepted_once(town: Town) -> None:
    asks_for(town)
    decides(town, MANAGER, "request.approve")
    presses(town, ANALYST, "share.accept", "SR-0001", card(town, ANALYST))
    form = front(town, ANALYST)
    at_once(*[lambda: town.sender.submit(ANALYST, {"accepted": ["yes"]}, view=form)] * 2)
    assert "Done" in words(front(town, ANALYST))
    verbs = [row["verb"] for row in town.db.query("SELECT verb FROM request_events")]
    assert verbs.count("accept") == 1


@pytest.mark.parametrize(
    "text",
    [
        "بيانات التلاميذ المستحقين للوجبات المدرسية",
        "נתוני תלמידים \u202e123\u202c",
        "👩🏽‍🏫 pupils 👨‍👩‍👧‍👦 ✅",
        "Disgyblion â hawl i brydau ysgol am ddim: ŵ ŷ",
        "*bold* _it_ `code` <!channel> <@U0ADMIN> & <https://evil.example|here>",
        "x" * 3_000,
        "línea\n\n\n- one\n> two",
    ],
)
def test_whatever_is_written_in_an_answer_comes_to_the_manager_and_back_as_it_was(town: Town, text: str) -> None:
    begins(town)
    town.sender.select(ANALYST, front(town, ANALYST), "request.type", text, block_id="aims")
    town.workspace.views.close(ANALYST, whole=True)
    presses(town, ANALYST, "request.continue", "SR-0001")
    aims = next(block for block in front(town, ANALYST).blocks if block["block_id"] == "aims")
    assert aims["element"]["initial_value"] == text.strip()
    while (view := front(town, ANALYST)).callback_id == "request.step":
        town.sender.submit(ANALYST, anything(view))
    town.sender.submit(ANALYST, {"declared": ["yes"]})
    shown = card(town, MANAGER)
    assert "<!channel>" not in shown.text
    assert "<@U0ADMIN>" not in shown.text
    assert text.strip("*")[:1] in shown.text


def test_a_request_that_is_withdrawn_while_it_is_being_decided_is_not_decided(town: Town) -> None:
    asks_for(town)
    presses(town, MANAGER, "request.approve", "SR-0001", card(town, MANAGER))
    decides(town, ANALYST, "request.withdraw", note="We found it elsewhere.")
    assert state(town) == "withdrawn"
    town.sender.submit(MANAGER, {})
    assert "withdrawn" in words(front(town, MANAGER))
    assert state(town) == "withdrawn"
    town.settles()
    assert "We found it elsewhere." in card(town, MANAGER).text
    assert buttons(card(town, MANAGER)) == ["request.open"]


def test_withdrawing_and_approving_at_the_same_moment_end_in_one_of_the_two(town: Town) -> None:
    asks_for(town)
    presses(town, MANAGER, "request.approve", "SR-0001", card(town, MANAGER))
    presses(town, ANALYST, "request.withdraw", "SR-0001", card(town, ANALYST))
    at_once(lambda: town.sender.submit(MANAGER, {}), lambda: town.sender.submit(ANALYST, {}))
    ends = [
        each.after
        for each in requests.events(
            town.db,
            requests.get(town.db, "SR-0001", person=person(town, ANALYST), now=clock.now()),
            person=person(town, ANALYST),
            now=clock.now(),
        )
    ]
    assert [str(each) for each in ends if each in ("approved", "withdrawn")] == [state(town)]


def test_what_changed_since_the_manager_looked_is_not_decided_on(town: Town) -> None:
    asks_for(town)
    presses(town, MANAGER, "request.approve", "SR-0001", card(town, MANAGER))
    second_manager(town)
    town.settles()
    request = requests.get(town.db, "SR-0001", person=person(town, STEWARD), now=clock.now())
    requests.send_back(town.db, request.id, by=person(town, STEWARD), note="Say which years.", now=clock.now())
    town.settles()
    presses(town, ANALYST, "request.continue", "SR-0001", card(town, ANALYST))
    assert "Say which years." in words(front(town, ANALYST))
    fills(town)
    town.sender.submit(ANALYST, {"declared": ["yes"]})
    assert state(town) == "submitted"
    town.sender.submit(MANAGER, {})
    assert state(town) == "submitted", "the manager had seen other answers"
    assert "Not possible" in words(front(town, MANAGER))


def test_when_the_manager_has_left_an_administrator_hears_of_it_and_must_say_why(town: Town) -> None:
    leaves(town, MANAGER)
    leaves(town, STEWARD)
    asks_for(town)
    told = card(town, ADMIN)
    assert "nobody is responsible" in told.text
    presses(town, ADMIN, "request.approve", "SR-0001", told)
    view = front(town, ADMIN)
    assert "in the owner’s place" in words(view)
    note = next(block for block in view.blocks if block["block_id"] == "note")
    assert not note.get("optional")
    town.sender.submit(ADMIN, {"note": "Nobody holds the role at the moment."})
    assert state(town) == "approved"


def test_where_nobody_manages_the_data_its_steward_decides_and_only_then(town: Town) -> None:
    asks_for(town)
    presses(town, STEWARD, "request.approve", "SR-0001")
    assert "There is no request called" in words(front(town, STEWARD))
    leaves(town, MANAGER)
    presses(town, STEWARD, "request.approve", "SR-0001")
    town.sender.submit(STEWARD, {})
    assert state(town) == "approved"


def test_an_administrator_in_the_owners_place_is_told_of_to_the_owner(town: Town) -> None:
    asks_for(town)
    presses(town, ADMIN, "request.decline", "SR-0001")
    town.sender.submit(ADMIN, {"note": "The manager is ill."})
    assert state(town) == "declined"
    assert "An administrator acted in your place" in card(town, MANAGER).text


def test_a_manager_who_has_left_decides_nothing_any_more(town: Town) -> None:
    asks_for(town)
    message = card(town, MANAGER)
    leaves(town, MANAGER)
    presses(town, MANAGER, "request.approve", "SR-0001", message)
    assert "There is no request called" in words(front(town, MANAGER))
    assert state(town) == "submitted"
    assert audit.newest(town.db)[0].outcome == "refused"


def test_when_the_requester_has_left_the_decision_is_made_and_nobody_is_written_to_in_vain(town: Town) -> None:
    asks_for(town)
    leaves(town, ANALYST)
    decides(town, MANAGER, "request.send_back", note="Say which years.")
    assert state(town) == "returned"
    assert town.settles()["parked"] == 2, "the news, and the change of the receipt"
    assert set(town.errors()) == {"person_not_reachable"}


def test_when_the_dataset_is_withdrawn_meanwhile_it_can_still_be_decided_and_no_new_one_is_begun(town: Town) -> None:
    asks_for(town)
    entry = datasets.get(town.db, NPD, audience=GOVERNMENT)
    datasets.withdraw(town.db, NPD, revision=entry.revision, successor=None, by="test", why=None, now=clock.now())
    decides(town, MANAGER, "request.decline", note="The dataset was withdrawn.")
    assert state(town) == "declined"
    assert "The dataset was withdrawn." in card(town, ANALYST).text


@pytest.mark.parametrize("kind", ["ratelimited", "http_503", "drop_before", "drop_after"])
def test_while_slack_is_down_nothing_is_lost_and_then_everybody_hears_in_order(
    town: Town, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    seconds = api._seconds
    monkeypatch.setattr(api, "_seconds", lambda value: min(seconds(value) / 100, 0.05))
    monkeypatch.setattr(outbox, "LONGEST_WAIT", timedelta(milliseconds=50))
    for method in ("chat.postMessage", "chat.update"):
        town.workspace.faults.add(kind=kind, method=method, times=8)
    begins(town)
    fills(town)
    town.sender.submit(ANALYST, {"declared": ["yes"]})
    town.workspace.views.close(ANALYST, whole=True)
    assert state(town) == "submitted"
    town.settles()
    manager = [each.text for each in town.said_to(MANAGER) if "SR-0001" in each.text]
    assert 1 <= len(manager) <= (9 if kind == "drop_after" else 1)
    assert "Your request is sent" in card(town, ANALYST).text


def test_a_card_that_was_sent_twice_loses_its_buttons_too_once_one_is_pressed(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    seconds = api._seconds
    monkeypatch.setattr(api, "_seconds", lambda value: min(seconds(value) / 100, 0.05))
    monkeypatch.setattr(outbox, "LONGEST_WAIT", timedelta(milliseconds=50))
    begins(town)
    fills(town)
    town.settles()
    town.workspace.faults.add(kind="drop_after", method="chat.postMessage", times=6)
    town.sender.submit(ANALYST, {"declared": ["yes"]})
    town.workspace.views.close(ANALYST, whole=True)
    town.settles()
    decides(town, MANAGER, "request.decline", note="Not this time.")

    def copies() -> list[list[str]]:
        return [buttons(each) for each in town.said_to(MANAGER) if "SR-0001" in each.text]

    left = [each for each in town.said_to(MANAGER) if "request.approve" in buttons(each)]
    assert left, "no answer of Slack's was lost for a card"
    for each in left:
        presses(town, MANAGER, "request.approve", "SR-0001", each)
    town.settles()
    assert not any("request.approve" in found for found in copies())
    assert state(town) == "declined"


def test_a_form_that_slack_is_too_slow_to_open_is_offered_again_and_nothing_is_lost(town: Town) -> None:
    begins(town)
    town.workspace.views.close(ANALYST, whole=True)
    message = button(town, ANALYST, "request.continue", "SR-0001")
    town.workspace.faults.add(kind="error:expired_trigger_id", method="views.open")
    assert presses(town, ANALYST, "request.continue", "SR-0001", message).ok
    town.settles()
    assert "Press the button again." in town.said_to(ANALYST)[-1].text
    presses(town, ANALYST, "request.continue", "SR-0001", message)
    assert "SR-0001" in words(front(town, ANALYST))
    assert "You have begun this." in words(starts(town))


def test_a_form_sent_twice_is_sent_once_and_shows_the_same_receipt(town: Town) -> None:
    begins(town)
    view = fills(town)
    results = at_once(*[lambda: town.sender.submit(ANALYST, {"declared": ["yes"]}, view=view)] * 2)
    assert all(each.ok for each in results)
    assert "SR-0001 is sent." in words(front(town, ANALYST))
    town.settles()
    assert len([each for each in town.said_to(MANAGER) if "SR-0001" in each.text]) == 1
    assert [row["verb"] for row in town.db.query("SELECT verb FROM request_events WHERE verb = 'submit'")] == ["submit"]


@pytest.mark.parametrize(
    "verb", ["request.approve", "request.decline", "request.send_back", "request.ask", "request.delegate"]
)
def test_an_old_button_says_plainly_that_it_is_past(town: Town, verb: str) -> None:
    asks_for(town)
    decides(town, MANAGER, "request.decline", note="No legal power.")
    town.workspace.views.close(MANAGER, whole=True)
    assert presses(town, MANAGER, verb, "SR-0001").ok
    assert "SR-0001 is declined since" in words(front(town, MANAGER))
    assert state(town) == "declined"


@pytest.mark.parametrize("user", [OFFICER, NHS, STEWARD, AUDITOR])
@pytest.mark.parametrize(
    "verb", ["request.approve", "request.open", "request.withdraw", "request.continue", "share.accept", "request.note"]
)
def test_who_has_no_part_in_a_request_learns_nothing_of_it_and_the_audit_remembers(
    town: Town, verb: str, user: str
) -> None:
    asks_for(town)
    assert presses(town, user, verb, "SR-0001").ok
    shown = words(front(town, user))
    if not (user == AUDITOR and verb == "request.open"):
        assert "Not possible" in shown
        row = audit.newest(town.db)[0]
        assert (row.outcome, row.by, row.about) == ("refused", person(town, user).id, "SR-0001")
    if user != AUDITOR:
        assert "There is no request called" in shown
        assert "free school meals and do not" not in shown


def test_forged_metadata_is_checked_like_any_other_id(town: Town) -> None:
    asks_for(town)
    view = begins(town, OFFICER)
    forged = replace(
        view, payload=view.payload | {"private_metadata": json.dumps({"id": "SR-0001", "section": "purpose"})}
    )
    town.workspace.views._stacks[OFFICER] = [forged]
    town.sender.submit(OFFICER, {**anything(forged), "aims": "Something else"}, view=forged)
    request = requests.get(town.db, "SR-0001", person=person(town, ANALYST), now=clock.now())
    assert "Something else" not in str(request.answers)
    assert "There is no request called" in words(front(town, OFFICER))


def test_guests_and_strangers_get_a_plain_sentence(town: Town) -> None:
    asks_for(town)
    people.save(town.db, replace(person(town, OFFICER), is_guest=True), origin="slack", now=clock.now())
    town.workspace.users[OFFICER] = replace(town.workspace.users[OFFICER], is_restricted=True)
    presses(town, OFFICER, "request.start", NPD)
    assert "Guests of this workspace" in words(front(town, OFFICER))
    presses(town, OFFICER, "request.approve", "SR-0001")
    assert "There is no request called" in words(front(town, OFFICER))


def test_private_notes_are_read_by_reviewers_and_never_by_the_requester(town: Town) -> None:
    asks_for(town)
    decides(town, MANAGER, "request.note", note="I doubt the legal power.")
    town.workspace.views.close(MANAGER, whole=True)
    presses(town, MANAGER, "request.open", "SR-0001", card(town, MANAGER))
    assert "I doubt the legal power." in words(front(town, MANAGER))
    town.settles()
    presses(town, ANALYST, "request.open", "SR-0001", card(town, ANALYST))
    assert "I doubt the legal power." not in words(front(town, ANALYST))
    assert not [each for each in town.said_to(ANALYST) if "I doubt" in each.text]


def test_nothing_is_told_to_anybody_who_has_no_part_in_it(town: Town) -> None:
    asks_for(town)
    decides(town, MANAGER, "request.approve")
    time.sleep(0.05)
    for user in (OFFICER, NHS, STEWARD, AUDITOR, ADMIN):
        assert not [each for each in town.said_to(user) if "SR-0001" in each.text]
