"""Messages written out as lines for people to read, and the ids that Slack gives to blocks which come without."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from bot.playground.model import Blocks, Channel, Message, User

WITHOUT_ACTION = {"mrkdwn", "plain_text", "image"}


def with_ids(blocks: Blocks, number: Callable[[], int]) -> Blocks:
    """`blocks`, changed in place: each has a block_id, and each interactive element an action_id, as from Slack."""
    for block in blocks:
        block.setdefault("block_id", f"b{number():04x}")
        for element in elements_of(block):
            if element.get("type") not in WITHOUT_ACTION:
                element.setdefault("action_id", f"a{number():04x}")
    return blocks


def elements_of(block: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The elements of a block that a person could act on: of actions, the accessory, or the input's."""
    if block.get("type") in ("actions", "context_actions"):
        found = block.get("elements", [])
    else:
        found = [block.get("accessory"), block.get("element")]
    return [element for element in found if isinstance(element, dict)]


def written_out(messages: Iterable[Message], users: Mapping[str, User], channels: Mapping[str, Channel]) -> str:
    """One line a message, with indented lines for threads, texts in blocks and buttons."""
    lines: list[str] = []
    for message in messages:
        channel = channels.get(message.channel)
        place = f"#{channel.name}" if channel and channel.name else message.channel
        who = users[message.user].name if message.user in users else message.user
        marks = [
            "deleted" if message.deleted else "",
            "edited" if message.edited else "",
            f"only to {message.ephemeral_to}" if message.ephemeral_to else "",
        ]
        note = "".join(f" ({mark})" for mark in marks if mark)
        indent = "    " if message.is_reply else ""
        lines.append(f"{indent}{place} {message.ts} {who}{note}: {message.text!r}")
        lines += [f"{indent}    | {line}" for line in texts(message.blocks)]
    return "\n".join(lines) or "(nothing was said)"


def texts(thing: Any) -> list[str]:
    """Every text in blocks or a view, in reading order; button labels in square brackets with their action_id."""
    if isinstance(thing, list):
        return [line for item in thing for line in texts(item)]
    if not isinstance(thing, dict):
        return []
    if thing.get("type") in ("mrkdwn", "plain_text", "raw_text", "text", "markdown") and isinstance(
        thing.get("text"), str
    ):
        return [thing["text"]]
    if thing.get("type") == "button":
        return [f"[{thing.get('text', {}).get('text', '')}] {thing.get('action_id', '')}".rstrip()]
    inner = [texts(value) for key, value in thing.items() if isinstance(value, (list, dict)) and key != "confirm"]
    return [line for lines in inner for line in lines]
