"""The conditions of sharing in force for a request: kept when it is started, and again at each decision on it.

They are what the rules say of the entry as it is at that moment, with the version of the rules: what somebody decided
by can be read years later, whatever the rules and the entry say then.
"""

from collections.abc import Mapping
from dataclasses import asdict, replace
from typing import Any

from catalogue import datasets, organisations
from catalogue.model import Dataset, Person
from catalogue.requests.model import ShareRequest
from catalogue.requests.record import EVERYTHING, conditions_of
from catalogue.sharing.explain import explain
from catalogue.sharing.explanation import Explanation
from catalogue.sharing.facts import Body, Case, Granularity, OrganisationKind, Purpose
from catalogue.store import Database

SAYS: Mapping[str, bool] = {"yes": True, "no": False}


def explained(db: Database, dataset: Dataset, by: Person | None, given: Case | None) -> tuple[Case, Explanation]:
    """The case of somebody who wants a dataset, and what the rules say of it now."""
    own = organisations.find(db, by.organisation) if by and by.organisation else None
    case = given or Case()
    if own and case.asker == Body():
        case = replace(case, asker=Body.of(own))
    holder = organisations.find(db, dataset.publisher) if dataset.publisher else None
    return case, explain(dataset, case, holder=holder)


def conditions(case: Case, said: Explanation) -> dict[str, Any]:
    """What the rules said of a case, as JSON values for the record to keep."""
    return {
        "version": said.version,
        "date": said.date,
        "line": said.line,
        "needs": [
            {"rule": item.rule, "say": item.say, "citation": item.citation, "document": item.document}
            for item in said.needs
        ],
        "documents": list(said.documents),
        "case": {**asdict(case), "skipped": sorted(case.skipped)},
    }


def at_decision(db: Database, request: ShareRequest) -> dict[str, Any]:
    """What the rules say now of the request as it was answered; {} when its entry is no longer there."""
    found = datasets.get_many(db, [request.dataset_id], audience=EVERYTHING)
    if not found:
        return {}
    case = _case(db, request)
    holder = organisations.find(db, request.holder) if request.holder else None
    return conditions(case, explain(found[0], case, holder=holder))


def _case(db: Database, request: ShareRequest) -> Case:
    """The case that the request was started with, with what its answers say of it since."""
    kept = conditions_of(db, request.id).get("case")
    own = organisations.find(db, request.organisation) if request.organisation else None
    case = _read(kept) if kept else Case(asker=Body.of(own) if own else Body())
    linked, leaves_uk = (SAYS.get(str(request.answers.get(name))) for name in ("linkage", "outside_uk"))
    return replace(
        case,
        linked=case.linked if linked is None else linked,
        leaves_uk=case.leaves_uk if leaves_uk is None else leaves_uk,
    )


def _read(kept: Mapping[str, Any]) -> Case:
    """The case that was kept, with its names turned back into what they stand for."""
    values = {
        **kept,
        "asker": _body(kept["asker"]),
        "recipient": _body(kept["recipient"]) if kept["recipient"] else None,
        "purpose": Purpose(kept["purpose"]) if kept["purpose"] else None,
        "granularity": Granularity(kept["granularity"]) if kept["granularity"] else None,
        "skipped": frozenset(kept["skipped"]),
    }
    return Case(**values)


def _body(kept: Mapping[str, Any]) -> Body:
    kind = OrganisationKind(kept["kind"]) if kept["kind"] else None
    return Body(kind, kept["name"], kept["slug"], tuple(kept["nations"]))
