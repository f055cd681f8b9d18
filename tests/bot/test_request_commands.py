"""`whoholds requests` and `whoholds register`: the same as in Slack, and what is written down of it."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from bot import sample
from bot.__main__ import whoholds
from bot.app import TELLERS
from catalogue.errors import CatalogueError, InvalidAnswers, NotAllowed, NotFound, TooLate
from catalogue.requests import telling
from catalogue.search.find import Search

NPD = "dfe/national-pupil-database"
Run = Callable[..., Result]


@pytest.fixture
def run(sample_catalogue: Search, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setenv("WHOHOLDS_DATABASE", str(tmp_path / "sample" / "whoholds.db"))

    def call(*words: str) -> Result:
        result = CliRunner().invoke(whoholds, list(words))
        if isinstance(result.exception, CatalogueError):
            raise result.exception
        assert result.exit_code == 0, result.output
        return result

    return call


def parsed(result: Result) -> Any:
    return json.loads(result.stdout)


@pytest.fixture
def answers(run: Run, tmp_path: Path) -> Path:
    """A file with an answer to every question that can be asked."""
    asked = parsed(run("requests", "questions", NPD, "--as", "council-officer", "--json"))
    assert {"id", "section", "text", "kind", "options", "compulsory", "applies_when"} == set(asked[0])
    given = {each["id"]: an_answer(each) for each in asked if each["kind"] != "advice"}
    file = tmp_path / "answers.json"
    file.write_text(json.dumps(given), encoding="utf-8")
    return file


def an_answer(question: dict[str, Any]) -> Any:
    first = question["options"][0]["value"] if question["options"] else None
    kinds = {"one": first, "many": [first], "list": ["Somebody"], "date": "2099-01-01"}
    return kinds.get(question["kind"], "For free school meals.")


@pytest.fixture
def submitted(run: Run, answers: Path) -> str:
    made = parsed(run("requests", "new", NPD, "--as", "council-officer", "--answers", str(answers), "--json"))
    assert made["faults"] == {}
    run("requests", "submit", made["id"], "--as", "council-officer")
    return str(made["id"])


def test_a_request_goes_from_draft_to_decision_and_delivery(run: Run, submitted: str) -> None:
    run("requests", "review", submitted, "--as", "dfe-manager")
    shown = parsed(run("requests", "show", submitted, "--json"))
    assert (shown["state"], shown["next"]) == ("in_review", "dfe-manager")
    run("requests", "approve", submitted, "--as", "dfe-manager", "--ends", "2099-12-31", "--conditions", "Delete it.")
    run("requests", "accept", submitted, "--as", "council-officer")
    for step in ("agreement", "dpia", "transfer"):
        who = "council-officer" if step == "dpia" else "dfe-manager"
        run("requests", "tick", submitted, "--as", who, "--step", step)
    run("requests", "supply", submitted, "--as", "dfe-manager")
    *lines, figures = [json.loads(line) for line in run("register", "--json").stdout.splitlines()]
    (line,) = [each for each in lines if each["reference"] == submitted]
    assert (line["holder_name"], line["ends_on"]) == ("Department for Education", "2099-12-31")
    assert figures["figures"]["baseline"] == 182
    with pytest.raises(InvalidAnswers, match="Say why"):
        run("requests", "ask-renewal", submitted, "--as", "council-officer")
    asked = ("--as", "council-officer", "--note", "It still helps.", "--until", "2100-03-31")
    run("requests", "ask-renewal", submitted, *asked)
    shown = parsed(run("requests", "show", submitted, "--json"))
    assert shown["next"] == "dfe-manager"
    assert set(shown["days_waited_for"]) == {"requester", "manager", "legal", "technical"}
    run("requests", "renew", submitted, "--as", "dfe-manager", "--ends", "2100-03-31", "--review", "2099-03-31")
    assert "until 31 March 2100" in run("requests", "show", submitted).stdout
    run("requests", "end", submitted, "--as", "council-officer", "--note", "The work is done.")


def test_what_is_decided_says_by_whom_and_when(run: Run, submitted: str) -> None:
    run("requests", "decline", submitted, "--as", "dfe-manager", "--note", "There is no power.")
    with pytest.raises(TooLate, match=rf"^{submitted} is declined since .* by dfe-manager"):
        run("requests", "approve", submitted, "--as", "dfe-manager")


def test_a_refused_act_is_in_the_audit(run: Run, submitted: str) -> None:
    with pytest.raises(NotAllowed):
        run("requests", "approve", submitted, "--as", "council-officer")
    with pytest.raises(NotFound):
        run("requests", "show", submitted, "--as", "nhs-manager")
    refused = [
        row
        for row in parsed(run("requests", "export", submitted, "--json"))["audit"]["rows"]
        if row["outcome"] == "refused"
    ]
    assert [(row["by"], row["action"]) for row in refused] == [("council-officer", "request.approve")]


def test_the_evidence_holds_everything_and_its_chain(run: Run, submitted: str) -> None:
    run("requests", "note", submitted, "--as", "dfe-manager", "--note", "Legal agree.")
    run("requests", "send-back", submitted, "--as", "dfe-manager", "--note", "Which years?")
    found = parsed(run("requests", "export", submitted, "--json"))
    assert [event["verb"] for event in found["history"]] == ["start", "submit", "note", "send_back"]
    assert found["history"][1]["answers"]
    assert found["conditions"]["version"]
    assert found["audit"]["chain_is_whole"]
    text = run("requests", "export", submitted).stdout
    for words in ("Legal agree.", "Which years?", "Conditions in force", "The chain is whole."):
        assert words in text
    assert "Legal agree." not in run("requests", "show", submitted, "--as", "council-officer").stdout
    with pytest.raises(NotAllowed):
        run("requests", "export", submitted, "--as", "council-officer")


def test_the_list_shows_what_waits_for_somebody(run: Run, submitted: str) -> None:
    queue = [json.loads(line) for line in run("requests", "list", "--as", "dfe-manager", "--json").stdout.splitlines()]
    assert submitted in {each["id"] for each in queue}
    assert f"{submitted}  submitted" in run("requests", "list", "--as", "council-officer").stdout


def test_what_is_missing_is_listed(run: Run) -> None:
    result = run("requests", "new", NPD, "--as", "council-officer")
    assert "is a draft." in result.stdout
    assert "aims: Write an answer." in result.stdout


def test_what_is_open_is_pointed_to_and_nothing_is_started(run: Run) -> None:
    result = run("requests", "new", "dft/naptan", "--as", "council-officer")
    assert result.stdout.startswith("This is open to everyone. No request is needed.\n  https://")
    assert run("requests", "list", "--as", "council-officer").stdout == ""


def test_an_organisation_asks_more_and_never_less(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "more.toml"
    file.write_text('[[question]]\nid = "panel"\nsection = "legal"\ntext = "Which panel?"\nkind = "line"\n')
    assert "asks 1 more" in run("requests", "add-questions", "DfE", str(file)).stdout
    ids = [each["id"] for each in parsed(run("requests", "questions", NPD, "--json"))]
    assert "panel" in ids
    file.write_text('[[question]]\nid = "aims"\ncompulsory = false\n')
    result = CliRunner().invoke(whoholds, ["requests", "add-questions", "DfE", str(file)])
    assert result.exit_code == 1
    assert "cannot be made looser" in result.output


def test_the_sample_brings_requests_in_every_stage_and_says_nothing(
    run: Run, sample_catalogue: Search, tmp_path: Path
) -> None:
    assert sample.load_requests(sample_catalogue.db) == 6
    assert sample.load_requests(sample_catalogue.db) == 0
    listed = [json.loads(line) for line in run("requests", "list", "--json").stdout.splitlines()]
    assert {each["state"] for each in listed} == {"approved", "declined", "returned", "in_review", "submitted"}
    assert all(each["is_illustrative"] for each in listed)
    assert sample_catalogue.db.query("SELECT 1 FROM outbox") == []
    file = tmp_path / "register.csv"
    run("register", "--csv", str(file))
    rows = list(csv.DictReader(file.read_text(encoding="utf-8").splitlines()))
    assert rows
    assert all(row["is_illustrative"] == "yes" for row in rows)


def test_somebody_chooses_how_to_hear_of_requests(run: Run) -> None:
    chosen = run("requests", "tell-me", "--as", "dfe-manager", "--digest", "--quiet", "18:00-08:30")
    assert chosen.stdout == "dfe-manager hears once a working day, quiet from 18:00 to 08:30.\n"
    assert "of each request." in run("requests", "tell-me", "--as", "dfe-manager", "--each", "--quiet", "never").stdout


def test_everything_that_is_told_of_requests_has_its_words() -> None:
    told = set(re.findall(r"`(request\.\w+)`", telling.__doc__ or ""))
    assert told
    assert told <= set(TELLERS)
