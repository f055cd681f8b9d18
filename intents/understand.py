"""From a message to an Intent: each kind of question says how sure it is that it is meant, and the surest is taken.

A pattern that names its kind of question is sure; weaker hints are not. When no kind claims a message, it is taken
as the plainest question of all: who holds this?
"""

from dataclasses import dataclass
from types import ModuleType

from catalogue.search.vocabulary import Vocabulary
from intents import (
    access,
    collect,
    compare,
    conditions,
    contact,
    coverage,
    define,
    describe,
    freshness,
    help,
    holders,
    holdings,
    my_requests,
    out_of_scope,
    precedent,
    report_problem,
    review_queue,
    social,
    steward_edit,
)
from intents.answers import Answer
from intents.context import Claim, Context, Question
from intents.phrase import Message, read_message

INTENTS: tuple[ModuleType, ...] = (
    out_of_scope,
    social,
    help,
    my_requests,
    review_queue,
    steward_edit,
    report_problem,
    collect,
    precedent,
    compare,
    freshness,
    coverage,
    access,
    conditions,
    define,
    contact,
    holdings,
    describe,
    holders,
)
"""Every kind of question. Where two are equally sure the earlier one is taken."""


@dataclass(frozen=True, slots=True)
class Intent:
    """What is asked: the kind, how sure that is (0 to 1), the next best kind, and what about."""

    name: str
    confidence: float
    runner_up: str | None
    subject: str
    claim: Claim
    module: ModuleType
    message: Message


def understand(text: str, vocabulary: Vocabulary) -> Intent:
    """The intent of a message. Never raises, whatever the text."""
    message = read_message(text)
    claims: list[tuple[Claim, ModuleType]] = []
    for module in INTENTS:
        claim = module.recognise(message, vocabulary)
        if claim:
            claims.append((claim, module))
    claims.sort(key=lambda pair: -pair[0].confidence)
    claim, module = claims[0] if claims else (Claim("holders", 0.3, message.text), holders)
    runner_up = claims[1][0].intent if len(claims) > 1 else None
    return Intent(claim.intent, claim.confidence, runner_up, claim.subject, claim, module, message)


def respond(context: Context, question: Question) -> Answer:
    """Understand a question and answer it."""
    intent = understand(question.text, context.search.vocabulary())
    answer: Answer = intent.module.answer(context, question, intent.claim)
    return answer
