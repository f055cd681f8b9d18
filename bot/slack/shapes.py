"""Shapes of what comes back from Slack: `carried.py` says with them what each button and form of ours brings back.

A shape is a test of any value at all: it answers yes or no, and never raises.
"""

import json
import re
from collections.abc import Callable
from datetime import date, time

Shape = Callable[[object], bool]

LARGEST = 10**9
"""No number of ours is so large: what is larger fits no column."""


def words(pattern: str) -> Shape:
    """Text that is all of it as the pattern says."""
    compiled = re.compile(pattern, re.ASCII)
    return lambda value: isinstance(value, str) and bool(compiled.fullmatch(value))


def number(value: object) -> bool:
    return type(value) is int and 0 <= value < LARGEST


def flag(value: object) -> bool:
    return isinstance(value, bool)


def anything(_value: object) -> bool:
    return True


def one_of(*values: str) -> Shape:
    return lambda value: isinstance(value, str) and value in values


def day(value: object) -> bool:
    return _reads(date.fromisoformat, value)


def hour(value: object) -> bool:
    return _reads(time.fromisoformat, value)


def maybe(shape: Shape) -> Shape:
    """This, or nothing."""
    return lambda value: value is None or shape(value)


def either(*shapes: Shape) -> Shape:
    return lambda value: any(shape(value) for shape in shapes)


def each(shape: Shape, *, least: int = 0, most: int = 1_000) -> Shape:
    """A list of such things."""
    return lambda value: isinstance(value, list) and least <= len(value) <= most and all(map(shape, value))


def every(shape: Shape) -> Shape:
    """An object of which every value is such a thing."""
    return lambda value: isinstance(value, dict) and all(map(shape, value.values()))


def record(**shapes: Shape) -> Shape:
    """An object with these keys; one that may be missing is `maybe`. What else it has does not count."""
    return lambda value: isinstance(value, dict) and all(shape(value.get(name)) for name, shape in shapes.items())


def written(shape: Shape) -> Shape:
    """Text that is JSON of such a thing."""

    def fits(value: object) -> bool:
        if not isinstance(value, str):
            return False
        try:
            return shape(json.loads(value))
        except (ValueError, RecursionError):
            return False

    return fits


def _reads(read: Callable[[str], object], value: object) -> bool:
    try:
        return isinstance(value, str) and bool(read(value) or True)
    except ValueError:
        return False
