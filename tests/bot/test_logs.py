"""Logs are JSON, one line a record, and hold neither secrets nor what people wrote."""

from __future__ import annotations

import io
import json
import logging
import sys
from collections.abc import Iterator
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.logs import JsonLines, start_logging


def line_of(message: str, *arguments: object, error: BaseException | None = None) -> str:
    info = (type(error), error, error.__traceback__) if error else None
    record = logging.LogRecord("bot.test", logging.WARNING, __file__, 1, message, arguments, info)
    return JsonLines().format(record)


def raised(error: Exception) -> Exception:
    """The error with a traceback, as a log gets it."""
    try:
        raise error
    except Exception as caught:
        return caught


def test_a_record_is_one_json_object_with_its_moment_in_utc() -> None:
    line = json.loads(line_of("Notice %d will be tried again: %s", 7, "ratelimited"))
    assert line["message"] == "Notice 7 will be tried again: ratelimited"
    assert (line["level"], line["logger"]) == ("warning", "bot.test")
    assert datetime.fromisoformat(line["at"]).utcoffset().total_seconds() == 0  # type: ignore[union-attr]


@given(st.text() | st.text(alphabet="a\n\r\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029\ud800\x9b", min_size=1))
def test_no_message_can_break_out_of_its_line(text: str) -> None:
    line = line_of("%s", text)
    assert len(line.splitlines()) == 1
    assert json.loads(line)["message"] == text
    line.encode("utf-8")


@pytest.mark.parametrize(
    "secret",
    [
        "xoxb-1234-abcd",
        "xapp-1-A0-1-abc",
        "xoxe.xoxb-1-abc",
        "https://hooks.slack.com/commands/T1/2/abc",
        "postgresql://user:hunter2@db.example/whoholds",
    ],
)
def test_a_secret_is_blotted_out_wherever_it_comes_from(secret: str) -> None:
    line = line_of("could not use %s", secret)
    for part in ("1234-abcd", "A0-1-abc", "1-abc", "T1/2/abc", "hunter2"):
        assert part not in line


def test_of_an_error_its_kind_and_its_way_are_written_and_not_its_message() -> None:
    line = json.loads(line_of("It failed", error=raised(ValueError("who holds my neighbour's records"))))
    assert line["error"] == "ValueError"
    assert "test_logs.py" in line["trace"]
    assert "in raised" in line["trace"]
    assert "neighbour" not in json.dumps(line)


@pytest.fixture
def _own_logging() -> Iterator[None]:
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    yield
    root.handlers[:], root.level = before, level


@pytest.mark.usefixtures("_own_logging")
def test_everything_goes_to_standard_error_and_http_clients_say_little(monkeypatch: pytest.MonkeyPatch) -> None:
    written = io.StringIO()
    monkeypatch.setattr(sys, "stderr", written)
    start_logging()
    logging.getLogger("some.library").info("hello")
    logging.getLogger("httpx").info("POST https://hooks.slack.com/commands/T1/2/abc")
    (line,) = [json.loads(line) for line in written.getvalue().splitlines()]
    assert line["message"] == "hello"
