"""Whatever entries, people and sources are called, a Home is one that Slack takes, and shows it literally."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from bot.playground.block_kit import faults, option_faults
from bot.playground.mrkdwn import control_sequences, to_html
from bot.playground.transcript import elements_of
from bot.slack import finding, home
from bot.slack.unfurling import unfurls
from catalogue import datasets, demand, follows, people, readiness, requests
from catalogue.model import GOVERNMENT, Grant, Person, Role
from catalogue.search.find import Search
from catalogue.search.suggest import Suggestion
from intents.context import Context
from tests.catalogue.requests.asking import DFE, PUPILS, furnish, submitted
from tests.fakes.hostile import VECTORS

LONG = "wide " * 400


def texts(thing: Any, kind: str) -> Iterator[str]:
    """Every text of a kind in blocks."""
    if isinstance(thing, list):
        for each in thing:
            yield from texts(each, kind)
    elif isinstance(thing, dict):
        if thing.get("type") == kind:
            yield str(thing["text"])
        for value in thing.values():
            yield from texts(value, kind)


def is_literal(blocks: list[dict[str, Any]]) -> None:
    for written in texts(blocks, "mrkdwn"):
        assert control_sequences(written) == []
        assert not [line for line in written.splitlines() if line.startswith("Approved by")], "no forged line"
        assert not re.search(r"<(em|s|code|pre|blockquote)\b", to_html(written)), "no format but our own"
        assert "✅" not in to_html(written)
    for block in blocks:
        for element in elements_of(block):
            assert "\n" not in element.get("text", {}).get("text", "")


@pytest.fixture
def context(search: Search) -> Context:
    return Context(search.db, search)


def everything_called(context: Context, words: str, now: datetime) -> list[Person]:
    """A catalogue in which every text of others is `words`; those who look at it."""
    db = context.db
    folk = furnish(db, now)
    changes = {"title": f"Data {words[:250]}", "summary": words[:400], "last_verified": "2020-01-01"}
    datasets.amend(db, PUPILS, changes, revision=1, by="test", why=None, now=now)
    for person in folk.values():
        people.save(db, replace(person, name=words[:80]), origin="test", now=now)
    deputy = Grant(Role.MANAGER, DFE, deputy_for="manager")
    people.grant(db, "colleague", deputy, by="test", reason=None, now=now)
    for place in range(3):
        demand.record(db, f"{words} {place}", organisation=None, now=now)
    request = submitted(db, folk["asker"], now)
    submitted(db, folk["stranger"], now)
    requests.approve(db, request.id, by=people.find(db, "pupils-manager"), now=now)
    readiness.refresh(db, now=now)
    for kind, what in (("entry", PUPILS), ("organisation", DFE), ("question", words)):
        follows.start(db, folk["asker"], kind, what, now=now)
    return people.everyone(db)


@pytest.mark.parametrize("vector", [*VECTORS, "long"])
def test_in_every_home_and_under_every_link(context: Context, now: datetime, vector: str) -> None:
    words = VECTORS.get(vector, LONG)
    everybody = everything_called(context, words, now)
    for person in everybody:
        view = home.view(context, person)
        assert faults(view, "home") == []
        is_literal(view["blocks"])
    assert any("SR-0001" in str(home.view(context, person)) for person in everybody)
    link = f"https://whoholds.example.gov.uk/datasets/{PUPILS}"
    shown = unfurls(context, [link], None, GOVERNMENT, now=now)
    is_literal(shown[link]["blocks"])
    assert faults(shown[link]["blocks"]) == []


@pytest.mark.parametrize("vector", [*VECTORS, "long"])
def test_in_every_option_of_the_form(vector: str) -> None:
    words = VECTORS.get(vector, LONG)
    option = finding._of(Suggestion("entry", "dfe/pupils", words, words))
    assert option_faults(option) == []
    assert "\n" not in option["text"]["text"]


def test_the_form_is_one_that_slack_takes() -> None:
    assert faults(finding.form(), "modal") == []
