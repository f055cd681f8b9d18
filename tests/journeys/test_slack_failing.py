"""Slack fails in each way at each step of a day: nothing is lost, nothing is raised, no personal data is logged.

What is said is said once, but where Slack had done it and its answer was lost: there it may be said again, under the
same id.
"""

from __future__ import annotations

import io
import os
from collections import Counter
from datetime import timedelta

import pytest

from bot.playground.model import Message
from bot.slack import api
from catalogue import outbox
from tests.journeys.asking import ANALYST, MANAGER, NPD, button, buttons, card, fills, presses, state
from tests.journeys.conftest import OFFICER, Builder, Town

QUESTION = "who holds the National Pupil Database? For Aurelia Quillfeather, quillfeather@example.gov.uk"
CANARIES = ("Quillfeather", "National Pupil", "We match it with benefits data", "No power is named")
LOST_ANSWERS = ("drop_after", "truncated_json", "ok_without_ts", "delay:0.6")
WAYS = ("ratelimited", "http_500", "http_502_html", "http_503", "drop_before", "error:internal_error", *LOST_ANSWERS)
STEPS = ("chat.postMessage", "chat.update", "views.open", "views.publish", "users.info")

CELLS = [
    pytest.param(way, step, id=f"{way} at {step}")
    for row, way in enumerate(WAYS)
    for column, step in enumerate(STEPS)
    if os.environ.get("WHOHOLDS_PROOF") == "1" or row % len(STEPS) == column
]
"""Every way at every step, or every way at one of them."""


@pytest.fixture(autouse=True)
def _short_waits_for_slack(monkeypatch: pytest.MonkeyPatch) -> None:
    seconds = api._seconds
    monkeypatch.setattr(api, "_seconds", lambda value: min(seconds(value) / 100, 0.05))
    monkeypatch.setattr(outbox, "LONGEST_WAIT", timedelta(milliseconds=50))


@pytest.mark.parametrize(("way", "step"), CELLS)
def test_a_day_goes_well_whatever_fails_on_the_way(
    build: Builder,
    way: str,
    step: str,
    log: io.StringIO,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    if way.startswith("delay"):
        monkeypatch.setattr(api, "TIMEOUT", api.httpx.Timeout(0.3))
    town = build()
    town.workspace.faults.add(kind=way, method=step, times=2)

    question = town.mention(QUESTION)
    (opened,) = town.sender.open_home(OFFICER)
    assert opened.ok
    opens_the_form(town)
    assert fills(town).callback_id == "request.submit"
    town.sender.submit(ANALYST, {"declared": ["yes"]})
    town.workspace.views.close(ANALYST, whole=True)
    town.settles()
    declines(town)
    town.settles()
    town.workspace.wait_for(lambda workspace: workspace.views.home(OFFICER))

    assert town.workspace.faults.unmet() < 2, "it did fail"
    assert town.thread(question), "the question is answered"
    assert state(town) == "declined"
    assert "No power is named" in card(town, ANALYST).text
    assert not [each for each in town.said_to(MANAGER) if "request.approve" in buttons(each)], "no button is left"
    assert outbox.counts(town.db)["parked"] == 0, town.errors()
    said = Counter(message.client_msg_id for message in town.workspace.from_bot() if message.client_msg_id)
    if step == "chat.postMessage" and way in LOST_ANSWERS:
        assert sum(said.values()) - len(said) <= 2, "said again only where the answer was lost"
    else:
        assert set(said.values()) == {1}
    written = log.getvalue() + caplog.text
    assert not [record for record in caplog.records if record.exc_info or record.levelname == "ERROR"]
    assert not [word for word in (*CANARIES, *names(town)) if word in written]


def names(town: Town) -> set[str]:
    people = town.workspace.users.values()
    return {word for user in people if not user.is_bot for word in (user.real_name, user.email) if word}


def pressed_until_a_form_is_open(town: Town, user: str, verb: str, value: str, where: Message) -> None:
    """Press as somebody does whose form did not come: they are told so, and press again."""
    for _ in range(4):
        said, opened = len(town.said_to(user)), len(town.workspace.calls_to("views.open"))
        assert presses(town, user, verb, value, where).ok
        town.workspace.wait_for(lambda there, opened=opened: len(there.calls_to("views.open")) > opened)
        if town.workspace.views.front(user):
            return
        town.settles()
        assert "Press the button again" in town.said_to(user)[said:][-1].text
    raise AssertionError(town.workspace.transcript())


def opens_the_form(town: Town) -> None:
    where = button(town, ANALYST, "request.start", NPD)
    pressed_until_a_form_is_open(town, ANALYST, "request.start", NPD, where)
    view = town.workspace.views.front(ANALYST)
    if view and view.callback_id == "request.begin":
        assert town.sender.submit(ANALYST, {}).ok


def declines(town: Town) -> None:
    pressed_until_a_form_is_open(town, MANAGER, "request.decline", "SR-0001", card(town, MANAGER))
    assert town.sender.submit(MANAGER, {"note": "No power is named."}).ok
