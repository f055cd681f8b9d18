"""Working days and hours, with the bank holidays of the four nations."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalogue import clock, working_days
from catalogue.model import Organisation

MOMENTS = st.datetimes(datetime(2024, 1, 1), datetime(2030, 12, 31), timezones=st.just(UTC))
NATION = st.sampled_from(working_days.NATIONS)


@pytest.mark.parametrize(
    ("nation", "day"),
    [
        ("E", date(2026, 4, 6)),  # Easter Monday
        ("W", date(2026, 12, 28)),  # in place of Boxing Day, a Saturday
        ("S", date(2026, 1, 2)),
        ("S", date(2026, 6, 15)),  # once only, for the World Cup
        ("S", date(2026, 11, 30)),
        ("NI", date(2026, 3, 17)),
        ("NI", date(2026, 7, 13)),  # in place of 12 July, a Sunday
    ],
)
def test_nobody_works_on_a_bank_holiday_of_their_nation(nation: str, day: date) -> None:
    assert not working_days.is_working(day, nation)


@pytest.mark.parametrize(
    ("nation", "next_"), [("E", date(2026, 12, 25)), ("S", date(2026, 11, 30)), ("NI", date(2026, 12, 25))]
)
def test_the_next_bank_holiday_is_that_of_the_nation_and_not_today(nation: str, next_: date) -> None:
    assert working_days.next_holiday(datetime(2026, 11, 25, 12, tzinfo=UTC), nation) == next_
    on_the_day = datetime(2026, 12, 25, 12, tzinfo=UTC)
    assert working_days.next_holiday(on_the_day, nation) == date(2026, 12, 28)
    assert working_days.next_holiday(datetime(2099, 1, 1, tzinfo=UTC), nation) is None


def test_each_nation_keeps_its_own() -> None:
    assert working_days.is_working(date(2026, 4, 6), "S")  # no Easter Monday
    assert working_days.is_working(date(2026, 11, 30), "E")
    assert working_days.is_working(date(2026, 8, 31), "S")
    assert not working_days.is_working(date(2026, 8, 3), "S")


def test_every_nation_has_its_usual_number_of_bank_holidays_each_year() -> None:
    for nation, usual in (("E", 8), ("W", 8), ("S", 9), ("NI", 10)):
        for year in range(2024, working_days.known_until() + 1):
            days = [day for day in working_days.bank_holidays()[nation] if day.year == year]
            assert len(days) == usual + ((nation, year) == ("S", 2026))
            assert all(day.weekday() < 5 for day in days)


def easter(year: int) -> date:
    """Easter Sunday by the anonymous Gregorian rule (Butcher's, 1876)."""
    a, b, c = year % 19, year // 100, year % 100
    d, e = divmod(b, 4)
    g = (8 * b + 13) // 25
    h = (19 * a + b - d - g + 15) % 30
    i, k = divmod(c, 4)
    m = (32 + 2 * e + 2 * i - h - k) % 7
    n = (a + 11 * h + 22 * m) // 451
    month, day = divmod(h + m - 7 * n + 114, 31)
    return date(year, month, day + 1)


def by_rule(year: int, nation: str) -> set[date]:
    """A nation's bank holidays by schedule 1 of the Banking and Financial Dealings Act 1971 and the proclamations that
    are made every year: a day at a weekend is kept on the next weekday that is none."""

    def monday(month: int, *, last: bool) -> date:
        mondays = [day for each in range(1, 32) if (day := date(year, month, each)).weekday() == 0]
        return mondays[-1 if last else 0]

    fixed = [date(year, 1, 1), *([date(year, 1, 2)] if nation == "S" else []), date(year, 12, 25), date(year, 12, 26)]
    fixed += [date(year, 3, 17), date(year, 7, 12)] if nation == "NI" else []
    fixed += [date(year, 11, 30)] if nation == "S" else []
    kept = {monday(5, last=False), monday(5, last=True), monday(8, last=nation != "S")}
    kept.add(easter(year) - timedelta(days=2))
    if nation != "S":
        kept.add(easter(year) + timedelta(days=1))
    for day in fixed:
        while day.weekday() > 4 or day in kept:
            day += timedelta(days=1)
        kept.add(day)
    return kept


@pytest.mark.parametrize("year", range(2024, working_days.known_until() + 1))
@pytest.mark.parametrize("nation", working_days.NATIONS)
def test_bank_holidays_are_those_of_the_rule_and_of_what_is_proclaimed_once(nation: str, year: int) -> None:
    once = {date(2026, 6, 15)} if (nation, year) == ("S", 2026) else set()
    listed = {day for day in working_days.bank_holidays()[nation] if day.year == year}
    assert listed == by_rule(year, nation) | once


def test_bank_holidays_are_known_for_years_to_come() -> None:
    assert working_days.known_until() >= clock.now().year + 2


@given(MOMENTS, st.timedeltas(timedelta(), timedelta(days=400)), NATION)
def test_working_days_are_those_that_one_counts_on_a_calendar(start: datetime, wait: timedelta, nation: str) -> None:
    first, last = clock.london(start).date(), clock.london(start + wait).date()
    days = (first + timedelta(days=n) for n in range(1, (last - first).days + 1))
    assert working_days.since(start, start + wait, nation) == sum(working_days.is_working(day, nation) for day in days)


@given(MOMENTS, st.integers(0, 60), NATION)
def test_after_so_many_working_days_so_many_have_passed(start: datetime, days: int, nation: str) -> None:
    reached = datetime.combine(working_days.after(start, days, nation), datetime.min.time(), tzinfo=clock.LONDON)
    end = max(start, reached)
    assert working_days.since(start, end, nation) == days
    if days:
        assert working_days.since(start, reached - timedelta(days=1), nation) < days


@given(MOMENTS, NATION)
def test_the_next_working_time_is_one(now: datetime, nation: str) -> None:
    next_time = working_days.next_working_time(now, nation)
    assert next_time >= now
    assert working_days.is_working_time(next_time, nation)
    if working_days.is_working_time(now, nation):
        assert next_time == now
    else:
        assert clock.london(next_time).hour == 9


def test_nine_o_clock_is_nine_by_the_clock_on_the_wall_all_year() -> None:
    friday_before_summer_time = datetime(2026, 3, 27, 20, 0, tzinfo=UTC)
    assert working_days.next_working_time(friday_before_summer_time, "E") == datetime(2026, 3, 30, 8, 0, tzinfo=UTC)
    friday_before_winter_time = datetime(2026, 10, 23, 20, 0, tzinfo=UTC)
    assert working_days.next_working_time(friday_before_winter_time, "E") == datetime(2026, 10, 26, 9, 0, tzinfo=UTC)


def test_a_body_of_one_nation_keeps_its_bank_holidays() -> None:
    assert working_days.nation_of(Organisation("sg", "Scottish Government", nations=("S",))) == "S"
    assert working_days.nation_of(Organisation("dft", "Department for Transport", nations=("E", "W"))) == "E"
    assert working_days.nation_of(None) == "E"
