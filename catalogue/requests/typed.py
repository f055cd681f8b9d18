"""What somebody is typing into a step of a request and has not sent yet, so that closing the form loses nothing.

Slack says nothing of what a form held when it is closed, but tells of each change while it is filled in. That is put
aside here, without a line in the history for every letter, and taken into the draft when its author comes back.
"""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from catalogue import clock
from catalogue.entries import canonical
from catalogue.store import Database

LARGEST = 200_000
"""Characters; more than any step holds."""


def keep(db: Database, request_id: str, answers: Mapping[str, Any], *, person: str, at: datetime) -> bool:
    """Put aside what somebody's step holds at this moment; False when something newer was put aside or saved."""
    text = canonical(answers)
    if len(text) > LARGEST:
        return False
    return bool(
        db.execute(
            "INSERT INTO request_typed (request_id, person, answers, at) VALUES (:id, :person, :answers, :at)"
            " ON CONFLICT (request_id) DO UPDATE SET person = excluded.person, answers = excluded.answers,"
            " at = excluded.at WHERE excluded.at > request_typed.at",
            {"id": request_id, "person": person, "answers": text, "at": clock.stamp(at)},
        )
    )


def unsaved(db: Database, request_id: str) -> dict[str, Any]:
    """What was put aside and not saved since."""
    rows = db.query("SELECT answers FROM request_typed WHERE request_id = :id", {"id": request_id})
    found: dict[str, Any] = json.loads(rows[0]["answers"]) if rows else {}
    return found


def settled(db: Database, request_id: str, *, now: datetime) -> None:
    """What was typed until now has been saved or is of no use any more, also what is still on its way here."""
    keep(db, request_id, {}, person="", at=now)
