"""What people are told about requests: a headline of what happened, and the request as it stands now.

Who decides sees who asks, what for, red flags first, what is needed, decisions like it, and buttons; who asked sees
where it stands and what they can do. A card is made anew whenever the request changes, so its buttons are always those
that do something.
"""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from slack_sdk.models.blocks import Block

from bot import words
from bot.language import phrase
from bot.slack.blocks import SlackMessage, buttons, message, section
from bot.slack.deliver import Teller
from bot.slack.request_buttons import actions, request_button
from bot.slack.request_words import HAPPENINGS, STATES, STEPS, answer_in_words, body, day, name, next_in_words, say
from catalogue import clock, requests
from catalogue.errors import NotFound
from catalogue.model import Person
from catalogue.requests.model import Share, ShareRequest
from catalogue.requests.record import history
from catalogue.requests.reviewing import Precedent
from catalogue.requests.states import PENDING, State, Verb
from catalogue.requests.stricter import book_of
from intents.context import Context

WAITS = frozenset({"submitted", "unowned", "delegated", "answered", "nudged", "reminder", "escalated"})
"""Happenings that say that somebody is waited for."""

HANDED: Mapping[str, Verb] = {"delegated": Verb.DELEGATE, "handed_over": Verb.HAND_OVER}
"""Happenings by which somebody gets a request from somebody else."""

MOST_NEEDS = 8
MOST_DIFFERENCES = 4
DIGESTED = 20


def teller(what: str) -> Teller:
    """Tells of one happening."""

    def tell(context: Context, values: Mapping[str, Any], person: Person) -> SlackMessage | None:
        return card(context, values["request"], person, what=what, now=clock.now(), event=values.get("event"))

    return tell


def card(
    context: Context, request_id: str, person: Person, *, what: str, now: datetime, event: int | None = None
) -> SlackMessage:
    """The message about a request for one person: what happened, and how it stands.

    One that tells of an earlier `event` than a newer message to the same person only says so, without buttons.
    """
    try:
        request = requests.get(context.db, request_id, person=person, now=now)
    except NotFound:
        gone = say("gone", request_id=request_id)
        return message(gone, [section(gone)])
    if event is not None and event < _newest_told(context, request_id, person, now):
        older = say("older", what=HAPPENINGS[what], request=request)
        return message(older, [section(older)])
    headline = [say("headline", what=_headline(what, request)), _word(context, request, person, what, now)]
    said = [*headline, *pieces(context, request, person, now=now)]
    blocks: list[Block] = [section(piece) for piece in said if piece]
    rows = actions(context, request, person, now=now)
    blocks += [buttons(*row) for row in rows if row]
    return message("\n\n".join(piece for piece in said if piece), blocks)


def _headline(what: str, request: ShareRequest) -> str:
    """What happened; of a request that waited for a decision and no longer does, how it stands."""
    if what in WAITS and request.state not in PENDING:
        state = phrase(words.REQUEST_STATES[request.state])
        return phrase("{id} no longer waits for you: it is {state}").format(id=request.id, state=state)
    return HAPPENINGS[what]


def _word(context: Context, request: ShareRequest, person: Person, what: str, now: datetime) -> str:
    """What went with a request when it was handed to this person, if anything did."""
    verb = HANDED.get(what)
    events = requests.events(context.db, request, person=person, now=now) if verb else []
    told = next((each for each in reversed(events) if each.verb is verb and each.note), None)
    return say("word", who=name(context, told.by), note=told.note) if told else ""


def _newest_told(context: Context, request_id: str, person: Person, now: datetime) -> int:
    """The place of the newest event of a request that this person has a message about, or is about to have."""
    where = {"about": request_id, "person": person.id}
    told = context.db.query("SELECT details FROM told WHERE about = :about AND person = :person", where)
    coming = context.db.query(
        "SELECT payload FROM outbox WHERE kind = 'tell' AND channel = :channel AND state IN ('waiting', 'sending')"
        " AND due_at <= :now",
        {"channel": f"person {person.id}", "now": clock.stamp(now)},
    )
    payloads = [json.loads(row["payload"]) for row in coming]
    values = [json.loads(row["details"]) for row in told]
    values += [payload["values"] for payload in payloads if payload["about"] == request_id]
    return max((each.get("event") or 0 for each in values), default=0)


def pieces(context: Context, request: ShareRequest, person: Person, *, now: datetime) -> list[str]:
    """A request as it stands, for whoever asked or whoever decides."""
    if is_asker(request, person):
        return mine(context, request, person, now=now)
    if request.state in PENDING:
        return asked(context, request, person, now=now)
    return [*head(context, request), *outcome(context, request)]


def is_asker(request: ShareRequest, person: Person) -> bool:
    """Whether this person asked, or joined."""
    return person.id == request.author or person.id in request.joined


def head(context: Context, request: ShareRequest) -> list[str]:
    """Who asks for what, and what they would get it for."""
    answers, book = request.answers, book_of(context.db, request.holder)
    benefits = book.get("benefits")
    who = name(context, request.author)
    return [
        say("asked", request=request, author=who, sent=day(request.submitted_at)),
        say(
            "wanted",
            aims=str(answers.get("aims") or ""),
            wanted=str(answers.get("data_required") or ""),
            benefit=answer_in_words(benefits, answers) if benefits else "",
        ),
    ]


def asked(context: Context, request: ShareRequest, person: Person, *, now: datetime) -> list[str]:
    """What whoever decides has to know: the request, then what to look at first."""
    flags = requests.red_flags(context.db, request)
    like = requests.precedents(context.db, request, reader=person, now=now)
    before = [_precedent(context, each, request) for each in like]
    waits = next_in_words(context, request, person, now=now)
    who, what = head(context, request)
    return [
        who,
        say("flags", flags=flags) if flags else "",
        what,
        _needed(context, request),
        say("precedents", precedents=before) if before else "",
        say("waits", next=waits, question=request.question),
    ]


def _needed(context: Context, request: ShareRequest) -> str:
    """What the rules say is needed, what is missing first."""
    needs = requests.needs(context.db, request)[:MOST_NEEDS]
    words = {False: phrase("Not there"), None: phrase("The answers do not say"), True: phrase("There")}
    groups = [(title, [each for each in needs if each.is_there is there]) for there, title in words.items()]
    return say("needs", groups=groups) if needs else ""


def _precedent(context: Context, precedent: Precedent, now_asked: ShareRequest) -> dict[str, Any]:
    """A decision like it, with what was answered otherwise: then and now."""
    request, share, book = precedent.request, precedent.share, book_of(context.db, precedent.request.holder)
    differs = [
        (
            phrase(question.text),
            answer_in_words(question, request.answers),
            answer_in_words(question, now_asked.answers),
        )
        for key in precedent.differs
        if (question := book.get(key))
    ]
    return {
        "id": request.id,
        "who": body(context, request.organisation),
        "state": STATES[request.state],
        "on": day(request.decided_at),
        "terms": share.conditions if share else None,
        "differs": differs[:MOST_DIFFERENCES],
        "more": len(differs[MOST_DIFFERENCES:]),
    }


def outcome(context: Context, request: ShareRequest) -> list[str]:
    """How it ended, or where the share stands."""
    if request.state in PENDING or request.state is State.DRAFT:
        return []
    events = history(context.db, request.id, private=False)
    last = next(each for each in reversed(events) if each.after is request.state and each.before is not each.after)
    share = requests.share_of(context.db, request.id)
    said = say(
        "outcome",
        request=request,
        by=name(context, last.by) if request.state is not State.EXPIRED else None,
        on=day(last.at),
        why=last.note,
        share=share,
        ends=share and day(share.ends_on),
        looked_at=share and day(share.review_on),
    )
    return [said, share_in_words(share)] if share else [said]


def share_in_words(share: Share) -> str:
    """How far a share has come."""
    return say(
        "share",
        share=share,
        accepted=day(share.accepted_at),
        supplied=day(share.supplied_at),
        ended=day(share.ended_at),
        ends=day(share.ends_on),
        steps=[(STEPS.get(each.id, each.id), day(each.done_at), phrase(str(each.ticked_by))) for each in share.steps],
    )


def mine(context: Context, request: ShareRequest, person: Person, *, now: datetime) -> list[str]:
    """How a request stands, for whoever asked."""
    waits = next_in_words(context, request, person, now=now)
    lead = say(
        "mine",
        request=request,
        holder=body(context, request.holder),
        state=STATES[request.state],
        next=waits,
        question=request.question if request.state in PENDING else None,
    )
    return [lead, *outcome(context, request)]


def digest(context: Context, values: Mapping[str, Any], person: Person) -> SlackMessage | None:
    """What waits for somebody who chose to hear of it once a day; nothing when nothing waits any more."""
    waiting = requests.queue_for(context.db, person, now=clock.now())
    if not waiting:
        return None
    lead = say("digest", waiting=len(waiting))
    shown = waiting[:DIGESTED]
    lines = [
        say("digest_line", request=each, who=name(context, each.author), sent=day(each.submitted_at)) for each in shown
    ]
    blocks: list[Block] = [section(lead)]
    for each, line in zip(shown, lines, strict=True):
        blocks.append(section(line, accessory=request_button("Read in full", "request.open", each)))
    return message("\n\n".join([lead, *lines]), blocks)


TELLERS: dict[str, Teller] = {
    **{f"request.{what}": teller(what) for what in HAPPENINGS},
    "request.digest": digest,
}
