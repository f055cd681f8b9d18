"""The record: one database behind one narrow port, SQLite or PostgreSQL.

`connect(url)` is all that others need. The port is in `port.py`, the two databases in `sqlite.py` and `postgres.py`,
the tables in `tables/`, brought up to date by `migrations.py`. No other module opens a database or knows which one it
has.
"""

from pathlib import Path

from catalogue.errors import BadSetting
from catalogue.store.migrations import migrate, pending
from catalogue.store.port import Database

__all__ = ["Database", "connect", "migrate", "pending"]


def connect(url: str) -> Database:
    """Open the database at `url`: a file's path, `sqlite:///path`, or `postgresql://…`.

    Nothing is created but the file; `migrate` makes the tables. Raises StoreUnavailable when it cannot be opened and
    BadSetting when `url` is of no known kind.
    """
    if url.startswith(("postgresql://", "postgres://")):
        from catalogue.store.postgres import PostgresDatabase

        return PostgresDatabase(url)
    if "://" in url and not url.startswith("sqlite:///"):
        raise BadSetting("WHOHOLDS_DATABASE", "must be a file's path or start with postgresql://")
    from catalogue.store.sqlite import SqliteDatabase

    return SqliteDatabase(Path(url.removeprefix("sqlite:///")))
