"""An entry in the terms of DCAT 3 and of the UK Cross-Government Metadata Exchange Model, and back.

`node` makes the node of an entry (in JSON-LD's shape), `row` reads one back: both go by TERMS. What standard terms
cannot hold exactly, such as the order of a list, stands beside them in `wh:exact`, so that nothing is lost. Whoever
reads only standard terms still gets everything these can say.
"""

import json
import re
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import quote, unquote

from catalogue.entries import LISTS, RECORDS, Document, canonical
from catalogue.harvest.mapping import Read, frequency, licence, link, mailbox, words

PREFIXES: Mapping[str, str] = {
    "dcat": "http://www.w3.org/ns/dcat#",
    "dct": "http://purl.org/dc/terms/",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "vcard": "http://www.w3.org/2006/vcard/ns#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
    "hydra": "http://www.w3.org/ns/hydra/core#",
    "uk": "https://w3id.org/co-cddo/uk-cross-government-metadata-exchange-model/",
    "wh": "urn:whoholds:term:",
}
TERMS: tuple[Read, ...] = (
    Read("dct:title", "title"),
    Read("dct:alternative", "alternative_titles"),
    Read("rdfs:comment", "summary"),
    Read("dct:description", "description"),
    Read("dct:publisher", "publisher", note="an organisation's identifier or name"),
    Read("dct:creator", "creator", note="the same"),
    Read("dcat:keyword", "keywords"),
    Read("dcat:theme", "theme", note="a concept's label"),
    Read("dcat:contactPoint", "contact", note="vcard:fn and vcard:hasEmail"),
    Read("dct:accessRights", "access_rights", note="the UK model's codes, or the EU's list"),
    Read("uk:securityClassification", "security_classification"),
    Read("dct:license", "licence"),
    Read("dct:accrualPeriodicity", "update_frequency", note="of the freq: vocabulary where it has the word"),
    Read("dct:issued", "issued"),
    Read("dct:modified", "modified"),
    Read("dct:spatial", "spatial", note="a place's label"),
    Read("dct:temporal", "temporal", note="dcat:startDate and dcat:endDate, or a label"),
    Read("dcat:distribution", "distributions"),
    Read("dcat:landingPage", "url"),
    Read("dct:hasPart", "has_part"),
    Read("dct:replaces", "supersedes"),
    Read("dct:isReplacedBy", "superseded_by"),
)
"""Standard terms and our fields."""
OWN: Mapping[str, str] = {
    f"wh:{re.sub(r'_(.)', lambda m: m[1].upper(), name)}": name
    for name in (
        "acronyms publisher_acronym handling last_verified granularity personal_data data_subjects documents_needed"
        " onward_sharing retention charges served_by edition status visibility visible_to source source_id"
    ).split()
}
"""Terms of our own for what no standard term means."""
REQUIRED: Mapping[str, str] = {
    "description": "description",
    "publisher": "publisher",
    "creator": "creator",
    "contactName": "contact",
    "email": "contact",
    "accessRights": "access_rights",
    "securityClassification": "security_classification",
    "licence": "licence",
    "modified": "modified",
    "updateFrequency": "update_frequency",
}
"""What the UK model requires of a Dataset and an entry may lack, with our field. (It always has the other five:
identifier, title, type, version, and contactPoint where there is a contact.)"""

_TERM = {read.ours: read.theirs for read in TERMS} | {name: term for term, name in OWN.items()}
_FIELD = {term: name for name, term in _TERM.items()}
_LABELS = ("dct:identifier", "foaf:name", "skos:prefLabel", "rdfs:label", "dct:title", "vcard:fn", "@id")
_SAFE_IRI = re.compile(r"https?://[^\s<>\"{}|\\^`]+", re.ASCII)
_YEARS = re.compile(r"(\d{4})/(\d{4}|\.\.)", re.ASCII)
_FREQ = "http://purl.org/cld/freq/"
_FREQUENCIES = frozenset(
    "triennial biennial annual semiannual threeTimesAYear quarterly bimonthly monthly semimonthly biweekly"
    " threeTimesAMonth weekly semiweekly threeTimesAWeek daily continuous irregular".split()
)
_MEDIA = "https://www.iana.org/assignments/media-types/"
_OGL = "https://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/"
DATASET, ORGANISATION = "urn:whoholds:dataset:", "urn:whoholds:organisation:"
_DATES = {4: "xsd:gYear", 7: "xsd:gYearMonth", 10: "xsd:date"}
_ACCESS = {"PUBLIC": "OPEN", "RESTRICTED": "RESTRICTED", "NON_PUBLIC": "INTERNAL"}


def missing(document: Mapping[str, Any]) -> list[str]:
    """The properties that the UK model requires and this entry lacks, by the model's names."""
    contact = document.get("contact", {})
    lacks = {"contactName": not contact.get("name"), "email": not contact.get("email")}
    return [name for name, field in REQUIRED.items() if lacks.get(name, not document.get(field))]


def node(document: Mapping[str, Any], *, name_of: Mapping[str, str]) -> Document:
    """The node of an entry. `name_of` gives the names of organisations by slug."""
    made: Document = {
        "@id": DATASET + quote(document["id"], safe="/"),
        "@type": "dcat:Dataset",
        "dct:identifier": document["id"],
        "dcat:version": "v1.0",
    }
    for field, value in document.items():
        term = _TERM.get(field)
        if term:
            made[term] = _WRITERS[field](value, name_of) if field in _WRITERS else value
    back = row(plain(made))
    exact = {field: value for field, value in document.items() if back.get(field) != value}
    exact |= {field: None for field in back if field not in document}
    if exact:
        made["wh:exact"] = {"@value": canonical(exact), "@type": "rdf:JSON"}
    return made


def _organisation(slug: str, name_of: Mapping[str, str]) -> Document:
    iri = ORGANISATION + quote(slug, safe="")
    return {"@id": iri, "@type": "foaf:Organization", "dct:identifier": slug, "foaf:name": name_of.get(slug, slug)}


def _period(value: str) -> Document:
    found = _YEARS.fullmatch(value)
    if not found:
        return {"@type": "dct:PeriodOfTime", "rdfs:label": value}
    made: Document = {"@type": "dct:PeriodOfTime", "dcat:startDate": {"@value": found[1], "@type": "xsd:gYear"}}
    if found[2] != "..":
        made["dcat:endDate"] = {"@value": found[2], "@type": "xsd:gYear"}
    return made


def _contact(contact: Mapping[str, str]) -> Document:
    made: Document = {"@type": "vcard:Kind"}
    if "name" in contact:
        made["vcard:fn"] = contact["name"]
    if "email" in contact:
        made["vcard:hasEmail"] = {"@id": "mailto:" + quote(contact["email"], safe="@")}
    if "slack_channel" in contact:
        made["wh:slackChannel"] = contact["slack_channel"]
    return made


def _distribution(part: Mapping[str, str]) -> Document:
    made: Document = {"@type": "dcat:Distribution"}
    if "title" in part:
        made["dct:title"] = part["title"]
    if "media_type" in part:
        kind = part["media_type"]
        is_iana = re.fullmatch(r"[a-z]+/[\w.+-]+", kind, re.ASCII)
        made["dcat:mediaType" if is_iana else "dct:format"] = {"@id": _MEDIA + kind} if is_iana else kind
    if "url" in part:
        made["dcat:accessURL"] = _iri(part["url"])
    if "access" in part:
        made["dct:accessRights"] = part["access"]
    return made


def _iri(value: str) -> Any:
    return {"@id": value} if _SAFE_IRI.fullmatch(value) else value


def _reference(dataset_id: str) -> Document:
    return {"@id": DATASET + quote(dataset_id, safe="/")}


def _date(value: str) -> Document:
    return {"@value": value, "@type": _DATES[len(value)]}


_WRITERS: Mapping[str, Callable[[Any, Mapping[str, str]], Any]] = {
    "publisher": _organisation,
    "creator": lambda slugs, names: [_organisation(slug, names) for slug in slugs],
    "theme": lambda value, _names: {"@type": "skos:Concept", "skos:prefLabel": value},
    "spatial": lambda value, _names: {"@type": "dct:Location", "rdfs:label": value},
    "temporal": lambda value, _names: _period(value),
    "contact": lambda value, _names: _contact(value),
    "distributions": lambda parts, _names: [_distribution(part) for part in parts],
    "licence": lambda value, _names: {"@id": _OGL} if value == "OGL-UK-3.0" else _iri(value),
    "update_frequency": lambda value, _names: {"@id": _FREQ + value} if value in _FREQUENCIES else value,
    "issued": lambda value, _names: _date(value),
    "modified": lambda value, _names: _date(value),
    "last_verified": lambda value, _names: _date(value),
    "url": lambda value, _names: _iri(value),
    "has_part": lambda ids, _names: [_reference(each) for each in ids],
    "supersedes": lambda value, _names: _reference(value),
    "superseded_by": lambda value, _names: _reference(value),
}


# back


def plain(value: Any) -> Any:
    """A node of ours as a graph gives it: values as texts in lists, references as their addresses."""
    if not isinstance(value, Mapping):
        return value
    if "@value" in value:
        return value["@value"]
    if set(value) == {"@id"}:
        return value["@id"]
    found: dict[str, Any] = {}
    for name, each in value.items():
        given = each if isinstance(each, list) else [each]
        found[name] = each if name == "@id" else [plain(item) for item in given]
    return found


def row(found: Mapping[str, Any]) -> dict[str, Any]:
    """The row of a node whose properties are lists of texts and nodes. What is in `wh:exact` wins."""
    made: dict[str, Any] = {}
    identifier = _text(found.get("dct:identifier"))
    if identifier:
        made["id"] = identifier
    for term, field in _FIELD.items():
        value = _read(field, found[term]) if found.get(term) else None
        if value not in (None, "", [], {}):
            made[field] = value
    for text in found.get("wh:exact", ()):
        exact = json.loads(text)
        made.update(exact if isinstance(exact, dict) else {})
    return {field: value for field, value in made.items() if value is not None}


def _read(field: str, values: list[Any]) -> Any:
    if field in RECORDS:
        parts = [_part(value) for value in values if isinstance(value, Mapping)]
        return sorted((part for part in parts if part), key=canonical)
    if field in LISTS:
        return sorted({text for value in values if (text := _own_id(_label(value)))})
    return _READERS[field](values) if field in _READERS else _label(min(values, key=str))


def _label(value: Any) -> str:
    """What a value is called: a text itself, a node by its identifier, name or address."""
    if not isinstance(value, Mapping):
        return str(value)
    for name in _LABELS:
        if value.get(name):
            return _text(value[name]) or ""
    return ""


def _text(value: Any) -> str | None:
    if isinstance(value, list):
        texts = sorted(str(item) for item in value if not isinstance(item, Mapping))
        return texts[0] if texts else None
    return value if isinstance(value, str) else None


def _own_id(text: str) -> str:
    """The id in an address of ours; any other text as it is."""
    return unquote(text.removeprefix(DATASET)) if text.startswith(DATASET) else text


def _person(value: Mapping[str, Any]) -> dict[str, str]:
    email = mailbox(_text(value.get("vcard:hasEmail")) or _label((value.get("vcard:hasEmail") or [""])[0]))
    parts = {
        "name": _text(value.get("vcard:fn")),
        "email": unquote(email) if email else None,
        "slack_channel": _text(value.get("wh:slackChannel")),
    }
    return {name: text for name, text in parts.items() if text}


def _years(value: Any) -> str | None:
    if not isinstance(value, Mapping):
        return str(value)
    start, end = _text(value.get("dcat:startDate")), _text(value.get("dcat:endDate"))
    if start or end:
        return f"{start[:4] if start else '..'}/{end[:4] if end else '..'}"
    return _text(value.get("rdfs:label"))


def _part(value: Mapping[str, Any]) -> dict[str, str]:
    kind = _label((value.get("dcat:mediaType") or value.get("dct:format") or [""])[0])
    address = value.get("dcat:downloadURL") or value.get("dcat:accessURL") or [""]
    parts = {
        "title": _text(value.get("dct:title")),
        "media_type": kind.removeprefix(_MEDIA).removeprefix(_MEDIA.replace("https", "http")),
        "url": link(_label(address[0])),
        "access": _text(value.get("dct:accessRights")),
    }
    return {name: text for name, text in parts.items() if text}


def _access(values: list[Any]) -> str:
    code = _label(min(values, key=str)).rstrip("/").rpartition("/")[2]
    return _ACCESS.get(code, code)


def _places(values: list[Any]) -> str | None:
    found = sorted(place for value in values if (place := words(_label(value))))
    return "; ".join(found) or None


_READERS: Mapping[str, Callable[[list[Any]], Any]] = {
    "contact": lambda values: _person(next((value for value in values if isinstance(value, Mapping)), {})),
    "temporal": lambda values: _years(values[0]),
    "access_rights": _access,
    "update_frequency": lambda values: frequency(_label(values[0])),
    "licence": lambda values: licence(_label(values[0])),
    "url": lambda values: link(_label(values[0])),
    "spatial": _places,
    "supersedes": lambda values: _own_id(_label(values[0])),
    "superseded_by": lambda values: _own_id(_label(values[0])),
}
