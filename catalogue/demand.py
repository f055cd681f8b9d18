"""Questions nobody could answer, and collections that were checked before anybody was asked.

What is missing is known by what is asked for. A collection that is checked here first may not be needed: how many were
checked and how many were given up is what this saves the frontline.

Kept for a year is what the question was about, not how it was put, and the asker's organisation rather than the asker.
The key that keeps a question from being written twice does not lead back to its message, and goes after a week.
"""

import hashlib
import json
from collections.abc import Sequence
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


@dataclass(frozen=True, slots=True)
class Collections:
    """How many collections were checked here first, of how many the data was held, and how many were given up."""

    checked: int
    held: int
    avoided: int


def check_collection(
    db: Database, subject: str, *, datasets: Sequence[str], organisation: str | None, now: datetime, key: str | None
) -> int:
    """Write down that somebody looked before collecting; `datasets` are what was found. Returns the check's number.

    The same `key` is written once.
    """
    with db.atomic():
        digest = hashlib.sha256(key.encode()).hexdigest() if key else None
        rows = db.query(
            "INSERT INTO collection_checks (key, subject, organisation, datasets, checked_at) VALUES"
            " (:key, :subject, :organisation, :datasets, :now) ON CONFLICT (key) DO UPDATE"
            " SET datasets = excluded.datasets RETURNING number",
            {
                "key": digest,
                "subject": subject[:200],
                "organisation": organisation,
                "datasets": json.dumps(list(datasets)),
                "now": clock.stamp(now),
            },
        )
        return int(rows[0]["number"])


def avoid_collection(db: Database, number: int, *, now: datetime) -> bool:
    """Write down that a collection was given up, once. False when that is known or there was no such check."""
    return bool(
        db.execute(
            "UPDATE collection_checks SET avoided_at = :now WHERE number = :number AND avoided_at IS NULL",
            {"number": number, "now": clock.stamp(now)},
        )
    )


def collections(db: Database) -> Collections:
    """What looking first has come to so far."""
    row = db.query(
        "SELECT COUNT(*) AS checked, COUNT(avoided_at) AS avoided,"
        " COALESCE(SUM(CASE WHEN datasets = '[]' THEN 0 ELSE 1 END), 0) AS held FROM collection_checks"
    )[0]
    return Collections(int(row["checked"]), int(row["held"]), int(row["avoided"]))


def forget(db: Database, *, now: datetime) -> None:
    """Remove what has been kept for long enough."""
    with db.atomic():
        db.execute(
            "UPDATE unanswered SET key = NULL WHERE key IS NOT NULL AND asked_at < :limit",
            {"limit": clock.stamp(now - KEY_KEPT)},
        )
        db.execute("DELETE FROM unanswered WHERE asked_at < :limit", {"limit": clock.stamp(now - KEPT)})
        db.execute(
            "UPDATE collection_checks SET key = NULL, subject = '' WHERE subject <> '' AND checked_at < :limit",
            {"limit": clock.stamp(now - KEPT)},
        )
