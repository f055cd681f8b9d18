"""What a thread is about, and what "it", "the second one" and "just Wales" refer to.

A conversation keeps no messages: only the entries of the last answer, in order, which of them was chosen, words of the
catalogue that were asked for, and the recipient and purpose that were stated. An entry is looked up anew for whoever
reads the next answer, so nothing shows through "it" that they may not know. A turn that was refused or found nothing
leaves the rest as it was. `reference.py` reads what a message refers to; here it becomes an answer.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from catalogue import datasets
from catalogue.model import Dataset
from catalogue.search.find import Hit
from catalogue.search.places import Lies, gazetteer
from intents.answers import SHOWN, Answer, Outcome, Shown, show, show_dataset
from intents.context import Claim, Context, Question
from intents.reference import Reference, chosen, fits, is_of

MOST_ENTRIES = 10
LOOKED_AT = 12
ENOUGH = 0.45
"""The share of the words of what was talked about that an entry must hold to be talked about too."""

PASSING = frozenset(("social", "help", "out_of_scope", "my_requests", "review_queue"))
"""Kinds of question that leave the subject of a conversation as it was."""

OF_AN_ENTRY = frozenset(
    "describe freshness coverage contact conditions access report_problem steward_edit precedent collect".split()
)


@dataclass(frozen=True, slots=True)
class State:
    """What is remembered between two turns; every value is JSON."""

    kind: str | None = None
    entries: tuple[str, ...] = ()
    chosen: str | None = None
    terms: str = ""
    place: str | None = None
    recipient: str | None = None
    purpose: str | None = None
    by: str | None = None

    @classmethod
    def of(cls, value: Mapping[str, Any]) -> "State":
        known = {name: value[name] for name in cls.__slots__ if name in value}
        return cls(**{**known, "entries": tuple(known.get("entries", ()))})


@dataclass(slots=True)
class Conversation:
    """One thread, or one direct message; `state` is what the last turn left."""

    state: State = field(default_factory=State)

    def __bool__(self) -> bool:
        return bool(self.state.entries or self.state.terms)


@dataclass(frozen=True, slots=True)
class Followed:
    """A message read as part of a conversation: the kind of question, the text that asks it alone, what it is of."""

    kind: str
    text: str
    subject: str
    shown: tuple[Shown, ...] | None = None


def follow(
    context: Context, question: Question, state: State, said: Reference, *, kind: str, confidence: float
) -> Followed | None:
    """What a message means in this conversation; None when it stands alone."""
    entries = _entries(context, question, state)
    if re.search(r"\btheirs\b", said.text, re.IGNORECASE) and not said.place:
        said = replace(said, place=state.place)
    kind = _kind(said, state, kind, confidence)
    if kind not in OF_AN_ENTRY and kind != "holders":
        return None
    if said.is_a_subject:
        return None
    if kind in OF_AN_ENTRY:
        picked = _one(context, question, state, said, entries, kind)
        if picked is None:
            return None
        return Followed(kind, _asks(said, state, question, picked.id, kind), picked.id)
    shown = _several(context, question, state, said, entries)
    return None if shown is None else Followed(kind, said.text, state.terms, shown)


def _kind(said: Reference, state: State, kind: str, confidence: float) -> str:
    """The kind of question, where the message does not say it: of conditions when it only says who for or what for."""
    if said.is_bare and (said.purpose or said.recipient) and kind in ("holders", "describe", "social", "out_of_scope"):
        return "conditions"
    if (
        said.is_bare
        and (said.place or said.granularity or said.years)
        and (kind not in OF_AN_ENTRY or confidence < 0.6)
    ):
        return "coverage" if state.kind == "coverage" and not said.granularity else "holders"
    if said.points and kind in ("out_of_scope", "social", "help", "define", "holdings") and confidence < 0.9:
        return "describe"
    return kind


def _entries(context: Context, question: Question, state: State) -> list[Dataset]:
    """The entries of the last answer that the readers of this one may know, in order."""
    return datasets.get_many(context.db, list(state.entries), audience=question.audience)


def _one(
    context: Context, question: Question, state: State, said: Reference, entries: list[Dataset], kind: str
) -> Dataset | None:
    """The one entry that a message refers to."""
    if said.ordinal is not None:
        return entries[said.ordinal] if -len(entries) <= said.ordinal < len(entries) else None
    place = None if kind == "coverage" else said.place
    vocabulary = context.search.vocabulary()
    if said.describes or place:
        picked = chosen(replace(said, place=place), entries, vocabulary)
        if picked:
            return picked
        if place or said.describes:
            hits = _search(context, question, state.terms, replace(said, place=place))
            if hits:
                return hits[0].dataset
    default = next((entry for entry in entries if entry.id == state.chosen), None)
    return default or (entries[0] if entries else None)


def _several(
    context: Context, question: Question, state: State, said: Reference, entries: list[Dataset]
) -> tuple[Shown, ...] | None:
    """The entries that a message narrows or widens the last answer to; None when it is about something else."""
    vocabulary = context.search.vocabulary()
    if said.ordinal is not None and -len(entries) <= said.ordinal < len(entries):
        return (show_dataset(entries[said.ordinal], vocabulary),)
    picked = chosen(said, entries, vocabulary)
    if picked and (said.describes or said.place or said.is_not):
        return (show_dataset(picked, vocabulary),)
    if not (said.place or said.granularity or said.words or said.is_not or said.is_wider):
        if not said.points or not entries:
            return None
        first = next((entry for entry in entries if entry.id == state.chosen), entries[0])
        return (show_dataset(first, vocabulary),)
    hits = _search(context, question, state.terms, said)
    if not hits and said.words and not said.points:
        return None
    return tuple(show(hit, vocabulary) for hit in hits[:SHOWN])


def _search(context: Context, question: Question, terms: str, said: Reference) -> list[Hit]:
    """Entries on what was talked about, as the message wants them, the best first."""
    words = " ".join(filter(None, (terms, *said.words, said.place)))
    if not terms:
        return []
    hits = context.search.find(words, audience=question.audience, limit=LOOKED_AT).hits
    kept = [hit for hit in hits if hit.coverage >= ENOUGH and fits(said, hit.dataset)]
    place = gazetteer().named(said.place) if said.place else None
    if place:
        order = {Lies.SAME: 0, Lies.WITHIN: 1, Lies.AROUND: 2}
        lies = {hit.dataset.id: is_of(place, hit.dataset) for hit in kept}
        kept = [hit for hit in kept if lies[hit.dataset.id] in order]
        kept.sort(key=lambda hit: (order[lies[hit.dataset.id]], -hit.score))
    return kept


def _asks(said: Reference, state: State, question: Question, entry: str, kind: str) -> str:
    """The message with the entry's id in it, and with what was stated before where that decides the answer."""
    words = [said.text.rstrip("?!. "), entry]
    if kind == "conditions":
        own = state.by == (question.asker.id if question.asker else None)
        if own and not said.recipient and state.recipient:
            words.append(f"with {state.recipient}")
        if own and not said.purpose and state.purpose:
            words.append(f"for {PURPOSES.get(state.purpose, state.purpose)}")
    return " ".join(words)


def shown_as(followed: Followed, claim: Claim) -> Answer:
    """The answer that shows the entries a message narrowed the last answer to."""
    outcome = Outcome.ANSWERED if followed.shown else Outcome.NONE
    return Answer(
        "holders",
        outcome,
        claim.confidence,
        followed.subject,
        shown=followed.shown or (),
        terms=tuple(followed.subject.split()),
        details={"mentions": ()},
    )


def after(state: State, answer: Answer, question: Question, *, terms: str, is_followed: bool) -> State:
    """What a turn leaves behind."""
    if answer.intent in PASSING or (answer.outcome is Outcome.REFUSED and not answer.shown):
        return state
    by = question.asker.id if question.asker else None
    same_person = by == state.by
    stated: dict[str, Any] = {
        "recipient": answer.recipient or (state.recipient if same_person and is_followed else None),
        "purpose": answer.purpose or (state.purpose if same_person and is_followed else None),
        "by": by,
    }
    if not answer.shown:
        if is_followed or not (terms or answer.meanings):
            return replace(state, **stated)
        kept = "" if terms else " ".join(meaning.acronym for meaning in answer.meanings[:1])
        return State(kind=answer.intent, terms=terms or kept, entries=state.entries, chosen=state.chosen, **stated)
    ids = tuple(dict.fromkeys(each.dataset.id for entry in answer.shown for each in (entry, *entry.series)))[
        :MOST_ENTRIES
    ]
    keeps = is_followed and len(ids) == 1 and ids[0] in state.entries
    return State(
        kind=answer.intent,
        entries=state.entries if keeps else ids,
        chosen=ids[0] if len(answer.shown) == 1 or answer.intent in OF_AN_ENTRY else None,
        terms=(state.terms if is_followed else terms) or terms or answer.shown[0].dataset.title,
        place=answer.place,
        **stated,
    )


PURPOSES = {
    "deliver_service": "service delivery",
    "evaluate_policy": "policy evaluation",
    "law_enforcement": "law enforcement",
    "debt": "debt recovery",
    "fraud": "fraud prevention",
}
