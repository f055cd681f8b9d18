"""What is asked by command, or in a message's menu, is remembered for its person in that place, and nowhere else."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.playground.model import Message
from catalogue import clock, conversations, people, personal
from tests.journeys.conftest import ANALYST, OFFICER, Town

FIRST = "ask who holds rough sleeping data?"
IRELAND = "and for Northern Ireland?"
IRISH = "Rough sleeping street count and estimates (Northern Ireland)"


def private(town: Town) -> list[Message]:
    return [message for message in town.workspace.from_bot(town.channel) if message.ephemeral_to]


def test_a_command_goes_on_from_the_last_one(town: Town) -> None:
    town.commands(FIRST)
    answer = town.commands(IRELAND)
    assert answer.ephemeral_to == OFFICER
    assert answer.text.startswith(f"*Northern Ireland Housing Executive* holds {IRISH}.")
    assert town.commands("ask who do I ask about it?").text.startswith(f"For *{IRISH}*")


def test_a_button_on_a_private_answer_and_the_menu_of_a_message_belong_to_it_too(town: Town) -> None:
    answer = town.commands(FIRST)
    block, title = _second_entry(answer)
    town.clicks(answer, "entry.describe", block_id=block)
    assert town.commands("who do I ask about it?").text.startswith(f"For {title}")
    message = town.workspace.post(town.channel, "Who holds Price Paid Data?", user=ANALYST)
    before = len(private(town))
    assert town.sender.message_shortcut(OFFICER, message, "message.ask").ok
    town.workspace.wait_for(lambda _: len(private(town)) > before)
    assert "Price Paid Data" in town.commands("how current is it?").text


def _second_entry(message: Message) -> tuple[str, str]:
    """The block of the second entry that an answer shows, and its title as it stands there."""
    found = [block for block in message.blocks if "accessory" in block]
    return str(found[1]["block_id"]), str(found[1]["text"]["text"]).split("*")[1].join("**")


def test_nobody_else_and_no_other_place_knows_of_it(town: Town) -> None:
    town.commands(FIRST)
    assert IRISH not in town.commands(IRELAND, ANALYST).text
    assert IRISH not in town.asks(IRELAND).text
    assert IRISH not in town.asks_directly(IRELAND).text
    elsewhere = next(each for each in town.workspace.channels.values() if each.name == "general")
    assert town.sender.command(OFFICER, elsewhere, "/whoholds", IRELAND).ok
    town.settles()
    assert IRISH not in town.workspace.from_bot(elsewhere)[-1].text


def test_it_knows_nothing_of_the_threads_of_the_channel(town: Town) -> None:
    town.asks("who holds Price Paid Data?")
    assert "Price Paid" not in town.commands("who do I ask about it?").text


def test_after_an_hour_of_silence_it_is_over(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    town.commands(FIRST)
    assert IRISH in town.commands(IRELAND).text
    monkeypatch.setattr(conversations, "SILENCE", timedelta(0))
    assert IRISH not in town.commands(IRELAND).text


def test_what_went_on_from_others_is_shared_as_it_was_meant_then(town: Town) -> None:
    town.commands(FIRST)
    answer = town.commands(IRELAND)
    town.commands("who holds Price Paid Data?")
    shared = town.clicks(answer, "answer.share")
    assert shared.ephemeral_to is None
    assert IRISH in shared.text
    other = town.clicks(private(town)[-1], "answer.share")
    assert "Price Paid Data" in other.text


def test_what_was_shared_leaves_nothing_for_the_channel_to_go_on_from(town: Town) -> None:
    town.clicks(town.commands(FIRST), "answer.share")
    asked = town.commands(IRELAND, ANALYST)
    assert IRISH not in town.clicks(asked, "answer.share", ANALYST).text


def test_a_button_from_before_carries_the_question_alone_and_is_still_understood(town: Town) -> None:
    answer = town.commands("what does NPD mean?")
    for block in answer.blocks:
        for element in block.get("elements", []):
            if element.get("action_id") == "answer.share":
                element["value"] = "what does NPD mean?"
    assert "National Pupil Database" in town.clicks(answer, "answer.share").text


def test_whose_it_was_is_erased_with_them(town: Town) -> None:
    town.commands(FIRST)
    town.commands(IRELAND)
    town.settles()
    officer = people.find(town.db, OFFICER)
    assert "conversations" in personal.export(town.db, officer)
    with town.db.atomic():
        personal.erase(town.db, officer, by="test", reason="Gone", now=clock.now())
    left = str(town.db.query("SELECT * FROM conversations"))
    assert OFFICER not in left and officer.id not in left
