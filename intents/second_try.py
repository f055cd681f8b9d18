"""After "Not what I meant": the next entries for the same question, without those that were shown.

A turn of a conversation is read as it was, after what was talked about before it. What was turned down is written down
for a human to go through (`catalogue/feedback.py`).
"""

from collections.abc import Collection
from dataclasses import replace

from catalogue import feedback
from intents.answers import SHOWN, Answer, Choice, Outcome, show
from intents.context import Context, Question
from intents.conversation import likely_hits
from intents.learned import weights
from intents.reference import read_reference
from intents.remembered import State
from intents.turn import read_turn
from intents.understand import understand

LOOKED_AT = 20


def respond_again(context: Context, question: Question, rejected: Collection[str], state: State = State()) -> Answer:
    """The next three entries for a question whose answer, with the entries `rejected`, was not what was meant.

    `state` is where its conversation stands; it is heeded while that is what this answer left.
    """
    vocabulary = context.search.vocabulary()
    is_known = context.search.names_hold(question.audience)
    intent = understand(question.text, vocabulary, is_known)
    said = read_reference(intent.message, question.text, intent.slots, vocabulary, weights(), is_known)
    own = question.asker.organisation if question.asker else None
    is_latest = not set(rejected).isdisjoint(state.entries)  # otherwise the conversation has gone on since
    if not is_latest or not (state.earlier or said.points or said.is_bare):
        found = context.search.find(
            intent.subject or question.text, audience=question.audience, limit=LOOKED_AT, own=own
        )
        phrase, hits = found.phrase, list(found.hits)
    else:
        before = replace(state, entries=state.earlier or state.entries, chosen=None, earlier=())
        turn = read_turn(context, question, before, said, odds=intent.odds, marked=intent.marked)
        phrase, hits = turn.alone.phrase, likely_hits(turn)
    feedback.record(
        context.db,
        intent.name,
        " ".join(phrase.subject),
        datasets=sorted(rejected),
        organisation=own,
        key=question.key,
        now=question.now,
    )
    shown = tuple(show(hit, vocabulary) for hit in hits if hit.dataset.id not in rejected)[:SHOWN]
    return Answer(
        intent.name,
        Outcome.SHORTLIST if shown else Outcome.NONE,
        intent.confidence,
        intent.subject,
        shown=shown,
        terms=phrase.subject,
        corrections=phrase.corrections,
        choices=tuple(Choice(entry.dataset.title, f"what is {entry.dataset.id}") for entry in shown),
        details={"is_second_try": True, "near": ()},
    )
