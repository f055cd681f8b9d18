"""What a message refers to in a conversation: the second one, the Scottish one, not the aggregate one, it, just Wales."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace

from catalogue.model import AccessRights, Dataset, Edition, Organisation, PersonalData
from catalogue.search.coverage import grains_named
from catalogue.search.phrase import ASKING, FAINT
from catalogue.search.places import gazetteer
from catalogue.search.schema import split, stem
from catalogue.search.vocabulary import Vocabulary
from catalogue.text import fold
from intents.case import body_named, kind_in, read, user_words
from intents.learned import Weights
from intents.period import without_period
from intents.phrase import Message
from intents.slots import Slots, place_of_text

ORDINALS = {"first": 0, "1st": 0, "second": 1, "2nd": 1, "third": 2, "3rd": 2, "fourth": 3, "4th": 3, "last": -1}
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
_LEVEL = re.compile(r"\b[\w']+[ -]level\b", re.IGNORECASE)
_LATEST = re.compile(r"\bthat last\b", re.IGNORECASE)
_OTHER = re.compile(r"\b(?:the|that) other(?: one)?\b(?! \w*(?:councils?|authorit))", re.IGNORECASE)
_STATES = re.compile(
    r"^(?:(?:no|ok|well|so|but|and|hi|sorry)\b[ ,]*)*(?:it'?s|this is|that'?s|that would be|our|i'?d want it|we'?d want it|i'?m|i am|we'?re|we are|we (?:run|employ|do|deal|work)|i (?:run|teach|work))\b",
    re.IGNORECASE,
)
_NOT = re.compile(r"\bnot (?:the |that |those )?((?:[\w&'-]+ ?){1,4}?)(?:ones?|version)?(?:$|[,.?!])", re.IGNORECASE)
_CORRECTS = re.compile(r"^(?:no|nope|nah|sorry|hmm|oh)\b[\s,.]*(?:not that(?: one)?[\s,.]*)?(?:i (?:meant?|want(?:ed)?|said)\b)?\s*", re.IGNORECASE)  # fmt: skip
_WHO_ASKS = re.compile(
    r"\b(?:i'?m|i am|we'?re|we are|i work|we work|working|based|speaking|asking) (?:\w+ ){0,2}?(?:at|for|in|from|with|an?|the|on behalf of)\b"
    r"|\bwe(?:'re| are) (?:doing|running|evaluating|building|chasing)\b|\bwe (?:run|employ)\b|\bi (?:teach|run)\b|^\w+(?: \w+)? here\b",
    re.IGNORECASE,
)
_ABOUT = re.compile(r"^(?:and |so |but |ok |then )*(?:what about|how about|and|or)\b", re.IGNORECASE)
_WIDER = re.compile(r"\bnational(?:ly)?\b|\bwhole country\b|\beverywhere\b", re.IGNORECASE)
_EMPTY = frozenset(
    """
    just only too also instead please pls then actually really well ok okay and or but what about how hmm right fine
    cool great thanks thank cheers oh yes no yeah as same one ones version versions bit please now again even all not no
    nationally national theirs version thing mean meant want wanted
    """.split()
)
_SIDES = {
    "aggregate": lambda entry: entry.personal_data in (None, PersonalData.NONE, PersonalData.AGGREGATE),
    "record_level": lambda entry: entry.personal_data not in (None, PersonalData.NONE, PersonalData.AGGREGATE),
    "identified": lambda entry: entry.personal_data not in (None, PersonalData.NONE, PersonalData.AGGREGATE),
}


SHORT = 14
"""Words of a message that is read as one, whatever sentences it has."""


@dataclass(frozen=True, slots=True)
class Reference:
    """What a message says of what was talked about. `words` are its own words of content; `is_bare` when it has none.

    `describes` are the words of "the … one". `bodies` are those
    named. `is_about`: it asks the same of something else ("what about …"); `says_who`: it says who asks; `is_other`: it
    is of the other one; `states`: it says something of the asker or the wish, and asks nothing.
    """

    text: str
    words: tuple[str, ...] = ()
    describes: tuple[str, ...] = ()
    ordinal: int | None = None
    points: bool = False
    is_not: bool = False
    place: str | None = None
    granularity: str | None = None
    recipient: str | None = None
    purpose: str | None = None
    years: str | None = None
    is_wider: bool = False
    bodies: tuple[Organisation, ...] = ()
    is_about: bool = False
    says_who: bool = False
    is_other: bool = False
    states: bool = False

    @property
    def is_bare(self) -> bool:
        return not self.words and self.ordinal is None


def read_reference(
    message: Message,
    raw: str,
    slots: Slots,
    vocabulary: Vocabulary,
    learned: Weights,
    is_known: Callable[[str], bool],
) -> Reference:
    """What a message refers to. `raw` is the message as written."""
    said = message.whole if len(message.whole.split()) <= SHORT else message.text
    text = _CORRECTS.sub("", said) or said
    text, slots = _without_another_place(text, slots)
    ordinal = None if _LATEST.search(text) else _ORDINAL.search(text)
    described = _DESCRIBED.search(text)
    negated = _NOT.search(text)
    spoken = read(text, vocabulary)
    said_of_time = without_period(spoken.rest)
    rest = _ORDINAL.sub(" ", said_of_time)
    words = _content(_LEVEL.sub(" ", rest) if slots.granularity else rest, slots, vocabulary, learned, is_known)
    points = bool(_POINTS.search(text)) or ordinal is not None
    describing = (negated[1] if negated else (described[1] or described[2]) if described else "") or ""
    names = [word for word in split(fold(describing)) if word not in ASKING - {"published", "national"}]
    says_who = bool(_WHO_ASKS.search(text))
    states = "?" not in raw and bool(_STATES.search(text))
    about = _ABOUT.match(raw.strip())
    body = body_named(_ABOUT.sub("", text).strip(" ?.!"), vocabulary) if about else None
    if about:
        words = _without_bodies(words, text, vocabulary)
    if body is None and says_who:
        body = kind_in(text)
        words = [] if body else words
    return Reference(
        text,
        words=tuple(words),
        describes=tuple(names),
        ordinal=_place_of(ordinal),
        points=points,
        is_not=negated is not None,
        place=slots.place if not says_who and _is_of_data(text, vocabulary) else None,
        granularity=slots.granularity,
        recipient=slots.recipient or (user_words(body) if body else None),
        purpose=slots.purpose or (str(spoken.case.purpose) if spoken.case.purpose else None),
        years=slots.period or (None if said_of_time == spoken.rest else "by name"),
        is_wider=bool(_WIDER.search(text)),
        bodies=slots.organisations,
        is_about=about is not None,
        says_who=says_who,
        is_other=bool(_OTHER.search(text)),
        states=states,
    )


def _without_bodies(words: list[str], text: str, vocabulary: Vocabulary) -> list[str]:
    named = {word for each in vocabulary.mentions(split(fold(text))) for word in each.words.split()}
    return [word for word in words if word not in named]


def chooses(text: str) -> bool:
    """Whether a message takes one of what was shown by its place: "the first one"."""
    return bool(_ORDINAL.search(_CORRECTS.sub("", text)))


def _without_another_place(text: str, slots: Slots) -> tuple[str, Slots]:
    """A text without the place that is not wanted ("not England, Wales"), and the place that is left."""
    negated = _NOT.search(text)
    if negated is None or gazetteer().named(negated[1].strip()) is None:
        return text, slots
    rest = " ".join(f"{text[: negated.start()]} {text[negated.end() :]}".split())
    return rest, replace(slots, place=place_of_text(rest))


def _is_of_data(text: str, vocabulary: Vocabulary) -> bool:
    """Whether a place that is named says where data is from, and is not only part of the name of a body."""
    words = split(fold(text))
    capitals = frozenset(fold(word) for word in text.split() if word[:1].isupper())
    bodies = vocabulary.mentions(words, capitals)
    return any(
        not any(
            body.start <= place.start and place.end <= body.end and body.end - body.start > place.end - place.start
            for body in bodies
        )
        for place in gazetteer().mentions(words, capitals)
    )


def _place_of(match: re.Match[str] | None) -> int | None:
    if match is None:
        return None
    return ORDINALS[match[1].lower()] if match[1] else int(match[2]) - 1


def _content(
    text: str, slots: Slots, vocabulary: Vocabulary, learned: Weights, is_known: Callable[[str], bool]
) -> list[str]:
    """The words of a message that may be about something: no places, years, words that ask or join."""
    words = split(fold(text))
    capitals = frozenset(fold(word) for word in text.split() if word[:1].isupper())
    shouted = frozenset(fold(word) for word in text.split() if word.isupper())
    inside = {place for mention in gazetteer().mentions(words, capitals) for place in range(mention.start, mention.end)}
    areas = {word for _grain, named in grains_named(fold(text)) for word in split(named)}
    return [
        word
        for place, word in enumerate(words)
        if place not in inside
        and word not in _EMPTY
        and word not in ASKING | FAINT
        and word not in areas
        and not word.isdigit()
        and (word not in learned.asking or (is_known(word) and not (vocabulary.meanings(word) and word not in shouted)))
        and word not in _DETAIL
    ]


_DETAIL = frozenset(
    """
    aggregate individual level record records count counts totals published case microdata names named person open
    licence contact link latest update updated cover covered include included request share current final provisional
    annual yearly quarterly monthly weekly daily hourly live closed restricted difference different api download email
    mailbox team teams
    """.split()
)


def stems(text: str) -> frozenset[str]:
    """The words of a text as they are compared."""
    return frozenset(map(stem, split(fold(text))))


def names_of(entry: Dataset, vocabulary: Vocabulary) -> frozenset[str]:
    """The words by which an entry may be called: of its names, its subjects and its holder."""
    holder = (vocabulary.name(entry.publisher) or "", entry.publisher_acronym or "")
    return stems(" ".join((entry.title, *entry.alternative_titles, *entry.acronyms, *entry.keywords, *holder)))


def text_of(entry: Dataset) -> frozenset[str]:
    """The words of what an entry says of itself."""
    return stems(" ".join((entry.title, *entry.keywords, entry.description or "", entry.granularity or "")))


def worth_of(said: Reference, entry: Dataset, vocabulary: Vocabulary) -> float:
    """How well an entry fits what is said of it: its words in the entry's names, those of its title twice."""
    named = names_of(entry, vocabulary) | stems(f"{entry.edition or ''} {entry.spatial or ''}")
    title = stems(entry.title)
    worth = sum(
        (stem(word) in title) + (stem(word) in named or is_true(word, entry)) for word in said.describes or said.words
    )
    if said.granularity and not said.is_not and said.describes:
        worth += is_in_detail(said.granularity, entry)
    return worth + 0.5 / len(title) if worth and title else worth  # of two it fits the one with the plainer name


def is_true(word: str, entry: Dataset) -> bool:
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
        case "live" | "realtime":
            return entry.update_frequency == "continuous"
        case _:
            return entry.update_frequency is not None and _OFTEN.get(word) == entry.update_frequency


_OFTEN = {
    "annual": "annual",
    "yearly": "annual",
    "quarterly": "quarterly",
    "monthly": "monthly",
    "weekly": "weekly",
    "daily": "daily",
}
ADJECTIVES = frozenset(
    """
    open public free restricted closed sensitive aggregate published summary stats statistics record individual detailed
    provisional final new newer old older live realtime
    """.split()
) | frozenset(_OFTEN)
"""Words of which it can be told whether they are true of an entry."""


LOCAL = frozenset(("council", "county", "city", "town", "borough"))


def is_in_detail(granularity: str, entry: Dataset) -> bool:
    """Whether an entry is in this detail: about people one by one, or counts."""
    return _SIDES[granularity](entry)


def is_local(entry: Dataset) -> bool:
    """Whether an entry covers nothing wider than a council's area."""
    covered = gazetteer().covered(entry.spatial)
    return bool(covered) and all(gazetteer().places[slug].kind in LOCAL for slug in covered)
