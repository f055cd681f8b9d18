"""Single inputs of a form: a box for text, a list to choose from, and what somebody put into one."""

from collections.abc import Collection, Mapping
from typing import Any

from slack_sdk.models.blocks import (
    Block,
    ExternalDataSelectElement,
    InputBlock,
    InputInteractiveElement,
    Option,
    PlainTextInputElement,
    PlainTextObject,
    StaticMultiSelectElement,
    StaticSelectElement,
)

from bot.language import phrase
from bot.render import cut
from bot.render import label as plain

ACTION = "value"
NONE_GIVEN = "-"
TYPED = 3_000
"""What Slack takes in one text box."""


def field(
    block_id: str, label: str, element: InputInteractiveElement, *, hint: str | None = None, optional: bool = False
) -> Block:
    """An input with its label and hint, which are fixed phrases."""
    return InputBlock(
        block_id=block_id, label=phrase(label), hint=hint and phrase(hint), element=element, optional=optional
    )


def text_input(
    block_id: str,
    label: str,
    *,
    limit: int = 300,
    hint: str | None = None,
    optional: bool = True,
    multiline: bool = False,
    initial: str | None = None,
) -> Block:
    """A box for text, holding `initial`."""
    element = PlainTextInputElement(
        action_id=ACTION, multiline=multiline, max_length=limit, initial_value=(initial or None) and initial[:limit]
    )
    return field(block_id, label, element, hint=hint, optional=optional)


def select_input(
    block_id: str, label: str, choices: Mapping[str, str], *, chosen: str | None = None, hint: str | None = None
) -> Block:
    """A list to choose one from, values with their words; the first is chosen unless `chosen` is one of them."""
    options = [option(value, words) for value, words in choices.items()]
    initial = next((each for each in options if each.value == chosen), options[0])
    element = StaticSelectElement(action_id=ACTION, options=options, initial_option=initial)
    return field(block_id, label, element, hint=hint, optional=True)


def several_input(block_id: str, label: str, choices: Mapping[str, str], *, chosen: Collection[str]) -> Block:
    """A list to choose any number from, values with their words."""
    options = {value: option(value, words) for value, words in choices.items()}
    initial = [options[value] for value in chosen if value in options]
    element = StaticMultiSelectElement(
        action_id=ACTION, options=list(options.values()), initial_options=initial or None, placeholder=phrase("Choose")
    )
    return field(block_id, label, element, optional=True)


def look_up_input(block_id: str, label: str, *, action_id: str, placeholder: str, hint: str | None = None) -> Block:
    """A list that is looked up while somebody types: a listener for the options of `action_id` gives it."""
    element = ExternalDataSelectElement(action_id=action_id, placeholder=phrase(placeholder), min_query_length=2)
    return field(block_id, label, element, hint=hint, optional=True)


def option(value: str, words: str) -> Option:
    """A choice with words that stand as they are: they may be those of an entry or a person."""
    return Option(value=value[:150], text=PlainTextObject(text=cut(plain(words), 75), emoji=False))


def value_of(state: Mapping[str, Any], block_id: str) -> str:
    """What one input holds: the text or the value chosen; "" for nothing."""
    held: Mapping[str, Any] = next(iter((state.get(block_id) or {}).values()), {}) or {}
    if "selected_option" in held:
        value = (held["selected_option"] or {}).get("value", "")
        return "" if value == NONE_GIVEN else str(value)
    return str(held.get("value") or "").strip()


def values_of(state: Mapping[str, Any], block_id: str) -> list[str]:
    """What was chosen in one input that takes several."""
    held: Mapping[str, Any] = next(iter((state.get(block_id) or {}).values()), {}) or {}
    return [str(each["value"]) for each in held.get("selected_options") or ()]
