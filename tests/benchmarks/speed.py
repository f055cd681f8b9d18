"""Searches side by side as the catalogue grows: `python -m tests.benchmarks.speed 10000 100000`.

For each number of entries, each engine is filled in a process of its own with the same made entries and asked the same
questions twice; the second round is measured. Printed are the time to fill, the peak of memory, what lies on disk, and
the times of a question beside bare tantivy's. Absolute times depend on the machine: compare within a table.
"""

import argparse
import json
import resource
import subprocess
import sys
import time
from pathlib import Path

from tests.benchmarks.engines import ENGINES, Ours
from tests.benchmarks.entries import entries, questions
from tests.benchmarks.judged import Document
from tests.benchmarks.measures import percentile
from tests.benchmarks.relevance import table

QUESTIONS = 300
SLOW = {"rapidfuzz": 40, "postgres": 100, "fts5": 100, "fts5-porter": 100}
"""Engines that are asked fewer questions, because one takes long."""


def documents(count: int) -> list[Document]:
    """Made entries as documents."""
    found = []
    for entry in entries(count):
        names = "; ".join(entry["keywords"])
        text = f"{entry['title']}. {entry['description']} {names}"
        kept = {name: value for name, value in entry.items() if value}
        found.append(Document(entry["id"], entry["title"], names, text, kept))
    return found


def measure(name: str, count: int) -> dict[str, float]:
    """One engine over `count` entries: seconds to fill, MiB of memory and disk, ms a question."""
    made = documents(count)
    asked = questions(QUESTIONS, [dict(document.entry) | {"keywords": document.names.split("; ")} for document in made])
    engine = ENGINES[name]()
    started = time.perf_counter()
    engine.fill(made)
    filled = time.perf_counter() - started
    times: list[float] = []
    for _round in range(2):
        times = []
        for text in asked[: SLOW.get(name, QUESTIONS)]:
            started = time.perf_counter()
            engine.find(text, 10)
            times.append((time.perf_counter() - started) * 1000)
    disk = engine.size_on_disk() if isinstance(engine, Ours) else 0
    engine.close()
    return {
        "fill": filled,
        "memory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "disk": disk / 2**20,
        "p50": percentile(times, 0.5),
        "p95": percentile(times, 0.95),
    }


def main() -> None:
    """Measure every engine at every size and print a table for each."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("entries", type=int, nargs="+")
    options.add_argument("--engines", default="ours,tantivy,fts5,postgres,rapidfuzz")
    options.add_argument("--one", help=argparse.SUPPRESS)
    chosen = options.parse_args()
    if chosen.one:
        print(json.dumps(measure(chosen.one, chosen.entries[0])))
        return
    for count in chosen.entries:
        results = {name: _in_a_process(name, count) for name in chosen.engines.split(",")}
        bare = results.get("tantivy", {"p50": float("nan"), "p95": float("nan")})
        rows = [
            [name, f"{found['fill']:.1f}", f"{found['memory']:.0f}", f"{found['disk']:.0f}" if found["disk"] else "-",
             f"{found['p50']:.2f}", f"{found['p50'] / bare['p50']:.1f}", f"{found['p95']:.2f}",
             f"{found['p95'] / bare['p95']:.1f}"]
            for name, found in results.items()
        ]  # fmt: skip
        head = ["engine", "fill s", "memory MiB", "disk MiB", "p50 ms", "x tantivy", "p95 ms", "x tantivy"]
        print(f"\n{count:,} entries\n\n{table(head, rows)}", flush=True)


def _in_a_process(name: str, count: int) -> dict[str, float]:
    command = [sys.executable, "-m", "tests.benchmarks.speed", str(count), "--one", name]
    root = Path(__file__).resolve().parents[2]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=True)
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


if __name__ == "__main__":
    main()
