"""Public bodies: who they are, what they are and were called, and who took over their work.

The shipped list (`data/organisations.csv`, `data/former_names.csv`) is loaded at every migration and may be added to;
a publisher that an import names and nobody knows becomes an organisation of origin "import", so that it can be asked
for by name. `vocabulary` in `counters` moves with every change, so that readers know when to look again.
"""

import csv
import io
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, replace
from importlib.resources import files
from typing import Any

from catalogue.entries import canonical, digest
from catalogue.model import FormerName, Organisation
from catalogue.store import Database
from catalogue.text import kebab

DATA = files("catalogue") / "data"


def load_shipped(db: Database) -> bool:
    """Bring the shipped vocabulary into the record. True if anything changed.

    What stewards wrote stays. An organisation that an import made is replaced by the shipped one of the same slug; one
    that is no longer shipped stays, as if an import had made it, while an entry names it.
    """
    rows = {name: _rows(f"{name}.csv") for name in ("organisations", "former_names", "acronyms", "synonyms")}
    version = int(digest(json.dumps(rows))[:12], 16)
    with db.atomic():
        take_turn(db)
        known = db.query("SELECT value FROM counters WHERE name = 'shipped_vocabulary'")
        if known and known[0]["value"] == version:
            return False
        db.execute(
            "UPDATE organisations SET origin = 'import' WHERE origin = 'shipped'"
            " AND slug IN (SELECT publisher FROM datasets)"
        )
        for table in ("organisations", "acronyms", "synonyms"):
            db.execute(f"DELETE FROM {table} WHERE origin = 'shipped'")
        save(db, shipped(rows["organisations"], rows["former_names"]), origin="shipped")
        db.execute_many(
            "INSERT INTO acronyms (acronym, meaning, holder, kind, note, origin)"
            " VALUES (:acronym, :meaning, :holder, :kind, :note, 'shipped') ON CONFLICT DO NOTHING",
            [{**row, "holder": row["holder"] or None} for row in rows["acronyms"]],
        )
        db.execute_many(
            "INSERT INTO synonyms (plain, term, origin) VALUES (:plain, :term, 'shipped') ON CONFLICT DO NOTHING",
            [{"plain": row["plain"], "term": term} for row in rows["synonyms"] for term in _parts(row["terms"])],
        )
        db.execute(
            "INSERT INTO counters (name, value) VALUES ('shipped_vocabulary', :version)"
            " ON CONFLICT (name) DO UPDATE SET value = excluded.value",
            {"version": version},
        )
        touch(db)
    return True


def shipped(organisations: list[dict[str, str]], former_names: list[dict[str, str]]) -> list[Organisation]:
    """The shipped organisations from the rows of their two files."""
    former: dict[str, list[FormerName]] = {}
    for row in former_names:
        name = FormerName(
            row["name"], row["acronym"] or None, row["from"] or None, row["until"] or None, row["note"] or None
        )
        former.setdefault(row["slug"], []).append(name)
    return [
        Organisation(
            slug=row["slug"],
            name=row["name"],
            acronym=row["acronym"] or None,
            other_names=_parts(row["other_names"]),
            kind=row["kind"],
            nations=_parts(row["nations"]),
            status=row["status"],
            parent=row["parent"] or None,
            successors=_parts(row["successor"]),
            closed_on=row["closed_on"] or None,
            email_domains=_parts(row["email_domains"]),
            former_names=tuple(former.get(row["slug"], ())),
        )
        for row in organisations
    ]


def save(db: Database, organisations: Iterable[Organisation], *, origin: str) -> None:
    """Add organisations or replace those with the same slug; what is shipped does not replace what a steward wrote."""
    db.execute_many(
        "INSERT INTO organisations (slug, document, origin) VALUES (:slug, :document, :origin)"
        " ON CONFLICT (slug) DO UPDATE SET document = excluded.document, origin = excluded.origin"
        " WHERE excluded.origin <> 'shipped' OR organisations.origin IN ('shipped', 'import')",
        [{"slug": body.slug, "document": canonical(asdict(body)), "origin": origin} for body in organisations],
    )


def add_unknown(db: Database, names: Mapping[str, str]) -> None:
    """Make organisations of publishers, slug with name, unless the slug is taken; in the caller's transaction."""
    if not names:
        return
    take_turn(db)
    known = {row["slug"] for row in db.query("SELECT slug FROM organisations")}
    bodies = [Organisation(slug=slug, name=name) for slug, name in names.items() if slug not in known]
    if bodies:
        save(db, bodies, origin="import")
        touch(db)


def slug_of(name: str) -> str:
    """The slug an unknown organisation of this name gets."""
    return kebab(name)[:120].rstrip("-") or "unknown"


def find(db: Database, slug: str) -> Organisation | None:
    """The organisation with this slug."""
    rows = db.query("SELECT document FROM organisations WHERE slug = :slug", {"slug": slug})
    return organisation(json.loads(rows[0]["document"])) if rows else None


def everyone(db: Database) -> list[Organisation]:
    """All organisations, closed ones too, by slug."""
    return _with_former_names(db, db.query("SELECT document FROM organisations ORDER BY slug"))


def known_to_everyone(db: Database) -> list[Organisation]:
    """The organisations whose names give nothing away: all but those that only entries not public have brought."""
    rows = db.query(  # COALESCE: by the index of publishers, not by that of a million public entries
        "SELECT document FROM organisations WHERE origin <> 'import' OR EXISTS (SELECT 1 FROM datasets"
        " WHERE publisher = slug AND COALESCE(visibility, '') = 'public') ORDER BY slug"
    )
    return _with_former_names(db, rows)


def _with_former_names(db: Database, rows: Iterable[Mapping[str, Any]]) -> list[Organisation]:
    """Organisations from their rows, with the former names that stewards added to them."""
    added: dict[str, tuple[FormerName, ...]] = {}
    for row in db.query("SELECT publisher, name FROM former_names ORDER BY publisher, name"):
        added[row["publisher"]] = (*added.get(row["publisher"], ()), FormerName(row["name"]))
    bodies = [organisation(json.loads(row["document"])) for row in rows]
    return [
        replace(body, former_names=(*body.former_names, *added[body.slug])) if body.slug in added else body
        for body in bodies
    ]


def organisation(document: dict[str, Any]) -> Organisation:
    """The Organisation a stored document stands for."""
    lists = {name: tuple(document[name]) for name in ("other_names", "nations", "successors", "email_domains")}
    former = tuple(FormerName(**name) for name in document["former_names"])
    return Organisation(**{**document, **lists, "former_names": former})


def take_turn(db: Database) -> None:
    """Have nobody else change the vocabulary until the caller's transaction ends."""
    db.execute("UPDATE counters SET value = value WHERE name = 'vocabulary'")


def touch(db: Database) -> None:
    """Say that the vocabulary changed."""
    db.execute("UPDATE counters SET value = value + 1 WHERE name = 'vocabulary'")


def _rows(name: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO((DATA / name).read_text(encoding="utf-8"), newline="")))


def _parts(cell: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in cell.split(";") if part.strip())
