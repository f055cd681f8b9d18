"""The record of entries: every edit is whole, has its history, and never overwrites what its author had not seen."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from catalogue import datasets
from catalogue.entries import to_document
from catalogue.errors import Conflict, InvalidEntry, NotFound
from catalogue.model import GOVERNMENT, PUBLIC, AccessRights, Audience, Dataset, Status
from catalogue.store import Database
from tests.at_once import at_once
from tests.catalogue.strategies import entries

EVERYBODY = Audience(in_government=True, names=frozenset(["dfe", "moj"]))


def add(db: Database, now: datetime, **values: Any) -> Dataset:
    return datasets.add(db, {"id": "dfe/npd", "title": "Pupils"} | values, by="ada", why=None, now=now)


def amend(db: Database, entry: Dataset, now: datetime, *, by: str = "ben", **changes: Any) -> Dataset:
    return datasets.amend(db, entry.id, changes, revision=entry.revision, by=by, why="because", now=now)


def everything_about(db: Database) -> list[list[dict[str, Any]]]:
    return [db.query(f"SELECT * FROM {table} ORDER BY 1") for table in ("datasets", "history", "counters")]


def test_an_added_entry_can_be_got_with_everything_it_says(db: Database, now: datetime) -> None:
    added = add(db, now, access_rights="open", keywords="meals; schools", contact={"email": "a@example.gov.uk"})
    got = datasets.get(db, "dfe/npd", audience=PUBLIC)
    assert got == added
    assert (got.access_rights, got.keywords, got.contact.email) == (
        AccessRights.OPEN,
        ("meals", "schools"),
        "a@example.gov.uk",
    )
    assert (got.revision, got.change) == (1, 1)
    (line,) = datasets.history(db, "dfe/npd")
    assert (line.revision, line.action, line.by, line.at, line.changes) == (1, "add", "ada", now, {})


@settings(deadline=None, max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(entries)
def test_any_entry_comes_back_as_it_was_added(db: Database, now: datetime, entry: Dataset) -> None:
    db.execute("DELETE FROM datasets")
    db.execute("DELETE FROM history")
    added = datasets.add(db, to_document(entry), by="ada", why=None, now=now)
    (got,) = datasets.everything(db, audience=_Operator(in_government=True))
    assert got == added == replace(entry, change=added.change)


class _Operator(Audience):
    def may_know(self, dataset: Dataset) -> bool:
        return True


def test_an_id_that_is_taken_is_refused_with_who_has_it_and_since_when(db: Database, now: datetime) -> None:
    add(db, now)
    before = everything_about(db)
    with pytest.raises(Conflict) as caught:
        add(db, now + timedelta(days=1), title="Another")
    assert (caught.value.by, caught.value.at[:10], caught.value.revision) == ("ada", "2026-03-31", 1)
    assert everything_about(db) == before


def test_two_who_add_the_same_entry_at_once_get_one_entry_and_one_conflict(db: Database, now: datetime) -> None:
    def adding(title: str) -> str:
        try:
            return add(db, now, title=title).title
        except Conflict:
            return "conflict"

    outcomes = at_once(partial(adding, "One"), partial(adding, "Two"))
    assert sorted(outcomes)[1] == "conflict"
    assert datasets.get(db, "dfe/npd", audience=PUBLIC).title == sorted(outcomes)[0]


def test_an_edit_changes_what_it_names_and_removes_what_it_empties(db: Database, now: datetime) -> None:
    entry = add(db, now, summary="Old", licence="OGL", keywords=["a"])
    later = now + timedelta(hours=1)
    after = amend(db, entry, later, summary="New", licence=None, keywords=[])
    assert (after.summary, after.licence, after.keywords, after.title) == ("New", None, (), "Pupils")
    assert (after.revision, after.change) == (2, 2)
    assert datasets.get(db, "dfe/npd", audience=PUBLIC) == after
    line = datasets.history(db, "dfe/npd")[-1]
    assert (line.revision, line.at, line.by, line.why, line.action) == (2, later, "ben", "because", "amend")
    assert line.changes == {"keywords": [["a"], None], "licence": ["OGL", None], "summary": ["Old", "New"]}


def test_a_second_edit_of_the_same_revision_is_refused_with_who_was_first_and_when(db: Database, now: datetime) -> None:
    entry = add(db, now)
    amend(db, entry, now + timedelta(days=2), by="ben", summary="First")
    before = everything_about(db)
    with pytest.raises(Conflict, match="dfe/npd was changed by ben on 2026-04-02") as caught:
        amend(db, entry, now + timedelta(days=3), by="cleo", summary="Second")
    assert caught.value.revision == 2
    assert everything_about(db) == before


def test_of_four_edits_of_one_revision_at_once_one_wins(db: Database, now: datetime) -> None:
    def editing(entry: Dataset, name: str) -> str:
        try:
            return f"{amend(db, entry, now, by=name, summary=f'{name} {entry.revision}').revision}: by {name}"
        except Conflict as conflict:
            return f"{conflict.revision}: too late, after {conflict.by}"

    entry = add(db, now)
    for number in range(2, 12):
        outcomes = at_once(*(partial(editing, entry, name) for name in "abcd"))
        entry = datasets.get(db, "dfe/npd", audience=PUBLIC)
        winner = (entry.summary or "").split()[0]
        assert sorted(outcomes) == [f"{number}: by {winner}", *[f"{number}: too late, after {winner}"] * 3]
    assert [line.revision for line in datasets.history(db, "dfe/npd")] == list(range(1, 12))


def test_an_edit_that_changes_nothing_leaves_no_trace(db: Database, now: datetime) -> None:
    entry = add(db, now, summary="Same", issued="2026-03-31", status="published")
    before = everything_about(db)
    again = amend(db, entry, now, summary=" Same ", issued="31/03/2026", status="published", licence=None)
    assert again == entry
    assert everything_about(db) == before


def test_an_edit_of_one_field_leaves_awkward_others_alone(db: Database, now: datetime) -> None:
    entry = add(db, now, description="5 &amp;lt; 6 &amp;amp; <p>more</p>", extras={"odd": {"a": [[["x"]]], "f": 0.5}})
    after = amend(db, entry, now, summary="New")
    assert datasets.history(db, "dfe/npd")[-1].changes == {"summary": [None, "New"]}
    assert (after.description, after.extras) == (entry.description, entry.extras)


@pytest.mark.parametrize(
    ("changes", "faulty"),
    [
        ({"colour": "red", "size": 2}, {"colour": "There is no such field.", "size": "There is no such field."}),
        ({"revision": 7}, {"revision": "There is no such field."}),
        ({"title": ""}, {"title": "There is no title. Add one and import the row again."}),
        ({"lead_time_days": "soon", "summary": "x"}, {"lead_time_days": "This should be a whole number of days."}),
        ({"issued": "tomorrow"}, {"issued": "“tomorrow” is not a date. Write it as 2026-03-31."}),
    ],
)
def test_what_cannot_be_kept_is_refused_field_by_field_and_nothing_is_changed(
    db: Database, now: datetime, changes: dict[str, Any], faulty: dict[str, str]
) -> None:
    entry = add(db, now)
    before = everything_about(db)
    with pytest.raises(InvalidEntry) as caught:
        amend(db, entry, now, **changes)
    assert caught.value.faults == faulty
    with pytest.raises(InvalidEntry) as caught:
        datasets.add(db, {"id": "new", "title": "New"} | changes, by="ada", why=None, now=now)
    assert caught.value.faults == faulty
    assert everything_about(db) == before


def test_a_misspelt_visibility_is_refused_not_hidden_behind(db: Database, now: datetime) -> None:
    with pytest.raises(InvalidEntry, match="visibility"):
        add(db, now, visibility="goverment")


def test_an_edit_cannot_move_an_entry_to_another_id(db: Database, now: datetime) -> None:
    entry = add(db, now)
    assert amend(db, entry, now, id="moj/other", summary="x").id == "dfe/npd"


def test_an_edit_of_an_entry_that_is_not_there_is_not_found(db: Database, now: datetime) -> None:
    with pytest.raises(NotFound, match="no entry called “dfe/none” that you can see"):
        datasets.amend(db, "dfe/none", {}, revision=1, by="ada", why=None, now=now)


def test_a_withdrawn_entry_stays_with_its_history_and_names_its_successor(db: Database, now: datetime) -> None:
    entry = add(db, now)
    gone = datasets.withdraw(db, entry.id, revision=1, successor="dfe/npd-2", by="ben", why="replaced", now=now)
    assert (gone.status, gone.superseded_by, gone.revision) == (Status.WITHDRAWN, "dfe/npd-2", 2)
    assert datasets.get(db, entry.id, audience=PUBLIC) == gone
    assert [line.action for line in datasets.history(db, entry.id)] == ["add", "withdraw"]
    back = amend(db, gone, now, status="published", superseded_by=None)
    assert back.status is Status.PUBLISHED
    assert datasets.history(db, entry.id)[-1].changes["status"] == ["withdrawn", None]
    with pytest.raises(Conflict):
        datasets.withdraw(db, entry.id, revision=2, successor=None, by="ben", why=None, now=now)


def test_changes_are_numbered_in_order_and_read_in_order(db: Database, now: datetime) -> None:
    assert (datasets.last_change(db), datasets.changed_since(db, 0, limit=9)) == (0, [])
    one, two = add(db, now, id="z"), add(db, now, id="a")
    three = amend(db, one, now, summary="x")
    assert [one.change, two.change, three.change, datasets.last_change(db)] == [1, 2, 3, 3]
    assert [entry.id for entry in datasets.changed_since(db, 0, limit=9)] == ["a", "z"]
    assert [entry.id for entry in datasets.changed_since(db, 2, limit=9)] == ["z"]
    assert [entry.id for entry in datasets.changed_since(db, 0, limit=1)] == ["a"]


@pytest.fixture
def four(db: Database, now: datetime) -> Database:
    """A public entry, one for government, one each for the bodies dfe and moj; and one of each withdrawn."""
    for name, values in {
        "public": {},
        "government": {"visibility": "government"},
        "dfe": {"visibility": "named", "visible_to": ["dfe"]},
        "moj": {"visibility": "named", "visible_to": ["moj"]},
        "old": {"visibility": "government", "status": "withdrawn"},
    }.items():
        add(db, now, id=name, title=f"Title {name}", publisher="dfe", theme="Schools", **values)
    return db


SEEN = {
    "everyone": (PUBLIC, ["public"]),
    "government": (GOVERNMENT, ["government", "old", "public"]),
    "somebody at dfe": (Audience(True, frozenset(["dfe"])), ["dfe", "government", "old", "public"]),
    "somebody at both": (EVERYBODY, ["dfe", "government", "moj", "old", "public"]),
    "a guest who says dfe": (Audience(False, frozenset(["dfe"])), ["public"]),
}


@pytest.mark.parametrize("who", SEEN)
def test_an_audience_gets_what_it_may_know_and_nothing_tells_it_of_the_rest(four: Database, who: str) -> None:
    audience, seen = SEEN[who]
    ids = ["moj", "public", "missing", "old", "dfe", "government", "public"]
    assert [entry.id for entry in datasets.get_many(four, ids, audience=audience)] == [
        name for name in ids if name in seen
    ]
    assert sorted(entry.id for entry in datasets.everything(four, audience=audience)) == seen
    published = [name for name in seen if name != "old"]
    held = datasets.by_publisher(four, "dfe", audience=audience, limit=9)
    assert sorted(entry.id for entry in held) == published
    assert datasets.count_by_theme(four, "dfe", audience=audience) == (len(published), {"Schools": len(published)})
    hidden = {"public", "government", "dfe", "moj", "old"} - set(seen)
    for name in hidden:
        with pytest.raises(NotFound) as caught:
            datasets.get(four, name, audience=audience)
        assert str(caught.value) == str(NotFound("entry", name))


def test_entries_for_named_bodies_and_the_count_are_for_the_program_itself(four: Database) -> None:
    assert [entry.id for entry in datasets.named(four)] == ["dfe", "moj"]
    assert datasets.count(four) == 5


def test_entries_without_a_theme_are_counted_with_those_of_others(db: Database, now: datetime) -> None:
    for number, theme in enumerate(["Health", "Health", "Other", None, None]):
        add(db, now, id=f"e{number}", publisher="nhs", theme=theme)
    assert datasets.count_by_theme(db, "nhs", audience=PUBLIC) == (5, {"Other": 3, "Health": 2})


def test_asking_for_no_entries_asks_nobody(db: Database) -> None:
    assert datasets.get_many(db, [], audience=PUBLIC) == []


def test_many_entries_are_read_in_pages(sqlite_db: Database, now: datetime) -> None:
    with sqlite_db.atomic():
        for number in range(datasets.PAGE + 5):
            add(sqlite_db, now, id=f"e{number}")
    assert len(list(datasets.everything(sqlite_db, audience=PUBLIC))) == datasets.PAGE + 5
