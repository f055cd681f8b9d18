"""The parts of a person's Home, each a function that asks the catalogue only for what it shows.

A section that has nothing for this person is empty. To add one: write the function, name it in SECTIONS.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from slack_sdk.models.blocks import Block

from bot import words
from bot.render import MRKDWN, part
from bot.slack.blocks import button, buttons, header, note, section
from catalogue import datasets, demand, outbox, people, requests
from catalogue.model import Dataset, Grant, Person, Role
from catalogue.requests.actors import Responsible, responsible
from catalogue.requests.model import ShareRequest
from catalogue.rights import audience_of
from intents.context import Context

T = TypeVar("T")
ROWS = 5
EXAMPLES = 4


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
        number = start // ROWS
        last = min(start + ROWS, total)
        turns = [
            (label, place)
            for label, place in (("Earlier", number - 1), ("More", number + 1))
            if place >= 0 and place * ROWS < total
        ]
        made = [
            button(label, action_id=f"home.page.{label.lower()}", value=f"{self.section}:{place}", about=self.section)
            for label, place in turns
        ]
        return [note(_words("page", first=start + 1, last=last, total=total)), buttons(*made)]

    def _start(self, total: int) -> int:
        return min(self.number, max(total - 1, 0) // ROWS) * ROWS


Section = Callable[[Context, Person, datetime, Page], list[Block]]


def ask(context: Context, person: Person, now: datetime, page: Page) -> list[Block]:
    """What can be asked: four questions about entries that are really there, others each day."""
    reader, start = audience_of(person), now.toordinal() * EXAMPLES
    entries = [
        entry
        for place in range(start, start + EXAMPLES)  # far apart, so that they are not all of one holder
        for entry in datasets.some(context.db, place=place * 7919, audience=reader, limit=1)
    ]
    choices = [
        button(question, action_id=f"question.ask.{place}", value=question)
        for place, question in enumerate(examples(context, entries))
    ]
    made: list[Block] = [header("Ask who holds data"), section(_words("ask"))]
    return [*made, buttons(*choices), note(_words("ask_foot"))] if choices else made


def examples(context: Context, entries: Sequence[Dataset]) -> list[str]:
    """One question of each kind about these entries, in turn."""
    vocabulary = context.search.vocabulary()
    asked = []
    for place, entry in enumerate(entries):
        holder = vocabulary.name(entry.publisher)
        forms = (
            f"Who holds {entry.title}?",
            f"What are the conditions for using {entry.title}?",
            f"Who do I ask about {entry.title}?",
            f"What data does {holder} hold?" if holder else f"What is {entry.title}?",
        )
        asked.append(forms[place % len(forms)])
    return list(dict.fromkeys(asked))


def my_requests(context: Context, person: Person, now: datetime, page: Page) -> list[Block]:
    """The person's drafts and requests, those that are not over first, with whose turn it is."""
    own = requests.of_person(context.db, person)
    if not own:
        return [header("Your requests"), section(_words("no_requests"))]
    among = responsible(context.db, now=now)
    made: list[Block] = [header("Your requests")]
    for request in page.of(own):
        who = whose_turn(context, request, person, now, among)
        made.append(section(_words("request", request=request, who=who)))
    return [*made, *page.turning(len(own))]


def whose_turn(
    context: Context, request: ShareRequest, person: Person, now: datetime, among: Responsible
) -> str | None:
    """Who is next, as the requester may know it: themselves, or the organisation; None when it is over."""
    following = requests.next_actor(context.db, request, now=now, among=among)
    if following is None:
        return None
    if following.person and following.person.id == person.id:
        return "It is your turn"
    name = context.search.vocabulary().name(following.person.organisation if following.person else None)
    return f"Next: {name}" if name else "Next: the administrators of the catalogue"


def queue(context: Context, person: Person, now: datetime, page: Page) -> list[Block]:
    """What waits for a manager's decision, the longest waiting first. Empty for who decides nothing."""
    waiting = requests.queue_for(context.db, person, now=now)
    decides = any(grant.role is Role.MANAGER and grant.holds(now) for grant in person.grants)
    if not waiting and not decides:
        return []
    made: list[Block] = [header("Waiting for your decision")]
    if not waiting:
        made.append(section(_words("queue_empty")))
    vocabulary = context.search.vocabulary()
    for request in page.of(waiting):
        asker, days = vocabulary.name(request.organisation), (now - request.waiting_since).days
        made.append(section(_words("queue", request=request, asker=asker, days=days)))
    return [*made, *page.turning(len(waiting))]


def standing_in(context: Context, person: Person, now: datetime, page: Page) -> list[Block]:
    """Whom a manager stands in for and until when, and who stands in for them."""
    lines = [_deputy(context, grant) for grant in person.grants if grant.deputy_for and grant.holds(now)]
    for other in people.everyone(context.db) if any(grant.role is Role.MANAGER for grant in person.grants) else ():
        lines += [
            f"{other.name or other.id} stands in for you{_until(grant)}"
            for grant in other.grants
            if grant.deputy_for == person.id and (grant.until is None or now < grant.until)
        ]
    if not lines:
        return []
    return [header("Deputies"), section(_words("standing_in", lines=lines[:ROWS]))]


def _deputy(context: Context, grant: Grant) -> str:
    other = people.find(context.db, grant.deputy_for or "")
    return f"You stand in for {other.name or other.id}{_until(grant)}"


def _until(grant: Grant) -> str:
    return f" until {words.day(grant.until.date().isoformat())}" if grant.until else ""


def unanswered(context: Context, person: Person, now: datetime, page: Page) -> list[Block]:
    """For stewards and administrators: what was asked for and nobody holds, the most widely asked first."""
    if not any(grant.role in (Role.STEWARD, Role.ADMIN) and grant.holds(now) for grant in person.grants):
        return []
    gaps = demand.gaps(context.db)
    if not gaps:
        return []
    made = [section(_words("gap", gap=gap)) for gap in page.of(gaps)]
    return [header("Asked for, and nobody holds it"), *made, *page.turning(len(gaps))]


def administration(context: Context, person: Person, now: datetime, page: Page) -> list[Block]:
    """For administrators: how many people and roles there are, and whether messages get through."""
    if not any(grant.role is Role.ADMIN and grant.holds(now) for grant in person.grants):
        return []
    everyone = people.everyone(context.db)
    held = [grant.role for each in everyone for grant in each.grants if grant.holds(now)]
    roles = [words.count(held.count(role), str(role)) for role in Role if role in held]
    counts = outbox.counts(context.db)
    health = _words("health", entries=datasets.count(context.db), waiting=counts["waiting"], parked=counts["parked"])
    return [
        header("Running the catalogue"),
        section(_words("people", total=len(everyone), roles=roles)),
        section(health),
    ]


def _words(name: str, **values: Any) -> str:
    return part(MRKDWN, "slack/home.jinja", name, **values)


SECTIONS: Mapping[str, Section] = {
    "ask": ask,
    "queue": queue,
    "requests": my_requests,
    "deputies": standing_in,
    "unanswered": unanswered,
    "administration": administration,
}
"""In the order in which they stand: what waits for a decision comes before what the person asked for."""
