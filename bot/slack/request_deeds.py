"""What is done to a request in a modal: a button opens it, and sending it does the deed.

The button names only the request. The modal shows the request as it is now and remembers its version, so that a
decision counts only if nothing has changed since. The right is asked for twice, when the button is pressed and when
the modal is sent; whoever has none gets a plain sentence, and the audit a row.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from slack_bolt import Ack, App
from slack_sdk.models.blocks import Block, DatePickerElement, PlainTextInputElement

from bot.slack import people as slack_people
from bot.slack import request_views as views
from bot.slack.desk import Desk, about, errors_in, show_in
from bot.slack.inputs import field
from bot.slack.request_inputs import FILL, TYPED
from bot.slack.request_words import STATES, name, say
from catalogue import audit, clock, requests, rights
from catalogue.errors import InvalidAnswers, NotAllowed, NotFound, TooLate
from catalogue.model import Person
from catalogue.requests.model import ShareRequest, ShareState
from catalogue.requests.record import load, standing_of, thing_of
from catalogue.requests.states import TRANSITIONS, Verb
from catalogue.requests.steps import too_late
from catalogue.rights import Action

State = Mapping[str, Any]
SHARES_BY = {Verb.ACCEPT: ShareState.ACCEPTED, Verb.SUPPLY: ShareState.SUPPLIED, Verb.END: ShareState.ENDED}
"""Where a share stands after what is done once."""


@dataclass(frozen=True, slots=True)
class Deed:
    """Something done in a modal: its words, the function that does it, and what the modal has besides words.

    `lead` is a block of the template; `more` are inputs above the words, and `read` turns them into arguments of `do`.
    With `sees_version` the deed counts only for the version of the request that the modal showed.
    """

    verb: Verb
    title: str
    submit: str
    label: str
    do: Callable[..., Any]
    hint: str | None = None
    lead: str = "decide_lead"
    more: Callable[[Desk, ShareRequest], Sequence[Block]] = lambda _desk, _request: ()
    read: Callable[[Desk, State], dict[str, Any]] = lambda _desk, _state: {}
    sees_version: bool = False
    needs_words: bool = False

    @property
    def action(self) -> Action:
        """The right it needs."""
        action = TRANSITIONS[self.verb].action
        assert action is not None
        return action


def register(app: App, desk: Desk, deeds: Mapping[str, Deed]) -> None:
    """Add a pair of listeners for each deed; its name is the button's action_id and the modal's callback_id."""
    for key, deed in deeds.items():
        app.action(key)(_opener(desk, key, deed))
        app.view(key)(_doer(desk, deed))


def _opener(desk: Desk, key: str, deed: Deed) -> Callable[..., None]:
    def on_click(ack: Ack, action: dict[str, Any], body: dict[str, Any]) -> None:
        now = clock.now()
        with desk.refusing(body):
            person = desk.person(body, now)
            request = allowed(desk, action["value"], deed.verb, person, now=now)
            if request.state not in TRANSITIONS[deed.verb].sources:
                raise too_late(desk.db, request.id, deed.verb)
            desk.open(body, _form(desk, key, deed, request, person, now))
        ack()

    return on_click


def _form(desk: Desk, key: str, deed: Deed, request: ShareRequest, person: Person, now: datetime) -> dict[str, Any]:
    steps_in = rights.steps_in(person, deed.action, thing_of(desk.db, request), now=now)
    lead = say(deed.lead, request=request, author=name(desk.context, request.author), steps_in=steps_in)
    return views.write(
        request,
        key=key,
        title=deed.title,
        submit=deed.submit,
        lead=lead,
        label=deed.label,
        hint=deed.hint,
        optional=not (TRANSITIONS[deed.verb].needs_note or deed.needs_words or steps_in),
        more=deed.more(desk, request),
    )


def _doer(desk: Desk, deed: Deed) -> Callable[..., None]:
    def on_submit(ack: Ack, body: dict[str, Any], view: dict[str, Any]) -> None:
        now, told, state = clock.now(), about(body), view["state"]["values"]
        with desk.refusing(body, ack):
            person = desk.person(body, now)
            request = allowed(desk, told.get("id"), deed.verb, person, now=now)
            try:
                given = {**deed.read(desk, state), **({"version": told.get("version")} if deed.sees_version else {})}
                deed.do(
                    desk.db,
                    request.id,
                    by=person,
                    note=_words(desk, deed, request, person, state, now),
                    now=now,
                    **given,
                )
            except InvalidAnswers as wrong:
                return errors_in(ack, wrong.faults, view)
            except TooLate as late:
                if not _did_so_already(deed, person, late):
                    raise
            return show_in(ack, _outcome(desk, request, person, now))
        return None

    return on_submit


def _did_so_already(deed: Deed, person: Person, late: TooLate) -> bool:
    """Whether it was this very person who did this a moment ago: a form that is sent twice shows the same end."""
    target = TRANSITIONS[deed.verb].target or SHARES_BY.get(deed.verb)
    return late.by == person.id and late.state == str(target)


def _words(desk: Desk, deed: Deed, request: ShareRequest, person: Person, state: State, now: datetime) -> str | None:
    """What was written. An administrator who acts in the owner's place has to say why."""
    note = written(state, "note")
    if not note and rights.steps_in(person, deed.action, thing_of(desk.db, request), now=now):
        raise InvalidAnswers({"note": "You act in the owner’s place. Say why."})
    return note


def _outcome(desk: Desk, request: ShareRequest, person: Person, now: datetime) -> dict[str, Any]:
    try:
        after = requests.get(desk.db, request.id, person=person, now=now)
    except NotFound:  # handed over: it is no longer theirs to see
        return views.done("Done", say("gone", request_id=request.id))
    return views.done("Done", say("done", request=after, state=STATES[after.state]))


def allowed(desk: Desk, request_id: Any, verb: Verb, person: Person, *, now: datetime) -> ShareRequest:
    """The request, if they may do this to it. Raises NotFound when they may not even see it, else NotAllowed."""
    action = TRANSITIONS[verb].action
    request = load(desk.db, str(request_id))
    if action and standing_of(desk.db, person, action, request, now=now):
        return request
    with noticing(desk, request_id, str(action), person, now):
        requests.get(desk.db, request.id, person=person, now=now)
    sentence = rights.refusal(person, action, thing_of(desk.db, request)) if action else "Only the program does this."
    raise NotAllowed(sentence, action=str(action), about=request.id)


@contextmanager
def noticing(desk: Desk, request_id: Any, action: str, person: Person, now: datetime) -> Iterator[None]:
    """Write into the audit that somebody reached for a request they may not see; to them it looks as if it were not
    there."""
    try:
        yield
    except NotFound:
        if desk.db.query("SELECT 1 FROM requests WHERE id = :id", {"id": str(request_id).strip().upper()}):
            audit.refused(desk.db, by=person, action=action, about=str(request_id).strip().upper(), now=now)
        raise


# inputs that several deeds have


def text_input(block_id: str, label: str, hint: str) -> Block:
    """A box to write in, which may stay empty."""
    element = PlainTextInputElement(action_id=FILL, multiline=True, max_length=TYPED)
    return field(block_id, label, element, hint=hint, optional=True)


def date_input(block_id: str, label: str) -> Block:
    """A day, which may stay open."""
    return field(block_id, label, DatePickerElement(action_id=FILL), optional=True)


def written(state: State, block_id: str) -> str | None:
    """What was written in an input; None for nothing."""
    held = (state.get(block_id) or {}).get(FILL) or {}
    return str(held.get("value") or "").strip() or None


def chosen_date(state: State, block_id: str) -> date | None:
    """The day chosen in an input."""
    held = ((state.get(block_id) or {}).get(FILL) or {}).get("selected_date")
    return date.fromisoformat(held) if held else None


def chosen_person(desk: Desk, state: State) -> dict[str, Any]:
    """The colleague chosen in an input. Raises InvalidAnswers for a bot, a stranger, or when Slack cannot say."""
    held = ((state.get("to") or {}).get(FILL) or {}).get("selected_user")
    found = slack_people.person_of(desk.db, desk.slack, str(held), team_id=desk.team_id, now=clock.now())
    if found is None:
        raise InvalidAnswers({"to": "Choose somebody of this workspace."})
    return {"to": found}
