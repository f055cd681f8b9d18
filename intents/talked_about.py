"""The entry, or the entries, of a conversation that a message refers to.

It is the one that is talked about, unless the message names another: by its place in the answer, by its words, place or
detail, or by what came before or after it. An entry is looked up anew for whoever reads the next answer, so nothing shows
through "it" that they may not know.
"""

import re
from collections.abc import Sequence

from catalogue import datasets
from catalogue.model import Dataset
from catalogue.search import coverage
from catalogue.search.coverage import Covers, grains_named
from catalogue.search.places import gazetteer
from catalogue.search.vocabulary import Vocabulary
from catalogue.text import fold
from intents.context import Context, Question
from intents.reference import (
    ADJECTIVES,
    Reference,
    names_of,
    stems,
    text_of,
)
from intents.remembered import State

_AFTER_IT = re.compile(
    r"\b(?:what|which|who)\b.{0,20}\b(?:replaced|replaces|took over|superseded|succeeded|comes? after)\b|\bthe (?:newer|new|successor|replacement)\b",
    re.IGNORECASE,
)

_BEFORE_IT = re.compile(
    r"\b(?:did|does) (?:it|that|this) (?:replace|supersede|take over from)\b|\b(?:the|that|its) (?:\w+ )?(?:old|older|previous|earlier|former|predecessor)\b|\bcame before\b|\bthe one before\b",
    re.IGNORECASE,
)


_BACK_TO = re.compile(r"\b(?:back|return(?:ing)?) to\b", re.IGNORECASE)


def current_of(state: State, entries: Sequence[Dataset]) -> Dataset | None:
    """The entry that is talked about: the one that was chosen, otherwise the first."""
    return next((entry for entry in entries if entry.id == state.chosen), entries[0] if entries else None)


def entries_of(context: Context, question: Question, ids: Sequence[str]) -> list[Dataset]:
    """Those of some entries that the readers of this answer may know, in order."""
    return datasets.get_many(context.db, list(ids), audience=question.audience)


def standing_out(said: Reference, entries: Sequence[Dataset], vocabulary: Vocabulary) -> Dataset | None:
    """The one of some entries that alone has what "which of those …" asks for."""
    wanted = stems(" ".join(said.words)) - stems("two three")
    place = gazetteer().named(said.place) if said.place else None
    grains = [grain for grain, _words in grains_named(fold(said.text))]

    def worth(entry: Dataset) -> int:
        parts = [coverage.grain(entry, grain) for grain in grains] + ([coverage.place(entry, place)] if place else [])
        return len(wanted & (text_of(entry) | names_of(entry, vocabulary))) + sum(
            (part.covers is Covers.YES) - (part.covers is Covers.NO) for part in parts
        )

    first, *others = sorted(((worth(entry), entry) for entry in entries), key=lambda pair: -pair[0])
    is_clear = bool(others) and first[0] > others[0][0] and first[0] * 2 >= len(wanted)
    is_of_access = bool(wanted) and wanted <= stems(" ".join(ADJECTIVES))
    return first[1] if is_clear and not is_of_access else None


def pointed_at(context: Context, question: Question, state: State, said: Reference) -> Dataset | None:
    """The entry that a message says plainly it is of: by its name, its place in the answer, or what it took over from."""
    by_name = _named(context, question, said)
    if by_name:
        return by_name
    entries, earlier = (entries_of(context, question, ids) for ids in (state.entries, state.earlier))
    listed = earlier[::-1] if earlier and _BACK_TO.search(said.text) else entries
    if said.ordinal is not None and -len(listed) <= said.ordinal < len(listed):
        return listed[said.ordinal]
    current = current_of(state, entries)
    followed = _in_succession(context, question, said, current) if current else None
    if followed or not said.is_other:
        return followed
    return next((entry for entry in (*entries, *earlier) if current and entry.id != current.id), None)


def _named(context: Context, question: Question, said: Reference) -> Dataset | None:
    """The entry whose whole name stands in a message, where the name is more than a word that other things have too."""
    names = [name for name in context.search.names_in(said.text, audience=question.audience) if " " in name]
    for name in names:
        hits = context.search.find(name, audience=question.audience, limit=1).hits
        if hits and hits[0].is_exact:
            return hits[0].dataset
    return None


def is_of_succession(text: str) -> bool:
    """Whether a text asks what came before or after."""
    return bool(_AFTER_IT.search(text) or _BEFORE_IT.search(text))


def _in_succession(context: Context, question: Question, said: Reference, current: Dataset) -> Dataset | None:
    """The entry that took the place of the one talked about, or whose place that one took, where it is asked for."""
    if _AFTER_IT.search(said.text):
        ids = [current.superseded_by] if current.superseded_by else []
    elif _BEFORE_IT.search(said.text):
        ids = [current.supersedes] if current.supersedes else []
    else:
        return None
    return next(iter(entries_of(context, question, ids)), None)
