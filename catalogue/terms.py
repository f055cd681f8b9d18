"""What people call things: synonyms, acronyms and former names that stewards add to the shipped ones.

They take effect at the next question. Each keeps who added it, and only what somebody added can be taken away.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from catalogue import clock, organisations
from catalogue.store import Database
from catalogue.text import clean_line, fold

LONGEST = 120


@dataclass(frozen=True, slots=True)
class Synonym:
    """`plain` is what people say, `term` how entries write it, `origin` shipped or who added it."""

    plain: str
    term: str
    origin: str


def add_synonym(db: Database, plain: str, term: str, *, by: str, entry: str | None = None) -> bool:
    """Have searches for `plain` also look for `term`. False when it is known already.

    `entry`: the id of the entry for which it is added. Everybody is told of it, so it counts only while everybody may
    know of that entry. Raises ValueError when one of them is empty or they are the same.
    """
    plain, term = fold(clean_line(plain, LONGEST)), clean_line(term, LONGEST)
    if not plain or not fold(term) or plain == fold(term):
        raise ValueError("A synonym needs two different names: what people say, and what the catalogue calls it.")
    with db.atomic():
        added = db.execute(
            "INSERT INTO synonyms (plain, term, origin, dataset_id) VALUES (:plain, :term, :by, :entry)"
            " ON CONFLICT DO NOTHING",
            {"plain": plain, "term": term, "by": by, "entry": entry},
        )
        organisations.touch(db)
    return bool(added)


def remove_synonym(db: Database, plain: str, term: str) -> bool:
    """Take a synonym away that somebody added; shipped ones stay. False when there is no such one."""
    with db.atomic():
        removed = db.execute(
            "DELETE FROM synonyms WHERE plain = :plain AND term = :term AND origin <> 'shipped'",
            {"plain": fold(plain), "term": term},
        )
        organisations.touch(db)
    return bool(removed)


def synonyms(db: Database, *, containing: str = "") -> list[Synonym]:
    """All synonyms, or those in which `containing` occurs, by what people say."""
    rows = db.query("SELECT plain, term, origin FROM synonyms ORDER BY plain, term")
    key = fold(containing)
    return [Synonym(**row) for row in rows if key in row["plain"] or key in fold(row["term"])]


class Kind(StrEnum):
    SYNONYM = "synonym"
    ACRONYM = "acronym"
    FORMER_NAME = "former_name"


@dataclass(frozen=True, slots=True)
class Term:
    """A name that somebody added (`origin`): what people say, and what it stands for."""

    kind: Kind
    name: str
    meaning: str
    origin: str


def add_acronym(
    db: Database, acronym: str, meaning: str, *, holder: str | None, by: str, entry: str | None = None
) -> bool:
    """Have an acronym stand for something of `holder`. False when it is known already.

    `entry` as with `add_synonym`. Raises ValueError when it is no acronym: empty, of several words, or the same as its
    meaning.
    """
    acronym, meaning = clean_line(acronym, 30), clean_line(meaning, LONGEST)
    if not fold(acronym) or " " in acronym or not fold(meaning) or fold(acronym) == fold(meaning):
        raise ValueError("An acronym is one word, and stands for something else.")
    with db.atomic():
        added = db.execute(
            "INSERT INTO acronyms (acronym, meaning, holder, kind, note, origin, dataset_id)"
            " VALUES (:acronym, :meaning, :holder, 'dataset', NULL, :by, :entry) ON CONFLICT DO NOTHING",
            {"acronym": acronym, "meaning": meaning, "holder": holder, "by": by, "entry": entry},
        )
        organisations.touch(db)
    return bool(added)


def add_former_name(db: Database, publisher: str, name: str, *, by: str, now: datetime) -> bool:
    """Have an organisation be known by a name it once had. False when it is known already.

    Raises ValueError for an empty name.
    """
    name = clean_line(name, LONGEST)
    if not fold(name):
        raise ValueError("A former name needs a name.")
    with db.atomic():
        added = db.execute(
            "INSERT INTO former_names (publisher, name, origin, added_at) VALUES (:publisher, :name, :by, :now)"
            " ON CONFLICT DO NOTHING",
            {"publisher": publisher, "name": name, "by": by, "now": clock.stamp(now)},
        )
        organisations.touch(db)
    return bool(added)


def added(db: Database, publisher: str, people: frozenset[str]) -> list[Term]:
    """What was added about an organisation, or by these people, by name."""
    former = db.query("SELECT name, publisher, origin FROM former_names WHERE publisher = :p", {"p": publisher})
    acronyms = db.query(
        "SELECT acronym, meaning, origin FROM acronyms WHERE holder = :p AND origin <> 'shipped'", {"p": publisher}
    )
    synonyms_ = [row for row in db.query("SELECT * FROM synonyms WHERE origin <> 'shipped'") if row["origin"] in people]
    found = [Term(Kind.FORMER_NAME, row["name"], row["publisher"], row["origin"]) for row in former]
    found += [Term(Kind.ACRONYM, row["acronym"], row["meaning"], row["origin"]) for row in acronyms]
    found += [Term(Kind.SYNONYM, row["plain"], row["term"], row["origin"]) for row in synonyms_]
    return sorted(found, key=lambda term: (fold(term.name), term.kind))


def remove(db: Database, term: Term) -> bool:
    """Take away what somebody added; shipped ones stay. False when there is no such one."""
    if term.kind is Kind.SYNONYM:
        return remove_synonym(db, term.name, term.meaning)
    values = {"name": term.name, "meaning": term.meaning}
    with db.atomic():
        if term.kind is Kind.ACRONYM:
            removed = db.execute(
                "DELETE FROM acronyms WHERE acronym = :name AND meaning = :meaning AND origin <> 'shipped'", values
            )
        else:
            removed = db.execute("DELETE FROM former_names WHERE name = :name AND publisher = :meaning", values)
        organisations.touch(db)
    return bool(removed)
