"""Answers of every kind, made once from the sample, for tests of how answers are shown."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from bot import replies
from catalogue import clock, people
from catalogue.model import GOVERNMENT, Person
from catalogue.rights import audience_of
from catalogue.search.find import Search
from catalogue.search.vocabulary import Vocabulary
from intents.answers import Answer, Outcome
from intents.context import Context, Question
from intents.second_try import respond_again
from intents.understand import INTENTS, respond

QUESTIONS: tuple[str, ...] = (
    *(module.EXAMPLES[0] for module in INTENTS),
    "who holds the National Pupil Database?",
    "what is Price Paid Data?",
    "who do I ask about Hospital Episode Statistics?",
    "who holds data on the colour of ministerial socks?",
    "what is the colour of ministerial socks?",
    "who do I ask about the colour of ministerial socks?",
    "what data does the Food Standards Agency hold?",
    "what does the Food Standards Agency hold on the colour of socks?",
    "tell me about council tax registers",
    "contact for council tax registers",
    "what does NPD mean?",
    "what does XQZW mean?",
    "how often is the National Pupil Database updated?",
    "how do I get access to something that is not there?",
    "look up AB 12 34 56 C",
    "où sont les données bonjour",
    "you stupid bot",
    "unicorn sightings, well?",
    "thanks",
    "hello",
    "help",
)
"""Between them they give every kind of answer in most of its outcomes."""


@dataclass(frozen=True)
class Answering:
    """Answers from one catalogue."""

    search: Search

    @property
    def vocabulary(self) -> Vocabulary:
        return self.search.vocabulary()

    @cache  # noqa: B019  one for all tests
    def answer(self, question: str) -> Answer:
        asker = Person("asker", organisation="department-for-education")
        return respond(Context(self.search.db, self.search), Question(question, GOVERNMENT, clock.now(), asker))

    def again(self, question: str) -> Answer:
        """The answer after "Not what I meant"."""
        shown = [entry.dataset.id for entry in self.answer(question).shown]
        return respond_again(Context(self.search.db, self.search), Question(question, GOVERNMENT, clock.now()), shown)

    def privately(self, question: str, person_id: str) -> Answer:
        """The answer to somebody of the sample, whom nobody reads along with."""
        person = people.find(self.search.db, person_id)
        asked = Question(question, audience_of(person), clock.now(), person)
        return respond(Context(self.search.db, self.search), asked)

    def plain(self, answer: Answer, vocabulary: Vocabulary | None = None) -> str:
        return replies.word(answer, vocabulary or self.vocabulary).text

    def outcomes(self) -> set[tuple[str, Outcome]]:
        return {(answer.intent, answer.outcome) for answer in map(self.answer, QUESTIONS)}
