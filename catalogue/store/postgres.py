"""PostgreSQL by psycopg: the same statements, for more than one machine.

`:name` becomes `%(name)s`, once a statement. Each thread has its own connection; one that the server dropped is
opened again at the next statement, unless a transaction was lost with it.
"""

import re
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import Any, Literal

import psycopg
from psycopg.rows import dict_row

from catalogue.errors import StoreUnavailable
from catalogue.store.port import Parameters, Row

SESSION = (
    "SET lock_timeout = '5s'",
    "SET statement_timeout = '120s'",
    "SET idle_in_transaction_session_timeout = '20s'",
    "SET TIME ZONE 'UTC'",
)


class _Local(threading.local):
    def __init__(self) -> None:
        self.connection: psycopg.Connection[Row] | None = None
        self.depth = 0
        self.calls: list[Callable[[], None]] = []


class PostgresDatabase:
    """The port over one PostgreSQL database."""

    dialect: Literal["sqlite", "postgresql"] = "postgresql"

    def __init__(self, url: str) -> None:
        self.url = url
        self._local = _Local()
        self._all: list[psycopg.Connection[Row]] = []
        self._connection()

    def query(self, sql: str, parameters: Parameters = {}, /) -> list[Row]:
        with _plain_errors():
            return self._connection().execute(translate(sql), parameters).fetchall()

    def execute(self, sql: str, parameters: Parameters = {}, /) -> int:
        with _plain_errors():
            return self._connection().execute(translate(sql), parameters).rowcount

    def execute_many(self, sql: str, rows: Iterable[Parameters], /) -> None:
        with self.atomic(), _plain_errors(), self._connection().cursor() as cursor:
            cursor.executemany(translate(sql), rows)

    @contextmanager
    def atomic(self) -> Iterator[None]:
        local = self._local
        with _plain_errors():
            connection = self._connection()
        if not local.depth:
            local.calls = []
        local.depth += 1
        try:
            with connection.transaction():
                yield
        except BaseException:
            if local.depth == 1:
                local.calls = []
            raise
        finally:
            local.depth -= 1
        if not local.depth:
            calls, local.calls = local.calls, []
            for call in calls:
                call()

    def after_commit(self, call: Callable[[], None], /) -> None:
        if self._local.depth:
            self._local.calls.append(call)
        else:
            call()

    def close(self) -> None:
        for connection in self._all:
            connection.close()
        self._all.clear()
        self._local = _Local()

    def _connection(self) -> psycopg.Connection[Row]:
        connection = self._local.connection
        if connection is None or (connection.closed and not self._local.depth):
            with _plain_errors():
                connection = psycopg.connect(self.url, autocommit=True, row_factory=dict_row, connect_timeout=5)
                for statement in SESSION:
                    connection.execute(statement)  # type: ignore[arg-type]
            self._local.connection = connection
            self._all.append(connection)
        return connection


@lru_cache(maxsize=512)
def translate(sql: str) -> Any:
    """`:name` to `%(name)s`, and `%` to `%%`. Safe because no statement of ours holds a colon in a literal."""
    return re.sub(r":([a-z_][a-z0-9_]*)", r"%(\1)s", sql.replace("%", "%%"))


@contextmanager
def _plain_errors() -> Iterator[None]:
    try:
        yield
    except (psycopg.OperationalError, psycopg.InterfaceError) as error:
        reason = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
        raise StoreUnavailable(f"The database cannot be used: {reason}. Nothing was saved.") from error
