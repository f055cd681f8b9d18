"""Where is my request: its state, who is next and how long that takes. Told to the asker alone."""

from dataclasses import replace

from catalogue import requests
from catalogue.errors import NotFound
from catalogue.requests.model import ShareRequest
from catalogue.search.vocabulary import Vocabulary
from intents.answers import SHOWN, Answer, Outcome, Step
from intents.context import ENOUGH, Claim, Context, Question, compile_all
from intents.meant import claimed
from intents.phrase import Message
from intents.slots import reference_of

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
    base = Answer(
        "my_requests", Outcome.ANSWERED, claim.confidence, claim.subject, reference=reference_of(question.text)
    )
    if not question.is_private or question.asker is None:
        return replace(
            base,
            details={
                "is_private": False,
                "requests": (),
                "reader": question.asker.id if question.asker else "",
                "total": 0,
            },
        )
    found = _found(context, question, base.reference)
    if base.reference and not found:
        return replace(
            base,
            outcome=Outcome.NONE,
            details={
                "is_private": True,
                "requests": (),
                "reader": question.asker.id if question.asker else "",
                "total": 0,
            },
        )
    about = _about(context, question, claim.subject, found) if not base.reference else found
    told = tuple((each, requests.next_actor(context.db, each, now=question.now)) for each in about[:SHOWN])
    steps = tuple(Step("request.open", each.id) for each in about[:SHOWN])
    return replace(
        base,
        steps=steps,
        details={
            "is_private": True,
            "requests": told,
            "reader": question.asker.id if question.asker else "",
            "total": len(about),
        },
    )


def _found(context: Context, question: Question, reference: str | None) -> list[ShareRequest]:
    """The request of this number as far as the asker may read it, or all of their own."""
    assert question.asker
    if not reference:
        return requests.of_person(context.db, question.asker)
    try:
        return [requests.get(context.db, reference, person=question.asker, now=question.now)]
    except NotFound:
        return []


def _about(context: Context, question: Question, subject: str, own: list[ShareRequest]) -> list[ShareRequest]:
    """Those of somebody's own requests that are for the data they name; all when they name none of it."""
    if not subject or len(own) < 2:
        return own
    hits = context.search.find(subject, audience=question.audience, limit=10).hits
    meant = {hit.dataset.id for hit in hits if hit.coverage >= ENOUGH}
    return [each for each in own if each.dataset_id in meant] or own
