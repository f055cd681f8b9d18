"""A message as it was written, made ready to be read: without Slack's markup, quotes, code, greetings and signatures.

Nothing here raises, whatever the text. What is cut off is only what cannot carry the question.
"""

import re
import unicodedata
from dataclasses import dataclass
from html import unescape

LONGEST = 4_000
"""Characters of a message that are read; the rest is left unread."""

LONGEST_CLAUSE = 400
LONGEST_WHOLE = 1_200

_UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ud800-\udfff"
    "\ue000-\uf8ff\U000e0000-\U000e0fff\U000f0000-\U0010ffff]"
)
_CODE = re.compile(r"```.*?(?:```|\Z)", re.DOTALL)
_QUOTED = re.compile(r"^ ?(?:>|&gt;).*$", re.MULTILINE)
_MENTION = re.compile(r"<(?:@[UWB]|!|#C)[^<>|\n]{0,80}(?:\|([^<>\n]{0,200}))?>")
_LINK = re.compile(r"<((?:https?|mailto):[^<>|\s]{1,500})(?:\|([^<>\n]{0,300}))?>")
_SCHEME = re.compile(r"\bhttps?://(?:www\.)?", re.IGNORECASE)
_EMOJI = re.compile(r":[a-z0-9_+\-]{1,60}:")
_SPACE = re.compile(r"[^\S\n]+")
_LINES = re.compile(r" ?\n[ \n]*")
_SIGNATURE = re.compile(
    r"\n(?:--+|(?:(?:kind|best|many|warm) )?(?:regards|wishes|thanks)[,.]?)\n.*\Z", re.IGNORECASE | re.DOTALL
)
_SEPARATORS = r"[\s,.!:;\-–—]{0,5}"
_GREETING = re.compile(
    r"(?:hi|hiya|hello|hey|dear|good (?:morning|afternoon|evening)|morning|afternoon|evening|bore da)\b"
    r"(?: (?:there|all|team|everyone|folks|both|whoholds|bot|colleagues)){0,3}" + _SEPARATORS,
    re.IGNORECASE,
)
_HEDGE = re.compile(
    r"(?:sorry(?: to (?:bother|trouble) (?:you|anyone))?|apologies|quick (?:question|one|q)|random question|(?:a |an )?(?:different|new|another|next|other|separate) (?:question|topic|subject|one|thing)(?= ?[:,.-])|bit of a long shot"
    r"|not sure if this is the right place|just wondering|i was wondering|i wonder|wondering|please|pls|so|ok|okay|well|um|er"
    r"|right|and|also|but|question|does anyone (?:here )?know|anyone know|do you know|any idea|any ideas|can (?:you|someone|anyone)"
    r" (?:please )?tell me|could you (?:please )?tell me|could you (?:please )?(?:help me)?|can you (?:please )?(?:help me)?"
    r"|i(?:'d| would) like to know|i need to know|i want to know|help me|please can you (?:tell me)?|if (?:anyone|you) knows?)\b"
    + _SEPARATORS,
    re.IGNORECASE,
)
_THANKS = re.compile(
    r"[\s,.!;–-]{0,4}\b(?:many thanks|thanks(?: in advance| so much| a lot| all)?|thank you|ta|cheers|please|pls|plz|xx?|asap)"
    r"[\s.!?]{0,5}$",
    re.IGNORECASE,
)
_POLITE = re.compile(
    r"(?:(?:ok|okay|great|brilliant|perfect|lovely|super|right|no|yes|yep|nope|fine|got it|i see|cool|many thanks|thanks|thank you|ta|cheers"
    r"|never ?mind|forget (?:that|it)|scrap that)\b[\s,.!;-]*)+",
    re.IGNORECASE,
)
_CLAUSE = re.compile(r"(?<=[.!?;]) |\n")
_ASKS = re.compile(
    r"\?|\b(?:who|what|which|where|when|how|is there|are there|do we|does|can i|can we|could|any(?:one|body)? (?:know|got"
    r"|have)|looking for|need|want|find|after)\b|^(?:is|are|was|do|did|has|have|may|might|should|will|would|why)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Message:
    """A message ready to be read: `text` is the clause that asks, `whole` everything that may carry meaning."""

    text: str
    whole: str


def read_message(raw: str) -> Message:
    """Make a message ready to be read."""
    clauses = clauses_of(raw)
    clauses = [clause for clause in clauses if not _POLITE.fullmatch(clause)] or clauses
    whole = " ".join(clauses)[:LONGEST_WHOLE]
    asking = [clause for clause in clauses if _ASKS.search(clause)]
    marked = [clause for clause in asking if "?" in clause]
    chosen = (marked or asking or clauses or [""])[0]
    return Message(chosen, whole)


def clauses_of(raw: str) -> list[str]:
    """The sentences and lines of a message, each without the greeting, hedges and thanks around it."""
    text = _SPACE.sub(" ", unicodedata.normalize("NFKC", _UNSEEN.sub("", raw[:LONGEST])))
    text = _QUOTED.sub("", _CODE.sub(" ", text))
    text = _LINK.sub(lambda match: match[2] or match[1], text)
    text = _SCHEME.sub("", _MENTION.sub(lambda match: match[1] or " ", text))
    text = unescape(_EMOJI.sub(" ", text)).replace("’", "'").replace("‘", "'").replace("`", "")
    text = _SIGNATURE.sub("", _LINES.sub("\n", _SPACE.sub(" ", text)) + "\n").strip()
    return [bare for bare in (_bare(clause[:LONGEST_CLAUSE]) for clause in _CLAUSE.split(text)) if bare]


def _bare(clause: str) -> str:
    """A clause without the greeting, hedges and thanks around it; unchanged when that is all there is."""
    clause = " ".join(clause.split())
    bare = clause
    for _ in range(6):
        start = _GREETING.match(bare) or _HEDGE.match(bare)
        shorter = bare[start.end() :] if start else _THANKS.sub("", bare)
        if shorter == bare or not re.search(r"\w", shorter):
            break
        bare = shorter
    return (bare + "?" if clause.endswith("?") and not bare.endswith("?") else bare).strip()


def without_end(text: str) -> str:
    """A subject without the marks and empty words that end a sentence."""
    return text.lstrip(" \t\n,;:-–—").rstrip(" \t\n?.!,;:")
