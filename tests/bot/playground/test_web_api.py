"""The Web API takes what slack_sdk sends, refuses what Slack refuses, and writes down what our rules forbid."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.http_retry.builtin_handlers import RateLimitErrorRetryHandler

from bot.playground.methods import METHODS
from bot.playground.model import Channel, User
from bot.playground.web_api import DONE_BY, SlackServer
from bot.playground.workspace import Workspace

pytestmark = pytest.mark.filterwarnings("ignore:The top-level `text` argument")
SECTION = {"type": "section", "text": {"type": "mrkdwn", "text": "Held by *DfE*"}}
MODAL = {"type": "modal", "title": {"type": "plain_text", "text": "A form"}, "blocks": [SECTION]}
HOME = {"type": "home", "blocks": [SECTION]}


def error_of(call: Callable[[], Any]) -> Any:
    """The answer to a call that is refused."""
    with pytest.raises(SlackApiError) as refused:
        call()
    return refused.value.response


def test_every_method_described_is_done_and_the_other_way_round() -> None:
    assert METHODS.keys() == DONE_BY.keys()
    assert all(set(method.compulsory) <= method.arguments.keys() for method in METHODS.values())


def test_slack_sdk_posts_updates_and_deletes(client: WebClient, workspace: Workspace, channel: Channel) -> None:
    posted = client.chat_postMessage(channel=channel.id, text="DfE holds it", blocks=[SECTION], unfurl_links=False)
    client.chat_update(channel=channel.id, ts=posted["ts"], text="DfE held it", blocks=[SECTION])
    (message,) = workspace.messages(channel)
    assert (message.text, message.edited is not None) == ("DfE held it", True)
    client.chat_delete(channel=channel.id, ts=posted["ts"])
    assert workspace.messages(channel) == []
    assert [call.method for call in workspace.calls] == ["chat.postMessage", "chat.update", "chat.delete"]
    assert workspace.violations == []


def test_form_encoded_calls_with_the_token_in_the_form_are_taken_as_well(
    slack: SlackServer, workspace: Workspace, channel: Channel
) -> None:
    form = {"token": workspace.token, "channel": channel.id, "text": "hello", "blocks": "[]", "mrkdwn": "true"}
    assert httpx.post(slack.base_url + "chat.postMessage", data=form).json()["ok"] is True


def test_an_unknown_method_is_refused_and_written_down(client: WebClient, workspace: Workspace) -> None:
    assert error_of(lambda: client.api_call("chat.shout"))["error"] == "unknown_method"
    assert str(workspace.violations[0]) == "chat.shout: unknown method"


def test_an_unknown_argument_is_refused_and_written_down(
    client: WebClient, workspace: Workspace, channel: Channel
) -> None:
    answer = error_of(lambda: client.chat_postMessage(channel=channel.id, text="x", link_names=True))
    assert answer["error"] == "invalid_arguments"
    assert "unknown argument link_names" in str(workspace.violations[0])


@pytest.mark.parametrize(
    "wrong",
    [
        {},
        {"channel": 5, "text": "x"},
        {"channel": "C", "text": "x", "thread_ts": 1.5},
        {"channel": "C", "blocks": "no"},
    ],
)
def test_missing_arguments_and_wrong_types_are_refused(client: WebClient, wrong: dict[str, Any]) -> None:
    assert error_of(lambda: client.api_call("chat.postMessage", json=wrong))["error"] == "invalid_arguments"


def test_tokens_and_scopes_are_asked_for(slack: SlackServer, workspace: Workspace, channel: Channel) -> None:
    def post(token: str) -> Any:
        client = WebClient(token=token, base_url=slack.base_url)
        return error_of(lambda: client.chat_postMessage(channel=channel.id, text="x"))

    assert post("xoxb-other")["error"] == "invalid_auth"
    workspace.scopes = {"users:read", "commands"}
    answer = post(workspace.token)
    assert (answer["error"], answer["needed"], answer["provided"]) == (
        "missing_scope",
        "chat:write",
        "commands,users:read",
    )
    workspace.token_error = "token_revoked"
    assert post(workspace.token)["error"] == "token_revoked"


def test_places_are_refused_as_slack_refuses_them(client: WebClient, workspace: Workspace, officer: User) -> None:
    archived = workspace.change_channel(workspace.add_channel("old"), archived=True)
    outside = workspace.add_channel("outside", with_bot=False)
    secret = workspace.add_channel("secret", kind="private", with_bot=False)
    left = workspace.change_user(workspace.add_user("has.left"), deleted=True)
    errors = {
        place: error_of(lambda place=place: client.chat_postMessage(channel=place, text="x"))["error"]
        for place in ("C404", archived.id, outside.id, secret.id, left.id, workspace.bot_user_id)
    }
    assert list(errors.values()) == [
        "channel_not_found",
        "is_archived",
        "not_in_channel",
        "channel_not_found",
        "user_disabled",
        "cannot_dm_bot",
    ]


def test_a_message_to_a_user_id_lands_in_their_direct_messages(
    client: WebClient, workspace: Workspace, officer: User
) -> None:
    opened = client.conversations_open(users=[officer.id])["channel"]["id"]
    assert client.chat_postMessage(channel=officer.id, text="x")["channel"] == opened == workspace.open_im(officer).id


@pytest.mark.parametrize(
    ("content", "error"),
    [
        ({}, "no_text"),
        ({"text": "  "}, "no_text"),
        ({"text": "x" * 40_001}, "msg_too_long"),
        ({"text": "x", "blocks": [{"type": "section"}]}, "invalid_blocks"),
        (
            {"text": "x", "blocks": [{**SECTION, "text": {"type": "mrkdwn", "text": "x" * 2900}}] * 5},
            "msg_blocks_too_long",
        ),
        ({"text": "x", "thread_ts": "1700000000.000100"}, "thread_not_found"),
        ({"text": "x", "metadata": {"event_type": "x"}}, "invalid_metadata_format"),
    ],
)
def test_what_slack_does_not_show_is_refused(
    client: WebClient, channel: Channel, content: dict[str, Any], error: str
) -> None:
    assert error_of(lambda: client.chat_postMessage(channel=channel.id, **content))["error"] == error


def test_invalid_blocks_say_what_is_wrong_with_them(client: WebClient, channel: Channel) -> None:
    answer = error_of(lambda: client.chat_postMessage(channel=channel.id, text="x", blocks=[{"type": "header"}]))
    assert answer["response_metadata"]["messages"] == ["[ERROR] blocks/0: missing text"]


def test_blocks_without_text_are_taken_but_are_a_violation(
    client: WebClient, workspace: Workspace, channel: Channel
) -> None:
    client.chat_postMessage(channel=channel.id, blocks=[SECTION])
    assert "without a text" in str(workspace.violations[0])


def test_only_own_messages_that_exist_can_be_updated(
    client: WebClient, workspace: Workspace, officer: User, channel: Channel
) -> None:
    theirs = workspace.post(channel, "mine", user=officer)
    hidden = workspace.post(channel, "psst", ephemeral_to=officer.id)
    gone = workspace.delete(workspace.post(channel, "gone"))
    errors = [
        error_of(lambda ts=ts: client.chat_update(channel=channel.id, ts=ts, text="x"))["error"]
        for ts in (theirs.ts, hidden.ts, gone.ts)
    ]
    assert errors == ["cant_update_message", "message_not_found", "message_not_found"]


def test_an_ephemeral_message_is_seen_by_one_member_only(
    client: WebClient, workspace: Workspace, officer: User, manager: User, channel: Channel
) -> None:
    client.chat_postEphemeral(channel=channel.id, user=officer.id, text="for you")
    assert workspace.messages(channel, viewer=manager) == []
    assert [message.text for message in workspace.messages(channel, viewer=officer)] == ["for you"]
    stranger = workspace.add_user("outsider")
    answer = error_of(lambda: client.chat_postEphemeral(channel=channel.id, user=stranger.id, text="x"))
    assert answer["error"] == "user_not_in_channel"


def test_a_repeated_client_msg_id_posts_twice_unless_slack_is_told_to_honour_it(
    client: WebClient, workspace: Workspace, channel: Channel
) -> None:
    def post() -> Any:
        return client.chat_postMessage(channel=channel.id, text="x", client_msg_id="key")["ts"]

    assert post() != post()
    workspace.dedupes_client_msg_id = True
    assert post() == post()
    assert len(workspace.messages(channel)) == 2


def test_views_need_a_fresh_trigger_once(client: WebClient, workspace: Workspace, officer: User, clock: Any) -> None:
    trigger = workspace.tickets.trigger(officer.id)
    opened = client.views_open(trigger_id=trigger, view=MODAL)["view"]
    assert error_of(lambda: client.views_open(trigger_id=trigger, view=MODAL))["error"] == "exchanged_trigger_id"
    late = workspace.tickets.trigger(officer.id)
    clock.forward(3.1)
    assert error_of(lambda: client.views_open(trigger_id=late, view=MODAL))["error"] == "expired_trigger_id"
    client.views_update(view_id=opened["id"], hash=opened["hash"], view=MODAL)
    stale = error_of(lambda: client.views_update(view_id=opened["id"], hash=opened["hash"], view=MODAL))
    assert stale["error"] == "hash_conflict"
    for _ in range(2):
        client.views_push(trigger_id=workspace.tickets.trigger(officer.id), view=MODAL)
    fourth = workspace.tickets.trigger(officer.id)
    assert error_of(lambda: client.views_push(trigger_id=fourth, view=MODAL))["error"] == "push_limit_reached"


def test_a_home_tab_is_published_per_person_and_guarded_by_its_hash(
    client: WebClient, workspace: Workspace, officer: User
) -> None:
    first = client.views_publish(user_id=officer.id, view=HOME)["view"]
    second = client.views_publish(user_id=officer.id, view=HOME, hash=first["hash"])["view"]
    assert first["id"] == second["id"]
    stale = error_of(lambda: client.views_publish(user_id=officer.id, view=HOME, hash=first["hash"]))
    assert stale["error"] == "hash_conflict"


def test_people_and_places_are_looked_up(
    client: WebClient, workspace: Workspace, officer: User, manager: User, channel: Channel
) -> None:
    group = workspace.add_user_group("stewards", users=[manager])
    assert client.auth_test()["user_id"] == workspace.bot_user_id
    assert client.users_info(user=officer.id)["user"]["profile"]["email"] == officer.email
    assert client.users_lookupByEmail(email=officer.email.upper())["user"]["id"] == officer.id
    assert error_of(lambda: client.users_lookupByEmail(email="no@example.gov.uk"))["error"] == "users_not_found"
    assert client.conversations_info(channel=channel.id)["channel"]["is_member"] is True
    assert officer.id in client.conversations_members(channel=channel.id)["members"]
    assert client.usergroups_users_list(usergroup=group.id)["users"] == [manager.id]
    pages = [page["members"] for page in client.users_list(limit=2)]
    assert [len(page) for page in pages] == [2, 2]
    workspace.scopes = {"users:read"}
    assert "email" not in client.users_info(user=officer.id)["user"]["profile"]
    assert error_of(lambda: client.conversations_info(channel=channel.id))["error"] == "missing_scope"


def test_a_file_is_uploaded_in_two_steps(client: WebClient, workspace: Workspace, channel: Channel) -> None:
    client.files_upload_v2(channel=channel.id, content="a,b\n1,2\n", filename="register.csv", initial_comment="Here")
    (message,) = workspace.messages(channel)
    assert workspace.files[message.files[0]].content == b"a,b\n1,2\n"


def test_a_file_that_somebody_shared_is_read_with_the_token_only(
    client: WebClient, workspace: Workspace, officer: User
) -> None:
    file = workspace.add_file("entries with ünicode.csv", b"title\nSchool census\n", user=officer)
    shown = client.files_info(file=file.id)["file"]
    assert (shown["name"], shown["mimetype"], shown["filetype"], shown["size"]) == (file.name, "text/csv", "csv", 20)
    address, key = shown["url_private_download"], {"Authorization": f"Bearer {workspace.token}"}
    assert httpx.get(address, headers=key).content == file.content
    assert "Sign in" in httpx.get(address).text
    assert error_of(lambda: client.files_info(file="F404"))["error"] == "file_not_found"
    workspace.scopes = {"chat:write"}
    assert "Sign in" in httpx.get(address, headers=key).text
    assert error_of(lambda: client.files_info(file=file.id))["needed"] == "files:read"


def test_a_link_is_unfurled_by_its_unfurl_id_too(client: WebClient, workspace: Workspace, channel: Channel) -> None:
    url = "https://data.example.gov.uk/a"
    message = workspace.post(channel, f"see <{url}>", user=workspace.bot_user_id)
    unfurls = {url: {"blocks": [SECTION]}}
    assert error_of(lambda: client.chat_unfurl(unfurl_id="C.1", unfurls=unfurls))["error"] == "missing_source"
    client.chat_unfurl(unfurl_id=f"{channel.id}.{message.ts}", source="conversations_history", unfurls=unfurls)
    assert list(workspace.messages(channel)[0].unfurls) == [url]


def test_links_reactions_and_permalinks(
    client: WebClient, workspace: Workspace, officer: User, channel: Channel
) -> None:
    url = "https://data.example.gov.uk/a"
    message = workspace.post(channel, f"see <{url}>", user=officer)
    client.chat_unfurl(channel=channel.id, ts=message.ts, unfurls={url: {"blocks": [SECTION]}})
    client.reactions_add(channel=channel.id, timestamp=message.ts, name="eyes")
    now = workspace.messages(channel)[0]
    assert (list(now.unfurls), now.reactions) == ([url], (("eyes", workspace.bot_user_id),))
    assert (
        message.ts.replace(".", "") in client.chat_getPermalink(channel=channel.id, message_ts=message.ts)["permalink"]
    )


def test_a_scripted_429_carries_retry_after_and_the_next_call_goes_through(
    slack: SlackServer, workspace: Workspace, channel: Channel
) -> None:
    client = WebClient(
        token=workspace.token, base_url=slack.base_url, retry_handlers=[RateLimitErrorRetryHandler(max_retry_count=1)]
    )
    workspace.faults.add(method="chat.postMessage", kind="ratelimited", retry_after=0)
    assert client.chat_postMessage(channel=channel.id, text="x")["ok"]
    assert [call.status for call in workspace.calls] == ["ratelimited", "ok"]
    workspace.faults.add(kind="ratelimited", retry_after=7)
    answer = httpx.post(slack.base_url + "auth.test", headers={"Authorization": f"Bearer {workspace.token}"})
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "7")


@pytest.mark.parametrize(
    ("kind", "posted"),
    [
        ("error:fatal_error", 0),
        ("http_500", 0),
        ("http_502_html", 0),
        ("http_503", 0),
        ("drop_before", 0),
        ("drop_after", 1),
        ("truncated_json", 1),
    ],
)
def test_a_scripted_fault_fails_the_call_and_does_what_its_name_says(
    client: WebClient, workspace: Workspace, channel: Channel, kind: str, posted: int
) -> None:
    workspace.faults.add(method="chat.postMessage", kind=kind)
    with pytest.raises(Exception):  # noqa: B017  each kind fails in its own way inside slack_sdk
        client.chat_postMessage(channel=channel.id, text="x")
    assert len(workspace.messages(channel)) == posted
    assert client.chat_postMessage(channel=channel.id, text="again")["ok"]


def test_a_delay_and_an_answer_without_ts_are_done(client: WebClient, workspace: Workspace, channel: Channel) -> None:
    workspace.faults.add(method="chat.postMessage", kind="delay:0.2")
    begun = time.monotonic()
    assert client.chat_postMessage(channel=channel.id, text="x")["ts"]
    assert time.monotonic() - begun >= 0.2
    workspace.faults.add(method="chat.postMessage", kind="ok_without_ts")
    assert "ts" not in client.chat_postMessage(channel=channel.id, text="x").data
    assert len(workspace.messages(channel)) == 2


def test_a_fault_can_wait_for_its_turn_and_keep_to_one_channel(
    client: WebClient, workspace: Workspace, channel: Channel
) -> None:
    other = workspace.add_channel("other")
    workspace.faults.add(method="chat.postMessage", kind="error:fatal_error", channel=channel.id, after=1)
    client.chat_postMessage(channel=other.id, text="x")
    client.chat_postMessage(channel=channel.id, text="x")
    client.chat_postMessage(channel=other.id, text="x")
    assert error_of(lambda: client.chat_postMessage(channel=channel.id, text="x"))["error"] == "fatal_error"
    with pytest.raises(ValueError, match="unknown kind"):
        workspace.faults.add(kind="earthquake")


def test_the_rate_limit_is_one_message_a_second_a_channel_after_a_burst(
    client: WebClient, workspace: Workspace, channel: Channel, clock: Any
) -> None:
    workspace.rate_limit, workspace.rate_burst = 1.0, 2
    other = workspace.add_channel("other")
    statuses = []
    for place in (channel, channel, channel, other):
        statuses.append(client.api_call("auth.test").status_code)
        try:
            client.chat_postMessage(channel=place.id, text="x")
            statuses[-1] = "ok"
        except SlackApiError as error:
            statuses[-1] = error.response.headers["Retry-After"]
    assert statuses == ["ok", "ok", "1", "ok"]
    clock.forward(1)
    assert client.chat_postMessage(channel=channel.id, text="x")["ok"]


def test_a_response_url_replaces_deletes_and_expires(
    slack: SlackServer, workspace: Workspace, officer: User, channel: Channel, clock: Any
) -> None:
    def url() -> str:
        message = workspace.messages(channel)[0]
        return f"{slack.url}/response/{workspace.tickets.response_url(channel.id, officer.id, message)}"

    workspace.post(channel, "first")
    assert httpx.post(url(), json={"text": "second", "replace_original": True}).text == "ok"
    assert [message.text for message in workspace.messages(channel)] == ["second"]
    assert httpx.post(url(), json={"txt": "x"}).json()["error"] == "invalid_payload"
    late = url()
    clock.forward(1801)
    assert httpx.post(late, json={"text": "x"}).json()["error"] == "expired_url"
    assert httpx.post(url(), json={"delete_original": True}).text == "ok"
    assert workspace.messages(channel) == []
