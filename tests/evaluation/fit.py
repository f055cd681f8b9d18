"""Fit a table of weights to examples: a linear model, each kind against the rest. Needs scikit-learn."""

from collections import Counter
from collections.abc import Sequence

from intents.table import COMMON, RARITY, ZERO, Table

SEED = 20260
MOST_STEPS = 46
CLIPPED = 0.0001
"""The share of weights that are so large that they are cut to the largest that can be written."""

COMMONEST, RAREST = 0.1, 9.4
"""How rare a feature is: the logarithm of how few have it, between these, which can be written."""


def fit(
    kinds: Sequence[str], features: Sequence[Sequence[str]], worths: Sequence[float], *, cost: float, seen: int
) -> Table:
    """The table that tells the kinds of some examples apart by features that at least `seen` of them have."""
    import numpy
    from scipy.sparse import csr_matrix, diags
    from sklearn.preprocessing import normalize
    from sklearn.svm import LinearSVC

    often = Counter(name for names in features for name in names)
    place = {name: number for number, name in enumerate(sorted(name for name, many in often.items() if many >= seen))}
    columns = [[place[name] for name in names if name in place] for names in features]
    starts = numpy.cumsum([0, *map(len, columns)])
    flat = [column for row in columns for column in row]
    there = csr_matrix((numpy.ones(len(flat)), flat, starts), shape=(len(columns), len(place)))
    many = numpy.array([often[name] for name in place])
    rarity = numpy.rint(numpy.clip(numpy.log(len(columns) / many), COMMONEST, RAREST) / RARITY) * RARITY
    model = LinearSVC(C=cost, random_state=SEED)
    model.fit(normalize(there @ diags(rarity)), kinds, sample_weight=worths)
    weights = model.coef_.T * rarity[:, None]
    step = round(float(numpy.quantile(numpy.abs(weights), 1 - CLIPPED)) / MOST_STEPS, 4)
    steps = numpy.clip(numpy.rint(weights / step), -MOST_STEPS, MOST_STEPS).astype(int) + ZERO
    last = numpy.rint(rarity / RARITY).astype(int) + COMMON
    rows = {name: bytes([*steps[number].tolist(), int(last[number])]) for name, number in place.items()}
    classes = model.classes_.tolist()
    bias = tuple(round(float(value), 3) for value in model.intercept_)
    return Table(tuple(classes if len(classes) > 2 else classes[1:]), bias, step, rows)
