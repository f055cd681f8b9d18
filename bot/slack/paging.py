"""A long list in the Home, a page at a time: which rows are shown, and the buttons to the others."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from slack_sdk.models.blocks import Block

from bot.render import MRKDWN, part
from bot.slack.blocks import button, buttons, note
from catalogue.model import Person
from intents.context import Context

T = TypeVar("T")
ROWS = 5


@dataclass(frozen=True, slots=True)
class Page:
    """Which page of a section is shown, from 0."""

    section: str
    number: int = 0

    def of(self, rows: Sequence[T]) -> Sequence[T]:
        """The rows of this page; of the last one when there is no such page."""
        start = self._start(len(rows))
        return rows[start : start + ROWS]

    def turning(self, total: int) -> list[Block]:
        """How much there is, with buttons for the page before and after; nothing when there is one page only."""
        if total <= ROWS:
            return []
        start = self._start(total)
        number, last = start // ROWS, min(start + ROWS, total)
        made = [
            button(label, action_id=f"home.page.{label.lower()}", value=f"{self.section}:{place}", about=self.section)
            for label, place in (("Earlier", number - 1), ("More", number + 1))
            if place >= 0 and place * ROWS < total
        ]
        return [note(say("page", first=start + 1, last=last, total=total)), buttons(*made)]

    def _start(self, total: int) -> int:
        return min(self.number, max(total - 1, 0) // ROWS) * ROWS


Section = Callable[[Context, Person, datetime, Page], list[Block]]
"""A part of the Home; empty when it has nothing for this person."""


def say(name: str, **values: object) -> str:
    """One piece of the Home's prose."""
    return part(MRKDWN, "slack/home.jinja", name, **values)
