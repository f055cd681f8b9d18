"""A program that is killed while it works on requests, over and over; run by test_killed.py in a process of its own.

`at_statements` kills a child with SIGKILL after each statement of each act in turn, on a fresh copy of a request each
time, and checks that the act has happened wholly or not at all, and that it can then be done, or is done.
`at_sending` kills a child after each statement of sending a notice, and checks how often it was said.
`under_load` kills a child at any moment while it acts as fast as it can, and checks everything it acknowledged.
"""

from __future__ import annotations

import os
import random
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from itertools import cycle

from catalogue import audit, outbox
from catalogue.errors import InvalidAnswers, TooLate
from catalogue.store import Database, connect
from tests.catalogue.requests.many import ACTS, copies, faults_in, folk_of, stages
from tests.dying import ends_before

MOST = 200
"""Statements that no act has."""


def main(kind: str, url: str, now: str, how_many: str) -> None:
    {"at_statements": at_statements, "under_load": under_load, "at_sending": at_sending}[kind](
        url, datetime.fromisoformat(now), int(how_many)
    )


def at_statements(url: str, now: datetime, trials: int) -> None:
    made, lengths = _made(url, now), _lengths(url)
    done, points = 0, set()
    for name in cycle(random.Random(3).sample(list(ACTS), len(ACTS))):
        stage = ACTS[name][0]
        ids = _copies(url, made[stage], MOST)
        for statement in range(MOST):
            if done == trials:
                print(done, len(points), _audit(url))
                return
            if not _dies(url, name, ids[statement], now, statement):
                break
            _check(url, name, ids[statement], now, lengths[made[stage]])
            done += 1
            points.add((name, statement))


def under_load(url: str, now: datetime, kills: int) -> None:
    made, lengths = _made(url, now), _lengths(url)
    chance = random.Random(7)
    acknowledged = 0
    todo: list[tuple[str, str]] = []
    for kill in range(kills):
        if len(todo) < 60:
            for name, (stage, _act) in ACTS.items():
                todo += [(name, key) for key in _copies(url, made[stage], 20)]
            chance.shuffle(todo)
        said = _acknowledged_until_killed(url, todo, now, after=kill % 4, seconds=chance.uniform(0.002, 0.06))
        acknowledged += len(said)
        with _opened(url) as db:
            for name, key in todo[: len(said) + 1]:
                faults = faults_in(db, key, copied=lengths[made[ACTS[name][0]]])
                assert not faults, (kill, name, key, faults)
            for name, key in said:
                verbs = db.query("SELECT verb FROM request_events WHERE request_id = :id", {"id": key})
                assert name in {row["verb"] for row in verbs}, (kill, name, key, "was acknowledged and is lost")
        del todo[: len(said) + 1]
    print(kills, acknowledged, _audit(url))


def at_sending(url: str, now: datetime, trials: int) -> None:
    """Slack is a file here: what it took is a line in it. Where a child died is any statement, before or after that."""
    made, twice = _made(url, now), 0
    folder = tempfile.mkdtemp()
    slack = os.path.join(folder, "slack")
    with _opened(url) as db:
        db.execute("DELETE FROM outbox")
    for trial in range(trials):
        key = f"trial {trial}"
        with _opened(url) as db:
            outbox.tell(db, "request.receipt", "asker", {}, about=made["submitted"], key=key, now=now)
        now += timedelta(seconds=5)  # Slack takes one message a second
        ended = ends_before(url, lambda db, at=now: _send(db, slack, at), statement=trial % 12)
        with _opened(url) as db:
            said = _said(slack, key)
            sent = db.query("SELECT state FROM outbox WHERE key = :key", {"key": key})[0]["state"] == "sent"
            assert said or not sent, (trial, "is written down as sent and was not said")
            outbox.release(db)
            now += timedelta(seconds=5)
            while _send(db, slack, now):
                now += timedelta(seconds=5)
            assert _said(slack, key) == (2 if said and not sent else 1), (trial, ended)
            twice += said and not sent
    shutil.rmtree(folder)
    print(trials, twice, _audit(url))


def _send(db: Database, slack: str, now: datetime) -> bool:
    """What the worker does with one notice. False when there is none."""
    notice = outbox.claim(db, now=now)
    if notice is None:
        return False
    with open(slack, "a", encoding="utf-8") as out:
        out.write(f"{notice.key}\n")
    outbox.told(db, notice, channel="D1", ts=str(notice.number), rendered=now, now=now)
    return True


def _said(slack: str, key: str) -> int:
    if not os.path.exists(slack):
        return 0
    with open(slack, encoding="utf-8") as lines:
        return [line.rstrip("\n") for line in lines].count(key)


@contextmanager
def _opened(url: str) -> Iterator[Database]:
    """A database that is closed again before a child is forked, which must not inherit its connection."""
    db = connect(url)
    try:
        yield db
    finally:
        db.close()


def _made(url: str, now: datetime) -> dict[str, str]:
    with _opened(url) as db:
        return stages(db, folk_of(db), now)


def _lengths(url: str) -> dict[str, int]:
    with _opened(url) as db:
        return {row["id"]: row["events"] for row in db.query("SELECT id, events FROM requests")}


def _copies(url: str, request_id: str, how_many: int) -> list[str]:
    with _opened(url) as db:
        return copies(db, request_id, how_many)


def _dies(url: str, name: str, request_id: str, now: datetime, statement: int) -> bool:
    """Have a child do the act and die after this statement. False when it ended before."""
    with _opened(url) as db:
        folk = folk_of(db)
    return not ends_before(url, lambda db: ACTS[name][1](db, request_id, folk, now), statement=statement)


def _check(url: str, name: str, request_id: str, now: datetime, copied: int) -> None:
    with _opened(url) as db:
        faults = faults_in(db, request_id, copied=copied)
        assert not faults, (name, faults)
        happened = _happened(db, name, request_id, copied)
        try:
            ACTS[name][1](db, request_id, folk_of(db), now)
            again = True
        except (TooLate, InvalidAnswers):
            again = False
        assert again is not happened or name in ("note", "delegate", "ask", "renew", "answer"), (name, happened, again)
        faults = faults_in(db, request_id, copied=copied)
        assert not faults, (name, faults)


def _happened(db: Database, name: str, request_id: str, copied: int) -> bool:
    rows = db.query(
        "SELECT verb FROM request_events WHERE request_id = :id AND place > :n", {"id": request_id, "n": copied}
    )
    return name in {row["verb"] for row in rows}


def _acknowledged_until_killed(
    url: str, todo: list[tuple[str, str]], now: datetime, *, after: int, seconds: float
) -> list[tuple[str, str]]:
    """What a child said it had done before it was killed, some time after so many acts (0: after it had begun).

    The acts are counted, not timed: a busy machine may do none of them in any time.
    """
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        db = connect(url)
        folk = folk_of(db)
        os.write(writing, b"begun\n")
        for place, (name, key) in enumerate(todo):
            ACTS[name][1](db, key, folk, now)
            os.write(writing, f"{place}\n".encode())
        for _ in cycle([None]):
            time.sleep(1)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        assert pipe.readline() == b"begun\n"
        first = [pipe.readline() for _ in range(after)]
        time.sleep(seconds)
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        return [todo[int(line)] for line in first + pipe.readlines()]


def _audit(url: str) -> str:
    with _opened(url) as db:
        found = audit.verify(db)
    return "whole" if not found.problems else found.problems[0]


if __name__ == "__main__":
    main(*sys.argv[1:])
