"""A story is played as its people would do it, and stops with a sentence where they could not."""

from __future__ import annotations

from typing import Any

import pytest
from slack_bolt import App
from slack_sdk import WebClient

from bot.playground.events import Sender
from bot.playground.model import Channel, User
from bot.playground.story import Step, Story, StoryEnded
from bot.playground.workspace import Workspace


def plain(text: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": text}


SCHOOL = {"text": plain("School census"), "value": "dfe/school-census"}
FORM = {
    "type": "modal",
    "callback_id": "request",
    "title": plain("Request access"),
    "submit": plain("Send"),
    "blocks": [
        {
            "type": "input",
            "label": plain("Which data"),
            "element": {"type": "external_select", "action_id": "dataset", "min_query_length": 2},
        },
        {
            "type": "input",
            "label": plain("What for"),
            "element": {"type": "plain_text_input", "action_id": "purpose"},
        },
    ],
}


@pytest.fixture
def listening(app: App) -> App:
    """A bot that answers a mention with a button, the button with a form, and the form with a message."""

    @app.event("app_mention")
    def answer(event: dict[str, Any], say: Any) -> None:
        button = {"type": "button", "action_id": "request", "text": plain("Request access")}
        say(text="Ask for it", thread_ts=event["ts"], blocks=[{"type": "actions", "elements": [button]}])

    @app.action("request")
    def open_form(ack: Any, body: dict[str, Any], client: WebClient) -> None:
        client.views_open(trigger_id=body["trigger_id"], view=FORM)
        ack()

    @app.view("request")
    def take(ack: Any, body: dict[str, Any], view: dict[str, Any], client: WebClient) -> None:
        values = {name: value for block in view["state"]["values"].values() for name, value in block.items()}
        ack()
        chosen = values["dataset"]["selected_option"]["value"]
        client.chat_postMessage(channel=body["user"]["id"], text=f"{chosen} for {values['purpose']['value']}")

    app.options("dataset")(lambda ack: ack(options=[SCHOOL]))
    return app


ASKS = Step("council.officer", "asks", where="data-questions", says="@whoholds who holds it?", sees="Ask for it")
PRESSES = Step("council.officer", "presses", "data-questions", presses="Request access", sees="Request access")
FILLS = Step(
    "council.officer",
    "fills in",
    fills={"Which data": "School census", "What for": "School meals"},
    sees="dfe/school-census for School meals",
)


def played(sender: Sender, *steps: Step) -> Story:
    story = Story("A story", steps, patience=0.3)
    while story.next(sender):
        pass
    return story


def test_people_speak_press_and_fill_in_forms(listening: App, sender: Sender, officer: User, channel: Channel) -> None:
    story = played(sender, ASKS, PRESSES, FILLS)
    assert (story.done, story.failure) == (3, "")


def test_it_knows_the_thread_in_which_somebody_was_answered(
    listening: App, sender: Sender, officer: User, channel: Channel
) -> None:
    assert played(sender, ASKS).thread == sender.workspace.messages(channel)[0].ts


def test_it_can_be_played_again(listening: App, sender: Sender, officer: User, channel: Channel) -> None:
    story = played(sender, ASKS, PRESSES, FILLS)
    story.again()
    assert story.next(sender) == ASKS


def test_a_step_that_waits_for_something_is_left_out_while_it_is_not_there(
    listening: App, sender: Sender, officer: User, channel: Channel
) -> None:
    twice = Step("council.officer", "presses", "data-questions", when="Request access", presses="Request access")
    story = played(sender, twice, ASKS, PRESSES)
    assert story.done == 3
    assert sender.workspace.views.front(officer.id)


@pytest.mark.parametrize(
    ("step", "why"),
    [
        (Step("nobody", ""), "there is nobody called nobody"),
        (Step("council.officer", "", where="elsewhere"), "there is no channel elsewhere"),
        (Step("council.officer", "", presses="Approve"), "sees no button “Approve”"),
        (Step("council.officer", "", fills={}), "sees no form"),
        (Step("council.officer", "", shortcut="Lose data"), "there is no shortcut “Lose data”"),
        (Step("council.officer", "", says="/other"), "cannot do that"),
        (Step("council.officer", "", where="data-questions", says="hello", sees="hullo"), "does not see “hullo”"),
    ],
)
def test_it_stops_where_somebody_cannot_go_on(
    listening: App, sender: Sender, officer: User, channel: Channel, step: Step, why: str
) -> None:
    story = Story("A story", (step,), patience=0.05)
    with pytest.raises(StoryEnded, match=why):
        story.next(sender)
    assert story.done == 0
    assert why in story.failure


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"When": "now"}, "finds no field “When” in the form"),
        ({"Which data": "Another"}, "is not offered “Another”"),
        ({"What for": "School meals"}, "cannot send the form"),
    ],
)
def test_a_form_that_cannot_be_filled_in_stops_it(
    listening: App, sender: Sender, officer: User, channel: Channel, fields: dict[str, str], why: str
) -> None:
    with pytest.raises(StoryEnded, match=why):
        played(sender, ASKS, PRESSES, Step("council.officer", "", fills=fields))


def test_what_was_said_before_a_step_is_not_what_it_waits_for(
    listening: App, workspace: Workspace, sender: Sender, officer: User, channel: Channel
) -> None:
    workspace.post(channel, "Ask for it")
    with pytest.raises(StoryEnded, match="does not see"):
        played(sender, Step("council.officer", "", where="data-questions", says="no mention", sees="Ask for it"))
    assert played(sender, Step("council.officer", "", where="data-questions", sees="Ask for it")).done == 1
