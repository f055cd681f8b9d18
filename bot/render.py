"""Prose from templates, escaped for where it goes.

One template serves every channel: `bold` and `link` know the channel. Slack's mrkdwn knows three escapes and no way to
write a literal asterisk, so a mark that would format gets an invisible space beside it. HTML escaping would be wrong
there: Slack shows `&#39;` as it stands. A value is escaped when it is put into the text, wherever it came from.
"""

import re
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from bot import words

ZERO_WIDTH_SPACE = "\u200b"

_FORMATS = re.compile(r"`|(?<![^\W_])[*_~]|[*_~](?![^\W_])|(?<=:)(?=[a-z0-9_+\-]{1,60}:)|^(?=&gt;)", re.MULTILINE)
_HIDDEN = re.compile("[\u00ad\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\U000e0000-\U000e0fff]")


class Ready(str):
    """Text that is already escaped for its channel."""

    __slots__ = ()


def escape_mrkdwn(value: object) -> str:
    """Any text as literal text in Slack's mrkdwn."""
    if isinstance(value, Ready):
        return value
    text = _HIDDEN.sub("", str(value))
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return _FORMATS.sub(lambda match: ZERO_WIDTH_SPACE + match[0], text)


def one_line(value: object) -> str:
    """Text without line breaks, so that it cannot forge a line of its own."""
    return " ".join(str(value).split())


def cut(value: str, limit: int) -> str:
    """Text of at most `limit` characters, ended with … when something was cut off, at a word where there is one."""
    if len(value) <= limit:
        return value
    short = value[: limit - 1]
    return (short[: short.rfind(" ")] if " " in short[limit // 2 :] else short).rstrip() + "…"


def _slack_bold(value: object) -> Ready:
    return Ready(f"*{escape_mrkdwn(one_line(value))}*")


def _slack_link(value: object, url: str | None) -> Ready:
    """A link to an https address, shown under `value`; only the words when there is no such address."""
    if not url or not url.startswith("https://") or re.search(r"[\s<>|]", url):
        return Ready(escape_mrkdwn(one_line(value)))
    return Ready(f"<{url.replace('&', '&amp;')}|{escape_mrkdwn(one_line(value))}>")


def _plain_link(value: object, url: str | None) -> str:
    return f"{one_line(value)}, {url}" if url else one_line(value)


def _environment(**more: Any) -> Environment:
    environment = Environment(
        loader=PackageLoader("bot"),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=False,
        autoescape=False,  # noqa: S701  Slack is not HTML; `finalize` escapes every value
        **more,
    )
    environment.globals.update(words=words)
    environment.filters.update(
        cut=cut, day=words.day, one_line=one_line, listed=words.listed, count=words.count, access=words.access
    )
    return environment


MRKDWN = _environment(finalize=escape_mrkdwn)
MRKDWN.globals.update(bold=_slack_bold, link=_slack_link)
PLAIN = _environment()
PLAIN.globals.update(bold=one_line, link=_plain_link)

_BLANK_LINES = re.compile(r"\n{3,}")


def part(environment: Environment, template: str, name: str, **values: Any) -> str:
    """One named block of a template, trimmed; "" when the template has no such block."""
    loaded = environment.get_template(template)
    block = loaded.blocks.get(name)
    if block is None:
        return ""
    text = "".join(block(loaded.new_context(values)))
    return _BLANK_LINES.sub("\n\n", text).strip()
