"""Entries that may be the same thing twice: one title, one publisher, more than one source. Shown, never merged.

A steward says of two of them whether they are: what was said is remembered, and they are not shown again.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import combinations, islice
from typing import Any

from catalogue import audit, clock, editing, outbox
from catalogue.errors import AlreadyDecided
from catalogue.model import Dataset, Person
from catalogue.store import Database

_SAME = (
    "SELECT LOWER(title) AS title, publisher FROM datasets WHERE status = 'published' AND publisher IS NOT NULL"
    " GROUP BY LOWER(title), publisher HAVING COUNT(DISTINCT COALESCE(source, '')) > 1"
)


@dataclass(frozen=True, slots=True)
class Alike:
    """Entries that may be one, by id, each with the source it is from (None: brought in by hand)."""

    title: str
    entries: tuple[tuple[str, str | None], ...]


@dataclass(frozen=True, slots=True)
class Pair:
    """Two entries that may be the same thing, by their ids in order."""

    one: str
    other: str
    title: str


def undecided(db: Database, publishers: Sequence[str], *, limit: int = 100) -> list[Pair]:
    """Two and two of these organisations' entries of which nobody has said whether they are the same thing."""
    names = {f"p{place}": slug for place, slug in enumerate(publishers)}
    marks = ", ".join(f":{name}" for name in names) or "NULL"
    rows = db.query(
        "SELECT d.id, d.title, d.source, d.publisher FROM datasets d JOIN"
        f" ({_SAME.replace('publisher IS NOT NULL', f'publisher IN ({marks})')}) s"
        " ON LOWER(d.title) = s.title AND d.publisher = s.publisher WHERE d.status = 'published'"
        " ORDER BY LOWER(d.title), d.publisher, d.id",
        names,
    )
    groups: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for row in rows:
        groups.setdefault((row["title"].lower(), row["publisher"]), []).append(row)
    decided = {(row["one"], row["other"]) for row in db.query("SELECT one, other FROM alike")} if groups else set()
    found = (pair for group in groups.values() for pair in _pairs(group) if (pair.one, pair.other) not in decided)
    return list(islice(found, limit))


def _pairs(group: list[dict[str, Any]]) -> Iterator[Pair]:
    for one, other in combinations(group, 2):
        if one["source"] != other["source"]:
            first, second = sorted((one["id"], other["id"]))
            yield Pair(first, second, one["title"])


def different(db: Database, one: str, other: str, *, by: Person, now: datetime) -> None:
    """They are not the same thing. Raises NotFound, NotAllowed, AlreadyDecided."""
    with db.atomic():
        for dataset_id in (one, other):
            editing.allowed(db, dataset_id, by, "entry.edit", now=now)
        _decide(db, one, other, "different", by=by, now=now)


def same(db: Database, kept: str, dropped: str, *, by: Person, now: datetime) -> Dataset:
    """They are the same thing: `dropped` is withdrawn, and `kept` takes its place. Raises as `different` does."""
    with db.atomic():
        entry = editing.allowed(db, kept, by, "entry.edit", now=now)
        editing.withdraw(db, dropped, successor=kept, by=by, why="The same thing is here twice", now=now)
        _decide(db, kept, dropped, "same", by=by, now=now)
        return entry


def _decide(db: Database, one: str, other: str, decision: str, *, by: Person, now: datetime) -> None:
    first, second = sorted((one, other))
    values = {"one": first, "other": second, "decision": decision, "by": by.id, "at": clock.stamp(now)}
    if not db.execute(
        "INSERT INTO alike (one, other, decision, by, at) VALUES (:one, :other, :decision, :by, :at)"
        " ON CONFLICT (one, other) DO NOTHING",
        values,
    ):
        row = db.query("SELECT by, at FROM alike WHERE one = :one AND other = :other", values)[0]
        raise AlreadyDecided("Whether these are the same thing", by=row["by"], at=row["at"])
    audit.record(db, by=by, action="entry.resolve", about=first, detail={"other": second, "is": decision}, now=now)
    outbox.refresh_home(db, by.id, now=now)


def alike(db: Database, *, source: str | None = None, limit: int = 1000) -> list[Alike]:
    """Up to `limit` groups of possible duplicates, by title; only those with an entry of `source`, if it is given."""
    rows = db.query(
        f"SELECT d.id, d.title, d.source, d.publisher FROM datasets d JOIN ({_SAME}) s"
        " ON LOWER(d.title) = s.title AND d.publisher = s.publisher WHERE d.status = 'published'"
        " ORDER BY LOWER(d.title), d.publisher, d.id"
    )
    groups: dict[tuple[str, str], list[tuple[str, str | None]]] = {}
    titles: dict[tuple[str, str], str] = {}
    for row in rows:
        key = (row["title"].lower(), row["publisher"])
        titles.setdefault(key, row["title"])
        groups.setdefault(key, []).append((row["id"], row["source"]))
    found = [
        Alike(titles[key], tuple(entries))
        for key, entries in groups.items()
        if source is None or any(origin == source for _id, origin in entries)
    ]
    return found[:limit]
