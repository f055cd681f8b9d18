"""GOV.UK's organisations API: bodies nobody knew come in, those that are shipped or written stay as they are."""

from __future__ import annotations

import json
from typing import Any

import pytest

from catalogue import organisations
from catalogue.harvest import govuk
from catalogue.model import Organisation
from catalogue.store import Database
from tests.catalogue.harvest.conftest import Harvesting
from tests.fakes.upstream import Upstream, gives


def body(slug: str, title: str, **more: Any) -> dict[str, Any]:
    return {
        "id": f"https://www.gov.uk/api/organisations/{slug}",
        "title": title,
        "format": "Executive non-departmental public body",
        "details": {"slug": slug, "abbreviation": "ABC", "govuk_status": "live", "closed_at": None},
        "parent_organisations": [{"id": "https://www.gov.uk/api/organisations/department-for-education"}],
        "superseding_organisations": [],
    } | more


def serve(upstream: Upstream, *pages: list[Any]) -> None:
    for number, page in enumerate(pages, start=1):
        after = f"{upstream.url}/api/organisations/{number + 1}" if number < len(pages) else None
        upstream.routes[f"/api/organisations/{number}"] = gives(json.dumps({"results": page, "next_page_url": after}))


def known(db: Database) -> dict[str, Organisation]:
    return {each.slug: each for each in organisations.everyone(db)}


def test_new_bodies_come_in_and_known_ones_stay(db: Database, upstream: Upstream, harvesting: Harvesting) -> None:
    before = known(db)["department-for-education"]
    organisations.add_unknown(db, {"made-by-an-import": "made by an import"})
    serve(
        upstream,
        [body("office-for-boats", "Office for Boats"), body("department-for-education", "Other words")],
        [body("made-by-an-import", "Made by an Import"), {"details": {}}, None, body("", "No slug")],
    )
    harvesting.add(db, "organisations", "/api/organisations/1")
    report = harvesting(db)
    assert (report.added, report.changed, report.kept, report.failed) == (1, 1, 1, 3)
    boats = known(db)["office-for-boats"]
    assert (boats.name, boats.acronym, boats.parent) == ("Office for Boats", "ABC", "department-for-education")
    assert boats.kind == "executive_non_departmental_public_body"
    assert known(db)["department-for-education"] == before
    assert known(db)["made-by-an-import"].name == "Made by an Import"
    again = harvesting(db)
    assert (again.added, again.changed, again.unchanged, again.kept) == (0, 0, 2, 1)


def test_a_closed_body_names_its_successor() -> None:
    found = govuk.organisation(
        body(
            "old",
            "Old",
            details={"slug": "old", "govuk_status": "closed", "closed_at": "2020-09-02T00:00:00Z"},
            superseding_organisations=[{"id": "https://www.gov.uk/api/organisations/new-one"}],
        )
    )
    assert found
    assert (found.status, found.closed_on, found.successors) == ("closed", "2020-09-02", ("new-one",))


def test_a_dry_run_writes_nothing(db: Database, upstream: Upstream, harvesting: Harvesting) -> None:
    serve(upstream, [body("office-for-boats", "Office for Boats")])
    harvesting.add(db, "organisations", "/api/organisations/1")
    assert harvesting(db, dry_run=True).added == 1
    assert "office-for-boats" not in known(db)


@pytest.mark.parametrize("answer", ["[]", "{}", '{"results": 5}', "no", '{"results": [], "next_page_url": "1"}'])
def test_what_is_no_list_of_bodies_is_said(
    sqlite_db: Database, upstream: Upstream, harvesting: Harvesting, answer: str
) -> None:
    upstream.routes["/api/organisations/1"] = gives(answer)
    harvesting.add(sqlite_db, "organisations", "/api/organisations/1")
    assert harvesting(sqlite_db).stopped_because
