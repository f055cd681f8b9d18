"""Two questions in one message: the first is answered, the other is offered."""

import re
from collections.abc import Callable

from intents.phrase import clauses_of

FEWEST_WORDS = 3
SURE = 0.7
"""How sure it must be what kind of question each of the two is; otherwise the second may be part of the first."""

_ASKS = re.compile(
    r"\?\s*$|^(?:who|what|which|when|where|how|why|can|could|may|does|do|did|is|are|was|has|have|will|would)\b",
    re.IGNORECASE,
)
_JOINED = re.compile(
    r"(?:,? and (?:also )?|, (?:also )?|,? plus )(?=(?:who|when|where|how|can (?:i|we)|could (?:i|we)|is it|are they|does it|do they|has it|what)\b)",
    re.IGNORECASE,
)
_JOINS = re.compile(r"^(?:and|also|plus|then)\b[, ]*", re.IGNORECASE)

Reading = Callable[[str], tuple[str, float]]


def two_questions(text: str, read: Reading, passing: frozenset[str]) -> tuple[str, str] | None:
    """The two questions of a message, each as its own text; None when it asks one, or something that has no subject.

    `read` says what kind of question a text is and how sure that is; `passing` are the kinds without a subject.
    """
    clauses = [part for clause in clauses_of(text) for part in _parts(clause)]
    asking = [place for place, clause in enumerate(clauses) if _ASKS.search(clause)]
    if len(asking) != 2 or any(len(clauses[place].split()) < FEWEST_WORDS for place in asking):
        return None
    first, other = " ".join(clauses[: asking[0] + 1]), clauses[asking[1]]
    kinds = [read(clause) for clause in (clauses[asking[0]], other)]
    if kinds[0][0] == kinds[1][0] or any(kind in passing or sure < SURE for kind, sure in kinds):
        return None
    return first, other


def _parts(clause: str) -> list[str]:
    """A clause that asks, as the two of which it is made ("who holds it, and when is it updated"), or as itself."""
    first, *rest = _JOINED.split(_JOINS.sub("", clause), maxsplit=1)
    return [first, *rest] if rest and _ASKS.search(first) else [first]
