"""Reading a search phrase: which words carry the subject, and what each of them may stand for.

A phrase becomes concepts. A concept is a word or a run of words with every way in which an entry may write it: as
typed, corrected, the meaning of an acronym, a synonym. An organisation named in the phrase is kept apart: it says
whose data is wanted, not what about.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from catalogue.search.schema import fold, split
from catalogue.search.vocabulary import Meaning, Mention, Vocabulary

LONGEST_RUN = 5
CAPITALS_ONLY = "match capitals only"

# Words that ask rather than say what about. They steer nothing unless they are all there is.
ASKING = frozenset(
    [
        "a",
        "about",
        "all",
        "an",
        "and",
        "any",
        "anybody",
        "anyone",
        "anything",
        "are",
        "as",
        "asap",
        "ask",
        "at",
        "available",
        "be",
        "been",
        "by",
        "can",
        "collect",
        "collected",
        "collecting",
        "collection",
        "collects",
        "could",
        "currently",
        "data",
        "database",
        "databases",
        "dataset",
        "datasets",
        "datset",
        "detail",
        "details",
        "do",
        "does",
        "dont",
        "entry",
        "exist",
        "exists",
        "extract",
        "feed",
        "figures",
        "find",
        "for",
        "from",
        "get",
        "give",
        "go",
        "got",
        "had",
        "has",
        "have",
        "having",
        "held",
        "hello",
        "help",
        "hey",
        "hi",
        "hiya",
        "hold",
        "holder",
        "holders",
        "holding",
        "holdings",
        "holds",
        "how",
        "i",
        "if",
        "im",
        "in",
        "info",
        "information",
        "into",
        "is",
        "it",
        "its",
        "just",
        "keep",
        "keeps",
        "kept",
        "know",
        "latest",
        "let",
        "like",
        "list",
        "listing",
        "located",
        "look",
        "looking",
        "m",
        "maintain",
        "maintains",
        "manage",
        "manages",
        "me",
        "my",
        "need",
        "needs",
        "number",
        "numbers",
        "of",
        "on",
        "one",
        "or",
        "our",
        "out",
        "own",
        "owner",
        "owners",
        "owns",
        "place",
        "please",
        "pls",
        "possible",
        "publish",
        "published",
        "publishes",
        "publishing",
        "record",
        "recorded",
        "recording",
        "records",
        "re",
        "s",
        "see",
        "share",
        "shared",
        "sharing",
        "show",
        "side",
        "so",
        "some",
        "somebody",
        "someone",
        "something",
        "source",
        "sources",
        "stat",
        "statistics",
        "stats",
        "stored",
        "stores",
        "stuff",
        "such",
        "sure",
        "t",
        "tell",
        "thanks",
        "that",
        "the",
        "their",
        "them",
        "there",
        "these",
        "they",
        "thing",
        "things",
        "this",
        "those",
        "to",
        "us",
        "use",
        "used",
        "using",
        "ve",
        "want",
        "wanted",
        "wants",
        "we",
        "what",
        "whats",
        "when",
        "where",
        "which",
        "who",
        "whole",
        "whos",
        "whose",
        "will",
        "with",
        "within",
        "would",
        "you",
        "your",
    ]
)


@dataclass(frozen=True, slots=True)
class Alternative:
    """One way in which an entry may write a concept. `via`: typed, corrected, acronym, or synonym."""

    words: tuple[str, ...]
    via: str = "typed"


@dataclass(frozen=True, slots=True)
class Concept:
    """One thing the asker named, as typed, with its alternatives, the typed one first unless it was corrected."""

    typed: str
    alternatives: tuple[Alternative, ...]


@dataclass(frozen=True, slots=True)
class Phrase:
    """A search phrase, read. `subject` is the content words as typed; `meanings` of the acronyms among them."""

    text: str
    subject: tuple[str, ...]
    concepts: tuple[Concept, ...]
    mentions: tuple[Mention, ...]
    meanings: tuple[Meaning, ...]
    corrections: tuple[tuple[str, str], ...]
    ignored: tuple[str, ...]


def read(
    text: str, vocabulary: Vocabulary, *, is_known: Callable[[str], bool], correct: Callable[[str], str | None]
) -> Phrase:
    """Read a phrase. `is_known` says whether a word is in the catalogue, `correct` what an unknown one may mean."""
    words = split(fold(text)[:2000])[:60]
    mentions = vocabulary.mentions(words)
    taken = {place for mention in mentions for place in range(mention.start, mention.end)}
    content = [place for place, word in enumerate(words) if place not in taken and word not in ASKING]
    if not content and not mentions:
        content = [place for place in range(len(words)) if place not in taken]
    capitals = {fold(word) for word in text.split() if word.isupper()}
    corrections: list[tuple[str, str]] = []
    meanings: list[Meaning] = []
    concepts: list[Concept] = []
    skip: set[int] = set()
    for place in content:
        if place in skip:
            continue
        run = _longest_run(words, place, vocabulary, taken)
        if run:
            skip.update(range(place, place + run))
            typed = words[place : place + run]
            meanings += _meanings(typed, vocabulary, capitals)
            concepts.append(
                Concept(" ".join(typed), _unique([_as_typed(typed), *_expansions(typed, vocabulary, capitals)]))
            )
            continue
        word = words[place]
        better = None if word in capitals or is_known(word) else correct(word)
        if better:
            corrections.append((word, better))
            concepts.append(
                Concept(
                    word, _unique([Alternative((better,), "corrected"), *_expansions([better], vocabulary, capitals)])
                )
            )
        else:
            concepts.append(Concept(word, (Alternative((word,)),)))
    return Phrase(
        text=text,
        subject=tuple(words[place] for place in content),
        concepts=tuple(concepts),
        mentions=tuple(mentions),
        meanings=tuple(meanings),
        corrections=tuple(corrections),
        ignored=tuple(word for place, word in enumerate(words) if place not in taken and place not in content),
    )


def _longest_run(words: Sequence[str], start: int, vocabulary: Vocabulary, taken: set[int]) -> int:
    """How many words from `start` together are an acronym or plain English for something; 0 when none are."""
    for length in range(min(LONGEST_RUN, len(words) - start), 0, -1):
        places = range(start, start + length)
        if taken.isdisjoint(places) and vocabulary.stands_for_something(" ".join(words[start : start + length])):
            return length
    return 0


def _as_typed(words: Sequence[str]) -> Alternative:
    return Alternative(tuple(word for word in words if word not in ASKING) or tuple(words))


def _meanings(words: Sequence[str], vocabulary: Vocabulary, capitals: set[str]) -> list[Meaning]:
    """What the words mean as an acronym. One whose letters are also an everyday word counts in capitals only."""
    plain = " ".join(words)
    return [
        meaning
        for meaning in vocabulary.meanings(plain)
        if plain in capitals or CAPITALS_ONLY not in (meaning.note or "").lower()
    ]


def _expansions(words: Sequence[str], vocabulary: Vocabulary, capitals: set[str]) -> list[Alternative]:
    plain = " ".join(words)
    acronyms = [Alternative(_content(meaning.meaning), "acronym") for meaning in _meanings(words, vocabulary, capitals)]
    return acronyms + [Alternative(_content(term), "synonym") for term in vocabulary.synonyms.get(plain, ())]


def _content(text: str) -> tuple[str, ...]:
    words = split(fold(text))
    return tuple(word for word in words if word not in ASKING) or tuple(words)


def _unique(alternatives: Sequence[Alternative]) -> tuple[Alternative, ...]:
    first: dict[tuple[str, ...], Alternative] = {}
    for alternative in alternatives:
        if alternative.words:
            first.setdefault(alternative.words, alternative)
    return tuple(first.values())
