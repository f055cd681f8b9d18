"""Would Slack take these blocks, or this view? `faults` answers over plain dicts, strictly.

Limits are those of the `slack.md` notes, section 2. Only the block types that a government workspace can be
counted on to show are modelled; the others, and every key not named here, are faults.
Read next: `elements`, for what stands inside the blocks.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from bot.playground.elements import IMAGE, IN_ACTIONS, IN_INPUT, IN_SECTION, OPTION, RICH_TEXT, URL, any_text, plain
from bot.playground.model import Blocks, Json
from bot.playground.shapes import Check, Shape, at_least_one, boolean, items, one_of, string, typed
from bot.playground.transcript import elements_of

TOTAL_TEXT = 12_000
TOO_LONG = "msg_blocks_too_long"
BLOCK_ID: Mapping[str, Check] = {"block_id": string(255)}


def image_rule(block: Any, path: str) -> Iterator[str]:
    """The picture itself follows the rules of the image element."""
    yield from IMAGE({key: value for key, value in block.items() if key not in ("title", "block_id")}, path)


def as_long_as_first(rows: Any, path: str) -> Iterator[str]:
    """Rows of a table have as many cells as its first row."""
    if isinstance(rows, list) and len({len(row) for row in rows if isinstance(row, list)}) > 1:
        yield f"{path}: rows differ in length"


CELL = typed(
    {
        "raw_text": Shape({"text": string(3000)}),
        "raw_number": Shape({"value": lambda value, path: iter(())}, {"text": string(255)}),
        "rich_text": Shape({"elements": items(RICH_TEXT, most=100)}),
    },
    "cell",
)
COLUMN = Shape({}, {"align": one_of("left", "center", "right"), "is_wrapped": boolean})
BLOCKS: Mapping[str, Check] = {
    "section": Shape(
        {},
        {
            **BLOCK_ID,
            "text": any_text(3000),
            "fields": items(any_text(2000), most=10),
            "accessory": IN_SECTION,
            "expand": boolean,
        },
        at_least_one("text", "fields"),
    ),
    "header": Shape({"text": plain(150)}, BLOCK_ID),
    "divider": Shape({}, BLOCK_ID),
    "context": Shape(
        {
            "elements": items(
                lambda value, path: (
                    IMAGE if isinstance(value, dict) and value.get("type") == "image" else any_text(3000)
                )(value, path),
                most=10,
            )
        },
        BLOCK_ID,
    ),
    "actions": Shape({"elements": items(IN_ACTIONS, most=25)}, BLOCK_ID),
    "image": Shape(
        {"alt_text": string(2000)},
        {
            **BLOCK_ID,
            "image_url": URL,
            "slack_file": Shape({}, {"id": string(255), "url": URL}),
            "title": plain(2000),
        },
        image_rule,
    ),
    "input": Shape(
        {"label": plain(2000), "element": IN_INPUT},
        {**BLOCK_ID, "hint": plain(2000), "optional": boolean, "dispatch_action": boolean},
    ),
    "markdown": Shape({"text": string(12_000)}, BLOCK_ID),
    "rich_text": Shape({"elements": items(RICH_TEXT, most=100)}, BLOCK_ID),
    "table": Shape(
        {"rows": items(items(CELL, most=20), most=100)},
        {**BLOCK_ID, "column_settings": items(COLUMN, most=20)},
        lambda block, path: as_long_as_first(block["rows"], path),
    ),
    "alert": Shape(
        {"text": any_text(200)},
        {**BLOCK_ID, "level": one_of("default", "info", "warning", "error", "success")},
    ),
}
ON_EVERY_SURFACE = {"section", "header", "divider", "context", "actions", "image", "rich_text"}
ON_SURFACE: Mapping[str, set[str]] = {
    "message": ON_EVERY_SURFACE | {"markdown", "table"},
    "modal": ON_EVERY_SURFACE | {"input", "alert"},
    "home": ON_EVERY_SURFACE | {"input", "table"},
}
MOST_BLOCKS: Mapping[str, int] = {"message": 50, "modal": 100, "home": 100}
COMMON: Mapping[str, Check] = {
    "private_metadata": string(3000, shortest=0),
    "callback_id": string(255, shortest=0),
    "external_id": string(255, shortest=0),
}


def anything(value: Any, path: str) -> Iterator[str]:
    """No fault; the blocks of a view are checked on their own."""
    return iter(())


VIEW: Mapping[str, Check] = {
    "modal": Shape(
        {"title": plain(24), "blocks": anything},
        {
            **COMMON,
            "submit": plain(24),
            "close": plain(24),
            "clear_on_close": boolean,
            "notify_on_close": boolean,
            "submit_disabled": boolean,
        },
        lambda view, path: submit_rule(view, path),
    ),
    "home": Shape({"blocks": anything}, COMMON),
}


def submit_rule(view: Any, path: str) -> Iterator[str]:
    """A view with inputs needs a submit button."""
    blocks = view["blocks"] if isinstance(view["blocks"], list) else []
    if "submit" not in view and any(isinstance(block, dict) and block.get("type") == "input" for block in blocks):
        yield f"{path}: must have submit, since it has an input"


def faults(thing: Blocks | Json, surface: str | None = None) -> list[str]:
    """Every reason why Slack would refuse these blocks or this view; empty when it would take them.

    `surface` is message, modal or home; without it a list is a message and a view says so itself. Each reason
    begins with where the fault stands, such as `blocks/3/accessory/text/text`; the one about the whole length
    of a message begins with `msg_blocks_too_long`.
    """
    if isinstance(thing, list):
        return list(of_blocks(thing, surface or "message"))
    kind = thing.get("type") if isinstance(thing, dict) else None
    if not isinstance(kind, str) or kind not in VIEW or surface not in (None, kind):
        return [f"view: type must be {surface or 'modal or home'}, is {kind!r}"]
    return [*VIEW[kind](thing, "view"), *of_blocks(thing.get("blocks"), kind)]


def option_faults(option: Any) -> list[str]:
    """Every reason why Slack would not show this as a suggested option."""
    return list(OPTION(option, "option"))


def of_blocks(blocks: Any, surface: str) -> Iterator[str]:
    """The faults of a list of blocks on a surface."""
    if not isinstance(blocks, list):
        yield "blocks: must be a list"
        return
    if len(blocks) > MOST_BLOCKS[surface]:
        yield f"blocks: must be at most {MOST_BLOCKS[surface]}, are {len(blocks)}"
    check = typed(BLOCKS, "block")
    for number, block in enumerate(blocks):
        path = f"blocks/{number}"
        yield from check(block, path)
        if not isinstance(block, dict):
            continue
        if isinstance(block.get("type"), str) and block["type"] in BLOCKS.keys() - ON_SURFACE[surface]:
            yield f"{path}: {block['type']} does not go into a {surface}"
        yield from repeated_actions(block, path)
    yield from repeated_blocks([block for block in blocks if isinstance(block, dict)])
    if surface == "message" and (length := total_text(blocks)) > TOTAL_TEXT:
        yield f"{TOO_LONG}: {length} characters of text, Slack takes about {TOTAL_TEXT}"


def repeated_blocks(blocks: list[Json]) -> Iterator[str]:
    """A block_id stands for one block; a message has at most one table."""
    ids = Counter(str(block["block_id"]) for block in blocks if "block_id" in block)
    yield from (f"blocks: block_id {name!r} is used {times} times" for name, times in ids.items() if times > 1)
    if sum(block.get("type") == "table" for block in blocks) > 1:
        yield "blocks: more than one table"


def repeated_actions(block: Json, path: str) -> Iterator[str]:
    """An action_id stands for one element of its block."""
    elements = elements_of(block) if isinstance(block.get("elements", []), list) else []
    ids = Counter(str(element["action_id"]) for element in elements if "action_id" in element)
    yield from (f"{path}: action_id {name!r} is used {times} times" for name, times in ids.items() if times > 1)


def total_text(thing: Any) -> int:
    """How many characters of text there are in blocks: every string under the key `text`."""
    if isinstance(thing, list):
        return sum(map(total_text, thing))
    if not isinstance(thing, dict):
        return 0
    return sum(
        len(value) if key == "text" and isinstance(value, str) else total_text(value) for key, value in thing.items()
    )
