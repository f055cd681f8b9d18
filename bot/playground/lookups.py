"""The methods that look things up: auth.*, conversations.*, users.* and usergroups.*"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bot.playground.chat import direct, visible
from bot.playground.model import Channel, Json, SlackError
from bot.playground.payloads import channel_json, file_json, user_json
from bot.playground.workspace import Workspace

SCOPE_OF_KIND = {"public": "channels", "private": "groups", "im": "im", "mpim": "mpim"}


def api_test(workspace: Workspace, args: Json) -> Json:
    """api.test"""
    if "error" in args:
        raise SlackError(args["error"], args=args)
    return {"args": args}


def auth_test(workspace: Workspace, args: Json) -> Json:
    """auth.test"""
    return {
        "url": f"https://{workspace.domain}.slack.com/",
        "team": workspace.domain,
        "team_id": workspace.team_id,
        "user": workspace.users[workspace.bot_user_id].name,
        "user_id": workspace.bot_user_id,
        "bot_id": workspace.bot_id,
        "is_enterprise_install": False,
    }


def open_conversation(workspace: Workspace, args: Json) -> Json:
    """conversations.open, with one person or several"""
    people = args.get("users", [])
    if "channel" in args:
        channel = visible(workspace, args["channel"])
    elif len(people) == 1:
        needs(workspace, "im:write")
        channel = direct(workspace, people[0])
    elif people:
        needs(workspace, "mpim:write")
        channel = group(workspace, people)
    else:
        raise SlackError("users_list_not_supplied")
    whole = channel_json(workspace, channel)
    return {"channel": whole if args.get("return_im") else {"id": channel.id}, "no_op": False, "already_open": False}


def group(workspace: Workspace, people: Sequence[str]) -> Channel:
    """The direct message with several people, made when it is missing."""
    if not set(people) <= workspace.users.keys():
        raise SlackError("user_not_found")
    everyone = frozenset({*people, workspace.bot_user_id})
    for channel in workspace.channels.values():
        if channel.kind == "mpim" and channel.members == everyone:
            return channel
    return workspace.add_channel("mpdm-" + "--".join(sorted(everyone)), kind="mpim", members=everyone)


def needs(workspace: Workspace, scope: str) -> None:
    """Raise missing_scope unless the token carries this scope."""
    if not workspace.has_scope(scope):
        raise SlackError("missing_scope", needed=scope, provided=",".join(sorted(workspace.scopes or ())))


def looked_at(workspace: Workspace, channel_id: str) -> Channel:
    """A channel that the bot sees and has the scope to look at, which depends on its kind."""
    channel = visible(workspace, channel_id)
    needs(workspace, SCOPE_OF_KIND[channel.kind] + ":read")
    return channel


def conversation(workspace: Workspace, args: Json) -> Json:
    """conversations.info"""
    channel = looked_at(workspace, args["channel"])
    number = {"num_members": len(channel.members)} if args.get("include_num_members") else {}
    return {"channel": channel_json(workspace, channel) | number}


def members(workspace: Workspace, args: Json) -> Json:
    """conversations.members"""
    return page(sorted(looked_at(workspace, args["channel"]).members), args, "members")


def user(workspace: Workspace, args: Json) -> Json:
    """users.info"""
    found = workspace.users.get(args["user"])
    if found is None:
        raise SlackError("user_not_found")
    return {"user": user_json(workspace, found, locale=args.get("include_locale", False))}


def users(workspace: Workspace, args: Json) -> Json:
    """users.list; strangers from shared channels are not in it"""
    locale = args.get("include_locale", False)
    everyone = [user_json(workspace, each, locale=locale) for each in workspace.users.values() if not each.is_stranger]
    return page(everyone, args, "members")


def user_by_email(workspace: Workspace, args: Json) -> Json:
    """users.lookupByEmail; nobody, or somebody who has left: users_not_found"""
    for each in workspace.users.values():
        if each.email and each.email.casefold() == args["email"].casefold() and not each.deleted:
            return {"user": user_json(workspace, each)}
    raise SlackError("users_not_found")


def user_groups(workspace: Workspace, args: Json) -> Json:
    """usergroups.list"""
    groups = []
    for each in workspace.user_groups.values():
        entry: Json = {"id": each.id, "team_id": workspace.team_id, "handle": each.handle, "name": each.name}
        if args.get("include_users"):
            entry["users"] = list(each.users)
        if args.get("include_count"):
            entry["user_count"] = len(each.users)
        groups.append(entry)
    return {"usergroups": groups}


def user_group_users(workspace: Workspace, args: Json) -> Json:
    """usergroups.users.list"""
    found = workspace.user_groups.get(args["usergroup"])
    if found is None:
        raise SlackError("no_such_subteam")
    return {"users": list(found.users)}


def file(workspace: Workspace, args: Json) -> Json:
    """files.info"""
    found = workspace.files.get(args["file"])
    if found is None:
        raise SlackError("file_not_found")
    return {"file": file_json(workspace, found), "comments": [], "response_metadata": {"next_cursor": ""}}


def page(everything: Sequence[Any], args: Json, name: str) -> Json:
    """One page of a list, with the cursor of the next one ("" after the last)."""
    limit = min(args.get("limit") or 1000, 1000)
    cursor = args.get("cursor", "")
    if cursor and not cursor.removeprefix("from:").isdecimal():
        raise SlackError("invalid_cursor")
    start = int(cursor.removeprefix("from:") or 0)
    following = f"from:{start + limit}" if start + limit < len(everything) else ""
    return {name: list(everything[start : start + limit]), "response_metadata": {"next_cursor": following}}
