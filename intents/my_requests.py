"""Where is my request: its state, who is next and how long that takes."""

from catalogue.search.vocabulary import Vocabulary
from intents.answers import Answer
from intents.context import Claim, Context, Question, compile_all
from intents.meant import claimed, not_yet
from intents.phrase import Message

EXAMPLES = (
    "Where is my request SR-0042?",
    "what's happening with our NPD request",
    "my requests",
)

_SURE = compile_all(
    r"\b(?:where(?:'s| is| are)|what(?:'s| is) happening (?:with|to)|status of|progress (?:of|on)|chase|update on|any news on)\b"
    r".{0,20}?\b(?:my|our|the)?\s*(?:data )?(?:access |share )?(?:requests?|sr-?\d+|dsr ?\d+)\b(?P<subject>.*)",
    r"^(?P<subject>my (?:data |access |share )*requests?)\b",
    r"^(?P<subject>sr-?\d+)\s*\??$",
)


def recognise(message: Message, _vocabulary: Vocabulary) -> Claim | None:
    return claimed("my_requests", _SURE, message)


def answer(context: Context, question: Question, claim: Claim) -> Answer:
    return not_yet(context, question, claim)
