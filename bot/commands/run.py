"""whoholds run: the whole bot in one process."""

import logging
from collections.abc import Callable
from typing import Any

import click
from gunicorn.app.base import BaseApplication
from gunicorn.glogging import Logger
from slack_bolt import App
from slack_bolt.adapter.socket_mode import SocketModeHandler

from bot import settings
from bot.app import Bot, assemble, check_start, open_catalogue
from bot.logs import start_logging
from bot.settings import Settings
from bot.turns import take_short_turns
from catalogue import outbox

log = logging.getLogger(__name__)

THREADS = 16
PING = 2.0  # seconds. slack_sdk gives a connection that was cut up after 5 pings, and is deaf until then


@click.command("run")
def command() -> None:
    """Start the bot: Slack, web pages and the worker in one process. SQLite or PostgreSQL.

    Over HTTP it listens on PORT; with SLACK_APP_TOKEN it connects to Slack by itself (Socket Mode) and PORT serves the
    pages only. SIGTERM finishes what was acknowledged and ends.

    Example: SLACK_BOT_TOKEN=xoxb-… SLACK_APP_TOKEN=xapp-… whoholds run
    """
    chosen = settings.read()
    settings.need_slack(chosen)
    start_logging()
    check_start(chosen)
    OneProcess(chosen).run()


class Lines(Logger):  # type: ignore[misc]
    """gunicorn's own lines go where ours go."""

    def setup(self, cfg: Any) -> None:
        super().setup(cfg)
        self.error_log.handlers.clear()
        self.error_log.propagate = True


class OneProcess(BaseApplication):  # type: ignore[misc]
    """gunicorn with one worker process and threads; the bot is put together in that process, after the fork."""

    def __init__(self, chosen: Settings, *, ready: Callable[[Bot], None] = lambda _bot: None) -> None:
        self.chosen = chosen
        self.bot: Bot | None = None
        self.socket: SocketModeHandler | None = None
        self._ready = ready
        super().__init__()

    def load_config(self) -> None:
        options: dict[str, Any] = {
            "bind": f"0.0.0.0:{self.chosen.port}",
            "workers": 1,
            "threads": THREADS,
            "worker_class": "gthread",
            "timeout": 60,
            "graceful_timeout": 10,
            "worker_exit": self._end,
            "logger_class": Lines,
            "loglevel": "warning",
            "control_socket_disable": True,
            "limit_request_line": 4094,
        }
        for name, value in options.items():
            self.cfg.set(name, value)

    def load(self) -> Any:
        self.bot = assemble(self.chosen, open_catalogue(self.chosen))
        if self.bot.catalogue.db.dialect == "sqlite":  # then this process is the only one
            outbox.release(self.bot.catalogue.db)
        take_short_turns(self.bot.catalogue.search)
        self.bot.start()
        if self.chosen.app_token:
            self.socket = connect_socket(self.bot.bolt, self.chosen.app_token)
        log.info("whoholds is ready")
        self._ready(self.bot)
        return self.bot.web

    def _end(self, _arbiter: object, _worker: object) -> None:
        if self.socket:
            self.socket.close()  # type: ignore[no-untyped-call]
        if self.bot:
            self.bot.close()


def connect_socket(bolt: App, app_token: str) -> SocketModeHandler:
    """Connect to Slack by Socket Mode. It reconnects by itself."""
    handler = SocketModeHandler(bolt, app_token, logger=log, ping_interval=PING)
    handler.connect()  # type: ignore[no-untyped-call]
    return handler
