"""Has X been shared with Y before: shares of the public register like it, with what differs."""

import re
from collections.abc import Sequence
from dataclasses import replace

from catalogue import register
from catalogue.model import Dataset
from catalogue.register import Line
from catalogue.search.vocabulary import Vocabulary
from catalogue.sharing.facts import Body, Case, kind_of
from intents.answers import SHOWN, Answer, Outcome
from intents.case import purpose_spoken_of, said_of
from intents.context import Claim, Context, Question, compile_all
from intents.explained import case_of
from intents.meant import claimed, meant, next_steps
from intents.phrase import Message, read_message

EXAMPLES = (
    "Has the National Pupil Database been shared with a council before?",
    "existing agreement for the school census",
    "precedent for sharing Hospital Episode Statistics",
)

_SURE = compile_all(
    r"\b(?:has|have|had|was|were)\b(?P<subject>.+?)\b(?:been )?(?:shared|given|provided|supplied|released)\b.*\b(?:before|with|to|previously|already|ever)\b",
    r"\b(?:precedents?|similar (?:shares?|agreements?|requests?)|done (?:this|it) before|existing (?:agreement|mou|dsa|isa))\b(?: for| to| of| with)?(?P<subject>.*)",
    r"\bis there (?:already )?an? (?:agreement|mou|dsa|isa|data sharing agreement)\b(?: for| with| on| covering)?(?P<subject>.+)",
)


def recognise(message: Message, _vocabulary: Vocabulary) -> Claim | None:
    return claimed("precedent", _SURE, message)


_NOISE = re.compile(
    r"\b(?:has|have|had|was|were|did|does|is|are|there|ever|already|before|previous(?:ly)?|prior|past|been|shared?|shares|sharing|given|provided|supplied"
    r"|released|let|used|linked|turned down|approvals?|precedents?|similar|requests?|agreements?|mou|dsa|isa|data sharing agreement|record of|examples?"
    r"|anyone|others?|any|going|gone|went|with|to|show me|what|out of|form|covering|e\.?g\.?)\b",
    re.IGNORECASE,
)


def answer(context: Context, question: Question, claim: Claim) -> Answer:
    vocabulary = context.search.vocabulary()
    answer = meant(context, question, claim, again="has {id} been shared before", noise=_NOISE)
    case = case_of(question, read_message(question.text).text, vocabulary)
    answer = replace(answer, **said_of(case))
    if answer.outcome is not Outcome.ANSWERED:
        return answer
    dataset = answer.shown[0].dataset
    same = register.lines(context.db, dataset_id=dataset.id)
    alike = [line for line in same if _fits(line, case.recipient, vocabulary)]
    others = register.lines(context.db, holder=dataset.publisher)[:SHOWN] if dataset.publisher and not same else []
    shown = _first(alike or same or others)
    differs = {line.reference: differences(line, dataset, case, vocabulary) for line in shown}
    details = {"alike": len(alike), "same": len(same), "lines": shown, "differs": differs, "near": ()}
    return replace(answer, steps=next_steps(answer), details=details)


def _first(lines: Sequence[Line]) -> tuple[Line, ...]:
    return tuple(sorted(lines, key=lambda line: (line.is_in_force, line.began_on), reverse=True)[:SHOWN])


def differences(line: Line, dataset: Dataset, case: Case, vocabulary: Vocabulary) -> tuple[str, ...]:
    """In what a share of the register is unlike what is asked about: `data`, `kind` of body, `body`, `purpose`.

    Only what was asked is compared, with what the register publishes.
    """
    found = ["data"] if line.dataset_id != dataset.id else []
    if case.recipient and not _fits(line, case.recipient, vocabulary):
        found.append("body" if _fits(line, Body(case.recipient.kind), vocabulary) else "kind")
    was_for = purpose_spoken_of(line.benefit or "")
    if case.purpose and was_for and was_for is not case.purpose:
        found.append("purpose")
    return tuple(found)


def _fits(line: Line, recipient: Body | None, vocabulary: Vocabulary) -> bool:
    """Whether a share went to whom the question names: that body, or one of its kind."""
    if recipient is None or not (recipient.slug or recipient.kind):
        return True
    if recipient.slug:
        return line.recipient == recipient.slug
    body = vocabulary.organisations.get(line.recipient or "")
    return body is not None and kind_of(body) is recipient.kind
