"""What Slack takes inside blocks: texts, options, confirmations, interactive elements, and rich text.

Limits are those of the `slack.md` notes, section 2.4. Read next: `block_kit`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from bot.playground.shapes import Check, Shape, boolean, exactly_one, integer, items, one_of, string, typed

URL = string(3000)
ACTION_ID = string(255)


def plain(longest: int) -> Check:
    """A plain_text object."""
    return typed({"plain_text": Shape({"text": string(longest)}, {"emoji": boolean})}, "text")


def any_text(longest: int) -> Check:
    """A plain_text or mrkdwn object."""
    return typed(
        {
            "plain_text": Shape({"text": string(longest)}, {"emoji": boolean}),
            "mrkdwn": Shape({"text": string(longest)}, {"verbatim": boolean}),
        },
        "text",
    )


IMAGE = Shape(
    {"alt_text": string(2000)},
    {"image_url": URL, "slack_file": Shape({}, {"id": string(255), "url": URL})},
    exactly_one("image_url", "slack_file"),
)
CONFIRM = Shape(
    {"title": plain(100), "text": any_text(300), "confirm": plain(30), "deny": plain(30)},
    {"style": one_of("primary", "danger")},
)
OPTION = Shape({"text": plain(75), "value": string(150)}, {"description": plain(75)})
OPTION_WITH_URL = Shape({"text": plain(75), "value": string(150)}, {"description": plain(75), "url": URL})
OPTION_WITH_MARKUP = Shape({"text": any_text(75), "value": string(150)}, {"description": any_text(75)})
OPTION_GROUP = Shape({"label": plain(75), "options": items(OPTION, most=100)})
ACTING: Mapping[str, Check] = {"action_id": ACTION_ID, "confirm": CONFIRM}
FIELD: Mapping[str, Check] = {"action_id": ACTION_ID, "placeholder": plain(150), "focus_on_load": boolean}
DISPATCH = Shape(
    {"trigger_actions_on": items(one_of("on_enter_pressed", "on_character_entered"), most=2)},
)
FILTER = Shape(
    {},
    {
        "include": items(one_of("im", "mpim", "private", "public"), most=4),
        "exclude_external_shared_channels": boolean,
        "exclude_bot_users": boolean,
    },
)


def listed(element: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Every option of an element, groups flattened."""
    groups = [group["options"] for group in element.get("option_groups", [])]
    return [*element.get("options", []), *(option for group in groups for option in group)]


def options_rule(element: Any, path: str) -> Iterator[str]:
    """Initial options must be among the options, and values must differ."""
    options = listed(element)
    initial = element.get("initial_options", [element[key] for key in ("initial_option",) if key in element])
    for option in initial:
        if options and option not in options:
            yield f"{path}: initial option {option.get('value')!r} is not among the options"
    values = [option["value"] for option in options]
    if len(set(values)) != len(values):
        yield f"{path}: two options have the same value"


def options_or_groups(element: Any, path: str) -> Iterator[str]:
    """A static select has options or option_groups, not both."""
    yield from exactly_one("options", "option_groups")(element, path)
    yield from options_rule(element, path)


BOTH_LISTS: Mapping[str, Check] = {"options": items(OPTION, most=100), "option_groups": items(OPTION_GROUP, most=100)}
MULTI: Mapping[str, Check] = {**FIELD, "confirm": CONFIRM, "max_selected_items": integer(1, 1000)}
SINGLE: Mapping[str, Check] = {**FIELD, "confirm": CONFIRM}
IDS = items(string(255), most=1000)
CONVERSATIONS: Mapping[str, Check] = {"default_to_current_conversation": boolean, "filter": FILTER}
CHOICES: Mapping[str, Check] = {"action_id": ACTION_ID, "confirm": CONFIRM, "focus_on_load": boolean}
TYPED: Mapping[str, Check] = {**FIELD, "initial_value": string(3000, shortest=0), "dispatch_action_config": DISPATCH}
LENGTHS: Mapping[str, Check] = {"min_length": integer(0, 3000), "max_length": integer(1, 3000), "multiline": boolean}
OPTIONS_10 = {"options": items(OPTION_WITH_MARKUP, most=10)}
QUERY = {"min_query_length": integer(0, 75)}

BUTTON = Shape(
    {"text": plain(75)},
    {
        **ACTING,
        "url": URL,
        "value": string(2000),
        "style": one_of("primary", "danger"),
        "accessibility_label": string(75),
    },
)
SELECTS: Mapping[str, Check] = {
    "static_select": Shape({}, {**SINGLE, **BOTH_LISTS, "initial_option": OPTION}, options_or_groups),
    "external_select": Shape({}, {**SINGLE, **QUERY, "initial_option": OPTION}),
    "users_select": Shape({}, {**SINGLE, "initial_user": string(255)}),
    "conversations_select": Shape(
        {}, {**SINGLE, **CONVERSATIONS, "initial_conversation": string(255), "response_url_enabled": boolean}
    ),
    "channels_select": Shape({}, {**SINGLE, "initial_channel": string(255), "response_url_enabled": boolean}),
}
MULTI_SELECTS: Mapping[str, Check] = {
    "multi_static_select": Shape(
        {}, {**MULTI, **BOTH_LISTS, "initial_options": items(OPTION, most=100)}, options_or_groups
    ),
    "multi_external_select": Shape({}, {**MULTI, **QUERY, "initial_options": items(OPTION, most=100)}),
    "multi_users_select": Shape({}, {**MULTI, "initial_users": IDS}),
    "multi_conversations_select": Shape({}, {**MULTI, **CONVERSATIONS, "initial_conversations": IDS}),
    "multi_channels_select": Shape({}, {**MULTI, "initial_channels": IDS}),
}
PICKERS: Mapping[str, Check] = {
    "datepicker": Shape({}, {**SINGLE, "initial_date": string(10)}),
    "timepicker": Shape({}, {**SINGLE, "initial_time": string(5), "timezone": string(60)}),
    "datetimepicker": Shape({}, {**CHOICES, "initial_date_time": integer(0, 10**10)}),
    "radio_buttons": Shape(OPTIONS_10, {**CHOICES, "initial_option": OPTION_WITH_MARKUP}, options_rule),
    "checkboxes": Shape(OPTIONS_10, {**CHOICES, "initial_options": items(OPTION_WITH_MARKUP, most=10)}, options_rule),
}
MENUS: Mapping[str, Check] = {
    "button": BUTTON,
    "overflow": Shape({"options": items(OPTION_WITH_URL, most=5)}, ACTING, options_rule),
}
INPUTS: Mapping[str, Check] = {
    "plain_text_input": Shape({}, {**TYPED, **LENGTHS}),
    "email_text_input": Shape({}, TYPED),
    "url_text_input": Shape({}, TYPED),
    "number_input": Shape({"is_decimal_allowed": boolean}, {**TYPED, "min_value": string(50), "max_value": string(50)}),
    "file_input": Shape({}, {"action_id": ACTION_ID, "filetypes": IDS, "max_files": integer(1, 10)}),
}
IN_ACTIONS = typed({**MENUS, **SELECTS, **PICKERS}, "element")
IN_SECTION = typed({**MENUS, **SELECTS, **MULTI_SELECTS, **PICKERS, "image": IMAGE}, "accessory")
IN_INPUT = typed({**SELECTS, **MULTI_SELECTS, **PICKERS, **INPUTS}, "input element")

STYLE = Shape({}, dict.fromkeys(("bold", "italic", "strike", "code", "underline"), boolean))
STYLED: Mapping[str, Check] = {"style": STYLE}
INLINE = typed(
    {
        "text": Shape({"text": string(3000, shortest=0)}, STYLED),
        "link": Shape({"url": URL}, {**STYLED, "text": string(3000), "unsafe": boolean}),
        "user": Shape({"user_id": string(255)}, STYLED),
        "channel": Shape({"channel_id": string(255)}, STYLED),
        "usergroup": Shape({"usergroup_id": string(255)}, STYLED),
        "broadcast": Shape({"range": one_of("here", "channel", "everyone")}, STYLED),
        "emoji": Shape({"name": string(255)}, {**STYLED, "unicode": string(255)}),
        "date": Shape(
            {"timestamp": integer(0, 10**10), "format": string(255)}, {**STYLED, "url": URL, "fallback": string(255)}
        ),
    },
    "rich text element",
)
LINES = items(INLINE, least=0, most=1000)
SECTION_OF_TEXT = Shape({"elements": LINES})
RICH_TEXT = typed(
    {
        "rich_text_section": SECTION_OF_TEXT,
        "rich_text_quote": Shape({"elements": LINES}, {"border": integer(0, 1)}),
        "rich_text_preformatted": Shape({"elements": LINES}, {"border": integer(0, 1), "language": string(50)}),
        "rich_text_list": Shape(
            {
                "style": one_of("bullet", "ordered"),
                "elements": items(typed({"rich_text_section": SECTION_OF_TEXT}, "list item"), most=500),
            },
            {"indent": integer(0, 8), "offset": integer(0, 10000), "border": integer(0, 1)},
        ),
    },
    "rich text",
)
