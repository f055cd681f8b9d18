"""A new entry from Slack: the few fields it needs, after a look at what is there already."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from slack_bolt import Ack, App

from bot.slack import entry_views as views
from bot.slack.desk import Desk, about, errors_in, show_in
from bot.slack.entry_form import typed
from catalogue import clock, editing, origins, rights
from catalogue.errors import Conflict, NotAllowed
from catalogue.model import Person, Role
from catalogue.rights import Thing, audience_of
from catalogue.rows import clean

Body = Mapping[str, Any]
ALIKE = 3
LOOKS_ALIKE = 0.85


def register(app: App, desk: Desk) -> None:
    """Add the listeners."""
    adding = Adding(desk)
    app.action("entry.add")(adding.on_add)
    app.view("entry.new")(adding.on_new)


class Adding:
    """The listeners."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.db = desk.db

    def on_add(self, ack: Ack, action: dict[str, Any], body: dict[str, Any]) -> None:
        """Open the form of a new entry."""
        now = clock.now()
        with self.desk.refusing(body):
            person = self.desk.person(body, now)
            self.open(body, person, "")
        ack()

    def open(self, body: Body, person: Person, title: str) -> None:
        """Show the form of a new entry, for the organisation that they look after."""
        mine, now = _organisations(person), clock.now()
        if not any(rights.may(person, "entry.add", Thing(organisation=each), now=now) for each in (*mine, None)):
            sentence = "Stewards add entries for their own organisation. Ask one of them to add this."
            raise NotAllowed(sentence, action="entry.add", about="entries")
        name = self.desk.context.search.vocabulary().name(mine[0]) if mine else None
        self.desk.open(body, views.add(name, title=title))

    def on_new(self, ack: Ack, body: dict[str, Any], view: dict[str, Any]) -> None:
        now, told = clock.now(), about(body)
        with self.desk.refusing(body, ack):
            person = self.desk.person(body, now)
            form = typed(view["state"]["values"], {}, views.FIRST_FIELDS, today=now.date())
            if not form.changes.get("publisher"):
                form.errors.setdefault("publisher", "Say which organisation holds it.")
            self.desk.resolve(form.changes, form.errors)
            if form.errors:
                return errors_in(ack, form.errors, view)
            values = {name: value for name, value in form.changes.items() if value is not None}
            near = [] if told.get("near") else self._alike(values, person)
            if near:
                again = views.add(None, subject=told.get("subject"), near=near)
                return show_in(ack, again | {"blocks": [*again["blocks"][:2], *view["blocks"][1:]]})
            return self._add(ack, person, values, told, view, now)
        return None

    def _add(
        self, ack: Ack, person: Person, values: dict[str, Any], told: Body, view: dict[str, Any], now: datetime
    ) -> None:
        body = self.desk.context.search.vocabulary().organisations.get(values["publisher"])
        acronym = {"publisher_acronym": body.acronym} if body and body.acronym else {}
        document = clean(
            values | acronym | {"last_verified": now.date().isoformat()}, line=0, resolve=lambda name: name
        )
        try:
            with self.db.atomic():
                entry = editing.add(self.db, document.document or values, by=person, now=now)
                if told.get("subject"):
                    origins.settle(self.db, f"demand:{told['subject']}", entry, by=person, now=now)
        except Conflict:
            taken = "There is an entry with this title and holder already. Edit that one, or give this another title."
            return errors_in(ack, {"title": taken}, view)
        return show_in(ack, views.done(entry, "added"))

    def _alike(self, values: Mapping[str, Any], person: Person) -> list[dict[str, str]]:
        found = self.desk.context.search.find(values["title"], audience=audience_of(person), limit=ALIKE)
        return [
            {"title": hit.dataset.title, "holder": self.desk.holder(hit.dataset)}
            for hit in found.hits
            if hit.coverage >= LOOKS_ALIKE
        ]


def _organisations(person: Person) -> list[str]:
    """The organisations whose entries they look after."""
    return [
        grant.scope for grant in person.grants if grant.role is Role.STEWARD and grant.scope and "/" not in grant.scope
    ]
