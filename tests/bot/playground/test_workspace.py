"""A workspace keeps what was said, in order, for whoever may see it, and wakes whoever waits."""

from __future__ import annotations

import threading
import time

import pytest

from bot.playground.model import Channel, User
from bot.playground.workspace import Workspace


def test_timestamps_are_unique_and_increase_though_the_clock_stands_still(
    workspace: Workspace, channel: Channel
) -> None:
    stamps = [workspace.post(channel, str(number)).ts for number in range(100)]
    assert stamps == sorted(set(stamps))


def test_timestamps_stay_unique_under_many_threads(workspace: Workspace, channel: Channel) -> None:
    threads = [threading.Thread(target=lambda: [workspace.post(channel, "x") for _ in range(50)]) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({message.ts for message in workspace.messages(channel)}) == 400


def test_a_thread_is_its_root_and_its_replies(workspace: Workspace, channel: Channel) -> None:
    root = workspace.post(channel, "root")
    workspace.post(channel, "elsewhere")
    reply = workspace.post(channel, "reply", thread_ts=root.ts)
    assert workspace.messages(channel, thread=root.ts) == [root, reply]


def test_a_message_held_by_a_test_stays_as_it_was_seen(workspace: Workspace, channel: Channel) -> None:
    seen = workspace.post(channel, "before")
    workspace.update(seen, text="after")
    assert seen.text == "before"
    assert [message.text for message in workspace.messages(channel)] == ["after"]


def test_blocks_get_the_ids_that_slack_gives_them(workspace: Workspace, channel: Channel) -> None:
    sent = [{"type": "divider"}, {"type": "divider", "block_id": "mine"}]
    first, second = workspace.post(channel, "x", blocks=sent).blocks
    assert first["block_id"]
    assert second["block_id"] == "mine"
    assert sent[0] == {"type": "divider"}


def test_there_is_one_direct_message_channel_for_each_person(
    workspace: Workspace, officer: User, manager: User
) -> None:
    assert workspace.open_im(officer) == workspace.open_im(officer.id) != workspace.open_im(manager)


def test_waiting_is_woken_by_the_change(workspace: Workspace, channel: Channel) -> None:
    threading.Timer(0.05, lambda: workspace.post(channel, "hello")).start()
    begun = time.monotonic()
    (message,) = workspace.wait_for(lambda w: w.messages(channel))
    assert message.text == "hello"
    assert time.monotonic() - begun < 2


def test_waiting_in_vain_shows_what_was_said(workspace: Workspace, officer: User, channel: Channel) -> None:
    button = {"type": "button", "action_id": "request.open", "text": {"type": "plain_text", "text": "Request"}}
    root = workspace.post(channel, "who holds it?", user=officer)
    workspace.post(channel, "DfE", blocks=[{"type": "actions", "elements": [button]}], thread_ts=root.ts)
    with pytest.raises(TimeoutError) as failed:
        workspace.wait_for(lambda w: len(w.messages(channel)) == 3, timeout=0.01)
    told = str(failed.value)
    assert "#data-questions" in told
    assert "council.officer: 'who holds it?'" in told
    assert "[Request] request.open" in told


def test_changes_are_told_from_a_version_on(workspace: Workspace, channel: Channel) -> None:
    version = workspace.version
    message = workspace.post(channel, "x")
    (change,) = workspace.changes_since(version)
    assert (change.kind, change.place, change.ts) == ("message", channel.id, message.ts)
    assert workspace.changes_since(workspace.version, timeout=0.01) == []
