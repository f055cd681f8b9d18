"""The values everything else speaks in: frozen, without behaviour that needs a database.

An entry describes a Dataset after the UK Cross-Government Metadata Exchange Model (a profile of W3C DCAT) and its
3.3.3 revision; names are theirs in snake case. Fields the model lacks and sharing needs (personal_data,
legal_gateways, lead_time_days, …) stand beside them. Everything but id and title may be missing: a missing value is
None or an empty tuple here and reads "Not provided" to a person.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any


class AccessRights(StrEnum):
    OPEN = "OPEN"
    RESTRICTED = "RESTRICTED"
    INTERNAL = "INTERNAL"
    COMMERCIAL = "COMMERCIAL"


class SecurityClassification(StrEnum):
    """OFFICIAL-SENSITIVE is a marking within OFFICIAL (see Dataset.handling), not a class of its own."""

    OFFICIAL = "OFFICIAL"
    SECRET = "SECRET"  # noqa: S105 a classification
    TOP_SECRET = "TOP_SECRET"  # noqa: S105
    NOT_APPLICABLE = "NOT_APPLICABLE"


class PersonalData(StrEnum):
    NONE = "none"
    AGGREGATE = "aggregate"
    PSEUDONYMISED = "pseudonymised"
    PERSONAL = "personal"
    SPECIAL_CATEGORY = "special_category"
    CRIMINAL_OFFENCE = "criminal_offence"


class Language(StrEnum):
    """A language in which a person is spoken to."""

    ENGLISH = "en"
    WELSH = "cy"


class Status(StrEnum):
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"


class Edition(StrEnum):
    PROVISIONAL = "provisional"
    FINAL = "final"


class Visibility(StrEnum):
    """Who may know that the entry exists: everyone, people in government, or the bodies in `visible_to`."""

    PUBLIC = "public"
    GOVERNMENT = "government"
    NAMED = "named"


@dataclass(frozen=True, slots=True)
class ContactPoint:
    """A team to ask, never a private person. `slack_channel` with its #."""

    name: str | None = None
    email: str | None = None
    slack_channel: str | None = None


@dataclass(frozen=True, slots=True)
class Distribution:
    """One form in which a dataset can be had. `access` as AccessRights, where it differs from the dataset's."""

    title: str | None = None
    media_type: str | None = None
    url: str | None = None
    access: str | None = None


@dataclass(frozen=True, slots=True)
class LegalGateway:
    """A power in law to share: its plain name, its citation, and what to know about it."""

    name: str | None = None
    citation: str | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Dataset:
    """One entry of the catalogue, as it now reads.

    Dates are ISO 8601 text (`2026-03`, `2026-03-31`), as precise as the source gives them. `temporal` is a range of
    years, `2006/2024` or `2006/..` when it goes on; `spatial` and `granularity` are lists joined by "; ", the finest
    first. `publisher` and `creator` are organisation slugs. `revision` counts the edits of this entry from 1;
    `change` is its place in the order of all changes to the catalogue.
    """

    id: str
    title: str
    alternative_titles: tuple[str, ...] = ()
    acronyms: tuple[str, ...] = ()
    summary: str | None = None
    description: str | None = None
    publisher: str | None = None
    publisher_acronym: str | None = None
    creator: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
    theme: str | None = None
    contact: ContactPoint = ContactPoint()
    access_rights: AccessRights | None = None
    security_classification: SecurityClassification | None = None
    handling: str | None = None
    licence: str | None = None
    update_frequency: str | None = None
    issued: str | None = None
    modified: str | None = None
    last_verified: str | None = None
    spatial: str | None = None
    temporal: str | None = None
    granularity: str | None = None
    personal_data: PersonalData | None = None
    data_subjects: str | None = None
    legal_gateways: tuple[LegalGateway, ...] = ()
    documents_needed: tuple[str, ...] = ()
    onward_sharing: str | None = None
    retention: str | None = None
    charges: str | None = None
    lead_time_days: int | None = None
    distributions: tuple[Distribution, ...] = ()
    served_by: tuple[str, ...] = ()
    has_part: tuple[str, ...] = ()
    supersedes: str | None = None
    superseded_by: str | None = None
    edition: Edition | None = None
    status: Status = Status.PUBLISHED
    visibility: Visibility = Visibility.PUBLIC
    visible_to: tuple[str, ...] = ()
    source: str | None = None
    source_id: str | None = None
    url: str | None = None
    extras: Mapping[str, Any] = field(default_factory=dict, hash=False)
    revision: int = 1
    change: int = 0

    @property
    def is_illustrative(self) -> bool:
        """True for a sample entry, which must be marked as such wherever it is shown."""
        return bool(self.extras.get("illustrative"))


@dataclass(frozen=True, slots=True)
class FormerName:
    """What an organisation (or a body whose work it took over) was once called; dates as precise as known."""

    name: str
    acronym: str | None = None
    since: str | None = None
    until: str | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Organisation:
    """A public body. `slug` is GOV.UK's where it has one. A closed body names its successors' slugs."""

    slug: str
    name: str
    acronym: str | None = None
    other_names: tuple[str, ...] = ()
    kind: str = "other"
    nations: tuple[str, ...] = ()
    status: str = "live"
    parent: str | None = None
    successors: tuple[str, ...] = ()
    closed_on: str | None = None
    email_domains: tuple[str, ...] = ()
    former_names: tuple[FormerName, ...] = ()

    @property
    def is_closed(self) -> bool:
        return self.status == "closed"


class Role(StrEnum):
    """Asker is everybody's role and is not written down."""

    STEWARD = "steward"
    MANAGER = "manager"
    ADMIN = "admin"
    AUDITOR = "auditor"


@dataclass(frozen=True, slots=True)
class Grant:
    """A role and, for stewards and managers, where it holds: an organisation's slug or a dataset's id.

    It holds from `since` until before `until`, where they are given. `deputy_for`: the id of the person in whose
    place it is held. `sure_until`: after that moment nobody has confirmed it, and it serves for reading only.
    """

    role: Role
    scope: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    deputy_for: str | None = None
    sure_until: datetime | None = None

    def __str__(self) -> str:
        return f"{self.role}:{self.scope}" if self.scope else str(self.role)

    def holds(self, now: datetime) -> bool:
        """Whether it has begun and not ended."""
        return (self.since is None or self.since <= now) and (self.until is None or now < self.until)


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody the catalogue knows. A guest is a guest of the workspace, who is shown only what is public.

    `language` is None where nobody has said.
    """

    id: str
    name: str | None = None
    email: str | None = None
    slack_id: str | None = None
    organisation: str | None = None
    is_guest: bool = False
    is_active: bool = True
    grants: tuple[Grant, ...] = ()
    language: Language | None = None


@dataclass(frozen=True, slots=True)
class Audience:
    """Everyone who can read an answer. What it may know decides what is looked at, before anything is ranked.

    `in_government` opens entries with visibility government; `names` opens named ones: slugs of organisations and ids
    of people in their `visible_to`.
    """

    in_government: bool = False
    names: frozenset[str] = frozenset()

    def may_know(self, dataset: Dataset) -> bool:
        """Whether this audience may learn that `dataset` exists."""
        match dataset.visibility:
            case Visibility.PUBLIC:
                return True
            case Visibility.GOVERNMENT:
                return self.in_government
            case Visibility.NAMED:
                return self.in_government and not self.names.isdisjoint(dataset.visible_to)


PUBLIC = Audience()
GOVERNMENT = Audience(in_government=True)


class _Nobody(Audience):
    def may_know(self, dataset: Dataset) -> bool:
        return True


NOBODY_READS = _Nobody(in_government=True)
"""For what the program works out over every entry, where no entry is shown to anybody by it."""


@dataclass(frozen=True, slots=True)
class Revision:
    """One line of an entry's history: `changes` maps a field to [before, after]; empty when the entry was added."""

    dataset_id: str
    revision: int
    at: datetime
    by: str
    action: str
    changes: Mapping[str, Any]
    why: str | None


@dataclass(frozen=True, slots=True)
class Notice:
    """Something to be said, waiting in the outbox. `payload` is what its kind needs; `attempts` counts this one."""

    number: int
    key: str
    kind: str
    channel: str | None
    payload: Mapping[str, Any]
    attempts: int
    posted_at: datetime


@dataclass(frozen=True, slots=True)
class Told:
    """A message that a person was sent: what it said happened, about what, and where it stands in Slack."""

    what: str
    person: str
    about: str
    values: Mapping[str, Any]
    channel: str
    ts: str
