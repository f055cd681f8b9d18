"""The chat.* and reactions.* methods: posting, changing and deleting the bot's messages.

Each takes the workspace and checked arguments, and returns the answer's body or raises SlackError.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bot.playground import block_kit
from bot.playground.model import Blocks, Channel, Json, Message, SlackError
from bot.playground.payloads import message_json
from bot.playground.workspace import Workspace

LONGEST_TEXT = 40_000


def visible(workspace: Workspace, channel_id: str) -> Channel:
    """The channel, if the bot may know that it exists; else channel_not_found."""
    channel = workspace.channels.get(channel_id)
    if channel is None or (channel.kind != "public" and workspace.bot_user_id not in channel.members):
        raise SlackError("channel_not_found")
    return channel


def writable(workspace: Workspace, channel_id: str) -> Channel:
    """The channel, if the bot may write there now. A user's id stands for the direct message with them."""
    if channel_id in workspace.users:
        return direct(workspace, channel_id)
    channel = visible(workspace, channel_id)
    if channel.archived:
        raise SlackError("is_archived")
    anywhere = workspace.scopes is not None and "chat:write.public" in workspace.scopes
    if workspace.bot_user_id not in channel.members and not anywhere:
        raise SlackError("not_in_channel")
    return channel


def direct(workspace: Workspace, user_id: str) -> Channel:
    """The direct message channel with a person who can get one."""
    user = workspace.users.get(user_id)
    if user is None:
        raise SlackError("user_not_found")
    if user.is_bot:
        raise SlackError("cannot_dm_bot")
    if user.deleted:
        raise SlackError("user_disabled")
    return workspace.open_im(user)


def content(workspace: Workspace, method: str, args: Json) -> tuple[str, Blocks]:
    """The text and blocks to show; raises SlackError for what Slack refuses, notes what our rules forbid."""
    text, blocks, markdown = args.get("text", ""), args.get("blocks") or [], args.get("markdown_text", "")
    if markdown:
        if text or blocks:
            raise SlackError("markdown_text_conflict")
        blocks = [{"type": "markdown", "text": markdown}]
        text = markdown
    if not text.strip() and not blocks:
        raise SlackError("no_text")
    if len(text) > LONGEST_TEXT:
        raise SlackError("msg_too_long")
    refuse_faults(block_kit.faults(blocks, "message"), workspace, method)
    if blocks and not text.strip():
        workspace.violation(method, "blocks without a text that stands for them")
    return text, blocks


def refuse_faults(faults: Sequence[str], workspace: Workspace, method: str) -> None:
    """Raise the SlackError for faulty blocks, and write them down."""
    if not faults:
        return
    workspace.violation(method, "; ".join(faults))
    too_long = [fault for fault in faults if fault.startswith(block_kit.TOO_LONG)]
    code = block_kit.TOO_LONG if len(too_long) == len(faults) else "invalid_blocks"
    messages = [f"[ERROR] {fault}" for fault in faults]
    raise SlackError(code, errors=list(faults), response_metadata={"messages": messages})


def thread_root(workspace: Workspace, method: str, channel: Channel, thread_ts: str | None) -> str | None:
    """The ts of the root of the thread to post to; raises thread_not_found when its message is not there."""
    if thread_ts is None:
        return None
    found = workspace.find(channel, thread_ts)
    if found is None or found.ephemeral_to:
        raise SlackError("thread_not_found")
    if found.is_reply:
        workspace.violation(method, "thread_ts is that of a reply, not of the thread's root")
    return found.root


def metadata_of(args: Json) -> Json | None:
    """The message metadata, which must have an event_type and an event_payload."""
    metadata: Json | None = args.get("metadata")
    if metadata and not (
        isinstance(metadata.get("event_type"), str) and isinstance(metadata.get("event_payload"), dict)
    ):
        raise SlackError("invalid_metadata_format")
    return metadata or None


def post_message(workspace: Workspace, args: Json) -> Json:
    """chat.postMessage"""
    channel = writable(workspace, args["channel"])
    text, blocks = content(workspace, "chat.postMessage", args)
    root = thread_root(workspace, "chat.postMessage", channel, args.get("thread_ts"))
    metadata = metadata_of(args)
    key = args.get("client_msg_id", "")
    if key and workspace.dedupes_client_msg_id:
        for earlier in workspace.from_bot(channel):
            if earlier.client_msg_id == key:
                return posted(workspace, earlier)
    message = workspace.post(channel, text, blocks=blocks, thread_ts=root, metadata=metadata, client_msg_id=key)
    return posted(workspace, message)


def posted(workspace: Workspace, message: Message) -> Json:
    """The answer about one message."""
    return {"channel": message.channel, "ts": message.ts, "message": message_json(workspace, message)}


def post_ephemeral(workspace: Workspace, args: Json) -> Json:
    """chat.postEphemeral"""
    channel = writable(workspace, args["channel"])
    user = workspace.users.get(args["user"])
    if user is None or user.deleted:
        raise SlackError("user_not_found")
    if user.id not in channel.members:
        raise SlackError("user_not_in_channel")
    text, blocks = content(workspace, "chat.postEphemeral", args)
    root = thread_root(workspace, "chat.postEphemeral", channel, args.get("thread_ts"))
    message = workspace.post(channel, text, blocks=blocks, thread_ts=root, ephemeral_to=user.id)
    return {"message_ts": message.ts}


def own(workspace: Workspace, args: Json, refusal: str) -> Message:
    """The bot's own message that is to be changed or deleted."""
    channel = visible(workspace, args["channel"])
    message = workspace.find(channel, args["ts"])
    if message is None or message.ephemeral_to:
        raise SlackError("message_not_found")
    if message.user != workspace.bot_user_id:
        raise SlackError(refusal)
    if channel.archived:
        raise SlackError("is_archived")
    return message


def update(workspace: Workspace, args: Json) -> Json:
    """chat.update; without `blocks` the message loses those it had, which is noted as a violation."""
    message = own(workspace, args, "cant_update_message")
    text, blocks = content(workspace, "chat.update", args)
    if message.blocks and "blocks" not in args:
        workspace.violation("chat.update", "text without blocks takes the message's blocks away")
    more = {"metadata": metadata_of(args)} if "metadata" in args else {}
    changed = workspace.update(message, text=text, blocks=blocks, **more)
    return posted(workspace, changed) | {"text": text}


def delete(workspace: Workspace, args: Json) -> Json:
    """chat.delete"""
    message = workspace.delete(own(workspace, args, "cant_delete_message"))
    return {"channel": message.channel, "ts": message.ts}


def unfurl(workspace: Workspace, args: Json) -> Json:
    """chat.unfurl, by channel and ts or by unfurl_id and source; the links must be in the message."""
    if not isinstance(args.get("unfurls"), dict) or not args["unfurls"]:
        raise SlackError("missing_unfurls")
    if ("unfurl_id" in args) != ("source" in args):
        raise SlackError("missing_source" if "unfurl_id" in args else "missing_unfurl_id")
    place, ts = args.get("channel", ""), args.get("ts", "")
    if "unfurl_id" in args:  # as `events.link_shared` writes it
        place, _, ts = args["unfurl_id"].partition(".")
    message = workspace.find(visible(workspace, place), ts)
    if message is None:
        raise SlackError("cannot_find_message")
    for url, card in args["unfurls"].items():
        if url not in message.text:
            raise SlackError("cannot_unfurl_url")
        blocks = card.get("blocks", []) if isinstance(card, dict) else card
        refuse_faults(block_kit.faults(blocks, "message"), workspace, "chat.unfurl")
    workspace.keep(replace(message, unfurls={**message.unfurls, **args["unfurls"]}))
    return {}


def permalink(workspace: Workspace, args: Json) -> Json:
    """chat.getPermalink"""
    channel = visible(workspace, args["channel"])
    message = workspace.find(channel, args["message_ts"])
    if message is None:
        raise SlackError("message_not_found")
    link = f"https://{workspace.domain}.slack.com/archives/{channel.id}/p{message.ts.replace('.', '')}"
    query = f"?thread_ts={message.thread_ts}&cid={channel.id}" if message.is_reply else ""
    return {"channel": channel.id, "permalink": link + query}


def react(workspace: Workspace, args: Json) -> Json:
    """reactions.add, by the bot"""
    message = workspace.find(visible(workspace, args["channel"]), args["timestamp"])
    if message is None:
        raise SlackError("message_not_found")
    reaction = (args["name"], workspace.bot_user_id)
    if reaction in message.reactions:
        raise SlackError("already_reacted")
    workspace.keep(replace(message, reactions=(*message.reactions, reaction)))
    return {}
