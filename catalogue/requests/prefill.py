"""What a draft is filled in with: what the entry says, what the conversation said, what an earlier request says."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from catalogue.errors import InvalidAnswers
from catalogue.model import Dataset, Person, PersonalData
from catalogue.requests.model import Answers, ShareRequest
from catalogue.requests.questions import QuestionBook, possible, shape_fault
from catalogue.requests.record import to_request
from catalogue.sharing.facts import Case, Facts, Granularity, Purpose
from catalogue.store import Database

STEADY = ("controller_role", "security_review", "disposal", "delivery")
"""Answers that are usually the same in the next request of the same person."""

SHARED = ("delivery", "disposal")
"""Of these, what is the same throughout an organisation, once a holder has agreed to it."""

_TYPES: Mapping[PersonalData, list[str]] = {
    PersonalData.NONE: ["none"],
    PersonalData.AGGREGATE: ["none"],
    PersonalData.PSEUDONYMISED: ["personal"],
    PersonalData.PERSONAL: ["personal"],
    PersonalData.SPECIAL_CATEGORY: ["personal", "special_category"],
    PersonalData.CRIMINAL_OFFENCE: ["personal", "criminal_offence"],
}

_BENEFITS: Mapping[Purpose, str] = {
    Purpose.SERVICE_DELIVERY: "service",
    Purpose.POLICY: "policy",
    Purpose.STATISTICS: "statistics",
    Purpose.RESEARCH: "trends",
    Purpose.PLANNING: "needs",
}


@dataclass(frozen=True, slots=True)
class Filled:
    """Answers, and for each that the author did not write where it comes from: `entry`, `conversation`,
    `organisation` or `SR-0007`."""

    answers: Answers
    sources: Mapping[str, str]


def fill(
    book: QuestionBook,
    facts: Facts,
    *,
    dataset: Dataset,
    case: Case,
    earlier: ShareRequest | None,
    copied: ShareRequest | None,
    written: Answers,
    usual: Answers | None = None,
) -> Filled:
    """The answers of a new draft. What was written counts first, then the copied request, the conversation, the entry,
    then an earlier request of the same person, of which only the steady answers are taken, and last what is `usual` in
    their organisation."""
    offers: list[tuple[str, Answers]] = []
    if copied:
        offers.append((copied.id, copied.answers))
    offers += [("conversation", from_case(case)), ("entry", from_entry(dataset, case))]
    if earlier:
        offers.append((earlier.id, {name: earlier.answers[name] for name in STEADY if name in earlier.answers}))
    offers.append(("organisation", usual or {}))
    answers, sources = dict(written), {}
    for question in possible(book, facts):
        for source, offered in offers:
            given = offered.get(question.id)
            if question.id not in answers and given is not None and not shape_fault(question, given):
                answers[question.id] = given
                sources[question.id] = source
    return Filled(answers, sources)


def from_entry(dataset: Dataset, case: Case) -> dict[str, Any]:
    """What the catalogue's entry says."""
    found: dict[str, Any] = {}
    if dataset.personal_data is not None:
        totals = case.granularity is Granularity.AGGREGATE
        found["data_type"] = ["none"] if totals else _TYPES[dataset.personal_data]
    if dataset.data_subjects:
        found["data_subjects"] = dataset.data_subjects
    return found


def from_case(case: Case) -> dict[str, Any]:
    """What the conversation said."""
    found: dict[str, Any] = {}
    if case.purpose and case.purpose in _BENEFITS:
        found["benefits"] = [_BENEFITS[case.purpose]]
    if case.linked is not None:
        found["linkage"] = "yes" if case.linked else "no"
    if case.leaves_uk is not None:
        found["outside_uk"] = "yes" if case.leaves_uk else "no"
    if case.joint:
        found["controller_role"] = "joint_controller"
    if case.purpose is Purpose.PUBLICATION:
        found["onward"] = "aggregates" if case.granularity is Granularity.AGGREGATE else "yes"
    others = case.contractor or case.joint or (case.recipient is not None and case.recipient.slug != case.asker.slug)
    if others:
        found["other_organisations"] = "others"
        if case.recipient and case.recipient.name:
            found["which_organisations"] = [case.recipient.name]
    return found


def latest(db: Database, person: Person) -> ShareRequest | None:
    """The last request that this person submitted."""
    rows = db.query(
        "SELECT * FROM requests WHERE author = :person AND submitted_at IS NOT NULL ORDER BY submitted_at DESC LIMIT 1",
        {"person": person.id},
    )
    return to_request(rows[0]) if rows else None


def usual_in(db: Database, organisation: str | None) -> Answers:
    """What an organisation answered in its latest approved request, of what is the same throughout it."""
    rows = db.query(
        "SELECT * FROM requests WHERE organisation = :slug AND state = 'approved' ORDER BY decided_at DESC LIMIT 1",
        {"slug": organisation},
    )
    answers = to_request(rows[0]).answers if rows else {}
    return {name: answers[name] for name in SHARED if name in answers}


def checked(book: QuestionBook, answers: Answers) -> dict[str, Any]:
    """The answers as they are kept: trimmed, and of the right shape. Raises InvalidAnswers."""
    kept: dict[str, Any] = {}
    wrong: dict[str, str] = {}
    for name, given in answers.items():
        question = book.get(name)
        tidy = _tidy(given)
        if question is None:
            wrong[str(name)[:60]] = "There is no such question."
        elif tidy not in (None, "", []) and (fault := shape_fault(question, tidy)):
            wrong[name] = fault
        else:
            kept[name] = tidy
    if wrong:
        raise InvalidAnswers(wrong)
    return kept


def _tidy(given: Any) -> Any:
    """Text without blank ends and without characters that no database keeps; lists without empty lines."""
    if isinstance(given, str):
        return given.replace("\x00", "").encode("utf-8", "replace").decode().strip()
    if isinstance(given, list):
        return [tidy for each in given if (tidy := _tidy(each)) != ""]
    return given
