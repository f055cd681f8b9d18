"""Whatever somebody writes into a request, every modal and message that shows it is one that Slack takes, and shows the
words as they stand."""

from __future__ import annotations

import itertools
import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st

from bot.playground.block_kit import faults
from bot.playground.mrkdwn import control_sequences
from bot.slack import request_views
from bot.slack.desk import Desk
from bot.slack.request_cards import card
from bot.slack.request_deeds import _form
from bot.slack.request_form import RequestForm
from bot.slack.request_review import DEEDS, Reading
from bot.slack.request_words import HAPPENINGS
from catalogue import clock, people, requests
from catalogue.requests.model import Kind
from catalogue.requests.record import load
from catalogue.requests.states import State
from catalogue.requests.stricter import book_of
from catalogue.search.find import Search
from catalogue.store import connect
from intents.context import Context
from tests.bot.test_blocks import WORDS
from tests.fakes.hostile import VECTORS

NPD = "dfe/national-pupil-database"


@pytest.fixture(scope="module")
def desk(sample_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    folder = tmp_path_factory.mktemp("screens") / "catalogue"
    shutil.copytree(sample_folder, folder)
    db = connect(str(folder / "whoholds.db"))
    requests.start(db, NPD, by=people.find(db, "dwp-analyst"), now=clock.now())
    for place, state in enumerate(State, start=2):
        db.execute(
            "INSERT INTO request_events (request_id, place, at, by, verb, before, after, waiting_for, is_private,"
            " detail) VALUES ('SR-0001', :place, :now, 'dfe-manager', 'ask', 'draft', :state, 'manager', 0, '{}')",
            {"place": place, "now": clock.stamp(clock.now()), "state": str(state)},
        )
    db.execute(
        "INSERT INTO shares (request_id, dataset_id, dataset_title, holder, recipient, state, starts_on)"
        " VALUES ('SR-0001', :id, 'X', 'department-for-education', NULL, 'agreed', '2026-01-01')",
        {"id": NPD},
    )
    yield Desk(Context(db, Search(db, folder / "whoholds.index")), None, "T0")  # type: ignore[arg-type]
    db.close()


def write(desk: Desk, words: Iterator[str], state: State) -> None:
    """Put other people's words wherever they can stand."""
    answers: dict[str, Any] = {}
    for each in book_of(desk.db, None):
        match each.kind:
            case Kind.ONE:
                answers[each.id] = each.options[0].value
            case Kind.MANY:
                answers[each.id] = [option.value for option in each.options if not option.exclusive]
            case Kind.LIST:
                answers[each.id] = [next(words)[:250] for _ in range(5)]
            case Kind.DATE:
                answers[each.id] = "2099-01-01"
            case Kind.LINE:
                answers[each.id] = next(words)[:250]
            case Kind.TEXT:
                answers[each.id] = next(words)[:4000]
    values = {
        "state": str(state),
        "answers": json.dumps(answers),
        "title": next(words)[:300],
        "question": next(words)[:4000],
        "note": next(words)[:4000],
    }
    texts = {name: text.replace("\0", "").encode("utf-8", "ignore").decode() for name, text in values.items()}
    desk.db.execute(
        "UPDATE requests SET state = :state, answers = :answers, dataset_title = :title, question = :question,"
        " submitted_at = created_at WHERE id = 'SR-0001'",
        {name: texts[name] for name in ("state", "answers", "title", "question")},
    )
    note = {"note": texts["note"]}
    desk.db.execute("UPDATE request_events SET note = :note WHERE request_id = 'SR-0001'", note)
    desk.db.execute("UPDATE shares SET conditions = :note, subset = :note, ended_because = :note", note)
    desk.db.execute(
        "UPDATE people SET name = :note WHERE id IN ('dwp-analyst', 'dfe-manager')", {"note": note["note"][:200]}
    )


def screens(desk: Desk) -> Iterator[dict[str, Any]]:
    """Every modal that shows the request."""
    now, request = clock.now(), load(desk.db, "SR-0001")
    form, reading = RequestForm(desk), Reading(desk)
    sections = requests.questions_for(desk.db, request)
    for place in range(len(sections) + 1):
        yield form.step(request, place)
    yield request_views.review(
        request, sections, dict.fromkeys((each.id for each in sections[0].questions), "Write an answer."), "I declare"
    )
    for name in ("dwp-analyst", "dfe-manager", "auditor"):
        person = people.find(desk.db, name)
        if request.state is not State.DRAFT or name == "dwp-analyst":
            yield reading._sheet(request, person, now)
        for key, deed in DEEDS.items():
            yield _form(desk, key, deed, request, person, now)
    yield form._receipt(request, people.find(desk.db, "dwp-analyst"), now)
    yield request_views.saved(request)


def texts(thing: Any) -> Iterator[str]:
    """Every piece of mrkdwn in a view or message."""
    if isinstance(thing, dict):
        if thing.get("type") == "mrkdwn":
            yield str(thing["text"])
        for value in thing.values():
            yield from texts(value)
    elif isinstance(thing, list):
        for value in thing:
            yield from texts(value)


def check(desk: Desk, words: list[str], state: State) -> None:
    write(desk, itertools.cycle([word or " " for word in words]), state)
    now = clock.now()
    for view in screens(desk):
        assert faults(view) == [], view
        assert [sequence for text in texts(view) for sequence in control_sequences(text)] == []
    for name in ("dwp-analyst", "dfe-manager", "auditor", "nhs-manager"):
        for what in ("submitted", "receipt"):
            shown = card(desk.context, "SR-0001", people.find(desk.db, name), what=what, now=now)
            assert faults(shown.blocks) == []
            assert len(shown.text) <= 4_000
            assert [each for text in (shown.text, *texts(shown.blocks)) for each in control_sequences(text)] == []
            assert (
                any(block["type"] == "actions" for block in shown.blocks) or name == "nhs-manager" or state == "draft"
            )


@settings(
    max_examples=6,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.generate],  # to make a failing case smaller takes minutes
)
@given(words=WORDS, state=st.sampled_from(State))
@example(words=["&<>*_~`" * 3_000], state=State.IN_REVIEW)
@example(words=["x" * 4_000], state=State.APPROVED)
@example(words=["&amp; " * 700], state=State.RETURNED)
def test_any_words_in_any_field_fit_every_screen(desk: Desk, words: list[str], state: State) -> None:
    check(desk, words, state)


@pytest.mark.parametrize("vector", VECTORS.values(), ids=VECTORS)
def test_no_words_do_more_than_stand_there(desk: Desk, vector: str) -> None:
    check(desk, [vector], State.IN_REVIEW)


def test_a_long_answer_is_read_in_full(desk: Desk) -> None:
    write(desk, itertools.cycle([" ".join(f"word{place}" for place in range(560))]), State.IN_REVIEW)
    sheet = Reading(desk)._sheet(load(desk.db, "SR-0001"), people.find(desk.db, "dfe-manager"), clock.now())
    shown = "\n".join(texts(sheet))
    assert shown.count("word300") > 3
    assert shown.count("word400") > 3
    assert "…" not in shown.split("What happened")[0].split("What you need and why")[1]


def test_every_happening_has_words(desk: Desk) -> None:
    write(desk, itertools.cycle(["Words"]), State.IN_REVIEW)
    for what in HAPPENINGS:
        shown = card(desk.context, "SR-0001", people.find(desk.db, "dfe-manager"), what=what, now=clock.now())
        assert HAPPENINGS[what] in shown.text
        assert "None" not in shown.text
