"""Questions: a mention, a direct message, the slash command, a button that asks.

A listener notes the delivery and the question in one transaction and acknowledges; the worker answers. A question
that looks up a person is refused here already, so that its words are never written down.
"""

import json
import re
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from slack_bolt import Ack, App

from bot.language import phrase
from bot.render import MRKDWN, Ready, part
from bot.slack.blocks import OUTSIDE
from catalogue import clock, outbox, visits
from catalogue.store import Database
from intents.out_of_scope import is_about_a_person
from intents.phrase import LONGEST, read_message

ASK = re.compile(r"^question\.ask(\.\d+)?$")
ASKS = re.compile(r"^ask\s+", re.IGNORECASE)
SUBWORDS = {"ask": "help", "requests": "my requests", "queue": "my queue"}
"""Words after the command that stand for a question. `edit` and `add` are in `stewarding.py`; any other is one."""

ASKED = '{"asked": '
"""How the value of a button that carries a question as JSON begins."""

WRITTEN = (None, "thread_broadcast", "file_share")
"""Kinds of message that a person writes; Slack names the plain one by no subtype."""


def register(app: App, questions: "Questions") -> None:
    """Add the listeners. The hot ones come first: Bolt tries them in order. What none takes is only acknowledged."""
    app.event("app_mention")(questions.on_mention)
    app.event("message")(questions.on_message)
    app.command("/whoholds")(questions.on_command)
    app.action("entry.describe")(questions.on_describe)
    app.action(ASK)(questions.on_ask)
    app.action("answer.reject")(questions.on_reject)
    app.action("answer.share")(questions.on_share)


class Questions:
    """The listeners, with the record they write to."""

    def __init__(self, db: Database, team_id: str) -> None:
        self.db = db
        self.team_id = team_id

    def on_mention(self, event: dict[str, Any], body: dict[str, Any]) -> None:
        if _is_from_a_person(event):
            self._note_event(event, body, is_direct=False)

    def on_message(self, event: dict[str, Any], body: dict[str, Any]) -> None:
        if _is_from_a_person(event) and event.get("channel_type") == "im":
            self._note_event(event, body, is_direct=True)

    def _note_event(self, event: dict[str, Any], body: dict[str, Any], *, is_direct: bool) -> None:
        channel, ts = event["channel"], event["ts"]
        keys = [f"message:{channel}:{ts}"]
        if event.get("client_msg_id"):  # Slack may deliver one message twice under different times
            keys.append(f"client:{event['client_msg_id']}")
        self.note(
            keys,
            text=str(event.get("text") or ""),
            user=str(event["user"]),
            channel=channel,
            reply={
                "way": "message",
                "channel": channel,
                "thread_ts": event.get("thread_ts") or (None if is_direct else ts),
            },
            is_direct=is_direct,
            is_shared_outside=bool(body.get("is_ext_shared_channel")) or self._is_stranger(event),
        )

    def on_command(self, ack: Ack, command: dict[str, Any]) -> None:
        words = str(command.get("text") or "help").strip()
        if words.lower() == "home":
            ack(response_type="ephemeral", text=_way_home(command))
            return
        self.note(
            [f"command:{command['trigger_id']}"],
            text=SUBWORDS.get(words.lower()) or ASKS.sub("", words),
            user=str(command["user_id"]),
            channel=None,
            reply={"way": "response", "url": command["response_url"]},
            is_direct=True,
            is_shared_outside=False,
            more={
                "asked_in": command.get("channel_id"),
                "may_be_shared": str(command.get("channel_id")).startswith(("C", "G")),
            },
        )
        ack()

    def on_describe(self, ack: Ack, action: dict[str, Any], body: dict[str, Any]) -> None:
        self._note_click(action, body, is_entry=True)
        ack()

    def on_ask(self, ack: Ack, action: dict[str, Any], body: dict[str, Any]) -> None:
        self._note_click(action, body, is_entry=False)
        ack()

    def on_reject(self, ack: Ack, action: dict[str, Any], body: dict[str, Any]) -> None:
        """Not what was meant. The button's value is the question and the entries that were shown."""
        value = json.loads(action["value"])
        self._note_click({**action, "value": value["asked"]}, body, is_entry=False, rejected=value["shown"])
        ack()

    def on_share(self, ack: Ack, action: dict[str, Any], body: dict[str, Any]) -> None:
        """Ask the same again for everybody in the channel: what was private is not shown to them.

        Slack does not say here who reads the channel, so the answer holds only what everyone may know. The button's
        value is the question and, if that goes on from others, its key; in older messages the question alone.
        """
        user, channel = str(body["user"]["id"]), str(body["channel"]["id"])
        value = json.loads(action["value"]) if action["value"].startswith(ASKED) else {"asked": action["value"]}
        self.note(
            [f"click:{action['action_ts']}:{user}:{action['action_id']}"],
            text=str(value["asked"]),
            user=user,
            channel=channel,
            reply={"way": "message", "channel": channel, "thread_ts": None, "otherwise": body["response_url"]},
            is_direct=False,
            is_shared_outside=True,
            more={"shared_by": user, "after": value.get("after")},
        )
        ack()

    def _note_click(
        self, action: dict[str, Any], body: dict[str, Any], *, is_entry: bool, rejected: Sequence[str] = ()
    ) -> None:
        """A click on an answer is answered where the answer stands: in its thread, or privately if it was private.
        From the Home, which is no place for an answer, it comes as a direct message.

        The button's value is a question, or with `is_entry` the id of an entry.
        """
        channel = (body.get("channel") or {}).get("id")
        container = body.get("container") or {}
        is_direct = bool(container.get("is_ephemeral")) or str(channel).startswith("D")
        message = body.get("message") or {}
        if container.get("type") == "view":
            channel, is_direct = str(body["user"]["id"]), True
            reply = {"way": "message", "channel": channel, "thread_ts": None}
        elif container.get("is_ephemeral") or not channel:
            reply = {"way": "response", "url": body["response_url"]}
        else:
            thread = message.get("thread_ts") or (None if is_direct else container.get("message_ts"))
            reply = {"way": "message", "channel": channel, "thread_ts": thread}
        self.note(
            [f"click:{action['action_ts']}:{body['user']['id']}:{action['action_id']}"],
            text=str(action["value"]),
            user=str(body["user"]["id"]),
            channel=channel if reply["way"] == "message" else None,
            reply=reply,
            is_direct=is_direct,
            is_shared_outside=str(action.get("block_id")).startswith(OUTSIDE) or self.is_from_outside(body),
            is_entry=is_entry,
            more={"asked_in": channel, **({"rejected": list(rejected)} if rejected else {})},
        )

    def note(
        self,
        keys: list[str],
        *,
        text: str,
        user: str,
        channel: str | None,
        reply: dict[str, Any],
        is_direct: bool,
        is_shared_outside: bool,
        is_entry: bool = False,
        more: Mapping[str, Any] = MappingProxyType({}),
    ) -> None:
        """Put a question into the outbox, once for its keys; one that looks up a person without its words.

        `reply` says where the answer goes: a message in a channel (or to a user's number), or a response address.
        `more`: `rejected` entries of an answer that was turned down, who it is `shared_by`, whether it `may_be_shared`,
        which channel a private answer was `asked_in`, and the key of the conversation that it comes `after`.
        """
        now = clock.now()
        text = text[: LONGEST + 1].encode("utf-8", "ignore").decode()  # half a character cannot be stored
        is_refused = not is_entry and (is_about_a_person(text) or is_about_a_person(read_message(text).whole))
        with self.db.atomic():
            fresh = [outbox.receive(self.db, key, now=now) for key in keys]
            if not all(fresh):
                return
            if is_direct:  # who asks by themselves need not be told how
                visits.first(self.db, user, visits.GREETING, now=now)
            outbox.post(
                self.db,
                "question",
                {
                    "text": None if is_refused else text,
                    "user": user,
                    "reply": reply,
                    "is_direct": is_direct,
                    "is_shared_outside": is_shared_outside,
                    "is_entry": is_entry,
                    **more,
                },
                key=f"question:{keys[0]}",
                channel=f"questions in {channel}" if channel else None,
                now=now,
            )

    def is_from_outside(self, body: dict[str, Any]) -> bool:
        """Whether who clicked belongs to another workspace."""
        return (body["user"].get("team_id") or self.team_id) != self.team_id

    def _is_stranger(self, event: dict[str, Any]) -> bool:
        teams = {event.get("user_team"), event.get("source_team"), event.get("team")} - {None}
        return bool(teams - {self.team_id})


def _is_from_a_person(event: dict[str, Any]) -> bool:
    """A message that somebody wrote, now: no bot's, no edit, deletion or other happening."""
    return bool(event.get("user")) and not event.get("bot_id") and event.get("subtype") in WRITTEN


def _way_home(command: dict[str, Any]) -> str:
    """Where a person's Home is: an app cannot open it for them."""
    address = f"slack://app?team={command['team_id']}&amp;id={command['api_app_id']}&amp;tab=home"
    return part(MRKDWN, "slack/finding.jinja", "home", opened=Ready(f"<{address}|{phrase('Open your Home')}>"))
