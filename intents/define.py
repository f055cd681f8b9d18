"""What an acronym or term means: every meaning, and who holds what it stands for."""

import re

from catalogue.search.phrase import ASKING, FAINT
from catalogue.search.schema import split
from catalogue.search.vocabulary import Meaning, Vocabulary
from catalogue.text import fold
from intents.answers import SHOWN, Answer, Choice, Outcome, Shown, show
from intents.context import Claim, Context, Question, compile_all, first_match
from intents.phrase import Message, without_end
from intents.reference import stems

EXAMPLES = (
    "What does NPD mean?",
    "What does FSM stand for?",
    "define UPRN",
    "what is an EHCP",
)

LONGEST_TERM = 4
"""Words of a term; in "what does it mean that …" something else is asked."""

_SURE = compile_all(
    r"\bwhat (?:does|do|did|is|are|'s)\b(?P<subject>.+?)\b(?:mean|stand for|short for|refer to|an acronym for|abbreviat\w+)\b",
    r"^(?:define|definition of|meaning of|acronym|expand|decode|spell out)\b:?(?P<subject>.+)",
    r"\bwhat(?:'s| is) (?:the )?(?:meaning|definition|full name|long form) (?:of|for)\b(?P<subject>.+)",
    r"\bwhat(?:'s| is) meant by\b(?P<subject>.+)",
)
_BARE = re.compile(
    r"^(?:what(?:'s| is| are|s)|whats)\s+(?:an? |the )?(?P<subject>[\w&/.-]{2,14})\s*\??$", re.IGNORECASE
)


def recognise(message: Message, vocabulary: Vocabulary) -> Claim | None:
    match = first_match(_SURE, message.text)
    if match:
        term = _term(match["subject"])
        is_all = len(term.split()) <= LONGEST_TERM and len(message.text) - match.end() < 2
        return Claim("define", 0.93 if is_all else 0.91, term)
    bare = _BARE.match(message.text)
    if bare and vocabulary.meanings(bare["subject"]):
        return Claim("define", 0.9, _term(bare["subject"]))
    return None


def _term(subject: str) -> str:
    return re.sub(r"^(?:the |an? )?(?:acronym |term |abbreviation |word )?", "", without_end(subject).strip("\"'“” "))


def answer(context: Context, question: Question, claim: Claim) -> Answer:
    vocabulary = context.search.vocabulary()
    meanings = vocabulary.meanings(claim.subject)
    if not meanings and claim.subject.lower().endswith("s"):
        meanings = vocabulary.meanings(claim.subject[:-1])
    if not meanings:
        meanings = [meaning for meaning in vocabulary.all_meanings() if fold(meaning.meaning) == fold(claim.subject)]
    asker = question.asker.organisation if question.asker else None
    meanings.sort(key=lambda meaning: meaning.holder != asker)
    slugs = dict.fromkeys(meaning.holder for meaning in meanings if meaning.holder in vocabulary.organisations)
    meanings = _narrowed(meanings, question.text, claim.subject, vocabulary)
    called_so = _meant(context, question, claim.subject, vocabulary)
    return Answer(
        "define",
        _outcome(meanings, asker) if meanings or not called_so else Outcome.ANSWERED,
        claim.confidence,
        claim.subject,
        shown=called_so,
        organisations=tuple(vocabulary.organisations[slug] for slug in slugs if slug),
        meanings=tuple(meanings),
        terms=(claim.subject,),
        choices=tuple(Choice(f"Who holds {m.meaning}?", f"who holds {m.meaning}") for m in meanings[:3]),
    )


def _narrowed(meanings: list[Meaning], text: str, term: str, vocabulary: Vocabulary) -> list[Meaning]:
    """The meanings of which a text says more than the term ("PIP the benefit"); all where it fits none."""
    said = stems(" ".join(word for word in split(fold(text)) if word not in ASKING | FAINT)) - stems(term)

    def of(meaning: Meaning) -> frozenset[str]:
        return stems(" ".join((meaning.meaning, meaning.kind or "", vocabulary.name(meaning.holder) or "")))

    return [meaning for meaning in meanings if said & of(meaning)] or meanings


def _meant(context: Context, question: Question, term: str, vocabulary: Vocabulary) -> tuple[Shown, ...]:
    """The entries that are called so."""
    found = context.search.find(term, audience=question.audience, limit=SHOWN)
    return tuple(show(hit, vocabulary) for hit in found.hits if hit.is_exact)


def _outcome(meanings: list[Meaning], asker: str | None) -> Outcome:
    """A question back when several bodies mean different things by it, and none of them is the asker's own."""
    if not meanings:
        return Outcome.NONE
    holders = {meaning.holder for meaning in meanings}
    return Outcome.CLARIFY if len(holders) > 1 and (asker is None or asker not in holders) else Outcome.ANSWERED
