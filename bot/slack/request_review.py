"""Deciding on a request in Slack: read it in full, note, ask, send back, hand on, decline, approve.

`request_deeds.py` does what the deeds have in common. Every message about the request is made anew by the engine
afterwards, without buttons that do nothing any more.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from slack_bolt import Ack, App
from slack_sdk.models.blocks import Block, RadioButtonsElement

from bot.language import phrase
from bot.slack import request_deeds, request_views
from bot.slack.blocks import buttons
from bot.slack.desk import Desk
from bot.slack.inputs import field, option
from bot.slack.request_buttons import actions
from bot.slack.request_cards import is_asker, pieces
from bot.slack.request_deeds import Deed, State, chosen_date, chosen_person, date_input, noticing, text_input, written
from bot.slack.request_inputs import FILL
from bot.slack.request_words import history_lines, lines, say, spent
from catalogue import clock, requests
from catalogue.errors import InvalidAnswers
from catalogue.model import Person
from catalogue.requests import states
from catalogue.requests.model import ShareRequest, Waiting
from catalogue.requests.record import standing_of
from catalogue.requests.states import Verb
from catalogue.rights import Action, Standing
from catalogue.store import Database

WAITING = {
    Waiting.MANAGER: "Nobody else, it is with us",
    Waiting.LEGAL: "Legal colleagues",
    Waiting.TECHNICAL: "Technical colleagues",
}


def register(app: App, desk: Desk) -> None:
    """Add the listeners."""
    app.action("request.open")(Reading(desk).on_open)
    request_deeds.register(app, desk, DEEDS)


class Reading:
    """The listener that shows a request in full."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.db = desk.db

    def on_open(self, ack: Ack, action: dict[str, Any], body: dict[str, Any]) -> None:
        """Read it in full. When whoever decides does so first, the requester hears that it is being read."""
        now = clock.now()
        with self.desk.refusing(body):
            person = self.desk.person(body, now)
            with noticing(self.desk, action["value"], str(Action.VIEW_REQUEST), person, now):
                request = requests.get(self.db, action["value"], person=person, now=now)
            if request.state is states.State.SUBMITTED and self._begins_review(person, request, now):
                request = requests.start_review(self.db, request.id, by=person, now=now)
            self.desk.open(body, self._sheet(request, person, now))
        ack()

    def _begins_review(self, person: Person, request: ShareRequest, now: datetime) -> bool:
        """Whether reading it is the beginning of their decision; not for an administrator who looks on."""
        found = standing_of(self.db, person, Action.START_REVIEW, request, now=now)
        return found is not None and found is not Standing.ADMIN and not is_asker(request, person)

    def _sheet(self, request: ShareRequest, person: Person, now: datetime) -> dict[str, Any]:
        context, rest = self.desk.context, []
        for part in requests.questions_for(self.db, request):
            rest.append(say("review_title", title=phrase(part.title)))
            answers = lines(part, request.answers)
            rest += [say("review_line", line=(text, given, None)) for _key, text, given in answers]
        events = requests.events(self.db, request, person=person, now=now)
        rest.append(say("history", lines=history_lines(context, events)))
        if request.submitted_at:
            rest.append(say("clock", **spent(requests.turnaround_of(self.desk.db, request.id, now=now))))
        rows = [
            buttons(*kept)
            for row in actions(context, request, person, now=now)
            if (kept := [each for each in row if each.action_id != "request.open"])
        ]
        lead = [piece for piece in pieces(context, request, person, now=now) if piece]
        return request_views.sheet(request, lead, rows, rest)


def _terms(_desk: Desk, _request: ShareRequest) -> list[Block]:
    return [
        text_input("conditions", "Conditions", "What the requester has to keep to. They accept it in writing."),
        text_input("subset", "Only a part of the data", "Which fields, years, places or people."),
        date_input("ends", "Until when"),
        date_input("review", "To be looked at again on"),
    ]


def _read_terms(_desk: Desk, state: State) -> dict[str, Any]:
    terms: dict[str, Any] = {name: written(state, name) for name in ("conditions", "subset")}
    terms |= {name: chosen_date(state, name) for name in ("ends", "review")}
    if not any(terms.values()):
        raise InvalidAnswers({"conditions": "Say what it is bound to, or close this and press “Approve”."})
    return terms


def _whom(_desk: Desk, _request: ShareRequest) -> list[Block]:
    hint = "Somebody of your organisation, or of the one that holds the data."
    return [request_views.choose_person("Who decides", hint)]


def _parties(_desk: Desk, _request: ShareRequest) -> list[Block]:
    options = [option(str(party), phrase(words)) for party, words in WAITING.items()]
    return [field("party", "Whom does it wait for?", RadioButtonsElement(action_id=FILL, options=options))]


def _read_party(_desk: Desk, state: State) -> dict[str, Any]:
    held = ((state.get("party") or {}).get(FILL) or {}).get("selected_option") or {}
    return {"party": Waiting(held.get("value", Waiting.MANAGER))}


def _wait_for(db: Database, request_id: str, *, party: Waiting, **more: Any) -> ShareRequest:
    return requests.wait_for(db, request_id, party, **more)


READS = "The requester reads this."
NOT_READS = "For the other reviewers and the auditor. The requester never reads it."
DEEDS: Mapping[str, Deed] = {
    "request.approve": Deed(Verb.APPROVE, "Approve", "Approve", "Comment", requests.approve, READS, sees_version=True),
    "request.approve_with": Deed(
        Verb.APPROVE,
        "Approve with conditions",
        "Approve",
        "Comment",
        requests.approve,
        READS,
        more=_terms,
        read=_read_terms,
        sees_version=True,
    ),
    "request.ask": Deed(
        Verb.ASK, "Ask a question", "Ask", "Your question", requests.ask_question, READS, sees_version=True
    ),
    "request.send_back": Deed(
        Verb.SEND_BACK, "Send back", "Send back", "What is missing", requests.send_back, READS, sees_version=True
    ),
    "request.decline": Deed(Verb.DECLINE, "Decline", "Decline", "Why", requests.decline, READS, sees_version=True),
    "request.delegate": Deed(
        Verb.DELEGATE,
        "Hand to somebody else",
        "Hand over",
        "A word to them",
        requests.delegate,
        NOT_READS,
        lead="delegate_lead",
        more=_whom,
        read=chosen_person,
    ),
    "request.note": Deed(Verb.NOTE, "Write a note", "Keep", "Your note", requests.add_note, NOT_READS),
    "request.wait_for": Deed(
        Verb.WAIT_FOR,
        "Waiting for others",
        "Say so",
        "A note",
        _wait_for,
        NOT_READS,
        more=_parties,
        read=_read_party,
    ),
}
