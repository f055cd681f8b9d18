"""Why an entry was found: which word stands in which of its fields, and how much of the phrase it holds."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import tantivy

from catalogue.model import Dataset
from catalogue.search.phrase import Concept, Phrase
from catalogue.search.rank import rarity, whole_phrases
from catalogue.search.schema import split, stem
from catalogue.search.spelling import english
from catalogue.search.vocabulary import Vocabulary
from catalogue.text import fold

FIELDS = ("title", "alternative_titles", "acronyms", "keywords", "publisher", "summary", "description", "theme")
"""Where a word is looked for, in the order in which it says most."""


HELD = 0.35
"""The share of a score that is in proportion to how much of the phrase the entry holds."""

UNHELD, STORY = 0.5, 5
"""How much an English word that no entry holds weighs in a phrase of so many words: it tells a story there, while in a
short phrase it may be the name of what nobody holds."""


TOGETHER = {"title": 0.4, "text": 0.6}
"""What a score gains when all neighbouring words of the phrase stand together, in the title and anywhere."""
GAP = 2
"""How far apart neighbours may stand: the second comes next, or next but one."""


@dataclass(frozen=True, slots=True)
class Match:
    """The concept as typed, the field it stands in, how it is written there, and by which way it was found."""

    typed: str
    field: str
    found: str
    via: str


@dataclass(frozen=True, slots=True)
class Hit:
    """An entry that was found. `coverage`: the share of the phrase's weight that the entry holds, 0 to 1.

    `is_exact`: the whole phrase is one of its names. `named`: how many words of the phrase, as they stand there, are
    one of its names; a single word counts when it is written in capitals, as acronyms are.
    """

    dataset: Dataset
    score: float
    coverage: float
    is_exact: bool
    matches: tuple[Match, ...]
    named: int = 0


class Explainer:
    """Explains results of one phrase. What is true of the phrase alone is found out once."""

    def __init__(self, phrase: Phrase, vocabulary: Vocabulary, public: tantivy.Searcher) -> None:
        self._phrase, self._vocabulary = phrase, vocabulary
        self._whole = whole_phrases(phrase)
        is_story = sum(concept.is_needed for concept in phrase.concepts) >= STORY
        self._weights = [
            concept.weight
            * (UNHELD if is_story and _is_unheld(concept, public) else 1.0)
            * max(rarity(public, "text", stem(word)) for word in concept.alternatives[0].words)
            if concept.is_needed
            else 0.0
            for concept in phrase.concepts
        ]
        words = [stem(word) for concept in phrase.concepts for word in concept.alternatives[0].words]
        pairs = [(first, second) for first, second in pairwise(words) if first and second and first != second]
        self._pairs = {pair: sum(rarity(public, "text", word) for word in pair) for pair in pairs}
        self.most = 1 + (sum(TOGETHER.values()) if pairs else 0)  # what a score can be multiplied by

    def hit(self, entry: Dataset, score: float) -> Hit:
        """Why this entry was found, and its score with what only the entry itself can tell."""
        fields = _Fields(entry, self._vocabulary)
        matches: list[Match] = []
        held = 0.0
        for concept, weight in zip(self._phrase.concepts, self._weights, strict=True):
            match = fields.match(concept)
            if match:
                matches.append(match)
            held += weight * (1.0 if match else fields.share(concept))
        for mention in self._phrase.mentions:
            if entry.publisher == mention.organisation.slug:
                name = self._vocabulary.name(entry.publisher) or ""
                matches.append(Match(mention.words, "publisher", name, "typed"))
        names = {
            entry.id,
            *(fold(name) for name in (entry.id, entry.title, *entry.alternative_titles, *entry.acronyms)),
        }
        total = sum(self._weights)
        coverage = held / total if total else 1.0
        score *= 1 - HELD + HELD * coverage + self._together(fields)
        is_exact = not names.isdisjoint(self._whole)
        return Hit(entry, score, coverage, is_exact, tuple(matches), _longest_name(names, self._phrase))

    def _together(self, fields: "_Fields") -> float:
        """What the entry gains by holding neighbouring words of the phrase together; rare words say more."""
        kept = dict.fromkeys(TOGETHER, 0.0)
        for (first, second), weight in self._pairs.items():
            for place in fields.together(first, second):
                kept[place] += weight
        return sum(gain * kept[place] for place, gain in TOGETHER.items()) / (sum(self._pairs.values()) or 1.0)


def _is_unheld(concept: Concept, public: tantivy.Searcher) -> bool:
    """Whether a concept is a common English word, with no other name, that no entry for everyone holds."""
    word = concept.typed
    return len(concept.alternatives) == 1 and word in english() and not public.doc_freq("text", stem(word))


def _longest_name(names: Iterable[str], phrase: Phrase) -> int:
    """The words of the longest of these names that stands in the phrase; 0 when none does."""
    words = f" {' '.join(split(fold(phrase.text)))} "
    acronyms = {fold(token) for token in re.findall(r"[^\W_]+", phrase.text) if token.isupper() and len(token) > 1}
    longest = 0
    for name in names:
        parts = split(name)
        if (len(parts) > 1 or name in acronyms) and f" {' '.join(parts)} " in words:
            longest = max(longest, len(parts))
    return longest


class _Fields:
    """The stems of an entry's fields, made one field after the other as they are needed."""

    def __init__(self, entry: Dataset, vocabulary: Vocabulary) -> None:
        self._entry, self._vocabulary = entry, vocabulary
        self._stems: list[tuple[str, frozenset[str]]] = []
        self._words: dict[str, tuple[str, ...]] = {}

    def match(self, concept: Concept) -> Match | None:
        """Where the concept stands: the first alternative that one field holds, or that the entry holds together."""
        wanted = [(alternative, {stem(word) for word in alternative.words}) for alternative in concept.alternatives]
        typed = wanted[0]
        for name, stems in self._each():
            if typed[1] <= stems:
                return Match(concept.typed, name, " ".join(typed[0].words), typed[0].via)
        everything = self._everything()
        for alternative, words in wanted:
            if words <= everything:
                field = next((name for name, stems in self._stems if words <= stems), "description")
                return Match(concept.typed, field, " ".join(alternative.words), alternative.via)
        return None

    def share(self, concept: Concept) -> float:
        """The share of a run of words that the entry holds when it does not hold the whole; at most half."""
        words = {stem(word) for word in concept.alternatives[0].words}
        return 0.5 * len(words & self._everything()) / len(words) if len(words) > 1 else 0.0

    def together(self, first: str, second: str) -> Iterator[str]:
        """Where the second stem stands next to the first, or next but one: the title, and the text, which is all."""
        fields = [name for name, stems in self._each() if first in stems and second in stems]
        near = [name for name in fields if _are_near(self._words[name], first, second)]
        yield from ["text"] if near else []
        yield from ["title"] if "title" in near else []

    def _each(self) -> Iterator[tuple[str, frozenset[str]]]:
        yield from self._stems
        for name in FIELDS[len(self._stems) :]:
            self._words[name] = tuple(map(stem, split(self._text(name))))
            stems = frozenset(self._words[name])
            self._stems.append((name, stems))
            yield name, stems

    def _everything(self) -> frozenset[str]:
        return frozenset().union(*(stems for _name, stems in self._each()))

    def _text(self, name: str) -> str:
        entry = self._entry
        match name:
            case "publisher":
                return f"{self._vocabulary.name(entry.publisher) or ''} {entry.publisher_acronym or ''}"
            case "theme":
                return " ".join(
                    part for part in (entry.theme, entry.spatial, entry.granularity, entry.data_subjects) if part
                )
            case "alternative_titles" | "acronyms" | "keywords":
                return " ".join(getattr(entry, name))
            case _:
                return getattr(entry, name) or ""


def _are_near(words: Sequence[str], first: str, second: str) -> bool:
    return any(word == first and second in words[place + 1 : place + 1 + GAP] for place, word in enumerate(words))
