"""Who would get data, what for and in what detail, read as people say it: learned from messages that people wrote.

`case.py` reads the words that announce them ("with a council", "for research"); most people say it otherwise. Three
tables, made by `python -m tests.evaluation.uses`. The one for who would get the data looks at each word where it stands.
"""

import re
from collections.abc import Iterator, Sequence

from catalogue.search.schema import split
from catalogue.search.vocabulary import Vocabulary
from catalogue.sharing.facts import Body, Granularity, Purpose
from catalogue.text import fold
from intents.case import OTHERS, USERS, body_named, kind_in, user_words
from intents.features import families_of, pieces, runs, words_of
from intents.table import load, scores

SURE_OF_A_PURPOSE = -0.45
SURE_OF_DETAIL = -0.3
SURE_OF_A_RECIPIENT, PART_OF_ONE = -0.25, -0.6
"""From which score a word is of who would get the data, and from which one that stands beside such a word."""

NOTHING = ""
MOST_WORDS = 80
BEFORE, AFTER = 6, 4
SHORTEST_PIECE = 4
_WORD = re.compile(r"[\w&'/.-]*\w|[?,;:!()–—-]")
_KIND = re.compile("|".join(f"(?:{pattern})" for pattern in (*(one[2] for one in OTHERS), *(two[1] for two in USERS.values()))), re.I)  # fmt: skip
_ARTICLE = re.compile(
    r"^(?:(?:an?|the|our|my|any|some|another|other|local|your|their|this|that|us|me|letting)\s+)+", re.IGNORECASE
)


def purpose_of(text: str) -> Purpose | None:
    """What the data is wanted for."""
    found = _surest("purpose", text, SURE_OF_A_PURPOSE)
    return Purpose(found) if found else None


def granularity_of(text: str) -> Granularity | None:
    """In what detail the data is wanted."""
    found = _surest("granularity", text, SURE_OF_DETAIL)
    return Granularity(found) if found else None


def recipient_of(text: str, vocabulary: Vocabulary) -> str | None:
    """Who would get the data: a body by its name, a kind of body in our words, or the words of the text."""
    said = _recipient_said(text, vocabulary)
    return called(said, vocabulary) if said else None


def user_of(text: str, vocabulary: Vocabulary) -> Body | None:
    """Who would get the data, where that is a body or a kind of body that the rules for sharing know."""
    said = _recipient_said(text, vocabulary)
    return _body(_bare(said), vocabulary) if said else None


def called(said: str, vocabulary: Vocabulary) -> str:
    """A body or a kind of body in our words; what was said, where we have none."""
    bare = _bare(said)
    body = _body(bare, vocabulary)
    return (body and user_words(body)) or bare


def _recipient_said(text: str, vocabulary: Vocabulary) -> str | None:
    words = words_in(text)
    table = load("recipient")
    likely = [scores(features, table)[0] for features in of_words(words, vocabulary)]
    first = max(range(len(likely)), key=likely.__getitem__, default=0)
    if not likely or likely[first] < SURE_OF_A_RECIPIENT:
        return None
    start, end = first, first + 1
    while start and likely[start - 1] > PART_OF_ONE:
        start -= 1
    while end < len(likely) and likely[end] > PART_OF_ONE:
        end += 1
    return " ".join(words[start:end])


def _bare(said: str) -> str:
    return _ARTICLE.sub("", said.strip())


def _body(bare: str, vocabulary: Vocabulary) -> Body | None:
    body = body_named(bare, vocabulary)
    if body is None:
        words = split(fold(bare))
        mention = next(iter(vocabulary.mentions(words, frozenset(words))), None)
        body = Body.of(vocabulary.living(mention.organisation)) if mention else kind_in(bare)
    return body


def words_in(text: str) -> list[str]:
    """The words of a text, and its marks, as they stand there."""
    return _WORD.findall(text)[:MOST_WORDS]


def of_text(text: str) -> list[str]:
    """The features of a text for its purpose and detail, each once."""
    words = words_of(text)
    found = dict.fromkeys(f"r {run}" for run in runs(words, 2))
    found.update((f"F {family}", None) for word in words for family in families_of(word))
    found.update((piece, None) for piece in pieces(words, SHORTEST_PIECE))
    return list(found)


def of_words(words: Sequence[str], vocabulary: Vocabulary) -> Iterator[list[str]]:
    """The features of each word of a text where it stands."""
    folded = ["^", "^", "^", *(fold(word) for word in words), "$", "$"]
    marks = ["^", *_marks(words, folded[3:-2], vocabulary), "$"]
    for number, word in enumerate(words):
        third, second, before, this, after, then = folded[number : number + 6]
        mark_before, mark, mark_after = marks[number : number + 3]
        yield [
            *(f"0 {this}", f"-1 {before}", f"-2 {second}", f"-3 {third}", f"+1 {after}", f"+2 {then}", f"m {mark}"),
            *(f"-1 0 {before} {this}", f"0 1 {this} {after}", f"-2 -1 {second} {before}", f"1 2 {after} {then}"),
            *(f"end {this[-3:]}", f"capital {word[:1].isupper()} {word.isupper()} {number == 0}"),
            *(f"m-1 {mark_before}", f"m+1 {mark_after}", f"-1 m {before} {mark}", f"-2 m {second} {mark}"),
            *(f"-2 -1 m {second} {before} {mark}", f"m 1 {mark} {after}"),
            *dict.fromkeys(f"before {other}" for other in folded[max(3, number + 3 - BEFORE) : number + 3]),
            *dict.fromkeys(f"after {other}" for other in folded[number + 4 : number + 4 + AFTER]),
        ]


def _marks(words: Sequence[str], folded: Sequence[str], vocabulary: Vocabulary) -> list[str]:
    """For each word whether it names a body or the kind of one."""
    marks = ["kind" if _KIND.fullmatch(word) else "word" for word in words]
    for place in range(1, len(words)):
        if _KIND.fullmatch(f"{words[place - 1]} {words[place]}"):
            marks[place - 1 : place + 1] = ["kind", "kind"]
    capitals = frozenset(each for each, word in zip(folded, words, strict=True) if word[:1].isupper())
    for mention in vocabulary.mentions(list(folded), capitals):
        for place in range(mention.start, min(mention.end, len(marks))):
            marks[place] = "body"
    return marks


def _surest(name: str, text: str, least: float) -> str | None:
    table = load(name)
    found = dict(zip(table.kinds, scores(of_text(text), table), strict=True))
    found.pop(NOTHING)
    best = max(found, key=found.__getitem__)
    return best if found[best] > least else None
