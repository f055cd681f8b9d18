"""What an explanation is: the verdict, what is needed and why, who decides, and what is not known. Values only."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from catalogue.model import ContactPoint, Dataset, LegalGateway
from catalogue.sharing.book import AskerQuestion, Gateway, LawfulBasis, Nation, Strength, Verdict
from catalogue.sharing.facts import Fact

SHOWN = 5
"""Needs in a short text; the others are counted."""

_RANKS = {Strength.STOP: 0, Strength.MUST: 1, Strength.LIKELY: 2, Strength.ASK: 3, Strength.INFO: 4}


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a rule applies: a fact in words, and the field of the entry it was read from."""

    fact: str
    field: str
    say: str


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that is usually needed. `who` provides it: asker, holder or both. `checked` "" means unchecked."""

    rule: str
    version: int
    strength: Strength
    say: str
    who: str
    because: tuple[Reason, ...]
    citation: str
    checked: str
    rank: int
    document: str | None = None

    @property
    def needs_checking(self) -> bool:
        return not self.checked


@dataclass(frozen=True, slots=True)
class Why:
    """Why a rule applies: each fact once, and its references with the oldest date."""

    rule: str
    because: tuple[Reason, ...]
    citations: tuple[str, ...]
    checked: str


@dataclass(frozen=True, slots=True)
class Decides:
    """Who decides on a share, whom to ask, and how long it usually takes in days; None where that is not known."""

    holder: str | None
    contact: ContactPoint
    days: int | None


@dataclass(frozen=True, slots=True)
class Explanation:
    """What is usually needed, in the order in which it is told.

    `items` are in the order of the rules. `warnings` are for the entry's steward and nobody else. `facts` are those
    that were known, for a request to keep. `taken` is what the question was taken to say, in words.
    """

    verdict: Verdict
    line: str
    items: tuple[Item, ...]
    asks: tuple[AskerQuestion, ...] = ()
    taken: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    alternatives: tuple[Dataset, ...] = ()
    decides: Decides | None = None
    five_safes: tuple[tuple[str, str], ...] = ()
    powers: tuple[LegalGateway, ...] = ()
    gateways: tuple[Gateway, ...] = ()
    bases: tuple[LawfulBasis, ...] = ()
    documents: tuple[str, ...] = ()
    onward: str | None = None
    nations: tuple[Nation, ...] = ()
    everywhere: str = ""
    warnings: tuple[str, ...] = ()
    facts: Mapping[str, Fact] = field(default_factory=dict)
    notice: str = ""
    version: str = ""
    date: str = ""

    @property
    def rules(self) -> tuple[str, ...]:
        """The ids of the rules that apply, in order."""
        return tuple(dict.fromkeys(item.rule for item in self.items))

    @property
    def needs(self) -> tuple[Item, ...]:
        """What is needed, the most telling first; each thing once."""
        wanted = sorted(
            (item for item in self.items if item.strength in (Strength.MUST, Strength.LIKELY, Strength.ASK)),
            key=lambda item: (item.rank, _RANKS[item.strength]),
        )
        papers: set[str] = set()
        kept = []
        for item in wanted:
            if item.document not in papers:
                kept.append(item)
            papers.update([item.document] if item.document else [])
        return tuple(kept)

    @property
    def shown(self) -> tuple[Item, ...]:
        """The needs that a short text shows."""
        return self.needs[:SHOWN]

    @property
    def more(self) -> int:
        """How many needs a short text leaves out."""
        return len(self.needs) - len(self.shown)

    def why(self, items: Sequence[Item]) -> tuple[Why, ...]:
        """Why each rule behind these items applies, in order; for none of them, why the first rule does."""
        chosen = items or self.items[:1]
        whys = []
        for rule in dict.fromkeys(item.rule for item in sorted(chosen, key=lambda item: item.rule)):
            own = [item for item in chosen if item.rule == rule]
            reasons = {(reason.say, reason.field): reason for item in own for reason in item.because}
            citations = tuple(dict.fromkeys(each for item in own for each in item.citation.split("; ")))
            whys.append(Why(rule, tuple(reasons.values()), citations, min(item.checked for item in own)))
        return tuple(whys)

    @property
    def notes(self) -> tuple[Item, ...]:
        """What is good to know and not needed."""
        return tuple(item for item in self.items if item.strength in (Strength.INFO, Strength.STOP))

    @property
    def is_open(self) -> bool:
        return self.verdict in (Verdict.OPEN, Verdict.OPEN_WITH_ATTRIBUTION)

    @property
    def is_elsewhere(self) -> bool:
        """True when nothing about the entry is to be shown."""
        return self.verdict is Verdict.NOT_HERE
