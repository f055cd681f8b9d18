"""The same value with other people's words in it: for showing that no text can break what it is shown in."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass, replace
from enum import Enum
from typing import Any

KEPT = frozenset(
    {
        "act",
        "change",
        "checked",
        "date",
        "differ",
        "edition",
        "extras",
        "field",
        "intent",
        "issued",
        "kind",
        "last_verified",
        "modified",
        "number",
        "on",
        "revision",
        "rule",
        "same",
        "status",
        "via",
        "visibility",
        "what",
        "who",
    }
)
"""Fields that no text of others reaches: numbers, dates that were checked, and our own words."""

VECTORS: dict[str, str] = {
    "broadcast": "<!channel> <!here> <!everyone>",
    "group": "<!subteam^S1>",
    "mention": "<@U1>",
    "channel": "<#C1|general>",
    "spoofed link": "<https://evil.example|https://www.gov.uk>",
    "mail link": "<mailto:a@b.example|x>",
    "date": "<!date^0^{date}^https://evil.example|x>",
    "bare address": "see https://evil.example/x now",
    "styles": "*bold* _it_ ~gone~ `code` ```fence",
    "quote": ">quoted",
    "forged line": "x\nApproved by the minister",
    "emoji": ":white_check_mark: approved",
    "direction": "abc\u202edef\u2066ghi\u2069",
    "hidden": "a\u200bb\u200c\U000e0041c\ufeff",
    "escaped already": "&lt;!channel&gt; &amp;lt;",
    "markdown link": "[gov.uk](https://evil.example)",
    "everything": "*<!channel>*\n>`:x:`&amp;<https://e.example|_y_>~",
}
"""The seventeen ways of making Slack show what was not meant."""


def with_words(value: Any, words: Callable[[str], str]) -> Any:
    """A copy of `value` in which every text of others is `words(it)`; shape, enums and our own words stay."""
    if isinstance(value, Enum) or (not isinstance(value, str | tuple | list | Mapping) and not is_dataclass(value)):
        return value
    if isinstance(value, str):
        return words(value)
    if isinstance(value, Mapping):
        return {key: item if key in KEPT else with_words(item, words) for key, item in value.items()}
    if isinstance(value, tuple | list):
        return type(value)(with_words(item, words) for item in value)
    changes = {
        each.name: with_words(getattr(value, each.name), words)
        for each in fields(value)
        if each.init and each.name not in KEPT
    }
    return replace(value, **changes)
