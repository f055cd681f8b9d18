"""What is X, what is in it: one entry in full."""

from dataclasses import replace

from catalogue import datasets
from catalogue.errors import NotFound
from catalogue.search.vocabulary import Vocabulary
from intents.answers import Answer, Choice, Outcome, show, show_dataset
from intents.context import Claim, Context, Question, compile_all, first_match, pick
from intents.phrase import Message, without_end

EXAMPLES = (
    "What is the National Pupil Database?",
    "Tell me about the school census",
    "What is in Price Paid Data?",
    "what fields does STATS19 have",
)

_SURE = compile_all(
    r"^(?:what(?:'s| is| are|s)|whats) (?:in|inside|included in|covered by)\b(?P<subject>.+)",
    r"\btell me (?:more |all )?about\b(?P<subject>.+)",
    r"^(?:describe|explain|details? (?:of|on|about)|more (?:about|on)|summary of|info(?:rmation)? (?:on|about))\b(?P<subject>.+)",
    r"\bwhat (?:does|do)\b(?P<subject>.+?)\b(?:contain|include|hold|consist of|have in it|look like|record|capture|tell us)\b",
    r"\bwhat (?:fields?|columns?|variables?|attributes?)\b.*?\b(?:in|does|do|of|for|are in)\b(?P<subject>.+)",
    r"^(?:what(?:'s| is| are|s)|whats)\b(?P<subject>.+)",
)


def recognise(message: Message, _vocabulary: Vocabulary) -> Claim | None:
    match = first_match(_SURE, message.text)
    if not match:
        return None
    subject = without_end(match["subject"])
    sure = 0.85 if match.re is not _SURE[-1] else 0.65
    return Claim("describe", sure, subject) if subject else None


def answer(context: Context, question: Question, claim: Claim) -> Answer:
    vocabulary = context.search.vocabulary()
    try:
        entry = datasets.get(context.db, claim.subject, audience=question.audience)
        return Answer("describe", Outcome.ANSWERED, 1.0, claim.subject, shown=(show_dataset(entry, vocabulary),))
    except NotFound:
        pass
    own = question.asker.organisation if question.asker else None
    found = context.search.find(claim.subject, audience=question.audience, limit=6, own=own)
    picked = pick(found)
    base = Answer(
        "describe",
        Outcome.NONE,
        claim.confidence,
        claim.subject,
        terms=found.phrase.subject,
        corrections=found.phrase.corrections,
        details={"near": tuple(show(hit, vocabulary) for hit in picked.near)},
    )
    if picked.one:
        return replace(base, outcome=Outcome.ANSWERED, shown=(show(picked.one, vocabulary),))
    if picked.several:
        shown = tuple(show(hit, vocabulary) for hit in picked.several)
        choices = tuple(Choice(entry.dataset.title, f"what is {entry.dataset.id}") for entry in shown)
        confidence = round(claim.confidence * 0.8, 2)
        return replace(base, outcome=Outcome.CLARIFY, confidence=confidence, shown=shown, choices=choices)
    return base
