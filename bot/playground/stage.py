"""Several people side by side with a story to play, and what crossed the wire: two more pages of the playground."""

from __future__ import annotations

import json

from flask import Flask, Response, abort, request

from bot.playground.drawing import Drawing
from bot.playground.events import Sender
from bot.playground.model import Json, User
from bot.playground.story import HOME, Step, Story, StoryEnded
from bot.playground.wire import counts, crossings
from bot.playground.workspace import Workspace

LONG_POLL_SECONDS = 20.0
SIDE_BY_SIDE = 3


def add_stage(app: Flask, workspace: Workspace, sender: Sender, drawing: Drawing, story: Story | None) -> None:
    """Add the pages /together and /wire, and what they ask for."""

    @app.get("/together")
    def together() -> str:
        people = beside(workspace, story, request.args.getlist("as"))
        return drawing.whole("together", people=people, story=story)

    @app.get("/story")
    def where_it_stands() -> Response:
        return as_json(standing(workspace, story or abort(404)))

    @app.post("/story/<what>")
    def play(what: str) -> Response:
        playing = story or abort(404)
        if what not in ("next", "again"):
            abort(404)
        if what == "again":
            playing.again()
        else:
            try:
                playing.next(sender)
            except StoryEnded:
                return as_json(standing(workspace, playing))  # it says why
        return as_json(standing(workspace, playing))

    @app.get("/wire")
    def wire() -> str:
        return drawing.whole(
            "wire",
            crossings=crossings(workspace, sender),
            counts=counts(workspace, sender),
            bot=workspace.users[workspace.bot_user_id],
            framed="frame" in request.args,
        )

    @app.get("/wire/live")
    def news() -> Response:
        known = {name: request.args.get(name, 0, int) for name in ("deliveries", "calls")}
        workspace.woken(lambda _workspace: counts(workspace, sender) != known, LONG_POLL_SECONDS)
        with workspace.lock:
            return as_json(counts(workspace, sender) | {"rows": drawing.rows(crossings(workspace, sender, **known))})


def beside(workspace: Workspace, story: Story | None, asked: list[str]) -> list[User]:
    """Who is shown side by side: who was asked for, else who is in the story, else the first ones."""
    everyone = [user for user in workspace.users.values() if not user.is_bot and not user.deleted]
    chosen = [user for user_id in asked for user in everyone if user.id == user_id]
    if not chosen and story:
        chosen = [user for name in story.people for user in everyone if user.name == name]
    return (chosen or everyone)[:SIDE_BY_SIDE]


def standing(workspace: Workspace, story: Story) -> Json:
    """Where a story stands: how much is done, whose turn was last and is next, and why it could not go on."""
    last = turn(workspace, story.last) | {"thread": story.thread} if story.last else None
    following = turn(workspace, story.steps[story.done]) if story.done < len(story.steps) else None
    return {
        "done": story.done,
        "total": len(story.steps),
        "failure": story.failure,
        "last": last,
        "next": following,
    }


def turn(workspace: Workspace, step: Step) -> Json:
    """Whose turn a step is, what is told of it, and where they act ("" for their direct messages)."""
    user = next((user for user in workspace.users.values() if user.name == step.who), None)
    places = {channel.name: channel.id for channel in workspace.channels.values() if channel.name}
    place = HOME if step.where == HOME else places.get(step.where, "")
    return {"who": user.id if user else "", "tell": step.tell, "in": place}


def as_json(body: Json) -> Response:
    """An answer as JSON."""
    return Response(json.dumps(body), content_type="application/json")
