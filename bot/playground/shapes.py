"""Small checks over plain JSON, put together: each yields a sentence for every fault it finds.

Read next: `elements` and `block_kit`, which say in these words what Slack takes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

Check = Callable[[Any, str], Iterator[str]]
"""Takes a value and where it stands; yields one sentence per fault."""


def string(longest: int, *, shortest: int = 1) -> Check:
    """A string of so many characters."""

    def check(value: Any, path: str) -> Iterator[str]:
        if not isinstance(value, str):
            yield f"{path}: must be a string"
        elif len(value) > longest:
            yield f"{path}: must be less than {longest + 1} characters, is {len(value)}"
        elif len(value) < shortest:
            yield f"{path}: must be more than {shortest - 1} characters"

    return check


def boolean(value: Any, path: str) -> Iterator[str]:
    """True or false."""
    if not isinstance(value, bool):
        yield f"{path}: must be true or false"


def integer(least: int, most: int) -> Check:
    """A whole number within bounds."""

    def check(value: Any, path: str) -> Iterator[str]:
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
            yield f"{path}: must be a whole number from {least} to {most}"

    return check


def one_of(*values: Any) -> Check:
    """One of a few values."""

    def check(value: Any, path: str) -> Iterator[str]:
        if value not in values:
            yield f"{path}: must be one of {', '.join(map(str, values))}"

    return check


def items(check_item: Check, *, least: int = 1, most: int) -> Check:
    """A list of so many things, each checked."""

    def check(value: Any, path: str) -> Iterator[str]:
        if not isinstance(value, list):
            yield f"{path}: must be a list"
            return
        if not least <= len(value) <= most:
            yield f"{path}: must have {least} to {most} items, has {len(value)}"
        for number, item in enumerate(value):
            yield from check_item(item, f"{path}/{number}")

    return check


@dataclass(frozen=True)
class Shape:
    """An object with these keys and no other; `type` is always allowed. `rule` is asked once the keys are right."""

    required: Mapping[str, Check] = field(default_factory=dict)
    optional: Mapping[str, Check] = field(default_factory=dict)
    rule: Check | None = None

    def __call__(self, value: Any, path: str) -> Iterator[str]:
        """Yield the faults of one object."""
        if not isinstance(value, dict):
            yield f"{path}: must be an object"
            return
        found: list[str] = [f"{path}: missing {name}" for name in self.required if name not in value]
        for name, inner in value.items():
            check = self.required.get(name) or self.optional.get(name)
            if check is not None:
                found += check(inner, f"{path}/{name}")
            elif name != "type":
                found.append(f"{path}: unknown key {name}")
        if not found and self.rule is not None:
            found += self.rule(value, path)
        yield from found


def typed(shapes: Mapping[str, Check], what: str) -> Check:
    """An object whose `type` chooses how it is checked."""

    def check(value: Any, path: str) -> Iterator[str]:
        kind = value.get("type") if isinstance(value, dict) else None
        shape = shapes.get(kind) if isinstance(kind, str) else None
        if shape is None:
            yield f"{path}: unknown {what} type {kind!r}"
        else:
            yield from shape(value, path)

    return check


def exactly_one(*names: str) -> Check:
    """An object with exactly one of these keys."""

    def check(value: Any, path: str) -> Iterator[str]:
        if sum(name in value for name in names) != 1:
            yield f"{path}: must have exactly one of {', '.join(names)}"

    return check


def at_least_one(*names: str) -> Check:
    """An object with one or more of these keys."""

    def check(value: Any, path: str) -> Iterator[str]:
        if not any(name in value for name in names):
            yield f"{path}: must have {' or '.join(names)}"

    return check
