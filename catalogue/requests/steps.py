"""One step of a request: checked, guarded, written down, audited, told, all in one transaction.

`taking` is the only way in which a request changes after it was started. The UPDATE names the states (and, if given,
the version) from which the verb leads; when it changes no row somebody else was first, and TooLate says who and when.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from catalogue import audit, clock, outbox, rights
from catalogue.entries import canonical
from catalogue.errors import InvalidAnswers, NotAllowed, NotFound, TooLate
from catalogue.model import Person
from catalogue.requests.model import ShareRequest, Waiting
from catalogue.requests.record import history, load, standing_of, thing_of, to_request
from catalogue.requests.states import TRANSITIONS, State, Transition, Verb
from catalogue.rights import DECISIONS, Action, Standing
from catalogue.store import Database

SYSTEM = "whoholds"
LONGEST_NOTE = 4000

_TURN = {
    State.DRAFT: Waiting.REQUESTER,
    State.RETURNED: Waiting.REQUESTER,
    State.SUBMITTED: Waiting.MANAGER,
    State.IN_REVIEW: Waiting.MANAGER,
}
"""Whose turn it is on coming into a state; nobody's in the others."""


@dataclass(frozen=True, slots=True)
class Step:
    """What was just done: the request after it, the place of its event, and by what right."""

    request: ShareRequest
    before: ShareRequest
    place: int
    standing: Standing | None


@dataclass(frozen=True, slots=True)
class Change:
    """What a step writes besides the state: columns of the request, and what its event says.

    `waiting` None leaves whose turn it is to the state. `keeps_answers` puts the answers into the event.
    """

    note: str | None = None
    columns: Mapping[str, Any] = field(default_factory=dict)
    detail: Mapping[str, Any] = field(default_factory=dict)
    waiting: Waiting | None = None
    is_private: bool = False
    keeps_answers: bool = False


@contextmanager
def taking(
    db: Database,
    request_id: str,
    verb: Verb,
    change: Change = Change(),
    *,
    by: Person | None,
    now: datetime,
    version: int | None = None,
) -> Iterator[Step]:
    """Take a step with a request; what the caller does inside belongs to it. `by` None is the program itself.

    Raises NotFound, NotAllowed, InvalidAnswers when words are missing or too long, and TooLate. An administrator who
    acts in the owner's place has to say why, whatever the verb.
    """
    with db.atomic():
        before = load(db, request_id)
        row = TRANSITIONS[verb]
        standing = _allowed(db, before, row, by, now)
        steps_in = standing is Standing.ADMIN and row.action in DECISIONS
        note = noted(change.note, needed=row.needs_note or steps_in)
        request, place = _update(db, before, row, change, now, version)
        _remember(db, before, request, place, verb, change, note, by, now)
        yield Step(request, before, place, standing)
        audit.record(
            db,
            by=by or SYSTEM,
            action=str(row.action or f"request.{verb}"),
            about=request.id,
            detail={"event": place, "before": str(before.state), "after": str(request.state)},
            now=now,
            standing=str(standing) if standing else None,
        )
        for person_id in dict.fromkeys((by.id if by else request.author, request.author)):
            outbox.refresh_home(db, person_id, now=now)


def check(db: Database, request_id: str, verb: Verb, *, by: Person | None, now: datetime) -> ShareRequest:
    """The request, if this person may take this step with it: to be called before anything is said of what they gave.

    Inside a transaction nobody else changes the request from here on, so that what is made of it is not lost.
    Raises NotFound, NotAllowed. `taking` checks the same again.
    """
    db.execute("UPDATE requests SET events = events WHERE id = :id", {"id": request_id.strip().upper()})
    request = load(db, request_id)
    _allowed(db, request, TRANSITIONS[verb], by, now)
    return request


def noted(note: str | None, *, needed: bool) -> str | None:
    """What somebody wrote, trimmed; None when it is nothing. Raises InvalidAnswers."""
    text = (note or "").strip()
    if len(text) > LONGEST_NOTE:
        raise InvalidAnswers({"note": f"Use no more than {LONGEST_NOTE:,} characters."})
    if needed and not text:
        raise InvalidAnswers({"note": "Say why, so that the other side knows what to do."})
    return text or None


def _allowed(db: Database, request: ShareRequest, row: Transition, by: Person | None, now: datetime) -> Standing | None:
    """The right by which; whoever may not even read the request is told that there is none."""
    if by is None or row.action is None:
        if (by is None) != (row.action is None) and row.verb is not Verb.END:
            raise NotAllowed("Only the program itself does this.", action=f"request.{row.verb}", about=request.id)
        return None
    found = standing_of(db, by, row.action, request, now=now)
    if found is None:
        if row.action is Action.JOIN_REQUEST or standing_of(db, by, Action.VIEW_REQUEST, request, now=now) is None:
            raise NotFound("request", request.id)
        thing = thing_of(db, request)
        raise NotAllowed(rights.refusal(by, row.action, thing), action=str(row.action), about=request.id)
    return found


def _update(
    db: Database, before: ShareRequest, row: Transition, change: Change, now: datetime, version: int | None
) -> tuple[ShareRequest, int]:
    """The guarded UPDATE; the request after it and the place of the event. Raises TooLate."""
    after = row.target or before.state
    waiting = change.waiting or (_TURN.get(after, Waiting.NOBODY) if row.target else before.waiting_for)
    columns = {
        **change.columns,
        "state": str(after),
        "waiting_for": str(waiting),
        "changed_at": clock.stamp(now),
        **({"waiting_since": clock.stamp(now)} if waiting is not before.waiting_for or row.target else {}),
    }
    moves = row.target is not None or "answers" in change.columns
    sets = ", ".join(f"{name} = :{name}" for name in columns)
    marks = ", ".join(f"'{state}'" for state in sorted(row.sources))
    seen = "" if version is None else " AND version = :seen"
    rows = db.query(
        f"UPDATE requests SET {sets}, events = events + 1, version = version + {int(moves)}"
        f" WHERE id = :id AND state IN ({marks}){seen} RETURNING *",
        {**columns, "id": before.id, **({} if version is None else {"seen": version})},
    )
    if not rows:
        raise too_late(db, before.id, row.verb)
    return to_request(rows[0]), int(rows[0]["events"])


def too_late(db: Database, request_id: str, verb: Verb) -> TooLate:
    """Who brought the request to where it is now, and when."""
    request = load(db, request_id)
    moved = [event for event in history(db, request_id, private=False) if event.before is not event.after]
    last = moved[-1]
    return TooLate(request_id, state=str(request.state), by=last.by, at=last.at, verb=str(verb))


def _remember(
    db: Database,
    before: ShareRequest,
    request: ShareRequest,
    place: int,
    verb: Verb,
    change: Change,
    note: str | None,
    by: Person | None,
    now: datetime,
) -> None:
    db.execute(
        "INSERT INTO request_events (request_id, place, at, by, verb, before, after, waiting_for, note, is_private,"
        " detail, answers) VALUES (:id, :place, :at, :by, :verb, :before, :after, :waiting_for, :note, :is_private,"
        " :detail, :answers)",
        {
            "id": request.id,
            "place": place,
            "at": clock.stamp(now),
            "by": by.id if by else SYSTEM,
            "verb": str(verb),
            "before": str(before.state),
            "after": str(request.state),
            "waiting_for": str(request.waiting_for),
            "note": note,
            "is_private": int(change.is_private),
            "detail": canonical(change.detail),
            "answers": canonical(request.answers) if change.keeps_answers else None,
        },
    )
