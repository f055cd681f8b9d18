"""Imports beside other imports and edits, and one after another: nothing is lost and nothing counted twice."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from functools import partial
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from catalogue import datasets
from catalogue.entries import to_document
from catalogue.harvest import run, undo
from catalogue.model import PUBLIC
from catalogue.store import Database
from tests.at_once import at_once
from tests.catalogue.harvest.importing import ROW, bring_in, counts


def test_two_imports_of_the_same_new_rows_at_once_add_each_entry_once(db: Database, now: datetime) -> None:
    rows = [ROW | {"id": str(number)} for number in range(50)]
    reports = at_once(*[partial(bring_in, db, rows, now)] * 3)
    assert sorted(map(counts, reports)) == [(0, 0, 50, 0), (0, 0, 50, 0), (50, 0, 0, 0)]
    assert [entry.revision for entry in datasets.everything(db, audience=PUBLIC)] == [1] * 50


def test_an_edit_made_while_an_import_reads_is_not_overwritten(db: Database, now: datetime) -> None:
    bring_in(db, [ROW], now)

    def rows() -> Iterable[dict[str, Any]]:
        yield {"id": "dfe/npd", "title": "Pupils", "licence": "OGL"}
        datasets.amend(db, "dfe/npd", {"summary": "Edited"}, revision=1, by="ben", why=None, now=now)

    assert counts(bring_in(db, rows(), now)) == (0, 1, 0, 0)
    entry = datasets.get(db, "dfe/npd", audience=PUBLIC)
    assert (entry.summary, entry.licence, entry.revision) == ("Edited", "OGL", 3)


def after(act: Callable[..., Any], then: Callable[[], Any]) -> Callable[..., Any]:
    """The act, after which the first time something else happens too."""
    left = [then]

    def acting(*given: Any, **more: Any) -> Any:
        found = act(*given, **more)
        if left:
            left.pop()()
        return found

    return acting


def test_what_others_do_between_the_comparison_and_the_merge_counts(
    db: Database, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    bring_in(db, [ROW, ROW | {"id": "same", "licence": "OGL"}], now)

    def meanwhile() -> None:
        datasets.amend(db, "dfe/npd", {"summary": "Edited", "charges": "None"}, revision=1, by="b", why=None, now=now)
        datasets.amend(db, "same", {"licence": "OGL-UK-3.0"}, revision=1, by="b", why=None, now=now)
        datasets.add(db, {"id": "new", "title": "Theirs", "charges": "Some"}, by="b", why=None, now=now)

    monkeypatch.setattr(run, "_compare", after(run._compare, meanwhile))
    rows = [ROW | {"summary": "New"}, ROW | {"id": "same", "licence": "OGL-UK-3.0"}, {"id": "new", "title": "Ours"}]
    report = bring_in(db, rows, now)
    assert counts(report) == (0, 2, 1, 0)
    assert report.changed_fields == {"summary": 1, "title": 1}
    npd, new = (datasets.get(db, name, audience=PUBLIC) for name in ("dfe/npd", "new"))
    assert (npd.summary, npd.charges, npd.revision) == ("New", "None", 3)
    assert (new.title, new.charges, new.revision) == ("Ours", "Some", 2)
    assert db.query("SELECT * FROM staged") == db.query("SELECT * FROM prepared") == []
    changes = [entry.change for entry in datasets.everything(db, audience=PUBLIC)]
    assert len(set(changes)) == 3 and max(changes) == datasets.last_change(db)


def test_who_may_no_longer_bring_an_entry_when_the_merge_comes_does_not(
    db: Database, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    bring_in(db, [ROW], now)
    taken = partial(datasets.amend, db, "dfe/npd", {"publisher": "other"}, revision=1, by="b", why=None, now=now)
    monkeypatch.setattr(run, "_compare", after(run._compare, taken))
    report = bring_in(db, [ROW | {"summary": "New"}], now, may=lambda _id, _there, publisher: publisher == "dfe")
    assert counts(report) == (0, 0, 0, 1)
    assert datasets.get(db, "dfe/npd", audience=PUBLIC).summary == "Old"


def test_an_entry_that_is_changed_while_an_undo_is_worked_out_stays(
    db: Database, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    bring_in(db, [ROW, ROW | {"id": "b"}], now)
    number = bring_in(db, [ROW | {"summary": "New"}, ROW | {"id": "b", "summary": "New"}], now).run
    edited = partial(datasets.amend, db, "b", {"licence": "OGL"}, revision=2, by="steward", why=None, now=now)
    monkeypatch.setattr(undo, "_prepare", after(undo._prepare, edited))
    done = undo.undo(db, number, by="ada", now=now)
    assert (done.put_back, done.withdrawn, done.changed_since) == (1, 0, ["b"])
    found = datasets.get(db, "b", audience=PUBLIC)
    assert (found.summary, found.licence, found.revision) == ("New", "OGL", 3)


def test_edits_and_imports_at_once_lose_nothing(db: Database, now: datetime) -> None:
    bring_in(db, [ROW | {"charges": "0", "retention": "0"}], now)

    def importing() -> None:
        for number in range(1, 16):
            bring_in(db, [{"id": "dfe/npd", "title": "Pupils", "charges": str(number)}], now)

    def editing() -> None:
        done = 0
        while done < 15:
            entry = datasets.get(db, "dfe/npd", audience=PUBLIC)
            try:
                datasets.amend(
                    db, entry.id, {"retention": str(done + 1)}, revision=entry.revision, by="b", why=None, now=now
                )
            except datasets.Conflict:
                continue
            done += 1

    at_once(importing, editing)
    entry = datasets.get(db, "dfe/npd", audience=PUBLIC)
    assert (entry.charges, entry.retention, entry.revision) == ("15", "15", 31)
    assert [line.revision for line in datasets.history(db, "dfe/npd")] == list(range(1, 32))


WORDS = st.sampled_from(["", "red", "blue", " red "])
ROWS = st.lists(
    st.fixed_dictionaries(
        {"id": st.sampled_from("abcd"), "title": st.sampled_from(["", "One", "Two"])},
        optional={"summary": WORDS, "licence": WORDS, "keywords": st.lists(WORDS, max_size=2), "colour": WORDS},
    ),
    max_size=6,
)


def expected(model: dict[str, dict[str, Any]], revisions: dict[str, int], rows: list[dict[str, Any]]) -> list[int]:
    """What an import of `rows` makes of a plain dictionary, and its counts."""
    added = changed = unchanged = left_out = 0
    seen: set[str] = set()
    for row in rows:
        if not row["title"] or row["id"] in seen:
            left_out += 1
            continue
        seen.add(row["id"])
        before = model.get(row["id"], {})
        after = dict(before)
        for name, value in row.items():
            value = list(dict.fromkeys(filter(None, map(str.strip, value)))) if name == "keywords" else value.strip()
            if name == "colour":
                after |= {"extras": {"colour": value}} if value else {}
            elif value:
                after[name] = value
            else:
                after.pop(name, None)
        added += row["id"] not in model
        changed += row["id"] in model and after != before
        unchanged += after == before
        if after != before:
            model[row["id"]] = after
            revisions[row["id"]] = revisions.get(row["id"], 0) + 1
    return [added, changed, unchanged, left_out]


@settings(deadline=None, max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(ROWS, max_size=5))
def test_any_sequence_of_imports_does_what_a_plain_dictionary_would(
    db: Database, now: datetime, imports: list[list[dict[str, Any]]]
) -> None:
    for table in ("datasets", "history"):
        db.execute(f"DELETE FROM {table}")
    model: dict[str, dict[str, Any]] = {}
    revisions: dict[str, int] = {}
    start = datasets.last_change(db)
    for rows in imports:
        assert list(counts(bring_in(db, rows, now))) == expected(model, revisions, rows)
    kept = {entry.id: entry for entry in datasets.everything(db, audience=PUBLIC)}
    usual = {"status": "published", "visibility": "public"}
    assert {name: to_document(entry) for name, entry in kept.items()} == {
        name: usual | document for name, document in model.items()
    }
    assert {name: entry.revision for name, entry in kept.items()} == revisions
    assert all(len(datasets.history(db, name)) == revision for name, revision in revisions.items())
    assert datasets.last_change(db) - start == sum(revisions.values())
