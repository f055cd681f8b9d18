"""Requests and the people around them, as the tests of requests make them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from catalogue import datasets, people, requests
from catalogue.model import Grant, Person, Role
from catalogue.requests.model import Kind, Question, ShareRequest, Side
from catalogue.store import Database

PUPILS = "dfe/pupils"
TOTALS = "dfe/totals"
OPEN = "dfe/open"
HIDDEN = "dfe/hidden"
DFE = "department-for-education"
CAMDEN = "camden-council"

ENTRIES: tuple[Mapping[str, Any], ...] = (
    {
        "id": PUPILS,
        "title": "Pupils",
        "publisher": DFE,
        "access_rights": "RESTRICTED",
        "personal_data": "special_category",
        "data_subjects": "Pupils in state schools in England",
    },
    {"id": TOTALS, "title": "Totals", "publisher": DFE, "access_rights": "RESTRICTED", "personal_data": "aggregate"},
    {"id": OPEN, "title": "Open", "publisher": DFE, "access_rights": "OPEN", "personal_data": "none"},
    {
        "id": HIDDEN,
        "title": "Hidden",
        "publisher": DFE,
        "access_rights": "RESTRICTED",
        "visibility": "named",
        "visible_to": [DFE],
    },
)

PEOPLE: Mapping[str, tuple[str | None, tuple[Grant, ...]]] = {
    "asker": (CAMDEN, ()),
    "colleague": (CAMDEN, ()),
    "stranger": ("leeds-council", ()),
    "manager": (DFE, (Grant(Role.MANAGER, DFE),)),
    "pupils-manager": (DFE, (Grant(Role.MANAGER, PUPILS),)),
    "steward": (DFE, (Grant(Role.STEWARD, DFE),)),
    "admin": ("ministry-of-justice", (Grant(Role.ADMIN),)),
    "auditor": ("ministry-of-justice", (Grant(Role.AUDITOR),)),
}


def furnish(db: Database, now: datetime) -> dict[str, Person]:
    """Entries and people to ask with; the people by id."""
    for entry in ENTRIES:
        datasets.add(db, entry, by="test", why=None, now=now)
    for person_id, (organisation, grants) in PEOPLE.items():
        person = Person(person_id, person_id.title(), f"{person_id}@example.gov.uk", None, organisation)
        people.save(db, person, origin="test", now=now)
        for grant in grants:
            people.grant(db, person_id, grant, by="test", reason=None, now=now)
    return {person.id: person for person in people.everyone(db)}


def an_answer(question: Question) -> Any:
    """Something that can be submitted."""
    match question.kind:
        case Kind.ONE:
            return question.options[0].value
        case Kind.MANY:
            return [question.options[0].value]
        case Kind.LIST:
            return ["One"]
        case Kind.DATE:
            return "2099-01-01"
        case _:
            return "For free school meals."


def complete(db: Database, request: ShareRequest, by: Person, now: datetime) -> ShareRequest:
    """The request with every question that applies answered."""
    while wrong := requests.faults(db, request, now=now):
        asked = {each.id: each for section in requests.questions_for(db, request) for each in section.questions}
        answers = {name: an_answer(asked[name]) for name in wrong}
        request = requests.save_answers(db, request.id, answers, by=by, now=now)
    return request


def submitted(db: Database, by: Person, now: datetime, dataset_id: str = PUPILS) -> ShareRequest:
    """A request that waits for a decision."""
    request = complete(db, requests.start(db, dataset_id, by=by, now=now), by, now)
    return requests.submit(db, request.id, by=by, now=now)


def tick_all(db: Database, request_id: str, *, asker: Person, holder: Person, now: datetime) -> None:
    """Every step to the data, ticked by the side whose it is."""
    share = requests.share_of(db, request_id)
    for step in share.steps if share else ():
        by = asker if step.ticked_by is Side.REQUESTER else holder
        requests.tick(db, request_id, step.id, by=by, now=now)
