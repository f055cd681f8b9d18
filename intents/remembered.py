"""What is remembered of a thread between two turns.

A conversation keeps no messages: only the entries of the last answer, in order, which of them was chosen, words of the
catalogue that were asked for, and the recipient and purpose that were stated. A turn that was refused or found nothing
leaves the rest as it was.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from intents.answers import Answer, Outcome
from intents.context import Question

MOST_ENTRIES = 10

PASSING = frozenset(("social", "help", "out_of_scope", "my_requests", "review_queue"))
"""Kinds of question that leave the subject of a conversation as it was."""

OF_AN_ENTRY = frozenset(
    "describe freshness coverage contact conditions access report_problem steward_edit precedent collect".split()
)
"""Kinds of question that are asked of one entry."""


@dataclass(frozen=True, slots=True)
class State:
    """What is remembered between two turns; every value is JSON."""

    kind: str | None = None
    entries: tuple[str, ...] = ()
    chosen: str | None = None
    earlier: tuple[str, ...] = ()
    organisation: str | None = None
    terms: str = ""
    place: str | None = None
    recipient: str | None = None
    purpose: str | None = None
    by: str | None = None

    @classmethod
    def of(cls, value: Mapping[str, Any]) -> "State":
        known = {name: value[name] for name in cls.__slots__ if name in value}
        return cls(**{**known, **{name: tuple(known.get(name, ())) for name in ("entries", "earlier")}})


@dataclass(slots=True)
class Conversation:
    """One thread, or one direct message; `state` is what the last turn left."""

    state: State = field(default_factory=State)

    def __bool__(self) -> bool:
        return bool(self.state.entries or self.state.terms)


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
    before = state.chosen or next(iter(state.entries), None)
    ids = tuple(dict.fromkeys(each.dataset.id for entry in answer.shown for each in (entry, *entry.series)))[
        :MOST_ENTRIES
    ]
    keeps = is_followed and len(ids) == 1 and ids[0] in state.entries
    return State(
        kind=answer.intent,
        entries=state.entries if keeps else ids,
        chosen=ids[0] if len(answer.shown) == 1 or answer.intent in OF_AN_ENTRY else None,
        earlier=_earlier(state, before, ids) if is_followed else (),
        organisation=answer.organisations[0].slug if answer.intent == "holdings" and answer.organisations else None,
        terms=(state.terms if is_followed else terms) or terms or answer.shown[0].dataset.title,
        place=answer.place,
        **stated,
    )


def _earlier(state: State, before: str | None, ids: Sequence[str]) -> tuple[str, ...]:
    """What was talked about earlier, the latest first, once the entries `ids` are talked about."""
    found = dict.fromkeys((*([before] if before else []), *state.earlier))
    return tuple(each for each in found if each not in ids[:1])[:MOST_ENTRIES]
