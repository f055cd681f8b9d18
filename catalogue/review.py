"""Reviewing entries: what each steward has to look at this week, their answers, and entries that nobody looks after.

A round is a week. Within it an entry that somebody answered for is not asked of them again. "Not mine" makes the
entry an orphan, as do a contact whose mail comes back and stewards who all left: orphans go to who else has a role in
the organisation (`responsible.py`).
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from catalogue import clock, datasets, editing, outbox, people, readiness
from catalogue.model import NOBODY_READS, Dataset, Person, Role, Status
from catalogue.readiness import week_of
from catalogue.responsible import keepers, stewards
from catalogue.store import Database

KEPT = timedelta(days=400)
PAGE = 50


class Answered(StrEnum):
    RIGHT = "right"
    EDITED = "edited"
    NOT_MINE = "not_mine"
    LATER = "later"


class Why(StrEnum):
    """Why nobody looks after an entry."""

    NOT_MINE = "not_mine"
    BOUNCED = "bounced"


@dataclass(frozen=True, slots=True)
class Orphan:
    """An entry that nobody looks after. `by`: who said that it is not theirs."""

    dataset_id: str
    why: Why
    by: str | None
    found_at: datetime


def about(round_: str, person_id: str) -> str:
    """What messages about one person's round are about."""
    return f"review:{round_}:{person_id}"


def scopes_of(person: Person, *, now: datetime) -> tuple[str, ...]:
    """The organisations and entries that they look after as a steward."""
    held = (grant for grant in person.grants if grant.role is Role.STEWARD and grant.holds(now))
    return tuple(grant.scope for grant in held if grant.scope)


def due(db: Database, person: Person, *, round_: str, now: datetime, limit: int = 1) -> list[Dataset]:
    """The entries this person has to look at in this round, the worst first: longest unchecked, then least ready."""
    found: list[Dataset] = []
    for row in _due_rows(db, person, round_, now, limit=PAGE + limit):
        entry = editing.entry(db, row["dataset_id"], person, now=now)
        if readiness.review_on(entry) <= now.date().isoformat() and entry.status is Status.PUBLISHED:
            found.append(entry)
        if len(found) == limit:
            break
    return found


def count_due(db: Database, person: Person, *, round_: str, now: datetime) -> int:
    """How many they have to look at in this round."""
    which, values = _due(person, round_, now)
    return int(db.query(f"SELECT COUNT(*) AS n {which}", values)[0]["n"]) if which else 0


def count_done(db: Database, person: Person, *, round_: str) -> int:
    """For how many they have answered in this round."""
    rows = db.query(
        "SELECT COUNT(*) AS n FROM reviews WHERE person = :person AND round = :round",
        {"person": person.id, "round": round_},
    )
    return int(rows[0]["n"])


def _due_rows(db: Database, person: Person, round_: str, now: datetime, *, limit: int) -> list[dict[str, Any]]:
    which, values = _due(person, round_, now)
    if not which:
        return []
    order = "ORDER BY r.review_on, r.score, r.dataset_id LIMIT :limit"
    return db.query(f"SELECT r.dataset_id {which} {order}", {**values, "limit": limit})


def _due(person: Person, round_: str, now: datetime) -> tuple[str, dict[str, Any]]:
    """What a person has to look at in a round, as the end of a SELECT with its values; "" when there is nothing."""
    scopes = scopes_of(person, now=now)
    if not scopes:
        return "", {}
    names = {f"s{place}": scope for place, scope in enumerate(scopes)}
    marks = ", ".join(f":{name}" for name in names)
    which = (
        "FROM readiness r LEFT JOIN reviews v ON v.dataset_id = r.dataset_id AND v.person = :person"
        f" AND v.round = :round WHERE v.dataset_id IS NULL AND r.review_on <= :today AND (r.publisher IN ({marks})"
        f" OR r.dataset_id IN ({marks}))"
    )
    return which, {"person": person.id, "round": round_, "today": now.date().isoformat(), **names}


def answer(db: Database, dataset_id: str, answered: Answered, *, round_: str, by: Person, now: datetime) -> None:
    """Take in what a steward says of an entry, once in each round, and have their message go on to the next one.

    Raises NotFound or NotAllowed; then nothing is written.
    """
    with db.atomic():
        if answered in (Answered.RIGHT, Answered.EDITED):
            entry = editing.verify(db, dataset_id, by=by, now=now)
        else:
            entry = editing.allowed(db, dataset_id, by, "entry.verify", now=now)
        readiness.renew(db, entry, now=now)
        db.execute(
            "INSERT INTO reviews (dataset_id, person, round, answer, at) VALUES (:id, :person, :round, :answer, :now)"
            " ON CONFLICT (dataset_id, person, round) DO UPDATE SET answer = excluded.answer, at = excluded.at",
            {
                "id": dataset_id,
                "person": by.id,
                "round": round_,
                "answer": str(answered),
                "now": clock.stamp(now),
            },
        )
        if answered is Answered.NOT_MINE:
            _orphan(db, entry, Why.NOT_MINE, by=by.id, now=now)
        elif answered is not Answered.LATER:
            _settle(db, entry, by=by, now=now)
        outbox.retell(db, about(round_, by.id), now=now)


def tell_everyone(db: Database, *, now: datetime) -> int:
    """Put this week's digest out to every steward who has something to review; returns to how many.

    Repeating it in the same week tells only those who were not told.
    """
    told, round_ = 0, week_of(now)
    for person_id in stewards(db, now=now):
        with db.atomic():
            told += _tell(db, person_id, round_, now)
    return told


def _tell(db: Database, person_id: str, round_: str, now: datetime) -> bool:
    person = people.find(db, person_id)
    if not count_due(db, person, round_=round_, now=now):
        return False
    subject = about(round_, person_id)
    return outbox.tell(
        db, "review.digest", person_id, {"round": round_}, about=subject, key=f"review.digest:{subject}", now=now
    )


# entries that nobody looks after


def note_bounce(db: Database, address: str, *, now: datetime) -> int:
    """Mail to this address came back: entries that give it as their contact are orphans. Returns how many."""
    address = address.strip().lower()
    count = 0
    with db.atomic():
        db.execute(
            "INSERT INTO bounces (address, bounced_at) VALUES (:address, :now) ON CONFLICT (address) DO NOTHING",
            {"address": address, "now": clock.stamp(now)},
        )
        for entry in _naming(db, address):
            if (entry.contact.email or "").lower() == address and entry.status is Status.PUBLISHED:
                _orphan(db, entry, Why.BOUNCED, by=None, now=now)
                readiness.renew(db, entry, now=now)
                count += 1
    return count


def _naming(db: Database, address: str) -> list[Dataset]:
    """The entries in whose text an address occurs."""
    like = "%" + "".join(f"!{each}" if each in "%_!" else each for each in address) + "%"
    rows = db.query("SELECT id FROM datasets WHERE LOWER(entry) LIKE :like ESCAPE '!' ORDER BY id", {"like": like})
    return [entry for row in rows for entry in datasets.get_many(db, [row["id"]], audience=NOBODY_READS)]


def forget_bounce(db: Database, address: str) -> bool:
    """The address works again. False when it was not known as one that does not."""
    return bool(db.execute("DELETE FROM bounces WHERE address = :address", {"address": address.strip().lower()}))


def _orphan(db: Database, entry: Dataset, why: Why, *, by: str | None, now: datetime) -> None:
    """Write down that nobody looks after an entry and tell who else answers for its organisation."""
    db.execute(
        "INSERT INTO orphans (dataset_id, publisher, why, by, found_at) VALUES (:id, :publisher, :why, :by, :now)"
        " ON CONFLICT (dataset_id) DO UPDATE SET publisher = excluded.publisher, why = excluded.why,"
        " by = excluded.by, found_at = excluded.found_at, settled_at = NULL, settled_by = NULL",
        {"id": entry.id, "publisher": entry.publisher, "why": str(why), "by": by, "now": clock.stamp(now)},
    )
    subject = f"orphans:{entry.publisher}"
    but = (by,) if by else ()
    for keeper in keepers(db, entry.publisher, now=now, but=but, above_stewards=True).people:
        key = f"{subject}:{keeper.id}:{week_of(now)}"
        outbox.tell(db, "review.orphans", keeper.id, {"publisher": entry.publisher}, about=subject, key=key, now=now)
    outbox.retell(db, subject, now=now)


def _settle(db: Database, entry: Dataset, *, by: Person, now: datetime) -> None:
    """Somebody looks after it again, inside the caller's transaction."""
    settled = db.execute(
        "UPDATE orphans SET settled_at = :now, settled_by = :by WHERE dataset_id = :id AND settled_at IS NULL",
        {"now": clock.stamp(now), "by": by.id, "id": entry.id},
    )
    if settled:
        outbox.retell(db, f"orphans:{entry.publisher}", now=now)


def adopt(db: Database, dataset_id: str, *, by: Person, now: datetime) -> Dataset:
    """Somebody with a role in the organisation says that the entry is theirs and right."""
    with db.atomic():
        entry = editing.verify(db, dataset_id, by=by, now=now)
        readiness.renew(db, entry, now=now)
        _settle(db, entry, by=by, now=now)
        return entry


def orphans(db: Database, publisher: str | None) -> list[Orphan]:
    """An organisation's entries that nobody looks after, oldest first."""
    rows = db.query(
        "SELECT dataset_id, why, by, found_at FROM orphans WHERE settled_at IS NULL"
        " AND COALESCE(publisher, '') = :publisher ORDER BY found_at, dataset_id",
        {"publisher": publisher or ""},
    )
    return [Orphan(row["dataset_id"], Why(row["why"]), row["by"], clock.moment(row["found_at"])) for row in rows]


def tell_of_leavers(db: Database, *, now: datetime) -> int:
    """Tell who else answers for an organisation that its last steward has left; once a month, until there is one.

    Returns how many organisations are without one.
    """
    looked_after = {scope for scopes in stewards(db, now=now).values() for scope in scopes}
    rows = db.query(
        "SELECT DISTINCT g.scope FROM grants g JOIN datasets d ON d.publisher = g.scope"
        " WHERE g.role = 'steward' AND d.status = 'published'"
    )
    left = sorted(row["scope"] for row in rows if row["scope"] not in looked_after)
    for publisher in left:
        with db.atomic():
            for keeper in keepers(db, publisher, now=now).people:
                key = f"review.leavers:{publisher}:{keeper.id}:{now:%Y-%m}"
                values = {"publisher": publisher}
                outbox.tell(db, "review.leavers", keeper.id, values, about=publisher, key=key, now=now)
    return len(left)


def forget(db: Database, *, now: datetime) -> None:
    """Remove what old rounds were answered."""
    db.execute("DELETE FROM reviews WHERE at < :limit", {"limit": clock.stamp(now - KEPT)})
