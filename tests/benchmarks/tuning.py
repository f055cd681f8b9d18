"""Weights chosen by cross-validation, for each engine alike: what is left of the gain on queries nobody looked at.

The queries are dealt into folds. For each fold every engine's weights are chosen on the queries of the others, one
weight after the other (coordinate ascent), and measured on the fold's own. So each query is answered with weights that
were chosen without it, ours and theirs.
"""

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, closing, contextmanager
from dataclasses import dataclass
from statistics import fmean

from tests.benchmarks.ablations import Part, also, switched_off, to
from tests.benchmarks.engines import Engine, Fts5Weighted, Ours, TantivyBoosted
from tests.benchmarks.judged import Collection
from tests.benchmarks.measures import DEPTH, interval, measure

FOLDS = 5
ROUNDS = 2
LEAST = 0.003
"""A knob is turned only where that gains so much: with ten knobs and 160 queries, less is mostly chance."""
MEASURED = "nDCG@10"

Setting = tuple[float, ...]
"""A value for each knob, in their order."""


@dataclass(frozen=True, slots=True)
class Knob:
    """A weight and what it may be; the first value is the one it has."""

    name: str
    values: Setting


@dataclass(frozen=True, slots=True)
class Tunable:
    """An engine with its knobs, and how it is set: what is measured inside of `with set(engine, setting)`."""

    knobs: Sequence[Knob]
    make: Callable[[], Engine]
    set: Callable[[Engine, Setting], AbstractContextManager[None]]

    @property
    def as_it_is(self) -> Setting:
        return tuple(knob.values[0] for knob in self.knobs)


OURS = (
    Knob("rank.WEIGHTS title", (0.6, 0.3, 1.0)),
    Knob("rank.WEIGHTS names", (1.0, 0.5, 1.5)),
    Knob("rank.WEIGHTS text", (1.4, 1.0, 2.0)),
    Knob("rank.WEIGHTS words", (2.5, 1.8, 3.5)),
    Knob("rank.VIA synonym", (0.6, 0.3, 0.8)),
    Knob("rank.LONGER", (0.4, 0.0, 0.8)),
    Knob("phrase.FAINTLY", (0.6, 0.8, 1.0)),
    Knob("explain.HELD", (0.35, 0.2, 0.5)),
    Knob("explain.TOGETHER title", (0.4, 0.2, 0.7)),
    Knob("explain.TOGETHER text", (0.6, 0.3, 1.0)),
)


@contextmanager
def _ours(_engine: Engine, setting: Setting) -> Iterator[None]:
    tables: dict[str, dict[str, float]] = {}
    replace = {}
    for knob, value in zip(OURS, setting, strict=True):
        where, _space, key = knob.name.partition(" ")
        if key:
            tables.setdefault(where, {})[key] = value
        else:
            replace[where] = to(value)
    replace |= {where: also(**values) for where, values in tables.items()}
    with switched_off(Part("as shipped", replace)):
        yield


@contextmanager
def _weighted(engine: Engine, setting: Setting) -> Iterator[None]:
    assert isinstance(engine, Fts5Weighted | TantivyBoosted)
    engine.weights = setting
    yield


_BOOSTS = (1.0, 0.5, 2.0, 3.0, 4.0, 6.0)
BOOSTS = tuple(Knob(name, (*_BOOSTS, 0.0) if name == "names" else _BOOSTS) for name in ("title", "names", "text"))

TUNABLE: Mapping[str, Tunable] = {
    "ours": Tunable(OURS, Ours, _ours),
    "fts5": Tunable(BOOSTS, lambda: Fts5Weighted("unicode61"), _weighted),
    "fts5-porter": Tunable(BOOSTS, lambda: Fts5Weighted("porter"), _weighted),
    "tantivy": Tunable(BOOSTS, lambda: TantivyBoosted("default"), _weighted),
    "tantivy-stems": Tunable(BOOSTS, lambda: TantivyBoosted("en_stem"), _weighted),
}


@dataclass(frozen=True, slots=True)
class Validated:
    """One engine's score for each query: as it is, and with weights chosen without that query; and those weights."""

    as_it_is: Sequence[float]
    held_out: Sequence[float]
    chosen: Sequence[Mapping[str, float]]


def validate(judged: Collection, one: Tunable, *, seed: int = 1) -> Validated:
    """Cross-validate one engine over a collection."""
    with closing(one.make()) as engine:
        engine.fill(judged.documents)
        known: dict[Setting, list[float]] = {}

        def scores(setting: Setting) -> list[float]:
            if setting not in known:
                with one.set(engine, setting):
                    known[setting] = [
                        measure(engine.find(query.text, DEPTH), query.grades, hit=query.hit)[MEASURED]
                        for query in judged.queries
                    ]
            return known[setting]

        held_out, chosen = [0.0] * len(judged.queries), []
        for fold in folds(len(judged.queries), seed=seed):
            others = [place for place in range(len(judged.queries)) if place not in fold]
            best = ascend(one, lambda setting, others=others: fmean(scores(setting)[place] for place in others))
            chosen.append({k.name: value for k, value in zip(one.knobs, best, strict=True) if value != k.values[0]})
            for place in fold:
                held_out[place] = scores(best)[place]
        return Validated(scores(one.as_it_is), held_out, chosen)


def folds(count: int, *, seed: int) -> list[frozenset[int]]:
    """The places of so many queries dealt into folds; the same seed deals the same."""
    places = list(range(count))
    random.Random(seed).shuffle(places)
    return [frozenset(places[start::FOLDS]) for start in range(FOLDS)]


def ascend(one: Tunable, score: Callable[[Setting], float]) -> Setting:
    """The best setting that is found by turning one knob after the other."""
    best = one.as_it_is
    for _round in range(ROUNDS):
        before = best
        for place, knob in enumerate(one.knobs):
            better = max(((*best[:place], value, *best[place + 1 :]) for value in knob.values), key=score)
            best = better if score(better) >= score(best) + LEAST else best
        if best == before:
            break
    return best


def report(judged: Collection, names: Sequence[str]) -> Iterator[list[str]]:
    """A row for each engine: as it is, tuned and held out, and what ours is above it, query by query."""
    ours = validate(judged, TUNABLE["ours"])
    yield _row("ours", ours, ours)
    for name in names:
        if name in TUNABLE and name != "ours":
            yield _row(name, validate(judged, TUNABLE[name]), ours)


def _row(name: str, one: Validated, ours: Validated) -> list[str]:
    row = [name]
    for values in (one.as_it_is, one.held_out):
        low, high = interval(values)
        row.append(f"{fmean(values):.3f} ({low:.3f}-{high:.3f})")
    if one is ours:
        row.append("")
    else:
        above = [mine - theirs for mine, theirs in zip(ours.held_out, one.held_out, strict=True)]
        low, high = interval(above)
        row.append(
            f"{fmean(above):+.3f} ({low:+.3f} to {high:+.3f}), {fmean(ours.held_out) / fmean(one.held_out) - 1:+.1%}"
        )
    return [
        *row,
        "; ".join(" ".join(f"{knob} {value:g}" for knob, value in fold.items()) or "-" for fold in one.chosen),
    ]
