"""The rule book: what is shipped, what a slip in a file comes to, the engine, and three worked cases."""

from __future__ import annotations

import csv
import re
import tomllib
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalogue.errors import BadRules
from catalogue.model import AccessRights, LegalGateway, PersonalData
from catalogue.organisations import DATA as CATALOGUE_DATA
from catalogue.sharing import reading, rules
from catalogue.sharing.book import NATIONS, Strength, Verdict
from catalogue.sharing.conditions import Truth, evaluate, values
from catalogue.sharing.facts import Body, Case, OrganisationKind, Purpose
from catalogue.sharing.rules import book
from tests.catalogue.sharing.cases import HOLDERS, PLAIN, told
from tests.catalogue.sharing.table import table
from tests.conftest import ROOT

Parsed = dict[str, dict[str, Any]]

# what is shipped


def test_there_are_the_rules_r01_to_r25_with_what_a_reader_needs() -> None:
    assert [rule.id for rule in book().rules] == [f"R{number:02}" for number in range(1, 26)]
    for rule in book().rules:
        assert rule.version >= 1
        assert rule.about
        for item in rule.items:
            assert item.say.endswith((".", "}", "”"))
            assert item.citation
            assert item.nations
            assert not item.checked or date.fromisoformat(item.checked)


def test_every_fact_of_the_files_is_read_and_no_other() -> None:
    assert set(book().facts) == set(reading.READERS)


def test_every_body_that_the_files_name_is_an_organisation() -> None:
    text = (CATALOGUE_DATA / "organisations.csv").read_text(encoding="utf-8")
    known = {row["slug"] for row in csv.DictReader(text.splitlines())}
    named = {slug for note in book().facts.values() for slug in note.bodies}
    conditions = [gateway.when for gateway in book().gateways] + [rule.when for rule in book().rules]
    named |= {value for when in conditions for name, value in values(when) if name == "holder"}
    assert named - known == set()


def test_every_value_in_words_covers_what_can_be_said() -> None:
    assert set(book().facts["purpose"].values) == set(Purpose)
    assert set(book().facts["recipient_kind"].values) == set(OrganisationKind)
    assert set(book().facts["personal_data"].values) == set(PersonalData)
    assert set(book().facts["access"].values) == set(AccessRights)


def test_only_the_rule_on_classification_sends_elsewhere_and_only_two_rules_stop() -> None:
    items = [(rule.id, item) for rule in book().rules for item in rule.items]
    assert {rule for rule, item in items if item.verdict is Verdict.NOT_HERE} == {"R01"}
    assert {rule for rule, item in items if item.strength is Strength.STOP} == {"R01", "R03"}


def test_the_files_use_plain_words() -> None:
    for name in rules.FILES:
        text = (rules.DATA / f"{name}.toml").read_text(encoding="utf-8")
        said = "\n".join(line for line in text.splitlines() if not line.startswith("#"))
        assert not re.search(
            r"\byou (?:may|must|can|cannot)\b|must not|not allowed|forbidden|!", said, re.IGNORECASE
        ), name


def test_every_paper_that_a_rule_names_says_when_it_is_needed_and_where_that_comes_from() -> None:
    for paper in book().papers.values():
        assert paper.when_needed
        assert paper.citation
        assert paper.who in rules.WHO


def test_each_nation_has_its_note() -> None:
    assert tuple(nation.id for nation in book().nations) == NATIONS


def test_the_table_of_rules_in_the_documentation_is_the_one_that_is_shipped() -> None:
    assert table() in (ROOT / "docs" / "conditions.md").read_text(encoding="utf-8")


def test_every_file_of_the_rules_is_documented() -> None:
    page = (ROOT / "docs" / "conditions.md").read_text(encoding="utf-8")
    assert [name for name in rules.FILES if f"`{name}.toml`" not in page] == []


# a slip in a file


def parsed() -> Parsed:
    return {name: tomllib.loads((rules.DATA / f"{name}.toml").read_text(encoding="utf-8")) for name in rules.FILES}


SLIPS: list[tuple[str, Callable[[Parsed], Any], str]] = [
    (
        "unknown fact",
        lambda f: f["rules"]["rule"][2].update(when={"acess": "OPEN"}),
        "rules.toml, R03: uses the fact acess",
    ),
    (
        "unknown value",
        lambda f: f["rules"]["rule"][2].update(when={"access": "open"}),
        "R03: compares access with open",
    ),
    ("no citation", lambda f: f["rules"]["rule"][3]["item"][0].pop("citation"), "R04, item 1: has no citation"),
    ("empty words", lambda f: f["rules"]["rule"][3]["item"][0].update(say=" "), "R04, item 1: is not right"),
    (
        "a strength there is not",
        lambda f: f["rules"]["rule"][3]["item"][0].update(strength="shall"),
        "R04, item 1: is not right",
    ),
    (
        "a date that is none",
        lambda f: f["rules"]["rule"][3]["item"][0].update(checked="June"),
        "R04, item 1: is not right",
    ),
    (
        "a nation there is not",
        lambda f: f["rules"]["rule"][3]["item"][0].update(nations=["X"]),
        "R04, item 1: is not right",
    ),
    ("a misspelt key", lambda f: f["rules"]["rule"][3]["item"][0].update(sya="x"), "R04, item 1: is not right"),
    (
        "who provides it",
        lambda f: f["rules"]["rule"][3]["item"][0].update(who="me"),
        "R04, item 1: is not right: who is me",
    ),
    ("twice", lambda f: f["rules"]["rule"].append(f["rules"]["rule"][3]), "R04: is there twice"),
    ("out of order", lambda f: f["rules"]["rule"].reverse(), "in the order of their ids"),
    ("unknown question", lambda f: f["rules"]["rule"][3].update(ask=["x"]), "R04: names the question x"),
    ("unknown paper", lambda f: f["rules"]["rule"][3]["item"][0].update(document="x"), "R04: names the document x"),
    ("unknown rule", lambda f: f["rules"]["rule"][3].update(unless_rules=["R99"]), "R04: names the rule R99"),
    ("no verdict line", lambda f: f["rules"]["verdicts"].pop("open"), "rules.toml, verdicts: has no open"),
    (
        "question on a fact there is not",
        lambda f: f["questions"]["question"][0].update(facts=["x"]),
        "recipient: names the fact x",
    ),
    ("no gateways", lambda f: f["gateways"].clear(), "gateways.toml: has no gateway"),
    ("no last line", lambda f: f["five_safes"]["safe"][0]["lines"].pop(), "People: is not right: the last line"),
    ("no label", lambda f: f["facts"]["access"].pop("because"), "facts.toml, access: has no because"),
]


@pytest.mark.parametrize(("slip", "message"), [row[1:] for row in SLIPS], ids=[row[0] for row in SLIPS])
def test_a_slip_in_a_file_is_said_plainly_with_its_place(slip: Callable[[Parsed], Any], message: str) -> None:
    files = parsed()
    slip(files)
    with pytest.raises(BadRules) as caught:
        rules.read(files)
    assert message in str(caught.value)


# the engine

T, F, U = Truth.TRUE, Truth.FALSE, Truth.UNKNOWN
FACTS = {"yes": True, "no": False, "none": None, "colour": "red"}


@pytest.mark.parametrize(
    ("condition", "truth", "facts"),
    [
        ({}, T, ()),
        ({"yes": True}, T, ("yes",)),
        ({"yes": False}, F, ("yes",)),
        ({"none": True}, U, ("none",)),
        ({"colour": ["red", "blue"]}, T, ("colour",)),
        ({"colour": "blue"}, F, ("colour",)),
        ({"unknown": "none"}, T, ("none",)),
        ({"unknown": "yes"}, F, ("yes",)),
        ({"yes": True, "none": True}, U, ("none",)),
        ({"no": True, "none": True}, F, ("no",)),
        ({"any": [{"none": True}, {"yes": True}]}, T, ("yes",)),
        ({"any": [{"none": True}, {"no": True}]}, U, ("none",)),
        ({"any": []}, F, ()),
        ({"all": [{"yes": True}, {"colour": "red"}]}, T, ("yes", "colour")),
        ({"not": {"no": True}}, T, ("no",)),
        ({"not": {"none": True}}, U, ("none",)),
    ],
)
def test_a_condition_is_true_false_or_not_known_and_names_what_decided_it(
    condition: dict[str, Any], truth: Truth, facts: tuple[str, ...]
) -> None:
    outcome = evaluate(condition, FACTS)
    assert (outcome.truth, outcome.facts) == (truth, facts)


CONDITIONS = st.recursive(
    st.dictionaries(st.sampled_from("abc"), st.booleans(), max_size=2),
    lambda inner: st.one_of(
        st.fixed_dictionaries({"any": st.lists(inner, max_size=3)}),
        st.fixed_dictionaries({"all": st.lists(inner, max_size=3)}),
        st.fixed_dictionaries({"not": inner}),
    ),
    max_leaves=6,
)
THREE = st.dictionaries(st.sampled_from("abc"), st.sampled_from([None, True, False]), max_size=3)


@given(CONDITIONS, THREE, st.booleans())
def test_what_is_true_or_false_stays_so_when_more_becomes_known(condition: Any, facts: Any, guess: bool) -> None:
    before = evaluate(condition, facts).truth
    after = evaluate(condition, {name: guess if facts.get(name) is None else facts[name] for name in "abc"}).truth
    assert before in (U, after)


# the three worked cases

BENEFITS = replace(
    PLAIN,
    id="department-for-work-pensions/single-housing-benefit-extract",
    title="Single Housing Benefit Extract",
    publisher="department-for-work-pensions",
    handling="OFFICIAL-SENSITIVE",
    data_subjects="Housing Benefit claimants",
    spatial="Great Britain",
)
PUPILS = replace(
    PLAIN,
    id="department-for-education/pupils",
    title="Pupil records",
    publisher="department-for-education",
    theme="Education",
    data_subjects="Pupils in state-funded schools",
    granularity="pupil record",
    spatial="England",
)
PRISONERS = replace(
    PLAIN,
    id="ministry-of-justice/prisoners",
    title="Prisoner records",
    publisher="ministry-of-justice",
    theme="Crime and justice",
    personal_data=PersonalData.CRIMINAL_OFFENCE,
    data_subjects="Prisoners",
    spatial="England; Wales",
)


def test_a_council_officer_who_wants_benefit_records_to_deliver_a_service() -> None:
    officer = Body.of(HOLDERS["camden-council"])
    explanation = told(BENEFITS, Case(asker=officer, purpose=Purpose.SERVICE_DELIVERY))
    assert explanation.rules == ("R07", "R16", "R23", "R25")
    assert any("objective is one of those in the regulations" in item.say for item in explanation.items)
    assert "dwp" in [gateway.id for gateway in explanation.gateways]
    assert explanation.verdict is Verdict.NAMED_POWER


def test_an_ons_researcher_who_wants_pupil_records_for_statistics() -> None:
    researcher = Body.of(HOLDERS["office-for-national-statistics"])
    explanation = told(PUPILS, Case(asker=researcher, purpose=Purpose.STATISTICS))
    assert explanation.rules == ("R07", "R13", "R15", "R25")
    assert explanation.verdict is Verdict.NAMED_POWER


@pytest.mark.parametrize("purpose", [None, *Purpose])
def test_a_charity_that_wants_prisoner_records(purpose: Purpose | None) -> None:
    explanation = told(PRISONERS, Case(asker=Body(OrganisationKind.CHARITY), purpose=purpose))
    more = {"R14"} if purpose is Purpose.RESEARCH else set()
    assert set(explanation.rules) == {"R07", "R09", "R24", "R25"} | more
    assert "R16" not in explanation.rules


# what an explanation holds


def test_every_need_says_who_provides_it_why_and_on_what_authority() -> None:
    explanation = told(BENEFITS, Case(asker=Body.of(HOLDERS["camden-council"]), purpose=Purpose.SERVICE_DELIVERY))
    for item in explanation.needs:
        assert item.who in rules.WHO
        assert item.because
        assert all(reason.field and reason.say for reason in item.because)
        assert item.citation


def test_a_paper_is_asked_for_once_and_under_the_name_the_entry_gives_it() -> None:
    entry = replace(BENEFITS, documents_needed=("Memorandum of understanding", "Own form"))
    explanation = told(entry, Case(linked=True))
    assert explanation.documents[:2] == ("Memorandum of understanding", "Own form")
    assert "Data sharing agreement" not in explanation.documents
    papers = [item.document for item in explanation.needs if item.document]
    assert len(papers) == len(set(papers))


def test_powers_of_the_entry_are_not_repeated_from_the_list() -> None:
    entry = replace(PUPILS, legal_gateways=(LegalGateway("Research", "Digital Economy Act 2017 section 64"),))
    explanation = told(entry, Case(purpose=Purpose.RESEARCH))
    assert explanation.powers == entry.legal_gateways
    assert "dea-research" not in [gateway.id for gateway in explanation.gateways]


def test_a_reference_from_general_knowledge_is_marked_as_such() -> None:
    patients = replace(
        PLAIN, publisher="nhs-england", theme="Health and care", data_subjects="Patients", spatial="England"
    )
    explanation = told(patients)
    unchecked = [item for item in explanation.items if item.needs_checking]
    assert [item.rule for item in unchecked] == ["R12"]


def test_the_facts_that_were_used_are_kept_for_a_request() -> None:
    explanation = told(PUPILS, Case(purpose=Purpose.RESEARCH))
    assert explanation.facts["purpose"] == "research"
    assert None not in explanation.facts.values()
