"""The weekly review: one entry at a time in one message that goes on by itself, and entries that nobody looks after.

Also how ready an entry is to be shared, with a button for each point that is missing.
"""

from collections.abc import Mapping
from typing import Any

from slack_bolt import Ack, App
from slack_sdk.models.blocks import Block

from bot.field_words import CHECKS, group_of
from bot.language import phrase
from bot.render import MRKDWN, part
from bot.slack.blocks import SlackMessage, button, buttons, divider, message, modal, note, section
from bot.slack.desk import Desk
from catalogue import clock, editing, readiness, responsible, review
from catalogue.errors import NotFound
from catalogue.model import Dataset, Person
from catalogue.review import Answered
from intents.context import Context

WEEKS_SHOWN = 6
LOST_SHOWN = 3


def say(block: str, **values: Any) -> str:
    return part(MRKDWN, "stewards/review.jinja", block, **values)


def register(app: App, desk: Desk) -> None:
    """Add the listeners."""
    reviewing = Reviewing(desk)
    app.action("review.right")(reviewing.on_right)
    app.action("review.not_mine")(reviewing.on_not_mine)
    app.action("review.later")(reviewing.on_later)
    app.action("review.adopt")(reviewing.on_adopt)
    app.action("entry.readiness")(reviewing.on_readiness)


class Reviewing:
    """The listeners."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.db = desk.db

    def on_right(self, ack: Ack, action: dict[str, Any], body: dict[str, Any]) -> None:
        self._answer(ack, action, body, Answered.RIGHT)

    def on_not_mine(self, ack: Ack, action: dict[str, Any], body: dict[str, Any]) -> None:
        self._answer(ack, action, body, Answered.NOT_MINE)

    def on_later(self, ack: Ack, action: dict[str, Any], body: dict[str, Any]) -> None:
        self._answer(ack, action, body, Answered.LATER)

    def _answer(self, ack: Ack, action: dict[str, Any], body: dict[str, Any], answered: Answered) -> None:
        """The button's value: the round, a space, the entry's id."""
        now = clock.now()
        with self.desk.refusing(body):
            person = self.desk.person(body, now)
            round_, _space, dataset_id = action["value"].partition(" ")
            review.answer(self.db, dataset_id, answered, round_=round_, by=person, now=now)
        ack()

    def on_adopt(self, ack: Ack, action: dict[str, Any], body: dict[str, Any]) -> None:
        now = clock.now()
        with self.desk.refusing(body):
            review.adopt(self.db, action["value"], by=self.desk.person(body, now), now=now)
        ack()

    def on_readiness(self, ack: Ack, action: dict[str, Any], body: dict[str, Any]) -> None:
        """Each missing point with the button that mends it, and the weeks of the organisation."""
        now = clock.now()
        with self.desk.refusing(body):
            person = self.desk.person(body, now)
            entry = editing.entry(self.db, action["value"], person, now=now)
            may_edit = editing.may_edit(person, entry, now=now)
            found = readiness.of(entry, readiness.circumstances(self.db, now=now))
            weeks = readiness.weeks(self.db, entry.publisher or "", limit=WEEKS_SHOWN)
            self.desk.open(body, readiness_view(entry, found, weeks, self.desk.holder(entry), may_edit=may_edit))
        ack()


def readiness_view(
    entry: Dataset, found: readiness.Readiness, weeks: list[readiness.Week], holder: str, *, may_edit: bool
) -> dict[str, Any]:
    blocks: list[Block] = [section(say("readiness", entry=entry, score=found.score, count=len(found.lost)))]
    for check in found.lost:
        where = f"{group_of(check.field).name}:{check.field}"
        mend = button("Mend", action_id="entry.change", value=f"{where} {entry.id}", about=CHECKS[check.id])
        text = say("point", points=check.points, sentence=CHECKS[check.id])
        blocks.append(section(text, accessory=mend if may_edit else None))
    if weeks:
        blocks += [divider(), section(say("organisation", holder=holder, weeks=weeks))]
    return modal("Ready to share?", blocks, callback_id="entry.ready", about={"id": entry.id})


# what stewards and role holders are told


def tell_digest(context: Context, values: Mapping[str, Any], person: Person) -> SlackMessage | None:
    """The worst entry that is left this week, with buttons; nothing when there is none and nothing was done."""
    now, round_ = clock.now(), values["round"]
    entries = review.due(context.db, person, round_=round_, now=now)
    done = review.count_done(context.db, person, round_=round_)
    if not entries:
        text = say("finished", done=done) if done else say("nothing_left")
        return message(text, [section(text)])
    (entry,) = entries
    lead = say("lead", done=done, left=review.count_due(context.db, person, round_=round_, now=now))
    shown = say("entry", entry=entry)
    found = readiness.of(entry, readiness.circumstances(context.db, now=now))
    lost = say("lost", score=found.score, lost=[CHECKS[check.id] for check in found.lost[:LOST_SHOWN]])
    value, about = f"{round_} {entry.id}", entry.title
    blocks: list[Block] = [
        section(lead),
        divider(),
        section(shown),
        note(lost),
        buttons(
            button("Still right", action_id="review.right", value=value, about=about, primary=True),
            button("Edit", action_id="entry.edit", value=f"{entry.id} review:{round_}", about=about),
            button("Not mine", action_id="review.not_mine", value=value, about=about),
            button("Later", action_id="review.later", value=value, about=about),
        ),
    ]
    return message("\n\n".join([lead, shown, lost]), blocks)


def tell_orphans(context: Context, values: Mapping[str, Any], person: Person) -> SlackMessage | None:
    """An organisation's first entry that nobody looks after, for who else has a role there."""
    now = clock.now()
    holder = _name(context, values["publisher"])
    known: list[tuple[Dataset, review.Orphan]] = []
    for orphan in review.orphans(context.db, values["publisher"]):
        try:
            known.append((editing.entry(context.db, orphan.dataset_id, person, now=now), orphan))
        except NotFound:  # they may not know of it
            continue
    if not known:
        text = say("adopted", holder=holder)
        return message(text, [section(text)])
    entry, orphan = known[0]
    lead, shown = say("orphans", holder=holder, left=len(known)), say("orphan", entry=entry, why=str(orphan.why))
    blocks: list[Block] = [
        section(lead),
        section(shown),
        buttons(
            button("It is ours, and right", action_id="review.adopt", value=entry.id, about=entry.title, primary=True),
            button("Edit", action_id="entry.edit", value=f"{entry.id} orphan:", about=entry.title),
        ),
    ]
    return message(f"{lead}\n\n{shown}", blocks)


def tell_leavers(context: Context, values: Mapping[str, Any], _person: Person) -> SlackMessage | None:
    """That an organisation has no steward any more."""
    holder, publisher = _name(context, values["publisher"]), values["publisher"]
    has_one = responsible.keepers(context.db, publisher, now=clock.now()).rung == "steward"
    text = say("leavers_settled" if has_one else "leavers", holder=holder)
    return message(text, [section(text)])


def _name(context: Context, publisher: str | None) -> str:
    return context.search.vocabulary().name(publisher) or phrase("an organisation that is not named")


TELLERS = {"review.digest": tell_digest, "review.orphans": tell_orphans, "review.leavers": tell_leavers}
