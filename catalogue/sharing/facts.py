"""What whoever asks has said: who would use the data, what for, in what detail. None is "not known", never "no".

`reading.py` turns a Case and an entry into the one table of facts that rules use.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from catalogue.model import Organisation

Fact = str | bool | None
Facts = Mapping[str, Fact]


class Purpose(StrEnum):
    SERVICE_DELIVERY = "deliver_service"
    POLICY = "evaluate_policy"
    PLANNING = "planning"
    STATISTICS = "statistics"
    RESEARCH = "research"
    FRAUD = "fraud"
    DEBT = "debt"
    SAFEGUARDING = "safeguarding"
    LAW_ENFORCEMENT = "law_enforcement"
    AUDIT = "audit"
    FOI = "foi"
    PUBLICATION = "publication"


class Granularity(StrEnum):
    AGGREGATE = "aggregate"
    DEIDENTIFIED = "record_level"
    IDENTIFIED = "identified"


class OrganisationKind(StrEnum):
    MINISTERIAL_DEPARTMENT = "ministerial_department"
    AGENCY = "agency"
    NON_MINISTERIAL_DEPARTMENT = "non_ministerial_department"
    HMRC = "hmrc"
    PUBLIC_BODY = "public_body"
    REGULATOR = "regulator"
    LOCAL_AUTHORITY = "local_authority"
    NHS_BODY = "nhs_body"
    POLICE = "police"
    COURT = "court"
    DEVOLVED = "devolved"
    STATISTICAL_AUTHORITY = "statistical_authority"
    ACADEMIC = "academic"
    CONTRACTOR = "contractor"
    CHARITY = "charity"
    COMPANY = "company"
    PUBLIC = "public"


KINDS: Mapping[str, OrganisationKind] = {
    "ministerial_department": OrganisationKind.MINISTERIAL_DEPARTMENT,
    "executive_agency": OrganisationKind.AGENCY,
    "non_ministerial_department": OrganisationKind.NON_MINISTERIAL_DEPARTMENT,
    "public_body": OrganisationKind.PUBLIC_BODY,
    "public_corporation": OrganisationKind.PUBLIC_BODY,
    "royal_charter": OrganisationKind.PUBLIC_BODY,
    "regulator": OrganisationKind.REGULATOR,
    "council": OrganisationKind.LOCAL_AUTHORITY,
    "combined_authority": OrganisationKind.LOCAL_AUTHORITY,
    "nhs_body": OrganisationKind.NHS_BODY,
    "special_health_authority": OrganisationKind.NHS_BODY,
    "police": OrganisationKind.POLICE,
    "court_or_tribunal": OrganisationKind.COURT,
    "devolved_administration": OrganisationKind.DEVOLVED,
    "devolved_body": OrganisationKind.DEVOLVED,
    "statistical_authority": OrganisationKind.STATISTICAL_AUTHORITY,
    "university_sector": OrganisationKind.ACADEMIC,
}
"""From the kind of an Organisation. Any other kind is not known here, and is asked for."""

BY_SLUG: Mapping[str, OrganisationKind] = {
    "hm-revenue-customs": OrganisationKind.HMRC,
    "nhs-england": OrganisationKind.NHS_BODY,
}


def kind_of(body: Organisation) -> OrganisationKind | None:
    """What a body is for the rules; None when that is not known."""
    return BY_SLUG.get(body.slug) or KINDS.get(body.kind)


@dataclass(frozen=True, slots=True)
class Body:
    """Somebody who would use data: a named organisation, or only a kind of one. `nations` as in Organisation."""

    kind: OrganisationKind | None = None
    name: str | None = None
    slug: str | None = None
    nations: tuple[str, ...] = ()

    @classmethod
    def of(cls, body: Organisation) -> "Body":
        return cls(kind_of(body), body.name, body.slug, body.nations)


@dataclass(frozen=True, slots=True)
class Case:
    """What is known of a wish to use data. `recipient` is who gets it when that is not the asker's own organisation.

    `nation` is E, W, S or NI; `skipped` are ids of questions the asker did not want to answer.
    """

    asker: Body = Body()
    recipient: Body | None = None
    purpose: Purpose | None = None
    granularity: Granularity | None = None
    nation: str | None = None
    linked: bool | None = None
    leaves_uk: bool | None = None
    large_scale: bool | None = None
    contractor: bool | None = None
    joint: bool | None = None
    skipped: frozenset[str] = frozenset()

    @property
    def user(self) -> Body:
        """Who would use the data."""
        return self.asker if self.recipient is None else self.recipient
