"""What has to hold of everything that the bot says, so that it can be heard as well as seen: words for every button and
field, and a message whose text says what its blocks say."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from bot.playground.model import Blocks, Message
from bot.playground.transcript import elements_of
from bot.playground.workspace import Workspace
from bot.slack.blocks import TEXT

NUMBERED = re.compile(r"\.\d+$")
"""At the end of what a button does: Slack wants each act once in a row of buttons."""

WORDS = re.compile(r"[^\W\d_]")
"""What a screen reader can say: a sign or a number alone is no label."""


def missing(workspace: Workspace) -> Iterator[str]:
    """Each thing that somebody who hears Slack would not learn."""
    for message in workspace.from_bot():
        if not message.deleted:
            yield from unheard(message)
            yield from unlabelled(message.blocks)
            yield from alike(message.blocks)
    for person in workspace.users:
        views = [*workspace.views.stack(person), workspace.views.home(person)]
        for view in filter(None, views):
            yield from unlabelled(view.blocks)
            yield from alike(view.blocks)
            if view.payload.get("title", {}).get("text", "").endswith("…"):
                yield f"a title that is cut off: {view.payload['title']['text']!r}"


def unheard(message: Message) -> Iterator[str]:
    """What stands in the blocks of a message, and not in the text that is read aloud and shown in notifications."""
    if not WORDS.search(message.text):
        yield f"no words in the text {message.text!r}"
    if len(message.text) >= TEXT - 100:
        return  # it was cut, and says so
    heard = letters(message.text)
    for block in message.blocks:
        for text in texts_in(block):
            if letters(text) not in heard:
                yield f"only in a block, not in the text: {text!r}"


def texts_in(block: dict[str, Any]) -> list[str]:
    if block["type"] in ("section", "header") and "text" in block:
        return [block["text"]["text"]]
    return [each["text"] for each in block.get("elements", ()) if block["type"] == "context" and "text" in each]


def letters(text: str) -> str:
    return re.sub(r"\W", "", text)


def unlabelled(blocks: Blocks) -> Iterator[str]:
    """Buttons and fields without words of their own; a colour or a sign is not one."""
    for block in blocks:
        if block["type"] == "input" and not WORDS.search(block["label"]["text"]):
            yield f"no words on the field {block['label']['text']!r}"
        for element in elements_of(block):
            if element["type"] == "button":
                label = element.get("accessibility_label") or element["text"]["text"]
                if not WORDS.search(element["text"]["text"]) or not WORDS.search(label):
                    yield f"no words on the button {element['text']['text']!r} ({element['action_id']})"


def alike(blocks: Blocks) -> Iterator[str]:
    """Buttons that do different things and are called the same: only their place or their colour tells them apart."""
    deeds: dict[str, tuple[str, str]] = {}
    for block in blocks:
        for element in elements_of(block):
            if element["type"] == "button":
                called = element.get("accessibility_label") or element["text"]["text"]
                deed = NUMBERED.sub("", element["action_id"]), str(element.get("value") or element.get("url"))
                if deeds.setdefault(called, deed) != deed:
                    yield f"two buttons are called {called!r}: {deeds[called]} and {deed}"
