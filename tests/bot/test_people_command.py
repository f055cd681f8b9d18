"""whoholds people: people from a file, roles with a reason, what is kept about somebody, and the audit of it all."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.bot.conftest import Ran

Whoholds = Callable[..., Ran]
HEADER = "id,slack_id,email,name,organisation,roles\n"
JANE = "jane,U0JANE,jane@education.example.gov.uk,Jane,DfE,manager:dfe\n"


def bring_in(whoholds: Whoholds, folder: Path, *rows: str) -> Ran:
    file = folder / "people.csv"
    file.write_text(HEADER + "".join(rows), encoding="utf-8")
    return whoholds("people", "import", str(file), "--json")


def listed(whoholds: Whoholds, containing: str = "") -> dict[str, dict[str, object]]:
    lines = whoholds("people", "list", containing, "--json").out.splitlines()
    return {each["id"]: each for each in map(json.loads, lines)}


def roles(whoholds: Whoholds, person: str) -> list[str]:
    held = listed(whoholds)[person]["roles"]
    assert isinstance(held, list)
    return [each["role"] for each in held]


def test_people_come_from_a_file_and_a_second_time_changes_nothing(whoholds: Whoholds, tmp_path: Path) -> None:
    report = json.loads(bring_in(whoholds, tmp_path, JANE, "sam,,,,,\n").out)
    assert report == {"added": 2, "renewed": 0, "granted": 1, "ended": 0, "failed": 0, "faults": []}
    report = json.loads(bring_in(whoholds, tmp_path, JANE, "sam,,,,,\n").out)
    assert report == {"added": 0, "renewed": 2, "granted": 0, "ended": 0, "failed": 0, "faults": []}
    jane = listed(whoholds, "jane@")["jane"]
    assert (jane["organisation"], jane["slack_id"]) == ("department-for-education", "U0JANE")
    assert roles(whoholds, "jane") == ["manager:department-for-education"]


def test_a_role_that_the_file_no_longer_gives_ends_and_others_stay(whoholds: Whoholds, tmp_path: Path) -> None:
    bring_in(whoholds, tmp_path, JANE)
    assert whoholds("people", "grant", "jane", "auditor", "--reason", "Audit team").code == 0
    report = json.loads(bring_in(whoholds, tmp_path, JANE.replace("manager:dfe", "steward:dfe")).out)
    assert (report["granted"], report["ended"]) == (1, 1)
    assert roles(whoholds, "jane") == ["auditor", "steward:department-for-education"]


@pytest.mark.parametrize(
    ("row", "column", "reason"),
    [
        ("jane,,,,,king:dfe\n", "roles", "is not one of steward, manager, admin, auditor"),
        ("jane,,,,,manager:nobody-like-this\n", "roles", "There is no dataset or organisation called"),
        ("jane,,,,The Ministry of Nothing,\n", "organisation", "There is no organisation called"),
        ("two words,,,,,\n", "id", "must be one word"),
        (",,,Nobody,,\n", "id", "must be one word"),
        ("jane,U0ADMIN,,,,\n", "slack_id", "belongs to"),
        ("jane,,,,,admin,too,many\n", "(row)", "There are 8 values for 6 columns."),
    ],
)
def test_a_row_that_cannot_be_used_is_reported_with_its_line_and_leaves_the_rest(
    whoholds: Whoholds, tmp_path: Path, row: str, column: str, reason: str
) -> None:
    bring_in(whoholds, tmp_path, "root,U0ADMIN,,,,admin\n")
    ran = bring_in(whoholds, tmp_path, row, "sam,,,,,\n")
    assert ran.code == 1
    report = json.loads(ran.out)
    assert (report["added"], report["failed"]) == (1, 1)
    (fault,) = report["faults"]
    assert (fault["line"], fault["column"]) == (2, column)
    assert reason in fault["reason"]
    assert "jane" not in listed(whoholds)


def test_a_role_is_given_and_taken_with_a_reason(whoholds: Whoholds, tmp_path: Path) -> None:
    bring_in(whoholds, tmp_path, JANE, "root,,,,,admin\n", "sam,,,,,\n")
    given = whoholds("people", "grant", "sam", "steward:DfE", "--reason", "New job", "--as", "root")
    assert (given.code, given.out.strip()) == (0, "sam now holds steward:department-for-education.")
    again = whoholds("people", "grant", "sam", "steward:dfe", "--reason", "New job")
    assert "already" in again.out
    lines = whoholds("people", "list", "--role", "steward").out.splitlines()
    assert lines == ["sam    steward:department-for-education"]
    taken = whoholds("people", "revoke", "sam@", "steward:dfe", "--reason", "Left")
    assert taken.code == 2
    assert whoholds("people", "revoke", "sam", "steward:dfe", "--reason", "Left").code == 0
    assert whoholds("people", "revoke", "sam", "steward:dfe", "--reason", "Left").code == 1


def test_a_deputy_stands_in_until_a_day(whoholds: Whoholds, tmp_path: Path) -> None:
    bring_in(whoholds, tmp_path, JANE, "sam,,,,,\n")
    command = ("people", "grant", "sam", "manager:dfe", "--deputy-for", "jane", "--reason", "Leave", "--as", "jane")
    assert "until when" in whoholds(*command).err
    assert whoholds(*command, "--until", "2099-12-31").code == 0
    line = whoholds("people", "list", "sam").out
    assert "manager:department-for-education (for jane until 2099-12-31)" in line


def test_who_may_not_is_refused_and_the_audit_remembers(whoholds: Whoholds, tmp_path: Path) -> None:
    bring_in(whoholds, tmp_path, JANE, "sam,,,,,\n")
    ran = whoholds("people", "grant", "sam", "admin", "--reason", "Please", "--as", "jane")
    assert ran.code == 1
    assert ran.err == "whoholds: You cannot do this. It is for: administrator.\n"
    exported = json.loads(whoholds("people", "export", "jane").out)
    assert [(row["action"], row["outcome"]) for row in exported["audit"]] == [
        ("role.grant", "done"),
        ("role.grant", "refused"),
    ]


def test_the_audit_is_checked_and_an_earlier_head_is_found_in_it(whoholds: Whoholds, tmp_path: Path) -> None:
    bring_in(whoholds, tmp_path, JANE)
    ran = whoholds("check", "audit")
    assert ran.code == 0
    assert "1 rows, unbroken" in ran.out
    head = ran.out.split("head ")[1].strip()
    whoholds("people", "grant", "jane", "auditor", "--reason", "Audit team")
    assert whoholds("check", "audit", "--head", head).code == 0
    other = whoholds("check", "audit", "--head", f"1:{'0' * 64}")
    assert other.code == 1
    assert "is not in the chain any more" in other.out
    assert whoholds("check", "audit", "--head", "nonsense").code == 1


def test_a_person_is_erased_and_the_audit_stays_whole(whoholds: Whoholds, tmp_path: Path) -> None:
    bring_in(whoholds, tmp_path, JANE)
    done = json.loads(whoholds("people", "erase", "jane", "--reason", "Asked", "--yes", "--json").out)
    assert done["kept"] == []
    assert done["pseudonym"].startswith("erased-")
    assert list(listed(whoholds)) == [done["pseudonym"]]
    assert whoholds("check", "audit").code == 0
    assert whoholds("people", "export", "jane").code == 2


def test_a_user_group_stands_for_a_role(whoholds: Whoholds, tmp_path: Path) -> None:
    bring_in(whoholds, tmp_path, JANE)
    ran = whoholds("people", "grant", "S0DATAOWNERS", "manager:dfe", "--reason", "The owners' group")
    assert (ran.code, ran.out.strip()) == (0, "S0DATAOWNERS now holds manager:department-for-education.")
    assert whoholds("people", "revoke", "S0DATAOWNERS", "manager:dfe", "--reason", "Dissolved").code == 0
