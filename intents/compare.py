"""X or Y: what differs, side by side."""

import re
from collections.abc import Collection, Iterator
from dataclasses import replace

from catalogue.model import Dataset
from catalogue.search.find import Found
from catalogue.search.vocabulary import Vocabulary
from catalogue.text import fold
from intents.answers import SHOWN, Answer, Choice, Outcome, Shown, show, show_dataset
from intents.context import Claim, Context, Picked, Question, compile_all, pick
from intents.meant import bare, best_reading, claimed, named, readings
from intents.phrase import Message, read_message

EXAMPLES = (
    "What is the difference between the school census and the National Pupil Database?",
    "compare Price Paid Data and the UK House Price Index",
    "ONSPD vs NSPL",
)

_SURE = compile_all(
    r"\b(?:difference|differences|distinction) between\b(?P<subject>.+)",
    r"^(?:compare|contrast)\b(?P<subject>.+)",
    r"(?P<subject>.+\b(?:vs?\.?|versus)\b.+)",
    r"\bwhich (?:is|one is|should i use|do i use|would be)\b(?: better| best)?[,:]?(?P<subject>.+\bor\b.+)",
    r"\bshould (?:i|we) use\b(?P<subject>.+\bor\b.+)",
    r"\bhow (?:does|do|is|are)\b(?P<subject>.+?)\b(?:differ|compare|different)\b.*",
)
COMPARED = (
    "publisher", "status", "edition", "access_rights", "licence", "personal_data", "data_subjects", "spatial", "temporal", "granularity", "update_frequency",
    "modified", "lead_time_days", "charges", "superseded_by",
)  # fmt: skip
"""What is compared, in the order in which it matters to somebody who has to choose."""

_BETWEEN = re.compile(
    r"\s*(?:\bvs?\.?\s|\bversus\b|\bcompared (?:with|to)\b|\bagainst\b|\bor\b|\band\b|\bwith\b|\bfrom\b|\bthan\b|,|/|\s[-–]\s)\s*",
    re.IGNORECASE,
)
_NOISE = re.compile(
    r"\b(?:what(?:'s| is| are)? the diff(?:erence)?s?(?: between)?|diff(?:erence)?s? between|compare[d]?|contrast|which (?:one|is|should i use|do i want|is better|would be)"
    r"|choose between|side by side|please|better(?: for [\w ]+)?|same thing|should (?:i|we) use|how (?:does|do)|differ|different|can they be|do i want|use|for [\w ]+$)\b",
    re.IGNORECASE,
)
MOST_CUTS = 4
NAMED = 3
"""How well a side names an entry whose name it is."""

NOT_NAMED = 0.8
"""What is left of the certainty where one of the two is not named, but found by what it is about."""

LOOKED_AT = 12
"""Entries that the whole message finds, of which the two are likely to be."""


def _pairs(text: str) -> Iterator[tuple[str, str]]:
    """The two sides of a text, divided at each word that may stand between them."""
    for cut in [*_BETWEEN.finditer(text)][:MOST_CUTS]:
        left, right = bare(text[: cut.start()]), bare(text[cut.end() :])
        if left and right:
            yield left, right


def recognise(message: Message, _vocabulary: Vocabulary) -> Claim | None:
    return claimed("compare", _SURE, message)


def answer(context: Context, question: Question, claim: Claim) -> Answer:
    text = read_message(question.text).text
    vocabulary = context.search.vocabulary()
    hits = context.search.find(text, audience=question.audience, limit=LOOKED_AT)
    shown, found, worth = _both(context, question, claim.subject, text, {hit.dataset.id for hit in hits.hits})
    base = Answer(
        "compare", Outcome.NONE, claim.confidence, claim.subject, details={"near": (), "differ": (), "same": ()}
    )
    if found:
        place = found.phrase.places[0].place.name if found.phrase.places else None
        base = replace(base, corrections=found.phrase.corrections, place=place)
    if len(shown) < 2:
        return _nearest(base, shown, pick(hits), vocabulary)
    if worth < 2 * NAMED:
        base = replace(base, confidence=round(base.confidence * NOT_NAMED, 3))
    datasets = [entry.dataset for entry in shown]
    differ = tuple(name for name in COMPARED if len({_value(each, name) for each in datasets}) > 1)
    same = tuple(name for name in COMPARED if name not in differ and _value(datasets[0], name))
    return replace(base, outcome=Outcome.ANSWERED, shown=shown, details={"near": (), "differ": differ, "same": same})


def _nearest(base: Answer, shown: tuple[Shown, ...], picked: Picked, vocabulary: Vocabulary) -> Answer:
    """Where the two are not told apart: the one that is found, then what the whole message finds, to choose from."""
    hits = (picked.one,) if picked.one else picked.several
    entries = {entry.dataset.id: entry for entry in (*shown, *(show(hit, vocabulary) for hit in hits))}
    offered = tuple(entries.values())[:SHOWN]
    choices = tuple(Choice(entry.dataset.title, f"what is {entry.dataset.id}") for entry in offered)
    outcome = Outcome.CLARIFY if offered else Outcome.NONE
    return replace(base, outcome=outcome, shown=offered, choices=choices)


def _value(dataset: Dataset, name: str) -> str:
    return str(getattr(dataset, name) or "").lower()


def _both(
    context: Context, question: Question, subject: str, text: str, likely: Collection[str]
) -> tuple[tuple[Shown, ...], Found | None, int]:
    """The two entries that are compared, and how well they are named: those of two whole names in the text, otherwise
    the division of the text under which both sides are best named.

    A side that names none is one of the `likely`, which the whole text finds.
    """
    names = sorted(context.search.names_in(text, audience=question.audience)[:2], key=fold(text).find)
    pairs = [(names[0], names[1])] if len(names) == 2 else []
    for whole in dict.fromkeys((subject, _NOISE.sub(" ", text))):
        pairs += _pairs(whole)
    best: tuple[tuple[Shown, ...], Found | None, int] = ((), None, -1)
    for left, right in pairs:
        one, other = (_side(context, question, side, likely) for side in (left, right))
        entries = {entry.dataset.id: entry for entry, _found, _worth in (one, other) if entry}
        worth = (one[2] + other[2]) if len(entries) == 2 else len(entries) - 1
        if worth > best[2]:
            best = tuple(entries.values()), one[1] or other[1], worth
        if worth == 2 * NAMED:
            break
    return best


def _side(
    context: Context, question: Question, side: str, likely: Collection[str]
) -> tuple[Shown | None, Found | None, int]:
    """The entry one side names, and how well: 3 by its name, 1 by what it is about, 0 not at all."""
    vocabulary = context.search.vocabulary()
    entry = named(context, question, side)
    if entry:
        return show_dataset(entry, vocabulary), None, NAMED
    subjects = readings(side, _NOISE)
    if not subjects:
        return None, None, 0
    found, picked = best_reading(context, question, subjects)
    hits = (picked.one,) if picked.one else picked.several
    hit = next((hit for hit in hits if hit.is_exact or hit.dataset.id in likely), None)
    if hit is None:
        return None, found, 0
    return show(hit, vocabulary), found, NAMED if hit.is_exact else 1
