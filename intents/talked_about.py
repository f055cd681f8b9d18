"""The entry, or the entries, of a conversation that a message refers to.

It is the one that is talked about, unless the message names another: by its place in the answer, by its words, place or
detail, or by what came before or after it. An entry is looked up anew for whoever reads the next answer, so nothing shows
through "it" that they may not know.
"""

import re
from collections.abc import Sequence
from dataclasses import replace

from catalogue import datasets
from catalogue.model import Dataset
from catalogue.search import coverage
from catalogue.search.coverage import Covers, grains_named
from catalogue.search.find import Hit
from catalogue.search.places import Lies, gazetteer
from catalogue.search.vocabulary import Vocabulary
from catalogue.text import fold
from intents.answers import SHOWN, Shown, show, show_dataset
from intents.context import Context, Question
from intents.reference import (
    ADJECTIVES,
    Reference,
    chosen,
    fits,
    is_described,
    is_local,
    is_titled,
    names_of,
    stems,
    text_of,
)
from intents.remembered import State
from intents.slots import SHARED

LOOKED_AT = 12

ENOUGH = 0.45
"""The share of the words of what was talked about that an entry must hold to be talked about too."""

CLEARLY = 0.2
"""By how much more of its own words a message must find alone to be a question of its own."""

_AFTER_IT = re.compile(
    r"\b(?:what|which|who)\b.{0,20}\b(?:replaced|replaces|took over|superseded|succeeded|comes? after)\b|\bthe (?:newer|new|successor|replacement)\b",
    re.IGNORECASE,
)

_BEFORE_IT = re.compile(
    r"\b(?:did|does) (?:it|that|this) (?:replace|supersede|take over from)\b|\b(?:the|that|its) (?:\w+ )?(?:old|older|previous|earlier|former|predecessor)\b|\bcame before\b|\bthe one before\b",
    re.IGNORECASE,
)


def held_in(context: Context, question: Question, state: State) -> frozenset[str]:
    """The words of the entry that is talked about, as they are compared."""
    current = current_of(state, entries_of(context, question, state.entries))
    return text_of(current) if current else frozenset()


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


def one_meant(
    context: Context, question: Question, state: State, said: Reference, entries: list[Dataset], kind: str
) -> Dataset | None:
    """The one entry that a message refers to."""
    by_name = _named(context, question, said)
    if by_name:
        return by_name
    if said.ordinal is not None:
        return entries[said.ordinal] if -len(entries) <= said.ordinal < len(entries) else None
    default = current_of(state, entries)
    place = None if kind == "coverage" or said.states else said.place
    vocabulary = context.search.vocabulary()
    remembered = [*entries, *entries_of(context, question, state.earlier)]
    followed = _in_succession(context, question, said, default) if default else None
    if followed:
        return followed
    if said.is_other:
        return next((entry for entry in remembered if entry.id != state.chosen), default)
    if (said.describes and not said.states) or place:
        picked = chosen(replace(said, place=place), entries, vocabulary)
        if picked:
            return picked
        sought = replace(said, place=place, words=said.words if said.describes else ())
        hits = _search(context, question, state.terms, sought)
        if said.describes:  # the vehicle register, of which now the driver one is wanted
            title = default.title if default else state.terms
            same = _search(context, question, title, replace(said, place=place))
            hits = [hit for hit in (*hits, *same) if is_described(said, hit.dataset, vocabulary)] or hits
        if hits:
            return hits[0].dataset
    if default is None or said.says_who or said.states or not said.words or (kind in SHARED and not said.describes):
        return default
    return _called(context, question, state, said, remembered, default) or default


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


def _called(
    context: Context, question: Question, state: State, said: Reference, remembered: Sequence[Dataset], current: Dataset
) -> Dataset | None:
    """The entry that the words of a message name, where the one that is talked about has them nowhere."""
    vocabulary = context.search.vocabulary()
    wanted = stems(" ".join(said.words))
    if wanted <= (names_of(current, vocabulary) if said.is_about else text_of(current) | names_of(current, vocabulary)):
        return None

    def named(entry: Dataset) -> int:
        return len(wanted & names_of(entry, vocabulary))

    best = max(remembered, key=named, default=None)
    if best and named(best) > named(current) and named(best) * 2 >= len(wanted):
        return best
    if said.points and not said.describes:
        return None
    alone = context.search.find(" ".join(said.words), audience=question.audience, limit=SHOWN).hits
    found = [hit.dataset for hit in _search(context, question, state.terms, said)]
    if said.is_about or len(wanted) > 1:
        found += [hit.dataset for hit in alone if is_titled(said.words, hit.dataset)]
    return next((entry for entry in found if named(entry) == len(wanted)), None)


def several_meant(
    context: Context, question: Question, state: State, said: Reference, entries: list[Dataset]
) -> tuple[Shown, ...] | None:
    """The entries that a message narrows or widens the last answer to; None when it is about something else."""
    vocabulary = context.search.vocabulary()
    if said.ordinal is not None and -len(entries) <= said.ordinal < len(entries):
        return (show_dataset(entries[said.ordinal], vocabulary),)
    current = current_of(state, entries)
    followed = _in_succession(context, question, said, current) if current else None
    if followed:
        return (show_dataset(followed, vocabulary),)
    picked = chosen(said, entries, vocabulary)
    if picked and (said.describes or said.place or said.is_not):
        return (show_dataset(picked, vocabulary),)
    if not (said.place or said.granularity or said.words or said.is_not or said.is_wider):
        if not said.points or not entries:
            return None
        return (show_dataset(current, vocabulary),) if current else None
    hits = _search(context, question, state.terms, said)
    if said.words and not said.points and _is_better_alone(context, question, said, hits):
        return None
    held = text_of(current) if current else frozenset()
    fresh = frozenset() if said.is_not else stems(" ".join(said.words)) - held
    if fresh:
        alone = context.search.find(" ".join(said.words), audience=question.audience, limit=SHOWN).hits
        known = {hit.dataset.id for hit in hits}
        named = [hit for hit in alone if hit.dataset.id not in known and fits(said, hit.dataset)]
        hits += [hit for hit in named if fresh <= names_of(hit.dataset, vocabulary)]
        hits.sort(key=lambda hit: -len(fresh & names_of(hit.dataset, vocabulary)))
    return tuple(show(hit, vocabulary) for hit in hits[:SHOWN])


def _is_better_alone(context: Context, question: Question, said: Reference, hits: Sequence[Hit]) -> bool:
    """Whether the words of a message find clearly more by themselves than with what was talked about."""
    if not hits:
        return True
    alone = context.search.find(" ".join(said.words), audience=question.audience, limit=1).hits
    if not alone:
        return False
    if is_titled(said.words, alone[0].dataset) and not any(is_titled(said.words, hit.dataset) for hit in hits):
        return len(said.words) > 1
    return alone[0].coverage > max(hit.coverage for hit in hits) + CLEARLY


def _search(context: Context, question: Question, terms: str, said: Reference) -> list[Hit]:
    """Entries on what was talked about, as the message wants them, the best first."""
    words = " ".join(filter(None, (terms, *said.words, said.place)))
    if not terms:
        return []
    hits = context.search.find(words, audience=question.audience, limit=LOOKED_AT).hits
    kept = [hit for hit in hits if hit.coverage >= ENOUGH and fits(said, hit.dataset)]
    if said.is_wider:
        kept = [hit for hit in kept if not is_local(hit.dataset)] or kept
    place = gazetteer().named(said.place) if said.place else None
    if place:
        order = {Lies.SAME: 0, Lies.WITHIN: 1, Lies.AROUND: 2}
        lies = {hit.dataset.id: coverage.lies(hit.dataset, place) for hit in kept}
        kept = [hit for hit in kept if lies[hit.dataset.id] in order]
        kept.sort(key=lambda hit: (order[lies[hit.dataset.id]], -hit.score))
    return kept
