"""People side by side, the story and the wire, as the browser is given them."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient
from slack_bolt import App
from slack_sdk import WebClient

from bot.playground.events import Sender
from bot.playground.model import Channel, User
from bot.playground.page import create_page
from bot.playground.story import Step, Story
from bot.playground.wire import crossings
from bot.playground.workspace import Workspace

HERE = "http://127.0.0.1"
STORY = Story(
    "Two people",
    (
        Step("data.manager", "The manager speaks.", where="data-questions", says="hello"),
        Step("council.officer", "The officer sees nothing.", sees="an answer"),
    ),
    patience=0.05,
)


@pytest.fixture
def page(workspace: Workspace, sender: Sender, officer: User, manager: User, channel: Channel) -> FlaskClient:
    STORY.again()
    return create_page(workspace, sender, questions=[], title="whoholds", story=STORY).test_client()


def html(page: FlaskClient, address: str) -> str:
    answer = page.get(address, base_url=HERE)
    assert answer.status_code == 200
    return answer.text


def test_the_people_of_the_story_stand_side_by_side_unless_others_are_asked_for(
    page: FlaskClient, officer: User, manager: User
) -> None:
    shown = html(page, "/together")
    assert shown.index(f'data-person="{manager.id}"') < shown.index(f'data-person="{officer.id}"')
    assert f'data-person="{manager.id}"' not in html(page, f"/together?as={officer.id}")


def test_the_story_goes_on_step_by_step_and_says_why_it_stops(
    page: FlaskClient, manager: User, channel: Channel
) -> None:
    begun = page.get("/story", base_url=HERE).json
    assert begun["next"] == {"who": manager.id, "tell": "The manager speaks.", "in": channel.id}
    assert page.post("/story/next", base_url=HERE).json["done"] == 1
    stopped = page.post("/story/next", base_url=HERE).json
    assert stopped["done"] == 1
    assert stopped["failure"] == "council.officer: does not see “an answer”"
    assert page.post("/story/again", base_url=HERE).json["done"] == 0
    assert page.post("/story/else", base_url=HERE).status_code == 404


def test_without_a_story_there_is_none_to_play(workspace: Workspace, sender: Sender, officer: User) -> None:
    page = create_page(workspace, sender, questions=[], title="whoholds").test_client()
    assert page.get("/story", base_url=HERE).status_code == 404
    assert officer.real_name in html(page, "/together")


def test_every_delivery_and_call_is_on_the_wire_in_order_with_its_bodies(
    app: App,
    page: FlaskClient,
    workspace: Workspace,
    sender: Sender,
    client: WebClient,
    officer: User,
    channel: Channel,
) -> None:
    app.event("app_mention")(lambda event, say: say(text="<b>An answer</b>", thread_ts=event["ts"]))
    sender.say(officer, channel, "<@U0BOT> who holds it?")
    with pytest.raises(Exception, match="channel_not_found"):
        client.chat_postMessage(channel="C404", text="x")
    client.chat_postMessage(channel=officer.id, text="To one person")
    found = [each for each in crossings(workspace, sender) if each.name != "auth.test"]  # Bolt's own, at some time
    names = [(each.name, each.to_bot, each.ok) for each in found]
    assert names == [
        ("event:app_mention", True, True),
        ("chat.postMessage", False, True),
        ("chat.postMessage", False, False),
        ("chat.postMessage", False, True),
    ]
    assert found[-1].who == officer.real_name
    shown = html(page, "/wire")
    assert "Council officer, #data-questions" in shown
    assert "&lt;b&gt;An answer" in shown and "<b>An answer" not in shown
    assert "channel_not_found" in shown


def test_news_of_the_wire_hold_only_what_is_new(page: FlaskClient, client: WebClient) -> None:
    known: dict[str, Any] = page.get("/wire/live?deliveries=0&calls=1", base_url=HERE).json
    client.api_test()
    news = page.get(f"/wire/live?deliveries={known['deliveries']}&calls={known['calls']}", base_url=HERE).json
    assert news["rows"].count("<li") == 1
    assert "api.test" in news["rows"]
