"""What people do in the workspace reaches a real Bolt app, in envelopes that Bolt accepts."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from flask import Response
from slack_bolt import App
from slack_sdk import WebClient

from bot.playground.deliveries import signature
from bot.playground.events import NotOffered, Sender
from bot.playground.forms import IncompleteForm
from bot.playground.model import Channel, User
from bot.playground.workspace import Workspace

MENTION = "<@U0BOT> who holds free school meals data?"
BUTTON = {
    "type": "button",
    "action_id": "request.open",
    "text": {"type": "plain_text", "text": "Request"},
    "value": "1",
}
MENU = {
    "type": "overflow",
    "action_id": "more",
    "options": [{"text": {"type": "plain_text", "text": "Report"}, "value": "report"}],
}
PURPOSE = {
    "type": "input",
    "block_id": "purpose",
    "label": {"type": "plain_text", "text": "Purpose"},
    "element": {"type": "plain_text_input", "action_id": "text", "max_length": 20},
}
DATASET = {
    "type": "input",
    "block_id": "dataset",
    "optional": True,
    "label": {"type": "plain_text", "text": "Dataset"},
    "element": {"type": "external_select", "action_id": "dataset.pick", "min_query_length": 2},
}


def modal(*blocks: Any, **more: Any) -> dict[str, Any]:
    return {
        "type": "modal",
        "callback_id": "request.form",
        "title": {"type": "plain_text", "text": "Request access"},
        "submit": {"type": "plain_text", "text": "Send"},
        "blocks": list(blocks),
        **more,
    }


def test_a_mention_reaches_bolt_and_its_answer_stands_in_the_thread(
    app: App, sender: Sender, workspace: Workspace, officer: User, channel: Channel
) -> None:
    @app.event("app_mention")
    def answer(event: dict[str, Any], say: Any) -> None:
        say(text="The Department for Education", thread_ts=event["ts"])

    (delivery,) = sender.say(officer, channel, MENTION)
    assert delivery.ok, delivery.text
    question, reply = workspace.messages(channel)
    assert reply.thread_ts == question.ts == delivery.event["ts"]
    assert workspace.violations == []


def test_a_file_reaches_bolt_with_what_it_takes_to_fetch_it(app: App, sender: Sender, officer: User) -> None:
    seen: list[dict[str, Any]] = []
    app.event("message")(lambda event: seen.append(event))
    place = sender.workspace.open_im(officer)
    (delivery,) = sender.share(officer, place, "entries.xlsx", b"PK", "please take these in")
    assert delivery.ok
    (event,) = seen
    assert (event["subtype"], event["channel_type"], event["text"]) == ("file_share", "im", "please take these in")
    (file,) = event["files"]
    assert (file["name"], file["size"]) == ("entries.xlsx", 2)
    assert file["url_private_download"].endswith(f"/files-pri/{file['id']}/entries.xlsx")


def test_a_direct_message_reaches_bolt_as_message_im(app: App, sender: Sender, officer: User) -> None:
    seen: list[dict[str, Any]] = []
    app.event("message")(lambda event: seen.append(event))
    (delivery,) = sender.direct_message(officer, "who holds it?")
    assert delivery.ok
    assert (seen[0]["channel_type"], seen[0]["text"]) == ("im", "who holds it?")


def test_only_events_that_the_manifest_subscribes_to_are_delivered(
    app: App, endpoint: str, workspace: Workspace, officer: User, channel: Channel, manifest: dict[str, Any]
) -> None:
    manifest["settings"]["event_subscriptions"]["bot_events"] = ["message.channels"]
    app.event("message")(lambda ack: ack())
    sender = Sender(endpoint, "signing-secret", workspace, manifest=manifest)
    assert [each.kind for each in sender.say(officer, channel, MENTION)] == ["event:message"]
    assert sender.direct_message(officer, "hello") == []


def test_nothing_is_delivered_from_a_channel_that_the_bot_is_not_in(
    sender: Sender, workspace: Workspace, officer: User
) -> None:
    elsewhere = workspace.add_channel("elsewhere", members=[officer], with_bot=False)
    assert sender.say(officer, elsewhere, MENTION) == []


def test_a_command_is_answered_to_the_person_only(
    app: App, sender: Sender, workspace: Workspace, officer: User, manager: User, channel: Channel
) -> None:
    app.command("/whoholds")(lambda ack, command: ack(f"You asked: {command['text']}"))
    assert sender.command(officer, channel, "/whoholds", "school meals").ok
    assert [m.text for m in workspace.messages(channel, viewer=officer)] == ["You asked: school meals"]
    assert workspace.messages(channel, viewer=manager) == []


def test_a_command_can_be_answered_later_by_its_response_url_five_times(
    app: App, sender: Sender, workspace: Workspace, officer: User, channel: Channel
) -> None:
    statuses: list[int] = []

    @app.command("/whoholds")
    def answer(ack: Any, respond: Any) -> None:
        ack()
        statuses.extend(respond(text=f"Answer {number}", response_type="in_channel").status_code for number in range(6))

    sender.command(officer, channel, "/whoholds")
    assert statuses == [200] * 5 + [404]
    assert all(message.ephemeral_to is None for message in workspace.messages(channel))


def test_a_command_that_is_not_answered_shows_slacks_own_error(
    answering: Callable[..., str],
    workspace: Workspace,
    officer: User,
    channel: Channel,
    manifest: dict[str, Any],
) -> None:
    sender = Sender(answering(lambda: Response("", 500)), "s", workspace, manifest=manifest)
    sender.command(officer, channel, "/whoholds")
    (notice,) = workspace.messages(channel)
    assert "dispatch_failed" in notice.text
    assert notice.ephemeral_to == officer.id


def test_a_button_opens_a_modal_and_its_submission_closes_it(
    app: App, sender: Sender, workspace: Workspace, officer: User, channel: Channel
) -> None:
    submitted: list[Any] = []

    @app.action("request.open")
    def open_form(ack: Any, body: dict[str, Any], client: WebClient) -> None:
        assert body["actions"][0]["value"] == "1"
        client.views_open(trigger_id=body["trigger_id"], view=modal(PURPOSE, DATASET))
        ack()

    @app.options("dataset.pick")
    def suggest(ack: Any, payload: dict[str, Any]) -> None:
        ack(options=[{"text": {"type": "plain_text", "text": payload["value"].upper()}, "value": "dfe/npd"}])

    @app.view("request.form")
    def submit(ack: Any, view: dict[str, Any]) -> None:
        submitted.append(view["state"]["values"])
        ack()

    message = workspace.post(channel, "Found it", blocks=[{"type": "actions", "elements": [BUTTON]}])
    assert sender.click(officer, message, "request.open").ok
    assert workspace.views.front(officer.id) is not None
    assert sender.suggest(officer, "dataset.pick", "n") == []
    assert [each["value"] for each in sender.suggest(officer, "dataset.pick", "npd")] == ["dfe/npd"]
    assert sender.submit(officer, {"purpose": "Free meals", "dataset.pick": "dfe/npd"}).ok
    assert submitted[0]["purpose"]["text"] == {"type": "plain_text_input", "value": "Free meals"}
    assert submitted[0]["dataset"]["dataset.pick"]["selected_option"]["value"] == "dfe/npd"
    assert workspace.views.front(officer.id) is None
    assert workspace.violations == []


def test_a_form_that_slack_would_not_send_is_not_sent(sender: Sender, workspace: Workspace, officer: User) -> None:
    workspace.views.open(officer.id, modal(PURPOSE))
    with pytest.raises(IncompleteForm) as refused:
        sender.submit(officer)
    assert refused.value.errors.keys() == {"purpose"}
    with pytest.raises(IncompleteForm):
        sender.submit(officer, {"purpose": "x" * 21})
    with pytest.raises(KeyError):
        sender.submit(officer, {"porpoise": "x"})
    assert sender.deliveries == []


def test_errors_update_push_and_clear_change_the_stack_of_modals(
    app: App, sender: Sender, workspace: Workspace, officer: User
) -> None:
    answers = iter(
        [
            {"response_action": "errors", "errors": {"purpose": "Say more."}},
            {"response_action": "update", "view": modal(PURPOSE, private_metadata="second")},
            {"response_action": "push", "view": modal(PURPOSE, private_metadata="third")},
            {"response_action": "clear"},
        ]
    )
    app.view("request.form")(lambda ack: ack(**next(answers)))
    views = workspace.views
    views.open(officer.id, modal(PURPOSE))
    sender.submit(officer, {"purpose": "x"})
    assert views.errors[officer.id] == {"purpose": "Say more."}
    sender.submit(officer, {"purpose": "more"})
    assert [view.payload.get("private_metadata") for view in views.stack(officer.id)] == ["second"]
    assert views.stack(officer.id)[0].values["purpose"]["text"]["value"] == "more"
    sender.submit(officer)
    assert len(views.stack(officer.id)) == 2
    sender.submit(officer, {"purpose": "third"})
    assert views.stack(officer.id) == []


def test_errors_for_a_block_that_is_no_input_are_a_violation(
    app: App, sender: Sender, workspace: Workspace, officer: User
) -> None:
    app.view("request.form")(lambda ack: ack(response_action="errors", errors={"nowhere": "Wrong"}))
    workspace.views.open(officer.id, modal(PURPOSE))
    sender.submit(officer, {"purpose": "x"})
    assert "nowhere" in str(workspace.violations[0])


def test_closing_tells_the_app_only_when_the_view_asked_for_it(
    app: App, sender: Sender, workspace: Workspace, officer: User
) -> None:
    closed: list[dict[str, Any]] = []
    app.view_closed("request.form")(lambda ack, body: (closed.append(body), ack()))
    workspace.views.open(officer.id, modal(PURPOSE))
    assert sender.close_view(officer) is None
    workspace.views.open(officer.id, modal(PURPOSE, notify_on_close=True))
    assert sender.close_view(officer) is not None
    assert [body["is_cleared"] for body in closed] == [False]


def test_menus_and_shortcuts_and_the_home_tab_reach_bolt(
    app: App, sender: Sender, workspace: Workspace, officer: User, channel: Channel
) -> None:
    seen: list[str] = []
    app.action("more")(lambda ack, action: (seen.append(action["selected_option"]["value"]), ack()))
    app.shortcut("find_data")(lambda ack, shortcut: (seen.append(shortcut["type"]), ack()))
    app.shortcut("who_holds_this")(lambda ack, shortcut: (seen.append(shortcut["message"]["text"]), ack()))
    app.event("app_home_opened")(lambda event: seen.append(event["tab"]))
    message = workspace.post(channel, "Who has this?", blocks=[{"type": "actions", "elements": [MENU]}])
    deliveries = [
        sender.select(officer, message, "more", "report"),
        sender.global_shortcut(officer, "find_data"),
        sender.message_shortcut(officer, message, "who_holds_this"),
        *sender.open_home(officer),
    ]
    assert [delivery.status for delivery in deliveries] == [200] * 4
    assert seen == ["report", "shortcut", "Who has this?", "home"]


def test_what_the_manifest_does_not_offer_cannot_be_used(
    endpoint: str, workspace: Workspace, officer: User, channel: Channel
) -> None:
    sender = Sender(endpoint, "s", workspace, manifest={})
    message = workspace.post(channel, "x", blocks=[{"type": "actions", "elements": [BUTTON]}])
    for attempt in (
        lambda: sender.command(officer, channel, "/other"),
        lambda: sender.click(officer, message, "request.open"),
        lambda: sender.global_shortcut(officer, "find_data"),
        lambda: sender.direct_message(officer, "hello"),
        lambda: sender.open_home(officer),
    ):
        with pytest.raises(NotOffered):
            attempt()


def test_clicking_what_is_not_there_says_what_is(sender: Sender, workspace: Workspace, officer: User) -> None:
    message = workspace.post(workspace.open_im(officer), "x", blocks=[{"type": "actions", "elements": [BUTTON]}])
    with pytest.raises(LookupError, match=r"request\.open"):
        sender.click(officer, message, "request.close")


def test_edits_deletions_links_and_joining_are_told(
    app: App, sender: Sender, workspace: Workspace, officer: User, channel: Channel
) -> None:
    seen: list[str] = []
    for kind in ("message", "app_mention", "link_shared", "member_joined_channel"):
        app.event(kind)(lambda event: seen.append(event.get("subtype", event["type"])))
    sender.direct_message(officer, "frist")
    first = workspace.messages(workspace.open_im(officer))[0]
    sender.edit(officer, first, "first")
    sender.delete(officer, first)
    sender.say(officer, channel, "see <https://www.data.example.gov.uk/a|this>")
    (question,) = workspace.messages(channel)
    (mention,) = sender.edit(officer, question, MENTION)
    assert mention.event["ts"] == question.ts
    sender.join_channel(workspace.add_channel("new", with_bot=False), inviter=officer)
    assert seen == [
        "message",
        "message_changed",
        "message_deleted",
        "link_shared",
        "app_mention",
        "member_joined_channel",
    ]


def test_a_stranger_in_a_shared_channel_is_marked_as_one(app: App, sender: Sender, workspace: Workspace) -> None:
    app.event("app_mention")(lambda ack: ack())
    stranger = workspace.add_user("supplier", team_id="T0OTHER", is_stranger=True)
    shared = workspace.add_channel("shared", members=[stranger], is_ext_shared=True)
    (delivery,) = sender.say(stranger, shared, MENTION)
    assert delivery.payload["is_ext_shared_channel"] is True
    assert delivery.payload["team_id"] == workspace.team_id
    assert delivery.event["user_team"] == delivery.event["source_team"] == "T0OTHER"


def test_signatures_are_over_the_raw_bytes_and_a_wrong_one_is_refused_by_bolt(
    sender: Sender, officer: User, channel: Channel
) -> None:
    sender.office.signing_secret = "another"
    (delivery,) = sender.say(officer, channel, MENTION)
    assert delivery.status == 401
    stamp = delivery.headers["X-Slack-Request-Timestamp"]
    assert delivery.headers["X-Slack-Signature"] == signature("another", stamp, delivery.body)


def test_a_redelivery_has_the_same_body_with_retry_headers_and_a_replay_is_identical(
    app: App, sender: Sender, officer: User, channel: Channel
) -> None:
    app.event("app_mention")(lambda ack: ack())
    (first,) = sender.say(officer, channel, MENTION)
    again = sender.redeliver(first, retry_num=2, reason="http_timeout")
    assert again.ok
    assert again.body == first.body
    assert (again.headers["X-Slack-Retry-Num"], again.headers["X-Slack-Retry-Reason"]) == ("2", "http_timeout")
    assert sender.replay(first).headers == first.headers


def test_failed_events_are_sent_again_at_once_after_one_minute_and_after_five(
    answering: Callable[..., str], workspace: Workspace, officer: User, manifest: dict[str, Any], clock: Any
) -> None:
    sender = Sender(answering(lambda: Response("", 503)), "s", workspace, manifest=manifest)
    sender.direct_message(officer, "hello")
    numbers = []
    for seconds in (0, 0, 60, 299, 1, 1000):
        clock.forward(seconds)
        numbers.append([delivery.headers["X-Slack-Retry-Num"] for delivery in sender.redeliver_failed()])
    assert numbers == [["1"], [], ["2"], [], ["3"], []]


def test_an_app_can_refuse_to_be_sent_it_again(
    answering: Callable[..., str], workspace: Workspace, officer: User, manifest: dict[str, Any]
) -> None:
    endpoint = answering(lambda: Response("", 500, headers={"X-Slack-No-Retry": "1"}))
    sender = Sender(endpoint, "s", workspace, manifest=manifest)
    sender.direct_message(officer, "hello")
    assert sender.redeliver_failed() == []


def test_a_slow_or_absent_app_is_given_up_with_slacks_reason(
    answering: Callable[..., str], workspace: Workspace, officer: User, manifest: dict[str, Any]
) -> None:
    def slow() -> Response:
        time.sleep(0.5)
        return Response("")

    late = Sender(answering(slow), "s", workspace, manifest=manifest, timeout=0.1)
    assert late.direct_message(officer, "x")[0].retry_reason == "http_timeout"
    gone = Sender("http://127.0.0.1:9/slack/events", "s", workspace, manifest=manifest)
    assert gone.direct_message(officer, "x")[0].retry_reason == "connection_failed"


def test_a_subscription_without_its_scope_is_a_violation(manifest: dict[str, Any]) -> None:
    workspace = Workspace(scopes=["app_mentions:read", "links:read", "channels:read"])
    Sender("http://127.0.0.1:9/", "s", workspace, manifest=manifest)
    assert [str(each) for each in workspace.violations] == [
        "manifest: subscribes to message.im without the scope im:history"
    ]


def test_ten_people_can_press_one_button_at_the_same_moment(
    app: App, sender: Sender, workspace: Workspace, officer: User, channel: Channel
) -> None:
    app.action("request.open")(
        lambda ack, body, client: (client.views_open(trigger_id=body["trigger_id"], view=modal(PURPOSE)), ack())
    )
    app.view("request.form")(lambda ack: ack())
    message = workspace.post(channel, "x", blocks=[{"type": "actions", "elements": [BUTTON]}])
    crowd = [workspace.add_user(f"person.{number}") for number in range(10)]

    def whole(person: User) -> bool:
        pressed = sender.click(person, message, "request.open")
        return pressed.ok and sender.submit(person, {"purpose": "x"}).ok

    with ThreadPoolExecutor(10) as pool:
        assert all(pool.map(whole, crowd))
    assert not any(workspace.views.stack(person.id) for person in crowd)
    assert workspace.violations == []
