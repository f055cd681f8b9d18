"""A workspace with a small council in it, its Web API on loopback, and a real Bolt app as counterpart."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask, Response, request
from slack_bolt import App
from slack_bolt.adapter.flask import SlackRequestHandler
from slack_sdk import WebClient

from bot.playground.events import Sender
from bot.playground.model import Channel, User
from bot.playground.server import Server
from bot.playground.web_api import SlackServer
from bot.playground.workspace import Workspace

SECRET = "signing-secret"
MANIFEST: dict[str, Any] = {
    "features": {
        "app_home": {"home_tab_enabled": True, "messages_tab_enabled": True, "messages_tab_read_only_enabled": False},
        "slash_commands": [{"command": "/whoholds"}],
        "shortcuts": [
            {"type": "global", "name": "Find data", "callback_id": "find_data"},
            {"type": "message", "name": "Who holds this?", "callback_id": "who_holds_this"},
        ],
        "unfurl_domains": ["data.example.gov.uk"],
    },
    "oauth_config": {"scopes": {"bot": []}},
    "settings": {
        "event_subscriptions": {
            "bot_events": ["app_mention", "message.im", "app_home_opened", "link_shared", "member_joined_channel"]
        },
        "interactivity": {"is_enabled": True},
    },
}


class Clock:
    """A clock that moves only when told."""

    def __init__(self, now: float = 1_790_000_000.0) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now

    def forward(self, seconds: float) -> None:
        self.now += seconds


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def manifest() -> dict[str, Any]:
    return copy.deepcopy(MANIFEST)


@pytest.fixture
def workspace(clock: Clock) -> Workspace:
    return Workspace(clock=clock)


@pytest.fixture
def officer(workspace: Workspace) -> User:
    return workspace.add_user("council.officer", email="council.officer@example.gov.uk", title="Council officer")


@pytest.fixture
def manager(workspace: Workspace) -> User:
    return workspace.add_user("data.manager", email="data.manager@example.gov.uk", title="Data manager")


@pytest.fixture
def channel(workspace: Workspace, officer: User, manager: User) -> Channel:
    return workspace.add_channel("data-questions", members=[officer, manager])


@pytest.fixture
def slack(workspace: Workspace) -> Iterator[SlackServer]:
    with SlackServer(workspace) as server:
        yield server


@pytest.fixture
def client(slack: SlackServer, workspace: Workspace) -> WebClient:
    return WebClient(token=workspace.token, base_url=slack.base_url, retry_handlers=[])


@pytest.fixture
def app(client: WebClient) -> App:
    """A Bolt app without listeners; a test adds those it needs."""
    return App(client=client, signing_secret=SECRET, process_before_response=True)


@pytest.fixture
def endpoint(app: App) -> Iterator[str]:
    """The address of the Bolt app."""
    flask = Flask("counterpart")
    bolt = SlackRequestHandler(app)

    @flask.post("/slack/events")
    def events() -> Response:
        return bolt.handle(request)

    with Server(flask) as server:
        yield f"{server.url}/slack/events"


@pytest.fixture
def sender(endpoint: str, workspace: Workspace, manifest: dict[str, Any]) -> Iterator[Sender]:
    made = Sender(endpoint, SECRET, workspace, manifest=manifest)
    yield made
    made.close()


@pytest.fixture
def answering() -> Iterator[Callable[..., str]]:
    """Starts an endpoint that answers every delivery as told, for what Bolt would not do."""
    servers: list[Server] = []

    def start(answer: Callable[[], Response]) -> str:
        flask = Flask("stub")
        flask.add_url_rule("/slack/events", view_func=answer, methods=["POST"])
        servers.append(Server(flask).start())
        return f"{servers[-1].url}/slack/events"

    yield start
    for server in servers:
        server.stop()
