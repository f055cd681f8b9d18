"""The only reader of the time. Everywhere else time is an argument, so that a test can choose it."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")


def now() -> datetime:
    """The present moment, in UTC."""
    return datetime.now(UTC)


def stamp(moment: datetime) -> str:
    """ISO 8601 in UTC with microseconds and Z: as text it sorts in the order of time, on both databases."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def moment(stamp: str) -> datetime:
    """The moment that `stamp` wrote down."""
    return datetime.strptime(stamp, "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=UTC)


def london(moment: datetime) -> datetime:
    """The same moment as a clock in London shows it: for dates, working hours and what people read."""
    return moment.astimezone(LONDON)
