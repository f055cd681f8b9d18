"""data.json: the one file in which US bodies, and others after them, list their datasets (Project Open Data 1.1)."""

from collections.abc import Mapping
from typing import Any

from catalogue.harvest.mapping import (
    Read,
    distributions,
    frequency,
    labels,
    licence,
    link,
    mailbox,
    mapped,
    words,
    years,
)

TABLE: tuple[Read, ...] = (
    Read("title", "title"),
    Read("description", "description"),
    Read("publisher.name", "publisher"),
    Read("publisher", "publisher", words),
    Read("keyword[]", "keywords"),
    Read("theme[]", "theme", lambda themes: next(iter(labels(themes)), None), note="the first"),
    Read("contactPoint.fn", "contact.name"),
    Read("contactPoint.hasEmail", "contact.email", mailbox),
    Read("accessLevel", "access_rights", note="public is OPEN, restricted public RESTRICTED, non-public INTERNAL"),
    Read("license", "licence", licence),
    Read("accrualPeriodicity", "update_frequency", frequency),
    Read("issued", "issued"),
    Read("modified", "modified"),
    Read("spatial", "spatial", words),
    Read("temporal", "temporal", years),
    Read(
        "distribution[]",
        "distributions",
        distributions(
            title=("title", "description"), media_type=("mediaType", "format"), url=("downloadURL", "accessURL")
        ),
    ),
    Read("landingPage", "url", link),
)
KEPT = ("rights", "bureauCode", "programCode", "language", "describedBy", "isPartOf", "dataQuality")
"""What has no place of its own and is kept under extras."""


def native(record: Mapping[str, Any]) -> Any:
    """The id by which the source knows a dataset."""
    return record.get("identifier")


def row(record: Mapping[str, Any], *, address: str) -> dict[str, Any]:
    """The row a dataset becomes."""
    made = mapped(record, TABLE)
    extras = {name: record[name] for name in KEPT if record.get(name)}
    if extras:
        made["extras"] = extras
    return made
