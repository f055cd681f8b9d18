"""The engine: whether a condition written in a data file is true of the facts, and which facts decided it.

A condition is a table. Its keys are facts, each with the value or the list of values that makes it true, or one of
`any`, `all` (lists of conditions), `not` (a condition) and `unknown` (a fact's name). A table is true when all of it
is. A fact that is not known makes its part neither true nor false, and that is carried to the top (Kleene's logic).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

from catalogue.sharing.facts import Fact, Facts

Condition = Mapping[str, Any]


class Truth(Enum):
    TRUE = "true"
    FALSE = "false"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Outcome:
    """Whether a condition holds, and the facts that decided it: for UNKNOWN those that are missing."""

    truth: Truth
    facts: tuple[str, ...] = ()


_TURNED = {Truth.TRUE: Truth.FALSE, Truth.FALSE: Truth.TRUE, Truth.UNKNOWN: Truth.UNKNOWN}


def evaluate(condition: Condition, facts: Facts) -> Outcome:
    """The outcome of a condition. An empty one is true."""
    return _all(_part(name, wanted, facts) for name, wanted in condition.items())


def _part(name: str, wanted: Any, facts: Facts) -> Outcome:
    match name:
        case "all":
            return _all(evaluate(each, facts) for each in wanted)
        case "any":
            return _any(evaluate(each, facts) for each in wanted)
        case "not":
            inner = evaluate(wanted, facts)
            return Outcome(_TURNED[inner.truth], inner.facts)
        case "unknown":
            return Outcome(Truth.TRUE if facts.get(wanted) is None else Truth.FALSE, (wanted,))
        case _:
            return _fact(name, wanted, facts.get(name))


def _fact(name: str, wanted: Any, value: Fact) -> Outcome:
    if value is None:
        return Outcome(Truth.UNKNOWN, (name,))
    holds = value in wanted if isinstance(wanted, list) else value == wanted
    return Outcome(Truth.TRUE if holds else Truth.FALSE, (name,))


def _all(parts: Iterable[Outcome]) -> Outcome:
    return _decide(list(parts), decisive=Truth.FALSE, otherwise=Truth.TRUE)


def _any(parts: Iterable[Outcome]) -> Outcome:
    return _decide(list(parts), decisive=Truth.TRUE, otherwise=Truth.FALSE)


def _decide(parts: list[Outcome], *, decisive: Truth, otherwise: Truth) -> Outcome:
    for truth in (decisive, Truth.UNKNOWN):
        named = [part for part in parts if part.truth is truth]
        if named:
            return Outcome(truth, _joined(named))
    return Outcome(otherwise, _joined(parts))


def _joined(parts: Iterable[Outcome]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(fact for part in parts for fact in part.facts))


def names(condition: Condition) -> set[str]:
    """Every fact that a condition names, for checking it."""
    found: set[str] = set()
    for name, wanted in condition.items():
        if name in ("all", "any"):
            found.update(*(names(each) for each in wanted))
        elif name == "not":
            found |= names(wanted)
        else:
            found.add(wanted if name == "unknown" else name)
    return found


def values(condition: Condition) -> list[tuple[str, Any]]:
    """Every fact that a condition compares, with each value it is compared with."""
    found: list[tuple[str, Any]] = []
    for name, wanted in condition.items():
        if name in ("all", "any"):
            found += [pair for each in wanted for pair in values(each)]
        elif name == "not":
            found += values(wanted)
        elif name != "unknown":
            found += [(name, value) for value in (wanted if isinstance(wanted, list) else [wanted])]
    return found
