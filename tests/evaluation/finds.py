"""Fit how a find is judged: `python -m tests.evaluation.finds` prints the weights of `intents.context.likelihood`.

Each written message of a kind that is about an entry is searched for as a whole. The best hit is right when it is one
of the entries that the writer named. Fitted to all but one writer, the rest is judged; printed is how many of the right
hits are kept when so many of the messages for which the catalogue has nothing show something. Needs scikit-learn:
`pip install -e .[train]`.
"""

from __future__ import annotations

from typing import Any

import numpy
from sklearn.linear_model import LogisticRegression

from catalogue.model import GOVERNMENT
from intents.context import SIXTH, facts
from intents.phrase import read_message
from intents.remembered import OF_AN_ENTRY
from tests.evaluation.report import sample_context
from tests.evaluation.writers import written_lines

KINDS = OF_AN_ENTRY | {"holders"}
SHOWN_FOR_NOTHING = (0.3, 0.4, 0.5)


def searched() -> list[tuple[str, bool, bool, tuple[float, ...]]]:
    """For each message its writer, whether an entry answers it, whether the best hit is one, and the facts of that."""
    found = []
    with sample_context() as context:
        for line in written_lines():
            if line.kind not in KINDS:
                continue
            whole = read_message(line.text).whole
            hits = context.search.find(whole, audience=GOVERNMENT, limit=SIXTH + 1)
            if hits.hits:
                is_right = hits.hits[0].dataset.id in line.entries
                found.append((line.writer, bool(line.entries), is_right, facts(hits)))
    return found


def fitted(given: Any, right: Any) -> Any:
    return LogisticRegression(max_iter=3_000).fit(given, right)


def main() -> None:
    rows = searched()
    writers = numpy.array([row[0] for row in rows])
    has_answer, right = (numpy.array([row[place] for row in rows]) for place in (1, 2))
    given = numpy.array([row[3] for row in rows], dtype=float)
    model = fitted(given, right)
    print("weights", model.coef_[0].round(2).tolist(), "and", round(float(model.intercept_[0]), 2))
    judged = numpy.zeros(len(rows))
    for writer in sorted(set(writers)):
        others = writers != writer
        judged[~others] = fitted(given[others], right[others]).predict_proba(given[~others])[:, 1]
    for name, measure in (("four facts", judged), ("share of words held", given[:, 0])):
        for share in SHOWN_FOR_NOTHING:
            least = numpy.quantile(measure[~has_answer], 1 - share)
            kept = (measure[right] > least).mean()
            print(f"{name}: {kept:.1%} of right finds kept where {share:.0%} of nothing shows something")


if __name__ == "__main__":
    main()
