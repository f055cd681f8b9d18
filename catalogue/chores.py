"""What has to be done from time to time: once in each period, whichever process comes first."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from catalogue import clock
from catalogue.store import Database


@dataclass(frozen=True, slots=True)
class Chore:
    """Something done every so often. `do` is called with the record and the moment; it must bear being repeated."""

    name: str
    every: timedelta
    do: Callable[[Database, datetime], None]


def take(db: Database, chore: Chore, *, now: datetime) -> bool:
    """Whether the caller is to do the chore now: it is due, and nobody else has taken it."""
    return bool(
        db.execute(
            "INSERT INTO chores (name, due_at) VALUES (:name, :next) ON CONFLICT (name) DO UPDATE"
            " SET due_at = excluded.due_at WHERE chores.due_at <= :now",
            {"name": chore.name, "next": clock.stamp(now + chore.every), "now": clock.stamp(now)},
        )
    )
