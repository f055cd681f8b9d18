"""From a notice to Slack: post a message, answer a slash command, show a Home. `answering.py` works answers out.

What a person is told (`tell`) is put into words by the teller of its kind when it is sent, from the record as it then
is; `retell` has that done again and changes the message. Errors of Slack's are sorted into those worth another try and
those that are final; anything not known is final and is seen by an administrator.
"""

import logging
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from bot.language import phrase, speaking
from bot.logs import places
from bot.slack import otherwise, people
from bot.slack.answering import Answering, put_reply
from bot.slack.api import SlackApi, SlackError
from bot.slack.blocks import SlackMessage, message
from bot.slack.unfurling import unfurls
from catalogue import clock, outbox
from catalogue import people as record_of_people
from catalogue.errors import NotFound, StoreUnavailable
from catalogue.model import PUBLIC, Language, Notice, Person
from intents.context import Context

log = logging.getLogger(__name__)

WORTH_ANOTHER_TRY = frozenset(
    """
    ratelimited not_connected connection_lost unreadable_answer internal_error fatal_error request_timeout
    service_unavailable team_added_to_org accesslimited token_revoked token_expired invalid_auth
    account_inactive not_authed http_500 http_502 http_503 http_504
    """.split()
)
"""Errors that pass by themselves or once an operator has mended the token; the notice waits for that."""

MOST_TRIES = 5  # of what fails by our own fault
TRY_AGAIN = timedelta(seconds=1)
SORRY = "Something went wrong and I cannot answer this. Tell the team that runs me the number {number}."
RESPONSE_LIFE = timedelta(minutes=29)

Teller = Callable[[Context, Mapping[str, Any], Person], SlackMessage | None]
"""Puts what a person is told into words, from the record as it is now; None when it is no longer worth saying."""

Home = Callable[[Context, Person], dict[str, Any]]
"""A person's Home as a view, from the record as it is now."""


@dataclass(frozen=True, slots=True)
class Speaker:
    """What it takes to speak in Slack. `jobs` are notices of other kinds, each with what is done for it."""

    context: Context
    slack: SlackApi
    team_id: str
    answering: Answering
    tellers: Mapping[str, Teller] = field(default_factory=dict)
    home: Home | None = None
    jobs: Mapping[str, Callable[[Notice], None]] = field(default_factory=dict)

    def deliver(self, notice: Notice) -> None:
        """Do what a claimed notice asks for, and write down how it went. Raises only StoreUnavailable."""
        now = clock.now()
        own = {
            "question": self.answering.answer,
            "message": self._send,
            "tell": self._tell,
            "retell": self._retell,
            "unfurl": self._unfurl,
            "home": self._publish_home,
        }
        try:
            if notice.kind in own:
                own[notice.kind](notice, now)
            elif notice.kind in self.jobs:
                self.jobs[notice.kind](notice)
                outbox.sent(self.context.db, notice, receipt=None, now=clock.now())
            else:
                outbox.park(self.context.db, notice, error="unknown_kind")
        except SlackError as error:
            self._failed(notice, error)
        except StoreUnavailable:
            raise
        except Exception as error:
            self._broke(notice, error, now)

    def _send(self, notice: Notice, now: datetime) -> None:
        payload = notice.payload
        if payload["way"] == "response":
            if now - notice.posted_at > RESPONSE_LIFE:
                outbox.park(self.context.db, notice, error="response_address_expired")
                return
            self.slack.respond(
                payload["url"],
                text=payload["text"],
                blocks=payload["blocks"],
                response_type="ephemeral",
                replace_original=False,
            )
            outbox.sent(self.context.db, notice, receipt=None, now=clock.now())
            return
        answer = self.slack.call("chat.postMessage", **_post(payload), client_msg_id=outbox.message_id(notice))
        if not answer.get("ts"):
            raise SlackError("unreadable_answer", is_ambiguous=True)
        outbox.sent(self.context.db, notice, receipt=f"{answer.get('channel')}:{answer['ts']}", now=clock.now())

    def _tell(self, notice: Notice, now: datetime) -> None:
        person = self._reachable(notice, notice.payload["person"])
        if person is None:
            return
        message = self._in_words(notice.payload["what"], notice.payload["values"], person)
        if message is None:
            outbox.sent(self.context.db, notice, receipt=None, now=now)
            return
        answer = self.slack.call(
            "chat.postMessage",
            **_post({"channel": person.slack_id, "thread_ts": None, "text": message.text, "blocks": message.blocks}),
            client_msg_id=outbox.message_id(notice),
        )
        if not answer.get("ts") or not answer.get("channel"):
            raise SlackError("unreadable_answer", is_ambiguous=True)
        at = {"channel": answer["channel"], "ts": answer["ts"]}
        outbox.told(self.context.db, notice, **at, rendered=now, now=clock.now())

    def _retell(self, notice: Notice, now: datetime) -> None:
        """Change a message that was sent, so that it says what holds now. What is no longer worth saying stays."""
        place = outbox.where_told(self.context.db, notice.payload["key"])
        person = self._reachable(notice, place.person) if place else None
        message = self._in_words(place.what, place.values, person) if place and person else None
        if place and message:
            self.slack.call("chat.update", channel=place.channel, ts=place.ts, text=message.text, blocks=message.blocks)
        outbox.sent(self.context.db, notice, receipt=None, now=now)

    def _in_words(self, what: str, values: Mapping[str, Any], person: Person) -> SlackMessage | None:
        with speaking(person.language):
            return self.tellers[what](self.context, values, person)

    def _publish_home(self, notice: Notice, now: datetime) -> None:
        """Show a person their Home, made now. One whom the record does not know yet is asked of Slack."""
        with suppress(NotFound):
            who = notice.payload["person"]
            who = record_of_people.find(self.context.db, who).slack_id or who
        people.person_of(self.context.db, self.slack, who, team_id=self.team_id, now=now)
        person = self._reachable(notice, who)
        if person is None:
            return
        if self.home:
            with speaking(person.language):
                view = self.home(self.context, person)
            self.slack.call("views.publish", user_id=person.slack_id, view=view)
        outbox.sent(self.context.db, notice, receipt=None, now=now)

    def _unfurl(self, notice: Notice, now: datetime) -> None:
        """Show what links lead to, as far as everybody who reads them may know."""
        payload, person, audience = notice.payload, None, PUBLIC
        if payload["is_direct"]:
            person = people.person_of(self.context.db, self.slack, payload["user"], team_id=self.team_id, now=now)
            audience = people.audience(
                person, is_direct=True, is_shared_outside=False, channels_are_for_government=False
            )
        with speaking(person.language if person else None):
            shown = unfurls(self.context, payload["urls"], person, audience, now=now)
        if shown:
            self.slack.call("chat.unfurl", unfurl_id=payload["unfurl_id"], source=payload["source"], unfurls=shown)
        outbox.sent(self.context.db, notice, receipt=None, now=now)

    def _reachable(self, notice: Notice, person_id: str) -> Person | None:
        """The person a notice is for, if Slack can reach them; otherwise the notice is put aside."""
        try:
            person = record_of_people.find(self.context.db, person_id)
        except NotFound:
            person = None
        if person is None or not person.slack_id or not person.is_active:
            outbox.park(self.context.db, notice, error="person_not_reachable")
            return None
        return person

    def _failed(self, notice: Notice, error: SlackError) -> None:
        if error.code not in WORTH_ANOTHER_TRY:
            log.warning("Notice %d cannot be sent: %s", notice.number, error.code)
            with self.context.db.atomic():
                if outbox.park(self.context.db, notice, error=error.code):
                    otherwise.say(self.context.db, notice, error=error.code, now=clock.now())
            return
        wait = timedelta(seconds=error.retry_after) if error.retry_after else None
        log.info("Notice %d will be tried again: %s", notice.number, error.code)
        outbox.failed(self.context.db, notice, error=error.code, now=clock.now(), wait=wait)

    def _broke(self, notice: Notice, error: Exception, now: datetime) -> None:
        """Our own fault: after some tries the notice is put aside for an administrator, and who asked is told."""
        kind, trace = type(error).__name__, places(error.__traceback__)
        log.error("Notice %d could not be dealt with: %s\n%s", notice.number, kind, trace)
        if notice.attempts < MOST_TRIES:
            outbox.failed(self.context.db, notice, error=kind, now=now, wait=TRY_AGAIN)
            return
        with self.context.db.atomic():
            if outbox.park(self.context.db, notice, error=kind) and notice.kind == "question":
                with speaking(self._language(notice)):
                    sorry = phrase(SORRY).format(number=notice.number)
                put_reply(self.context.db, notice, message(sorry, []), now=now)

    def _language(self, notice: Notice) -> Language | None:
        """The language of who asked, where only they read the answer."""
        payload = notice.payload
        return record_of_people.language_of(self.context.db, payload["user"]) if payload["is_direct"] else None


def _post(payload: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "channel": payload["channel"],
        "thread_ts": payload["thread_ts"],
        "text": payload["text"],
        "blocks": payload["blocks"] or None,
        "unfurl_links": False,
        "unfurl_media": False,
    }
