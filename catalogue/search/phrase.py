"""Reading a search phrase: which words carry the subject, and what each of them may stand for.

A phrase becomes concepts. A concept is a word or a run of words with every way in which an entry may write it: as
typed, corrected, the meaning of an acronym or the acronym of a meaning, a synonym, the other spelling. Organisations,
places and years named in the phrase are kept apart: they say whose data, where and when, not what about.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from catalogue.search.narrow import Asked, asked
from catalogue.search.places import PlaceMention, gazetteer
from catalogue.search.schema import split
from catalogue.search.vocabulary import Meaning, Mention, Vocabulary
from catalogue.text import fold

LONGEST_RUN = 6
MOST_WORDS = 60
MOST_CHARACTERS = 2000
FAINTLY = 0.8
CAPITALS_ONLY = "match capitals only"

# Words that ask rather than say what about. They steer nothing unless they are all there is.
ASKING = frozenset(
    """
    a about actually after all an and any anybody anyone anything are as asap ask at available be been being
    before by can cant collect collected collecting collection collections collects contact could currently data
    database databases dataset datasets datset detail details did do does doesnt doing done dont entry exist
    existing exists extract feed feeds figures find for from full get gets getting give go gonna good got had
    has hav have having held hello help hey hi hiya hold holder holders holding holdings holds how i id if im in
    info information into is it its ive just keep keeping keeps kept kind know knows latest let level like list
    listing lists located look looking lot m maintain maintains manage manages may me might most much must my
    national need needed needs new number numbers of off official on one or our out own owner owners owns per
    place please pls plz possible ppl publish published publisher publishes publishing question quick re record
    recorded recording records regarding related right s see share shared sharing should show side so some
    somebody someone something sort source sources stat statistic statistics stats still store stored stores
    stuff such sure t table tables take tell than thanks that thats the their them then there these they thing
    things this those through to type under up us use used using various ve very want wanted wants was way we
    w were what whats when where which who whole whom whos whose why will with within wondering would you your
    """.split()
)

# Words that say little by themselves; they count for a part. In a small catalogue they may be rare and loud.
FAINT = frozenset(
    """
    able across add again allowed also always amount annual anymore area areas average away back bad based behind
    believe best better big bring briefing broken brought build building by call called came care change check
    checking claim come comes coming compare confirm country cover covered covering covers current day days decide
    department difference different down during each early easy end england enough ensure even ever every example
    fall far fast few figure first fit full given giving government group groups grow half happen happened happening
    happens hard help high higher hire hiring home how important include included including increase inside involved
    issue issued job keep kind large last late later least less line lines live living long longer lose loss low lower
    main make makes making many mean means meeting member members minister minute miss missing money month monthly
    months more move moved moving name named near next none note often old ones only open order other others over
    overall paid part parts pay people period person persons place places plan planning point present previous problem
    process produce programme project public put quarter rate rates reach real really reason recent report reports
    result results rise risen rising run running same scale search second section seen send sent service services set
    several short similar since single size slow small soon special split start started state status system systems
    taken taking talk target team term terms they through time times today together too top total towards trend trends
    true try trying turn typical uk understand used useful user users usual value view wait wants wards went whether
    without work working works worst year yearly years yet young
    """.split()
)

# Words that hold a phrase together and that an entry may leave out.
JOINING = frozenset(
    """
    a an and as at by for from in into of on or the to with
    """.split()
)

_INITIALS = re.compile(r"\b(?:[A-Za-z]\.){1,9}[A-Za-z]\b\.?")

_VARIANTS = (
    ("isation", "ization"),
    ("ise", "ize"),
    ("ised", "ized"),
    ("ising", "izing"),
    ("yse", "yze"),
    ("our", "or"),
    ("centre", "center"),
    ("programme", "program"),
    ("licence", "license"),
    ("defence", "defense"),
    ("paed", "ped"),
    ("tyre", "tire"),
    ("grey", "gray"),
    ("ageing", "aging"),
    ("enrol", "enroll"),
)


@dataclass(frozen=True, slots=True)
class Alternative:
    """One way in which an entry may write a concept. `via`: typed, spelling, corrected, acronym, or synonym."""

    words: tuple[str, ...]
    via: str = "typed"


@dataclass(frozen=True, slots=True)
class Concept:
    """One thing the asker named, as typed, with its alternatives, the typed one first unless it was corrected.

    `is_needed` is False for what narrows (a place, a year): an entry need not hold the word to be an answer. `weight`
    is below 1 for words that say little by themselves.
    """

    typed: str
    alternatives: tuple[Alternative, ...]
    is_needed: bool = True
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class Phrase:
    """A search phrase, read. `subject` is the content words as typed; `meanings` those of the acronyms among them."""

    text: str
    subject: tuple[str, ...]
    concepts: tuple[Concept, ...]
    mentions: tuple[Mention, ...]
    places: tuple[PlaceMention, ...]
    asked: Asked
    meanings: tuple[Meaning, ...]
    corrections: tuple[tuple[str, str], ...]
    ignored: tuple[str, ...]


def read(
    text: str,
    vocabulary: Vocabulary,
    *,
    is_known: Callable[[str], bool] = lambda _word: True,
    correct: Callable[[str], str | None] = lambda _word: None,
) -> Phrase:
    """Read a phrase. `is_known` says whether a word is in the catalogue, `correct` what an unknown one may mean."""
    joined = _INITIALS.sub(lambda initials: initials[0].replace(".", ""), text[:MOST_CHARACTERS])  # N.H.S. as NHS
    return _Reading(joined, vocabulary, is_known, correct).phrase()


class _Reading:
    """One reading of one phrase: the words, what was taken for what, and what it comes to."""

    def __init__(
        self, text: str, vocabulary: Vocabulary, is_known: Callable[[str], bool], correct: Callable[[str], str | None]
    ) -> None:
        self.text, self.vocabulary, self.is_known, self.correct = text, vocabulary, is_known, correct
        self.words = split(fold(text))[:MOST_WORDS]
        self.capitals = _capitals(text)
        self.mentions = vocabulary.mentions(self.words, self.capitals)
        self.places = self._places()
        self.taken = {place for mention in self.mentions for place in range(mention.start, mention.end)}
        self.concepts: list[Concept] = []
        self.meanings: list[Meaning] = []
        self.corrections: list[tuple[str, str]] = []
        self.used: list[int] = []

    def _places(self) -> list[PlaceMention]:
        inside = {place for mention in self.mentions for place in range(mention.start, mention.end)}
        found = gazetteer().mentions(self.words, self.capitals)
        return [place for place in found if inside.isdisjoint(range(place.start, place.end))]

    def phrase(self) -> Phrase:
        where = {position for place in self.places for position in range(place.start, place.end)}
        position = 0
        while position < len(self.words):
            length = self._run(position)
            if length:
                self._add_run(position, length)
            elif position not in self.taken and self.words[position] not in ASKING:
                self._add_word(position, is_place=position in where)
            position += length or 1
        for mention in self.mentions:  # the name may also be what it is about
            words = tuple(self.words[mention.start : mention.end])
            self.concepts.append(Concept(mention.words, (Alternative(words),), is_needed=False, weight=FAINTLY))
        if not any(concept.is_needed for concept in self.concepts) and not self.mentions and not self.places:
            for position in range(len(self.words)):
                self._add_word(position, is_place=False)
        holders = tuple(mention.organisation.slug for mention in self.mentions)
        return Phrase(
            text=self.text,
            subject=tuple(self.words[position] for position in self.used),
            concepts=tuple(self.concepts),
            mentions=tuple(self.mentions),
            places=tuple(self.places),
            asked=asked(self.text, self.words, places=[mention.place for mention in self.places], holders=holders),
            meanings=tuple(self.meanings),
            corrections=tuple(self.corrections),
            ignored=tuple(
                word
                for position, word in enumerate(self.words)
                if position not in self.used and position not in self.taken
            ),
        )

    def _run(self, start: int) -> int:
        """How many words from `start` together stand for something; 0 when none do."""
        for length in range(min(LONGEST_RUN, len(self.words) - start), 0, -1):
            words = self._singular(self.words[start : start + length])
            if not self.taken.isdisjoint(range(start, start + length)) or self._is_everyday(words):
                continue
            if all(word in ASKING for word in words):
                continue
            if self.vocabulary.stands_for_something(" ".join(words)) and self._expansions(words):
                return length
        return 0

    def _singular(self, words: list[str]) -> list[str]:
        """An acronym in the plural as the acronym: NEETs as NEET."""
        singular = words[0][:-1]
        if len(words) > 1 or not words[0].endswith("s") or self.vocabulary.stands_for_something(words[0]):
            return words
        is_acronym = len(singular) > 3 or re.search(rf"\b{re.escape(singular.upper())}s\b", self.text)
        return [singular] if is_acronym and self._meanings([singular]) else words

    def _is_everyday(self, words: Sequence[str]) -> bool:
        """One everyday word, not in capitals: it stands for nothing but itself."""
        return len(words) == 1 and words[0] in (ASKING | FAINT) and words[0] not in self.capitals

    def _add_run(self, start: int, length: int) -> None:
        words = self._singular(self.words[start : start + length])
        self.used += range(start, start + length)
        self.meanings += self._meanings(words)
        typed = tuple(word for word in words if word not in JOINING) or tuple(words)
        self.concepts.append(Concept(" ".join(words), _unique([Alternative(typed), *self._expansions(words)])))

    def _add_word(self, position: int, *, is_place: bool) -> None:
        word = self.words[position]
        self.used.append(position)
        if is_place or re.fullmatch(r"(?:19|20)\d\d", word):
            self.concepts.append(Concept(word, (Alternative((word,)),), is_needed=False))
            return
        options = [Alternative((word,)), *(Alternative((other,), "spelling") for other in variants(word))]
        joined = self._joined(position)
        if joined:
            options.append(Alternative((joined,), "spelling"))
        if word not in self.capitals and not self.is_known(word):
            better = self.correct(word)
            if better:
                self.corrections.append((word, better))
                options = [Alternative((better,), "corrected"), *self._expansions([better])]
        weight = FAINTLY if word in FAINT else 1.0
        self.concepts.append(Concept(word, _unique(options), weight=weight))

    def _joined(self, position: int) -> str | None:
        """This word and the next as one, where the catalogue writes it so: "post code" as "postcode"."""
        if position + 1 < len(self.words):
            joined = self.words[position] + self.words[position + 1]
            if len(joined) > 6 and self.is_known(joined):
                return joined
        return None

    def _meanings(self, words: Sequence[str]) -> list[Meaning]:
        """What the words mean as an acronym. One whose letters are also an everyday word counts in capitals only."""
        plain = " ".join(words)
        return [
            meaning
            for meaning in self.vocabulary.meanings(plain)
            if plain in self.capitals or CAPITALS_ONLY not in (meaning.note or "").lower()
        ]

    def _expansions(self, words: Sequence[str]) -> list[Alternative]:
        plain = " ".join(words)
        long = [Alternative(_content(meaning.meaning), "acronym") for meaning in self._meanings(words)]
        short = [Alternative((fold(acronym),), "acronym") for acronym in self.vocabulary.acronyms_of(plain)]
        same = [Alternative(_content(term), "synonym") for term in self.vocabulary.synonyms.get(plain, ())]
        return long + short + same


def variants(word: str) -> list[str]:
    """The other spelling of a word: British for American and the reverse."""
    found = []
    for british, american in _VARIANTS:
        for one, other in ((british, american), (american, british)):
            if word.endswith(one) and len(word) > len(one) + 2:
                found.append(word[: -len(one)] + other)
            elif word == one:
                found.append(other)
    return found


def _capitals(text: str) -> frozenset[str]:
    """The words written in capitals, folded; none when everything is."""
    words = re.findall(r"[\w&/.-]+", text)
    capital = [word for word in words if word.isupper()]
    if len(capital) == len(words) and len(words) > 2:
        return frozenset()
    return frozenset(fold(word) for word in capital)


def _content(text: str) -> tuple[str, ...]:
    words = split(fold(text))
    return tuple(word for word in words if word not in JOINING) or tuple(words)


def _unique(alternatives: Sequence[Alternative]) -> tuple[Alternative, ...]:
    first: dict[tuple[str, ...], Alternative] = {}
    for alternative in alternatives:
        if alternative.words:
            first.setdefault(alternative.words, alternative)
    return tuple(first.values())
