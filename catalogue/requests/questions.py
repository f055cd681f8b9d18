"""The questions of a request: read from `data/requests/questions.toml`, which of them apply, and what is still wrong.

The condition engine of the sharing rules decides what applies: over the facts of the entry and the wish, and over the
answers given so far. `stricter.py` puts on top what an organisation adds.
"""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from importlib.resources import files
from typing import Any

from catalogue.errors import BadRules
from catalogue.requests.model import Answers, DeliveryStep, Kind, Option, Question, Section, Waiting
from catalogue.sharing.conditions import Condition, Truth, evaluate, names
from catalogue.sharing.facts import Fact, Facts
from catalogue.sharing.rules import book as rule_book

FILE = files("catalogue") / "data" / "requests" / "questions.toml"
LIMITS = {Kind.LINE: 250, Kind.TEXT: 4000, Kind.LIST: 250}
LONGEST_LIST = 50


@dataclass(frozen=True, slots=True)
class Flag:
    """Something that a reviewer is shown first. `question` is the one whose answer says more."""

    id: str
    when: Condition
    say: str
    question: str


@dataclass(frozen=True, slots=True)
class QuestionBook:
    """The questions in their sections, in order, what raises a flag, and what somebody declares by submitting.

    `steps` lead from an approval to the data. `shows` says for a paper or a rule of the sharing rules when the answers
    show that what it asks for is there.
    """

    version: str
    declaration: str
    sections: tuple[Section, ...]
    flags: tuple[Flag, ...]
    shows: Mapping[str, Condition]
    steps: tuple[DeliveryStep, ...] = ()

    def __iter__(self) -> Iterator[Question]:
        return (question for section in self.sections for question in section.questions)

    def get(self, question_id: str) -> Question | None:
        return next((question for question in self if question.id == question_id), None)


@lru_cache(maxsize=1)
def shipped() -> QuestionBook:
    """The set that everybody shares. Raises BadRules when the file makes no sense."""
    try:
        return read(tomllib.loads(FILE.read_text(encoding="utf-8")))
    except tomllib.TOMLDecodeError as error:
        raise BadRules("questions.toml", f"cannot be read: {error}") from error


def read(parsed: Mapping[str, Any]) -> QuestionBook:
    """The book that a parsed file stands for. Raises BadRules, naming the place."""
    try:
        sections = tuple(
            Section(row["id"], row["title"], tuple(question(each, row["id"]) for each in row["question"]))
            for row in parsed["section"]
        )
        flags = tuple(Flag(**row) for row in parsed.get("flag", ()))
        steps = tuple(DeliveryStep(**{**row, "party": Waiting(row["party"])}) for row in parsed.get("step", ()))
        book = QuestionBook(parsed["version"], parsed["declaration"], sections, flags, parsed.get("shows", {}), steps)
    except (KeyError, TypeError, ValueError) as error:
        raise BadRules("questions.toml", f"is not right: {error}") from error
    check(book)
    return book


def question(row: Mapping[str, Any], section: str, *, added_by: str | None = None) -> Question:
    """The question that a table in a file stands for."""
    more = {
        "kind": Kind(row["kind"]),
        "options": tuple(Option(**each) for each in row.get("options", ())),
        "compulsory": row.get("compulsory", True) and row["kind"] != Kind.ADVICE,
    }
    return Question(**{**row, **more, "section": section, "added_by": added_by})


def check(book: QuestionBook) -> None:
    """Every id is there once, choices have options, and conditions name what there is. Raises BadRules."""
    ids = [each.id for each in book]
    known = {"full", *rule_book().facts, *(name for each in book for name in _facts_of(each))}
    for each in book:
        where = f"questions.toml, {each.id}"
        if ids.count(each.id) > 1:
            raise BadRules(where, "is there twice")
        if bool(each.options) != (each.kind in (Kind.ONE, Kind.MANY)):
            raise BadRules(where, "must have options when it is a choice, and only then")
        _known(where, each.applies_when, known)
    for name, when in book.shows.items():
        _known(f"questions.toml, shows {name}", when, known)
    for step in book.steps:
        _known(f"questions.toml, step {step.id}", step.applies_when, known)
    for flag in book.flags:
        _known(f"questions.toml, {flag.id}", flag.when, known)
        if flag.question not in ids:
            raise BadRules(f"questions.toml, {flag.id}", f"names the question {flag.question}, which there is not")


def _known(where: str, condition: Condition, known: set[str]) -> None:
    for name in sorted(names(condition) - known):
        raise BadRules(where, f"uses the fact {name}, which there is not")


def _facts_of(each: Question) -> list[str]:
    if each.kind is Kind.MANY:
        return [f"{each.id}_{option.value}" for option in each.options]
    return [each.id] if each.kind is Kind.ONE else []


def facts_with(book: QuestionBook, facts: Facts, answers: Answers) -> Facts:
    """The facts of a request together with what its answers say."""
    known: dict[str, Fact] = {**facts, "full": facts.get("about_people") is not False}
    for each in book:
        given = answers.get(each.id)
        if each.kind is Kind.ONE and given is not None:
            known[each.id] = given
        elif each.kind is Kind.MANY and given:
            known.update({f"{each.id}_{option.value}": option.value in given for option in each.options})
    return known


def applying(book: QuestionBook, facts: Facts, answers: Answers) -> tuple[Section, ...]:
    """The sections with the questions that apply, given the answers so far; a section without any is left out.

    An answer counts only while its question applies, so that one that is no longer asked opens nothing.
    """
    kept: dict[str, Any] = {}
    known = facts_with(book, facts, kept)
    sections = []
    for section in book.sections:
        asked = []
        for each in section.questions:
            if evaluate(each.applies_when, known).truth is not Truth.TRUE:
                continue
            asked.append(each)
            if each.id in answers:
                kept[each.id] = answers[each.id]
                known = facts_with(book, facts, kept)
        if asked:
            sections.append(Section(section.id, section.title, tuple(asked)))
    return tuple(sections)


def possible(book: QuestionBook, facts: Facts) -> tuple[Question, ...]:
    """The questions that can come to apply, whatever is answered: all but those that the facts alone rule out."""
    known = facts_with(book, facts, {})
    return tuple(each for each in book if evaluate(each.applies_when, known).truth is not Truth.FALSE)


def faults_of(sections: tuple[Section, ...], answers: Answers, *, today: date) -> dict[str, str]:
    """What keeps these answers from being submitted: a plain sentence by question id, in the order of the questions."""
    found = {}
    for each in (question for section in sections for question in section.questions):
        fault = _fault(each, answers.get(each.id), today)
        if fault:
            found[each.id] = fault
    return found


def _fault(asked: Question, given: Any, today: date) -> str | None:
    if asked.kind is Kind.ADVICE:
        return None
    if given is None or given in ("", []):
        return _MISSING[asked.kind] if asked.compulsory else None
    return shape_fault(asked, given) or (_date_fault(given, today) if asked.kind is Kind.DATE else None)


_MISSING = {
    Kind.LINE: "Write an answer.",
    Kind.TEXT: "Write an answer.",
    Kind.LIST: "Name at least one.",
    Kind.ONE: "Choose one.",
    Kind.MANY: "Choose at least one.",
    Kind.DATE: "Give a date.",
}


def _date_fault(given: str, today: date) -> str | None:
    return "The date has passed. Give one from today on." if date.fromisoformat(given) < today else None


def shape_fault(asked: Question, given: Any) -> str | None:
    """What makes an answer impossible to keep, even in a draft; None when it can be kept."""
    match asked.kind:
        case Kind.ADVICE:
            return "This is not a question."
        case Kind.ONE:
            chosen = {option.value for option in asked.options}
            return None if isinstance(given, str) and given in chosen else "Choose one of the answers offered."
        case Kind.MANY:
            return _many_fault(asked, given)
        case Kind.LIST:
            return _list_fault(given)
        case Kind.DATE:
            return _not_a_date(given)
        case _:
            limit = LIMITS[asked.kind]
            if not isinstance(given, str):
                return "Write an answer in words."
            return f"Use no more than {limit:,} characters." if len(given) > limit else None


def _many_fault(asked: Question, given: Any) -> str | None:
    chosen = {option.value: option for option in asked.options}
    if not isinstance(given, list) or not all(isinstance(each, str) and each in chosen for each in given):
        return "Choose among the answers offered."
    if len(given) > 1 and any(chosen[each].exclusive for each in given):
        alone = next(chosen[each].label for each in given if chosen[each].exclusive)
        return f"“{alone}” cannot go with another answer."
    return None


def _list_fault(given: Any) -> str | None:
    if not isinstance(given, list) or not all(isinstance(each, str) for each in given):
        return "Write one on each line."
    if len(given) > LONGEST_LIST:
        return f"Name no more than {LONGEST_LIST}."
    if any(len(each) > LIMITS[Kind.LIST] for each in given):
        return f"Use no more than {LIMITS[Kind.LIST]} characters for each."
    folded = [each.strip().casefold() for each in given]
    return "Name each only once." if len(set(folded)) < len(folded) else None


def _not_a_date(given: Any) -> str | None:
    try:
        date.fromisoformat(given)
    except (TypeError, ValueError):
        return "Give a real date, such as 2026-09-01."
    return None
