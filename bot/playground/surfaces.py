"""The views.* methods (modals and Home tabs) and the two steps of a file upload."""

from __future__ import annotations

import json
from dataclasses import replace

from bot.playground import block_kit
from bot.playground.chat import thread_root, writable
from bot.playground.model import Json, SlackError, View
from bot.playground.payloads import view_json
from bot.playground.workspace import Workspace

LARGEST_VIEW = 250_000


def accepted(workspace: Workspace, method: str, args: Json, surface: str) -> Json:
    """The view of a call, if Slack would take it; else invalid_arguments with the faults."""
    payload: Json = args["view"]
    if len(json.dumps(payload)) > LARGEST_VIEW:
        raise SlackError("view_too_large")
    faults = block_kit.faults(payload, surface)
    if faults:
        workspace.violation(method, "; ".join(faults))
        raise SlackError("invalid_arguments", response_metadata={"messages": [f"[ERROR] {fault}" for fault in faults]})
    return payload


def answer(workspace: Workspace, view: View) -> Json:
    """The answer about one view."""
    return {"view": view_json(workspace, view)}


def open_view(workspace: Workspace, args: Json) -> Json:
    """views.open"""
    payload = accepted(workspace, "views.open", args, "modal")
    refuse_second_external_id(workspace, payload)
    return answer(workspace, workspace.views.open(workspace.tickets.spend_trigger(args["trigger_id"]), payload))


def push_view(workspace: Workspace, args: Json) -> Json:
    """views.push, at most two views upon the first"""
    payload = accepted(workspace, "views.push", args, "modal")
    refuse_second_external_id(workspace, payload)
    return answer(workspace, workspace.views.push(workspace.tickets.spend_trigger(args["trigger_id"]), payload))


def refuse_second_external_id(workspace: Workspace, payload: Json) -> None:
    """An external_id stands for one open view of the whole team."""
    if payload.get("external_id") and workspace.views.find(external_id=payload["external_id"]):
        raise SlackError("duplicate_external_id")


def update_view(workspace: Workspace, args: Json) -> Json:
    """views.update, by view_id or external_id, guarded by `hash` when it is given"""
    if ("view_id" in args) == ("external_id" in args):
        raise SlackError("invalid_arguments", response_metadata={"messages": ["[ERROR] view_id or external_id"]})
    view = workspace.views.find(view_id=args.get("view_id"), external_id=args.get("external_id"))
    if view is None:
        raise SlackError("not_found")
    payload = accepted(workspace, "views.update", args, view.payload["type"])
    if args.get("hash", view.hash) != view.hash:
        raise SlackError("hash_conflict")
    return answer(workspace, workspace.views.update(view, payload))


def publish_view(workspace: Workspace, args: Json) -> Json:
    """views.publish, guarded by `hash` when it is given"""
    payload = accepted(workspace, "views.publish", args, "home")
    user = workspace.users.get(args["user_id"])
    if user is None or user.deleted:
        raise SlackError("user_not_found")
    present = workspace.views.home(user.id)
    if present is not None and args.get("hash", present.hash) != present.hash:
        raise SlackError("hash_conflict")
    return answer(workspace, workspace.views.publish(user.id, payload))


def upload_url(workspace: Workspace, args: Json) -> Json:
    """files.getUploadURLExternal"""
    file = workspace.add_file(args["filename"], b"", user=workspace.bot_user_id)
    workspace.files[file.id] = replace(file, length=args["length"])
    return {"upload_url": f"{workspace.base_url}/upload/{file.id}", "file_id": file.id}


def complete_upload(workspace: Workspace, args: Json) -> Json:
    """files.completeUploadExternal; the file appears as a message when a channel is named"""
    ids = [item.get("id", "") for item in args["files"] if isinstance(item, dict)]
    if not ids or not set(ids) <= workspace.files.keys():
        raise SlackError("file_not_found")
    for file_id in ids:
        if len(workspace.files[file_id].content) != workspace.files[file_id].length:
            raise SlackError("file_update_failed")
    for place in [args["channel_id"]] if "channel_id" in args else args.get("channels", []):
        channel = writable(workspace, place)
        root = thread_root(workspace, "files.completeUploadExternal", channel, args.get("thread_ts"))
        workspace.post(channel, args.get("initial_comment", ""), thread_ts=root, files=tuple(ids))
    return {"files": [{"id": file_id, "title": workspace.files[file_id].name} for file_id in ids]}
