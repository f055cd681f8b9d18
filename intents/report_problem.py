"""This entry is wrong: passed on to the steward who can mend it."""

import re
from dataclasses import replace

from catalogue.search.vocabulary import Vocabulary
from intents.answers import Answer, Outcome, Step
from intents.context import Claim, Context, Question, compile_all
from intents.meant import claimed, meant
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
_NOISE = re.compile(
    r"\b(?:the|links?|contacts?|e-?mail|mailbox|title|name|summary|description|entry|entries|record|page|listing|licence|frequency|owner|holder|coverage"
    r"|access level|acronym|spelling|is|are|looks?|seems?|wrong|incorrect|out of date|outdated|broken|dead|stale|inaccurate|missing|misleading|old"
    r"|not working|doesn't|does not|work|open|load|report|flag|problem|issue|mistake|error|with|in|on|of|for|about|can somebody|correct|fix|pls|please"
    r"|bounces|404s?|catalogue|still|way|very|completely|now|its?|was|were)\b",
    re.IGNORECASE,
)


def recognise(message: Message, _vocabulary: Vocabulary) -> Claim | None:
    return claimed("report_problem", _SURE, message)


def answer(context: Context, question: Question, claim: Claim) -> Answer:
    answer = meant(context, question, claim, again="report a problem with {id}", noise=_NOISE)
    if answer.outcome is not Outcome.ANSWERED:
        return answer
    return replace(answer, outcome=Outcome.DONE, steps=(Step("entry.report", answer.shown[0].dataset.id),))
