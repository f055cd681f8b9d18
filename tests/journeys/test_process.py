"""`whoholds run` as a process of its own, as it runs in earnest: it starts, answers, is stopped, and is killed."""

from __future__ import annotations

import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

import httpx
import pytest

from bot.commands import run
from bot.playground.deliveries import Delivery
from bot.playground.events import Sender
from bot.playground.model import Channel, Message
from bot.playground.web_api import SlackServer
from bot.playground.workspace import Workspace
from tests.fakes.socket_mode import SocketMode, SocketTransport
from tests.journeys.conftest import OFFICER, SECRET, Builder, copy_of, shipped_manifest

ROOT = Path(__file__).parents[2]
QUESTION = "<@U0BOT> who holds the National Pupil Database?"
IS_FULL = os.environ.get("WHOHOLDS_PROOF") == "1"
KILLS = 20
CUTS = 200 if IS_FULL else 9


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


@dataclass
class Running:
    """The process, which can be started again over the same catalogue."""

    folder: Path
    environment: dict[str, str]
    port: int
    process: subprocess.Popen[bytes] | None = None
    starts: int = field(default=0)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self, *, wait: bool = True) -> None:
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "bot", "run"],
                cwd=ROOT,
                env=self.environment,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self.starts += 1
        if wait:
            self.until(lambda: self.get("/healthz") is not None, "it answers")

    def get(self, path: str) -> httpx.Response | None:
        try:
            return httpx.get(self.url + path, trust_env=False, timeout=5)
        except httpx.TransportError:
            return None

    def until(self, condition: Callable[[], Any], what: str, *, seconds: float = 20.0) -> None:
        end = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < end, f"not within {seconds} s: {what}\n{self.log}"
            time.sleep(0.02)

    @property
    def log(self) -> str:
        return (self.folder / "log").read_text(encoding="utf-8")

    def kill_children(self) -> None:
        """End the process that serves, which is a child of the one that was started, at once."""
        assert self.process
        pid = self.process.pid
        for child in Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split():
            os.kill(int(child), signal.SIGKILL)

    def terminate(self) -> float:
        """SIGTERM; returns how many seconds it took to end, with exit code 0."""
        assert self.process
        begun = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        assert self.process.wait(timeout=15) == 0, self.log
        return time.monotonic() - begun

    def kill(self) -> None:
        """End everything at once, as a power cut would."""
        if self.process and self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait(timeout=10)

    def settles(self) -> None:
        """Wait until nothing is left to be said."""

        def is_settled() -> bool:
            metrics = self.get("/metrics")
            idle = ('whoholds_outbox{state="waiting"} 0', 'whoholds_outbox{state="sending"} 0')
            return metrics is not None and all(line in metrics.text.splitlines() for line in idle)

        self.until(is_settled, "everything is said", seconds=60)


@pytest.fixture
def workspace() -> Workspace:
    workspace = Workspace()
    workspace.add_user("council.officer", id=OFFICER)
    return workspace


@pytest.fixture
def slack(workspace: Workspace) -> Iterator[SlackServer]:
    with SlackServer(workspace) as server:
        yield server
    assert [str(violation) for violation in workspace.violations] == []


@pytest.fixture
def running(sample_folder: Path, tmp_path: Path, slack: SlackServer) -> Iterator[Running]:
    """The process over HTTP, not yet started."""
    copy = copy_of(sample_folder, tmp_path / "catalogue")
    port = free_port()
    environment = {
        "PATH": os.environ["PATH"],
        "WHOHOLDS_DATABASE": copy.database,
        "WHOHOLDS_INDEX": str(copy.index),
        "SLACK_BOT_TOKEN": slack.workspace.token,
        "SLACK_SIGNING_SECRET": SECRET,
        "SLACK_API_URL": slack.base_url,
        "PORT": str(port),
    }
    running = Running(tmp_path, environment, port)
    yield running
    running.kill()


@pytest.fixture
def sender(running: Running, workspace: Workspace) -> Iterator[Sender]:
    once = {"Connection": "close"}  # a connection that is kept would be waited for at the end
    with httpx.Client(trust_env=False, limits=httpx.Limits(max_connections=None), headers=once) as client:
        yield Sender(f"{running.url}/slack/events", SECRET, workspace, manifest=shipped_manifest(), client=client)


def rooms(workspace: Workspace, number: int) -> list[Channel]:
    return [workspace.add_channel(f"room-{place}", members=[OFFICER]) for place in range(number)]


def answers(workspace: Workspace, question: Delivery) -> list[Message]:
    event = question.event
    said = workspace.from_bot(event["channel"])
    return [message for message in said if message.thread_ts == event["ts"]]


def test_it_answers_says_how_it_is_and_ends_when_told(running: Running, sender: Sender, workspace: Workspace) -> None:
    (room,) = rooms(workspace, 1)
    running.start()
    (asked,) = sender.say(OFFICER, room, QUESTION)
    assert asked.status == 200
    workspace.wait_for(lambda _: answers(workspace, asked))
    assert "Department for Education" in answers(workspace, asked)[0].text
    for path, shown in (("/healthz", "ok"), ("/readyz", '"ready":true'), ("/metrics", "whoholds_entries 6")):
        answer = running.get(path)
        assert answer is not None
        assert (answer.status_code, shown in answer.text) == (200, True), answer.text
    running.settles()
    assert running.terminate() < 10
    assert all(line.startswith("{") for line in running.log.splitlines()), "every line of the log is JSON"
    assert "National Pupil" not in running.log


def test_what_was_acknowledged_before_it_is_stopped_is_answered_once(
    running: Running, sender: Sender, workspace: Workspace
) -> None:
    workspace.faults.add(kind="delay:0.3", method="chat.postMessage", times=None)
    channels = rooms(workspace, 12)
    running.start()
    with ThreadPoolExecutor(6) as pool:
        asked = [
            delivery
            for told in pool.map(lambda room: sender.say(OFFICER, room, QUESTION), channels)
            for delivery in told
        ]
    assert {delivery.status for delivery in asked} == {200}
    assert running.terminate() < 10
    assert [len(answers(workspace, delivery)) for delivery in asked] == [1] * 12, "it finished before it ended"
    workspace.faults.clear()
    running.start()
    running.settles()
    assert [len(answers(workspace, delivery)) for delivery in asked] == [1] * 12, "and says nothing again"


@dataclass
class Askers:
    """People who keep asking, each question in the next channel, until told to stop."""

    sender: Sender
    channels: list[Channel]
    asked: list[Delivery] = field(default_factory=list)
    _done: threading.Event = field(default_factory=threading.Event)
    _threads: list[threading.Thread] = field(default_factory=list)

    def __enter__(self) -> Askers:
        self._threads += [threading.Thread(target=self._ask, args=(place,)) for place in range(3)]
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        for thread in self._threads:
            thread.join()

    def _ask(self, place: int) -> None:
        while not self._done.wait(0.15):
            self.asked.extend(self.sender.say(OFFICER, self.channels[place % len(self.channels)], QUESTION))
            place += 3

    @property
    def acknowledged(self) -> int:
        return sum(delivery.ok for delivery in self.asked)


def test_killed_at_any_moment_it_loses_nothing_that_was_acknowledged(
    running: Running, sender: Sender, workspace: Workspace
) -> None:
    workspace.faults.add(kind="delay:0.02", method="chat.postMessage", times=None)
    kills: list[tuple[float, float]] = []
    running.start()
    with Askers(sender, rooms(workspace, 60)) as askers:
        for number in range(KILLS):
            enough = askers.acknowledged + 2
            running.until(lambda enough=enough: askers.acknowledged >= enough, "it serves")
            time.sleep(random.random() * 0.15)
            before = time.time()
            if number % 7 == 6:  # the whole process, as by a power cut
                running.kill()
                running.start(wait=False)
            else:  # the part that serves, as by want of memory
                running.kill_children()
            kills.append((before, time.time()))
    running.until(lambda: running.get("/healthz"), "it answers")
    assert askers.acknowledged >= 2 * KILLS
    for delivery in askers.asked:
        assert sender.redeliver(delivery).ok, "each is known, or taken in now"
    running.settles()
    said = [answers(workspace, delivery) for delivery in askers.asked]
    assert all(said), "every question is answered"
    repeats = [pair for messages in said for pair in pairwise(float(message.ts) for message in messages)]
    for first, second in repeats:
        assert any(first - 1 < after and before < second for before, after in kills), "only where it was killed"
    assert len(repeats) <= 4 * KILLS, "a thread repeats at most what it was doing"
    assert running.terminate() < 10


@pytest.fixture
def socket_mode(slack: SlackServer) -> Iterator[SocketMode]:
    with SocketMode(slack) as server:
        yield server


def test_over_socket_mode_it_answers_connects_again_and_ends_when_told(
    sample_folder: Path, running: Running, slack: SlackServer, socket_mode: SocketMode, workspace: Workspace
) -> None:
    del running.environment["SLACK_SIGNING_SECRET"]
    running.environment["SLACK_APP_TOKEN"] = "xapp-1-test"
    (room,) = rooms(workspace, 1)
    running.start()
    assert socket_mode.connected.wait(10), running.log
    with httpx.Client(transport=SocketTransport(socket_mode)) as client:
        sender = Sender("http://slack.invalid/events", "", workspace, manifest=shipped_manifest(), client=client)
        (asked,) = sender.say(OFFICER, room, QUESTION)
        assert asked.ok
        workspace.wait_for(lambda _: answers(workspace, asked))
        (answer,) = answers(workspace, asked)
        assert "Department for Education" in answer.text

        assert sender.click(OFFICER, answer, "entry.describe", value="dfe/national-pupil-database").ok
        assert sender.command(OFFICER, room, "/whoholds", "help").ok
        workspace.wait_for(lambda _: len(workspace.from_bot(room)) == 3)

        socket_mode.is_deaf = True
        client._transport.timeout = 0.5  # type: ignore[attr-defined]
        (unheard,) = sender.say(OFFICER, room, QUESTION)
        assert unheard.error == "http_timeout", "Slack did not hear that it was taken in"
        socket_mode.is_deaf = False
        client._transport.timeout = 3.0  # type: ignore[attr-defined]
        assert [delivery.ok for delivery in sender.redeliver_failed()] == [True]
        running.settles()
        assert len(answers(workspace, unheard)) == 1, "the second envelope is the same question"

        socket_mode.refresh()
        running.until(socket_mode.connected.is_set, "it connects again")
        client._transport.timeout = 10.0  # type: ignore[attr-defined]  # slack_sdk leaves the old connection slowly
        (again,) = sender.say(OFFICER, room, QUESTION)
        assert again.ok
        workspace.wait_for(lambda _: answers(workspace, again))
    missing = running.get("/slack/events")
    assert missing is not None
    assert missing.status_code == 404, "over HTTP nothing is taken in"
    assert running.terminate() < 10


def test_however_often_the_connection_is_cut_each_question_is_answered_once(
    build: Builder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Cut before a question is sent, while it is on its way, and while its acknowledgement is, in turn."""
    monkeypatch.setattr(run, "PING", 0.1)
    prepared: list[SocketMode] = []
    town = build(prepare=lambda slack: prepared.append(SocketMode(slack)))
    with prepared[0] as socket_mode:
        handler = run.connect_socket(town.bot.bolt, "xapp-1-test")
        with httpx.Client(transport=SocketTransport(socket_mode, timeout=1.0)) as client:
            sender = Sender("http://slack.invalid/", "", town.workspace, manifest=shipped_manifest(), client=client)
            asked: list[Delivery] = []
            for number in range(CUTS):
                wait_until(socket_mode.connected.is_set)
                socket_mode.cuts_when = ("", "sent", "answered")[number % 3]
                if not socket_mode.cuts_when:
                    socket_mode.cut()
                (lost,) = sender.say(OFFICER, town.channel, QUESTION)
                assert not lost.ok
                asked.append(lost)
                socket_mode.cuts_when = ""
                wait_until(lambda number=number: socket_mode.opened > number + 1 and socket_mode.connected.is_set())
                wait_until(lambda: all(delivery.ok for delivery in sender.redeliver_failed()))
            town.settles(60)
            assert [len(answers(town.workspace, delivery)) for delivery in asked] == [1] * CUTS
            assert socket_mode.opened > CUTS, "after each cut it connected again"
            assert not town.errors()
        handler.client.auto_reconnect_enabled = False
        socket_mode.cut()
        handler.close()  # type: ignore[no-untyped-call]


def wait_until(condition: Callable[[], bool], seconds: float = 10.0) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.01)


@pytest.mark.parametrize(
    ("changes", "fault", "code", "line"),
    [
        ({"SLACK_BOT_TOKEN": "xoxb-unknown"}, None, 2, "SLACK_BOT_TOKEN is refused by Slack (invalid_auth)."),
        ({"SLACK_APP_TOKEN": "xapp-1"}, "error:invalid_auth", 2, "SLACK_APP_TOKEN is refused by Slack"),
        ({}, "http_503", 1, "Slack cannot be used at"),
        ({"WHOHOLDS_DATABASE": "/nowhere/at/all.db"}, None, 1, "The database cannot be used: /nowhere/at/all.db"),
    ],
)
def test_what_keeps_it_from_starting_is_said_in_one_line(
    running: Running, workspace: Workspace, changes: dict[str, str], fault: str | None, code: int, line: str
) -> None:
    if fault:
        method = "apps.connections.open" if "SLACK_APP_TOKEN" in changes else "auth.test"
        workspace.faults.add(kind=fault, method=method, times=None)
    running.environment.update(changes)
    running.start(wait=False)
    assert running.process
    assert running.process.wait(timeout=15) == code, running.log
    (said,) = [each for each in running.log.splitlines() if not each.startswith("{")]
    assert said.startswith(f"whoholds: {line}")
    workspace.violations.clear()  # the stand-in knows no apps.connections.open without Socket Mode
