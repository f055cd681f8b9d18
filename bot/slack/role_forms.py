"""Giving and taking roles in Slack, and naming a deputy: buttons of the Home.

Who may is asked of the record when the button is pressed and again when the form is sent (`catalogue/roles.py`).
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time
from typing import Any

from slack_bolt import Ack, App
from slack_sdk.models.blocks import (
    Block,
    DatePickerElement,
    ExternalDataSelectElement,
    PlainTextInputElement,
    StaticSelectElement,
    UserSelectElement,
)

from bot import words
from bot.language import phrase
from bot.render import MRKDWN, part
from bot.slack import people as slack_people
from bot.slack.blocks import modal, section
from bot.slack.desk import Desk, about, errors_in, show_in
from bot.slack.inputs import field, option
from bot.slack.roles import name_of, scope_in_words
from catalogue import clock, outbox, people, rights, roles
from catalogue.errors import InvalidRole, NotAllowed
from catalogue.model import Grant, Person, Role
from catalogue.rights import Action, Thing, audience_of

State = Mapping[str, Any]
FILL = "value"
OFFERED = 100


def register(app: App, desk: Desk) -> None:
    """Add the listeners."""
    forms = RoleForms(desk)
    for key, opens, does in (
        ("role.grant", forms.on_grant, forms.on_granted),
        ("role.revoke", forms.on_revoke, forms.on_revoked),
        ("role.name_deputy", forms.on_deputy, forms.on_deputy_named),
        ("role.end_deputy", forms.on_end_deputy, forms.on_deputy_ended),
    ):
        app.action(key)(opens)
        app.view(key)(does)
    app.options("role.scope")(forms.on_scope)
    app.options("role.held")(forms.on_held)


class RoleForms:
    """The listeners."""

    def __init__(self, desk: Desk) -> None:
        self.desk, self.db = desk, desk.db

    # an administrator gives a role

    def on_grant(self, ack: Ack, body: dict[str, Any]) -> None:
        now = clock.now()
        with self.desk.refusing(body):
            rights.require(self.desk.person(body, now), Action.GRANT_ROLE, about="people", now=now)
            self.desk.open(body, _form("role.grant", "Give a role", "Give", _grant_inputs()))
        ack()

    def on_granted(self, ack: Ack, body: dict[str, Any], view: dict[str, Any]) -> None:
        now, state = clock.now(), view["state"]["values"]
        with self.desk.refusing(body, ack):
            by = self.desk.person(body, now)
            rights.require(by, Action.GRANT_ROLE, about="people", now=now)
            what = Grant(
                Role(value_in(state, "role") or Role.STEWARD),
                value_in(state, "scope"),
                since=_start(value_in(state, "since")),
                until=_end(value_in(state, "until")),
            )
            if what.role in (Role.STEWARD, Role.MANAGER) and not what.scope:
                return errors_in(ack, {"scope": "Say for which organisation or dataset."}, view)
            if what.role in (Role.ADMIN, Role.AUDITOR):
                what = Grant(what.role, since=what.since, until=what.until)
            return self._give(ack, view, what, by, now)
        return None

    def _give(self, ack: Ack, view: dict[str, Any], what: Grant, by: Person, now: datetime) -> None:
        state = view["state"]["values"]
        try:
            person = self._person(state, now)
            given = roles.grant(self.db, person, what, by=by, reason=value_in(state, "reason") or "", now=now)
        except InvalidRole as wrong:
            return errors_in(ack, wrong.faults, view)
        outbox.refresh_home(self.db, by.id, now=now)
        said = self._say("given" if given else "has_it", person, what)
        return show_in(ack, done("Given" if given else "Nothing to do", said))

    def _person(self, state: State, now: datetime) -> Person:
        """The colleague chosen in a form. Raises InvalidRole for a bot, a stranger, or when Slack cannot say."""
        user = value_in(state, "person") or ""
        found = slack_people.person_of(self.db, self.desk.slack, user, team_id=self.desk.team_id, now=now)
        if found is None:
            raise InvalidRole({"person": "Choose somebody of this workspace."})
        return found

    def _say(self, block: str, person: Person, what: Grant) -> str:
        return part(
            MRKDWN,
            "slack/roles.jinja",
            block,
            who=name_of(self.desk.context, person.id),
            role=phrase(words.ROLES[what.role]),
            scope=scope_in_words(self.desk.context, what.scope),
            until=what.until and words.day(clock.london(what.until).date().isoformat()),
        )

    def on_scope(self, ack: Ack, payload: dict[str, Any], body: dict[str, Any]) -> None:
        """Organisations and entries in whose names what was typed occurs."""
        now, typed = clock.now(), str(payload.get("value") or "").strip()
        if not self._may(Action.GRANT_ROLE, body, now):
            ack(options=[])
            return
        person = self.desk.person(body, now)
        vocabulary = self.desk.context.search.vocabulary()
        fitting = [
            (body_.slug, body_.name)
            for body_ in vocabulary.organisations.values()
            if not body_.is_closed and typed.casefold() in f"{body_.name} {body_.acronym or ''} {body_.slug}".casefold()
        ]
        exact = vocabulary.resolve(typed)
        fitting.sort(key=lambda pair: (pair[0] != exact, pair[1]))
        hits = self.desk.context.search.find(typed, audience=audience_of(person), limit=20).hits if typed else ()
        found = fitting[: OFFERED - len(hits)] + [(hit.dataset.id, hit.dataset.title) for hit in hits]
        ack(options=[option(value, name).to_dict() for value, name in found if len(value) <= 150])

    # an administrator takes a role away

    def on_revoke(self, ack: Ack, body: dict[str, Any]) -> None:
        now = clock.now()
        with self.desk.refusing(body):
            rights.require(self.desk.person(body, now), Action.REVOKE_ROLE, about="people", now=now)
            held = ExternalDataSelectElement(
                action_id="role.held", min_query_length=0, placeholder=phrase("Type a name")
            )
            self.desk.open(
                body, _form("role.revoke", "Take a role away", "Take away", [field("held", "Whose role", held)])
            )
        ack()

    def on_held(self, ack: Ack, payload: dict[str, Any], body: dict[str, Any]) -> None:
        """Roles that are held, of people in whose names what was typed occurs."""
        now, typed = clock.now(), str(payload.get("value") or "").casefold()
        found = []
        for person in people.everyone(self.db) if self._may(Action.REVOKE_ROLE, body, now) else ():
            if typed in f"{person.id} {person.name or ''} {person.email or ''}".casefold():
                found += [
                    (f"{person.id}|{grant}|{grant.deputy_for or ''}", self._held(person, grant))
                    for grant in person.grants
                ]
        ack(options=[option(value, text).to_dict() for value, text in found[:OFFERED] if len(value) <= 150])

    def _may(self, action: Action, body: dict[str, Any], now: datetime) -> bool:
        return rights.may(self.desk.person(body, now), action, now=now)

    def _held(self, person: Person, grant: Grant) -> str:
        scope = scope_in_words(self.desk.context, grant.scope)
        return f"{person.name or person.id}: {phrase(words.ROLES[grant.role])}{f', {scope}' if scope else ''}"

    def on_revoked(self, ack: Ack, body: dict[str, Any], view: dict[str, Any]) -> None:
        now, state = clock.now(), view["state"]["values"]
        with self.desk.refusing(body, ack):
            by = self.desk.person(body, now)
            rights.require(by, Action.REVOKE_ROLE, about="people", now=now)
            who, held, deputy_for = ((value_in(state, "held") or "") + "||").split("|")[:3]
            (what,) = people.parse_grants(held)
            person = people.find(self.db, who)
            what = Grant(what.role, what.scope, deputy_for=deputy_for or None)
            try:
                taken = roles.revoke(self.db, person, what, by=by, reason=value_in(state, "reason") or "", now=now)
            except InvalidRole as wrong:
                return errors_in(ack, wrong.faults, view)
            outbox.refresh_home(self.db, by.id, now=now)
            return show_in(ack, done("Taken away", self._say("taken" if taken else "had_it_not", person, what)))
        return None

    # a manager names a deputy

    def on_deputy(self, ack: Ack, body: dict[str, Any]) -> None:
        now = clock.now()
        with self.desk.refusing(body):
            own = self._own(self.desk.person(body, now), now)
            self.desk.open(body, _form("role.name_deputy", "Name a deputy", "Name", _deputy_inputs(own)))
        ack()

    def _own(self, person: Person, now: datetime) -> list[tuple[str, str]]:
        """What this person manages themselves. Raises NotAllowed when that is nothing."""
        held = [each for each in person.grants if each.role is Role.MANAGER and not each.deputy_for and each.holds(now)]
        thing = Thing(organisation=held[0].scope) if held else Thing()
        rights.require(person, Action.NAME_DEPUTY, thing, about="people", now=now)
        if not held:
            sentence = "You manage no data yourself, so nobody can stand in for you."
            raise NotAllowed(sentence, action=str(Action.NAME_DEPUTY), about="people")
        return [(each.scope or "", scope_in_words(self.desk.context, each.scope) or "") for each in held]

    def on_deputy_named(self, ack: Ack, body: dict[str, Any], view: dict[str, Any]) -> None:
        now, state = clock.now(), view["state"]["values"]
        with self.desk.refusing(body, ack):
            by = self.desk.person(body, now)
            self._own(by, now)
            what = Grant(
                Role.MANAGER,
                value_in(state, "scope"),
                since=_start(value_in(state, "since")),
                until=_end(value_in(state, "until")),
                deputy_for=by.id,
            )
            return self._give(ack, view, what, by, now)
        return None

    def on_end_deputy(self, ack: Ack, action: dict[str, Any], body: dict[str, Any]) -> None:
        """End a deputy's time early. The button's value: the deputy's id, a bar, what it is for."""
        now = clock.now()
        with self.desk.refusing(body):
            by = self.desk.person(body, now)
            self._own(by, now)
            deputy, _bar, scope = str(action["value"]).partition("|")
            told = {"deputy": deputy, "scope": scope}
            who = name_of(self.desk.context, deputy)
            self.desk.open(body, _form("role.end_deputy", "End it early", "End it", [], about=told, who=who))
        ack()

    def on_deputy_ended(self, ack: Ack, body: dict[str, Any], view: dict[str, Any]) -> None:
        now, state, told = clock.now(), view["state"]["values"], about(body)
        with self.desk.refusing(body, ack):
            by = self.desk.person(body, now)
            deputy = people.find(self.db, str(told["deputy"]))
            what = Grant(Role.MANAGER, str(told["scope"]), deputy_for=by.id)
            taken = roles.revoke(self.db, deputy, what, by=by, reason=value_in(state, "reason") or "", now=now)
            outbox.refresh_home(self.db, by.id, now=now)
            return show_in(ack, done("Ended", self._say("taken" if taken else "had_it_not", deputy, what)))
        return None


def _form(
    key: str, title: str, submit: str, inputs: Sequence[Block], *, about: Mapping[str, Any] | None = None, **said: str
) -> dict[str, Any]:
    blocks = [section(part(MRKDWN, "slack/roles.jinja", key.replace(".", "_"), **said)), *inputs]
    reason = PlainTextInputElement(action_id=FILL, multiline=True, max_length=roles.LONGEST_REASON)
    blocks.append(field("reason", "Why", reason, hint="The person reads this."))
    return modal(title, blocks, callback_id=key, submit=submit, close="Cancel", about=about)


def done(title: str, text: str) -> dict[str, Any]:
    """What was done, in the place of the form."""
    return modal(title, [section(text)], callback_id="role.done")


def _grant_inputs() -> list[Block]:
    kinds = [option(role, phrase(words.ROLES[role]).capitalize()) for role in Role]
    scope = ExternalDataSelectElement(action_id="role.scope", min_query_length=2, placeholder=phrase("Type a name"))
    return [
        field("person", "Who", UserSelectElement(action_id=FILL)),
        field("role", "Which role", StaticSelectElement(action_id=FILL, options=kinds)),
        field(
            "scope", "For which organisation or dataset", scope, hint="Only for stewards and managers.", optional=True
        ),
        *_dates(last_day_optional=True),
    ]


def _dates(*, last_day_optional: bool) -> list[Block]:
    return [
        field("since", "From", DatePickerElement(action_id=FILL), optional=True),
        field("until", "The last day", DatePickerElement(action_id=FILL), optional=last_day_optional),
    ]


def _deputy_inputs(own: Sequence[tuple[str, str]]) -> list[Block]:
    options = [option(scope, name) for scope, name in own[:OFFERED]]
    which = StaticSelectElement(action_id=FILL, options=options, initial_option=options[0])
    return [
        field("scope", "For what", which),
        field("person", "Who stands in for you", UserSelectElement(action_id=FILL)),
        *_dates(last_day_optional=False),
    ]


def value_in(state: State, name: str) -> str | None:
    """What one input holds; None for nothing."""
    held = next(iter((state.get(name) or {}).values()), None) or {}
    for key in ("selected_user", "selected_date", "selected_time", "value"):
        if held.get(key):
            return str(held[key]).strip()
    return (held.get("selected_option") or {}).get("value")


def _start(day: str | None) -> datetime | None:
    return datetime.combine(date.fromisoformat(day), time(), UTC) if day else None


def _end(day: str | None) -> datetime | None:
    """The end of a last day."""
    return datetime.combine(date.fromisoformat(day), time(23, 59, 59), UTC) if day else None
