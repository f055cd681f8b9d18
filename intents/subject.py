"""What a message is about: its words without those that ask, in several readings, of which the catalogue decides."""

import re
from collections.abc import Callable, Iterable
from functools import partial

from catalogue.search.find import Found, Hit
from catalogue.search.phrase import ASKING
from catalogue.search.schema import split
from catalogue.text import fold
from intents.context import SIXTH, Context, Question, likely_detail, pick
from intents.learned import Weights
from intents.phrase import without_end
from intents.reference import stems

IN_WORDS, DOUBT = 0.55, 0.18
"""An entry that is only described, not named, is less certain by so much; the less of the words it holds the less so."""

LONGEST = 60
"""Words of a message that is searched for as a whole."""

LOOKED_AT = SIXTH + 1

MENDED = 0.8
"""What is left of the certainty where an entry is found only with a word put right."""

DISPUTED = 0.8
"""What is left of it where the whole message finds another entry first than a part of it."""

PART_OF_A_TITLE = 3
"""Words, all of them in an entry's title, that are meant as it."""

_WORD = re.compile(r"\S+")
_MARKS = ".,;:!?()[]"
_EDGES = _MARKS + "\"'“”"
_QUOTE = re.compile('["“”]')
_JOINING = frozenset("of and for in on to the a an at by with or from".split())


def core(text: str, kind: str, learned: Weights, is_known: Callable[[str], bool]) -> str:
    """A message without the words that ask: those that no entry has in its names, or that speak for this kind."""
    kept: list[str] = []
    for token in _WORD.findall(text):
        words = split(fold(token))
        if words and all(_asks(word, token, kind, learned, is_known) for word in words):
            continue
        kept.append(token)
    while kept and fold(kept[0]) in _JOINING:
        kept.pop(0)
    while kept and fold(kept[-1]) in _JOINING:
        kept.pop()
    whole = without_end(" ".join(kept))
    bare = whole.strip(_EDGES)
    is_torn = len(_QUOTE.findall(bare)) % 2  # a quoted word at an end is to be taken as written, so its quotes stay
    return whole.strip(_MARKS) if is_torn else bare


def _asks(word: str, token: str, kind: str, learned: Weights, is_known: Callable[[str], bool]) -> bool:
    if word not in learned.asking or word in _JOINING:
        return False
    if token.strip(_EDGES).isupper() and len(word) > 1:
        return False
    return not is_known(word) or kind in learned.speaks.get(word, ())


def best_reading(
    context: Context, question: Question, readings: Iterable[str], whole: str, *, kind: str
) -> tuple[str, float]:
    """The reading of the subject under which the catalogue has most to say: a name, else most of its words held.

    With how certain that is, 0 to 1. Where two are worth the same the earlier one is taken; "" when none has a word of
    content. The `whole` message is taken where it finds another entry: every word of it weighs in there, and what was
    cut off as asking often tells one entry from its neighbour.
    """
    own = question.asker.organisation if question.asker else None
    find = partial(context.search.find, audience=question.audience, own=own, likely_detail=likely_detail(kind))
    best, worth, certain = "", (-1.0, 0, 0.0), 1.0
    first: Hit | None = None
    for reading in dict.fromkeys(each for each in readings if _has_content(each)):
        hits = find(reading, limit=3).hits
        named = max((hit.named for hit in hits), default=0)
        found = (float(hits[0].is_exact), named, round(hits[0].score, 1)) if hits else (0.0, 0, 0.0)
        if found > worth:
            best, worth, first = reading, found, hits[0] if hits else None
            certain = _certainty(first)
        if found[0]:
            break
    if _has_content(whole) and len(whole.split()) <= LONGEST:
        everything = find(whole, limit=LOOKED_AT)
        if not is_titled(best, first) and _finds_another(everything, first):
            best = whole
        if first and everything.hits and everything.hits[0].dataset.id != first.dataset.id:
            certain = DISPUTED * min(certain, _certainty(everything.hits[0]) if best == whole else 1.0)
    return best, certain


def _certainty(hit: Hit | None) -> float:
    """How certain it is that what a reading finds is meant."""
    is_exact = hit is not None and hit.is_exact
    certain = 1.0 if is_exact else IN_WORDS + (1 - IN_WORDS) * (hit.coverage if hit else 0.0) - DOUBT
    return certain * MENDED if hit and any(match.via == "corrected" for match in hit.matches) else certain


def is_titled(reading: str, hit: Hit | None) -> bool:
    """Whether a reading is a part of the title of what it finds: then the other words ask something of that entry."""
    words = reading.split()
    return hit is not None and len(words) >= PART_OF_A_TITLE and stems(reading) <= stems(hit.dataset.title)


def _finds_another(everything: Found, first: Hit | None) -> bool:
    """Whether a whole message finds something else than its part did.

    Where it finds nothing, the part is what nobody holds: the rest may be about the person who asks.
    """
    if not everything.hits or (first and first.dataset.id == everything.hits[0].dataset.id):
        return False
    picked = pick(everything)
    return bool(picked.one or picked.several)


def _has_content(reading: str) -> bool:
    return any(word not in ASKING for word in split(fold(reading)))
