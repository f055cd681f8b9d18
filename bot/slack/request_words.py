"""Requests in words: who somebody is, where a request stands, whose turn it is, an answer as it is read."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from bot import words
from bot.language import Spoken, phrase
from bot.render import MRKDWN, part
from catalogue import clock, people, requests
from catalogue.errors import NotFound
from catalogue.model import Person
from catalogue.requests.model import Answers, Because, Event, Kind, NextActor, Question, Section, ShareRequest
from catalogue.requests.states import State, Verb
from catalogue.requests.turnaround import Turnaround
from intents.context import Context

STATES: Mapping[State, str] = Spoken({**words.REQUEST_STATES, State.RETURNED: "sent back to you"})
STEPS: Mapping[str, str] = Spoken(
    {
        "agreement": "Data sharing agreement signed",
        "dpia": "Impact assessment finished",
        "transfer": "Way to send the data agreed and tested",
    }
)
HAPPENINGS: Mapping[str, str] = Spoken(
    {
        "receipt": "Your request is sent",
        "submitted": "A request waits for your decision",
        "unowned": "A request for data that nobody is responsible for. Decide, or find somebody who does",
        "review_started": "Somebody is reading your request",
        "question": "You are asked something about your request",
        "answered": "Your question was answered",
        "nudged": "The requester asks how this stands",
        "delegated": "This request was handed to you to decide",
        "approved": "Your request was approved",
        "declined": "Your request was declined",
        "returned": "Your request was sent back to you",
        "withdrawn": "A request was withdrawn",
        "withdrawn_by_author": "A request that you joined was withdrawn",
        "stepped_in": "An administrator acted in your place",
        "handed_over": "A request was handed over to you",
        "joined": "A colleague joined your request",
        "expired": "Your request was closed",
        "accepted": "The conditions were accepted",
        "ticked": "A step on the way to the data is done",
        "supplied": "The data was supplied",
        "renewal_asked": "You are asked to renew a share",
        "renewed": "A share was renewed",
        "ended": "A share has ended",
        "reminder": "This still waits for you",
        "escalated": "A request has waited two weeks for a decision. Help it on",
        "raised": "Your request has waited two weeks. Others were asked to help",
        "your_turn": "Your request still waits for you",
        "expiring": "What you began is closed in a week if nothing happens to it",
        "ending": "A share ends soon",
        "review_due": "A share is to be looked at again",
        "dataset_withdrawn": "The data that you asked for is no longer kept",
    }
)
"""The headline of each happening, `request.<key>`."""


def say(block: str, **values: Any) -> str:
    """One piece of prose about a request."""
    return part(MRKDWN, "slack/requests.jinja", block, **values)


def name(context: Context, person_id: str | None) -> str:
    """Somebody who has a part in a request, as the others in it read them: name and organisation."""
    if person_id is None:
        return phrase("nobody")
    try:
        person = people.find(context.db, person_id)
    except NotFound:
        return "whoholds" if person_id == "whoholds" else phrase("somebody who is no longer known")
    body = context.search.vocabulary().name(person.organisation)
    called = person.name or phrase("Somebody")
    return f"{called} ({body})" if body else called


def body(context: Context, slug: str | None) -> str:
    """An organisation's name."""
    return context.search.vocabulary().name(slug) or phrase("an organisation that is not named")


def next_in_words(context: Context, request: ShareRequest, reader: Person, *, now: datetime) -> str:
    """Whose turn it is, in one sentence; "" when it is nobody's."""
    actor = requests.next_actor(context.db, request, now=now)
    if actor is None:
        return ""
    return say(
        "next", actor=actor, who=_actor(context, actor, reader), is_you=_is(actor, reader), because=str(actor.because)
    )


def _actor(context: Context, actor: NextActor, reader: Person) -> str:
    if actor.person is None or actor.because is Because.NOBODY:
        return phrase("nobody yet. The team that runs whoholds has been told")
    return phrase("you") if _is(actor, reader) else name(context, actor.person.id)


def _is(actor: NextActor, reader: Person) -> bool:
    return actor.person is not None and actor.person.id == reader.id


def day(moment: datetime | date | None) -> str | None:
    """A day as people read it, by London's calendar."""
    if moment is None:
        return None
    on = clock.london(moment).date() if isinstance(moment, datetime) else moment
    return words.day(on.isoformat())


def answer_in_words(question: Question, answers: Answers) -> str:
    """An answer as it is read; "" when there is none."""
    given = answers.get(question.id)
    if given in (None, "", []):
        return ""
    match question.kind:
        case Kind.ONE:
            return phrase(question.label(given))
        case Kind.MANY:
            return "; ".join(phrase(question.label(each)) for each in given)
        case Kind.LIST:
            return "; ".join(given)
        case Kind.DATE:
            return words.day(str(given)) or str(given)
        case _:
            return str(given)


VERBS: Mapping[Verb, str] = Spoken(
    {
        Verb.START: "begun",
        Verb.EDIT: "changed",
        Verb.HAND_OVER: "handed over",
        Verb.JOIN: "joined by a colleague",
        Verb.SUBMIT: "sent",
        Verb.START_REVIEW: "review begun",
        Verb.ASK: "question to the requester",
        Verb.ANSWER: "question answered",
        Verb.NOTE: "note",
        Verb.WAIT_FOR: "waiting for others",
        Verb.DELEGATE: "decision handed on",
        Verb.NUDGE: "asked how it stands",
        Verb.APPROVE: "approved",
        Verb.DECLINE: "declined",
        Verb.SEND_BACK: "sent back",
        Verb.WITHDRAW: "withdrawn",
        Verb.EXPIRE: "closed because nothing happened for too long",
        Verb.ACCEPT: "conditions accepted",
        Verb.TICK: "step done",
        Verb.SUPPLY: "data supplied",
        Verb.ASK_RENEWAL: "renewal asked for",
        Verb.RENEW: "renewed",
        Verb.END: "share ended",
    }
)
LINES = 30


def history_lines(context: Context, events: Sequence[Event]) -> list[dict[str, Any]]:
    """What happened, newest first, as far as it fits; changes to a draft are left out."""
    told = [each for each in events if each.verb is not Verb.EDIT]
    return [
        {
            "on": day(each.at),
            "what": VERBS[each.verb],
            "by": name(context, each.by),
            "is_private": each.is_private,
            "note": each.note,
        }
        for each in reversed(told[-LINES:])
    ]


def spent(turnaround: Turnaround) -> dict[str, str]:
    """How long each side was waited for, in days."""
    return {
        party: words.count(getattr(turnaround, party).days, phrase("day"), phrase("days"))
        for party in ("requester", "manager", "legal", "technical")
    }


def lines(part_: Section, answers: Answers) -> list[tuple[str, str, str]]:
    """The questions of a step with what was answered: id, question, answer."""
    return [
        (each.id, phrase(each.text), answer_in_words(each, answers))
        for each in part_.questions
        if each.kind is not Kind.ADVICE
    ]
