"""Workbooks and the government's template: what is written comes back the same, and hostile files harm nothing."""

from __future__ import annotations

import csv
import io
import zipfile
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from catalogue.entries import to_dataset
from catalogue.harvest import spreadsheet, tabular, workbook
from catalogue.model import Dataset, Distribution
from catalogue.rows import Fault, clean
from tests.catalogue.harvest.test_files import read_back
from tests.catalogue.strategies import AWKWARD, entries

quick = settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
GOVERNMENT = """Mandatory,Recommended,Mandatory,Mandatory,Mandatory,Mandatory,Mandatory,Recommended,Optional
title,alternativeTitle,contactPoint_contactName,contactPoint_email,identifier,distribution_title,distribution_mediaType,distribution_identifier,version
School meals,Free meals,Meals team,meals@example.gov.uk,dfe-1,By school,text/csv,D1,v1.0
School meals,Free meals,Meals team,meals@example.gov.uk,dfe-1,By council,application/json,D2,v1.0
Absence,,Absence team,absence@example.gov.uk,dfe-2,,,,
"""


def sheet(path: Path, *rows: list[Any]) -> Path:
    book = Workbook()
    for row in rows:
        book.active.append(row)
    book.save(path)
    return path


@quick
@given(st.lists(entries, max_size=3), st.booleans())
def test_a_workbook_comes_back_the_same(tmp_path: Path, datasets: list[Dataset], per_distribution: bool) -> None:
    path = tmp_path / "entries.xlsx"
    unlike = [each for place, each in enumerate(datasets) if each.id not in {other.id for other in datasets[:place]}]
    assert workbook.write(unlike, path, per_distribution=per_distribution) == len(unlike)
    assert read_back(workbook, path) == unlike


@quick
@given(st.lists(entries, max_size=3, unique_by=lambda entry: entry.id))
def test_a_row_for_each_distribution_comes_back_the_same_in_csv(tmp_path: Path, datasets: list[Dataset]) -> None:
    path = tmp_path / "entries.csv"
    with path.open("w", encoding="utf-8", newline="") as out:
        assert spreadsheet.write(datasets, out, per_distribution=True) == len(datasets)
    assert read_back(spreadsheet, path) == datasets


@pytest.mark.parametrize("awkward", [*AWKWARD, "_x0041_", "_x005F_x0041_", "(long value 1)", "=1+1" * 20_000])
def test_awkward_values_come_back_from_a_workbook(tmp_path: Path, awkward: str) -> None:
    row: dict[str, Any] = {"id": "a/b", "title": f"x{awkward}", "keywords": [awkward[:200], "b"]}
    row |= dict.fromkeys(["summary", "description", "retention"], awkward)
    row |= {"contact": {"name": awkward}, "distributions": [{"title": awkward}], "extras": {"odd": awkward}}
    document = clean(row, line=1, resolve=lambda name: name).document
    assert document is not None
    entry = to_dataset(document)
    workbook.write([entry], tmp_path / "entries.xlsx")
    assert read_back(workbook, tmp_path / "entries.xlsx") == [entry]


def test_a_value_too_long_for_a_cell_comes_back_whole(tmp_path: Path) -> None:
    parts = tuple(Distribution(f"Part {number}", url=f"https://example.gov.uk/{'x' * 500}") for number in range(150))
    entry = Dataset("a/b", "Long", distributions=parts)
    workbook.write([entry], tmp_path / "entries.xlsx")
    assert read_back(workbook, tmp_path / "entries.xlsx") == [entry]


@quick
@given(st.lists(entries, max_size=3))
def test_no_cell_of_a_workbook_is_a_formula(tmp_path: Path, datasets: list[Dataset]) -> None:
    workbook.write([Dataset("a/b", "=HYPERLINK(1)", summary="=1+1"), *datasets], tmp_path / "entries.xlsx")
    for page in load_workbook(tmp_path / "entries.xlsx").worksheets:
        for row in page.iter_rows():
            assert not [cell for cell in row if cell.data_type == "f" or str(cell.value).startswith("=")]


def test_dates_and_numbers_are_read_as_a_person_sees_them(tmp_path: Path) -> None:
    path = sheet(
        tmp_path / "x.xlsx",
        ["title", "modified", "lead_time_days", "issued"],
        ["A", datetime(2026, 3, 31), 60.0, date(2025, 1, 1)],
    )
    ((line, row),) = workbook.read(path)
    assert line == 2
    assert row == {"title": "A", "modified": "2026-03-31", "lead_time_days": "60", "issued": "2025-01-01"}


def test_faults_name_the_row_as_the_spreadsheet_shows_it(tmp_path: Path) -> None:
    path = sheet(tmp_path / "x.xlsx", ["title"], ["A"], [None], ["B", "too much"])
    assert [(line, isinstance(row, Fault)) for line, row in workbook.read(path)] == [(2, False), (4, True)]


def test_the_governments_template_is_read_with_one_row_for_each_distribution(tmp_path: Path) -> None:
    (tmp_path / "gov.csv").write_text(GOVERNMENT, encoding="utf-8")
    sheet(tmp_path / "gov.xlsx", *csv.reader(io.StringIO(GOVERNMENT)))
    for form, name in ((spreadsheet, "gov.csv"), (workbook, "gov.xlsx")):
        (first, meals), (second, absence) = form.read(tmp_path / name)
        assert (first, second) == (3, 5)
        assert isinstance(meals, dict) and isinstance(absence, dict)
        document = clean(meals, line=first, resolve=lambda name: name).document
        assert document is not None
        entry = to_dataset(document)
        assert (entry.id, entry.alternative_titles, entry.contact.email) == (
            "dfe-1",
            ("Free meals",),
            "meals@example.gov.uk",
        )
        assert [(part.title, part.media_type) for part in entry.distributions] == [
            ("By school", "text/csv"),
            ("By council", "application/json"),
        ]
        assert entry.extras["distribution_details"] == {"1": {"identifier": "D1"}, "2": {"identifier": "D2"}}
        assert entry.extras["version"] == "v1.0"


def test_rows_of_one_entry_that_differ_are_named_by_row_and_column(tmp_path: Path) -> None:
    (tmp_path / "gov.csv").write_text(
        GOVERNMENT.replace("dfe-1,By council", "dfe-1,By council").replace(
            "Free meals,Meals team,meals@example.gov.uk,dfe-1,By council",
            "Other,Meals team,meals@example.gov.uk,dfe-1,By council",
        ),
        encoding="utf-8",
    )
    faults = [row for _line, row in spreadsheet.read(tmp_path / "gov.csv") if isinstance(row, Fault)]
    assert [(fault.line, fault.column, fault.left_out) for fault in faults] == [(4, "alternativeTitle", False)]


def test_a_template_of_each_kind_is_empty_and_can_be_read(tmp_path: Path) -> None:
    for per_distribution, header in ((False, tabular.HEADER), (True, tuple(tabular.GOVERNMENT))):
        path = tmp_path / "template.xlsx"
        workbook.write_template(path, guide=[("title", "What it is called")], per_distribution=per_distribution)
        assert list(workbook.read(path)) == []
        rows = list(load_workbook(path).worksheets[0].iter_rows(values_only=True))
        assert rows[-1] == header
        with (tmp_path / "template.csv").open("w", encoding="utf-8", newline="") as out:
            spreadsheet.write_template(out, per_distribution=per_distribution)
        assert list(spreadsheet.read(tmp_path / "template.csv")) == []


@quick
@given(st.binary(max_size=300))
def test_any_bytes_whatever_are_no_workbook_and_said_so(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "x.xlsx").write_bytes(content)
    ((_line, fault),) = workbook.read(tmp_path / "x.xlsx")
    assert isinstance(fault, Fault) and fault.left_out


def repacked(path: Path, name: str, change: Any) -> None:
    with zipfile.ZipFile(path) as archive:
        parts = {part.filename: archive.read(part) for part in archive.infolist()}
    parts[name] = change(parts[name])
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for part, content in parts.items():
            archive.writestr(part, content)


def test_a_workbook_that_unpacks_to_too_much_or_declares_entities_is_not_opened(tmp_path: Path) -> None:
    path = sheet(tmp_path / "x.xlsx", ["title"], ["A"])
    repacked(path, "xl/worksheets/sheet1.xml", lambda content: content + b" " * 30_000_000)
    ((_, bomb),) = workbook.read(path)
    assert isinstance(bomb, Fault) and "unpack" in bomb.reason
    path = sheet(tmp_path / "y.xlsx", ["title"], ["A"])
    doctype = b'<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY lol "lol">]>'
    repacked(
        path, "xl/worksheets/sheet1.xml", lambda content: content.replace(b"<worksheet", doctype + b"<worksheet", 1)
    )
    ((_, entities),) = workbook.read(path)
    assert isinstance(entities, Fault) and "not opened" in entities.reason


@pytest.mark.parametrize("part", ["xl/worksheets/sheet1.xml", "xl/workbook.xml", "xl/styles.xml"])
@pytest.mark.parametrize("keep", [0, 30, 200])
def test_a_workbook_cut_short_inside_is_a_fault(tmp_path: Path, part: str, keep: int) -> None:
    path = sheet(tmp_path / "x.xlsx", ["title"], *[[f"Title {number}"] for number in range(20)])
    repacked(path, part, lambda content: content[:keep])
    found = list(workbook.read(path))
    assert any(isinstance(row, Fault) and row.left_out for _line, row in found)
