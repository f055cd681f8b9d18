"""DCAT: what is written comes back the same, others' catalogues are read, and no document makes us fetch or choke."""

from __future__ import annotations

import io
import json
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from catalogue import datasets
from catalogue.entries import to_dataset
from catalogue.errors import SourceProblem
from catalogue.harvest import dcat, dcat_terms, files
from catalogue.model import PUBLIC, AccessRights, Dataset
from catalogue.rows import Fault, clean
from catalogue.store import Database
from tests.catalogue.harvest.conftest import Harvesting
from tests.catalogue.strategies import AWKWARD, entries
from tests.fakes.upstream import Upstream, gives, send

FORMS = {"dcat-jsonld": ".jsonld", "dcat-turtle": ".ttl"}
WHOLE = {
    "id": "dfe/npd",
    "title": "National Pupil Database",
    "summary": "Pupils",
    "description": "What pupils\ndid",
    "publisher": "department-for-education",
    "creator": ["ofsted", "department-for-education"],
    "keywords": ["schools", "pupils"],
    "theme": "Education",
    "contact": {"name": "Data team", "email": "data@example.gov.uk", "slack_channel": "#data"},
    "access_rights": "RESTRICTED",
    "security_classification": "OFFICIAL",
    "handling": "OFFICIAL-SENSITIVE",
    "licence": "OGL-UK-3.0",
    "update_frequency": "annual",
    "issued": "2002",
    "modified": "2026-03-31",
    "temporal": "2002/..",
    "spatial": "England; Wales",
    "legal_gateways": [{"name": "Act", "citation": "s. 1"}],
    "lead_time_days": 30,
    "distributions": [
        {"title": "Table", "media_type": "text/csv", "url": "https://example.gov.uk/a.csv"},
        {"title": "API", "media_type": "JSON", "url": "https://example.gov.uk/b c"},
    ],
    "has_part": ["dfe/z part", "dfe/a"],
    "extras": {"odd": [1, {"a": None}]},
}


def back(datasets_: list[Dataset], form: str, folder: Path) -> list[Dataset]:
    """What is read after having been written."""
    path = folder / f"entries{FORMS[form]}"
    assert files.write(datasets_, path, form=form) == len(datasets_)
    found = []
    for line, row in files.read(path):
        assert not isinstance(row, Fault), row
        cleaned = clean(row, line=line, resolve=lambda name: name)
        assert cleaned.document is not None and cleaned.faults == []
        found.append(to_dataset(cleaned.document))
    return found


@pytest.mark.parametrize("form", FORMS)
def test_an_entry_with_everything_comes_back_the_same(form: str, tmp_path: Path) -> None:
    document = clean(WHOLE, line=1, resolve=lambda name: name).document
    assert document
    entry = to_dataset(document)
    assert back([entry], form, tmp_path) == [entry]


@pytest.mark.parametrize("form", FORMS)
@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(found=st.lists(entries, max_size=3, unique_by=lambda entry: entry.id))
def test_any_entries_come_back_the_same(form: str, found: list[Dataset], tmp_path: Path) -> None:
    assert sorted(back(found, form, tmp_path), key=str) == sorted(found, key=str)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("awkward", AWKWARD)
def test_awkward_values_come_back(form: str, awkward: str, tmp_path: Path) -> None:
    row: dict[str, Any] = {
        "id": "a/b",
        "title": f"x{awkward}",
        "keywords": [awkward, "b"],
        "contact": {"name": awkward},
    }
    row |= dict.fromkeys(["summary", "description", "publisher", "licence", "retention", "url", "temporal"], awkward)
    row |= {"distributions": [{"title": awkward, "url": awkward}], "extras": {"odd": awkward}, "has_part": [awkward]}
    document = clean(row, line=1, resolve=lambda name: name).document
    assert document
    entry = to_dataset(document)
    assert back([entry], form, tmp_path) == [entry]


def test_standard_terms_hold_what_they_can() -> None:
    node = dcat_terms.node(WHOLE, name_of={"department-for-education": "Department for Education"})
    assert node["@type"] == "dcat:Dataset"
    assert node["dct:publisher"]["foaf:name"] == "Department for Education"
    assert node["dct:accrualPeriodicity"] == {"@id": "http://purl.org/cld/freq/annual"}
    assert node["dct:license"]["@id"].startswith("https://www.nationalarchives.gov.uk/")
    assert node["dct:accessRights"] == "RESTRICTED"
    assert node["uk:securityClassification"] == "OFFICIAL"
    assert node["dct:temporal"]["dcat:startDate"] == {"@value": "2002", "@type": "xsd:gYear"}
    exact = json.loads(node["wh:exact"]["@value"])
    assert "title" not in exact and "publisher" not in exact and "theme" not in exact


def test_what_the_uk_model_requires_and_an_entry_lacks_is_named() -> None:
    assert dcat_terms.missing(WHOLE) == []
    assert dcat_terms.missing({"id": "a", "title": "A"}) == list(dcat_terms.REQUIRED)
    assert dcat_terms.missing({**WHOLE, "contact": {"name": "x"}}) == ["email"]


TURTLE = """
@prefix dcat: <http://www.w3.org/ns/dcat#> . @prefix dct: <http://purl.org/dc/terms/> .
@prefix foaf: <http://xmlns.com/foaf/0.1/> . @prefix vcard: <http://www.w3.org/2006/vcard/ns#> .
<https://data.example.gov.uk/d/1> a dcat:Dataset ;
    dct:title "Bus stops"@en ; dct:description "Where buses stop" ; dcat:keyword "bus", "stop" ;
    dct:publisher [ a foaf:Organization ; foaf:name "Camden Council" ] ;
    dcat:contactPoint [ vcard:fn "Transport team" ; vcard:hasEmail <mailto:transport@example.gov.uk> ] ;
    dct:accessRights <http://publications.europa.eu/resource/authority/access-right/PUBLIC> ;
    dct:accrualPeriodicity <http://purl.org/cld/freq/monthly> ;
    dcat:landingPage <https://data.example.gov.uk/d/1> ;
    dcat:distribution <https://data.example.gov.uk/d/1/csv> .
<https://data.example.gov.uk/d/1/csv> a dcat:Distribution ; dct:title "Table" ;
    dcat:mediaType <https://www.iana.org/assignments/media-types/text/csv> ;
    dcat:downloadURL <https://data.example.gov.uk/d/1.csv> .
"""


def as_form(form: str) -> bytes:
    graph = dcat.parse(TURTLE.encode(), "text/turtle", "")
    written = graph.serialize(format=form)
    return written.encode() if isinstance(written, str) else written


@pytest.mark.parametrize("form", ["turtle", "json-ld", "xml", "pretty-xml"])
def test_somebody_elses_dcat_is_harvested(db: Database, upstream: Upstream, harvesting: Harvesting, form: str) -> None:
    upstream.routes["/catalog"] = gives(as_form(form), media_type="application/octet-stream")
    harvesting.add(db, "dcat", "/catalog")
    report = harvesting(db)
    assert (report.added, report.failed, report.is_complete) == (1, 0, True)
    (found,) = datasets.everything(db, audience=PUBLIC)
    assert (found.title, found.keywords, found.access_rights) == ("Bus stops", ("bus", "stop"), AccessRights.OPEN)
    assert (found.contact.name, found.contact.email) == ("Transport team", "transport@example.gov.uk")
    assert (found.update_frequency, found.publisher) == ("monthly", "camden-council")
    (part,) = found.distributions
    assert (part.title, part.media_type, part.url) == ("Table", "text/csv", "https://data.example.gov.uk/d/1.csv")
    assert found.source_id == "https://data.example.gov.uk/d/1"
    assert harvesting(db).unchanged == 1


def test_pages_are_followed_and_the_same_one_only_once(
    sqlite_db: Database, upstream: Upstream, harvesting: Harvesting
) -> None:
    after = "<https://x.example/v> <http://www.w3.org/ns/hydra/core#next> <{}> ."
    second = TURTLE.replace("/d/1", "/d/2").replace("Bus", "Tram")
    upstream.routes["/a"] = gives(TURTLE + after.format(f"{upstream.url}/b"), media_type="text/turtle")
    upstream.routes["/b"] = gives(second, media_type="text/turtle")
    harvesting.add(sqlite_db, "dcat", "/a")
    assert harvesting(sqlite_db).added == 2
    upstream.routes["/b"] = gives(second + after.format(f"{upstream.url}/a"), media_type="text/turtle")
    assert "same page again" in (harvesting(sqlite_db).stopped_because or "")


def test_a_catalogue_on_one_page_is_not_sent_again_when_it_did_not_change(
    sqlite_db: Database, upstream: Upstream, harvesting: Harvesting
) -> None:
    after = f"<https://x.example/v> <http://www.w3.org/ns/hydra/core#next> <{upstream.url}/b> ."
    whole, asked = [TURTLE], []

    def conditional(handler: Any) -> None:
        asked.append(handler.headers.get("If-None-Match"))
        if asked[-1] == f'"{len(whole[0])}"':
            handler.send_response(304)
            handler.end_headers()
        else:
            mark = {"ETag": f'"{len(whole[0])}"'}
            send(handler, whole[0].encode(), media_type="text/turtle", headers=mark)

    upstream.routes["/a"] = conditional
    upstream.routes["/b"] = gives(TURTLE.replace("/d/1", "/d/2"), media_type="text/turtle")
    harvesting.add(sqlite_db, "dcat", "/a")
    assert harvesting(sqlite_db).added == 1
    again = harvesting(sqlite_db)
    assert (again.unchanged, again.is_complete, asked[-1]) == (1, True, f'"{len(TURTLE)}"')
    whole[0] = TURTLE + after
    assert harvesting(sqlite_db).added == 1
    assert harvesting(sqlite_db).unchanged == 2
    assert asked[-1] is None, "the second page may have changed"


# hostile documents

LAUGHS = "<!DOCTYPE l [<!ENTITY a 'ha'>" + "".join(
    f"<!ENTITY {chr(98 + n)} '{f'&{chr(97 + n)};' * 10}'>" for n in range(9)
)
XML = {
    "billion laughs": f"<?xml version='1.0'?>{LAUGHS}]><l>&j;</l>",
    "external entity": "<!DOCTYPE r [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><r>&x;</r>",
    "external DTD": "<!DOCTYPE r SYSTEM 'http://127.0.0.1:1/x.dtd'><r/>",
    "parameter entity": "<!DOCTYPE r [<!ENTITY % x SYSTEM 'http://127.0.0.1:1/x'>%x;]><r/>",
    "one entity": f"<!DOCTYPE r [<!ENTITY x '{'x' * 70_000}'>]><r>{'&x;' * 100}</r>",
    "too deep": "<a>" * 5000,
    "cut off": "<?xml version='1.0'?><rdf:RDF",
    "no RDF": "<?xml version='1.0'?><html></html",
}


@pytest.mark.parametrize("attack", XML)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_xml_that_attacks_is_refused_at_once(attack: str, encoding: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("socket.socket.connect", _forbidden)
    begun = time.monotonic()
    with pytest.raises(SourceProblem):
        dcat.parse(XML[attack].encode(encoding), "application/rdf+xml", "https://example.gov.uk/")
    assert time.monotonic() - begun < 1


def _forbidden(*_given: object) -> None:
    raise AssertionError("nothing may be connected to")


ELSEWHERE = ["http://127.0.0.1:1/c.jsonld", "file:///etc/passwd", "https://evil.example/c", "c.jsonld", "//x/c", ""]


@pytest.mark.parametrize("address", ELSEWHERE)
@pytest.mark.parametrize("way", ["top", "list", "inside", "term", "import", "in a list of nodes"])
def test_a_context_that_is_elsewhere_is_refused_and_never_fetched(
    address: str, way: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("socket.socket.connect", _forbidden)
    monkeypatch.setattr("urllib.request.urlopen", _forbidden)
    node = {"@id": "urn:x", "@type": "http://www.w3.org/ns/dcat#Dataset"}
    documents: dict[str, Any] = {
        "top": {"@context": address, **node},
        "list": {"@context": [{}, [address]], **node},
        "inside": {**node, "http://x/y": {"@context": address}},
        "term": {"@context": {"t": {"@id": "http://x/t", "@context": address}}, "t": {}},
        "import": {"@context": {"@import": address}, **node},
        "in a list of nodes": [{"@graph": [{"@context": address}]}],
    }
    with pytest.raises(SourceProblem, match="elsewhere"):
        dcat.parse(json.dumps(documents[way]).encode(), "application/ld+json", "https://example.gov.uk/")


def test_a_context_that_is_known_by_name_is_not_fetched_either(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("socket.socket.connect", _forbidden)
    known = {"@context": "https://www.w3.org/ns/dcat.jsonld", "@id": "urn:x", "@type": "Dataset", "dct:title": "T"}
    (found,) = dcat.datasets(dcat.parse(json.dumps(known).encode(), "application/ld+json", "https://example.gov.uk/"))
    assert found["dct:title"] == ["T"]


@pytest.mark.parametrize(
    ("media_type", "body"),
    [
        ("application/ld+json", b"[" * 100_000),
        ("application/ld+json", b'{"@id": '),
        ("application/ld+json", b'{"@context": {"@base": 5}, "@id": []}'),
        ("text/turtle", b"<a> <b> " + b"(" * 50_000),
        ("text/turtle", b"<a> <b> " + b"[ <c> " * 50_000),
        ("text/turtle", b"@prefix : <x\xff> . \x00"),
        ("application/rdf+xml", b"\xff\xfe\x00"),
        ("", b"hello"),
    ],
)
def test_what_cannot_be_read_is_said_plainly(media_type: str, body: bytes) -> None:
    with pytest.raises(SourceProblem):
        list(dcat.datasets(dcat.parse(body, media_type, "https://example.gov.uk/")))


@pytest.mark.parametrize(
    ("media_type", "body", "reason"),
    [
        ("application/rdf+xml", XML["billion laughs"], "declares a document type or entities"),
        ("application/ld+json", '{"@context": "http://127.0.0.1:1/"}', "sends us elsewhere for its context"),
        ("text/turtle", "hello", "cannot be read as turtle"),
    ],
)
def test_a_hostile_document_gets_a_plain_line_in_the_report(
    sqlite_db: Database, upstream: Upstream, harvesting: Harvesting, media_type: str, body: str, reason: str
) -> None:
    upstream.routes["/catalog"] = gives(body, media_type=media_type)
    harvesting.add(sqlite_db, "dcat", "/catalog")
    assert reason in (harvesting(sqlite_db).stopped_because or "")


def test_an_exported_catalogue_is_one_document() -> None:
    document = clean(WHOLE, line=1, resolve=lambda name: name).document
    assert document
    out = io.StringIO()
    assert dcat.write_jsonld([to_dataset(document)] * 2, out, name_of={}) == 2
    assert len(json.loads(out.getvalue())["dcat:dataset"]) == 2
