"""Who is told what of a harvest, inside its transaction: that it stopped, what is to be decided, what is gone."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from catalogue import outbox, people
from catalogue.harvest import conflicts
from catalogue.harvest.sources import Source
from catalogue.model import Person, Role
from catalogue.responsible import keepers
from catalogue.store import Database

CARDS = 20
"""How many conflicts of one run a steward gets as cards of their own; the rest is told as a number."""
OPEN_REQUESTS = "('draft', 'submitted', 'in_review', 'returned')"


def stopped(db: Database, source: Source, run: str, *, now: datetime) -> None:
    """Tell the administrators and the source's owner that a run waits for them."""
    for person_id in answering(db, source, now=now):
        key = f"harvest.stopped:{run}:{person_id}"
        values = {"source": source.name, "run": run}
        outbox.tell(db, "harvest.stopped", person_id, values, about=run, key=key, now=now)


def answering(db: Database, source: Source, *, now: datetime) -> list[str]:
    """The ids of who answers for a source: its owner, and the administrators."""
    admins = [each.id for each in people.everyone(db) if each.is_active and _is_admin(each, now)]
    return list(dict.fromkeys([*([source.owner] if source.owner else []), *admins]))


def _is_admin(person: Person, now: datetime) -> bool:
    return any(grant.role is Role.ADMIN and grant.holds(now) for grant in person.grants)


def conflicting(db: Database, source: Source, run: str, new: Mapping[str, int], *, now: datetime) -> None:
    """Give each steward a card for every entry in which they have something to decide, and one number for too many."""
    told: dict[str, int] = {}
    for dataset_id, keeper in _kept_by(db, new, now=now):
        told[keeper] = told.get(keeper, 0) + 1
        if told[keeper] <= CARDS:
            about, key = conflicts.about(dataset_id), f"harvest.conflict:{run}:{dataset_id}:{keeper}"
            outbox.tell(db, "harvest.conflict", keeper, {"id": dataset_id}, about=about, key=key, now=now)
    for keeper, count in told.items():
        if count > CARDS:
            values = {"source": source.name, "more": count - CARDS}
            key = f"harvest.conflicts:{run}:{keeper}"
            outbox.tell(db, "harvest.conflicts", keeper, values, about=run, key=key, now=now)


def withdrawn(db: Database, source: Source, run: str, ids: Iterable[str], *, now: datetime) -> None:
    """Tell the stewards what was withdrawn, and everybody whose request for one of these entries is open."""
    gone = sorted(ids)
    by_keeper: dict[str, list[str]] = {}
    for dataset_id, keeper in _kept_by(db, gone, now=now):
        by_keeper.setdefault(keeper, []).append(dataset_id)
    for keeper, theirs in by_keeper.items():
        values = {"source": source.name, "run": run, "ids": theirs[:CARDS], "count": len(theirs)}
        key = f"harvest.withdrawn:{run}:{keeper}"
        outbox.tell(db, "harvest.withdrawn", keeper, values, about=run, key=key, now=now)
    for dataset_id in gone:
        _tell_requesters(db, dataset_id, run, now=now)


def _tell_requesters(db: Database, dataset_id: str, run: str, *, now: datetime) -> None:
    rows = db.query(
        f"SELECT id, author FROM requests WHERE dataset_id = :id AND state IN {OPEN_REQUESTS} ORDER BY number",
        {"id": dataset_id},
    )
    for row in rows:
        values = {"id": dataset_id, "request": row["id"]}
        key = f"harvest.request:{run}:{row['id']}"
        outbox.tell(db, "harvest.request", row["author"], values, about=row["id"], key=key, now=now)


def _kept_by(db: Database, ids: Iterable[str], *, now: datetime) -> Iterable[tuple[str, str]]:
    """Each entry with each person who answers for it."""
    known: dict[str | None, tuple[str, ...]] = {}
    for dataset_id in ids:
        rows = db.query("SELECT publisher FROM datasets WHERE id = :id", {"id": dataset_id})
        publisher = rows[0]["publisher"] if rows else None
        if publisher not in known:
            known[publisher] = tuple(person.id for person in keepers(db, publisher, now=now).people)
        yield from ((dataset_id, keeper) for keeper in known[publisher])
