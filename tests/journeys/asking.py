"""What people do with requests in Slack, as tests of journeys need it: ask step by step, decide, read what was said."""

from __future__ import annotations

from typing import Any

from bot.playground.model import Message, View
from catalogue import clock, outbox, people, requests
from catalogue.model import Person
from catalogue.requests.model import ShareRequest
from tests.journeys.conftest import Town

ANALYST, MANAGER, ADMIN, STEWARD, NHS, AUDITOR = "U0ANALYST", "U0MANAGER", "U0ADMIN", "U0STEWARD", "U0NHS", "U0AUDITOR"
NPD = "dfe/national-pupil-database"
TODAY = clock.now().date()

ANSWERS: dict[str, dict[str, Any]] = {
    "purpose": {
        "data_type": ["personal"],
        "data_subjects": "Pupils in years 7 to 11 in Camden",
        "aims": "Find pupils who are entitled to free school meals and do not get them.",
        "use_of_data": "We match it with benefits data.",
        "data_required": "Year, school and free school meals eligibility, 2024 to 2026.",
        "benefits": ["service"],
        "other_organisations": "only_us",
        "impact": "Pupils go without a meal.",
    },
    "legal": {"legal_power": "yes", "which_power": "Education Act 1996 section 537A", "legal_review": "yes"},
}
"""Answers to the first steps; the rest is answered by `anything`."""


def person(town: Town, user: str) -> Person:
    return people.find(town.db, user)


def front(town: Town, user: str) -> View:
    view = town.workspace.views.front(user)
    assert view, town.workspace.transcript()
    return view


def words(thing: View | Message) -> str:
    return str(thing.payload if isinstance(thing, View) else (thing.text, thing.blocks))


def button(town: Town, user: str, action_id: str, value: str) -> Message:
    """A message to a person with one button, as an answer has it."""
    blocks = [
        {
            "type": "actions",
            "elements": [
                {
                    "type": "button",
                    "action_id": action_id,
                    "value": value,
                    "text": {"type": "plain_text", "text": "Press"},
                }
            ],
        }
    ]
    payload = {"way": "message", "channel": user, "thread_ts": None, "text": "Press", "blocks": blocks}
    key = f"button:{user}:{action_id}:{value}:{town.workspace.new_id('x')}"
    outbox.post(town.db, "message", payload, key=key, channel=None, now=clock.now())
    town.settles()
    return town.said_to(user)[-1]


def presses(town: Town, user: str, action_id: str, value: str | None, where: Message | View | None = None) -> Any:
    """Somebody presses a button, that of a message or view that they have, or one put before them."""
    thing = where or button(town, user, action_id, value or "")
    return town.sender.click(user, thing, action_id, value=value)


def card(town: Town, user: str, request_id: str = "SR-0001") -> Message:
    """The newest message to somebody about a request."""
    town.settles()
    return next(each for each in reversed(town.said_to(user)) if request_id in each.text)


def anything(view: View) -> dict[str, Any]:
    """Some answer to every compulsory question of a step that has none."""
    values: dict[str, Any] = {}
    for block in view.blocks:
        if block["type"] != "input" or block.get("optional"):
            continue
        element = block["element"]
        given = any(key.startswith("initial") for key in element)
        match element["type"]:
            case _ if given:
                pass
            case "checkboxes" | "multi_static_select":
                values[block["block_id"]] = [element["options"][0]["value"]]
            case "radio_buttons" | "static_select":
                values[block["block_id"]] = element["options"][-1]["value"]
            case "datepicker":
                values[block["block_id"]] = "2099-01-01"
            case _:
                values[block["block_id"]] = "As our data protection team advised."
    return values


def starts(town: Town, user: str = ANALYST, dataset: str = NPD) -> View:
    """Somebody presses “Request access”."""
    presses(town, user, "request.start", dataset)
    return front(town, user)


def begins(town: Town, user: str = ANALYST, dataset: str = NPD) -> View:
    """Somebody starts a request, past what is to be known first; returns the first step."""
    if starts(town, user, dataset).callback_id == "request.begin":
        town.sender.submit(user, {})
    return front(town, user)


def section_of(view: View) -> str:
    import json

    return str(json.loads(view.payload["private_metadata"])["section"])


def fills(town: Town, user: str = ANALYST) -> View:
    """Fill in every step until everything is read back."""
    for _step in range(40):
        view = front(town, user)
        if view.callback_id != "request.step":
            return view
        present = {block["block_id"] for block in view.blocks if block["type"] == "input"}
        given = {key: value for key, value in ANSWERS.get(section_of(view), {}).items() if key in present}
        sent = town.sender.submit(user, {**anything(view), **given})
        assert sent.ok, sent
        assert not town.workspace.views.errors.get(user), town.workspace.views.errors
    raise AssertionError(front(town, user))


def asks_for(town: Town, user: str = ANALYST, dataset: str = NPD) -> ShareRequest:
    """Somebody asks for data from the first click to the receipt."""
    begins(town, user, dataset)
    assert fills(town, user).callback_id == "request.submit", words(front(town, user))
    town.sender.submit(user, {"declared": ["yes"]})
    assert front(town, user).callback_id == "request.done", words(front(town, user))
    town.workspace.views.close(user, whole=True)
    town.settles()
    return requests.of_person(town.db, person(town, user))[0]


def decides(town: Town, user: str, action_id: str, request_id: str = "SR-0001", **values: Any) -> View:
    """Somebody presses a button of their card and sends the modal; returns what they then see."""
    presses(town, user, action_id, request_id, card(town, user, request_id))
    assert town.sender.submit(user, values).ok
    town.settles()
    return front(town, user)


def state(town: Town, request_id: str = "SR-0001") -> str:
    rows = town.db.query("SELECT state FROM requests WHERE id = :id", {"id": request_id})
    return str(rows[0]["state"])


def buttons(message: Message) -> list[str]:
    """The action_ids of a message's buttons."""
    return [each["action_id"] for block in message.blocks if block["type"] == "actions" for each in block["elements"]]
