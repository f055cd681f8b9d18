"""Changed entries, worked out and put aside beforehand, then written in a few statements: nobody waits for long.

Working out what fifty thousand entries become takes seconds, and whoever writes holds up every other writer. So that is
done in small transactions (`put`), each entry beside the revision it was worked out from. The transaction that changes
entries looks for those that somebody changed meanwhile (`late`), has them worked out again, and writes all (`write`).
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from catalogue import clock
from catalogue.datasets import PAGE, take_changes
from catalogue.store import Database

_COLUMNS = "title, publisher, theme, status, visibility, source, entry, digest"
_SET = ", ".join(f"{name} = excluded.{name}" for name in ("revision", "changes", *_COLUMNS.split(", ")))


def put(db: Database, run: str, updates: list[dict[str, Any]], *, action: str = "amend") -> None:
    """Put changed entries aside, each with `datasets.columns`, the `place` it is written in, the `revision` it was
    worked out from and its `changes` as JSON. What was put aside of an entry before is replaced."""
    values = ", ".join(f":{name}" for name in _COLUMNS.split(", "))
    db.execute_many(
        f"INSERT INTO prepared (run, action, place, id, revision, changes, {_COLUMNS})"
        f" VALUES (:run, :action, :place, :id, :revision, :changes, {values})"
        f" ON CONFLICT (run, id) DO UPDATE SET {_SET}",
        [{**update, "run": run, "action": action} for update in updates],
    )


def late(db: Database, run: str, *, since: int) -> list[str]:
    """The entries of a run, staged or put aside, that were changed after change `since`."""
    rows = db.query(
        "SELECT d.id FROM datasets d WHERE d.change > :since"
        " AND (EXISTS (SELECT 1 FROM staged s WHERE s.run = :run AND s.id = d.id)"
        " OR EXISTS (SELECT 1 FROM prepared p WHERE p.run = :run AND p.id = d.id)) ORDER BY d.id",
        {"run": run, "since": since},
    )
    return [row["id"] for row in rows]


def staged(db: Database, run: str) -> list[str]:
    """The entries of which a run has staged a record."""
    return [row["id"] for row in db.query("SELECT id FROM staged WHERE run = :run", {"run": run})]


def take_out(db: Database, run: str, ids: Iterable[str]) -> None:
    """These entries are not to be changed after all, or are worked out again."""
    db.execute_many("DELETE FROM prepared WHERE run = :run AND id = :id", [{"run": run, "id": name} for name in ids])


def ids(db: Database, run: str, *, action: str = "amend") -> list[str]:
    """The entries that are put aside, in their order."""
    sql = "SELECT id FROM prepared WHERE run = :run AND action = :action ORDER BY place"
    return [row["id"] for row in db.query(sql, {"run": run, "action": action})]


def count(db: Database, run: str, *, action: str = "amend") -> int:
    """How many entries are put aside."""
    sql = "SELECT COUNT(*) AS n FROM prepared WHERE run = :run AND action = :action"
    return int(db.query(sql, {"run": run, "action": action})[0]["n"])


def changes(db: Database, run: str) -> Iterator[tuple[str, str | None, dict[str, Any]]]:
    """The entries that are put aside, in their order: id, publisher, and the changes of each."""
    last = -1
    while rows := db.query(
        "SELECT place, id, publisher, changes FROM prepared WHERE run = :run AND place > :last ORDER BY place"
        f" LIMIT {PAGE}",
        {"run": run, "last": last},
    ):
        yield from ((row["id"], row["publisher"], json.loads(row["changes"])) for row in rows)
        last = rows[-1]["place"]


def write(db: Database, run: str, *, by: str, why: str | None, now: datetime, action: str = "amend") -> int:
    """Change the entries that are put aside, with history, and return how many; inside the caller's transaction,
    which holds the change numbers."""
    number = count(db, run, action=action)
    if not number:
        return 0
    values: Mapping[str, Any] = {
        "run": run,
        "action": action,
        "first": take_changes(db, number),
        "now": clock.stamp(now),
        "by": by,
        "why": why,
    }
    db.execute(
        "INSERT INTO history (dataset_id, revision, at, by, action, changes, why, run)"
        " SELECT id, revision + 1, :now, :by, :action, changes, :why, :run FROM prepared"
        " WHERE run = :run AND action = :action ORDER BY place",
        values,
    )
    changed = ", ".join(f"{name} = p.{name}" for name in _COLUMNS.split(", "))
    db.execute(
        "UPDATE counters SET value = value + 1 WHERE name = 'vocabulary' AND EXISTS (SELECT 1 FROM prepared p"
        " JOIN datasets d ON d.id = p.id WHERE p.run = :run AND p.action = :action AND p.visibility <> d.visibility)",
        {"run": run, "action": action},
    )
    db.execute(
        f"UPDATE datasets SET {changed}, revision = p.revision + 1, change = :first - 1 + p.turn, updated_at = :now"
        f" FROM (SELECT id, revision, {_COLUMNS}, ROW_NUMBER() OVER (ORDER BY place) AS turn FROM prepared"
        " WHERE run = :run AND action = :action) AS p WHERE datasets.id = p.id",
        values,
    )
    return number
