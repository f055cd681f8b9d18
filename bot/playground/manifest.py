"""What a manifest says that the app is given: subscriptions, commands, shortcuts, scopes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


class NotOffered(LookupError):
    """A person tried what the manifest does not offer; Slack would not show it to them."""


def at(manifest: Mapping[str, Any], *path: str) -> Any:
    """What stands at a path of keys, or None."""
    thing: Any = manifest
    for key in path:
        thing = thing.get(key) if isinstance(thing, Mapping) else None
    return thing


def subscriptions(manifest: Mapping[str, Any]) -> set[str]:
    """The events that the bot gets, such as `message.im`."""
    return set(at(manifest, "settings", "event_subscriptions", "bot_events") or [])


def scopes(manifest: Mapping[str, Any]) -> set[str]:
    """The scopes that the bot's token carries."""
    return set(at(manifest, "oauth_config", "scopes", "bot") or [])


def commands(manifest: Mapping[str, Any]) -> set[str]:
    """The slash commands, with their slash."""
    return {str(command["command"]) for command in at(manifest, "features", "slash_commands") or []}


def shortcuts(manifest: Mapping[str, Any], kind: str) -> dict[str, str]:
    """The shortcuts of a kind, global or message: callback_id to name."""
    listed = at(manifest, "features", "shortcuts") or []
    return {str(each["callback_id"]): str(each["name"]) for each in listed if each.get("type") == kind}


def unfurl_domains(manifest: Mapping[str, Any]) -> set[str]:
    """The domains whose links the app is told of."""
    return set(at(manifest, "features", "unfurl_domains") or [])


def interactive(manifest: Mapping[str, Any]) -> bool:
    """True when buttons, modals and shortcuts reach the app."""
    return bool(at(manifest, "settings", "interactivity", "is_enabled"))


def has_home(manifest: Mapping[str, Any]) -> bool:
    """True when the app has a Home tab."""
    return bool(at(manifest, "features", "app_home", "home_tab_enabled"))


def has_messages(manifest: Mapping[str, Any]) -> bool:
    """True when people can write to the bot directly."""
    tab = at(manifest, "features", "app_home") or {}
    return bool(tab.get("messages_tab_enabled")) and not tab.get("messages_tab_read_only_enabled")
