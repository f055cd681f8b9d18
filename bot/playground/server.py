"""A Flask app served on the loopback interface by threads of this process."""

from __future__ import annotations

import socket
import threading
from types import TracebackType
from typing import Any, Self

from flask import Flask
from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server


class Server:
    """Serves `app` on 127.0.0.1 from start() to stop(); port 0 takes a free one."""

    def __init__(self, app: Flask, *, port: int = 0) -> None:
        self.app = app
        self.port = port
        self._server: BaseWSGIServer | None = None
        self._connections: set[socket.socket] = set()

    @property
    def url(self) -> str:
        """Where it is served, without a slash at the end."""
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> Self:
        """Listen and answer in the background."""
        self._server = make_server("127.0.0.1", self.port, self.app, True, request_handler=self._handler())
        self.port = self._server.server_port
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True, name="playground").start()
        return self

    def stop(self) -> None:
        """Stop listening and cut the connections that are open."""
        if self._server is None:
            return
        self._server.shutdown()
        self._server.server_close()
        self._server = None
        for connection in list(self._connections):
            cut(connection)

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _handler(self) -> type[WSGIRequestHandler]:
        connections = self._connections

        class Quiet(WSGIRequestHandler):
            disable_nagle_algorithm = True

            def setup(self) -> None:
                super().setup()
                connections.add(self.connection)

            def finish(self) -> None:
                connections.discard(self.connection)
                super().finish()

            def log(self, type: str, message: str, *args: Any) -> None:  # noqa: A002  werkzeug's name
                """Say nothing; the workspace keeps the calls."""

        return Quiet


def cut(connection: socket.socket) -> None:
    """Close a connection without an answer."""
    try:
        connection.shutdown(socket.SHUT_RDWR)
    except OSError:
        return
