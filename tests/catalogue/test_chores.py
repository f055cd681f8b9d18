"""Chores: each is done once in its period, whoever comes first."""

from __future__ import annotations

from datetime import datetime, timedelta

from catalogue import chores
from catalogue.chores import Chore
from catalogue.store import Database
from tests.at_once import at_once

HOURLY = Chore("an hourly chore", timedelta(hours=1), lambda _db, _now: None)


def test_a_chore_is_done_at_once_and_then_once_an_hour(db: Database, now: datetime) -> None:
    minutes = (0, 1, 59, 60, 61, 119, 120, 600)
    done = [minute for minute in minutes if chores.take(db, HOURLY, now=now + timedelta(minutes=minute))]
    assert done == [0, 60, 120, 600]


def test_of_six_processes_that_come_at_once_one_does_the_chore(db: Database, now: datetime) -> None:
    assert sorted(at_once(*[lambda: chores.take(db, HOURLY, now=now)] * 6)) == [False] * 5 + [True]
