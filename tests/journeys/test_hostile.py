"""Seventeen ways of making Slack show what was not meant, in every field and in every view: all of them literal.

Entries come in as an import brings them, with the vector in every field that a source or a person can fill; then the
same is written into the record past every cleaner, entry and organisation, for a cleaner is not what keeps a view safe.
People write it in their questions. Everything that reached Slack is read as Slack reads it.
"""

from __future__ import annotations

import html
import json
import os
import random
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from bot.playground.mrkdwn import control_sequences, to_html
from catalogue import datasets, organisations
from catalogue.entries import ENUMS, FIELDS, LISTS
from catalogue.harvest.run import merge_rows
from tests.fakes.hostile import VECTORS
from tests.journeys.conftest import MANAGER, OFFICER, Builder, Town

PROOF = os.environ.get("WHOHOLDS_PROOF") == "1"
PARTS, MESSAGES = (10, 10_000) if PROOF else (1, 120)
NOW = datetime(2026, 3, 31, 9, 30, tzinfo=UTC)
DATES = ("issued", "modified", "last_verified")
SKIPPED = ("id", "title", "publisher", "visibility", "status", "extras", "source", "source_id", *DATES, *ENUMS)
QUESTIONS = (
    "who holds zebra census {v}",
    "what is the zebra census?",
    "how current is the zebra census? {v}",
    "does the zebra census cover {v}",
    "who do I ask about the zebra census?",
    "can I share the zebra census with {v} for research?",
    "can I have the zebra census?",
    "what does Zebra Office hold on {v}",
    "has the zebra census been shared with {v} before?",
    "compare the zebra census and {v}",
    "what does {v} mean?",
    "the zebra census entry is wrong: {v}",
    "{v}",
)


def poisoned(vector: str) -> dict[str, Any]:
    """An entry with the vector in every field that takes words."""
    row: dict[str, Any] = {
        "id": "zebra/census",
        "title": f"Zebra census {vector}",
        "publisher": f"Zebra Office {vector}",
    }
    for name in FIELDS:
        if name not in SKIPPED:
            row[name] = [vector] if name in LISTS else vector
    row["contact"] = {"name": vector, "email": vector, "slack_channel": vector}
    row["legal_gateways"] = [{"name": vector, "citation": vector, "note": vector}]
    row["distributions"] = [{"title": vector, "media_type": vector, "url": vector, "access": vector}]
    return {**row, "extras": {vector: vector}, "access_rights": "RESTRICTED", "lead_time_days": 5}


Poison = Callable[[str, bool], Town]


@pytest.fixture
def poison(build: Builder) -> Poison:
    def start(vector: str, past_cleaners: bool) -> Town:
        town = build()
        row = poisoned(vector)
        resolve = town.bot.catalogue.search.vocabulary().resolve
        report = merge_rows(town.db, [(1, row)], source="test", by="test", why=vector, now=NOW, resolve=resolve)
        assert report.added == 1
        if past_cleaners:
            write_raw(town, row)
        return town

    return start


def write_raw(town: Town, row: dict[str, Any]) -> None:
    """Put the words into the record as they are, as a fault of a cleaner or of somebody at the database would."""
    with town.db.atomic():
        found = town.db.query("SELECT publisher, entry FROM datasets WHERE id = :id", {"id": row["id"]})[0]
        kept = {name: json.loads(found["entry"]).get(name) for name in ("publisher", "status", "visibility")}
        town.db.execute(
            "UPDATE datasets SET entry = :entry, title = :title, change = :change WHERE id = :id",
            {
                "entry": json.dumps({**row, **{name: value for name, value in kept.items() if value}}),
                "title": row["title"],
                "change": datasets.take_changes(town.db),
                "id": row["id"],
            },
        )
        body = organisations.find(town.db, found["publisher"])
        assert body
        organisations.save(town.db, [replace(body, name=row["publisher"])], origin="test")
        organisations.touch(town.db)


def mrkdwn_in(value: Any) -> Iterator[str]:
    """Every text under `value` that Slack reads as mrkdwn."""
    if isinstance(value, dict):
        if value.get("type") == "mrkdwn":
            yield value["text"]
        for inner in value.values():
            yield from mrkdwn_in(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from mrkdwn_in(inner)


def said(town: Town) -> Iterator[str]:
    """Every mrkdwn text that the bot put anywhere: messages, modals, homes."""
    for message in town.workspace.from_bot():
        yield message.text
        yield from mrkdwn_in(message.blocks)
    for person in town.workspace.users:
        for view in (*town.workspace.views.stack(person), town.workspace.views.home(person)):
            if view:
                yield from mrkdwn_in(view.payload)


def is_literal(town: Town, written: str) -> None:
    """Nothing in it is read by Slack as anything but our own links and mentions of people who are there."""
    ours = {f"<@{person}>" for person in town.workspace.users} | {f"<#{each}>" for each in town.workspace.channels}
    for control in control_sequences(written):
        assert control in ours or control.startswith(("<https://", "<http://127", "<!date^")), control
        assert "evil" not in control or "|" not in control, f"a link that says it leads elsewhere: {control}"
        assert "{date}^https://evil" not in control
    shown = html.unescape(re.sub(r"<[^<>]*>", "", to_html(written)))
    assert "✅" not in shown
    assert not re.search(r"[\u202a-\u202e\u2066-\u2069\u200c\ufeff\U000e0041]", written)
    assert not [line for line in shown.splitlines() if line.strip().startswith("Approved by the minister")]


@pytest.mark.parametrize("past_cleaners", [False, True], ids=["imported", "past the cleaners"])
@pytest.mark.parametrize("vector", VECTORS)
def test_a_vector_in_every_field_is_literal_in_every_view(poison: Poison, vector: str, past_cleaners: bool) -> None:
    text = VECTORS[vector]
    town = poison(text, past_cleaners)
    for question in QUESTIONS:
        answer = town.asks_directly(question.format(v=text))
        assert answer.blocks
    town.asks("who holds the zebra census? " + text)
    town.commands("zebra census " + text)
    for person in (OFFICER, MANAGER):
        town.sender.open_home(person)
    for message in list(town.workspace.from_bot()):
        for action in {"access.ask", "request.start"} & actions_of(message.blocks):
            town.sender.click(OFFICER, message, action)
    town.settles()
    texts = list(said(town))
    if past_cleaners:
        letters = re.sub(r"[^a-zA-Z]", "", text)[:10]
        assert any(letters in re.sub(r"[^a-zA-Z]", "", html.unescape(each)) for each in texts), (
            "it is shown, not left out"
        )
    for each in texts:
        is_literal(town, each)
    assert not town.errors()


def actions_of(blocks: Any) -> set[str]:
    found = set()
    if isinstance(blocks, dict):
        found |= {blocks["action_id"]} if "action_id" in blocks else set()
        blocks = list(blocks.values())
    for inner in blocks if isinstance(blocks, list) else ():
        found |= actions_of(inner)
    return found


def fuzzed(chance: random.Random) -> str:
    """What somebody may send: words that mean something, vectors, marks, letters of every script, bytes gone wrong."""
    parts = []
    for _ in range(chance.choice((1, 2, 3, 5, 8, 30))):
        match chance.randrange(6):
            case 0:
                parts.append(chance.choice(list(VECTORS.values())))
            case 1:
                parts.append("".join(chance.choice("*_~`<>|&;:@#!^{}[]()\"'\\/.,?-=+\n\t") for _ in range(9)))
            case 2:
                parts.append("".join(chr(chance.randrange(1, 0xD800)) for _ in range(chance.choice((1, 5, 40)))))
            case 3:
                parts.append(chr(chance.randrange(0xE000, 0x110000)) * chance.choice((1, 300)))
            case 4:
                parts.append("".join(chance.choice("0123456789abcdefghijklmnopqrstuvwxyz") for _ in range(12)))
            case _:
                parts.append(chance.choice(QUESTIONS).format(v=chance.choice(("NPD", "Leeds", "2019", "x" * 3_000))))
    return chance.choice(("", " ", ", ")).join(parts)[:12_000] or "?"


@pytest.mark.parametrize("part", range(PARTS))
def test_any_message_through_the_whole_path_is_answered_once_without_an_exception(
    build: Builder, caplog: pytest.LogCaptureFixture, part: int
) -> None:
    """The strict stand-in refuses blocks that are too long, and the town fails at the end if it had to."""
    town, chance = build(), random.Random(11 + part)
    people = [person.id for person in town.workspace.users.values() if not person.is_bot and not person.deleted][:3]
    before = 0
    for number in range(MESSAGES):
        (delivery, *_more) = town.sender.direct_message(chance.choice(people), fuzzed(chance))
        assert delivery.status == 200
        if number % 20 == 19:
            town.settles(60)
            answers = len(town.workspace.from_bot())
            assert answers >= before
            before = answers
    town.settles(60)
    assert not town.errors()
    assert not [record for record in caplog.records if record.levelname == "ERROR"]
    for each in said(town):
        is_literal(town, each)
