"""Cleaning text from other people's systems: never fails, keeps meaning, drops what could harm or mislead."""

import html
import re
import unicodedata
from functools import lru_cache
from html.parser import HTMLParser

_SAFE = re.compile(r"[ -%'-;=?-~]*")  # printable ASCII without & < >
# controls (but tab and newline), zero-width and direction marks, tags, private use, lone surrogates
_UNWANTED = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb"
    "\ud800-\udfff\ue000-\uf8ff\U000e0000-\U000e0fff\U000f0000-\U0010ffff]"
)
_SPACES = re.compile(r"[^\S\n]+")
_LINES = re.compile(r"\n\s*\n\s*")
_TAG = re.compile(r"<[a-zA-Z/!]")
_ANY_TAG = re.compile(r"<[^<>]*>")
LAYERS = 6
BLOCKS = frozenset({"p", "br", "div", "li", "ul", "ol", "tr", "table", "h1", "h2", "h3", "h4", "section"})


def clean_line(value: str, limit: int) -> str:
    """One line of plain text: no markup, no control characters, single spaces, at most `limit` characters."""
    if _SAFE.fullmatch(value) and "  " not in value:
        return value.strip()[:limit].strip()
    return " ".join(clean_text(value, limit * 4).split())[:limit].strip()


def clean_text(value: str, limit: int) -> str:
    """Plain text that may have paragraphs, at most `limit` characters. Cleaning what is clean changes nothing."""
    if _SAFE.fullmatch(value) and "  " not in value:
        return value.strip()[:limit].strip()
    value = _characters(value[: limit * 4])
    for _layer in range(LAYERS):
        resolved = _characters(_resolved(value))
        if resolved == value:
            break
        value = resolved
    else:  # so many layers are no accident; what begins one goes, so that no reader resolves it further
        value = value.replace("&", " ").replace("<", " ")
    value = _LINES.sub("\n\n", _SPACES.sub(" ", value))
    return value.strip()[:limit].strip()


def _characters(value: str) -> str:
    value = _UNWANTED.sub("", value.replace("\r\n", "\n").replace("\r", "\n"))
    return value if value.isascii() else unicodedata.normalize("NFC", value)


def _resolved(value: str) -> str:
    """One layer of markup taken off: catalogues often escape a description that was escaped before."""
    if "<" in value and _TAG.search(value):
        return without_markup(value)
    return html.unescape(value) if "&" in value else value


class _Text(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self.silent = 0

    def handle_starttag(self, tag: str, attrs: object) -> None:
        if tag in ("script", "style"):
            self.silent += 1
        self.parts.append("\n" if tag in BLOCKS else "")

    def handle_endtag(self, tag: str) -> None:
        if tag in ("script", "style") and self.silent:
            self.silent -= 1
        self.parts.append("\n" if tag in BLOCKS else "")

    def handle_data(self, data: str) -> None:
        if not self.silent:
            self.parts.append(data)


def without_markup(value: str) -> str:
    """The text of a piece of HTML: tags and scripts gone, entities resolved, blocks on lines of their own."""
    parser = _Text()
    try:
        parser.feed(value)
        parser.close()
    except AssertionError:  # how the parser refuses `<![`
        return html.unescape(_ANY_TAG.sub(" ", value).replace("<!", " "))
    return "".join(parser.parts)


def kebab(value: str) -> str:
    """`Schools, pupils & their characteristics` to `schools-pupils-and-their-characteristics`."""
    plain = unicodedata.normalize("NFKD", value.replace("&", " and ")).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain.replace("'", "").lower()).strip("-")


_NOT_WORD = re.compile(r"[^\w]+", re.ASCII)


@lru_cache(maxsize=50_000)
def fold(text: str) -> str:
    """The key of a name: lower case, no accents, `&` as "and", single spaces between words."""
    plain = text.lower() if text.isascii() else _without_accents(text.casefold())
    return _NOT_WORD.sub(" ", plain.replace("&", " and ").replace("'", "").replace("’", "")).replace("_", " ").strip()


def _without_accents(text: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
