"""A message as it was written, made ready to be read: without Slack's markup, quotes, code, greetings and signatures.

Nothing here raises, whatever the text. What is cut off is only what cannot carry the question.
"""

import re
import unicodedata
from dataclasses import dataclass
from html import unescape

LONGEST = 4_000

_UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ud800-\udfff"
    "\ue000-\uf8ff\U000e0000-\U000e0fff\U000f0000-\U0010ffff]"
)
_CODE = re.compile(r"```.*?(?:```|\Z)", re.DOTALL)
_QUOTED = re.compile(r"^\s*(?:>|&gt;).*$", re.MULTILINE)
_MENTION = re.compile(r"<(?:@[UWB]|!|#C)[^<>|]*(?:\|([^<>]*))?>")
_LINK = re.compile(r"<((?:https?|mailto):[^<>|\s]+)(?:\|([^<>]*))?>")
_EMOJI = re.compile(r":[a-z0-9_+\-]+:")
_SIGNATURE = re.compile(
    r"\n\s*(?:--+\s*$|(?:kind |best |many |warm )?(?:regards|wishes|thanks)[,.]?\s*\n).*\Z",
    re.IGNORECASE | re.DOTALL | re.MULTILINE,
)
_GREETING = re.compile(
    r"^(?:(?:hi|hiya|hello|hey|dear|good (?:morning|afternoon|evening)|morning|afternoon|evening)\b"
    r"(?:\s+(?:there|all|team|everyone|folks|both|whoholds|bot|colleagues))*[\s,.!:\-–—]*)+",
    re.IGNORECASE,
)
_HEDGE = re.compile(
    r"^(?:(?:sorry|apologies|quick (?:question|one|q)|random question|bit of a long shot|not sure if this is the right"
    r" place|just wondering|i was wondering|i wonder|wondering|please|pls|so|ok|okay|well|um|er|right|and|also|but"
    r"|question|does anyone know|anyone know|do you know|any idea|any ideas|can (?:you|someone|anyone) (?:please )?tell me"
    r"|could you (?:please )?tell me|could you (?:please )?(?:help me )?|can you (?:please )?(?:help me )?"
    r"|i(?:'d| would) like to know|i need to know|i want to know|help me|please can you (?:tell me)?)\b[\s,:;.\-–—]*)+",
    re.IGNORECASE,
)
_THANKS = re.compile(
    r"[\s,.!;–-]*\b(?:many thanks|thanks(?: in advance| so much| a lot| all)?|thank you|ta|cheers|please|pls|plz"
    r"|x+|asap)[\s.!?]*$",
    re.IGNORECASE,
)
_CLAUSE = re.compile(r"(?<=[.!?;])\s+|\n+")
_ASKS = re.compile(
    r"\?|\b(?:who|what|which|where|when|how|is there|are there|do we|does|can i|can we|could|any(?:one|body)? (?:know|got"
    r"|have)|looking for|need|want|find|after)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Message:
    """A message ready to be read: `text` is the clause that asks, `whole` everything that may carry meaning."""

    text: str
    whole: str
    was_cut: bool = False


def read_message(raw: str) -> Message:
    """Make a message ready to be read."""
    was_cut = len(raw) > LONGEST
    text = unicodedata.normalize("NFKC", _UNSEEN.sub("", raw[:LONGEST]))
    text = _QUOTED.sub("", _CODE.sub(" ", text))
    text = _LINK.sub(lambda match: match[2] or match[1], text)
    text = _MENTION.sub(lambda match: match[1] or " ", text)
    text = unescape(_EMOJI.sub(" ", text)).replace("’", "'").replace("‘", "'").replace("`", "")
    text = _SIGNATURE.sub("", text + "\n").strip()
    clauses = [clause for clause in map(_bare, _CLAUSE.split(text)) if clause]
    whole = " ".join(clauses) or " ".join(text.split())
    asking = [clause for clause in clauses if _ASKS.search(clause)]
    marked = [clause for clause in asking if "?" in clause]
    chosen = (marked or asking or clauses or [whole])[0]
    return Message(chosen if len(clauses) > 1 else whole, whole, was_cut)


def _bare(clause: str) -> str:
    """A clause without the greeting, hedges and thanks around it; unchanged when that is all there is."""
    clause = " ".join(clause.split())
    bare = clause
    for _ in range(3):
        shorter = _THANKS.sub("", _HEDGE.sub("", _GREETING.sub("", bare))) if len(bare) > 3 else bare
        if not shorter or shorter == bare:
            break
        bare = shorter
    return (bare + "?" if clause.endswith("?") and not bare.endswith("?") else bare).strip()


def without_end(text: str) -> str:
    """A subject without the marks and empty words that end a sentence."""
    return re.sub(r"[\s?.!,;:]+$", "", re.sub(r"^[\s,;:\-–—]+", "", text))
