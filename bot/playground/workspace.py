"""The state of one Slack workspace, in memory: who is there, what was said, what is open, what the app called.

Every method may be called from any thread. Whoever waits (`wait_for`, `changes_since`) is woken by every change.
Read next: `web_api`, the app's way in, and `events`, the way out to the app.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from copy import deepcopy
from dataclasses import replace
from mimetypes import guess_type
from threading import Condition, RLock
from typing import Any

from bot.playground.faults import Faults, RateLimiter
from bot.playground.modals import Views
from bot.playground.model import (
    Blocks,
    Call,
    Change,
    Channel,
    File,
    Kind,
    Message,
    User,
    UserGroup,
    Violation,
    id_of,
)
from bot.playground.tickets import Tickets
from bot.playground.transcript import with_ids, written_out

PREFIX: Mapping[str, str] = {"public": "C", "private": "G", "im": "D", "mpim": "G"}
SLACKBOT = "USLACKBOT"


class Workspace:
    """One workspace with one bot in it.

    `scopes` are those granted to the bot's token (None: every one). `clock` gives seconds since 1970 and rules
    message timestamps, tickets and the rate limit; waiting uses real time.
    """

    def __init__(
        self,
        *,
        clock: Callable[[], float] = time.time,
        scopes: Iterable[str] | None = None,
        bot_name: str = "whoholds",
        team_id: str = "T0PLAY",
        domain: str = "playground",
        token: str = "xoxb-playground",  # noqa: S107
    ) -> None:
        self.clock = clock
        self.lock = RLock()
        self.scopes: set[str] | None = None if scopes is None else set(scopes)
        self.team_id, self.domain, self.token = team_id, domain, token
        self.bot_user_id, self.bot_id, self.app_id = "U0BOT", "B0BOT", "A0APP"
        self.base_url = "http://127.0.0.1"  # SlackServer sets the port
        self.users: dict[str, User] = {}
        self.channels: dict[str, Channel] = {}
        self.user_groups: dict[str, UserGroup] = {}
        self.calls: list[Call] = []
        self.violations: list[Violation] = []
        self.faults = Faults()
        self.rate_limit: float | None = None
        self.rate_burst = 1
        self.limiter = RateLimiter(clock)
        self.dedupes_client_msg_id = False
        self.token_error: str | None = None  # such as token_revoked: what every call is then refused with
        self.tickets = Tickets(self.lock, clock)
        self.views = Views(self.lock, self.touch)
        self.files: dict[str, File] = {}
        self.version = 0
        self._changed = Condition(self.lock)
        self._changes: deque[Change] = deque(maxlen=5000)
        self._messages: dict[str, dict[str, Message]] = {}
        self._last_micros = 0
        self._count = 0
        for name, user_id in ((bot_name, self.bot_user_id), ("slackbot", SLACKBOT)):
            self.users[user_id] = User(user_id, name, name, title="Bot", is_bot=True, team_id=team_id)

    # People and places

    def add_user(self, name: str, *, id: str | None = None, real_name: str = "", **more: Any) -> User:  # noqa: A002
        """Add a person (`more`: the other fields of User). The real name defaults to the name written out."""
        with self.lock:
            shown = real_name or name.replace(".", " ").replace("-", " ").capitalize()
            user = User(id or self.new_id("U"), name, shown, **{"team_id": self.team_id, **more})
            self.users[user.id] = user
            self.touch("user", user.id)
            return user

    def change_user(self, user: str | User, **fields: Any) -> User:
        """Change fields of a person: deactivate them, make them a guest."""
        with self.lock:
            self.users[id_of(user)] = changed = replace(self.users[id_of(user)], **fields)
            self.touch("user", changed.id)
            return changed

    def add_channel(
        self,
        name: str,
        *,
        kind: Kind = "public",
        members: Iterable[str | User] = (),
        id: str | None = None,  # noqa: A002
        with_bot: bool = True,
        is_ext_shared: bool = False,
    ) -> Channel:
        """Add a channel; the bot is a member unless `with_bot` is False."""
        with self.lock:
            everyone = frozenset(id_of(member) for member in members) | ({self.bot_user_id} if with_bot else set())
            channel = Channel(id or self.new_id(PREFIX[kind]), name, kind, everyone, is_ext_shared)
            self.channels[channel.id] = channel
            self.touch("channel", channel.id)
            return channel

    def change_channel(self, channel: str | Channel, **fields: Any) -> Channel:
        """Change fields of a channel: archive it, share it, or replace its members."""
        with self.lock:
            self.channels[id_of(channel)] = changed = replace(self.channels[id_of(channel)], **fields)
            self.touch("channel", changed.id)
            return changed

    def join(self, channel: str | Channel, user: str | User) -> Channel:
        """Make a person, or the bot, a member."""
        with self.lock:
            return self.change_channel(channel, members=self.channel(channel).members | {id_of(user)})

    def leave(self, channel: str | Channel, user: str | User) -> Channel:
        """Take a person, or the bot, out of a channel."""
        with self.lock:
            return self.change_channel(channel, members=self.channel(channel).members - {id_of(user)})

    def open_im(self, user: str | User) -> Channel:
        """The direct message channel between a person and the bot, made when it is missing."""
        with self.lock:
            both = frozenset({id_of(user), self.bot_user_id})
            for channel in self.channels.values():
                if channel.kind == "im" and channel.members == both:
                    return channel
            return self.add_channel("", kind="im", members=[id_of(user)])

    def add_user_group(self, handle: str, *, name: str = "", users: Iterable[str | User] = ()) -> UserGroup:
        """Add a user group."""
        with self.lock:
            members = tuple(id_of(user) for user in users)
            group = UserGroup(self.new_id("S"), handle, name or handle.capitalize(), members)
            self.user_groups[group.id] = group
            return group

    def add_file(self, name: str, content: bytes, *, user: str | User, mimetype: str = "") -> File:
        """Put a file in, ready to be shared in a message; its type is guessed by its name unless it is given."""
        with self.lock:
            kind = mimetype or guess_type(name)[0] or "application/octet-stream"
            file = File(self.new_id("F"), name, id_of(user), len(content), content, kind)
            self.files[file.id] = file
            return file

    def user(self, user: str | User) -> User:
        """The person as they are now; KeyError when there is no such person."""
        return self.users[id_of(user)]

    def channel(self, channel: str | Channel) -> Channel:
        """The channel as it is now; KeyError when there is no such channel."""
        return self.channels[id_of(channel)]

    # Messages

    def post(
        self,
        channel: str | Channel,
        text: str = "",
        *,
        user: str | User | None = None,
        blocks: Blocks | None = None,
        thread_ts: str | None = None,
        **more: Any,
    ) -> Message:
        """Put a message into a channel, unchecked; by the bot when `user` is None. `more`: other fields of Message."""
        with self.lock:
            author = self.bot_user_id if user is None else id_of(user)
            bot_id = self.bot_id if author == self.bot_user_id else ("B" + author if self.users[author].is_bot else "")
            own = with_ids(deepcopy(blocks or []), self._next_number)
            message = Message(id_of(channel), self.next_ts(), author, text, bot_id, own, thread_ts, **more)
            return self.keep(message)

    def keep(self, message: Message) -> Message:
        """Store a message, new or changed, and wake whoever waits."""
        with self.lock:
            self._messages.setdefault(message.channel, {})[message.ts] = message
            self.touch("message", message.channel, message.ts)
            return message

    def update(self, message: Message, *, text: str, blocks: Blocks | None = None, **more: Any) -> Message:
        """Replace a message's text and blocks."""
        with self.lock:
            own = with_ids(deepcopy(blocks or []), self._next_number)
            present = self._messages[message.channel][message.ts]
            return self.keep(replace(present, text=text, blocks=own, edited=self.next_ts(), **more))

    def delete(self, message: Message) -> Message:
        """Delete a message; it stays in memory, marked."""
        with self.lock:
            return self.keep(replace(self._messages[message.channel][message.ts], deleted=True))

    def find(self, channel: str | Channel, ts: str) -> Message | None:
        """The message as it is now, or None when there is none or it was deleted."""
        message = self._messages.get(id_of(channel), {}).get(ts)
        return None if message is None or message.deleted else message

    def messages(
        self,
        channel: str | Channel | None = None,
        *,
        thread: str | None = None,
        viewer: str | User | None = None,
        deleted: bool = False,
    ) -> list[Message]:
        """Messages oldest first: of one channel or all; of one thread (by its root's ts) with its root.

        `viewer`: only what this person sees, so none that is ephemeral to another. Replies are included.
        """
        with self.lock:
            places = self._messages if channel is None else [id_of(channel)]
            chosen = [
                message
                for place in places
                for message in self._messages.get(place, {}).values()
                if (thread is None or message.root == thread)
                and (viewer is None or message.ephemeral_to in (None, id_of(viewer)))
                and (deleted or not message.deleted)
            ]
        return chosen if channel else sorted(chosen, key=lambda message: message.ts)

    def from_bot(self, channel: str | Channel | None = None) -> list[Message]:
        """The bot's own messages, oldest first, of one channel or all."""
        return [message for message in self.messages(channel) if message.user == self.bot_user_id]

    def transcript(self, channel: str | Channel | None = None) -> str:
        """All that was said, as lines to read when a test fails."""
        with self.lock:
            return written_out(self.messages(channel, deleted=True), self.users, self.channels)

    # Waiting and noting

    def wait_for(self, predicate: Callable[[Workspace], Any], timeout: float = 5.0) -> Any:
        """Wait until `predicate(workspace)` is true and return what it returned.

        Raises TimeoutError with the transcript and the last calls after `timeout` seconds of real time.
        """
        result = self.woken(predicate, timeout)
        if result:
            return result
        calls = "\n".join(f"{call.method} -> {call.status}" for call in self.calls[-10:])
        raise TimeoutError(f"not within {timeout} s. What was said:\n{self.transcript()}\nLast calls:\n{calls}")

    def woken(self, predicate: Callable[[Workspace], Any], timeout: float) -> Any:
        """What `predicate(workspace)` returns once it is true, or after `timeout` seconds of real time."""
        with self._changed:
            return self._changed.wait_for(lambda: predicate(self), timeout)

    def wake(self) -> None:
        """Have whoever waits look again; for what happens outside, such as a delivery."""
        with self._changed:
            self._changed.notify_all()

    def changes_since(self, version: int, *, timeout: float = 0.0) -> list[Change]:
        """What changed after `version`, oldest first; waits up to `timeout` seconds for a first change."""
        with self._changed:
            self._changed.wait_for(lambda: self.version > version, timeout)
            return [change for change in self._changes if change.version > version]

    def touch(self, kind: str, place: str, ts: str = "") -> int:
        """Note a change and wake whoever waits; returns the new version."""
        with self._changed:
            self.version += 1
            self._changes.append(Change(self.version, kind, place, ts))
            self._changed.notify_all()
            return self.version

    def note_call(self, call: Call) -> None:
        """Write down a call of the Web API."""
        with self._changed:
            self.calls.append(call)
            self._changed.notify_all()

    def calls_to(self, method: str) -> list[Call]:
        """The calls of one method so far, oldest first."""
        with self.lock:
            return [call for call in self.calls if call.method == method]

    def violation(self, where: str, what: str) -> None:
        """Write down that a rule was broken."""
        with self.lock:
            self.violations.append(Violation(where, what))

    def has_scope(self, scope: str) -> bool:
        """True when the bot's token carries this scope."""
        return self.scopes is None or scope in self.scopes

    def new_id(self, prefix: str) -> str:
        """An id not given before, such as U0003."""
        return f"{prefix}{self._next_number():04d}"

    def next_ts(self) -> str:
        """A message timestamp later than every one before."""
        with self.lock:
            self._last_micros = max(int(self.clock() * 1_000_000), self._last_micros + 1)
            return f"{self._last_micros // 1_000_000}.{self._last_micros % 1_000_000:06d}"

    def _next_number(self) -> int:
        with self.lock:
            self._count += 1
            return self._count
