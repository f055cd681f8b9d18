"""What a large catalogue costs: `python -m tests.benchmarks.scale 10000 100000 [--keep FOLDER]`.

For each number of entries a record and its index are made as an import makes them, from made entries. Then fresh
processes measure, over the same questions and beside a bare tantivy query of the same words in the same index:

- a search with all its steps: following, reading, ranking, loading the entries, explaining
- completing what is typed, letter by letter
- how long an edit takes to be found, and a whole rebuild; searches while the rebuild and an import go on
- start to first answer, memory, and the sizes of index and texts

Times of searches are of the processor (`cpu`) and of the clock (`wall`); on a busy machine only the first compare.
"""

import argparse
import json
import random
import resource
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

from catalogue import clock, datasets, organisations
from catalogue.harvest.run import merge_rows
from catalogue.model import GOVERNMENT
from catalogue.search.find import Search
from catalogue.store import connect, migrate
from tests.benchmarks.entries import entries, questions
from tests.benchmarks.measures import percentile
from tests.benchmarks.relevance import table

ROOT = Path(__file__).resolve().parents[2]
QUESTIONS = 400


def make(count: int, folder: Path) -> dict[str, float]:
    """Make the record, and the index after it; how many entries a second each took, and how much text they hold."""
    db = connect(str(folder / "record.db"))
    migrate(db, now=clock.stamp(clock.now()))
    organisations.load_shipped(db)
    search = Search(db, folder / "record.index")
    size = 0

    def rows() -> Iterator[tuple[int, dict[str, Any]]]:
        nonlocal size
        for place, entry in enumerate(entries(count), 1):
            size += len(entry["title"]) + len(entry["description"]) + sum(map(len, entry["keywords"]))
            yield place, {name: value for name, value in entry.items() if value}

    merge_rows(
        db, rows(), source="made", by="benchmark", why=None, now=clock.now(), resolve=search.vocabulary().resolve
    )
    started = time.perf_counter()
    search.index.follow(db, wait=True)
    indexed = count / (time.perf_counter() - started)
    db.close()
    return {"indexed": indexed, "text": size / 2**20, "index": _size(folder / "record.index"), "asked": 0}


def _size(folder: Path) -> float:
    return sum(path.stat().st_size for path in folder.glob("**/*") if path.is_file()) / 2**20


def memory() -> float:
    """MiB that this process holds by itself, without the pages of files it has mapped, which are anybody's."""
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("RssAnon")) / 1024


def opened(folder: Path) -> Search:
    return Search(connect(str(folder / "record.db")), folder / "record.index")


def asked(search: Search, count: int) -> list[str]:
    """Questions about entries that are there."""
    chance = random.Random(7)
    ids = [f"made/{chance.randrange(count):07}" for _ in range(QUESTIONS * 2)]
    found = datasets.get_many(search.db, ids, audience=GOVERNMENT)
    return questions(QUESTIONS, [{"title": entry.title, "keywords": list(entry.keywords)} for entry in found])


def timed(act: Callable[[str], object], texts: Sequence[str]) -> dict[str, float]:
    """p50 and p95 of the second round, in milliseconds of processor and clock."""
    for _round in range(2):
        cpu, wall = [], []
        for text in texts:
            started, begun = time.thread_time(), time.perf_counter()
            act(text)
            cpu.append((time.thread_time() - started) * 1000)
            wall.append((time.perf_counter() - begun) * 1000)
    figures = {"cpu p50": (cpu, 0.5), "cpu p95": (cpu, 0.95), "wall p50": (wall, 0.5), "wall p95": (wall, 0.95)}
    return {name: percentile(times, share) for name, (times, share) in figures.items()}


def searching(count: int, folder: Path) -> dict[str, dict[str, float]]:
    """Our search and bare tantivy, then completing, in one process that does nothing else."""
    search = opened(folder)
    texts = asked(search, count)
    ours = timed(lambda text: search.find(text, audience=GOVERNMENT, limit=3), texts)
    index = search.index._partitions["public"]
    searcher = index.searcher()

    def bare(text: str) -> list[str]:
        query, _errors = index.parse_query_lenient(text, ["title", "text"])
        return [searcher.doc(address)["id"][0] for _score, address in searcher.search(query, 3, count=False).hits]

    starts = [text[:end] for text in texts[:100] for end in range(2, min(len(text), 16))]
    completing = timed(lambda text: search.suggest(text, audience=GOVERNMENT), starts)
    return {"search": ours, "tantivy": timed(bare, texts), "complete": completing, "memory": {"MiB": memory()}}


def starting(count: int, folder: Path) -> dict[str, float]:
    """Seconds from opening the catalogue to the first answer, in a process that has only been started."""
    started = time.perf_counter()
    search = opened(folder)
    search.find("school census", audience=GOVERNMENT, limit=3)
    return {"seconds": time.perf_counter() - started}


def changing(count: int, folder: Path) -> dict[str, float]:
    """An edit until it is found; a rebuild; and searches while a rebuild, then an import, goes on."""
    search = opened(folder)
    db, texts = search.db, asked(search, count)
    search.find(texts[0], audience=GOVERNMENT)
    edits = []
    for number in range(20):
        entry = datasets.get_many(db, [f"made/{number:07}"], audience=GOVERNMENT)[0]
        title = f"Edited {'abcdefghijklmnopqrst'[number]}quux"
        datasets.amend(
            db, entry.id, {"title": title}, revision=entry.revision, by="benchmark", why=None, now=clock.now()
        )
        started = time.perf_counter()
        found = search.find(title, audience=GOVERNMENT, limit=1).hits
        edits.append((time.perf_counter() - started) * 1000)
        assert found[0].dataset.title == title
    alone = _while(lambda: time.sleep(2), search, texts)
    started = time.perf_counter()
    rebuilding = _while(lambda: search.index.rebuild(db), search, texts)
    rebuilt = count / (time.perf_counter() - started)
    resolve = search.vocabulary().resolve
    fresh = [
        (number, {**row, "id": f"new/{number}"}) for number, row in enumerate(islice(entries(5_000, seed=9), 5_000))
    ]
    importing = _while(
        lambda: merge_rows(db, fresh, source="new", by="benchmark", why=None, now=clock.now(), resolve=resolve),
        search,
        texts,
    )
    names = {"alone": alone, "rebuilding": rebuilding, "importing": importing}
    return {
        "edit median": statistics.median(edits),
        "edit worst": max(edits),
        "rebuilt": rebuilt,
        **{f"{name} p95": percentile(times, 0.95) for name, times in names.items()},
        **{f"{name} worst": max(times) for name, times in names.items()},
        "memory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


def _while(act: Callable[[], object], search: Search, texts: Sequence[str]) -> list[float]:
    """Milliseconds that searches take while something else goes on in another thread."""
    thread = threading.Thread(target=act)
    thread.start()
    times, place = [], 0
    while thread.is_alive():
        begun = time.perf_counter()
        search.find(texts[place % len(texts)], audience=GOVERNMENT, limit=3)
        times.append((time.perf_counter() - begun) * 1000)
        place += 1
        time.sleep(0.002)
    thread.join()
    return times


STEPS: dict[str, Callable[[int, Path], Any]] = {
    "make": make,
    "starting": starting,
    "searching": searching,
    "changing": changing,
}


def _in_a_process(step: str, count: int, folder: Path) -> Any:
    command = [sys.executable, "-m", "tests.benchmarks.scale", str(count), "--step", step, "--keep", str(folder)]
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True)
    return json.loads(done.stdout.splitlines()[-1])


def report(count: int, folder: Path) -> None:
    found = {} if (folder / "record.db").exists() else {"make": _in_a_process("make", count, folder)}
    found |= {step: _in_a_process(step, count, folder) for step in STEPS if step != "make"}
    searching, bare = found["searching"], found["searching"]["tantivy"]
    rows = [
        [name, *(f"{times[key]:.2f}" for key in bare), *(f"{times[key] / bare[key]:.1f}" for key in list(bare)[:2])]
        for name, times in searching.items()
        if name != "memory"
    ]
    print(f"\n{count:,} entries\n\n{table(['', *bare, 'x p50', 'x p95'], rows)}\n")
    if "make" in found:
        made = found["make"]
        print(f"indexed {made['indexed']:,.0f}/s; index {made['index']:.0f} MiB, texts {made['text']:.0f} MiB")
    changed = found["changing"]
    print(f"start to first answer {found['starting']['seconds']:.2f} s; memory {searching['memory']['MiB']:.0f} MiB")
    print(f"an edit is found in {changed['edit median']:.0f} ms (worst {changed['edit worst']:.0f})")
    print(f"rebuilt {changed['rebuilt']:,.0f}/s, with searches going on; peak of memory {changed['memory']:.0f} MiB")
    for name in ("alone", "rebuilding", "importing"):
        print(f"searches while {name}: p95 {changed[f'{name} p95']:.1f} ms, worst {changed[f'{name} worst']:.0f} ms")


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    options.add_argument("entries", type=int, nargs="+")
    options.add_argument("--keep", type=Path, help="where the catalogue is made, and taken from if it is there")
    options.add_argument("--step", choices=STEPS, help=argparse.SUPPRESS)
    chosen = options.parse_args()
    if chosen.step:
        print(json.dumps(STEPS[chosen.step](chosen.entries[0], chosen.keep)))
        return
    for count in chosen.entries:
        with tempfile.TemporaryDirectory() as place:
            folder = chosen.keep / str(count) if chosen.keep else Path(place)
            folder.mkdir(parents=True, exist_ok=True)
            report(count, folder)


if __name__ == "__main__":
    main()
