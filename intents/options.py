"""Choosing one of some options by what speaks for each: a log-linear model, learned from threads at build time.

An option is described by facts, each a name with how much of it there is. The weight of a fact is the same for every
option. `python -m tests.evaluation.turns` learns the weights and writes `data/turns.tsv`.
"""

import math
from collections.abc import Mapping
from functools import lru_cache

from intents.table import DATA

Facts = Mapping[str, float]
"""What is true of an option, and how much; what is not there is 0."""

Weights = Mapping[str, float]

TURNS = DATA / "turns.tsv"


@lru_cache(maxsize=1)
def learned() -> Mapping[str, Weights]:
    """For each decision the weights of the facts it is made by."""
    found: dict[str, dict[str, float]] = {}
    for line in TURNS.read_text(encoding="utf-8").splitlines():
        decision, fact, weight = line.split("\t")
        found.setdefault(decision, {})[fact] = float(weight)
    return found


def save(found: Mapping[str, Weights]) -> None:
    """Keep weights as those that the project ships."""
    lines = [f"{decision}\t{fact}\t{weight:g}\n" for decision, of in found.items() for fact, weight in of.items()]
    TURNS.write_text("".join(lines), encoding="utf-8")


def likely(options: Mapping[str, Facts], weights: Weights) -> dict[str, float]:
    """How likely each option is the right one, the likeliest first; all together 1."""
    scores = {
        option: sum(weights.get(fact, 0.0) * much for fact, much in facts.items()) for option, facts in options.items()
    }
    most = max(scores.values(), default=0.0)
    odds = {option: math.exp(score - most) for option, score in scores.items()}
    total = sum(odds.values())
    return {option: odds[option] / total for option in sorted(odds, key=lambda option: -odds[option])}
