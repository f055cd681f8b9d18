"""What is done for stewards from time to time: how ready entries are, and what each steward is told once a week."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from catalogue import drafts, readiness, review
from catalogue.chores import Chore
from catalogue.store import Database

LONDON = ZoneInfo("Europe/London")
FROM, UNTIL = 9, 17


def work_out(db: Database, now: datetime) -> None:
    readiness.refresh(db, now=now)


def tell_stewards(db: Database, now: datetime) -> None:
    """Tell stewards what there is to do this week: once a week, in working hours, so on a Monday at nine."""
    local = now.astimezone(LONDON)
    if local.weekday() < 5 and FROM <= local.hour < UNTIL:
        work_out(db, now)
        review.tell_everyone(db, now=now)
        review.tell_of_leavers(db, now=now)


def forget(db: Database, now: datetime) -> None:
    drafts.forget(db, now=now)
    review.forget(db, now=now)


STEWARDING: tuple[Chore, ...] = (
    Chore("readiness.refresh", timedelta(hours=6), work_out),
    Chore("stewards.tell", timedelta(hours=1), tell_stewards),
    Chore("stewards.forget", timedelta(hours=6), forget),
)
