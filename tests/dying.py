"""A process that dies in the middle: somebody does something, and is killed after a statement of the database."""

import os
import signal
from collections.abc import Callable, Iterator
from typing import Any

from catalogue.store import Database, connect


def ends_before(url: str, act: Callable[[Database], object], *, statement: int) -> bool:
    """Have a child do something and die by SIGKILL after this statement. True when it ended before.

    Connections must not be open: a child inherits them.
    """
    child = os.fork()
    if child == 0:
        db = connect(url)
        moments = iter(range(statement, -10_000, -1))
        for method in ("query", "execute", "execute_many"):
            setattr(db, method, _counted(getattr(db, method), moments))
        act(db)
        os._exit(0)
    status = os.waitpid(child, 0)[1]
    assert status == 0 or os.WTERMSIG(status) == signal.SIGKILL, status
    return status == 0


def _counted(act: Callable[..., Any], moments: Iterator[int]) -> Callable[..., Any]:
    def acting(*given: Any) -> Any:
        result = act(*given)
        if next(moments) == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return result

    return acting
