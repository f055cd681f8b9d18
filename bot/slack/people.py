"""Who is asking, and who will read the answer.

What Slack says of a user (guest, deactivated) is asked for by the worker, kept for a day, and never taken from a
display name. Where it cannot be known, the answer holds only what everyone may know.
"""

from dataclasses import replace
from datetime import datetime, timedelta

from bot.slack.api import SlackApi, SlackError
from catalogue import people
from catalogue.errors import NotFound
from catalogue.model import GOVERNMENT, PUBLIC, Audience, Person
from catalogue.store import Database

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
        user = slack.call("users.info", user=user_id)["user"]
    except SlackError:
        return None
    if user.get("is_bot") or user.get("is_stranger") or user.get("team_id", team_id) != team_id:
        return None
    person = replace(
        known or Person(id=user_id, slack_id=user_id),
        is_guest=bool(user.get("is_restricted") or user.get("is_ultra_restricted")),
        is_active=not user.get("deleted"),
    )
    people.save(db, person, origin="slack", now=now)
    return person


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
