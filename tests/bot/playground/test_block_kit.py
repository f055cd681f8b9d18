"""The validator takes what Slack takes and names what it would refuse, whatever it is given."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.playground.block_kit import faults

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(
                ["type", "text", "elements", "element", "accessory", "fields", "options", "blocks", "rows"]
            ),
            inner
            | st.sampled_from(["section", "actions", "button", "input", "modal", "mrkdwn", "static_select", "table"]),
            max_size=5,
        )
    ),
    max_leaves=20,
)


def plain(text: str = "x") -> dict[str, Any]:
    return {"type": "plain_text", "text": text}


def mrkdwn(text: str = "x") -> dict[str, Any]:
    return {"type": "mrkdwn", "text": text}


def option(value: str = "v", text: str = "x") -> dict[str, Any]:
    return {"text": plain(text), "value": value}


def button(**more: Any) -> dict[str, Any]:
    return {"type": "button", "text": plain(), **more}


def select(**more: Any) -> dict[str, Any]:
    return {"type": "static_select", "options": [option()], **more}


def field(element: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    return {"type": "input", "label": plain(), "element": element or {"type": "plain_text_input"}, **more}


def modal(*blocks: Any, **more: Any) -> dict[str, Any]:
    return {"type": "modal", "title": plain(), "blocks": list(blocks), **more}


GOOD = [
    {"type": "header", "text": plain("x" * 150)},
    {"type": "section", "text": mrkdwn("x" * 3000), "accessory": button(url="https://x", value="v" * 2000)},
    {"type": "section", "fields": [mrkdwn()] * 10},
    {
        "type": "section",
        "text": mrkdwn(),
        "accessory": {"type": "overflow", "options": [option(str(n)) for n in range(5)]},
    },
    {"type": "context", "elements": [mrkdwn(), {"type": "image", "image_url": "https://x", "alt_text": "x"}]},
    {"type": "divider"},
    {"type": "actions", "elements": [button(action_id="a", style="primary"), select(action_id="b")]},
    {"type": "image", "image_url": "https://x", "alt_text": "a chart", "title": plain()},
    {"type": "markdown", "text": "**x**"},
    {"type": "table", "rows": [[{"type": "raw_text", "text": "a"}], [{"type": "raw_text", "text": "b"}]]},
    {
        "type": "rich_text",
        "elements": [
            {"type": "rich_text_section", "elements": [{"type": "text", "text": "x", "style": {"bold": True}}]},
            {
                "type": "rich_text_list",
                "style": "bullet",
                "elements": [{"type": "rich_text_section", "elements": [{"type": "link", "url": "https://x"}]}],
            },
        ],
    },
]
BAD: list[tuple[dict[str, Any], str]] = [
    ({"type": "carousel"}, "unknown block type"),
    ({}, "unknown block type"),
    ({"type": ["section"]}, "unknown block type"),
    ({"type": "section"}, "must have text or fields"),
    ({"type": "section", "text": mrkdwn("")}, "more than 0 characters"),
    ({"type": "section", "text": mrkdwn("x" * 3001)}, "less than 3001"),
    ({"type": "section", "text": mrkdwn(), "colour": "red"}, "unknown key colour"),
    ({"type": "section", "text": "x"}, "unknown text type"),
    ({"type": "section", "fields": [mrkdwn()] * 11}, "1 to 10 items"),
    ({"type": "section", "fields": [mrkdwn("x" * 2001)]}, "less than 2001"),
    ({"type": "section", "text": mrkdwn(), "accessory": {"type": "plain_text_input"}}, "unknown accessory type"),
    ({"type": "header", "text": plain("x" * 151)}, "less than 151"),
    ({"type": "header", "text": mrkdwn()}, "unknown text type 'mrkdwn'"),
    ({"type": "context", "elements": []}, "1 to 10 items"),
    ({"type": "context", "elements": [button()]}, "unknown text type 'button'"),
    ({"type": "actions", "elements": [button()] * 26}, "1 to 25 items"),
    ({"type": "actions", "elements": [button(text=plain("x" * 76))]}, "less than 76"),
    ({"type": "actions", "elements": [button(value="x" * 2001)]}, "less than 2001"),
    ({"type": "actions", "elements": [button(style="loud")]}, "must be one of primary, danger"),
    ({"type": "actions", "elements": [button(action_id="a"), button(action_id="a")]}, "used 2 times"),
    ({"type": "actions", "elements": [button(confirm={"title": plain()})]}, "missing text"),
    ({"type": "actions", "elements": [select(options=[option("v" * 151)])]}, "less than 151"),
    ({"type": "actions", "elements": [select(options=[option(text="x" * 76)])]}, "less than 76"),
    ({"type": "actions", "elements": [select(options=[option(str(n)) for n in range(101)])]}, "1 to 100 items"),
    ({"type": "actions", "elements": [select(initial_option=option("other"))]}, "not among the options"),
    ({"type": "actions", "elements": [select(options=[option(), option()])]}, "the same value"),
    ({"type": "actions", "elements": [{"type": "static_select"}]}, "exactly one of options, option_groups"),
    ({"type": "image", "image_url": "https://x"}, "missing alt_text"),
    ({"type": "image", "alt_text": "x"}, "exactly one of image_url, slack_file"),
    ({"type": "table", "rows": [[{"type": "raw_text", "text": "a"}], []]}, "1 to 20 items"),
    ({"type": "rich_text", "elements": [{"type": "text", "text": "x"}]}, "unknown rich text type"),
    (field(), "does not go into a message"),
]


def test_what_slack_takes_has_no_faults() -> None:
    assert faults(GOOD) == []
    assert faults(modal(field(), submit=plain("Send"), private_metadata="x" * 3000)) == []
    assert faults({"type": "home", "blocks": [GOOD[0]]}) == []
    assert faults([]) == []


@pytest.mark.parametrize(("block", "reason"), BAD, ids=[reason for _, reason in BAD])
def test_what_slack_refuses_is_named(block: dict[str, Any], reason: str) -> None:
    assert any(reason in fault for fault in faults([block])), faults([block])


@pytest.mark.parametrize(
    ("view", "reason"),
    [
        ({"type": "modal", "blocks": []}, "missing title"),
        (modal(title=plain("x" * 25)), "less than 25"),
        (modal(submit=plain("x" * 25)), "less than 25"),
        (modal(close=plain("x" * 25)), "less than 25"),
        (modal(field()), "must have submit"),
        (modal(private_metadata="x" * 3001), "less than 3001"),
        (modal(callback_id="x" * 256), "less than 256"),
        (modal(*[{"type": "divider"}] * 101), "at most 100"),
        (modal({"type": "table", "rows": [[{"type": "raw_text", "text": "a"}]]}), "does not go into a modal"),
        (modal(field({"type": "button", "text": plain()}), submit=plain()), "unknown input element type"),
        (modal(field(label=mrkdwn()), submit=plain()), "unknown text type"),
        ({"type": "home", "blocks": [], "title": plain()}, "unknown key title"),
        ({"type": "page", "blocks": []}, "type must be"),
    ],
)
def test_views_are_held_to_their_limits(view: dict[str, Any], reason: str) -> None:
    assert any(reason in fault for fault in faults(view)), faults(view)


def test_a_message_is_held_to_its_number_of_blocks_its_length_and_its_ids() -> None:
    assert "at most 50" in faults([{"type": "divider"}] * 51)[0]
    assert faults([{"type": "section", "text": mrkdwn("x" * 3000)}] * 5)[0].startswith("msg_blocks_too_long")
    assert "used 2 times" in faults([{"type": "divider", "block_id": "a"}] * 2)[0]


@given(JSON)
def test_any_json_at_all_gets_an_answer(thing: Any) -> None:
    for surface in ("message", "modal", "home"):
        assert all(isinstance(fault, str) for fault in faults([thing], surface))
    if isinstance(thing, dict):
        assert isinstance(faults(thing), list)


@given(st.text(min_size=1, max_size=4000))
def test_a_section_is_faulty_exactly_when_its_text_is_too_long(text: str) -> None:
    assert bool(faults([{"type": "section", "text": mrkdwn(text)}])) == (len(text) > 3000)
