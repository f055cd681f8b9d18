"""The inputs of a form about an entry, prefilled, and what somebody wrote into them.

Each field is one input whose block_id is the field's name (the contact is three). A field counts as changed only when
its input no longer holds what it was prefilled with, so that what a form cannot show whole is never cut short.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import date
from typing import Any

from slack_sdk.models.blocks import Block

from bot.field_words import CHOICES, CONTACT_LABELS, HINTS, LABELS
from bot.language import phrase
from bot.slack.blocks import note
from bot.slack.inputs import NONE_GIVEN, TYPED, select_input, text_input, value_of
from catalogue.checks import tidy
from catalogue.entries import LISTS, RECORDS
from catalogue.fields import CONTACT_PARTS, LIMITS, LONG, Unclear

BETWEEN = " | "
CONTACT = tuple(f"contact_{part}" for part in CONTACT_PARTS)


@dataclass(slots=True)
class Typed:
    """What a form holds: the values that are to change, and what is wrong, by block_id."""

    changes: dict[str, Any] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)


def inputs(
    document: Mapping[str, Any], names: Sequence[str], *, proposed: Mapping[str, Any] | None = None
) -> list[Block]:
    """An input for each field, holding what `document` says, or what is `proposed` for it."""
    blocks: list[Block] = []
    for name in names:
        value = (proposed or {}).get(name, document.get(name))
        if name == "contact":
            blocks += [
                _text(f"contact_{part}", CONTACT_LABELS[part], (value or {}).get(part)) for part in CONTACT_PARTS
            ]
        elif name in CHOICES:
            blocks.append(_choice(name, value))
        elif (text := as_text(name, value)) is None or len(text) > TYPED:
            blocks.append(
                note(phrase("{field}: too long for a form. Change it with a spreadsheet.").format(field=LABELS[name]))
            )
        else:
            blocks.append(_text(name, LABELS[name], text))
    return blocks


def as_text(name: str, value: Any) -> str | None:
    """A value as it stands in a text box; None when it could not be read back from there."""
    if value is None:
        return ""
    if name in LISTS:
        return "\n".join(value)
    if name in RECORDS:
        lines = [BETWEEN.join(record.get(part, "") for part in _parts(name)).rstrip(" |") for record in value]
        text = "\n".join(lines)
        return text if from_text(name, text) == value else None
    return str(value)


def from_text(name: str, text: str) -> Any:
    """What a text box holds, as the field's cleaner takes it."""
    if name in LISTS:
        return [line for line in map(str.strip, text.splitlines()) if line]
    if name in RECORDS:
        records = []
        for line in filter(None, map(str.strip, text.splitlines())):
            pairs = zip(_parts(name), map(str.strip, line.split("|")), strict=False)
            records.append({part: value for part, value in pairs if value})
        return records
    return text


def _parts(name: str) -> list[str]:
    return [part.name for part in fields(RECORDS[name])]


def _text(block_id: str, label: str, value: str | None) -> Block:
    return text_input(
        block_id,
        label,
        limit=min(LIMITS.get(block_id, TYPED), TYPED),
        hint=HINTS.get(block_id),
        optional=block_id != "title",
        multiline=block_id in LONG or block_id in LISTS or block_id in RECORDS,
        initial=value,
    )


def _choice(name: str, value: Any) -> Block:
    """A select. What an entry holds that is none of the choices is offered as it stands."""
    choices = dict(CHOICES[name])
    if value and value not in choices:
        choices[str(value)] = str(value)
    if name == "visibility":
        value = value or "public"
    else:
        choices = {NONE_GIVEN: phrase("Not provided"), **choices}
    return select_input(name, LABELS[name], choices, chosen=value or NONE_GIVEN, hint=HINTS.get(name))


def typed(state: Mapping[str, Any], document: Mapping[str, Any], names: Sequence[str], *, today: date) -> Typed:
    """What was changed in a form that was prefilled from `document`."""
    result = Typed()
    for name in names:
        if name == "contact":
            _contact(state, document.get("contact") or {}, result, today)
            continue
        if name not in state:
            continue
        written = value_of(state, name)
        before = _prefilled(name, document.get(name))
        if written == before:
            continue
        _take(name, from_text(name, written) if name not in CHOICES else written, result, today)
    if not result.errors and "title" in result.changes and not result.changes["title"]:
        result.errors["title"] = "An entry needs a title."
    return result


def _prefilled(name: str, value: Any) -> str:
    if name in CHOICES:
        return str(value or ("public" if name == "visibility" else ""))
    return as_text(name, value) or ""


def _contact(state: Mapping[str, Any], before: Mapping[str, str], result: Typed, today: date) -> None:
    written = {part: value_of(state, f"contact_{part}") for part in CONTACT_PARTS}
    if all(written[part] == before.get(part, "") for part in CONTACT_PARTS):
        return
    contact = {part: value for part, value in written.items() if value}
    for part, value in contact.items():
        try:
            tidy("contact", {part: value}, today=today)
        except Unclear as unclear:
            result.errors[f"contact_{part}"] = str(unclear)
    _take("contact", contact, result, today, block_id="contact_name")


def _take(name: str, value: Any, result: Typed, today: date, *, block_id: str | None = None) -> None:
    try:
        result.changes[name] = tidy(name, value, today=today)
    except Unclear as unclear:
        if name != "contact" or not result.errors:
            result.errors[block_id or name] = str(unclear)
