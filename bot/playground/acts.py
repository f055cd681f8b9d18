"""What a person can do on the page: each act takes what the browser sent and hands it to the Sender as Slack would.

An act returns a sentence to show when the bot did not do its part, else None.
"""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Callable, Mapping
from typing import Any

from bot.playground import manifest as manifests
from bot.playground.deliveries import Delivery
from bot.playground.events import Sender
from bot.playground.forms import IncompleteForm
from bot.playground.model import Json, Message, View
from bot.playground.mrkdwn import wire

LARGEST_FILE = 10_000_000
Act = Callable[[Sender, Json], str | None]


def notice(sender: Sender, deliveries: list[Delivery]) -> str | None:
    """What to tell a person when the bot failed to answer a delivery, as Slack sees it."""
    name = sender.workspace.users[sender.workspace.bot_user_id].name
    for delivery in deliveries:
        if delivery.error == "http_timeout":
            return f"{name} did not answer within {sender.office.timeout:.0f} seconds. Slack would give up here too."
        if delivery.error is not None:
            return f"{name} cannot be reached. Is it running?"
        if not delivery.ok:
            return f"{name} answered with an error ({delivery.status})."
    return None


def thing(sender: Sender, body: Json) -> Message | View:
    """The message or view that was acted on; LookupError when it is gone."""
    workspace = sender.workspace
    if body.get("view"):
        found: Message | View | None = workspace.views.find(view_id=body["view"])
    else:
        found = workspace.find(body["channel"], body["ts"])
        if isinstance(found, Message) and found.ephemeral_to not in (None, body["as"]):
            found = None
    if found is None:
        raise LookupError("That is no longer there.")
    return found


def say(sender: Sender, body: Json) -> str | None:
    """Post what was typed, or give the slash command that it begins with."""
    workspace, text = sender.workspace, str(body["text"]).strip()
    files = [attached(sender, body["as"], file) for file in body.get("files") or []]
    if not text and not files:
        return None
    if text.startswith("/"):
        return command(sender, body, text)
    bot, channel = workspace.users[workspace.bot_user_id], workspace.channel(body["in"])
    sent = wire(text, {user.name: user.id for user in list(workspace.users.values())})
    told = sender.say(body["as"], channel, sent, body.get("thread") or None, files=tuple(files))
    if told or channel.kind == "im":
        return notice(sender, told)
    if bot.id not in channel.members:
        return f"{bot.name} is not in this channel, so it did not see that."
    if body.get("thread"):
        return None
    return f"{bot.name} answers in channels when it is mentioned: start with @{bot.name}."


def attached(sender: Sender, user: str, file: Json) -> str:
    """The id of a file that came with a message, its content in base64; LookupError when it is too large."""
    content = b64decode(str(file["content"]))
    if len(content) > LARGEST_FILE:
        raise LookupError("The playground takes files of up to 10 MB.")
    return sender.workspace.add_file(str(file["name"]), content, user=user).id


def command(sender: Sender, body: Json, text: str) -> str | None:
    """Give a slash command; they do not work inside threads."""
    if body.get("thread"):
        return "Slack does not take commands inside a thread."
    name, _, rest = text.partition(" ")
    if name not in manifests.commands(sender.manifest):
        known = ", ".join(sorted(manifests.commands(sender.manifest)))
        return f"There is no command {name}. There is: {known}."
    sender.command(body["as"], body["in"], name, rest.strip())  # a failure is shown as Slack shows it
    return None


def typed(body: Json) -> dict[tuple[str, str], Any] | None:
    """What stands in the fields of a view: (block_id, action_id) to choice."""
    values = body.get("values")
    if not isinstance(values, dict):
        return None
    return {(block, action): value for block, fields in values.items() for action, value in fields.items()}


def press(sender: Sender, body: Json) -> str | None:
    """Press a button."""
    found = thing(sender, body)
    block_id, action_id = str(body["block_id"]), str(body["action_id"])
    return notice(sender, [sender.click(body["as"], found, action_id, block_id=block_id, values=typed(body))])


def choose(sender: Sender, body: Json) -> str | None:
    """Make a choice in a menu, or press enter in a field that tells the app."""
    found = thing(sender, body)
    block_id, action_id = str(body["block_id"]), str(body["action_id"])
    values = typed(body)
    picked = sender.select(body["as"], found, action_id, body.get("choice"), block_id=block_id, values=values)
    return notice(sender, [picked])


def submit(sender: Sender, body: Json) -> str | None:
    """Submit the modal in front; what is missing is shown next to its field."""
    view = sender.workspace.views.find(view_id=str(body["view"]))
    if view is None:
        return "That is no longer open."
    try:
        sender.submit(body["as"], typed(body), view=view)
    except IncompleteForm as incomplete:
        sender.workspace.views.refuse(view.user, incomplete.errors)
    return None


def close(sender: Sender, body: Json) -> str | None:
    """Close the modal in front."""
    if sender.workspace.views.front(body["as"]) is None:
        return None
    delivery = sender.close_view(body["as"])
    return notice(sender, [delivery] if delivery else [])


def home(sender: Sender, body: Json) -> str | None:
    """Open the Home tab, or with `tab` the messages."""
    return notice(sender, sender.open_home(body["as"], tab=str(body.get("tab") or "home")))


def shortcut(sender: Sender, body: Json) -> str | None:
    """Choose a shortcut, of a message or from the composer."""
    if body.get("ts"):
        found = thing(sender, body)
        if isinstance(found, Message):
            return notice(sender, [sender.message_shortcut(body["as"], found, str(body["callback_id"]))])
    return notice(sender, [sender.global_shortcut(body["as"], str(body["callback_id"]))])


def invite(sender: Sender, body: Json) -> str | None:
    """Add the bot to a channel."""
    return notice(sender, sender.join_channel(body["in"], inviter=body["as"]))


ACTS: Mapping[str, Act] = {
    "say": say,
    "press": press,
    "choose": choose,
    "submit": submit,
    "close": close,
    "home": home,
    "shortcut": shortcut,
    "invite": invite,
}
