"""What is asked: only what applies, never less than the law needs, and what is wrong with an answer."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catalogue import requests
from catalogue.errors import BadRules, InvalidAnswers
from catalogue.requests import prefill
from catalogue.requests.model import Kind, Question, Section
from catalogue.requests.questions import applying, faults_of, possible, read, shape_fault, shipped
from catalogue.requests.reviewing import red_flags
from catalogue.requests.stricter import book_of, merge, set_for
from catalogue.sharing.facts import Body, Case, Granularity, OrganisationKind, Purpose
from catalogue.store import Database
from tests.catalogue.requests.asking import DFE, PUPILS, an_answer, furnish

PEOPLE = {"about_people": True}
NOBODY = {"about_people": False}
TODAY = date(2026, 3, 31)
BOOK = shipped()


def asked(facts: dict[str, Any], answers: dict[str, Any]) -> list[str]:
    return [each.id for section in applying(BOOK, facts, answers) for each in section.questions]


def anything(question: Question) -> st.SearchStrategy[Any]:
    """An answer that can be kept."""
    values = [option.value for option in question.options]
    match question.kind:
        case Kind.ONE:
            return st.sampled_from(values)
        case Kind.MANY:
            plain = [option.value for option in question.options if not option.exclusive]
            alone = [[option.value] for option in question.options if option.exclusive]
            some = st.lists(st.sampled_from(plain), min_size=1, unique=True)
            return some | st.sampled_from(alone) if alone else some
        case Kind.LIST:
            return st.lists(st.text("abc", min_size=1, max_size=5), min_size=1, unique=True)
        case Kind.DATE:
            return st.dates(TODAY, date(2040, 1, 1)).map(date.isoformat)
        case _:
            return st.text(min_size=1, max_size=40)


ANSWERS = st.fixed_dictionaries({}, optional={each.id: anything(each) for each in BOOK if each.kind is not Kind.ADVICE})
FACTS = st.sampled_from([PEOPLE, NOBODY, {"about_people": None}])


@given(ANSWERS)
def test_data_that_is_not_about_people_needs_at_most_six_answers(answers: dict[str, Any]) -> None:
    assert len(asked(NOBODY, answers)) <= 6


@given(FACTS, ANSWERS)
def test_special_category_data_always_needs_a_lawful_basis_too(facts: dict[str, Any], answers: dict[str, Any]) -> None:
    ids = asked(facts, answers)
    if "special_conditions" in ids or "offence_condition" in ids:
        assert "lawful_basis" in ids


@given(FACTS, ANSWERS)
def test_where_no_people_are_concerned_nothing_is_asked_about_them(
    facts: dict[str, Any], answers: dict[str, Any]
) -> None:
    ids = asked(facts, {**answers, "data_type": ["none"]})
    about_people = ("data_subjects", "lawful_basis", "outside_uk", "countries", "controller_role", "protection_review")
    assert not set(ids) & set(about_people)


@given(FACTS, ANSWERS)
def test_what_applies_can_be_completed_and_then_nothing_is_missing(
    facts: dict[str, Any], answers: dict[str, Any]
) -> None:
    given = dict(answers)
    for _ in range(40):
        sections = applying(BOOK, facts, given)
        missing = faults_of(sections, given, today=TODAY)
        if not missing:
            return
        questions = {each.id: each for section in sections for each in section.questions}
        given |= {name: an_answer(questions[name]) for name in missing}
    raise AssertionError(missing)


@given(FACTS, ANSWERS)
def test_every_question_asked_is_one_that_was_possible(facts: dict[str, Any], answers: dict[str, Any]) -> None:
    assert set(asked(facts, answers)) <= {each.id for each in possible(BOOK, facts)}


def test_an_answer_that_is_no_longer_asked_for_opens_nothing() -> None:
    answers = {"data_type": ["personal", "special_category"], "special_conditions": ["substantial_public_interest"]}
    assert "substantial_interest" in asked(PEOPLE, answers)
    assert "substantial_interest" not in asked(PEOPLE, {**answers, "data_type": ["personal"]})


def test_all_23_grounds_of_the_act_are_offered() -> None:
    grounds = BOOK.get("substantial_interest")
    assert grounds and len(grounds.options) == 23


def test_not_knowing_of_a_power_is_not_having_none(db: Database, now: datetime) -> None:
    folk = furnish(db, now)
    for answer, flag in (("dont_know", "power_not_known"), ("no", "no_power")):
        request = requests.start(db, PUPILS, by=folk["asker"], now=now, answers={"legal_power": answer})
        raised = {each.id for each in red_flags(db, request)}
        assert flag in raised
        assert len(raised & {"power_not_known", "no_power"}) == 1
        assert "legal_power" not in requests.faults(db, request, now=now)


@pytest.mark.parametrize(
    ("question", "answer", "fault"),
    [
        ("aims", "x" * 4001, "Use no more than 4,000 characters."),
        ("aims", ["a list"], "Write an answer in words."),
        ("data_type", ["none", "personal"], "cannot go with another answer"),
        ("data_type", ["nonsense"], "Choose among the answers offered."),
        ("legal_power", "perhaps", "Choose one of the answers offered."),
        ("which_organisations", ["Ofsted", " ofsted"], "Name each only once."),
        ("which_organisations", ["x"] * 51, "Name no more than 50."),
        ("which_organisations", "Ofsted", "Write one on each line."),
        ("date_required", "2026-02-30", "Give a real date"),
        ("legal_advice", "thanks", "This is not a question."),
        ("no_such", "x", "There is no such question."),
    ],
)
def test_what_can_never_be_kept_is_refused_with_a_reason(question: str, answer: Any, fault: str) -> None:
    with pytest.raises(InvalidAnswers) as caught:
        prefill.checked(BOOK, {question: answer})
    assert fault in caught.value.faults[question]


def test_a_date_that_has_passed_is_kept_in_a_draft_and_refused_when_sent() -> None:
    sections = applying(BOOK, PEOPLE, {})
    assert "date_required" in faults_of(sections, {"date_required": "2026-03-30"}, today=TODAY)
    assert "date_required" not in faults_of(sections, {"date_required": "2026-03-31"}, today=TODAY)
    assert "date_required" not in faults_of(sections, {}, today=TODAY)


JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


@given(st.sampled_from(list(BOOK)), JUNK)
@settings(max_examples=300)
def test_no_answer_breaks_anything(question: Question, junk: Any) -> None:
    try:
        kept = prefill.checked(BOOK, {question.id: junk})
    except InvalidAnswers:
        return
    assert all(given in (None, "", []) or shape_fault(question, given) is None for given in kept.values())


@given(st.text(max_size=300))
@settings(max_examples=50, deadline=None)
def test_whatever_is_written_comes_back_as_it_was_written(sqlite_text: str) -> None:
    kept = prefill.checked(BOOK, {"aims": sqlite_text})["aims"]
    assert kept == sqlite_text.replace("\x00", "").encode("utf-8", "replace").decode().strip()


# filling in


def test_a_draft_takes_over_what_the_conversation_said(db: Database, now: datetime) -> None:
    folk = furnish(db, now)
    case = Case(
        recipient=Body(OrganisationKind.CONTRACTOR, "Acme"), purpose=Purpose.RESEARCH, linked=True, leaves_uk=False
    )
    request = requests.start(db, PUPILS, by=folk["asker"], now=now, given=case)
    assert request.answers["benefits"] == ["trends"]
    assert request.answers["linkage"] == "yes"
    assert request.answers["outside_uk"] == "no"
    assert request.answers["which_organisations"] == ["Acme"]
    assert request.filled["linkage"] == "conversation"
    request = requests.save_answers(db, request.id, {"linkage": "no"}, by=folk["asker"], now=now)
    assert "linkage" not in request.filled


def test_asking_for_totals_of_personal_data_needs_few_answers(db: Database, now: datetime) -> None:
    folk = furnish(db, now)
    case = Case(granularity=Granularity.AGGREGATE)
    request = requests.start(db, PUPILS, by=folk["asker"], now=now, given=case)
    assert sum(len(section.questions) for section in requests.questions_for(db, request)) <= 6


def test_an_earlier_request_lends_what_stays_the_same_and_a_copy_everything(db: Database, now: datetime) -> None:
    from tests.catalogue.requests.asking import TOTALS, submitted

    folk = furnish(db, now)
    earlier = submitted(db, folk["asker"], now)
    request = requests.start(db, PUPILS, by=folk["asker"], now=now)
    assert request.filled["disposal"] == earlier.id
    assert "aims" not in request.answers
    copy = requests.start(db, PUPILS, by=folk["asker"], now=now, copy_of=earlier.id)
    assert copy.answers["aims"] == earlier.answers["aims"]
    assert copy.copied_from == earlier.id
    assert requests.faults(db, copy, now=now) == {}
    light = requests.start(db, TOTALS, by=folk["asker"], now=now, copy_of=earlier.id)
    assert "disposal" not in light.answers


def test_what_is_the_same_throughout_an_organisation_is_taken_from_what_was_agreed(db: Database, now: datetime) -> None:
    from tests.catalogue.requests.asking import submitted

    folk = furnish(db, now)
    agreed = submitted(db, folk["asker"], now)
    assert "disposal" not in requests.start(db, PUPILS, by=folk["colleague"], now=now).answers
    requests.approve(db, agreed.id, by=folk["manager"], now=now)
    request = requests.start(db, PUPILS, by=folk["colleague"], now=now)
    assert request.answers["disposal"] == agreed.answers["disposal"]
    assert request.filled["disposal"] == "organisation"
    assert "aims" not in request.answers
    assert "disposal" not in requests.start(db, PUPILS, by=folk["stranger"], now=now).answers


# stricter, never looser


MORE = """
[[question]]
id = "date_required"
compulsory = true

[[question]]
id = "panel"
section = "legal"
text = "Which panel has seen this?"
kind = "one"
options = [{ value = "ethics", label = "Ethics" }, { value = "none", label = "None yet" }]
applies_when = { full = true }
"""


def test_an_organisation_adds_questions_and_makes_others_stricter(db: Database, now: datetime) -> None:
    folk = furnish(db, now)
    set_for(db, DFE, MORE, by="admin", now=now)
    request = requests.start(db, PUPILS, by=folk["asker"], now=now)
    wrong = requests.faults(db, request, now=now)
    assert wrong["panel"] == "Choose one."
    assert wrong["date_required"] == "Give a date."
    panel = book_of(db, DFE).get("panel")
    assert panel and panel.added_by == DFE
    set_for(db, DFE, "", by="admin", now=now)
    assert book_of(db, DFE).get("panel") is None


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        ({"id": "aims", "compulsory": False}, "cannot be made looser"),
        ({"id": "aims", "applies_when": {"full": False}}, "applies_when cannot change"),
        ({"id": "legal_power", "options": [{"value": "yes", "label": "Yes"}]}, "options cannot change"),
        ({"id": "aims", "text": "Why?"}, "text cannot change"),
        ({"id": "new", "section": "elsewhere", "text": "?", "kind": "line"}, "which there is not"),
        ({"id": "new", "section": "legal", "text": "?", "kind": "one"}, "must have options"),
        (
            {"id": "new", "section": "legal", "text": "?", "kind": "line", "applies_when": {"moon": "full"}},
            "the fact moon",
        ),
        ({"id": "new", "section": "legal", "kind": "line"}, "is not right"),
        ({"id": "legal_advice", "compulsory": True}, "advice"),
    ],
)
def test_nothing_can_be_made_looser_or_wrong(row: dict[str, Any], problem: str) -> None:
    with pytest.raises(BadRules, match=problem):
        merge(BOOK, {"question": [row]}, organisation="dfe")


@given(st.lists(st.sampled_from([each.id for each in BOOK if each.kind is not Kind.ADVICE]), unique=True), ANSWERS)
def test_a_stricter_set_never_asks_or_demands_less(ids: list[str], answers: dict[str, Any]) -> None:
    rows = [{"id": name, "compulsory": True, "always": True} for name in ids]
    stricter = merge(BOOK, {"question": rows}, organisation="dfe")
    for facts in (PEOPLE, NOBODY):
        shared, own = applying(BOOK, facts, answers), applying(stricter, facts, answers)
        assert names_in(shared) <= names_in(own)
        assert set(faults_of(shared, answers, today=TODAY)) <= set(faults_of(own, answers, today=TODAY))


def names_in(sections: tuple[Section, ...]) -> set[str]:
    return {each.id for section in sections for each in section.questions}


def test_a_slip_in_the_file_is_found() -> None:
    with pytest.raises(BadRules, match="is there twice"):
        read(
            {
                "version": "1",
                "declaration": "",
                "section": [{"id": "a", "title": "A", "question": [{"id": "x", "text": "?", "kind": "line"}] * 2}],
            }
        )
