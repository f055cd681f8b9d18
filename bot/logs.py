"""Logs: one JSON object a line, UTC, without people's words. Line breaks inside a message cannot forge a line."""

import json
import logging
import re
import sys

from catalogue import clock

_SECRETS = re.compile(r"xox[abeprs]-[\w-]+|xapp-[\w-]+|(?<=//)[^/@\s]+:[^/@\s]+(?=@)|https://hooks\.slack\.com/\S+")


class JsonLines(logging.Formatter):
    """A record as one line of JSON; tokens and passwords are blotted out wherever they come from."""

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "at": clock.stamp(clock.now()),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": _SECRETS.sub("…", record.getMessage()),
        }
        if record.exc_info and record.exc_info[0]:
            line["error"] = record.exc_info[0].__name__
            line["trace"] = _SECRETS.sub("…", self.formatException(record.exc_info))[-4000:]
        return json.dumps(line, ensure_ascii=False)


def start_logging(level: int = logging.INFO) -> None:
    """Send every log line to standard error as JSON."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines())
    logging.basicConfig(level=level, handlers=[handler], force=True)
    for noisy in ("httpx", "httpcore", "werkzeug"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
