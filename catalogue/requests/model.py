"""The values of access requests: the request, its questions and answers, its history, and the share it may become."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from catalogue.model import Dataset, Person
from catalogue.requests.states import State, Verb
from catalogue.sharing.conditions import Condition
from catalogue.sharing.facts import Facts

Answers = Mapping[str, Any]
"""By question id: text, an option's value, a list of them, or a list of texts. What is not answered is not there."""


class Kind(StrEnum):
    """How a question is answered."""

    LINE = "line"
    """Up to 250 characters."""
    TEXT = "text"
    """Up to 4,000 characters."""
    ONE = "one"
    """The value of one option."""
    MANY = "many"
    """A list of options' values; an exclusive one stands alone."""
    LIST = "list"
    """A list of lines, none twice."""
    DATE = "date"
    """An ISO date, not in the past."""
    ADVICE = "advice"
    """Read, not answered."""


class Waiting(StrEnum):
    """Whose turn it is: what the clock counts."""

    REQUESTER = "requester"
    MANAGER = "manager"
    LEGAL = "legal"
    TECHNICAL = "technical"
    NOBODY = "nobody"


@dataclass(frozen=True, slots=True)
class Option:
    """One answer that can be chosen."""

    value: str
    label: str
    exclusive: bool = False


@dataclass(frozen=True, slots=True)
class Question:
    """Something that is asked of a requester. `added_by` is the organisation that added it to the shared set."""

    id: str
    section: str
    text: str
    kind: Kind
    hint: str = ""
    options: tuple[Option, ...] = ()
    compulsory: bool = True
    applies_when: Condition = field(default_factory=dict, hash=False)
    added_by: str | None = None

    def label(self, value: str) -> str:
        """What an option's value says to a person; the value itself when there is no such option."""
        return next((option.label for option in self.options if option.value == value), value)


@dataclass(frozen=True, slots=True)
class Section:
    """Questions that are asked together, in order."""

    id: str
    title: str
    questions: tuple[Question, ...]


@dataclass(frozen=True, slots=True)
class ShareRequest:
    """A wish to use a dataset, from its first draft to a decision.

    `holder` and `organisation` are slugs: of the dataset's publisher, and of whoever asks. `facts` are what was known
    of the dataset and the wish at the start: with the answers they decide which questions apply. `filled` says where
    an answer that the author did not write came from. `version` moves when the state or the answers do; a button that
    carries it decides only on what was seen. `joined` are the ids of colleagues who joined it, `former` those of
    whoever wrote it and handed it over. `question` is what the reviewer asked and the author has not answered.
    """

    id: str
    dataset_id: str
    dataset_title: str
    holder: str | None
    author: str
    organisation: str | None
    state: State
    version: int
    answers: Answers = field(hash=False)
    facts: Facts = field(hash=False)
    filled: Mapping[str, str] = field(hash=False)
    waiting_for: Waiting
    question: str | None
    delegated_to: str | None
    joined: frozenset[str]
    copied_from: str | None
    created_at: datetime
    changed_at: datetime
    waiting_since: datetime
    submitted_at: datetime | None
    decided_at: datetime | None
    decided_by: str | None
    former: frozenset[str] = frozenset()
    is_illustrative: bool = False

    @property
    def authors(self) -> frozenset[str]:
        """Whoever wrote it, now or before."""
        return self.former | {self.author}

    @property
    def concerned(self) -> frozenset[str]:
        """Whoever wrote or joined it: nobody of them decides on it, nor reads what reviewers write to each other."""
        return self.authors | self.joined


@dataclass(frozen=True, slots=True)
class Outline:
    """What of a request says who decides on it: for going through many."""

    id: str
    dataset_id: str
    holder: str | None
    delegated_to: str | None
    authors: frozenset[str]
    concerned: frozenset[str]


@dataclass(frozen=True, slots=True)
class Event:
    """One line of a request's history. `answers` is there where they were fixed: at each submission and decision.

    A private one is a note among reviewers; whoever asks for the history as the requester does not get it.
    """

    request_id: str
    place: int
    at: datetime
    by: str
    verb: Verb
    before: State | None
    after: State
    waiting_for: Waiting
    note: str | None
    is_private: bool
    detail: Mapping[str, Any] = field(hash=False)
    answers: Answers | None = field(hash=False, default=None)


class Because(StrEnum):
    """Why somebody is next."""

    AUTHOR = "author"
    DELEGATE = "delegate"
    DATASET_MANAGER = "dataset_manager"
    ORGANISATION_MANAGER = "organisation_manager"
    DEPUTY = "deputy"
    ROLE_HOLDER = "role_holder"
    ADMIN = "admin"
    NOBODY = "nobody"


@dataclass(frozen=True, slots=True)
class NextActor:
    """The one person everybody waits for, and why it is they. `others` may do the same in their place.

    `is_alarm` says that nobody is responsible and an administrator has to find somebody; `person` is None only when
    there is not even an administrator.
    """

    person: Person | None
    because: Because
    others: tuple[Person, ...] = ()
    deputy_for: str | None = None

    @property
    def is_alarm(self) -> bool:
        return self.because in (Because.ADMIN, Because.NOBODY)

    @property
    def everyone(self) -> tuple[Person, ...]:
        return ((self.person,) if self.person else ()) + self.others


class ShareState(StrEnum):
    """How far a share has come."""

    AGREED = "agreed"
    """Approved; the requester has not yet accepted the conditions."""
    ACCEPTED = "accepted"
    """The conditions are accepted in writing; the papers are being made ready."""
    SUPPLIED = "supplied"
    """The data has been supplied: the share is in force until it ends."""
    ENDED = "ended"


class Side(StrEnum):
    """The two sides of a share."""

    REQUESTER = "requester"
    HOLDER = "holder"


@dataclass(frozen=True, slots=True)
class DeliveryStep:
    """Something that has to be done between approval and delivery, where it applies. `party` is waited for meanwhile,
    and says which side ticks it."""

    id: str
    party: Waiting
    applies_when: Condition = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a share to its delivery: who is waited for, and when it was done by whom."""

    id: str
    party: Waiting
    done_at: datetime | None = None
    done_by: str | None = None
    note: str | None = None

    @property
    def ticked_by(self) -> Side:
        """Which side says that it is done: the requester what is theirs, the holder what is anybody else's there."""
        return Side.REQUESTER if self.party is Waiting.REQUESTER else Side.HOLDER


@dataclass(frozen=True, slots=True)
class Share:
    """What was agreed with one approval: what is shared, with whom, on what power, for what benefit, until when."""

    request_id: str
    dataset_id: str
    dataset_title: str
    holder: str | None
    recipient: str | None
    state: ShareState
    subset: str | None
    conditions: str | None
    power: str | None
    purpose: str | None
    benefit: str | None
    starts_on: date
    ends_on: date | None
    review_on: date | None
    accepted_at: datetime | None
    accepted_by: str | None
    supplied_at: datetime | None
    ended_at: datetime | None
    ended_because: str | None
    steps: tuple[Step, ...] = ()
    is_illustrative: bool = False


@dataclass(frozen=True, slots=True)
class Before:
    """What to know before a request is started, so that nobody asks for what is there already.

    `shares` are in force with the asker's own organisation; `waiting` are requests of colleagues for the same dataset
    that are not decided, and can be joined; `own` is the asker's own one that is not decided. `open_instead` are open
    entries on the same subject.
    """

    dataset: Dataset
    is_open: bool
    shares: tuple[Share, ...] = ()
    own: tuple[ShareRequest, ...] = ()
    waiting: tuple[ShareRequest, ...] = ()
    open_instead: tuple[Dataset, ...] = ()

    @property
    def is_clear(self) -> bool:
        """True when there is nothing to say before starting."""
        return not (self.is_open or self.shares or self.own or self.waiting or self.open_instead)
