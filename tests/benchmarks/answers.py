"""How long an answered mention takes, beside an empty Bolt listener: `python -m tests.benchmarks.answers`.

Both stand behind the same server (`whoholds run` and the same gunicorn with an app that only acknowledges), each a
process of its own, and get the same signed mentions in turn: one to the bot, one to the empty listener. Measured are
the time until a mention is acknowledged, the time until its answer stands in the stand-in for Slack, and the memory
of the process that serves. Absolute times depend on the machine; the ratio is what to compare.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
from flask import Flask, request
from slack_bolt import App
from slack_bolt.adapter.flask import SlackRequestHandler
from slack_bolt.authorization import AuthorizeResult

from bot.commands.run import OneProcess
from bot.playground.events import Sender
from bot.playground.web_api import SlackServer
from bot.playground.workspace import Workspace
from bot.settings import read
from tests.benchmarks import catalogues
from tests.benchmarks.measures import percentile

ROOT = Path(__file__).resolve().parents[2]
SECRET = "a-signing-secret"
ASKER = "U0COUNCIL"
MANIFEST: dict[str, Any] = {"settings": {"event_subscriptions": {"bot_events": ["app_mention"]}}}
QUESTIONS = (
    "who holds the National Pupil Database?",
    "who holds data on food hygiene ratings",
    "what is Price Paid Data?",
    "who do I ask about hospital admissions?",
    "is there any data on rough sleepers?",
    "what does NPD mean?",
    "looking for house prices by council",
    "who has bus timetables",
    "flood warnings",
    "Which department has vehicle records?",
    "who holds data on the colour of ministerial socks?",
    "what data does DWP hold?",
)


class Empty(OneProcess):
    """The same server around a Bolt app whose one listener does nothing."""

    def load(self) -> Flask:
        who = AuthorizeResult(enterprise_id=None, team_id="T0PLAY", bot_user_id="U0BOT", bot_token="xoxb-1")
        bolt = App(signing_secret=SECRET, authorize=lambda: who, process_before_response=True)
        bolt.event("app_mention")(lambda: None)
        site = Flask("empty")
        handler = SlackRequestHandler(bolt)
        site.add_url_rule("/slack/events", "events", lambda: handler.handle(request), methods=["POST"])
        site.add_url_rule("/healthz", "healthz", lambda: "ok")
        return site


@contextmanager
def running(command: list[str], environment: dict[str, str], port: int) -> Iterator[subprocess.Popen[bytes]]:
    """A server in a process of its own, from when it answers to the end."""
    whole = {"PATH": os.environ["PATH"], "PORT": str(port), **environment}
    process = subprocess.Popen([sys.executable, "-m", *command], cwd=ROOT, env=whole, stderr=subprocess.DEVNULL)
    try:
        while True:
            try:
                httpx.get(f"http://127.0.0.1:{port}/healthz", trust_env=False)
                break
            except httpx.TransportError:
                if process.poll() is not None:
                    raise SystemExit(f"{' '.join(command)} did not start") from None
                time.sleep(0.05)
        yield process
    finally:
        process.terminate()
        process.wait()


def memory(process: subprocess.Popen[bytes]) -> float:
    """MiB that the process which serves (a child of the one that was started) holds now."""
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text(encoding="ascii").split()
    status = Path(f"/proc/{children[0]}/status").read_text(encoding="ascii")
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS")) / 1024


class Askers:
    """Ask the bot and the empty listener in turn, each question in a channel of its own."""

    def __init__(self, workspace: Workspace, bot: Sender, empty: Sender) -> None:
        self.workspace, self.bot, self.empty = workspace, bot, empty
        self.times: dict[str, list[float]] = {"bot": [], "answered": [], "empty": []}

    def ask(self, number: int, *, counts: bool = True) -> None:
        channel = self.workspace.add_channel(f"room-{number}", members=[ASKER])
        text = f"<@U0BOT> {QUESTIONS[number % len(QUESTIONS)]}"
        begun = time.perf_counter()
        (told,) = self.bot.say(ASKER, channel, text)
        self.workspace.wait_for(lambda workspace: workspace.from_bot(channel), timeout=60)
        answered = time.perf_counter() - begun
        (nothing,) = self.empty.say(ASKER, channel, text)
        assert told.ok
        assert nothing.ok
        if counts:
            self.times["bot"].append(told.duration * 1000)
            self.times["answered"].append(answered * 1000)
            self.times["empty"].append(nothing.duration * 1000)


def prepare(count: int, folder: Path, environment: dict[str, str]) -> int:
    """A catalogue of so many entries; returns how many there are."""
    number = catalogues.write(count, folder / "entries.jsonl")
    begun = time.perf_counter()
    command = [sys.executable, "-m", "bot", "import", str(folder / "entries.jsonl")]
    whole = {"PATH": os.environ["PATH"], **environment}
    subprocess.run(command, cwd=ROOT, env=whole, check=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    print(f"{number:,} entries, brought in within {time.perf_counter() - begun:.1f} s")
    return number


def free_port() -> int:
    import socket

    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def report(times: dict[str, list[float]], held: dict[str, float]) -> None:
    print(f"\n{len(times['bot'])} mentions                      median     p99  beside empty")
    rows = {"acknowledged by the bot": "bot", "by an empty listener": "empty", "answered in Slack": "answered"}
    for name, key in rows.items():
        median, worst = percentile(times[key], 0.5), percentile(times[key], 0.99)
        ratios = (
            f"{median / percentile(times['empty'], 0.5):.1f} and {worst / percentile(times['empty'], 0.99):.1f} times"
        )
        print(f"{name:28} {median:8.1f} ms {worst:6.1f} ms  {ratios if key != 'empty' else ''}")
    print(f"\nMemory: {held['bot']:.0f} MiB, an empty listener {held['empty']:.0f} MiB")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--entries", type=int, default=200, help="how many entries the catalogue has (200)")
    parser.add_argument("--mentions", type=int, default=300, help="how many mentions are measured (300)")
    parser.add_argument("--at-once", type=int, default=1, help="how many people ask at the same time (1)")
    parser.add_argument("--serve-empty", action="store_true", help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.serve_empty:
        Empty(read()).run()
        return
    workspace = Workspace()
    workspace.add_user("council.officer", id=ASKER)
    with tempfile.TemporaryDirectory() as place, SlackServer(workspace) as slack:
        folder = Path(place)
        settings = {
            "WHOHOLDS_DATABASE": str(folder / "whoholds.db"),
            "SLACK_BOT_TOKEN": workspace.token,
            "SLACK_SIGNING_SECRET": SECRET,
            "SLACK_API_URL": slack.base_url,
        }
        prepare(chosen.entries, folder, settings)
        ports = free_port(), free_port()
        with (
            running(["bot", "run"], settings, ports[0]) as bot,
            running(["tests.benchmarks.answers", "--serve-empty"], {}, ports[1]) as empty,
            httpx.Client(trust_env=False, limits=httpx.Limits(max_connections=None)) as client,
        ):
            senders = [
                Sender(
                    f"http://127.0.0.1:{port}/slack/events",
                    SECRET,
                    workspace,
                    manifest=MANIFEST,
                    client=client,
                    timeout=60,
                )
                for port in ports
            ]
            askers = Askers(workspace, *senders)
            for number in range(2 * len(QUESTIONS)):
                askers.ask(number, counts=False)
            with ThreadPoolExecutor(chosen.at_once) as pool:
                list(pool.map(askers.ask, range(100, 100 + chosen.mentions)))
            report(askers.times, {"bot": memory(bot), "empty": memory(empty)})


if __name__ == "__main__":
    main()
