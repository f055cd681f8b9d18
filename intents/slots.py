"""What a message says besides its kind and subject: bodies, who would get the data and what for, detail, place, years.

Every kind of question has the same slots, so they are read once, here, and put on every answer. What is not said
stays empty; who would get the data is read only where somebody may get it.
"""

import re
from dataclasses import dataclass, replace

from catalogue.model import Organisation
from catalogue.search.places import Place, gazetteer
from catalogue.search.schema import split
from catalogue.search.vocabulary import Vocabulary
from catalogue.sharing.facts import Case, Granularity, Purpose
from catalogue.text import fold
from intents.answers import Answer
from intents.case import purpose_spoken_of, read, user_words
from intents.context import compile_all, first_match
from intents.phrase import Message
from intents.uses import granularity_of, purpose_of, recipient_of

SHARED = frozenset(("conditions", "access", "precedent"))
"""Kinds of question in which somebody would get the data."""

IN_DETAIL = SHARED | {"holders", "collect", "coverage"}
"""Kinds of question in which data may be wanted in some detail."""

NO_PURPOSE = frozenset((Purpose.PUBLICATION, Purpose.FOI))
"""What the rules for sharing need to know, and nobody would call a purpose."""

_REFERENCE = re.compile(r"\b(?:d?sr|request (?:no\.?|number|#))[\s-]*0*(\d{1,6})\b", re.IGNORECASE)
_YEAR = r"(?:1[89]|20)\d\d"
_SPAN = re.compile(rf"({_YEAR})\s*(?:-|–|to|until|and|through|/)\s*({_YEAR}|\d\d)\b", re.IGNORECASE)
_SINCE = re.compile(
    rf"\b(?:since|from|after|(?:going |goes |go )?back (?:to|as far as))\s+({_YEAR})\b|\b({_YEAR})\s*(?:onwards?|on\b|\+)",
    re.IGNORECASE,
)
_DECADE = re.compile(r"\b(?:(1[89]|20)(\d)0s|(?:the )?'?([2-9])0s)\b", re.IGNORECASE)
_ONE_YEAR = re.compile(rf"(?<!\d)({_YEAR})(?!\d)")
_ALL_NATIONS = re.compile(
    r"\b(?:(?:all )?(?:four|4)|all (?:the )?(?:home )?) ?nations\b|\buk[- ]?wide\b|\bacross the uk\b|\b3 nations or 4\b", re.IGNORECASE
)  # fmt: skip
_IDENTIFIED = compile_all(
    r"\b(?:identifi(?:able|ed)|by name|named|names? and (?:address(?:es)?|dobs?|dates? of birth)|with (?:the )?names)\b(?! entr)",
    r"\b(?:names and|(?:giving|given|give|get|wants?|need|share) (?:\w+ ){0,3}(?:names|addresses|ninos?|nhs numbers?))\b",
    r"\blists? of (?:our |the |all )?(?:\w+ ){0,3}(?:kids|patients|residents|tenants|victims|claimants)\b",
)
_RECORDS = compile_all(
    r"\b(?:record|individual|person|pupil|patient|case|row|client|child|people|student|household|company|transaction)[- ]?level\b",
    r"\b(?:line by line|row by row|case by case|micro ?data|individual (?:records?|cases?)|raw records|each (?:person|kid|pupil|patient|letting)|every (?:letting|employee|case|record|patient|pupil))\b",
    r"\bnot (?:just )?(?:the )?(?:aggregate|published|summary|totals?|stats|statistics|counts|figures|numbers)\b",
    r"\b(?:uprn|firm|account|learner|trader|vehicle|property|offender|prisoner|claimant|teacher|address|card|participant)[- ]level\b",
    r"\b(?:pseudonymi[sz]ed|de-?identified)\b|\b(?:individual|raw|learner|patient|pupil) rows\b|\bper[- ](?:person|pupil|patient|claimant)\b",
)
_COUNTS = compile_all(
    r"\b(?:how many|numbers? of|headcounts?|counts?|totals?|aggregates?d?|rates?|proportion|percentages?|statistics|stats|averages?|breakdowns?|the published (?:one|version)|published version)\b",
    r"\b(?:by|per|at|for each|in each|every|each) (?:the )?(?:las?|local authorit(?:y|ies)|council|ward|lsoa|msoa|region|constituency|county|borough|postcode|country|nation|district|la|area)\b(?: level| area)?",
    r"\b(?:ward|lsoa|msoa|la|local authority|regional|national|constituency|council)[- ]level\b",
    r"\b(?:split|broken down|cut) by\b|\b(?:council|ward|school|region|practice)[- ]by[- ](?:council|ward|school|region|practice)\b",
)


@dataclass(frozen=True, slots=True)
class Slots:
    """What a message says; the names are those of an Answer's fields."""

    organisations: tuple[Organisation, ...] = ()
    recipient: str | None = None
    purpose: str | None = None
    granularity: str | None = None
    place: str | None = None
    period: str | None = None
    reference: str | None = None


def read_slots(message: Message, vocabulary: Vocabulary, *, kind: str) -> Slots:
    """The slots of a message that is this kind of question."""
    text = message.whole
    words = split(fold(text))[:200]
    capitals = frozenset(fold(word) for word in re.findall(r"[\w&]+", text) if word.isupper() or word[:1].isupper())
    bodies = {body.slug: body for body in (each.organisation for each in vocabulary.mentions(words, capitals))}
    case = read(text, vocabulary).case if kind != "out_of_scope" else Case()
    recipient, purpose = None, case.purpose
    if kind in SHARED:
        recipient = recipient_of(text, vocabulary) or (user_words(case.recipient) if case.recipient else None)
        purpose = purpose or purpose_spoken_of(text) or purpose_of(text)
    return Slots(
        organisations=tuple(bodies.values()),
        recipient=recipient,
        purpose=str(purpose) if purpose and purpose not in NO_PURPOSE else None,
        granularity=detail_of(text, case) or (granularity_of(text) if kind in IN_DETAIL else None),
        place=place_of(text, words, capitals),
        period=period_of(text),
        reference=reference_of(text),
    )


def detail_of(text: str, case: Case = Case()) -> str | None:
    """In what detail data is wanted."""
    if case.granularity:
        return str(case.granularity)
    for granularity, patterns in (
        (Granularity.IDENTIFIED, _IDENTIFIED),
        (Granularity.DEIDENTIFIED, _RECORDS),
        (Granularity.AGGREGATE, _COUNTS),
    ):
        if first_match(patterns, text):
            return str(granularity)
    return None


def place_of(text: str, words: list[str], capitals: frozenset[str]) -> str | None:
    """The place that is named; the whole when it is all nations, both when two stand together."""
    if _ALL_NATIONS.search(text):
        return "United Kingdom"
    mentions = gazetteer().mentions(words, capitals)
    if not mentions:
        return None
    first = mentions[0]
    if len(mentions) > 1 and words[first.end : mentions[1].start] == ["and"]:
        both = gazetteer().named(f"{first.place.name} and {mentions[1].place.name}")
        return both.name if both else f"{first.place.name} and {mentions[1].place.name}"
    return _narrowest([mention.place for mention in mentions]).name


def place_of_text(text: str) -> str | None:
    """The place that a text names."""
    capitals = frozenset(fold(word) for word in re.findall(r"[\w&]+", text) if word[:1].isupper())
    return place_of(text, split(fold(text))[:200], capitals)


def _narrowest(places: list[Place]) -> Place:
    """The first place, unless a later one lies in it: Camden, of "Camden, London" and of "London borough of Camden"."""
    chosen = places[0]
    for place in places[1:]:
        if chosen.slug in place.within:
            chosen = place
    return chosen


def period_of(text: str) -> str | None:
    """The years that are named: `2019`, `2015-2020`, `2015-` for since then."""
    if match := _SPAN.search(text):
        start, end = match[1], match[2] if len(match[2]) == 4 else match[1][:2] + match[2]
        return f"{start}-{end}" if start < end else start
    if match := _DECADE.search(text):
        decade = f"{match[1]}{match[2]}" if match[1] else f"{'20' if match[3] == '2' else '19'}{match[3]}"
        return f"{decade}0-{decade}9"
    if match := _SINCE.search(text):
        return f"{match[1] or match[2]}-"
    years = sorted(set(_ONE_YEAR.findall(text)))
    return f"{years[0]}-{years[-1]}" if len(years) > 1 else years[0] if years else None


def reference_of(text: str) -> str | None:
    """The number of a request: SR-0042, however it is written."""
    match = _REFERENCE.search(text)
    return f"SR-{int(match[1]):04d}" if match else None


def with_slots(answer: Answer, slots: Slots) -> Answer:
    """An answer with what the message said; what the answer read by itself is kept."""
    named = {body.slug: body for body in (*slots.organisations, *answer.organisations)}
    return replace(
        answer,
        organisations=tuple(named.values()),
        recipient=answer.recipient or slots.recipient,
        purpose=slots.purpose if answer.purpose in NO_PURPOSE else answer.purpose or slots.purpose,
        granularity=answer.granularity or slots.granularity,
        place=slots.place or answer.place,
        period=slots.period or answer.period,
        reference=answer.reference or slots.reference,
    )
