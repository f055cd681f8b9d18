"""What a person in Slack has seen before, so that they are greeted once and only a Home that is looked at is kept new.

Kept by the person's number in Slack, since they may come before the record knows them.
"""

from datetime import datetime

from catalogue import clock
from catalogue.store import Database

GREETING = "greeting"
HOME = "home"


def first(db: Database, slack_id: str, what: str, *, now: datetime) -> bool:
    """Note that somebody comes to something, inside the caller's transaction. True the first time."""
    return bool(
        db.execute(
            "INSERT INTO visits (slack_id, what, at) VALUES (:slack_id, :what, :now)"
            " ON CONFLICT (slack_id, what) DO NOTHING",
            {"slack_id": slack_id, "what": what, "now": clock.stamp(now)},
        )
    )


def has_seen(db: Database, person_id: str, what: str) -> bool:
    """Whether somebody, by the record's id or their number in Slack, has come to it before."""
    return bool(
        db.query(
            "SELECT 1 FROM visits WHERE what = :what AND (slack_id = :person"
            " OR slack_id = (SELECT slack_id FROM people WHERE id = :person))",
            {"person": person_id, "what": what},
        )
    )
