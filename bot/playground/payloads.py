"""People, channels, messages and views written as Slack writes them in answers and deliveries."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

from bot.playground.model import Channel, File, Json, Message, User, View

if TYPE_CHECKING:
    from bot.playground.workspace import Workspace


def user_json(workspace: Workspace, user: User, *, locale: bool = False) -> Json:
    """A person as users.info has it; the e-mail address only with the scope for it."""
    profile: Json = {"real_name": user.real_name, "display_name": user.name, "title": user.title}
    if user.email and workspace.has_scope("users:read.email"):
        profile["email"] = user.email
    flags = {
        "is_bot": user.is_bot,
        "is_restricted": user.is_restricted,
        "is_ultra_restricted": user.is_ultra_restricted,
        "is_stranger": user.is_stranger,
        "deleted": user.deleted,
        "is_app_user": False,
        "is_email_confirmed": user.is_email_confirmed,
    }
    base: Json = {"id": user.id, "team_id": user.team_id, "name": user.name, "real_name": user.real_name}
    return base | flags | {"tz": user.tz, "profile": profile} | ({"locale": user.locale} if locale else {})


def channel_json(workspace: Workspace, channel: Channel) -> Json:
    """A channel as conversations.info has it."""
    base: Json = {
        "id": channel.id,
        "is_channel": channel.kind == "public",
        "is_group": channel.kind == "private",
        "is_im": channel.kind == "im",
        "is_mpim": channel.kind == "mpim",
        "is_private": channel.kind != "public",
        "is_archived": channel.archived,
        "is_ext_shared": channel.is_ext_shared,
        "is_shared": channel.is_ext_shared,
        "context_team_id": workspace.team_id,
    }
    if channel.kind == "im":
        others = channel.members - {workspace.bot_user_id}
        return base | {"user": next(iter(others), workspace.bot_user_id)}
    return base | {"name": channel.name, "is_member": workspace.bot_user_id in channel.members}


def message_json(workspace: Workspace, message: Message) -> Json:
    """A message as it stands in answers and inside payloads."""
    author = workspace.users.get(message.user)
    base: Json = {
        "type": "message",
        "user": message.user,
        "ts": message.ts,
        "text": message.text,
        "team": author.team_id if author else workspace.team_id,
    }
    if message.bot_id:
        base |= {
            "bot_id": message.bot_id,
            "app_id": workspace.app_id if message.user == workspace.bot_user_id else "A0OTHER",
        }
    if message.edited:
        base["edited"] = {"user": message.user, "ts": message.edited}
    present = {
        "blocks": message.blocks,
        "thread_ts": message.thread_ts,
        "metadata": message.metadata,
        "client_msg_id": message.client_msg_id,
        "files": [file_json(workspace, workspace.files[name]) for name in message.files if name in workspace.files],
    }
    return base | {key: value for key, value in present.items() if value}


def file_json(workspace: Workspace, file: File) -> Json:
    """A file as messages and files.info have it; its content is got from `url_private_download` with the token."""
    address = f"{workspace.base_url}/files-pri/{file.id}/{quote(file.name)}"
    return {
        "id": file.id,
        "name": file.name,
        "title": file.name,
        "mimetype": file.mimetype,
        "filetype": file.name.rpartition(".")[2].lower(),
        "user": file.user,
        "size": file.length,
        "mode": "hosted",
        "is_external": False,
        "url_private": address,
        "url_private_download": address,
    }


def view_json(workspace: Workspace, view: View) -> Json:
    """A view as it stands in answers and payloads, with what was typed so far under state.values."""
    defaults: Json = {
        "private_metadata": "",
        "callback_id": "",
        "external_id": "",
        "clear_on_close": False,
        "notify_on_close": False,
        "close": None,
        "submit": None,
        "title": {"type": "plain_text", "text": "View Title", "emoji": True},
    }
    own: Json = {
        "id": view.id,
        "team_id": workspace.team_id,
        "app_id": workspace.app_id,
        "app_installed_team_id": workspace.team_id,
        "bot_id": workspace.bot_id,
        "hash": view.hash,
        "root_view_id": view.root_view_id,
        "previous_view_id": view.previous_view_id,
        "state": {"values": view.values},
    }
    return defaults | view.payload | own
