"""What a person in Slack has seen before, so that they are greeted once, only a Home that is looked at is kept new, and
it stays on the page they turned to.

Kept by the person's number in Slack, since they may come before the record knows them.
"""

from collections.abc import Mapping
from datetime import datetime

from catalogue import clock
from catalogue.store import Database

GREETING = "greeting"
HOME = "home"
PAGE = "page:"
"""Begins the note of a page: `page:requests:2`."""


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


def turn(db: Database, slack_id: str, pages: Mapping[str, int], *, now: datetime) -> None:
    """Note which page of each list of their Home a person looks at; with no pages, the first of each."""
    with db.atomic():
        db.execute(
            "DELETE FROM visits WHERE slack_id = :slack_id AND SUBSTR(what, 1, :n) = :prefix",
            {"slack_id": slack_id, "n": len(PAGE), "prefix": PAGE},
        )
        for section, page in pages.items():
            first(db, slack_id, f"{PAGE}{section}:{page}", now=now)


def pages(db: Database, slack_id: str | None) -> dict[str, int]:
    """The pages last turned to, by section; a section that is not there shows its first."""
    rows = db.query(
        "SELECT what FROM visits WHERE slack_id = :slack_id AND SUBSTR(what, 1, :n) = :prefix",
        {"slack_id": slack_id, "n": len(PAGE), "prefix": PAGE},
    )
    turned = (row["what"].removeprefix(PAGE).rpartition(":") for row in rows)
    return {section: int(page) for section, _colon, page in turned}
