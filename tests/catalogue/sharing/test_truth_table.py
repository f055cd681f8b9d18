"""Every rule with its facts missing, false and true; conflicts; unknowns; and whatever anybody may think of."""

from __future__ import annotations

import re
from dataclasses import fields, replace
from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalogue.model import (
    AccessRights,
    ContactPoint,
    Dataset,
    Distribution,
    Edition,
    LegalGateway,
    Organisation,
    PersonalData,
    SecurityClassification,
    Status,
    Visibility,
)
from catalogue.sharing import explain as explaining
from catalogue.sharing import reading
from catalogue.sharing.book import Strength, Verdict
from catalogue.sharing.explain import explain
from catalogue.sharing.explanation import SHOWN
from catalogue.sharing.facts import KINDS, Body, Case, Granularity, OrganisationKind, Purpose
from catalogue.sharing.rules import book
from tests.catalogue.sharing.cases import HOLDERS, PLAIN, QUIET, council, told, user, words

REFUSING = re.compile(
    r"\byou (?:may|must|can|cannot|can't|shall)\b|\b(?:must|may) not\b|\bnot (?:allowed|permitted)\b|\bforbid\w*"
    r"|\bprohibit\w*|\brefus\w*|\bdenied\b|\bdeny\b|\bimpossible\b|\billegal\b|\bunlawful\b|!",
    re.IGNORECASE,
)
PEOPLE = [kind for kind in PersonalData if kind not in (PersonalData.NONE, PersonalData.AGGREGATE)]
OUTSIDE = [OrganisationKind.ACADEMIC, OrganisationKind.CHARITY, OrganisationKind.COMPANY, OrganisationKind.PUBLIC]
STATUTORY = [
    OrganisationKind.LOCAL_AUTHORITY,
    OrganisationKind.NHS_BODY,
    OrganisationKind.POLICE,
    OrganisationKind.REGULATOR,
    OrganisationKind.PUBLIC_BODY,
    OrganisationKind.STATISTICAL_AUTHORITY,
    OrganisationKind.HMRC,
]
ALTERNATIVE = Dataset("home-office/visa-statistics", "Visa statistics", access_rights=AccessRights.OPEN)
PUPILS = replace(PLAIN, publisher="department-for-education", theme="Education", data_subjects="Pupils in schools")
PATIENTS = replace(PLAIN, publisher="nhs-england", theme="Health and care", data_subjects="Patients")
BIRTHS = replace(PLAIN, publisher="general-register-office", title="Registrations of births")

Row = tuple[str, Dataset, Case, bool, bool]
"""Rule, entry, case, whether there is an alternative, whether the rule applies."""


class Table:
    """The table, filled row by row."""

    def __init__(self) -> None:
        self.rows: list[Row] = []

    def __call__(
        self, rule: str, applies: bool, entry: Dataset = PLAIN, case: Case = QUIET, alternative: bool = False
    ) -> None:
        self.rows.append((rule, entry, case, alternative, applies))


def entry(**changes: Any) -> Dataset:
    return replace(PLAIN, **changes)


def of_the_entry(row: Table) -> None:
    for classification in (None, *SecurityClassification):
        above = classification in (SecurityClassification.SECRET, SecurityClassification.TOP_SECRET)
        row("R01", above, entry(security_classification=classification))
    for handling in (None, "OFFICIAL", "OFFICIAL-SENSITIVE", "UK EYES ONLY"):
        row("R01", False, entry(handling=handling))
        row("R23", handling == "OFFICIAL-SENSITIVE", entry(handling=handling))
    row("R01", True, entry(handling="SECRET"))
    row("R23", True, entry(handling="OFFICIAL-SENSITIVE: PERSONAL DATA"))
    for status in Status:
        row("R02", status is Status.WITHDRAWN, entry(status=status))
        row("R02", status is Status.WITHDRAWN, entry(status=status, access_rights=AccessRights.OPEN))
    for access in (None, *AccessRights):
        row("R03", access is AccessRights.OPEN, entry(access_rights=access))
        row("R04", access is AccessRights.COMMERCIAL, entry(access_rights=access))
        row("R07", access is not AccessRights.OPEN, entry(access_rights=access))
        row("R25", True, entry(access_rights=access))
        row("R05", access is not AccessRights.OPEN, entry(access_rights=access), alternative=True)
        row("R05", False, entry(access_rights=access))


def of_personal_data(row: Table) -> None:
    for kind in (None, *PersonalData):
        row("R06", kind is None, entry(personal_data=kind))
        row("R07", kind in PEOPLE, entry(personal_data=kind))
        row("R08", kind is PersonalData.SPECIAL_CATEGORY, entry(personal_data=kind))
        row("R09", kind is PersonalData.CRIMINAL_OFFENCE, entry(personal_data=kind))
        for name, rule in (("leaves_uk", "R20"), ("contractor", "R21"), ("joint", "R22"), ("linked", "R10")):
            for value in (None, False, True):
                row(rule, value is True and kind in PEOPLE, entry(personal_data=kind), replace(QUIET, **{name: value}))
    for detail in (None, *Granularity):
        for kind in PEOPLE:
            row(
                "R07",
                detail is not Granularity.AGGREGATE,
                entry(personal_data=kind),
                replace(QUIET, granularity=detail),
            )


def of_purposes(row: Table) -> None:
    for value in (None, False, True):
        row("R10", value is True, case=replace(QUIET, large_scale=value))
    for purpose in (None, *Purpose):
        acting = purpose in ("deliver_service", "fraud", "debt", "safeguarding", "law_enforcement")
        row("R10", acting, entry(data_subjects="Children in care"), replace(QUIET, purpose=purpose))
        row("R10", False, entry(data_subjects="Drivers"), replace(QUIET, purpose=purpose))
        row("R10", False, entry(data_subjects=None), replace(QUIET, purpose=purpose))
        row("R14", purpose is Purpose.RESEARCH, case=user(OrganisationKind.ACADEMIC, purpose=purpose))
        row("R14", False, PATIENTS, replace(QUIET, purpose=purpose))
        ons = user(OrganisationKind.STATISTICAL_AUTHORITY, purpose=purpose)
        row("R15", purpose is Purpose.STATISTICS, case=ons)
        row("R16", purpose in ("deliver_service", "fraud", "debt"), case=council(purpose=purpose))
        row("R16", False, case=user(None, purpose=purpose))
        for kind in OUTSIDE:
            row("R16", False, case=user(kind, purpose=purpose))
    for detail in (None, *Granularity):
        research = user(OrganisationKind.ACADEMIC, purpose=Purpose.RESEARCH, granularity=detail)
        row("R14", detail in (None, Granularity.DEIDENTIFIED), case=research)


def of_holders(row: Table) -> None:
    for slug in (None, *HOLDERS, "somebody-else"):
        row("R11", slug in ("hm-revenue-customs", "valuation-office-agency"), entry(publisher=slug))
        row("R12", slug in ("nhs-england", "nhs-wales"), replace(PATIENTS, publisher=slug))
        row("R13", slug == "department-for-education", replace(PUPILS, publisher=slug))
        row("R17", slug == "general-register-office", replace(BIRTHS, publisher=slug))
    row("R12", False, replace(PATIENTS, data_subjects="NHS employees"))
    row("R12", False, replace(PATIENTS, data_subjects=None))
    row("R12", False, replace(PATIENTS, personal_data=PersonalData.AGGREGATE))
    row("R12", False, replace(PATIENTS, personal_data=None))
    row("R13", False, replace(PUPILS, data_subjects="Teachers"))
    row("R13", False, replace(PUPILS, data_subjects=None))
    row("R13", False, replace(PUPILS, personal_data=PersonalData.AGGREGATE))
    row("R13", False, replace(PUPILS, personal_data=None))
    row("R13", True, entry(legal_gateways=(LegalGateway("Pupils", "Education Act 1996 s537A"),)))
    row("R17", False, replace(BIRTHS, title="Passport applications"))
    row("R17", False, replace(BIRTHS, personal_data=PersonalData.AGGREGATE))
    row("R17", False, replace(BIRTHS, spatial="Scotland"))


def of_users(row: Table) -> None:
    for kind in (None, *OrganisationKind):
        row("R18", kind in STATUTORY, case=user(kind))
        row("R24", kind in OUTSIDE, case=user(kind))
        row("R19", kind is OrganisationKind.DEVOLVED, case=user(kind))
        row("R15", kind is OrganisationKind.STATISTICAL_AUTHORITY, case=user(kind, purpose=Purpose.STATISTICS))
    for spatial, nation in product((None, "United Kingdom", "England", "Scotland; Wales"), (None, "E", "S", "NI")):
        outside = (spatial, nation) in {
            ("England", "S"),
            ("England", "NI"),
            ("Scotland; Wales", "E"),
            ("Scotland; Wales", "NI"),
        }
        row("R19", outside, entry(spatial=spatial), user(OrganisationKind.COMPANY, nation=nation))
    row("R19", False, entry(spatial="England", personal_data=PersonalData.NONE), replace(QUIET, nation="S"))


def rows() -> list[Row]:
    table = Table()
    for fill in (of_the_entry, of_personal_data, of_purposes, of_holders, of_users):
        fill(table)
    return table.rows


@pytest.mark.parametrize(("rule", "entry", "case", "alternative", "applies"), rows())
def test_a_rule_applies_when_its_facts_are_true_and_never_when_they_are_false_or_missing(
    rule: str, entry: Dataset, case: Case, alternative: bool, applies: bool
) -> None:
    explanation = told(entry, case, alternatives=[ALTERNATIVE] if alternative else [])
    assert (rule in explanation.rules) is applies
    assert not REFUSING.search(words(explanation))


def test_the_table_has_every_rule_both_ways() -> None:
    table = rows()
    assert len(table) >= 200
    for rule in book().rules:
        outcomes = {applies for name, _entry, _case, _alternative, applies in table if name == rule.id}
        assert outcomes == ({True} if rule.id == "R25" else {True, False}), rule.id


# what is not known is asked, and can be skipped

QUESTIONS = [
    ("recipient", replace(QUIET, asker=Body())),
    ("purpose", QUIET),
    ("granularity", QUIET),
    ("linkage", replace(QUIET, linked=None)),
    ("transfer", replace(QUIET, leaves_uk=None)),
    ("contractor", replace(QUIET, contractor=None)),
    ("joint", replace(QUIET, joint=None)),
    ("scale", replace(QUIET, large_scale=None)),
]


@pytest.mark.parametrize(("question", "case"), QUESTIONS)
def test_what_only_the_asker_knows_is_asked_and_not_again_when_it_was_skipped(question: str, case: Case) -> None:
    assert question in [each.id for each in told(PLAIN, case).asks]
    skipped = told(PLAIN, replace(case, skipped=frozenset({question})))
    assert question not in [each.id for each in skipped.asks]
    assert skipped.rules == told(PLAIN, case).rules


def test_what_was_answered_is_not_asked_again() -> None:
    answered = Case(
        Body(OrganisationKind.CHARITY),
        None,
        Purpose.RESEARCH,
        Granularity.DEIDENTIFIED,
        "E",
        False,
        False,
        False,
        False,
        False,
    )
    assert told(replace(PLAIN, spatial="Scotland"), answered).asks == ()


def test_the_nation_is_asked_only_where_the_data_does_not_cover_all_of_them() -> None:
    case = user(OrganisationKind.COMPANY)
    assert "nation" in [each.id for each in told(replace(PLAIN, spatial="Scotland"), case).asks]
    assert "nation" not in [each.id for each in told(PLAIN, case).asks]
    assert "nation" not in [each.id for each in told(replace(PLAIN, spatial=None), case).asks]


def test_nothing_is_asked_about_open_data_or_what_is_not_handled_here() -> None:
    assert told(replace(PLAIN, access_rights=AccessRights.OPEN), Case()).asks == ()
    assert told(replace(PLAIN, security_classification=SecurityClassification.SECRET), Case()).asks == ()


@pytest.mark.parametrize("question", book().questions, ids=lambda question: question.id)
def test_a_question_has_few_answers_with_short_labels(question: Any) -> None:
    assert 2 <= len(question.options) <= 4
    assert all(len(option.label) <= 40 for option in question.options)


# verdicts

VERDICTS = [
    ("open", {"access_rights": AccessRights.OPEN, "licence": "CC0"}, Verdict.OPEN),
    ("open without a licence", {"access_rights": AccessRights.OPEN, "licence": None}, Verdict.OPEN),
    ("open on own terms", {"access_rights": AccessRights.OPEN, "licence": "Own terms"}, Verdict.OPEN),
    ("OGL", {"access_rights": AccessRights.OPEN, "licence": "OGL-UK-3.0"}, Verdict.OPEN_WITH_ATTRIBUTION),
    ("CC BY", {"access_rights": AccessRights.OPEN, "licence": "CC-BY-4.0"}, Verdict.OPEN_WITH_ATTRIBUTION),
    ("restricted", {}, Verdict.AGREEMENT),
    ("restricted, no people", {"personal_data": PersonalData.NONE}, Verdict.AGREEMENT),
    ("restricted, people not known", {"personal_data": None}, Verdict.AGREEMENT),
    ("commercial", {"access_rights": AccessRights.COMMERCIAL, "personal_data": PersonalData.NONE}, Verdict.AGREEMENT),
    ("internal", {"access_rights": AccessRights.INTERNAL, "personal_data": PersonalData.NONE}, Verdict.NOT_KNOWN),
    ("nothing known", {"access_rights": None, "personal_data": None}, Verdict.NOT_KNOWN),
    ("access not known", {"access_rights": None, "personal_data": PersonalData.NONE}, Verdict.NOT_KNOWN),
    ("HMRC", {"publisher": "hm-revenue-customs"}, Verdict.NAMED_POWER),
    ("HMRC, totals", {"publisher": "hm-revenue-customs", "personal_data": PersonalData.NONE}, Verdict.NAMED_POWER),
    ("with a gateway", {"legal_gateways": (LegalGateway("A power", "An act"),)}, Verdict.NAMED_POWER),
    ("secret", {"security_classification": SecurityClassification.SECRET}, Verdict.NOT_HERE),
    ("secret and open", {"handling": "TOP SECRET", "access_rights": AccessRights.OPEN}, Verdict.NOT_HERE),
]  # fmt: skip


@pytest.mark.parametrize(("changes", "verdict"), [row[1:] for row in VERDICTS], ids=[row[0] for row in VERDICTS])
def test_the_verdict_is_what_the_facts_come_to(changes: dict[str, Any], verdict: Verdict) -> None:
    assert told(replace(PLAIN, **changes)).verdict is verdict


def test_a_stop_ends_the_list_but_open_data_still_says_whom_to_ask() -> None:
    assert told(replace(PLAIN, security_classification=SecurityClassification.TOP_SECRET)).rules == ("R01",)
    assert told(replace(PLAIN, access_rights=AccessRights.OPEN)).rules == ("R03", "R25")


def test_nothing_of_an_entry_above_official_is_shown() -> None:
    secret = replace(PLAIN, security_classification=SecurityClassification.SECRET, documents_needed=("A paper",))
    explanation = told(secret, Case(), alternatives=[ALTERNATIVE])
    assert explanation.is_elsewhere
    assert (explanation.decides, explanation.alternatives, explanation.documents) == (None, (), ())
    assert secret.title not in repr(explanation)


def test_a_body_that_uses_its_own_data_needs_no_agreement_with_itself() -> None:
    own = replace(QUIET, asker=Body.of(HOLDERS["home-office"]))
    assert "data-sharing-agreement" not in [item.document for item in told(PLAIN, own).items]
    assert "data-sharing-agreement" in [item.document for item in told(PLAIN).items]


@pytest.mark.parametrize(
    ("spatial", "citation"),
    [
        ("England", "Data Access Request Service"),
        ("Scotland", "Public Benefit and Privacy Panel"),
        ("Northern Ireland", "(Northern Ireland)"),
    ],
)
def test_patient_records_have_the_route_of_their_nation(spatial: str, citation: str) -> None:
    items = [item for item in told(replace(PATIENTS, spatial=spatial)).items if item.rule == "R12"]
    assert any(citation in item.citation for item in items)
    if spatial != "England":
        assert not any("section 251" in item.citation for item in items)


def test_the_statutory_function_is_not_asked_for_where_a_route_already_names_it() -> None:
    assert "R18" in told(PLAIN, council()).rules
    assert "R18" not in told(PLAIN, council(purpose=Purpose.FRAUD)).rules
    assert "R18" not in told(replace(PLAIN, publisher="hm-revenue-customs"), council()).rules


# conflicts are for the steward

CONFLICTS = [
    ({"access_rights": AccessRights.OPEN, "licence": "OGL-UK-3.0"}, "holds personal data"),
    ({"access_rights": AccessRights.OPEN, "handling": "OFFICIAL-SENSITIVE"}, "marked OFFICIAL-SENSITIVE"),
    ({"access_rights": AccessRights.OPEN, "licence": None}, "names no licence"),
    ({"licence": "OGL-UK-3.0"}, "open licence and is not open"),
    ({"personal_data": PersonalData.NONE}, "names people as its subjects"),
    ({"personal_data": PersonalData.NONE, "documents_needed": ("DPIA",)}, "impact assessment"),
    ({"handling": "SECRET"}, "above OFFICIAL"),
]


@pytest.mark.parametrize(("changes", "warning"), CONFLICTS)
def test_facts_that_do_not_go_together_warn_the_steward_and_not_the_asker(
    changes: dict[str, Any], warning: str
) -> None:
    entry = replace(PLAIN, **changes)
    holder = HOLDERS[entry.publisher or ""]
    warnings = [each for each in explaining.warnings(entry, holder=holder) if warning in each]
    assert warnings
    assert not [each for each in warnings if each in words(told(entry))]


@pytest.mark.parametrize("kind", PEOPLE)
def test_open_personal_data_is_explained_as_open(kind: PersonalData) -> None:
    explanation = told(replace(PLAIN, access_rights=AccessRights.OPEN, licence="OGL-UK-3.0", personal_data=kind))
    assert explanation.verdict is Verdict.OPEN_WITH_ATTRIBUTION
    assert explanation.warnings
    assert explanation.rules == ("R03", "R25")


def test_an_entry_whose_facts_go_together_warns_nobody() -> None:
    assert told(PLAIN).warnings == ()


# errors


@pytest.mark.parametrize("fact", sorted(book().facts))
def test_a_fact_that_fails_to_be_read_is_an_unknown_and_never_a_refusal(
    fact: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("broken")

    monkeypatch.setitem(reading.READERS, fact, broken)
    for entry in (PLAIN, replace(PLAIN, access_rights=AccessRights.OPEN)):
        explanation = told(entry)
        assert explanation.verdict is Verdict.NOT_KNOWN
        assert "R25" in explanation.rules
        assert "some conditions, because a check failed" in explanation.unknown
        assert not REFUSING.search(words(explanation))


@pytest.mark.parametrize("rule", [rule.id for rule in book().rules])
def test_a_rule_that_fails_is_an_unknown_and_never_a_refusal(rule: str, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = explaining._Run._rule

    def broken(run: Any, each: Any) -> None:
        if each.id == rule:
            raise RuntimeError("broken")
        whole(run, each)

    monkeypatch.setattr(explaining._Run, "_rule", broken)
    explanation = told(PLAIN)
    assert explanation.verdict is Verdict.NOT_KNOWN
    assert not REFUSING.search(words(explanation))


# whatever anybody may think of

SOME_TEXT = st.one_of(
    st.none(),
    st.text(max_size=30),
    st.sampled_from(
        ["OGL-UK-3.0", "OFFICIAL-SENSITIVE", "SECRET", "Pupils", "Patients", "England; Wales", "Births", ";"]
    ),
)
DATASETS = st.builds(
    Dataset,
    id=st.text(max_size=20),
    title=st.text(max_size=40),
    keywords=st.lists(st.sampled_from(["births", "pupils", "x"]), max_size=2).map(tuple),
    publisher=st.one_of(SOME_TEXT, st.sampled_from(sorted(HOLDERS))),
    theme=st.one_of(SOME_TEXT, st.just("Health and care")),
    contact=st.builds(ContactPoint, SOME_TEXT, SOME_TEXT, SOME_TEXT),
    access_rights=st.one_of(st.none(), st.sampled_from(AccessRights)),
    security_classification=st.one_of(st.none(), st.sampled_from(SecurityClassification)),
    handling=SOME_TEXT,
    licence=SOME_TEXT,
    spatial=SOME_TEXT,
    granularity=SOME_TEXT,
    personal_data=st.one_of(st.none(), st.sampled_from(PersonalData)),
    data_subjects=SOME_TEXT,
    legal_gateways=st.lists(st.builds(LegalGateway, SOME_TEXT, SOME_TEXT, SOME_TEXT), max_size=2).map(tuple),
    documents_needed=st.lists(st.text(max_size=20), max_size=3).map(tuple),
    onward_sharing=SOME_TEXT,
    lead_time_days=st.one_of(st.none(), st.integers(0, 400)),
    distributions=st.lists(st.builds(Distribution, access=SOME_TEXT), max_size=2).map(tuple),
    superseded_by=SOME_TEXT,
    edition=st.one_of(st.none(), st.sampled_from(Edition)),
    status=st.sampled_from(Status),
    visibility=st.sampled_from(Visibility),
)
BODIES = st.builds(
    Body,
    kind=st.one_of(st.none(), st.sampled_from(OrganisationKind)),
    name=SOME_TEXT,
    slug=st.one_of(SOME_TEXT, st.sampled_from(sorted(HOLDERS))),
    nations=st.lists(st.sampled_from(["E", "W", "S", "NI", "?"]), max_size=4).map(tuple),
)
YES_NO = st.sampled_from([None, True, False])
CASES = st.builds(
    Case,
    asker=BODIES,
    recipient=st.one_of(st.none(), BODIES),
    purpose=st.one_of(st.none(), st.sampled_from(Purpose)),
    granularity=st.one_of(st.none(), st.sampled_from(Granularity)),
    nation=st.sampled_from([None, "E", "W", "S", "NI", "elsewhere"]),
    linked=YES_NO,
    leaves_uk=YES_NO,
    large_scale=YES_NO,
    contractor=YES_NO,
    joint=YES_NO,
    skipped=st.frozensets(st.sampled_from([question.id for question in book().questions])),
)
HOLDER = st.one_of(st.none(), st.sampled_from(sorted(HOLDERS.values(), key=lambda body: body.slug)))
MARKED = {SecurityClassification.SECRET, SecurityClassification.TOP_SECRET}


@given(DATASETS, CASES, HOLDER, st.booleans())
def test_any_entry_and_any_case_is_explained_and_nothing_is_refused(
    dataset: Dataset, case: Case, holder: Organisation | None, alternative: bool
) -> None:
    explanation = explain(dataset, case, holder=holder, alternatives=[ALTERNATIVE] if alternative else [])
    is_marked = dataset.security_classification in MARKED or "secret" in (dataset.handling or "").lower()
    assert (explanation.verdict is Verdict.NOT_HERE) == is_marked
    assert (explanation.notice, explanation.version, explanation.date) == (book().notice, book().version, book().date)
    assert explanation.line
    own = words(replace_quotes(explanation, dataset))
    assert not REFUSING.search(own)
    if not is_marked:
        assert explanation.rules[-1] == "R25"
        assert len(explanation.shown) <= SHOWN
        assert len(explanation.shown) + explanation.more == len(explanation.needs)
        assert not {question.id for question in explanation.asks} & case.skipped
        assert explanation.is_open or len(explanation.five_safes) == 5


def replace_quotes(explanation: Any, dataset: Dataset) -> Any:
    """The explanation without what it quotes from the entry."""
    quotes = [" ".join(text.split()) for text in (dataset.licence, dataset.superseded_by) if text and text.strip()]
    items = []
    for item in explanation.items:
        say = item.say
        if item.rule in ("R02", "R03"):
            for quote in quotes:
                say = say.replace(quote, "…")
        items.append(replace(item, say=say))
    return replace(explanation, items=tuple(items))


@given(DATASETS, CASES)
def test_a_fact_more_never_makes_an_answer_less_than_known(dataset: Dataset, case: Case) -> None:
    """Skipping or not answering changes what is asked, never what is said to be needed."""
    asked = explain(dataset, case, holder=None)
    skipped = explain(dataset, replace(case, skipped=frozenset(q.id for q in book().questions)), holder=None)
    assert (asked.items, asked.verdict) == (skipped.items, skipped.verdict)
    assert skipped.asks == ()


def test_every_kind_of_organisation_is_a_kind_for_the_rules_or_is_asked_for() -> None:
    assert set(KINDS.values()) <= set(OrganisationKind)
    assert told(PLAIN, replace(QUIET, asker=Body.of(Organisation("x", "X", kind="other")))).asks[0].id == "recipient"


def test_every_fact_that_a_case_can_hold_is_read() -> None:
    told_by_case = {field.name for field in fields(Case)} - {"asker", "recipient", "nation", "skipped"}
    assert told_by_case <= set(book().facts)


def test_strengths_are_those_of_the_design() -> None:
    assert {item.strength for rule in book().rules for item in rule.items} == set(Strength)
