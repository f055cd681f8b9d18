"""How the tables come to be (`tables/`): forward only; an applied migration is never edited, a new one is added.

Each runs in one transaction together with its line in the ledger, so that one killed half-way has not happened. The
next step is chosen inside that transaction: starters that race each other take turns, and the late ones find nothing
to do. To go back, restore a backup.
"""

from collections.abc import Callable

from catalogue.errors import StoreUnavailable
from catalogue.store.port import Database
from catalogue.store.tables import MIGRATIONS, Migration

LEDGER = "CREATE TABLE IF NOT EXISTS migrations (name TEXT PRIMARY KEY, applied_at TEXT NOT NULL)"

LOCK = "SELECT pg_advisory_xact_lock(7061983)"  # any number, as long as it is only ours


def migrate(db: Database, *, now: str, before: Callable[[str], None] = lambda _name: None) -> list[str]:
    """Apply what is missing, in order, and return the names applied. `before` is called with each name (for tests).

    Raises StoreUnavailable when the database is newer than this program.
    """
    applied: list[str] = []
    while True:
        with db.atomic():
            missing = _missing(db)
            if not missing:
                return applied
            step = missing[0]
            before(step.__name__)
            step(db)
            db.execute(
                "INSERT INTO migrations (name, applied_at) VALUES (:name, :now)", {"name": step.__name__, "now": now}
            )
            applied.append(step.__name__)


def pending(db: Database) -> list[str]:
    """The names of the migrations that `migrate` would apply."""
    with db.atomic():
        return [step.__name__ for step in _missing(db)]


def _missing(db: Database) -> list[Migration]:
    if db.dialect == "postgresql":
        db.query(LOCK)
    db.execute(LEDGER)
    done = {row["name"] for row in db.query("SELECT name FROM migrations")}
    unknown = done - {step.__name__ for step in MIGRATIONS}
    if unknown:
        raise StoreUnavailable(
            f"The database was made by a newer whoholds (it has {', '.join(sorted(unknown))}). Install that version."
        )
    return [step for step in MIGRATIONS if step.__name__ not in done]
