"""The payloads of interactivity: who did it, where, and to what."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.playground.forms import state
from bot.playground.model import Channel, Json, Message, User, View
from bot.playground.payloads import message_json, view_json
from bot.playground.transcript import elements_of
from bot.playground.workspace import Workspace

VERIFICATION_TOKEN = "verification-token"  # noqa: S105  an old kind of check that the app must not rely on
NAMES: Mapping[str, str] = {"im": "directmessage", "private": "privategroup", "mpim": "privategroup"}


def channel_name(channel: Channel) -> str:
    """A channel's name as payloads show it: only that of a public one is told."""
    return NAMES.get(channel.kind, channel.name)


def base(workspace: Workspace, kind: str, user: User) -> Json:
    """What every interactive payload has."""
    return {
        "type": kind,
        "team": {"id": workspace.team_id, "domain": workspace.domain},
        "user": {"id": user.id, "username": user.name, "name": user.name, "team_id": user.team_id},
        "api_app_id": workspace.app_id,
        "token": VERIFICATION_TOKEN,
        "enterprise": None,
        "is_enterprise_install": False,
    }


def place(workspace: Workspace, thing: Message | View, user: User) -> Json:
    """Where something was done: the container, and the message with its channel, or the view."""
    if isinstance(thing, View):
        return {
            "container": {"type": "view", "view_id": thing.id},
            "view": view_json(workspace, thing),
        }
    channel = workspace.channel(thing.channel)
    container: Json = {
        "type": "message",
        "message_ts": thing.ts,
        "channel_id": channel.id,
        "is_ephemeral": thing.ephemeral_to is not None,
    }
    if thing.is_reply:
        container["thread_ts"] = thing.thread_ts
    where: Json = {"container": container, "channel": {"id": channel.id, "name": channel_name(channel)}}
    return where if thing.ephemeral_to else where | {"message": message_json(workspace, thing)}


def found(
    thing: Message | View, action_id: str, *, value: str | None = None, block_id: str | None = None
) -> tuple[Json, Json]:
    """The block and the element meant; `value` and `block_id` tell several with one action_id apart.

    LookupError, naming what there is, when nothing fits.
    """
    present = [(block, element) for block in thing.blocks for element in elements_of(block)]
    for block, element in present:
        fits = element.get("action_id") == action_id and block_id in (None, block["block_id"])
        if fits and (value is None or element.get("value") == value):
            return block, element
    there = [(element.get("action_id"), element.get("value")) for _, element in present]
    raise LookupError(f"no {action_id!r} with value {value!r}; there is {there}")


def action(workspace: Workspace, block: Json, element: Json, choice: Json) -> Json:
    """One entry of `actions` in block_actions."""
    told: Json = {"action_id": element["action_id"], "block_id": block["block_id"], "type": element["type"]}
    if element["type"] == "button":
        told |= {key: element[key] for key in ("text", "value", "style") if key in element}
    return told | choice | {"action_ts": workspace.next_ts()}


def acted(workspace: Workspace, user: User, thing: Message | View, block: Json, element: Json, choice: Json) -> Json:
    """The block_actions payload for one element; mints a trigger id, and a response URL unless it is in a view."""
    payload = base(workspace, "block_actions", user) | place(workspace, thing, user)
    payload["trigger_id"] = workspace.tickets.trigger(user.id)
    payload["actions"] = [action(workspace, block, element, choice)]
    if isinstance(thing, Message):
        held: Any = {block["block_id"]: {element["action_id"]: choice}} if choice else {}
        payload["state"] = {"values": state(thing.blocks, held)}
        payload["response_url"] = response_url(workspace, thing.channel, user, thing)
    return payload


def response_url(workspace: Workspace, channel: str, user: User, message: Message | None) -> str:
    """A new response URL on the Web API's server."""
    return f"{workspace.base_url}/response/{workspace.tickets.response_url(channel, user.id, message)}"
