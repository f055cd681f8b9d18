"""Slack is down for an hour while people ask and decide: by a virtual clock, through the real outbox and its waits.

For a quarter of an hour each Slack says "slower", fails, does not answer in time, and drops connections. What is asked
in forms that are open, and decided at the command line meanwhile, reaches everybody once Slack is back: nothing is
lost, and nothing is said twice but where Slack had done it and its answer was lost.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta

import httpx
import pytest

from catalogue import clock, outbox, requests
from catalogue.model import Notice
from tests.journeys.asking import ANALYST, MANAGER, NHS, begins, buttons, card, fills, person, state
from tests.journeys.conftest import OFFICER, Builder, Town

MINUTE = timedelta(minutes=1)
BAD_HOUR = (("ratelimited",), ("http_503", "http_500", "http_502_html"), ("delay:0.2",), ("drop_before", "drop_after"))
"""What Slack does in each quarter of the hour, in turn."""


class Hour:
    """The virtual clock, and the worker's own way to deliver, one notice after the other."""

    def __init__(self, town: Town, start: datetime) -> None:
        self.town, self.start, self.now = town, start, start
        self.tries = 0

    def passes(self, until: timedelta) -> None:
        """Deliver what is due, at the moments at which it is due."""
        end = self.start + until
        while self.now < end:
            notice: Notice | None = outbox.claim(self.town.db, now=self.now)
            if notice:
                self._delivers(notice)
                self.now += timedelta(milliseconds=200)
                continue
            due = outbox.next_due(self.town.db, now=self.now)
            self.now = min(max(due, self.now + timedelta(milliseconds=100)), end) if due else end

    def _delivers(self, notice: Notice) -> None:
        """One try, while Slack does what it does at this moment."""
        workspace, quarter = self.town.workspace, int((self.now - self.start) / (15 * MINUTE))
        kinds = BAD_HOUR[quarter] if quarter < len(BAD_HOUR) else ("",)
        kind, before = kinds[self.tries % len(kinds)], len(workspace.calls)
        self.tries += 1
        workspace.faults.clear()
        if kind:
            workspace.faults.add(kind=kind, times=None, retry_after=30)
        is_slow = kind.startswith("delay")
        self.town.bot.slack._http.timeout = httpx.Timeout(0.05 if is_slow else 10.0)
        self.town.bot.worker._deliver(notice)
        if is_slow:  # Slack does it all the same, a little later
            workspace.wait_for(lambda there: len(there.calls) > before)


@pytest.fixture
def hour(build: Builder, monkeypatch: pytest.MonkeyPatch) -> Iterator[Hour]:
    """Three people have a request ready to be sent when Slack goes down."""
    town = build()
    for user in (ANALYST, OFFICER, NHS):
        begins(town, user)
        assert fills(town, user).callback_id == "request.submit"
    town.settles()
    town.bot.worker.stop()
    for name, real in (("FIRST_WAIT", 10), ("PACE", 1)):
        monkeypatch.setattr(outbox, name, timedelta(seconds=real))
    passing = Hour(town, clock.now())
    monkeypatch.setattr(clock, "now", lambda: passing.now)
    yield passing
    town.workspace.faults.clear()


def test_an_hour_without_slack_loses_nothing_and_repeats_only_what_was_not_confirmed(hour: Hour) -> None:
    town, db = hour.town, hour.town.db
    already, of_before = len(town.workspace.calls), outbox.counts(db)["sent"]
    ids = {}
    for minute, user in ((2, ANALYST), (18, OFFICER), (33, NHS)):
        hour.passes(minute * MINUTE)
        assert town.sender.submit(user, {"declared": ["yes"]}).ok, "a form that is open can be sent all the same"
        (row,) = db.query("SELECT id FROM requests WHERE author = :who", {"who": person(town, user).id})
        ids[user] = row["id"]
        assert state(town, row["id"]) == "submitted"
    hour.passes(40 * MINUTE)
    manager = person(town, MANAGER)
    requests.approve(db, ids[ANALYST], by=manager, note="Fine.", now=clock.now())
    hour.passes(50 * MINUTE)
    requests.decline(db, ids[OFFICER], by=manager, note="No power is named.", now=clock.now())
    hour.passes(60 * MINUTE)
    assert outbox.counts(db)["waiting"] > 0, "a message is not given up in an hour"
    confirmed_from = len(town.workspace.calls)
    hour.passes(180 * MINUTE)

    counts = outbox.counts(db)
    assert (counts["waiting"], counts["sending"], counts["parked"]) == (0, 0, 0), town.errors()
    told = Counter((row["what"], row["person"], row["about"]) for row in db.query("SELECT * FROM told"))
    for what, user, about in (
        *(("receipt", user, ids[user]) for user in ids),
        *(("submitted", MANAGER, key) for key in ids.values()),
        ("approved", ANALYST, ids[ANALYST]),
        ("declined", OFFICER, ids[OFFICER]),
    ):
        assert told[f"request.{what}", person(town, user).id, about] == 1, (what, user, about)

    done = [
        (place, call.args["client_msg_id"])
        for place, call in enumerate(town.workspace.calls)
        if place >= already and call.method == "chat.postMessage" and call.done
    ]
    said = Counter(key for _place, key in done)
    lost = Counter(key for place, key in done if place < confirmed_from)  # in that hour no answer came through
    again = {key: times - 1 for key, times in said.items() if times > 1}
    assert all(extra <= lost[key] for key, extra in again.items()), "only where Slack's answer was lost"
    tries = len(town.workspace.calls) - already
    print(
        f"{tries} calls in and after the hour for {counts['sent'] - of_before} notices; {sum(again.values())} repeats"
    )

    for user, key in ids.items():
        for reader in (user, MANAGER):
            shown = next(each for each in reversed(town.said_to(reader)) if f"*{key}*" in each.text)
            is_going = state(town, key) == "submitted"
            assert ("request.approve" in buttons(shown)) is (is_going and reader == MANAGER)
    assert "No power is named." in card(town, OFFICER, ids[OFFICER]).text, "whatever was said before it is changed"
