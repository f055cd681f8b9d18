"""What an edit began from, settled by it: a proposal, a review, something people asked for and did not find.

Forms carry where they began as `subject:key` (`proposal:12`). That is a name and no right: what it settles asks for
its own.
"""

import re
from datetime import datetime

from catalogue import outbox, proposals, readiness, review, wanted
from catalogue.errors import AlreadyDecided, NotAllowed, NotFound
from catalogue.model import Dataset, Person
from catalogue.review import Answered
from catalogue.store import Database


def settle(db: Database, origin: str, entry: Dataset, *, by: Person, now: datetime) -> None:
    """Settle what `entry` was saved for, inside the caller's transaction. Settled before, or no more there: nothing."""
    subject, _colon, key = origin.partition(":")
    try:
        if subject == "proposal" and key.isdigit() and proposals.find(db, int(key)).dataset_id == entry.id:
            proposals.settle(db, int(key), by=by, now=now)
        elif subject == "review" and re.fullmatch(r"\d{4}-W\d\d", key):
            review.answer(db, entry.id, Answered.EDITED, round_=key, by=by, now=now)
        elif subject == "demand":
            wanted.held(db, key, entry.id, by=by, now=now)
            outbox.retell(db, wanted.about(readiness.week_of(now), by.id), now=now)
        elif subject == "orphan":
            review.adopt(db, entry.id, by=by, now=now)
    except (AlreadyDecided, NotFound, NotAllowed):
        return
