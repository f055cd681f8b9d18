"""Beginning a request in Slack: what is there already comes first, and an earlier one can be copied."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from slack_bolt import Ack, App

from bot.slack import request_views as views
from bot.slack.desk import Desk, about, show_in
from bot.slack.request_form import RequestForm
from bot.slack.request_inputs import FILL
from bot.slack.request_words import STATES, body, day, name, say
from catalogue import clock, people, requests
from catalogue.model import Person
from catalogue.requests.model import Before, ShareRequest
from intents.case import read
from intents.explained import alternatives

LONGEST_SAID = 300


def register(app: App, desk: Desk) -> None:
    """Add the listeners."""
    start = RequestStart(desk)
    app.action("request.start")(start.on_start)
    app.view("request.begin")(start.on_begin)


class RequestStart:
    """The listeners."""

    def __init__(self, desk: Desk) -> None:
        self.desk, self.db = desk, desk.db
        self.form = RequestForm(desk)

    def on_start(self, ack: Ack, action: dict[str, Any], body: dict[str, Any]) -> None:
        """Say what is there already, or open the first step. The button's value: the entry's id, and after a space what
        the conversation said of the case."""
        now = clock.now()
        with self.desk.refusing(body):
            person = self.desk.person(body, now)
            dataset_id, _space, said = str(action["value"]).partition(" ")
            known = self._known(dataset_id, person, now)
            earlier = [] if known.is_open else self._earlier(person, known)
            if known.is_clear and not earlier:
                self.form.open_step(body, self._begin(known.dataset.id, said, person, now), 0)
            else:
                self.desk.open(body, views.advice(known, earlier, self._says(known, now), said=said[:LONGEST_SAID]))
        ack()

    def _begin(
        self, dataset_id: str, said: str, person: Person, now: datetime, copied: str | None = None
    ) -> ShareRequest:
        """Their draft: the one that they have begun, else a new one, filled in with what the conversation said."""
        case = read(said[:LONGEST_SAID], self.desk.context.search.vocabulary()).case if said else None
        return requests.begin(self.db, dataset_id, by=person, now=now, given=case, copy_of=copied)

    def _known(self, dataset_id: str, person: Person, now: datetime) -> Before:
        """What is there already: requests, shares, and open data on the same subject."""
        known = requests.before(self.db, dataset_id, by=person, now=now)
        if known.is_open:
            return known
        instead = alternatives(self.desk.context, known.dataset, audience=people.audience_of(person))
        return replace(known, open_instead=instead)

    def _earlier(self, person: Person, known: Before) -> list[ShareRequest]:
        """Requests of their own whose answers can be copied: sent once, those for the same data first."""
        sent = [each for each in requests.of_person(self.db, person) if each.submitted_at and each.author == person.id]
        return sorted(sent, key=lambda each: each.dataset_id != known.dataset.id)

    def _says(self, known: Before, now: datetime) -> dict[str, str]:
        context = self.desk.context
        shares = {
            each.request_id: say("before_share", share=each, who=body(context, each.recipient), until=day(each.ends_on))
            for each in known.shares
        }
        going = {
            each.id: say(
                "before_own" if each in known.own else "before_waiting",
                request=each,
                state=STATES[each.state],
                author=name(context, each.author),
                sent=day(each.submitted_at),
            )
            for each in (*known.own, *known.waiting)
        }
        opened = {each.id: say("before_open", dataset=each) for each in known.open_instead}
        return shares | going | opened

    def on_begin(self, ack: Ack, body: dict[str, Any], view: dict[str, Any]) -> None:
        """They want to ask all the same, perhaps with the answers of an earlier request."""
        now = clock.now()
        with self.desk.refusing(body, ack):
            person = self.desk.person(body, now)
            held = (view["state"]["values"].get(views.COPY) or {}).get(FILL) or {}
            copied = (held.get("selected_option") or {}).get("value")
            told = about(body)
            request = self._begin(told["dataset"], told.get("said") or "", person, now, copied)
            show_in(ack, self.form.step(request, 0))
