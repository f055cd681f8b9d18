"""A request from its first draft to a decision."""

from __future__ import annotations

import json
from datetime import datetime, timedelta

import pytest

from catalogue import audit, personal, requests
from catalogue.errors import InvalidAnswers, NotAllowed, NotFound, TooLate
from catalogue.model import Person
from catalogue.requests.model import Because, Waiting
from catalogue.requests.record import load
from catalogue.requests.states import State
from catalogue.store import Database
from tests.catalogue.requests.asking import OPEN, PUPILS, TOTALS, complete, furnish, submitted


@pytest.fixture
def folk(db: Database, now: datetime) -> dict[str, Person]:
    return furnish(db, now)


def told(db: Database, what: str) -> set[str]:
    rows = db.query("SELECT payload FROM outbox WHERE kind = 'tell'")
    payloads = [json.loads(row["payload"]) for row in rows]
    return {each["person"] for each in payloads if each["what"] == f"request.{what}"}


def test_a_draft_is_filled_in_with_what_the_entry_says(db: Database, folk: dict[str, Person], now: datetime) -> None:
    request = requests.start(db, PUPILS, by=folk["asker"], now=now)
    assert request.id == "SR-0001"
    assert request.state is State.DRAFT
    assert request.answers["data_type"] == ["personal", "special_category"]
    assert request.filled == {"data_type": "entry", "data_subjects": "entry"}


def test_a_request_is_written_submitted_reviewed_and_approved(
    db: Database, folk: dict[str, Person], now: datetime
) -> None:
    asker, manager = folk["asker"], folk["pupils-manager"]
    request = submitted(db, asker, now)
    assert request.state is State.SUBMITTED
    assert told(db, "receipt") == {"asker"}
    assert told(db, "submitted") == {"pupils-manager"}
    actor = requests.next_actor(db, request, now=now)
    assert actor and actor.person == manager
    assert actor.because is Because.DATASET_MANAGER
    assert [each.id for each in requests.queue_for(db, manager, now=now)] == [request.id]
    requests.start_review(db, request.id, by=manager, now=now)
    request = requests.approve(db, request.id, by=manager, now=now, conditions="Delete after a year.")
    assert request.state is State.APPROVED
    assert request.waiting_for is Waiting.REQUESTER
    assert requests.queue_for(db, manager, now=now) == []
    verbs = [str(event.verb) for event in requests.events(db, request, person=asker, now=now)]
    assert verbs[0] == "start"
    assert verbs[-3:] == ["submit", "start_review", "approve"]
    assert not audit.verify(db).problems


def test_what_is_decided_is_not_decided_again(db: Database, folk: dict[str, Person], now: datetime) -> None:
    request = submitted(db, folk["asker"], now)
    requests.decline(db, request.id, by=folk["manager"], note="There is no power.", now=now)
    with pytest.raises(TooLate, match=r"SR-0001 is declined since 31 March 2026 at 09:30 UTC, by manager"):
        requests.approve(db, request.id, by=folk["pupils-manager"], now=now)


def test_what_is_missing_is_said_question_by_question(db: Database, folk: dict[str, Person], now: datetime) -> None:
    request = requests.start(db, PUPILS, by=folk["asker"], now=now)
    with pytest.raises(InvalidAnswers) as caught:
        requests.submit(db, request.id, by=folk["asker"], now=now)
    assert caught.value.faults["aims"] == "Write an answer."
    assert caught.value.faults["benefits"] == "Choose at least one."


def test_totals_need_few_answers(db: Database, folk: dict[str, Person], now: datetime) -> None:
    request = requests.start(db, TOTALS, by=folk["asker"], now=now)
    asked = [each for section in requests.questions_for(db, request) for each in section.questions]
    assert len(asked) <= 6


def test_open_data_needs_no_request(db: Database, folk: dict[str, Person], now: datetime) -> None:
    with pytest.raises(NotAllowed, match="open to everyone"):
        requests.start(db, OPEN, by=folk["asker"], now=now)


def test_nobody_reads_the_draft_of_somebody_else(db: Database, folk: dict[str, Person], now: datetime) -> None:
    request = requests.start(db, PUPILS, by=folk["asker"], now=now)
    for other in folk.values():
        if other.id != "asker":
            with pytest.raises(NotFound):
                requests.get(db, request.id, person=other, now=now)


def test_private_notes_never_reach_whoever_asked(db: Database, folk: dict[str, Person], now: datetime) -> None:
    request = submitted(db, folk["asker"], now)
    requests.join(db, request.id, by=folk["colleague"], now=now)
    requests.add_note(db, request.id, by=folk["manager"], note="Check with legal.", now=now)
    request = requests.get(db, request.id, person=folk["colleague"], now=now)
    for reader, reads in (("asker", False), ("colleague", False), ("manager", True), ("auditor", True)):
        notes = [event.note for event in requests.events(db, request, person=folk[reader], now=now)]
        assert ("Check with legal." in notes) is reads


def test_a_returned_request_can_be_mended_and_withdrawn(db: Database, folk: dict[str, Person], now: datetime) -> None:
    request = submitted(db, folk["asker"], now)
    request = requests.send_back(db, request.id, by=folk["manager"], note="Which years?", now=now)
    assert request.state is State.RETURNED
    requests.save_answers(db, request.id, {"data_required": "2024 only"}, by=folk["asker"], now=now)
    requests.submit(db, request.id, by=folk["asker"], now=now)
    snapshots = [
        e.answers["data_required"] for e in requests.events(db, request, person=folk["asker"], now=now) if e.answers
    ]
    assert snapshots == ["For free school meals.", "For free school meals.", "2024 only"]
    requests.send_back(db, request.id, by=folk["manager"], note="Again.", now=now)
    assert requests.withdraw(db, request.id, by=folk["asker"], now=now).state is State.WITHDRAWN


def test_what_is_typed_is_kept_for_its_author_alone_and_the_newest_counts(
    db: Database, folk: dict[str, Person], now: datetime
) -> None:
    asker, key = folk["asker"], requests.start(db, PUPILS, by=folk["asker"], now=now).id
    with pytest.raises(NotFound):
        requests.keep_typed(db, key, {"aims": "Mine"}, by=folk["colleague"], now=now, at=now)
    second = timedelta(seconds=1)
    for text, at in (("Half a", second), ("Half a thought", 2 * second), ("Half", second)):
        requests.keep_typed(db, key, {"aims": text, "nothing": "x"}, by=asker, now=now, at=now + at)
    assert requests.get(db, key, person=asker, now=now).answers.get("aims") is None
    assert requests.take_in_typed(db, key, by=asker, now=now + 3 * second).answers["aims"] == "Half a thought"
    assert len(requests.events(db, load(db, key), person=asker, now=now)) == 2, "one change, not one a letter"
    requests.keep_typed(db, key, {"aims": "Half"}, by=asker, now=now, at=now + 2 * second)
    assert requests.take_in_typed(db, key, by=asker, now=now + 4 * second).answers["aims"] == "Half a thought"


def test_a_second_draft_for_an_entry_is_the_first_one_until_it_is_sent(
    db: Database, folk: dict[str, Person], now: datetime
) -> None:
    asker = folk["asker"]
    begun = requests.begin(db, PUPILS, by=asker, now=now)
    kept = requests.save_answers(db, begun.id, {"aims": "Meals"}, by=asker, now=now)
    assert requests.begin(db, PUPILS, by=asker, now=now) == kept
    assert requests.begin(db, PUPILS, by=folk["colleague"], now=now).id != begun.id
    complete(db, kept, asker, now)
    requests.submit(db, begun.id, by=asker, now=now)
    assert requests.begin(db, PUPILS, by=asker, now=now).id != begun.id


def test_what_was_typed_goes_with_the_draft_and_with_its_author(
    db: Database, folk: dict[str, Person], now: datetime
) -> None:
    keys = [requests.start(db, entry, by=folk["asker"], now=now).id for entry in (PUPILS, TOTALS)]
    for key in keys:
        requests.keep_typed(db, key, {"aims": "Meals"}, by=folk["asker"], now=now, at=now)
    requests.withdraw(db, keys[0], by=folk["asker"], now=now + timedelta(seconds=1))
    kept = personal.export(db, folk["asker"])["request_typed"]
    assert [(row["request_id"], row["answers"]) for row in kept] == [(keys[1], '{"aims":"Meals"}')]
    personal.erase(db, folk["asker"], by="test", reason="They asked", now=now)
    assert "Meals" not in str(db.query("SELECT * FROM request_typed"))
