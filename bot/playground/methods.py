"""The Web API's methods as data: what each takes, what it must have, and which scopes it asks of the token.

Old arguments that a new app should not use (as_user, attachments, icon_emoji, link_names, parse, username) are left
out on purpose, so that using one is a fault. A test can compare `scopes` with the manifest.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Method:
    """`arguments`: name to type (see `arguments.TYPES`). All of `scopes` are needed, and one of `any_scope` if any."""

    arguments: Mapping[str, str] = field(default_factory=dict)
    compulsory: tuple[str, ...] = ()
    scopes: tuple[str, ...] = ()
    any_scope: tuple[str, ...] = ()


CONTENT = {"text": "string", "blocks": "blocks", "metadata": "object", "markdown_text": "string"}
PAGES = {"cursor": "string", "limit": "integer"}
LOOKING = ("channels:read", "groups:read", "im:read", "mpim:read")

METHODS: Mapping[str, Method] = {
    "api.test": Method({"error": "string", "foo": "string"}),
    "auth.test": Method(),
    "chat.postMessage": Method(
        {
            **CONTENT,
            "channel": "string",
            "thread_ts": "ts",
            "reply_broadcast": "boolean",
            "unfurl_links": "boolean",
            "unfurl_media": "boolean",
            "mrkdwn": "boolean",
            "client_msg_id": "string",
        },
        ("channel",),
        ("chat:write",),
    ),
    "chat.postEphemeral": Method(
        {
            "text": "string",
            "blocks": "blocks",
            "markdown_text": "string",
            "channel": "string",
            "user": "string",
            "thread_ts": "ts",
        },
        ("channel", "user"),
        ("chat:write",),
    ),
    "chat.update": Method(
        {**CONTENT, "channel": "string", "ts": "ts", "reply_broadcast": "boolean", "file_ids": "ids"},
        ("channel", "ts"),
        ("chat:write",),
    ),
    "chat.delete": Method({"channel": "string", "ts": "ts"}, ("channel", "ts"), ("chat:write",)),
    "chat.unfurl": Method(
        {
            "channel": "string",
            "ts": "string",
            "unfurls": "object",
            "unfurl_id": "string",
            "source": "string",
            "metadata": "object",
        },
        (),
        ("links:write",),
    ),
    "chat.getPermalink": Method({"channel": "string", "message_ts": "ts"}, ("channel", "message_ts")),
    "conversations.open": Method(
        {"channel": "string", "users": "ids", "return_im": "boolean", "prevent_creation": "boolean"},
        (),
        (),
        ("im:write", "mpim:write"),
    ),
    "conversations.info": Method(
        {"channel": "string", "include_locale": "boolean", "include_num_members": "boolean"}, ("channel",), (), LOOKING
    ),
    "conversations.members": Method({"channel": "string", **PAGES}, ("channel",), (), LOOKING),
    "users.info": Method({"user": "string", "include_locale": "boolean"}, ("user",), ("users:read",)),
    "users.list": Method({"include_locale": "boolean", **PAGES}, (), ("users:read",)),
    "users.lookupByEmail": Method({"email": "string"}, ("email",), ("users:read.email",)),
    "usergroups.list": Method(
        {
            "include_count": "boolean",
            "include_disabled": "boolean",
            "include_users": "boolean",
        },
        (),
        ("usergroups:read",),
    ),
    "usergroups.users.list": Method(
        {"usergroup": "string", "include_disabled": "boolean"},
        ("usergroup",),
        ("usergroups:read",),
    ),
    "views.open": Method({"trigger_id": "string", "view": "object"}, ("trigger_id", "view")),
    "views.push": Method({"trigger_id": "string", "view": "object"}, ("trigger_id", "view")),
    "views.update": Method(
        {"view": "object", "view_id": "string", "external_id": "string", "hash": "string"}, ("view",)
    ),
    "views.publish": Method({"user_id": "string", "view": "object", "hash": "string"}, ("user_id", "view")),
    "reactions.add": Method(
        {"channel": "string", "name": "string", "timestamp": "ts"},
        ("channel", "name", "timestamp"),
        ("reactions:write",),
    ),
    "files.getUploadURLExternal": Method(
        {"filename": "string", "length": "integer", "alt_txt": "string", "snippet_type": "string"},
        ("filename", "length"),
        ("files:write",),
    ),
    "files.info": Method({"file": "string", **PAGES}, ("file",), ("files:read",)),
    "files.completeUploadExternal": Method(
        {
            "files": "list",
            "channel_id": "string",
            "channels": "ids",
            "initial_comment": "string",
            "thread_ts": "ts",
        },
        ("files",),
        ("files:write",),
    ),
}
EVENT_SCOPES: Mapping[str, str] = {
    "app_mention": "app_mentions:read",
    "message.channels": "channels:history",
    "message.groups": "groups:history",
    "message.im": "im:history",
    "message.mpim": "mpim:history",
    "link_shared": "links:read",
    "member_joined_channel": "channels:read",
    "reaction_added": "reactions:read",
}
"""The scope without which Slack does not let an app subscribe to an event; app_home_opened needs none."""
