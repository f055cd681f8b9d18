"""The questions of a request as inputs of a modal, and what somebody put into them as answers.

Each question is one input whose block_id is the question's id. Every input tells the bot at once when it changes: what
is typed (`request.type`) is kept, and a choice (`request.choose`) on which another question of the same step depends
makes the step grow.
"""

from collections.abc import Mapping
from typing import Any

from slack_sdk.models.blocks import (
    Block,
    CheckboxesElement,
    DatePickerElement,
    ExternalDataMultiSelectElement,
    ExternalDataSelectElement,
    InputBlock,
    InputInteractiveElement,
    Option,
    PlainTextInputElement,
    PlainTextObject,
    RadioButtonsElement,
    StaticMultiSelectElement,
    StaticSelectElement,
)
from slack_sdk.models.blocks.basic_components import DispatchActionConfig

from bot.language import phrase
from bot.render import cut, escape_mrkdwn
from bot.render import label as plain
from bot.slack.blocks import note, section
from catalogue.requests.model import Kind, Question, Section
from catalogue.requests.model import Option as Choice
from catalogue.requests.questions import LIMITS

TYPED = 3_000
"""What Slack takes in one text box."""
FEW = 10
"""So many options are shown at once; more are a list to choose from."""
MANY = 100
"""So many options fit a list; more are looked up while somebody types."""
CHOOSE = "request.choose"
TYPE = "request.type"
FILL = "value"
LOOK_UP = "request.options"


def inputs(part: Section, answers: Mapping[str, Any], *, say_filled: Mapping[str, str]) -> list[Block]:
    """The inputs of a step, holding the answers so far. `say_filled`: where an answer that is filled in came from."""
    blocks: list[Block] = []
    for each in part.questions:
        if each.kind is Kind.ADVICE:
            blocks.append(section(say_filled.get(each.id) or escape_mrkdwn(phrase(each.text))))
            continue
        given = answers.get(each.id)
        if isinstance(given, str) and len(given) > TYPED:
            kept = phrase("{question} Your answer is longer than fits here and is kept as it is.")
            blocks.append(note(kept.format(question=escape_mrkdwn(phrase(each.text)))))
            continue
        blocks.append(_input(each, given, say_filled.get(each.id)))
    return blocks


def _input(each: Question, given: Any, filled: str | None) -> Block:
    hint = " ".join(part for part in (phrase(each.hint or ""), filled) if part)
    return InputBlock(
        block_id=each.id,
        label=cut(plain(phrase(each.text)), 2_000),
        hint=cut(plain(hint), 2_000) if hint else None,
        element=_element(each, given),
        optional=not each.compulsory,
        dispatch_action=True,
    )


def _element(each: Question, given: Any) -> InputInteractiveElement:
    match each.kind:
        case Kind.ONE:
            return _one(each, given)
        case Kind.MANY:
            return _many(each, given or [])
        case Kind.DATE:
            return DatePickerElement(action_id=TYPE, initial_date=given or None)
        case Kind.LIST:
            return _box("\n".join(given or [])[:TYPED], TYPED, multiline=True)
        case _:
            return _box(given, min(LIMITS[each.kind], TYPED), multiline=each.kind is Kind.TEXT)


def _box(given: Any, limit: int, *, multiline: bool) -> PlainTextInputElement:
    """A box to type in, which tells of each change."""
    return PlainTextInputElement(
        action_id=TYPE,
        multiline=multiline,
        max_length=limit,
        initial_value=given or None,
        dispatch_action_config=DispatchActionConfig(trigger_actions_on=["on_character_entered"]),
    )


def _one(each: Question, given: Any) -> InputInteractiveElement:
    options = [option(choice) for choice in each.options]
    chosen = next((shown for shown in options if shown.value == given), None)
    if len(options) <= FEW:
        return RadioButtonsElement(action_id=CHOOSE, options=options, initial_option=chosen)
    if len(options) <= MANY:
        return StaticSelectElement(action_id=CHOOSE, options=options, initial_option=chosen)
    return ExternalDataSelectElement(action_id=LOOK_UP, initial_option=chosen, min_query_length=0)


def _many(each: Question, given: list[str]) -> InputInteractiveElement:
    options = [option(choice) for choice in each.options]
    chosen = [shown for shown in options if shown.value in given] or None
    if len(options) <= FEW:
        return CheckboxesElement(action_id=CHOOSE, options=options, initial_options=chosen)
    if len(options) <= MANY:
        return StaticMultiSelectElement(action_id=CHOOSE, options=options, initial_options=chosen)
    return ExternalDataMultiSelectElement(action_id=LOOK_UP, initial_options=chosen, min_query_length=0)


def option(choice: Choice) -> Option:
    """One answer that can be chosen. What does not fit its line goes on beneath it."""
    words = plain(phrase(choice.label))
    short = cut(words, 75)
    rest = cut("…" + words[len(short) - 1 :].strip(), 75) if len(words) > 75 else None
    return Option(
        value=choice.value,
        text=PlainTextObject(text=short, emoji=False),
        description=PlainTextObject(text=rest, emoji=False) if rest else None,
    )


def read(part: Section, state: Mapping[str, Any]) -> dict[str, Any]:
    """The answers in a step's inputs, by question id; None where nothing is. What has no input is left out."""
    found: dict[str, Any] = {}
    for each in part.questions:
        held = next(iter((state.get(each.id) or {}).values()), None)
        if held is not None:
            found[each.id] = _read(each, held)
    return found


def _read(each: Question, held: Mapping[str, Any]) -> Any:
    match each.kind:
        case Kind.ONE:
            return (held.get("selected_option") or {}).get("value")
        case Kind.MANY:
            return [chosen["value"] for chosen in held.get("selected_options") or []]
        case Kind.DATE:
            return held.get("selected_date")
        case Kind.LIST:
            return [line for line in map(str.strip, str(held.get("value") or "").splitlines()) if line]
        case _:
            return str(held.get("value") or "").strip() or None
