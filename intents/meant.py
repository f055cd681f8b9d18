"""The entry that a question means: what the kinds of question about one entry have in common."""

import re
from collections.abc import Iterable

from intents.answers import Answer, Outcome, show
from intents.context import Claim, Context, Question, first_match, pick
from intents.phrase import Message, without_end

SURENESS = 0.88
LESS_SURE = 0.87
"""Asking for data is also how other things are asked for, so those go first."""

_WITH_WHOM = re.compile(r"\s+(?:with|to|from|for|between)\s+", re.IGNORECASE)
_FILLER = re.compile(r"^(?:the |a |an |any |some |our |my |this |that |it |of |for |to |about )+", re.IGNORECASE)


def claimed(
    kind: str, patterns: Iterable[re.Pattern[str]], message: Message, *, sureness: float = SURENESS
) -> Claim | None:
    """The claim of a kind of question whose patterns name what is meant as `subject`."""
    match = first_match(patterns, message.text)
    if not match:
        return None
    return Claim(kind, sureness, _FILLER.sub("", without_end(match["subject"] or "").strip()))


def not_yet(context: Context, question: Question, claim: Claim) -> Answer:
    """The entry that is meant, for a question that is understood and cannot be answered yet."""
    found, picked = None, None
    for subject in dict.fromkeys((claim.subject, _WITH_WHOM.split(claim.subject)[0])):
        if subject and not (picked and (picked.one or picked.several)):
            found = context.search.find(subject, audience=question.audience, limit=6)
            picked = pick(found)
    hits = ((picked.one,) if picked and picked.one else picked.several if picked else ()) or ()
    vocabulary = context.search.vocabulary()
    return Answer(
        claim.intent,
        Outcome.REFUSED,
        claim.confidence,
        claim.subject,
        shown=tuple(show(hit, vocabulary) for hit in hits if hit),
        terms=found.phrase.subject if found else (),
    )
