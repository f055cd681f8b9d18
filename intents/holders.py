"""Who holds X; is there data on X. The plainest question, and what a message is taken for when nothing else fits."""

from collections.abc import Sequence
from dataclasses import replace

from catalogue import demand
from catalogue.model import Organisation
from catalogue.search.explain import Hit
from catalogue.search.find import Found
from catalogue.search.series import gather
from catalogue.search.vocabulary import Vocabulary
from intents.answers import SHOWN, Answer, Choice, Outcome, Shown, Step, show
from intents.context import FAR, Claim, Context, Question, compile_all, first_match, pick
from intents.phrase import Message, without_end

EXAMPLES = (
    "Who holds free school meals data?",
    "Is there any data on rough sleepers?",
    "Which department has vehicle records?",
    "looking for house prices by council",
)

LOOKED_AT = 10
LIKELY = 0.4
"""The share of a question that an entry has to hold to say who may know of the rest."""

SURE_OF_SEVERAL = 0.9
"""Several entries that each hold nearly all of the question are all an answer to it; below, they are a question back."""

_PLAINEST = compile_all(r"^who (?:holds|keeps|has got|has)\b(?P<subject>(?! (?:been|had|to|received|asked|used)\b).+)")
_SURE = compile_all(
    r"\bwho(?:'s| is| are|s)?(?: actually| currently| else)? (?:the )?(?:hold(?:s|ing|ers?)?(?: of)?|own(?:s|ing)?"
    r"|ha(?:s|ve)(?: got)?|got|keep(?:s|ing)?|collect(?:s|ing)?|maintain(?:s|ing)?|manage(?:s|ing)?|publish(?:es|ing)?"
    r"|look(?:s|ing)? after|run(?:s)?|store(?:s)?|record(?:s)?|responsible for|in charge of)\b(?P<subject>.+)",
    r"\b(?:which|what) (?:department|dept|body|organisation|org|agency|team|council|ministry|part of government|bit of"
    r" government)s? (?:would |might |actually )?(?:hold|own|ha(?:s|ve)|keep|collect|maintain|manage|publish|run"
    r"|look after|deal with|record|got)s?(?: with)?\b(?P<subject>.+)",
    r"\b(?:is|are|'s) there (?:a|an|any|some)?\s*(?:central |national |official |public |existing |good )?"
    r"(?:data ?(?:set|base)?s?|dataset|feed|api|extract|register|registry|list|record|stat(?:istic)?s?|figures|info"
    r"|information|numbers|source|return|breakdown)\w*\b(?P<subject>.+)",
    r"\bwhere (?:can|could|do|would|might) (?:i|we|you|one) (?:find|get|look up|see|source)\b(?P<subject>.+)",
    r"\bwhere (?:does|do|is|are|would)\b(?P<subject>.+?)\b(?:live|lives|held|kept|stored|sit|come from)\b",
    r"\b(?:do|does) (?:we|anyone|anybody|somebody|someone|government|you|any department) (?:hold|have|keep|collect|got"
    r"|publish|record)\b(?P<subject>.+)",
    r"\b(?:looking|look|searching|hunting|after|trying to find|trying to get hold of|need|want|find(?: me)?)\s+(?:for )?"
    r"(?:some |any |the |a |an )?(?P<subject>.*\b(?:data ?(?:set|base)?s?|figures|stat(?:istic)?s|numbers|records"
    r"|register|list|info|information|feed|api)\b.*)",
    r"\b(?:anyone|anybody|someone|somebody) (?:got|have|hold|know (?:who (?:has|holds)|where))\b(?P<subject>.+)",
)
_HINT = compile_all(r"\b(?:looking for|searching for|need|want|find(?: me)?|after)\b(?P<subject>.+)")


def recognise(message: Message, _vocabulary: Vocabulary) -> Claim | None:
    for patterns, confidence in ((_PLAINEST, 0.93), (_SURE, 0.9), (_HINT, 0.6)):
        match = first_match(patterns, message.text)
        if match:
            return Claim("holders", confidence, without_end(match["subject"]) or message.text)
    return Claim("holders", 0.4, without_end(message.text)) if message.text else None


def answer(context: Context, question: Question, claim: Claim) -> Answer:
    own = question.asker.organisation if question.asker else None
    found = context.search.find(claim.subject, audience=question.audience, limit=LOOKED_AT, own=own)
    vocabulary = context.search.vocabulary()
    picked = pick(found)
    base = Answer(
        "holders",
        Outcome.NONE,
        claim.confidence,
        claim.subject,
        organisations=tuple(mention.organisation for mention in found.phrase.mentions),
        meanings=found.phrase.meanings,
        terms=found.phrase.subject,
        corrections=found.phrase.corrections,
        place=found.phrase.places[0].place.name if found.phrase.places else None,
        period=", ".join(found.phrase.asked.years) or None,
        details={"mentions": found.phrase.mentions},
    )
    if picked.one:
        also = [hit for hit in _as_good(found.hits, picked.one) if hit is not picked.one]
        shown = _series([picked.one, *also], vocabulary)
        return replace(base, outcome=Outcome.ANSWERED, shown=shown)
    if picked.several:
        shown = _series(_as_good(found.hits, picked.several[0]), vocabulary)
        if picked.several[0].coverage > SURE_OF_SEVERAL and not picked.is_guess:
            return replace(base, outcome=Outcome.ANSWERED, shown=shown)
        choices = tuple(Choice(entry.dataset.title, f"what is {entry.dataset.id}") for entry in shown)
        confidence = round(claim.confidence * 0.8, 2)
        details = {**base.details, "is_guess": picked.is_guess}
        return replace(
            base, outcome=Outcome.SHORTLIST, confidence=confidence, shown=shown, choices=choices, details=details
        )
    near = tuple(show(hit, vocabulary) for hit in picked.near)
    details = {**base.details, "near": near, "likely": _likely(found, vocabulary)}
    if not found.phrase.subject:
        return replace(base, details=details)
    subject = " ".join(found.phrase.subject)
    demand.record(context.db, subject, organisation=own, now=question.now, key=question.key)
    return replace(base, details=details, steps=(Step("follow.question", subject),))


def _as_good(hits: Sequence[Hit], best: Hit) -> list[Hit]:
    """The hits that hold as much of the question as the best, and are not far behind it."""
    return [hit for hit in hits if hit.coverage >= best.coverage - 0.01 and hit.score >= FAR * best.score]


def _likely(found: Found, vocabulary: Vocabulary) -> Organisation | None:
    """Who is likeliest to hold what nobody does: the body that is named, or the holder of most that comes near."""
    if found.phrase.mentions:
        return found.phrase.mentions[0].organisation
    if found.phrase.corrections:  # what comes near a word that was guessed says nothing
        return None
    weights: dict[str, float] = {}
    for hit in found.hits:
        if hit.dataset.publisher and hit.coverage >= LIKELY:
            weights[hit.dataset.publisher] = weights.get(hit.dataset.publisher, 0.0) + hit.coverage
    return vocabulary.organisations.get(max(weights, key=lambda slug: weights[slug])) if weights else None


def _series(hits: Sequence[Hit], vocabulary: Vocabulary) -> tuple[Shown, ...]:
    return tuple(show(group.best, vocabulary, group.others) for group in gather(hits)[:SHOWN])
