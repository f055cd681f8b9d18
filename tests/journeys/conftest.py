"""A town: the whole bot, running, over a copy of the sample catalogue, with a stand-in for Slack around it.

Everything is real but Slack's address: the database, the index, Bolt, the web server on loopback, the worker's
threads, the manifest. Waits are shortened; a test of waits puts them back. At the end nothing that our rules forbid
may have reached Slack.
"""

from __future__ import annotations

import io
import json
import logging
import shutil
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from bot import weekly
from bot.app import Bot, assemble, open_catalogue
from bot.commands.playground import MANIFEST, workspace_of
from bot.logs import JsonLines
from bot.playground.deliveries import Delivery
from bot.playground.events import Sender
from bot.playground.model import Channel, Message, User, id_of
from bot.playground.server import Server
from bot.playground.web_api import SlackServer
from bot.playground.workspace import Workspace
from bot.settings import Settings
from catalogue import outbox
from catalogue.store import Database
from tests.journeys import plainly

SECRET = "a-signing-secret"
OFFICER, ANALYST, MANAGER = "U0COUNCIL", "U0ANALYST", "U0MANAGER"


@dataclass
class Town:
    """The bot and its workspace. `asks…` wait for the bot's answer and return it."""

    bot: Bot
    workspace: Workspace
    sender: Sender
    slack: SlackServer
    server: Server
    settings: Settings

    @property
    def db(self) -> Database:
        return self.bot.catalogue.db

    @property
    def channel(self) -> Channel:
        return next(each for each in self.workspace.channels.values() if each.name == "data-questions")

    @property
    def officer(self) -> User:
        return self.workspace.users[OFFICER]

    def mention(self, text: str, user: str | User = OFFICER, channel: Channel | None = None, **more: Any) -> Message:
        """Somebody mentions the bot; it must be acknowledged. Returns the message they wrote."""
        deliveries = self.sender.say(user, channel or self.channel, f"<@{self.workspace.bot_user_id}> {text}", **more)
        assert [delivery.status for delivery in deliveries] == [200]
        mine = [each for each in self.workspace.messages(channel or self.channel) if each.user == id_of(user)]
        return mine[-1]

    def asks(self, text: str, user: str | User = OFFICER, channel: Channel | None = None, **more: Any) -> Message:
        """Somebody asks in a channel; returns the answer, which stands in the thread of the question."""
        return self.answers(self.mention(text, user, channel, **more))[-1]

    def asks_directly(self, text: str, user: str | User = OFFICER, **more: Any) -> Message:
        """Somebody asks in a direct message."""
        before = len(self.said_to(user))
        assert [delivery.status for delivery in self.sender.direct_message(user, text, **more)] == [200]
        self.workspace.wait_for(lambda _: len(self.said_to(user)) > before)
        return self.said_to(user)[-1]

    def commands(self, text: str, user: str | User = OFFICER) -> Message:
        """Somebody uses /whoholds; the answer is for their eyes only."""
        before = len(self.workspace.from_bot(self.channel))
        assert self.sender.command(user, self.channel, "/whoholds", text).ok
        self.workspace.wait_for(lambda workspace: len(workspace.from_bot(self.channel)) > before)
        return self.workspace.from_bot(self.channel)[-1]

    def clicks(self, message: Message, action_id: str, user: str | User = OFFICER, **more: Any) -> Message:
        """Somebody presses a button; returns what the bot then said."""
        before = len(self.workspace.from_bot())
        assert self.sender.click(user, message, action_id, **more).ok
        self.workspace.wait_for(lambda workspace: len(workspace.from_bot()) > before)
        return self.workspace.from_bot()[-1]

    def answers(self, question: Message, at_least: int = 1) -> list[Message]:
        """The bot's messages in the thread of a question; waits until there are so many."""
        self.workspace.wait_for(lambda _: len(self.thread(question)) >= at_least, timeout=15)
        return self.thread(question)

    def thread(self, question: Message) -> list[Message]:
        return [
            message
            for message in self.workspace.from_bot(question.channel)
            if message.thread_ts == (question.thread_ts or question.ts)
        ]

    def said_to(self, user: str | User) -> list[Message]:
        return self.workspace.from_bot(self.workspace.open_im(user))

    def settles(self, timeout: float = 15.0) -> dict[str, int]:
        """Wait until nothing is left to be said; returns how many notices came to which end."""
        end = time.monotonic() + timeout
        while (counts := outbox.counts(self.db))["waiting"] or counts["sending"]:
            assert time.monotonic() < end, (counts, self.errors(), self.workspace.transcript())
            time.sleep(0.005)
        return counts

    def errors(self) -> list[str]:
        """Why notices wait or were put aside."""
        return [row["error"] for row in self.db.query("SELECT error FROM outbox WHERE error IS NOT NULL")]

    def restart(self) -> None:
        """Stop the bot and start it again over the same record, in the same workspace."""
        self.server.stop()
        self.bot.close()
        self.bot = assemble(self.settings, open_catalogue(self.settings))
        self.bot.worker.start()
        self.server = Server(self.bot.web).start()
        self.sender.office.endpoint = f"{self.server.url}/slack/events"

    def stop(self) -> None:
        """Stop everything; harmless to repeat."""
        self.server.stop()
        self.bot.close()
        self.slack.stop()
        self.sender.office.client.close()


@dataclass
class Builder:
    """Builds towns, each over its own copy of the sample catalogue, and takes them down at the end of the test."""

    sample: Path
    folder: Path
    towns: list[Town]

    def __call__(
        self,
        *,
        manifest: dict[str, Any] | None = None,
        prepare: Callable[[SlackServer], None] = lambda _slack: None,
        **changes: Any,
    ) -> Town:
        """A running town; `changes` are other settings. `prepare` is called before the first call of the bot's."""
        place = self.folder / f"town{len(self.towns)}"
        settings = replace(copy_of(self.sample, place), **changes)
        catalogue = open_catalogue(settings)
        manifest = manifest or shipped_manifest()
        workspace = workspace_of(catalogue.db, manifest)
        slack = SlackServer(workspace).start()
        prepare(slack)
        settings = replace(settings, api_url=slack.base_url)
        bot = assemble(settings, catalogue)
        bot.worker.start()
        server = Server(bot.web).start()
        client = httpx.Client(trust_env=False, limits=httpx.Limits(max_connections=None))
        sender = Sender(f"{server.url}/slack/events", SECRET, workspace, manifest=manifest, client=client, timeout=10.0)
        town = Town(bot, workspace, sender, slack, server, settings)
        self.towns.append(town)
        return town

    def close(self) -> None:
        for town in self.towns:
            town.stop()


def shipped_manifest() -> dict[str, Any]:
    """The manifest that Slack is given."""
    manifest: dict[str, Any] = json.loads(MANIFEST.read_text(encoding="utf-8"))
    return manifest


def copy_of(prepared: Path, place: Path) -> Settings:
    """Settings over a copy of the prepared catalogue."""
    shutil.copytree(prepared, place)
    return Settings(
        database=str(place / "whoholds.db"),
        index=place / "whoholds.index",
        bot_token="xoxb-playground",
        signing_secret=SECRET,
    )


@pytest.fixture(autouse=True)
def _short_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outbox, "FIRST_WAIT", timedelta(milliseconds=30))
    monkeypatch.setattr(outbox, "PACE", timedelta(milliseconds=1))
    monkeypatch.setattr(weekly, "chores", lambda _search: ())  # on a Monday they would speak up


@pytest.fixture
def build(sample_folder: Path, tmp_path: Path) -> Iterator[Builder]:
    """Builds towns with other settings or another manifest."""
    builder = Builder(sample_folder, tmp_path, [])
    yield builder
    builder.close()
    for town in builder.towns:
        assert town.workspace.violations == [], [str(violation) for violation in town.workspace.violations]
        assert list(plainly.missing(town.workspace)) == []


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """Everything logged during the test, at every level, as it is written in earnest."""
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(JsonLines())
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield written
    root.removeHandler(handler)
    root.setLevel(level)


@pytest.fixture
def town(build: Builder) -> Town:
    """The bot, running, in a workspace with the people of the sample."""
    return build()


def statuses(deliveries: list[Delivery]) -> list[int | None]:
    return [delivery.status for delivery in deliveries]
