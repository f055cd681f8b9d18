"""JSON lines and CSV: what is exported comes back the same, and what people's files hold is read or named."""

from __future__ import annotations

import csv
import gzip
import io
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from catalogue.entries import to_dataset
from catalogue.harvest import jsonlines, spreadsheet
from catalogue.model import Dataset
from catalogue.rows import Fault, clean
from tests.catalogue.strategies import AWKWARD, entries

quick = settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
FORMS = [pytest.param(jsonlines, "entries.jsonl", id="jsonl"), pytest.param(spreadsheet, "entries.csv", id="csv")]


def file(folder: Path, name: str, content: str | bytes) -> Path:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def written(form: Any, datasets: list[Dataset]) -> str:
    out = io.StringIO(newline="")
    assert form.write(datasets, out) == len(datasets)
    return out.getvalue()


def read_back(form: Any, path: Path) -> list[Dataset]:
    found = []
    for line, row in form.read(path):
        assert not isinstance(row, Fault), row
        result = clean(row, line=line, resolve=lambda name: name)
        assert result.document is not None and result.faults == [] and result.unknown == []
        found.append(to_dataset(result.document))
    return found


@pytest.mark.parametrize(("form", "name"), FORMS)
@quick
@given(st.lists(entries, max_size=4))
def test_what_is_exported_comes_back_the_same(tmp_path: Path, form: Any, name: str, datasets: list[Dataset]) -> None:
    assert read_back(form, file(tmp_path, name, written(form, datasets))) == datasets


@pytest.mark.parametrize(("form", "name"), FORMS)
@pytest.mark.parametrize("awkward", AWKWARD)
def test_awkward_values_come_back_in_every_field_that_may_hold_them(
    tmp_path: Path, form: Any, name: str, awkward: str
) -> None:
    row: dict[str, Any] = {"id": "a/b", "title": f"x{awkward}", "keywords": [awkward, "b"], "acronyms": [awkward]}
    row |= dict.fromkeys(["summary", "description", "publisher", "licence", "retention"], awkward)
    row |= {"contact": {"name": awkward}, "distributions": [{"title": awkward}], "extras": {"odd": awkward}}
    document = clean(row, line=1, resolve=lambda name: name).document
    assert document is not None
    entry = to_dataset(document)
    assert read_back(form, file(tmp_path, name, written(form, [entry]))) == [entry]


@quick
@given(st.lists(entries, max_size=3))
def test_no_cell_of_an_exported_spreadsheet_starts_a_formula(datasets: list[Dataset]) -> None:
    for row in csv.reader(io.StringIO(written(spreadsheet, datasets), newline="")):
        assert not [cell for cell in row if cell.startswith(("=", "+", "-", "@", "\t", "\r"))]


def test_a_spreadsheet_has_the_same_columns_for_any_entries() -> None:
    assert written(spreadsheet, []).rstrip("\r\n").split(",") == list(spreadsheet.HEADER)
    assert {"contact_name", "contact_email", "contact_slack_channel"} < set(spreadsheet.HEADER)


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"], ids=["plain", "with a byte order mark"])
@pytest.mark.parametrize("packed", [False, True], ids=["as it is", "gzipped"])
def test_json_lines_may_be_marked_and_packed(tmp_path: Path, mark: bytes, packed: bool) -> None:
    content = mark + '{"title": "Café 🏫"}\r\n\n   \n{"title": "B\u2028C"}'.encode()
    path = file(tmp_path, "x.jsonl.gz" if packed else "x.jsonl", gzip.compress(content) if packed else content)
    assert list(jsonlines.read(path)) == [(1, {"title": "Café 🏫"}), (4, {"title": "B\u2028C"})]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ('{"title": "x"', "This is not JSON: Expecting ',' delimiter."),
        ("title: x", "This is not JSON: Expecting value."),
        ('["x"]', "This should be an object in { }."),
        ("null", "This should be an object in { }."),
        pytest.param("[" * 200_000, "This is not JSON: it is nested too deeply.", id="200,000 brackets"),
        pytest.param('{"a": ' + "9" * 5000 + "}", "This is not JSON", id="a number of 5,000 digits"),
        pytest.param('"' + "x" * jsonlines.LINE_LIMIT + '"', "longer than 4,000,000 characters", id="4 million"),
    ],
)
def test_a_broken_line_is_a_fault_of_that_line_alone(tmp_path: Path, line: str, reason: str) -> None:
    path = file(tmp_path, "x.jsonl", f'{{"title": "A"}}\n{line}\n{{"title": "B"}}\n')
    (_, first), (_, fault), (_, last) = jsonlines.read(path)
    assert (first, last) == ({"title": "A"}, {"title": "B"})
    assert isinstance(fault, Fault)
    assert (fault.line, fault.left_out) == (2, True)
    assert reason in fault.reason


@quick
@given(st.binary(max_size=200))
@pytest.mark.parametrize("name", ["x.jsonl", "x.jsonl.gz", "x.csv"])
def test_any_bytes_whatever_are_read_or_named(tmp_path: Path, name: str, content: bytes) -> None:
    path = file(tmp_path, name, content)
    reader = spreadsheet if name.endswith("csv") else jsonlines
    for line, row in reader.read(path):
        assert isinstance(row, dict) or (row.line == line and row.left_out and row.reason)


@pytest.mark.parametrize("cut", [1, 9, 40, 200, 400])
def test_a_packed_file_that_was_cut_off_gives_what_it_has_and_says_where_it_ends(tmp_path: Path, cut: int) -> None:
    lines = "".join(json.dumps({"title": f"Entry {number * 7919}"}) + "\n" for number in range(200))
    path = file(tmp_path, "x.jsonl.gz", gzip.compress(lines.encode())[:-cut])
    *rows, (line, fault) = jsonlines.read(path)
    assert isinstance(fault, Fault)
    assert fault.line == line == len(rows) + 1
    assert "damaged from here on" in fault.reason
    assert all(row == {"title": f"Entry {number * 7919}"} for number, (_line, row) in enumerate(rows))


def test_a_spreadsheet_is_read_as_people_save_it(tmp_path: Path) -> None:
    text = (
        "title, keywords ,contact_name,contact_email,extras,,unknown\r\n"
        '"Two\nlines",a; b,Data team,data@example.gov.uk,"{""a"": 1}",ignored,kept\r\n'
        ",,,,,,\r\n"
        "B,,,,not json\r\n"
    )
    path = file(tmp_path, "x.csv", b"\xef\xbb\xbf" + text.encode())
    assert list(spreadsheet.read(path)) == [
        (
            2,
            {
                "title": "Two\nlines",
                "keywords": "a; b",
                "extras": {"a": 1},
                "unknown": "kept",
                "contact": {"name": "Data team", "email": "data@example.gov.uk"},
            },
        ),
        (5, {"title": "B", "keywords": "", "extras": "not json", "contact": {}}),
    ]


def test_a_spreadsheet_saved_on_windows_keeps_its_pounds_and_accents(tmp_path: Path) -> None:
    path = file(tmp_path, "x.csv", "title,charges\r\nCafé “meals”,£5\r\n".encode("cp1252"))
    assert list(spreadsheet.read(path)) == [(2, {"title": "Café “meals”", "charges": "£5"})]


def test_rows_with_too_many_values_are_named_and_empty_ones_at_the_end_do_not_count(tmp_path: Path) -> None:
    path = file(tmp_path, "x.csv", "title,summary\nA,b,,\nC,d,e\nF\n")
    assert list(spreadsheet.read(path)) == [
        (2, {"title": "A", "summary": "b"}),
        (3, Fault(3, "(row)", "There are 3 values for 2 columns.", left_out=True)),
        (4, {"title": "F"}),
    ]


@pytest.mark.parametrize("content", ["", "\n", "name,summary\nA,b\n", '"title\n', "title;summary\nA;b\n"])
def test_a_spreadsheet_without_the_needed_column_is_one_fault(tmp_path: Path, content: str) -> None:
    ((line, fault),) = spreadsheet.read(file(tmp_path, "x.csv", content))
    assert (line, str(fault)) == (
        1,
        "line 1, (header): There is no column called title. Add a first row with the columns' names.",
    )


def test_a_quote_that_never_ends_is_named_where_it_starts_and_not_taken_for_a_long_value(tmp_path: Path) -> None:
    rows = "".join(f"Entry {number},x\n" for number in range(50))
    path = file(tmp_path, "x.csv", f'title,summary\nA,b\nB,"never ended\n{rows}')
    first, (line, fault) = spreadsheet.read(path)
    assert first == (2, {"title": "A", "summary": "b"})
    assert (line, str(fault)) == (3, "line 3, (row): This row cannot be read: unexpected end of data.")


def test_a_row_that_is_quoted_wrongly_or_too_long_is_a_fault_of_that_row_alone(tmp_path: Path) -> None:
    path = file(tmp_path, "x.csv", f'title,summary\nA,"b"c\nB,{"x" * 4_000_001}\nC,d\n')
    found = list(spreadsheet.read(path))
    assert [(line, isinstance(row, Fault)) for line, row in found] == [(2, True), (3, True), (4, False)]


def test_another_column_may_be_the_needed_one(tmp_path: Path) -> None:
    path = file(tmp_path, "people.csv", "id,name\nada,Ada\n")
    assert list(spreadsheet.read(path, needed="id")) == [(2, {"id": "ada", "name": "Ada"})]
