"""Sixty-four meetings: each kind of person asks in each place about an entry that only government may know.

Who learns of it is what `expected` says, and everybody else is answered as if the entry were not there. What no person
wrote is not answered at all.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from enum import Enum

import pytest

from bot.playground.model import Channel, Message, User
from tests.journeys.conftest import OFFICER, Builder, Town

HIDDEN = "dfe/free-school-meals-eligibility-checking-service"
QUESTION = "what is the Free School Meals Eligibility Checking Service?"
KNOWN_BY = "eligibility-checking@education.example.gov.uk"
"""In every answer that tells of the entry, and in no question about it."""


class Told(Enum):
    ALL = "what government may know"
    PUBLIC = "what everyone may know"
    NOTHING = "nothing"


Person = Callable[[Town], User]
Place = Callable[[Town, User], "str | None"]


def somebody(**more: object) -> Person:
    return lambda town: town.workspace.add_user("somebody", **more)


def left(town: Town) -> User:
    town.workspace.change_user(OFFICER, deleted=True)
    return town.workspace.users[OFFICER]


def unknown_to_slack(town: Town) -> User:
    town.workspace.faults.add(kind="error:fatal_error", method="users.info", times=None)
    return town.workspace.add_user("unknown")


PEOPLE: dict[str, Person] = {
    "a civil servant": lambda town: town.officer,
    "a guest": somebody(is_restricted=True),
    "a guest of one channel": somebody(is_ultra_restricted=True),
    "somebody of another workspace": somebody(team_id="T0OTHER", is_stranger=True),
    "somebody deactivated": left,
    "somebody Slack says nothing about": unknown_to_slack,
    "another bot": lambda town: town.workspace.add_user("otherbot", is_bot=True),
    "the bot itself": lambda town: town.workspace.users[town.workspace.bot_user_id],
}


def texts(messages: list[Message]) -> str:
    return "\n".join(json.dumps([message.text, message.blocks]) for message in messages)


def after(town: Town, act: Callable[[], object]) -> str | None:
    """What the bot says because of something somebody does; None when it says nothing."""
    before = len(town.workspace.from_bot())
    act()
    town.settles()
    said = town.workspace.from_bot()[before:]
    return texts(said) if said else None


def say(town: Town, user: User, channel: Channel) -> str | None:
    """A mention, as an event: a bot's carries its bot id, as Slack has it."""
    town.workspace.join(channel, user)
    message = town.workspace.post(channel, f"<@{town.workspace.bot_user_id}> {QUESTION}", user=user.id)
    event = {"type": "app_mention", "user": user.id, "text": message.text, "ts": message.ts, "channel": channel.id}
    event |= {"bot_id": "B0"} if user.is_bot else {"team": user.team_id}
    if user.team_id != town.workspace.team_id:
        event |= {"user_team": user.team_id, "source_team": user.team_id}
    return after(town, lambda: town.sender.deliver_event(event))


def in_a_channel(town: Town, user: User) -> str | None:
    return say(town, user, town.channel)


def in_a_shared_channel(town: Town, user: User) -> str | None:
    return say(town, user, town.workspace.add_channel("partners", members=[OFFICER], is_ext_shared=True))


def directly(town: Town, user: User) -> str | None:
    im = town.workspace.open_im(user)
    message = town.workspace.post(im, QUESTION, user=user.id)
    event = {"type": "message", "channel": im.id, "channel_type": "im", "user": user.id, "text": QUESTION}
    event |= {"ts": message.ts} | ({"bot_id": "B0"} if user.is_bot else {"team": user.team_id})
    if user.team_id != town.workspace.team_id:
        event |= {"user_team": user.team_id, "source_team": user.team_id}
    return after(town, lambda: town.sender.deliver_event(event, subscription="message.im"))


def by_command(town: Town, user: User) -> str | None:
    return after(town, lambda: town.sender.command(user, town.channel, "/whoholds", QUESTION))


def by_a_button_in_a_channel(town: Town, user: User) -> str | None:
    return _press(town, user, town.workspace.post(town.channel, "old", blocks=[more_about()]))


def by_a_button_in_a_direct_message(town: Town, user: User) -> str | None:
    return _press(town, user, town.workspace.post(town.workspace.open_im(user), "old", blocks=[more_about()]))


def _press(town: Town, user: User, message: Message) -> str | None:
    return after(town, lambda: town.sender.click(user, message, "entry.describe", value=HIDDEN))


def more_about() -> dict[str, object]:
    """A button as an old message may hold it."""
    text = {"type": "plain_text", "text": "More about this"}
    return {
        "type": "actions",
        "block_id": "old",
        "elements": [{"type": "button", "action_id": "entry.describe", "value": HIDDEN, "text": text}],
    }


def by_the_menu_of_a_message(town: Town, user: User) -> str | None:
    message = town.workspace.post(town.channel, QUESTION, user=OFFICER)
    return after(town, lambda: town.sender.message_shortcut(user, message, "message.ask"))


def on_the_home(town: Town, user: User) -> str | None:
    """Opening the Home: nothing of the entry may be there for anybody who does not keep it."""
    town.sender.open_home(user)
    town.settles()
    home = town.workspace.views.home(user.id)
    return json.dumps(home.payload) if home else None


PLACES: dict[str, Place] = {
    "in a channel": in_a_channel,
    "in a shared channel": in_a_shared_channel,
    "directly": directly,
    "by command": by_command,
    "by a button in a channel": by_a_button_in_a_channel,
    "by a button in a direct message": by_a_button_in_a_direct_message,
    "by the menu of a message": by_the_menu_of_a_message,
    "on the Home": on_the_home,
}
PRIVATE = ("directly", "by command", "by a button in a direct message", "by the menu of a message")


def expected(person: str, place: str) -> Told:
    if person in ("another bot", "the bot itself") and place in ("in a channel", "in a shared channel", "directly"):
        return Told.NOTHING
    return Told.ALL if person == "a civil servant" and place in PRIVATE else Told.PUBLIC


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("person", PEOPLE)
def test_who_is_told_what_where(build: Builder, person: str, place: str) -> None:
    town = build()
    user = PEOPLE[person](town)
    said = PLACES[place](town, user)
    told = expected(person, place)
    if told is Told.NOTHING:
        assert said is None, said
        return
    knows = said is not None and KNOWN_BY in said
    assert knows is (told is Told.ALL), (said, town.workspace.transcript())
