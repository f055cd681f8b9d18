"""Has X been shared with Y before: shares like it, with what differs."""

from catalogue.search.vocabulary import Vocabulary
from intents.answers import Answer
from intents.context import Claim, Context, Question, compile_all
from intents.meant import claimed, not_yet
from intents.phrase import Message

EXAMPLES = (
    "Has the National Pupil Database been shared with a council before?",
    "existing agreement for the school census",
    "precedent for sharing Hospital Episode Statistics",
)

_SURE = compile_all(
    r"\b(?:has|have|had|was|were)\b(?P<subject>.+?)\b(?:been )?(?:shared|given|provided|supplied|released)\b.*\b(?:before|with|to|previously|already|ever)\b",
    r"\b(?:precedents?|similar (?:shares?|agreements?|requests?)|done (?:this|it) before|existing (?:agreement|mou|dsa|isa))\b(?: for| to| of| with)?(?P<subject>.*)",
    r"\bis there (?:already )?an? (?:agreement|mou|dsa|isa|data sharing agreement)\b(?: for| with| on| covering)?(?P<subject>.+)",
)


def recognise(message: Message, _vocabulary: Vocabulary) -> Claim | None:
    return claimed("precedent", _SURE, message)


def answer(context: Context, question: Question, claim: Claim) -> Answer:
    return not_yet(context, question, claim)
