"""Two questions in one message: the first is answered, the other is offered."""

import re
from collections.abc import Callable

from intents.phrase import clauses_of

FEWEST_WORDS = 3
SURE = 0.7
"""How sure it must be what kind of question each of the two is; otherwise the second may be part of the first."""

_ENDS_IN_ONE = re.compile(r"\?\s*$")

Reading = Callable[[str], tuple[str, float]]


def two_questions(text: str, read: Reading, passing: frozenset[str]) -> tuple[str, str] | None:
    """The two questions of a message, each as its own text; None when it asks one, or something that has no subject.

    `read` says what kind of question a text is and how sure that is; `passing` are the kinds without a subject.
    """
    clauses = clauses_of(text)
    asking = [place for place, clause in enumerate(clauses) if _ENDS_IN_ONE.search(clause)]
    if len(asking) != 2 or any(len(clauses[place].split()) < FEWEST_WORDS for place in asking):
        return None
    first, other = " ".join(clauses[: asking[0] + 1]), clauses[asking[1]]
    kinds = [read(clause) for clause in (clauses[asking[0]], other)]
    if kinds[0][0] == kinds[1][0] or any(kind in passing or sure < SURE for kind, sure in kinds):
        return None
    return first, other
