"""What every listener of a form or a card needs: who clicked, the entry as they may know it, opening and refusing.

Nothing that a button or a form carries is trusted: it only names things. Who may do what is asked of the record when
the click arrives.
"""

import json
import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from slack_bolt import Ack

from bot import words
from bot.language import phrase, sentence
from bot.render import MRKDWN, Ready, part
from bot.slack import people
from bot.slack.api import SlackApi, SlackError
from bot.slack.blocks import modal, section
from bot.slack.request_words import name
from catalogue import audit, clock, datasets, outbox
from catalogue import people as people_of_record
from catalogue.entries import to_document
from catalogue.errors import CatalogueError, NotAllowed, NotFound, StoreUnavailable, TooLate
from catalogue.model import Dataset, Person
from catalogue.rights import audience_of
from catalogue.store import Database
from intents.context import Context

log = logging.getLogger(__name__)

SLOW = "Slack could not show the form this time. Nothing is lost. Press the button again."
DONE = "It is done, but Slack could not show it this time. Do not press the button again."


@dataclass(frozen=True, slots=True)
class Desk:
    """The record, and Slack to open modals in."""

    context: Context
    slack: SlackApi
    team_id: str

    @property
    def db(self) -> Database:
        return self.context.db

    def person(self, body: Mapping[str, Any], now: datetime) -> Person:
        """Who clicked. Raises NotAllowed for a stranger, a bot, or when Slack cannot say."""
        person = self.person_or_none(body, now)
        if person is None:
            raise NotAllowed("Only people of this workspace can do this.", action="workspace.act", about="workspace")
        return person

    def person_or_none(self, body: Mapping[str, Any], now: datetime) -> Person | None:
        """Who clicked; None where `person` raises."""
        return people.person_of(self.db, self.slack, body["user"]["id"], team_id=self.team_id, now=now)

    def _sentence(self, error: CatalogueError) -> str:
        """What went wrong, for a person: somebody who was first is called by name, not by their id."""
        if not isinstance(error, TooLate):
            return sentence(error)
        here = clock.london(error.at)
        said = part(
            MRKDWN,
            "slack/requests.jinja",
            "too_late",
            request_id=error.request_id,
            state=phrase(error.state.replace("_", " ")),
            on=phrase("{day} at {time}").format(day=words.month_day(here), time=f"{here:%H:%M}"),
            who=name(self.context, error.by),
        )
        return Ready(said)

    def _known(self, user: str) -> str:
        """The id of the person behind a Slack user, as far as the record knows them."""
        try:
            return people_of_record.find(self.db, user).id
        except NotFound:
            return user

    def named(self, text: str, person: Person) -> Dataset | None:
        """The entry with this id or title that they may know of."""
        audience = audience_of(person)
        found = datasets.get_many(self.db, [text], audience=audience)
        if found:
            return found[0]
        hits = self.context.search.find(text, audience=audience, limit=3).hits
        return next((hit.dataset for hit in hits if hit.dataset.title.casefold() == text.casefold()), None)

    def shown(self, dataset: Dataset) -> dict[str, Any]:
        """The entry's document as forms show it: organisations by their names."""
        document, vocabulary = to_document(dataset), self.context.search.vocabulary()
        if "publisher" in document:
            document["publisher"] = vocabulary.name(document["publisher"]) or document["publisher"]
        if "creator" in document:
            document["creator"] = [vocabulary.name(slug) or slug for slug in document["creator"]]
        return document

    def resolve(self, changes: dict[str, Any], errors: dict[str, str]) -> None:
        """Names of organisations become their slugs; one that nobody knows is a fault beside its field."""
        resolve = self.context.search.vocabulary().resolve
        names = [changes["publisher"]] if changes.get("publisher") else []
        for field, given in (("publisher", names), ("creator", changes.get("creator") or [])):
            slugs = [resolve(each) for each in given]
            for written, slug in zip(given, slugs, strict=True):
                if slug is None:
                    unknown = phrase("There is no organisation called “{written}” here. Check the spelling.")
                    errors[field] = unknown.format(written=written[:80])
            if given and all(slugs):
                changes[field] = slugs if field == "creator" else slugs[0]

    def holder(self, dataset: Dataset) -> str:
        """The name of the organisation that holds an entry."""
        return self.context.search.vocabulary().name(dataset.publisher) or phrase("an organisation that is not named")

    def open(self, body: Mapping[str, Any], view: Mapping[str, Any], *, is_done: bool = False) -> None:
        """Show a modal: on top of the one that was clicked in, if there is one.

        Slack takes it for three seconds after the click. When that was missed, or Slack cannot show it now, the person
        is told so privately; what they did before is saved all the same. `is_done`: the click has done something, and
        the view only says so.
        """
        is_over = (body.get("view") or {}).get("type") == "modal"
        trigger = body["trigger_id"]
        if not self._is_shown(
            lambda: (
                self.slack.call("views.push", trigger_id=trigger, view=view)
                if is_over
                else self.slack.call("views.open", trigger_id=trigger, view=view)
            )
        ):
            self._say_slow(body, is_done=is_done)

    def renew(self, body: Mapping[str, Any], view_id: str, view: Mapping[str, Any], *, is_done: bool = False) -> None:
        """Show something else in a modal that is open; when Slack cannot now, the person is told so privately."""
        if not self._is_shown(lambda: self.slack.call("views.update", view_id=view_id, view=view)):
            self._say_slow(body, is_done=is_done)

    def renew_beneath(self, view_id: str, view: Mapping[str, Any]) -> None:
        """Have a modal beneath another say what holds now; when Slack cannot, it is as it was when it was opened."""
        self._is_shown(lambda: self.slack.call("views.update", view_id=view_id, view=view))

    def publish(self, body: Mapping[str, Any], user: str, view: Mapping[str, Any]) -> None:
        """Show a Home; when Slack cannot now, the person is told so privately."""
        if not self._is_shown(lambda: self.slack.call("views.publish", user_id=user, view=view)):
            self._say_slow(body)

    def _is_shown(self, show: Callable[[], object]) -> bool:
        """Whether Slack showed a view. What was saved before is saved whatever Slack does."""
        try:
            show()
        except SlackError as error:
            log.warning("A view could not be shown: %s", error.code)
            return False
        return True

    def _say_slow(self, body: Mapping[str, Any], *, is_done: bool = False) -> None:
        self.say(body, phrase(DONE if is_done else SLOW), key=f"slow:{body['trigger_id']}")

    def say(self, body: Mapping[str, Any], text: str, *, key: str) -> None:
        """Say something to the person who clicked and nobody else, once for its key."""
        url, user = body.get("response_url"), body["user"]["id"]
        where = {"way": "response", "url": url} if url else {"way": "message", "channel": user, "thread_ts": None}
        outbox.post(
            self.db,
            "message",
            {"text": text, "blocks": [], **where},
            key=key,
            channel=None if url else user,
            now=clock.now(),
        )

    @contextmanager
    def refusing(self, body: Mapping[str, Any], ack: Ack | None = None) -> Iterator[None]:
        """Say what cannot be done to the person who clicked, in a modal; `ack`: in the place of the form they sent.

        A right that somebody lacks is also written into the audit. That the record cannot be used is no such thing.
        """
        try:
            yield
        except StoreUnavailable:
            raise
        except CatalogueError as error:
            if isinstance(error, NotAllowed) and error.action:
                who, what = self._known(body["user"]["id"]), error.about or ""
                audit.refused(self.db, by=who, action=error.action, about=what, now=clock.now())
            view = refusal(self._sentence(error))
            if ack:
                ack(response_action="update", view=view)
            else:
                self.open(body, view)
            place = body.get("container") or {}
            if isinstance(error, TooLate) and place.get("type") == "message":  # its buttons should have gone
                at = {"channel": place["channel_id"], "ts": place["message_ts"]}
                outbox.found_copy(self.db, about=error.request_id, **at, now=clock.now())


def refusal(sentence: str) -> dict[str, Any]:
    """A modal that says what went wrong, in one sentence."""
    text = part(MRKDWN, "stewards/edit.jinja", "refused", sentence=sentence)
    return modal("Not possible", [section(text)], callback_id="entry.refused")


def about(body: Mapping[str, Any]) -> dict[str, Any]:
    """What a modal of ours said it is about."""
    found: dict[str, Any] = json.loads((body.get("view") or {}).get("private_metadata") or "{}")
    return found


def author_of(context: Context, by: str, reader: Person, *, begins: bool = True) -> str:
    """Who did something, as this reader may know it: a name inside one's own organisation, elsewhere the role.

    `begins`: whether a sentence begins with it.
    """
    somebody = phrase("Somebody" if begins else "somebody")
    try:
        person = people_of_record.find(context.db, by)
    except NotFound:
        return by or somebody  # what brought it in, as it was called: an import, a source
    if person.id == reader.id:
        return phrase("You" if begins else "you")
    if person.organisation and person.organisation == reader.organisation and person.name:
        return person.name
    name = context.search.vocabulary().name(person.organisation)
    at = phrase("Somebody at {name}" if begins else "somebody at {name}")
    return at.format(name=name) if name else somebody


def errors_in(ack: Ack, errors: Mapping[str, str], view: Mapping[str, Any]) -> None:
    """Show faults beside their fields; what is about no field of this view stands at its first one."""
    there = [block["block_id"] for block in view["blocks"] if block["type"] == "input"]
    placed: dict[str, str] = {}
    for field, fault in errors.items():
        placed.setdefault(field if field in there else there[0], sentence(fault))
    ack(response_action="errors", errors=placed)


def show_in(ack: Ack, view: dict[str, Any]) -> None:
    """Show a view in the place of the one that was sent."""
    ack(response_action="update", view=view)
