"""Entries that may be the same thing twice: one title, one publisher, more than one source. Shown, never merged."""

from dataclasses import dataclass

from catalogue.store import Database

_SAME = (
    "SELECT LOWER(title) AS title, publisher FROM datasets WHERE status = 'published' AND publisher IS NOT NULL"
    " GROUP BY LOWER(title), publisher HAVING COUNT(DISTINCT COALESCE(source, '')) > 1"
)


@dataclass(frozen=True, slots=True)
class Alike:
    """Entries that may be one, by id, each with the source it is from (None: brought in by hand)."""

    title: str
    entries: tuple[tuple[str, str | None], ...]


def alike(db: Database, *, source: str | None = None, limit: int = 1000) -> list[Alike]:
    """Up to `limit` groups of possible duplicates, by title; only those with an entry of `source`, if it is given."""
    rows = db.query(
        f"SELECT d.id, d.title, d.source, d.publisher FROM datasets d JOIN ({_SAME}) s"
        " ON LOWER(d.title) = s.title AND d.publisher = s.publisher WHERE d.status = 'published'"
        " ORDER BY LOWER(d.title), d.publisher, d.id"
    )
    groups: dict[tuple[str, str], list[tuple[str, str | None]]] = {}
    titles: dict[tuple[str, str], str] = {}
    for row in rows:
        key = (row["title"].lower(), row["publisher"])
        titles.setdefault(key, row["title"])
        groups.setdefault(key, []).append((row["id"], row["source"]))
    found = [
        Alike(titles[key], tuple(entries))
        for key, entries in groups.items()
        if source is None or any(origin == source for _id, origin in entries)
    ]
    return found[:limit]
