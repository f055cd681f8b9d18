"""What a reviewer looks at: red flags first, what is needed and whether it is there, decisions like it."""

import json
from dataclasses import dataclass, field
from typing import Any

from catalogue.requests.model import Answers, Kind, Question, Share, ShareRequest
from catalogue.requests.questions import facts_with
from catalogue.requests.record import share_of, to_request
from catalogue.requests.states import State
from catalogue.requests.stricter import book_of
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
    rows = db.query("SELECT conditions FROM requests WHERE id = :id", {"id": request.id})
    return tuple(
        Need(item["rule"], item["say"], item["citation"], _is_there(book.shows, item, known))
        for item in json.loads(rows[0]["conditions"])["needs"]
    )


def _is_there(shows: Any, item: dict[str, Any], known: Any) -> bool | None:
    """Whether the answers show it: by the paper it is, else by its rule. None when they cannot."""
    when = shows.get(item.get("document") or "") or shows.get(item["rule"])
    if when is None:
        return None
    truth = evaluate(when, known).truth
    return None if truth is Truth.UNKNOWN else truth is Truth.TRUE


def precedents(db: Database, request: ShareRequest, *, limit: int = 3) -> tuple[Precedent, ...]:
    """Decisions on requests like this one: the same dataset first, then the same two bodies, the newest first."""
    rows = db.query(
        "SELECT * FROM requests WHERE state IN ('approved', 'declined') AND id <> :id"
        " AND (dataset_id = :dataset OR (holder = :holder AND organisation = :organisation))"
        " ORDER BY dataset_id <> :dataset, COALESCE(organisation, '') <> COALESCE(:organisation, ''), decided_at DESC"
        " LIMIT :limit",
        {
            "id": request.id,
            "dataset": request.dataset_id,
            "holder": request.holder,
            "organisation": request.organisation,
            "limit": limit,
        },
    )
    found = [to_request(row) for row in rows]
    return tuple(
        Precedent(
            each,
            share_of(db, each.id) if each.state is State.APPROVED else None,
            differences(each.answers, request.answers),
        )
        for each in found
    )


def differences(one: Answers, other: Answers) -> tuple[str, ...]:
    """The choices in which two sets of answers differ, by question id."""
    return tuple(name for name in COMPARED if _set(one.get(name)) != _set(other.get(name)))


def _set(given: Any) -> Any:
    return frozenset(given) if isinstance(given, list) else given
