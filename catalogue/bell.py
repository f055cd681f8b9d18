"""Wakes the worker of this process when a notice is posted. Other processes are told by the database (`announce`)."""

from collections.abc import Callable


class Bell:
    """Wakes the worker when a notice is posted. Ringing is cheap and may happen when nobody listens."""

    def __init__(self) -> None:
        self._calls: list[Callable[[], None]] = []

    def on_ring(self, call: Callable[[], None]) -> None:
        self._calls.append(call)

    def off_ring(self, call: Callable[[], None]) -> None:
        self._calls = [known for known in self._calls if known != call]

    def ring(self) -> None:
        for call in self._calls:
            call()


bell = Bell()
"""The one bell of this process."""
