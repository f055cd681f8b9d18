"""PostgreSQL by psycopg: the same statements, for more than one machine.

`:name` becomes `%(name)s`, once a statement. Each thread has its own connection, which ends with the thread; one that
the server dropped is opened again at the next statement, unless a transaction was lost with it.
"""

import re
import select
import threading
import weakref
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import Any, Literal

import psycopg
import psycopg.conninfo
from psycopg.rows import dict_row

from catalogue.errors import StoreUnavailable
from catalogue.store.port import Parameters, Row

SESSION = (
    "SET lock_timeout = '5s'",
    "SET statement_timeout = '120s'",
    "SET idle_in_transaction_session_timeout = '20s'",
    "SET TIME ZONE 'UTC'",
)


CHANNEL = "whoholds_outbox"


class _Held:
    """A thread's connection; when the thread ends nobody holds this any more, and the connection is closed."""

    def __init__(self, connection: psycopg.Connection[Row]) -> None:
        self.connection = connection

    def __del__(self) -> None:
        self.connection.close()

    def is_lost(self) -> bool:
        """Whether the server has dropped it: an idle connection has nothing to read but its end."""
        if self.connection.closed:
            return True
        reading = select.poll()
        reading.register(self.connection.fileno(), select.POLLIN)
        try:
            while reading.poll(0):
                self.connection.pgconn.consume_input()
        except psycopg.Error:
            return True
        return False


class _Local(threading.local):
    def __init__(self) -> None:
        self.held: _Held | None = None
        self.depth = 0
        self.calls: list[Callable[[], None]] = []


class PostgresDatabase:
    """The port over one PostgreSQL database."""

    dialect: Literal["sqlite", "postgresql"] = "postgresql"

    def __init__(self, url: str) -> None:
        self.url = url
        self._closed = threading.Event()
        self._local = _Local()
        self._all: weakref.WeakSet[_Held] = weakref.WeakSet()
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
            with _plain_errors(), connection.transaction():
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

    def announce(self) -> None:
        with _plain_errors():
            self._connection().execute("SELECT pg_notify(%s, '')", (CHANNEL,))

    def listen(self, call: Callable[[], None], /) -> None:
        threading.Thread(target=self._listen, args=(call,), name="listen", daemon=True).start()

    def _listen(self, call: Callable[[], None]) -> None:
        """Hear announcements for as long as the database object lives; a lost connection is made again."""
        while not self._closed.is_set():
            try:
                with psycopg.connect(self.url, autocommit=True, connect_timeout=5) as connection:
                    connection.execute(f"LISTEN {CHANNEL}")
                    call()  # what was announced while nobody listened
                    while not self._closed.is_set():
                        for _notice in connection.notifies(timeout=1.0, stop_after=1):
                            call()
            except psycopg.Error:
                self._closed.wait(1.0)

    def environment(self) -> dict[str, str]:
        """The environment variables by which PostgreSQL's own programs find this database."""
        known = psycopg.pq.Conninfo.get_defaults()
        names = {option.keyword.decode(): option.envvar.decode() for option in known if option.envvar}
        chosen = psycopg.conninfo.conninfo_to_dict(self.url)
        return {names[name]: str(value) for name, value in chosen.items() if name in names}

    def close(self) -> None:
        self._closed.set()
        for held in list(self._all):
            held.connection.close()
        self._local = _Local()

    def _connection(self) -> psycopg.Connection[Row]:
        held = self._local.held
        if held is None or (not self._local.depth and held.is_lost()):
            with _plain_errors():
                connection = psycopg.connect(self.url, autocommit=True, row_factory=dict_row, connect_timeout=5)
                self._local.held = held = _Held(connection)
                for statement in SESSION:
                    connection.execute(statement)
            self._all.add(held)
        return held.connection


@lru_cache(maxsize=512)
def translate(sql: str) -> Any:
    """`:name` to `%(name)s`, and `%` to `%%`. Safe because no statement of ours holds a colon in a literal."""
    return re.sub(r":([a-z_][a-z0-9_]*)", r"%(\1)s", sql.replace("%", "%%"))


@contextmanager
def _plain_errors() -> Iterator[None]:
    try:
        yield
    except (psycopg.OperationalError, psycopg.InterfaceError, psycopg.errors.ReadOnlySqlTransaction) as error:
        reason = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
        raise StoreUnavailable(f"The database cannot be used: {reason}. Nothing was saved.") from error
