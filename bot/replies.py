"""An answer in words: its lead, its entries one by one, and its foot, in the prose of a channel."""

from dataclasses import dataclass

from jinja2 import Environment

from bot.render import PLAIN, part
from catalogue.search.vocabulary import Vocabulary
from intents.answers import Answer, Outcome
from intents.understand import INTENTS

WANTS = {
    "my_requests": "show your requests",
    "collect": "check what is already held before you collect",
    "precedent": "tell you what was shared before",
    "review_queue": "show what waits for you",
}
"""Kinds of question that are understood and not answered yet: what the bot cannot do."""

WITH_ENTRIES = ("holders",)
WITH_CONTACT = frozenset({Outcome.ANSWERED})


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer in words. `entries` are in the order of `answer.shown`, only for answers that list them."""

    lead: str
    entries: tuple[str, ...]
    foot: str

    @property
    def text(self) -> str:
        """The whole answer as one text that stands alone."""
        return "\n\n".join(piece for piece in (self.lead, *self.entries, self.foot) if piece)


def examples() -> tuple[str, ...]:
    """What can be asked: the first example of each kind of question that has an answer."""
    wanted = ("holders", "describe", "conditions", "contact", "holdings", "define")
    modules = {module.__name__.rpartition(".")[2]: module for module in INTENTS}
    return tuple(modules[name].EXAMPLES[0] for name in wanted)


def word(answer: Answer, vocabulary: Vocabulary, environment: Environment = PLAIN) -> Reply:
    """Put an answer into words."""
    template = f"answers/{'not_yet' if answer.intent in WANTS else answer.intent}.jinja"
    names = {slug: vocabulary.name(slug) for slug in (meaning.holder for meaning in answer.meanings) if slug}
    lists_entries = answer.intent in WITH_ENTRIES or answer.outcome is Outcome.CLARIFY
    values = {"answer": answer, "examples": examples(), "names": names, "wants": WANTS, "lists_entries": lists_entries}
    entries = tuple(
        "\n".join(
            line
            for line in part(
                environment, "answers/entry.jinja", "entry", entry=entry, ask=answer.outcome in WITH_CONTACT
            ).splitlines()
            if line.strip()
        )
        for entry in (answer.shown if lists_entries else ())
    )
    return Reply(part(environment, template, "lead", **values), entries, part(environment, template, "foot", **values))
