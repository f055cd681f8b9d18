"""The evidence of a request: everything that was said and done, the conditions in force then, and the audit's chain.

For the file of a decision, an information request or an inspection. It holds private notes and people's ids: whoever
hands it on decides what of it may go.
"""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import date, datetime
from typing import Any

from catalogue import audit, clock
from catalogue.requests.model import Answers, Event, ShareRequest
from catalogue.requests.questions import QuestionBook
from catalogue.requests.record import conditions_of, history, load, share_of
from catalogue.requests.reviewing import in_words
from catalogue.requests.stricter import book_of
from catalogue.requests.turnaround import turnaround
from catalogue.store import Database


def evidence(db: Database, request_id: str, *, now: datetime) -> dict[str, Any]:
    """Everything about one request as JSON values. `audit.problems` is empty while the chain is whole."""
    request = load(db, request_id)
    book = book_of(db, request.holder)
    events = history(db, request.id, private=True)
    share = share_of(db, request.id)
    found = audit.verify(db)
    return {
        "request": request_values(request),
        "written_at": clock.stamp(now),
        "answers": answer_lines(book, request.answers),
        "conditions": conditions_of(db, request.id),
        "history": [event_values(event, book) for event in events],
        "days_waited_for": turnaround(events, now=now).as_days(),
        "share": _plain(asdict(share)) if share else None,
        "audit": {
            "rows": _chain_of(db, request.id),
            "head": str(found.head),
            "chain_is_whole": not found.problems,
            "problems": list(found.problems),
        },
    }


def request_values(request: ShareRequest) -> dict[str, Any]:
    """A request as JSON values, without what only matters to the program."""
    values = _plain(asdict(request))
    for name in ("facts", "waiting_since"):
        values.pop(name)
    return {**values, "joined": sorted(request.joined)}


def event_values(event: Event, book: QuestionBook) -> dict[str, Any]:
    """An event as JSON values, its answers in words."""
    values = _plain(asdict(event))
    return {**values, "answers": answer_lines(book, event.answers) if event.answers is not None else None}


def answer_lines(book: QuestionBook, answers: Answers) -> list[dict[str, str]]:
    """The answers in the order of the questions, as a person reads them."""
    return [
        {"id": question.id, "question": question.text, "answer": in_words(question, answers[question.id])}
        for question in book
        if question.id in answers
    ]


def _chain_of(db: Database, request_id: str) -> list[dict[str, Any]]:
    """The audit's rows about the request, with what chains each to the one before."""
    rows = db.query("SELECT number, previous, hash FROM audit WHERE about = :about", {"about": request_id})
    chained = {row["number"]: (row["previous"], row["hash"]) for row in rows}
    return [
        {
            "number": row.number,
            "at": clock.stamp(row.at),
            "by": row.by,
            "action": row.action,
            "outcome": row.outcome,
            "standing": row.standing,
            "previous": chained[row.number][0],
            "hash": chained[row.number][1],
        }
        for row in audit.rows_about(db, request_id)
    ]


def _plain(value: Any) -> Any:
    """The value with moments and dates as text."""
    if isinstance(value, datetime):
        return clock.stamp(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(name): _plain(each) for name, each in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(each) for each in value]
    return value
