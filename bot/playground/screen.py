"""What one person sees of the workspace just now, made ready for the templates.

Pure reading: nothing here changes the workspace. Read next: `page`, which serves it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from bot.playground import manifest as manifests
from bot.playground.events import Sender
from bot.playground.model import Channel, Message, User, View
from bot.playground.workspace import Workspace

LONDON = ZoneInfo("Europe/London")
HOME = "home"
CLOSE_TOGETHER = 300.0


@dataclass
class Seen:
    """Up to which message each person has read each place."""

    marks: dict[tuple[str, str], str] = field(default_factory=dict)

    def new_in(self, workspace: Workspace, user: str, channel: str) -> int:
        """How many messages of others there are that this person has not read."""
        mark = self.marks.get((user, channel), "")
        shown = workspace.messages(channel, viewer=user)
        return sum(message.ts > mark and message.user != user for message in shown)

    def mark(self, workspace: Workspace, user: str, channel: str) -> None:
        """This person has now read all there is in the channel."""
        shown = workspace.messages(channel, viewer=user)
        if shown:
            self.marks[(user, channel)] = shown[-1].ts


@dataclass(frozen=True)
class Line:
    """One message as a row: `compact` when it follows another of the same person closely."""

    message: Message
    author: User
    compact: bool
    day: str | None
    replies: int = 0
    last_reply: str = ""
    repliers: tuple[User, ...] = ()


@dataclass(frozen=True)
class Entry:
    """One place in the sidebar."""

    id: str
    name: str
    new: int
    here: bool


@dataclass(frozen=True)
class Screen:
    """A person, where they are, and the thread they have open."""

    workspace: Workspace
    sender: Sender
    seen: Seen
    viewer: User
    place: str
    thread: str | None

    @property
    def bot(self) -> User:
        """The bot as a user."""
        return self.workspace.users[self.workspace.bot_user_id]

    @property
    def channel(self) -> Channel | None:
        """The channel on the screen, None for the Home tab."""
        return None if self.place == HOME else self.workspace.channel(self.place)

    @property
    def direct(self) -> Channel:
        """The person's direct messages with the bot."""
        return self.workspace.open_im(self.viewer)

    @property
    def with_bot(self) -> bool:
        """True when the bot reads along here."""
        return self.channel is not None and self.workspace.bot_user_id in self.channel.members

    @property
    def writing(self) -> str:
        """What the message box is for here."""
        named = self.channel is not None and self.channel.name
        return f"Message #{self.channel.name}" if self.channel and named else f"Message {self.bot.name}"

    @property
    def home(self) -> View | None:
        """The Home tab, if one was published for this person."""
        return self.workspace.views.home(self.viewer.id)

    @property
    def modal(self) -> View | None:
        """The modal in front of this person."""
        return self.workspace.views.front(self.viewer.id)

    @property
    def errors(self) -> Mapping[str, str]:
        """Why the modal's last submission was refused."""
        return self.workspace.views.errors.get(self.viewer.id, {})

    @property
    def has_home(self) -> bool:
        """True when the app has a Home tab."""
        return manifests.has_home(self.sender.manifest)

    @property
    def shortcuts(self) -> Mapping[str, str]:
        """Global shortcuts: callback_id to name."""
        return manifests.shortcuts(self.sender.manifest, "global")

    @property
    def message_shortcuts(self) -> Mapping[str, str]:
        """Message shortcuts: callback_id to name."""
        return manifests.shortcuts(self.sender.manifest, "message")

    @property
    def names(self) -> Mapping[str, str]:
        """What to show for ids in a text."""
        users = {user.id: user.real_name for user in self.workspace.users.values()}
        channels = {channel.id: channel.name for channel in self.workspace.channels.values()}
        groups = {group.id: group.handle for group in self.workspace.user_groups.values()}
        return users | channels | groups

    def people(self) -> list[tuple[User, int]]:
        """Everybody who can be tried, with how much is new in their direct messages."""
        everyone = [user for user in self.workspace.users.values() if not user.is_bot and not user.deleted]
        new = {}
        for channel in list(self.workspace.channels.values()):
            if channel.kind == "im":
                for member in channel.members - {self.bot.id}:
                    new[member] = self.seen.new_in(self.workspace, member, channel.id)
        return [(user, new.get(user.id, 0) if user.id != self.viewer.id else 0) for user in everyone]

    def places(self) -> list[Entry]:
        """The channels that this person is in or may join, by name."""
        found = [
            channel
            for channel in self.workspace.channels.values()
            if channel.kind in ("public", "private")
            and not channel.archived
            and (self.viewer.id in channel.members or self.may_join(channel))
        ]
        return [self.entry(channel.id, channel.name) for channel in sorted(found, key=lambda channel: channel.name)]

    def may_join(self, channel: Channel) -> bool:
        """Guests and people of other organisations see only where they are members."""
        guest = self.viewer.is_restricted or self.viewer.is_ultra_restricted or self.viewer.is_stranger
        return channel.kind == "public" and not guest

    def entry(self, place: str, name: str) -> Entry:
        """A place in the sidebar."""
        here = place == self.place
        return Entry(place, name, 0 if here else self.seen.new_in(self.workspace, self.viewer.id, place), here)

    def entry_home(self) -> Entry:
        """The Home tab in the sidebar."""
        return Entry(HOME, f"{self.bot.name} home", 0, self.place == HOME)

    def lines(self) -> list[Line]:
        """The messages of the channel: roots, with how many replies they have."""
        if self.channel is None:
            return []
        shown = self.workspace.messages(self.channel, viewer=self.viewer)
        threads: dict[str, list[Message]] = {}
        for message in shown:
            if message.is_reply:
                threads.setdefault(message.root, []).append(message)
        return self.rows([message for message in shown if not message.is_reply], threads)

    def thread_lines(self) -> list[Line]:
        """The open thread: its root and its replies."""
        if self.channel is None or self.thread is None:
            return []
        return self.rows(self.workspace.messages(self.channel, thread=self.thread, viewer=self.viewer), {})

    def rows(self, messages: list[Message], threads: Mapping[str, list[Message]]) -> list[Line]:
        """Messages as rows, with a heading for each new day."""
        lines: list[Line] = []
        before: Message | None = None
        for message in messages:
            new_day = before is None or day(before.ts) != day(message.ts)
            compact = before is not None and not new_day and together(before, message) and before.ts not in threads
            replies = threads.get(message.ts, [])
            lines.append(
                Line(
                    message,
                    self.workspace.users[message.user],
                    compact,
                    day(message.ts) if new_day else None,
                    len(replies),
                    clock_time(replies[-1].ts) if replies else "",
                    tuple({reply.user: self.workspace.users[reply.user] for reply in replies}.values()),
                )
            )
            before = message
        return lines


def together(before: Message, message: Message) -> bool:
    """True when one person goes on speaking; what stands after blocks gets its own heading."""
    same = not before.blocks and (before.user, before.ephemeral_to) == (message.user, message.ephemeral_to)
    return same and float(message.ts) - float(before.ts) < CLOSE_TOGETHER


def moment(ts: str) -> datetime:
    """A message timestamp in London's time."""
    return datetime.fromtimestamp(float(ts), UTC).astimezone(LONDON)


def day(ts: str) -> str:
    """The day of a message, such as Monday 3 August."""
    return moment(ts).strftime("%A %-d %B")


def clock_time(ts: str) -> str:
    """The time of a message, such as 14:05."""
    return moment(ts).strftime("%H:%M")


def initials(name: str) -> str:
    """Up to two letters for a person without a picture."""
    words = [word for word in name.replace("(", " ").split() if word[:1].isalnum()]
    return "".join(word[0] for word in (words[:1] + words[-1:] if len(words) > 1 else words)).upper() or "?"


def hue(user_id: str) -> int:
    """Which of eight colours stands for a person; the same at every start."""
    return sum(map(ord, user_id)) % 8
