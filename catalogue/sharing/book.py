"""What the rule book holds: rules, and the lists of powers, bases, papers and nations that go with them.

`rules.py` reads it from the files in `data/sharing/`, where each value is explained.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from catalogue.sharing.conditions import Condition

NATIONS = ("E", "W", "S", "NI")


class Strength(StrEnum):
    STOP = "stop"
    MUST = "must"
    LIKELY = "likely"
    ASK = "ask"
    INFO = "info"


class Verdict(StrEnum):
    """What an explanation comes to, the weakest first."""

    NOT_KNOWN = "not_known"
    OPEN = "open"
    OPEN_WITH_ATTRIBUTION = "open_with_attribution"
    AGREEMENT = "agreement"
    NAMED_POWER = "named_power"
    NOT_HERE = "not_here"


@dataclass(frozen=True, slots=True)
class RuleItem:
    """One thing that a rule says is needed. `checked` is empty when the reference still needs checking."""

    strength: Strength
    say: str
    who: str
    citation: str
    checked: str
    rank: int = 5
    verdict: Verdict | None = None
    when: Condition | None = None
    unless: Condition | None = None
    nations: tuple[str, ...] = NATIONS
    document: str | None = None


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule: when it applies and what it then says."""

    id: str
    version: int
    about: str
    when: Condition
    items: tuple[RuleItem, ...]
    unless: Condition | None = None
    unless_rules: frozenset[str] = frozenset()
    ask: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FactNote:
    """How a fact is told of, and the words and bodies it is read by."""

    name: str
    field: str
    because: str
    no: str
    unknown: str
    values: Mapping[str, str]
    bodies: frozenset[str]
    kinds: frozenset[str]
    words: re.Pattern[str] | None
    other_words: re.Pattern[str] | None


@dataclass(frozen=True, slots=True)
class Option:
    """An answer to a question: what its button says, what it adds to the question, and the fact it settles."""

    label: str
    words: str
    value: str | bool


@dataclass(frozen=True, slots=True)
class AskerQuestion:
    """Something only whoever asks can say."""

    id: str
    facts: tuple[str, ...]
    ask: str
    options: tuple[Option, ...]


@dataclass(frozen=True, slots=True)
class Gateway:
    """A power in law to share, and when it is worth a look."""

    id: str
    name: str
    citation: str
    nations: tuple[str, ...]
    when: Condition
    purpose: str
    conditions: str
    checked: str


@dataclass(frozen=True, slots=True)
class LawfulBasis:
    """A lawful basis of Article 6 or Part 3. Without `when` it is never offered as a usual one."""

    id: str
    name: str
    citation: str
    use: str
    when: Condition | None
    checked: str


@dataclass(frozen=True, slots=True)
class SpecialCondition:
    """A condition for special category or criminal offence data."""

    id: str
    name: str
    citation: str
    policy_document: bool
    checked: str


@dataclass(frozen=True, slots=True)
class Paper:
    """A document of a share, and the other names under which entries list it."""

    id: str
    name: str
    names: tuple[str, ...]
    when_needed: str
    who: str
    citation: str
    checked: str


@dataclass(frozen=True, slots=True)
class Nation:
    """What is particular to sharing in one nation."""

    id: str
    name: str
    note: str
    checked: str


@dataclass(frozen=True, slots=True)
class Conflict:
    """Facts of an entry that do not go together, in words for its steward."""

    id: str
    when: Condition
    say: str


@dataclass(frozen=True, slots=True)
class Safe:
    """One of the Five Safes: lines with the condition for each, the last without one."""

    name: str
    lines: tuple[tuple[Condition, str], ...]


@dataclass(frozen=True, slots=True)
class RuleBook:
    """Everything in the files, checked."""

    version: str
    date: str
    notice: str
    verdicts: Mapping[Verdict, str]
    rules: tuple[Rule, ...]
    conflicts: tuple[Conflict, ...]
    facts: Mapping[str, FactNote]
    questions: tuple[AskerQuestion, ...]
    gateways: tuple[Gateway, ...]
    bases: tuple[LawfulBasis, ...]
    conditions: tuple[SpecialCondition, ...]
    papers: Mapping[str, Paper]
    everywhere: str
    nation_names: Mapping[str, tuple[str, ...]]
    nations: tuple[Nation, ...]
    safes: tuple[Safe, ...]
