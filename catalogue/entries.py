"""An entry as a document: the dictionary that is stored, imported and exported, and the Dataset it stands for.

A document holds only what is known: no nulls, no empty lists. `canonical` writes it in one way, so that two equal
documents have equal text and the same digest.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import fields
from enum import StrEnum
from typing import Any

from catalogue.model import (
    AccessRights,
    ContactPoint,
    Dataset,
    Distribution,
    Edition,
    LegalGateway,
    PersonalData,
    SecurityClassification,
    Status,
    Visibility,
)

Document = dict[str, Any]

LISTS = frozenset(
    {"alternative_titles", "acronyms", "creator", "keywords", "documents_needed", "served_by", "has_part", "visible_to"}
)
RECORDS: Mapping[str, type[LegalGateway | Distribution]] = {
    "legal_gateways": LegalGateway,
    "distributions": Distribution,
}
ENUMS: Mapping[str, type[StrEnum]] = {
    "access_rights": AccessRights,
    "security_classification": SecurityClassification,
    "personal_data": PersonalData,
    "edition": Edition,
    "status": Status,
    "visibility": Visibility,
}
DATES = frozenset({"issued", "modified", "last_verified"})
KEPT_BY_STORE = frozenset({"revision", "change"})
FIELDS: tuple[str, ...] = tuple(f.name for f in fields(Dataset) if f.name not in KEPT_BY_STORE)
"""Every field of an entry that can be imported and exported, in the order in which people read them."""


def canonical(document: Mapping[str, Any]) -> str:
    """The one text of a document: keys sorted, no spaces, characters as they are."""
    return json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def digest(text: str) -> str:
    """A short fingerprint of a canonical text: equal documents, equal digest."""
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


def to_dataset(document: Mapping[str, Any], *, revision: int = 1, change: int = 0) -> Dataset:
    """The Dataset a stored document stands for. The document must be one that `rows.clean` made."""
    values: dict[str, Any] = {}
    for name, value in document.items():
        if name in LISTS:
            values[name] = tuple(value)
        elif name in RECORDS:
            values[name] = tuple(RECORDS[name](**record) for record in value)
        elif name in ENUMS:
            values[name] = ENUMS[name](value)
        elif name == "contact":
            values[name] = ContactPoint(**value)
        else:
            values[name] = value
    return Dataset(**values, revision=revision, change=change)


def to_document(dataset: Dataset) -> Document:
    """The document of a Dataset; `to_dataset` of it gives the Dataset back."""
    document: Document = {}
    for name in FIELDS:
        value = getattr(dataset, name)
        if name in RECORDS:
            value = [_record(part) for part in value]
        elif name == "contact":
            value = _record(value)
        elif isinstance(value, tuple):
            value = list(value)
        elif name in ENUMS and value is not None:
            value = str(value)
        if value not in (None, "", [], {}):
            document[name] = value
    return document


def _record(part: object) -> Document:
    values = ((f.name, getattr(part, f.name)) for f in fields(part))  # type: ignore[arg-type]
    return {name: value for name, value in values if value is not None}


def difference(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, list[Any]]:
    """The fields in which two documents differ, each with [before, after]; None where there is none."""
    names = [name for name in FIELDS if before.get(name) != after.get(name)]
    return {name: [before.get(name), after.get(name)] for name in names}
