"""Random histories of harvests, edits, conflicts, decisions, withdrawals and undos, beside a model that knows better.

Every entry of a source has a history of its own, so one database holds hundreds of them. The model does not merge: it
remembers who has the say over each field, and what has to be true for a reader. `WHOHOLDS_PROOF=1` runs 100,000,
and half as many on PostgreSQL.
"""

from __future__ import annotations

import json
import os
import random
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catalogue import datasets
from catalogue.entries import to_document
from catalogue.harvest import conflicts, harvest, sources
from catalogue.harvest.fetch import Caps, Fetcher
from catalogue.harvest.layers import HARVESTABLE, merge, opens
from catalogue.harvest.undo import undo
from catalogue.model import NOBODY_READS, Grant, Person, Role
from catalogue.store import Database, connect
from tests.conftest import NOW
from tests.fakes.upstream import package

IS_PROOF = os.environ.get("WHOHOLDS_PROOF") == "1"
ENTRIES, ROUNDS, SEEDS = (1000, 8, 100) if IS_PROOF else (120, 10, 2)
STEWARD = Person("steward", grants=(Grant(Role.STEWARD, "department-for-education"),))
FIELDS = ("title", "description", "licence", "access_rights")
THEIRS = {"title": "title", "description": "notes", "licence": "license_id", "access_rights": "isopen"}
WORDS = ("one", "two", "three")
Values = dict[str, Any]


class Model:
    """What has to be true of one entry: what its source says, and over which fields a steward has the say."""

    def __init__(self, number: int) -> None:
        self.number = number
        self.id = f"department-for-education/dataset-{number}"
        self.record = package(number)
        self.is_there = True
        self.steward: Values = {}
        self.base: Values = {}

    def said(self, field: str) -> Any:
        """What the source says of a field, as we would read it."""
        value = self.record[THEIRS[field]]
        if field == "access_rights":
            return "OPEN" if value else None
        return "OGL-UK-3.0" if value == "uk-ogl" else value

    def says(self, field: str, value: Any) -> None:
        """A steward has said this. Where it is what the source said last, nobody stands against the source."""
        self.steward[field] = value
        if value == self.base[field]:
            del self.steward[field]

    def harvested(self) -> None:
        """A harvest has passed: where source and steward say the same, nobody stands against the source any more."""
        if self.is_there:
            self.base = {field: self.said(field) for field in FIELDS}
            self.steward = {field: value for field, value in self.steward.items() if value != self.base[field]}


class World:
    """A source with its entries, a database, and what everybody does to them."""

    def __init__(self, db: Database, chance: random.Random) -> None:
        self.db, self.chance, self.now = db, chance, NOW
        self.models = {model.id: model for model in map(Model, range(ENTRIES))}
        sources.add(db, "portal", kind="ckan", url="https://ckan.example.gov.uk", by="ada", now=NOW)
        self.last: tuple[str, dict[str, Values], dict[str, int]] | None = None

    def answer(self, request: httpx.Request) -> httpx.Response:
        asked = parse_qs(request.url.query.decode())
        found = [model.record for model in self.models.values() if model.is_there]
        start = int(asked["start"][0])
        result = {"count": len(found), "results": found[start : start + 1000]}
        return httpx.Response(200, stream=httpx.ByteStream(json.dumps({"result": result}).encode()))

    def documents(self) -> tuple[dict[str, Values], dict[str, int]]:
        """Every entry with its revision."""
        found = list(datasets.everything(self.db, audience=NOBODY_READS))
        return {one.id: to_document(one) for one in found}, {one.id: one.revision for one in found}

    def harvest(self) -> None:
        before, _revisions = self.documents()
        caps = Caps(rest=0)
        with Fetcher(transport=httpx.MockTransport(self.answer), caps=caps) as fetcher:
            report = harvest.harvest(
                self.db,
                "portal",
                fetcher=fetcher,
                resolve={"Department for Education": "department-for-education"}.get,
                by="portal",
                now=self.now,
            )
        if report.stopped_because:
            assert self.documents()[0] == before, "a stopped run changed something"
            report = harvest.go_on(self.db, "portal", report.run, by="ada", now=self.now)
        assert report.stopped_because is None
        after, revisions = self.documents()
        for model in self.models.values():
            model.harvested()
            self.check(model, before.get(model.id), after[model.id])
        self.last = (report.run, before, revisions)

    def check(self, model: Model, before: Values | None, after: Values) -> None:
        """What a harvest may and may not have done to an entry."""
        for field, value in model.steward.items():
            assert after.get(field) == value, f"{model.id}: the steward's {field} was lost"
        if before and before.get("status") == "withdrawn":
            assert after.get("status") == "withdrawn", f"{model.id} came back by itself"
        if not model.is_there:
            return
        for field in FIELDS:
            if field in model.steward:
                continue
            said, was = model.said(field), (before or {}).get(field)
            if before and said != was and opens(field, was, said, before):
                assert after.get(field) == was, f"{model.id}: {field} was opened by a harvest"
                model.steward[field] = was  # it stays so until a steward decides or the source takes it back
            else:
                assert after.get(field) == said, f"{model.id}: {field} does not follow its source"

    def change_source(self) -> None:
        for model in self.models.values():
            if self.chance.random() < 0.3:
                field = self.chance.choice(("notes", "notes", "license_id", "isopen", "title"))
                value: Any = self.chance.choice(WORDS)
                if field == "isopen":
                    value = self.chance.random() < 0.5
                if field == "license_id":
                    value = self.chance.choice((*WORDS, "uk-ogl"))
                model.record = {**model.record, field: value}
            if self.chance.random() < 0.05:
                model.is_there = not model.is_there

    def edit(self) -> None:
        for model in self.models.values():
            dice = self.chance.random()
            if dice < 0.15:
                field = self.chance.choice(FIELDS)
                value: Any = self.chance.choice(("OPEN", "INTERNAL") if field == "access_rights" else WORDS)
                self._write(model, {field: value})
            elif dice < 0.18:
                self._write(model, {"status": self.chance.choice(("withdrawn", "published"))})

    def _write(self, model: Model, changes: Values) -> None:
        present = datasets.get(self.db, model.id, audience=NOBODY_READS)
        datasets.amend(self.db, model.id, changes, revision=present.revision, by="steward", why=None, now=self.now)
        for field in changes.keys() & set(FIELDS):
            model.says(field, changes[field])

    def decide(self) -> None:
        for conflict in conflicts.waiting(self.db, "portal"):
            model, dice = self.models[conflict.dataset_id], self.chance.random()
            if dice < 0.3:
                conflicts.keep(self.db, conflict.number, by=STEWARD, now=self.now)
            elif dice < 0.6:
                conflicts.take(self.db, conflict.number, by=STEWARD, now=self.now)
                if conflict.field in FIELDS:
                    model.says(conflict.field, conflict.theirs)

    def undo(self) -> None:
        """Take the last harvest back: what nobody changed since is as it was, and the steward has the say over it."""
        if self.last is None or self.chance.random() > 0.3:
            return
        run, before, revisions = self.last
        self.last = None
        present, now_revisions = self.documents()
        done = undo(self.db, run, by="steward", now=self.now)
        after, _revisions = self.documents()
        for model in self.models.values():
            was, untouched = before.get(model.id), now_revisions[model.id] == revisions[model.id]
            if was is None or not untouched:
                assert was is None or after[model.id] == present[model.id]
                if was is None and untouched:
                    assert after[model.id]["status"] == "withdrawn"
                continue
            if model.id in done.changed_since:
                raise AssertionError(f"{model.id} was not changed since")
            assert after[model.id] == was, f"{model.id} is not as it was"
            for field in FIELDS:
                if after[model.id].get(field) != present[model.id].get(field):
                    model.says(field, after[model.id].get(field))


@pytest.mark.parametrize("seed", range(SEEDS))
def test_no_history_loses_a_stewards_edit_or_brings_back_what_was_withdrawn(seed: int, sqlite_url: str) -> None:
    live_through(sqlite_url, seed)


@pytest.mark.parametrize("seed", range(SEEDS // 2))
def test_nor_does_any_on_postgresql(seed: int, postgresql_url: str) -> None:
    live_through(postgresql_url, SEEDS + seed)


def live_through(url: str, seed: int) -> None:
    """Every entry of a source through its history, beside the model."""
    db = connect(url)
    try:
        world = World(db, random.Random(seed))
        world.harvest()
        for _round in range(ROUNDS):
            world.now += timedelta(days=world.chance.choice((1, 3)))
            for act in world.chance.sample([world.change_source, world.edit, world.decide, world.undo], k=4):
                with db.atomic():  # many people's acts in one go, for speed
                    act()
            world.harvest()
        assert db.query("SELECT COUNT(*) AS n FROM history")[0]["n"] > ENTRIES
    finally:
        db.close()


def test_the_model_can_tell_when_an_edit_is_lost(sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def forgetful(base: Values, theirs: Values, mine: Values, **_held: Any) -> Any:
        return merge(mine, theirs, mine)  # as if no steward had ever been there

    monkeypatch.setattr("catalogue.harvest.compare.merge_layers", forgetful)
    db = connect(sqlite_url)
    world = World(db, random.Random(1))
    world.harvest()

    def rounds() -> None:
        for _round in range(ROUNDS):
            world.edit()
            world.change_source()
            world.harvest()

    with pytest.raises(AssertionError, match=r"was lost|came back by itself"):
        rounds()
    db.close()


# the merge itself, for any documents

_DOCUMENTS = st.fixed_dictionaries({"id": st.just("a"), "title": st.sampled_from(["one", "two"])}, optional={
    "summary": st.sampled_from(["one", "two", "three"]),
    "keywords": st.lists(st.sampled_from(["a", "b"]), min_size=1, max_size=2),
    "licence": st.sampled_from(["OGL-UK-3.0", "closed"]),
    "access_rights": st.sampled_from(["OPEN", "RESTRICTED", "INTERNAL"]),
    "visibility": st.sampled_from(["government", "named"]),
    "status": st.just("withdrawn"),
})  # fmt: skip


@settings(deadline=None, max_examples=100_000 if IS_PROOF else 200)
@given(base=_DOCUMENTS, theirs=_DOCUMENTS, mine=_DOCUMENTS)
def test_a_merge_keeps_follows_or_asks_and_doing_it_again_changes_nothing(
    base: Values, theirs: Values, mine: Values
) -> None:
    merged = merge(base, theirs, mine)
    for name in HARVESTABLE:
        was, said, ours, reads = (each.get(name) for each in (base, theirs, mine, merged.document))
        assert reads in (said, ours)
        if ours != was:
            assert reads == ours, "a steward's edit was lost"
        if name in merged.conflicts:
            assert reads == ours and merged.conflicts[name] == (ours, said)
        assert (name in merged.kept) == (reads != said)
        if reads != ours:
            assert not opens(name, ours, reads, mine)
    again = merge(theirs, theirs, merged.document)
    assert again.document == merged.document and not again.conflicts
