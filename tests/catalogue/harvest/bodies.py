"""Public bodies as GOV.UK's organisations API lists them, served by the upstream."""

from __future__ import annotations

import json
from typing import Any

from catalogue import organisations
from catalogue.model import Organisation
from catalogue.store import Database
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
