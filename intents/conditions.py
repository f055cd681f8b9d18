"""May I use, share or publish X, with whom, for what: what is usually needed, explained by the rules for sharing.

The case is read from the message (`case.py`) and from who asks; what is missing is asked by buttons that repeat the
question with the answer added, so that nothing has to be remembered.
"""

import re
from dataclasses import replace

from catalogue.model import PUBLIC, AccessRights, Dataset, Person, Role, Status
from catalogue.search.vocabulary import Vocabulary
from catalogue.sharing.facts import Case
from intents.answers import Answer, Choice, Outcome, Shown, Step, show, show_dataset
from intents.case import body_named, read, said_of, say
from intents.context import Claim, Context, Question, compile_all, first_match
from intents.explained import case_of, explain_entry
from intents.meant import ID, MOST_TRIES, best_reading, named
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

_VERBS = r"(?:use|share|publish|reuse|re-use|pass on|link|match|combine|give|send|process|disclose|sell|supply|release)"
_SURE = compile_all(
    rf"\b(?:can|could|may|are|am) (?:i|we|they|council\w*|universit\w*|researchers?)\b(?: be)?(?: allowed to| able to)? {_VERBS}\b(?P<subject>.+)",
    r"\bcan\b(?P<subject>.+?)\bbe (?:shared|used|(?:re-?)?published|linked|re-?used|matched|disclosed|released|sent|given|passed on|sold|quoted)\b",
    r"(?<!your )\b(?:conditions?|terms|rules|restrictions?|licen[cs]e|legal (?:basis|gateway|power)s?|lawful basis|dpia|permission)\b.{0,25}?\b(?:for|of|on|to|about|around|under|does|do|covers?)\b(?P<subject>.+)",
    r"\bwhat (?:do|would|will) (?:i|we) (?:need|have) (?:(?:in place |ready )?(?:to|in order to|before))\b(?P<subject>.+)",
    r"\b(?:is|isn't|why is)\b(?P<subject>.+?)\b(?:open(?: data| licen[cs]e)?|restricted|public|confidential|sensitive|free to use|shareable|(?:under )?ogl|foi-?able)\s*\??$",
    r"\b(?:does|would|will)\b(?P<subject>.+?)\bshare\b.+",
    r"\b(?:under what|on what|what are the) (?:conditions?|terms|circumstances|basis)\b(?P<subject>.*)",
)
_SOMEBODY = compile_all(
    rf"\b(?:can|could|may|might) (?:the |a |an )?(?P<who>[\w&' -]{{2,60}}?) (?:{_VERBS}|have|get|see|access|look at|check|go to)\b(?P<subject>.+)",
    r"\b(?:do|does) (?P<who>(?:compan|charit|universit|council|journalist|contractor|business|researcher|polic|school)\w*) (?:get|have) (?:access to)?\b(?P<subject>.+)",
)
_TALK = compile_all(
    r"\b(?:is it|would it be|is this|is that|are we|am i|are they)? ?\b(?:ok|okay|fine|lawful|legal|all ?right|allowed) (?:to|if we|if i|for us to)\b(?P<subject>.+)",
    r"\b(?:is|are|am|be)\b.{0,60}?\b(?:ok|okay|lawful|shareable|allowed|permitted) (?:to|for|with|sharing|using|from)\b(?P<subject>.*)",
    r"\b(?:is there|are there|what(?:'s| is| are)|which|any)\b.{0,12}?\b(?:fees?|charges?|licen[cs]e|lawful way|restrictions?|handling marking|classification)\b(?P<subject>.+)",
    r"\b(?:sharing|onward sharing of|use of|passing on)\b(?P<subject>.+?)\b(?:with|w/|to|for)\b.+\b(?:rules?|restrictions?|conditions?|allowed|breach|ok)\b",
    r"(?P<subject>.+?)\b(?:conditions|allowed|yes/no|shareable|onward sharing)\s*\?",
    r"\b(?:onward sharing|who approves (?:the )?(?:sharing|use)) (?:of)?(?P<subject>.+)",
    r"\b(?:need|needs|needed|require[sd]?|want)\b.{0,12}?\b(?:consent|an agreement|a dpia|approval|accreditation|section 251)\b(?P<subject>.*)",
    r"\b(?:section 251|accredited researchers?|the dea|crca|data protection act|gdpr|caldicott|[a-z]+ act)\b(?P<subject>.*\b(?:needed|stop|let|cover|only|allow|apply|giving|sharing)\b.*)",
    r"(?P<subject>.+?)\b(?:only (?:for )?accredited researchers?|for commercial (?:re-?)?use|commercially|leave the (?:srs|tre|secure)|breach anything)\b",
    r"\bwhat\b.{0,20}?\b(?:have to sign|papers|paperwork)\b(?P<subject>.+)",
    r"\b(?:may|can|could|am) (?:i|we|our \w+)(?: allowed to)? (?:put(?! to you)|quote|hand|e-?mail|screenshot|show|pass|republish|tweet|screen)\b(?P<subject>.+)",
    r"\bdo (?:we|i) have to (?:delete|return|destroy)\b(?P<subject>.*)",
)
_LEADING = re.compile(
    rf"^(?:(?:the|a|an|any|some|our|my|this|that|it|of|for|to|about|on|using|sharing|publishing|reusing|access to|data from"
    rf"|{_VERBS})\s+)+",
    re.IGNORECASE,
)
_NOISE = re.compile(
    r"\b(?:(?:how come|why) (?:is|are)?|(?:is|are|would|be) (?:it |this |that |there )?(?:ok|okay|lawful|legal|allowed|all ?right)?(?: (?:to|for|with))?"
    r"|(?:can|could|may|might|do|does|am|should) (?:i|we|they|our \w+|a \w+|companies)|(?:isn't|open|restricted|shareable|lawful(?:ly)?|allowed"
    r"|consent|agreement|conditions?|licen[cs]e|ogl|dpia|fees?|charges?|section 251|needed|need|sign|paperwork|papers|approves?|sharing|available"
    r"|commercially|yes/no|it depends|what happens|have to|still|use|share|pass|get access))\b",
    re.IGNORECASE,
)
_NOISE_BEFORE = re.compile(
    r"^(?:to|for|on|of|the|a|an|in|be|if|only|what|would|we|i|what|is|are|does|do|from)\s+(?=\S)", re.IGNORECASE
)
_JOINTS = re.compile(
    r"\s+(?:with|w/|to|for|in|if|before|at|under|from|as|or|and|so|working|only|when|do|does|while|because|against)\s|\s*[-–,;:(]\s"
)


_LAW = re.compile(
    r"\b(?:lawful basis|legal (?:basis|gateway|power)s?|dpia|impact assessment|sharing agreement)\b",
    re.IGNORECASE,
)
_EDITS = re.compile(r"(?:please )?(?:swap|change|set|update|correct|amend|edit|add|remove)\b", re.IGNORECASE)
_AGAIN = re.compile(rf"can i (?:use|share) {ID.pattern}", re.IGNORECASE)


def recognise(message: Message, vocabulary: Vocabulary) -> Claim | None:
    if _EDITS.match(message.text):
        return None
    match, sureness = first_match(_SURE, message.text), SURENESS
    if not match:
        match = first_match(_SOMEBODY, message.text)
        match = match if match and body_named(match["who"], vocabulary) else None
    if not match:
        match, sureness = first_match(_TALK, message.text), SURE_OF_THE_LAW
    if not match:
        return None
    if _LAW.search(message.text):
        sureness = SURE_OF_THE_LAW
    if _AGAIN.match(message.text):
        sureness = SURE_OF_AN_ID
    return Claim("conditions", sureness, without_end(match["subject"] or "").strip() or message.text)


def answer(context: Context, question: Question, claim: Claim) -> Answer:
    vocabulary = context.search.vocabulary()
    message = read_message(question.text)
    case = case_of(question, message.text, vocabulary)
    base = Answer(
        "conditions",
        Outcome.NONE,
        claim.confidence,
        claim.subject,
        **said_of(case),
        details={"near": ()},
    )
    entry = named(context, question, message.text)
    if entry:
        return _explained(context, question, base, show_dataset(entry, vocabulary), case)
    subjects = _subjects(claim.subject, message.text, vocabulary)
    found, picked = best_reading(context, question, subjects, kind=claim.intent)
    place = found.phrase.places[0].place.name if found.phrase.places else None
    base = replace(base, terms=found.phrase.subject, corrections=found.phrase.corrections, place=place)
    if picked.one:
        return _explained(context, question, base, show(picked.one, vocabulary), case)
    if picked.several:
        shown = tuple(show(hit, vocabulary) for hit in picked.several)
        choices = tuple(Choice(entry.dataset.title, question_of(entry.dataset.id, case)) for entry in shown)
        confidence = round(claim.confidence * 0.8, 2)
        return replace(base, outcome=Outcome.CLARIFY, confidence=confidence, shown=shown, choices=choices)
    return replace(base, details={"near": tuple(show(hit, vocabulary) for hit in picked.near)})


def _subjects(subject: str, text: str, vocabulary: Vocabulary) -> list[str]:
    """What the data may be called, the likeliest first: without who with and what for; then shorter and shorter."""
    candidates = []
    for whole in (subject, _NOISE.sub(" ", text)):
        for each in (read(whole, vocabulary).rest, whole):
            each = _NOISE_BEFORE.sub("", _LEADING.sub("", without_end(" ".join(each.split())))).strip()
            candidates.append(each)
    for each in (candidates[0], candidates[2]):
        cuts = [match.start() for match in _JOINTS.finditer(each)]
        candidates += [each[:cut] for cut in reversed(cuts)]
    kept = (_LEADING.sub("", without_end(each)) for each in candidates)
    return list(dict.fromkeys(each for each in kept if len(each) > 2))[:MOST_TRIES]


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
        steps=() if explanation.is_elsewhere else _steps(entry.dataset, case),
        choices=tuple(choices),
        details={"explanation": explanation, "case": case, "for_steward": for_steward},
    )


def question_of(dataset_id: str, case: Case) -> str:
    """The question that asks for the same again: of this entry, with everything that is known of the case."""
    verb = "use" if case.recipient is None else "share"
    return f"can I {verb} {dataset_id} {say(case)}".strip()


def for_everyone(context: Context, entry: Shown) -> Answer:
    """The explanation for an entry's public page: nobody in particular asks, and nothing is left out."""
    explanation = explain_entry(context, entry, Case(), audience=PUBLIC)
    shown = () if explanation.is_elsewhere else (entry,)
    details = {"explanation": explanation, "case": Case(), "long": True}
    return Answer("conditions", Outcome.ANSWERED, 1.0, entry.dataset.title, shown=shown, details=details)


def _steps(dataset: Dataset, case: Case) -> tuple[Step, ...]:
    """What can be done next: to ask for it, where it is not open, with what is known of the case."""
    is_to_ask_for = dataset.access_rights is not AccessRights.OPEN and dataset.status is Status.PUBLISHED
    return (Step("request.start", f"{dataset.id} {say(case)}".strip()),) if is_to_ask_for else ()


def _looks_after(person: Person | None, dataset: Dataset) -> bool:
    """Whether this person is a steward of the entry."""
    return person is not None and any(
        grant.role is Role.STEWARD and grant.scope in (dataset.id, dataset.publisher) for grant in person.grants
    )
