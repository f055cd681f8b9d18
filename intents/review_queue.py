"""What waits for me: the requests that a manager is to decide. Told to the asker alone."""

import re
from dataclasses import replace

from catalogue import requests
from catalogue.errors import NotFound
from catalogue.search.vocabulary import Vocabulary
from intents.answers import SHOWN, Answer, Outcome, Step
from intents.context import Claim, Context, Question, compile_all
from intents.meant import claimed
from intents.phrase import Message
from intents.slots import reference_of

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


_FIRST = re.compile(r"\b(?:first|1st|top|next|oldest)(?: one| request)?\b", re.IGNORECASE)
_DECIDES = re.compile(
    r"\b(?:approve|decline|reject|turn down|send back|delegate|hand over|accept|sign off)\b", re.IGNORECASE
)


def decides(text: str) -> bool:
    """Whether a message says what is decided."""
    return bool(_DECIDES.search(text))


def answer(context: Context, question: Question, claim: Claim) -> Answer:
    reference = reference_of(question.text)
    is_decided = decides(question.text)
    outcome = Outcome.DONE if is_decided else Outcome.ANSWERED
    base = Answer("review_queue", outcome, claim.confidence, claim.subject, reference=reference)
    asker = question.asker
    details = {
        "is_private": question.is_private,
        "requests": (),
        "reader": asker.id if asker else "",
        "total": 0,
        "decides": is_decided,
    }
    if not question.is_private or asker is None:
        return replace(base, details=details)
    try:
        if reference:
            found = [requests.get(context.db, reference, person=asker, now=question.now)]
        else:
            found = requests.queue_for(context.db, asker, now=question.now)
    except NotFound:
        return replace(base, outcome=Outcome.NONE, details=details)
    if is_decided and not reference and found and _FIRST.search(question.text):
        found = found[:1]
        base = replace(base, reference=found[0].id)
    told = tuple((each, requests.next_actor(context.db, each, now=question.now)) for each in found[:SHOWN])
    steps = tuple(Step("request.open", each.id) for each in found[:SHOWN])
    return replace(base, steps=steps, details=details | {"requests": told, "total": len(found)})
