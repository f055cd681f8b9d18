"""Values as people read them: plain English, no codes, never "None"."""

from __future__ import annotations

import ast
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import words
from bot.slack import request_words
from catalogue import datasets, requests
from catalogue.model import GOVERNMENT, AccessRights, Dataset, PersonalData, Status
from catalogue.search.find import Search
from intents.compare import COMPARED
from tests.fakes.answering import QUESTIONS, Answering

ENTRY = Dataset("a/b", "B")
TELLING = {"tell", "tell_deciders", "_decision"}


@pytest.mark.parametrize(
    ("written", "read"),
    [("2026-03-31", "31 March 2026"), ("2026-03", "March 2026"), ("2026", "2026"), (None, None), ("", None)],
)
def test_a_date_is_read_as_precisely_as_it_is_known(written: str | None, read: str | None) -> None:
    assert words.day(written) == read


@given(st.dates(min_value=date(1, 1, 1)))
def test_every_date_can_be_read(moment: date) -> None:
    assert words.day(moment.isoformat()).startswith(f"{moment.day} ")  # type: ignore[union-attr]


def test_every_kind_of_access_personal_data_and_field_has_words(answering: Answering) -> None:
    assert set(words.ACCESS) == {None, *AccessRights}
    assert set(words.PERSONAL) == {None, *PersonalData}
    shown = [entry for question in QUESTIONS for entry in answering.answer(question).shown]
    assert {match.field for entry in shown for match in entry.matches} <= set(words.FIELDS)


def test_an_open_entry_names_its_licence_and_another_does_not() -> None:
    entry = replace(ENTRY, access_rights=AccessRights.OPEN, licence="OGL-UK-3.0")
    assert words.access(entry) == "Open to everyone (Open Government Licence v3.0)"
    assert "Licence" not in words.access(replace(entry, access_rights=AccessRights.RESTRICTED))
    assert words.access(replace(entry, licence="of my own")) == "Open to everyone"
    assert "not provided" in words.access(ENTRY)


def test_how_fresh_an_entry_is_takes_all_that_is_known() -> None:
    entry = replace(ENTRY, update_frequency="Quarterly", modified="2026-03", last_verified="2026-04-01")
    assert words.freshness(entry) == "updated every quarter, last changed March 2026"
    assert words.updated(entry) == "is updated every quarter and last changed in March 2026"
    assert words.updated(replace(entry, status=Status.WITHDRAWN)).startswith("is no longer updated")
    assert words.updated(ENTRY) == "does not say when it was last updated"
    assert words.freshness(replace(ENTRY, update_frequency="never")) == "no longer updated"
    assert "not provided" in words.freshness(ENTRY)
    assert "not provided" in words.freshness(replace(ENTRY, update_frequency="when the moon is full"))


def test_a_source_says_which_entry_and_when_it_was_checked() -> None:
    entry = replace(ENTRY, source="data.gov.uk", last_verified="2026-04-01")
    assert words.source(entry) == "data.gov.uk entry a/b, checked 1 April 2026"
    assert words.source(ENTRY) == "catalogue entry a/b, no check recorded"


def test_every_field_that_is_compared_has_a_label_and_a_value_in_words() -> None:
    assert set(words.LABELS) == set(COMPARED)
    for field in COMPARED:
        assert words.value(ENTRY, field, None)
        assert "None" not in words.value(ENTRY, field, None)


def test_a_long_title_is_shortened_to_an_acronym_that_no_other_entry_has() -> None:
    long = replace(ENTRY, title="B" * 60, acronyms=("BBB", "BB"))
    other = replace(ENTRY, id="a/c", acronyms=("BBB",))
    assert words.short_name(long, [long, other]) == "BB"
    assert words.short_name(ENTRY, [ENTRY, other]) == "B"


@pytest.mark.parametrize(
    ("temporal", "read"),
    [
        ("2006/2024", "2006 to 2024"),
        ("2006/..", "from 2006"),
        ("../2024", "up to 2024"),
        ("/2024", "up to 2024"),
        ("2024", "2024"),
        (None, None),
    ],
)
def test_a_period_is_read_as_years(temporal: str | None, read: str | None) -> None:
    assert words.period(replace(ENTRY, temporal=temporal)) == read


@given(st.text(), st.text())
def test_no_value_an_entry_may_have_makes_the_words_fail(temporal: str, frequency: str) -> None:
    entry = replace(ENTRY, temporal=temporal, update_frequency=frequency, licence=frequency)
    assert words.freshness(entry)
    words.period(entry)
    words.access(replace(entry, access_rights=AccessRights.OPEN))


@pytest.mark.parametrize(
    ("names", "read"),
    [([], ""), (["a"], "a"), (["a", "b"], "a and b"), (("a", "b", "c"), "a, b and c")],
)
def test_names_are_listed_as_people_list_them(names: list[str], read: str) -> None:
    assert words.listed(names) == read


def test_a_form_of_data_is_named_and_one_that_is_not_known_stays_as_it_is() -> None:
    assert words.form("application/vnd.oasis.opendocument.spreadsheet") == "ODS spreadsheet"
    assert words.form("Text/CSV") == "CSV"
    assert words.form("application/x-unheard-of") == "application/x-unheard-of"


def test_every_form_that_the_sample_has_is_named(sample_catalogue: Search) -> None:
    entries = datasets.everything(sample_catalogue.db, audience=GOVERNMENT)
    types = {part.media_type for entry in entries for part in entry.distributions if part.media_type}
    assert {each for each in types if each not in words.FORMS} == set()


def test_what_somebody_wrote_ends_with_one_full_stop() -> None:
    assert words.ended("not answered") == "not answered."
    for whole in ("For free school meals only.", "cut off…", "Is it?"):
        assert words.ended(whole) == whole


def test_numbers_agree_with_their_noun() -> None:
    assert words.count(1, "entry", "entries") == "1 entry"
    assert words.count(0, "entry", "entries") == "0 entries"
    assert words.count(1200, "answer") == "1,200 answers"


def test_everything_that_is_told_about_a_request_has_a_headline() -> None:
    told = set()
    for path in (Path(requests.__file__).parent).glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            called = getattr(node, "func", None)
            if isinstance(node, ast.Call) and getattr(called, "attr", getattr(called, "id", "")) in TELLING:
                told |= {each.value for each in node.args if isinstance(each, ast.Constant)}
    assert {"submitted", "approved", "ended"} <= told
    assert {str(each) for each in told} <= set(request_words.HAPPENINGS)
