"""An entry and its document stand for each other, and equal documents have equal text."""

from __future__ import annotations

import json
from dataclasses import fields

from hypothesis import given, settings
from hypothesis import strategies as st

from catalogue.entries import FIELDS, canonical, difference, digest, to_dataset, to_document
from catalogue.model import AccessRights, ContactPoint, Dataset, Distribution, Status, Visibility
from tests.catalogue.strategies import documents, entries

FULL = {
    "id": "dfe/national-pupil-database",
    "title": "National Pupil Database",
    "acronyms": ["NPD"],
    "creator": ["dfe"],
    "contact": {"email": "data@example.gov.uk", "slack_channel": "#npd"},
    "access_rights": "RESTRICTED",
    "lead_time_days": 0,
    "distributions": [{"title": "CSV", "url": "https://example.gov.uk/npd"}],
    "status": "withdrawn",
    "visibility": "named",
    "visible_to": ["dfe"],
    "extras": {"illustrative": True, "deep": {"list": [1, None, "x"]}},
}


def test_a_document_becomes_values_of_their_own_kind() -> None:
    entry = to_dataset(FULL, revision=3, change=17)
    assert (entry.revision, entry.change, entry.lead_time_days) == (3, 17, 0)
    assert entry.access_rights is AccessRights.RESTRICTED
    assert (entry.status, entry.visibility) == (Status.WITHDRAWN, Visibility.NAMED)
    assert entry.contact == ContactPoint(email="data@example.gov.uk", slack_channel="#npd")
    assert entry.distributions == (Distribution(title="CSV", url="https://example.gov.uk/npd"),)
    assert entry.acronyms == ("NPD",)
    assert entry.is_illustrative
    assert to_document(entry) == FULL


def test_what_is_missing_has_no_place_in_a_document() -> None:
    bare = to_document(Dataset("a/b", "Title"))
    assert bare == {"id": "a/b", "title": "Title", "status": "published", "visibility": "public"}
    assert to_dataset({"id": "a/b", "title": "Title"}) == Dataset("a/b", "Title")


@settings(deadline=None, max_examples=80)
@given(entries)
def test_an_entry_comes_back_from_its_document_and_from_the_documents_text(entry: Dataset) -> None:
    document = to_document(entry)
    assert to_dataset(document) == entry
    assert to_dataset(json.loads(canonical(document))) == entry
    assert to_document(to_dataset(document)) == document


@settings(deadline=None, max_examples=80)
@given(documents, st.randoms())
def test_the_order_of_fields_makes_no_difference(document: dict[str, object], chance: object) -> None:
    names = list(document)
    chance.shuffle(names)  # type: ignore[attr-defined]
    shuffled = {name: document[name] for name in names}
    assert canonical(shuffled) == canonical(document)
    assert digest(canonical(shuffled)) == digest(canonical(document))


@settings(deadline=None, max_examples=80)
@given(documents, documents)
def test_documents_have_one_text_only_when_they_are_one(one: dict[str, object], other: dict[str, object]) -> None:
    assert (canonical(one) == canonical(other)) == (digest(canonical(one)) == digest(canonical(other)))
    assert json.loads(canonical(one)) == one
    assert "\n" not in canonical(one)


@settings(deadline=None, max_examples=80)
@given(documents, documents)
def test_a_difference_leads_from_one_document_to_the_other(one: dict[str, object], other: dict[str, object]) -> None:
    changes = difference(one, other)
    assert difference(one, one) == {}
    assert {name: change[::-1] for name, change in changes.items()} == difference(other, one)
    arrived = dict(one)
    for name, (before, after) in changes.items():
        assert one.get(name) == before != after
        arrived[name] = after
    assert {name: value for name, value in arrived.items() if value is not None} == other


def test_a_digest_can_be_taken_of_any_text() -> None:
    assert digest("\ud800") != digest("\udfff")
    assert len(digest("")) == 32


def test_every_field_of_an_entry_can_be_imported_but_what_the_record_counts() -> None:
    assert {field.name for field in fields(Dataset)} - set(FIELDS) == {"revision", "change"}
