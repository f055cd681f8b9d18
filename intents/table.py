"""A table of weights that training made: how much each feature of a text speaks for each of some kinds.

One file a table: first what it is about as JSON, then one feature a line with one printable character a kind and a last
one that says how rare the feature is. `tests/evaluation/fit.py` makes them.
"""

import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from pathlib import Path

DATA = Path(str(files("intents"))) / "data"
ZERO, COMMON = 79, 32
"""The character codes that stand for the weight 0, between the first and last that can be printed, and for no rarity."""

RARITY = 0.1
"""One step of how rare a feature is."""


@dataclass(frozen=True, slots=True)
class Table:
    """For each feature one character a kind, its weight in steps of `step` counted from ZERO, and its rarity."""

    kinds: tuple[str, ...]
    bias: tuple[float, ...]
    step: float
    features: Mapping[str, bytes]


@lru_cache(maxsize=8)
def load(name: str) -> Table:
    """The table of this name that the project ships."""
    first, *lines = (DATA / f"{name}.tsv").read_text(encoding="utf-8").rstrip("\n").split("\n")
    about = json.loads(first)
    rows = (line.split("\t") for line in lines)
    features = {feature: row.encode("ascii") for feature, row in rows}
    return Table(tuple(about["kinds"]), tuple(about["bias"]), about["step"], features)


def save(name: str, table: Table) -> None:
    """Keep a table as the one that the project ships."""
    about = {"kinds": list(table.kinds), "bias": list(table.bias), "step": table.step}
    rows = (f"{feature}\t{row.decode('ascii')}\n" for feature, row in table.features.items())
    (DATA / f"{name}.tsv").write_text(json.dumps(about) + "\n" + "".join(rows), encoding="utf-8")


def scores(features: Iterable[str], table: Table) -> list[float]:
    """For each kind how much speaks for it.

    Only features that were seen in training count, rare ones more, and all of a text's together have the length 1.
    """
    rows = [row for row in map(table.features.get, features) if row]
    if not rows:
        return list(table.bias)
    *columns, rarities = zip(*rows, strict=True)
    length = RARITY * math.sqrt(sum((rarity - COMMON) ** 2 for rarity in rarities))
    scale, zero = table.step / length, ZERO * len(rows)
    return [bias + scale * (sum(column) - zero) for bias, column in zip(table.bias, columns, strict=True)]
