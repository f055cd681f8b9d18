"""What a share of the register and what is asked about have not in common."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from bot.slack.answers import as_message
from catalogue import register
from catalogue.model import GOVERNMENT
from catalogue.register import Line
from intents.context import Context, Question
from intents.understand import respond

LINE = Line(
    reference="SR-0042",
    dataset_id="dfe/national-pupil-database",
    dataset="National Pupil Database",
    holder="department-for-education",
    holder_name="Department for Education",
    recipient="department-for-work-pensions",
    recipient_name="Department for Work and Pensions",
    power="Digital Economy Act 2017",
    benefit="Research into what helps people into work",
    began_on=date(2025, 3, 1),
    ends_on=None,
    review_on=None,
    is_in_force=True,
    days=90,
    is_illustrative=False,
)


@pytest.fixture
def asks(sample_catalogue, now: datetime, monkeypatch: pytest.MonkeyPatch):
    """Puts a question while the register has the one line."""
    monkeypatch.setattr(register, "lines", lambda _db, **_which: [LINE])
    context = Context(sample_catalogue.db, sample_catalogue)
    return lambda text: respond(context, Question(text, GOVERNMENT, now))


@pytest.mark.parametrize(
    ("text", "differs"),
    [
        ("has the National Pupil Database been shared before?", ()),
        ("has the National Pupil Database been shared with DWP before?", ()),
        ("has the National Pupil Database been shared with a council before?", ("kind",)),
        ("has the National Pupil Database been shared with DWP for fraud before?", ("purpose",)),
        ("has the National Pupil Database been shared with a council for fraud before?", ("kind", "purpose")),
    ],
)
def test_a_share_says_in_what_it_differs_from_what_is_asked(text: str, differs: tuple[str, ...], asks):
    answer = asks(text)
    assert answer.intent == "precedent"
    assert answer.details["differs"] == {"SR-0042": differs}


def test_the_answer_says_what_differs(asks, sample_catalogue):
    answer = asks("has the National Pupil Database been shared with a council for fraud before?")
    said = as_message(answer, sample_catalogue.vocabulary()).text
    assert "What differs: another kind of body, another purpose." in said
