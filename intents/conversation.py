"""What a message means in a thread: what "it", "the second one" and "just Wales" ask, and of what.

`reference.py` reads what a message refers to, `talked_about.py` finds the entries, `remembered.py` is what is kept between
two turns; here it becomes a question that stands alone, or an answer.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from catalogue.model import Dataset
from catalogue.search.coverage import grains_named
from catalogue.search.places import gazetteer
from catalogue.sharing.facts import Granularity
from catalogue.text import fold
from intents.answers import Answer, Outcome, Shown
from intents.case import purpose_words
from intents.context import Claim, Context, Question
from intents.reference import ORDINALS, Reference, is_in_detail, stems, text_of
from intents.remembered import OF_AN_ENTRY, PASSING, State
from intents.slots import SHARED
from intents.talked_about import current_of, entries_of, is_of_succession, one_meant, several_meant, standing_out

UNSAID = frozenset(("holders", "describe", "social", "out_of_scope", "define", "holdings", "my_requests"))
"""What a message seems to be that does not say what is asked."""

RARE = frozenset(("report_problem", "steward_edit", "collect"))
"""Kinds of question about an entry that a message means only when it says so."""

ALONE = PASSING | {"define", "holdings"} | RARE
"""Kinds that a short message within a conversation is seldom of."""

LIKELY = 0.6
"""How sure a kind about an entry must be for a bare place or year not to be a narrowing."""

CLEAR = 0.97
"""How sure a kind must be to be believed of a message that says little."""

SHORT = 9
"""Words of a message that can be a piece of a conversation, and no more."""

WHERE_ALONE = 2
"""Words of a message that says where, and nothing of what is asked."""

_DIFFER = re.compile(
    r"\b(?:differen(?:t|ces?)|differ|compare|versus|vs)\b|^which (?:one |of (?:them|those|these|the two) )?(?:is|are|does|has|do|should|would|goes)\b",
    re.IGNORECASE,
)
_WHO = re.compile(r"^who\b|\bwho(?:'?s|'?d)?\b(?! (?:lives?|are|were|work|have been|could|get)\b)", re.IGNORECASE)
_COUNTS = re.compile(
    r"\b(?:totals?|figures?|counts?|numbers?|aggregated?|stat(?:istic)?s|published|summary)\b", re.IGNORECASE
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
    entries = entries_of(context, question, state.entries)
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
    kind = _kind(said, state, kinds, confidence, current_of(state, entries))
    if confidence < LIKELY and is_of_succession(said.text) and kind in SHARED | ALONE:
        kind = "describe"
    if kind == "holdings":
        return _of_a_body(state, said)
    if kind in OF_AN_ENTRY:
        picked = one_meant(context, question, state, said, entries, kind)
        if picked is None:
            return None
        return Followed(kind, _asks(said, state, question, picked.id, kind), picked.id)
    if kind != "holders":
        return None
    shown = several_meant(context, question, state, said, entries)
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
    is_all = len(said.text.split()) <= WHERE_ALONE
    if says_where and (is_all or kind not in OF_AN_ENTRY or confidence < LIKELY):
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
    current = current_of(state, entries)
    if len(pair) < 2 and said.words and current and _IT.search(said.text):
        text = _IT.sub(current.id, said.text, count=1)
        return Followed("compare", text, text)
    if len(pair) < 2 and said.is_a_subject:
        return None
    if len(pair) < 2 and state.chosen and current:
        earlier = entries_of(context, question, state.earlier)
        pair = [current, *(entry for entry in (*earlier, *entries) if entry.id != current.id)]
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
