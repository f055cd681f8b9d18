"""Slack's Web API over a workspace, strictly: what Slack refuses is refused, what our rules forbid is written down.

A call goes through: is the method known, does a scripted fault meet it, the token, the scopes, the arguments, then
the method itself. Everything lands in `workspace.calls`; everything forbidden in `workspace.violations`.
Read next: `chat`, `lookups` and `surfaces`, where the methods are done, and `methods`, what they take.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import replace

from flask import Flask, Response, request

from bot.playground import chat, lookups, surfaces
from bot.playground.arguments import checked, read
from bot.playground.faults import Fault
from bot.playground.methods import METHODS, Method
from bot.playground.model import Call, Json, SlackError
from bot.playground.response_urls import respond
from bot.playground.server import Server, cut
from bot.playground.workspace import Workspace

__all__ = ["METHODS", "SlackServer", "create_web_api"]

DONE_BY: Mapping[str, Callable[[Workspace, Json], Json]] = {
    "api.test": lookups.api_test,
    "auth.test": lookups.auth_test,
    "chat.postMessage": chat.post_message,
    "chat.postEphemeral": chat.post_ephemeral,
    "chat.update": chat.update,
    "chat.delete": chat.delete,
    "chat.unfurl": chat.unfurl,
    "chat.getPermalink": chat.permalink,
    "conversations.open": lookups.open_conversation,
    "conversations.info": lookups.conversation,
    "conversations.members": lookups.members,
    "users.info": lookups.user,
    "users.list": lookups.users,
    "users.lookupByEmail": lookups.user_by_email,
    "usergroups.list": lookups.user_groups,
    "usergroups.users.list": lookups.user_group_users,
    "views.open": surfaces.open_view,
    "views.push": surfaces.push_view,
    "views.update": surfaces.update_view,
    "views.publish": surfaces.publish_view,
    "reactions.add": chat.react,
    "files.getUploadURLExternal": surfaces.upload_url,
    "files.completeUploadExternal": surfaces.complete_upload,
    "files.info": lookups.file,
}
WITHOUT_TOKEN = {"api.test"}
STATUS = {"no_such_url": 404, "expired_url": 404, "used_url": 404}


def create_web_api(workspace: Workspace) -> Flask:
    """The Flask app: /api/<method>, /response/<token>, /upload/<file> and /files-pri/<file>/<name>."""
    app = Flask("slack", static_folder=None, template_folder=None)

    @app.route("/api/<method>", methods=["GET", "POST"])
    def call(method: str) -> Response:
        return answered(workspace, method)

    @app.post("/response/<token>")
    def response_url(token: str) -> Response:
        return responded(workspace, token)

    @app.post("/upload/<file_id>")
    def upload(file_id: str) -> Response:
        multipart = request.mimetype == "multipart/form-data"
        content = next(iter(request.files.values())).read() if multipart else request.get_data()
        with workspace.lock:
            if file_id not in workspace.files:
                return Response("no such file", 404)
            workspace.files[file_id] = replace(workspace.files[file_id], content=content)
        return Response("OK")

    @app.get("/files-pri/<file_id>/<path:name>")
    def private_file(file_id: str, name: str) -> Response:
        return downloaded(workspace, file_id)

    return app


class SlackServer(Server):
    """The Web API of a workspace on the loopback interface; `base_url` ends in "/api/" as slack_sdk wants it."""

    def __init__(self, workspace: Workspace, *, port: int = 0) -> None:
        super().__init__(create_web_api(workspace), port=port)
        self.workspace = workspace

    @property
    def base_url(self) -> str:
        """The address for slack_sdk.WebClient(base_url=...)."""
        return self.url + "/api/"

    def start(self) -> SlackServer:
        """Listen, and tell the workspace where its response URLs are."""
        super().start()
        self.workspace.base_url = self.url
        return self


def answered(workspace: Workspace, method: str) -> Response:
    """Do one call and answer it, with the fault that meets it."""
    try:
        token, raw = read(request)
    except ValueError:
        return as_json(refused(workspace, method, {}, SlackError("invalid_json")))
    fault = workspace.faults.take(method, raw.get("channel"))
    if fault is not None and fault.prevents:
        workspace.note_call(Call(method, raw, fault.argument or fault.kind, workspace.clock(), done=False))
        return prevented(fault)
    wait = rate_wait(workspace, method, raw)
    if wait:
        workspace.note_call(Call(method, raw, "ratelimited", workspace.clock(), done=False))
        return ratelimited(str(wait))
    if fault is not None and fault.kind.startswith("delay:"):
        time.sleep(float(fault.argument))
    return spoilt(fault, perform(workspace, method, token, raw))


def rate_wait(workspace: Workspace, method: str, raw: Json) -> int:
    """The seconds to wait before another message to this channel; 0 for none."""
    if method != "chat.postMessage":
        return 0
    place = str(raw.get("channel"))
    return workspace.limiter.wait_for(place, per_second=workspace.rate_limit, burst=workspace.rate_burst)


def perform(workspace: Workspace, name: str, token: str, raw: Json) -> Json:
    """Do one call and return its answer, "ok" included."""
    with workspace.lock:
        try:
            if name not in METHODS:
                workspace.violation(name, "unknown method")
                raise SlackError("unknown_method", req_method=name)
            authorise(workspace, name, token)
            args, found = checked(METHODS[name], raw)
            if found:
                workspace.violation(name, "; ".join(found))
                messages = [f"[ERROR] {fault}" for fault in found]
                raise SlackError("invalid_arguments", response_metadata={"messages": messages})
            body = {"ok": True} | DONE_BY[name](workspace, args)
        except SlackError as error:
            return refused(workspace, name, raw, error)
        workspace.note_call(Call(name, args, "ok", workspace.clock(), done=True, answer=body))
        return body


def refused(workspace: Workspace, name: str, raw: Json, error: SlackError) -> Json:
    """Write a refused call down and return its answer."""
    body = {"ok": False, "error": error.code} | error.extra
    workspace.note_call(Call(name, raw, error.code, workspace.clock(), done=False, answer=body))
    return body


def authorise(workspace: Workspace, name: str, token: str) -> None:
    """Raise SlackError unless the token is good and carries what the method asks for."""
    if name in WITHOUT_TOKEN:
        return
    if not token:
        raise SlackError("not_authed")
    if token != workspace.token:
        raise SlackError("invalid_auth")
    if workspace.token_error:
        raise SlackError(workspace.token_error)
    method: Method = METHODS[name]
    for scope in method.scopes:
        lookups.needs(workspace, scope)
    if method.any_scope and not any(map(workspace.has_scope, method.any_scope)):
        needed = ",".join(method.any_scope)
        raise SlackError("missing_scope", needed=needed, provided=",".join(sorted(workspace.scopes or ())))


def responded(workspace: Workspace, token: str) -> Response:
    """Do one post to a response URL and answer it; plain "ok" when it worked."""
    body = request.get_json(silent=True)
    args = body if isinstance(body, dict) else {}
    fault = workspace.faults.take("response_url", token.partition("-")[0])
    if fault is not None and fault.prevents:
        workspace.note_call(Call("response_url", args, fault.argument or fault.kind, workspace.clock(), done=False))
        return prevented(fault)
    if fault is not None and fault.kind.startswith("delay:"):
        time.sleep(float(fault.argument))
    with workspace.lock:
        try:
            respond(workspace, token, body)
        except SlackError as error:
            return as_json(refused(workspace, "response_url", args, error), STATUS.get(error.code, 400))
        workspace.note_call(Call("response_url", args, "ok", workspace.clock(), done=True))
    return dropped() if fault is not None and fault.kind == "drop_after" else Response("ok", 200)


def downloaded(workspace: Workspace, file_id: str) -> Response:
    """A file's content; without a good token that may read files Slack shows its page to sign in, with status 200."""
    token = request.headers.get("Authorization", "").removeprefix("Bearer ").strip()
    fault = workspace.faults.take("url_private", None)
    if fault is not None and fault.prevents:
        return prevented(fault)
    file = workspace.files.get(file_id)
    if token != workspace.token or workspace.token_error or not workspace.has_scope("files:read"):
        return Response("<!DOCTYPE html><html><title>Sign in</title></html>", content_type="text/html")
    if file is None:
        return Response("Not found", 404, content_type="text/plain")
    return Response(file.content, content_type=file.mimetype)


def as_json(body: Json, status: int = 200) -> Response:
    """An answer as JSON."""
    return Response(json.dumps(body), status, content_type="application/json; charset=utf-8")


def ratelimited(retry_after: str | None) -> Response:
    """429, with the header unless it is None."""
    response = as_json({"ok": False, "error": "ratelimited"}, 429)
    if retry_after is not None:
        response.headers["Retry-After"] = retry_after
    return response


def dropped() -> Response:
    """Close the connection; what is returned reaches nobody."""
    connection = request.environ.get("werkzeug.socket")
    if connection is not None:
        cut(connection)
    return Response("", 500)


def prevented(fault: Fault) -> Response:
    """The answer under a fault that kept the call from being done."""
    if fault.kind == "ratelimited":
        return ratelimited(fault.retry_after)
    if fault.kind == "drop_before":
        return dropped()
    if fault.kind == "http_500":
        return as_json({"ok": False, "error": "internal_error"}, 500)
    if fault.kind == "http_502_html":
        page = "<!DOCTYPE html><html><body><h1>502 Bad Gateway</h1></body></html>"
        return Response(page, 502, content_type="text/html")
    if fault.kind == "http_503":
        return Response("Service Unavailable", 503, content_type="text/plain")
    return as_json({"ok": False, "error": fault.argument})


def spoilt(fault: Fault | None, body: Json) -> Response:
    """The answer to a call that was done, under the faults that only spoil the answer."""
    kind = fault.kind if fault is not None else ""
    if kind == "drop_after":
        return dropped()
    if kind == "ok_without_ts":
        return as_json({"ok": True})
    response = as_json(body)
    if kind == "truncated_json":
        whole = response.get_data()
        response.set_data(whole[: len(whole) // 2])
    return response
