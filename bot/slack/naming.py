"""What people call an entry, its organisation, or a thing: a steward adds a name, sees those added, removes one."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from slack_bolt import Ack, App
from slack_sdk.models.blocks import Block

from bot.language import Spoken
from bot.render import MRKDWN, part
from bot.slack.blocks import button, divider, modal, section
from bot.slack.desk import Desk, about, author_of, errors_in, show_in
from bot.slack.inputs import select_input, text_input, value_of
from catalogue import audit, clock, editing, people, terms
from catalogue.model import PUBLIC, Dataset, Person
from catalogue.terms import Kind, Term

OTHER_NAME, ENTRY_ACRONYM = "other_name", "entry_acronym"
KINDS: Mapping[str, str] = Spoken(
    {
        OTHER_NAME: "Another name for this entry",
        ENTRY_ACRONYM: "An acronym of this entry",
        Kind.FORMER_NAME: "A former name of the organisation that holds it",
        Kind.SYNONYM: "A word people use for something entries call otherwise",
    }
)
SHOWN = 15


def say(block: str, **values: Any) -> str:
    return part(MRKDWN, "stewards/naming.jinja", block, **values)


def register(app: App, desk: Desk) -> None:
    """Add the listeners."""
    naming = Naming(desk)
    app.action("term.add")(naming.on_add)
    app.action("term.remove")(naming.on_remove)
    app.view("term.new")(naming.on_new)


class Naming:
    """The listeners."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.db = desk.db

    def on_add(self, ack: Ack, action: dict[str, Any], body: dict[str, Any]) -> None:
        """The button's value: the entry's id, or a list of it and the name that was said."""
        now = clock.now()
        with self.desk.refusing(body):
            person, value = self.desk.person(body, now), action["value"]
            dataset_id, name = json.loads(value) if value.startswith("[") else (value, None)
            entry = editing.allowed(self.db, dataset_id, person, "entry.edit", now=now)
            self.desk.open(body, self._form(entry, person, name))
        ack()

    def _form(self, entry: Dataset, person: Person, name: str | None) -> dict[str, Any]:
        blocks: list[Block] = [
            section(say("lead", entry=entry)),
            text_input("name", "What people call it", limit=120, optional=False, initial=name),
            select_input("kind", "What kind of name is it?", KINDS),
            text_input("meaning", "What entries call it, or what the acronym stands for", limit=120),
        ]
        colleagues = frozenset(each.id for each in people.everyone(self.db) if each.organisation == person.organisation)
        added = terms.added(self.db, entry.publisher or "", colleagues)[:SHOWN]
        if added:
            blocks.append(divider())
        for term in added:
            author = author_of(self.desk.context, term.origin, person, begins=False)
            value = json.dumps([entry.id, str(term.kind), term.name, term.meaning])
            remove = button("Remove", action_id="term.remove", value=value, about=term.name)
            text = say("term", term=term, holder=self.desk.holder(entry), author=author)
            blocks.append(section(text, accessory=remove))
        about_ = {"id": entry.id}
        return modal("Names people use", blocks, callback_id="term.new", submit="Add", close="Cancel", about=about_)

    def on_new(self, ack: Ack, body: dict[str, Any], view: dict[str, Any]) -> None:
        now, told, state = clock.now(), about(body), view["state"]["values"]
        with self.desk.refusing(body, ack):
            person = self.desk.person(body, now)
            name, kind = value_of(state, "name"), value_of(state, "kind") or OTHER_NAME
            try:
                with self.db.atomic():
                    entry = editing.allowed(self.db, told["id"], person, "entry.edit", now=now)
                    meaning = value_of(state, "meaning") or entry.title
                    is_new = self._add(entry, kind, name, meaning, person, now)
                    detail = {"kind": kind, "name": name}
                    audit.record(self.db, by=person, action="entry.edit", about=entry.id, detail=detail, now=now)
            except ValueError as error:
                return errors_in(ack, {"name": str(error)}, view)
            text = say("saved" if is_new else "known", called=name)
            return show_in(ack, modal("Names people use", [section(text)], callback_id="term.done"))
        return None

    def _add(self, entry: Dataset, kind: str, name: str, meaning: str, person: Person, now: datetime) -> bool:
        """Add one name, inside the caller's transaction. False when it is known already."""
        is_everybodys = PUBLIC.may_know(entry)  # what a name stands for is told to everybody
        if kind == Kind.SYNONYM and is_everybodys:
            return terms.add_synonym(self.db, name, meaning, by=person.id, entry=entry.id)
        if kind == Kind.FORMER_NAME:
            if not entry.publisher:
                raise ValueError("This entry names no organisation.")
            return terms.add_former_name(self.db, entry.publisher, name, by=person.id, now=now)
        if kind == ENTRY_ACRONYM and is_everybodys:
            terms.add_acronym(self.db, name, meaning, holder=entry.publisher, by=person.id, entry=entry.id)
        field = "acronyms" if kind == ENTRY_ACRONYM else "alternative_titles"
        held = getattr(entry, field)
        after = editing.edit(self.db, entry.id, {field: [*held, name]}, revision=entry.revision, by=person, now=now)
        return after.revision != entry.revision

    def on_remove(self, ack: Ack, action: dict[str, Any], body: dict[str, Any]) -> None:
        """Its button's value: the entry it was shown at, and the term. What was added for others is not removed."""
        now = clock.now()
        with self.desk.refusing(body):
            person = self.desk.person(body, now)
            dataset_id, kind, name, meaning = json.loads(action["value"])
            with self.db.atomic():
                entry = editing.allowed(self.db, dataset_id, person, "entry.edit", now=now)
                colleagues = frozenset(
                    each.id for each in people.everyone(self.db) if each.organisation == person.organisation
                )
                theirs = terms.added(self.db, entry.publisher or "", colleagues)
                for term in theirs:
                    if (term.kind, term.name, term.meaning) == (kind, name, meaning):
                        self._remove(term, entry, person, now)
            self.desk.renew(
                body,
                body["view"]["id"],
                modal("Names people use", [section(say("removed", called=name))], callback_id="term.done"),
                is_done=True,
            )
        ack()

    def _remove(self, term: Term, entry: Dataset, person: Person, now: datetime) -> None:
        terms.remove(self.db, term)
        detail = {"kind": str(term.kind), "name": term.name, "removed": True}
        audit.record(self.db, by=person, action="entry.edit", about=entry.id, detail=detail, now=now)
