"""What reviewers do: open, ask, note, hand on, send back, approve, decline.

Each is a guarded step (`steps.py`): of two decisions at once one counts, and the other is told who and when. `version`
is that of the request which the reviewer saw; with it, nothing is decided on answers that have changed since.
"""

from datetime import date, datetime
from typing import Any

from catalogue import clock, people, rights
from catalogue.errors import InvalidAnswers
from catalogue.model import Person
from catalogue.requests import delivering, in_force, telling
from catalogue.requests.model import ShareRequest, Waiting
from catalogue.requests.record import load, thing_of
from catalogue.requests.states import Verb
from catalogue.requests.steps import Change, Step, check, taking
from catalogue.store import Database


def start_review(
    db: Database, request_id: str, *, by: Person, now: datetime, note: str | None = None, version: int | None = None
) -> ShareRequest:
    """Open it: the author hears that somebody reads it."""
    with taking(db, request_id, Verb.START_REVIEW, Change(note), by=by, now=now, version=version) as step:
        telling.tell(db, "review_started", telling.askers(step.request), step, now=now)
        _stepped_in(db, step, by, now)
        telling.refresh(db, step.request, now=now)
    return step.request


def approve(
    db: Database,
    request_id: str,
    *,
    by: Person,
    now: datetime,
    note: str | None = None,
    conditions: str | None = None,
    subset: str | None = None,
    ends: date | None = None,
    review: date | None = None,
    version: int | None = None,
) -> ShareRequest:
    """Agree to share, all of it or a `subset`, on `conditions`, until `ends`, to be looked at again on `review`.

    The share is recorded as agreed; it begins once the requester has accepted its conditions.
    """
    try:
        terms = delivering.terms(conditions, subset, ends, review, today=now)
    except InvalidAnswers:
        check(db, request_id, Verb.APPROVE, by=by, now=now)  # what is wrong is only said to who may approve
        raise
    detail = {**terms.as_detail(), **_rules(db, request_id)}
    change = Change(note, _decided(by, now), detail, Waiting.REQUESTER, keeps_answers=True)
    with taking(db, request_id, Verb.APPROVE, change, by=by, now=now, version=version) as step:
        delivering.open_share(db, step.request, terms, now=now)
        _decision(db, step, "approved", by, now)
    return step.request


def decline(
    db: Database, request_id: str, *, by: Person, note: str, now: datetime, version: int | None = None
) -> ShareRequest:
    """Refuse, with the reason, which the requester is told. A new request may follow."""
    change = Change(note, _decided(by, now), _rules(db, request_id), keeps_answers=True)
    with taking(db, request_id, Verb.DECLINE, change, by=by, now=now, version=version) as step:
        _decision(db, step, "declined", by, now)
    return step.request


def send_back(
    db: Database, request_id: str, *, by: Person, note: str, now: datetime, version: int | None = None
) -> ShareRequest:
    """Return it to the author, with what is missing, which they are told."""
    change = Change(note, {"question": None}, _rules(db, request_id), keeps_answers=True)
    with taking(db, request_id, Verb.SEND_BACK, change, by=by, now=now, version=version) as step:
        _decision(db, step, "returned", by, now)
    return step.request


def ask_question(
    db: Database, request_id: str, *, by: Person, note: str, now: datetime, version: int | None = None
) -> ShareRequest:
    """Ask the author something. It is their turn until they answer; the request stays in review."""
    change = Change(note, columns={"question": note.strip()}, waiting=Waiting.REQUESTER)
    with taking(db, request_id, Verb.ASK, change, by=by, now=now, version=version) as step:
        telling.tell(db, "question", telling.askers(step.request), step, now=now)
        _stepped_in(db, step, by, now)
        telling.refresh(db, step.request, now=now)
    return step.request


def add_note(db: Database, request_id: str, *, by: Person, note: str, now: datetime) -> ShareRequest:
    """Write something for the other reviewers and the auditor. Whoever asked never reads it."""
    with taking(db, request_id, Verb.NOTE, Change(note, is_private=True), by=by, now=now) as step:
        telling.refresh(db, step.request, now=now)
    return step.request


def wait_for(
    db: Database, request_id: str, party: Waiting, *, by: Person, now: datetime, note: str | None = None
) -> ShareRequest:
    """Say that the decision waits for legal or technical colleagues, or again for the manager: the clock counts it so.

    The manager stays the next actor: it is they who bring the answer back.
    """
    check(db, request_id, Verb.WAIT_FOR, by=by, now=now)
    if party not in (Waiting.LEGAL, Waiting.TECHNICAL, Waiting.MANAGER):
        raise InvalidAnswers({"party": "It can wait for legal, technical or the manager."})
    change = Change(note, waiting=party, is_private=True)
    with taking(db, request_id, Verb.WAIT_FOR, change, by=by, now=now) as step:
        telling.refresh(db, step.request, now=now)
    return step.request


def delegate(
    db: Database, request_id: str, *, by: Person, to: Person, now: datetime, note: str | None = None
) -> ShareRequest:
    """Hand the decision on this one request to somebody else, who is told. Not to whoever asked, nor to a guest."""
    request = check(db, request_id, Verb.DELEGATE, by=by, now=now)
    if to.id in request.concerned:
        raise InvalidAnswers({"to": "Whoever asked or joined cannot decide. Choose somebody else."})
    knows = (dataset := thing_of(db, request).dataset) is None or people.audience_of(to).may_know(dataset)
    if not to.is_active or to.is_guest or not knows:
        raise InvalidAnswers({"to": "Choose somebody who is active here and may know of this data."})
    if to.organisation != by.organisation and to.organisation != request.holder:
        raise InvalidAnswers({"to": "Choose somebody of your own organisation, or of the one that holds the data."})
    change = Change(note, columns={"delegated_to": to.id}, detail={"from": by.id, "to": to.id})
    with taking(db, request_id, Verb.DELEGATE, change, by=by, now=now) as step:
        telling.note(db, step.request, telling.heard(step.request, to.id), telling.submission(step.request), now=now)
        telling.tell(db, "delegated", [to], step, now=now)
        _stepped_in(db, step, by, now)
        telling.refresh(db, step.request, now=now)
    return step.request


def _rules(db: Database, request_id: str) -> dict[str, Any]:
    """What the rules say at this moment, for the decision to keep."""
    found = in_force.at_decision(db, load(db, request_id))
    return {"rules": found} if found else {}


def _decided(by: Person, now: datetime) -> dict[str, str | None]:
    return {"decided_by": by.id, "decided_at": clock.stamp(now), "question": None}


def _decision(db: Database, step: Step, what: str, by: Person, now: datetime) -> None:
    telling.tell(db, what, telling.askers(step.request), step, now=now)
    _stepped_in(db, step, by, now)
    telling.refresh(db, step.request, now=now)


def _stepped_in(db: Database, step: Step, by: Person, now: datetime) -> None:
    """An administrator who acted in the owner's place has to have said why, and the owner is told."""
    if step.standing is rights.Standing.ADMIN:
        telling.tell_deciders(db, "stepped_in", step, now=now, but=by)
