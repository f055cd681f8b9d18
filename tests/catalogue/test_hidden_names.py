"""Names that give away what somebody may not know: successors, acronyms and synonyms that only a hidden entry bears.

`tests/catalogue/search/test_visibility.py` has the same for what is found, `tests/journeys/test_hidden.py` for Slack.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from catalogue import datasets, history, terms
from catalogue.harvest.run import merge_rows
from catalogue.model import GOVERNMENT, PUBLIC, Dataset
from catalogue.search.vocabulary import load
from catalogue.store import Database

OPEN = {"id": "moj/horses", "title": "Horse crossings", "publisher": "ministry-of-justice"}
SECRET = {
    "id": "moj/zebras",
    "title": "Zebra crossings",
    "publisher": "ministry-of-justice",
    "visibility": "government",
}


@pytest.fixture
def entry(db: Database, now: datetime) -> Dataset:
    datasets.add(db, SECRET, by="test", why=None, now=now)
    return datasets.add(db, OPEN, by="test", why=None, now=now)


def test_an_entry_replaced_by_a_hidden_one_names_nobody_that_its_reader_may_not_know(
    db: Database, entry: Dataset, now: datetime
) -> None:
    datasets.withdraw(db, OPEN["id"], revision=entry.revision, successor=SECRET["id"], by="ada", why=None, now=now)
    for found in (
        datasets.get(db, OPEN["id"], audience=PUBLIC),
        next(each for each in datasets.everything(db, audience=PUBLIC) if each.id == OPEN["id"]),
    ):
        assert found.superseded_by is None
        assert found.status == "withdrawn"
    told = history.shown_to(db, datasets.get(db, OPEN["id"], audience=PUBLIC), audience=PUBLIC)
    assert SECRET["id"] not in str(told)
    assert [line.action for line in told] == ["add", "withdraw"]
    assert datasets.get(db, OPEN["id"], audience=GOVERNMENT).superseded_by == SECRET["id"]
    assert SECRET["id"] in str(history.shown_to(db, entry, audience=GOVERNMENT))


def test_an_export_names_no_part_that_its_reader_may_not_know(db: Database, entry: Dataset, now: datetime) -> None:
    values = {"has_part": [SECRET["id"], "moj/elsewhere"], "served_by": [SECRET["id"]]}
    datasets.amend(db, entry.id, values, revision=entry.revision, by="ada", why=None, now=now)
    (told,) = datasets.everything(db, audience=PUBLIC)
    assert (told.has_part, told.served_by) == (("moj/elsewhere",), ())
    kept = next(each for each in datasets.everything(db, audience=GOVERNMENT) if each.id == entry.id)
    assert (kept.has_part, kept.served_by) == ((SECRET["id"], "moj/elsewhere"), (SECRET["id"],))


def hide_by_hand(db: Database, entry: Dataset, now: datetime) -> None:
    datasets.amend(db, entry.id, {"visibility": "named"}, revision=entry.revision, by="ada", why=None, now=now)


def hide_by_import(db: Database, _entry: Dataset, now: datetime) -> None:
    row: dict[str, Any] = {**OPEN, "visibility": "named"}
    merge_rows(db, [(1, row)], source="test", by="test", why=None, now=now, resolve=lambda name: name)


@pytest.mark.parametrize("hide", [hide_by_hand, hide_by_import])
def test_a_name_added_for_an_entry_is_told_only_while_the_entry_is(
    db: Database, entry: Dataset, now: datetime, hide: Any
) -> None:
    before = load(db)
    terms.add_acronym(db, "HCX", "Horse crossings", holder="ministry-of-justice", by="ada", entry=entry.id)
    terms.add_synonym(db, "gallop counts", "horse crossings", by="ada", entry=entry.id)
    shown = load(db)
    assert [each.meaning for each in shown.meanings("HCX")] == ["Horse crossings"]
    assert shown.terms("gallop counts") == ("horse crossings",)
    version = vocabulary_version(db)
    hide(db, entry, now)
    hidden = load(db)
    assert vocabulary_version(db) > version, "whoever holds it reads it again"
    assert (hidden.meanings("HCX"), hidden.terms("gallop counts")) == ([], ())
    assert (hidden.all_meanings(), hidden.synonyms) == (before.all_meanings(), before.synonyms)


def vocabulary_version(db: Database) -> int:
    return int(db.query("SELECT value FROM counters WHERE name = 'vocabulary'")[0]["value"])
