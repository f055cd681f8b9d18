"""What was done and what was refused: only added to, each row chained to the one before.

A row's hash covers the row before it, so that a row changed, removed or put in between later is found by `verify`. Who
acted and the details, which may name people, are sealed: the chain covers a salted commitment to them, and they are
kept beside it. Removing them (`unseal`) makes a person unrecognisable and leaves the chain whole, and is a row itself.

Whoever can rewrite the whole database can rewrite the chain. So its `head` is written where they cannot reach it: into
the log every day and with each backup.
"""

import hashlib
import json
import secrets
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import version
from typing import Any

from catalogue import clock
from catalogue.entries import canonical
from catalogue.model import Person
from catalogue.store import Database
from catalogue.store.port import Row

VERSION = version("whoholds")
START = "0" * 64
PAGE = 5_000
UNSEALED = "audit.unsealed"


@dataclass(frozen=True, slots=True)
class Head:
    """The newest row's number and hash: whoever keeps it can tell later whether what came before was changed."""

    number: int
    hash: str

    def __str__(self) -> str:
        return f"{self.number}:{self.hash}"


@dataclass(frozen=True, slots=True)
class Happening:
    """A row as it can be read: `by` and `detail` are None once they have been removed."""

    number: int
    at: datetime
    by: str | None
    action: str
    about: str
    outcome: str
    standing: str | None
    detail: Mapping[str, Any] | None


@dataclass(frozen=True, slots=True)
class Finding:
    """What `verify` found: `problems` are sentences, none when the chain is whole."""

    rows: int
    removed: int
    head: Head
    problems: tuple[str, ...]


def record(
    db: Database,
    *,
    by: Person | str | None,
    action: str,
    about: str,
    detail: Mapping[str, Any] | None = None,
    now: datetime,
    standing: str | None = None,
) -> int:
    """Add that something was done, inside the caller's transaction and as its last act; returns the row's number.

    `by` is a person, their id, or what acted (`command line`). `about` names a thing (`SR-0042`, an entry's id), never
    a person; people belong in `detail`, JSON values such as {"person": id, "before": …, "after": …, "reason": …}.
    `standing` is the right by which it was done. From here to the end of the transaction nobody else can add a row.
    """
    return _add(db, by=by, action=action, about=about, detail=detail, now=now, standing=standing, outcome="done")


def refused(
    db: Database,
    *,
    by: Person | str | None,
    action: str,
    about: str,
    detail: Mapping[str, Any] | None = None,
    now: datetime,
) -> int:
    """Add that somebody tried what they may not. In a transaction of its own: the one that failed leaves nothing."""
    return _add(db, by=by, action=action, about=about, detail=detail, now=now, standing=None, outcome="refused")


def _add(
    db: Database,
    *,
    by: Person | str | None,
    action: str,
    about: str,
    detail: Mapping[str, Any] | None,
    now: datetime,
    standing: str | None,
    outcome: str,
) -> int:
    who = by.id if isinstance(by, Person) else by or "nobody known"
    with db.atomic():
        taken = db.query("UPDATE counters SET value = value + 1 WHERE name = 'audit' RETURNING value")
        number = int(taken[0]["value"])
        last = db.query("SELECT hash FROM audit WHERE number = :number", {"number": number - 1})
        row: Row = {
            "number": number,
            "at": clock.stamp(now),
            "action": action,
            "about": about,
            "outcome": outcome,
            "standing": standing,
            "who": _seal(db, number, "who", who),
            "what": _seal(db, number, "what", canonical(detail or {})),
            "version": VERSION,
            "previous": last[0]["hash"] if last else START,
        }
        db.execute(
            "INSERT INTO audit (number, at, action, about, outcome, standing, who, what, version, previous, hash)"
            " VALUES (:number, :at, :action, :about, :outcome, :standing, :who, :what, :version, :previous, :hash)",
            {**row, "hash": _hash(row)},
        )
    return number


def _seal(db: Database, number: int, part: str, document: str) -> str:
    """Keep a part beside the chain and return the commitment to it that goes into the chain."""
    salt = secrets.token_hex(16)
    db.execute(
        "INSERT INTO audit_sealed (number, part, salt, document) VALUES (:number, :part, :salt, :document)",
        {"number": number, "part": part, "salt": salt, "document": document},
    )
    return _commitment(salt, document)


def _commitment(salt: str, document: str) -> str:
    return hashlib.sha256(f"{salt}:{document}".encode()).hexdigest()


def _hash(row: Mapping[str, Any]) -> str:
    """The hash of a row, without its own."""
    return hashlib.sha256(
        canonical({name: value for name, value in row.items() if name != "hash"}).encode()
    ).hexdigest()


def head(db: Database) -> Head:
    """The newest row; number 0 when there is none."""
    rows = db.query("SELECT number, hash FROM audit ORDER BY number DESC LIMIT 1")
    return Head(rows[0]["number"], rows[0]["hash"]) if rows else Head(0, START)


def contains(db: Database, written_down: str) -> bool:
    """Whether a head that somebody wrote down earlier, `number:hash`, is still a row of the chain."""
    number, _colon, digest = written_down.partition(":")
    rows = db.query(
        "SELECT hash FROM audit WHERE number = :number", {"number": int(number) if number.isdecimal() else -1}
    )
    return bool(rows) and rows[0]["hash"] == digest


def rows_about(db: Database, about: str) -> list[Happening]:
    """What was done to a thing and what was refused, oldest first."""
    rows = db.query("SELECT * FROM audit WHERE about = :about ORDER BY number", {"about": about})
    return [_happening(db, row) for row in rows]


def newest(db: Database, *, limit: int = 50) -> list[Happening]:
    """The newest rows, newest first."""
    rows = db.query("SELECT * FROM audit ORDER BY number DESC LIMIT :limit", {"limit": limit})
    return [_happening(db, row) for row in rows]


def of_person(db: Database, names: Collection[str]) -> list[Happening]:
    """The rows by or about a person, oldest first; `names` are what they are called by: ids, addresses."""
    numbers = {number for number, _part in _parts_about(db, names)}
    rows = [db.query("SELECT * FROM audit WHERE number = :number", {"number": number})[0] for number in sorted(numbers)]
    return [_happening(db, row) for row in rows]


def unseal(db: Database, names: Collection[str], *, keep: Collection[str] = (), now: datetime) -> int:
    """Remove, inside the caller's transaction, the parts that name a person; returns how many.

    Rows about what is in `keep` stay as they are. The chain stays whole, and says which parts were removed.
    """
    return _remove(db, _parts_about(db, names, keep=keep), now=now)


def age(db: Database, *, before: datetime, now: datetime) -> int:
    """Remove every sealed part of rows older than `before`; returns how many."""
    rows = db.query(
        "SELECT s.number, s.part FROM audit_sealed s JOIN audit a ON a.number = s.number"
        " WHERE a.at < :before AND a.action <> :unsealed ORDER BY s.number, s.part",
        {"before": clock.stamp(before), "unsealed": UNSEALED},
    )
    with db.atomic():
        return _remove(db, [(row["number"], row["part"]) for row in rows], now=now)


def _remove(db: Database, parts: list[tuple[int, str]], *, now: datetime) -> int:
    if parts:
        db.execute_many(
            "DELETE FROM audit_sealed WHERE number = :number AND part = :part",
            [{"number": number, "part": part} for number, part in parts],
        )
        detail = {"parts": [f"{number}.{part}" for number, part in parts]}
        record(db, by="whoholds", action=UNSEALED, about="audit", detail=detail, now=now)
    return len(parts)


def _parts_about(db: Database, names: Collection[str], *, keep: Collection[str] = ()) -> list[tuple[int, str]]:
    """The parts that name somebody. A text is looked through for each name as JSON writes it."""
    quoted = [json.dumps(name, ensure_ascii=False) for name in names]
    rows = db.query(
        "SELECT s.number, s.part, s.document, a.about FROM audit_sealed s JOIN audit a ON a.number = s.number"
        " WHERE a.action <> :unsealed ORDER BY s.number, s.part",
        {"unsealed": UNSEALED},
    )
    return [
        (row["number"], row["part"])
        for row in rows
        if row["about"] not in keep
        and (row["document"] in names if row["part"] == "who" else any(name in row["document"] for name in quoted))
    ]


def _happening(db: Database, row: Row) -> Happening:
    sealed = db.query("SELECT part, document FROM audit_sealed WHERE number = :number", {"number": row["number"]})
    parts = {each["part"]: each["document"] for each in sealed}
    return Happening(
        number=row["number"],
        at=clock.moment(row["at"]),
        by=parts.get("who"),
        action=row["action"],
        about=row["about"],
        outcome=row["outcome"],
        standing=row["standing"],
        detail=json.loads(parts["what"]) if "what" in parts else None,
    )


def verify(db: Database) -> Finding:
    """Follow the whole chain. A part that is not there is a problem unless its removal is a row of the chain."""
    problems: list[str] = []
    missing: set[str] = set()
    told: set[str] = set()
    last = Head(0, START)
    for row, parts in _chain(db):
        if row["number"] != last.number + 1:
            problems.append(f"Row {last.number + 1} is missing.")
        if row["previous"] != last.hash:
            problems.append(f"Row {row['number']} does not follow the row before it.")
        if row["hash"] != _hash(row):
            problems.append(f"Row {row['number']} was changed.")
        for part in ("who", "what"):
            if part not in parts:
                missing.add(f"{row['number']}.{part}")
            elif _commitment(*parts[part]) != row[part]:
                problems.append(f"The part “{part}” kept beside row {row['number']} was changed.")
        if row["action"] == UNSEALED and "what" in parts:
            told |= set(json.loads(parts["what"][1])["parts"])
        last = Head(row["number"], row["hash"])
    problems += [f"The part {part} was removed, and no row says so." for part in sorted(missing - told)]
    counted = int(db.query("SELECT value FROM counters WHERE name = 'audit'")[0]["value"])
    if counted != last.number:
        problems.append(f"{counted - last.number} rows are missing at the end.")
    return Finding(last.number, len(missing), last, tuple(problems))


def _chain(db: Database) -> Iterator[tuple[Row, dict[str, tuple[str, str]]]]:
    """Every row in order, with what is kept beside it: part to salt and document."""
    after = 0
    while rows := db.query(
        "SELECT * FROM audit WHERE number > :after ORDER BY number LIMIT :page", {"after": after, "page": PAGE}
    ):
        until = rows[-1]["number"]
        beside: dict[int, dict[str, tuple[str, str]]] = {}
        for part in db.query(
            "SELECT * FROM audit_sealed WHERE number > :after AND number <= :until", {"after": after, "until": until}
        ):
            beside.setdefault(part["number"], {})[part["part"]] = (part["salt"], part["document"])
        for row in rows:
            yield row, beside.get(row["number"], {})
        after = until
