"""What people asked for and did not find, one subject at a time: we hold this, somebody else does, nobody does."""

from collections.abc import Mapping
from typing import Any

from slack_bolt import Ack, App

from bot import words
from bot.language import phrase
from bot.render import MRKDWN, part
from bot.slack import entry_views
from bot.slack.blocks import SlackMessage, button, buttons, divider, message, modal, section
from bot.slack.desk import Desk, about, errors_in, show_in
from bot.slack.inputs import text_input, value_of
from catalogue import clock, outbox, wanted
from catalogue.model import Person
from catalogue.review import scopes_of
from catalogue.wanted import Wanted
from intents.context import Context

SEPARATOR = " "


def say(block: str, **values: Any) -> str:
    return part(MRKDWN, "stewards/wanted.jinja", block, **values)


def register(app: App, desk: Desk) -> None:
    """Add the listeners."""
    wanting = Wanting(desk)
    app.action("wanted.held")(wanting.on_held)
    app.action("wanted.elsewhere")(wanting.on_elsewhere)
    app.action("wanted.nobody")(wanting.on_nobody)
    app.view("wanted.entry")(wanting.on_entry)
    app.view("wanted.holder")(wanting.on_holder)


class Wanting:
    """The listeners. A button's value: the round, the publisher and the subject."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.db = desk.db

    def on_held(self, ack: Ack, action: dict[str, Any], body: dict[str, Any]) -> None:
        with self.desk.refusing(body):
            told = _read(action["value"])
            lead = section(say("held_lead", subject=told["subject"]))
            entry = text_input("entry", "The entry", hint="Its id or its title.")
            view = modal(
                "We hold this", [lead, entry], callback_id="wanted.entry", submit="Go on", close="Cancel", about=told
            )
            self.desk.open(body, view)
        ack()

    def on_entry(self, ack: Ack, body: dict[str, Any], view: dict[str, Any]) -> None:
        """An entry was named: it gets the name. None was: the form of a new one takes the place of this one."""
        now, told = clock.now(), about(body)
        with self.desk.refusing(body, ack):
            person = self.desk.person(body, now)
            name = value_of(view["state"]["values"], "entry")
            if not name:
                holder = self.desk.context.search.vocabulary().name(told["publisher"])
                return show_in(ack, entry_views.add(holder, title=told["subject"], subject=told["subject"]))
            entry = self.desk.named(name, person)
            if entry is None:
                return errors_in(ack, {"entry": "I cannot find an entry called that. Give its id."}, view)
            with self.db.atomic():
                held = wanted.held(self.db, told["subject"], entry.id, by=person, now=now)
                self._go_on(told["round"], person)
            text = say("held", entry=held, subject=told["subject"])
            return show_in(ack, modal("Thank you", [section(text)], callback_id="wanted.done"))
        return None

    def on_elsewhere(self, ack: Ack, action: dict[str, Any], body: dict[str, Any]) -> None:
        with self.desk.refusing(body):
            told = _read(action["value"])
            lead = section(say("elsewhere_lead", subject=told["subject"]))
            holder = text_input("holder", "The organisation", hint="Its name or acronym.", optional=False)
            view = modal(
                "Who holds it?", [lead, holder], callback_id="wanted.holder", submit="Save", close="Cancel", about=told
            )
            self.desk.open(body, view)
        ack()

    def on_holder(self, ack: Ack, body: dict[str, Any], view: dict[str, Any]) -> None:
        now, told = clock.now(), about(body)
        with self.desk.refusing(body, ack):
            person = self.desk.person(body, now)
            vocabulary = self.desk.context.search.vocabulary()
            holder = vocabulary.resolve(value_of(view["state"]["values"], "holder"))
            if holder is None:
                return errors_in(ack, {"holder": "There is no organisation called that here."}, view)
            with self.db.atomic():
                wanted.elsewhere(
                    self.db, told["subject"], publisher=told["publisher"], holder=holder, by=person, now=now
                )
                self._go_on(told["round"], person)
            text = say("elsewhere", holder=vocabulary.name(holder))
            return show_in(ack, modal("Thank you", [section(text)], callback_id="wanted.done"))
        return None

    def on_nobody(self, ack: Ack, action: dict[str, Any], body: dict[str, Any]) -> None:
        now = clock.now()
        with self.desk.refusing(body):
            person, told = self.desk.person(body, now), _read(action["value"])
            with self.db.atomic():
                wanted.nobody(self.db, told["subject"], publisher=told["publisher"], by=person, now=now)
                self._go_on(told["round"], person)
        ack()

    def _go_on(self, round_: str, person: Person) -> None:
        """Have their message show the next subject."""
        outbox.retell(self.db, wanted.about(round_, person.id), now=clock.now())


def _value(round_: str, each: Wanted) -> str:
    return SEPARATOR.join([round_, each.likely or "", each.subject])


def _read(value: str) -> dict[str, str]:
    round_, publisher, subject = value.split(SEPARATOR, 2)
    return {"round": round_, "publisher": publisher, "subject": subject}


def tell_digest(context: Context, values: Mapping[str, Any], person: Person) -> SlackMessage | None:
    """The most widely asked subject that is left, with buttons."""
    left = wanted.for_publishers(context.db, context.search, scopes_of(person, now=clock.now()))
    if not left:
        text = say("finished")
        return message(text, [section(text)])
    each, value = left[0], _value(values["round"], left[0])
    lead = say("lead", left=len(left))
    shown = say("subject", wanted=each, last=words.day(each.last_asked[:10]))
    return message(
        f"{lead}\n\n{shown}",
        [
            section(lead),
            divider(),
            section(shown),
            buttons(
                button("We hold this", action_id="wanted.held", value=value, about=each.subject, primary=True),
                button("Somebody else does", action_id="wanted.elsewhere", value=value, about=each.subject),
                button("Nobody does", action_id="wanted.nobody", value=value, about=each.subject),
            ),
        ],
    )


def tell_nobody(context: Context, values: Mapping[str, Any], _person: Person) -> SlackMessage:
    """For who waits for an answer: an organisation says that nobody holds it."""
    holder = context.search.vocabulary().name(values["publisher"]) or phrase("An organisation")
    text = say("nobody", subject=values["subject"], holder=holder)
    return message(text, [section(text)])


TELLERS = {"wanted.digest": tell_digest, "wanted.nobody": tell_nobody}
