"""How well messages are understood does not get worse: `floors.json` says how good it has to be.

The floors stand a little below what was measured on the half of the messages that nobody tunes by. Raise them when it
gets better.
"""

from __future__ import annotations

import json

import pytest

from tests.evaluation import report
from tests.evaluation.marking import HERE, Mark

FLOORS = json.loads((HERE / "floors.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def scored() -> tuple[list[Mark], list[list[Mark]]]:
    """The scoring half: messages, and conversations by turns."""
    with report.sample_context() as context:
        return report.asked(context, "score"), report.talked(context, "score")


def shares(marks: list[Mark]) -> dict[str, float]:
    return {name: many / of for name, (many, of) in report.figures(marks).items() if of}


def test_messages_are_understood_at_least_as_well_as_they_were(scored):
    found = shares(scored[0])
    assert {name: found[name] for name, floor in FLOORS["messages"].items() if found[name] < floor} == {}


def test_no_more_messages_are_declined_or_wrongly_answered_with_certainty_than_there_were(scored):
    found = shares(scored[0])
    assert {name: found[name] for name, most in FLOORS["messages, at most"].items() if found[name] > most} == {}


def test_later_turns_of_conversations_are_understood_at_least_as_well_as_they_were(scored):
    found = shares([turn for thread in scored[1] for turn in thread[1:]])
    assert {name: found[name] for name, floor in FLOORS["later turns"].items() if found[name] < floor} == {}
