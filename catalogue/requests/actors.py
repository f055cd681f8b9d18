"""Whose turn it is: always exactly one person, and others who may act in their place.

The author while a request is theirs; otherwise whoever decides (`deciders.py`).
"""

from collections.abc import Sequence
from datetime import datetime

from catalogue.model import Person
from catalogue.requests.deciders import Responsible, active, admins, decider, responsible
from catalogue.requests.model import Because, NextActor, ShareRequest, Waiting
from catalogue.requests.record import load_many, outlines_in_reach
from catalogue.requests.states import PENDING
from catalogue.store import Database


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
    return NextActor(author, Because.AUTHOR) if author else admins(request, found)


def next_actors(db: Database, wanted: Sequence[ShareRequest], *, now: datetime) -> dict[str, NextActor | None]:
    """Whose turn each of these requests is, by its id."""
    found = responsible(db, now=now)
    return {request.id: next_actor(db, request, now=now, among=found) for request in wanted}


def queue_for(db: Database, person: Person, *, now: datetime) -> list[ShareRequest]:
    """The requests that wait for this person's decision, or that they may decide in somebody's place; oldest first.

    An administrator sees those that wait for nobody else.
    """
    found = responsible(db, now=now)
    waiting = outlines_in_reach(db, person, states=sorted(PENDING), now=now)
    own = [each.id for each in waiting if any(one.id == person.id for one in decider(db, each, found).everyone)]
    return load_many(db, own)
