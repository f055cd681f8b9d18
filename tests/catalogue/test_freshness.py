"""When the next edition is due: an estimate from the frequency and the last change, as precise as that is."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalogue.freshness import Due, next_due
from catalogue.model import Dataset, Status

ENTRY = Dataset("a/b", "B")
AUTHORITY = "http://publications.europa.eu/resource/authority/frequency"
TODAY = date(2026, 11, 25)


@pytest.mark.parametrize(
    ("frequency", "modified", "due"),
    [
        ("monthly", "2026-11-10", Due("2026-12-10", is_now=False, is_late=False)),
        ("monthly", "2026-10-20", Due("2026-11-20", is_now=True, is_late=False)),
        ("monthly", "2026-07-17", Due("2026-08-17", is_now=False, is_late=True)),
        ("Annual", "2025-12", Due("2026-12", is_now=False, is_late=False)),
        ("annual", "2025-11", Due("2026-11", is_now=True, is_late=False)),
        ("annual", "2024", Due("2025", is_now=False, is_late=True)),
        ("threeTimesAYear", "2026-08-31", Due("2026-12-31", is_now=False, is_late=False)),
        ("quarterly", "2026-11-30", Due("2027-02-28", is_now=False, is_late=False)),
        ("weekly", "2026-11-20", Due("2026-11-27", is_now=False, is_late=False)),
        (f"{AUTHORITY}/ANNUAL", "2026-01-01", Due("2027-01-01", is_now=False, is_late=False)),
    ],
)
def test_the_next_edition_is_due_one_period_after_the_last_change(frequency: str, modified: str, due: Due) -> None:
    assert next_due(replace(ENTRY, update_frequency=frequency, modified=modified), today=TODAY) == due


@pytest.mark.parametrize("frequency", ["continuous", "irregular", "never", "as needed", "when the moon is full", None])
def test_nothing_is_due_where_no_period_is_known(frequency: str | None) -> None:
    assert next_due(replace(ENTRY, update_frequency=frequency, modified="2026-01-01"), today=TODAY) is None


def test_nothing_is_due_without_a_last_change_or_once_withdrawn_or_replaced() -> None:
    entry = replace(ENTRY, update_frequency="annual", modified="2026-01-01")
    assert next_due(replace(entry, modified=None), today=TODAY) is None
    assert next_due(replace(entry, status=Status.WITHDRAWN), today=TODAY) is None
    assert next_due(replace(entry, superseded_by="a/c"), today=TODAY) is None


@given(st.text() | st.dates().map(date.isoformat), st.sampled_from(["annual", "daily", "decennial", "monthly"]))
def test_no_date_an_entry_may_have_makes_it_fail(modified: str, frequency: str) -> None:
    next_due(replace(ENTRY, update_frequency=frequency, modified=modified), today=TODAY)
