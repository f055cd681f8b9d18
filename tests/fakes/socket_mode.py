"""Slack's end of Socket Mode: a WebSocket server (RFC 6455, as much as Slack's clients use) on loopback.

`SocketMode(slack)` gives the workspace's Web API the method apps.connections.open. `transport` turns what a Sender
posts into envelopes on the connection, so that everything people do in the workspace reaches the app that way; a
delivery counts as answered when its envelope is acknowledged in time.
"""

from __future__ import annotations

import base64
import hashlib
import json
import socket
import struct
import threading
import uuid
from queue import Empty, Queue
from typing import Any, Self
from urllib.parse import parse_qsl

import httpx
from flask import Response, request

from bot.playground.web_api import SlackServer

GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
TEXT, CLOSE, PING, PONG = 1, 8, 9, 10


class SocketMode:
    """Takes connections from `start` to `stop`. `is_deaf`: acknowledgements are lost on their way.

    `cuts_when`: "sent" cuts the connection as soon as an envelope is on it, "answered" when its acknowledgement comes,
    which is lost with it.
    """

    def __init__(self, slack: SlackServer) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._lock = threading.Lock()
        self._connections: list[socket.socket] = []
        self._answers: dict[str, Queue[dict[str, Any] | None]] = {}
        self.connected = threading.Event()
        self.opened = 0
        self.is_deaf = False
        self.cuts_when = ""
        slack.app.add_url_rule("/api/apps.connections.open", view_func=self._open, methods=["POST"])

    def __enter__(self) -> Self:
        threading.Thread(target=self._accept, daemon=True, name="socket-mode").start()
        return self

    def __exit__(self, *_: object) -> None:
        self._listener.close()
        self.cut()

    def cut(self) -> None:
        """Cut every connection without a word."""
        with self._lock:
            for connection in self._connections:
                end(connection)
            self._connections.clear()
            self.connected.clear()

    def refresh(self) -> None:
        """Say that every connection will end, as Slack does every few hours, and soon end it."""
        with self._lock:
            for connection in self._connections:
                message = {"type": "disconnect", "reason": "refresh_requested"}
                connection.sendall(frame(json.dumps(message).encode(), TEXT))
                threading.Timer(0.3, end, [connection]).start()
            self._connections.clear()
            self.connected.clear()

    def send(self, envelope: dict[str, Any], *, timeout: float) -> dict[str, Any]:
        """Send an envelope on one connection and return its acknowledgement; TimeoutError when none comes."""
        answers = self._answers.setdefault(envelope["envelope_id"], Queue())
        with self._lock:
            if not self._connections:
                raise TimeoutError("nobody is connected")
            try:
                self._connections[-1].sendall(frame(json.dumps(envelope).encode(), TEXT))
            except OSError as error:
                raise TimeoutError("the connection is gone") from error
        if self.cuts_when == "sent":
            self.cut()
            raise TimeoutError("cut before it was acknowledged")
        try:
            answer = answers.get(timeout=timeout)
        except Empty:
            raise TimeoutError("not acknowledged") from None
        if answer is None:
            raise TimeoutError("cut with its acknowledgement on the way")
        return answer

    def _open(self) -> Response:
        token = request.headers.get("Authorization", "").removeprefix("Bearer ")
        if not token.startswith("xapp-"):
            return Response(json.dumps({"ok": False, "error": "not_allowed_token_type"}), mimetype="application/json")
        url = f"ws://127.0.0.1:{self._listener.getsockname()[1]}/link/?ticket={uuid.uuid4()}"
        return Response(json.dumps({"ok": True, "url": url}), mimetype="application/json")

    def _accept(self) -> None:
        while True:
            try:
                connection, _address = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(connection,), daemon=True, name="socket-mode").start()

    def _serve(self, connection: socket.socket) -> None:
        try:
            shake_hands(connection)
            hello = {"type": "hello", "num_connections": 1, "connection_info": {"app_id": "A0APP"}}
            connection.sendall(frame(json.dumps(hello).encode(), TEXT))
            with self._lock:
                self._connections.append(connection)
                self.opened += 1
                self.connected.set()
            self._listen(connection)
        except (OSError, ConnectionError):
            pass
        finally:
            with self._lock:
                if connection in self._connections:
                    self._connections.remove(connection)
            connection.close()

    def _listen(self, connection: socket.socket) -> None:
        while True:
            opcode, payload = read_frame(connection)
            if opcode == CLOSE:
                return
            if opcode == PING:
                connection.sendall(frame(payload, PONG))
            elif opcode == TEXT and not self.is_deaf:
                answer = json.loads(payload)
                is_lost = self.cuts_when == "answered"
                if is_lost:
                    self.cut()
                self._answers.setdefault(answer["envelope_id"], Queue()).put(None if is_lost else answer)


class SocketTransport(httpx.BaseTransport):
    """Carries a Sender's deliveries over the socket instead of HTTP, each in an envelope of its own."""

    def __init__(self, server: SocketMode, *, timeout: float = 3.0) -> None:
        self.server, self.timeout = server, timeout

    def handle_request(self, posted: httpx.Request) -> httpx.Response:
        body = posted.read()
        envelope: dict[str, Any] = {
            "envelope_id": str(uuid.uuid4()),
            "accepts_response_payload": True,
        }
        if posted.headers["Content-Type"] == "application/json":
            envelope |= {"type": "events_api", "payload": json.loads(body)}
        else:
            form = dict(parse_qsl(body.decode(), keep_blank_values=True))
            kind = "interactive" if "payload" in form else "slash_commands"
            envelope |= {"type": kind, "payload": json.loads(form["payload"]) if "payload" in form else form}
        if "X-Slack-Retry-Num" in posted.headers:
            envelope["retry_attempt"] = int(posted.headers["X-Slack-Retry-Num"])
            envelope["retry_reason"] = posted.headers["X-Slack-Retry-Reason"]
        try:
            answer = self.server.send(envelope, timeout=self.timeout)
        except TimeoutError as error:
            raise httpx.ReadTimeout(str(error), request=posted) from error
        payload = answer.get("payload")
        return httpx.Response(200, content=json.dumps(payload) if payload else b"", request=posted)


def end(connection: socket.socket) -> None:
    """End a connection, also for a thread that waits for it."""
    try:
        connection.shutdown(socket.SHUT_RDWR)
    except OSError:
        return


def shake_hands(connection: socket.socket) -> None:
    """Answer the request to become a WebSocket."""
    head = b""
    while b"\r\n\r\n" not in head:
        head += exactly(connection, 1)
    lines = head.decode().split("\r\n")
    key = next(line.split(":", 1)[1].strip() for line in lines if line.lower().startswith("sec-websocket-key:"))
    accept = base64.b64encode(hashlib.sha1((key + GUID).encode()).digest()).decode()
    answer = ["HTTP/1.1 101 Switching Protocols", "Upgrade: websocket", "Connection: Upgrade"]
    connection.sendall("\r\n".join([*answer, f"Sec-WebSocket-Accept: {accept}", "", ""]).encode())


def frame(payload: bytes, opcode: int) -> bytes:
    """One unmasked frame, as a server sends it."""
    if len(payload) < 126:
        return struct.pack("!BB", 0x80 | opcode, len(payload)) + payload
    if len(payload) < 65536:
        return struct.pack("!BBH", 0x80 | opcode, 126, len(payload)) + payload
    return struct.pack("!BBQ", 0x80 | opcode, 127, len(payload)) + payload


def read_frame(connection: socket.socket) -> tuple[int, bytes]:
    """One masked frame, as a client sends it."""
    first, second = exactly(connection, 2)
    length = second & 0x7F
    if length == 126:
        (length,) = struct.unpack("!H", exactly(connection, 2))
    elif length == 127:
        (length,) = struct.unpack("!Q", exactly(connection, 8))
    mask = exactly(connection, 4) if second & 0x80 else b"\0\0\0\0"
    payload = exactly(connection, length)
    return first & 0x0F, bytes(byte ^ mask[place % 4] for place, byte in enumerate(payload))


def exactly(connection: socket.socket, count: int) -> bytes:
    """So many bytes; ConnectionError when the other side goes."""
    data = b""
    while len(data) < count:
        piece = connection.recv(count - len(data))
        if not piece:
            raise ConnectionError
        data += piece
    return data
