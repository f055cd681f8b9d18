"""A person's Home in Slack: what they can ask, what they asked for, what waits for them. Made anew when it is opened
and when something in it changes.

`sections.py` has the parts, by role. The worker publishes it (`deliver.py`); turning a page of a list is done at once.
"""

import json
import re
from collections.abc import Mapping
from typing import Any

from slack_bolt import Ack, App
from slack_sdk.models.blocks import Block

from bot import words
from bot.slack.blocks import divider, note
from bot.slack.desk import Desk
from bot.slack.paging import Page, say
from bot.slack.questions import Questions
from bot.slack.sections import SECTIONS
from catalogue import clock, outbox, people, visits
from catalogue.model import Language, Person
from intents.context import Context

MOST_BLOCKS = 100
LAST_PAGE = 9_999
TURN = re.compile(r"^home\.page(\.\w+)?$")


def register(app: App, desk: Desk, questions: Questions) -> None:
    """Add the listeners."""
    listeners = Listeners(desk, questions)
    app.event("app_home_opened")(listeners.on_opened)
    app.action(TURN)(listeners.on_page)
    app.action("language.choose")(listeners.on_language)


def view(context: Context, person: Person, *, pages: Mapping[str, int] | None = None) -> dict[str, Any]:
    """The Home as the record has it now. `pages` says which page of a section is shown; unless given, those that the
    person last turned to, so that news does not take them back to the first.
    """
    now = clock.now()
    turned = dict(visits.pages(context.db, person.slack_id) if pages is None else pages)
    blocks: list[Block] = []
    for name, section in SECTIONS.items():
        made = section(context, person, now, Page(name, turned.get(name, 0)))
        if made and len(blocks) + len(made) < MOST_BLOCKS - 2:
            blocks += [*([divider()] if blocks else []), *made]
    shown_at = clock.london(now)
    blocks.append(note(say("foot", now=f"{shown_at:%H:%M}, {words.month_day(shown_at)}")))
    return {
        "type": "home",
        "private_metadata": json.dumps(turned),
        "blocks": [block.to_dict() for block in blocks],
    }


class Listeners:
    """What happens in the Home."""

    def __init__(self, desk: Desk, questions: Questions) -> None:
        self.desk, self.questions, self.db = desk, questions, desk.db

    def on_opened(self, event: dict[str, Any]) -> None:
        """Somebody came to the Home or to the messages. The first time they are greeted, with what can be asked."""
        now, user = clock.now(), str(event["user"])
        with self.db.atomic():
            if event.get("tab") == "home":
                visits.first(self.db, user, visits.HOME, now=now)
                visits.turn(self.db, user, {}, now=now)
                outbox.refresh_home(self.db, user, now=now)
            if visits.first(self.db, user, visits.GREETING, now=now):
                self._greet(user)

    def _greet(self, user: str) -> None:
        """Help is a question like any other, so that its words are the same everywhere."""
        self.questions.note(
            [f"greeting:{user}"],
            text="help",
            user=user,
            channel=user,
            reply={"way": "message", "channel": user, "thread_ts": None},
            is_direct=True,
            is_shared_outside=False,
        )

    def on_language(self, ack: Ack, action: dict[str, Any], body: dict[str, Any]) -> None:
        """Speak the language of the button's value to this person from now on, whatever Slack says."""
        now = clock.now()
        with self.desk.refusing(body):
            person, chosen = self.desk.person(body, now), str(action["value"])
            if chosen in tuple(Language):
                with self.db.atomic():
                    people.choose_language(self.db, person.id, Language(chosen))
                    outbox.refresh_home(self.db, person.id, now=now)
        ack()

    def on_page(self, ack: Ack, action: dict[str, Any], body: dict[str, Any]) -> None:
        """Turn a page of one section; the others stay where they are."""
        now = clock.now()
        person = self.desk.person(body, now)
        section, _colon, page = str(action["value"]).partition(":")
        pages = _pages(body)
        if person.slack_id and section in SECTIONS and page.isdecimal():
            pages |= {section: min(int(page), LAST_PAGE)}
            visits.turn(self.db, person.slack_id, pages, now=now)
            shown = view(self.desk.context, person, pages=pages)
            self.desk.publish(body, person.slack_id, shown)
        ack()


def _pages(body: Mapping[str, Any]) -> dict[str, int]:
    """Which pages the Home showed, as its view says."""
    told = json.loads((body.get("view") or {}).get("private_metadata") or "{}")
    return {name: page for name, page in told.items() if name in SECTIONS and isinstance(page, int)}
