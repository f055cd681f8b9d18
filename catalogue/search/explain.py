"""Why an entry was found: which word stands in which of its fields, and how much of the phrase it holds."""

from collections.abc import Sequence
from dataclasses import dataclass

import tantivy

from catalogue.model import Dataset
from catalogue.search.phrase import Concept, Phrase
from catalogue.search.rank import rarity, whole_phrases
from catalogue.search.schema import split, stem
from catalogue.search.vocabulary import Vocabulary
from catalogue.text import fold

FIELDS = ("title", "alternative_titles", "acronyms", "keywords", "publisher", "summary", "description", "theme")
"""Where a word is looked for, in the order in which it says most."""


HELD = 0.7
"""The share of a score that is in proportion to how much of the phrase the entry holds."""


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

    `is_exact`: the whole phrase is one of its names.
    """

    dataset: Dataset
    score: float
    coverage: float
    is_exact: bool
    matches: tuple[Match, ...]


def hit(entry: Dataset, score: float, phrase: Phrase, vocabulary: Vocabulary, public: tantivy.Searcher) -> Hit:
    """Explain one result."""
    texts = _texts(entry, vocabulary)
    everything = frozenset().union(*(stems for _name, stems in texts))
    matches: list[Match] = []
    held = total = 0.0
    for concept in phrase.concepts:
        match = _match(concept, texts, everything)
        if match:
            matches.append(match)
        if concept.is_needed:
            worth = concept.weight * max(rarity(public, "text", stem(word)) for word in concept.alternatives[0].words)
            total += worth
            held += worth if match else worth * _partly(concept, everything)
    for mention in phrase.mentions:
        if entry.publisher == mention.organisation.slug:
            matches.append(Match(mention.words, "publisher", vocabulary.name(entry.publisher) or "", "typed"))
    names = {entry.id, *(fold(name) for name in (entry.id, entry.title, *entry.alternative_titles, *entry.acronyms))}
    coverage = held / total if total else 1.0
    score *= 1 - HELD + HELD * coverage
    return Hit(entry, score, coverage, not names.isdisjoint(whole_phrases(phrase)), tuple(matches))


def _texts(entry: Dataset, vocabulary: Vocabulary) -> list[tuple[str, frozenset[str]]]:
    values = {
        "title": entry.title,
        "alternative_titles": " ".join(entry.alternative_titles),
        "acronyms": " ".join(entry.acronyms),
        "keywords": " ".join(entry.keywords),
        "publisher": f"{vocabulary.name(entry.publisher) or ''} {entry.publisher_acronym or ''}",
        "summary": entry.summary or "",
        "description": entry.description or "",
        "theme": " ".join(p for p in (entry.theme, entry.spatial, entry.granularity, entry.data_subjects) if p),
    }
    return [(name, frozenset(map(stem, split(values[name])))) for name in FIELDS if values[name]]


def _match(concept: Concept, texts: Sequence[tuple[str, frozenset[str]]], everything: frozenset[str]) -> Match | None:
    """Where the concept stands: the first alternative that one field holds whole, or that the entry holds together."""
    for alternative in concept.alternatives:
        wanted = {stem(word) for word in alternative.words}
        if wanted <= everything:
            field = next((name for name, stems in texts if wanted <= stems), "description")
            return Match(concept.typed, field, " ".join(alternative.words), alternative.via)
    return None


def _partly(concept: Concept, everything: frozenset[str]) -> float:
    """The share of a run of words that an entry holds when it does not hold the whole; at most half."""
    words = {stem(word) for word in concept.alternatives[0].words}
    return 0.5 * len(words & everything) / len(words) if len(words) > 1 else 0.0
