"""This entry is wrong: passed on to the steward who can mend it."""

from catalogue.search.vocabulary import Vocabulary
from intents.answers import Answer
from intents.context import Claim, Context, Question, compile_all
from intents.meant import claimed, not_yet
from intents.phrase import Message

EXAMPLES = (
    "The link for Price Paid Data is broken",
    "report a problem with the school census",
    "the description of STATS19 is out of date",
)

_SURE = compile_all(
    r"(?P<subject>.+?)\b(?:is|are|looks?|seems?)\s+(?:completely |all |very |a bit |now )?(?:wrong|out of date|outdated|incorrect|broken|dead|stale"
    r"|inaccurate|missing|misleading|not working|old)\b",
    r"\b(?:report|flag) (?:a |an )?(?:problem|issue|mistake|error|broken link)s? (?:with|in|on|about)?(?P<subject>.*)",
    r"\bbroken link\b(?P<subject>.*)",
    r"\b(?:doesn't|does not|don't|won't) (?:work|open|load) (?:for|on|in)?(?P<subject>.*)",
)


def recognise(message: Message, _vocabulary: Vocabulary) -> Claim | None:
    return claimed("report_problem", _SURE, message)


def answer(context: Context, question: Question, claim: Claim) -> Answer:
    return not_yet(context, question, claim)
