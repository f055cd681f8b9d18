"""The index follows the record: what was just saved is found, by those who may know of it and by nobody else."""

from __future__ import annotations

import time
from datetime import datetime
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest

from catalogue import datasets, organisations
from catalogue.model import GOVERNMENT, PUBLIC, Audience, Organisation
from catalogue.search import index as index_module
from catalogue.search.index import Index
from catalogue.store import Database
from tests.catalogue.search.indexed import add, amend, found, held

DFE = Audience(in_government=True, names=frozenset(["dfe"]))
BOTH = Audience(in_government=True, names=frozenset(["dfe", "moj"]))
AUDIENCES = (PUBLIC, GOVERNMENT, DFE, BOTH)
VISIBILITIES: dict[str, dict[str, Any]] = {
    "public": {"visibility": "public"},
    "government": {"visibility": "government"},
    "dfe": {"visibility": "named", "visible_to": ["dfe"]},
    "moj": {"visibility": "named", "visible_to": ["moj"]},
}


@pytest.fixture
def index(tmp_path: Path) -> Index:
    return Index(tmp_path / "index")


def test_an_empty_record_has_an_empty_index(db: Database, index: Index) -> None:
    assert [found(index, db, audience) for audience in AUDIENCES] == [[]] * 4


def test_what_was_saved_is_found_by_the_next_search(db: Database, index: Index, now: datetime) -> None:
    add(db, now, "a", "b", summary="otters")
    assert found(index, db) == ["a", "b"]
    add(db, now, "c", summary="otters")
    assert found(index, db, word="otters") == ["a", "b", "c"]
    amend(db, now, "b", summary="badgers")
    assert found(index, db, word="otters") == ["a", "c"]
    assert found(index, db, word="badgers") == ["b"]
    assert found(index, db) == ["a", "b", "c"]


def test_an_index_as_it_is_follows_no_further_and_the_one_it_came_from_does(
    sqlite_db: Database, index: Index, now: datetime
) -> None:
    add(sqlite_db, now, "a")
    index.follow(sqlite_db)
    still = index.as_it_is()
    add(sqlite_db, now, "b")

    assert still.follow(sqlite_db) == 0
    assert held(still, sqlite_db) == ["a"]
    assert found(index, sqlite_db) == ["a", "b"]


def test_new_entries_are_held_once_though_what_was_followed_was_not_written_down(
    sqlite_db: Database, tmp_path: Path, now: datetime
) -> None:
    add(sqlite_db, now, "a")
    Index(tmp_path / "index").follow(sqlite_db)
    before = (tmp_path / "index" / "state.json").read_text(encoding="utf-8")
    add(sqlite_db, now, "b", "c")
    amend(sqlite_db, now, "c", summary="x")
    Index(tmp_path / "index").follow(sqlite_db)
    (tmp_path / "index" / "state.json").write_text(before, encoding="utf-8")  # as after a power cut
    again = Index(tmp_path / "index")

    assert again.follow(sqlite_db) == 2
    assert held(again, sqlite_db) == ["a", "b", "c"]


def test_an_entry_that_is_changed_while_it_is_followed_is_held_once(
    sqlite_db: Database, index: Index, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    index.follow(sqlite_db)
    monkeypatch.setattr(index_module, "PAGE", 2)
    add(sqlite_db, now, "a", "b", "c")
    changed: list[str] = []

    def change(_count: int) -> None:
        if not changed:
            changed.append("a")
            amend(sqlite_db, now, "a", summary="x")

    index.follow(sqlite_db, wait=True, progress=change)

    assert held(index, sqlite_db) == ["a", "b", "c"]


def test_following_says_how_many_entries_it_brought_in(sqlite_db: Database, index: Index, now: datetime) -> None:
    add(sqlite_db, now, "a", "b")
    assert [index.follow(sqlite_db) for _ in range(2)] == [2, 0]
    amend(sqlite_db, now, "a", summary="x")
    amend(sqlite_db, now, "a", summary="y")
    generation = index.generation
    assert [index.follow(sqlite_db) for _ in range(2)] == [1, 0]
    assert index.generation == generation + 1


def test_a_withdrawn_entry_can_still_be_found(sqlite_db: Database, index: Index, now: datetime) -> None:
    add(sqlite_db, now, "a")
    found(index, sqlite_db)
    datasets.withdraw(sqlite_db, "a", revision=1, successor=None, by="ada", why=None, now=now)
    assert index.follow(sqlite_db) == 1
    assert held(index, sqlite_db) == held(index, sqlite_db, word="about") == ["a"]


def test_an_entry_is_found_by_the_names_of_its_publisher(sqlite_db: Database, index: Index, now: datetime) -> None:
    organisations.save(sqlite_db, [Organisation("x", "Ministry of Silly Walks", "MSW")], origin="test")
    add(sqlite_db, now, "a", publisher="x")
    assert found(index, sqlite_db, word="silly") == found(index, sqlite_db, word="msw") == ["a"]


def test_every_audience_finds_what_it_may_know_and_nothing_else(db: Database, index: Index, now: datetime) -> None:
    for name, values in VISIBILITIES.items():
        add(db, now, name, **values)
    assert found(index, db, PUBLIC) == ["public"]
    assert found(index, db, GOVERNMENT) == ["government", "public"]
    assert found(index, db, DFE) == ["dfe", "government", "public"]
    assert found(index, db, BOTH) == ["dfe", "government", "moj", "public"]
    assert found(index, db, Audience(in_government=False, names=frozenset(["dfe"]))) == ["public"]
    for audience in AUDIENCES:
        seen = [entry.id for entry in datasets.everything(db, audience=audience)]
        assert found(index, db, audience) == seen


@pytest.mark.parametrize(("before", "after"), list(permutations(VISIBILITIES, 2)))
def test_an_entry_whose_visibility_changes_is_found_by_its_new_readers_only(
    sqlite_db: Database, index: Index, now: datetime, before: str, after: str
) -> None:
    add(sqlite_db, now, "moved", **VISIBILITIES[before])
    add(sqlite_db, now, "stays")
    for where in (None, after, before):
        if where:
            amend(sqlite_db, now, "moved", **{"visible_to": None} | VISIBILITIES[where])
        for audience in AUDIENCES:
            seen = [entry.id for entry in datasets.everything(sqlite_db, audience=audience)]
            assert found(index, sqlite_db, audience) == seen


def test_the_searchers_of_an_audience_hold_no_entry_it_may_not_know(
    sqlite_db: Database, index: Index, now: datetime
) -> None:
    for name, values in VISIBILITIES.items():
        add(sqlite_db, now, name, summary=f"word{name}", **values)
    index.follow(sqlite_db)
    for audience, words in {PUBLIC: ["public"], GOVERNMENT: ["public", "government"]}.items():
        searchers = index.partitions(sqlite_db, audience)
        assert sum(searcher.num_docs for searcher in searchers) == len(words)
        known = [name for name in VISIBILITIES if any(each.doc_freq("words", f"word{name}") for each in searchers)]
        assert known == words


def test_a_partition_with_nothing_in_it_is_not_searched(sqlite_db: Database, index: Index, now: datetime) -> None:
    add(sqlite_db, now, "a")
    index.follow(sqlite_db)
    assert [len(index.partitions(sqlite_db, audience)) for audience in AUDIENCES] == [1, 1, 1, 1]
    add(sqlite_db, now, "b", **VISIBILITIES["moj"])
    index.follow(sqlite_db)
    assert [len(index.partitions(sqlite_db, audience)) for audience in AUDIENCES] == [1, 1, 1, 2]


def test_the_partitions_of_many_readers_do_not_pile_up(
    sqlite_db: Database, index: Index, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(index_module, "READERS_KEPT", 5)
    add(sqlite_db, now, "a", visibility="named", visible_to=["p7"])
    index.follow(sqlite_db)
    for number in range(20):
        reader = Audience(in_government=True, names=frozenset([f"p{number}"]))
        assert held(index, sqlite_db, reader) == (["a"] if number == 7 else [])
    assert len(index._named) <= 6


def test_many_changes_are_not_waited_for_and_arrive(
    sqlite_db: Database, index: Index, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(index_module, "AT_ONCE", 3)
    add(sqlite_db, now, "first")
    index.follow(sqlite_db)
    add(sqlite_db, now, *"abcdefgh")
    assert index.follow(sqlite_db) == 0
    assert "first" in held(index, sqlite_db)
    end = time.monotonic() + 20
    while len(found(index, sqlite_db)) < 9:
        assert time.monotonic() < end
        time.sleep(0.01)


def test_whoever_waits_gets_everything_and_is_told_how_far_it_is(
    sqlite_db: Database, index: Index, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(index_module, "AT_ONCE", 3)
    monkeypatch.setattr(index_module, "PAGE", 4)
    add(sqlite_db, now, "first")
    index.follow(sqlite_db)
    add(sqlite_db, now, *"abcdefghij")
    ticks: list[int] = []
    assert index.follow(sqlite_db, wait=True, progress=ticks.append) == 10
    assert ticks == [4, 4, 2]
    assert len(held(index, sqlite_db)) == 11
