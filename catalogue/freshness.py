"""When the next edition of a dataset is due: worked out from how often it is updated and when it last changed.

Holders seldom say when the next one comes, so this is an estimate and is always called one.
"""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta

from catalogue.model import Dataset, Status

MONTHS = {
    "decennial": 120,
    "triennial": 36,
    "biennial": 24,
    "annual": 12,
    "yearly": 12,
    "semiannual": 6,
    "biannual": 6,
    "threetimesayear": 4,
    "termly": 4,
    "quarterly": 3,
    "bimonthly": 2,
    "monthly": 1,
}
DAYS = {"biweekly": 14, "fortnightly": 14, "weekly": 7, "daily": 1}
GRACE = 0.25
"""The share of a period by which an edition may be late before it is called late; at least a day."""


@dataclass(frozen=True, slots=True)
class Due:
    """When the next edition is due, as precise as the date it was worked out from.

    `is_now`: that day has come. `is_late`: it has passed by more than a quarter of the period.
    """

    on: str
    is_now: bool
    is_late: bool


def period_of(update_frequency: str | None) -> str:
    """A frequency as its plain name: `Annual` and the European authority's address for it are `annual`."""
    return re.sub(r"[^a-z-]", "", (update_frequency or "").rstrip("/").rsplit("/", 1)[-1].lower())


def interval_of(period: str) -> int | None:
    """How many days there are about between two editions; 0 when it never stops, None when that is not known."""
    if period in ("continuous", "real-time"):
        return 0
    return MONTHS[period] * 30 if period in MONTHS else DAYS.get(period)


def next_due(dataset: Dataset, *, today: date) -> Due | None:
    """When the next edition is due; None when it cannot be worked out, or none is to come."""
    period = period_of(dataset.update_frequency)
    last = _day(dataset.modified)
    if last is None or dataset.status is Status.WITHDRAWN or dataset.superseded_by:
        return None
    if period in MONTHS:
        due = _months_on(last, MONTHS[period])
    elif period in DAYS:
        due = last + timedelta(days=DAYS[period])
    else:
        return None
    grace = timedelta(days=max(1, int((due - last).days * GRACE)))
    precision = len(dataset.modified or "")
    is_late = _last_day(due, precision) + grace < today
    return Due(due.isoformat()[:precision], due <= today and not is_late, is_late)


def _day(written: str | None) -> date | None:
    """The day that a date names, the first where it names a month or a year; None when it names none."""
    match = re.fullmatch(r"(\d{4})(?:-(\d{2}))?(?:-(\d{2}))?", written or "")
    try:
        return date(*(int(part or 1) for part in match.groups())) if match else None
    except ValueError:
        return None


def _months_on(day: date, months: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    year = min(year, date.max.year)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def _last_day(day: date, precision: int) -> date:
    """The last day that a date of this precision (characters of ISO 8601) may mean."""
    if precision == 4:
        return date(day.year, 12, 31)
    return day.replace(day=monthrange(day.year, day.month)[1]) if precision == 7 else day
