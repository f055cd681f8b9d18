"""Two ways to ask without typing a question: the form "Find data", and "Who holds this?" in the menu of a message.

Both become a question like any other (`questions.py`). The form's answer comes as a direct message, since a shortcut
belongs to no place; that about a message is for the eyes of who asked only.
"""

import re
from collections.abc import Mapping
from typing import Any

from slack_bolt import Ack, App
from slack_sdk.models.blocks import (
    ExternalDataSelectElement,
    InputBlock,
    InputInteractiveElement,
    PlainTextInputElement,
    PlainTextObject,
)

from bot.language import phrase
from bot.render import MRKDWN, cut, part
from bot.render import label as plain
from bot.slack.blocks import modal, section
from bot.slack.desk import Desk
from bot.slack.questions import Questions
from catalogue import clock, datasets
from catalogue.errors import NotFound
from catalogue.model import Dataset, Person
from catalogue.rights import audience_of
from catalogue.search.suggest import Suggestion, organisations_beginning

OFFERED = 20
SHOWN = 75
TYPED = 120
QUOTED = 55  # of what was typed, so that the quotation mark after it is shown too
WORDS = "words:"
"""Begins the value of the choice to take the words as they were typed; any other value is the id of an entry."""

YEARS = re.compile(r"^\s*(?:1[6-9]|20)\d\d\b")


def register(app: App, desk: Desk, questions: Questions) -> None:
    """Add the listeners."""
    finding = Finding(desk, questions)
    app.global_shortcut("data.find")(finding.on_find)
    app.message_shortcut("message.ask")(finding.on_message)
    app.options("data.subject")(finding.on_subject)
    app.options("data.holder")(finding.on_holder)
    app.view("data.find")(finding.on_submit)


class Finding:
    """The listeners."""

    def __init__(self, desk: Desk, questions: Questions) -> None:
        self.desk, self.questions = desk, questions

    def on_find(self, ack: Ack, body: dict[str, Any]) -> None:
        self.desk.open(body, form())
        ack()

    def on_subject(self, ack: Ack, body: dict[str, Any]) -> None:
        """Entries whose names begin so, and the words themselves: what is in no name is asked for too."""
        typed = plain(body.get("value") or "")[:TYPED]
        found = self.desk.context.search.suggest(typed, audience=audience_of(self._person(body)), limit=OFFERED)
        entries = [_option(each.label, each.value, each.detail) for each in found if each.kind == "entry"]
        ack(
            options=[
                _option(
                    phrase("Anything about “{typed}”").format(typed=cut(typed, QUOTED)),
                    WORDS + typed,
                    phrase("Search in all entries"),
                ),
                *entries,
            ]
        )

    def on_holder(self, ack: Ack, body: dict[str, Any]) -> None:
        typed = plain(body.get("value") or "")[:TYPED]
        found = organisations_beginning(self.desk.context.search.vocabulary(), typed, limit=OFFERED)
        ack(options=[_of(each) for each in found])

    def on_submit(self, ack: Ack, body: dict[str, Any], view: dict[str, Any]) -> None:
        """Put what was filled in as a question; the answer is a direct message."""
        user, filled = str(body["user"]["id"]), _filled(view)
        entry = self._entry(filled["subject"], self._person(body))
        is_entry = entry is not None and not (filled["place"] or filled["period"])
        self.questions.note(
            [f"find:{view['id']}:{view['hash']}"],
            text=str(filled["subject"]) if is_entry else self._question(entry, filled),
            user=user,
            channel=user,
            reply={"way": "message", "channel": user, "thread_ts": None},
            is_direct=True,
            is_shared_outside=self.questions.is_from_outside(body),
            is_entry=is_entry,
        )
        ack()

    def _entry(self, chosen: str | None, person: Person | None) -> Dataset | None:
        """The entry that was chosen, if one was and they may know it."""
        try:
            return datasets.get(self.desk.db, chosen or "", audience=audience_of(person))
        except NotFound:
            return None

    def _question(self, entry: Dataset | None, filled: Mapping[str, str | None]) -> str:
        """The question that somebody would have typed."""
        subject = entry.title if entry else (filled["subject"] or "").removeprefix(WORDS)
        place, period = filled["place"], filled["period"]
        if period and YEARS.match(period):
            period = f"in {period}"
        if entry:
            return f"Does {subject} cover {' '.join(filter(None, (place, period)))}?"
        holder = self.desk.context.search.vocabulary().name(filled["holder"])
        asked = f"What does {holder} hold on {subject}" if holder else f"Who holds {subject}"
        return f"{' '.join(filter(None, (asked, place and f'in {place}', period)))}?"

    def on_message(self, ack: Ack, body: dict[str, Any], shortcut: dict[str, Any]) -> None:
        """Ask what a message says; only the one who asked sees the answer, where the message stands."""
        self.questions.note(
            [f"shortcut:{shortcut['trigger_id']}"],
            text=str((shortcut.get("message") or {}).get("text") or ""),
            user=str(shortcut["user"]["id"]),
            channel=None,
            reply={"way": "response", "url": shortcut["response_url"]},
            is_direct=True,
            is_shared_outside=self.questions.is_from_outside(body),
            more={"asked_in": (shortcut.get("channel") or {}).get("id")},
        )
        ack()

    def _person(self, body: Mapping[str, Any]) -> Person | None:
        return self.desk.person_or_none(body, clock.now())


def form() -> dict[str, Any]:
    """The form: a subject, and what narrows it."""
    return modal(
        "Find data",
        [
            section(part(MRKDWN, "slack/finding.jinja", "intro")),
            _input(
                "subject", "What data do you need?", _choice("data.subject", "Such as school meals"), "A few words."
            ),
            _input("holder", "Who may hold it?", _choice("data.holder", "Such as DfE"), None, optional=True),
            _input("place", "For which place?", _line("Such as Wales, or Leeds"), None, optional=True),
            _input("period", "For which years?", _line("Such as 2020, or since 2015"), None, optional=True),
        ],
        callback_id="data.find",
        submit="Find",
        close="Cancel",
    )


def _input(
    name: str, text: str, element: InputInteractiveElement, hint: str | None, *, optional: bool = False
) -> InputBlock:
    return InputBlock(
        block_id=name,
        label=PlainTextObject(text=phrase(text)),
        element=element,
        hint=PlainTextObject(text=phrase(hint)) if hint else None,
        optional=optional,
    )


def _choice(action_id: str, placeholder: str) -> ExternalDataSelectElement:
    return ExternalDataSelectElement(
        action_id=action_id, placeholder=PlainTextObject(text=phrase(placeholder)), min_query_length=2
    )


def _line(placeholder: str) -> PlainTextInputElement:
    return PlainTextInputElement(
        action_id="value", placeholder=PlainTextObject(text=phrase(placeholder)), max_length=TYPED, multiline=False
    )


def _of(found: Suggestion) -> dict[str, Any]:
    return _option(found.label, found.value, found.detail)


def _option(text: str, value: str, description: str) -> dict[str, Any]:
    made: dict[str, Any] = {
        "text": {"type": "plain_text", "text": cut(plain(text), SHOWN), "emoji": False},
        "value": value[:150],
    }
    if description:
        made["description"] = {"type": "plain_text", "text": cut(plain(description), SHOWN), "emoji": False}
    return made


def _filled(view: Mapping[str, Any]) -> dict[str, str | None]:
    """What stands in each field: an option's value, or the words typed."""
    filled = {}
    for name, fields in view["state"]["values"].items():
        held: Mapping[str, Any] = next(iter(fields.values()), {})
        chosen = held.get("selected_option") or {}
        filled[name] = chosen.get("value") or (held.get("value") or "").strip() or None
    return {name: filled.get(name) for name in ("subject", "holder", "place", "period")}
