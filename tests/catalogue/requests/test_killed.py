"""Killed at any statement, or at any moment under load, no request is half done and nothing acknowledged is lost."""

from __future__ import annotations

import os
from datetime import datetime

from catalogue.store import Database
from tests.catalogue.requests.asking import furnish
from tests.conftest import Start

IS_FULL = os.environ.get("WHOHOLDS_PROOF") == "1"
PROGRAM = "import sys; from tests.catalogue.requests import dying; dying.main(*sys.argv[1:])"


def run(python: Start, kind: str, url: str, now: datetime, how_many: int) -> list[str]:
    said, error = python(PROGRAM, kind, url, now.isoformat(), how_many).communicate(timeout=3000)
    assert error == "", error
    print(kind, url.split(":")[0][-10:], said)
    return said.split()


def test_killed_after_any_statement_an_act_has_happened_wholly_or_not_at_all(
    db: Database, url: str, now: datetime, python: Start
) -> None:
    furnish(db, now)
    wanted = 2000 if IS_FULL else 40
    done, points, chain = run(python, "at_statements", url, now, wanted)
    assert int(done) == wanted
    assert int(points) >= min(wanted, 250)
    assert chain == "whole"


def test_killed_under_load_nothing_acknowledged_is_lost(db: Database, url: str, now: datetime, python: Start) -> None:
    furnish(db, now)
    wanted = 300 if IS_FULL else 5
    kills, acknowledged, chain = run(python, "under_load", url, now, wanted)
    assert int(kills) == wanted
    assert int(acknowledged) > 0
    assert chain == "whole"


def test_a_notice_is_said_again_only_where_the_answer_to_it_was_lost(
    db: Database, url: str, now: datetime, python: Start
) -> None:
    furnish(db, now)
    wanted = 600 if IS_FULL else 24
    sent, twice, chain = run(python, "at_sending", url, now, wanted)
    assert int(sent) == wanted
    assert 0 < int(twice) < wanted
    assert chain == "whole"
