"""What a workspace is made of: people, channels, messages, views, and the log of calls.

All are values: a change makes a new one, so a message held by a test or an open page stays as it was seen.
Read next: `workspace`, which keeps them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Json = dict[str, Any]
Blocks = list[Json]
Kind = Literal["public", "private", "im", "mpim"]


class SlackError(Exception):
    """An answer `{"ok": false, "error": code}`; `extra` is merged into the answer's body."""

    def __init__(self, code: str, **extra: Any) -> None:
        super().__init__(code)
        self.code = code
        self.extra = extra


@dataclass(frozen=True)
class User:
    """A person or a bot. `organisation` is shown by the page only; Slack knows no such field."""

    id: str
    name: str
    real_name: str
    email: str = ""
    title: str = ""
    organisation: str = ""
    is_bot: bool = False
    is_restricted: bool = False
    is_ultra_restricted: bool = False
    is_stranger: bool = False
    deleted: bool = False
    is_email_confirmed: bool = True
    team_id: str = ""
    tz: str = "Europe/London"
    locale: str = "en-GB"


@dataclass(frozen=True)
class Channel:
    """A place where messages are. `name` is empty for a direct message."""

    id: str
    name: str
    kind: Kind
    members: frozenset[str]
    is_ext_shared: bool = False
    archived: bool = False


@dataclass(frozen=True)
class UserGroup:
    """A group of people who can be mentioned together."""

    id: str
    handle: str
    name: str
    users: tuple[str, ...] = ()


@dataclass(frozen=True)
class File:
    """A file that somebody shares. `length` is what was announced; `content` is empty until it was uploaded."""

    id: str
    name: str
    user: str
    length: int
    content: bytes = b""
    mimetype: str = "application/octet-stream"


@dataclass(frozen=True)
class Message:
    """One message. `ts` is its identity in its channel; `thread_ts` is the root's ts in every reply, else None."""

    channel: str
    ts: str
    user: str
    text: str
    bot_id: str = ""
    blocks: Blocks = field(default_factory=list)
    thread_ts: str | None = None
    edited: str | None = None
    deleted: bool = False
    ephemeral_to: str | None = None
    metadata: Json | None = None
    client_msg_id: str = ""
    unfurls: Mapping[str, Json] = field(default_factory=dict)
    reactions: tuple[tuple[str, str], ...] = ()
    files: tuple[str, ...] = ()
    by_response_url: bool = False

    @property
    def is_reply(self) -> bool:
        """True when the message stands in a thread and is not its root."""
        return self.thread_ts is not None and self.thread_ts != self.ts

    @property
    def root(self) -> str:
        """The ts of the thread that the message is in or could start."""
        return self.thread_ts or self.ts


@dataclass(frozen=True)
class View:
    """A modal or a Home tab as one person has it. `payload` is what the app sent, `values` what was typed so far."""

    id: str
    user: str
    hash: str
    payload: Json
    root_view_id: str
    previous_view_id: str | None = None
    values: Json = field(default_factory=dict)

    @property
    def blocks(self) -> Blocks:
        """The view's blocks."""
        blocks: Blocks = self.payload["blocks"]
        return blocks

    @property
    def callback_id(self) -> str:
        """The name the app gave to this kind of view."""
        return str(self.payload.get("callback_id", ""))


@dataclass(frozen=True)
class Call:
    """One call of the Web API. `status`: "ok", an error code, or the scripted fault; `done`: whether it had effect.

    `answer` is what was answered, empty under a fault.
    """

    method: str
    args: Json
    status: str
    time: float
    done: bool
    answer: Json = field(default_factory=dict)


@dataclass(frozen=True)
class Violation:
    """Something that our rules forbid, whether or not Slack would have let it pass."""

    where: str
    what: str

    def __str__(self) -> str:
        return f"{self.where}: {self.what}"


@dataclass(frozen=True)
class Change:
    """What changed, for the page: `kind` is message, view, home, channel or user."""

    version: int
    kind: str
    place: str
    ts: str = ""


def id_of(thing: str | User | Channel) -> str:
    """The id of a user or channel that may be given as itself or by its id."""
    return thing if isinstance(thing, str) else thing.id
