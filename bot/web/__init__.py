"""The web side: Slack's deliveries, an entry's public page, and the endpoints that say how things are.

`create` makes the Flask app from what `bot/app.py` puts together. `/metrics` and `/readyz` hold counts only.
"""

import logging
import time
from collections.abc import Callable
from typing import Any

from flask import Blueprint, Flask, Response, abort, request
from jinja2 import StrictUndefined
from markupsafe import Markup
from slack_bolt import App
from slack_bolt.adapter.flask.handler import to_bolt_request, to_flask_response

from bot import entry_templates, replies, words
from bot.field_words import action_in_words, differences
from bot.language import phrase
from bot.render import HTML, as_html
from bot.slack.gate import SIZE_LIMIT, refusal
from bot.web import health, register, requests, speaking
from bot.web.speaking import page
from catalogue import datasets, history
from catalogue.errors import NotFound, StoreUnavailable
from catalogue.harvest import sources
from catalogue.model import PUBLIC
from catalogue.search.find import Search
from catalogue.store import Database
from intents import conditions
from intents.answers import show_dataset
from intents.context import Context

log = logging.getLogger(__name__)

PAST_SHOWN = 50
TEMPLATE_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}

HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none';"
    " form-action 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}


def create(
    db: Database,
    search: Search,
    bolt: App | None,
    *,
    signing_secret: str | None,
    clock: Callable[[], float] = time.time,
) -> Flask:
    """The web app. Without `bolt` (Socket Mode) nothing is taken in at /slack/events."""
    app = Flask("bot", template_folder="templates", static_folder="static", static_url_path="/static")
    app.config["MAX_CONTENT_LENGTH"] = SIZE_LIMIT
    app.jinja_env.autoescape = True  # Flask does so by itself for names that end in .html only
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.globals.update(words=words)
    app.jinja_env.filters.update(day=words.day)
    app.before_request(refuse_unreadable)
    speaking.register(app)
    app.register_blueprint(pages(db, search))
    app.register_blueprint(register.pages(db, search))
    app.register_blueprint(requests.pages(db))
    app.register_blueprint(templates())
    app.register_blueprint(state(db))
    if bolt is not None and signing_secret:
        app.register_blueprint(deliveries(bolt, signing_secret, clock))
    app.after_request(guard)
    app.register_error_handler(StoreUnavailable, unavailable)
    app.register_error_handler(404, missing)
    return app


def deliveries(bolt: App, signing_secret: str, clock: Callable[[], float]) -> Blueprint:
    """Everything that Slack sends: through the gate, then to Bolt."""
    routes = Blueprint("deliveries", __name__)

    @routes.post("/slack/events")
    def slack_events() -> Any:
        body = request.get_data(cache=True)
        status = refusal(request.headers, body, secret=signing_secret, now=clock())  # type: ignore[arg-type]
        if status:
            return Response(status=status)
        try:
            answer = bolt.dispatch(to_bolt_request(request))
        except (AttributeError, IndexError, KeyError, TypeError, ValueError):  # Bolt knows no such shape
            return Response(status=400)
        return to_flask_response(answer)

    return routes


def pages(db: Database, search: Search) -> Blueprint:
    """What people read."""
    routes = Blueprint("pages", __name__)

    @routes.get("/datasets/<path:dataset_id>")
    def entry(dataset_id: str) -> str:
        try:
            dataset = datasets.get(db, dataset_id, audience=PUBLIC)
        except NotFound:
            abort(404)
        vocabulary = search.vocabulary()
        told = conditions.for_everyone(Context(db, search), show_dataset(dataset, vocabulary))
        return page(
            "entry.html.jinja",
            as_of=sources.as_of(db, dataset.source),
            data=dataset,
            holder=vocabulary.name(dataset.publisher),
            past=[
                (
                    words.day(line.at.date().isoformat()),
                    action_in_words(line.action),
                    differences(line.changes),
                )
                for line in reversed(history.public(db, dataset)[-PAST_SHOWN:])
            ],
            conditions=Markup(as_html(replies.word(told, vocabulary, HTML).text)),  # noqa: S704  HTML escapes each value
        )

    return routes


def templates() -> Blueprint:
    """Empty tables to fill in."""
    routes = Blueprint("templates", __name__)

    @routes.get("/templates/<name>")
    def template(name: str) -> Response:
        if name not in entry_templates.NAMES:
            abort(404)
        response = Response(entry_templates.content(name), mimetype=TEMPLATE_TYPES[name.rpartition(".")[2]])
        response.headers.set("Content-Disposition", "attachment", filename=name)
        return response

    return routes


def state(db: Database) -> Blueprint:
    """What machines ask: is it alive, would it answer, how much is there."""
    routes = Blueprint("state", __name__)

    @routes.get("/healthz")
    def healthz() -> dict[str, str]:
        return {"status": "ok"}

    @routes.get("/readyz")
    def readyz() -> tuple[dict[str, Any], int]:
        report = health.report(db)
        return report, 200 if report["ready"] else 503

    @routes.get("/metrics")
    def metrics() -> Response:
        return Response(health.metrics(db), mimetype="text/plain; version=0.0.4")

    return routes


def refuse_unreadable() -> None:
    """Refuse a query that is no text: Flask takes for granted that it is."""
    try:
        request.query_string.decode()
    except UnicodeDecodeError:
        abort(400)


def guard(response: Response) -> Response:
    """Headers that every response carries."""
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    return response


def unavailable(error: StoreUnavailable) -> tuple[str, int]:
    log.error("The database cannot be used: %s", error)
    return phrase("The catalogue cannot be used at the moment. Try again in a few minutes.") + "\n", 503


def missing(_error: Exception) -> tuple[str, int]:
    return page("missing.html.jinja"), 404
