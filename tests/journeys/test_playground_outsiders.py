"""In the playground one can be a guest, and ask where another organisation reads along: both hear what is public."""

from __future__ import annotations

from bot.commands.playground import add_outsiders
from tests.journeys.conftest import OFFICER, Builder
from tests.journeys.test_deliveries import HIDDEN_QUESTION, knows_it


def test_a_guest_and_a_shared_channel_are_there_to_try_and_hear_only_what_is_public(build: Builder) -> None:
    town = build(channels_are_for_government=True)
    add_outsiders(town.workspace)
    guest = next(user for user in town.workspace.users.values() if user.is_restricted)
    shared = next(channel for channel in town.workspace.channels.values() if channel.is_ext_shared)
    assert [channel.name for channel in town.workspace.channels.values() if guest.id in channel.members] == [
        "with-partners"
    ]
    assert knows_it(town.asks(HIDDEN_QUESTION, OFFICER))
    assert not knows_it(town.asks(HIDDEN_QUESTION, OFFICER, channel=shared))
    assert not knows_it(town.asks(HIDDEN_QUESTION, guest, channel=shared))
    assert not knows_it(town.asks_directly(HIDDEN_QUESTION, guest))
    assert "Department for Education" in town.asks("who holds the National Pupil Database?", guest, channel=shared).text
