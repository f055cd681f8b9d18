"""The parts of a person's Home, each a function that asks the catalogue only for what it shows.

Here are those for everybody; `duties.py` has those for people with a role. To add one: write the function, name it in
SECTIONS.
"""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import datetime

from slack_sdk.models.blocks import Block, ButtonElement

from bot.language import phrase, sentence, spoken
from bot.slack import duplicates, duties
from bot.slack.blocks import button, button_saying, buttons, header, note, section
from bot.slack.following import name_of
from bot.slack.paging import Page, Section, say
from bot.slack.request_words import STATES, day, next_in_words
from catalogue import datasets, follows, requests
from catalogue.errors import NotFound
from catalogue.model import Dataset, Language, Person
from catalogue.requests.model import ShareRequest
from catalogue.requests.states import EDITABLE
from catalogue.rights import audience_of
from intents.context import Context

EXAMPLES = 4
APART = 7919  # a prime: places so far apart are rarely entries of one holder


def ask(context: Context, person: Person, now: datetime, page: Page) -> list[Block]:
    """What can be asked: four questions about entries that are really there, others each day."""
    reader, start = audience_of(person), now.toordinal() * EXAMPLES
    entries = [
        entry
        for place in range(start, start + EXAMPLES)
        for entry in datasets.some(context.db, place=place * APART, audience=reader, limit=1)
    ]
    choices = [
        button_saying(sentence(question), action_id=f"question.ask.{place}", value=question)
        for place, question in enumerate(examples(context, entries))
    ]
    made: list[Block] = [header("Ask who holds data"), section(say("ask"))]
    return [*made, buttons(*choices), note(say("ask_foot"))] if choices else made


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
    made: list[Block] = [header("Your requests")]
    if not own:
        return [*made, section(say("no_requests"))]
    for request in page.of(own):
        following = next_in_words(context, request, person, now=now)
        words = say("request", request=request, state=STATES[request.state], next=following, on=day(request.changed_at))
        made.append(section(words, accessory=_opens(request, person)))
    return [*made, *page.turning(len(own))]


def _opens(request: ShareRequest, person: Person) -> ButtonElement:
    goes_on = request.state in EDITABLE and request.author == person.id
    label, action_id = ("Go on", "request.continue") if goes_on else ("Read", "request.open")
    return button(label, action_id=action_id, value=request.id, about=request.id)


def followed(context: Context, person: Person, now: datetime, page: Page) -> list[Block]:
    """What the person follows, each with the button to leave it. What they may no longer know of is not named."""
    own = follows.of(context.db, person.id)
    made: list[Block] = []
    for follow in page.of(own):
        with suppress(NotFound):
            name = name_of(context, follow.kind, follow.what, person)
            stop = button("Stop following", action_id="follow.stop", value=str(follow.number), about=name)
            made.append(section(say("follow", what=name, kind=follow.kind, pace=follow.pace), accessory=stop))
    return [header("What you follow"), *made, *page.turning(len(own))] if made else []


def language(context: Context, person: Person, now: datetime, page: Page) -> list[Block]:
    """The other language that a person can be spoken to in: Slack itself does not offer Welsh."""
    other, called = (Language.ENGLISH, "English") if spoken() is Language.WELSH else (Language.WELSH, "Cymraeg")
    return [buttons(button_saying(called, action_id="language.choose", value=other, about=phrase("Language")))]


SECTIONS: Mapping[str, Section] = {
    "ask": ask,
    "queue": duties.queue,
    "decided": duties.decided,
    "requests": my_requests,
    "follows": followed,
    "reviews": duties.reviews,
    "duplicates": duplicates.in_home,
    "unanswered": duties.unanswered,
    "deputies": duties.deputies,
    "administration": duties.administration,
    "language": language,
}
"""In the order in which they stand: what waits for a decision comes before what the person asked for."""
