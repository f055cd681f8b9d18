"""Searching: the steps from a text to entries with reasons. Any text whatever is a legal one.

1. Follow the record, so that an edit is found by the next search (`index.py`).
2. Take only the partitions whose every entry the audience may know.
3. Read the text into a phrase (`phrase.py`, with `vocabulary.py`, `places.py`, `spelling.py`).
4. Rank (`rank.py`; what narrows, in `narrow.py`).
5. Read the best from the record, put them in their last order, and say why each was found (`explain.py`).
"""

from collections.abc import Callable, Sequence
from copy import copy
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from pathlib import Path

import tantivy

from catalogue import datasets
from catalogue.model import Audience, Dataset
from catalogue.search.dictionaries import Dictionaries
from catalogue.search.explain import Explainer, Hit, Match, Weighed
from catalogue.search.index import Index
from catalogue.search.phrase import ASKING, FAINT, Phrase, read
from catalogue.search.rank import LONGEST_NAME, rank
from catalogue.search.schema import stem
from catalogue.search.spelling import Dictionary, Spelling, english
from catalogue.search.suggest import Suggestion, entries_beginning, organisations_beginning
from catalogue.search.vocabulary import Shared, Vocabulary
from catalogue.store import Database
from catalogue.text import fold

__all__ = ["Found", "Hit", "Match", "Search"]


HARDLY = 20_000
"""A word that one entry holds, and one more for so many in the catalogue, may be a slip for a far commoner one."""

LOOKED_AT, TIMES = 40, 3
"""Three times as many results are read as are wanted, but not more: what the entries hold decides the last order."""

AT_ONCE = 6
"""Results that are read together, until those after them could not come before them any more."""


@dataclass(frozen=True, slots=True)
class Found:
    """The outcome of a search: the phrase as it was read, and the hits, best first."""

    phrase: Phrase
    hits: tuple[Hit, ...]


class Search:
    """Searching one record through one index. Shared by all threads."""

    def __init__(self, db: Database, folder: Path) -> None:
        self.db = db
        self.index = Index(folder)
        self._shared = Shared()
        self._dictionaries = Dictionaries(folder)
        self._vocabulary: Vocabulary | None = None

    def as_it_is(self) -> "Search":
        """The same search for as long as one answer takes: the record is asked now what is new, and not again."""
        self.index.follow(self.db)
        still = copy(self)
        still.index, still._vocabulary = self.index.as_it_is(), self.vocabulary()
        return still

    def vocabulary(self) -> Vocabulary:
        """What words stand for, as the record has it now."""
        return self._vocabulary or self._shared.current(self.db)

    def find(
        self,
        text: str,
        *,
        audience: Audience,
        limit: int = 10,
        publishers: Sequence[str] = (),
        own: str | None = None,
        likely_detail: str | None = None,
    ) -> Found:
        """The entries that `text` is about and `audience` may know, best first.

        Only of `publishers` (slugs) when given. `own` is the asker's organisation: it ranks the meanings of an
        acronym that has several. `likely_detail` is "counts" or "records" where the question makes one the likelier
        to be meant; what the text says of it goes first.
        """
        self.index.follow(self.db)
        searchers = self.index.partitions(self.db, audience)
        vocabulary = self.vocabulary()
        held = _held(searchers)
        phrase = read(text, vocabulary, is_known=lambda word: held(word) > 0, correct=self._corrector(searchers, held))
        if likely_detail:
            phrase = replace(phrase, asked=replace(phrase.asked, likely_detail=likely_detail))
        scores = rank(
            searchers, phrase, limit=max(limit, min(limit * TIMES, LOOKED_AT)), publishers=publishers, own=own
        )
        explainer = Explainer(phrase, vocabulary, searchers[0])
        ids, step = list(scores), max(limit, AT_ONCE)
        read_so_far: list[Weighed] = []
        for start in range(0, len(ids), step):
            if len(read_so_far) == limit and scores[ids[start]] * explainer.most <= read_so_far[-1].score:
                break
            entries = datasets.get_many(self.db, ids[start : start + step], audience=audience)
            read_so_far += [explainer.weigh(entry, scores[entry.id]) for entry in entries]
            read_so_far.sort(key=lambda each: (-round(each.score, 4), each.dataset.id))
            del read_so_far[limit:]
        hits = [explainer.hit(weighed) for weighed in read_so_far]
        return Found(_with_heir(phrase, hits), tuple(hits))

    def held(self, phrase: Phrase, entries: Sequence[Dataset], *, audience: Audience) -> list[Hit]:
        """What some entries hold of a phrase that was searched for; their scores are 0."""
        explainer = Explainer(phrase, self.vocabulary(), self.index.partitions(self.db, audience)[0])
        return [explainer.hit(explainer.weigh(entry, 0.0)) for entry in entries]

    def names_hold(self, audience: Audience) -> Callable[[str], bool]:
        """Says of a folded word whether an entry that `audience` may know has it in its title or another name."""
        self.index.follow(self.db)
        searchers = self.index.partitions(self.db, audience)

        @lru_cache(maxsize=1_000)
        def holds(word: str) -> bool:
            term = stem(word)
            return any(searcher.doc_freq("title", term) or searcher.doc_freq("names", term) for searcher in searchers)

        return holds

    def names_in(self, text: str, *, audience: Audience) -> list[str]:
        """Runs of words of a text that name one entry, and only one, that `audience` may know; the longest first."""
        self.index.follow(self.db)
        searchers = self.index.partitions(self.db, audience)
        words = fold(text).split()[: LONGEST_NAME * 6]
        found: list[tuple[int, str]] = []
        taken: set[int] = set()
        for length in range(LONGEST_NAME, 0, -1):
            for start in range(len(words) - length + 1):
                run = words[start : start + length]
                if not taken.isdisjoint(range(start, start + length)) or all(word in ASKING | FAINT for word in run):
                    continue
                if sum(searcher.doc_freq("keys", " ".join(run)) for searcher in searchers) == 1:
                    found.append((start, " ".join(run)))
                    taken.update(range(start, start + length))
        return [run for _start, run in sorted(found, key=lambda pair: (-len(pair[1].split()), pair[0]))]

    def suggest(self, typed: str, *, audience: Audience, limit: int = 10) -> list[Suggestion]:
        """What a person who has typed this far may mean: organisations and entries, by any word's beginning."""
        self.index.follow(self.db)
        searchers = self.index.partitions(self.db, audience)
        bodies = organisations_beginning(self.vocabulary(), typed, limit=3)
        pairs = list(zip(searchers, self._dictionaries_of(searchers, "starts"), strict=True))
        ids = entries_beginning(pairs, typed, limit=limit - len(bodies))
        entries = datasets.get_many(self.db, ids, audience=audience)
        vocabulary = self.vocabulary()
        return bodies + [
            Suggestion("entry", entry.id, entry.title, vocabulary.name(entry.publisher) or "") for entry in entries
        ]

    def _corrector(
        self, searchers: Sequence[tantivy.Searcher], held: Callable[[str], int]
    ) -> Callable[[str], str | None]:
        """Corrects words that these partitions hold not at all or hardly; dictionaries are made when one needs them."""
        hardly = 1 + sum(searcher.num_docs for searcher in searchers) // HARDLY

        def correct(word: str) -> str | None:
            count = held(word)
            if count > hardly or word in english():
                return None
            spelling = Spelling(self._dictionaries_of(searchers, "words"))
            return spelling.correct_rare(word, count) if count else spelling.correct(word)

        return correct

    def _dictionaries_of(self, searchers: Sequence[tantivy.Searcher], field: str) -> list[Dictionary]:
        generation = self.index.generation
        return [
            self._dictionaries.of(searcher, field, is_public=searcher is searchers[0], generation=generation)
            for searcher in searchers
        ]


def _with_heir(phrase: Phrase, hits: Sequence[Hit]) -> Phrase:
    """The phrase with a former name standing for the one of its body's successors that holds what was found."""
    publisher = hits[0].dataset.publisher if hits else None
    mentions = tuple(
        replace(mention, organisation=next((h for h in mention.heirs if h.slug == publisher), mention.organisation))
        for mention in phrase.mentions
    )
    return phrase if mentions == phrase.mentions else replace(phrase, mentions=mentions)


def _held(searchers: Sequence[tantivy.Searcher]) -> Callable[[str], int]:
    """Says how many entries of these partitions hold a word, in any of its forms; counts each word once."""
    return cache(lambda word: sum(searcher.doc_freq("text", stem(word)) for searcher in searchers))
