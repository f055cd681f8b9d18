"""How current is X, and when is it next."""

import re
from dataclasses import replace

from catalogue.freshness import next_due
from catalogue.search.vocabulary import Vocabulary
from intents.answers import Answer, Outcome, Step
from intents.context import Claim, Context, Question, compile_all
from intents.meant import claimed, meant
from intents.phrase import Message

EXAMPLES = (
    "How often is the rough sleeping snapshot updated?",
    "When was Price Paid Data last updated?",
    "is STATS19 still up to date",
)

_SURE = compile_all(
    r"\bhow (?:often|frequently|regularly)\b.{0,12}?\b(?:is|are|does|do|has|gets?)?\b(?P<subject>.+?)\b(?:updated?|published|refreshed?|released|collected|change[sd]?|come out"
    r"|produced|run|issued|revised|uploaded)\b",
    r"\bhow (?:current|recent|fresh|up to date|up-to-date|old|stale|timely|new)\b.{0,8}?\b(?:is|are)?\b(?P<subject>.+)",
    r"\bwhen (?:was|were|is|are|did|does|do|will)\b(?P<subject>.+?)\b(?:last |next |be |get |first )*(?:updated?|published|released?|refreshed?|out|come out|available|due"
    r"|changed|modified|verified|checked|collected|revised|issued)\b",
    r"\b(?:last updated?|next (?:release|update|edition|publication)|latest (?:version|release|edition|update)|update frequency|refresh rate|release date|frequency)\b"
    r"(?: date)?(?: of| for| on)?(?P<subject>.+)",
    r"\bis\b(?P<subject>.+?)\b(?:still )?(?:up to date|up-to-date|current|still (?:updated|maintained|published))\b",
)
_NOISE = re.compile(
    r"\b(?:how (?:often|frequently|current|recent|fresh|old|stale|new|up to date)|when|updated?|updates?|updating|latest|newest|last|next"
    r"|frequency|frequently|freshness|fresh|current|recent|release[sd]?|released|published|publication|due|edition|version|come|comes|out"
    r"|modified|changed?|verified|checked|still|being|up[- ]to[- ]date|daily|weekly|monthly|quarterly|annual(?:ly)?|yearly|date|figures"
    r"|provisional or final|final or provisional|be|get|gets|was|were|will|did)\b",
    re.IGNORECASE,
)


def recognise(message: Message, _vocabulary: Vocabulary) -> Claim | None:
    return claimed("freshness", _SURE, message)


def answer(context: Context, question: Question, claim: Claim) -> Answer:
    answer = meant(context, question, claim, again="how current is {id}", noise=_NOISE, takes_several=True)
    due = tuple(next_due(entry.dataset, today=question.now.date()) for entry in answer.shown)
    steps = tuple(
        Step("follow.entry", entry.dataset.id) for entry in answer.shown[:1] if answer.outcome is Outcome.ANSWERED
    )
    return replace(answer, steps=steps, details={**answer.details, "due": due})
