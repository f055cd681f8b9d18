"""The seventeen vectors where neither an answer nor a form shows them: messages that are told anew, a day's news, cards
of conflicts and of entries that are there twice, exports, and the evidence of a request as text.

The words are in the record past every cleaner. `test_hostile.py` has answers, `test_hostile_people.py` modals and
Homes, `tests/bot/test_register_page.py` the register, `tests/bot/playground/test_page.py` the playground's own pages.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from bot.commands import request_lines
from bot.slack import duplicates, following, harvesting
from bot.slack.paging import Page
from catalogue import clock, datasets, follows, requests
from catalogue.entries import to_dataset
from catalogue.harvest import files
from catalogue.requests.evidence import evidence
from catalogue.rows import Fault
from tests.catalogue.requests.asking import submitted
from tests.fakes.hostile import VECTORS
from tests.journeys.asking import ANALYST, MANAGER, NPD, STEWARD, person
from tests.journeys.conftest import OFFICER, Builder, Town
from tests.journeys.test_hostile import is_literal, mrkdwn_in

DFE = "department-for-education"
SUFFIXES = {"dcat-jsonld": "jsonld", "dcat-turtle": "ttl"}
UNSEEN = re.compile("[\x00-\x09\x0b-\x1f\x7f\u202a-\u202e\u2066-\u2069\u200b\u200c\ufeff\U000e0041]")
"""What a terminal or a reader would act upon without anybody seeing it."""


@pytest.fixture(scope="module")
def town(sample_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    builder = Builder(sample_folder, tmp_path_factory.mktemp("hostile"), [])
    built = builder()
    yield built
    builder.close()
    assert built.workspace.violations == []


def poison(town: Town, words: str) -> None:
    """Write it into two entries with one title, as a source and by hand, past every cleaner."""
    for dataset_id, source in ((NPD, None), ("portal/npd", "portal")):
        if not town.db.query("SELECT 1 FROM datasets WHERE id = :id", {"id": dataset_id}):
            row = {"id": dataset_id, "title": "x", "publisher": DFE, "source": source}
            datasets.add(town.db, row, by="test", why=None, now=clock.now())
        found = town.db.query("SELECT entry FROM datasets WHERE id = :id", {"id": dataset_id})[0]
        entry = {**json.loads(found["entry"]), "title": words, "summary": words, "keywords": [words]}
        town.db.execute(
            "UPDATE datasets SET entry = :entry, title = :title, change = :change WHERE id = :id",
            {"entry": json.dumps(entry), "title": words, "change": datasets.take_changes(town.db), "id": dataset_id},
        )


def literal(town: Town, message: Any) -> None:
    assert message
    for text in (message.text, *mrkdwn_in(message.blocks)):
        is_literal(town, text)


@pytest.mark.parametrize("vector", VECTORS)
def test_news_digests_conflicts_and_twins_are_literal(town: Town, vector: str) -> None:
    words, now = VECTORS[vector], clock.now()
    poison(town, words)
    context, officer, steward = town.bot.catalogue.context, person(town, OFFICER), person(town, STEWARD)
    follows.start(town.db, officer, "entry", NPD, now=now)
    follow = next(each for each in follows.of(town.db, officer.id) if each.what == NPD)
    for happening in ("changed", "opened", "withdrawn"):
        values = {"follow": follow.number, "dataset": NPD, "happening": happening}
        literal(town, following.tell_news(context, values, officer))
    literal(town, following.tell_answered(context, {"subject": words, "dataset": NPD}, officer))
    town.db.execute(
        "INSERT INTO follow_news (follow, dataset_id, revision, happening, day, person) VALUES"
        " (:follow, :id, 1, 'changed', '2026-03-31', :person) ON CONFLICT DO NOTHING",
        {"follow": follow.number, "id": NPD, "person": officer.id},
    )
    literal(town, following.tell_digest(context, {"day": "2026-03-31"}, officer))
    town.db.execute("DELETE FROM conflicts")
    for field in ("title", "summary", "keywords"):
        value = json.dumps([words] if field == "keywords" else words)
        town.db.execute(
            "INSERT INTO conflicts (dataset_id, field, source, run, mine, theirs, state, made_at)"
            " VALUES (:id, :field, :source, 'RUN-1', :value, :value, 'open', '2026-03-31T09:00:00Z')",
            {"id": NPD, "field": field, "source": words, "value": value},
        )
    literal(town, harvesting.tell_conflict(context, {"id": NPD}, steward))
    blocks = duplicates.in_home(context, steward, now, Page("duplicates", 0))
    assert blocks
    for text in mrkdwn_in([block.to_dict() for block in blocks]):
        is_literal(town, text)


@pytest.mark.parametrize("vector", VECTORS)
def test_a_card_that_is_told_anew_and_the_evidence_as_text_are_literal(town: Town, vector: str) -> None:
    words, now = VECTORS[vector], clock.now()
    request = submitted(town.db, person(town, ANALYST), now, NPD)
    town.settles()
    town.db.execute("UPDATE requests SET dataset_title = :words WHERE id = :id", {"words": words, "id": request.id})
    manager = person(town, MANAGER)
    requests.ask_question(town.db, request.id, by=manager, note=words, now=now)
    requests.answer_question(town.db, request.id, by=person(town, ANALYST), note=words, now=now)
    requests.decline(town.db, request.id, by=manager, note=words, now=now)
    town.settles()
    updates = [call.args for call in town.workspace.calls_to("chat.update")]
    assert updates
    for update in updates:
        is_literal(town, update["text"])
        for text in mrkdwn_in(update["blocks"]):
            is_literal(town, text)
    text = "\n".join(request_lines.evidence(evidence(town.db, request.id, now=now)))
    assert not UNSEEN.search(text), ascii(UNSEEN.search(text))
    assert not [line for line in text.splitlines() if line.strip().startswith("Approved by the minister")]


@pytest.mark.parametrize("form", ["csv", "xlsx", "dcat-jsonld", "dcat-turtle", "jsonl"])
def test_an_export_holds_what_was_written_as_data_and_nothing_of_it_runs(form: str, tmp_path: Path) -> None:
    written = [
        *VECTORS.values(),
        "=HYPERLINK(1)",
        "+1",
        "-1",
        "@SUM(1)",
        "</script><script>alert(1)</script>",
        '"""\n<x> .',
    ]
    entries = [
        to_dataset({"id": f"a/{place}", "title": words, "summary": words, "keywords": [words]})
        for place, words in enumerate(written)
    ]
    path = tmp_path / f"export.{SUFFIXES.get(form, form)}"
    assert files.write(entries, path, form=form) == len(entries)
    live = ("=", "+", "-", "@", "\t")
    if form == "csv":
        rows = csv.DictReader(io.StringIO(path.read_text(encoding="utf-8"), newline=""))
        assert not [cell for row in rows for cell in row.values() if cell and cell.startswith(live)]
    elif form == "xlsx":
        cells = [cell for sheet in openpyxl.load_workbook(path) for row in sheet.iter_rows() for cell in row]
        assert not [cell.value for cell in cells if cell.data_type == "f" or cell.hyperlink]
    read = {f"a/{place}": words for place, words in enumerate(written)}
    for _line, row in files.read(path):
        assert not isinstance(row, Fault), row
        assert " ".join(str(row["title"]).split()) == " ".join(read.pop(str(row["id"])).split())
    assert read == {}, "each comes back as it was, and is not one more or less"
