"""Entries that may be the same thing twice, in the steward's Home: "Same thing" or "Different"."""

from datetime import datetime
from typing import Any

from slack_bolt import Ack, App
from slack_sdk.models.blocks import Block, InputBlock, RadioButtonsElement

from bot.language import phrase
from bot.render import MRKDWN, part
from bot.slack.blocks import button, buttons, header, modal, section
from bot.slack.desk import Desk, about, show_in
from bot.slack.inputs import ACTION, option, value_of
from bot.slack.paging import Page
from catalogue import clock, editing
from catalogue.harvest import duplicates
from catalogue.harvest.duplicates import Pair
from catalogue.model import Dataset, Person
from catalogue.review import scopes_of
from intents.context import Context

SEPARATOR = " "


def say(block: str, **values: Any) -> str:
    return part(MRKDWN, "stewards/duplicates.jinja", block, **values)


def register(app: App, desk: Desk) -> None:
    """Add the listeners."""
    deciding = Deciding(desk)
    app.action("duplicate.same")(deciding.on_same)
    app.action("duplicate.different")(deciding.on_different)
    app.view("duplicate.keep")(deciding.on_keep)


class Deciding:
    """The listeners. A button's value: the ids of the two entries."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.db = desk.db

    def on_same(self, ack: Ack, action: dict[str, Any], body: dict[str, Any]) -> None:
        """Ask which of the two stays."""
        now = clock.now()
        with self.desk.refusing(body):
            person = self.desk.person(body, now)
            ids = action["value"].split(SEPARATOR)
            entries = [editing.allowed(self.db, each, person, "entry.edit", now=now) for each in ids]
            self.desk.open(body, form(entries))
        ack()

    def on_different(self, ack: Ack, action: dict[str, Any], body: dict[str, Any]) -> None:
        now = clock.now()
        with self.desk.refusing(body):
            one, other = action["value"].split(SEPARATOR)
            duplicates.different(self.db, one, other, by=self.desk.person(body, now), now=now)
        ack()

    def on_keep(self, ack: Ack, body: dict[str, Any], view: dict[str, Any]) -> None:
        """One stays; the other is withdrawn, and its page leads to the one that stays."""
        now, ids = clock.now(), about(body)["ids"]
        with self.desk.refusing(body, ack):
            person = self.desk.person(body, now)
            kept, dropped = ids if value_of(view["state"]["values"], "keep") == "0" else reversed(ids)
            entry = duplicates.same(self.db, kept, dropped, by=person, now=now)
            text = say("same", entry=entry, dropped=dropped)
            return show_in(ack, modal("Done", [section(text)], callback_id="duplicate.done"))
        return None


def form(entries: list[Dataset]) -> dict[str, Any]:
    """Both entries, and which of them stays."""
    blocks: list[Block] = [section(say("form_lead"))]
    blocks += [section(say("entry", entry=entry)) for entry in entries]
    options = [option(str(place), entry.id) for place, entry in enumerate(entries)]
    choose = RadioButtonsElement(action_id=ACTION, options=options, initial_option=options[0])
    blocks.append(InputBlock(block_id="keep", label=phrase("Which one stays?"), element=choose))
    ids = [entry.id for entry in entries]
    return modal(
        "The same thing", blocks, callback_id="duplicate.keep", submit="Save", close="Cancel", about={"ids": ids}
    )


def in_home(context: Context, person: Person, now: datetime, page: Page) -> list[Block]:
    """For stewards: entries of theirs of which two may be the same thing."""
    scopes = scopes_of(person, now=now)
    pairs = duplicates.undecided(context.db, scopes) if scopes else []
    if not pairs:
        return []
    made: list[Block] = [header("Perhaps the same thing twice"), section(say("lead"))]
    for pair in page.of(pairs):
        made += _pair(pair)
    return [*made, *page.turning(len(pairs))]


def _pair(pair: Pair) -> list[Block]:
    value = SEPARATOR.join([pair.one, pair.other])
    return [
        section(say("pair", pair=pair)),
        buttons(
            button("Same thing", action_id="duplicate.same", value=value, about=pair.title),
            button("Different", action_id="duplicate.different", value=value, about=pair.title),
        ),
    ]
