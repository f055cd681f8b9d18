"""What each conversation is about, between two turns: so that a restart does not forget.

The state is JSON that the caller understands: ids of entries and values, no messages. A thread is remembered for 30
days after its last turn; where there are no threads, until an hour of silence.
"""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from catalogue import clock
from catalogue.store import Database

KEPT = timedelta(days=30)
SILENCE = timedelta(hours=1)


def load(db: Database, key: str, *, is_thread: bool, now: datetime) -> Mapping[str, Any]:
    """The state of a conversation; {} when it is new, or was silent for too long."""
    since = now - (KEPT if is_thread else SILENCE)
    rows = db.query(
        "SELECT state FROM conversations WHERE key = :key AND at > :since", {"key": key, "since": clock.stamp(since)}
    )
    return dict(json.loads(rows[0]["state"])) if rows else {}


def save(db: Database, key: str, state: Mapping[str, Any], *, now: datetime) -> None:
    """Remember the state of a conversation, inside the caller's transaction."""
    db.execute(
        "INSERT INTO conversations (key, state, at) VALUES (:key, :state, :now)"
        " ON CONFLICT (key) DO UPDATE SET state = excluded.state, at = excluded.at",
        {"key": key, "state": json.dumps(state, ensure_ascii=False), "now": clock.stamp(now)},
    )


def forget(db: Database, *, now: datetime) -> None:
    """Remove conversations that have ended."""
    db.execute("DELETE FROM conversations WHERE at <= :before", {"before": clock.stamp(now - KEPT)})
