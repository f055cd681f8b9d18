"""How good an order of results is, from the grades of what it holds.

All as trec_eval counts them: the gain of a result is its grade, the discount of place n is log2(n + 1), what nobody
judged counts 0, and the ideal order is that of everything judged. MAP and recall count grades of 1 and more. MRR and
the hits look for a result of the query's `hit` grade or better; MRR sees ten results.
"""

import math
import random
from collections.abc import Mapping, Sequence
from statistics import fmean

NAMES = ("nDCG@5", "nDCG@10", "MAP@10", "recall@10", "MRR", "hit@1", "hit@3")
DEPTH = 10


def measure(found: Sequence[str], grades: Mapping[str, int], *, hit: int) -> dict[str, float]:
    """Every measure of one query: `found` are ids, best first; `grades` of all that is relevant, none of them 0."""
    gains = [grades.get(name, 0) for name in found[:DEPTH]]
    ideal = sorted(grades.values(), reverse=True)
    first = next((place for place, gain in enumerate(gains, 1) if gain >= hit), None)
    precisions = [sum(1 for gain in gains[:place] if gain) / place for place, gain in enumerate(gains, 1) if gain]
    return {
        "nDCG@5": _gained(gains[:5]) / _gained(ideal[:5]),
        "nDCG@10": _gained(gains) / _gained(ideal[:DEPTH]),
        "MAP@10": sum(precisions) / len(grades),
        "recall@10": len(precisions) / len(grades),
        "MRR": 1 / first if first else 0.0,
        "hit@1": float(first == 1),
        "hit@3": float(first is not None and first <= 3),
    }


def _gained(gains: Sequence[int]) -> float:
    return sum(gain / math.log2(place + 1) for place, gain in enumerate(gains, 1))


def interval(values: Sequence[float], *, rounds: int = 1000, seed: int = 1) -> tuple[float, float]:
    """The 95 % interval of the mean, by drawing queries again (percentile bootstrap); the same seed gives the same."""
    chance = random.Random(seed)
    means = sorted(fmean(chance.choices(values, k=len(values))) for _ in range(rounds))
    return means[int(rounds * 0.025)], means[int(rounds * 0.975) - 1]


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which `share` of all values lie."""
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]
