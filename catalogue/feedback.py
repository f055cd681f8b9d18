"""Answers that people turned down as not what they meant: a list for a human to go through.

Kept for a year, like what nobody could answer: what the question was about, in a few words, and the asker's
organisation rather than the asker. The key that keeps a click from being written twice does not lead back to it.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from catalogue import clock
from catalogue.store import Database

KEPT = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class Rejected:
    """An answer that was not what was meant: the kind of question it took it for, and the entries it showed."""

    number: int
    intent: str
    subject: str
    datasets: tuple[str, ...]
    organisation: str | None
    at: datetime


def record(
    db: Database,
    intent: str,
    subject: str,
    *,
    datasets: Sequence[str],
    organisation: str | None,
    key: str | None,
    now: datetime,
) -> None:
    """Write down that an answer was turned down. `subject` is content words only. The same `key` is written once."""
    db.execute(
        "INSERT INTO feedback (key, intent, subject, datasets, organisation, at) VALUES"
        " (:key, :intent, :subject, :datasets, :organisation, :now) ON CONFLICT (key) DO NOTHING",
        {
            "key": hashlib.sha256(key.encode()).hexdigest() if key else None,
            "intent": intent,
            "subject": subject[:200],
            "datasets": json.dumps(list(datasets)),
            "organisation": organisation,
            "now": clock.stamp(now),
        },
    )


def waiting(db: Database, *, limit: int = 100) -> list[Rejected]:
    """What nobody has gone through yet, the newest first."""
    rows = db.query(
        "SELECT * FROM feedback WHERE reviewed_at IS NULL ORDER BY number DESC LIMIT :limit", {"limit": limit}
    )
    return [
        Rejected(
            row["number"],
            row["intent"],
            row["subject"],
            tuple(json.loads(row["datasets"])),
            row["organisation"],
            clock.moment(row["at"]),
        )
        for row in rows
    ]


def review(db: Database, number: int, *, now: datetime) -> bool:
    """Take one off the list. False when it is not on it."""
    return bool(
        db.execute(
            "UPDATE feedback SET reviewed_at = :now WHERE number = :number AND reviewed_at IS NULL",
            {"number": number, "now": clock.stamp(now)},
        )
    )


def forget(db: Database, *, now: datetime) -> None:
    """Remove what has been kept for long enough."""
    db.execute("DELETE FROM feedback WHERE at < :limit", {"limit": clock.stamp(now - KEPT)})
