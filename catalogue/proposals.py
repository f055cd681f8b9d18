"""Corrections and problems that anybody reports, until a steward has decided.

A proposal that names a field and what it should say can be accepted as it stands: that is an edit by the steward.
Whoever answers for the entry is told (`responsible.py`), and the proposer is told the outcome. Each decision is taken
once: who comes second is told who decided and when.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from catalogue import audit, clock, datasets, editing, outbox
from catalogue.entries import LISTS, canonical, to_document
from catalogue.errors import AlreadyDecided, NotAllowed, NotFound
from catalogue.fields import CONTACT_PARTS
from catalogue.model import Dataset, Person
from catalogue.responsible import keepers
from catalogue.store import Database
from catalogue.text import clean_text

LONGEST = 1_000
MOST_A_DAY = 20

FIELDS = (
    "title",
    "summary",
    "description",
    "alternative_titles",
    "update_frequency",
    "modified",
    "spatial",
    "temporal",
    "granularity",
    "licence",
    "url",
    *(f"contact_{part}" for part in CONTACT_PARTS),
)
"""What a proposal can say a new value for. A name is added to the others; a part of the contact is one of its own."""


class Kind(StrEnum):
    WRONG = "wrong"
    OUT_OF_DATE = "out_of_date"
    BROKEN_LINK = "broken_link"
    CONTACT = "contact"
    OTHER = "other"


class State(StrEnum):
    OPEN = "open"
    ACCEPTED = "accepted"
    DECLINED = "declined"


@dataclass(frozen=True, slots=True)
class Proposal:
    """One report: what is wrong with an entry in `words`, perhaps with the `value` that a field should have.

    `revision` is the one the entry was at.
    """

    number: int
    dataset_id: str
    revision: int
    kind: Kind
    field: str | None
    value: Any
    words: str
    by: str
    made_at: datetime
    state: State
    decided_by: str | None
    decided_at: datetime | None
    note: str | None

    @property
    def id(self) -> str:
        return f"PR-{self.number:04}"


def propose(
    db: Database,
    dataset_id: str,
    *,
    kind: Kind,
    words: str,
    field: str | None = None,
    value: Any = None,
    by: Person,
    now: datetime,
) -> Proposal:
    """Report something about an entry; who answers for it is told. `value` is clean already (`checks.tidy`).

    Raises NotFound, or NotAllowed: a guest, or somebody who has reported more than MOST_A_DAY today.
    """
    with db.atomic():
        entry = editing.allowed(db, dataset_id, by, "entry.propose", now=now)
        since = {"by": by.id, "since": clock.stamp(now - timedelta(days=1))}
        made = db.query("SELECT COUNT(*) AS n FROM proposals WHERE by = :by AND made_at > :since", since)
        if made[0]["n"] >= MOST_A_DAY:
            raise NotAllowed("You have reported a lot today. Try again tomorrow, or write to the contact of the entry.")
        row = {
            "dataset_id": dataset_id,
            "revision": entry.revision,
            "kind": str(kind),
            "field": field,
            "value": canonical({"value": value}) if field else None,
            "words": clean_text(words, LONGEST),
            "by": by.id,
            "now": clock.stamp(now),
        }
        number = db.query(
            "INSERT INTO proposals (dataset_id, revision, kind, field, value, words, by, made_at, state)"
            " VALUES (:dataset_id, :revision, :kind, :field, :value, :words, :by, :now, 'open') RETURNING number",
            row,
        )[0]["number"]
        proposal = find(db, number)
        for keeper in keepers(db, entry.publisher, dataset_id=entry.id, now=now, but=(by.id,)).people:
            key = f"proposal.made:{number}:{keeper.id}"
            outbox.tell(db, "proposal.made", keeper.id, {"proposal": number}, about=proposal.id, key=key, now=now)
        audit.record(db, by=by, action="entry.propose", about=dataset_id, detail={"proposal": proposal.id}, now=now)
        return proposal


def find(db: Database, number: int) -> Proposal:
    """Raises NotFound."""
    rows = db.query("SELECT * FROM proposals WHERE number = :number", {"number": number})
    if not rows:
        raise NotFound("proposal", f"PR-{number:04}")
    return _proposal(rows[0])


def open_about(db: Database, dataset_id: str) -> list[Proposal]:
    """What waits to be decided about an entry, oldest first."""
    rows = db.query(
        "SELECT * FROM proposals WHERE dataset_id = :id AND state = 'open' ORDER BY number", {"id": dataset_id}
    )
    return [_proposal(row) for row in rows]


def changes(entry: Dataset, proposal: Proposal) -> dict[str, Any]:
    """What accepting the proposal would change in the entry as it now is; nothing when it names no field."""
    if not proposal.field:
        return {}
    document = to_document(entry)
    name, value = proposal.field, proposal.value
    if name.startswith("contact_"):
        return {"contact": {**document.get("contact", {}), name.removeprefix("contact_"): value}}
    if name in LISTS:
        return {name: list(dict.fromkeys([*document.get(name, []), *value]))}
    return {name: value}


def accept(db: Database, number: int, *, by: Person, now: datetime) -> Dataset:
    """Make the change that was proposed. Raises AlreadyDecided, NotAllowed; NotFound when it proposes no value."""
    with db.atomic():
        datasets.take_changes(db, 0)
        proposal = find(db, number)
        entry = editing.allowed(db, proposal.dataset_id, by, "entry.resolve", now=now)
        _decide(db, proposal, State.ACCEPTED, by=by, note=None, now=now)
        wanted = changes(entry, proposal)
        if not wanted:
            raise NotFound("value", proposal.id)
        why = f"{proposal.id}, proposed by a reader"
        return editing.edit(db, entry.id, wanted, revision=entry.revision, by=by, why=why, now=now)


def settle(db: Database, number: int, *, by: Person, note: str | None = None, now: datetime) -> None:
    """The steward edited the entry because of it, or mended it elsewhere. Raises AlreadyDecided, NotAllowed."""
    with db.atomic():
        proposal = find(db, number)
        editing.allowed(db, proposal.dataset_id, by, "entry.resolve", now=now)
        _decide(db, proposal, State.ACCEPTED, by=by, note=note, now=now)


def decline(db: Database, number: int, *, by: Person, note: str, now: datetime) -> None:
    """Leave the entry as it is, and tell the proposer why. Raises AlreadyDecided, NotAllowed."""
    with db.atomic():
        proposal = find(db, number)
        editing.allowed(db, proposal.dataset_id, by, "entry.resolve", now=now)
        _decide(db, proposal, State.DECLINED, by=by, note=clean_text(note, LONGEST), now=now)


def _decide(db: Database, proposal: Proposal, state: State, *, by: Person, note: str | None, now: datetime) -> None:
    """Write the decision down, have every card say so, and tell the proposer; inside the caller's transaction."""
    decided = db.execute(
        "UPDATE proposals SET state = :state, decided_by = :by, decided_at = :now, note = :note"
        " WHERE number = :number AND state = 'open'",
        {"state": str(state), "by": by.id, "now": clock.stamp(now), "note": note, "number": proposal.number},
    )
    if not decided:
        present = find(db, proposal.number)
        raise AlreadyDecided(proposal.id, by=present.decided_by or "", at=clock.stamp(present.decided_at or now))
    key = f"proposal.decided:{proposal.number}"
    values: Mapping[str, Any] = {"proposal": proposal.number}
    if proposal.by != by.id:
        outbox.tell(db, "proposal.decided", proposal.by, values, about=proposal.id, key=key, now=now)
    outbox.retell(db, proposal.id, now=now)
    detail = {"proposal": proposal.id, "outcome": str(state)}
    audit.record(db, by=by, action="entry.resolve", about=proposal.dataset_id, detail=detail, now=now)


def _proposal(row: Mapping[str, Any]) -> Proposal:
    return Proposal(
        number=row["number"],
        dataset_id=row["dataset_id"],
        revision=row["revision"],
        kind=Kind(row["kind"]),
        field=row["field"],
        value=json.loads(row["value"])["value"] if row["value"] else None,
        words=row["words"],
        by=row["by"],
        made_at=clock.moment(row["made_at"]),
        state=State(row["state"]),
        decided_by=row["decided_by"],
        decided_at=clock.moment(row["decided_at"]) if row["decided_at"] else None,
        note=row["note"],
    )
