"""Imports beside other imports and edits, and one after another: nothing is lost and nothing counted twice."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from functools import partial
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from catalogue import datasets
from catalogue.entries import to_document
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
