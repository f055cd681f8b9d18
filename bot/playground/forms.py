"""What a person puts into the elements of blocks: one choice, or a whole form, as Slack writes it into a payload."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.playground.elements import listed
from bot.playground.model import Blocks, Json, View
from bot.playground.transcript import elements_of

ONE_OPTION = {"static_select", "external_select", "radio_buttons", "overflow"}
SOME_OPTIONS = {"multi_static_select", "multi_external_select", "checkboxes"}
PLAIN = {
    "users_select": "selected_user",
    "conversations_select": "selected_conversation",
    "channels_select": "selected_channel",
    "multi_users_select": "selected_users",
    "multi_conversations_select": "selected_conversations",
    "multi_channels_select": "selected_channels",
    "datepicker": "selected_date",
    "timepicker": "selected_time",
    "datetimepicker": "selected_date_time",
}
INITIAL = {
    "selected_option": "initial_option",
    "selected_options": "initial_options",
    "selected_user": "initial_user",
    "selected_users": "initial_users",
    "selected_conversation": "initial_conversation",
    "selected_conversations": "initial_conversations",
    "selected_channel": "initial_channel",
    "selected_channels": "initial_channels",
    "selected_date": "initial_date",
    "selected_time": "initial_time",
    "selected_date_time": "initial_date_time",
    "value": "initial_value",
}


class IncompleteForm(ValueError):
    """Slack would not send this form. `errors`: block_id to what is wrong."""

    def __init__(self, errors: Mapping[str, str]) -> None:
        super().__init__("; ".join(f"{block_id}: {error}" for block_id, error in errors.items()))
        self.errors = dict(errors)


def key_of(element: Mapping[str, Any]) -> str:
    """The key under which the choice of an element stands in a payload."""
    kind = element["type"]
    if kind in ONE_OPTION:
        return "selected_option"
    return "selected_options" if kind in SOME_OPTIONS else PLAIN.get(kind, "value")


def chosen(element: Mapping[str, Any], choice: Any, known: Blocks | None = None) -> Json:
    """`choice` as the payload has it: {"type", and value or selected_...}.

    Options are chosen by their value or as a whole; `known` are those that the app has suggested. LookupError
    when there is no such option.
    """
    kind, key = element["type"], key_of(element)
    if key == "selected_option":
        return {"type": kind, key: option(element, choice, known) if choice else None}
    if key == "selected_options":
        return {"type": kind, key: [option(element, each, known) for each in choice or []]}
    return {"type": kind, key: choice}


def option(element: Mapping[str, Any], choice: Any, known: Blocks | None = None) -> Json:
    """The option meant by its value, or by itself."""
    offered = [dict(each) for each in listed(element)] + list(known or [])
    initial = [element.get("initial_option"), *element.get("initial_options", [])]
    offered += [each for each in initial if each]
    for each in offered:
        if choice in (each["value"], each):
            return each
    raise LookupError(f"{choice!r} is not offered; there is {[each['value'] for each in offered]}")


def initial(element: Mapping[str, Any]) -> Json:
    """What an element holds before anybody touches it."""
    key = key_of(element)
    empty: Any = [] if key.endswith("s") and key.startswith("selected") else None
    return {"type": element["type"], key: element.get(INITIAL[key], empty)}


def empty(held: Mapping[str, Any]) -> bool:
    """True when an element holds nothing."""
    return not any(value for key, value in held.items() if key != "type")


def state(blocks: Blocks, values: Mapping[str, Any]) -> Json:
    """The state of all stateful elements: what is in `values` (block_id, then action_id), else the initial."""
    whole: Json = {}
    for block in blocks:
        for element in elements_of(block):
            if element["type"] in ("button", "overflow", "image"):
                continue
            held = values.get(block["block_id"], {}).get(element["action_id"])
            whole.setdefault(block["block_id"], {})[element["action_id"]] = held or initial(element)
    return whole


def filled_in(view: View, values: Mapping[Any, Any], known: Mapping[str, Blocks]) -> Json:
    """The state of a view once a person has put `values` in: action_id, block_id, or the pair of both, to their choice.

    KeyError for a name that no element has; LookupError for an option that is not there.
    """
    whole = state(view.blocks, view.values)
    unused = dict(values)
    for block in view.blocks:
        for element in elements_of(block):
            for name in ((block["block_id"], element.get("action_id")), element.get("action_id"), block["block_id"]):
                if name in unused and block["block_id"] in whole:
                    whole[block["block_id"]][element["action_id"]] = chosen(
                        element, unused.pop(name), known.get(element["action_id"])
                    )
    if unused:
        raise KeyError(f"the view has no field {', '.join(map(str, unused))}; it has {whole}")
    return whole


def complete(view: View, whole: Mapping[str, Any]) -> None:
    """Raise IncompleteForm where Slack would keep a person from submitting."""
    errors: dict[str, str] = {}
    for block in view.blocks:
        if block["type"] != "input":
            continue
        element = block["element"]
        held = whole[block["block_id"]][element["action_id"]]
        if empty(held):
            if not block.get("optional"):
                errors[block["block_id"]] = "Please complete this required field."
        elif element["type"] == "plain_text_input":
            length = len(held["value"])
            if not element.get("min_length", 0) <= length <= element.get("max_length", 3000):
                errors[block["block_id"]] = f"Too long or too short: {length} characters."
    if errors:
        raise IncompleteForm(errors)
