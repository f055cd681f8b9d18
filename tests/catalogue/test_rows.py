"""Mapping a row: whatever it holds, it becomes an entry or says why not; nothing is guessed and nothing gets lost."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catalogue.entries import canonical, to_dataset, to_document
from catalogue.rows import ALIASES, Cleaned, clean
from tests.catalogue.strategies import any_texts, json_like, rows

KNOWN = {"Department for Education": "dfe", "DfE": "dfe", "dfe": "dfe"}


def cleaned(**row: Any) -> Cleaned:
    return clean({"id": "a/b", "title": "Title"} | row, line=7, resolve=KNOWN.get)


def kept(name: str, value: Any) -> Any:
    """What an entry holds after `name` was given as `value`."""
    result = cleaned(**{name: value})
    assert result.document is not None
    return result.document.get(ALIASES.get(name, name))


@settings(deadline=None, max_examples=250)
@given(rows)
def test_any_row_becomes_an_entry_or_is_left_out_with_a_reason(row: dict[Any, Any]) -> None:
    result = clean(row, line=3, resolve=KNOWN.get)
    assert all(fault.line == 3 and fault.reason for fault in result.faults)
    left_out = [fault for fault in result.faults if fault.left_out]
    assert (result.document is None) == bool(left_out)
    if result.document is None:
        assert {fault.column for fault in left_out} <= {"title", "id"}
        return
    assert result.document["id"] and result.document["title"]
    text = canonical(result.document)
    assert "\\u0000" not in text
    assert text.encode("utf-8")  # no lone surrogate, which no database takes
    assert json.loads(text, parse_constant=pytest.fail) == result.document
    assert not set(result.cleared) & set(result.document)
    entry = to_dataset(result.document)
    assert to_dataset(to_document(entry)) == entry


@settings(deadline=None, max_examples=250)
@given(rows, any_texts)
def test_cleaning_what_is_clean_changes_nothing(row: dict[Any, Any], title: str) -> None:
    first = clean({"title": title} | row, line=1, resolve=KNOWN.get).document
    if first is None:
        return
    for again in (first, to_document(to_dataset(first)), json.loads(canonical(first))):
        second = clean(again, line=1, resolve=KNOWN.get)
        assert second.document == first
        assert second.faults == []
        assert canonical(second.document) == canonical(first)


@settings(deadline=None, max_examples=120)
@given(st.dictionaries(any_texts.filter(lambda name: name not in ("id", "title")), json_like, max_size=5))
def test_fields_that_nobody_knows_are_kept_and_named(row: dict[str, Any]) -> None:
    result = clean({"id": "a/b", "title": "Title", "extras": {"kept": 1}} | row, line=1, resolve=KNOWN.get)
    assert result.document is not None
    if "kept" not in row and "extras" not in row:
        assert result.document["extras"]["kept"] == 1
    assert set(result.unknown) <= set(result.document.get("extras", {}))


@pytest.mark.parametrize(
    "value",
    [{"deep": [[[[[[["x"]]]]]]]}, "x" * 100_000, [0.5, True, None, 2**60, 10**5000], 1e999],
    ids=["deep", "long", "numbers", "infinite"],
)
def test_what_is_kept_aside_is_bounded(value: Any) -> None:
    result = cleaned(mystery=value)
    assert result.unknown == ["mystery"]
    assert result.document is not None
    assert len(canonical(result.document)) < 3_000


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("id", " moj/court  cases ", "moj/court-cases"),
        ("superseded_by", "moj/court cases", "moj/court-cases"),
        ("title", " <b>Pupils</b>\nand  schools ", "Pupils and schools"),
        ("summary", "<p>One</p><p>Two</p>", "One\n\nTwo"),
        ("keywords", "a; b|c\nd;;a", ["a", "b", "c", "d"]),
        ("keywords", '["a; b", "c"]', ["a; b", "c"]),
        ("tags", [{"name": "a"}, {"display_name": "b"}, None, "a"], ["a", "b"]),
        ("accessLevel", "non-public", "INTERNAL"),
        ("accessRights", "Public", "OPEN"),
        ("securityClassification", "Top Secret", "TOP_SECRET"),
        ("personal_data", "Special category", "special_category"),
        ("issued", "31/3/2026", "2026-03-31"),
        ("issued", "2026-03-31T10:00:00Z", "2026-03-31"),
        ("issued", "2026-03-31 10:00:00+01:00", "2026-03-31"),
        ("issued", "2026-03", "2026-03"),
        ("issued", 2026, "2026"),
        ("lead_time_days", "20", 20),
        ("lead_time_days", 0, 0),
        ("contactPoint", {"fn": "Team", "hasEmail": "a@example.gov.uk"}, {"name": "Team", "email": "a@example.gov.uk"}),
        ("contact", "Data team", {"name": "Data team"}),
        ("contact", '[{"contactName": "Data team"}]', {"name": "Data team"}),
        ("formats", ["CSV", "PDF"], [{"title": "CSV"}, {"title": "PDF"}]),
        ("distributions", '[{"title": "CSV", "downloadURL": "https://x"}]', [{"title": "CSV", "url": "https://x"}]),
        ("publisher", "Department for Education", "dfe"),
        ("publisher", "Nobody Knows Ltd", "Nobody Knows Ltd"),
        ("creator", ["DfE", "dfe", "Someone"], ["dfe", "Someone"]),
        ("licence", ["OGL", "v3"], "OGL; v3"),
        ("status", "withdrawn", "withdrawn"),
        ("visibility", "Named", "named"),
    ],
)  # fmt: skip
def test_a_value_is_kept_in_one_form_however_it_was_written(name: str, value: Any, expected: Any) -> None:
    assert kept(name, value) == expected
    assert cleaned(**{name: value}).faults == []


@pytest.mark.parametrize(
    ("name", "value", "reason"),
    [
        ("issued", "yesterday", "“yesterday” is not a date. Write it as 2026-03-31."),
        ("issued", "31/13/2026", "is not a date"),
        ("issued", "2026-02-30", "is not a date"),
        ("issued", "2024 to 2025", "is not a date"),
        ("issued", "٢٠٢٦", "is not a date"),
        ("issued", "0000", "is not a date"),
        ("access_rights", "ask Bob", "“ask Bob” is not one of OPEN, RESTRICTED, INTERNAL, COMMERCIAL."),
        ("lead_time_days", "two weeks", "whole number of days"),
        ("lead_time_days", -1, "whole number of days"),
        ("lead_time_days", "9" * 5000, "whole number of days"),
        ("keywords", [str(n) for n in range(201)], "more than 200 items"),
        ("summary", {"en": "x"}, "should be text"),
        pytest.param("summary", 10**5000, "should be text", id="a number of 5,000 digits"),
        ("summary", float("nan"), "should be text"),
        ("distributions", "[{]", "not well-formed JSON"),
        pytest.param("distributions", "[" * 100_000, "not well-formed JSON", id="100,000 brackets"),
        ("contact", {"name": {"first": "x"}}, "should be text"),
        ("id", "x" * 301, "at most 300 characters"),
    ],
)
def test_a_value_that_cannot_be_understood_is_set_aside_and_the_row_kept(name: str, value: Any, reason: str) -> None:
    result = cleaned(**{name: value})
    (fault,) = result.faults
    assert reason in fault.reason
    assert (fault.line, fault.column, fault.left_out) == (7, name, False)
    assert result.document is not None
    assert name in result.document["extras"]
    assert name not in result.cleared
    assert name == "id" or name not in result.document


def test_an_entry_whose_visibility_is_unclear_is_hidden_rather_than_shown() -> None:
    result = cleaned(visibility="goverment only")
    assert result.document is not None
    assert (result.document["visibility"], result.document["extras"]) == ("named", {"visibility": "goverment only"})
    assert "shown to nobody" in result.faults[0].reason


@pytest.mark.parametrize("empty", [None, "", [], {}, (), "   ", "\x00", "<p></p>", "\u200b"])
def test_an_empty_field_is_one_to_clear_and_a_missing_one_is_not(empty: Any) -> None:
    result = cleaned(summary=empty)
    assert result.document is not None
    assert "summary" not in result.document
    assert (result.cleared, result.faults) == (("summary",), [])
    assert cleaned().cleared == ()


def test_the_usual_status_and_visibility_are_known_by_their_absence() -> None:
    result = cleaned(status="published", visibility="public")
    assert result.document == {"id": "a/b", "title": "Title"}
    assert result.cleared == ("status", "visibility")


@pytest.mark.parametrize("title", [None, "", " ", "<p></p>", {"en": "x"}, ["a", 1]])
def test_a_row_without_a_title_is_left_out(title: Any) -> None:
    result = cleaned(title=title)
    assert result.document is None
    assert [(fault.column, fault.left_out) for fault in result.faults if fault.left_out] == [("title", True)]


def test_a_row_without_an_id_gets_a_readable_one() -> None:
    def id_of(**row: Any) -> str:
        result = clean(row, line=1, resolve=KNOWN.get)
        assert result.document is not None
        return str(result.document["id"])

    assert id_of(title="Free School Meals", publisher="DfE") == "dfe/free-school-meals"
    assert id_of(title="Free School Meals", publisher="DfE", publisher_acronym="DFE") == "dfe/free-school-meals"
    assert id_of(title="Free School Meals") == "unknown/free-school-meals"
    assert id_of(title="Café", publisher="学校") == "unknown/cafe"
    result = clean({"title": "学校"}, line=1, resolve=KNOWN.get)
    assert result.document is None
    assert result.faults[0].reason == (
        "There is no id and none can be made from the title. Add one and import the row again."
    )
