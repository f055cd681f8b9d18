"""What is kept about people: one table says where, `export` hands it over, `erase` removes it.

Every table of the record has a line in `TABLES`; a test fails until a new one has. A column that names a person is
renamed to a pseudonym by `erase`, or its row is removed. What the law has us keep for a time (`exceptions`) keeps the
person recognisable until then; `erase` says so, and is run again afterwards.
"""

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from catalogue import audit, clock, datasets, people
from catalogue.model import Person
from catalogue.store import Database
from catalogue.store.port import Row

KEPT = timedelta(days=730)
"""How long requests and decisions, and the audit, are kept recognisable after they end."""


@dataclass(frozen=True, slots=True)
class Table:
    """What a table holds about people. In `people` columns stand their ids; in `documents` JSON that may quote them; in
    `places` what leads to them: their number in Slack, or the outbox's name for where they are written to.

    With `removes` their rows are removed by `erase`, otherwise a pseudonym takes the place of the ids.
    """

    people: tuple[str, ...] = ()
    documents: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    removes: bool = False


NO_LONGER_KNOWN = "erased"
"""Stands for everybody who took part in a request that has long been over."""

WRITTEN_TO = ("person", "home")
"""How the outbox names where a person is written to: `person jane`, `home jane`."""

NOBODY = Table()
"""For a table that says nothing about people."""

TABLES: Mapping[str, Table] = {
    "acronyms": Table(("origin",)),
    "alike": Table(("by",)),
    "audit": NOBODY,  # what it says of people is in audit_sealed, which `audit.unseal` removes
    "audit_sealed": NOBODY,
    "bounces": Table(("address",), removes=True),
    "chores": NOBODY,
    "collection_checks": NOBODY,
    "conversations": Table(documents=("key", "state"), removes=True),  # no messages, but whose turn was the last
    "conflicts": Table(("decided_by",)),
    "counters": NOBODY,
    "datasets": NOBODY,  # who a named entry may be known to is taken out by `_unname`
    "demand_answers": Table(("by",)),
    "drafts": Table(("person",), removes=True),
    "feedback": NOBODY,
    "fetched": NOBODY,
    "follow_news": Table(("person",), removes=True),
    "followed": NOBODY,
    "follows": Table(("person",), removes=True),
    "former_names": Table(("origin",)),
    "grants": Table(("person", "granted_by", "deputy_for")),
    "harvested": NOBODY,
    "held": Table(("by",)),
    "history": Table(("by",), documents=("changes",)),
    "inbox": NOBODY,
    "migrations": NOBODY,
    "organisation_changes": NOBODY,
    "organisations": NOBODY,
    "orphans": Table(("by", "settled_by")),
    "outbox": Table(documents=("payload",), places=("channel",), removes=True),
    "paces": NOBODY,
    "people": NOBODY,  # the person's own row: see `erase`
    "prepared": NOBODY,  # like what is staged, until the run ends
    "proposals": Table(("by", "decided_by")),
    "question_sets": Table(("set_by",)),
    "readiness": NOBODY,
    "readiness_weeks": NOBODY,
    "request_events": Table(("by",), documents=("detail",)),
    "request_joined": Table(("person",)),
    "request_reminded": NOBODY,
    "request_typed": Table(("person",), removes=True),
    "requests": Table(("author", "delegated_to", "decided_by"), documents=("former", "joined")),
    "retold": NOBODY,
    "reviews": Table(("person",)),
    "runs": Table(("by",)),
    "share_steps": Table(("done_by",)),
    "shares": Table(("accepted_by",)),
    "sources": Table(("owner", "added_by")),
    "staged": NOBODY,
    "synonyms": Table(("origin",)),
    "telling": Table(("person",), removes=True),
    "told": Table(("person",), documents=("details",), removes=True),
    "unanswered": NOBODY,
    "uploads": Table(("person",), removes=True),
    "user_groups": Table(("mapped_by",)),
    "visits": Table(places=("slack_id",), removes=True),
}


@dataclass(frozen=True, slots=True)
class Kept:
    """Something that stays recognisable for now: what, why the law has us keep it, and until when if that is known."""

    what: str
    why: str
    until: datetime | None


@dataclass(frozen=True, slots=True)
class Erasure:
    """What `erase` did. `pseudonym` stands where the person stood; None while something has to be kept."""

    pseudonym: str | None
    removed: Mapping[str, int]
    kept: tuple[Kept, ...]


def names_of(person: Person) -> tuple[str, ...]:
    """What a person is called in the record: their id, Slack id and e-mail address."""
    return tuple(dict.fromkeys(name for name in (person.id, person.slack_id, person.email) if name))


def export(db: Database, person: Person) -> dict[str, list[Row]]:
    """Everything the record holds about a person, by table."""
    found: dict[str, list[Row]] = {"people": db.query("SELECT * FROM people WHERE id = :id", {"id": person.id})}
    for name, table in TABLES.items():
        rows = _rows(db, name, table, person)
        if rows:
            found[name] = rows
    named = [{"id": dataset.id} for dataset in datasets.named(db) if person.id in dataset.visible_to]
    happenings = audit.of_person(db, names_of(person))
    found |= {"datasets": named} if named else {}
    found |= {"audit": [_as_row(each) for each in happenings]} if happenings else {}
    return found


def _as_row(happening: audit.Happening) -> Row:
    return {
        "number": happening.number,
        "at": clock.stamp(happening.at),
        "by": happening.by,
        "action": happening.action,
        "about": happening.about,
        "outcome": happening.outcome,
        "detail": happening.detail,
    }


def _rows(db: Database, name: str, table: Table, person: Person) -> list[Row]:
    """The rows of a table that name the person in a column or quote them in a document."""
    if table == NOBODY:
        return []
    where, values = _where(table, person)
    return db.query(f"SELECT * FROM {name} WHERE {where}", values)


def _where(table: Table, person: Person) -> tuple[str, dict[str, str]]:
    """The test that finds a person's rows, with its parameters."""
    tests: list[str] = []
    values: dict[str, str] = {}
    for place, name in enumerate(names_of(person)):
        values |= {f"name{place}": name} if table.people or table.places else {}
        tests += [f"{column} = :name{place}" for column in (*table.people, *table.places)]
        if table.places:
            values |= {f"{kind}{place}": f"{kind} {name}" for kind in WRITTEN_TO}
            values[f"questions{place}"] = f"questions in {name}"
            tests += [f"{column} = :{kind}{place}" for column in table.places for kind in (*WRITTEN_TO, "questions")]
        if table.documents:
            values[f"quoted{place}"] = f"%{_like(json.dumps(name, ensure_ascii=False))}%"
            tests += [f"{column} LIKE :quoted{place} ESCAPE '^'" for column in table.documents]
    return " OR ".join(tests), values


def _like(text: str) -> str:
    return text.replace("^", "^^").replace("%", "^%").replace("_", "^_")


def erase(db: Database, person: Person, *, by: Person | str, reason: str, now: datetime) -> Erasure:
    """Remove a person from the record as far as the law allows; safe to run again.

    Their roles end, what was to be told to them and what was told is removed, the audit forgets them. Where nothing
    has to be kept they get a pseudonym wherever else they stand, and nobody can tell who it was.
    """
    with db.atomic():
        kept = exceptions(db, person, now=now)
        removed = _remove_drafts(db, person)
        db.execute("UPDATE grants SET reason = NULL WHERE person = :id", {"id": person.id})
        db.execute(
            "UPDATE grants SET ended_at = :now WHERE (person = :id OR deputy_for = :id) AND ended_at IS NULL",
            {"id": person.id, "now": clock.stamp(now)},
        )
        for name, table in TABLES.items():
            if table.removes:
                where, values = _where(table, person)
                count = db.execute(f"DELETE FROM {name} WHERE {where}", values)
                removed |= {name: count} if count else {}
        removed |= _unname(db, person, now=now)
        unsealed = audit.unseal(db, names_of(person), keep={each.what for each in kept}, now=now)
        removed |= {"audit": unsealed} if unsealed else {}
        pseudonym = None if kept else _pseudonymise(db, person)
        if kept:
            _lock_out(db, person, now=now)
        detail = {"person": pseudonym or "kept for now", "reason": reason, "kept": [each.what for each in kept]}
        audit.record(db, by=by, action="person.erase", about="people", detail=detail, now=now)
    return Erasure(pseudonym, removed, kept)


def exceptions(db: Database, person: Person, *, now: datetime) -> tuple[Kept, ...]:
    """The requests by which it must stay known who asked and who decided: those under way, in force, or over for less
    than KEPT. Evidence of how public data was shared is kept under UK GDPR Article 17(3)(b) and (e)."""
    rows = db.query(
        "SELECT r.id, r.state, r.changed_at, s.state AS share, s.ended_at FROM requests r"
        " LEFT JOIN shares s ON s.request_id = r.id WHERE r.state <> 'draft' AND (r.author = :id OR r.decided_by = :id"
        " OR r.delegated_to = :id OR s.accepted_by = :id"
        " OR EXISTS (SELECT 1 FROM request_events e WHERE e.request_id = r.id AND e.by = :id)) ORDER BY r.number",
        {"id": person.id},
    )
    kept = []
    for row in rows:
        is_over = row["share"] == "ended" if row["share"] else row["state"] in ("declined", "withdrawn", "expired")
        until = clock.moment(row["ended_at"] or row["changed_at"]) + KEPT if is_over else None
        if until is None or until > now:
            why = "evidence of who asked for the data and who decided, kept while it is in force and two years after"
            kept.append(Kept(row["id"], why, until))
    return tuple(kept)


def forget_parties(db: Database, *, before: datetime, now: datetime) -> int:
    """Make nobody recognisable in requests that have been over since `before`; returns how many.

    The bodies, the answers and what was decided stay: they are the record of how public data was shared.
    """
    rows = db.query(
        "SELECT r.id FROM requests r LEFT JOIN shares s ON s.request_id = r.id WHERE r.author <> :nobody AND"
        " ((s.request_id IS NULL AND r.state IN ('declined', 'withdrawn', 'expired') AND r.changed_at < :before)"
        " OR (s.state = 'ended' AND s.ended_at < :before)) ORDER BY r.number",
        {"nobody": NO_LONGER_KNOWN, "before": clock.stamp(before)},
    )
    for row in rows:
        values = {"id": row["id"], "nobody": NO_LONGER_KNOWN}
        with db.atomic():
            db.execute(
                "UPDATE requests SET author = :nobody, delegated_to = NULL, former = '[]', joined = '[]',"
                " question = NULL, decided_by = CASE WHEN decided_by IS NULL THEN NULL ELSE :nobody END WHERE id = :id",
                values,
            )
            db.execute(
                "UPDATE request_events SET by = :nobody, note = NULL, detail = :empty WHERE request_id = :id",
                {**values, "empty": "{}"},
            )
            db.execute("DELETE FROM request_joined WHERE request_id = :id", {"id": row["id"]})
            for table, column in (("share_steps", "done_by"), ("shares", "accepted_by")):
                named = f"UPDATE {table} SET {column} = :nobody WHERE request_id = :id AND {column} IS NOT NULL"
                db.execute(named, values)
            audit.record(db, by="whoholds", action="request.forget_parties", about=row["id"], now=now)
    return len(rows)


def _remove_drafts(db: Database, person: Person) -> dict[str, int]:
    """Requests that they began and never sent."""
    drafts = "SELECT id FROM requests WHERE author = :id AND state = 'draft'"
    for table in ("request_events", "request_joined", "request_reminded", "request_typed"):
        db.execute(f"DELETE FROM {table} WHERE request_id IN ({drafts})", {"id": person.id})
    count = db.execute("DELETE FROM requests WHERE author = :id AND state = 'draft'", {"id": person.id})
    return {"requests": count} if count else {}


def _unname(db: Database, person: Person, *, now: datetime) -> dict[str, int]:
    """Take the person out of the entries that only named people may know of."""
    count = 0
    for dataset in datasets.named(db):
        if person.id in dataset.visible_to:
            left = [name for name in dataset.visible_to if name != person.id] or ["nobody"]
            datasets.amend(
                db,
                dataset.id,
                {"visible_to": left},
                revision=dataset.revision,
                by="whoholds",
                why="A person was removed.",
                now=now,
            )
            count += 1
    return {"datasets": count} if count else {}


def _lock_out(db: Database, person: Person, *, now: datetime) -> None:
    """Keep who they were, and nothing by which they could be reached or act."""
    people.save(
        db,
        Person(person.id, name=person.name, organisation=person.organisation, is_active=False),
        origin="erased",
        now=now,
    )


def _pseudonymise(db: Database, person: Person) -> str:
    pseudonym = f"erased-{secrets.token_hex(4)}"
    rename(db, person, pseudonym)
    db.execute(
        "UPDATE people SET slack_id = NULL, email = NULL, name = NULL, is_active = 0, origin = 'erased',"
        " language = NULL, chosen_language = NULL, checked_at = NULL WHERE id = :id",
        {"id": pseudonym},
    )
    return pseudonym


def rename(db: Database, person: Person, new_id: str) -> None:
    """Give a person another id wherever they stand, inside the caller's transaction. The audit keeps what was said."""
    row = db.query("SELECT * FROM people WHERE id = :id", {"id": person.id})[0]
    db.execute("UPDATE people SET slack_id = NULL WHERE id = :id", {"id": person.id})
    columns = ", ".join(row)
    values = ", ".join(f":{column}" for column in row)
    db.execute(f"INSERT INTO people ({columns}) VALUES ({values})", {**row, "id": new_id})
    for name, table in TABLES.items():
        for old in names_of(person):
            for column in table.people:
                new = {"new": new_id, "old": old}
                db.execute(f"UPDATE {name} SET {column} = :new WHERE {column} = :old", new)
            for column in table.documents:
                new = {"new": json.dumps(new_id), "old": json.dumps(old, ensure_ascii=False)}
                test = f"{column} LIKE :like ESCAPE '^'"
                db.execute(
                    f"UPDATE {name} SET {column} = REPLACE({column}, :old, :new) WHERE {test}",
                    {**new, "like": f"%{_like(new['old'])}%"},
                )
    db.execute("DELETE FROM people WHERE id = :id", {"id": person.id})
