"""Cleaning text from other people's systems: never fails, keeps meaning, drops what could harm or mislead."""

import html
import re
import unicodedata
from collections.abc import Callable
from functools import lru_cache

_SAFE = re.compile(r"[ -%'-;=?-~]*")  # printable ASCII without & < >
# controls (but tab and newline), zero-width and direction marks, tags, private use, lone surrogates
_UNWANTED = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb"
    "\ud800-\udfff\ue000-\uf8ff\U000e0000-\U000e0fff\U000f0000-\U0010ffff]"
)
_SPACES = re.compile(r"[^\S\n]+")
_LINES = re.compile(r"\n\s*\n\s*")
# no pattern here goes back over what it has passed, and what has no end reaches to the end: hostile text costs no more
_SILENT = re.compile(r"<!--.*?(?:-->|\Z)|<(script|style)\b.*?(?:</\1\s*>|\Z)", re.DOTALL | re.IGNORECASE)
_TAG = re.compile(r"<(?=[a-zA-Z/!?])[/!?]?([a-zA-Z][\w:-]*+)?+(?:[^<>\"']|\"[^\"<]*\"|'[^'<]*'|[\"'])*+>")
_LIVE = re.compile(r"'*[=+\-@\t\r]")
_ESCAPED = re.compile(r"'+[=+\-@\t\r]")
_BLOCKS = frozenset("p br div li ul ol dl dt dd tr table h1 h2 h3 h4 h5 h6 section article blockquote pre hr".split())
_CELLS = frozenset(["td", "th"])
LAYERS = 6


def clean_line(value: str, limit: int) -> str:
    """One line of plain text: no markup, no control characters, single spaces, at most `limit` characters."""
    return _clean(value, limit, raw=limit * 16, tidy=_one_line)


def clean_text(value: str, limit: int) -> str:
    """Plain text that may have paragraphs, at most `limit` characters. Cleaning what is clean changes nothing."""
    return _clean(value, limit, raw=limit * 4, tidy=_paragraphs)


def _clean(value: str, limit: int, *, raw: int, tidy: Callable[[str], str]) -> str:
    if _SAFE.fullmatch(value) and "  " not in value:
        return value.strip()[:limit].strip()
    text = _plain(value[:raw], tidy)
    return text if len(text) <= limit else _plain(text[:limit], tidy)


def _plain(value: str, tidy: Callable[[str], str]) -> str:
    """Without markup, however many layers of it: catalogues escape what was escaped before."""
    for _layer in range(LAYERS):
        resolved = tidy(_characters(without_markup(value)))
        if resolved == value or not ("<" in resolved or "&" in resolved):
            return resolved
        value = resolved
    return tidy(value.replace("&", " ").replace("<", " "))  # so many layers are no accident


def _one_line(value: str) -> str:
    return " ".join(value.split())


def _paragraphs(value: str) -> str:
    return _LINES.sub("\n\n", _SPACES.sub(" ", value)).strip()


def _characters(value: str) -> str:
    value = _UNWANTED.sub("", value.replace("\r\n", "\n").replace("\r", "\n"))
    return value if value.isascii() else unicodedata.normalize("NFC", value)


def without_markup(value: str) -> str:
    """The text of a piece of HTML: tags and scripts gone, entities resolved, blocks on lines of their own."""
    if "<" in value:
        value = value.replace("<![CDATA[", "").replace("]]>", "")
        value = _TAG.sub(_in_place_of, _SILENT.sub("", value))
    return html.unescape(value) if "&" in value else value


def _in_place_of(tag: re.Match[str]) -> str:
    name = (tag[1] or "").lower()
    return "\n" if name in _BLOCKS else " " if name in _CELLS else ""


def kebab(value: str) -> str:
    """`Schools, pupils & their characteristics` to `schools-pupils-and-their-characteristics`."""
    plain = unicodedata.normalize("NFKD", value.replace("&", " and ")).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain.replace("'", "").lower()).strip("-")


_NOT_WORD = re.compile(r"[\W_]+", re.ASCII)


@lru_cache(maxsize=50_000)
def fold(text: str) -> str:
    """The key of a name: lower case, no accents, `&` as "and", single spaces between words."""
    plain = text.lower() if text.isascii() else _without_accents(text).casefold()
    return _NOT_WORD.sub(" ", plain.replace("&", " and ").replace("'", "").replace("’", "")).strip()


def _without_accents(text: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))


def safe_cell(cell: str) -> str:
    """A cell of a CSV that no spreadsheet program runs as a formula; `cell_as_written` takes it back."""
    return f"'{cell}" if _LIVE.match(cell) else cell


def cell_as_written(cell: str) -> str:
    """What `safe_cell` was given."""
    return cell[1:] if _ESCAPED.match(cell) else cell
