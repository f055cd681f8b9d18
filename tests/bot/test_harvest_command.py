"""The commands that look after sources and harvest them, over a catalogue on this machine."""

from __future__ import annotations

import gzip
import importlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from bot.__main__ import whoholds
from tests.catalogue.harvest.bodies import body, serve
from tests.fakes.upstream import Upstream, gives, package, serving


@pytest.fixture
def upstream(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Upstream]:
    monkeypatch.setenv("WHOHOLDS_DATABASE", str(tmp_path / "whoholds.db"))
    with serving() as server:
        monkeypatch.setenv("WHOHOLDS_HARVEST_ALLOW", server.place)
        server.packages = [package(number) for number in range(20)]
        run("sources", "add", "portal", "--kind", "ckan", "--url", server.url)
        yield server


def run(*words: str) -> Result:
    importlib.import_module("bot.commands.common")
    return CliRunner().invoke(whoholds, list(words))


def harvested(*words: str) -> dict[str, Any]:
    report: dict[str, Any] = json.loads(run("harvest", "portal", "--json", *words).stdout)
    return report


def test_a_source_is_added_harvested_listed_and_removed(upstream: Upstream) -> None:
    report = harvested()
    names = "added changed unchanged kept would_withdraw withdrawn failed stopped_because"
    assert {name: report[name] for name in names.split()} == dict.fromkeys(names.split(), 0) | {
        "added": 20,
        "stopped_because": None,
    }
    found = json.loads(run("search", "Dataset 7", "--json").stdout)
    assert "department-for-education/dataset-7" in json.dumps(found)
    assert "It was brought in from portal, as of" in run("ask", "what is dataset 7?").stdout
    facts = json.loads(run("sources", "list", "--json").stdout)
    assert (facts["name"], facts["entries"], facts["last_run"]) == ("portal", 20, report["run"])
    assert "20 entries, as of" in run("sources", "show", "portal").stdout
    assert run("sources", "remove", "portal").exit_code == 0
    assert run("sources", "list").stdout == ""


def test_exit_codes_tell_a_good_harvest_from_one_that_stopped(upstream: Upstream) -> None:
    assert run("harvest", "portal").exit_code == 0
    del upstream.packages[:10]
    stopped = run("harvest", "portal")
    assert stopped.exit_code == 1
    assert "10 of 20 entries are missing from the source." in stopped.stderr
    assert "missing: department-for-education/dataset-0" in stopped.stderr
    (waiting,) = json.loads(run("sources", "show", "portal", "--json").stdout)["waiting"]
    assert "10 missing" in run("harvest", "portal", "--go-on", waiting).stdout


def test_it_is_said_when_nothing_counts_as_missing(upstream: Upstream) -> None:
    run("harvest", "portal")
    upstream.packages[:3] = [{"id": f"bad-{number}"} for number in range(3)]
    said = run("harvest", "portal").stdout
    assert "0 missing" in said and "nothing counts as missing" in said
    assert "nothing counts as missing" not in run("harvest", "portal", "--recent").stdout


def test_a_dry_run_changes_nothing(upstream: Upstream) -> None:
    assert harvested("--dry-run")["added"] == 20
    assert harvested()["added"] == 20


def test_without_leave_nothing_private_is_harvested(upstream: Upstream, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("WHOHOLDS_HARVEST_ALLOW")
    report = harvested()
    assert report["added"] == 0
    assert "WHOHOLDS_HARVEST_ALLOW" in report["stopped_because"]
    assert upstream.asked == []


@pytest.mark.parametrize(
    "words",
    [
        ["harvest", "nowhere"],
        ["harvest", "--go-on", "RUN-0001"],
        ["sources", "show", "nowhere"],
        ["sources", "add", "Bad Name", "--kind", "ckan", "--url", "https://example.gov.uk"],
        ["sources", "add", "x", "--kind", "soap", "--url", "https://example.gov.uk"],
        ["sources", "add", "x", "--kind", "ckan", "--url", "file:///etc/passwd"],
        ["sources", "add", "x", "--kind", "ckan", "--url", "https://a:b@example.gov.uk"],
    ],
)
def test_a_wrong_call_is_refused(upstream: Upstream, words: list[str]) -> None:
    assert run(*words).exit_code == 2


@pytest.mark.parametrize("name", ["entries.jsonld", "entries.ttl"])
def test_dcat_goes_out_and_comes_back(upstream: Upstream, tmp_path: Path, name: str) -> None:
    harvested()
    file = tmp_path / name
    written = run("export", str(file))
    assert "20 entries written" in written.stderr
    assert "20 lack what the UK metadata model requires: creator (20)" in written.stderr
    report = json.loads(run("import", str(file), "--dry-run", "--json").stdout)
    assert (report["unchanged"], report["failed"]) == (20, 0)


def test_an_import_is_taken_back(upstream: Upstream, tmp_path: Path) -> None:
    file = tmp_path / "new.jsonl"
    file.write_text('{"id": "a/b", "title": "A", "publisher": "DfE"}\n', encoding="utf-8")
    imported = json.loads(run("import", str(file), "--json").stdout)
    assert "1 that it had added withdrawn" in run("import", "--undo", imported["run"]).stdout
    assert run("import", "--undo", imported["run"]).exit_code == 1
    assert run("import", str(file), "--undo", imported["run"]).exit_code == 2
    assert run("import").exit_code == 2


@pytest.mark.parametrize(
    ("path", "media_type"), [("/new.jsonl", "text/plain"), ("/new.jsonl.gz", "application/gzip"), ("/x", "text/csv")]
)
def test_a_file_at_an_address_is_brought_in(upstream: Upstream, path: str, media_type: str) -> None:
    lines = '{"id": "a/b", "title": "Timetables", "publisher": "DfE"}\n'
    body = "id,title,publisher\na/b,Timetables,DfE\n" if media_type == "text/csv" else lines
    content = gzip.compress(body.encode()) if path.endswith(".gz") else body.encode()
    upstream.routes[path] = gives(content, media_type=media_type)
    report = json.loads(run("import", upstream.url + path, "--json").stdout)
    assert (report["added"], report["failed"]) == (1, 0)
    assert "Timetables" in run("ask", "who holds timetables?").stdout
    assert json.loads(run("import", upstream.url + path, "--json", "--dry-run").stdout)["unchanged"] == 1


def test_an_address_that_may_not_be_asked_or_has_nothing_brings_in_nothing(
    upstream: Upstream, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "404" in str(run("import", f"{upstream.url}/nowhere.csv").exception)
    monkeypatch.delenv("WHOHOLDS_HARVEST_ALLOW")
    asked = len(upstream.asked)
    assert "WHOHOLDS_HARVEST_ALLOW" in str(run("import", f"{upstream.url}/new.jsonl").exception)
    assert len(upstream.asked) == asked


def test_an_import_is_taken_back_by_who_brought_it_in_or_an_administrator(upstream: Upstream, tmp_path: Path) -> None:
    people = tmp_path / "people.csv"
    people.write_text(
        "id,roles\nsteward,steward:department-for-education\nother,steward:home-office\nadmin,admin\n", encoding="utf-8"
    )
    assert run("people", "import", str(people)).exit_code == 0
    file = tmp_path / "new.jsonl"

    def imported(number: int) -> str:
        file.write_text(f'{{"id": "a/{number}", "title": "A", "publisher": "DfE"}}\n', encoding="utf-8")
        return str(json.loads(run("import", str(file), "--as", "steward", "--json").stdout)["run"])

    first, second = imported(1), imported(2)
    for command in (["import", "--undo", first], ["harvest", "undo", first]):
        refused = run(*command, "--as", "other")
        assert refused.exit_code == 1
        assert "It is for: administrator." in str(refused.exception)
    assert run("import", "--undo", first, "--as", "steward").exit_code == 0
    assert run("harvest", "undo", second, "--as", "admin").exit_code == 0
    assert run("import", "--undo", "RUN-9999", "--as", "admin").exit_code == 1


def test_conflicts_are_listed_and_decided_at_once(upstream: Upstream, tmp_path: Path) -> None:
    harvested()
    file = tmp_path / "edit.jsonl"
    file.write_text('{"id": "department-for-education/dataset-1", "title": "Ours"}\n', encoding="utf-8")
    run("import", str(file))
    upstream.packages[1] = package(1, title="Theirs")
    assert harvested()["conflicts"] == 1
    listed = run("sources", "conflicts", "portal").stdout
    assert 'department-for-education/dataset-1, title: "Ours" here, "Theirs" there' in listed
    assert run("sources", "conflicts", "portal", "--take").exit_code == 2
    assert run("sources", "conflicts", "portal", "--take", "--as", "nobody").exit_code == 2


def test_possible_duplicates_are_shown_and_stay(upstream: Upstream, tmp_path: Path) -> None:
    harvested()
    file = tmp_path / "same.jsonl"
    file.write_text('{"id": "hand/one", "title": "DATASET 1", "publisher": "DfE"}\n', encoding="utf-8")
    run("import", str(file))
    found = json.loads(run("sources", "duplicates", "portal", "--json").stdout)
    assert [entry["dataset"] for entry in found["entries"]] == ["department-for-education/dataset-1", "hand/one"]
    assert "hand/one (by hand)" in run("sources", "duplicates").stdout
    assert harvested()["unchanged"] == 20


def test_a_harvest_of_public_bodies_is_taken_back_but_for_those_in_use(upstream: Upstream, tmp_path: Path) -> None:
    serve(upstream, [body("office-for-boats", "Office for Boats"), body("office-for-trains", "Office for Trains")])
    run("sources", "add", "bodies", "--kind", "organisations", "--url", f"{upstream.url}/api/organisations/1")
    assert "2 would be added" in run("harvest", "bodies", "--dry-run").stdout
    report = json.loads(run("harvest", "bodies", "--json").stdout)
    assert "2 public bodies, as of" in run("sources", "show", "bodies").stdout
    assert "Office for Boats" in run("ask", "what does the Office for Boats hold?").stdout
    file = tmp_path / "entry.jsonl"
    file.write_text('{"id": "a/b", "title": "Timetables", "publisher": "Office for Trains"}\n', encoding="utf-8")
    run("import", str(file))
    undone = run("harvest", "undo", report["run"])
    assert undone.exit_code == 1
    assert "1 public body that it had added removed" in undone.stdout
    assert "in use: office-for-trains" in undone.stderr
    assert "1 unchanged, 1 kept" in run("harvest", "bodies").stdout
    (back,) = [word.rstrip(".") for word in undone.stdout.split() if word.startswith("RUN-")][1:]
    assert run("harvest", "undo", back).exit_code == 0
    assert "2 unchanged" in run("harvest", "bodies").stdout
