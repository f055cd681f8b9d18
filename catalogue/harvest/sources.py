"""Sources: the other catalogues that entries are harvested from, as rows an administrator adds.

A source that is removed is no longer harvested; its entries stay, and it may be added again under its name.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from urllib.parse import urlsplit

from catalogue import audit, clock
from catalogue.errors import CatalogueError, NotFound
from catalogue.model import Visibility
from catalogue.store import Database

NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,59}")
RESERVED = frozenset({"undo"})
LONGEST_REST = timedelta(hours=24)


class Kind(StrEnum):
    """What a source speaks."""

    CKAN = "ckan"
    DCAT = "dcat"
    DATAJSON = "datajson"
    JSONL = "jsonl"
    CSV = "csv"
    ORGANISATIONS = "organisations"  # GOV.UK's organisations API: public bodies, not entries


@dataclass(frozen=True, slots=True)
class Source:
    """A source, and how its last harvests went. `publisher` fills in a missing one; `visibility` is the most open that
    a new entry of it gets; `owner` is the person who answers for it; `problem` is why the last one did not end well."""

    name: str
    kind: Kind
    url: str
    publisher: str | None
    visibility: Visibility
    owner: str | None
    every_hours: int
    version: int
    fresh: Mapping[str, Any]
    since: str | None
    good_run: str | None
    good_at: datetime | None
    complete_at: datetime | None
    good_count: int | None
    failures: int
    problem: str | None
    due_at: datetime


class BadSource(CatalogueError):
    """A source that cannot be added, with the reason."""


def add(
    db: Database,
    name: str,
    *,
    kind: str,
    url: str,
    by: str,
    now: datetime,
    publisher: str | None = None,
    visibility: Visibility = Visibility.PUBLIC,
    owner: str | None = None,
    every_hours: int = 24,
) -> Source:
    """Add a source, or put new values in place of those of one that has this name. Raises BadSource."""
    if not NAME.fullmatch(name) or name in RESERVED:
        raise BadSource(f"“{name[:60]}” cannot be a source's name. Use small letters, digits, dots and hyphens.")
    if kind not in list(Kind):
        raise BadSource(f"“{kind[:40]}” is not one of {', '.join(Kind)}.")
    _check(url)
    if every_hours < 1:
        raise BadSource("A source is harvested at most once an hour.")
    with db.atomic():
        db.execute(
            "INSERT INTO sources"
            " (name, kind, url, publisher, visibility, owner, every_hours, added_by, added_at, due_at)"
            " VALUES (:name, :kind, :url, :publisher, :visibility, :owner, :every_hours, :by, :now, :now)"
            " ON CONFLICT (name) DO UPDATE SET kind = excluded.kind, url = excluded.url,"
            " publisher = excluded.publisher, visibility = excluded.visibility, owner = excluded.owner,"
            " every_hours = excluded.every_hours, added_by = excluded.added_by, removed_at = NULL, fresh = NULL,"
            " since = NULL, version = sources.version + 1, due_at = excluded.due_at",
            {
                "name": name,
                "kind": kind,
                "url": url,
                "publisher": publisher,
                "visibility": str(visibility),
                "owner": owner,
                "every_hours": every_hours,
                "by": by,
                "now": clock.stamp(now),
            },
        )
        audit.record(db, by=by, action="source.edit", about=name, detail={"kind": kind, "url": url}, now=now)
    return get(db, name)


def _check(url: str) -> None:
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise BadSource("The address cannot be read.") from None
    if parts.scheme not in ("https", "http") or not parts.hostname or port == 0:
        raise BadSource("The address of a source starts with https://")
    if parts.username or parts.password:
        raise BadSource("An address with a password in it cannot be a source's.")


def remove(db: Database, name: str, *, by: str, now: datetime) -> None:
    """Harvest it no longer. Its entries stay. Raises NotFound."""
    with db.atomic():
        removed = db.execute(
            "UPDATE sources SET removed_at = :now, version = version + 1 WHERE name = :name AND removed_at IS NULL",
            {"name": name, "now": clock.stamp(now)},
        )
        if not removed:
            raise NotFound("source", name)
        audit.record(db, by=by, action="source.edit", about=name, detail={"removed": True}, now=now)


def get(db: Database, name: str) -> Source:
    """The source of this name. Raises NotFound."""
    rows = db.query("SELECT * FROM sources WHERE name = :name AND removed_at IS NULL", {"name": name})
    if not rows:
        raise NotFound("source", name)
    return _source(rows[0])


def everyone(db: Database) -> list[Source]:
    """All sources, by name."""
    return [_source(row) for row in db.query("SELECT * FROM sources WHERE removed_at IS NULL ORDER BY name")]


def due(db: Database, *, now: datetime) -> list[Source]:
    """The sources whose next harvest is due, the longest waiting first."""
    rows = db.query(
        "SELECT * FROM sources WHERE removed_at IS NULL AND due_at <= :now ORDER BY due_at", {"now": clock.stamp(now)}
    )
    return [_source(row) for row in rows]


def take(db: Database, source: Source, *, now: datetime) -> bool:
    """Whether the caller is to harvest this due source now: nobody else has taken it. It is due again after a rest."""
    return bool(
        db.execute(
            "UPDATE sources SET due_at = :later WHERE name = :name AND due_at = :due",
            {
                "name": source.name,
                "due": clock.stamp(source.due_at),
                "later": clock.stamp(now + timedelta(hours=source.every_hours)),
            },
        )
    )


def went_well(
    db: Database, source: Source, run: str, *, count: int | None, fresh: Mapping[str, Any], now: datetime
) -> None:
    """A harvest ended well; `count` is how many entries the source has, when it gave all of them.

    What we have is as old as the beginning of the run, which may have been killed or stopped and gone on with since.
    """
    begun = db.query("SELECT started_at FROM runs WHERE id = :run", {"run": run})[0]["started_at"]
    db.execute(
        "UPDATE sources SET good_run = :run, good_at = :begun, failures = 0, problem = NULL, fresh = :fresh,"
        " since = :begun, good_count = CASE WHEN :count >= 0 THEN :count ELSE good_count END,"
        " complete_at = CASE WHEN :count >= 0 THEN :begun ELSE complete_at END, due_at = :due WHERE name = :name",
        {
            "name": source.name,
            "run": run,
            "count": -1 if count is None else count,
            "fresh": json.dumps(dict(fresh)),
            "begun": begun,
            "due": clock.stamp(now + timedelta(hours=source.every_hours)),
        },
    )


def moved_on(db: Database, source: Source) -> None:
    """What the record knows of this source has changed: a run that began before must not be merged."""
    db.execute("UPDATE sources SET version = version + 1 WHERE name = :name", {"name": source.name})


def went_wrong(db: Database, source: Source, problem: str, *, now: datetime) -> None:
    """A harvest did not end well: what is there stays, and the next try comes ever later, within a day."""
    rest = min(timedelta(minutes=15) * 2 ** min(source.failures, 10), LONGEST_REST)
    db.execute(
        "UPDATE sources SET failures = failures + 1, problem = :problem, due_at = :due WHERE name = :name",
        {"name": source.name, "problem": problem[:500], "due": clock.stamp(now + rest)},
    )


def as_of(db: Database, name: str | None) -> datetime | None:
    """When a source was last harvested well; None when `name` is no source or that never happened."""
    if not name:
        return None
    rows = db.query("SELECT good_at FROM sources WHERE name = :name", {"name": name})
    return clock.moment(rows[0]["good_at"]) if rows and rows[0]["good_at"] else None


def counts(db: Database, name: str) -> dict[str, int]:
    """How many entries of a source are live, missing and withdrawn."""
    rows = db.query(
        "SELECT state, COUNT(*) AS n FROM harvested WHERE source = :name GROUP BY state ORDER BY state", {"name": name}
    )
    return {"live": 0, "missing": 0, "withdrawn": 0} | {row["state"]: row["n"] for row in rows}


def waiting(db: Database, name: str) -> Iterator[str]:
    """The runs of a source that were stopped and wait for somebody."""
    for row in db.query("SELECT id FROM runs WHERE source = :name AND state = 'stopped' ORDER BY id", {"name": name}):
        yield row["id"]


def _source(row: Mapping[str, Any]) -> Source:
    return Source(
        name=row["name"],
        kind=Kind(row["kind"]),
        url=row["url"],
        publisher=row["publisher"],
        visibility=Visibility(row["visibility"]),
        owner=row["owner"],
        every_hours=row["every_hours"],
        version=row["version"],
        fresh=json.loads(row["fresh"] or "{}"),
        since=row["since"],
        good_run=row["good_run"],
        good_at=clock.moment(row["good_at"]) if row["good_at"] else None,
        complete_at=clock.moment(row["complete_at"]) if row["complete_at"] else None,
        good_count=row["good_count"],
        failures=row["failures"],
        problem=row["problem"],
        due_at=clock.moment(row["due_at"]),
    )
