"""What refers to a public body: columns of many tables, and what is written within entries and other bodies."""

import json
from collections.abc import Collection, Iterable

from catalogue.store import Database

COLUMNS = (
    ("acronyms", "holder"),
    ("collection_checks", "organisation"),
    ("datasets", "publisher"),
    ("demand_answers", "holder"),
    ("demand_answers", "publisher"),
    ("feedback", "organisation"),
    ("former_names", "publisher"),
    ("grants", "scope"),
    ("orphans", "publisher"),
    ("people", "organisation"),
    ("question_sets", "organisation"),
    ("readiness_weeks", "publisher"),
    ("requests", "holder"),
    ("requests", "organisation"),
    ("shares", "holder"),
    ("shares", "recipient"),
    ("sources", "publisher"),
    ("staged", "publisher"),
    ("unanswered", "organisation"),
    ("user_groups", "scope"),
)
"""Every column in which a body's slug may stand."""
ELSEWHERE = frozenset({("readiness", "publisher"), ("prepared", "publisher")})
"""Columns that say what another one says: of entries that are there."""

WITHIN = ("creator", "visible_to")
"""The fields of an entry that name bodies and have no column."""


def in_columns(db: Database, run: str) -> set[str]:
    """Which of the bodies that a run added stand in a column, or are followed by somebody."""
    places = [f"SELECT {column} FROM {table}" for table, column in COLUMNS]
    places.append("SELECT what FROM follows WHERE kind = 'organisation'")
    wanted = " OR ".join(f"slug IN ({place})" for place in places)
    rows = db.query(
        f"SELECT slug FROM organisation_changes WHERE run = :run AND before IS NULL AND ({wanted})", {"run": run}
    )
    return {row["slug"] for row in rows}


def within_entries(db: Database, slugs: Collection[str], *, since: int = 0) -> set[str]:
    """Which of these bodies are named within entries, or within those that changed after the change number `since`."""
    if not slugs:
        return set()
    wanted = " OR ".join(f"""entry LIKE '%"{name}":[%'""" for name in WITHIN)
    rows = db.query(f"SELECT entry FROM datasets WHERE change > :since AND ({wanted})", {"since": since})
    entries = [json.loads(row["entry"]) for row in rows]
    return set(slugs) & {slug for entry in entries for name in WITHIN for slug in entry.get(name, ())}


def by_bodies(documents: Iterable[str]) -> set[str]:
    """The bodies that these are part of, or that took over their work."""
    bodies = [json.loads(document) for document in documents]
    return {slug for body in bodies for slug in (body["parent"], *body["successors"]) if slug}
