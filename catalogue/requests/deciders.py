"""Who decides on a request: one person, and others who may in their place. Nobody is named who would then be refused.

Whoever the decision was handed to, else the dataset's managers, else the organisation's, else whoever else holds
a role for the organisation, else the administrators, with an alarm. Nobody decides on what they wrote or joined,
handed over or not, nor does a deputy of an author: `rights.py` refuses it, and here they are passed over. While
somebody stands in for a manager, the deputy comes first: the manager is away, and can still decide.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from catalogue import people
from catalogue.errors import NotFound
from catalogue.model import Grant, Person, Role
from catalogue.requests.model import Because, NextActor, Outline, ShareRequest
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
    if delegate and delegate.id not in request.concerned:
        return NextActor(delegate, Because.DELEGATE)
    for scope, because in (
        (request.dataset_id, Because.DATASET_MANAGER),
        (request.holder, Because.ORGANISATION_MANAGER),
    ):
        managers = _others(found.managers(scope), request) if scope else []
        deputies = _others(found.deputies(scope), request) if scope else []
        away = {grant.deputy_for for grant, _person in deputies}
        here = [pair for pair in managers if pair[1].id not in away]
        if here:
            return _first([*here, *deputies, *managers], because)
        if deputies:
            return _first([*deputies, *managers], Because.DEPUTY)
    stewards = _others(found.held.get((Role.STEWARD, request.holder), ()), request) if request.holder else []
    return _first(stewards[:1], Because.ROLE_HOLDER) if stewards else admins(request, found)


def above(request: ShareRequest | Outline, actor: NextActor, found: Responsible) -> list[Person]:
    """Who hears when nobody decides in time: the organisation's managers and stewards, else the administrators."""
    held = [*found.managers(request.holder), *found.held.get((Role.STEWARD, request.holder), ())]
    known = {each.id for each in actor.everyone}
    higher = [person for _grant, person in _others(held, request) if person.id not in known]
    return list(dict.fromkeys(higher)) or list(admins(request, found).everyone)


def admins(request: ShareRequest | Outline, found: Responsible) -> NextActor:
    """An administrator, who has to find somebody; nobody when there is none."""
    admins = _others(found.held.get((Role.ADMIN, None), ()), request)
    return _first(admins, Because.ADMIN) if admins else NextActor(None, Because.NOBODY)


def _others(held: Iterable[tuple[Grant, Person]], request: ShareRequest | Outline) -> list[tuple[Grant, Person]]:
    """Without those who wrote or joined it, and without whoever acts in an author's place."""
    return [
        (grant, person)
        for grant, person in held
        if person.id not in request.concerned and grant.deputy_for not in request.authors
    ]


def _first(held: Sequence[tuple[Grant, Person]], because: Because) -> NextActor:
    persons = list({person.id: person for _grant, person in held}.values())
    return NextActor(persons[0], because, tuple(persons[1:]), held[0][0].deputy_for)
