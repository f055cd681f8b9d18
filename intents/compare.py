"""X or Y: what differs, side by side."""

from catalogue.search.vocabulary import Vocabulary
from intents.answers import Answer
from intents.context import Claim, Context, Question, compile_all
from intents.meant import claimed, not_yet
from intents.phrase import Message

EXAMPLES = (
    "What is the difference between the school census and the National Pupil Database?",
    "compare Price Paid Data and the UK House Price Index",
    "ONSPD vs NSPL",
)

_SURE = compile_all(
    r"\b(?:difference|differences|distinction) between\b(?P<subject>.+)",
    r"^(?:compare|contrast)\b(?P<subject>.+)",
    r"(?P<subject>.+\b(?:vs?\.?|versus)\b.+)",
    r"\bwhich (?:is|one is|should i use|do i use|would be)\b(?: better| best)?[,:]?(?P<subject>.+\bor\b.+)",
    r"\bshould (?:i|we) use\b(?P<subject>.+\bor\b.+)",
    r"\bhow (?:does|do|is|are)\b(?P<subject>.+?)\b(?:differ|compare|different)\b.*",
)


def recognise(message: Message, _vocabulary: Vocabulary) -> Claim | None:
    return claimed("compare", _SURE, message)


def answer(context: Context, question: Question, claim: Claim) -> Answer:
    return not_yet(context, question, claim)
