"""The door for what Slack delivers: whether it has the shape of what Slack sends, and brings back what we gave it.

Slack signs it all, and yet none of it is trusted. A listener asks the record who may do what to the thing that is
named. That something is named at all, in the shape in which we write it (`carried.py`), is asked here, before any
listener runs. So a listener can read what it is given, and what is forged, or from a time long gone, gets one plain
sentence and a row in the audit.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any

from slack_bolt import Ack, App, BoltResponse

from bot.language import sentence, speaking
from bot.slack.carried import ANY, ID, MOMENT, USER, is_act, is_from_a_view, is_view
from bot.slack.desk import Desk
from bot.slack.shapes import Shape, anything, each, either, flag, maybe, one_of, record, words
from catalogue import people
from catalogue.errors import NotAllowed

STALE = "This does not work any more, and nothing was changed. Go back to where you found it and begin again."

UNFIT = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff]")
"""What the record cannot hold: NULs and other controls, halves of characters."""

SOMEBODY = record(id=USER, team_id=maybe(ANY))
PLACE = record(id=ID)
MESSAGE = record(text=maybe(ANY), thread_ts=maybe(MOMENT))
CONTAINER = record(type=maybe(ID), channel_id=maybe(ID), message_ts=maybe(MOMENT), is_ephemeral=maybe(flag))
COMMAND = record(user_id=USER, trigger_id=ID, response_url=ID, team_id=ID, api_app_id=ID, text=maybe(ANY))
INTERACTION = {
    "user": SOMEBODY,
    "channel": maybe(PLACE),
    "message": maybe(MESSAGE),
    "container": maybe(CONTAINER),
    "response_url": maybe(ID),
    "view": maybe(is_view),
}
WRITTEN = {
    "user": maybe(USER),
    "channel": ID,
    "ts": MOMENT,
    "thread_ts": maybe(MOMENT),
    "text": maybe(ANY),
    "client_msg_id": maybe(ID),
}
FILE = record(id=ID, name=maybe(ANY))
EVENTS: Mapping[str, Shape] = {
    "app_mention": record(**WRITTEN),
    "message": record(**WRITTEN, files=maybe(each(FILE))),
    "link_shared": record(
        user=USER, links=each(record(url=ANY)), unfurl_id=ID, source=words(r"composer|conversations_history")
    ),
    "app_home_opened": record(user=USER),
    "member_joined_channel": record(user=USER, channel=ID),
}


def _event(event: object) -> bool:
    return isinstance(event, dict) and EVENTS.get(str(event.get("type")), anything)(event)


ACTIONS = {**INTERACTION, "trigger_id": ID, "actions": each(is_act, least=1)}
IN_VIEW = record(**ACTIONS | {"view": is_view})
IN_MESSAGE = record(**ACTIONS | {"channel": PLACE, "response_url": ID})


def _clicked(body: object) -> bool:
    """Something pressed or chosen, in a view or in a message."""
    if not isinstance(body, dict):
        return False
    if "view" in body:
        return IN_VIEW(body)
    return IN_MESSAGE(body) and not any(map(is_from_a_view, body["actions"]))


KINDS: Mapping[str, Shape] = {
    "block_actions": _clicked,
    "block_suggestion": record(**INTERACTION | {"view": is_view}, block_id=ID, value=maybe(ANY)),
    "event_callback": record(event=_event),
    "message_action": either(
        record(callback_id=words(r"(?!message\.ask$).*")), record(**INTERACTION | {"response_url": ID}, trigger_id=ID)
    ),
    "shortcut": record(**INTERACTION, trigger_id=ID),
    "view_submission": record(**INTERACTION | {"view": is_view}, trigger_id=ID),
}
"""What each kind of delivery is made of, as far as listeners read it."""


def register(app: App, desk: Desk) -> None:
    """Add the check in front of every listener."""

    def check(body: dict[str, Any], ack: Ack, next: Callable[[], None]) -> BoltResponse | None:  # noqa: A002  Bolt's
        clean(body)
        if not is_ours(body):
            return _refuse(desk, body, ack)
        next()
        return None

    app.middleware(check)


def _refuse(desk: Desk, body: Mapping[str, Any], ack: Ack) -> BoltResponse:
    """Say so privately where it is known to whom; otherwise only take it in."""
    kind, user = body.get("type"), body.get("user")
    if kind == "block_suggestion":
        return ack(options=[])
    if "command" in body:
        return ack(response_type="ephemeral", text=sentence(STALE))
    if SOMEBODY(user) and ID(body.get("trigger_id")):
        assert isinstance(user, dict)
        over = {"view": {"type": "modal"}} if record(type=one_of("modal"))(body.get("view")) else {}
        place = {"user": user, "trigger_id": body["trigger_id"], **over}
        with (
            speaking(people.language_of(desk.db, user["id"])),
            desk.refusing(place, ack if kind == "view_submission" else None),
        ):
            raise NotAllowed(STALE, action="workspace.act", about=_name(body))
    return ack.response or ack()


def _name(body: Mapping[str, Any]) -> str:
    """What was pressed or sent, for the audit."""
    acts, view = body.get("actions"), body.get("view")
    named = acts[0].get("action_id") if each(record(), least=1)(acts) else None  # type: ignore[index]
    named = named or (view.get("callback_id") if isinstance(view, dict) else None)
    return str(named) if ID(named) else "a delivery"


def clean(value: Any) -> Any:
    """The same without what the record cannot hold: NULs and other controls, halves of characters. In place."""
    if isinstance(value, str):
        return UNFIT.sub("", value)
    places = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for place, inner in list(places):
        value[place] = clean(inner)
    return value


def is_ours(body: Mapping[str, Any]) -> bool:
    """Whether a delivery has the shape of what Slack sends, and what it brings back that of what we gave it."""
    if "command" in body:
        return COMMAND(body)
    shape = KINDS.get(str(body.get("type")))
    return shape is None or shape(body)
