"""Posting and claiming notices, as the tests of the outbox do it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from catalogue import outbox
from catalogue.model import Notice
from catalogue.store import Database

SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)


def post(db: Database, key: str, now: datetime, *, channel: str | None = None, **options: Any) -> bool:
    return outbox.post(db, "message", {"text": f"of {key}"}, key=key, channel=channel, now=now, **options)


def claim(db: Database, now: datetime) -> Notice:
    notice = outbox.claim(db, now=now)
    assert notice is not None
    return notice


def state(db: Database, key: str) -> dict[str, Any]:
    return db.query("SELECT * FROM outbox WHERE key = :key", {"key": key})[0]
