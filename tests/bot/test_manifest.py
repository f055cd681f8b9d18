"""The manifest asks Slack for exactly what the program uses: no right too many, no event without a listener."""

from __future__ import annotations

import ast
import json
from pathlib import Path
from typing import Any

import pytest
from slack_bolt import App

from bot.app import listen
from bot.commands.playground import MANIFEST
from bot.playground.manifest import commands, scopes, shortcuts, subscriptions
from bot.playground.methods import EVENT_SCOPES, METHODS
from bot.slack.desk import Desk
from intents.context import Context

ROOT = Path(__file__).parents[2]
SENT: dict[str, str] = {"im": "message.im", "channel": "message.channels", "group": "message.groups"}


@pytest.fixture(scope="module")
def manifest() -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(MANIFEST.read_text(encoding="utf-8"))
    return loaded


def methods_called() -> set[str]:
    """The Web API methods that the program calls: every `….call("method", …)`."""
    found = set()
    for path in [*(ROOT / "bot" / "slack").rglob("*.py"), ROOT / "bot" / "app.py"]:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "call":
                (name, *_rest) = node.args
                assert isinstance(name, ast.Constant), f"{path.name}: a method's name is written out"
                found.add(str(name.value))
    return found - {"apps.connections.open"}  # asked with the app's own token


class Registered:
    """Stands where a Bolt app does, and notes what is listened to."""

    def __init__(self) -> None:
        self.listened: dict[str, list[Any]] = {}

    def __getattr__(self, kind: str) -> Any:
        def listen(what: Any, **_more: Any) -> Any:
            self.listened.setdefault(kind, []).append(what)
            return lambda function: function

        return listen


@pytest.fixture(scope="module")
def listened() -> dict[str, list[Any]]:
    registered = Registered()
    listen(registered, Desk(Context(None, None), None, "T0"), bot_user_id="U0")  # type: ignore[arg-type]
    assert all(hasattr(App, kind) for kind in registered.listened)
    return registered.listened


def test_its_scopes_are_those_that_its_calls_and_events_need(manifest: dict[str, Any]) -> None:
    needed = {scope for method in methods_called() for scope in METHODS[method].scopes}
    needed |= {EVENT_SCOPES[event] for event in subscriptions(manifest) if event in EVENT_SCOPES}
    needed |= (
        {"commands"} if commands(manifest) or shortcuts(manifest, "global") or shortcuts(manifest, "message") else set()
    )
    assert scopes(manifest) == needed


def test_every_method_called_is_known_with_the_scopes_it_needs() -> None:
    assert {"auth.test", "chat.postMessage", "users.info"} <= methods_called() <= METHODS.keys()


def test_every_event_it_gets_has_a_listener_and_the_other_way_round(
    manifest: dict[str, Any], listened: dict[str, list[Any]]
) -> None:
    assert {event.partition(".")[0] for event in subscriptions(manifest)} == set(listened["event"])
    assert "message.channels" not in subscriptions(manifest), "it does not read along in channels"


def test_every_command_and_shortcut_has_a_listener_and_the_other_way_round(
    manifest: dict[str, Any], listened: dict[str, list[Any]]
) -> None:
    assert commands(manifest) == set(listened["command"])
    offered = {*shortcuts(manifest, "global"), *shortcuts(manifest, "message")}
    assert offered == {
        each for kind in ("shortcut", "global_shortcut", "message_shortcut") for each in listened.get(kind, [])
    }


def test_buttons_reach_it(manifest: dict[str, Any], listened: dict[str, list[Any]]) -> None:
    assert manifest["settings"]["interactivity"]["is_enabled"] is bool(listened["action"])


def test_people_can_write_to_it_directly(manifest: dict[str, Any]) -> None:
    home = manifest["features"]["app_home"]
    assert home["messages_tab_enabled"]
    assert not home["messages_tab_read_only_enabled"]


def test_all_its_addresses_are_one_and_are_served(manifest: dict[str, Any]) -> None:
    written = json.dumps(manifest)
    addresses = {part.split('"')[0] for part in written.split('url": "')[1:]}
    assert len(addresses) == 1
    (address,) = addresses
    assert address.startswith("https://")
    assert address.endswith("/slack/events")


def test_its_texts_are_within_slacks_limits(manifest: dict[str, Any]) -> None:
    shown = manifest["display_information"]
    assert len(shown["name"]) <= 35
    assert len(shown["description"]) <= 140
    assert 174 <= len(shown["long_description"]) <= 4_000
    for command in manifest["features"]["slash_commands"]:
        assert len(command["description"]) <= 2_000
        assert command["should_escape"], "mentions and links come as ids, not as words"
