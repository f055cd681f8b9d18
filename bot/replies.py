"""An answer in words: its lead, its entries one by one, and its foot, in the prose of a channel."""

from dataclasses import dataclass

from jinja2 import Environment

from bot.render import PLAIN, part
from catalogue.search.vocabulary import Vocabulary
from intents.answers import Answer, Outcome
from intents.understand import INTENTS

WITH_ENTRIES = ("holders", "collect", "second_try")
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
    kind = "second_try" if answer.details.get("is_second_try") else answer.intent
    kind = "which" if answer.details.get("which") else kind
    template = f"answers/{kind}.jinja"
    names = {slug: vocabulary.name(slug) for slug in (meaning.holder for meaning in answer.meanings) if slug}
    lists_entries = kind in WITH_ENTRIES or answer.outcome is Outcome.CLARIFY
    values = {"answer": answer, "examples": examples(), "names": names, "lists_entries": lists_entries}
    values["request_holders"] = {
        request.holder: vocabulary.name(request.holder) for request, _actor in answer.details.get("requests", ())
    }
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
