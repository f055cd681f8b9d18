"""What the author does: start, answer, hand over, submit, answer a reviewer, nudge, withdraw; and a colleague: join."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from catalogue import audit, clock, datasets, outbox, people, rights, working_days
from catalogue.entries import canonical
from catalogue.errors import InvalidAnswers, NotAllowed, TooSoon
from catalogue.model import AccessRights, Dataset, Person
from catalogue.requests import prefill, questions, telling, typed
from catalogue.requests.deciders import active
from catalogue.requests.in_force import conditions, explained
from catalogue.requests.model import Answers, Question, Section, ShareRequest, Waiting
from catalogue.requests.record import get, history, load, nation_of_holder, thing_of, to_request
from catalogue.requests.states import EDITABLE, Verb
from catalogue.requests.steps import Change, Step, check, taking
from catalogue.requests.stricter import book_of
from catalogue.rights import Action, Thing
from catalogue.sharing.facts import Case, Facts
from catalogue.store import Database

NUDGE_EVERY = 2  # working days
_HEARD = (Verb.SUBMIT, Verb.ANSWER, Verb.NUDGE)
"""After one of these the other side has just heard of it."""


def start(
    db: Database,
    dataset_id: str,
    *,
    by: Person,
    now: datetime,
    given: Case | None = None,
    answers: Answers | None = None,
    copy_of: str | None = None,
) -> ShareRequest:
    """A new draft of `by` for a dataset, with every answer filled in that is known already.

    `given` is what the conversation said, `answers` what a file or a form did; `copy_of` is an earlier request of
    theirs, or one they may read of their own organisation, whose answers are taken over. Raises NotFound,
    NotAllowed (also for data that is open: no request is needed), InvalidAnswers.
    """
    dataset = datasets.get(db, dataset_id, audience=people.audience_of(by))
    rights.require(by, Action.START_REQUEST, Thing(dataset=dataset), about=dataset.id, now=now)
    if dataset.access_rights is AccessRights.OPEN:
        raise NotAllowed(f"“{dataset.title}” is open to everyone. No request is needed.")
    copied = get(db, copy_of, person=by, now=now) if copy_of else None
    case, said = explained(db, dataset, by, given)
    book = book_of(db, dataset.publisher)
    kept = prefill.checked(book, answers or {})
    filled = prefill.fill(
        book,
        said.facts,
        dataset=dataset,
        case=case,
        earlier=prefill.latest(db, by),
        copied=copied,
        written=kept,
        usual=prefill.usual_in(db, by.organisation),
    )
    with db.atomic():
        request_id = _insert(db, dataset, by, conditions(case, said), said.facts, filled, copied, now)
        audit.record(
            db, by=by, action=str(Action.START_REQUEST), about=request_id, detail={"dataset": dataset.id}, now=now
        )
        outbox.refresh_home(db, by.id, now=now)
    return load(db, request_id)


def begin(
    db: Database,
    dataset_id: str,
    *,
    by: Person,
    now: datetime,
    given: Case | None = None,
    copy_of: str | None = None,
) -> ShareRequest:
    """Their draft for a dataset: the one they have, as it is, else a new one. Two clicks at once find the same."""
    with db.atomic():
        db.execute("UPDATE counters SET value = value WHERE name = 'request'")  # one after the other
        rows = db.query(
            "SELECT * FROM requests WHERE author = :author AND dataset_id = :dataset AND state = 'draft'"
            " ORDER BY number LIMIT 1",
            {"author": by.id, "dataset": dataset_id},
        )
        return to_request(rows[0]) if rows else start(db, dataset_id, by=by, now=now, given=given, copy_of=copy_of)


def possible_questions(db: Database, dataset: Dataset, *, person: Person | None) -> tuple[Question, ...]:
    """The questions that a request of this person for a dataset can come to ask."""
    _case, said = explained(db, dataset, person, None)
    return questions.possible(book_of(db, dataset.publisher), said.facts)


def _insert(
    db: Database,
    dataset: Dataset,
    by: Person,
    rules: Mapping[str, Any],
    facts: Facts,
    filled: prefill.Filled,
    copied: ShareRequest | None,
    now: datetime,
) -> str:
    """Write the draft and its first event. The number is taken inside the transaction, so that none is used twice."""
    taken = db.query("UPDATE counters SET value = value + 1 WHERE name = 'request' RETURNING value")
    number = int(taken[0]["value"])
    request_id = f"SR-{number:04d}"
    stamp = clock.stamp(now)
    db.execute(
        "INSERT INTO requests (id, number, dataset_id, dataset_title, holder, author, organisation, state, events,"
        " answers, facts, filled, conditions, waiting_for, waiting_since, copied_from, created_at, changed_at)"
        " VALUES (:id, :number, :dataset_id, :dataset_title, :holder, :author, :organisation, 'draft', 1, :answers,"
        " :facts, :filled, :conditions, 'requester', :now, :copied_from, :now, :now)",
        {
            "id": request_id,
            "number": number,
            "dataset_id": dataset.id,
            "dataset_title": dataset.title,
            "holder": dataset.publisher,
            "author": by.id,
            "organisation": by.organisation,
            "answers": canonical(filled.answers),
            "facts": canonical(facts),
            "filled": canonical(filled.sources),
            "conditions": canonical(rules),
            "copied_from": copied.id if copied else None,
            "now": stamp,
        },
    )
    db.execute(
        "INSERT INTO request_events (request_id, place, at, by, verb, after, waiting_for, is_private, detail)"
        " VALUES (:id, 1, :now, :by, 'start', 'draft', 'requester', 0, :detail)",
        {"id": request_id, "now": stamp, "by": by.id, "detail": canonical({"dataset": dataset.id})},
    )
    return request_id


def questions_for(db: Database, request: ShareRequest) -> tuple[Section, ...]:
    """The questions that apply to the request as it now is, in their sections; what does not apply is not there."""
    return questions.applying(book_of(db, request.holder), request.facts, request.answers)


def faults(db: Database, request: ShareRequest, *, now: datetime) -> dict[str, str]:
    """What keeps the request from being submitted: a plain sentence by question id, in order. Empty: it is complete."""
    return questions.faults_of(questions_for(db, request), request.answers, today=clock.london(now).date())


def save_answers(
    db: Database, request_id: str, answers: Answers, *, by: Person, now: datetime, version: int | None = None
) -> ShareRequest:
    """Keep these answers in the draft, complete or not; None or an empty one removes an answer.

    Answers to questions that do not apply are kept while it is a draft, and left out when it is submitted. Raises
    InvalidAnswers for what can never be kept (an option that there is not, a text too long).
    """
    with db.atomic():
        before = check(db, request_id, Verb.EDIT, by=by, now=now)
        book = book_of(db, before.holder)
        new = prefill.checked(book, answers)
        kept = {name: given for name, given in {**before.answers, **new}.items() if given not in (None, "", [])}
        filled = {name: source for name, source in before.filled.items() if name not in new and name in kept}
        columns = {"answers": canonical(kept), "filled": canonical(filled)}
        change = Change(columns=columns, detail={"changed": sorted(answers)})
        with taking(db, request_id, Verb.EDIT, change, by=by, now=now, version=version) as step:
            typed.settled(db, step.request.id, now=now)
    return step.request


def keep_typed(db: Database, request_id: str, answers: Answers, *, by: Person, now: datetime, at: datetime) -> None:
    """Put aside what the author has typed into a step until `at`. Raises NotFound, NotAllowed."""
    with db.atomic():
        request = check(db, request_id, Verb.EDIT, by=by, now=now)
        if request.state in EDITABLE:
            typed.keep(db, request.id, answers, person=by.id, at=at)


def take_in_typed(db: Database, request_id: str, *, by: Person, now: datetime) -> ShareRequest:
    """Save in the draft what was typed and never sent, as far as it can be kept."""
    with db.atomic():
        request = check(db, request_id, Verb.EDIT, by=by, now=now)
        found = typed.unsaved(db, request.id)
        try:
            new = prefill.checked(book_of(db, request.holder), found)
        except InvalidAnswers as wrong:
            new = {name: given for name, given in found.items() if name not in wrong.faults}
        changed = {name: given for name, given in new.items() if (given or None) != (request.answers.get(name) or None)}
        return save_answers(db, request.id, changed, by=by, now=now) if changed else request


def hand_over(
    db: Database, request_id: str, *, by: Person, to: Person, now: datetime, note: str | None = None
) -> ShareRequest:
    """Make a colleague the author. By the author; by an administrator when the author has left."""
    before = check(db, request_id, Verb.HAND_OVER, by=by, now=now)
    if by.id != before.author and active(db, before.author):
        sentence = "Whoever wrote it is still here. Ask them to hand it over."
        raise NotAllowed(sentence, action=str(Action.HAND_OVER_REQUEST), about=before.id)
    knows = (dataset := thing_of(db, before).dataset) is None or people.audience_of(to).may_know(dataset)
    if not to.is_active or to.is_guest or not knows or to.organisation != before.organisation:
        raise InvalidAnswers({"to": "Choose somebody who is active here and of the organisation that asks."})
    former = sorted(before.authors - {to.id})
    columns = {"author": to.id, "former": json.dumps(former)}
    change = Change(note, columns, detail={"from": by.id, "to": to.id, "author": before.author})
    with taking(db, request_id, Verb.HAND_OVER, change, by=by, now=now) as step:
        telling.tell(db, "handed_over", [to], step, now=now)
        telling.refresh(db, step.request, now=now)
    return step.request


def join(db: Database, request_id: str, *, by: Person, now: datetime) -> ShareRequest:
    """A colleague of the author hears of what happens to the request from now on, and may read it."""
    with db.atomic():
        before = check(db, request_id, Verb.JOIN, by=by, now=now)
        joined = sorted(before.joined | {by.id})
        change = Change(columns={"joined": json.dumps(joined)}, detail={"person": by.id})
        with taking(db, request_id, Verb.JOIN, change, by=by, now=now) as step:
            db.execute(
                "INSERT INTO request_joined (request_id, person, joined_at) VALUES (:id, :person, :now)"
                " ON CONFLICT (request_id, person) DO NOTHING",
                {"id": before.id, "person": by.id, "now": clock.stamp(now)},
            )
            telling.tell(db, "joined", [before.author], step, now=now)
    return step.request


def submit(
    db: Database, request_id: str, *, by: Person, now: datetime, note: str | None = None, version: int | None = None
) -> ShareRequest:
    """Send it to whoever decides, with the declaration made. Raises InvalidAnswers with every fault.

    The answers as they are now, without those that do not apply, are fixed in the history.
    """
    with db.atomic():
        before = check(db, request_id, Verb.SUBMIT, by=by, now=now)
        sections = questions_for(db, before)
        asked = {question.id for section in sections for question in section.questions}
        if before.state in EDITABLE and (wrong := faults(db, before, now=now)):
            raise InvalidAnswers(wrong)
        answers = {name: given for name, given in before.answers.items() if name in asked}
        columns = {"answers": canonical(answers), "submitted_at": clock.stamp(now), "question": None}
        book = book_of(db, before.holder)
        change = Change(note, columns, detail={"declared": True, "questions": book.version}, keeps_answers=True)
        with taking(db, request_id, Verb.SUBMIT, change, by=by, now=now, version=version) as step:
            telling.tell(db, "receipt", [by], step, now=now)
            telling.tell_deciders(db, "submitted", step, now=now)
            telling.refresh(db, step.request, now=now)
    return step.request


def answer_question(db: Database, request_id: str, *, by: Person, note: str, now: datetime) -> ShareRequest:
    """Answer what a reviewer asked, without sending the request back and forth."""
    change = Change(note=note, columns={"question": None}, waiting=Waiting.MANAGER)
    with taking(db, request_id, Verb.ANSWER, change, by=by, now=now) as step:
        telling.tell_deciders(db, "answered", step, now=now)
        telling.refresh(db, step.request, now=now)
    return step.request


def withdraw(db: Database, request_id: str, *, by: Person, now: datetime, note: str | None = None) -> ShareRequest:
    """Take it back, from any state that is not over; also while it is being decided: one of the two is first."""
    with taking(db, request_id, Verb.WITHDRAW, Change(note=note, columns={"question": None}), by=by, now=now) as step:
        _tell_withdrawn(db, step, now)
    return step.request


def nudge(db: Database, request_id: str, *, by: Person, now: datetime) -> ShareRequest:
    """Ask whoever decides how it stands; at most once in two working days. Raises TooSoon with the day it can be."""
    with db.atomic():
        before = check(db, request_id, Verb.NUDGE, by=by, now=now)
        nation = nation_of_holder(db, before)
        last = max((each.at for each in history(db, before.id, private=False) if each.verb in _HEARD), default=now)
        with taking(db, request_id, Verb.NUDGE, by=by, now=now) as step:
            if working_days.since(last, now, nation) < NUDGE_EVERY:
                raise TooSoon(before.id, on=working_days.after(last, NUDGE_EVERY, nation))
            telling.tell_deciders(db, "nudged", step, now=now)
    return step.request


def expire(db: Database, request_id: str, *, now: datetime) -> ShareRequest:
    """End a draft or a return that nobody touched for long; by the program itself."""
    with taking(db, request_id, Verb.EXPIRE, by=None, now=now) as step:
        typed.settled(db, step.request.id, now=now)
        telling.tell(db, "expired", telling.askers(step.request), step, now=now)
        telling.refresh(db, step.request, now=now)
    return step.request


def _tell_withdrawn(db: Database, step: Step, now: datetime) -> None:
    typed.settled(db, step.request.id, now=now)
    if step.before.submitted_at is not None:
        telling.tell_deciders(db, "withdrawn", step, now=now)
    telling.tell(db, "withdrawn_by_author", sorted(step.request.joined), step, now=now)
    telling.refresh(db, step.request, now=now)
