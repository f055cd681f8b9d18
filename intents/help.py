"""What the bot can do, in its own examples."""

import re

from catalogue.search.vocabulary import Vocabulary
from intents.answers import Answer, Outcome
from intents.context import Claim, Context, Question, compile_all, first_match
from intents.phrase import Message

EXAMPLES = ("help", "What can you do?", "how do I use this")

_BARE = re.compile(r"^(?:help(?: me)?|halp|commands?|usage|instructions|guide|menu|start|\?)[\s!?.]*$", re.IGNORECASE)
_SURE = compile_all(
    r"\bwhat (?:can|do|could) (?:you|this(?: bot| thing)?|whoholds|i|we) (?:do|help(?: me)? with|know|ask(?: you| it| here)?|say"
    r"|answer)\b(?!.*\bdata\b)",
    r"\bhow (?:do|does|can|should) (?:you|this|whoholds|i use (?:you|this|it|whoholds)|we use (?:you|this|it|whoholds)"
    r"|it|this bot|this thing)\b(?: work)?[\s?]*$",
    r"^(?:who|what) are you\b",
    r"^what is (?:this|whoholds)(?: (?:bot|thing))?\s*\??$",
)


def recognise(message: Message, _vocabulary: Vocabulary) -> Claim | None:
    if not message.text or _BARE.match(message.text):
        return Claim("help", 0.97)
    return Claim("help", 0.92) if first_match(_SURE, message.text) else None


def answer(context: Context, question: Question, claim: Claim) -> Answer:
    return Answer("help", Outcome.ANSWERED, claim.confidence)
