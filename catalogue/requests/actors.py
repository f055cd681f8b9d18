"""Whose turn it is: always exactly one person, and others who may act in their place.

The author while a request is theirs. Then whoever the decision was handed to, else the dataset's managers, else the
organisation's, else their deputies, else whoever else holds a role for the organisation, else the administrators, with
an alarm. Nobody decides what they asked for themselves, nor does a deputy of theirs.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from catalogue import people
from catalogue.model import Grant, Person, Role
from catalogue.requests.model import Because, NextActor, ShareRequest, Waiting
from catalogue.requests.record import in_reach
from catalogue.requests.states import ENDED, PENDING
from catalogue.store import Database


@dataclass(frozen=True, slots=True)
class Responsible:
    """Everybody with a role now, for telling who is next without asking the database for each request."""

    holders: tuple[tuple[Grant, Person], ...]
    known: dict[str, Person]

    def with_role(self, role: Role, scope: str | None, *, deputies: bool = False) -> list[tuple[Grant, Person]]:
        return [
            (grant, person)
            for grant, person in self.holders
            if grant.role is role and grant.scope == scope and (grant.deputy_for is not None) is deputies
        ]


def responsible(db: Database, *, now: datetime) -> Responsible:
    """Who holds a role at this moment and is active."""
    known = {person.id: person for person in people.everyone(db) if person.is_active and not person.is_guest}
    holders = tuple((grant, person) for person in known.values() for grant in person.grants if grant.holds(now))
    return Responsible(holders, known)


def next_actor(
    db: Database, request: ShareRequest, *, now: datetime, among: Responsible | None = None
) -> NextActor | None:
    """Whose turn it is; None when the request is over. `among` spares looking up everybody's roles again."""
    found = among or responsible(db, now=now)
    if request.state in ENDED:
        return None
    if request.state not in PENDING or request.waiting_for is Waiting.REQUESTER:
        return _author(request, found)
    return decider(request, found)


def _author(request: ShareRequest, found: Responsible) -> NextActor:
    """The author; when they have left, an administrator has to find who takes it over."""
    author = found.known.get(request.author)
    return NextActor(author, Because.AUTHOR) if author else _admins(request, found)


def decider(request: ShareRequest, found: Responsible) -> NextActor:
    """Who decides, whether or not the request waits for them at the moment."""
    delegate = found.known.get(request.delegated_to) if request.delegated_to else None
    if delegate and delegate.id != request.author:
        return NextActor(delegate, Because.DELEGATE)
    for scope, because in (
        (request.dataset_id, Because.DATASET_MANAGER),
        (request.holder, Because.ORGANISATION_MANAGER),
    ):
        managers = _others(found.with_role(Role.MANAGER, scope), request) if scope else []
        deputies = _others(found.with_role(Role.MANAGER, scope, deputies=True), request) if scope else []
        if managers:
            return _first([*managers, *deputies], because)
        if deputies:
            return _first(deputies, Because.DEPUTY)
    stewards = _others(found.with_role(Role.STEWARD, request.holder), request) if request.holder else []
    return _first(stewards, Because.ROLE_HOLDER) if stewards else _admins(request, found)


def _admins(request: ShareRequest, found: Responsible) -> NextActor:
    admins = _others(found.with_role(Role.ADMIN, None), request)
    return _first(admins, Because.ADMIN) if admins else NextActor(None, Because.NOBODY)


def _others(held: Iterable[tuple[Grant, Person]], request: ShareRequest) -> list[tuple[Grant, Person]]:
    """Without the author, and without whoever acts in the author's place."""
    return [
        (grant, person) for grant, person in held if person.id != request.author and grant.deputy_for != request.author
    ]


def _first(held: Sequence[tuple[Grant, Person]], because: Because) -> NextActor:
    persons = list({person.id: person for _grant, person in held}.values())
    return NextActor(persons[0], because, tuple(persons[1:]), held[0][0].deputy_for)


def queue_for(db: Database, person: Person, *, now: datetime) -> list[ShareRequest]:
    """The requests that wait for this person's decision, or that they may decide in somebody's place; oldest first.

    An administrator sees those that wait for nobody else.
    """

    found = responsible(db, now=now)
    waiting = in_reach(db, person, states=sorted(PENDING), now=now)
    return [
        request
        for request in waiting
        if request.waiting_for is not Waiting.REQUESTER
        and any(each.id == person.id for each in decider(request, found).everyone)
    ]
