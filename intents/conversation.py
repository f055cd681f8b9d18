"""What a thread is about, and what "it", "the second one" and "just Wales" refer to.

A conversation keeps no messages: only the entries of the last answer, in order, which of them was chosen, words of the
catalogue that were asked for, and the recipient and purpose that were stated. An entry is looked up anew for whoever
reads the next answer, so nothing shows through "it" that they may not know. A turn that was refused or found nothing
leaves the rest as it was. `reference.py` reads what a message refers to; here it becomes an answer.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from catalogue import datasets
from catalogue.model import Dataset
from catalogue.search import coverage
from catalogue.search.coverage import Covers, grains_named
from catalogue.search.find import Hit
from catalogue.search.places import Lies, gazetteer
from catalogue.search.vocabulary import Vocabulary
from catalogue.sharing.facts import Granularity
from catalogue.text import fold
from intents.answers import SHOWN, Answer, Outcome, Shown, show, show_dataset
from intents.context import Claim, Context, Question
from intents.reference import (
    ADJECTIVES,
    ORDINALS,
    Reference,
    chosen,
    fits,
    is_described,
    is_in_detail,
    is_local,
    is_of,
    is_titled,
    names_of,
    stems,
    text_of,
)
from intents.slots import SHARED

MOST_ENTRIES = 10
LOOKED_AT = 12
ENOUGH = 0.45
"""The share of the words of what was talked about that an entry must hold to be talked about too."""

PASSING = frozenset(("social", "help", "out_of_scope", "my_requests", "review_queue"))
"""Kinds of question that leave the subject of a conversation as it was."""

OF_AN_ENTRY = frozenset(
    "describe freshness coverage contact conditions access report_problem steward_edit precedent collect".split()
)
"""Kinds of question that are asked of one entry."""
UNSAID = frozenset(("holders", "describe", "social", "out_of_scope", "define", "holdings", "my_requests"))
"""What a message seems to be that does not say what is asked."""

RARE = frozenset(("report_problem", "steward_edit", "collect"))
"""Kinds of question about an entry that a message means only when it says so."""

ALONE = frozenset(("out_of_scope", "social", "help", "define", "holdings", "my_requests", "review_queue")) | RARE
"""Kinds that a short message within a conversation is seldom of."""

CLEARLY = 0.2
"""By how much more of its own words a message must find alone to be a question of its own."""

LIKELY = 0.6
"""How sure a kind about an entry must be for a bare place or year not to be a narrowing."""

CLEAR = 0.97
"""How sure a kind must be to be believed of a message that says little."""

SHORT = 9
"""Words of a message that can be a piece of a conversation, and no more."""

_DIFFER = re.compile(
    r"\b(?:differen(?:t|ces?)|differ|compare|versus|vs)\b|^which (?:one |of (?:them|those|these|the two) )?(?:is|are|does|has|do|should|would|goes)\b",
    re.IGNORECASE,
)
_WHO = re.compile(r"^who\b|\bwho(?:'?s|'?d)?\b(?! (?:lives?|are|were|work|have been|could|get)\b)", re.IGNORECASE)
_COUNTS = re.compile(
    r"\b(?:totals?|figures?|counts?|numbers?|aggregated?|stat(?:istic)?s|published|summary)\b", re.IGNORECASE
)
_AFTER_IT = re.compile(
    r"\b(?:what|which|who)\b.{0,20}\b(?:replaced|replaces|took over|superseded|succeeded|comes? after)\b|\bthe (?:newer|new|successor|replacement)\b",
    re.IGNORECASE,
)
_BEFORE_IT = re.compile(
    r"\b(?:did|does) (?:it|that|this) (?:replace|supersede|take over from)\b|\b(?:the|that|its) (?:\w+ )?(?:old|older|previous|earlier|former|predecessor)\b|\bcame before\b|\bthe one before\b",
    re.IGNORECASE,
)
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
_IT = re.compile(r"\b(?:it|that|this)(?: one)?\b", re.IGNORECASE)


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


@dataclass(frozen=True, slots=True)
class Followed:
    """A message read as part of a conversation: the kind of question, the text that asks it alone, what it is of.

    `also` is the body whose holdings are asked for.
    """

    kind: str
    text: str
    subject: str
    shown: tuple[Shown, ...] | None = None
    also: str = ""


def follow(
    context: Context, question: Question, state: State, said: Reference, *, kinds: Sequence[str], confidence: float
) -> Followed | None:
    """What a message means in this conversation; None when it stands alone. `kinds` of question, the likeliest first."""
    entries = _entries(context, question, state.entries)
    if state.kind in SHARED and _HOW_FAR.search(said.text):
        return Followed("my_requests", said.text, "")
    if state.place and not said.place and _WHO_ELSE.search(said.text):
        said, kinds = replace(said, place=state.place), ("holders", *kinds)
    compared = _compared(context, question, state, said, kinds[0], entries)
    if compared:
        return compared
    if said.is_a_subject:
        is_asked = kinds[0] not in PASSING and (kinds[0] != "compare" or _DIFFER.search(said.text))
        return None if is_asked else Followed("holders", said.text, " ".join(said.words))
    kind = _kind(said, state, kinds, confidence, _current(state, entries))
    if confidence < LIKELY and (_AFTER_IT.search(said.text) or _BEFORE_IT.search(said.text)) and kind in SHARED | ALONE:
        kind = "describe"
    if kind == "holdings":
        return _of_a_body(state, said)
    if kind in OF_AN_ENTRY:
        picked = _one(context, question, state, said, entries, kind)
        if picked is None:
            return None
        return Followed(kind, _asks(said, state, question, picked.id, kind), picked.id)
    if kind != "holders":
        return None
    shown = _several(context, question, state, said, entries)
    return None if shown is None else Followed(kind, said.text, state.terms, shown)


def _kind(said: Reference, state: State, kinds: Sequence[str], confidence: float, current: Dataset | None) -> str:
    """The kind of question: the likeliest, unless the message says only what it is asked of, or who for, or what for."""
    kind = kinds[0]
    is_of_body = said.is_about and bool(said.bodies) and state.kind not in SHARED
    if _says_for(said, kind, confidence) and not is_of_body:
        stays = state.kind in SHARED and not (said.says_who or said.states)
        return state.kind if stays and state.kind else "conditions"
    if (is_of_body and said.is_bare) or _is_of_holdings(said, state, kind):
        return "holdings"
    if said.is_about and said.describes and state.kind in OF_AN_ENTRY and kind in UNSAID:
        return state.kind
    says_where = (
        said.is_bare
        and not said.is_other
        and (said.place or said.granularity or said.years)
        and not _WHO.search(said.text)
    )
    if says_where and (kind not in OF_AN_ENTRY or confidence < LIKELY):
        return "coverage" if _asks_whether_covered(said, state, current) else "holders"
    return _of_few_words(said, kinds, confidence, current) if len(said.text.split()) <= SHORT else kind


def _of_few_words(said: Reference, kinds: Sequence[str], confidence: float, current: Dataset | None) -> str:
    """The kind of a message that says little, or little that is not said of the entry that is talked about."""
    kind = kinds[0]
    of_entry = next((each for each in kinds if each in OF_AN_ENTRY - RARE), "describe")
    of_facts = next((each for each in kinds if each in ("describe", "coverage", "freshness")), "describe")
    is_held = current is not None and bool(said.words) and stems(" ".join(said.words)) <= text_of(current)
    is_new = said.is_about and said.words and not (is_held or said.describes) and kind not in SHARED
    if is_new and confidence < (CLEAR if kind in ALONE else LIKELY):
        return "holders"
    is_of_what_was = said.points or said.is_bare or is_held
    is_unsure = confidence < (CLEAR if is_of_what_was and kind not in RARE else LIKELY)
    if kind in ALONE and is_unsure and (is_of_what_was or kind not in ("help", "social")):
        return of_entry
    is_of_it = (said.is_bare and not said.points) or (is_held and not (said.is_about or _WHO.search(said.text)))
    is_elsewhere = said.place or said.is_not or said.bodies or (said.granularity and not said.states)
    if kind == "holders" and confidence < CLEAR and current and is_of_it and not is_elsewhere:
        return of_facts if said.states else of_entry
    return kind


def _says_for(said: Reference, kind: str, confidence: float) -> bool:
    """Whether a message says who would use the data, or what for, and hardly more."""
    if not (said.purpose or said.recipient or said.says_who) or (said.describes and not said.states):
        return False
    if said.states and (kind in UNSAID | RARE | {"access"} or confidence < LIKELY):
        return True
    says_no_more = said.is_bare or said.says_who or said.is_about
    return says_no_more and (kind in UNSAID or (said.is_about and bool(said.recipient)))


def held_in(context: Context, question: Question, state: State) -> frozenset[str]:
    """The words of the entry that is talked about, as they are compared."""
    current = _current(state, _entries(context, question, state.entries))
    return text_of(current) if current else frozenset()


def _current(state: State, entries: Sequence[Dataset]) -> Dataset | None:
    """The entry that is talked about: the one that was chosen, otherwise the first."""
    return next((entry for entry in entries if entry.id == state.chosen), entries[0] if entries else None)


def _asks_whether_covered(said: Reference, state: State, current: Dataset | None) -> bool:
    """Whether a bare place, year or area asks it of the entry that is talked about, and not for other entries."""
    if said.granularity:
        is_counted = said.granularity == Granularity.AGGREGATE and bool(grains_named(fold(said.text)))
        return is_counted and not (_COUNTS.search(said.text) and current and not is_in_detail("aggregate", current))
    return state.kind == "coverage" or (state.kind in OF_AN_ENTRY and not said.place)


def _is_of_holdings(said: Reference, state: State, kind: str) -> bool:
    """Whether a message goes on about what a body holds: another body, or a subject of the same one."""
    if state.kind != "holdings" or not state.organisation or kind not in ("holders", "holdings", *PASSING):
        return False
    if said.is_bare:
        return bool(said.bodies) or gazetteer().council_of(gazetteer().named(said.place or "")) is not None
    return not said.bodies and not said.points


def _of_a_body(state: State, said: Reference) -> Followed | None:
    """What a body holds on what was talked about; or what the body that was talked about holds on something else."""
    council = gazetteer().council_of(gazetteer().named(said.place or ""))
    slug = said.bodies[0].slug if said.bodies else council or state.organisation
    if slug is None:
        return None
    subject = " ".join(said.words) if said.words else "" if state.kind == "holdings" else state.terms
    return Followed("holdings", said.text, subject, also=slug.replace("-", " "))


def _compared(
    context: Context, question: Question, state: State, said: Reference, kind: str, entries: Sequence[Dataset]
) -> Followed | None:
    """The two entries that "the difference between them" is of; or the one talked about, beside what is named."""
    if kind != "compare" and not (_DIFFER.search(said.text) and (said.points or said.is_bare)):
        return None
    places = [ORDINALS[match.lower()] for match in _PLACES.findall(said.text)]
    pair = [entries[place] for place in places if -len(entries) <= place < len(entries)]
    current = _current(state, entries)
    if len(pair) < 2 and said.words and current and _IT.search(said.text):
        text = _IT.sub(current.id, said.text, count=1)
        return Followed("compare", text, text)
    if len(pair) < 2 and said.is_a_subject:
        return None
    if len(pair) < 2 and state.chosen and current:
        earlier = _entries(context, question, state.earlier)
        pair = [current, *(entry for entry in (*earlier, *entries) if entry.id != current.id)]
    elif len(pair) < 2:
        pair = list(entries)
    if len(pair) < 2:
        return None
    best = _standing_out(said, pair, context.search.vocabulary()) if _WHICH.search(said.text) else None
    if best:
        kind = "coverage" if said.place or said.years or grains_named(fold(said.text)) else "describe"
        return Followed(kind, _asks(said, state, question, best.id, kind), best.id)
    text = f"compare {pair[0].id} and {pair[1].id}"
    return Followed("compare", text, text)


def _standing_out(said: Reference, entries: Sequence[Dataset], vocabulary: Vocabulary) -> Dataset | None:
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
    return first[1] if is_clear and not wanted <= stems(" ".join(ADJECTIVES)) else None


def _entries(context: Context, question: Question, ids: Sequence[str]) -> list[Dataset]:
    """Those of some entries that the readers of this answer may know, in order."""
    return datasets.get_many(context.db, list(ids), audience=question.audience)


def _one(
    context: Context, question: Question, state: State, said: Reference, entries: list[Dataset], kind: str
) -> Dataset | None:
    """The one entry that a message refers to."""
    if said.ordinal is not None:
        return entries[said.ordinal] if -len(entries) <= said.ordinal < len(entries) else None
    default = _current(state, entries)
    place = None if kind == "coverage" or said.states else said.place
    vocabulary = context.search.vocabulary()
    remembered = [*entries, *_entries(context, question, state.earlier)]
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


def _in_succession(context: Context, question: Question, said: Reference, current: Dataset) -> Dataset | None:
    """The entry that took the place of the one talked about, or whose place that one took, where it is asked for."""
    if _AFTER_IT.search(said.text):
        ids = [current.superseded_by] if current.superseded_by else []
    elif _BEFORE_IT.search(said.text):
        ids = [current.supersedes] if current.supersedes else []
    else:
        return None
    return next(iter(_entries(context, question, ids)), None)


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
        current = _current(state, entries)
        return (show_dataset(current, vocabulary),) if current else None
    hits = _search(context, question, state.terms, said)
    if said.words and not said.points and _is_better_alone(context, question, said, hits):
        return None
    fresh = frozenset() if said.is_not else stems(" ".join(said.words)) - held_in(context, question, state)
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
        lies = {hit.dataset.id: is_of(place, hit.dataset) for hit in kept}
        kept = [hit for hit in kept if lies[hit.dataset.id] in order]
        kept.sort(key=lambda hit: (order[lies[hit.dataset.id]], -hit.score))
    return kept


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


PURPOSES = {
    "deliver_service": "service delivery",
    "evaluate_policy": "policy evaluation",
    "law_enforcement": "law enforcement",
    "debt": "debt recovery",
    "fraud": "fraud prevention",
}
