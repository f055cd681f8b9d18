"""The catalogues of real governments, served as CKAN does, are harvested, harvested again, shrink and recover."""

from __future__ import annotations

import gzip
import json
import os
from datetime import timedelta
from typing import Any

import pytest

from catalogue.harvest import sources
from catalogue.harvest.harvest import go_on
from catalogue.search.vocabulary import load as load_vocabulary
from catalogue.store import Database
from tests.catalogue.harvest.conftest import Harvesting
from tests.catalogue.harvest.test_real_catalogues import ENTRIES, FOLDER
from tests.conftest import NOW
from tests.fakes.upstream import Upstream

SMALL = ("uk_gov_api_catalogue", "uk_health_hdruk")
CHOSEN = tuple(ENTRIES) if os.environ.get("WHOHOLDS_PROOF") == "1" else SMALL
DAY = timedelta(days=1)


def packages(name: str) -> list[dict[str, Any]]:
    """The entries of a catalogue as CKAN packages, as messy as they are; one a known id."""
    with gzip.open(FOLDER / f"{name}.jsonl.gz", "rt", encoding="utf-8") as lines:
        found = {entry["id"]: entry for entry in map(json.loads, lines)}
    return [as_package(entry) for entry in found.values()]


def as_package(entry: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": entry["id"],
        "name": entry["id"],
        "title": entry.get("title"),
        "notes": entry.get("description"),
        "organization": {"title": entry.get("publisher")},
        "tags": [{"display_name": word} for word in entry.get("keywords") or ()],
        "license_title": entry.get("licence"),
        "metadata_modified": entry.get("modified"),
        "issued": entry.get("issued"),
        "url": entry.get("url"),
        "spatial": entry.get("spatial"),
        "temporal_coverage": entry.get("temporal"),
        "maintainer": entry.get("contact"),
        "resources": [{"format": form} for form in entry.get("formats") or ()],
    }


@pytest.mark.skipif(not FOLDER.exists(), reason="the shared catalogues are not beside this repository")
@pytest.mark.parametrize("name", CHOSEN)
def test_a_real_catalogue_is_harvested_shrinks_and_recovers(
    db: Database, upstream: Upstream, harvesting: Harvesting, name: str
) -> None:
    upstream.packages = whole = packages(name)
    harvesting.add(db)
    resolve = load_vocabulary(db).resolve

    def run(day: int) -> Any:
        return harvesting(db, now=NOW + day * DAY, resolve=resolve)

    first = run(0)
    assert (first.added, first.failed, first.stopped_because) == (ENTRIES[name], 0, None)
    again = run(1)
    assert (again.unchanged, again.changed, again.kept) == (ENTRIES[name], 0, 0)
    upstream.packages = whole[: len(whole) // 2]
    shrunk = run(2)
    assert "are missing from the source" in shrunk.stopped_because
    assert sources.counts(db, "portal")["live"] == ENTRIES[name]
    upstream.packages = whole
    assert run(3).unchanged == ENTRIES[name]
    few = max(5, len(whole) // 20)
    upstream.packages = whole[few:]
    for day in range(4, 11):
        assert run(day).would_withdraw == few
    assert run(11).withdrawn == few
    upstream.packages = whole
    back = run(12)
    assert (back.back_again, back.conflicts, back.changed) == (few, few, 0)
    upstream.packages = []
    empty = run(13)
    assert empty.stopped_because.startswith("The source is empty.")
    gone = go_on(db, "portal", empty.run, by="ada", now=NOW + 14 * DAY)
    assert gone.would_withdraw == ENTRIES[name]
