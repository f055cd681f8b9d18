"""Threads that answer have the interpreter back soon, though another one works without a break."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).parents[2]

WAITING = """
import gc, statistics, sys, threading, time
from bot.turns import take_short_turns
from catalogue.search.find import Search
from intents.learned import weights
from pathlib import Path
from catalogue import organisations
from catalogue.store import connect, migrate

folder = Path(sys.argv[1])
db = connect(str(folder / "whoholds.db"))
migrate(db, now="2026-03-31T09:30:00Z")
organisations.load_shipped(db)
search = Search(db, folder / "whoholds.index")

def harvest():
    while True:
        sum(range(1000))

def answer():
    begun = time.perf_counter()
    for _turn in range(20):
        time.sleep(0.0001)  # as for a database's answer
    return time.perf_counter() - begun

threading.Thread(target=harvest, daemon=True).start()
long = statistics.median(answer() for _turn in range(5))
take_short_turns(search)
short = statistics.median(answer() for _turn in range(5))
print(long / short, gc.get_freeze_count() / max(len(gc.get_objects()), 1), weights.cache_info().currsize)
"""


def test_an_answer_waits_for_short_turns_only_and_what_it_reads_is_read_before(
    python: Callable[..., object], tmp_path: Path
) -> None:
    found, _errors = python(WAITING, str(tmp_path)).communicate(timeout=60)  # type: ignore[attr-defined]
    faster, frozen, read = (float(part) for part in found.split())

    assert faster > 2
    assert frozen > 5
    assert read == 1


def test_every_process_that_answers_people_takes_short_turns() -> None:
    beginning = [
        path
        for path in (ROOT / "bot").rglob("*.py")
        if re.search(r"(?<!def )\bassemble\(", path.read_text(encoding="utf-8"))
    ]

    assert len(beginning) == 4
    assert all("take_short_turns(" in path.read_text(encoding="utf-8") for path in beginning)
