"""Requests in the database: rows to values, one request or lists of them, and their history.

`get` is for people and denies by default; `load` is for the program itself. What changes a request is in `steps.py`.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from catalogue import clock, datasets, organisations, rights, working_days
from catalogue.errors import NotAllowed, NotFound
from catalogue.model import Audience, Dataset, Person, Role
from catalogue.requests.deciders import decider, responsible
from catalogue.requests.model import Because, Event, Outline, Share, ShareRequest, ShareState, Step, Waiting
from catalogue.requests.states import TRANSITIONS, State, Verb
from catalogue.rights import Action, Standing, Thing
from catalogue.store import Database

PAGE = 500


class _Everything(Audience):
    """The program itself, which reads entries to know who decides on them."""

    def may_know(self, dataset: Dataset) -> bool:
        return True


EVERYTHING = _Everything(in_government=True)


def load(db: Database, request_id: str) -> ShareRequest:
    """The request, whoever asks. Raises NotFound."""
    rows = db.query("SELECT * FROM requests r WHERE r.id = :id", {"id": request_id.strip().upper()})
    if not rows:
        raise NotFound("request", request_id)
    return to_request(rows[0])


def get(db: Database, request_id: str, *, person: Person | None, now: datetime) -> ShareRequest:
    """The request, if this person may read it. Raises NotFound otherwise: hidden and missing look the same."""
    request = load(db, request_id)
    if standing_of(db, person, Action.VIEW_REQUEST, request, now=now) is None:
        raise NotFound("request", request_id)
    return request


def thing_of(db: Database, request: ShareRequest, *, now: datetime | None = None) -> Thing:
    """The request as rights see it: with its dataset as the entry now reads, while there is one.

    With `now`, whoever holds another role for an organisation that nobody manages then stands as a delegate, while it
    is decided and ever after.
    """
    found = datasets.get_many(db, [request.dataset_id], audience=EVERYTHING)
    thing = Thing(
        dataset=found[0] if found else None,
        organisation=request.holder,
        requester=request.author,
        asking=request.organisation,
        former=request.former,
        parties=request.joined,
        delegate=request.delegated_to,
    )
    if now is None or request.state is State.DRAFT:
        return thing
    actor = decider(db, request, responsible(db, now=now))
    falls_to = actor.person if actor.because is Because.ROLE_HOLDER else None
    return replace(thing, delegate=falls_to.id) if falls_to else thing


def standing_of(
    db: Database, person: Person | None, action: Action, request: ShareRequest, *, now: datetime
) -> Standing | None:
    """How this person stands to the request for an action, None when they may not. A draft is its author's alone."""
    found = rights.standing(person, action, thing_of(db, request, now=now), now=now)
    if request.state is State.DRAFT and (person is None or person.id != request.author):
        return found if action is Action.HAND_OVER_REQUEST or found is Standing.PARTY else None
    return found


def of_person(db: Database, person: Person) -> list[ShareRequest]:
    """The requests that somebody wrote or joined, those still going first, then the newest."""
    rows = db.query(
        "SELECT * FROM requests r WHERE r.author = :person"
        " OR r.id IN (SELECT request_id FROM request_joined WHERE person = :person)"
        " ORDER BY r.state NOT IN ('draft', 'submitted', 'in_review', 'returned'), r.number DESC",
        {"person": person.id},
    )
    return [to_request(row) for row in rows]


def everything(db: Database) -> list[ShareRequest]:
    """Every request, the newest first: for the operator."""
    return [to_request(row) for row in db.query("SELECT * FROM requests ORDER BY number DESC")]


def in_reach(
    db: Database, person: Person, *, states: Sequence[State], now: datetime, decided_since: datetime | None = None
) -> list[ShareRequest]:
    """Requests in these states that somebody's roles or a delegation reach, the longest waiting first.

    Only those decided since a moment, if it is given.
    """
    where, values = reach(person, states, now)
    since = {"since": clock.stamp(decided_since)} if decided_since else {}
    lately = " AND r.decided_at >= :since" if since else ""
    rows = db.query(
        f"SELECT * FROM requests r WHERE {where}{lately} ORDER BY r.waiting_since, r.number", {**values, **since}
    )
    return [to_request(row) for row in rows]


def outlines_in_reach(db: Database, person: Person, *, states: Sequence[State], now: datetime) -> list[Outline]:
    """The same in outline, of those that wait for the other side than the requester."""
    where, values = reach(person, states, now)
    rows = db.query(
        "SELECT r.id, r.dataset_id, r.holder, r.author, r.former, r.joined, r.delegated_to FROM requests r"
        f" WHERE {where} AND r.waiting_for <> 'requester' ORDER BY r.waiting_since, r.number",
        values,
    )
    return [_outline(row) for row in rows]


def _outline(row: Mapping[str, Any]) -> Outline:
    authors = _ids(row["former"]) | {row["author"]}
    concerned = authors | _ids(row["joined"])
    return Outline(row["id"], row["dataset_id"], row["holder"], row["delegated_to"], authors, concerned)


def _ids(text: str) -> frozenset[str]:
    return frozenset() if text == "[]" else frozenset(json.loads(text))


def reach(person: Person, states: Sequence[State], now: datetime) -> tuple[str, dict[str, Any]]:
    """What somebody's roles or a delegation reach, as a condition with its values."""
    grants = [grant for grant in person.grants if grant.holds(now)]
    scopes = {grant.scope for grant in grants if grant.role in (Role.MANAGER, Role.STEWARD) and grant.scope}
    named = {f"state{place}": str(state) for place, state in enumerate(states)}
    among = f"r.state IN ({', '.join(f':{name}' for name in named)})"
    if any(grant.role in (Role.ADMIN, Role.AUDITOR) for grant in grants):
        return among, named
    values = {f"scope{place}": scope for place, scope in enumerate(sorted(scopes))}
    marks = ", ".join(f":{name}" for name in values) or "NULL"
    named_to = f"(r.delegated_to = :person OR r.dataset_id IN ({marks}) OR r.holder IN ({marks}))"
    return f"{among} AND {named_to}", {**named, **values, "person": person.id}


def load_many(db: Database, request_ids: Sequence[str]) -> list[ShareRequest]:
    """The requests with these ids, in their order."""
    values = {f"id{place}": request_id for place, request_id in enumerate(request_ids)}
    marks = ", ".join(f":{name}" for name in values) or "NULL"
    found = {row["id"]: to_request(row) for row in db.query(f"SELECT * FROM requests WHERE id IN ({marks})", values)}
    return [found[request_id] for request_id in request_ids if request_id in found]


def events(db: Database, request: ShareRequest, *, person: Person | None, now: datetime) -> list[Event]:
    """The history of a request as far as this person may read it, oldest first.

    Private notes are for those who may write them, and the auditor; never for whoever wrote or joined the request, also
    when they handed it over.
    """
    if standing_of(db, person, Action.VIEW_REQUEST, request, now=now) is None:
        raise NotFound("request", request.id)
    return history(db, request.id, private=reads_notes(db, person, request, now=now))


def reads_notes(db: Database, person: Person | None, request: ShareRequest, *, now: datetime) -> bool:
    """Whether somebody reads what reviewers write to each other."""
    if person is None or person.id in request.concerned:
        return False
    thing = thing_of(db, request, now=now)
    view = rights.standing(person, Action.VIEW_REQUEST, thing, now=now)
    note = rights.standing(person, Action.NOTE_REQUEST, thing, now=now)
    return note is not None or view is Standing.AUDITOR


def mark_illustrative(db: Database, request_id: str) -> None:
    """Mark a request, and the share that it will become, as one that never happened."""
    db.execute("UPDATE requests SET is_illustrative = 1 WHERE id = :id", {"id": request_id})


def require_notes(db: Database, request_id: str, *, person: Person, now: datetime) -> None:
    """Raises NotFound or NotAllowed unless this person may read all of a request, notes among reviewers included."""
    request = get(db, request_id, person=person, now=now)
    if not reads_notes(db, person, request, now=now):
        sentence = "Only those who decide on a request, and auditors, can have its evidence."
        raise NotAllowed(sentence, action=str(Action.VIEW_REQUEST), about=request.id)


def history(db: Database, request_id: str, *, private: bool) -> list[Event]:
    """Every event of a request, oldest first; private notes, and words among reviewers, only when asked for."""
    rows = db.query(
        "SELECT * FROM request_events WHERE request_id = :id AND is_private <= :private ORDER BY place",
        {"id": request_id, "private": int(private)},
    )
    found = [to_event(row) for row in rows]
    return found if private else [replace(each, note=None) if _among_reviewers(each) else each for each in found]


def _among_reviewers(event: Event) -> bool:
    row = TRANSITIONS.get(event.verb)
    return row is not None and row.among_reviewers


def conditions_of(db: Database, request_id: str) -> dict[str, Any]:
    """What the rules said when the request was started."""
    rows = db.query("SELECT conditions FROM requests WHERE id = :id", {"id": request_id})
    found: dict[str, Any] = json.loads(rows[0]["conditions"])
    return found


def waited(db: Database, request_ids: Sequence[str]) -> dict[str, dict[str, float]]:
    """How many seconds each party was waited for until the data was supplied, by request."""
    values = {f"id{place}": request_id for place, request_id in enumerate(request_ids)}
    marks = ", ".join(f":{name}" for name in values) or "NULL"
    rows = db.query(
        f"SELECT request_id, detail FROM request_events WHERE verb = 'supply' AND request_id IN ({marks})", values
    )
    return {row["request_id"]: json.loads(row["detail"]).get("waited", {}) for row in rows}


def to_request(row: Mapping[str, Any]) -> ShareRequest:
    """The ShareRequest that a row stands for."""
    return ShareRequest(
        id=row["id"],
        dataset_id=row["dataset_id"],
        dataset_title=row["dataset_title"],
        holder=row["holder"],
        author=row["author"],
        organisation=row["organisation"],
        state=State(row["state"]),
        version=row["version"],
        answers=json.loads(row["answers"]),
        facts=json.loads(row["facts"]),
        filled=json.loads(row["filled"]),
        waiting_for=Waiting(row["waiting_for"]),
        question=row["question"],
        delegated_to=row["delegated_to"],
        joined=_ids(row["joined"]),
        former=_ids(row["former"]),
        copied_from=row["copied_from"],
        created_at=clock.moment(row["created_at"]),
        changed_at=clock.moment(row["changed_at"]),
        waiting_since=clock.moment(row["waiting_since"]),
        submitted_at=_moment(row["submitted_at"]),
        decided_at=_moment(row["decided_at"]),
        decided_by=row["decided_by"],
        is_illustrative=bool(row["is_illustrative"]),
    )


def to_event(row: Mapping[str, Any]) -> Event:
    """The Event that a row stands for."""
    return Event(
        request_id=row["request_id"],
        place=row["place"],
        at=clock.moment(row["at"]),
        by=row["by"],
        verb=Verb(row["verb"]),
        before=State(row["before"]) if row["before"] else None,
        after=State(row["after"]),
        waiting_for=Waiting(row["waiting_for"]),
        note=row["note"],
        is_private=bool(row["is_private"]),
        detail=json.loads(row["detail"]),
        answers=json.loads(row["answers"]) if row["answers"] else None,
    )


def share_of(db: Database, request_id: str) -> Share | None:
    """The share that a request became, with the steps to its delivery."""
    rows = db.query("SELECT * FROM shares WHERE request_id = :id", {"id": request_id})
    return _shares(db, rows)[0] if rows else None


def shares_with(db: Database, recipient: str, dataset_id: str) -> list[Share]:
    """What is shared of a dataset with an organisation now, or agreed and not delivered yet."""
    rows = db.query(
        "SELECT * FROM shares WHERE recipient = :recipient AND dataset_id = :dataset AND state <> 'ended'"
        " ORDER BY starts_on, request_id",
        {"recipient": recipient, "dataset": dataset_id},
    )
    return _shares(db, rows)


def shares_in(db: Database, states: Sequence[ShareState]) -> list[Share]:
    """Every share in these states, the newest first; without the steps that led to their delivery."""
    named = {f"state{place}": str(state) for place, state in enumerate(states)}
    marks = ", ".join(f":{name}" for name in named)
    rows = db.query(f"SELECT * FROM shares WHERE state IN ({marks}) ORDER BY starts_on DESC, request_id DESC", named)
    return [_share(row, ()) for row in rows]


def shares_until(db: Database, day: date) -> list[Share]:
    """The shares that have not ended and whose end or review is on this day or before."""
    rows = db.query(
        "SELECT * FROM shares WHERE state <> 'ended' AND (ends_on <= :day OR review_on <= :day) ORDER BY request_id",
        {"day": day.isoformat()},
    )
    return _shares(db, rows)


def _shares(db: Database, rows: Sequence[Mapping[str, Any]]) -> list[Share]:
    ids = {f"id{place}": row["request_id"] for place, row in enumerate(rows)}
    steps: dict[str, list[Step]] = {}
    for page in range(0, len(ids), PAGE):
        some = dict(list(ids.items())[page : page + PAGE])
        marks = ", ".join(f":{name}" for name in some)
        for row in db.query(f"SELECT * FROM share_steps WHERE request_id IN ({marks}) ORDER BY place", some):
            done = _moment(row["done_at"])
            steps.setdefault(row["request_id"], []).append(
                Step(row["step"], Waiting(row["party"]), done, row["done_by"], row["note"])
            )
    return [_share(row, tuple(steps.get(row["request_id"], ()))) for row in rows]


def _share(row: Mapping[str, Any], steps: tuple[Step, ...]) -> Share:
    days = {name: date.fromisoformat(row[name]) if row[name] else None for name in ("ends_on", "review_on")}
    moments = {name: _moment(row[name]) for name in ("accepted_at", "supplied_at", "ended_at")}
    known = {
        "state": ShareState(row["state"]),
        "starts_on": date.fromisoformat(row["starts_on"]),
        "is_illustrative": bool(row["is_illustrative"]),
    }
    return Share(**{**row, **days, **moments, **known, "steps": steps})


def nation_of_holder(db: Database, request: ShareRequest) -> str:
    """Whose bank holidays count for a request: those of the body that holds the data."""
    return working_days.nation_of(organisations.find(db, request.holder) if request.holder else None)


def _moment(stamp: str | None) -> datetime | None:
    return clock.moment(stamp) if stamp else None
