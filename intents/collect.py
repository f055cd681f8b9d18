"""I am about to ask the frontline for X: what is already held, so that nobody need be asked, and what is not."""

from catalogue.search.vocabulary import Vocabulary
from intents.answers import Answer
from intents.context import Claim, Context, Question, compile_all
from intents.meant import claimed, not_yet
from intents.phrase import Message

EXAMPLES = (
    "We are about to ask every school how many pupils get free school meals",
    "planning to survey councils about rough sleeping",
    "before we collect pupil absence from schools",
)

_SURE = compile_all(
    r"\b(?:about to|going to|planning to|plan to|want to|need to|thinking of|thinking about|before (?:i|we)|intend to|asked to|have to)\b.{0,20}?"
    r"\b(?:ask(?:ing)?|survey(?:ing)?|collect(?:ing)?|email(?:ing)? round|gather(?:ing)?|request(?:ing)? from|send(?:ing)? (?:out )?(?:a |an )?(?:survey"
    r"|questionnaire|spreadsheet|form|template|data call))\b(?P<subject>.+)",
    r"\b(?:data collection|commission(?:ing)?|survey|questionnaire|data call|new return|spreadsheet)\b.{0,30}?\b(?:to|for|of|from|asking)\b"
    r".{0,25}?\b(?P<subject>(?:schools?|councils?|hospitals?|gps?|trusts?|teachers?|nurses?|police forces?|local authorities|providers?)\b.*)",
)


def recognise(message: Message, _vocabulary: Vocabulary) -> Claim | None:
    return claimed("collect", _SURE, message)


def answer(context: Context, question: Question, claim: Claim) -> Answer:
    return not_yet(context, question, claim)
