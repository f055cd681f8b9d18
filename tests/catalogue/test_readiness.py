"""How ready an entry is: every check is worth something, is lost for one reason and mended by its field."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given

from bot.field_words import CHECKS as WORDS
from bot.field_words import GROUPS
from catalogue import datasets, proposals, readiness, review
from catalogue.entries import to_document
from catalogue.model import (
    AccessRights,
    ContactPoint,
    Dataset,
    Distribution,
    Grant,
    LegalGateway,
    Person,
    PersonalData,
    Role,
)
from catalogue.readiness import CHECKS, Circumstances
from catalogue.store import Database
from tests.catalogue.strategies import entries

TODAY = date(2026, 3, 31)
AROUND = Circumstances(TODAY)
READY = Dataset(
    "dfe/npd",
    "National Pupil Database",
    summary="Linked records of pupils in England.",
    description="What is in it, what is not, and what it is used for, so that a reader knows what to ask for.",
    keywords=("pupils",),
    publisher="dfe",
    contact=ContactPoint("Pupil data team", "pupils@education.example.gov.uk"),
    access_rights=AccessRights.RESTRICTED,
    licence="DATA_SHARE_AGREEMENT",
    documents_needed=("Data sharing agreement", "Data protection impact assessment"),
    lead_time_days=60,
    personal_data=PersonalData.PERSONAL,
    data_subjects="Pupils",
    legal_gateways=(LegalGateway("Education Act 1996 s537A"),),
    update_frequency="annual",
    modified="2026-01",
    spatial="England",
    temporal="1996/..",
    last_verified="2026-01-01",
)
OPEN = replace(
    READY,
    access_rights=AccessRights.OPEN,
    personal_data=PersonalData.NONE,
    distributions=(Distribution(url="https://education.example.gov.uk/npd.csv"),),
)

SPOILED = {
    "described": replace(READY, description="Short"),
    "summed_up": replace(READY, summary=None),
    "titled": replace(READY, title="NPD"),
    "found": replace(READY, keywords=()),
    "contactable": replace(READY, contact=ContactPoint("Pupil data team")),
    "openness": replace(READY, access_rights=None),
    "licensed": replace(READY, licence=None),
    "papers": replace(READY, documents_needed=(), personal_data=PersonalData.NONE),
    "lead_time": replace(READY, lead_time_days=None),
    "personal": replace(READY, personal_data=None),
    "subjects": replace(READY, data_subjects=None),
    "gateway": replace(READY, legal_gateways=()),
    "impact": replace(READY, documents_needed=("Data sharing agreement",)),
    "frequency": replace(READY, update_frequency=None),
    "on_time": replace(READY, modified="2023-01"),
    "coverage": replace(READY, temporal=None),
    "reachable": replace(OPEN, distributions=()),
    "checked": replace(READY, last_verified="2025-01-01"),
}


def lost(entry: Dataset, around: Circumstances = AROUND) -> list[str]:
    return [check.id for check in readiness.of(entry, around).lost]


@pytest.mark.parametrize("entry", [READY, OPEN])
def test_an_entry_that_says_everything_has_all_points(entry: Dataset) -> None:
    assert readiness.of(entry, AROUND) == readiness.Readiness(100, ())


@pytest.mark.parametrize("check", SPOILED)
def test_each_check_is_lost_by_its_own_fault_alone(check: str) -> None:
    assert lost(SPOILED[check]) == [check]
    assert readiness.of(SPOILED[check], AROUND).score < 100


def test_every_check_has_words_a_form_and_a_test() -> None:
    ids = [check.id for check in CHECKS]
    assert len(ids) == len(set(ids))
    assert set(ids) == set(WORDS) == set(SPOILED) | {"contact_alive"}
    fields = {field for group in GROUPS.values() for field in group.fields}
    assert {check.field for check in CHECKS} <= fields


def test_a_contact_is_not_alive_when_its_mail_came_back_or_somebody_reported_it(db: Database, now: datetime) -> None:
    datasets.add(db, to_document(READY), by="test", why=None, now=now)
    assert review.note_bounce(db, "Pupils@education.example.gov.uk", now=now) == 1
    assert "contact_alive" in lost(READY, readiness.circumstances(db, now=now))
    assert review.forget_bounce(db, "pupils@education.example.gov.uk")
    assert lost(READY, readiness.circumstances(db, now=now)) == []
    reader = Person("ben", organisation="moj")
    proposals.propose(db, READY.id, kind=proposals.Kind.CONTACT, words="No answer", by=reader, now=now)
    assert lost(READY, readiness.circumstances(db, now=now)) == ["contact_alive"]


@given(entries)
def test_any_entry_has_a_score(entry: Dataset) -> None:
    found = readiness.of(entry, AROUND)
    assert 0 <= found.score <= 100
    assert (found.score == 100) == (not found.lost)
    assert readiness.review_on(entry) == readiness.NEVER or readiness.review_on(entry) > (entry.last_verified or "")


def test_each_week_of_an_organisation_is_kept(db: Database, now: datetime) -> None:
    datasets.add(db, to_document(READY), by="test", why=None, now=now)
    datasets.add(db, {"id": "dfe/other", "title": "Other", "publisher": "dfe"}, by="test", why=None, now=now)
    datasets.add(db, {"id": "x/gone", "title": "Gone", "status": "withdrawn"}, by="test", why=None, now=now)
    assert readiness.refresh(db, now=now) == 2
    later = now + timedelta(days=7)
    datasets.amend(db, "dfe/other", {"status": "withdrawn"}, revision=1, by="test", why=None, now=later)
    readiness.refresh(db, now=later)
    readiness.refresh(db, now=later)
    newest, oldest = readiness.weeks(db, "dfe")
    assert (newest.entries, newest.score, newest.due) == (1, 100, 0)
    assert (oldest.entries, oldest.due) == (2, 1) and oldest.score < 100
    assert readiness.standings(db, newest.week) == [("dfe", newest)]


def test_an_entry_is_to_be_reviewed_a_year_after_it_was_last_checked(db: Database, now: datetime) -> None:
    datasets.add(db, to_document(READY), by="test", why=None, now=now)
    steward = Person("ada", organisation="dfe", grants=(Grant(Role.STEWARD, "dfe"),))
    readiness.refresh(db, now=now)
    assert review.due(db, steward, round_="2026-W14", now=now) == []
    next_year = datetime(2027, 1, 1, tzinfo=now.tzinfo)
    assert [entry.id for entry in review.due(db, steward, round_="2027-W01", now=next_year)] == ["dfe/npd"]
    review.answer(db, "dfe/npd", review.Answered.RIGHT, round_="2027-W01", by=steward, now=next_year)
    assert review.count_due(db, steward, round_="2027-W02", now=next_year + timedelta(days=7)) == 0
