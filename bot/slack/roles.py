"""Roles: what a person is told when one is given to them or taken away."""

from collections.abc import Mapping
from typing import Any

from bot import words
from bot.language import phrase
from bot.render import MRKDWN, part
from bot.slack.blocks import SlackMessage, message, section
from catalogue import people
from catalogue.errors import NotFound
from catalogue.model import Person
from intents.context import Context


def _teller(happening: str) -> Any:
    def tell(context: Context, values: Mapping[str, Any], _person: Person) -> SlackMessage:
        text = part(
            MRKDWN,
            "slack/roles.jinja",
            happening,
            role=phrase(words.ROLES[values["role"]]),
            scope=scope_in_words(context, values["scope"]),
            deputy_for=name_of(context, values["deputy_for"]) if values["deputy_for"] else None,
            since=values["since"] and words.day(values["since"][:10]),
            until=values["until"] and words.day(values["until"][:10]),
            by=name_of(context, values["by"]),
            reason=values["reason"],
        )
        return message(text, [section(text)])

    return tell


TELLERS = {"role.granted": _teller("granted"), "role.revoked": _teller("revoked")}


def name_of(context: Context, person_id: str) -> str:
    """What a colleague is called in a message: their name, or what acted when it was nobody."""
    try:
        person = people.find(context.db, person_id)
    except NotFound:
        return phrase("the team that runs whoholds")
    return person.name or person.id


def scope_in_words(context: Context, scope: str | None) -> str | None:
    """What a role is held for: an entry's title, an organisation's name."""
    if not scope:
        return None
    rows = context.db.query("SELECT title FROM datasets WHERE id = :scope", {"scope": scope})
    body = context.search.vocabulary().organisations.get(scope)
    return str(rows[0]["title"]) if rows else body.name if body else scope
