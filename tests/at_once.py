"""Doing things at the same moment, in threads."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TypeVar

Result = TypeVar("Result")


def at_once(*acts: Callable[[], Result]) -> list[Result]:
    """Run every act in a thread of its own, all starting together; their results in order, or the first error."""
    together = threading.Barrier(len(acts))
    results: dict[int, Result] = {}
    errors: list[BaseException] = []

    def run(place: int, act: Callable[[], Result]) -> None:
        try:
            together.wait(10)
            results[place] = act()
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=run, args=(place, act)) for place, act in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    if errors:
        raise errors[0]
    return [results[place] for place in range(len(acts))]
