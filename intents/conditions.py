"""May I use, share or publish X, with whom, for what: what is usually needed, explained by the rules for sharing.

The case is read from the message (`case.py`) and from who asks; what is missing is asked by buttons that repeat the
question with the answer added, so that nothing has to be remembered.
"""

import re
from collections.abc import Iterable
from dataclasses import replace

from catalogue import datasets
from catalogue.errors import NotFound
from catalogue.model import PUBLIC, AccessRights, Audience, Dataset, Person, PersonalData, Role, Status
from catalogue.search.vocabulary import Vocabulary
from catalogue.sharing.explain import Explanation, explain
from catalogue.sharing.facts import Body, Case
from intents.answers import Answer, Choice, Outcome, Shown, show, show_dataset
from intents.case import body_named, read, say, user_words
from intents.context import Claim, Context, Question, compile_all, first_match, pick
from intents.phrase import Message, read_message, without_end

EXAMPLES = (
    "Can I share the school census with a university?",
    "What are the conditions for using Hospital Episode Statistics?",
    "Is Price Paid Data open?",
    "can we publish the rough sleeping snapshot",
)
SURENESS = 0.88
SURE_OF_THE_LAW = 0.91
SURE_OF_AN_ID = 0.98
"""A question as a button asks it, which nothing in an entry's id can make into another kind."""

ALTERNATIVES = 2
SHARED_SUBJECT = 0.5
"""The share of an entry's title that open figures have to hold to be about the same subject."""

_VERBS = (
    r"(?:use|share|publish|reuse|re-use|pass on|link|match|combine|give|send|process|disclose|see|sell|supply|release)"
)
_SURE = compile_all(
    rf"\b(?:can|could|may|are|am) (?:i|we|they|council\w*|universit\w*|researchers?)\b(?: be)?(?: allowed to| able to)? {_VERBS}\b(?P<subject>.+)",
    r"\bcan\b(?P<subject>.+?)\bbe (?:shared|used|published|linked|reused|matched|disclosed|released|sent|given)\b",
    r"\b(?:conditions?|terms|rules|restrictions?|licen[cs]e|legal (?:basis|gateway|power)s?|lawful basis|dpia|gateway|permission)\b.{0,25}?\b(?:for|of|on|to|about|around|under|does|do|covers?)\b(?P<subject>.+)",
    r"\bwhat (?:do|would|will) (?:i|we) need (?:to|in order to|before)\b(?P<subject>.+)",
    r"\bis\b(?P<subject>.+?)\b(?:open(?: data)?|restricted|personal(?: data)?|public|confidential|sensitive|free to use|shareable|under ogl|foi-?able)\s*\??$",
    r"\b(?:do|does|would|will)\b(?P<subject>.+?)\bshare\b.+",
    r"\b(?:under what|on what|what are the) (?:conditions?|terms|circumstances|basis)\b(?P<subject>.*)",
)
_SOMEBODY = compile_all(
    rf"\b(?:can|could|may|might) (?:the |a |an )?(?P<who>[\w&' -]{{2,60}}?) {_VERBS}\b(?P<subject>.+)",
)
_LEADING = re.compile(
    rf"^(?:(?:the|a|an|any|some|our|my|this|that|it|of|for|to|about|on|using|sharing|publishing|reusing|access to|data from"
    rf"|{_VERBS})\s+)+",
    re.IGNORECASE,
)
_ID = re.compile(r"(?<![\w/:.])[a-z0-9][\w.-]*/[\w.-]+(?:/[\w.-]+)*(?<![.-])", re.IGNORECASE)


_LAW = re.compile(
    r"\b(?:lawful basis|legal (?:basis|gateway|power)s?|gateways?|dpia|impact assessment|sharing agreement)\b",
    re.IGNORECASE,
)
_AGAIN = re.compile(rf"can i (?:use|share) {_ID.pattern}", re.IGNORECASE)


def recognise(message: Message, vocabulary: Vocabulary) -> Claim | None:
    match = first_match(_SURE, message.text)
    if not match:
        match = first_match(_SOMEBODY, message.text)
        if not match or not body_named(match["who"], vocabulary):
            return None
    sureness = SURE_OF_THE_LAW if _LAW.search(message.text) else SURENESS
    sureness = SURE_OF_AN_ID if _AGAIN.match(message.text) else sureness
    return Claim("conditions", sureness, without_end(match["subject"] or "").strip() or message.text)


def answer(context: Context, question: Question, claim: Claim) -> Answer:
    vocabulary = context.search.vocabulary()
    own = vocabulary.organisations.get(question.asker.organisation or "") if question.asker else None
    asker = Body.of(own) if own else Body()
    case = read(read_message(question.text).text, vocabulary, asker=asker).case
    base = Answer(
        "conditions",
        Outcome.NONE,
        claim.confidence,
        claim.subject,
        recipient=user_words(case.recipient) if case.recipient else None,
        purpose=str(case.purpose) if case.purpose else None,
        details={"near": ()},
    )
    named = _named(context, question, claim.subject)
    if named:
        return _explained(context, question, base, show_dataset(named, vocabulary), case)
    for subject in _subjects(claim.subject, vocabulary):
        found = context.search.find(subject, audience=question.audience, limit=6, own=own.slug if own else None)
        picked = pick(found)
        place = found.phrase.places[0].place.name if found.phrase.places else None
        base = replace(base, terms=found.phrase.subject, corrections=found.phrase.corrections, place=place)
        if picked.one:
            return _explained(context, question, base, show(picked.one, vocabulary), case)
        if picked.several:
            shown = tuple(show(hit, vocabulary) for hit in picked.several)
            choices = tuple(Choice(entry.dataset.title, question_of(entry.dataset.id, case)) for entry in shown)
            confidence = round(claim.confidence * 0.8, 2)
            return replace(base, outcome=Outcome.CLARIFY, confidence=confidence, shown=shown, choices=choices)
        base = replace(base, details={"near": tuple(show(hit, vocabulary) for hit in picked.near)})
    return base


def _named(context: Context, question: Question, subject: str) -> Dataset | None:
    """The entry whose id stands in the question."""
    for match in _ID.finditer(subject):
        try:
            return datasets.get(context.db, match[0], audience=question.audience)
        except NotFound:
            continue
    return None


def _subjects(subject: str, vocabulary: Vocabulary) -> Iterable[str]:
    """What the data may be called: without who with and what for, then with them, in case they belong to its name."""
    rest = read(subject, vocabulary).rest
    stripped = (_LEADING.sub("", without_end(text).strip()) for text in (rest, subject))
    return dict.fromkeys(text for text in stripped if text)


def _explained(context: Context, question: Question, base: Answer, entry: Shown, case: Case) -> Answer:
    explanation = explain_entry(context, entry, case, audience=question.audience)
    next_question = explanation.asks[0] if explanation.asks else None
    choices = []
    if next_question:
        start = question_of(entry.dataset.id, case)
        for option in next_question.options:
            verb_fits = start.replace("can I use", "can I share", 1) if next_question.id == "recipient" else start
            choices.append(Choice(option.label, f"{verb_fits} {option.words}"))
        skipping = replace(case, skipped=case.skipped | {next_question.id})
        choices.append(Choice("Skip", question_of(entry.dataset.id, skipping)))
    for_steward = explanation.warnings if _looks_after(question.asker, entry.dataset) else ()
    return replace(
        base,
        outcome=Outcome.ANSWERED,
        shown=() if explanation.is_elsewhere else (entry,),
        choices=tuple(choices),
        details={"explanation": explanation, "case": case, "for_steward": for_steward},
    )


def question_of(dataset_id: str, case: Case) -> str:
    """The question that asks for the same again: of this entry, with everything that is known of the case."""
    verb = "use" if case.recipient is None else "share"
    return f"can I {verb} {dataset_id} {say(case)}".strip()


def explain_entry(context: Context, entry: Shown, case: Case, *, audience: Audience) -> Explanation:
    """The explanation for an entry, with the open figures on its subject that the audience may know."""
    found = alternatives(context, entry.dataset, audience=audience)
    return explain(entry.dataset, case, holder=entry.holder, alternatives=found)


def for_everyone(context: Context, entry: Shown) -> Answer:
    """The explanation for an entry's public page: nobody in particular asks, and nothing is left out."""
    explanation = explain_entry(context, entry, Case(), audience=PUBLIC)
    shown = () if explanation.is_elsewhere else (entry,)
    details = {"explanation": explanation, "case": Case(), "long": True}
    return Answer("conditions", Outcome.ANSWERED, 1.0, entry.dataset.title, shown=shown, details=details)


def alternatives(context: Context, dataset: Dataset, *, audience: Audience) -> tuple[Dataset, ...]:
    """Open entries without records of people on the subject of one that is not open: its holder's, then its theme's."""
    if dataset.access_rights is AccessRights.OPEN:
        return ()
    fitting: dict[str, Dataset] = {}
    for words in filter(None, (dataset.title, " ".join(dataset.keywords[:3]))):
        for hit in context.search.find(words, audience=audience, limit=20).hits:
            if hit.coverage >= SHARED_SUBJECT and hit.dataset.id != dataset.id and _is_open_figures(hit.dataset):
                fitting.setdefault(hit.dataset.id, hit.dataset)
    own = [other for other in fitting.values() if dataset.publisher and other.publisher == dataset.publisher]
    near = [other for other in fitting.values() if dataset.theme and other.theme == dataset.theme and other not in own]
    return tuple([*own, *near][:ALTERNATIVES])


def _is_open_figures(dataset: Dataset) -> bool:
    return (
        dataset.access_rights is AccessRights.OPEN
        and dataset.status is Status.PUBLISHED
        and dataset.personal_data in (PersonalData.NONE, PersonalData.AGGREGATE)
    )


def _looks_after(person: Person | None, dataset: Dataset) -> bool:
    """Whether this person is a steward of the entry."""
    return person is not None and any(
        grant.role is Role.STEWARD and grant.scope in (dataset.id, dataset.publisher) for grant in person.grants
    )
