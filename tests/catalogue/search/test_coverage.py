"""Whether an entry covers a place, years and a grain: yes, partly, no or not stated, and never a guess."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalogue.model import Dataset, PersonalData
from catalogue.search import coverage
from catalogue.search.coverage import Covers
from catalogue.search.places import gazetteer

ENTRY = Dataset("a/b", "B")


@pytest.mark.parametrize(
    ("spatial", "asked", "covers", "has", "lacks"),
    [
        ("England; Wales", "Wales", Covers.YES, (), ()),
        ("England; Wales", "Camden", Covers.YES, (), ()),
        ("England; Wales", "Scotland", Covers.NO, (), ()),
        ("England; Wales", "United Kingdom", Covers.PARTLY, ("England", "Wales"), ("Northern Ireland", "Scotland")),
        ("Great Britain", "United Kingdom", Covers.PARTLY, ("Great Britain",), ("Northern Ireland",)),
        ("England; Scotland; Wales; Northern Ireland", "United Kingdom", Covers.YES, (), ()),
        ("Camden", "Hackney", Covers.NO, (), ()),
        ("Atlantis", "Wales", Covers.NOT_STATED, (), ()),
        (None, "Wales", Covers.NOT_STATED, (), ()),
    ],
)
def test_a_place_is_covered_by_the_places_it_lies_in(
    spatial: str | None, asked: str, covers: Covers, has: tuple[str, ...], lacks: tuple[str, ...]
) -> None:
    place = gazetteer().named(asked)
    assert place
    part = coverage.place(replace(ENTRY, spatial=spatial), place)
    assert (part.covers, part.has, part.lacks) == (covers, has, lacks)


@pytest.mark.parametrize(
    ("temporal", "modified", "asked", "covers", "has"),
    [
        ("2006/2024", None, (2010, 2010), Covers.YES, ()),
        ("2006/2024", None, (2000, 2010), Covers.PARTLY, ("2006 to 2010",)),
        ("2006/2024", None, (2000, 2001), Covers.NO, ()),
        ("2006/2024", None, (2025, 2025), Covers.NO, ()),
        ("2006/2024", None, (2020, None), Covers.YES, ()),
        ("2006/..", "2026-03-01", (2020, None), Covers.YES, ()),
        ("2006/..", "2026-03-01", (2000, None), Covers.PARTLY, ("2006 to 2026",)),
        ("2006/..", "2025-03-01", (2026, 2026), Covers.NOT_STATED, ()),
        ("2006/..", "2025-03-01", (2024, 2026), Covers.PARTLY, ("2024 to 2025",)),
        ("2021", None, (2021, 2021), Covers.YES, ()),
        ("../2024", None, (1850, 1850), Covers.YES, ()),
        (None, None, (2021, 2021), Covers.NOT_STATED, ()),
        ("long ago", None, (2021, 2021), Covers.NOT_STATED, ()),
    ],
)
def test_years_are_covered_by_the_period_and_what_is_not_reached_yet_is_not_stated(
    temporal: str | None, modified: str | None, asked: tuple[int, int | None], covers: Covers, has: tuple[str, ...]
) -> None:
    part = coverage.years(replace(ENTRY, temporal=temporal, modified=modified), *asked)
    assert (part.covers, part.has) == (covers, has)


@pytest.mark.parametrize(
    ("granularity", "personal_data", "asked", "covers"),
    [
        ("ward; local authority", None, "ward", Covers.YES),
        ("local authorities", None, "local authority", Covers.YES),
        ("local authority", None, "ward", Covers.NO),
        ("local authority", None, "region", Covers.PARTLY),
        (None, None, "ward", Covers.NOT_STATED),
        ("pupil record; school", PersonalData.PERSONAL, "person", Covers.YES),
        ("region", PersonalData.AGGREGATE, "person", Covers.NO),
        (None, None, "person", Covers.NOT_STATED),
    ],
)
def test_a_grain_is_given_or_can_be_added_up_or_is_not_stated(
    granularity: str | None, personal_data: PersonalData | None, asked: str, covers: Covers
) -> None:
    assert coverage.grain(replace(ENTRY, granularity=granularity, personal_data=personal_data), asked).covers is covers


def test_grains_are_read_from_the_words_people_use() -> None:
    named = coverage.grains_named("do you have LSOA or ward level, by council and record level?")
    assert [grain for grain, _words in named] == ["lower layer super output area", "ward", "local authority", "person"]


def test_the_sentence_that_mentions_what_is_asked_is_found_and_a_stray_word_is_not_enough() -> None:
    entry = replace(ENTRY, description="It counts pupils. It does not hold private patients or tests.")
    assert coverage.mentions(entry, ["private", "patients"]) == "It does not hold private patients or tests."
    assert coverage.mentions(entry, ["zebras", "lions", "pupils"]) is None
    assert coverage.mentions(entry, []) is None


@given(st.text(max_size=60), st.text(max_size=60), st.integers(1000, 9999), st.none() | st.integers(1000, 9999))
def test_no_entry_and_no_question_makes_it_fail(written: str, granularity: str, first: int, last: int | None) -> None:
    entry = replace(ENTRY, spatial=written, temporal=written, granularity=granularity, summary=written)
    coverage.years(entry, first, last)
    for grain in coverage.GRAINS:
        coverage.grain(entry, grain)
    coverage.grains_named(written)
    coverage.mentions(entry, written.split())
    coverage.place(entry, next(iter(gazetteer().places.values())))
