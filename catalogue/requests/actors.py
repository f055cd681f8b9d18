"""Whose turn it is: always exactly one person, and others who may act in their place.

The author while a request is theirs. Then whoever the decision was handed to, else the dataset's managers, else the
organisation's, else their deputies, else whoever else holds a role for the organisation, else the administrators, with
an alarm. Nobody decides what they asked for themselves, nor does a deputy of theirs.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from catalogue import people
from catalogue.errors import NotFound
from catalogue.model import Grant, Person, Role
from catalogue.requests.model import Because, NextActor, Outline, ShareRequest, Waiting
from catalogue.requests.record import LISTED, load_many, outlines_in_reach
from catalogue.requests.states import PENDING
from catalogue.store import Database


@dataclass(frozen=True, slots=True)
class Responsible:
    """Everybody with a role now, for telling who is next without asking the database for each request."""

    held: Mapping[tuple[Role, str | None], tuple[tuple[Grant, Person], ...]]

    def managers(self, scope: str | None) -> list[tuple[Grant, Person]]:
        """Those who manage it themselves."""
        return [pair for pair in self.held.get((Role.MANAGER, scope), ()) if pair[0].deputy_for is None]

    def deputies(self, scope: str | None) -> list[tuple[Grant, Person]]:
        return [pair for pair in self.held.get((Role.MANAGER, scope), ()) if pair[0].deputy_for is not None]


def responsible(db: Database, *, now: datetime) -> Responsible:
    """Who holds a role at this moment and is active."""
    held: dict[tuple[Role, str | None], tuple[tuple[Grant, Person], ...]] = {}
    for person in people.with_roles(db, now=now):
        for grant in person.grants:
            if grant.sure_until is None or now <= grant.sure_until:
                held[grant.role, grant.scope] = (*held.get((grant.role, grant.scope), ()), (grant, person))
    return Responsible(held)


def next_actor(
    db: Database, request: ShareRequest, *, now: datetime, among: Responsible | None = None
) -> NextActor | None:
    """Whose turn it is; None when it is nobody's. `among` spares looking up everybody's roles again."""
    if request.waiting_for is Waiting.NOBODY:
        return None
    found = among or responsible(db, now=now)
    if request.waiting_for is not Waiting.REQUESTER:
        return decider(db, request, found)
    author = active(db, request.author)
    return NextActor(author, Because.AUTHOR) if author else _admins(request, found)


def next_actors(db: Database, wanted: Sequence[ShareRequest], *, now: datetime) -> dict[str, NextActor | None]:
    """Whose turn each of these requests is, by its id."""
    found = responsible(db, now=now)
    return {request.id: next_actor(db, request, now=now, among=found) for request in wanted}


def active(db: Database, person_id: str | None) -> Person | None:
    """The person, unless they have left, are a guest or are not known."""
    if person_id is None:
        return None
    try:
        person = people.find(db, person_id)
    except NotFound:
        return None
    return person if person.is_active and not person.is_guest else None


def decider(db: Database, request: ShareRequest | Outline, found: Responsible) -> NextActor:
    """Who decides, whether or not the request waits for them at the moment."""
    delegate = active(db, request.delegated_to)
    if delegate and delegate.id != request.author:
        return NextActor(delegate, Because.DELEGATE)
    for scope, because in (
        (request.dataset_id, Because.DATASET_MANAGER),
        (request.holder, Because.ORGANISATION_MANAGER),
    ):
        managers = _others(found.managers(scope), request) if scope else []
        deputies = _others(found.deputies(scope), request) if scope else []
        if managers:
            return _first([*managers, *deputies], because)
        if deputies:
            return _first(deputies, Because.DEPUTY)
    stewards = _others(found.held.get((Role.STEWARD, request.holder), ()), request) if request.holder else []
    return _first(stewards[:1], Because.ROLE_HOLDER) if stewards else _admins(request, found)


def above(request: ShareRequest | Outline, actor: NextActor, found: Responsible) -> list[Person]:
    """Who hears when nobody decides in time: the organisation's managers and stewards, else the administrators."""
    held = [*found.managers(request.holder), *found.held.get((Role.STEWARD, request.holder), ())]
    known = {each.id for each in actor.everyone}
    higher = [person for _grant, person in _others(held, request) if person.id not in known]
    return list(dict.fromkeys(higher)) or list(_admins(request, found).everyone)


def _admins(request: ShareRequest | Outline, found: Responsible) -> NextActor:
    admins = _others(found.held.get((Role.ADMIN, None), ()), request)
    return _first(admins, Because.ADMIN) if admins else NextActor(None, Because.NOBODY)


def _others(held: Iterable[tuple[Grant, Person]], request: ShareRequest | Outline) -> list[tuple[Grant, Person]]:
    """Without the author, and without whoever acts in the author's place."""
    return [
        (grant, person) for grant, person in held if person.id != request.author and grant.deputy_for != request.author
    ]


def _first(held: Sequence[tuple[Grant, Person]], because: Because) -> NextActor:
    persons = list({person.id: person for _grant, person in held}.values())
    return NextActor(persons[0], because, tuple(persons[1:]), held[0][0].deputy_for)


def queue_for(db: Database, person: Person, *, now: datetime, limit: int = LISTED) -> list[ShareRequest]:
    """The requests that wait for this person's decision, or that they may decide in somebody's place; oldest first.

    An administrator sees those that wait for nobody else.
    """
    found = responsible(db, now=now)
    waiting = outlines_in_reach(db, person, states=sorted(PENDING), now=now)
    own = (each.id for each in waiting if any(one.id == person.id for one in decider(db, each, found).everyone))
    return load_many(db, list(islice(own, limit)))
