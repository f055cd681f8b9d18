"""Fields that are held: their source does not change them before a steward was asked, also where both say the same."""

from collections.abc import Collection
from datetime import datetime

from catalogue import audit, clock, datasets, editing
from catalogue.harvest.layers import HARVESTABLE
from catalogue.model import Dataset, Person
from catalogue.store import Database


def of_entry(db: Database, dataset_id: str) -> tuple[str, ...]:
    """The fields of an entry that are held."""
    rows = db.query("SELECT field FROM held WHERE dataset_id = :id ORDER BY field", {"id": dataset_id})
    return tuple(row["field"] for row in rows)


def of_source(db: Database, source: str) -> dict[str, frozenset[str]]:
    """The held fields of the entries that a source has given, by entry."""
    rows = db.query(
        "SELECT k.dataset_id, k.field FROM held k JOIN harvested h ON h.dataset_id = k.dataset_id"
        " WHERE h.source = :source",
        {"source": source},
    )
    found: dict[str, frozenset[str]] = {}
    for row in rows:
        found[row["dataset_id"]] = found.get(row["dataset_id"], frozenset()) | {row["field"]}
    return found


def hold(db: Database, dataset_id: str, fields: Collection[str], *, by: Person, now: datetime) -> Dataset:
    """Hold these fields of an entry and no others. Raises NotFound, NotAllowed."""
    with db.atomic():
        datasets.take_changes(db, 0)  # no merge goes on meanwhile
        entry = editing.allowed(db, dataset_id, by, "entry.edit", now=now)
        chosen = [name for name in HARVESTABLE if name in fields]
        db.execute("DELETE FROM held WHERE dataset_id = :id", {"id": dataset_id})
        rows = [{"id": dataset_id, "field": name, "by": by.id, "at": clock.stamp(now)} for name in chosen]
        db.execute_many("INSERT INTO held (dataset_id, field, by, at) VALUES (:id, :field, :by, :at)", rows)
        audit.record(db, by=by, action="entry.edit", about=dataset_id, detail={"held": chosen}, now=now)
        return entry
