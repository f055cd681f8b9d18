"""Words for a time become the years that they stand for on that day."""

from datetime import date

import pytest

from intents.period import relative_period

IN_AUTUMN = date(2026, 11, 25)


@pytest.mark.parametrize(
    ("text", "years"),
    [
        ("does it cover last winter", "2025-2026"),
        ("anything since the pandemic?", "2020-"),
        ("pre-covid figures too?", "2019"),
        ("during lockdown", "2020-2021"),
        ("the last five years", "2021-2026"),
        ("past 10 years", "2016-2026"),
        ("over the last decade", "2016-2026"),
        ("three years ago", "2023"),
        ("is Q3 in it", "2026"),
        ("last year", "2025"),
        ("this financial year", "2026-2027"),
        ("last school year", "2025-2026"),
        ("who holds it", None),
    ],
)
def test_words_for_a_time_are_years(text: str, years: str | None):
    assert relative_period(text, IN_AUTUMN) == years


@pytest.mark.parametrize(
    ("today", "winter"),
    [(date(2026, 1, 9), "2024-2025"), (date(2026, 7, 1), "2025-2026"), (date(2026, 12, 1), "2025-2026")],
)
def test_last_winter_is_the_one_that_is_over(today: date, winter: str):
    assert relative_period("last winter", today) == winter


def test_the_first_quarter_comes_after_the_last_of_another_year():
    assert relative_period("last quarter", date(2026, 2, 1)) == "2025"
