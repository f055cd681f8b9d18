"""From a message to an Intent, in this order: patterns that are certain, a statistical reading, a question back.

Each kind of question claims a message by its patterns (`recognise`). A claim that is certain is taken. Otherwise the
statistical reading (`learned.py`), which knows the claims, says how likely each kind is; a message of which it knows
nothing is the plainest question of all: who holds this?
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from types import ModuleType

from catalogue.search.schema import split
from catalogue.search.vocabulary import Vocabulary
from catalogue.text import fold
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
from intents.answers import Answer, Outcome, Shown
from intents.context import Claim, Context, Question
from intents.conversation import Followed, follow, shown_as, with_others
from intents.features import features_of, words_of
from intents.learned import likelihoods, skeleton, thresholds, weights
from intents.phrase import Message, read_message
from intents.reference import chooses, is_in_detail, is_local, read_reference
from intents.remembered import OF_AN_ENTRY, PASSING, Conversation, after
from intents.slots import Slots, read_slots, with_slots
from intents.subject import best_reading, core, is_titled
from intents.two import two_questions
from intents.which import which

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


BY_NAME = {module.__name__.rpartition(".")[2]: module for module in INTENTS}

CERTAIN = 0.94
"""A pattern this sure is believed without asking further."""

PLAIN = 0.9
"""A message this surely of no subject leaves a conversation as it was."""

FOLLOWED = 0.75
"""How sure it is what a message refers to in a conversation: never quite."""

NAMED = 0.85
"""A pattern this sure names its kind of question: it is not asked back."""

OF_WHAT_IS_HELD = 0.93
"""A pattern this sure is believed where the catalogue knows every word that does not ask: "who holds" much is asked of."""

OUT = "out_of_scope"

NOTHING_FOUND = (Outcome.NONE, Outcome.CLARIFY)

OWN_WORDS = PASSING | {"compare", "define", "holdings"}
"""Kinds of question that read their subject themselves, or have none."""


@dataclass(frozen=True, slots=True)
class Intent:
    """What is asked: the kind, how sure that is (0 to 1), and what about.

    `odds` are those of each kind by the statistical reading, the likeliest first; only the one where a pattern was
    certain. `marked` is the skeleton that it read.
    """

    name: str
    confidence: float
    subject: str
    claim: Claim
    message: Message
    slots: Slots
    unsure_of: tuple[str, ...] = ()
    odds: Mapping[str, float] = field(default_factory=dict)
    marked: tuple[str, ...] = ()


def understand(
    text: str,
    vocabulary: Vocabulary,
    is_known: Callable[[str], bool] = lambda _word: True,
    has_name: Callable[[str], bool] = lambda _text: False,
) -> Intent:
    """The intent of a message. Never raises, whatever the text.

    `is_known` says of a word whether an entry has it in its names; `has_name` of a text whether the whole name of an
    entry is in it, or a word that was added for one: then the statistical reading does not turn it away.
    """
    message = read_message(text)
    claims = claims_of(message, vocabulary)
    marked = skeleton(message.text, vocabulary, weights(), is_known)
    unsure_of: tuple[str, ...] = ()
    if claims and claims[0].confidence >= CERTAIN:
        claim, odds = claims[0], {claims[0].intent: 1.0}
    else:
        claim, odds, unsure_of = _likeliest(message, claims, marked, vocabulary, is_known, has_name)
    return Intent(
        name=claim.intent,
        confidence=claim.confidence,
        subject=claim.subject,
        claim=claim,
        message=message,
        slots=read_slots(message, vocabulary, kind=claim.intent),
        unsure_of=unsure_of,
        odds=odds,
        marked=tuple(marked),
    )


def _likeliest(
    message: Message,
    claims: list[Claim],
    marked: list[str],
    vocabulary: Vocabulary,
    is_known: Callable[[str], bool],
    has_name: Callable[[str], bool],
) -> tuple[Claim, dict[str, float], tuple[str, ...]]:
    """The likeliest kind of question by the statistical reading, as a claim; the odds of all; the likely if unsure."""
    odds = _ranked(message, marked, claims, has_name)
    kind, second, *_rest = kinds = list(odds)
    claimed = next((claim for claim in claims if claim.intent == kind), None)
    if claimed is None:
        subject = core(message.text, kind, weights(), is_known)
        claimed = _unclaimed(kind, subject or message.text, message, vocabulary)
        if kind == OUT and "<names>" in marked:
            claimed = replace(claimed, also="person")
    set_by = thresholds()
    is_named = any(claim.intent == kind and claim.confidence >= NAMED for claim in claims)
    is_unsure = not is_named and odds[kind] < set_by.sure and odds[kind] - odds[second] < set_by.ahead
    return replace(claimed, confidence=round(odds[kind], 3)), odds, tuple(kinds[:5]) if is_unsure else ()


def _ranked(
    message: Message, marked: list[str], claims: list[Claim], has_name: Callable[[str], bool]
) -> dict[str, float]:
    """How likely each kind of question is, the likeliest first. `marked` is the message's skeleton."""
    learned = weights()
    odds = likelihoods(features_of(message, marked, [(claim.intent, claim.confidence) for claim in claims]), learned)
    if claims and claims[0].confidence >= OF_WHAT_IS_HELD and "_" in marked and "<odd>" not in marked:
        odds[claims[0].intent] = claims[0].confidence
    kinds = sorted(odds, key=lambda kind: -odds[kind])
    rest = [kind for kind in kinds if kind != OUT]
    is_elsewhere = "<names>" in marked or any(claim.intent == OUT for claim in claims)
    if kinds[0] == "social" and learned.known.isdisjoint(words_of(message.whole)):
        kinds = [OUT, *rest]
    elif kinds[0] == OUT and not is_elsewhere and has_name(message.whole):
        kinds = [*rest, OUT]
    return {kind: odds[kind] for kind in kinds}


def _unclaimed(kind: str, subject: str, message: Message, vocabulary: Vocabulary) -> Claim:
    """A claim for a kind of question whose own patterns did not claim the message."""
    also = {"out_of_scope": "other", "social": "thanks"}.get(kind, "")
    if kind == "holdings":
        capitals = frozenset(fold(word) for word in re.findall(r"[\w&]+", message.whole) if word[:1].isupper())
        body = holdings.body_in(message.whole, vocabulary, capitals)
        if body is None:
            return Claim("holders", 0.0, subject)
        also = body
        subject = " ".join(word for word in split(fold(subject)) if word not in also.split())
    if kind == "define":
        subject = next((word for word in message.text.split() if vocabulary.meanings(word.strip("?.,\"'"))), subject)
        subject = subject.strip("?.,\"'")
    return Claim(kind, 0.0, subject, also)


def claims_of(message: Message, vocabulary: Vocabulary) -> list[Claim]:
    """What each kind of question claims by its patterns, the surest first."""
    claims: list[Claim | None] = [module.recognise(message, vocabulary) for module in INTENTS]
    return sorted(filter(None, claims), key=lambda claim: -claim.confidence)


def respond(context: Context, question: Question, conversation: Conversation | None = None) -> Answer:
    """Understand a question and answer it. With a `conversation` what it refers to is known, and remembered in it."""
    context = replace(context, search=context.search.as_it_is())
    is_known = context.search.names_hold(question.audience)
    vocabulary = context.search.vocabulary()

    def has_name(text: str) -> bool:
        unread = (word for word in split(fold(text)) if word not in weights().known and not is_known(word))
        is_added = any(vocabulary.terms(word) for word in unread)  # what a steward has said that people call it
        return is_added or bool(context.search.names_in(text, audience=question.audience))

    def read(text: str) -> tuple[str, float]:
        alone = understand(text, vocabulary, is_known)
        return alone.name, alone.confidence

    two = two_questions(question.text, read, PASSING)
    if two:
        question = replace(question, text=two[0])
    intent = understand(question.text, vocabulary, is_known, has_name)
    followed = _followed(context, question, intent, conversation, is_known) if conversation else None
    if followed and followed.stands_alone:
        intent, followed = _as(followed.kind, intent, vocabulary, is_known), None
    answer = with_slots(_answer(context, question, intent, followed, is_known), intent.slots)
    if intent.unsure_of and not followed and not answer.shown and answer.outcome in NOTHING_FOUND:
        answer = which(answer, intent.unsure_of, core(intent.message.text, intent.name, weights(), is_known))
    if conversation is not None:
        terms = " ".join(word for word in answer.terms if is_known(word))
        conversation.state = after(conversation.state, answer, question, terms=terms, is_followed=followed is not None)
    return replace(answer, also=two[1]) if two else answer


def _followed(
    context: Context, question: Question, intent: Intent, conversation: Conversation, is_known: Callable[[str], bool]
) -> Followed | None:
    """What the message means in the conversation; None when it stands alone."""
    if _passes(intent, question.text) or _is_of_a_name(context, question, intent):
        return None
    said = read_reference(intent.message, question.text, intent.slots, context.search.vocabulary(), weights(), is_known)
    return follow(context, question, conversation.state, said, odds=intent.odds, marked=intent.marked)


def _is_of_a_name(context: Context, question: Question, intent: Intent) -> bool:
    """Whether a message asks something of a name, or of a good part of a title: then nothing of before is meant."""
    if intent.name not in OF_AN_ENTRY or intent.confidence < PLAIN:
        return False
    subject = intent.claim.subject
    names = context.search.names_in(intent.message.whole, audience=question.audience)
    if intent.name == "describe" and intent.confidence >= OF_WHAT_IS_HELD and names[:1] == [fold(subject)]:
        return True
    hits = context.search.find(subject, audience=question.audience, limit=1).hits
    return bool(hits) and is_titled(subject, hits[0])


def _passes(intent: Intent, text: str) -> bool:
    """Whether a message is surely of no subject, so that it leaves a conversation as it was."""
    if intent.name in ("review_queue", OUT) and not review_queue.decides(text) and chooses(text):
        return False  # the first of what was shown, not of what waits
    return intent.name in PASSING and intent.confidence > (CERTAIN if intent.name == OUT else PLAIN)


def _as(kind: str, intent: Intent, vocabulary: Vocabulary, is_known: Callable[[str], bool]) -> Intent:
    """A message that stands alone, read as the kind of question that it is in its conversation."""
    if kind == intent.name:
        return intent
    subject = core(intent.message.text, kind, weights(), is_known)
    claim = _unclaimed(kind, subject or intent.message.text, intent.message, vocabulary)
    claim = replace(claim, confidence=round(intent.odds.get(kind, 0.0), 3))
    return replace(
        intent, name=claim.intent, confidence=claim.confidence, subject=claim.subject, claim=claim, unsure_of=()
    )


def _answer(
    context: Context, question: Question, intent: Intent, followed: Followed | None, is_known: Callable[[str], bool]
) -> Answer:
    claim = intent.claim
    if followed:
        claim = Claim(followed.kind, FOLLOWED, followed.subject, followed.also or claim.also)
        if followed.shown is not None:
            return shown_as(followed, claim)
        question = replace(question, text=followed.text)
        return with_others(BY_NAME[claim.intent].answer(context, question, claim), followed)
    if claim.intent not in OWN_WORDS:
        readings = [claim.subject]
        readings += [
            core(text, claim.intent, weights(), is_known) for text in (intent.message.text, intent.message.whole)
        ]
        if claim.intent in OF_AN_ENTRY:
            readings = context.search.names_in(intent.message.whole, audience=question.audience)[:2] + readings
        subject, certain = best_reading(context, question, readings, intent.message.whole, kind=claim.intent)
        claim = replace(claim, subject=subject or claim.subject, confidence=round(claim.confidence * certain, 3))
    answer: Answer = BY_NAME[claim.intent].answer(context, question, claim)
    return _ordered(answer, intent.slots) if claim.intent == "holders" else answer


def _ordered(answer: Answer, slots: Slots) -> Answer:
    """An answer that lists entries, those in the detail that is wanted first, and one place's last where none is named."""
    if answer.outcome is not Outcome.ANSWERED:
        return answer

    def misfit(entry: Shown) -> tuple[bool, bool]:
        in_detail = slots.granularity is None or is_in_detail(slots.granularity, entry.dataset)
        return not in_detail, not slots.place and is_local(entry.dataset)

    return replace(answer, shown=tuple(sorted(answer.shown, key=misfit)))
