"""A busy office, while a harvest goes on: `python -m tests.benchmarks.load --people 100 --channels 20 --seconds 60`.

`whoholds run` in a process of its own, with a signed HTTP path and a stand-in for Slack that takes one message a second
in a channel. Everybody asks again and again in channels chosen by chance. Meanwhile a source whose
entries change is harvested over and over, by the command that an operator uses.

An empty Bolt listener in a process of its own is asked all the while, to tell what the machine itself costs. Printed
are how long acknowledgements took, and how late answers were: after the question was acknowledged and, where the
channel was taken, after the second that Slack asks for. The default is a small trial.
"""

import argparse
import os
import random
import subprocess
import sys
import tempfile
import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

import httpx

from bot.playground.events import Sender
from bot.playground.web_api import SlackServer
from bot.playground.workspace import Workspace
from tests.benchmarks.answers import MANIFEST, QUESTIONS, SECRET, free_port, memory, prepare, running
from tests.benchmarks.entries import entries
from tests.benchmarks.measures import percentile
from tests.fakes.upstream import Upstream, serving

ROOT = Path(__file__).resolve().parents[2]
PACE = 1.0  # seconds between two messages in a channel
LONGEST = 60.0  # seconds that the last answers are waited for


@dataclass
class Told:
    """What became of the questions: acknowledgements in seconds, refusals, and when each question was acknowledged."""

    acks: list[float] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    asked: dict[tuple[str, str], float] = field(default_factory=dict)


def ask_on(sender: Sender, workspace: Workspace, person: str, channels: list[str], end: float, every: float, told: Told) -> None:  # fmt: skip  # noqa: E501
    """One person asks until `end`, about every `every` seconds."""
    chance = random.Random(person)
    time.sleep(chance.uniform(0, every))
    while time.time() < end:
        channel = chance.choice(channels)
        (delivery,) = sender.say(person, channel, f"<@U0BOT> {chance.choice(QUESTIONS)}")
        mine = [message for message in workspace.messages(channel) if message.user == person][-1]
        told.asked[channel, mine.ts] = time.time()
        told.acks.append(delivery.duration)
        if not delivery.ok:
            told.refused.append(f"{delivery.status} after {delivery.duration:.2f} s")
        time.sleep(chance.expovariate(1 / every))


def lateness(workspace: Workspace, told: Told) -> tuple[list[float], int]:
    """Seconds by which each answer was later than it could be, and how many questions have none."""
    late, missing = [], 0
    for channel in {channel for channel, _ts in told.asked}:
        posted = sorted((float(message.ts), message.root) for message in workspace.from_bot(channel))
        answered: dict[str, float] = {}
        before = 0.0
        for at, root in posted:
            answered.setdefault(root, max(0.0, at - max(told.asked.get((channel, root), at), before + PACE)))
            before = at
        for place, ts in told.asked:
            if place == channel:
                missing += ts not in answered
        late += [value for root, value in answered.items() if (channel, root) in told.asked]
    return late, missing


def harvest_on(source: Upstream, environment: dict[str, str], end: float, done: list[int]) -> None:
    """Harvest the source until `end`; a tenth of its entries has changed each time."""
    command = [sys.executable, "-m", "bot", "harvest", "office"]
    number = 0
    while time.time() < end:
        number += 1
        for place in range(number % 10, len(source.packages), 10):
            source.packages[place] = {**source.packages[place], "notes": f"Changed {number} times"}
        done.append(
            subprocess.run(command, cwd=ROOT, env=environment, check=False, stdout=subprocess.DEVNULL).returncode
        )


@contextmanager
def office(folder: Path, count: int) -> Iterator[tuple[Workspace, dict[str, str], Upstream]]:
    """A workspace, the settings, and a source of `count` entries that is known to the record."""
    workspace = Workspace()
    with SlackServer(workspace) as slack, serving() as source:
        settings = {
            "PATH": os.environ["PATH"],
            "WHOHOLDS_DATABASE": str(folder / "whoholds.db"),
            "SLACK_BOT_TOKEN": workspace.token,
            "SLACK_SIGNING_SECRET": SECRET,
            "SLACK_API_URL": slack.base_url,
            "WHOHOLDS_HARVEST_ALLOW": source.place,
        }
        prepare(640, folder, settings)
        source.packages = [
            {"id": f"package-{place}", "name": f"package-{place}", "title": made["title"], "notes": made["description"],
             "organization": {"title": made["publisher"]}}
            for place, made in enumerate(islice(entries(count, seed=3), count))
        ]  # fmt: skip
        add = ["sources", "add", "office", "--kind", "ckan", "--url", source.url]
        subprocess.run(
            [sys.executable, "-m", "bot", *add], cwd=ROOT, env=settings, check=True, stdout=subprocess.DEVNULL
        )
        yield workspace, settings, source


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    options.add_argument("--people", type=int, default=10)
    options.add_argument("--channels", type=int, default=4)
    options.add_argument("--seconds", type=float, default=10)
    options.add_argument("--every", type=float, default=12, help="seconds between two questions of a person")
    options.add_argument("--harvested", type=int, default=2_000, help="entries of the source")
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory() as place, office(Path(place), chosen.harvested) as (workspace, settings, source):
        people = [workspace.add_user(f"person.{number}").id for number in range(chosen.people)]
        channels = [
            workspace.add_channel(f"room-{number}", members=people).id for number in range(chosen.channels)
        ]  # fmt: skip
        ports = free_port(), free_port()
        with (
            running(["bot", "run"], settings, ports[0]) as bot,
            running(["tests.benchmarks.answers", "--serve-empty"], {}, ports[1]),
            httpx.Client(trust_env=False, limits=httpx.Limits(max_connections=None)) as client,
        ):
            sender, empty = (
                Sender(
                    f"http://127.0.0.1:{port}/slack/events",
                    SECRET,
                    workspace,
                    manifest=MANIFEST,
                    client=client,
                    timeout=60,
                )
                for port in ports
            )
            told, beside, runs, end = Told(), Told(), list[int](), time.time() + chosen.seconds
            apart = [workspace.add_channel("apart", members=people[:1]).id]
            work = [
                threading.Thread(target=harvest_on, args=(source, settings, end, runs)),
                threading.Thread(target=ask_on, args=(empty, workspace, people[0], apart, end, 0.5, beside)),
            ]
            work += [
                threading.Thread(target=ask_on, args=(sender, workspace, person, channels, end, chosen.every, told))
                for person in people
            ]
            for thread in work:
                thread.start()
            for thread in work:
                thread.join()
            until = time.time() + LONGEST
            while lateness(workspace, told)[1] and time.time() < until:
                time.sleep(0.2)
            report(workspace, told, beside, runs, memory(bot))


def report(workspace: Workspace, told: Told, beside: Told, runs: list[int], held: float) -> None:
    late, missing = lateness(workspace, told)
    counts: defaultdict[str, int] = defaultdict(int)
    for message in workspace.from_bot():
        counts[message.root] += 1
    repeated = sum(count > 1 for count in counts.values())
    print(f"{len(told.asked)} questions, {missing} without an answer, {repeated} answered twice")
    print(
        f"{len(told.refused)} not acknowledged {told.refused[:3]}; {len(runs)} harvests, {sum(map(bool, runs))} failed"
    )
    rows = {
        "acknowledged": told.acks,
        "by an empty listener beside it": beside.acks,
        "answered, beyond Slack's own time": late,
    }
    for name, times in rows.items():
        figures = [f"{percentile(times, share) * 1000:7.0f} ms" for share in (0.5, 0.95, 0.99)]
        print(f"{name:36} median {figures[0]}  p95 {figures[1]}  p99 {figures[2]}  worst {max(times) * 1000:7.0f} ms")
    print(f"memory {held:.0f} MiB; rules of Slack broken: {len(workspace.violations)}")


if __name__ == "__main__":
    main()
