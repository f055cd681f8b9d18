"""Who answers for an entry: its organisation's stewards, else who has another role there, else the administrators.

The first rung with somebody who can be reached is taken, so that nothing that is said to a steward is said to nobody.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from catalogue import people
from catalogue.model import Person, Role
from catalogue.store import Database


@dataclass(frozen=True, slots=True)
class Keepers:
    """Who is to be told, and by which rung they were found: `steward`, `holder` of another role there, or `admin`."""

    people: tuple[Person, ...]
    rung: str


def keepers(
    db: Database,
    publisher: str | None,
    *,
    dataset_id: str | None = None,
    now: datetime,
    but: Sequence[str] = (),
    above_stewards: bool = False,
) -> Keepers:
    """Who answers for an organisation's entries, or for one of them. `but`: ids of people who are passed over.

    `above_stewards` begins at the second rung: for what a steward says is not theirs.
    """
    scopes = frozenset(scope for scope in (publisher, dataset_id) if scope)
    everybody = [person for person in people.with_roles(db, now=now) if _is_reachable(person) and person.id not in but]
    rungs = {
        "steward": [] if above_stewards else [each for each in everybody if _has(each, Role.STEWARD, scopes, now)],
        "holder": [each for each in everybody if _has(each, Role.MANAGER, scopes, now)],
        "admin": [each for each in everybody if _has(each, Role.ADMIN, None, now)],
    }
    rung = next((name for name, found in rungs.items() if found), "admin")
    return Keepers(tuple(rungs[rung]), rung)


def stewards(db: Database, *, now: datetime) -> dict[str, tuple[str, ...]]:
    """Everybody who looks after entries now, with the scopes for which they do."""
    found: dict[str, tuple[str, ...]] = {}
    for person in people.with_roles(db, now=now):
        scopes = tuple(grant.scope for grant in person.grants if grant.role is Role.STEWARD and grant.holds(now))
        if scopes and _is_reachable(person):
            found[person.id] = tuple(scope for scope in scopes if scope)
    return found


def _is_reachable(person: Person) -> bool:
    return person.is_active and not person.is_guest


def _has(person: Person, role: Role, scopes: frozenset[str] | None, now: datetime) -> bool:
    return any(
        grant.role is role and grant.holds(now) and (scopes is None or grant.scope in scopes) for grant in person.grants
    )
