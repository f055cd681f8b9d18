"""Slack's mrkdwn: as HTML for the page, and as a list of its control sequences for tests.

Everything is escaped first; the only tags in the HTML are those named in TAGS, and addresses are http, https or mailto.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from html import escape
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

TAGS = {"strong", "em", "s", "code", "pre", "blockquote", "br", "a", "span", "time"}
EMOJI: Mapping[str, str] = {
    "+1": "👍",
    "-1": "👎",
    "arrow_right": "➡️",
    "bell": "🔔",
    "bust_in_silhouette": "👤",
    "calendar": "📅",
    "classical_building": "🏛️",
    "eyes": "👀",
    "hourglass": "⌛",
    "hourglass_flowing_sand": "⏳",
    "information_source": "ℹ️",
    "large_green_circle": "🟢",
    "link": "🔗",
    "lock": "🔒",
    "mag": "🔍",
    "memo": "📝",
    "no_entry": "⛔",
    "page_facing_up": "📄",
    "pencil2": "✏️",
    "question": "❓",
    "red_circle": "🔴",
    "speech_balloon": "💬",
    "tada": "🎉",
    "thumbsup": "👍",
    "unlock": "🔓",
    "warning": "⚠️",
    "wave": "👋",
    "white_check_mark": "✅",
    "x": "❌",
}
FENCE = re.compile(r"```(.+?)```", re.DOTALL)
TOKEN = re.compile(r"`([^`\n]+)`|<([^<>\n]+)>|:([a-z0-9_+-]+):|(https?://[^\s<>|`]+)")
STYLED = re.compile(
    r"(?<![\w*])\*(?=\S)(?P<strong>[^*\n]*?\S)\*(?![\w*])"
    r"|(?<![\w])_(?=\S)(?P<em>[^_\n]*?\S)_(?!\w)"
    r"|(?<![\w~])~(?=\S)(?P<s>[^~\n]*?\S)~(?![\w~])"
)
HELD = re.compile("\ue000(\\d+)\ue001")
ADDRESS = re.compile(r"https?://[^\s|]+?(?=(?:&[lg]t;|[.,;:!?)'\"])*(?:\s|$)|&[lg]t;|\|)")
CONTROL = re.compile(r"<(?:[@#!][^<>\n]+|[a-z][a-z0-9+.-]*:[^<>\n]+)>", re.IGNORECASE)
HOME_LINK = re.compile(r"slack://app\?team=\w+&id=\w+&tab=home")
LINK = re.compile(r"<(https?://[^<>|\n]+)(?:\|[^<>\n]*)?>|(https?://[^\s<>|]+)")
DATES: Mapping[str, str] = {
    "{date_num}": "%Y-%m-%d",
    "{date_slash}": "%d/%m/%Y",
    "{date}": "%-d %B %Y",
    "{date_short}": "%-d %b %Y",
    "{date_long}": "%A %-d %B %Y",
    "{date_pretty}": "%-d %B %Y",
    "{date_short_pretty}": "%-d %b %Y",
    "{date_long_pretty}": "%A %-d %B %Y",
    "{time}": "%H:%M",
    "{time_secs}": "%H:%M:%S",
}
LONDON = ZoneInfo("Europe/London")


def control_sequences(text: str) -> list[str]:
    """The sequences that Slack would act on, in order: mentions, broadcasts, channel and other links in <...>."""
    return CONTROL.findall(text)


def links(text: str) -> list[str]:
    """The web addresses in a text, written as <url>, <url|label>, or bare (which Slack links as well)."""
    return [plain(one or two).rstrip(".,;:!?)") for one, two in LINK.findall(text)]


def plain(text: str) -> str:
    """A text without the three entities that Slack asks for."""
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def wire(text: str, users: Mapping[str, str] | None = None) -> str:
    """What a person typed, as their client sends it: escaped, addresses in <...>, @name a mention of that user's id."""
    sent = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    sent = ADDRESS.sub(r"<\g<0>>", sent)
    for name, user_id in sorted((users or {}).items(), key=lambda pair: -len(pair[0])):
        sent = re.sub(rf"(?<![\w@])@{re.escape(name)}(?![\w.])", f"<@{user_id}>", sent, flags=re.IGNORECASE)
    return sent


def to_html(text: str, names: Mapping[str, str] | None = None) -> str:
    """The HTML of a mrkdwn text. `names`: what to show for ids of users, channels and groups."""
    pieces = FENCE.split(text.replace("\ue000", "").replace("\ue001", ""))
    out = []
    for number, piece in enumerate(pieces):
        if number % 2:
            out.append(f"<pre>{escape(plain(piece.strip(chr(10))))}</pre>")
        else:
            out.append("".join(paragraphs(piece.strip("\n") if len(pieces) > 1 else piece, names or {})))
    return "".join(out)


def paragraphs(text: str, names: Mapping[str, str]) -> Iterator[str]:
    """Runs of quoted and of plain lines."""
    run: list[str] = []
    quoting = False
    for line in [*text.split("\n"), None]:
        quoted = line is not None and line.startswith((">", "&gt;"))
        if run and (line is None or quoted != quoting):
            whole = "<br>".join(run)
            yield f"<blockquote>{whole}</blockquote>" if quoting else whole
            run = []
        if line is not None:
            quoting = quoted
            run.append(inline(re.sub(r"^(>|&gt;) ?", "", line) if quoted else line, names))


def inline(text: str, names: Mapping[str, str]) -> str:
    """One line: code, links, mentions and emoji are set aside first, so that no style reaches into them."""
    held: list[str] = []

    def hold(match: re.Match[str]) -> str:
        code, control, emoji, url = match.groups()
        if code is not None:
            html = f"<code>{escape(plain(code))}</code>"
        elif control is not None:
            html = sequence(control, names)
        elif emoji is not None:
            html = escape(EMOJI.get(emoji, match.group()))
        else:
            html = anchor(plain(url), plain(url))
        held.append(html)
        return f"\ue000{len(held) - 1}\ue001"

    return styled(TOKEN.sub(hold, text), held)


def styled(text: str, held: list[str]) -> str:
    """Bold, italic and struck runs, nested as they stand; what was set aside is put back."""
    out = []
    end = 0
    for match in STYLED.finditer(text):
        tag = match.lastgroup or "em"
        out.append(leaf(text[end : match.start()], held))
        out.append(f"<{tag}>{styled(match.group(tag), held)}</{tag}>")
        end = match.end()
    return "".join([*out, leaf(text[end:], held)])


def leaf(text: str, held: list[str]) -> str:
    """Text without any style, escaped."""
    return HELD.sub(lambda match: held[int(match.group(1))], escape(plain(text)))


def sequence(control: str, names: Mapping[str, str]) -> str:
    """What stands for `<control>`; whatever Slack would not know is shown as it was written."""
    body, _, label = control.partition("|")
    if body.startswith("!date^"):
        return date(body, label)
    if body[:1] in ("@", "#"):
        name = names.get(body[1:], label or body[1:])
        return f'<span class="mention">{escape(body[0] + plain(name).lstrip(body[0]))}</span>'
    if body.startswith("!"):
        name = body[1:].split("^")[-1] if body.startswith("!subteam^") else body[1:]
        shown = label or names.get(name, name)
        return f'<span class="mention broadcast">{escape("@" + plain(shown).lstrip("@"))}</span>'
    return anchor(plain(body), plain(label or body), otherwise=f"<{control}>")


def anchor(url: str, label: str, otherwise: str = "") -> str:
    """A link, if the address is one to follow; else `otherwise`, or the label, as text.

    `slack://app?…&tab=home` leads to the app's Home.
    """
    if HOME_LINK.fullmatch(url):
        return f'<a href="?in=home" data-place="home">{escape(label)}</a>'
    try:
        parts = urlsplit(url)
        good = parts.scheme == "mailto" or (parts.scheme in ("http", "https") and bool(parts.hostname))
    except ValueError:
        good = False
    if not good:
        return escape(plain(otherwise or label))
    return f'<a href="{escape(url)}" target="_blank" rel="noreferrer noopener">{escape(label)}</a>'


def date(body: str, fallback: str) -> str:
    """A date in the reader's time, here London's; the fallback when it cannot be written."""
    parts = body.split("^")
    try:
        when = datetime.fromtimestamp(int(parts[1]), UTC).astimezone(LONDON)
        shown = parts[2]
    except (IndexError, ValueError, OverflowError, OSError):
        return escape(plain(fallback or f"<{body}>"))
    for token, form in DATES.items():
        shown = shown.replace(token, when.strftime(form))
    return f'<time datetime="{when.isoformat()}" title="{escape(plain(fallback))}">{escape(plain(shown))}</time>'
