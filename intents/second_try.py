"""After "Not what I meant": the next entries for the same question, without those that were shown.

What was turned down is written down for a human to go through (`catalogue/feedback.py`).
"""

from collections.abc import Collection

from catalogue import feedback
from intents.answers import SHOWN, Answer, Choice, Outcome, show
from intents.context import Context, Question
from intents.understand import understand

LOOKED_AT = 20


def respond_again(context: Context, question: Question, rejected: Collection[str]) -> Answer:
    """The next three entries for a question whose answer, with the entries `rejected`, was not what was meant."""
    vocabulary = context.search.vocabulary()
    intent = understand(question.text, vocabulary, context.search.names_hold(question.audience))
    own = question.asker.organisation if question.asker else None
    found = context.search.find(intent.subject or question.text, audience=question.audience, limit=LOOKED_AT, own=own)
    feedback.record(
        context.db,
        intent.name,
        " ".join(found.phrase.subject),
        datasets=sorted(rejected),
        organisation=own,
        key=question.key,
        now=question.now,
    )
    hits = [hit for hit in found.hits if hit.dataset.id not in rejected][:SHOWN]
    shown = tuple(show(hit, vocabulary) for hit in hits)
    return Answer(
        intent.name,
        Outcome.SHORTLIST if shown else Outcome.NONE,
        intent.confidence,
        intent.subject,
        shown=shown,
        terms=found.phrase.subject,
        corrections=found.phrase.corrections,
        choices=tuple(Choice(entry.dataset.title, f"what is {entry.dataset.id}") for entry in shown),
        details={"is_second_try": True, "near": ()},
    )
