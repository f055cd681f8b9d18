"""SQLite by sqlite-utils: one file, one connection a thread, one writer at a time.

Why the lock: SQLite before 3.51.3 can corrupt a write-ahead log when two connections write or checkpoint at the same
moment. Every write therefore holds a lock file for its whole transaction, across threads and processes. That is also
fairer than SQLite's own waiting, which sleeps and tries again.

Why FULL: with synchronous=NORMAL a power cut loses transactions that were already acknowledged to Slack.
"""

import fcntl
import os
import sqlite3
import threading
import weakref
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Literal

import sqlite_utils

from catalogue.errors import StoreUnavailable
from catalogue.store.port import Parameters, Row

PRAGMAS = (
    "PRAGMA busy_timeout = 5000",
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",
    "PRAGMA foreign_keys = ON",
    "PRAGMA recursive_triggers = ON",
    "PRAGMA trusted_schema = OFF",
    "PRAGMA cell_size_check = ON",
    "PRAGMA secure_delete = FAST",  # what was removed is overwritten where that costs no extra writing
)


class WriterLock:
    """The right to write, held by one thread of one process at a time. Not reentrant.

    Whoever has waited longest goes first: a thread that writes one batch after another does not shut the others out.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._thread, self._turnstile = threading.Lock(), threading.Lock()
        self._file: int | None = None

    @contextmanager
    def held(self) -> Iterator[None]:
        with self._turnstile:  # held while waiting, so that the last holder cannot come in again before
            self._thread.acquire()
        try:
            if self._file is None:
                self._file = self._open()
            fcntl.flock(self._file, fcntl.LOCK_EX)
            try:
                yield
            finally:
                fcntl.flock(self._file, fcntl.LOCK_UN)
        finally:
            self._thread.release()

    def _open(self) -> int:
        try:
            return os.open(self._path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise StoreUnavailable(f"The database cannot be used: {self._path}: {error.strerror}.") from error

    def close(self) -> None:
        with self._thread:
            if self._file is not None:
                os.close(self._file)
                self._file = None


class _Held:
    """A thread's connection; when the thread ends nobody holds this any more, and the connection is closed."""

    def __init__(self, connection: sqlite_utils.Database) -> None:
        self.connection = connection

    def __del__(self) -> None:
        self.connection.close()


class _Local(threading.local):
    def __init__(self) -> None:
        self.held: _Held | None = None
        self.depth = 0
        self.calls: list[Callable[[], None]] = []


class SqliteDatabase:
    """The port over one SQLite file."""

    dialect: Literal["sqlite", "postgresql"] = "sqlite"

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = WriterLock(path.with_name(path.name + ".lock"))
        self._local = _Local()
        self._all: weakref.WeakSet[_Held] = weakref.WeakSet()
        with self._lock.held():  # several starters at once: one of them turns the write-ahead log on
            _make(path)
            self._connection()  # fail now, in a plain sentence, rather than at the first question

    def query(self, sql: str, parameters: Parameters = {}, /) -> list[Row]:
        with _plain_errors(self.path):
            return list(self._connection().query(sql, dict(parameters)))

    def execute(self, sql: str, parameters: Parameters = {}, /) -> int:
        with self.atomic(), _plain_errors(self.path):
            return self._connection().execute(sql, dict(parameters)).rowcount

    def execute_many(self, sql: str, rows: Iterable[Parameters], /) -> None:
        with self.atomic(), _plain_errors(self.path):
            self._connection().conn.executemany(sql, rows)

    @contextmanager
    def atomic(self) -> Iterator[None]:
        local, connection = self._local, self._connection().conn
        if local.depth:
            with self._savepoint(connection, local):
                yield
            return
        with self._lock.held():
            with _plain_errors(self.path):
                connection.execute("BEGIN IMMEDIATE")
            local.depth, local.calls = 1, []
            try:
                yield
                with _plain_errors(self.path):
                    connection.execute("COMMIT")
            except BaseException:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                local.calls = []
                raise
            finally:
                local.depth = 0
        calls, local.calls = local.calls, []
        for call in calls:
            call()

    @contextmanager
    def _savepoint(self, connection: sqlite3.Connection, local: _Local) -> Iterator[None]:
        name = f"inner_{local.depth}"
        connection.execute(f"SAVEPOINT {name}")
        local.depth += 1
        try:
            yield
        except BaseException:
            connection.execute(f"ROLLBACK TO {name}")
            raise
        finally:
            connection.execute(f"RELEASE {name}")
            local.depth -= 1

    def after_commit(self, call: Callable[[], None], /) -> None:
        if self._local.depth:
            self._local.calls.append(call)
        else:
            call()

    def announce(self) -> None:
        """Nothing to tell: with SQLite the worker is in the process that posts, and is woken by the bell."""

    def listen(self, _call: Callable[[], None], /) -> None:
        """Nothing to hear, for the same reason."""

    def copy_to(self, file: Path) -> None:
        """Write the whole database, as it is at this moment, into the empty `file`. Others write meanwhile."""
        with _plain_errors(self.path):
            self._connection().execute("VACUUM INTO :file", {"file": str(file)})

    def close(self) -> None:
        with self._lock.held():  # closing the last connection checkpoints the log
            for held in list(self._all):
                held.connection.close()
        self._local = _Local()
        self._lock.close()

    def _connection(self) -> sqlite_utils.Database:
        if self._local.held is None:
            with _plain_errors(self.path):
                # isolation_level=None: transactions begin and end only where `atomic` says so
                raw = sqlite3.connect(self.path, isolation_level=None, check_same_thread=False)
                held = _Held(sqlite_utils.Database(raw))
                for pragma in PRAGMAS:
                    raw.execute(pragma)
                self._local.held = held
                self._all.add(held)
        return self._local.held.connection


def _make(path: Path) -> None:
    """Make the file, for its owner alone to read. One that is there is not touched: closing it would drop the locks
    that SQLite holds on it for this process."""
    with suppress(OSError):  # then SQLite says why
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))


@contextmanager
def _plain_errors(path: Path) -> Iterator[None]:
    """Turn what an operator can mend into a sentence that says what to do; leave programming errors as they are."""
    try:
        yield
    except sqlite3.OperationalError as error:
        reason = str(error)
        if "no such" in reason or "syntax" in reason:
            raise
        raise StoreUnavailable(f"The database {path} cannot be used: {reason}. Nothing was saved.") from error
    except sqlite3.DatabaseError as error:
        if isinstance(error, sqlite3.IntegrityError | sqlite3.ProgrammingError):
            raise
        raise StoreUnavailable(
            f"{path} is damaged or is not a whoholds database: {error}. Check the path. If it is right,"
            " restore the newest backup."
        ) from error
