"""Entries and cases that the tests of sharing conditions are made of."""

from dataclasses import replace
from typing import Any

from catalogue.model import AccessRights, ContactPoint, Dataset, Organisation, PersonalData, SecurityClassification
from catalogue.sharing.explain import explain
from catalogue.sharing.explanation import Explanation
from catalogue.sharing.facts import Body, Case, OrganisationKind

UK = ("E", "W", "S", "NI")
HOLDERS = {
    body.slug: body
    for body in (
        Organisation("home-office", "Home Office", kind="ministerial_department", nations=UK),
        Organisation("department-for-work-pensions", "Work and Pensions", kind="ministerial_department", nations=UK),
        Organisation("department-for-education", "Education", kind="ministerial_department", nations=("E",)),
        Organisation("ministry-of-justice", "Justice", kind="ministerial_department", nations=("E", "W")),
        Organisation("hm-revenue-customs", "HM Revenue & Customs", kind="non_ministerial_department", nations=UK),
        Organisation("valuation-office-agency", "Valuation Office", kind="executive_agency", nations=("E", "W")),
        Organisation("nhs-england", "NHS England", kind="public_body", nations=("E",)),
        Organisation("nhs-wales", "NHS Wales", kind="nhs_body", nations=("W",)),
        Organisation("general-register-office", "General Register Office", kind="other", nations=("E", "W")),
        Organisation("camden-council", "Camden Council", kind="council", nations=("E",)),
        Organisation("office-for-national-statistics", "ONS", kind="statistical_authority", nations=UK),
    )
}

PLAIN = Dataset(
    "home-office/visas",
    "Visa records",
    publisher="home-office",
    theme="Government and public sector",
    access_rights=AccessRights.RESTRICTED,
    security_classification=SecurityClassification.OFFICIAL,
    handling="OFFICIAL",
    licence="A data sharing agreement",
    personal_data=PersonalData.PERSONAL,
    data_subjects="Visa applicants",
    spatial="United Kingdom",
    contact=ContactPoint("Visa data team", "visas@example.gov.uk"),
    lead_time_days=30,
)
"""An entry about which everything is known and to which only R07 and R25 apply, with QUIET."""

QUIET = Case(
    asker=Body(OrganisationKind.MINISTERIAL_DEPARTMENT, "Department", "department", UK),
    purpose=None,
    linked=False,
    leaves_uk=False,
    large_scale=False,
    contractor=False,
    joint=False,
)


def council(**more: Any) -> Case:
    return replace(
        QUIET, asker=Body(OrganisationKind.LOCAL_AUTHORITY, "Camden Council", "camden-council", ("E",)), **more
    )


def user(kind: OrganisationKind | None, **more: Any) -> Case:
    return replace(QUIET, recipient=Body(kind), **more)


def told(dataset: Dataset, case: Case = QUIET, **more: Any) -> Explanation:
    return explain(dataset, case, holder=HOLDERS.get(dataset.publisher or ""), **more)


def words(explanation: Explanation) -> str:
    """Everything of our own that an explanation says to whoever asks; not what is quoted from the entry."""
    parts = [explanation.line, explanation.notice, *explanation.unknown, explanation.everywhere]
    for item in explanation.items:
        parts += [item.say, *(reason.say for reason in item.because), item.citation]
    for question in explanation.asks:
        parts += [question.ask, *(option.label for option in question.options)]
    parts += [say for _name, say in explanation.five_safes]
    parts += [part for each in explanation.gateways for part in (each.name, each.purpose, each.conditions)]
    parts += [part for each in explanation.bases for part in (each.name, each.use)]
    parts += [each.note for each in explanation.nations]
    return "\n".join(parts)
