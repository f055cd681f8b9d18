"""The record of entries: get, add, amend, withdraw, and the history of each.

Every change writes the entry and its line of history in one transaction and takes the next change number, by which
the search index knows what it has not seen. An edit names the revision it started from; when that is no longer the
present one it is refused with Conflict and nothing is changed.
"""

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from catalogue import clock
from catalogue.entries import FIELDS, Document, canonical, difference, digest, to_dataset
from catalogue.errors import Conflict, InvalidEntry, NotFound
from catalogue.model import NOBODY_READS, Audience, Dataset, Revision, Status
from catalogue.rows import clean
from catalogue.store import Database

COLUMNS = "id, entry, revision, change"
PAGE = 1000


def get(db: Database, dataset_id: str, *, audience: Audience) -> Dataset:
    """The entry, if this audience may know of it. Raises NotFound otherwise: hidden and missing look the same."""
    found = get_many(db, [dataset_id], audience=audience)
    if not found:
        raise NotFound("entry", dataset_id)
    return found[0]


def get_many(db: Database, ids: Sequence[str], *, audience: Audience) -> list[Dataset]:
    """The entries with these ids that the audience may know of, in the order of `ids`."""
    if not ids:
        return []
    names = {f"id{place}": dataset_id for place, dataset_id in enumerate(ids)}
    marks = ", ".join(f":{name}" for name in names)
    rows = db.query(f"SELECT {COLUMNS} FROM datasets WHERE id IN ({marks})", names)
    found = {row["id"]: _dataset(row) for row in rows}
    return as_known(db, [found[key] for key in ids if key in found and audience.may_know(found[key])], audience)


def as_known(db: Database, found: Sequence[Dataset], audience: Audience) -> list[Dataset]:
    """Entries without the names of those that replace them or that they replace, where the audience may not know of
    those: an id tells what it is of. What an entry says of its parts is left as whoever keeps it wrote it."""
    named = {relative for dataset in found for relative in _relatives(dataset)}
    if not named or audience is NOBODY_READS:
        return list(found)
    unknown = hidden(db, named, audience)
    return [_without(dataset, unknown) if unknown & _relatives(dataset) else dataset for dataset in found]


def as_exported(db: Database, found: Sequence[Dataset], audience: Audience) -> list[Dataset]:
    """The same, for who reads all that an entry says: its parts, and what serves it, are named as far as they may know
    of them."""
    lists = ("has_part", "served_by")
    named = {each for dataset in found for name in lists for each in getattr(dataset, name)}
    if not named or audience is NOBODY_READS:
        return as_known(db, found, audience)
    unknown = hidden(db, named, audience)
    shown = []
    for dataset in found:
        parts: dict[str, Any] = {
            name: tuple(each for each in getattr(dataset, name) if each not in unknown) for name in lists
        }
        shown.append(replace(dataset, **parts))
    return as_known(db, shown, audience)


def hidden(db: Database, ids: Collection[str], audience: Audience) -> frozenset[str]:
    """Those of these ids that are of entries which the audience may not know of."""
    every, found = sorted(ids), set()
    for start in range(0, len(every), PAGE // 2):
        names = {f"id{place}": each for place, each in enumerate(every[start : start + PAGE // 2])}
        marks = ", ".join(f":{name}" for name in names)
        rows = db.query(f"SELECT {COLUMNS} FROM datasets WHERE id IN ({marks})", names)
        found |= {row["id"] for row in rows if not audience.may_know(_dataset(row))}
    return frozenset(found)


def _relatives(dataset: Dataset) -> set[str]:
    return {each for each in (dataset.supersedes, dataset.superseded_by) if each}


def _without(dataset: Dataset, unknown: Collection[str]) -> Dataset:
    return replace(
        dataset,
        supersedes=None if dataset.supersedes in unknown else dataset.supersedes,
        superseded_by=None if dataset.superseded_by in unknown else dataset.superseded_by,
    )


def public_titles(db: Database, ids: Sequence[str]) -> dict[str, str]:
    """The titles of those of these entries that everybody may know, by id."""
    names = {f"id{place}": dataset_id for place, dataset_id in enumerate(ids)}
    marks = ", ".join(f":{name}" for name in names) or "NULL"
    rows = db.query(f"SELECT id, title FROM datasets WHERE visibility = 'public' AND id IN ({marks})", names)
    return {row["id"]: row["title"] for row in rows}


def _dataset(row: Mapping[str, Any]) -> Dataset:
    return to_dataset(json.loads(row["entry"]), revision=row["revision"], change=row["change"])


def everything(db: Database, *, audience: Audience) -> Iterator[Dataset]:
    """Every entry the audience may know of, by id, withdrawn ones too; read in pages, so memory stays small."""
    last = ""
    while True:
        rows = db.query(f"SELECT {COLUMNS} FROM datasets WHERE id > :last ORDER BY id LIMIT {PAGE}", {"last": last})
        yield from as_exported(db, [each for each in map(_dataset, rows) if audience.may_know(each)], audience)
        if len(rows) < PAGE:
            return
        last = rows[-1]["id"]


def changed_since(db: Database, change: int, *, limit: int) -> list[Dataset]:
    """Up to `limit` entries changed after `change`, of every visibility, oldest change first."""
    rows = db.query(
        f"SELECT {COLUMNS} FROM datasets WHERE change > :change ORDER BY change LIMIT :limit",
        {"change": change, "limit": limit},
    )
    return [_dataset(row) for row in rows]


def by_publisher(
    db: Database, slug: str, *, audience: Audience, limit: int, theme: str | None = None, skip: int = 0
) -> list[Dataset]:
    """`limit` published entries of one organisation by title, after the first `skip`, that the audience may know.

    Only those of one theme when it is given.
    """
    rows = db.query(
        f"SELECT {COLUMNS} FROM datasets WHERE publisher = :slug AND status = 'published'"
        " AND (:theme = '' OR theme = :theme) ORDER BY visibility <> 'public', title LIMIT :limit",
        {"slug": slug, "theme": theme or "", "limit": (skip + limit) * 3},
    )
    mine = [dataset for dataset in map(_dataset, rows) if audience.may_know(dataset)]
    return as_known(db, mine[skip : skip + limit], audience)


def count_by_theme(db: Database, slug: str, *, audience: Audience) -> tuple[int, dict[str, int]]:
    """How many published entries of one organisation the audience may know, in all and by theme, largest first."""
    rows = db.query(
        "SELECT theme, COUNT(*) AS n FROM datasets WHERE publisher = :slug AND status = 'published'"
        " AND (visibility = 'public' OR (visibility = 'government' AND :in_government = 1)) GROUP BY theme",
        {"slug": slug, "in_government": int(audience.in_government)},
    )
    themes: dict[str, int] = {}
    for row in rows:
        themes[row["theme"] or "Other"] = themes.get(row["theme"] or "Other", 0) + row["n"]
    for dataset in named(db) if audience.names else ():
        if dataset.publisher == slug and dataset.status is Status.PUBLISHED and audience.may_know(dataset):
            themes[dataset.theme or "Other"] = themes.get(dataset.theme or "Other", 0) + 1
    return sum(themes.values()), dict(sorted(themes.items(), key=lambda pair: (-pair[1], pair[0])))


def named(db: Database) -> list[Dataset]:
    """Every entry that only named bodies may know of."""
    return [_dataset(row) for row in db.query(f"SELECT {COLUMNS} FROM datasets WHERE visibility = 'named' ORDER BY id")]


def some(db: Database, *, place: int, audience: Audience, limit: int) -> list[Dataset]:
    """A few published entries to show as examples, none of them for named bodies only: those that follow a place in
    the record, which goes round at its end. Another place gives others."""
    shown = "('public', 'government')" if audience.in_government else "('public')"
    newest = db.query(f"SELECT number FROM datasets WHERE visibility IN {shown} ORDER BY number DESC LIMIT 1")
    last = newest[0]["number"] if newest else 1  # of those that can be shown: the others turn nothing
    for comparison in (">=", "<"):
        rows = db.query(
            f"SELECT id FROM datasets WHERE number {comparison} :place AND status = 'published'"
            f" AND visibility IN {shown} ORDER BY number LIMIT :limit",
            {"place": place % last + 1, "limit": limit},
        )
        if rows:
            return get_many(db, [row["id"] for row in rows], audience=audience)
    return []


def count(db: Database) -> int:
    """How many entries there are, of every status and visibility."""
    return int(db.query("SELECT COUNT(*) AS n FROM datasets")[0]["n"])


def last_change(db: Database) -> int:
    """The number of the newest change to the catalogue; 0 when nothing was ever added."""
    return int(db.query("SELECT value FROM counters WHERE name = 'change'")[0]["value"])


def lineage(db: Database) -> int:
    """A number that tells this database from every other one, and from itself after a restore."""
    return int(db.query("SELECT value FROM counters WHERE name = 'lineage'")[0]["value"])


def take_changes(db: Database, how_many: int = 1) -> int:
    """Take the next change numbers, inside the caller's transaction; returns the first of them.

    Until that transaction ends nobody else gets one, so nobody else changes an entry: with none it is a lock.
    """
    rows = db.query("UPDATE counters SET value = value + :n WHERE name = 'change' RETURNING value", {"n": how_many})
    return int(rows[0]["value"]) - how_many + 1


def add(db: Database, values: Mapping[str, Any], *, by: str, why: str | None, now: datetime) -> Dataset:
    """Add an entry. Raises InvalidEntry with a reason for each field, Conflict when the id is taken."""
    document = _checked(values)
    with db.atomic():
        change = take_changes(db)  # first, so that nobody else adds the same one meanwhile
        if db.query("SELECT 1 FROM datasets WHERE id = :id", {"id": document["id"]}):
            raise _conflict(db, document["id"])
        db.execute(
            "INSERT INTO datasets (id, title, publisher, theme, status, visibility, source, entry, digest,"
            " revision, change, updated_at) VALUES (:id, :title, :publisher, :theme, :status, :visibility, :source,"
            " :entry, :digest, 1, :change, :now)",
            {**columns(document), "change": change, "now": clock.stamp(now)},
        )
        _remember(db, document["id"], 1, "add", {}, by=by, why=why, now=now)
    return to_dataset(document, revision=1, change=change)


def amend(
    db: Database,
    dataset_id: str,
    changes: Mapping[str, Any],
    *,
    revision: int,
    by: str,
    why: str | None,
    now: datetime,
    action: str = "amend",
) -> Dataset:
    """Change fields of an entry; None or an empty value removes one. Changing nothing leaves no trace.

    Raises NotFound, InvalidEntry, and Conflict when the entry is no longer at `revision`.
    """
    with db.atomic():
        before, present, change = _present(db, dataset_id)
        if present != revision:
            raise _conflict(db, dataset_id)
        after = _checked({**before, **changes, "id": dataset_id})
        changed = difference(before, after)
        if not changed:
            return to_dataset(before, revision=present, change=change)
        change = take_changes(db)
        written = db.execute(
            "UPDATE datasets SET title = :title, publisher = :publisher, theme = :theme, status = :status,"
            " visibility = :visibility, source = :source, entry = :entry, digest = :digest, revision = revision + 1,"
            " change = :change, updated_at = :now WHERE id = :id AND revision = :revision",
            {**columns(after), "change": change, "now": clock.stamp(now), "revision": revision},
        )
        if written != 1:
            raise _conflict(db, dataset_id)
        _remember(db, dataset_id, revision + 1, action, changed, by=by, why=why, now=now)
        if "visibility" in changed:
            names_changed(db)
    return to_dataset(after, revision=revision + 1, change=change)


def names_changed(db: Database) -> None:
    """Have the vocabulary read again: it tells everybody only the names of what everybody may know."""
    db.execute("UPDATE counters SET value = value + 1 WHERE name = 'vocabulary'")


def withdraw(
    db: Database, dataset_id: str, *, revision: int, successor: str | None, by: str, why: str | None, now: datetime
) -> Dataset:
    """Withdraw an entry. Its page and its history stay; `successor` is the id of the entry that takes its place."""
    changes = {"status": "withdrawn", "superseded_by": successor}
    return amend(db, dataset_id, changes, revision=revision, by=by, why=why, now=now, action="withdraw")


def restore(db: Database, dataset_id: str, *, revision: int, by: str, why: str | None, now: datetime) -> Dataset:
    """Publish a withdrawn entry again; it has no successor then."""
    changes = {"status": "published", "superseded_by": None}
    return amend(db, dataset_id, changes, revision=revision, by=by, why=why, now=now, action="restore")


def verify(db: Database, dataset_id: str, *, revision: int, by: str, now: datetime) -> Dataset:
    """Write down that somebody checked the entry today and found it right."""
    changes = {"last_verified": now.date().isoformat()}
    return amend(db, dataset_id, changes, revision=revision, by=by, why=None, now=now, action="verify")


def history(db: Database, dataset_id: str) -> list[Revision]:
    """What happened to an entry, oldest first."""
    rows = db.query("SELECT * FROM history WHERE dataset_id = :id ORDER BY revision", {"id": dataset_id})
    return [
        Revision(
            dataset_id=row["dataset_id"],
            revision=row["revision"],
            at=clock.moment(row["at"]),
            by=row["by"],
            action=row["action"],
            changes=json.loads(row["changes"]),
            why=row["why"],
        )
        for row in rows
    ]


def columns(document: Document) -> dict[str, Any]:
    """The document as columns of `datasets`."""
    text = canonical(document)
    return {
        "id": document["id"],
        "title": document["title"],
        "publisher": document.get("publisher"),
        "theme": document.get("theme"),
        "status": document.get("status", "published"),
        "visibility": document.get("visibility", "public"),
        "source": document.get("source"),
        "entry": text,
        "digest": digest(text),
    }


def _checked(values: Mapping[str, Any]) -> Document:
    unknown = set(values) - set(FIELDS)
    if unknown:
        raise InvalidEntry(dict.fromkeys(sorted(unknown), "There is no such field."))
    cleaned = clean(values, line=0, resolve=lambda name: name)
    if cleaned.faults or cleaned.document is None:
        raise InvalidEntry({fault.column: fault.reason for fault in cleaned.faults})
    return cleaned.document


def _present(db: Database, dataset_id: str) -> tuple[Document, int, int]:
    """An entry's document, its revision and its latest change."""
    rows = db.query(f"SELECT {COLUMNS} FROM datasets WHERE id = :id", {"id": dataset_id})
    if not rows:
        raise NotFound("entry", dataset_id)
    return json.loads(rows[0]["entry"]), rows[0]["revision"], rows[0]["change"]


def _conflict(db: Database, dataset_id: str) -> Conflict:
    last = history(db, dataset_id)[-1]
    return Conflict(dataset_id, by=last.by, at=clock.stamp(last.at), revision=last.revision)


def _remember(
    db: Database,
    dataset_id: str,
    revision: int,
    action: str,
    changes: Mapping[str, Any],
    *,
    by: str,
    why: str | None,
    now: datetime,
) -> None:
    db.execute(
        "INSERT INTO history (dataset_id, revision, at, by, action, changes, why)"
        " VALUES (:id, :revision, :at, :by, :action, :changes, :why)",
        {
            "id": dataset_id,
            "revision": revision,
            "at": clock.stamp(now),
            "by": by,
            "action": action,
            "changes": canonical(changes),
            "why": why,
        },
    )
