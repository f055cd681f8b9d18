"""The port: the slice of `sqlite_utils.Database` that this project uses. Every statement is written once.

The common tongue of both databases: named parameters as `:name`, `ON CONFLICT … DO UPDATE`, `RETURNING`, common table
expressions, window functions. No `::` casts, no `INSERT OR`, no JSON operators, no colon inside a literal. Times are
ISO 8601 UTC text, flags are 0 or 1, documents are JSON text.
"""

from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager
from typing import Any, Literal, Protocol

Row = dict[str, Any]
Parameters = Mapping[str, Any]


class Database(Protocol):
    """A database that all threads share; each thread has its own connection underneath."""

    dialect: Literal["sqlite", "postgresql"]

    def query(self, sql: str, parameters: Parameters = ..., /) -> list[Row]:
        """The rows of a SELECT, or of a statement with RETURNING (then inside `atomic`)."""

    def execute(self, sql: str, parameters: Parameters = ..., /) -> int:
        """Run one statement that writes and return how many rows it changed. On its own it is one transaction."""

    def execute_many(self, sql: str, rows: Iterable[Parameters], /) -> None:
        """Run one writing statement for every row, in one transaction."""

    def atomic(self) -> AbstractContextManager[None]:
        """All or nothing. The outermost takes the right to write at once; an inner one is a savepoint."""

    def after_commit(self, call: Callable[[], None], /) -> None:
        """Have `call` run once the outermost transaction of this thread is committed; never if it is not."""

    def announce(self) -> None:
        """Tell other processes, once this transaction is committed, that the outbox has something new."""

    def listen(self, call: Callable[[], None], /) -> None:
        """Have `call` run, in a thread of its own, whenever another process announces something."""

    def close(self) -> None:
        """Close every connection. The database object is not used afterwards."""
