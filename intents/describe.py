"""What is X, what is in it: one entry in full."""

from dataclasses import replace

from catalogue.harvest import sources
from catalogue.search.vocabulary import Vocabulary
from intents.answers import Answer
from intents.context import Claim, Context, Question, compile_all, first_match
from intents.learned import SETS
from intents.meant import ID, meant, next_steps
from intents.phrase import Message, without_end

EXAMPLES = (
    "What is the National Pupil Database?",
    "Tell me about the school census",
    "What is in Price Paid Data?",
    "what fields does STATS19 have",
)

NAME = 4  # words after "what is" that are rather the name of an entry than a term
_SURE = compile_all(
    r"^(?:what(?:'s| is| are|s)|whats) (?:in|inside|included in|covered by)\b(?P<subject>.+)",
    r"\btell me (?:more |all )?about\b(?P<subject>.+)",
    r"^(?:describe|explain|details? (?:of|on|about)|more (?:about|on)|summary of|info(?:rmation)? (?:on|about))\b(?P<subject>.+)",
    r"\bwhat (?:does|do)\b(?P<subject>.+?)\b(?:contain|include|hold|consist of|have in it|look like|record|capture|tell us)\b",
    r"\bwhat (?:fields?|columns?|variables?|attributes?)\b.*?\b(?:in|does|do|of|for|are in)\b(?P<subject>.+)",
    r"^(?:what(?:'s| is| are|s)|whats)\b(?P<subject>.+)",
)

_PLAINEST = compile_all(
    r"^what(?:'s| is) (?!(?:the|a|an|my|your|our|this|that|it)\b)(?:(?!\b(?:for|with|between|to)\b).)+\??$"
)


def recognise(message: Message, vocabulary: Vocabulary) -> Claim | None:
    if ID.fullmatch(message.text):
        return Claim("describe", 0.98, message.text)
    match = first_match(_SURE, message.text)
    if not match:
        return None
    subject = without_end(match["subject"])
    if ID.fullmatch(subject):
        return Claim("describe", 0.98, subject)
    if message.text == message.whole and _is_of_a_set(subject, vocabulary):
        return Claim("describe", 0.95, subject)
    if len(subject.split()) >= NAME and first_match(_PLAINEST, message.text):
        return Claim("describe", 0.93, subject)
    sure = 0.85 if match.re is not _SURE[-1] else 0.65
    return Claim("describe", sure, subject) if subject else None


def _is_of_a_set(subject: str, vocabulary: Vocabulary) -> bool:
    """Whether a subject is an acronym that stands for data or a system and nothing else: what it is, is its entry."""
    kinds = {meaning.kind for meaning in vocabulary.meanings(subject)}
    return bool(kinds) and kinds <= SETS


def answer(context: Context, question: Question, claim: Claim) -> Answer:
    answer = meant(context, question, claim, again="what is {id}")
    details = answer.details
    harvested = sources.as_of(context.db, answer.shown[0].dataset.source) if answer.shown else None
    if harvested:
        details = {**details, "as_of": harvested.date().isoformat()}
    return replace(answer, details=details, steps=next_steps(answer, question.asker))
