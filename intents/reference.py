"""What a message refers to in a conversation: the second one, the Scottish one, not the aggregate one, it, just Wales."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from catalogue.model import AccessRights, Dataset, Edition, PersonalData
from catalogue.search.phrase import ASKING
from catalogue.search.places import Lies, Place, gazetteer
from catalogue.search.schema import split, stem
from catalogue.search.vocabulary import Vocabulary
from catalogue.text import fold
from intents.case import read
from intents.learned import Weights
from intents.phrase import Message
from intents.slots import Slots

_ORDINALS = {"first": 0, "1st": 0, "second": 1, "2nd": 1, "third": 2, "3rd": 2, "fourth": 3, "4th": 3, "last": -1}
_ORDINAL = re.compile(
    r"\b(?:the )?(first|second|third|fourth|last|1st|2nd|3rd|4th)(?: (?:one|entry|dataset|option|of (?:those|these|them))\b|\b(?=\s*(?:$|[,.?!;-]|please|pls|how|what|who|is|does|then)))"
    r"|^(?:option |number |no\.? ?|#)?([1-9])[.?!]?$",
    re.IGNORECASE,
)
_POINTS = re.compile(
    r"\b(?:it|its|it's|that|that's|thats|this|those|these|them|they|theirs|there|ones?|same|both|either|the other|the (?:new|old|open|closed|scottish|welsh|english) \w+)\b",
    re.IGNORECASE,
)
_DESCRIBED = re.compile(
    r"\b(?:the|that|this) ((?:(?!\b(?:the|that|this|is|are|which)\b)[\w&'-]+ ){1,4}?)(?:ones?|version|register|file|dataset|record|edition|series|survey|stats)\b"
    r"|\bthe one (?:with|for|about|on|from|by|in) (.+)",
    re.IGNORECASE,
)
_NOT = re.compile(r"\bnot (?:the |that |those )?((?:[\w&'-]+ ?){1,4}?)(?:ones?|version)?(?:$|[,.?!])", re.IGNORECASE)
_CORRECTS = re.compile(r"^(?:no|nope|nah|sorry|hmm|oh)\b[\s,.]*(?:not that(?: one)?[\s,.]*)?(?:i (?:meant?|want(?:ed)?|said)\b)?\s*", re.IGNORECASE)  # fmt: skip
_WIDER = re.compile(r"\bnational(?:ly)?\b|\bwhole country\b|\beverywhere\b", re.IGNORECASE)
_NEW_SUBJECT = re.compile(
    r"\b(?:who(?:'s|s| has| holds?| owns| keeps| got| have| is)?|is there|are there|any(?:one|body)|looking for|do we have|list|data on|what does|what is|whats|what's)\b",
    re.IGNORECASE,
)
_EMPTY = frozenset(
    """
    just only too also instead please pls then actually really well ok okay and or but what about how hmm right fine
    cool great thanks thank cheers oh yes no yeah as same one ones version versions bit please now again even all
    nationally national theirs version thing mean meant want wanted
    """.split()
)
_SIDES = {
    "aggregate": lambda entry: entry.personal_data in (None, PersonalData.NONE, PersonalData.AGGREGATE),
    "record_level": lambda entry: entry.personal_data not in (None, PersonalData.NONE, PersonalData.AGGREGATE),
    "identified": lambda entry: entry.personal_data not in (None, PersonalData.NONE, PersonalData.AGGREGATE),
}


@dataclass(frozen=True, slots=True)
class Reference:
    """What a message says of what was talked about. `words` are its own words of content; `is_bare` when it has none.

    `is_a_subject`: its words are a subject of their own. `describes` are the words of "the … one".
    """

    text: str
    words: tuple[str, ...] = ()
    describes: tuple[str, ...] = ()
    ordinal: int | None = None
    points: bool = False
    is_not: bool = False
    is_a_subject: bool = False
    place: str | None = None
    granularity: str | None = None
    recipient: str | None = None
    purpose: str | None = None
    years: str | None = None
    is_wider: bool = False

    @property
    def is_bare(self) -> bool:
        return not self.words and self.ordinal is None


def read_reference(
    message: Message,
    slots: Slots,
    vocabulary: Vocabulary,
    learned: Weights,
    is_known: Callable[[str], bool],
    stands_alone: Callable[[str], bool],
) -> Reference:
    """What a message refers to. `stands_alone` says whether words are a subject that the catalogue has."""
    text = _CORRECTS.sub("", message.text) or message.text
    ordinal = _ORDINAL.search(text)
    described = _DESCRIBED.search(text)
    negated = _NOT.search(text)
    rest = _ORDINAL.sub(" ", read(text, vocabulary).rest)
    words = _content(rest, slots, vocabulary, learned, is_known)
    points = bool(_POINTS.search(text)) or ordinal is not None
    describing = (negated[1] if negated else (described[1] or described[2]) if described else "") or ""
    names = [word for word in split(fold(describing)) if word not in ASKING - {"published", "national"}]
    alone = bool(words) and not points and stands_alone(" ".join(words)) and _is_full(text, words)
    return Reference(
        text,
        tuple(words),
        tuple(names),
        _place_of(ordinal),
        points,
        negated is not None,
        alone,
        slots.place,
        slots.granularity,
        slots.recipient,
        slots.purpose,
        slots.period,
        bool(_WIDER.search(text)),
    )


def _is_full(text: str, words: Sequence[str]) -> bool:
    return bool(_NEW_SUBJECT.search(text)) or len(words) > 1


def _place_of(match: re.Match[str] | None) -> int | None:
    if match is None:
        return None
    return _ORDINALS[match[1].lower()] if match[1] else int(match[2]) - 1


def _content(
    text: str, slots: Slots, vocabulary: Vocabulary, learned: Weights, is_known: Callable[[str], bool]
) -> list[str]:
    """The words of a message that may be about something: no places, years, words that ask or join."""
    words = split(fold(text))
    capitals = frozenset(fold(word) for word in text.split() if word[:1].isupper())
    inside = {place for mention in gazetteer().mentions(words, capitals) for place in range(mention.start, mention.end)}
    return [
        word
        for place, word in enumerate(words)
        if place not in inside
        and word not in _EMPTY
        and word not in ASKING
        and not word.isdigit()
        and (word not in learned.asking or (is_known(word) and word not in _DETAIL))
        and word not in _DETAIL
    ]


_DETAIL = frozenset(
    "aggregate individual level record records count counts totals published case microdata names named person open licence contact link latest update updated cover covered include included request share current".split()
)


def chosen(said: Reference, entries: Sequence[Dataset], vocabulary: Vocabulary) -> Dataset | None:
    """The one of some entries that is described: by its place, its words, its detail; None when that fits none."""
    place = gazetteer().named(said.place) if said.place else None
    if said.is_not:
        left = [entry for entry in entries if not _worth(said, entry, None, vocabulary)]
        return left[0] if left and len(left) < len(entries) else None
    scored = [(_worth(said, entry, place, vocabulary), entry) for entry in entries]
    best = max((worth for worth, _entry in scored), default=0)
    return next((entry for worth, entry in scored if worth == best), None) if best > 0 else None


def _worth(said: Reference, entry: Dataset, place: Place | None, vocabulary: Vocabulary) -> float:
    names = " ".join(
        (entry.title, *entry.alternative_titles, *entry.acronyms, *entry.keywords, vocabulary.name(entry.publisher) or "", entry.publisher_acronym or "", entry.edition or "", entry.spatial or "")
    )  # fmt: skip
    stems, title = (frozenset(map(stem, split(fold(text)))) for text in (names, entry.title))
    worth = sum(
        (stem(word) in title) + (stem(word) in stems or _is(word, entry)) for word in said.describes or said.words
    )
    if place:
        lies = is_of(place, entry)
        if lies is not Lies.SAME:
            return 0
        worth += 2
    if said.granularity and not said.is_not and said.describes:
        worth += _SIDES[said.granularity](entry)
    return worth


def _is(word: str, entry: Dataset) -> bool:
    """Whether an adjective that is no word of the entry is true of it."""
    match word:
        case "open" | "public" | "free":
            return entry.access_rights is AccessRights.OPEN
        case "restricted" | "closed" | "sensitive":
            return entry.access_rights not in (None, AccessRights.OPEN)
        case "aggregate" | "published" | "summary" | "stats" | "statistics":
            return _SIDES["aggregate"](entry)
        case "record" | "individual" | "detailed":
            return _SIDES["record_level"](entry)
        case "provisional":
            return entry.edition is Edition.PROVISIONAL
        case "final":
            return entry.edition is Edition.FINAL
        case "new" | "newer":
            return entry.superseded_by is None and bool(entry.supersedes)
        case "old" | "older":
            return entry.superseded_by is not None
        case _:
            return False


ADJECTIVES = frozenset("open restricted published provisional final".split())
"""What an entry must be to be "the … one"."""


LOCAL = frozenset(("council", "county", "city", "town", "borough"))


def is_in_detail(granularity: str, entry: Dataset) -> bool:
    """Whether an entry is in this detail: about people one by one, or counts."""
    return _SIDES[granularity](entry)


def fits(said: Reference, entry: Dataset) -> bool:
    """Whether an entry is in the detail that a message wants, or not of the kind it does not want."""
    if said.is_not and any(_is(word, entry) for word in said.describes):
        return False
    if not said.is_not and not all(_is(word, entry) for word in said.describes if word in ADJECTIVES):
        return False
    return said.granularity is None or said.is_not or _SIDES[said.granularity](entry)


def is_local(entry: Dataset) -> bool:
    """Whether an entry covers nothing wider than a council's area."""
    covered = gazetteer().covered(entry.spatial)
    return bool(covered) and all(gazetteer().places[slug].kind in LOCAL for slug in covered)


def is_of(place: Place, entry: Dataset) -> Lies:
    """How a place lies to what an entry covers, or to where its holder is."""
    return gazetteer().lies(place, gazetteer().covered(entry.spatial))
