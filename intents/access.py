"""I want X: the link where it is open, otherwise the way to ask for it."""

from catalogue.search.vocabulary import Vocabulary
from intents.answers import Answer
from intents.context import Claim, Context, Question, compile_all
from intents.meant import LESS_SURE, claimed, not_yet
from intents.phrase import Message

EXAMPLES = (
    "How do I get access to the National Pupil Database?",
    "request access to Hospital Episode Statistics",
    "download Price Paid Data",
)

_SURE = compile_all(
    r"\bhow (?:do|can|could|would|should|does|might) (?:i|we|you|one|someone|a council|researchers?)\b.{0,12}?\b(?:get|gain|obtain|access|request|apply for|acquire|download|get hold of|get into)\b"
    r"(?: access to| hold of| into)?(?P<subject>.+)",
    r"\b(?:request|apply for|get|need|want|would like|like|gain|give me|require|after) (?:an? )?access to\b(?P<subject>.+)",
    r"^(?:(?:i|we)(?:'d| would)? (?:like|want|need) to |please |can (?:i|we) (?:please )?|could (?:i|we) )*(?:request|apply for|download|order|get hold of|have access to|access|have|get)\b(?P<subject>.+)",
    r"^(?:ok|okay|yes|please)?,?\s*(?P<subject>request it)\b",
    r"\b(?:get|see|have) (?:a )?copy of\b(?P<subject>.+)",
)


def recognise(message: Message, _vocabulary: Vocabulary) -> Claim | None:
    return claimed("access", _SURE, message, sureness=LESS_SURE)


def answer(context: Context, question: Question, claim: Claim) -> Answer:
    return not_yet(context, question, claim)
