"""Questions nobody could answer: what is missing is known by what is asked for.

Kept for a year is what the question was about, not how it was put, and the asker's organisation rather than the asker.
The key that keeps a question from being written twice does not lead back to its message, and goes after a week.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from catalogue import clock
from catalogue.store import Database

KEPT = timedelta(days=365)
KEY_KEPT = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Gap:
    """A subject that was asked for and not found: how often, by how many organisations, and when last."""

    subject: str
    times: int
    organisations: int
    last_asked: datetime


def record(db: Database, subject: str, *, organisation: str | None, now: datetime, key: str | None = None) -> None:
    """Write down that nobody holds `subject` (content words). The same `key` is written once."""
    db.execute(
        "INSERT INTO unanswered (subject, organisation, asked_at, key) VALUES (:subject, :organisation, :now, :key)"
        " ON CONFLICT (key) DO NOTHING",
        {
            "subject": subject[:200],
            "organisation": organisation,
            "now": clock.stamp(now),
            "key": hashlib.sha256(key.encode()).hexdigest() if key else None,
        },
    )


def gaps(db: Database, *, limit: int = 100) -> list[Gap]:
    """What was asked for and not found, the most widely asked first."""
    rows = db.query(
        "SELECT subject, COUNT(*) AS times, COUNT(DISTINCT COALESCE(organisation, '')) AS organisations,"
        " MAX(asked_at) AS last_asked FROM unanswered GROUP BY subject"
        " ORDER BY organisations DESC, times DESC, last_asked DESC LIMIT :limit",
        {"limit": limit},
    )
    return [Gap(row["subject"], row["times"], row["organisations"], clock.moment(row["last_asked"])) for row in rows]


def forget(db: Database, *, now: datetime) -> None:
    """Remove what has been kept for long enough."""
    with db.atomic():
        db.execute(
            "UPDATE unanswered SET key = NULL WHERE key IS NOT NULL AND asked_at < :limit",
            {"limit": clock.stamp(now - KEY_KEPT)},
        )
        db.execute("DELETE FROM unanswered WHERE asked_at < :limit", {"limit": clock.stamp(now - KEPT)})
