"""The page shows what a person would see in Slack, does what they would do there, and lets nothing else in or out."""

from __future__ import annotations

import re
import threading
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from slack_bolt import App
from slack_sdk import WebClient

import bot.playground
from bot.playground.events import Sender
from bot.playground.model import Channel, User
from bot.playground.page import create_page
from bot.playground.workspace import Workspace
from tests.fakes.hostile import VECTORS

HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(1)>\"' onclick=alert(1) &lt;b&gt;"


def plain(text: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": text}


OPTIONS = [{"text": plain(HOSTILE[:75]), "value": "one"}, {"text": plain("Two"), "value": "two"}]
FIELDS = [
    {"type": "plain_text_input", "multiline": True, "initial_value": HOSTILE},
    {"type": "plain_text_input", "placeholder": plain(HOSTILE)},
    {"type": "email_text_input"},
    {"type": "url_text_input"},
    {"type": "number_input", "is_decimal_allowed": False},
    {"type": "datepicker"},
    {"type": "timepicker"},
    {"type": "datetimepicker"},
    {"type": "static_select", "options": OPTIONS, "initial_option": OPTIONS[0]},
    {"type": "multi_static_select", "options": OPTIONS, "initial_options": OPTIONS},
    {"type": "external_select", "initial_option": OPTIONS[0]},
    {"type": "multi_external_select"},
    {"type": "users_select"},
    {"type": "multi_users_select"},
    {"type": "channels_select"},
    {"type": "conversations_select"},
    {"type": "radio_buttons", "options": OPTIONS},
    {"type": "checkboxes", "options": OPTIONS, "initial_options": OPTIONS[:1]},
]
MODAL = {
    "type": "modal",
    "title": plain("Request access"),
    "submit": plain("Send"),
    "callback_id": "form",
    "blocks": [
        {
            "type": "input",
            "block_id": f"b{n}",
            "optional": n > 0,
            "label": plain(HOSTILE),
            "element": {**element, "action_id": "a"},
        }
        for n, element in enumerate(FIELDS)
    ],
}
RICH = [
    {"type": "text", "text": HOSTILE, "style": {"bold": True}},
    {"type": "link", "url": "javascript:alert(1)", "text": "no"},
    {"type": "link", "url": "https://example.gov.uk"},
    {"type": "user", "user_id": "U0BOT"},
    {"type": "emoji", "name": "eyes"},
    {"type": "date", "timestamp": 1782907200, "format": "{date}"},
]
BLOCKS = [
    {"type": "header", "text": plain(HOSTILE)},
    {
        "type": "section",
        "text": {"type": "mrkdwn", "text": HOSTILE},
        "fields": [plain(HOSTILE)],
        "accessory": {"type": "overflow", "action_id": "more", "options": OPTIONS},
    },
    {"type": "context", "elements": [plain(HOSTILE), {"type": "image", "image_url": "https://x", "alt_text": HOSTILE}]},
    {"type": "divider"},
    {"type": "image", "image_url": "https://x", "alt_text": HOSTILE},
    {"type": "markdown", "text": HOSTILE},
    {"type": "table", "rows": [[{"type": "raw_text", "text": HOSTILE}]]},
    {
        "type": "rich_text",
        "elements": [
            {"type": "rich_text_section", "elements": RICH},
            {"type": "rich_text_quote", "elements": RICH},
            {"type": "rich_text_preformatted", "elements": RICH},
            {
                "type": "rich_text_list",
                "style": "ordered",
                "elements": [{"type": "rich_text_section", "elements": RICH}],
            },
        ],
    },
    {
        "type": "actions",
        "elements": [
            {
                "type": "button",
                "action_id": "go",
                "text": plain(HOSTILE),
                "value": HOSTILE,
                "confirm": {"title": plain(HOSTILE), "text": plain("x"), "confirm": plain("Yes"), "deny": plain("No")},
            },
            {"type": "button", "action_id": "link", "text": plain("x"), "url": "javascript:alert(1)"},
            {"type": "static_select", "action_id": "pick", "options": OPTIONS},
        ],
    },
    {"type": "carousel"},
]


class Strict(HTMLParser):
    """Fails on a script, an inline handler or style, a foreign address, and on two elements with one id."""

    def __init__(self) -> None:
        super().__init__()
        self.ids: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        assert tag not in ("img", "iframe", "style")
        assert tag != "script" or (given.get("src") or "").startswith("/static/")
        assert not [name for name in given if name.startswith("on") or name == "style"]
        for name in ("src", "href"):
            assert not re.match(r"\s*(javascript|data|vbscript):", given.get(name) or "", re.IGNORECASE)
            assert tag == "a" or not (given.get(name) or "").startswith(("http", "//"))
        if given.get("id"):
            assert given["id"] not in self.ids, given["id"]
            self.ids.add(str(given["id"]))


def read(html: str) -> str:
    """The HTML, once it is found to be harmless."""
    parser = Strict()
    parser.feed(html)
    parser.close()
    return html


@pytest.fixture
def page(workspace: Workspace, sender: Sender, officer: User, manager: User, channel: Channel) -> FlaskClient:
    app = create_page(workspace, sender, questions=["who holds school meals data?"], title="whoholds")
    return app.test_client()


def get(page: FlaskClient, **args: str) -> str:
    return read(page.get("/", query_string=args, base_url="http://127.0.0.1").text)


def act(page: FlaskClient, name: str, **body: Any) -> str | None:
    answer = page.post(f"/do/{name}", json=body, base_url="http://127.0.0.1")
    assert answer.status_code == 200
    notice: str | None = answer.json["notice"]
    return notice


def test_the_first_person_starts_in_their_direct_messages(page: FlaskClient, officer: User) -> None:
    html = get(page)
    assert "This is the start of your conversation with whoholds" in html
    assert f'data-as="{officer.id}" aria-current="true"' in html
    assert "who holds school meals data?" in html


def test_every_kind_of_block_and_field_is_shown_and_nothing_gets_through(
    page: FlaskClient, workspace: Workspace, officer: User, channel: Channel
) -> None:
    workspace.change_user(officer, real_name=HOSTILE, title=HOSTILE)
    message = workspace.post(channel, HOSTILE, blocks=BLOCKS)
    workspace.post(channel, HOSTILE, thread_ts=message.ts)
    workspace.views.open(officer.id, MODAL)
    workspace.views.publish(officer.id, {"type": "home", "blocks": BLOCKS[:-1]})
    html = get(page, **{"as": officer.id, "in": channel.id, "thread": message.ts})
    assert "Slack would not show this: block type “carousel”" in html
    assert "The playground does not show this" not in html
    assert "1 reply" in html
    assert html.count("<script") == 1
    get(page, **{"as": officer.id, "in": "home"})


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.text(alphabet="<>&\"'`*_~|@#!:/=\n ax", max_size=60))
def test_whatever_is_said_is_shown_harmlessly(
    page: FlaskClient, workspace: Workspace, channel: Channel, text: str
) -> None:
    section = {"type": "section", "text": {"type": "mrkdwn", "text": text + "."}}
    workspace.delete(workspace.messages(channel)[-1]) if workspace.messages(channel) else None
    workspace.post(channel, text, blocks=[section, {"type": "header", "text": plain(text)}])
    get(page, **{"in": channel.id})


@pytest.mark.parametrize("vector", VECTORS)
def test_each_of_the_seventeen_vectors_is_shown_harmlessly(
    page: FlaskClient, workspace: Workspace, officer: User, channel: Channel, vector: str
) -> None:
    text = VECTORS[vector]
    workspace.change_user(officer, real_name=text, title=text)
    section = {"type": "section", "text": {"type": "mrkdwn", "text": text}}
    workspace.post(channel, text, user=officer.id, blocks=[section, {"type": "header", "text": plain(text)}])
    html = get(page, **{"as": officer.id, "in": channel.id})
    assert html.count("<script") == 1
    assert not re.search(r"<(!|@|#|subteam)", html.replace("<!doctype", ""), re.IGNORECASE)


def test_an_ephemeral_message_is_on_the_page_of_its_person_only(
    page: FlaskClient, workspace: Workspace, officer: User, manager: User, channel: Channel
) -> None:
    workspace.post(channel, "a secret answer", ephemeral_to=officer.id)
    assert "Only visible to you" in get(page, **{"as": officer.id, "in": channel.id})
    assert "a secret answer" not in get(page, **{"as": manager.id, "in": channel.id})


def test_a_question_goes_to_the_bot_and_a_crash_is_told(
    app: App, page: FlaskClient, workspace: Workspace, officer: User, channel: Channel
) -> None:
    @app.event("app_mention")
    def answer(event: dict[str, Any], say: Any) -> None:
        if "crash" in event["text"]:
            raise RuntimeError
        say(text="The Department for Education", thread_ts=event["ts"])

    here = {"as": officer.id, "in": channel.id}
    assert act(page, "say", text="@whoholds who holds <this> & that?", **here) is None
    assert workspace.messages(channel)[0].text == "<@U0BOT> who holds &lt;this&gt; &amp; that?"
    assert act(page, "say", text="@whoholds crash", **here) == "whoholds answered with an error (500)."
    assert "mention" in str(act(page, "say", text="anybody?", **here))
    assert "There is no command /other" in str(act(page, "say", text="/other", **here))


def test_a_command_typed_in_the_composer_is_given(
    app: App, page: FlaskClient, workspace: Workspace, officer: User, channel: Channel
) -> None:
    app.command("/whoholds")(lambda ack, command: ack(f"You asked: {command['text']}"))
    here = {"as": officer.id, "in": channel.id}
    assert act(page, "say", text="/whoholds school meals", **here) is None
    assert workspace.messages(channel)[0].text == "You asked: school meals"
    assert "inside a thread" in str(act(page, "say", text="/whoholds x", thread="1", **here))


def test_a_button_opens_a_form_that_says_what_is_missing_until_it_is_sent(
    app: App, page: FlaskClient, workspace: Workspace, officer: User, channel: Channel
) -> None:
    submitted: list[Any] = []

    @app.action("go")
    def open_form(ack: Any, body: dict[str, Any], client: WebClient) -> None:
        client.views_open(trigger_id=body["trigger_id"], view=MODAL)
        ack()

    @app.view("form")
    def submit(ack: Any, view: dict[str, Any]) -> None:
        submitted.append(view["state"]["values"]["b0"]["a"]["value"])
        ack()

    message = workspace.post(channel, "x", blocks=BLOCKS)
    here = {"as": officer.id, "in": channel.id}
    pressed = {"channel": channel.id, "ts": message.ts, "block_id": message.blocks[8]["block_id"], "action_id": "go"}
    assert act(page, "press", **pressed, **here) is None
    view = workspace.views.front(officer.id)
    assert view is not None
    act(page, "submit", view=view.id, values={"b0": {"a": ""}}, **here)
    assert "Please complete this required field" in get(page, **here)
    act(page, "submit", view=view.id, values={"b0": {"a": "School meals"}, "b8": {"a": "two"}}, **here)
    assert submitted == ["School meals"]
    assert workspace.views.front(officer.id) is None


def test_options_are_suggested_as_one_types(app: App, page: FlaskClient, workspace: Workspace, officer: User) -> None:
    app.options("a")(lambda ack: ack(options=OPTIONS[1:]))
    view = workspace.views.open(officer.id, MODAL)
    body = {"as": officer.id, "view": view.id, "block_id": "b10", "action_id": "a", "value": "tw"}
    assert page.post("/suggest", json=body, base_url="http://127.0.0.1").json["options"] == []
    answer = page.post("/suggest", json=body | {"value": "two", "block_id": "b10"}, base_url="http://127.0.0.1")
    assert answer.json["options"] == OPTIONS[1:]


def test_what_is_gone_is_said_to_be_gone(page: FlaskClient, officer: User, channel: Channel) -> None:
    gone = {"as": officer.id, "channel": channel.id, "ts": "1", "block_id": "b", "action_id": "go"}
    assert act(page, "press", **gone) == "That is no longer there."


def test_a_change_is_told_to_who_listens(
    page: FlaskClient, workspace: Workspace, officer: User, channel: Channel
) -> None:
    threading.Timer(0.1, lambda: workspace.post(channel, "news")).start()
    query = {"as": officer.id, "in": channel.id, "since": workspace.version}
    answer = page.get("/live", query_string=query, base_url="http://127.0.0.1").json
    assert "news" in answer["parts"]["main"]
    assert query["since"] < answer["version"] <= workspace.version
    assert answer["where"] == {"as": officer.id, "in": channel.id, "thread": ""}


def test_new_messages_are_counted_until_they_are_read(
    page: FlaskClient, workspace: Workspace, officer: User, manager: User
) -> None:
    workspace.post(workspace.open_im(manager), "A request waits for you")
    assert "1 new</span>" in get(page, **{"as": officer.id})
    get(page, **{"as": manager.id})
    assert "1 new</span>" not in get(page, **{"as": officer.id})


def test_a_guest_sees_only_where_they_are_a_member(page: FlaskClient, workspace: Workspace) -> None:
    guest = workspace.add_user("contractor", is_restricted=True)
    html = get(page, **{"as": guest.id})
    assert "data-questions" not in html
    assert "Guest" in html


def test_other_sites_and_other_names_for_this_host_are_refused(page: FlaskClient, officer: User) -> None:
    assert page.get("/", base_url="http://evil.example").status_code == 403
    foreign = {"Origin": "https://evil.example"}
    body = {"as": officer.id}
    assert page.post("/do/home", json=body, headers=foreign, base_url="http://127.0.0.1").status_code == 403
    assert page.post("/do/home", data=body, base_url="http://127.0.0.1").status_code == 400
    assert page.post("/do/else", json=body, base_url="http://127.0.0.1").status_code == 404


def test_the_policy_lets_nothing_in_from_elsewhere(page: FlaskClient) -> None:
    answer = page.get("/", base_url="http://127.0.0.1")
    assert answer.headers["Content-Security-Policy"].startswith("default-src 'self'")
    for name in ("playground.css", "playground.js", "icon.svg"):
        assert page.get(f"/static/{name}", base_url="http://127.0.0.1").status_code == 200
    assert page.get("/static/../page.py", base_url="http://127.0.0.1").status_code == 404


def test_our_own_files_name_no_address_elsewhere() -> None:
    folder = Path(bot.playground.__file__).parent
    files = [*folder.glob("static/*"), *(folder.parent / "templates" / "playground").glob("*")]
    assert len(files) > 10
    for file in files:
        addresses = re.findall(r"(?:src|href|url|fetch|import)\W{1,3}((?:https?:)?//[^\s\"')]+)", file.read_text())
        assert addresses == [], file
