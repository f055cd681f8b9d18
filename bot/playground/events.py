"""Slack's side of the wire: what people do in the workspace reaches the app, as its manifest allows.

Each method does the thing in the workspace and delivers what Slack would deliver. Events that the manifest does not
subscribe to are not sent; a command, shortcut or button that it does not offer raises NotOffered.
Read next: `post_office`, which signs and sends, and `interactions`, which writes the payloads.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

import httpx

from bot.playground import interactions
from bot.playground import manifest as manifests
from bot.playground.actions import Actions
from bot.playground.deliveries import Delivery
from bot.playground.manifest import NotOffered
from bot.playground.methods import EVENT_SCOPES
from bot.playground.model import Channel, Json, Message, User
from bot.playground.mrkdwn import links
from bot.playground.payloads import message_json, view_json
from bot.playground.post_office import PostOffice
from bot.playground.workspace import Workspace

__all__ = ["Delivery", "NotOffered", "Sender"]

KIND: Mapping[str, str] = {"public": "channel", "private": "group", "im": "im", "mpim": "mpim"}
SUBSCRIPTION: Mapping[str, str] = {
    "public": "message.channels",
    "private": "message.groups",
    "im": "message.im",
    "mpim": "message.mpim",
}


class Sender(Actions):
    """People in `workspace` act, and the app at `endpoint` (its /slack/events) is told, signed, within 3 seconds.

    `signing_clock` gives the timestamps that are signed: real time, since the app compares them with its own.
    """

    def __init__(
        self,
        endpoint: str,
        signing_secret: str,
        workspace: Workspace,
        *,
        manifest: Mapping[str, Any],
        client: httpx.Client | None = None,
        signing_clock: Callable[[], float] = time.time,
        timeout: float = 3.0,
    ) -> None:
        office = PostOffice(
            endpoint,
            signing_secret,
            clock=workspace.clock,
            signing_clock=signing_clock,
            client=client,
            timeout=timeout,
            noted=workspace.wake,
        )
        super().__init__(office, workspace, manifest)
        self.subscriptions = manifests.subscriptions(manifest)
        for name in sorted(self.subscriptions & EVENT_SCOPES.keys()):
            if not workspace.has_scope(EVENT_SCOPES[name]):
                workspace.violation("manifest", f"subscribes to {name} without the scope {EVENT_SCOPES[name]}")

    def close(self) -> None:
        """Close the connections to the app."""
        self.office.close()

    def say(
        self, user: str | User, channel: str | Channel, text: str, thread_ts: str | None = None, **more: Any
    ) -> list[Delivery]:
        """A person, or another bot, posts `text` as it is on the wire (`<@U0BOT>` for a mention), joining if need be.

        `more`: other fields of Message, such as client_msg_id. Returns one Delivery per event, in Slack's order.
        """
        place, person = self.workspace.channel(channel), self.workspace.user(user)
        if person.id not in place.members:
            place = self.workspace.join(place, person)
        more.setdefault("client_msg_id", "" if person.is_bot else str(uuid.uuid4()))
        message = self.workspace.post(place, text, user=person, thread_ts=thread_ts, **more)
        return self.tell_of(message)

    def direct_message(self, user: str | User, text: str, thread_ts: str | None = None, **more: Any) -> list[Delivery]:
        """A person writes to the bot directly; NotOffered when the manifest has no messages tab to write in."""
        if not manifests.has_messages(self.manifest):
            raise NotOffered("the manifest does not let people write to the bot")
        return self.say(user, self.workspace.open_im(user), text, thread_ts, **more)

    def share(
        self, user: str | User, channel: str | Channel, name: str, content: bytes, text: str = ""
    ) -> list[Delivery]:
        """A person puts a file into a channel or a direct message, with a text."""
        file = self.workspace.add_file(name, content, user=user)
        return self.say(user, channel, text, files=(file.id,))

    def tell_of(self, message: Message) -> list[Delivery]:
        """Deliver what Slack sends about a new message that is in the workspace already."""
        channel = self.workspace.channel(message.channel)
        if self.workspace.bot_user_id not in channel.members:
            return []
        event = self._message_event(message, channel)
        told = []
        if self._mentions(message.text) and channel.kind != "im":
            told += self.deliver_event(event | {"type": "app_mention"})
        told += self.deliver_event(
            event | {"channel_type": KIND[channel.kind]}, subscription=SUBSCRIPTION[channel.kind]
        )
        found = [url for url in links(message.text) if self._unfurls(url)]
        return told + (self.link_shared(message, found) if found else [])

    def edit(self, user: str | User, message: Message, text: str) -> list[Delivery]:
        """A person changes their message; a mention that is new in it is delivered as such, under the old ts."""
        before = self.workspace.find(message.channel, message.ts) or message
        after = self.workspace.update(before, text=text)
        channel = self.workspace.channel(message.channel)
        told = []
        if self._mentions(text) and not self._mentions(before.text) and channel.kind != "im":
            told += self.deliver_event(self._message_event(after, channel) | {"type": "app_mention"})
        changed = {
            "subtype": "message_changed",
            "message": message_json(self.workspace, after),
            "previous_message": message_json(self.workspace, before),
        }
        return told + self._hidden(channel, changed)

    def delete(self, user: str | User, message: Message) -> list[Delivery]:
        """A person deletes their message."""
        before = self.workspace.find(message.channel, message.ts) or message
        self.workspace.delete(before)
        gone = {
            "subtype": "message_deleted",
            "deleted_ts": before.ts,
            "previous_message": message_json(self.workspace, before),
        }
        return self._hidden(self.workspace.channel(message.channel), gone)

    def react(self, user: str | User, message: Message, name: str) -> list[Delivery]:
        """A person puts an emoji under a message."""
        item = {"type": "message", "channel": message.channel, "ts": message.ts}
        event = {"type": "reaction_added", "reaction": name, "item": item, "item_user": message.user}
        return self.deliver_event(event | {"user": self.workspace.user(user).id})

    def join_channel(self, channel: str | Channel, *, inviter: str | User | None = None) -> list[Delivery]:
        """Somebody adds the bot to a channel."""
        place = self.workspace.join(channel, self.workspace.bot_user_id)
        event: Json = {
            "type": "member_joined_channel",
            "user": self.workspace.bot_user_id,
            "channel": place.id,
            "channel_type": "C" if place.kind == "public" else "G",
            "team": self.workspace.team_id,
        }
        return self.deliver_event(event | ({"inviter": self.workspace.user(inviter).id} if inviter else {}))

    def open_home(self, user: str | User, *, tab: str = "home") -> list[Delivery]:
        """A person opens the app's Home tab, or with tab="messages" its messages."""
        if tab == "home" and not manifests.has_home(self.manifest):
            raise NotOffered("the manifest has no Home tab")
        person = self.workspace.user(user)
        event: Json = {
            "type": "app_home_opened",
            "user": person.id,
            "channel": self.workspace.open_im(person).id,
            "tab": tab,
        }
        home = self.workspace.views.home(person.id)
        if home is not None and tab == "home":
            event["view"] = view_json(self.workspace, home)
        return self.deliver_event(event)

    def link_shared(self, message: Message, urls: list[str]) -> list[Delivery]:
        """Tell the app of links in a message; `say` does it by itself for the manifest's domains."""
        event: Json = {
            "type": "link_shared",
            "user": message.user,
            "channel": message.channel,
            "message_ts": message.ts,
            "is_bot_user_member": self.workspace.bot_user_id in self.workspace.channel(message.channel).members,
            "source": "conversations_history",
            "unfurl_id": f"{message.channel}.{message.ts}",
            "links": [{"domain": urlsplit(url).hostname, "url": url} for url in urls],
        }
        return self.deliver_event(event | ({"thread_ts": message.thread_ts} if message.thread_ts else {}))

    def deliver_event(self, event: Json, *, subscription: str | None = None, **envelope: Any) -> list[Delivery]:
        """Deliver one event of any kind if the manifest subscribes to it; `envelope` replaces fields around it."""
        if (subscription or event["type"]) not in self.subscriptions:
            return []
        event = {"event_ts": self.workspace.next_ts()} | event
        channel = self.workspace.channels.get(str(event.get("channel", "")))
        bot = {"team_id": self.workspace.team_id, "user_id": self.workspace.bot_user_id, "is_bot": True}
        whole: Json = {
            "token": interactions.VERIFICATION_TOKEN,
            "team_id": self.workspace.team_id,
            "context_team_id": self.workspace.team_id,
            "context_enterprise_id": None,
            "api_app_id": self.workspace.app_id,
            "event": event,
            "type": "event_callback",
            "event_id": self.workspace.new_id("Ev"),
            "event_time": int(self.workspace.clock()),
            "authorizations": [bot | {"enterprise_id": None, "is_enterprise_install": False}],
            "is_ext_shared_channel": channel is not None and channel.is_ext_shared,
            "event_context": self.workspace.new_id("4-"),
        }
        return [self.office.send_event(whole | envelope)]

    def _message_event(self, message: Message, channel: Channel) -> Json:
        author = self.workspace.user(message.user)
        event = message_json(self.workspace, message) | {"channel": channel.id, "event_ts": message.ts}
        event.setdefault("blocks", [rich_text(message.text)])
        if author.is_bot and author.id != self.workspace.bot_user_id:
            event["subtype"] = "bot_message"
        elif message.files:
            event["subtype"] = "file_share"
        if author.team_id != self.workspace.team_id:
            event |= {"user_team": author.team_id, "source_team": author.team_id}
        if message.is_reply and (root := self.workspace.find(channel, message.root)):
            event["parent_user_id"] = root.user
        return event

    def _hidden(self, channel: Channel, event: Json) -> list[Delivery]:
        if self.workspace.bot_user_id not in channel.members:
            return []
        base = {"type": "message", "channel": channel.id, "hidden": True, "channel_type": KIND[channel.kind]}
        ts = {"ts": self.workspace.next_ts()}
        return self.deliver_event(base | ts | event, subscription=SUBSCRIPTION[channel.kind])

    def _mentions(self, text: str) -> bool:
        return f"<@{self.workspace.bot_user_id}>" in text or f"<@{self.workspace.bot_user_id}|" in text

    def _unfurls(self, url: str) -> bool:
        try:
            host = urlsplit(url).hostname or ""
        except ValueError:  # no address, though it looks like one
            return False
        domains = manifests.unfurl_domains(self.manifest)
        return any(host == domain or host.endswith("." + domain) for domain in domains)


def rich_text(text: str) -> Json:
    """A person's text as the rich_text block that Slack sends along."""
    section = {"type": "rich_text_section", "elements": [{"type": "text", "text": text}]}
    return {"type": "rich_text", "block_id": "rich", "elements": [section]}
