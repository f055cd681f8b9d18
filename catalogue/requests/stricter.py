"""What an organisation adds to the shared questions: more of them, or stricter ones. Never fewer, never looser.

Its set is a TOML document (`[[question]]` tables) kept in the record. A table with the id of a shared question may set
`compulsory = true`, `always = true` (asked whatever else is answered) and `hint`; nothing else of it can change. A
table with another id is a question of its own, added at the end of the `section` that it names.
"""

import json
import tomllib
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from functools import lru_cache
from typing import Any

from catalogue import clock
from catalogue.entries import canonical
from catalogue.errors import BadRules
from catalogue.requests.model import Kind, Question, Section
from catalogue.requests.questions import QuestionBook, check, question, shipped
from catalogue.store import Database

MOST = 20
"""Questions that an organisation may add."""

STRICTER = frozenset({"id", "compulsory", "always", "hint"})


def book_of(db: Database, organisation: str | None) -> QuestionBook:
    """The questions that a holder asks: the shared ones, with its own set on top."""
    if organisation is None:
        return shipped()
    rows = db.query("SELECT document FROM question_sets WHERE organisation = :slug", {"slug": organisation})
    return _merged(organisation, rows[0]["document"]) if rows else shipped()


@lru_cache(maxsize=64)
def _merged(organisation: str, document: str) -> QuestionBook:
    return merge(shipped(), json.loads(document), organisation=organisation)


def set_for(db: Database, organisation: str, text: str, *, by: str, now: datetime) -> QuestionBook:
    """Make the TOML document the organisation's set from now on; an empty one removes it. Raises BadRules."""
    try:
        parsed = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise BadRules(f"The questions of {organisation}", f"cannot be read: {error}") from error
    merged = merge(shipped(), parsed, organisation=organisation)
    db.execute(
        "INSERT INTO question_sets (organisation, document, set_by, set_at) VALUES (:slug, :document, :by, :now)"
        " ON CONFLICT (organisation) DO UPDATE SET document = excluded.document, set_by = excluded.set_by,"
        " set_at = excluded.set_at",
        {"slug": organisation, "document": canonical(parsed), "by": by, "now": clock.stamp(now)},
    )
    return merged


def merge(shared: QuestionBook, parsed: Mapping[str, Any], *, organisation: str) -> QuestionBook:
    """The shared book with an organisation's set on top. Raises BadRules for anything that would make it looser."""
    where = f"The questions of {organisation}"
    rows = parsed.get("question", [])
    if set(parsed) - {"question"}:
        raise BadRules(where, f"may have [[question]] tables only, not {', '.join(sorted(set(parsed) - {'question'}))}")
    book, added = shared, 0
    for row in rows:
        known = shared.get(str(row.get("id")))
        if known:
            book = _replaced(book, _stricter(known, row, f"{where}, {known.id}"))
        else:
            book = _with(book, row, organisation, where)
            added += 1
    if added > MOST:
        raise BadRules(where, f"adds {added} questions; no more than {MOST} can be added")
    check(book)
    return book


def _stricter(known: Question, row: Mapping[str, Any], where: str) -> Question:
    """A shared question, made stricter."""
    other = sorted(set(row) - STRICTER)
    if other:
        raise BadRules(
            where, f"is a shared question: it can be made stricter, but its {', '.join(other)} cannot change"
        )
    if row.get("compulsory") is False or row.get("always") is False:
        raise BadRules(where, "is a shared question and cannot be made looser")
    if known.kind is Kind.ADVICE and row.get("compulsory"):
        raise BadRules(where, "is advice, which nobody answers")
    return replace(
        known,
        compulsory=known.compulsory or row.get("compulsory", False),
        applies_when={} if row.get("always") else known.applies_when,
        hint=row.get("hint", known.hint),
    )


def _replaced(book: QuestionBook, new: Question) -> QuestionBook:
    return replace(
        book,
        sections=tuple(
            replace(section, questions=tuple(new if each.id == new.id else each for each in section.questions))
            for section in book.sections
        ),
    )


def _with(book: QuestionBook, row: Mapping[str, Any], organisation: str, where: str) -> QuestionBook:
    """The book with one more question."""
    section = row.get("section")
    if section not in {each.id for each in book.sections}:
        raise BadRules(f"{where}, {row.get('id')}", f"names the section {section}, which there is not")
    try:
        new = question(
            {name: value for name, value in row.items() if name != "section"}, section, added_by=organisation
        )
    except (KeyError, TypeError, ValueError) as error:
        raise BadRules(f"{where}, {row.get('id')}", f"is not right: {error}") from error
    return replace(
        book,
        sections=tuple(
            Section(each.id, each.title, (*each.questions, new)) if each.id == section else each
            for each in book.sections
        ),
    )
