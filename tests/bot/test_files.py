"""Files that people send: whom the token is shown to when one is fetched, and what is left of its name."""

from __future__ import annotations

import httpx
import pytest

from bot.slack.api import SlackApi, SlackError
from bot.slack.uploading import _suffix


def fetched(url: str) -> list[httpx.Request]:
    """The requests that fetching a file makes; SlackError when it is refused."""
    seen: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(200, content=b"id\n")

    slack = SlackApi("the token", "https://slack.com/api/", transport=httpx.MockTransport(answer))
    slack.fetch(url, limit=100)
    return seen


@pytest.mark.parametrize(
    "url",
    [
        "https://files.example.com/entries.csv",
        "http://files.slack.com/entries.csv",
        "https://files.slack.com@example.com/entries.csv",
        "https://someone@files.slack.com/entries.csv",
        "https://notslack.com/entries.csv",
        "https://files.slack.com.example.com/entries.csv",
        "file:///etc/passwd",
        "",
    ],
)
def test_the_token_goes_to_slack_alone(url: str) -> None:
    with pytest.raises(SlackError, match="not_a_file"):
        fetched(url)


def test_a_file_that_lies_with_slack_is_fetched() -> None:
    (request,) = fetched("https://files.slack.com/files-pri/T0-F0/download/entries.csv")
    assert request.headers["Authorization"] == "Bearer the token"


@pytest.mark.parametrize(
    ("name", "suffix"),
    [
        ("entries.csv", ".csv"),
        ("Entries.JSONL.GZ", ".jsonl.gz"),
        ("../../x.csv", ".csv"),
        (f"entries.{'x' * 300}.csv", ".csv"),
        ("entries.\0.csv", ".csv"),
        ("entries.exe.gz", ".gz"),
    ],
)
def test_only_the_kind_of_a_file_is_taken_from_its_name(name: str, suffix: str) -> None:
    assert _suffix(name) == suffix
