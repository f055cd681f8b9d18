"""Reading a search phrase: which words carry the subject, and what each of them may stand for.

A phrase becomes concepts. A concept is a word or a run of words with every way in which an entry may write it: as
typed, corrected, the meaning of an acronym, a synonym. An organisation named in the phrase is kept apart: it says
whose data is wanted, not what about.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from catalogue.search.schema import fold, split
from catalogue.search.vocabulary import Meaning, Mention, Vocabulary

LONGEST_SYNONYM = 5

# Words that ask rather than say what about. They steer nothing unless they are all there is.
ASKING = frozenset(
    """
    a about all an and any anybody anyone anything are as asap ask at available be been by can collect collected
    collecting collection collects could currently data database databases dataset datasets datset detail details do
    does dont entry exist exists extract feed figures find for from get give go got had has have having held hello help
    hey hi hiya hold holder holders holding holdings holds how i if im in info information into is it its just keep
    keeps kept know latest let like list listing located look looking m maintain maintains manage manages me my need
    needs number numbers of on one or our out own owner owners owns place please pls possible publish published
    publishes publishing record recorded recording records re s see share shared sharing show side so some somebody
    someone something source sources stat statistics stats stored stores stuff such sure t tell thanks that the their
    them there these they thing things this those to us use used using ve want wanted wants we what whats when where
    which who whole whos whose will with within would you your
    """.split()
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
        run = _longest_synonym(words, place, vocabulary, taken)
        if run:
            skip.update(range(place, place + run))
            concepts.append(_synonym_concept(words[place : place + run], vocabulary))
            continue
        word = words[place]
        own = [Alternative((word,))]
        found = vocabulary.meanings(word) if len(word) > 1 else []
        meanings += found
        own += [Alternative(_content(meaning.meaning), "acronym") for meaning in found]
        if not found and word not in capitals and not is_known(word):
            better = correct(word)
            if better:
                corrections.append((word, better))
                own = [Alternative((better,), "corrected"), *_synonyms(better, vocabulary)]
        concepts.append(Concept(word, _unique(own)))
    return Phrase(
        text=text,
        subject=tuple(words[place] for place in content),
        concepts=tuple(concepts),
        mentions=tuple(mentions),
        meanings=tuple(meanings),
        corrections=tuple(corrections),
        ignored=tuple(word for place, word in enumerate(words) if place not in taken and place not in content),
    )


def _longest_synonym(words: Sequence[str], start: int, vocabulary: Vocabulary, taken: set[int]) -> int:
    for length in range(min(LONGEST_SYNONYM, len(words) - start), 0, -1):
        places = range(start, start + length)
        if taken.isdisjoint(places) and " ".join(words[start : start + length]) in vocabulary.synonyms:
            return length
    return 0


def _synonym_concept(words: Sequence[str], vocabulary: Vocabulary) -> Concept:
    plain = " ".join(words)
    typed = Alternative(tuple(word for word in words if word not in ASKING) or tuple(words))
    acronyms = [
        Alternative(_content(meaning.meaning), "acronym")
        for meaning in (vocabulary.meanings(plain) if len(words) == 1 and len(plain) > 1 else [])
    ]
    return Concept(plain, _unique([typed, *acronyms, *_synonyms(plain, vocabulary)]))


def _synonyms(plain: str, vocabulary: Vocabulary) -> list[Alternative]:
    return [Alternative(_content(term), "synonym") for term in vocabulary.synonyms.get(plain, ())]


def _content(text: str) -> tuple[str, ...]:
    words = split(fold(text))
    return tuple(word for word in words if word not in ASKING) or tuple(words)


def _unique(alternatives: Sequence[Alternative]) -> tuple[Alternative, ...]:
    first: dict[tuple[str, ...], Alternative] = {}
    for alternative in alternatives:
        if alternative.words:
            first.setdefault(alternative.words, alternative)
    return tuple(first.values())
