"""Runs in Slack: an administrator looks at what was brought in of late, and has a harvest or an import taken back."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from slack_bolt import Ack, App
from slack_sdk.models.blocks import Block

from bot import words
from bot.language import phrase
from bot.render import MRKDWN, part
from bot.slack.blocks import SlackMessage, button, message, modal, section
from bot.slack.desk import Desk, about, show_in
from catalogue import clock, outbox, rights, uploads
from catalogue.harvest import ledger
from catalogue.harvest.ledger import Run
from catalogue.harvest.undo import CannotUndoRun
from catalogue.model import Notice, Person
from catalogue.store import Database
from intents.context import Context

SHOWN, NAMED = 20, 10


def say(block: str, **values: Any) -> str:
    return part(MRKDWN, "slack/undoing.jinja", block, **values)


def register(app: App, desk: Desk) -> None:
    """Add the listeners."""
    undoing = Undoing(desk)
    app.action("run.list")(undoing.on_list)
    app.action("run.undo")(undoing.on_undo)
    app.view("run.undoing")(undoing.on_sent)


class Undoing:
    """The listeners, and what the worker does with a run that is to be taken back."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.db = desk.db

    def on_list(self, ack: Ack, body: dict[str, Any]) -> None:
        now = clock.now()
        with self.desk.refusing(body):
            rights.require(self.desk.person(body, now), "harvest.run", about="runs", now=now)
            self.desk.open(body, _list(ledger.latest(self.db, limit=SHOWN)))
        ack()

    def on_undo(self, ack: Ack, action: dict[str, Any], body: dict[str, Any]) -> None:
        """Ask once more: it may be a lot."""
        now, run = clock.now(), action["value"]
        with self.desk.refusing(body):
            rights.require(self.desk.person(body, now), "harvest.run", about=run, now=now)
            view = modal(
                "Take it all back",
                [section(say("sure", run=run))],
                callback_id="run.undoing",
                submit="Take it all back",
                close="Cancel",
                about={"run": run},
            )
            self.desk.open(body, view)
        ack()

    def on_sent(self, ack: Ack, body: dict[str, Any]) -> None:
        now, run = clock.now(), about(body)["run"]
        with self.desk.refusing(body, ack):
            ledger.ask_back(self.db, run, by=self.desk.person(body, now), now=now)
            show_in(ack, modal("Take it all back", [section(say("soon", run=run))], callback_id="run.soon"))

    def do(self, notice: Notice) -> None:
        """Take a run back, once, and tell who asked."""
        run, by, now = notice.payload["run"], notice.payload["by"], clock.now()
        tell = partial(_tell, self.db, run, by)
        try:
            uploads.take_back(self.db, run, by=by, now=now, and_then=tell)
        except CannotUndoRun:  # somebody was first, or this is another try
            with self.db.atomic():
                tell()


def _tell(db: Database, run: str, by: str) -> None:
    outbox.tell(db, "run.undone", by, {"run": run}, about=run, key=f"run.undone:{run}:{by}", now=clock.now())


def _list(runs: list[Run]) -> dict[str, Any]:
    blocks: list[Block] = [section(say("list", total=len(runs)))]
    for run in runs:
        here = clock.london(run.at)
        at = phrase("{day} at {time}").format(day=words.month_day(here), time=f"{here:%H:%M}")
        take_back = button("Take it all back", action_id="run.undo", value=run.id, about=run.id)
        blocks.append(section(say("run", run=run, at=at), accessory=None if run.is_undone else take_back))
    return modal("What was brought in", blocks, callback_id="run.listed")


def tell_undone(context: Context, values: Mapping[str, Any], _person: Person) -> SlackMessage | None:
    """What became of a run that somebody wanted to have taken back."""
    done = ledger.undone(context.db, values["run"])
    if done is None:
        return None
    text = say("undone", run=values["run"], done=done, shown=NAMED)
    return message(text, [section(text)])


TELLERS = {"run.undone": tell_undone}
