"""What a message means in a thread: what "it", "the second one" and "just Wales" ask, and of what.

`reference.py` reads what a message refers to. What says plainly which entry it is of is taken at its word
(`talked_about.py`); otherwise two decisions learned from threads (`turn.py`) say which entry it is about and what kind of
question it is. Here that becomes a question that stands alone, or an answer. `remembered.py` is what is kept between
two turns.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from catalogue.model import Dataset
from catalogue.search.coverage import grains_named
from catalogue.search.find import Hit
from catalogue.search.places import gazetteer
from catalogue.text import fold
from intents import options
from intents.about import entry_facts
from intents.answers import SHOWN, Answer, Choice, Outcome, Shown, show
from intents.asked import kind_facts
from intents.case import purpose_words
from intents.context import Claim, Context, Question
from intents.options import likely
from intents.reference import ORDINALS, Reference
from intents.remembered import OF_AN_ENTRY, State
from intents.slots import SHARED
from intents.talked_about import pointed_at, standing_out
from intents.turn import Turn, read_turn
from intents.which import ASKED_AS

ALSO = 0.1
"""How likely an entry must be to be listed beside the likeliest."""

OFFERED = 0.2
"""How likely another entry must be to be offered where the answer is about one."""

CARRIED_ON = OF_AN_ENTRY | {"holders"}
"""Kinds of question about entries, which go on when another is named."""

VAGUE = frozenset(("holders", "describe", "coverage", "define"))
"""What a turn may seem to ask that only names something else, to ask the same of."""

_WHICH = re.compile(
    r"^(?:(?:so|and|ok|but)\b[ ,]*)*which(?:'?s)?\b(?! (?:years?|areas?|countr\w+|nations?|places?|team|department))",
    re.IGNORECASE,
)
_WHO_ELSE = re.compile(
    r"\bwho (?:does|has|do|would|holds?)\b(?: \w+)?[ ,]*(?:then|instead|there)?[?. ]*$|\btheirs\b", re.IGNORECASE
)
_HOW_FAR = re.compile(
    r"\bwhere(?:'?s| is| are| has) (?:it|that|this|we|things?) (?:up to|at|got(?:ten)? to|got)\b"
    r"|\b(?:any (?:news|update|progress|joy)|has (?:it|that) been (?:approved|decided|looked at|signed off)|how(?:'s| is) (?:it|that) (?:going|coming along|getting on))\b",
    re.IGNORECASE,
)
_PLACES = re.compile(r"\b(first|second|third|fourth|last|1st|2nd|3rd|4th)\b", re.IGNORECASE)
_BETWEEN = re.compile(r"\b(?:and|or|vs?|versus|with)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Followed:
    """A message read as part of a conversation: the kind of question, the text that asks it alone, what it is of.

    `stands_alone`: it is a question by itself. `also` is the body whose holdings are asked for. `instead` are the
    entries that may be meant instead of the one it is of.
    """

    kind: str
    text: str = ""
    subject: str = ""
    shown: tuple[Shown, ...] | None = None
    also: str = ""
    instead: tuple[Dataset, ...] = ()
    stands_alone: bool = False


def follow(
    context: Context,
    question: Question,
    state: State,
    said: Reference,
    *,
    odds: Mapping[str, float],
    marked: Sequence[str],
) -> Followed:
    """What a message means in this conversation. `odds` are those of each kind of question, `marked` its skeleton."""
    if state.kind in SHARED and _HOW_FAR.search(said.text):
        return Followed("my_requests", said.text)
    if state.kind == "holdings" and said.is_about and said.is_bare and said.bodies:
        return _of_a_body(state, said) or Followed("holdings", stands_alone=True)
    if state.place and not said.place and _WHO_ELSE.search(said.text):
        said = replace(said, place=state.place)
    pointed = pointed_at(context, question, state, said)
    turn = read_turn(context, question, state, said, odds=odds, marked=marked, pointed=pointed)
    if turn.is_whole or turn.is_off:
        return Followed("holders" if turn.is_whole else "out_of_scope", stands_alone=True)
    about = {pointed.id: 1.0} if pointed else _about(turn)
    kind = _kind(turn, about)
    if kind == "compare":
        return _compared(context, question, turn, about) or Followed(kind, stands_alone=True)
    if kind == "holdings":
        is_whole = bool(said.bodies) and not (said.is_about or said.points)
        return (None if is_whole else _of_a_body(state, said)) or Followed(kind, stands_alone=True)
    if kind not in CARRIED_ON or not about or (not pointed and turn.is_elsewhere(next(iter(about)))):
        return Followed(kind, stands_alone=True)
    if kind == "holders":
        return Followed(kind, said.text, state.terms, _listed(turn, about))
    first, *others = (turn.held[entry].dataset for entry in about)
    instead = tuple(entry for entry in others if about[entry.id] >= OFFERED)
    return Followed(kind, _asks(said, state, question, first.id, kind), first.id, instead=instead)


def _kind(turn: Turn, about: Mapping[str, float]) -> str:
    """The kind of question: the likeliest, unless the turn only names another to ask the same of, or only who asks."""
    said, before = turn.said, turn.state.kind
    if said.says_who and said.is_bare and said.recipient:
        return before if before in SHARED else "conditions"
    kind = next(iter(likely(kind_facts(turn, about), options.learned()["kind"])))
    moves = bool(about) and turn.current is not None and next(iter(about)) != turn.current.id
    names_another = said.is_about or (moves and said.is_bare and bool(said.place))
    if turn.asks_nothing and names_another and before in CARRIED_ON and kind in VAGUE:
        return before
    return "coverage" if kind == "describe" and said.years and said.is_bare else kind


def likely_hits(turn: Turn) -> list[Hit]:
    """The entries that a turn may be about, the likeliest first."""
    return _as_found(turn, _about(turn))


def _about(turn: Turn) -> dict[str, float]:
    """How likely a turn is about each entry, the likeliest first."""
    return likely(entry_facts(turn), options.learned()["entry"])


def _as_found(turn: Turn, ids: Iterable[str]) -> list[Hit]:
    """Some entries as one of a turn's searches found them."""
    found = {**turn.held} | {hit.dataset.id: hit for hit in (*turn.along.hits, *turn.alone.hits)}
    return [found[each] for each in ids]


def _listed(turn: Turn, about: Mapping[str, float]) -> tuple[Shown, ...]:
    """The entries that hold what a turn asks for: the likeliest, and others that are likely too."""
    ids = [entry for place, entry in enumerate(about) if place == 0 or about[entry] >= ALSO]
    return tuple(show(hit, turn.vocabulary) for hit in _as_found(turn, ids[:SHOWN]))


def _of_a_body(state: State, said: Reference) -> Followed | None:
    """What a body holds on what was talked about; or what the body that was talked about holds on something else."""
    council = gazetteer().council_of(gazetteer().named(said.place or ""))
    slug = said.bodies[0].slug if said.bodies else council or state.organisation
    if slug is None:
        return None
    subject = " ".join(said.words) if said.words else "" if state.kind == "holdings" else state.terms
    return Followed("holdings", said.text, subject, also=slug.replace("-", " "))


def _compared(context: Context, question: Question, turn: Turn, about: Mapping[str, float]) -> Followed | None:
    """The two entries that "the difference between them" is of; or the one talked about, beside what is named."""
    said, state, entries, current = turn.said, turn.state, turn.entries, turn.current
    places = [ORDINALS[match.lower()] for match in _PLACES.findall(said.text)]
    pair = [entries[place] for place in places if -len(entries) <= place < len(entries)]
    if len(pair) < 2 and len(said.words) > 1 and not said.points and _BETWEEN.search(said.text):
        return None
    first = turn.held[next(iter(about))].dataset if about else None
    if len(pair) < 2 and said.words and current and first and first.id != current.id:
        pair = [current, first]
    elif len(pair) < 2 and state.chosen and current:
        pair = [current, *(entry for entry in (*turn.earlier, *entries) if entry.id != current.id)]
    elif len(pair) < 2:
        pair = list(entries)
    if len(pair) < 2:
        return None
    best = standing_out(said, pair, context.search.vocabulary()) if _WHICH.search(said.text) else None
    if best:
        kind = "coverage" if said.place or said.years or grains_named(fold(said.text)) else "describe"
        return Followed(kind, _asks(said, state, question, best.id, kind), best.id)
    text = f"compare {pair[0].id} and {pair[1].id}"
    return Followed("compare", text, text)


def _asks(said: Reference, state: State, question: Question, entry: str, kind: str) -> str:
    """The message with the entry's id in it, and with what was stated before where that decides the answer."""
    words = [said.text.rstrip("?!. "), entry]
    if kind == "conditions":
        own = state.by == (question.asker.id if question.asker else None)
        if said.recipient and (said.says_who or said.is_about):
            words.append(f"with {said.recipient}")
        if own and not said.recipient and state.recipient:
            words.append(f"with {state.recipient}")
        if own and not said.purpose and state.purpose:
            words.append(f"for {purpose_words(state.purpose)}")
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


def with_others(answer: Answer, followed: Followed) -> Answer:
    """An answer about one entry that offers the others that may have been meant, unless it asks something itself."""
    if len(answer.shown) != 1 or followed.kind not in ASKED_AS or answer.choices:
        return answer
    asked = ASKED_AS[followed.kind]
    return replace(
        answer, choices=tuple(Choice(each.title, asked.format(each.id)) for each in followed.instead[:SHOWN])
    )
