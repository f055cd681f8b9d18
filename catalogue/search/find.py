"""The ranking, top to bottom.

1. Read the phrase into concepts (`phrase.py`), correcting words that nothing holds.
2. An entry whose id, title, other title or acronym is the phrase, or a run of its words, is favoured far above others.
3. Every concept adds the score of its best alternative; a word scores by BM25 in the best of three fields.
4. Neighbouring words that stand together add a little; so does the publisher when the phrase names one.
5. Partitions are weighed alike: what a word is worth is counted over the public entries alone.
6. The best are read from the record, and for each is said which word was found in which field.

Any text whatever is a legal phrase.
"""

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import tantivy

from catalogue import datasets
from catalogue.model import Audience, Dataset
from catalogue.search.index import Index
from catalogue.search.phrase import Alternative, Concept, Phrase, read
from catalogue.search.schema import RANKED, fold, schema, split, stem
from catalogue.search.spelling import Spelling
from catalogue.search.vocabulary import Shared, Vocabulary
from catalogue.store import Database

WEIGHTS = {"title": 2.5, "names": 2.0, "text": 1.0}
"""How much a word counts in each ranked field. A title says what an entry is; more than 3 drowns the rest."""

VIA = {"typed": 1.0, "corrected": 0.9, "acronym": 0.95, "synonym": 0.8}
"""How far each way of writing a concept is trusted."""

EXACT = 60.0  # the whole phrase is the entry's name
NAMED = 12.0  # a run of words in it is
NEIGHBOURS = {"title": 1.0, "text": 0.4}
PUBLISHER = 4.0
CANDIDATES = 12
LONGEST_NAME = 8


@dataclass(frozen=True, slots=True)
class Match:
    """Why an entry was found: the concept as typed, the field it stands in, and how it is written there if not so."""

    typed: str
    field: str
    found: str
    via: str


@dataclass(frozen=True, slots=True)
class Hit:
    """An entry that was found. `coverage`: the share of the phrase's weight that the entry holds, 0 to 1."""

    dataset: Dataset
    score: float
    coverage: float
    is_exact: bool
    matches: tuple[Match, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """The outcome of a search: the phrase as it was read, and the hits, best first."""

    phrase: Phrase
    hits: tuple[Hit, ...]


class Search:
    """Searching one record through one index: what the parts of the program share."""

    def __init__(self, db: Database, folder: Path) -> None:
        self.db = db
        self.index = Index(folder)
        self.shared = Shared()
        self._spelling: dict[object, Spelling] = {}

    def vocabulary(self) -> Vocabulary:
        return self.shared.current(self.db)

    def find(self, text: str, *, audience: Audience, limit: int = 10, publishers: Sequence[str] | None = None) -> Found:
        """The entries that `text` is about and `audience` may know, best first; only of `publishers` when given."""
        self.index.follow(self.db)
        searchers = self.index.partitions(self.db, audience)
        vocabulary = self.vocabulary()
        spelling = self._speller(searchers, audience)
        known = _known(searchers)
        phrase = read(text, vocabulary, is_known=known, correct=spelling)
        scores = _score(searchers, phrase, limit=max(limit, CANDIDATES), publishers=publishers)
        entries = datasets.get_many(self.db, list(scores)[:limit], audience=audience)
        public = searchers[0]
        keys = {fold(text), " ".join(phrase.subject)}
        hits = (_hit(entry, scores[entry.id], phrase, vocabulary, public, keys) for entry in entries)
        return Found(phrase, tuple(hits))

    def _speller(self, searchers: Sequence[tantivy.Searcher], audience: Audience) -> Callable[[str], str | None]:
        """The corrector over the words this audience may know of; its word list is only read when a word needs it."""

        def correct(word: str) -> str | None:
            key = (self.index.generation, audience.in_government, audience.names)
            if key not in self._spelling:
                if len(self._spelling) > 20:
                    self._spelling = {}
                self._spelling[key] = Spelling(_frequencies(searchers, self.vocabulary()))
            return self._spelling[key].correct(word)

        return correct


def _frequencies(searchers: Iterable[tantivy.Searcher], vocabulary: Vocabulary) -> dict[str, int]:
    frequencies: dict[str, int] = {}
    for searcher in searchers:
        for word, count in searcher.terms_with_prefix("words", ""):
            frequencies[word] = frequencies.get(word, 0) + count
    for plain in vocabulary.synonyms:
        for word in plain.split():
            frequencies.setdefault(word, 1)
    return frequencies


def _known(searchers: Sequence[tantivy.Searcher]) -> Callable[[str], bool]:
    return lambda word: any(searcher.doc_freq("text", stem(word)) for searcher in searchers)


def _score(
    searchers: Sequence[tantivy.Searcher], phrase: Phrase, *, limit: int, publishers: Sequence[str] | None
) -> dict[str, float]:
    """The best entries' ids with their scores, best first; equal scores by id, so that order never wavers."""
    scores: dict[str, float] = {}
    for searcher in searchers:
        query = _query(searcher, searchers[0], phrase, publishers)
        if query is None:
            continue
        for score, address in searcher.search(query, limit, count=False, weight_by_field="prior").hits:
            scores[searcher.doc(address)["id"][0]] = score
    return dict(sorted(scores.items(), key=lambda pair: (-round(pair[1], 4), pair[0]))[:limit])


def _query(
    searcher: tantivy.Searcher, public: tantivy.Searcher, phrase: Phrase, publishers: Sequence[str] | None
) -> tantivy.Query | None:
    should = [_concept(searcher, public, concept) for concept in phrase.concepts]
    should += _names(searcher, phrase)
    should += _neighbours(phrase)
    slugs = list(publishers or ()) or [mention.organisation.slug for mention in phrase.mentions]
    theirs = [tantivy.Query.term_query(schema(), "publisher", slug, index_option="basic") for slug in slugs]
    if publishers:
        must = [(tantivy.Occur.Must, tantivy.Query.const_score_query(_any(theirs), 0.1))]
        return tantivy.Query.boolean_query(must + [(tantivy.Occur.Should, query) for query in should])
    if theirs:
        should.append(tantivy.Query.const_score_query(_any(theirs), PUBLISHER))
    return _any(should) if should else None


def _any(queries: Sequence[tantivy.Query]) -> tantivy.Query:
    return tantivy.Query.boolean_query([(tantivy.Occur.Should, query) for query in queries])


def _concept(searcher: tantivy.Searcher, public: tantivy.Searcher, concept: Concept) -> tantivy.Query:
    """A concept is worth its best alternative; an alternative of several words needs all of them."""
    alternatives = [_alternative(searcher, public, alternative) for alternative in concept.alternatives]
    return alternatives[0] if len(alternatives) == 1 else tantivy.Query.disjunction_max_query(alternatives)


def _alternative(searcher: tantivy.Searcher, public: tantivy.Searcher, alternative: Alternative) -> tantivy.Query:
    words = [_word(searcher, public, word, VIA[alternative.via]) for word in alternative.words]
    if len(words) == 1:
        return words[0]
    needed = len(words) if alternative.via != "typed" else 1
    return tantivy.Query.boolean_query(
        [(tantivy.Occur.Should, word) for word in words], minimum_number_should_match=needed
    )


def _word(searcher: tantivy.Searcher, public: tantivy.Searcher, word: str, trust: float) -> tantivy.Query:
    term = stem(word) or word
    fields = []
    for name in RANKED:
        query = tantivy.Query.term_query(schema(), name, term, index_option="freq")
        weight = WEIGHTS[name] * trust * _correction(searcher, public, name, term)
        fields.append(tantivy.Query.boost_query(query, weight))
    return tantivy.Query.disjunction_max_query(fields, 0.1)


def _correction(searcher: tantivy.Searcher, public: tantivy.Searcher, name: str, term: str) -> float:
    """What turns a partition's worth of a word into the public one."""
    if searcher is public:
        return 1.0
    return rarity(public, name, term) / rarity(searcher, name, term)


def rarity(searcher: tantivy.Searcher, name: str, term: str) -> float:
    """The inverse document frequency of a term, as BM25 counts it; above 0."""
    frequency = searcher.doc_freq(name, term)
    return math.log(1 + (max(searcher.num_docs, frequency) - frequency + 0.5) / (frequency + 0.5))


def _names(searcher: tantivy.Searcher, phrase: Phrase) -> list[tantivy.Query]:
    """Runs of words that are the name of an entry. The whole phrase counts most, longer runs more than shorter."""
    words = fold(phrase.text).split()[:60]
    subject = " ".join(phrase.subject)
    whole = {" ".join(words), subject, phrase.text.strip()}
    runs: dict[str, float] = {}
    for start in range(len(words)):
        for end in range(start + 1, min(start + LONGEST_NAME, len(words)) + 1):
            run = " ".join(words[start:end])
            if searcher.doc_freq("keys", run) and (run in whole or any(word in phrase.subject for word in run.split())):
                runs[run] = EXACT if run in whole else NAMED * (1 + 0.5 * (end - start - 1))
    for key in whole - set(runs):
        if key and searcher.doc_freq("keys", key):
            runs[key] = EXACT
    best = [
        tantivy.Query.const_score_query(tantivy.Query.term_query(schema(), "keys", run, index_option="basic"), score)
        for run, score in runs.items()
    ]
    return [tantivy.Query.disjunction_max_query(best)] if best else []


def _neighbours(phrase: Phrase) -> list[tantivy.Query]:
    words = [alternative.words for concept in phrase.concepts for alternative in concept.alternatives[:1]]
    flat = [stem(word) for group in words for word in group][:12]
    pairs = [
        (first, second) for first, second in zip(flat, flat[1:], strict=False) if first and second and first != second
    ]
    return [
        tantivy.Query.boost_query(tantivy.Query.phrase_query(schema(), name, list(pair), slop=1), weight)
        for pair in pairs
        for name, weight in NEIGHBOURS.items()
    ]


FIELDS_SAID = ("title", "alternative_titles", "acronyms", "keywords", "publisher", "summary", "description", "theme")


def _hit(
    entry: Dataset, score: float, phrase: Phrase, vocabulary: Vocabulary, public: tantivy.Searcher, keys: set[str]
) -> Hit:
    texts = _texts(entry, vocabulary)
    matches, held, total = [], 0.0, 0.0
    for concept in phrase.concepts:
        worth = max(rarity(public, "text", stem(word)) for word in concept.alternatives[0].words)
        total += worth
        match = _match(concept, texts)
        if match:
            matches.append(match)
            held += worth
    names = {entry.id, *(fold(name) for name in (entry.title, *entry.alternative_titles, *entry.acronyms))}
    if phrase.mentions and entry.publisher in {mention.organisation.slug for mention in phrase.mentions}:
        matches.append(Match(phrase.mentions[0].words, "publisher", vocabulary.name(entry.publisher) or "", "typed"))
    coverage = held / total if total else (1.0 if phrase.mentions else 0.0)
    return Hit(entry, score, coverage, bool(names & (keys | {phrase.text.strip()})), tuple(matches))


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
    return [(name, frozenset(map(stem, split(values[name])))) for name in FIELDS_SAID if values[name]]


def _match(concept: Concept, texts: Sequence[tuple[str, frozenset[str]]]) -> Match | None:
    """Where the concept stands: the first alternative that one field holds whole, or that the entry holds together."""
    everything = frozenset().union(*(stems for _name, stems in texts))
    for alternative in concept.alternatives:
        wanted = {stem(word) for word in alternative.words}
        for name, stems in texts:
            if wanted <= stems:
                return Match(concept.typed, name, " ".join(alternative.words), alternative.via)
        if wanted <= everything:
            return Match(concept.typed, "description", " ".join(alternative.words), alternative.via)
    return None
