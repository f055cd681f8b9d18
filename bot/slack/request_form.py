"""Writing a request in Slack: step by step, everything read back, sent. How it begins is in `request_start.py`.

The draft is saved at every step, whatever is still missing. What a modal carries only names the request; whether this
person may do this to it is asked of the record each time.
"""

import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from slack_bolt import Ack, App

from bot.language import phrase
from bot.slack import request_views as views
from bot.slack.desk import Desk, about, errors_in, show_in
from bot.slack.request_deeds import noticing
from bot.slack.request_inputs import CHOOSE, LOOK_UP, TYPE, option, read
from bot.slack.request_words import next_in_words, say
from catalogue import clock, people, requests
from catalogue.errors import InvalidAnswers, NotAllowed, TooLate
from catalogue.model import Person
from catalogue.requests import typed
from catalogue.requests.model import Section, ShareRequest
from catalogue.requests.states import EDITABLE, State, Verb
from catalogue.requests.steps import too_late
from catalogue.requests.stricter import book_of
from catalogue.requests.turnaround import usual_days
from catalogue.rights import Action

Body = Mapping[str, Any]
WAYS = re.compile(r"^request\.(back|skip)$")


def register(app: App, desk: Desk) -> None:
    """Add the listeners."""
    form = RequestForm(desk)
    app.action("request.continue")(form.on_continue)
    app.action("request.change")(form.on_change)
    app.view("request.step")(form.on_step)
    app.action(CHOOSE)(form.on_choose)
    app.action(LOOK_UP)(form.on_choose)
    app.action(TYPE)(form.on_type)
    app.options(LOOK_UP)(form.on_look_up)
    app.action(WAYS)(form.on_way)
    app.action("request.later")(form.on_later)
    app.view("request.submit")(form.on_submit)


class RequestForm:
    """The listeners."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.db = desk.db

    # the steps

    def on_continue(self, ack: Ack, action: dict[str, Any], body: dict[str, Any]) -> None:
        """Go on with a draft, or with what was sent back: at the first step where something is missing."""
        now = clock.now()
        with self.desk.refusing(body):
            person = self.desk.person(body, now)
            request = self._own(action["value"], person, now)
            request = requests.take_in_typed(self.db, request.id, by=person, now=now)
            missing = requests.faults(self.db, request, now=now)
            sections = requests.questions_for(self.db, request)
            places = [
                place for place, part in enumerate(sections) if any(each.id in missing for each in part.questions)
            ]
            at = places[0] if places else 0 if request.state is State.RETURNED else len(sections)
            self.open_step(body, request, at)
        ack()

    def on_change(self, ack: Ack, action: dict[str, Any], body: dict[str, Any]) -> None:
        """Go back to one step. The button's value: the request's id and the section's."""
        now = clock.now()
        with self.desk.refusing(body):
            person = self.desk.person(body, now)
            request_id, _space, section_id = action["value"].partition(" ")
            request = self._own(request_id, person, now)
            self._show(body, self.step(request, self._place(request, section_id)))
        ack()

    def on_step(self, ack: Ack, body: dict[str, Any], view: dict[str, Any]) -> None:
        """Next: the answers are saved as they are; a fault is shown beside its question."""
        now = clock.now()
        with self.desk.refusing(body, ack):
            person = self.desk.person(body, now)
            before, part = self._at(body, person, now)
            try:
                request = self._save(before, part, view, person, now)
            except InvalidAnswers as wrong:
                return errors_in(ack, wrong.faults, view)
            place = self._place(request, part.id)
            grown = self._sections(request)[place]
            unseen = {each.id for each in grown.questions} - {each.id for each in part.questions}
            faults = requests.faults(self.db, request, now=now)
            if unseen & faults.keys():  # what was chosen asks for more in the same step
                return show_in(ack, self.step(request, place))
            here = {key: faults[key] for key in faults if key in {each.id for each in grown.questions}}
            if here:
                return errors_in(ack, here, view)
            return show_in(ack, self.step(request, place + 1))

    def on_choose(self, ack: Ack, action: dict[str, Any], body: dict[str, Any]) -> None:
        """Something was chosen: it is kept, and where other questions depend on it the step is shown as it now is."""
        now = clock.now()
        with self.desk.refusing(body):
            person = self.desk.person(body, now)
            before, part = self._at(body, person, now)
            given = read(part, body["view"]["state"]["values"])
            chosen = replace(before, answers={**before.answers, **given})
            grown = next((each for each in self._sections(chosen) if each.id == part.id), part)
            if [each.id for each in grown.questions] != [each.id for each in part.questions]:
                request = self._save_what_can_be(before, part, body["view"], person, now)
                self._show(body, self.step(request, self._place(request, part.id)))
            else:
                requests.keep_typed(self.db, before.id, given, by=person, now=now, at=_at(action, now))
        ack()

    def on_type(self, ack: Ack, action: dict[str, Any], body: dict[str, Any]) -> None:
        """Something was typed: it is kept as it is, for when the form is closed. A form that is past says so when it is
        sent, not at every letter."""
        now = clock.now()
        with self.desk.refusing(body), suppress(TooLate):
            person = self.desk.person(body, now)
            request, part = self._at(body, person, now)
            given = read(part, body["view"]["state"]["values"])
            requests.keep_typed(self.db, request.id, given, by=person, now=now, at=_at(action, now))
        ack()

    def on_way(self, ack: Ack, action: dict[str, Any], body: dict[str, Any]) -> None:
        """Back, or on without finishing; either way what is there is saved."""
        self._moved(ack, body, 1 if action["action_id"] == "request.skip" else -1)

    def _moved(self, ack: Ack, body: dict[str, Any], by: int) -> None:
        now = clock.now()
        with self.desk.refusing(body):
            person = self.desk.person(body, now)
            before, part = self._at(body, person, now)
            request = self._save_what_can_be(before, part, body["view"], person, now)
            self._show(body, self.step(request, max(self._place(request, part.id) + by, 0)))
        ack()

    def on_later(self, ack: Ack, body: dict[str, Any]) -> None:
        """Keep the draft and stop here."""
        now = clock.now()
        with self.desk.refusing(body):
            person = self.desk.person(body, now)
            if body["view"]["callback_id"] == "request.step":
                before, part = self._at(body, person, now)
                request = self._save_what_can_be(before, part, body["view"], person, now)
            else:
                request = self._own(about(body)["id"], person, now)
            self._show(body, views.saved(request))
        ack()

    def on_look_up(self, ack: Ack, payload: dict[str, Any], body: dict[str, Any]) -> None:
        """The options of a long list that fit what was typed so far."""
        now, typed = clock.now(), str(payload.get("value") or "").casefold()
        person = self.desk.person(body, now)
        request = self._own(about(body)["id"], person, now)
        asked = book_of(self.db, request.holder).get(str(payload["block_id"]))
        fitting = [each for each in (asked.options if asked else ()) if typed in phrase(each.label).casefold()]
        ack(options=[option(each).to_dict() for each in fitting[:100]])

    # sending

    def on_submit(self, ack: Ack, body: dict[str, Any]) -> None:
        """Send it. What turned out to be missing meanwhile is shown; what was sent already shows its receipt."""
        now, told = clock.now(), about(body)
        with self.desk.refusing(body, ack):
            person = self.desk.person(body, now)
            try:
                with noticing(self.desk, told["id"], str(Action.SUBMIT_REQUEST), person, now):
                    request = requests.submit(self.db, told["id"], by=person, now=now, version=told.get("version"))
            except InvalidAnswers:
                request = self._own(told["id"], person, now)
                return show_in(ack, self.step(request, len(self._sections(request))))
            except TooLate:
                request = requests.get(self.db, told["id"], person=person, now=now)
                if request.state in EDITABLE:  # changed in another window: read it again
                    return show_in(ack, self.step(request, len(self._sections(request))))
                if request.state is not State.SUBMITTED or request.author != person.id:
                    raise
            return show_in(ack, self._receipt(request, person, now))

    def _receipt(self, request: ShareRequest, person: Person, now: datetime) -> dict[str, Any]:
        waits = next_in_words(self.desk.context, request, person, now=now)
        usual = usual_days(self.db, request)
        return views.done("Sent", say("receipt", request=request, next=waits, usual=usual))

    # what they have in common

    def _own(self, request_id: str, person: Person, now: datetime) -> ShareRequest:
        """A request that this person is writing. Raises NotFound, NotAllowed, TooLate."""
        with noticing(self.desk, request_id, str(Action.EDIT_REQUEST), person, now):
            request = requests.get(self.db, request_id, person=person, now=now)
        if request.author != person.id:
            raise NotAllowed(
                "Only who wrote a request can change it.", action=str(Action.EDIT_REQUEST), about=request.id
            )
        if request.state not in EDITABLE:
            raise too_late(self.db, request.id, Verb.EDIT)
        return request

    def _at(self, body: Body, person: Person, now: datetime) -> tuple[ShareRequest, Section]:
        """The request and the step of the modal that was used. Raises NotFound when there is no such step any more."""
        told = about(body)
        request = self._own(str(told.get("id")), person, now)
        sections = book_of(self.db, request.holder).sections
        named = next((part for part in sections if part.id == told.get("section")), sections[0])
        here = {each.id: each for each in self._sections(request)}
        return request, here.get(named.id, named)

    def _sections(self, request: ShareRequest) -> tuple[Section, ...]:
        return requests.questions_for(self.db, request)

    def _place(self, request: ShareRequest, section_id: str) -> int:
        """Where a step comes among those that apply now."""
        return next((place for place, part in enumerate(self._sections(request)) if part.id == section_id), 0)

    def _save(self, request: ShareRequest, part: Section, view: Body, person: Person, now: datetime) -> ShareRequest:
        given = read(part, view["state"]["values"])
        changed = {key: value for key, value in given.items() if (value or None) != (request.answers.get(key) or None)}
        if not changed:
            typed.settled(self.db, request.id, now=now)
            return request
        return requests.save_answers(self.db, request.id, changed, by=person, now=now)

    def _save_what_can_be(
        self, request: ShareRequest, part: Section, view: Body, person: Person, now: datetime
    ) -> ShareRequest:
        """Save without asking for more; an answer that can never be kept is left as it was."""
        try:
            return self._save(request, part, view, person, now)
        except InvalidAnswers as wrong:
            given = read(part, view["state"]["values"])
            fine = {key: value for key, value in given.items() if key not in wrong.faults}
            return requests.save_answers(self.db, request.id, fine, by=person, now=now)

    def step(self, request: ShareRequest, place: int) -> dict[str, Any]:
        """A step as a modal; after the last one, everything read back."""
        sections = self._sections(request)
        if place >= len(sections):
            faults = requests.faults(self.db, request, now=clock.now())
            return views.review(request, sections, faults, book_of(self.db, request.holder).declaration)
        says = {key: say("filled", source=source) for key, source in request.filled.items()}
        if request.state is State.RETURNED:
            says["note"] = self._why_returned(request)
        return views.step(request, sections, place, says)

    def _why_returned(self, request: ShareRequest) -> str:
        author = people.find(self.db, request.author)
        events = requests.events(self.db, request, person=author, now=clock.now())
        return next((each.note or "" for each in reversed(events) if each.after is State.RETURNED and each.note), "")

    def open_step(self, body: Body, request: ShareRequest, place: int) -> None:
        """Show a step in the modal that was used, or in a new one."""
        self._show(body, self.step(request, place))

    def _show(self, body: Body, view: dict[str, Any]) -> None:
        """Show a view in the modal that was used, or open one."""
        present = body.get("view") or {}
        if present.get("type") == "modal":
            self.desk.renew(body, present["id"], view)
        else:
            self.desk.open(body, view)


def _at(action: Body, now: datetime) -> datetime:
    """When Slack saw a change; changes can arrive in another order."""
    return datetime.fromtimestamp(float(action["action_ts"]), UTC) if action.get("action_ts") else now
