"""Harvesting in Slack: a steward decides between an entry and its source, an administrator lets a stopped run go on."""

from collections.abc import Collection, Mapping
from typing import Any

from slack_bolt import Ack, App
from slack_sdk.models.blocks import Block

from bot.field_words import LABELS, in_words
from bot.render import MRKDWN, part
from bot.slack.blocks import SlackMessage, button, buttons, message, modal, section
from bot.slack.desk import Desk, about, author_of, show_in
from bot.slack.inputs import several_input, values_of
from catalogue import clock, editing
from catalogue.errors import NotFound
from catalogue.harvest import conflicts, harvest, held
from catalogue.harvest.conflicts import Conflict
from catalogue.harvest.layers import HARVESTABLE
from catalogue.model import Dataset, Person
from intents.context import Context

SHOWN = 10


def say(block: str, **values: Any) -> str:
    return part(MRKDWN, "slack/harvesting.jinja", block, **values)


def register(app: App, desk: Desk) -> None:
    """Add the listeners."""
    deciding = Deciding(desk)
    app.action("conflict.keep")(deciding.on_keep)
    app.action("conflict.take")(deciding.on_take)
    app.action("entry.hold")(deciding.on_hold)
    app.view("entry.held")(deciding.on_held)
    app.action("harvest.go_on")(deciding.on_go_on)


class Deciding:
    """The listeners. A button names a conflict by its number, which a newer one does not share."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.db = desk.db

    def on_keep(self, ack: Ack, action: dict[str, Any], body: dict[str, Any]) -> None:
        now = clock.now()
        with self.desk.refusing(body):
            conflicts.keep(self.db, int(action["value"]), by=self.desk.person(body, now), now=now)
        ack()

    def on_take(self, ack: Ack, action: dict[str, Any], body: dict[str, Any]) -> None:
        now = clock.now()
        with self.desk.refusing(body):
            conflicts.take(self.db, int(action["value"]), by=self.desk.person(body, now), now=now)
        ack()

    def on_hold(self, ack: Ack, action: dict[str, Any], body: dict[str, Any]) -> None:
        """Which fields the source of an entry may not change without asking."""
        now = clock.now()
        with self.desk.refusing(body):
            person = self.desk.person(body, now)
            entry = editing.allowed(self.db, action["value"], person, "entry.edit", now=now)
            self.desk.open(body, hold_form(entry, held.of_entry(self.db, entry.id)))
        ack()

    def on_held(self, ack: Ack, body: dict[str, Any], view: dict[str, Any]) -> None:
        now, told = clock.now(), about(body)
        with self.desk.refusing(body, ack):
            chosen = values_of(view["state"]["values"], "held")
            entry = held.hold(self.db, told["id"], chosen, by=self.desk.person(body, now), now=now)
            names = [LABELS[name] for name in held.of_entry(self.db, entry.id)]
            text = say("held", entry=entry, names=names)
            show_in(ack, modal("Saved", [section(text)], callback_id="entry.holding"))

    def on_go_on(self, ack: Ack, action: dict[str, Any], body: dict[str, Any]) -> None:
        now = clock.now()
        source, _colon, run = action["value"].partition(":")
        with self.desk.refusing(body):
            harvest.accept(self.db, source, run, by=self.desk.person(body, now), now=now)
        ack()


def hold_form(entry: Dataset, held_now: Collection[str]) -> dict[str, Any]:
    """Every field that a source may change, those that are held chosen."""
    choices = {name: LABELS[name] for name in HARVESTABLE if name in LABELS}
    blocks = [
        section(say("hold_lead", entry=entry)),
        several_input("held", "Ask me before these change", choices, chosen=held_now),
    ]
    told = {"id": entry.id}
    return modal("Ask me first", blocks, callback_id="entry.held", submit="Save", close="Cancel", about=told)


# what people are told


def tell_conflict(context: Context, values: Mapping[str, Any], person: Person) -> SlackMessage | None:
    """The steward's card: each field in which the entry and its source disagree, with buttons while it is open."""
    try:
        entry = editing.entry(context.db, values["id"], person, now=clock.now())
    except NotFound:
        return None
    found = [each for each in conflicts.of_entry(context.db, entry.id, only_open=False) if each.state != "replaced"]
    if not found:
        text = say("agreed", entry=entry)
        return message(text, [section(text)])
    text = say("conflict", entry=entry, source=found[-1].source)
    blocks: list[Block] = [section(text)]
    for each in found[-SHOWN:]:
        told = _field(context, each, person)
        text += f"\n\n{told}"
        blocks.append(section(told))
        if each.state == "open":
            number, name = str(each.number), LABELS[each.field]
            blocks.append(
                buttons(
                    button("Keep ours", action_id="conflict.keep", value=number, about=name),
                    button("Take theirs", action_id="conflict.take", value=number, about=name),
                )
            )
    return message(text, blocks)


def _field(context: Context, conflict: Conflict, reader: Person) -> str:
    decider = author_of(context, conflict.decided_by, reader, begins=False) if conflict.decided_by else None
    return say(
        "field",
        conflict=conflict,
        label=LABELS[conflict.field],
        ours=in_words(conflict.field, conflict.mine),
        theirs=in_words(conflict.field, conflict.theirs),
        decider=decider,
    )


def tell_conflicts(_context: Context, values: Mapping[str, Any], _person: Person) -> SlackMessage:
    text = say("more", source=values["source"], more=values["more"])
    return message(text, [section(text)])


def tell_stopped(context: Context, values: Mapping[str, Any], _person: Person) -> SlackMessage | None:
    """Why a run stopped, with what would be missing, and a button while it waits."""
    run = harvest.run_of(context.db, values["run"])
    if run is None:
        return None
    state, report = run
    text = say("stopped", source=values["source"], run=values["run"], state=state, report=report, shown=SHOWN)
    blocks: list[Block] = [section(text)]
    if state == "stopped":
        value = f"{values['source']}:{values['run']}"
        blocks.append(buttons(button("Go on with it", action_id="harvest.go_on", value=value)))
    return message(text, blocks)


def tell_withdrawn(context: Context, values: Mapping[str, Any], person: Person) -> SlackMessage | None:
    entries = []
    for dataset_id in values["ids"][:SHOWN]:
        try:
            entries.append(editing.entry(context.db, dataset_id, person, now=clock.now()))
        except NotFound:
            continue
    if not entries:
        return None
    text = say("withdrawn", entries=entries, more=values["count"] - len(entries), **_of(values))
    return message(text, [section(text)])


def tell_request(context: Context, values: Mapping[str, Any], person: Person) -> SlackMessage | None:
    """For who has asked for data whose entry was withdrawn."""
    try:
        entry = editing.entry(context.db, values["id"], person, now=clock.now())
    except NotFound:
        return None
    text = say("request", entry=entry, request=values["request"])
    return message(text, [section(text)])


def _of(values: Mapping[str, Any]) -> dict[str, Any]:
    return {"source": values["source"], "run": values["run"]}


TELLERS = {
    "harvest.conflict": tell_conflict,
    "harvest.conflicts": tell_conflicts,
    "harvest.stopped": tell_stopped,
    "harvest.withdrawn": tell_withdrawn,
    "harvest.request": tell_request,
}
