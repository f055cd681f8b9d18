"""The catalogues of real governments, as messy as they are, can be brought in."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from catalogue import datasets
from catalogue.harvest import jsonlines
from catalogue.harvest.run import merge_rows
from catalogue.search.vocabulary import load as load_vocabulary
from catalogue.store import Database

FOLDER = Path(__file__).resolve().parents[3] / "../shared/data/catalogues"
ENTRIES = {
    "uk_gov_api_catalogue": 231,
    "uk_health_hdruk": 605,
    "uk_scotland_opendata_scot": 2_720,
    "eu_dataeuropaeu": 16_076,
    "us_federal_datajson": 42_280,
}
TWICE = {"us_federal_datajson": 1}  # rows whose id another row of the file has


@pytest.mark.skipif(not FOLDER.exists(), reason="the shared catalogues are not beside this repository")
def test_five_real_catalogues_come_in_with_every_entry_but_one(sqlite_db: Database, now: datetime) -> None:
    resolve = load_vocabulary(sqlite_db).resolve
    for name, entries in ENTRIES.items():
        rows = jsonlines.read(FOLDER / f"{name}.jsonl.gz")
        report = merge_rows(sqlite_db, rows, source=name, by="test", why=None, now=now, resolve=resolve)
        left_out = [fault for fault in report.faults if fault.left_out]
        assert (name, report.added, report.changed, report.unchanged) == (name, entries, 0, 0)
        assert len(left_out) == report.left_out == TWICE.get(name, 0)
        assert all("already used on line" in fault.reason for fault in left_out)
    assert datasets.count(sqlite_db) == datasets.last_change(sqlite_db) == sum(ENTRIES.values()) == 61_912
