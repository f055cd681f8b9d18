"""Corrections and problems from anybody: the form, the steward's card with Accept, Edit and Decline, the outcome."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from slack_bolt import Ack, App
from slack_sdk.models.blocks import Block

from bot import words
from bot.field_words import CONTACT_LABELS, LABELS, group_of, in_words
from bot.language import Spoken, phrase
from bot.render import MRKDWN, part
from bot.slack import entry_views
from bot.slack.blocks import SlackMessage, button, buttons, message, modal, note, section
from bot.slack.desk import Desk, about, author_of, errors_in, show_in
from bot.slack.entry_form import from_text
from bot.slack.inputs import NONE_GIVEN, TYPED, select_input, text_input, value_of
from catalogue import clock, editing, history, proposals, review
from catalogue.checks import tidy
from catalogue.errors import NotFound
from catalogue.fields import Unclear
from catalogue.model import Dataset, Person
from catalogue.proposals import Kind, Proposal, State
from catalogue.responsible import keepers
from intents.context import Context

KINDS: Mapping[Kind, str] = Spoken(
    {
        Kind.WRONG: "Something in it is wrong",
        Kind.OUT_OF_DATE: "It is out of date",
        Kind.BROKEN_LINK: "A link does not work",
        Kind.CONTACT: "The contact does not answer",
        Kind.OTHER: "Something else",
    }
)
NAMES = Spoken({**LABELS, **{f"contact_{name}": label for name, label in CONTACT_LABELS.items()}})


def say(block: str, **values: Any) -> str:
    return part(MRKDWN, "stewards/proposals.jinja", block, **values)


def register(app: App, desk: Desk) -> None:
    """Add the listeners."""
    proposing = Proposing(desk)
    app.action("entry.report")(proposing.on_report)
    app.action("entry.propose")(proposing.on_report)
    app.action("proposal.accept")(proposing.on_accept)
    app.action("proposal.edit")(proposing.on_edit)
    app.action("proposal.decline")(proposing.on_decline)
    app.action("proposal.bounced")(proposing.on_bounced)
    app.view("proposal.new")(proposing.on_new)
    app.view("proposal.declined")(proposing.on_declined)


class Proposing:
    """The listeners."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.db = desk.db

    def on_report(self, ack: Ack, action: dict[str, Any], body: dict[str, Any]) -> None:
        now = clock.now()
        with self.desk.refusing(body):
            person = self.desk.person(body, now)
            entry = editing.allowed(self.db, action["value"], person, "entry.propose", now=now)
            self.open(body, person, entry)
        ack()

    def open(self, body: Mapping[str, Any], person: Person, entry: Dataset) -> None:
        """Show the form of a proposal."""
        now = clock.now()
        may_edit = editing.may_edit(person, entry, now=now)
        self.desk.open(body, form(entry, self._keepers(entry, now), may_edit=may_edit))

    def _keepers(self, entry: Dataset, now: datetime) -> str:
        """Who will look at it, as a reader may know it: a role, never a name."""
        rung = keepers(self.db, entry.publisher, dataset_id=entry.id, now=now).rung
        holder = self.desk.holder(entry)
        known = {"steward": "The stewards of {holder}", "holder": "The data managers of {holder}"}
        return phrase(known.get(rung, "The administrators of the catalogue")).format(holder=holder)

    def on_new(self, ack: Ack, body: dict[str, Any], view: dict[str, Any]) -> None:
        now, told, state = clock.now(), about(body), view["state"]["values"]
        with self.desk.refusing(body, ack):
            person = self.desk.person(body, now)
            field, written, explained = (value_of(state, name) for name in ("field", "says", "words"))
            try:
                value = read_value(field, written, now) if field and written else None
            except Unclear as unclear:
                return errors_in(ack, {"says": str(unclear)}, view)
            if written and not field:
                return errors_in(ack, {"field": "Say which part of the entry should read so."}, view)
            if not explained and value is None:
                return errors_in(ack, {"words": "Say what is wrong, or what a part of it should say."}, view)
            proposal = proposals.propose(
                self.db,
                told["id"],
                kind=Kind(value_of(state, "kind") or Kind.OTHER),
                words=explained,
                field=field if value is not None else None,
                value=value,
                by=person,
                now=now,
            )
            entry = editing.entry(self.db, told["id"], person, now=now)
            text = say("sent", keepers=self._keepers(entry, now), proposal=proposal)
            return show_in(ack, modal("Thank you", [section(text)], callback_id="proposal.sent"))
        return None

    def on_accept(self, ack: Ack, action: dict[str, Any], body: dict[str, Any]) -> None:
        now = clock.now()
        with self.desk.refusing(body):
            person = self.desk.person(body, now)
            proposals.accept(self.db, int(action["value"]), by=person, now=now)
        ack()

    def on_bounced(self, ack: Ack, action: dict[str, Any], body: dict[str, Any]) -> None:
        """The contact that was reported does not work: the address counts as dead in every entry that names it."""
        now = clock.now()
        with self.desk.refusing(body):
            person = self.desk.person(body, now)
            with self.db.atomic():
                proposal = proposals.find(self.db, int(action["value"]))
                entry = editing.allowed(self.db, proposal.dataset_id, person, "entry.resolve", now=now)
                proposals.settle(self.db, proposal.number, by=person, note=say("bounced"), now=now)
                if entry.contact.email:
                    review.note_bounce(self.db, entry.contact.email, now=now)
        ack()

    def on_edit(self, ack: Ack, action: dict[str, Any], body: dict[str, Any]) -> None:
        """Open the group that it is about, prefilled with what was proposed; saving settles the proposal."""
        now = clock.now()
        with self.desk.refusing(body):
            person = self.desk.person(body, now)
            proposal = proposals.find(self.db, int(action["value"]))
            entry = editing.allowed(self.db, proposal.dataset_id, person, "entry.edit", now=now)
            origin = f"proposal:{proposal.number}"
            wanted = proposals.changes(entry, proposal)
            if wanted:
                (name,) = wanted
                group, shown = group_of(name), self.desk.shown(entry)
                view = entry_views.group_form(entry, shown, group, first=name, proposed=wanted, origin=origin)
            else:
                shown, holder = self.desk.shown(entry), self.desk.holder(entry)
                view = entry_views.overview(entry, shown, holder, origin=origin)
            self.desk.open(body, view)
        ack()

    def on_decline(self, ack: Ack, action: dict[str, Any], body: dict[str, Any]) -> None:
        now = clock.now()
        with self.desk.refusing(body):
            person = self.desk.person(body, now)
            proposal = proposals.find(self.db, int(action["value"]))
            entry = editing.allowed(self.db, proposal.dataset_id, person, "entry.resolve", now=now)
            self.desk.open(body, decline_form(entry, proposal))
        ack()

    def on_declined(self, ack: Ack, body: dict[str, Any], view: dict[str, Any]) -> None:
        now, told = clock.now(), about(body)
        with self.desk.refusing(body, ack):
            person = self.desk.person(body, now)
            note_ = value_of(view["state"]["values"], "note")
            proposals.decline(self.db, told["proposal"], by=person, note=note_, now=now)
            ack()


def read_value(field: str, written: str, now: datetime) -> Any:
    """What somebody wrote as the new value of a field, cleaned. Raises Unclear."""
    if not field.startswith("contact_"):
        return tidy(field, from_text(field, written), today=now.date())
    name = field.removeprefix("contact_")
    return tidy("contact", {name: written}, today=now.date())[name]


def form(entry: Dataset, keepers_: str, *, may_edit: bool) -> dict[str, Any]:
    """What is wrong, and what it should say."""
    kinds = {str(kind): text for kind, text in KINDS.items()}
    fields = {NONE_GIVEN: phrase("No part in particular"), **{name: NAMES[name] for name in proposals.FIELDS}}
    unsure = "Leave this empty if you do not know."
    no_names = "Do not write about people here."
    blocks: list[Block] = [
        section(say("lead", entry=entry, keepers=keepers_, may_edit=may_edit)),
        select_input("kind", "What is it?", kinds),
        select_input("field", "Which part of the entry?", fields),
        text_input("says", "What should that part say?", limit=TYPED, hint=unsure, multiline=True),
        text_input("words", "What is wrong?", limit=proposals.LONGEST, hint=no_names, multiline=True),
    ]
    about_ = {"id": entry.id}
    return modal("Report a problem", blocks, callback_id="proposal.new", submit="Send", close="Cancel", about=about_)


def decline_form(entry: Dataset, proposal: Proposal) -> dict[str, Any]:
    blocks: list[Block] = [
        section(say("decline_lead", entry=entry)),
        text_input("note", "Why?", limit=proposals.LONGEST, optional=False, multiline=True),
    ]
    about_ = {"proposal": proposal.number}
    return modal("Decline", blocks, callback_id="proposal.declined", submit="Decline", close="Cancel", about=about_)


# what people are told


def tell_made(context: Context, values: Mapping[str, Any], person: Person) -> SlackMessage | None:
    """The steward's card: what was reported, with buttons until it is decided."""
    proposal = proposals.find(context.db, values["proposal"])
    now = clock.now()
    try:
        entry = editing.entry(context.db, proposal.dataset_id, person, now=now)
    except NotFound:
        return message(say("gone"), [section(say("gone"))])
    wanted = proposals.changes(entry, proposal)
    field = NAMES[proposal.field] if proposal.field else None
    decided = proposal.state is not State.OPEN
    before = _said(history.as_of(context.db, entry.id, proposal.revision) if decided else entry, proposal)
    after = in_words(proposal.field, proposal.value) if proposal.field else None
    text = say(
        "card", proposal=proposal, entry=entry, kind=KINDS[proposal.kind], field=field, before=before, after=after
    )
    rung = keepers(context.db, entry.publisher, dataset_id=entry.id, now=now).rung
    small = say(
        "from", author=author_of(context, proposal.by, person, begins=False), made=_day(proposal.made_at), rung=rung
    )
    blocks: list[Block] = [section(text), note(small)]
    if proposal.state is State.OPEN:
        number = str(proposal.number)
        accept = button("Accept", action_id="proposal.accept", value=number, primary=True)
        edit = button("Edit", action_id="proposal.edit", value=number)
        decline = button("Decline", action_id="proposal.decline", value=number)
        bounced = button("It does not work", action_id="proposal.bounced", value=number)
        is_dead_end = proposal.kind is Kind.CONTACT and entry.contact.email and not wanted
        blocks.append(buttons(*([accept] if wanted else []), edit, *([bounced] if is_dead_end else []), decline))
        return message(f"{text}\n\n{small}", blocks)
    decision = _decision(context, proposal, person)
    return message(f"{text}\n\n{small}\n\n{decision}", [*blocks, section(decision)])


def _said(entry: Dataset, proposal: Proposal) -> str | None:
    """What the field that a proposal is about says, in words."""
    if not proposal.field:
        return None
    if proposal.field.startswith("contact_"):
        return getattr(entry.contact, proposal.field.removeprefix("contact_")) or phrase(words.NOT_PROVIDED)
    return in_words(proposal.field, getattr(entry, proposal.field))


def _decision(context: Context, proposal: Proposal, reader: Person) -> str:
    decider = author_of(context, proposal.decided_by or "", reader, begins=False)
    return say("decision", proposal=proposal, decider=decider, decided=_day(proposal.decided_at or clock.now()))


def tell_decided(context: Context, values: Mapping[str, Any], person: Person) -> SlackMessage | None:
    """The outcome, for who reported it."""
    proposal = proposals.find(context.db, values["proposal"])
    try:
        entry = editing.entry(context.db, proposal.dataset_id, person, now=clock.now())
    except NotFound:
        return None
    decider = author_of(context, proposal.decided_by or "", person)
    text = say("outcome", proposal=proposal, entry=entry, decider=decider)
    return message(text, [section(text)])


def _day(moment: datetime) -> str:
    return words.day(moment.date().isoformat()) or ""


TELLERS = {"proposal.made": tell_made, "proposal.decided": tell_decided}
