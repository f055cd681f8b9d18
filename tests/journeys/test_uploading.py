"""A steward sends a file of entries: it is checked, shown, brought in by one click and taken back by another."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.playground.model import Message
from catalogue import audit, datasets, outbox, uploads
from catalogue.clock import now
from catalogue.errors import NotFound
from catalogue.harvest import workbook
from catalogue.model import GOVERNMENT, Dataset, Grant, Role
from catalogue.people import grant
from tests.journeys.conftest import OFFICER, Town

STEWARD, ADMIN = "U0STEWARD", "U0ADMIN"
NPD = "dfe/national-pupil-database"


def table(*rows: dict[str, Any]) -> bytes:
    out = io.StringIO(newline="")
    header = list(dict.fromkeys(name for row in rows for name in row))
    writer = csv.DictWriter(out, header, restval="")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode()


ROWS = (
    {"id": NPD, "title": "Pupils", "publisher": "DfE", "modified": "2026-01-01"},
    {"id": "dfe/new", "title": "Playgrounds", "publisher": "DfE", "modified": "soon"},
    {"id": "nhse/new", "title": "Not mine", "publisher": "NHS England", "modified": ""},
)


def sends(town: Town, content: bytes, name: str = "entries.csv", user: str = STEWARD) -> Message:
    before = len(town.said_to(user))
    told = town.sender.share(user, town.workspace.open_im(user), name, content)
    assert [delivery.status for delivery in told] == [200]
    town.settles()
    assert len(town.said_to(user)) == before + 1
    return town.said_to(user)[-1]


def card(town: Town, user: str = STEWARD) -> Message:
    town.settles()
    return town.said_to(user)[-1]


def buttons(message: Message) -> list[str]:
    return [
        element["text"]["text"]
        for block in message.blocks
        if block["type"] == "actions"
        for element in block["elements"]
    ]


def entry(town: Town, dataset_id: str = NPD) -> Dataset:
    return datasets.get(town.db, dataset_id, audience=GOVERNMENT)


def test_a_file_is_checked_first_then_brought_in_then_taken_back(town: Town) -> None:
    before = entry(town)
    checked = sends(town, table(*ROWS))
    for said in (
        "nothing is changed yet",
        "1 entry would be added",
        "1 entry would change",
        "1 row left out",
        "Row 3, modified: “soon” is not a date",
        "Row 4, publisher: You do not look after entries of this organisation",
        "Title (1)",
        "Nobody else would be told",
    ):
        assert said in checked.text, checked.text
    assert entry(town) == before
    town.sender.click(STEWARD, checked, "upload.import")
    done = card(town)
    assert done.ts == checked.ts
    assert "Brought in" in done.text and buttons(done) == ["Take it all back"]
    assert entry(town).title == "Pupils"
    assert entry(town, "dfe/new").title == "Playgrounds"
    with pytest.raises(NotFound):
        entry(town, "nhse/new")
    assert audit.newest(town.db)[0].action == "entry.import"
    town.sender.click(STEWARD, done, "upload.undo")
    assert "Taken back" in card(town).text
    assert "1 entry put back, 1 withdrawn" in card(town).text
    assert buttons(card(town)) == []
    assert entry(town).title == before.title
    assert entry(town, "dfe/new").status == "withdrawn"


def test_a_workbook_is_taken_too(town: Town, tmp_path: Path) -> None:
    workbook.write([Dataset("dfe/new", "Playgrounds", publisher="department-for-education")], tmp_path / "new.xlsx")
    checked = sends(town, (tmp_path / "new.xlsx").read_bytes(), "new.XLSX")
    assert "1 entry would be added" in checked.text
    town.sender.click(STEWARD, checked, "upload.import")
    card(town)
    assert entry(town, "dfe/new").title == "Playgrounds"


def test_two_clicks_import_once(town: Town) -> None:
    checked = sends(town, table(*ROWS))
    for _ in range(2):
        town.sender.click(STEWARD, checked, "upload.import")
    card(town)
    view = town.workspace.views.front(STEWARD)
    assert view and "decided already" in str(view.payload)
    assert [line.action for line in datasets.history(town.db, NPD)] == ["add", "amend"]


def test_the_other_stewards_of_the_entries_are_told(town: Town) -> None:
    grant(town.db, "council-officer", Grant(Role.STEWARD, "department-for-education"), by="x", reason="x", now=now())
    checked = sends(town, table(*ROWS))
    assert "1 person would be told: stewards of Department for Education" in checked.text
    town.sender.click(STEWARD, checked, "upload.import")
    told = card(town, OFFICER)
    assert "brought in a file with entries of Department for Education: 1 added, 1 changed" in told.text
    town.sender.click(STEWARD, card(town), "upload.undo")
    assert "taken back since" in card(town, OFFICER).text


def test_a_file_with_nothing_new_has_nothing_to_bring_in(town: Town) -> None:
    same = entry(town)
    assert buttons(sends(town, table({"id": NPD, "title": same.title}))) == []


def test_many_faults_are_all_there_to_see(town: Town) -> None:
    rows = [{"id": f"dfe/{number}", "title": "", "publisher": "DfE"} for number in range(25)]
    checked = sends(town, table(*rows))
    assert "And 17 more" in checked.text
    assert buttons(checked) == ["Everything that was wrong"]
    town.sender.click(STEWARD, checked, "upload.faults")
    view = town.workspace.views.front(STEWARD)
    assert view and "Row 26, title" in str(view.payload)


def test_a_file_that_is_no_table_is_said_to_be_none(town: Town) -> None:
    assert "no Excel workbook" in sends(town, b"hello", "x.xlsx").text
    assert "no column called title" in sends(town, b"hello", "x.csv").text


def test_who_looks_after_nothing_is_told_so_and_nothing_is_kept(town: Town) -> None:
    assert "not a steward" in sends(town, table(*ROWS), user=OFFICER).text
    assert town.db.query("SELECT * FROM uploads") == []


def test_nobody_brings_in_the_file_of_somebody_else(town: Town) -> None:
    checked = sends(town, table(*ROWS))
    town.sender.click(ADMIN, checked, "upload.import")
    assert card(town).text == checked.text


def test_without_the_right_to_read_files_it_is_said_and_nothing_is_imported(town: Town) -> None:
    town.workspace.scopes = town.workspace.scopes - {"files:read"}  # type: ignore[misc]
    assert "cannot get it from Slack" in sends(town, table(*ROWS)).text


def test_an_import_that_was_cut_off_before_it_was_written_down_is_not_made_twice(town: Town) -> None:
    checked = sends(town, table(*ROWS))
    town.sender.click(STEWARD, checked, "upload.import")
    card(town)
    (row,) = town.db.query("SELECT id FROM uploads")
    town.db.execute("UPDATE uploads SET state = 'importing', run = NULL")
    path = town.settings.index.parent / "again.csv"
    path.write_bytes(table(*ROWS))
    resolve = town.bot.catalogue.search.vocabulary().resolve
    uploads.bring_in(town.db, row["id"], path, resolve=resolve, now=now(), progress=lambda _count: None)
    assert uploads.find(town.db, row["id"]).report["changed"] == 1
    assert len(datasets.history(town.db, NPD)) == 2


def test_a_file_that_changed_after_the_check_is_refused(town: Town) -> None:
    checked = sends(town, table(*ROWS))
    file = next(iter(town.workspace.files.values()))
    town.workspace.files[file.id] = type(file)(**{**vars(file), "content": table({"id": NPD, "title": "Worse"})})
    town.sender.click(STEWARD, checked, "upload.import")
    assert "changed after it was checked" in card(town).text
    assert entry(town).title == "National Pupil Database"


@pytest.mark.parametrize("step", ["check", "import"])
def test_a_file_that_nobody_works_on_any_more_says_so_on_its_card(town: Town, step: str) -> None:
    told = sends(town, table(*ROWS))
    (row,) = town.db.query("SELECT id FROM uploads")
    assert uploads.give_up(town.db, now=now()) == 0
    state = "checking" if step == "check" else "importing"
    town.db.execute("UPDATE uploads SET state = :state", {"state": state})
    key = {"key": f"upload.{step}:{row['id']}"}
    if not town.db.execute("UPDATE outbox SET state = 'parked' WHERE key = :key", key):
        outbox.post(town.db, "upload", {}, **key, channel=None, now=now(), due=now() + timedelta(days=1))
        town.db.execute("UPDATE outbox SET state = 'parked' WHERE key = :key", key)
    assert uploads.give_up(town.db, now=now()) == 1
    assert "went wrong on my side" in card(town).text
    assert buttons(card(town)) == []
    assert card(town).ts == told.ts
    assert uploads.give_up(town.db, now=now()) == 0
