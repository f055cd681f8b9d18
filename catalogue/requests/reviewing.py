"""What a reviewer looks at: red flags first, what is needed and whether it is there, decisions like it."""

from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import Any

from catalogue.model import Person
from catalogue.requests.model import Answers, Kind, Question, Share, ShareRequest
from catalogue.requests.questions import facts_with
from catalogue.requests.record import conditions_of, reach, share_of, standing_of, to_request
from catalogue.requests.states import State
from catalogue.requests.stricter import book_of
from catalogue.rights import Action
from catalogue.sharing.conditions import Truth, evaluate
from catalogue.store import Database

COMPARED = (
    "data_type",
    "benefits",
    "other_organisations",
    "legal_power",
    "lawful_basis",
    "special_conditions",
    "outside_uk",
    "linkage",
    "onward",
    "how_often",
    "dpia",
)
"""The choices in which two requests are compared."""

DECIDED = (State.APPROVED, State.DECLINED)
LOOKED_AT = 20
"""So many decisions are looked through for those that the reader may read."""


@dataclass(frozen=True, slots=True)
class RedFlag:
    """Something to look at first: what, and what the requester answered where that says more."""

    id: str
    say: str
    detail: str | None


@dataclass(frozen=True, slots=True)
class Need:
    """What the rules in force when the request was started say is needed. `is_there` None: the answers do not tell."""

    rule: str
    say: str
    citation: str
    is_there: bool | None


@dataclass(frozen=True, slots=True)
class Precedent:
    """A decided request like this one. `differs` are the ids of questions that were answered otherwise."""

    request: ShareRequest
    share: Share | None
    differs: tuple[str, ...] = field(default=())


def in_words(question: Question, given: Any) -> str:
    """An answer as a person reads it."""
    if question.kind is Kind.ONE:
        return question.label(given)
    if question.kind is Kind.MANY:
        return "; ".join(question.label(each) for each in given)
    return "; ".join(given) if question.kind is Kind.LIST else str(given)


def red_flags(db: Database, request: ShareRequest) -> tuple[RedFlag, ...]:
    """What a reviewer should look at first, in the order of the file."""
    book = book_of(db, request.holder)
    known = facts_with(book, request.facts, request.answers)
    raised = []
    for flag in book.flags:
        if evaluate(flag.when, known).truth is Truth.TRUE:
            question, given = book.get(flag.question), request.answers.get(flag.question)
            says_more = question and given and question.kind is not Kind.ONE
            raised.append(RedFlag(flag.id, flag.say, in_words(question, given) if question and says_more else None))
    return tuple(raised)


def needs(db: Database, request: ShareRequest) -> tuple[Need, ...]:
    """What is usually needed, as the rules said when the request was started, and whether the answers show it."""
    book = book_of(db, request.holder)
    known = facts_with(book, request.facts, request.answers)
    return tuple(
        Need(item["rule"], item["say"], item["citation"], _is_there(book.shows, item, known))
        for item in conditions_of(db, request.id)["needs"]
    )


def _is_there(shows: Any, item: dict[str, Any], known: Any) -> bool | None:
    """Whether the answers show it: by the paper it is, else by its rule. None when they cannot."""
    when = shows.get(item.get("document") or "") or shows.get(item["rule"])
    if when is None:
        return None
    truth = evaluate(when, known).truth
    return None if truth is Truth.UNKNOWN else truth is Truth.TRUE


def precedents(
    db: Database, request: ShareRequest, *, reader: Person, now: datetime, limit: int = 3
) -> tuple[Precedent, ...]:
    """Decisions on requests like this one that the reader may read: the same dataset first, then the same two bodies,
    the newest first."""
    where, values = reach(reader, DECIDED, now)
    rows = db.query(
        f"SELECT * FROM requests r WHERE {where} AND id <> :id"
        " AND (dataset_id = :dataset OR (holder = :holder AND organisation = :organisation))"
        " ORDER BY dataset_id <> :dataset, COALESCE(organisation, '') <> COALESCE(:organisation, ''), decided_at DESC"
        f" LIMIT {LOOKED_AT}",
        {
            **values,
            "id": request.id,
            "dataset": request.dataset_id,
            "holder": request.holder,
            "organisation": request.organisation,
        },
    )
    readable = (each for each in map(to_request, rows) if standing_of(db, reader, Action.VIEW_REQUEST, each, now=now))
    return tuple(_precedent(db, each, request) for each in islice(readable, limit))


def _precedent(db: Database, decided: ShareRequest, request: ShareRequest) -> Precedent:
    share = share_of(db, decided.id) if decided.state is State.APPROVED else None
    return Precedent(decided, share, differences(decided.answers, request.answers))


def differences(one: Answers, other: Answers) -> tuple[str, ...]:
    """The choices in which two sets of answers differ, by question id."""
    return tuple(name for name in COMPARED if _set(one.get(name)) != _set(other.get(name)))


def _set(given: Any) -> Any:
    return frozenset(given) if isinstance(given, list) else given
