"""Logs: one JSON object a line, UTC, without people's words. Line breaks inside a message cannot forge a line."""

import json
import logging
import re
import sys
import traceback
from types import TracebackType

from catalogue import clock

_SECRETS = re.compile(r"xox[abeprs]-[\w-]+|xapp-[\w-]+|(?<=//)[^/@\s]+:[^/@\s]+(?=@)|https://hooks\.slack\.com/\S+")
_BREAKS = re.compile("[\x7f-\x9f\u2028\u2029\ud800-\udfff]")  # what some viewers break a line at, or cannot be written


class JsonLines(logging.Formatter):
    """A record as one line of JSON; tokens and passwords are blotted out wherever they come from.

    Of an error its kind and the places it passed through are written, not its message: that may quote a person.
    """

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "at": clock.stamp(clock.now()),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": _SECRETS.sub("…", record.getMessage()),
        }
        if record.exc_info and record.exc_info[0]:
            line["error"] = record.exc_info[0].__name__
            line["trace"] = places(record.exc_info[2])
        return _BREAKS.sub(lambda match: f"\\u{ord(match[0]):04x}", json.dumps(line, ensure_ascii=False))


def places(trace: TracebackType | None) -> str:
    """Where an error came through, innermost last: files, lines and code, no values."""
    return "".join(traceback.format_tb(trace))[-4000:]


def start_logging(level: int = logging.INFO) -> None:
    """Send every log line to standard error as JSON."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines())
    logging.basicConfig(level=level, handlers=[handler], force=True)
    for noisy in ("httpx", "httpcore", "werkzeug"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
