"""Proposals, orphans, what nobody found, names and files of entries are kept alike by both databases."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

import pytest

from catalogue import datasets, demand, editing, outbox, people, proposals, readiness, review, terms, uploads, wanted
from catalogue.errors import AlreadyDecided, CatalogueError, NotAllowed, NotFound
from catalogue.model import GOVERNMENT, Grant, Person, Role
from catalogue.proposals import Kind, State
from catalogue.search.find import Search
from catalogue.store import Database
from catalogue.terms import Term
from tests.at_once import at_once

DFE = "department-for-education"
NPD = "dfe/npd"


@pytest.fixture
def steward(db: Database, now: datetime) -> Person:
    """A steward of the department, which has one entry and a data manager."""
    for name, role in (("ada", Role.STEWARD), ("mia", Role.MANAGER)):
        people.save(db, Person(name, slack_id=f"U{name}", organisation=DFE), origin="test", now=now)
        people.grant(db, name, Grant(role, DFE), by="test", reason="Test", now=now)
    people.save(db, Person("ben", slack_id="Uben", organisation="moj"), origin="test", now=now)
    ada = people.find(db, "ada")
    editing.add(db, {"id": NPD, "title": "Pupils", "publisher": DFE}, by=ada, now=now)
    return ada


def told(db: Database, what: str) -> list[str]:
    """Whom the outbox is to tell of something."""
    rows = db.query("SELECT key FROM outbox WHERE kind = 'tell' ORDER BY number")
    return [row["key"].rpartition(":")[2] for row in rows if row["key"].startswith(what)]


def propose(db: Database, now: datetime, **values: object) -> proposals.Proposal:
    ben = people.find(db, "ben")
    given = {"kind": Kind.WRONG, "words": "Wrong"} | values
    return proposals.propose(db, NPD, by=ben, now=now, **given)  # type: ignore[arg-type]


def test_a_proposal_is_decided_once_however_many_decide_at_once(db: Database, steward: Person, now: datetime) -> None:
    proposal = propose(db, now, field="theme", value="Education")
    assert told(db, "proposal.made") == ["ada"]

    def deciding(decide: partial[object]) -> str:
        try:
            decide()
            return "decided"
        except AlreadyDecided:
            return "too late"

    accept = partial(proposals.accept, db, proposal.number, by=steward, now=now)
    decline = partial(proposals.decline, db, proposal.number, by=steward, note="No", now=now)
    assert sorted(at_once(partial(deciding, accept), partial(deciding, decline))) == ["decided", "too late"]
    after = proposals.find(db, proposal.number)
    entry = datasets.get(db, NPD, audience=GOVERNMENT)
    assert (after.state is State.ACCEPTED) == (entry.theme == "Education")
    assert proposals.open_about(db, NPD) == []


def test_an_orphan_goes_to_who_else_has_a_role_until_it_is_settled(
    db: Database, steward: Person, now: datetime
) -> None:
    readiness.refresh(db, now=now)
    review.answer(db, NPD, review.Answered.NOT_MINE, round_="2026-W14", by=steward, now=now)
    assert [orphan.why for orphan in review.orphans(db, DFE)] == [review.Why.NOT_MINE]
    assert any(key.startswith(f"orphans:{DFE}:mia") for key in _keys(db))
    review.adopt(db, NPD, by=people.find(db, "mia"), now=now)
    assert review.orphans(db, DFE) == []
    assert review.note_bounce(db, "nobody@example.gov.uk", now=now) == 0


def _keys(db: Database) -> list[str]:
    return [row["key"] for row in db.query("SELECT key FROM outbox")]


def test_what_nobody_found_is_answered_for(db: Database, search: Search, steward: Person, now: datetime) -> None:
    for place, organisation in enumerate(("moj", "hmrc", None)):
        demand.record(db, "pupils shoes", organisation=organisation, now=now, key=f"a{place}")
    demand.record(db, "pupil shoe", organisation="defra", now=now, key="b")
    (group,) = wanted.groups(db)
    assert (group.times, len(group.organisations)) == (4, 4)
    assert [each.subject for each in wanted.for_publishers(db, search, [DFE])] == [group.subject]
    assert wanted.tell_everyone(db, search, round_="2026-W14", now=now) == 1
    assert wanted.tell_everyone(db, search, round_="2026-W14", now=now) == 0
    later = now + timedelta(minutes=1)
    with pytest.raises(NotAllowed):
        wanted.nobody(db, group.subject, publisher="hmrc", by=steward, now=later)
    wanted.elsewhere(db, group.subject, publisher=DFE, holder="nhs-england", by=steward, now=later)
    assert wanted.for_publishers(db, search, [DFE]) == []
    assert [each.likely for each in wanted.for_publishers(db, search, ["nhs-england"])] == ["nhs-england"]
    held = wanted.held(db, group.subject, NPD, variants=group.variants, by=steward, now=later)
    assert set(held.alternative_titles) == {"pupils shoes", "pupil shoe"}
    assert wanted.groups(db) == []


def test_names_that_stewards_add_are_read_and_can_be_taken_away(
    db: Database, search: Search, steward: Person, now: datetime
) -> None:
    assert terms.add_former_name(db, DFE, "Ministry of Slates", by="ada", now=now)
    assert not terms.add_former_name(db, DFE, "Ministry of Slates", by="ada", now=now)
    assert terms.add_acronym(db, "BPLX", "Big pupil list", holder=DFE, by="ada")
    assert terms.add_synonym(db, "wobblegrams", "pupils", by="ada")
    vocabulary = search.vocabulary()
    assert vocabulary.resolve("ministry of slates") == DFE
    assert [meaning.meaning for meaning in vocabulary.meanings("BPLX")] == ["Big pupil list"]
    added = terms.added(db, DFE, frozenset({"ada"}))
    assert [term.name for term in added] == ["BPLX", "Ministry of Slates", "wobblegrams"]
    assert all(terms.remove(db, term) for term in added)
    assert terms.added(db, DFE, frozenset({"ada"})) == []
    assert search.vocabulary().resolve("ministry of slates") is None
    assert not terms.remove(db, Term(terms.Kind.ACRONYM, "NPD", "National Pupil Database", "shipped"))
    for wrong in ("", "two words", "Big pupil list"):
        with pytest.raises(ValueError):
            terms.add_acronym(db, wrong, "Big pupil list", holder=DFE, by="ada")


def test_a_file_goes_from_check_to_import_to_undo_and_only_by_its_sender(
    db: Database, steward: Person, now: datetime, tmp_path: Path
) -> None:
    path = tmp_path / "entries.csv"
    path.write_text(f"id,title,publisher\n{NPD},Pupils of England,{DFE}\nhmrc/x,Not mine,hmrc\n", encoding="utf-8")
    step = {"resolve": lambda name: name, "now": now, "progress": lambda _count: None}
    with pytest.raises(NotAllowed):
        uploads.receive(db, "F1", name="entries.csv", by=people.find(db, "ben"), now=now)
    with db.atomic():
        uploads.receive(db, "F1", name="entries.csv", by=steward, now=now)
    uploads.check(db, "F1", path, **step)  # type: ignore[arg-type]
    checked = uploads.find(db, "F1")
    assert (checked.state, checked.report["changed"], checked.report["left_out"]) == (uploads.State.CHECKED, 1, 1)
    with pytest.raises(NotFound):
        uploads.start(db, "F1", by=people.find(db, "ben"), now=now)
    uploads.start(db, "F1", by=steward, now=now)
    with pytest.raises(AlreadyDecided):
        uploads.start(db, "F1", by=steward, now=now)
    for _ in range(2):
        uploads.bring_in(db, "F1", path, **step)  # type: ignore[arg-type]
    assert datasets.get(db, NPD, audience=GOVERNMENT).title == "Pupils of England"
    assert len(datasets.history(db, NPD)) == 2
    uploads.undo(db, "F1", by=steward, now=now)
    assert datasets.get(db, NPD, audience=GOVERNMENT).title == "Pupils"
    with pytest.raises(CatalogueError, match="undone already"):
        uploads.undo(db, "F1", by=steward, now=now)
    assert outbox.counts(db)["waiting"] > 0
