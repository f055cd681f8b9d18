"""Somebody adds the bot to a channel: it says in one line how to ask, once."""

from typing import Any

from slack_bolt import App

from bot.render import MRKDWN, part
from bot.slack.desk import Desk
from catalogue import clock, outbox


def register(app: App, desk: Desk, *, bot_user_id: str) -> None:
    """Add the listener."""

    def on_member_joined(event: dict[str, Any]) -> None:
        if event.get("user") != bot_user_id:
            return
        channel = str(event["channel"])
        text = part(MRKDWN, "slack/finding.jinja", "joined")
        payload: dict[str, Any] = {"way": "message", "channel": channel, "thread_ts": None, "text": text, "blocks": []}
        outbox.post(desk.db, "message", payload, key=f"joined:{channel}", channel=channel, now=clock.now())

    app.event("member_joined_channel")(on_member_joined)
