"""The workspace in a browser: a small Slack on which a person tries the bot as anybody who is in it.

Served on 127.0.0.1 only; who you are is just a parameter. Everything is drawn here, by jinja2; the browser swaps
the parts that changed, which it learns of by one long request at a time. No request goes anywhere else.
Read next: `screen`, what is shown, and `acts`, what can be done.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from flask import Flask, Response, abort, request

from bot.playground.acts import ACTS, thing
from bot.playground.drawing import Drawing
from bot.playground.events import NotOffered, Sender
from bot.playground.model import Json
from bot.playground.screen import HOME, Screen, Seen
from bot.playground.stage import add_stage, as_json
from bot.playground.story import Story
from bot.playground.workspace import Workspace

POLICY = "default-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
LONG_POLL_SECONDS = 20.0
STATIC = Path(__file__).parent / "static"
KINDS = {
    "playground.css": "text/css; charset=utf-8",
    "playground.js": "text/javascript; charset=utf-8",
    "together.js": "text/javascript; charset=utf-8",
    "wire.js": "text/javascript; charset=utf-8",
    "icon.svg": "image/svg+xml",
}


def create_page(
    workspace: Workspace, sender: Sender, *, questions: list[str], title: str, story: Story | None = None
) -> Flask:
    """The page as a Flask app. `questions` are offered as examples; the first person added is who you are at first."""
    app = Flask("playground", static_folder=None, template_folder=None)
    drawing, seen = Drawing(title=title, questions=questions), Seen()

    def shown() -> Screen:
        return screen_of(workspace, sender, seen, request.args)

    @app.get("/")
    def page() -> str:
        with workspace.lock:
            screen = read(shown())
            return drawing.page(screen, workspace.version, framed="frame" in request.args)

    @app.get("/live")
    def live() -> Response:
        workspace.changes_since(request.args.get("since", 0, int), timeout=LONG_POLL_SECONDS)
        with workspace.lock:
            screen = read(shown())
            here = {"as": screen.viewer.id, "in": screen.place, "thread": screen.thread or ""}
            return as_json({"version": workspace.version, "where": here, "parts": drawing.parts(screen)})

    @app.post("/do/<act>")
    def do(act: str) -> Response:
        if act not in ACTS:
            abort(404)
        return done(sender, act, asked(workspace))

    @app.post("/suggest")
    def suggest() -> Response:
        body = asked(workspace)
        try:
            options = sender.suggest(body["as"], str(body["action_id"]), str(body["value"]), thing(sender, body))
        except (LookupError, NotOffered) as error:
            return as_json({"options": [], "notice": str(error)})
        return as_json({"options": options})

    @app.get("/static/<path:name>")
    def static(name: str) -> Response:
        return static_file(name)

    @app.get("/file/<file_id>")
    def file(file_id: str) -> Response:
        stored = workspace.files.get(file_id) or abort(404)
        response = Response(stored.content, content_type="application/octet-stream")
        response.headers.set("Content-Disposition", "attachment", filename=stored.name)
        return response

    add_stage(app, workspace, sender, drawing, story)
    app.before_request(refuse_strangers)
    app.after_request(with_policy)
    return app


def screen_of(workspace: Workspace, sender: Sender, seen: Seen, args: Any) -> Screen:
    """The screen that an address asks for; whatever it names that is not there is passed over."""
    people = [user for user in workspace.users.values() if not user.is_bot]
    named = workspace.users.get(args.get("as", ""))
    viewer = named if named in people else people[0]
    place = args.get("in", "")
    if place != HOME:
        channel = workspace.channels.get(place)
        readable = channel and (viewer.id in channel.members or channel.kind == "public")
        place = channel.id if channel and readable else workspace.open_im(viewer).id
    thread = args.get("thread") or None
    if thread and (place == HOME or workspace.find(place, thread) is None):
        thread = None
    return Screen(workspace, sender, seen, viewer, place, thread)


def read(screen: Screen) -> Screen:
    """The screen, once it is noted that its person has seen what is on it."""
    if screen.channel is not None:
        screen.seen.mark(screen.workspace, screen.viewer.id, screen.channel.id)
    return screen


def asked(workspace: Workspace) -> Json:
    """What the browser sent; 400 unless it is JSON from somebody who is here."""
    body = request.get_json(silent=True)
    if not isinstance(body, dict) or body.get("as") not in workspace.users:
        abort(400)
    return body


def done(sender: Sender, act: str, body: Json) -> Response:
    """Do an act and answer with the sentence to show, if there is one."""
    try:
        notice = ACTS[act](sender, body)
    except (NotOffered, LookupError) as error:
        notice = str(error.args[0]) if error.args else "That is no longer there."
    return as_json({"notice": notice})


def static_file(name: str) -> Response:
    """One of our own files, named in KINDS; 404 for any other."""
    if name not in KINDS:
        abort(404)
    return Response((STATIC / name).read_bytes(), content_type=KINDS[name])


def refuse_strangers() -> None:
    """403 for requests that another site made a browser send: a foreign Host or Origin."""
    host = urlsplit(f"//{request.host}").hostname
    origin = request.headers.get("Origin")
    if host not in ("127.0.0.1", "localhost") or origin not in (None, request.host_url.rstrip("/")):
        abort(403)


def with_policy(response: Response) -> Response:
    """Nothing from elsewhere, nothing kept."""
    response.headers["Content-Security-Policy"] = POLICY
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["Cache-Control"] = "no-store"
    return response
