"""What can be set: environment variables, read once, and refused with a plain line when one makes no sense."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from catalogue.errors import BadSetting

SLACK = "https://slack.com/api/"


@dataclass(frozen=True, slots=True)
class Setting:
    """One environment variable: its name, what it is for, and what holds when it is not set."""

    name: str
    about: str
    default: str | None = None


SETTINGS: tuple[Setting, ...] = (
    Setting("WHOHOLDS_DATABASE", "The record: a file's path, or postgresql://…", "whoholds.db"),
    Setting("WHOHOLDS_INDEX", "The folder of the search index", "beside the database file"),
    Setting("SLACK_BOT_TOKEN", "The bot's token, xoxb-…"),
    Setting("SLACK_SIGNING_SECRET", "Proves that a request over HTTP comes from Slack"),
    Setting("SLACK_APP_TOKEN", "The app's token, xapp-…: connects by Socket Mode instead of HTTP"),
    Setting("SLACK_API_URL", "Slack's Web API, or a server that stands in for it", SLACK),
    Setting(
        "WHOHOLDS_CHANNELS",
        "What an answer in a channel may hold: public, or government if no guests are there",
        "public",
    ),
    Setting("WHOHOLDS_HARVEST_ALLOW", "Private or unusual addresses that may be harvested, as host:port, with commas"),
    Setting("WHOHOLDS_DEBUG", "Set to 1 to see where an unforeseen error of a command happened"),
    Setting("PORT", "The port to listen on", "3000"),
)


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings in force. Secrets are never printed: see `__repr__`."""

    database: str
    index: Path
    bot_token: str | None = None
    signing_secret: str | None = None
    app_token: str | None = None
    api_url: str = SLACK
    channels_are_for_government: bool = False
    harvest_allow: frozenset[str] = frozenset()
    port: int = 3000

    def __repr__(self) -> str:
        return f"Settings(port={self.port})"


def read(environment: Mapping[str, str] | None = None) -> Settings:
    """Read the settings. Raises BadSetting naming the first that makes no sense."""
    env = {name: value.strip() for name, value in (os.environ if environment is None else environment).items()}
    database = (env.get("WHOHOLDS_DATABASE") or "whoholds.db").removeprefix("sqlite:///")
    index = env.get("WHOHOLDS_INDEX")
    if not index:
        index = "whoholds.index" if "://" in database else str(Path(database).parent / Path(database).stem) + ".index"
    api_url = env.get("SLACK_API_URL") or SLACK
    if not _is_safe(api_url):
        raise BadSetting("SLACK_API_URL", "must start with https:// (or be on this machine).")
    return Settings(
        database=database,
        index=Path(index),
        bot_token=_token(env, "SLACK_BOT_TOKEN", "xoxb-"),
        signing_secret=env.get("SLACK_SIGNING_SECRET") or None,
        app_token=_token(env, "SLACK_APP_TOKEN", "xapp-"),
        api_url=api_url if api_url.endswith("/") else api_url + "/",
        channels_are_for_government=_channels(env),
        harvest_allow=_allowed(env),
        port=_port(env),
    )


def need_slack(settings: Settings) -> None:
    """Raise BadSetting unless everything is set that talking with Slack needs."""
    if not settings.bot_token:
        raise BadSetting("SLACK_BOT_TOKEN", "is not set. Take it from the app's page “OAuth & Permissions” in Slack.")
    if not settings.app_token and not settings.signing_secret:
        raise BadSetting("SLACK_SIGNING_SECRET", "is not set, and neither is SLACK_APP_TOKEN: set one of the two.")


def _is_safe(url: str) -> bool:
    """Whether a token may be sent there: encrypted, or to this machine itself."""
    try:
        parts = urlsplit(url)
        return bool(parts.hostname) and (
            parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in ("127.0.0.1", "localhost"))
        )
    except ValueError:
        return False


def _token(env: Mapping[str, str], name: str, start: str) -> str | None:
    value = env.get(name) or None
    if value and not re.fullmatch(start + r"[\w.-]+", value, re.ASCII):
        raise BadSetting(name, f"does not look right: it starts with {start}")
    return value


def _channels(env: Mapping[str, str]) -> bool:
    value = env.get("WHOHOLDS_CHANNELS") or "public"
    if value not in ("public", "government"):
        raise BadSetting("WHOHOLDS_CHANNELS", "must be public or government.")
    return value == "government"


def _allowed(env: Mapping[str, str]) -> frozenset[str]:
    names = (env.get("WHOHOLDS_HARVEST_ALLOW") or "").replace(",", " ").lower().split()
    for name in names:
        host, _colon, port = name.rpartition(":")
        if not host or not re.fullmatch("[0-9]{1,5}", port) or not 0 < int(port) < 65536:
            raise BadSetting("WHOHOLDS_HARVEST_ALLOW", f"must name host:port, which “{name[:80]}” does not.")
    return frozenset(names)


def _port(env: Mapping[str, str]) -> int:
    value = env.get("PORT") or "3000"
    if not re.fullmatch("[0-9]{1,5}", value) or not 0 < int(value) < 65536:
        raise BadSetting("PORT", "must be a number between 1 and 65535.")
    return int(value)
