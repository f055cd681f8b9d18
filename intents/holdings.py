"""What an organisation holds, all of it or on a subject."""

import re

from catalogue import datasets
from catalogue.model import Organisation
from catalogue.search.phrase import ASKING
from catalogue.search.places import gazetteer
from catalogue.search.schema import split
from catalogue.search.vocabulary import Vocabulary
from catalogue.text import fold
from intents.answers import Answer, Choice, Outcome, Shown, Step, show, show_dataset
from intents.context import Claim, Context, Question, compile_all, first_match
from intents.phrase import Message, without_end

EXAMPLES = (
    "What data does DWP hold?",
    "What does the Environment Agency hold on flooding?",
    "list everything from HMRC",
    "datasets held by Camden council",
)
LISTED = 10
MOST_THEMES = 4
_FROM = re.compile(r",?\s*\bfrom (\d{1,5})$")
_THEME = re.compile(r"\b(?:on )?the theme (.+)$", re.IGNORECASE)

_HOLD = r"(?:hold|have|own|keep|publish|collect|manage|maintain|share|got|record|provide|offer)"
_SURE = compile_all(
    rf"\bwhat(?: sort of| kind of| type of| other| else)?(?: data ?(?:set|base)?s?| information| info| stats| statistics"
    rf"| records| apis?)?(?: do| does| have| has| is| are|'s)? (?P<organisation>.+?) {_HOLD}(?:s|es|ing)?\b(?P<subject>.*)",
    r"\b(?:list|show(?: me)?|give me|see|everything|all)\b.{0,30}?\b(?:data ?sets?|data|entries|holdings|records|everything"
    r"|apis?|statistics)\b.{0,12}?\b(?:from|by|of|at|for|with)\b(?P<organisation>.+?)(?P<subject>\b(?:on|about)\b.*|$)",
    r"\b(?:data ?sets?|data|entries|holdings|records|everything|anything|statistics)\b (?:that (?:is|are) )?(?:held|owned"
    r"|published|kept|managed|collected)? ?(?:by|from|at)\b(?P<organisation>.+?)(?P<subject>\b(?:on|about)\b.*|$)",
    r"^(?:list|show(?: me)?|everything from|holdings of|browse)\b(?P<organisation>.+?)(?:'s)? (?:data ?sets?|data|holdings"
    r"|entries)(?P<subject>\b(?:on|about)\b.*|$)",
    r"^everything from (?P<organisation>.+?)(?P<subject>\b(?:on|about)\b.*|$)",
)


def recognise(message: Message, vocabulary: Vocabulary) -> Claim | None:
    match = first_match(_SURE, message.text)
    if not match:
        return None
    body = body_in(without_end(match["organisation"]), vocabulary)
    return Claim("holdings", 0.93, without_end(match["subject"]), also=body) if body else None


def body_in(text: str, vocabulary: Vocabulary, capitals: frozenset[str] = frozenset()) -> str | None:
    """The first body that a text names, as a name of it; that of a place, where only a place is named."""
    words = split(fold(text))
    mentions = vocabulary.mentions(words, capitals)
    if mentions:
        return mentions[0].words
    councils = (gazetteer().council_of(each.place) for each in gazetteer().mentions(words, capitals))
    return next((slug.replace("-", " ") for slug in councils if slug), None)


def answer(context: Context, question: Question, claim: Claim) -> Answer:
    vocabulary = context.search.vocabulary()
    words = claim.also.split()
    mention = vocabulary.mentions(words, frozenset(words))[0]
    body = mention.organisation
    subject, first = _first(claim.subject)
    subject, theme = _theme(subject)
    wanted = [word for word in split(fold(subject)) if word not in ASKING]
    themes: dict[str, int] = {}
    shown, corrections, without = _on(context, question, body, wanted)
    total = len(shown)
    if shown:
        first = 1
    else:
        wanted = []
        total, themes = datasets.count_by_theme(context.db, body.slug, audience=question.audience)
        known = next((name for name in themes if fold(name) == fold(theme)), None) if theme else None
        entries = datasets.by_publisher(
            context.db, body.slug, audience=question.audience, limit=LISTED, theme=known, skip=first - 1
        )
        shown = tuple(show_dataset(entry, vocabulary) for entry in entries)
        total, themes, theme = (themes[known], {}, known) if known else (total, themes, None)
    return Answer(
        "holdings",
        Outcome.ANSWERED if shown else Outcome.NONE,
        claim.confidence,
        " ".join(wanted),
        shown=shown,
        organisations=(body,),
        terms=tuple(wanted),
        corrections=corrections,
        choices=_next(body, themes, theme, first + len(shown), total),
        steps=(Step("follow.organisation", body.slug),) if shown else (),
        details={
            "total": total,
            "themes": themes,
            "mention": mention,
            "first": first,
            "theme": theme,
            "without": without,
        },
    )


def _on(
    context: Context, question: Question, body: Organisation, wanted: list[str]
) -> tuple[tuple[Shown, ...], tuple[tuple[str, str], ...], str]:
    """A body's entries on a subject, the words put right; and the subject on which it has none, in words that are known.

    Words that no entry has in its names are how people ask, not what they ask for.
    """
    if not wanted:
        return (), (), ""
    found = context.search.find(" ".join(wanted), audience=question.audience, limit=LISTED, publishers=[body.slug])
    shown = tuple(show(hit, context.search.vocabulary()) for hit in found.hits if hit.coverage > 0)
    is_known = context.search.names_hold(question.audience)
    without = "" if shown else " ".join(word for word in wanted if is_known(word))
    return shown, found.phrase.corrections if shown else (), without


def _first(subject: str) -> tuple[str, int]:
    """A subject and from which entry on the list is wanted: "on flooding, from 11"."""
    match = _FROM.search(subject)
    return (subject[: match.start()], max(1, int(match[1]))) if match else (subject, 1)


def _theme(subject: str) -> tuple[str, str | None]:
    """A subject and the theme that is wanted: "on the theme Education"."""
    match = _THEME.search(subject)
    return (subject[: match.start()], match[1].strip(" ,")) if match else (subject, None)


def _next(
    body: Organisation, themes: dict[str, int], theme: str | None, following: int, total: int
) -> tuple[Choice, ...]:
    """The next ones of the list, and each of the largest themes by itself."""
    asked = f"what does {body.slug.replace('-', ' ')} hold"
    on = f" on the theme {theme}" if theme else ""
    more = (
        [Choice(f"Next {min(LISTED, total - following + 1)}", f"{asked}{on}, from {following}")]
        if following <= total
        else []
    )
    each = [Choice(f"{name} ({number})", f"{asked} on the theme {name}") for name, number in themes.items()]
    return (*more, *(each[:MOST_THEMES] if len(themes) > 1 else ()))
