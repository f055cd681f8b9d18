"""The entry that a question means: what the kinds of question about one entry have in common.

A question names an entry by its id, by one of its names, or in words. Several readings of what it may be called are
searched for; one that is a name is taken, otherwise one found by names, otherwise the first.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from catalogue import datasets
from catalogue.errors import NotFound
from catalogue.model import AccessRights, Dataset, Person, Role, Status
from catalogue.search.find import Found, Hit
from catalogue.search.schema import split
from catalogue.search.vocabulary import Vocabulary
from catalogue.text import fold
from intents.answers import Answer, Choice, Outcome, Step, show, show_dataset
from intents.context import TITLES, Claim, Context, Picked, Question, first_match, likely_detail, pick
from intents.phrase import Message, read_message, without_end

SURENESS = 0.88
LESS_SURE = 0.87
"""Asking for data is also how other things are asked for, so those go first."""

EXACT = 3
BY_NAME = 0.9
"""The share of what was typed that an entry's names have to hold for it to be meant by name."""

MOST_TRIES = 8
"""Readings of what the data is called that are searched for."""

_FILLER = re.compile(
    r"^(?:(?:the|a|an|any|some|our|my|your|this|that|it|of|for|to|about|on|in|with|is|are|does|do|has|have|get|data"
    r" (?:on|for|about)|please)\s+)+",
    re.IGNORECASE,
)
_JOINTS = re.compile(
    r"\s+(?:with|w/|to|for|in|if|before|at|under|from|as|by|or|and|so|only|when|do|does|is|are|while|because|against)\s"
    r"|\s*[-–,;:(]\s",
    re.IGNORECASE,
)
ID = re.compile(r"(?<![\w/:.])[a-z0-9][\w.-]*/[\w.-]+(?:/[\w.-]+)*(?<![.-])", re.IGNORECASE)
_POINTING = frozenset("it this that these those one ones they them there".split())


def claimed(
    kind: str, patterns: Iterable[re.Pattern[str]], message: Message, *, sureness: float = SURENESS
) -> Claim | None:
    """The claim of a kind of question whose patterns name what is meant as `subject`."""
    match = first_match(patterns, message.text)
    if not match:
        return None
    return Claim(kind, sureness, bare(match["subject"] or ""))


def bare(subject: str) -> str:
    """A subject without the empty words around it."""
    return _FILLER.sub("", without_end(" ".join(subject.split()))).strip()


def named(context: Context, question: Question, text: str) -> Dataset | None:
    """The entry whose id a text is, or which stands in it."""
    for candidate in dict.fromkeys((text, *(match[0] for match in ID.finditer(text)))):
        try:
            return datasets.get(context.db, candidate, audience=question.audience)
        except NotFound:
            continue
    return None


def readings(subject: str, noise: re.Pattern[str] | None = None, *, text: str = "") -> list[str]:
    """What the data may be called, the likeliest first: as said, without noise, then shorter and shorter."""
    whole = [subject, *([noise.sub(" ", subject), noise.sub(" ", text)] if noise else [])]
    candidates = [bare(each) for each in whole]
    first = candidates[min(1, len(candidates) - 1)] or candidates[-1]
    cuts = [first[: match.start()] for match in reversed([*_JOINTS.finditer(first)])]
    kept = (subject, *(bare(each) for each in (*candidates, *cuts)))
    return list(dict.fromkeys(each for each in kept if _may_be_a_name(each)))[:MOST_TRIES]


def _may_be_a_name(words: str) -> bool:
    return (len(words) > 2 or (len(words) == 2 and words.isupper())) and words.lower() not in _POINTING


def best_reading(
    context: Context, question: Question, subjects: Sequence[str], *, kind: str = ""
) -> tuple[Found, Picked]:
    """The best of several readings of what the data is called, searched for in turn until one is a name."""
    own = question.asker.organisation if question.asker else None
    best: tuple[int, Found, Picked] | None = None
    for place, subject in enumerate(subjects or (question.text,)):
        found = context.search.find(
            subject, audience=question.audience, limit=6, own=own, likely_detail=likely_detail(kind)
        )
        picked = pick(found)
        worth = _worth(picked)
        if place > 1 and worth == 1:  # some words of a long question, found somewhere in a text, are no answer to it
            worth, picked = 0, Picked(None, (), found.hits[:3])
        if place > 1 and worth < EXACT and best and best[0]:
            continue  # all the words say more than some of them
        if best is None or worth > best[0]:
            best = worth, found, picked
        if worth == EXACT:
            break
    assert best
    _worth_of_it, found, picked = best
    return found, picked if picked.one or picked.several else pick(found, is_presumed=True)


def _worth(picked: Picked) -> int:
    hits = (picked.one,) if picked.one else picked.several
    if picked.one and (picked.one.is_exact or picked.one.named):
        return EXACT
    names = {match.field for hit in hits for match in hit.matches}
    return 2 if names & TITLES else 1 if hits else 0


def meant(
    context: Context,
    question: Question,
    claim: Claim,
    *,
    again: str,
    noise: re.Pattern[str] | None = None,
    takes_several: bool = False,
) -> Answer:
    """The entry that a question means, as the beginning of its answer.

    ANSWERED with one entry, or up to three that come as close where the kind `takes_several`; otherwise CLARIFY with
    those, or with none when nothing was named. NONE with those that come near in `details`. `again` asks the same of
    one entry: `how current is {id}`.
    """
    vocabulary = context.search.vocabulary()
    text = read_message(question.text).text
    base = Answer(claim.intent, Outcome.NONE, claim.confidence, claim.subject, details={"near": ()})
    entry = named(context, question, claim.subject) or named(context, question, text)
    if entry:
        return replace(base, outcome=Outcome.ANSWERED, shown=(show_dataset(entry, vocabulary),))
    subjects = readings(claim.subject, noise, text=text)
    if not subjects:
        return replace(base, outcome=Outcome.CLARIFY)
    found, picked = best_reading(context, question, subjects, kind=claim.intent)
    place = found.phrase.places[0].place.name if found.phrase.places else None
    base = replace(base, terms=found.phrase.subject, corrections=found.phrase.corrections, place=place)
    answer = _picked(base, picked, vocabulary, again)
    return replace(answer, outcome=Outcome.ANSWERED) if answer.shown and takes_several else answer


def _picked(base: Answer, picked: Picked, vocabulary: Vocabulary, again: str) -> Answer:
    if picked.one:
        return replace(base, outcome=Outcome.ANSWERED, shown=(show(picked.one, vocabulary),))
    shown = tuple(show(hit, vocabulary) for hit in picked.several or picked.near)
    one = _stands_out(picked.several)
    if one:
        others = [entry for entry in shown if entry.dataset.id != one.dataset.id]
        choices = tuple(Choice(entry.dataset.title, again.format(id=entry.dataset.id)) for entry in others)
        return replace(base, outcome=Outcome.ANSWERED, shown=(show(one, vocabulary),), choices=choices)
    choices = tuple(Choice(entry.dataset.title, again.format(id=entry.dataset.id)) for entry in shown)
    if picked.several:
        confidence = round(base.confidence * 0.8, 2)
        return replace(base, outcome=Outcome.CLARIFY, confidence=confidence, shown=shown, choices=choices)
    return replace(base, choices=choices, details={"near": shown})


def _stands_out(several: Sequence[Hit]) -> Hit | None:
    """Of several that come as close, the one that is meant by its name; None when there is none, or more than one."""
    named = [hit for hit in several if hit.coverage >= BY_NAME and all(each.field in TITLES for each in hit.matches)]
    whole = [hit for hit in named if _is_whole_title(hit)]
    return whole[0] if len(whole) == 1 else named[0] if len(named) == 1 else None


def _is_whole_title(hit: Hit) -> bool:
    title = split(fold(hit.dataset.title))
    found = {word for match in hit.matches if match.field == "title" for word in split(fold(match.found))}
    initials = "".join(word[0] for word in title)
    return set(title) <= found or initials in {fold(match.typed) for match in hit.matches}


def next_steps(answer: Answer, asker: Person | None = None) -> tuple[Step, ...]:
    """What can be done next with the one entry of an answer: ask for it, follow it, report what is wrong, or edit it."""
    if answer.outcome is not Outcome.ANSWERED or len(answer.shown) != 1:
        return ()
    dataset = answer.shown[0].dataset
    mend = "entry.edit" if looks_after(asker, dataset) else "entry.report"
    steps = [Step("follow.entry", dataset.id), Step(mend, dataset.id)]
    is_to_ask_for = dataset.access_rights is not AccessRights.OPEN and dataset.status is Status.PUBLISHED
    return tuple([Step("request.start", dataset.id), *steps] if is_to_ask_for else steps)


def looks_after(person: Person | None, dataset: Dataset) -> bool:
    """Whether this person is offered the form of an entry. Whether they may save it is decided when it is sent."""
    return person is not None and any(
        grant.role is Role.ADMIN or (grant.role is Role.STEWARD and grant.scope in (dataset.id, dataset.publisher))
        for grant in person.grants
    )
