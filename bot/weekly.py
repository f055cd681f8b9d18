"""What is done for stewards from time to time: how ready entries are, and what each steward is told once a week."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from catalogue import drafts, readiness, review, uploads, wanted
from catalogue.chores import Chore
from catalogue.search.find import Search
from catalogue.store import Database

LONDON = ZoneInfo("Europe/London")
FROM, UNTIL = 9, 17


def work_out(db: Database, now: datetime) -> None:
    readiness.refresh(db, now=now)


def tell_stewards(db: Database, now: datetime) -> None:
    """Tell stewards what there is to do this week: once a week, in working hours, so on a Monday at nine."""
    if in_working_hours(now):
        work_out(db, now)
        review.tell_everyone(db, now=now)
        review.tell_of_leavers(db, now=now)


def tell_of_wanted(db: Database, search: Search, now: datetime) -> None:
    """Tell stewards what people asked for and did not find, at the same times."""
    if in_working_hours(now):
        wanted.tell_everyone(db, search, round_=readiness.week_of(now), now=now)


def in_working_hours(now: datetime) -> bool:
    local = now.astimezone(LONDON)
    return local.weekday() < 5 and FROM <= local.hour < UNTIL


def give_up(db: Database, now: datetime) -> None:
    """Have the cards of files say so that nobody works on any more."""
    uploads.give_up(db, now=now)


def forget(db: Database, now: datetime) -> None:
    drafts.forget(db, now=now)
    review.forget(db, now=now)


def chores(search: Search) -> tuple[Chore, ...]:
    """What the worker does for stewards."""
    return (
        Chore("readiness.refresh", timedelta(hours=6), work_out),
        Chore("stewards.tell", timedelta(hours=1), tell_stewards),
        Chore("wanted.tell", timedelta(hours=1), lambda db, now: tell_of_wanted(db, search, now)),
        Chore("uploads.give_up", timedelta(minutes=15), give_up),
        Chore("stewards.forget", timedelta(hours=6), forget),
    )
