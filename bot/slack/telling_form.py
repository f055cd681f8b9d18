"""Choosing how to hear of requests: message by message or once a day, and when not to be written to."""

from datetime import time
from typing import Any

from slack_bolt import Ack, App
from slack_sdk.models.blocks import Block, CheckboxesElement, TimePickerElement

from bot.language import phrase
from bot.render import MRKDWN, part
from bot.slack.blocks import modal, section
from bot.slack.desk import Desk, errors_in, show_in
from bot.slack.inputs import field, option
from bot.slack.role_forms import FILL, done, value_in
from catalogue import clock
from catalogue.errors import InvalidAnswers
from catalogue.requests.preferences import Preferences, choose, preferences


def register(app: App, desk: Desk) -> None:
    """Add the listeners."""
    form = TellingForm(desk)
    app.action("telling.choose")(form.on_telling)
    app.view("telling.choose")(form.on_telling_chosen)


class TellingForm:
    """The listeners."""

    def __init__(self, desk: Desk) -> None:
        self.desk, self.db = desk, desk.db

    def on_telling(self, ack: Ack, body: dict[str, Any]) -> None:
        now = clock.now()
        with self.desk.refusing(body):
            chosen = preferences(self.db, self.desk.person(body, now).id)
            self.desk.open(body, _form(chosen))
        ack()

    def on_telling_chosen(self, ack: Ack, body: dict[str, Any], view: dict[str, Any]) -> None:
        now, state = clock.now(), view["state"]["values"]
        with self.desk.refusing(body, ack):
            person = self.desk.person(body, now)
            quiet = [value_in(state, name) for name in ("quiet_from", "quiet_until")]
            times = [time.fromisoformat(each) if each else None for each in quiet]
            held = (state.get("digest") or {}).get(FILL) or {}
            try:
                choose(self.db, person.id, Preferences(bool(held.get("selected_options")), *times))
            except InvalidAnswers as wrong:
                return errors_in(ack, {"quiet_from": next(iter(wrong.faults.values()))}, view)
            return show_in(ack, done("Kept", part(MRKDWN, "slack/roles.jinja", "telling_kept")))
        return None


def _form(chosen: Preferences) -> dict[str, Any]:
    lead = section(part(MRKDWN, "slack/roles.jinja", "telling_choose"))
    blocks = [lead, *_telling_inputs(chosen)]
    return modal("How you hear", blocks, callback_id="telling.choose", submit="Save", close="Cancel")


def _telling_inputs(chosen: Preferences) -> list[Block]:
    once = option("yes", phrase("Once a working day, what waits for me, instead of single messages"))
    digest = CheckboxesElement(action_id=FILL, options=[once], initial_options=[once] if chosen.digest else None)
    clocks = [
        TimePickerElement(action_id=FILL, initial_time=each.isoformat("minutes") if each else None)
        for each in (chosen.quiet_from, chosen.quiet_until)
    ]
    return [
        field("digest", "Requests that wait for you", digest, optional=True),
        field("quiet_from", "Do not write to me from", clocks[0], hint="By the clock in London.", optional=True),
        field("quiet_until", "Write to me again from", clocks[1], optional=True),
    ]
