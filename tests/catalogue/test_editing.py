"""Edits keep what others wrote, every change can be taken back, and what nobody may do is not done."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from catalogue import audit, datasets, drafts, editing, history, people
from catalogue.editing import Clashed
from catalogue.entries import to_document
from catalogue.errors import CannotUndo, NotAllowed, NotFound
from catalogue.model import GOVERNMENT, PUBLIC, Audience, Dataset, Grant, Person, Role
from catalogue.store import Database
from tests.at_once import at_once

NPD = "dfe/npd"
STEWARD = Person("ada", organisation="dfe", grants=(Grant(Role.STEWARD, "dfe"),))
OTHER = Person("ben", organisation="dfe", grants=(Grant(Role.STEWARD, "dfe"),))
STRANGER = Person("eve", organisation="moj")


def add(db: Database, now: datetime, **values: Any) -> Dataset:
    document = {"id": NPD, "title": "Pupils", "publisher": "dfe"} | values
    return editing.add(db, document, by=STEWARD, now=now)


def edit(db: Database, now: datetime, revision: int, *, by: Person = STEWARD, **changes: Any) -> Dataset:
    return editing.edit(db, NPD, changes, revision=revision, by=by, now=now)


def present(db: Database) -> Dataset:
    return datasets.get(db, NPD, audience=GOVERNMENT)


def test_edits_of_different_fields_of_the_same_revision_are_all_kept(db: Database, now: datetime) -> None:
    add(db, now)
    edit(db, now, 1, theme="Education")
    edit(db, now, 1, by=OTHER, summary="Pupils of England")
    assert (present(db).theme, present(db).summary, present(db).revision) == ("Education", "Pupils of England", 3)


def test_edits_of_the_same_field_clash_with_both_versions_and_change_nothing(db: Database, now: datetime) -> None:
    add(db, now)
    edit(db, now, 1, theme="Theirs")
    with pytest.raises(Clashed) as caught:
        edit(db, now, 1, by=OTHER, theme="Mine", summary="Mine too")
    (clash,) = caught.value.clashes
    assert (clash.field, clash.before, clash.theirs, clash.mine) == ("theme", None, "Theirs", "Mine")
    assert (caught.value.by, caught.value.revision) == ("ada", 2)
    assert (present(db).theme, present(db).summary) == ("Theirs", None)
    editing.edit(db, NPD, {"theme": "Mine"}, revision=1, by=OTHER, now=now, overrule=["theme"])
    assert present(db).theme == "Mine"


def test_two_who_write_the_same_do_not_clash(db: Database, now: datetime) -> None:
    add(db, now)
    edit(db, now, 1, theme="Education")
    assert edit(db, now, 1, by=OTHER, theme="Education").revision == 2


def test_many_who_edit_at_once_lose_nothing(db: Database, now: datetime) -> None:
    add(db, now)
    fields = ("theme", "summary", "charges", "retention")
    at_once(*(partial(edit, db, now, 1, **{field: field}) for field in fields))
    assert {getattr(present(db), field) for field in fields} == set(fields)
    assert [line.revision for line in datasets.history(db, NPD)] == [1, 2, 3, 4, 5]


@pytest.mark.parametrize("nobody", [STRANGER, Person("gus", is_guest=True), replace(STEWARD, is_active=False)])
def test_who_may_not_edit_changes_nothing(db: Database, now: datetime, nobody: Person) -> None:
    add(db, now)
    for doing in (
        lambda: edit(db, now, 1, by=nobody, title="Mine"),
        lambda: editing.withdraw(db, NPD, successor=None, by=nobody, why=None, now=now),
        lambda: editing.undo(db, NPD, 1, by=nobody, now=now),
        lambda: editing.verify(db, NPD, by=nobody, now=now),
        lambda: editing.add(db, {"id": "dfe/new", "title": "New", "publisher": "dfe"}, by=nobody, now=now),
    ):
        with pytest.raises(NotAllowed):
            doing()
    assert datasets.count(db) == 1
    assert len(datasets.history(db, NPD)) == 1


def test_an_entry_nobody_may_know_looks_missing_to_those_and_is_there_for_its_steward(
    db: Database, now: datetime
) -> None:
    add(db, now, visibility="named", visible_to=["hmrc"])
    with pytest.raises(NotFound):
        edit(db, now, 1, by=STRANGER, title="Mine")
    assert edit(db, now, 1, title="Ours").title == "Ours"


def test_every_act_is_in_the_audit_once(db: Database, now: datetime) -> None:
    add(db, now)
    edit(db, now, 1, title="New")
    editing.undo(db, NPD, 2, by=STEWARD, now=now)
    editing.verify(db, NPD, by=STEWARD, now=now)
    editing.verify(db, NPD, by=STEWARD, now=now)
    editing.withdraw(db, NPD, successor=None, by=STEWARD, why="Old", now=now)
    editing.restore(db, NPD, by=STEWARD, now=now)
    actions = [row.action for row in audit.rows_about(db, NPD)]
    assert actions == ["entry.add", "entry.edit", "entry.undo", "entry.verify", "entry.withdraw", "entry.restore"]


VALUES = st.one_of(st.none(), st.sampled_from(["a", "b", "c"]))
EDITS = st.lists(st.dictionaries(st.sampled_from(["theme", "summary", "charges"]), VALUES, min_size=1), max_size=8)


@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(EDITS)
def test_an_entry_reads_at_each_revision_as_it_read_then(
    db: Database, now: datetime, edits: list[dict[str, Any]]
) -> None:
    _empty(db)
    entry = add(db, now)
    read = {1: to_document(entry)}
    for changes in edits:
        entry = edit(db, now, entry.revision, **changes)
        read[entry.revision] = to_document(entry)
    for revision, document in read.items():
        assert to_document(history.as_of(db, NPD, revision)) == document


@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(EDITS.filter(bool), st.integers(0, 7))
def test_taking_back_a_change_restores_what_it_changed_and_nothing_else(
    db: Database, now: datetime, edits: list[dict[str, Any]], which: int
) -> None:
    _empty(db)
    entry = add(db, now)
    for changes in edits:
        entry = edit(db, now, entry.revision, **changes)
    lines = datasets.history(db, NPD)
    line = lines[which % len(lines)]
    before = to_document(entry)
    later = {name for each in lines if each.revision > line.revision for name in each.changes}
    try:
        after = to_document(editing.undo(db, NPD, line.revision, by=STEWARD, now=now))
    except CannotUndo:
        assert not line.changes or later & set(line.changes)
        assert to_document(present(db)) == before
        return
    for name in set(before) | set(after):
        assert after.get(name) == (line.changes[name][0] if name in line.changes else before.get(name))


def _empty(db: Database) -> None:
    for table in ("datasets", "history"):
        db.execute(f"DELETE FROM {table}")


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.sampled_from(["public", "government", "named"]), st.sampled_from("abc")), max_size=6))
def test_no_history_shows_what_was_said_before_its_reader_could_know(
    db: Database, now: datetime, steps: list[tuple[str, str]]
) -> None:
    _empty(db)
    entry = add(db, now, visibility="named", visible_to=["hmrc"], summary="first")
    hidden = {"first"}
    for visibility, summary in steps:
        entry = edit(db, now, entry.revision, visibility=visibility, summary=summary)
        if visibility != "public":
            hidden.add(summary)
    if not PUBLIC.may_know(entry):
        return
    shown = {value for line in history.public(db, entry) for value in line.changes.get("summary", ())}
    since_public = {entry.summary}
    for visibility, summary in reversed(steps):
        if visibility != "public":
            break
        since_public.add(summary)
    assert shown <= since_public
    assert all("visibility" not in line.changes and line.why is None for line in history.public(db, entry))


def test_a_draft_is_its_authors_alone_and_gone_after_a_day(db: Database, now: datetime) -> None:
    people.save(db, STEWARD, origin="test", now=now)
    draft = drafts.keep(db, NPD, {"title": "Half"}, revision=1, person="ada", now=now)
    assert drafts.find(db, draft.id, person="ada") == draft
    with pytest.raises(NotFound):
        drafts.find(db, draft.id, person="ben")
    drafts.forget(db, now=now + timedelta(hours=25))
    with pytest.raises(NotFound):
        drafts.find(db, draft.id, person="ada")


def test_who_may_know_an_entry_may_not_be_told_by_its_number_of_changes(db: Database, now: datetime) -> None:
    add(db, now)
    entry = edit(db, now, 1, visible_to=["hmrc"])
    assert history.shown_to(db, entry, audience=Audience()) == [datasets.history(db, NPD)[0]]
