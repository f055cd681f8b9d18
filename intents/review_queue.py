"""What waits for me: the requests that a manager is to decide."""

from catalogue.search.vocabulary import Vocabulary
from intents.answers import Answer
from intents.context import Claim, Context, Question, compile_all
from intents.meant import claimed, not_yet
from intents.phrase import Message

EXAMPLES = (
    "What is waiting for me?",
    "approve SR-0007",
    "my queue",
)

_SURE = compile_all(
    r"\bwhat(?:'s| is| are)? (?:there )?(?:waiting|pending|outstanding|in my queue|to (?:review|approve|decide))\b(?P<subject>.*)",
    r"^(?:approve|decline|reject|send back|delegate)\b(?P<subject>.*\bsr-?\d+.*)",
    r"\bmy (?:review |approval )?(?P<subject>queue)\b",
    r"\brequests? (?:waiting|to (?:review|approve))\b(?P<subject>.*)",
)


def recognise(message: Message, _vocabulary: Vocabulary) -> Claim | None:
    return claimed("review_queue", _SURE, message)


def answer(context: Context, question: Question, claim: Claim) -> Answer:
    return not_yet(context, question, claim)
