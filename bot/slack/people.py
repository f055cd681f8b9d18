"""Who is asking, and who will read the answer.

What Slack says of a user (guest, deactivated) is asked for by the worker, kept for a day, and never taken from a
display name. Where it cannot be known, the answer holds only what everyone may know.
"""

import logging
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from bot.slack.api import SlackApi, SlackError
from catalogue import groups, people
from catalogue.errors import NotFound
from catalogue.model import GOVERNMENT, PUBLIC, Audience, Language, Person
from catalogue.store import Database

log = logging.getLogger(__name__)

KEPT = timedelta(days=1)


def person_of(db: Database, slack: SlackApi, user_id: str, *, team_id: str, now: datetime) -> Person | None:
    """The person behind a Slack user of our workspace; None for a stranger, a bot, or when Slack cannot say."""
    try:
        known: Person | None = people.find(db, user_id)
        checked = people.checked_at(db, user_id)
    except NotFound:
        known, checked = None, None
    if known and checked and now - checked < KEPT:
        return known
    try:
        user = slack.call("users.info", user=user_id, include_locale=True).get("user")
    except SlackError:
        return None
    if not isinstance(user, dict):
        return None
    if user.get("is_bot") or user.get("is_stranger") or user.get("team_id", team_id) != team_id:
        return None
    person = replace(
        known or Person(id=user_id, slack_id=user_id),
        is_guest=bool(user.get("is_restricted") or user.get("is_ultra_restricted")),
        is_active=not user.get("deleted"),
        language=Language.WELSH if str(user.get("locale")).startswith("cy") else Language.ENGLISH,
    )
    people.save(db, person, origin="slack", now=now)
    person = replace(person, language=people.language_of(db, user_id))  # what they chose counts before
    return _with_organisation(db, person, user)


def _with_organisation(db: Database, person: Person, user: dict[str, Any]) -> Person:
    """The person with the organisation whose e-mail domain they have, unless the record knows better.

    Slack tells the address only where the app was given the right `users:read.email`, and only a confirmed one counts.
    """
    email = (user.get("profile") or {}).get("email")
    if not email or not user.get("is_email_confirmed") or not groups.may_set_organisation(db, person):
        return person
    organisation = groups.organisation_of_address(db, str(email))
    groups.set_organisation(db, person, organisation)
    return replace(person, organisation=organisation)


def follow_groups(db: Database, slack: SlackApi, *, team_id: str, now: datetime) -> None:
    """Ask Slack who is in each user group that stands for a role, and make the roles so. What Slack cannot say now
    stays as it is; a role that was not confirmed for an hour serves for reading only."""
    for group, what in groups.linked(db):
        try:
            ids = slack.call("usergroups.users.list", usergroup=group)["users"]
        except SlackError as error:
            log.warning("The user group %s cannot be read: %s", group, error.code)
            continue
        members = [person_of(db, slack, user, team_id=team_id, now=now) for user in ids]
        groups.follow(db, group, what, members=[each for each in members if each], now=now)


def audience(
    person: Person | None, *, is_direct: bool, is_shared_outside: bool, channels_are_for_government: bool
) -> Audience:
    """Everyone who can read the answer. In a direct message or a private reply: the asker alone.

    In a channel: everyone, and since guests may be among them, what everyone may know, unless the operator says that
    the workspace has none.
    """
    if is_direct:
        return people.audience_of(person)
    return GOVERNMENT if channels_are_for_government and not is_shared_outside else PUBLIC
