"""What whoever asked does with a request: join, hand over, nudge, answer, withdraw. What both sides do with a share:
accept the conditions, tick what is done, supply, renew, end.
"""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from slack_bolt import Ack, App
from slack_sdk.models.blocks import Block, CheckboxesElement

from bot.language import phrase
from bot.slack import request_deeds, request_views
from bot.slack.blocks import section
from bot.slack.desk import Desk
from bot.slack.inputs import field, option
from bot.slack.request_cards import outcome
from bot.slack.request_deeds import Deed, State, allowed, chosen_date, chosen_person, date_input, noticing
from bot.slack.request_inputs import FILL
from bot.slack.request_words import STEPS, next_in_words, say
from catalogue import clock, datasets, people, requests
from catalogue.errors import InvalidAnswers
from catalogue.model import Person
from catalogue.requests.model import Share, ShareRequest
from catalogue.requests.states import Verb
from catalogue.rights import Action
from catalogue.store import Database

TICK = re.compile(r"^share\.tick\.\w+$")


def register(app: App, desk: Desk) -> None:
    """Add the listeners."""
    asking = Asking(desk)
    app.action("request.join")(asking.on_join)
    app.action("request.nudge")(asking.on_nudge)
    app.action("request.look")(asking.on_look)
    app.action(TICK)(asking.on_tick)
    request_deeds.register(app, desk, DEEDS)


class Asking:
    """The listeners of what is done with one click."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.db = desk.db

    def on_join(self, ack: Ack, action: dict[str, Any], body: dict[str, Any]) -> None:
        """Join a colleague's request."""
        now = clock.now()
        with self.desk.refusing(body):
            person = self.desk.person(body, now)
            with noticing(self.desk, action["value"], str(Action.JOIN_REQUEST), person, now):
                request = requests.join(self.db, action["value"], by=person, now=now)
            self._show(body, request_views.done("Joined", say("joined", request=request)))
        ack()

    def on_nudge(self, ack: Ack, action: dict[str, Any], body: dict[str, Any]) -> None:
        """Ask how it stands."""
        now = clock.now()
        with self.desk.refusing(body):
            person = self.desk.person(body, now)
            request = allowed(self.desk, action["value"], Verb.NUDGE, person, now=now)
            request = requests.nudge(self.db, request.id, by=person, now=now)
            waits = next_in_words(self.desk.context, request, person, now=now)
            self._show(body, request_views.done("Asked", say("nudged", next=waits)))
        ack()

    def on_tick(self, ack: Ack, action: dict[str, Any], body: dict[str, Any]) -> None:
        """A step on the way to the data is done. The button's action_id ends with the step."""
        now = clock.now()
        with self.desk.refusing(body):
            person = self.desk.person(body, now)
            request = allowed(self.desk, action["value"], Verb.TICK, person, now=now)
            step = str(action["action_id"]).removeprefix("share.tick.")
            requests.tick(self.db, request.id, step, by=person, now=now)
            if (body.get("view") or {}).get("type") == "modal":
                self._show(body, request_views.done("Done", say("ticked", step=STEPS.get(step, step))))
        ack()

    def on_look(self, ack: Ack, action: dict[str, Any], body: dict[str, Any]) -> None:
        """Look at an open entry that may be enough."""
        now = clock.now()
        with self.desk.refusing(body):
            person = self.desk.person(body, now)
            found = datasets.get(self.db, action["value"], audience=people.audience_of(person))
            self.desk.open(body, request_views.done("Open data", say("look", dataset=found)))
        ack()

    def _show(self, body: Mapping[str, Any], view: dict[str, Any]) -> None:
        present = body.get("view") or {}
        if present.get("type") == "modal":
            self.desk.renew(body, present["id"], view, is_done=True)
        else:
            self.desk.open(body, view, is_done=True)


def _whom(_desk: Desk, _request: ShareRequest) -> list[Block]:
    return [request_views.choose_person("Who goes on with it", "Somebody of your own organisation.")]


def _agreed(desk: Desk, request: ShareRequest) -> list[Block]:
    """What was agreed, and a box to accept it."""
    accept = option("yes", phrase("I accept this for my organisation"))
    element = CheckboxesElement(action_id=FILL, options=[accept])
    terms = [section(piece) for piece in outcome(desk.context, request)]
    return [*terms, field("accepted", "The conditions", element)]


def _read_accepted(_desk: Desk, state: State) -> dict[str, Any]:
    held = ((state.get("accepted") or {}).get(FILL) or {}).get("selected_options")
    if not held:
        raise InvalidAnswers({"accepted": "Accept the conditions, or end the share."})
    return {}


def _until(_desk: Desk, _request: ShareRequest) -> list[Block]:
    return [date_input("until", "Until when")]


def _read_until(_desk: Desk, state: State) -> dict[str, Any]:
    return {"until": chosen_date(state, "until")}


def _new_end(_desk: Desk, _request: ShareRequest) -> list[Block]:
    return [date_input("ends", "The new end"), date_input("review", "To be looked at again on")]


def _read_new_end(_desk: Desk, state: State) -> dict[str, Any]:
    return {"ends": chosen_date(state, "ends"), "review": chosen_date(state, "review")}


def _answer(db: Database, request_id: str, *, by: Person, note: str | None, now: datetime) -> ShareRequest:
    return requests.answer_question(db, request_id, by=by, note=note or "", now=now)


def _ask_renewal(db: Database, request_id: str, *, note: str | None, **more: Any) -> Share:
    return requests.ask_renewal(db, request_id, note=note or "", **more)


OTHER_SIDE = "The other side reads this."
DEEDS: Mapping[str, Deed] = {
    "request.answer": Deed(
        Verb.ANSWER, "Answer", "Answer", "Your answer", _answer, "Whoever decides reads this.", lead="answer_lead"
    ),
    "request.withdraw": Deed(
        Verb.WITHDRAW, "Withdraw", "Withdraw", "Why", requests.withdraw, OTHER_SIDE, lead="withdraw_lead"
    ),
    "request.hand_over": Deed(
        Verb.HAND_OVER,
        "Hand over",
        "Hand over",
        "A word to them",
        requests.hand_over,
        "Everybody who can read the request reads this.",
        lead="person_lead",
        more=_whom,
        read=chosen_person,
    ),
    "share.accept": Deed(
        Verb.ACCEPT,
        "Accept the conditions",
        "Accept",
        "Comment",
        requests.accept,
        OTHER_SIDE,
        lead="accept_lead",
        more=_agreed,
        read=_read_accepted,
    ),
    "share.supply": Deed(
        Verb.SUPPLY, "Data supplied", "It is supplied", "Comment", requests.supply, OTHER_SIDE, lead="share_lead"
    ),
    "share.ask_renewal": Deed(
        Verb.ASK_RENEWAL,
        "Ask to renew",
        "Ask",
        "Why it should go on",
        _ask_renewal,
        OTHER_SIDE,
        lead="share_lead",
        more=_until,
        read=_read_until,
        needs_words=True,
    ),
    "share.renew": Deed(
        Verb.RENEW,
        "Renew",
        "Renew",
        "Comment",
        requests.renew,
        OTHER_SIDE,
        lead="share_lead",
        more=_new_end,
        read=_read_new_end,
    ),
    "share.end": Deed(
        Verb.END, "End the share", "End it", "Why", requests.end, OTHER_SIDE, lead="share_lead", needs_words=True
    ),
}
