"""How fast entries come in, beside the fastest that SQLite can do: `python -m tests.benchmarks.imports`.

The same file is read three times in turn: by us (record, history, report, then the index) and by a raw `sqlite3` that
parses each line and inserts it with executemany, in one transaction, as durably. Printed are medians and their ratios.
"""

from __future__ import annotations

import argparse
import json
import sqlite3
import statistics
import tempfile
import time
from pathlib import Path

from catalogue import clock, organisations
from catalogue.harvest import jsonlines
from catalogue.harvest.run import merge_rows
from catalogue.search.find import Search
from catalogue.store import connect, migrate
from tests.benchmarks import catalogues

ROUNDS = 3


def raw(path: Path, folder: Path) -> float:
    """Seconds that the plainest import takes: parse, insert, commit."""
    db = sqlite3.connect(folder / "raw.db", isolation_level=None)
    db.execute("PRAGMA journal_mode = WAL")
    db.execute("PRAGMA synchronous = FULL")
    db.execute("CREATE TABLE entries (number INTEGER PRIMARY KEY, id TEXT, title TEXT, entry TEXT)")
    begun = time.perf_counter()
    db.execute("BEGIN IMMEDIATE")
    with path.open(encoding="utf-8") as lines:
        parsed = ((json.loads(line), line) for line in lines)
        rows = ((entry.get("id"), entry.get("title"), line) for entry, line in parsed)
        db.executemany("INSERT INTO entries (id, title, entry) VALUES (?, ?, ?)", rows)
    db.execute("COMMIT")
    took = time.perf_counter() - begun
    db.close()
    return took


def ours(path: Path, folder: Path) -> tuple[float, float, float]:
    """Seconds that our import takes: into the record, into the index, and once more when nothing changed."""
    db = connect(str(folder / "whoholds.db"))
    migrate(db, now=clock.stamp(clock.now()))
    organisations.load_shipped(db)
    search = Search(db, folder / "whoholds.index")
    resolve = search.vocabulary().resolve

    def merge() -> float:
        begun = time.perf_counter()
        merge_rows(
            db, jsonlines.read(path), source="benchmark", by="benchmark", why=None, now=clock.now(), resolve=resolve
        )
        return time.perf_counter() - begun

    record = merge()
    begun = time.perf_counter()
    search.index.follow(db, wait=True)
    index = time.perf_counter() - begun
    again = merge()
    db.close()
    return record, index, again


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--entries", type=int, default=60_000, help="how many entries (60,000)")
    chosen = parser.parse_args()
    times: dict[str, list[float]] = {"raw": [], "record": [], "index": [], "again": []}
    with tempfile.TemporaryDirectory() as place:
        path = Path(place) / "entries.jsonl"
        number = catalogues.write(chosen.entries, path)
        print(f"{number:,} entries, {path.stat().st_size / 2**20:.0f} MiB")
        for turn in range(ROUNDS):
            folder = Path(place) / str(turn)
            folder.mkdir()
            times["raw"].append(raw(path, folder))
            for name, took in zip(("record", "index", "again"), ours(path, folder), strict=True):
                times[name].append(took)
    middle = {name: statistics.median(taken) for name, taken in times.items()}
    middle["record and index"] = middle["record"] + middle["index"]
    names = {
        "raw": "raw sqlite3, executemany",
        "record": "our record",
        "index": "our index",
        "record and index": "record and index",
        "again": "again, nothing changed",
    }
    print("\n                              seconds  entries/s  beside raw")
    for key, name in names.items():
        print(f"{name:28} {middle[key]:8.2f} {number / middle[key]:10,.0f}  {middle[key] / middle['raw']:.1f} times")


if __name__ == "__main__":
    main()
