"""Completing what is being typed into a form field: by the beginning of any word, and one slip of the finger.

Every typed word is taken as a beginning. A slip is looked for only where nothing begins as typed. Only what the reader
may know is ever completed.
"""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

import tantivy

from catalogue.search.schema import PRIOR_SCALE, schema, split
from catalogue.search.spelling import Dictionary
from catalogue.search.vocabulary import Vocabulary
from catalogue.text import fold

COMPLETIONS = 60  # words that a typed one may become, the most frequent first
SHORTEST_SLIP = 4
MUST, SHOULD = tantivy.Occur.Must, tantivy.Occur.Should


@dataclass(frozen=True, slots=True)
class Suggestion:
    """One completion. `kind` is entry or organisation, `value` its id or slug; `label` is shown, `detail` beside it."""

    kind: str
    value: str
    label: str
    detail: str


def organisations_beginning(vocabulary: Vocabulary, typed: str, *, limit: int) -> list[Suggestion]:
    """Living organisations of which every typed word begins a word of a name; acronyms and short names first."""
    words = fold(typed).split()
    found: set[str] | None = None
    for word in words:
        slugs = set()
        place = bisect_left(vocabulary.starts, (word, ""))
        while place < len(vocabulary.starts) and vocabulary.starts[place][0].startswith(word):
            slugs.add(vocabulary.starts[place][1])
            place += 1
        found = slugs if found is None else found & slugs
    bodies = [vocabulary.organisations[slug] for slug in found or ()]
    bodies.sort(key=lambda body: (fold(body.acronym or "") != " ".join(words), len(body.name), body.slug))
    return [Suggestion("organisation", body.slug, body.name, body.acronym or "") for body in bodies[:limit]]


def entries_beginning(
    partitions: Sequence[tuple[tantivy.Searcher, Dictionary]], typed: str, *, limit: int
) -> list[str]:
    """Ids of entries whose names hold a word for each typed beginning, best first. Each dictionary is of `starts`."""
    words = split(fold(typed))[:8]
    words = [word for word in words if len(word) > 1] or words  # one more letter begins nearly everything
    if not words or limit < 1:
        return []
    scores: dict[str, float] = {}
    for searcher, dictionary in partitions:
        completed = [_completions(dictionary, word) for word in words]
        if not all(completed):
            continue
        each = [tantivy.Query.boolean_query([(SHOULD, _term(word)) for word in options]) for options in completed]
        query = tantivy.Query.boolean_query([(MUST, options) for options in each])
        for score, address in searcher.search(query, limit, count=False, weight_by_field="prior").hits:
            scores[searcher.doc(address)["id"][0]] = score / PRIOR_SCALE
    return sorted(scores, key=lambda key: (-round(scores[key], 4), key))[:limit]


def _completions(dictionary: Dictionary, typed: str) -> list[str]:
    for edits in (0, 1) if len(typed) >= SHORTEST_SLIP else (0,):
        found = dictionary.beginning(typed, edits=edits, limit=COMPLETIONS)
        if found:
            return [word for word, _count in found]
    return []


def _term(word: str) -> tantivy.Query:
    return tantivy.Query.term_query(schema(), "starts", word, index_option="basic")
