"""Working days and hours in the four nations: Monday to Friday, without bank holidays, 9 to 5 by London's clock.

The bank holidays are data (`data/bank_holidays.csv`): GOV.UK's list (gov.uk/bank-holidays) until 2028, as far as it is
published, then 2029 and 2030 by the rules of the Banking and Financial Dealings Act 1971. After the last year in it
only weekends are known; `known_until` says so, and `whoholds check` warns in good time.
"""

import csv
import io
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from importlib.resources import files

from catalogue import clock
from catalogue.model import Organisation

FILE = files("catalogue") / "data" / "bank_holidays.csv"
NATIONS = ("E", "W", "S", "NI")
STARTS, ENDS = time(9), time(17)


@lru_cache(maxsize=1)
def bank_holidays() -> dict[str, frozenset[date]]:
    """The bank holidays of each nation."""
    found: dict[str, set[date]] = {nation: set() for nation in NATIONS}
    for row in csv.DictReader(io.StringIO(FILE.read_text(encoding="utf-8"), newline="")):
        for nation in row["nations"].split(";"):
            found[nation].add(date.fromisoformat(row["date"]))
    return {nation: frozenset(days) for nation, days in found.items()}


def known_until() -> int:
    """The last year whose bank holidays are known."""
    return max(day.year for days in bank_holidays().values() for day in days)


def nation_of(body: Organisation | None) -> str:
    """Whose bank holidays a body keeps: its own nation's when it serves only that one, else England's."""
    nations = body.nations if body else ()
    return nations[0] if len(nations) == 1 and nations[0] in NATIONS else "E"


def is_working(day: date, nation: str) -> bool:
    return day.weekday() < 5 and day not in bank_holidays()[nation]


def next_holiday(now: datetime, nation: str) -> date | None:
    """The next bank holiday after today, by London's date; None when none is known."""
    today = clock.london(now).date()
    return min((day for day in bank_holidays()[nation] if day > today), default=None)


def since(start: datetime, now: datetime, nation: str) -> int:
    """How many working days have begun after the day of `start`, up to the day of `now`, by London's dates.

    What comes in on a Friday has waited one working day on Monday.
    """
    first, last = clock.london(start).date(), clock.london(now).date()
    weeks, rest = divmod(max((last - first).days, 0), 7)
    days = weeks * 5 + sum((first + timedelta(days=weeks * 7 + n)).weekday() < 5 for n in range(1, rest + 1))
    return days - sum(first < day <= last and day.weekday() < 5 for day in bank_holidays()[nation])


def after(start: datetime, days: int, nation: str) -> date:
    """The date on which so many working days have passed since `start`."""
    day = clock.london(start).date()
    while days > 0:
        day += timedelta(days=1)
        days -= is_working(day, nation)
    return day


def is_working_time(now: datetime, nation: str) -> bool:
    """Whether people are at work at this moment."""
    here = clock.london(now)
    return is_working(here.date(), nation) and STARTS <= here.time() < ENDS


def next_working_time(now: datetime, nation: str) -> datetime:
    """This moment, if people are at work; else nine o'clock of the next working day."""
    here = clock.london(now)
    if is_working(here.date(), nation) and here.time() < ENDS:
        start = here.replace(hour=STARTS.hour, minute=0, second=0, microsecond=0)
        return max(now, start.astimezone(now.tzinfo))
    day = after(now, 1, nation)
    return datetime.combine(day, STARTS, tzinfo=clock.LONDON).astimezone(now.tzinfo)
