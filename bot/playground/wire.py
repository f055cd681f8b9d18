"""What crossed the wire: every delivery to the app and every call of it, in a form to read.

Pure reading, like `screen`. Read next: `page`, which serves it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from bot.playground.deliveries import Delivery
from bot.playground.events import Sender
from bot.playground.model import Call, Json
from bot.playground.screen import LONDON
from bot.playground.workspace import Workspace

LONGEST_ABOUT = 160


@dataclass(frozen=True)
class Crossing:
    """One exchange. `to_bot`: Slack sent it and the app answered; else the app called. `took` is in seconds."""

    key: str
    at: float
    to_bot: bool
    name: str
    status: str
    ok: bool
    who: str
    where: str
    about: str
    sent: Any
    answer: Any
    took: float | None = None

    @property
    def time(self) -> str:
        """The time of day to the millisecond, in London."""
        return datetime.fromtimestamp(self.at, UTC).astimezone(LONDON).strftime("%H:%M:%S.%f")[:-3]


def crossings(workspace: Workspace, sender: Sender, *, deliveries: int = 0, calls: int = 0) -> list[Crossing]:
    """What crossed after the first `deliveries` and `calls`, oldest first."""
    with workspace.lock:
        fresh = [*_deliveries(workspace, sender, deliveries), *_calls(workspace, calls)]
    return sorted(fresh, key=lambda crossing: crossing.at)


def _deliveries(workspace: Workspace, sender: Sender, start: int) -> Iterator[Crossing]:
    for number, delivery in enumerate(list(sender.deliveries)[start:], start):
        yield of_delivery(workspace, number, delivery)


def _calls(workspace: Workspace, start: int) -> Iterator[Crossing]:
    for number, call in enumerate(workspace.calls[start:], start):
        yield of_call(workspace, number, call)


def of_delivery(workspace: Workspace, number: int, delivery: Delivery) -> Crossing:
    """One delivery, with the words that tell it from others of its kind."""
    payload = delivery.payload
    inner = payload.get("event") or payload
    acted = ", ".join(str(action["action_id"]) for action in payload.get("actions", []))
    said = acted or inner.get("text") or inner.get("value") or inner.get("tab") or named(payload)
    user = inner.get("user") or inner.get("user_id")
    return Crossing(
        f"d{number}",
        delivery.at,
        True,
        delivery.kind,
        delivery.error or str(delivery.status),
        delivery.ok,
        person(workspace, user),
        place(workspace, inner.get("channel") or inner.get("channel_id")),
        str(said)[:LONGEST_ABOUT],
        payload,
        delivery.json if delivery.json is not None else delivery.text,
        delivery.duration,
    )


def of_call(workspace: Workspace, number: int, call: Call) -> Crossing:
    """One call of the Web API, or post to a response URL."""
    args = call.args
    said = args.get("text") or named(args)
    user, channel = args.get("user") or args.get("user_id"), args.get("channel")
    return Crossing(
        f"c{number}",
        call.time,
        False,
        call.method,
        call.status,
        call.status == "ok",
        person(workspace, user or channel),  # a message to a person goes by their id
        place(workspace, channel),
        str(said)[:LONGEST_ABOUT],
        args,
        call.answer,
    )


def named(body: Mapping[str, Any]) -> str:
    """What a view or shortcut calls itself."""
    view = body.get("view")
    whole: Mapping[str, Any] = view if isinstance(view, dict) else body
    title = whole.get("title")
    shown = title.get("text") if isinstance(title, dict) else ""
    return str(whole.get("callback_id") or shown or "")


def person(workspace: Workspace, user: Any) -> str:
    """The name of a person given by id or as an object with one; empty when there is none."""
    user_id = user.get("id") if isinstance(user, dict) else user
    found = workspace.users.get(str(user_id))
    return found.real_name if found else ""


def place(workspace: Workspace, channel: Any) -> str:
    """The name of a channel given by id or as an object with one; for direct messages, whose they are."""
    channel_id = channel.get("id") if isinstance(channel, dict) else channel
    found = workspace.channels.get(str(channel_id))
    if found is None:
        return ""
    if found.name:
        return f"#{found.name}"
    others = found.members - {workspace.bot_user_id}
    return "direct messages of " + ", ".join(person(workspace, other) for other in sorted(others))


def counts(workspace: Workspace, sender: Sender) -> Json:
    """How much has crossed so far."""
    return {"deliveries": len(sender.deliveries), "calls": len(workspace.calls)}
