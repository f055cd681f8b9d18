"""Keeping entries true from Slack: edit, withdraw, publish again, take a change back, history.

An edit begins at a card's button, at a question ("update the school census entry") or with `/whoholds edit`. It opens
what the entry says by group (`entry_views.overview`); "Change" opens the form of a group (`entry_form.py`), and saving
goes through `catalogue/editing.py`. Adding, proposals, reviews and what nobody found have modules of their own.
"""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from slack_bolt import Ack, App

from bot.field_words import GROUPS
from bot.render import label as plain
from bot.slack import entry_views as views
from bot.slack.adding import Adding
from bot.slack.desk import Desk, about, author_of, errors_in, show_in
from bot.slack.entry_form import typed
from bot.slack.inputs import option, value_of
from bot.slack.proposing import Proposing
from catalogue import clock, datasets, drafts, editing, history, origins
from catalogue.checks import weighty
from catalogue.editing import Clashed
from catalogue.model import Dataset, Person
from catalogue.rights import audience_of
from intents.context import pick

Body = Mapping[str, Any]
CHANGE = re.compile(r"^entry\.change(\.\w+)?$")
EDIT = re.compile(r"\s*(?:edit\s+\S|add\b)", re.IGNORECASE)
ALIKE = 3
LOOKS_ALIKE = 0.85
OFFERED, TYPED = 20, 120


def register_command(app: App, desk: Desk) -> None:
    """Add what `/whoholds edit` and `add` do: before the listener that takes any question."""
    app.command("/whoholds", matchers=[_asks_to_edit])(Stewarding(desk).on_command)


def register(app: App, desk: Desk) -> None:
    """Add the listeners."""
    stewarding = Stewarding(desk)
    app.action("entry.edit")(stewarding.on_edit)
    app.action(CHANGE)(stewarding.on_change)
    app.action("entry.history")(stewarding.on_history)
    app.action("entry.undo")(stewarding.on_undo)
    app.action("entry.withdraw")(stewarding.on_withdraw)
    app.action("entry.restore")(stewarding.on_restore)
    app.view("entry.save")(stewarding.on_save)
    app.view("entry.confirm")(stewarding.on_confirm)
    app.view("entry.choose")(stewarding.on_choose)
    app.options("entry.successor")(stewarding.on_successor)
    app.view("entry.withdrawal")(stewarding.on_withdrawal)


class Stewarding:
    """The listeners."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.db = desk.db

    # editing

    def on_command(self, ack: Ack, command: dict[str, Any], body: dict[str, Any]) -> None:
        """`/whoholds edit X` opens X, `/whoholds add X` the form of a new entry; several that fit are offered."""
        now = clock.now()
        body = body | {"user": {"id": command["user_id"], "team_id": command.get("team_id")}}
        verb, _space, subject = command["text"].strip().partition(" ")
        with self.desk.refusing(body):
            person = self.desk.person(body, now)
            if verb.lower() == "add":
                Adding(self.desk).open(body, person, subject.strip())
            elif entry := self._meant(subject.strip(), person):
                self._open_edit(body, person, entry, None, now)
            else:
                hits = self.desk.context.search.find(subject, audience=audience_of(person), limit=5).hits
                ack(response_type="ephemeral", **views.which_one(subject, [hit.dataset for hit in hits]))
                return
        ack()

    def _meant(self, text: str, person: Person) -> Dataset | None:
        """The one entry that is meant by an id, a title or words that fit only it."""
        named = self.desk.named(text, person)
        if named or not text:
            return named
        picked = pick(self.desk.context.search.find(text, audience=audience_of(person)))
        return picked.one.dataset if picked.one else None

    def _open_edit(self, body: Body, person: Person, entry: Dataset, origin: str | None, now: datetime) -> None:
        """Open the entry to be edited; for somebody who may not, the form of a proposal."""
        if editing.may_edit(person, entry, now=now):
            self.desk.open(body, views.overview(entry, self.desk.shown(entry), self.desk.holder(entry), origin=origin))
        else:
            Proposing(self.desk).open(
                body, person, editing.allowed(self.db, entry.id, person, "entry.propose", now=now)
            )

    def on_edit(self, ack: Ack, action: dict[str, Any], body: dict[str, Any]) -> None:
        """Open the entry to be edited; for somebody who may not, the form of a proposal."""
        now = clock.now()
        with self.desk.refusing(body):
            person = self.desk.person(body, now)
            dataset_id, _space, origin = action["value"].partition(" ")
            entry = editing.entry(self.db, dataset_id, person, now=now)
            self._open_edit(body, person, entry, origin or None, now)
        ack()

    def on_change(self, ack: Ack, action: dict[str, Any], body: dict[str, Any]) -> None:
        """Open the form of one group. Its button's value: the group, perhaps with a field (`who:contact`), the id."""
        now = clock.now()
        with self.desk.refusing(body):
            person = self.desk.person(body, now)
            where, _space, dataset_id = action["value"].partition(" ")
            group, _colon, first = where.partition(":")
            entry = editing.allowed(self.db, dataset_id, person, "entry.edit", now=now)
            view = body.get("view") or {}
            over = view.get("id") if view.get("callback_id") == "entry.overview" else None
            origin = about(body).get("from")
            self.desk.open(
                body,
                views.group_form(
                    entry, self.desk.shown(entry), GROUPS[group], over=over, first=first or None, origin=origin
                ),
            )
        ack()

    def on_save(self, ack: Ack, body: dict[str, Any], view: dict[str, Any]) -> None:
        """A group was filled in: check it, ask about what is weighty, else save and show what changed."""
        now, told = clock.now(), about(body)
        with self.desk.refusing(body, ack):
            person = self.desk.person(body, now)
            entry = editing.allowed(self.db, told["id"], person, "entry.edit", now=now)
            base = history.as_of(self.db, entry.id, told["revision"])
            fields = GROUPS[told["group"]].fields
            form = typed(view["state"]["values"], self.desk.shown(base), fields, today=now.date())
            self.desk.resolve(form.changes, form.errors)
            if form.errors:
                return errors_in(ack, form.errors, view)
            serious = weighty(entry, form.changes)
            if serious:
                draft = drafts.keep(
                    self.db, entry.id, form.changes, revision=told["revision"], person=person.id, now=now
                )
                return show_in(ack, views.confirm(entry, form.changes, serious, draft=draft.id, about=told))
            return self._save(ack, person, entry, form.changes, told, now)
        return None

    def on_confirm(self, ack: Ack, body: dict[str, Any]) -> None:
        """They mean it."""
        now, told = clock.now(), about(body)
        with self.desk.refusing(body, ack):
            person = self.desk.person(body, now)
            draft = drafts.find(self.db, told["draft"], person=person.id)
            entry = editing.allowed(self.db, draft.dataset_id, person, "entry.edit", now=now)
            self._save(ack, person, entry, draft.changes, told | {"revision": draft.revision}, now)

    def on_choose(self, ack: Ack, body: dict[str, Any], view: dict[str, Any]) -> None:
        """They chose between two versions of some fields. What changed once more since is asked again."""
        now, told = clock.now(), about(body)
        with self.desk.refusing(body, ack):
            person = self.desk.person(body, now)
            draft = drafts.find(self.db, told["draft"], person=person.id)
            entry = editing.allowed(self.db, draft.dataset_id, person, "entry.edit", now=now)
            state = view["state"]["values"]
            asked = {name.removeprefix(views.VERSION) for name in state}
            mine = {name for name in asked if value_of(state, f"{views.VERSION}{name}") == "mine"}
            changes = {name: value for name, value in draft.changes.items() if name not in asked - mine}
            told = told | {"revision": told["seen"] if entry.revision != told["seen"] else entry.revision}
            self._save(ack, person, entry, changes, told, now)

    def _save(
        self, ack: Ack, person: Person, entry: Dataset, changes: Mapping[str, Any], told: dict[str, Any], now: datetime
    ) -> None:
        try:
            with self.db.atomic():
                after = editing.edit(
                    self.db,
                    entry.id,
                    changes,
                    revision=told["revision"],
                    by=person,
                    now=now,
                    draft=told.get("draft"),
                )
                if told.get("from"):
                    origins.settle(self.db, told["from"], after, by=person, now=now)
        except Clashed as clashed:
            draft = drafts.keep(self.db, entry.id, changes, revision=told["revision"], person=person.id, now=now)
            return show_in(
                ack, views.clash(clashed, author_of(self.desk.context, clashed.by, person), draft=draft.id, about=told)
            )
        did = next((line for line in datasets.history(self.db, entry.id) if line.revision == after.revision), None)
        changed = did.changes if did and after.revision != entry.revision else {}
        if told.get("over"):
            overview = views.overview(after, self.desk.shown(after), self.desk.holder(after), origin=told.get("from"))
            self.desk.renew_beneath(told["over"], overview)
        return show_in(ack, views.saved(after, changed, undo=after.revision))

    # history

    def on_history(self, ack: Ack, action: dict[str, Any], body: dict[str, Any]) -> None:
        now = clock.now()
        with self.desk.refusing(body):
            person = self.desk.person(body, now)
            entry = editing.entry(self.db, action["value"], person, now=now)
            self.desk.open(body, self._history(entry, person, now))
        ack()

    def _history(self, entry: Dataset, person: Person, now: datetime) -> dict[str, Any]:
        is_editor = editing.may_edit(person, entry, now=now)
        lines = history.shown_to(self.db, entry, audience=audience_of(person), is_editor=is_editor)
        authors = {line.by: author_of(self.desk.context, line.by, person) for line in lines}
        return views.history(entry, lines, authors, may_undo=is_editor)

    def on_undo(self, ack: Ack, action: dict[str, Any], body: dict[str, Any]) -> None:
        """Take one change back. The button's value: the revision, a space, the id."""
        now = clock.now()
        with self.desk.refusing(body):
            person = self.desk.person(body, now)
            revision, _space, dataset_id = action["value"].partition(" ")
            entry = editing.undo(self.db, dataset_id, int(revision), by=person, now=now)
            self._renew(body, views.done(entry, "undone"), entry, person, now)
        ack()

    def _renew(self, body: Body, view: dict[str, Any], entry: Dataset, person: Person, now: datetime) -> None:
        """Show the outcome in the modal that was clicked in, and have the overview beneath it say what holds now."""
        present = body.get("view")
        if not present:
            return self.desk.open(body, view, is_done=True)
        self.desk.renew(body, present["id"], view, is_done=True)
        if present.get("root_view_id") != present["id"] and editing.may_edit(person, entry, now=now):
            overview = views.overview(entry, self.desk.shown(entry), self.desk.holder(entry))
            self.desk.renew_beneath(present["root_view_id"], overview)
        return None

    # withdrawing and publishing again

    def on_withdraw(self, ack: Ack, action: dict[str, Any], body: dict[str, Any]) -> None:
        now = clock.now()
        with self.desk.refusing(body):
            person = self.desk.person(body, now)
            entry = editing.allowed(self.db, action["value"], person, "entry.withdraw", now=now)
            self.desk.open(body, views.withdraw(entry))
        ack()

    def on_successor(self, ack: Ack, body: dict[str, Any]) -> None:
        """Entries whose names begin so, for the form of a withdrawal; never the one that is withdrawn."""
        person = self.desk.person_or_none(body, clock.now())
        begun, own = plain(body.get("value") or "")[:TYPED], about(body).get("id")
        found = self.desk.context.search.suggest(begun, audience=audience_of(person), limit=OFFERED)
        entries = [each for each in found if each.kind == "entry" and each.value != own and len(each.value) <= 150]
        ack(options=[option(each.value, plain(each.label)).to_dict() for each in entries])

    def on_withdrawal(self, ack: Ack, body: dict[str, Any], view: dict[str, Any]) -> None:
        now, told, state = clock.now(), about(body), view["state"]["values"]
        with self.desk.refusing(body, ack):
            person = self.desk.person(body, now)
            new = value_of(state, "successor") or None
            successor = editing.entry(self.db, new, person, now=now) if new else None
            if new == told["id"]:
                return errors_in(ack, {"successor": "An entry cannot take its own place. Choose another."}, view)
            entry = editing.withdraw(self.db, told["id"], successor=new, by=person, why=value_of(state, "why"), now=now)
            return show_in(ack, views.done(entry, "withdrawn", successor=successor.title if successor else None))
        return None

    def on_restore(self, ack: Ack, action: dict[str, Any], body: dict[str, Any]) -> None:
        now = clock.now()
        with self.desk.refusing(body):
            person = self.desk.person(body, now)
            entry = editing.restore(self.db, action["value"], by=person, now=now)
            self._renew(body, views.done(entry, "restored"), entry, person, now)
        ack()


def _asks_to_edit(command: dict[str, Any]) -> bool:
    return bool(EDIT.match(str(command.get("text") or "")))
