"""Two processes decide the same request at the same moment: one counts, and the other is told who and when."""

from __future__ import annotations

import multiprocessing
import os
from collections import Counter
from datetime import datetime
from multiprocessing.synchronize import Barrier
from typing import Any

from catalogue import audit, people, requests
from catalogue.errors import TooLate
from catalogue.model import Person
from catalogue.requests.model import Waiting
from catalogue.requests.record import history
from catalogue.store import Database, connect
from tests.at_once import at_once
from tests.catalogue.requests.asking import furnish, submitted
from tests.catalogue.requests.many import ACTS, copies, faults_in, folk_of

IS_FULL = os.environ.get("WHOHOLDS_PROOF") == "1"
PAIRS = 2000 if IS_FULL else 60
RUNS = 1 if IS_FULL else 4
LEAST = 0.3 if IS_FULL else 0.05
"""The share of all pairs that each of the two has to win."""


def decide(url: str, ids: list[str], act: str, now: datetime, together: Barrier, said: Any) -> None:
    """One of the two processes: at each request it waits for the other, then acts."""
    db = connect(url)
    folk = folk_of(db)
    outcomes: dict[str, str] = {}
    for key in ids:
        together.wait(60)
        try:
            ACTS[act][1](db, key, folk, now)
            outcomes[key] = "won"
        except TooLate as error:
            outcomes[key] = f"{error.state} by {error.by}"
    db.close()
    said.put((act, outcomes))


def race(url: str, ids: list[str], acts: tuple[str, str], now: datetime) -> dict[str, dict[str, str]]:
    """How each of two processes fared with each request, by what it tried."""
    processes = multiprocessing.get_context("spawn")
    together, said = processes.Barrier(2), processes.Queue()
    pair = [processes.Process(target=decide, args=(url, ids, act, now, together, said)) for act in acts]
    for each in pair:
        each.start()
    outcomes = dict(said.get(timeout=900) for _ in pair)
    for each in pair:
        each.join(30)
    return outcomes


def test_of_two_decisions_at_once_exactly_one_counts(db: Database, url: str, now: datetime) -> None:
    folk = furnish(db, now)
    first = submitted(db, folk["asker"], now).id
    length = len(history(db, first, private=True))
    won: Counter[str] = Counter()
    for _run in range(RUNS):  # in one run of two processes the same one may be ahead throughout
        won += raced(db, url, copies(db, first, PAIRS), length, now)
        share = won["approve"] / won.total()
        if LEAST <= share <= 1 - LEAST:
            break
    print(f"{db.dialect}: {won.total()} pairs, approve won {share:.1%}")
    assert LEAST <= share <= 1 - LEAST, "the two did not really race"
    assert not audit.verify(db).problems


def raced(db: Database, url: str, ids: list[str], length: int, now: datetime) -> Counter[str]:
    """How often each of two decisions won; every pair is checked for being wholly the one or the other."""
    outcomes = race(url, ids, ("approve", "decline"), now)
    for key in ids:
        approved, declined = outcomes["approve"][key], outcomes["decline"][key]
        assert sorted([approved == "won", declined == "won"]) == [False, True], key
        assert (declined if approved == "won" else approved) in ("approved by manager", "declined by manager")
        row = db.query("SELECT state, events FROM requests WHERE id = :id", {"id": key})[0]
        assert row == {"state": "approved" if approved == "won" else "declined", "events": length + 1}
        assert faults_in(db, key, copied=length) == []
    return Counter("approve" if outcomes["approve"][key] == "won" else "decline" for key in ids)


def test_a_withdrawal_and_a_decision_at_once_are_one_or_the_other(db: Database, url: str, now: datetime) -> None:
    folk = furnish(db, now)
    ids = copies(db, submitted(db, folk["asker"], now).id, 300 if IS_FULL else 20)
    outcomes = race(url, ids, ("withdraw", "send_back"), now)
    for key in ids:
        # a returned request can still be withdrawn, so both may count, one after the other; never the other way round
        state = db.query("SELECT state FROM requests WHERE id = :id", {"id": key})[0]["state"]
        assert outcomes["withdraw"][key] == "won"
        assert state == "withdrawn"


def start_many(url: str, how_many: int, now: datetime, together: Barrier, said: Any) -> None:
    db = connect(url)
    asker = folk_of(db)["asker"]
    together.wait(60)
    said.put([requests.start(db, "dfe/pupils", by=asker, now=now).id for _ in range(how_many)])
    db.close()


def test_numbers_never_collide_between_processes(db: Database, url: str, now: datetime) -> None:
    furnish(db, now)
    how_many = 500 if IS_FULL else 20
    processes = multiprocessing.get_context("spawn")
    together, said = processes.Barrier(2), processes.Queue()
    pair = [processes.Process(target=start_many, args=(url, how_many, now, together, said)) for _ in range(2)]
    for each in pair:
        each.start()
    ids = [key for _ in pair for key in said.get(timeout=300)]
    for each in pair:
        each.join(30)
    assert sorted(ids) == [f"SR-{number:04d}" for number in range(1, 2 * how_many + 1)]


def test_what_two_tabs_save_at_once_is_both_kept(db: Database, now: datetime) -> None:
    asker = furnish(db, now)["asker"]
    for _ in range(50 if IS_FULL else 8):
        key = requests.start(db, "dfe/pupils", by=asker, now=now).id
        at_once(
            lambda key=key: requests.save_answers(db, key, {"aims": "One"}, by=asker, now=now),
            lambda key=key: requests.save_answers(db, key, {"impact": "Two"}, by=asker, now=now),
        )
        answers = requests.get(db, key, person=asker, now=now).answers
        assert (answers["aims"], answers["impact"]) == ("One", "Two")


def test_colleagues_who_join_at_once_have_both_joined(db: Database, now: datetime) -> None:
    folk = furnish(db, now)
    people.save(db, Person("second", organisation="camden-council"), origin="test", now=now)
    second = people.find(db, "second")
    for _ in range(50 if IS_FULL else 8):
        key = submitted(db, folk["asker"], now).id
        at_once(
            lambda key=key: requests.join(db, key, by=folk["colleague"], now=now),
            lambda key=key: requests.join(db, key, by=second, now=now),
        )
        assert requests.get(db, key, person=second, now=now).joined == {"colleague", "second"}


def test_steps_ticked_at_once_are_both_ticked_and_the_next_one_is_waited_for(db: Database, now: datetime) -> None:
    folk = furnish(db, now)
    for _ in range(50 if IS_FULL else 8):
        key = submitted(db, folk["asker"], now).id
        requests.approve(db, key, by=folk["manager"], now=now)
        requests.accept(db, key, by=folk["asker"], now=now)
        at_once(
            lambda key=key: requests.tick(db, key, "agreement", by=folk["manager"], now=now),
            lambda key=key: requests.tick(db, key, "dpia", by=folk["asker"], now=now),
        )
        assert requests.get(db, key, person=folk["asker"], now=now).waiting_for is Waiting.TECHNICAL
