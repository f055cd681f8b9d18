"""A catalogue on this machine to harvest from: a real HTTP server, honest or not.

`Upstream.packages` are served as CKAN does; `Upstream.routes` maps other paths to what answers them. A route is called
with the request's handler and writes whatever it likes, so that a test can be as hostile as it wants.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

Route = Callable[[BaseHTTPRequestHandler], None]


class Upstream:
    """What the server answers with; change it between harvests. `asked` is every path it was asked for."""

    def __init__(self, port: int) -> None:
        self.packages: list[Any] = []
        self.rows_max = 1000
        self.claims: Callable[[int], Any] = lambda count: count
        self.routes: dict[str, Route] = {}
        self.asked: list[str] = []
        self.headers: list[Mapping[str, str]] = []
        self.place = f"127.0.0.1:{port}"
        self.url = f"http://{self.place}"

    def answer(self, handler: BaseHTTPRequestHandler) -> None:
        parts = urlsplit(handler.path)
        self.asked.append(handler.path)
        self.headers.append(dict(handler.headers.items()))
        route = self.routes.get(parts.path)
        if route:
            route(handler)
        elif parts.path == "/api/3/action/package_search":
            self.search(handler, parse_qs(parts.query))
        else:
            handler.send_error(404)

    def search(self, handler: BaseHTTPRequestHandler, asked: Mapping[str, Sequence[str]]) -> None:
        start, rows = int(asked.get("start", ["0"])[0]), int(asked.get("rows", ["10"])[0])
        found = self.packages
        if "fq" in asked:
            since = asked["fq"][0].partition("[")[2].partition(" ")[0]
            found = [item for item in found if item.get("metadata_modified", "") >= since.rstrip("Z")]
        page = found[start : start + min(rows, self.rows_max)]
        result = {"count": self.claims(len(found)), "results": page}
        send(handler, json.dumps({"success": True, "result": result}).encode())


def send(
    handler: BaseHTTPRequestHandler,
    body: bytes,
    *,
    status: int = 200,
    media_type: str = "application/json",
    headers: Mapping[str, str] = {},
) -> None:
    """Answer with a body, as an honest server does."""
    handler.send_response(status)
    handler.send_header("Content-Type", media_type)
    handler.send_header("Content-Length", str(len(body)))
    for name, value in headers.items():
        handler.send_header(name, value)
    handler.end_headers()
    handler.wfile.write(body)


def gives(body: bytes | str, **options: Any) -> Route:
    """A route that always gives the same."""
    content = body.encode() if isinstance(body, str) else body
    return lambda handler: send(handler, content, **options)


@contextmanager
def serving() -> Iterator[Upstream]:
    """A server on a free port of this machine."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def do_GET(self) -> None:
            try:
                upstream.answer(self)
            except (BrokenPipeError, ConnectionResetError):
                self.close_connection = True

        def log_message(self, *_args: object) -> None:
            pass

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *_given: object) -> None:
            """Who asked hung up, as it should on a source that misbehaves."""

    server = Server(("127.0.0.1", 0), Handler)
    upstream = Upstream(server.server_port)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield upstream
    finally:
        server.shutdown()
        server.server_close()


def package(number: int, **fields: Any) -> dict[str, Any]:
    """A package as CKAN has it."""
    return {
        "id": f"00000000-0000-4000-8000-{number:012}",
        "name": f"dataset-{number}",
        "title": f"Dataset {number}",
        "notes": f"What dataset {number} is about.",
        "organization": {"name": "department-for-education", "title": "Department for Education"},
        "tags": [{"name": "schools", "display_name": "schools"}],
        "license_id": "uk-ogl",
        "isopen": True,
        "metadata_created": "2024-01-01T10:00:00.000000",
        "metadata_modified": "2026-01-01T10:00:00.000000",
        "resources": [{"name": "Table", "format": "CSV", "url": f"https://example.gov.uk/{number}.csv"}],
        "extras": [{"key": "update-frequency", "value": "annual"}, {"key": "odd", "value": "kept"}],
        "state": "active",
    } | fields
