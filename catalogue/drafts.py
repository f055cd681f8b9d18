"""Edits half-way: what somebody typed while they are asked whether they mean it, or which of two versions to keep."""

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from catalogue import clock
from catalogue.entries import canonical
from catalogue.errors import NotFound
from catalogue.store import Database

KEPT = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Draft:
    """Changes to an entry that are not saved yet. `revision` is the one they were made to."""

    id: str
    person: str
    dataset_id: str
    revision: int
    changes: Mapping[str, Any]


def keep(
    db: Database, dataset_id: str, changes: Mapping[str, Any], *, revision: int, person: str, now: datetime
) -> Draft:
    """Put changes aside for a day; returns them with the id to find them by."""
    draft = Draft(secrets.token_hex(8), person, dataset_id, revision, changes)
    db.execute(
        "INSERT INTO drafts (id, person, dataset_id, revision, changes, saved_at)"
        " VALUES (:id, :person, :dataset_id, :revision, :changes, :now)",
        {
            "id": draft.id,
            "person": person,
            "dataset_id": dataset_id,
            "revision": revision,
            "changes": canonical(changes),
            "now": clock.stamp(now),
        },
    )
    return draft


def find(db: Database, draft_id: str, *, person: str) -> Draft:
    """What this person put aside. Raises NotFound when it is not there, or somebody else's."""
    rows = db.query("SELECT * FROM drafts WHERE id = :id AND person = :person", {"id": draft_id, "person": person})
    if not rows:
        raise NotFound("draft", draft_id)
    row = rows[0]
    return Draft(row["id"], row["person"], row["dataset_id"], row["revision"], json.loads(row["changes"]))


def drop(db: Database, draft_id: str) -> None:
    """Forget a draft, inside the caller's transaction: it was saved."""
    db.execute("DELETE FROM drafts WHERE id = :id", {"id": draft_id})


def forget(db: Database, *, now: datetime) -> None:
    """Remove what nobody came back to."""
    db.execute("DELETE FROM drafts WHERE saved_at < :limit", {"limit": clock.stamp(now - KEPT)})
