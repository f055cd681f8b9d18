"""I am about to ask the frontline for X: what is already held, so that nobody need be asked, and what is not."""

import re
from dataclasses import dataclass, replace

from catalogue import demand
from catalogue.freshness import interval_of, period_of
from catalogue.model import Dataset
from catalogue.search import coverage
from catalogue.search.coverage import Covers, Part
from catalogue.search.phrase import ASKING, FAINT
from catalogue.search.places import gazetteer
from catalogue.search.vocabulary import Vocabulary
from intents.answers import SHOWN, Answer, Outcome, Shown, Step, show
from intents.context import Claim, Context, Question, compile_all
from intents.meant import bare, best_reading, claimed
from intents.phrase import Message, read_message
from intents.slots import place_of_text

EXAMPLES = (
    "We are about to ask every school how many pupils get free school meals",
    "planning to survey councils about rough sleeping",
    "before we collect pupil absence from schools",
)

_SURE = compile_all(
    r"\b(?:about to|going to|planning to|plan to|want to|need to|thinking of|thinking about|before (?:i|we)|intend to|asked to|have to)\b.{0,20}?"
    r"\b(?:ask(?:ing)?|survey(?:ing)?|collect(?:ing)?|email(?:ing)? round|gather(?:ing)?|request(?:ing)? from|send(?:ing)? (?:out )?(?:a |an )?(?:survey"
    r"|questionnaire|spreadsheet|form|template|data call))\b(?P<subject>.+)",
    r"\b(?:data collection|commission(?:ing)?|survey|questionnaire|data call|new return|spreadsheet)\b.{0,30}?\b(?:to|for|of|from|asking)\b"
    r".{0,25}?\b(?P<subject>(?:schools?|councils?|hospitals?|gps?|trusts?|teachers?|nurses?|police forces?|local authorities|providers?)\b.*)",
)


def recognise(message: Message, _vocabulary: Vocabulary) -> Claim | None:
    return claimed("collect", _SURE, message)


_OFTEN = {
    "daily": re.compile(r"\b(?:daily|every day|each day)\b", re.IGNORECASE),
    "weekly": re.compile(r"\b(?:weekly|every week|each week)\b", re.IGNORECASE),
    "monthly": re.compile(r"\b(?:monthly|every month|each month)\b", re.IGNORECASE),
    "quarterly": re.compile(r"\b(?:quarterly|every quarter|each quarter)\b", re.IGNORECASE),
    "termly": re.compile(r"\b(?:termly|every term|each term)\b", re.IGNORECASE),
    "annual": re.compile(r"\b(?:annual(?:ly)?|yearly|every year|each year)\b", re.IGNORECASE),
}
_ASKED = (
    r"schools?|councils?|local authorities|las?|hospitals?|(?:nhs |foundation )?trusts?|gps?|practices|teachers|nurses|head ?teachers|police forces?"
    r"|providers?|care homes|universities|colleges|landlords|airports?|pharmacies|social workers|operators|parents|employers"
)
_NOISE = re.compile(
    r"\b(?:we(?:'re|'ve| are| want| need| plan)?|i(?:'m|'ve| am)?|about to|going to|planning to|plan to|want to|need to|thinking of|thinking about|before|intend to"
    r"|have been told to|been told to|asked to|have to|ask(?:ing)?|survey(?:ing)?|collect(?:ing)?|e-?mail(?:ing)? round|gather(?:ing)?|send(?:ing)?(?: out| round)?|set(?:ting)? up"
    r"|an? (?:questionnaire|spreadsheet|form|template|data call|survey|new return|return)|data (?:collection|call)|commission|proposal|idea for|how many|number of|numbers"
    r"|is anyone|is it worth|designing|drafting|writing to|ring round|daily|weekly|monthly|quarterly|termly|annual(?:ly)?|yearly|every (?:day|week|month|term|year)"
    r"|for a pq.*|deadline.*|please.*|sanity check.*)\b",
    re.IGNORECASE,
)
COUNTED = frozenset("all any each every round some".split())
"""Words that say from how many something would be collected, and not what."""

_FROM_WHOM = re.compile(rf"\b(?:(?:from|of|to|for|round|all|every|each|the|our|some)\s+)*(?:{_ASKED})\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Gap:
    """What an entry lacks of what would be collected: `what` is place, years, grain, often, access or words."""

    what: str
    part: Part | None = None
    words: str = ""


def answer(context: Context, question: Question, claim: Claim) -> Answer:
    text = read_message(question.text).text
    vocabulary = context.search.vocabulary()
    subjects = list(dict.fromkeys(filter(None, (*_subjects(text), claim.subject))))
    base = Answer("collect", Outcome.NONE, claim.confidence, claim.subject, details={"near": (), "gaps": ()})
    if not subjects:
        return replace(base, outcome=Outcome.CLARIFY)
    found, picked = best_reading(context, question, subjects)
    hits = (picked.one,) if picked.one else picked.several
    shown = tuple(show(hit, vocabulary) for hit in hits[:SHOWN])
    subject = " ".join(found.phrase.subject)
    own = question.asker.organisation if question.asker else None
    ids = [entry.dataset.id for entry in shown]
    number = demand.check_collection(
        context.db, subject, datasets=ids, organisation=own, now=question.now, key=question.key
    )
    if not shown:
        demand.record(context.db, subject, organisation=own, now=question.now, key=question.key)
    near = tuple(show(hit, vocabulary) for hit in picked.near)
    return replace(
        base,
        outcome=Outcome.ANSWERED if shown else Outcome.NONE,
        shown=shown,
        terms=found.phrase.subject,
        corrections=found.phrase.corrections,
        steps=(Step("collection.avoided", str(number)),) if shown else (Step("follow.question", subject),),
        details={"near": near, "gaps": gaps(text, shown[0], found.phrase.subject) if shown else ()},
    )


def _subjects(text: str) -> list[str]:
    """What would be collected: with those who would be asked, who may be what it is about, and without them."""
    subject = bare(_NOISE.sub(" ", text))
    return list(dict.fromkeys(each for each in (subject, bare(_FROM_WHOM.sub(" ", subject))) if len(each) > 2))


def gaps(text: str, entry: Shown, wanted: tuple[str, ...]) -> tuple[Gap, ...]:
    """What would be collected and is not in an entry, as far as its fields say."""
    dataset = entry.dataset
    place = gazetteer().named(place_of_text(text) or "")
    parts = [coverage.place(dataset, place)] if place else []
    parts += [
        coverage.grain(dataset, grain) for grain, words in coverage.grains_named(text) if _is_a_grain(words, text)
    ]
    lacking = [Gap(part.kind, part) for part in parts if part.covers in (Covers.NO, Covers.PARTLY)]
    often = _less_often(text, dataset)
    held = {word for match in entry.matches for word in match.typed.split()}
    missing = " ".join(word for word in wanted if word not in held and word not in FAINT | ASKING | COUNTED)
    lacking += [Gap("often", words=often)] if often else []
    return tuple(lacking + ([Gap("words", words=missing)] if missing else []))


def _is_a_grain(words: str, text: str) -> bool:
    """Whether words name how figures are broken down, and not who would be asked."""
    return (
        re.search(rf"\b(?:by|per|for each|at) (?:\w+ )?{re.escape(words)}\b|\blevel\b", text, re.IGNORECASE) is not None
    )


def _less_often(text: str, dataset: Dataset) -> str | None:
    """How often it is wanted, when the entry is updated less often than that."""
    wanted = next((often for often, pattern in _OFTEN.items() if pattern.search(text)), None)
    given = interval_of(period_of(dataset.update_frequency))
    asked = interval_of(wanted or "")
    return wanted if wanted and asked and given and given > asked else None
