"""What an answer is, whatever channel it goes out by: what was found, in order, and what to ask next.

The words come later, from templates; an answer holds only values, so that every dataset it names is an entry and
every reason it gives is a field or a rule.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from catalogue.model import Dataset, Organisation
from catalogue.search.find import Hit, Match
from catalogue.search.vocabulary import Meaning, Vocabulary

SHOWN = 3  # entries in one answer


class Outcome(StrEnum):
    ANSWERED = "answered"
    SHORTLIST = "shortlist"
    CLARIFY = "clarify"
    NONE = "none"
    REFUSED = "refused"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class Shown:
    """An entry in an answer, with its holder and why it is there; `series` are entries that differ by year or area."""

    dataset: Dataset
    holder: Organisation | None
    matches: tuple[Match, ...] = ()
    series: tuple["Shown", ...] = ()

    @property
    def reasons(self) -> tuple[tuple[str, str, str, str], ...]:
        """Why it was found, for a reader: (as typed, field, as written there, how), runs of words together.

        Words found twice in a field, such as an organisation by its name and its acronym, are one reason.
        """
        joined: list[tuple[str, str, str, str]] = []
        once: dict[tuple[str, str], Match] = {}
        for match in self.matches:
            once.setdefault((match.typed, match.field), match)
        for match in once.values():
            last = joined[-1] if joined else None
            if last and (last[1], last[3]) == (match.field, match.via) and match.via in ("typed", "corrected"):
                joined[-1] = (f"{last[0]} {match.typed}", match.field, f"{last[2]} {match.found}", match.via)
            else:
                joined.append((match.typed, match.field, match.found, match.via))
        return tuple(joined[:3])

    @property
    def holder_name(self) -> str | None:
        return self.holder.name if self.holder else self.dataset.publisher


@dataclass(frozen=True, slots=True)
class Choice:
    """Something the asker may want next: what the button says and the question it stands for."""

    label: str
    question: str


@dataclass(frozen=True, slots=True)
class Step:
    """Something that can be done next: which act (`request.start`, as buttons name it), and on what."""

    act: str
    value: str


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to one question. `details` is what its intent's template needs beyond the common values.

    `also` is the other question of a message that asked two.
    """

    intent: str
    outcome: Outcome
    confidence: float
    subject: str = ""
    shown: tuple[Shown, ...] = ()
    organisations: tuple[Organisation, ...] = ()
    meanings: tuple[Meaning, ...] = ()
    terms: tuple[str, ...] = ()
    corrections: tuple[tuple[str, str], ...] = ()
    choices: tuple[Choice, ...] = ()
    steps: tuple[Step, ...] = ()
    recipient: str | None = None
    purpose: str | None = None
    place: str | None = None
    period: str | None = None
    granularity: str | None = None
    reference: str | None = None
    also: str = ""
    details: Mapping[str, Any] = field(default_factory=dict)

    @property
    def holders(self) -> tuple[str, ...]:
        """Names of those who hold what is shown, in order, each once; those of other years and areas come last."""
        entries = [*self.shown, *(other for entry in self.shown for other in entry.series)]
        return tuple(dict.fromkeys(entry.holder_name for entry in entries if entry.holder_name))


def show(hit: Hit, vocabulary: Vocabulary, others: Iterable[Hit] = ()) -> Shown:
    """A hit as an answer shows it, with the other hits of its series."""
    series = tuple(show(other, vocabulary) for other in others)
    return Shown(hit.dataset, vocabulary.organisations.get(hit.dataset.publisher or ""), hit.matches, series)


def show_dataset(dataset: Dataset, vocabulary: Vocabulary) -> Shown:
    """An entry as an answer shows it, without a search behind it."""
    return Shown(dataset, vocabulary.organisations.get(dataset.publisher or ""))
