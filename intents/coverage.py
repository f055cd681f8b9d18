"""Does X cover a place, a period, a grain."""

from catalogue.search.vocabulary import Vocabulary
from intents.answers import Answer
from intents.context import Claim, Context, Question, compile_all
from intents.meant import claimed, not_yet
from intents.phrase import Message

EXAMPLES = (
    "Does Price Paid Data cover Wales?",
    "What years does STATS19 cover?",
    "how far back does the school census go",
)

_SURE = compile_all(
    r"\b(?:does|do|will|would)\b(?P<subject>.+?)\b(?:cover|include|go back|extend|span|break down|have (?:wales|scotland|northern ireland|england|ward|lsoa))\b.+",
    r"\b(?:what|which) (?:years?|period|areas?|geograph\w+|places?|countr\w+|nations?|regions?|dates?)\b.{0,15}?\b(?:does|do|is|are)\b(?P<subject>.+?)\b(?:cover(?:ed)?|include|span|go back|for|available)\b",
    r"\bhow far back\b.{0,10}?\b(?:does|do|is)\b(?P<subject>.+?)\b(?:go|run|extend|start)\b",
    r"\bis\b(?P<subject>.+?)\b(?:available )?(?:for|at|by|down to|broken down by) (?:wales|scotland|northern ireland|england|ward|lsoa|postcode|council|school|local authority|individual)\b.*\b(?:level)?\s*\??$",
    r"\bis\b(?P<subject>.+?)\b(?:england only|uk[- ]wide|just england)\b",
)


def recognise(message: Message, _vocabulary: Vocabulary) -> Claim | None:
    return claimed("coverage", _SURE, message)


def answer(context: Context, question: Question, claim: Claim) -> Answer:
    return not_yet(context, question, claim)
