"""Our words over Block Kit: a message is a complete text and the blocks that show it better.

Lengths are kept within Slack's limits here and nowhere else, so that whatever an entry holds can be shown.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from slack_sdk.models.blocks import (
    ActionsBlock,
    Block,
    ButtonElement,
    ContextBlock,
    DividerBlock,
    HeaderBlock,
    MarkdownTextObject,
    PlainTextObject,
    SectionBlock,
)

from bot.language import phrase
from bot.render import cut
from bot.render import label as plain

SECTION = 2_900
LABEL = 70
HEADER = 150
VALUE = 1_900
TEXT = 3_900
MOST_BLOCKS = 45
MOST_MESSAGE_BLOCKS = 50
MOST_CHARACTERS = 11_500
MOST_IN_MODAL = 100
TITLE = 24
OUTSIDE = "outside."
"""Begins the block ids of a message that people from outside may read, so that a click on it says so again."""


@dataclass(frozen=True, slots=True)
class SlackMessage:
    """What is posted: `text` stands alone, `blocks` show the same."""

    text: str
    blocks: list[dict[str, Any]]


def section(text: str, *, accessory: ButtonElement | None = None) -> Block:
    """A paragraph of mrkdwn that is already escaped, with a button beside it."""
    return SectionBlock(text=_mrkdwn(text, SECTION), accessory=accessory)


def note(text: str) -> Block:
    """Small print."""
    return ContextBlock(elements=[_mrkdwn(text, SECTION)])


def header(text: str) -> Block:
    """A heading, which assistive technology announces as one."""
    return HeaderBlock(text=PlainTextObject(text=cut(plain(phrase(text)), HEADER), emoji=False))


def divider() -> Block:
    return DividerBlock()


def buttons(*elements: ButtonElement) -> Block:
    return ActionsBlock(elements=list(elements))


def button(label: str, *, action_id: str, value: str, about: str | None = None, primary: bool = False) -> ButtonElement:
    """A button whose label is a fixed phrase. `about` completes it for a screen reader where several share one."""
    return button_saying(phrase(label), action_id=action_id, value=value, about=about, primary=primary)


def button_saying(
    words: str, *, action_id: str, value: str, about: str | None = None, primary: bool = False
) -> ButtonElement:
    """A button with words that stand as they are, such as those of a question or an entry."""
    return ButtonElement(
        text=PlainTextObject(text=cut(plain(words), LABEL), emoji=False),
        action_id=action_id,
        value=value[:VALUE],
        accessibility_label=cut(plain(f"{words}: {about}"), 75) if about else None,
        style="primary" if primary else None,
    )


def message(text: str, blocks: Sequence[Block]) -> SlackMessage:
    """A message within Slack's limits: what would not fit is left away from the end, with a note. Buttons stay."""
    kept: list[dict[str, Any]] = []
    size, is_full = 0, False
    for block in blocks:
        shown = block.to_dict()
        size += _size(shown)
        if (len(kept) >= MOST_BLOCKS or size > MOST_CHARACTERS) and not is_full:
            is_full = True
            kept.append(note(phrase("There is more than fits here.")).to_dict())
        if not is_full or (shown["type"] == "actions" and len(kept) < MOST_MESSAGE_BLOCKS):
            kept.append(shown)
    return SlackMessage(text=_shortened(text, TEXT), blocks=kept)


def _size(block: Any) -> int:
    """How many characters a block shows."""
    if isinstance(block, dict):
        own = len(block["text"]) if isinstance(block.get("text"), str) else 0
        return own + sum(_size(value) for value in block.values() if not isinstance(value, str))
    return sum(map(_size, block)) if isinstance(block, list) else 0


def modal(
    title: str,
    blocks: Sequence[Block],
    *,
    callback_id: str,
    submit: str | None = None,
    close: str = "Close",
    about: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """A modal within Slack's limits. `about` comes back with what is done in it: ids only, nothing to be trusted."""
    view: dict[str, Any] = {
        "type": "modal",
        "callback_id": callback_id,
        "title": {"type": "plain_text", "text": cut(plain(phrase(title)), TITLE)},
        "close": {"type": "plain_text", "text": phrase(close)},
        "private_metadata": json.dumps(about or {}, separators=(",", ":")),
        "blocks": [block.to_dict() for block in blocks[:MOST_IN_MODAL]],
    }
    if submit:
        view["submit"] = {"type": "plain_text", "text": phrase(submit)}
    return view


def _mrkdwn(text: str, limit: int) -> MarkdownTextObject:
    return MarkdownTextObject(text=_shortened(text, limit) or " ", verbatim=True)


def _shortened(text: str, limit: int) -> str:
    """Text of at most `limit` characters, cut at a line where there is one, never inside <link|label> or &amp;."""
    if len(text) <= limit:
        return text
    text = cut(text[:limit].rsplit("\n", 1)[0] if "\n" in text[:limit] else text, limit)
    for start, end in (("<", ">"), ("&", ";")):
        if text.rfind(start) > text.rfind(end):
            text = text[: text.rfind(start)].rstrip() + "…"
    return text
