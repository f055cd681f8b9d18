"""Bolt as we use it: it answers only when a listener is done, asks Slack nothing, retries nothing, prints no words."""

import logging
import uuid
from typing import Any

from slack_bolt import App
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.error import BoltUnhandledRequestError
from slack_bolt.response import BoltResponse
from slack_sdk import WebClient

from bot.language import phrase, sentence
from bot.logs import places
from bot.settings import Settings
from catalogue.errors import CatalogueError

log = logging.getLogger(__name__)
bolt_log = logging.getLogger("bot.bolt")
bolt_log.setLevel(logging.ERROR)  # below that Bolt prints bodies, which hold people's words

SORRY = (
    "Something went wrong and nothing was saved. Try again. If it happens again, give this reference to the team that"
    " runs whoholds: {reference}."
)


def bolt_app(settings: Settings, identity: dict[str, Any]) -> App:
    """Bolt, put together for this workspace."""
    authorized = AuthorizeResult(
        enterprise_id=identity.get("enterprise_id"),
        team_id=identity["team_id"],
        bot_user_id=identity["user_id"],
        bot_id=identity.get("bot_id"),
        bot_token=settings.bot_token,
    )
    app = App(
        logger=bolt_log,
        signing_secret=settings.signing_secret or "not-used-in-socket-mode",
        authorize=lambda: authorized,
        client=WebClient(base_url=settings.api_url, retry_handlers=[]),
        process_before_response=True,
        request_verification_enabled=settings.app_token is None,
        token_verification_enabled=False,
        raise_error_for_unhandled_request=True,
    )
    app.error(_on_error)
    return app


def _on_error(error: Exception, body: dict[str, Any]) -> BoltResponse:
    """The one handler: an expected error is said plainly, any other gets a reference; neither logs what was written.

    A command's answer is shown. For the rest a status other than 200 has Slack send an event again, and show a person
    who clicked or sent a form that it did not work.
    """
    if isinstance(error, BoltUnhandledRequestError):  # nobody listens to it: taken in, so that it is not sent again
        return BoltResponse(status=200, body="")
    if isinstance(error, CatalogueError):
        told = sentence(error)
        log.warning("A delivery could not be taken in: %s", type(error).__name__)
    else:
        reference = uuid.uuid4().hex[:8]
        told = phrase(SORRY).format(reference=reference)
        # the kind and the place, not the message: that may quote what a person wrote
        trace = places(error.__traceback__)
        log.error("Error %s while taking in a delivery: %s\n%s", reference, type(error).__name__, trace)
    if isinstance(body.get("command"), str):
        return BoltResponse(status=200, body={"response_type": "ephemeral", "text": told})
    if isinstance(error, CatalogueError) and body.get("type") == "block_suggestion":
        return BoltResponse(status=200, body={"options": []})  # who may not know of it is offered nothing
    return BoltResponse(status=503, body="")
