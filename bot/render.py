"""Prose from templates, escaped for where it goes.

One template serves every channel: `bold` and `link` know the channel. Slack's mrkdwn knows three escapes and no way to
write a literal asterisk, so a mark that would format is written with a character that looks like it. HTML escaping
would be wrong there: Slack shows `&#39;` as it stands. A value is put on one line and escaped when it is put into the
text, wherever it came from.
"""

import re
from contextlib import suppress
from html import escape
from typing import Any
from urllib.parse import urlsplit

from jinja2 import Environment, PackageLoader, StrictUndefined, Template, TemplateNotFound

from bot import field_words, language, words
from catalogue.model import Language

ZERO_WIDTH_SPACE = "\u200b"
LOOKS_LIKE = str.maketrans({"*": "\u2217", "_": "\u02cd", "~": "\u223c", "`": "\u02cb"})

_FORMATS = re.compile(r"`|(?<![^\W_])[*_~]|[*_~](?![^\W_])|(?<=:)(?=[a-z0-9_+\-]{1,60}:)|^(?=&gt;)", re.MULTILINE)
_CONTROLS = re.compile("[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f]")
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
    return _FORMATS.sub(lambda match: match[0].translate(LOOKS_LIKE) or ZERO_WIDTH_SPACE, text)


def one_line(value: object) -> str:
    """Text without line breaks, so that it cannot forge a line of its own, and without what a terminal acts upon."""
    return " ".join(_CONTROLS.sub("", _HIDDEN.sub("", str(value))).split())


def label(value: object) -> str:
    """Text for a button or another place that knows no format: one line, nothing hidden, never empty."""
    return one_line(value) or "…"


def cut(value: str, limit: int) -> str:
    """Text of at most `limit` characters, ended with … when something was cut off, at a word where there is one."""
    if len(value) <= limit:
        return value
    short = value[: limit - 1]
    return (short[: short.rfind(" ")] if " " in short[limit // 2 :] else short).rstrip() + "…"


def _slack_bold(value: object) -> Ready:
    text = escape_mrkdwn(one_line(value)).replace("*", "*".translate(LOOKS_LIKE))
    return Ready(f"*{text}*" if text else "")


def _slack_link(value: object, url: str | None) -> Ready:
    """A link to an https address, shown under `value`; only the words when there is no such address.

    The host is shown beside it, so that the words cannot pretend to lead elsewhere.
    """
    words = escape_mrkdwn(one_line(value))
    host = _host(url)
    if not url or not host:
        return Ready(words)
    return Ready(f"<{url.replace('&', '&amp;')}|{words}> ({host})")


def _host(url: str | None) -> str | None:
    """Where an https address leads; None for anything else, or what Slack could not take as one."""
    if not url or not re.fullmatch(r"https://[!-~]+", url) or set(url) & set('<>|"`'):
        return None
    try:
        host = urlsplit(url).hostname or ""
    except ValueError:
        return None
    return host if re.fullmatch(r"[a-z0-9.-]+", host) else None


def _plain_link(value: object, url: str | None) -> str:
    return f"{one_line(value)}, {one_line(url)}" if url else one_line(value)


def _slack_value(value: object) -> str:
    return value if isinstance(value, Ready) else escape_mrkdwn(one_line(value))


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
        cut=cut,
        day=words.day,
        one_line=one_line,
        listed=words.listed,
        count=words.count,
        access=words.access,
        because=field_words.because,
        ended=words.ended,
        each_phrase=language.each_phrase,
        phrase=language.phrase,
        sentence=language.sentence,
    )
    return environment


def _html_value(value: object) -> str:
    return value if isinstance(value, Ready) else escape(one_line(value))


def _html_bold(value: object) -> Ready:
    return Ready(f"<strong>{_html_value(value)}</strong>")


def _html_link(value: object, url: str | None) -> Ready:
    """A link to an https address, shown under `value`; only the words when there is no such address."""
    if not url or not _host(url):
        return Ready(_html_value(value))
    return Ready(f'<a href="{escape(url)}" rel="noopener noreferrer">{_html_value(value)}</a>')


def _html_heading(value: object) -> Ready:
    return Ready(f"<h3>{_html_value(value)}</h3>")


MRKDWN = _environment(finalize=_slack_value)
MRKDWN.globals.update(bold=_slack_bold, heading=_slack_bold, link=_slack_link)
PLAIN = _environment(finalize=one_line)
PLAIN.globals.update(bold=one_line, heading=one_line, link=_plain_link)
HTML = _environment(finalize=_html_value)
HTML.globals.update(bold=_html_bold, heading=_html_heading, link=_html_link)

_BLANK_LINES = re.compile(r"\n{3,}")


def part(environment: Environment, template: str, name: str, **values: Any) -> str:
    """One named block of a template, trimmed; "" when the template has no such block.

    It is in the language that is spoken now. A template without a twin in Welsh speaks English, its values too.
    """
    loaded = _in_language(environment, template)
    block = loaded.blocks.get(name)
    if block is None:
        return ""
    with language.speaking(Language.ENGLISH if loaded.name == template else language.spoken()):
        text = "".join(block(loaded.new_context(values)))
    return _BLANK_LINES.sub("\n\n", text).strip()


def _in_language(environment: Environment, template: str) -> Template:
    """A template's twin where Welsh is spoken and there is one; otherwise the template."""
    if language.spoken() is Language.WELSH:
        with suppress(TemplateNotFound):
            return environment.get_template(f"cy/{template}")
    return environment.get_template(template)


def as_html(text: str) -> str:
    """A text made with HTML as paragraphs, lists (lines that begin with •) and headings."""
    pieces: list[str] = []
    for line in filter(None, (line.strip() for line in text.splitlines())):
        if line.startswith("<h3>"):
            pieces.append(line)
        elif not line.startswith("• "):
            pieces.append(f"<p>{line}</p>")
        elif pieces and pieces[-1].endswith("</ul>"):
            pieces[-1] = f"{pieces[-1].removesuffix('</ul>')}<li>{line[2:]}</li></ul>"
        else:
            pieces.append(f"<ul><li>{line[2:]}</li></ul>")
    return "\n".join(pieces)
