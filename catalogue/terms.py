"""What people call things: synonyms and acronyms that stewards add to the shipped ones. They take effect at once."""

from dataclasses import dataclass

from catalogue import organisations
from catalogue.store import Database
from catalogue.text import clean_line, fold

LONGEST = 120


@dataclass(frozen=True, slots=True)
class Synonym:
    """`plain` is what people say, `term` how entries write it, `origin` shipped or who added it."""

    plain: str
    term: str
    origin: str


def add_synonym(db: Database, plain: str, term: str, *, by: str) -> bool:
    """Have searches for `plain` also look for `term`. False when it is known already.

    Raises ValueError when one of them is empty or they are the same.
    """
    plain, term = fold(clean_line(plain, LONGEST)), clean_line(term, LONGEST)
    if not plain or not fold(term) or plain == fold(term):
        raise ValueError("A synonym needs two different names: what people say, and what the catalogue calls it.")
    with db.atomic():
        added = db.execute(
            "INSERT INTO synonyms (plain, term, origin) VALUES (:plain, :term, :by) ON CONFLICT DO NOTHING",
            {"plain": plain, "term": term, "by": by},
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
