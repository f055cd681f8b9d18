"""Posts to a response URL: an answer to a command or a button that needs neither token nor membership."""

from __future__ import annotations

from typing import Any

from bot.playground.chat import content
from bot.playground.model import Json, Message, SlackError
from bot.playground.workspace import Workspace

KEYS = {
    "text",
    "blocks",
    "response_type",
    "replace_original",
    "delete_original",
    "thread_ts",
    "unfurl_links",
    "unfurl_media",
    "metadata",
    "mrkdwn",
}


def respond(workspace: Workspace, token: str, body: Any) -> Message | None:
    """Do what a body posted to a response URL asks for; the message it made or changed, None for a deleted one."""
    check(workspace, body)
    url = workspace.tickets.spend_response_url(token)
    original = url.message and workspace.find(url.channel, url.message.ts)
    if body.get("delete_original"):
        if original is not None:
            workspace.delete(original)
        return None
    return show(workspace, url.channel, url.user, body, original)


def check(workspace: Workspace, body: Any) -> None:
    """Raise invalid_payload for what is not an object, or has keys or values that Slack does not know."""
    unknown = sorted(body.keys() - KEYS) if isinstance(body, dict) else ["(not an object)"]
    if unknown:
        workspace.violation("response_url", f"unknown keys: {', '.join(unknown)}")
        raise SlackError("invalid_payload")
    if body.get("response_type") not in (None, "ephemeral", "in_channel"):
        raise SlackError("invalid_payload")


def show(workspace: Workspace, channel: str, user: str, body: Json, original: Message | None = None) -> Message:
    """Show an answer: in place of the original if it says so, else to all or, as a rule, to the person only."""
    text, blocks = content(workspace, "response_url", body)
    if body.get("replace_original") and original is not None:
        return workspace.update(original, text=text, blocks=blocks)
    hidden = None if body.get("response_type") == "in_channel" else user
    return workspace.post(
        channel, text, blocks=blocks, thread_ts=body.get("thread_ts"), ephemeral_to=hidden, by_response_url=True
    )
