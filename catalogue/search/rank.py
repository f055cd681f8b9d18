"""The ranking: from a phrase to one query, and from its results to an order. Every weight of the index is on this page.

An entry's score is the sum over the phrase's concepts of its best alternative, plus what it gains by bearing the phrase
as a name, times its prior and how well it fits what else is asked. A word is scored by BM25 in three fields of stems
and in the words as written. What only the entry itself can tell, as which words stand together, is added when the best
are read (`explain.py`). docs/search.md tells what each part is worth, measured.

It is done in two rounds. The first gathers candidates by words alone, a plain sum over one field; the second scores
only those in full. So a million entries cost little more than ten thousand.
"""

import math
from collections.abc import Mapping, Sequence

import tantivy

from catalogue.search import narrow
from catalogue.search.facts import COLUMNS, holder_number
from catalogue.search.phrase import Alternative, Concept, Phrase
from catalogue.search.schema import PRIOR_SCALE, schema, stem
from catalogue.text import fold

WEIGHTS = {"title": 0.6, "names": 1.0, "text": 1.4, "words": 2.5}
"""How much a word counts in each field, added up. Names (other titles, acronyms, keywords) are what people call the
entry; the text holds the title and the names too, so that a word of them counts twice. These are fields of stems;
`words` counts where an entry writes the word just so, and not another word of the same stem."""

VIA = {"typed": 1.0, "spelling": 1.0, "corrected": 0.9, "acronym": 0.95, "synonym": 0.6}
"""How far each way of writing a concept is trusted."""

LONGER = 0.4
"""How much less a longer term counts than what was typed: the power of the words typed for each word of it. Without it
one everyday word would outweigh several others of the phrase, for being called by many words in the field."""

EXACT = 60.0
"""The whole phrase is the name of the entry: its id, title, other title or acronym."""

NAMED = 20.0
"""A run of words of the phrase is a name of the entry; half as much again for every further word of the run."""

HOLDER = 4.0
"""The entry's holder is named in the phrase: enough to be looked at; `narrow` does the rest."""

OWN = 1.5
"""The asker's own organisation, where an acronym has several meanings."""

CANDIDATES = 60
"""Entries that the first round hands to the second, by words; those that bear a name or are the holder's come too."""

LOOKED_AT = 40
"""Results that are looked at again when the phrase asks for more than words."""

LONGEST_NAME = 8
FIELDS = ("text", "title", "names", "words")
SHOULD = tantivy.Occur.Should
MUST = tantivy.Occur.Must

Scored = tuple[float, tantivy.DocAddress]


def rank(
    searchers: Sequence[tantivy.Searcher],
    phrase: Phrase,
    *,
    limit: int,
    publishers: Sequence[str] = (),
    own: str | None = None,
) -> dict[str, float]:
    """The best entries' ids with their scores, best first; equal scores by id, so that the order never wavers.

    Only entries of `publishers` when given. `own` is the asker's organisation.
    """
    scores: dict[str, float] = {}
    wanted = phrase.asked
    prefers = own if len(phrase.meanings) > 1 else None
    look_again = bool(wanted) or prefers is not None
    prior = "prior_placed" if wanted.places else "prior"
    for searcher in searchers:
        names = _runs(searcher, phrase)
        chosen = _candidates(searcher, searchers[0], phrase, publishers, names)
        if not chosen:
            continue
        query = _among(chosen, build(searcher, searchers[0], phrase, publishers, names))
        most = max(limit, LOOKED_AT) if look_again else limit
        hits = [
            (score / PRIOR_SCALE, address)
            for score, address in searcher.search(query, most, count=False, weight_by_field=prior).hits
        ]
        if look_again:
            hits = _looked_at_again(searcher, hits, wanted, prefers)[:limit]
        scores.update((searcher.doc(address)["id"][0], score) for score, address in hits)
    return dict(sorted(scores.items(), key=lambda pair: (-round(pair[1], 4), pair[0]))[:limit])


def _looked_at_again(
    searcher: tantivy.Searcher, hits: Sequence[Scored], wanted: narrow.Asked, prefers: str | None
) -> list[Scored]:
    """Results in the order that what is asked for besides words gives them; `prefers` is the asker's organisation."""
    addresses = [address for _score, address in hits]
    columns = [searcher.fast_field_values(column, addresses) for column in COLUMNS]
    own = holder_number(prefers or "")
    again = []
    for (score, address), *packed in zip(hits, *columns, strict=True):
        number, where, whose = (int(value or 0) for value in packed)
        score *= narrow.factor(wanted, number, where, whose) * (OWN if own and whose == own else 1.0)
        again.append((score, address))
    return sorted(again, key=lambda scored: -round(scored[0], 4))


def _candidates(
    searcher: tantivy.Searcher,
    public: tantivy.Searcher,
    phrase: Phrase,
    publishers: Sequence[str],
    names: Mapping[str, float],
) -> list[int]:
    """The first round: entries worth scoring in full, by the numbers of their last changes."""
    words = _plain_words(searcher, public, phrase)
    holders = list(publishers) or list(phrase.asked.holders)
    queries = [(words, CANDIDATES)] if words and not publishers else []
    if names and not publishers:
        queries.append((tantivy.Query.term_set_query(schema(), "keys", list(names)), CANDIDATES))
    if holders:
        theirs = tantivy.Query.const_score_query(tantivy.Query.term_set_query(schema(), "publisher", holders), 0.1)
        both = [(MUST, theirs), *([(SHOULD, words)] if words else [])]
        queries.append((tantivy.Query.boolean_query(both), CANDIDATES * (4 if publishers else 1)))
    chosen: dict[int, None] = {}
    for query, most in queries:
        addresses = [address for _score, address in searcher.search(query, most, count=False).hits]
        chosen.update(dict.fromkeys(int(value or 0) for value in searcher.fast_field_values("change", addresses)))
    return list(chosen)


def _plain_words(searcher: tantivy.Searcher, public: tantivy.Searcher, phrase: Phrase) -> tantivy.Query | None:
    """Every word of every alternative, in the text alone, as a plain sum: the cheapest that reads every match."""
    trusts: dict[str, float] = {}
    for concept in phrase.concepts:
        for alternative in concept.alternatives:
            for word in alternative.words:
                term = stem(word) or word
                trusts[term] = max(trusts.get(term, 0.0), VIA[alternative.via] * concept.weight)
    terms = [_term(searcher, public, "text", term, trust) for term, trust in trusts.items()]
    return _any(terms) if terms else None


def _among(chosen: Sequence[int], query: tantivy.Query | None) -> tantivy.Query:
    each = [tantivy.Query.term_query(schema(), "change", change, index_option="basic") for change in chosen]
    only = tantivy.Query.const_score_query(_any(each), 0.0)  # a third faster than a set of terms
    return tantivy.Query.boolean_query([(MUST, only), *([(SHOULD, query)] if query else [])])


def build(
    searcher: tantivy.Searcher,
    public: tantivy.Searcher,
    phrase: Phrase,
    publishers: Sequence[str],
    names: Mapping[str, float],
) -> tantivy.Query | None:
    """The query for one partition; None when the phrase holds nothing to look for. `names`: what `_runs` found."""
    should = [query for concept in phrase.concepts for query in _concept(searcher, public, concept)]
    should += _names(names)
    holders = list(publishers) or list(phrase.asked.holders)
    if holders:
        theirs = tantivy.Query.term_set_query(schema(), "publisher", holders)
        if publishers:
            only = [(MUST, tantivy.Query.const_score_query(theirs, 0.1))]
            return tantivy.Query.boolean_query(only + [(SHOULD, query) for query in should])
        should.append(tantivy.Query.const_score_query(theirs, HOLDER))
    return tantivy.Query.boolean_query([(SHOULD, query) for query in should]) if should else None


def _concept(searcher: tantivy.Searcher, public: tantivy.Searcher, concept: Concept) -> list[tantivy.Query]:
    """A concept is worth its best alternative. Words without any stand alone, for one flat sum is scored fastest."""
    typed, *others = concept.alternatives
    words = [query for word in typed.words for query in _word(searcher, public, word, VIA[typed.via] * concept.weight)]
    if not others:
        return words
    alternatives = [_any(words)] + [
        _all(searcher, public, each.words, VIA[each.via] * concept.weight * _shortness(concept, each))
        for each in others
    ]
    return [tantivy.Query.disjunction_max_query(alternatives)]


def _shortness(concept: Concept, alternative: Alternative) -> float:
    if alternative.via != "synonym":
        return 1.0
    share = min(1.0, len(concept.alternatives[0].words) / len(alternative.words))
    return math.pow(share, LONGER)


def _any(words: Sequence[tantivy.Query]) -> tantivy.Query:
    return tantivy.Query.boolean_query([(SHOULD, word) for word in words])


def _all(searcher: tantivy.Searcher, public: tantivy.Searcher, words: Sequence[str], trust: float) -> tantivy.Query:
    """Words that stand for others, which must all be there."""
    parts = []
    for word in words:
        text, *rest = _word(searcher, public, word, trust)
        parts += [(MUST, text), *((SHOULD, query) for query in rest)]
    return tantivy.Query.boolean_query(parts)


def _word(searcher: tantivy.Searcher, public: tantivy.Searcher, word: str, trust: float) -> list[tantivy.Query]:
    """A word in every field, the text, which holds all others, first."""
    term = stem(word) or word
    return [_term(searcher, public, name, word if name == "words" else term, WEIGHTS[name] * trust) for name in FIELDS]


def _term(searcher: tantivy.Searcher, public: tantivy.Searcher, name: str, term: str, weight: float) -> tantivy.Query:
    if searcher is not public:  # a word is worth as much in a small partition as among all public entries
        weight *= rarity(public, name, term) / rarity(searcher, name, term)
    return tantivy.Query.boost_query(tantivy.Query.term_query(schema(), name, term, index_option="freq"), weight)


def rarity(searcher: tantivy.Searcher, name: str, term: str) -> float:
    """The inverse document frequency of a term as BM25 counts it; above 0."""
    frequency = searcher.doc_freq(name, term)
    return math.log(1 + (max(searcher.num_docs, frequency) - frequency + 0.5) / (frequency + 0.5))


def whole_phrases(phrase: Phrase) -> set[str]:
    """The keys under which the whole phrase may be the name of an entry."""
    as_written = phrase.text.encode(errors="ignore").decode().strip()  # half a character is in no index
    return {fold(phrase.text), " ".join(phrase.subject), as_written} - {""}


def _runs(searcher: tantivy.Searcher, phrase: Phrase) -> dict[str, float]:
    """Runs of the phrase's words that are names of entries, with what bearing them is worth."""
    whole = whole_phrases(phrase)
    words = fold(phrase.text).split()[: LONGEST_NAME * 4]
    runs = {key: EXACT for key in whole if searcher.doc_freq("keys", key)}
    needed = {word for concept in phrase.concepts if concept.is_needed for word in concept.typed.split()}
    for start in range(len(words)):
        for end in range(start + 1, min(start + LONGEST_NAME, len(words)) + 1):
            run = " ".join(words[start:end])
            if run not in whole and needed.intersection(words[start:end]) and searcher.doc_freq("keys", run):
                runs[run] = NAMED * (1 + 0.5 * (end - start - 1))
    return runs


def _names(runs: Mapping[str, float]) -> list[tantivy.Query]:
    """Entries of which the phrase, or a run of its words, is a name. Only the best such name counts."""
    best = [
        tantivy.Query.const_score_query(tantivy.Query.term_query(schema(), "keys", run, index_option="basic"), score)
        for run, score in runs.items()
    ]
    return [tantivy.Query.disjunction_max_query(best)] if best else []
