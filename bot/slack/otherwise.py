"""What becomes of an answer where the bot may not write: who asked is told so privately, and where to ask instead.

Nobody is told of a message that was private already, so one that cannot be sent leads to at most one other.
"""

from datetime import datetime

from bot.language import speaking
from bot.render import MRKDWN, Ready, part
from catalogue import outbox, people
from catalogue.model import Notice
from catalogue.store import Database

MAY_NOT_WRITE = frozenset(
    {
        "not_in_channel",
        "is_archived",
        "channel_not_found",
        "restricted_action",
        "restricted_action_read_only_channel",
        "restricted_action_thread_only_channel",
        "restricted_action_non_threadable_channel",
    }
)
"""Errors that say that the bot has no voice in this channel, though it may be heard elsewhere."""


def say(db: Database, notice: Notice, *, error: str, now: datetime) -> None:
    """Tell who waits for a message that was just put aside, inside the caller's transaction."""
    payload = notice.payload
    if url := payload.get("otherwise"):
        text = part(MRKDWN, "slack/answers.jinja", "cannot_share")
        where = {"way": "response", "url": url}
    elif error in MAY_NOT_WRITE and (asker := payload.get("asker")):
        with speaking(people.language_of(db, asker)):
            channel = Ready(f"<#{payload['channel']}>")
            text = part(MRKDWN, "slack/answers.jinja", "cannot_answer", channel=channel)
        where = {"way": "message", "channel": asker, "thread_ts": None}
    else:
        return
    values = {"text": text, "blocks": [], **where}
    outbox.post(db, "message", values, key=f"otherwise:{notice.key}", channel=where.get("channel"), now=now)
