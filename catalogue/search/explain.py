"""What an entry that was found says for itself.

How much of the phrase it holds, and which words it keeps together, decide the last order. Of what is shown it is told
which word stands in which field.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, pairwise

import tantivy

from catalogue.model import Dataset
from catalogue.search.facts import places_covered
from catalogue.search.phrase import Concept, Phrase
from catalogue.search.places import Lies, gazetteer
from catalogue.search.rank import rarity, whole_phrases
from catalogue.search.schema import places_of, split, start_of, stem
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


_TOKEN = re.compile(r"[^\W_]+")


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
    """Weighs and explains results of one phrase. What is true of the phrase alone is found out once."""

    def __init__(self, phrase: Phrase, vocabulary: Vocabulary, public: tantivy.Searcher) -> None:
        self._phrase, self._vocabulary = phrase, vocabulary
        self._whole = whole_phrases(phrase)
        self._words, self._acronyms = f" {' '.join(split(fold(phrase.text)))} ", _acronyms(phrase.text)
        is_story = sum(concept.is_needed for concept in phrase.concepts) >= STORY
        self._sought = [_sought(concept, public, is_story=is_story) for concept in phrase.concepts]
        wanted = frozenset(chain.from_iterable(chain.from_iterable(sought.stems for sought in self._sought)))
        self._stems = {each: start_of(each) for each in wanted if each}
        self._total = sum(sought.weight for sought in self._sought)
        self._neighbours = list(_neighbours(phrase, public))
        self._most_together = sum(weight for weight, _runs in self._neighbours)
        self.most = 1 + (sum(TOGETHER.values()) if self._neighbours else 0)  # what a score can be multiplied by

    def weigh(self, entry: Dataset, score: float) -> "Weighed":
        """The score with what only the entry itself can tell."""
        found = ((name, places_of(self._stems, _text(entry, name, self._vocabulary))) for name in FIELDS)
        fields = {name: places for name, places in found if places}
        everything = frozenset(chain.from_iterable(fields.values()))
        held = sum(sought.weight * sought.share(everything) for sought in self._sought)
        coverage = held / self._total if self._total else 1.0
        return Weighed(entry, score * (1 - HELD + HELD * coverage + self._together(fields)), coverage, fields)

    def hit(self, weighed: "Weighed") -> Hit:
        """Why an entry was found."""
        entry = weighed.dataset
        matches = [match for sought in self._sought if (match := sought.match(weighed.fields))]
        for mention in self._phrase.mentions:
            if entry.publisher == mention.organisation.slug:
                name = self._vocabulary.name(entry.publisher) or ""
                matches.append(Match(mention.words, "publisher", name, "typed"))
        names = (entry.id, entry.title, *entry.alternative_titles, *entry.acronyms)
        known = {entry.id, *map(fold, names)}
        is_exact = not known.isdisjoint(self._whole)
        named = 0 if _is_elsewhere(entry, self._phrase) else self._longest_name(known)
        return Hit(entry, weighed.score, weighed.coverage, is_exact, tuple(matches), named)

    def _longest_name(self, names: Iterable[str]) -> int:
        """The words of the longest of these names that stands in the phrase; 0 when none does."""
        longest = 0
        for name in names:
            parts = split(name)
            if (len(parts) > 1 or name in self._acronyms) and f" {' '.join(parts)} " in self._words:
                longest = max(longest, len(parts))
        return longest

    def _together(self, fields: "Standing") -> float:
        """What the entry gains by holding neighbouring words of the phrase together; rare words say more."""
        kept = dict.fromkeys(TOGETHER, 0.0)
        for weight, runs in self._neighbours:
            near = {name for name, places in fields.items() if any(_are_near(places, run) for run in runs)}
            kept["text"] += weight * bool(near)
            kept["title"] += weight * ("title" in near)
        return sum(gain * kept[place] for place, gain in TOGETHER.items()) / (self._most_together or 1.0)


Places = Mapping[str, Sequence[int]]
"""Where in a field each stem of the phrase stands, of those that stand there."""
Standing = Mapping[str, Places]
"""The same of every field that holds any, in the order in which a field says most."""


@dataclass(frozen=True, slots=True)
class Weighed:
    """A result that has been read: its score, how much of the phrase it holds, and where."""

    dataset: Dataset
    score: float
    coverage: float
    fields: Standing


@dataclass(frozen=True, slots=True)
class _Sought:
    """A concept, the stems of each of its alternatives, and how much it weighs among all that the phrase needs."""

    concept: Concept
    stems: tuple[frozenset[str], ...]
    weight: float

    def share(self, everything: frozenset[str]) -> float:
        """1 for an entry that holds an alternative, at most half for one that holds some words of a run."""
        if any(stems <= everything for stems in self.stems):
            return 1.0
        typed = self.stems[0]
        return 0.5 * len(typed & everything) / len(typed) if len(typed) > 1 else 0.0

    def match(self, fields: Standing) -> Match | None:
        """Where the concept stands: as typed in one field, or the first alternative that the entry holds together."""
        everything = frozenset(chain.from_iterable(fields.values()))
        typed = next((name for name, places in fields.items() if self.stems[0] <= places.keys()), None)
        for alternative, stems in zip(self.concept.alternatives, self.stems, strict=True):
            if typed or stems <= everything:
                field = typed or next(
                    (name for name, places in fields.items() if stems <= places.keys()), "description"
                )
                return Match(self.concept.typed, field, " ".join(alternative.words), alternative.via)
        return None


def _sought(concept: Concept, public: tantivy.Searcher, *, is_story: bool) -> _Sought:
    stems = tuple(frozenset(map(stem, alternative.words)) for alternative in concept.alternatives)
    if not concept.is_needed:
        return _Sought(concept, stems, 0.0)
    rarest = max(rarity(public, "text", stem(word)) for word in concept.alternatives[0].words)
    return _Sought(
        concept, stems, rarest * concept.weight * (UNHELD if is_story and _is_unheld(concept, public) else 1.0)
    )


def _is_unheld(concept: Concept, public: tantivy.Searcher) -> bool:
    """Whether a concept is a common English word, with no other name, that no entry for everyone holds."""
    word = concept.typed
    return len(concept.alternatives) == 1 and word in english() and not public.doc_freq("text", stem(word))


def _is_elsewhere(entry: Dataset, phrase: Phrase) -> bool:
    """Whether an entry is of another place than any that is asked for: another council's register is not meant."""
    asked = phrase.asked.places
    covered = places_covered(entry) if asked else ()
    return bool(covered) and all(gazetteer().lies(place, covered) is Lies.ELSEWHERE for place in asked)


def _acronyms(text: str) -> frozenset[str]:
    """The words of a text that are written in capitals, folded."""
    return frozenset(fold(token) for token in _TOKEN.findall(text) if token.isupper() and len(token) > 1)


def _neighbours(phrase: Phrase, public: tantivy.Searcher) -> Iterator[tuple[float, list[tuple[str, ...]]]]:
    """What should stand together and how much that says: a run of words in any way of writing it, and two concepts."""
    runs: list[list[tuple[str, ...]]] = [
        [tuple(map(stem, each.words)) for each in concept.alternatives] for concept in phrase.concepts
    ]
    sides: list[list[tuple[str, ...]]] = [[(first[0][-1], second[0][0])] for first, second in pairwise(runs)]
    for alternatives in [*runs, *sides]:
        typed = alternatives[0]
        if len(typed) > 1 and all(typed) and typed[0] != typed[1]:
            weight = sum(rarity(public, "text", word) for pair in pairwise(typed) for word in pair)
            yield weight, [run for run in alternatives if len(run) > 1]


def _are_near(places: Places, run: Sequence[str]) -> bool:
    """Whether each word of a run stands next to the one before it, or next but one."""
    return all(
        first in places
        and second in places
        and any(0 < after - before <= GAP for before in places[first] for after in places[second])
        for first, second in pairwise(run)
    )


def _text(entry: Dataset, name: str, vocabulary: Vocabulary) -> str:
    match name:
        case "publisher":
            return f"{vocabulary.name(entry.publisher) or ''} {entry.publisher_acronym or ''}"
        case "theme":
            return " ".join(
                part for part in (entry.theme, entry.spatial, entry.granularity, entry.data_subjects) if part
            )
        case "alternative_titles" | "acronyms" | "keywords":
            return " ".join(getattr(entry, name))
        case _:
            return getattr(entry, name) or ""
