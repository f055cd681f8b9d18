"""Does X cover a place, years, a grain; and who holds what it does not cover."""

import re
from dataclasses import replace
from datetime import date

from catalogue.model import Dataset, Status
from catalogue.search import coverage
from catalogue.search.coverage import Covers, Part
from catalogue.search.phrase import ASKING
from catalogue.search.places import Lies, Place, gazetteer
from catalogue.search.schema import split
from catalogue.search.vocabulary import Vocabulary
from catalogue.text import fold
from intents.answers import SHOWN, Answer, Choice, Outcome, Shown, show_dataset
from intents.context import Claim, Context, Question, compile_all
from intents.meant import claimed, meant
from intents.period import relative_period
from intents.phrase import Message, read_message
from intents.slots import period_of

EXAMPLES = (
    "Does Price Paid Data cover Wales?",
    "What years does STATS19 cover?",
    "how far back does the school census go",
)

_SURE = compile_all(
    r"\b(?:does|do|will|would)\b(?P<subject>.+?)\b(?:cover|include|go back|extend|span|break down|have (?:wales|scotland|northern ireland|england|ward|lsoa))\b.+",
    r"\b(?:what|which) (?:years?|period|areas?|geograph\w+|places?|countr\w+|nations?|regions?|dates?)\b.{0,15}?\b(?:does|do|is|are)\b(?P<subject>.+?)\b(?:cover(?:ed)?|include|span|go back|for|available)\b",
    r"\bhow far back\b.{0,10}?\b(?:does|do|is)\b(?P<subject>.+?)\b(?:go|run|extend|start)\b",
    r"\bis\b(?P<subject>.+?)\b(?:available )?(?:for|at|by|down to|broken down by) (?:wales|scotland|northern ireland|england|ward|lsoa|postcode|council|school|local authority|individual)\b.*\b(?:level)?\s*\??$",
    r"\bis\b(?P<subject>.+?)\b(?:england only|uk[- ]wide|just england)\b",
)
_NOISE = re.compile(
    r"\b(?:does|do|did|will|would|can|is|are|it|what|which|how far (?:back|down)|years?|dates?|period|areas?|places?|countr(?:y|ies)|nations?"
    r"|regions?|cover(?:s|ed|age|ing)?|include[sd]?|including|included|go(?:es)? (?:back|down)|extend|span|stretch|broken down|break ?down|have|has|got"
    r"|level|available|for|at|by|down to|in|of|only|just|if not who|all|data|included|exist)\b",
    re.IGNORECASE,
)
_RANGE = re.compile(r"\b((?:18|19|20)\d\d)\s*(?:-|–|to|until|through)\s*((?:18|19|20)\d\d)\b", re.IGNORECASE)
_YEAR = re.compile(r"\b((?:18|19|20)\d\d)\b")
SHARED = 0.5
"""The share of an entry's title or keywords that another has to hold to be about the same subject."""


def recognise(message: Message, _vocabulary: Vocabulary) -> Claim | None:
    return claimed("coverage", _SURE, message)


def answer(context: Context, question: Question, claim: Claim) -> Answer:
    text = read_message(question.text).text
    subject = _without_what_is_asked(claim.subject)
    answer = meant(context, question, replace(claim, subject=subject), again="what does {id} cover", noise=_NOISE)
    if answer.outcome is not Outcome.ANSWERED:
        return replace(answer, subject=claim.subject)
    entry = answer.shown[0]
    places = _places(text, entry.dataset)
    period = _years(text, entry.dataset, question.now.date())
    parts = [coverage.place(entry.dataset, place) for place in places]
    parts += [coverage.years(entry.dataset, *period)] if period else []
    parts += [
        coverage.grain(entry.dataset, grain)
        for grain, _words in coverage.grains_named(_without_names(text, entry.dataset))
    ]
    said = None if parts else coverage.mentions(entry.dataset, _left_over(text, entry.dataset))
    missing = [place for place, part in zip(places, parts, strict=False) if part.covers in (Covers.NO, Covers.PARTLY)]
    rest = _who_holds_the_rest(context, question, entry.dataset, missing)
    return replace(
        answer,
        subject=claim.subject,
        shown=(entry, *dict.fromkeys(rest.values())),
        choices=tuple(
            Choice(each.dataset.title, f"what is {each.dataset.id}") for each in dict.fromkeys(rest.values())
        ),
        place=places[0].name if places else None,
        period=_period_words(period),
        details={"covers": overall(parts), "parts": tuple(parts), "said": said, "rest": rest, "near": ()},
    )


def overall(parts: list[Part]) -> Covers | None:
    """What the parts come to: yes when all are, no when all are, not stated when nothing is known; None for none."""
    found = {part.covers for part in parts}
    if not found:
        return None
    if len(found) == 1:
        return found.pop()
    return Covers.PARTLY if found & {Covers.YES, Covers.PARTLY} else Covers.NO


def _without_what_is_asked(subject: str) -> str:
    """A subject without the years that are asked for; places stay, since they may be part of a name."""
    return " ".join(_YEAR.sub(" ", _RANGE.sub(" ", subject)).split()) or subject


def _without_names(text: str, dataset: Dataset) -> str:
    """A text without the names of the entry, in which a grain or a place is no question."""
    rest = fold(text.replace(dataset.id, " "))
    for name in sorted((dataset.title, *dataset.alternative_titles, *dataset.acronyms), key=len, reverse=True):
        rest = re.sub(rf"\b{re.escape(fold(name))}\b", " ", rest)
    return rest


def _places(text: str, dataset: Dataset) -> list[Place]:
    words = split(_without_names(text, dataset))
    capitals = frozenset(fold(word) for word in re.findall(r"\b[A-Z][\w'-]+", text))
    return list(dict.fromkeys(mention.place for mention in gazetteer().mentions(words, capitals)))[:SHOWN]


def _years(text: str, dataset: Dataset, today: date) -> tuple[int, int | None] | None:
    """The first and last year asked for; no last one for "since". A year in the entry's name is no question."""
    rest = _without_names(text, dataset)
    first, to, last = (period_of(rest) or relative_period(rest, today) or "").partition("-")
    if not first:
        return None
    return int(first), int(last) if last else None if to else int(first)


def _period_words(period: tuple[int, int | None] | None) -> str | None:
    if period is None:
        return None
    first, last = period
    return str(first) if first == last else f"{first}-{last or ''}"


def _left_over(text: str, dataset: Dataset) -> list[str]:
    """The content words of a question besides the entry's names: what else it asks about."""
    rest = _NOISE.sub(" ", _without_names(text, dataset))
    names = set(split(fold(" ".join((dataset.title, *dataset.alternative_titles, *dataset.acronyms)))))
    return [word for word in split(rest) if word not in ASKING and word not in names and len(word) > 1]


def _who_holds_the_rest(
    context: Context, question: Question, dataset: Dataset, missing: list[Place]
) -> dict[str, Shown]:
    """For each place that an entry does not cover, by name, the entry on the same subject that fits it best."""
    vocabulary = context.search.vocabulary()
    found: dict[str, Shown] = {}
    for place in missing[: SHOWN - 1]:
        hits = [
            hit
            for words in dict.fromkeys(
                filter(None, (dataset.title, " ".join(dataset.keywords[:3]), *dataset.keywords[:3]))
            )
            for hit in context.search.find(f"{words} {place.name}", audience=question.audience, limit=10).hits
            if hit.coverage >= SHARED and _holds_it_for(place, hit.dataset, dataset)
        ]
        if hits:
            best = max(hits, key=lambda hit: (coverage.lies(hit.dataset, place) is Lies.SAME, hit.coverage, hit.score))
            found[place.name] = show_dataset(best.dataset, vocabulary)
    return found


def _holds_it_for(place: Place, other: Dataset, dataset: Dataset) -> bool:
    return (
        other.id != dataset.id
        and other.status is Status.PUBLISHED
        and other.theme == dataset.theme
        and coverage.lies(other, place) in (Lies.SAME, Lies.WITHIN)
    )
