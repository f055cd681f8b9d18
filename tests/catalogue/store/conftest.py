"""A database with one table of our own, so that the port is tested and not the catalogue."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from catalogue.store import Database, connect

TABLE = "CREATE TABLE things (name TEXT PRIMARY KEY, n BIGINT NOT NULL DEFAULT 0, note TEXT)"


@pytest.fixture
def things(bare_url: str) -> Iterator[Database]:
    """An open database with an empty table `things`; once on SQLite, once on PostgreSQL."""
    database = connect(bare_url)
    database.execute(TABLE)
    yield database
    database.close()


@pytest.fixture
def others(things: Database, bare_url: str) -> Iterator[Database]:
    """The same database, opened by somebody else."""
    database = connect(bare_url)
    yield database
    database.close()
