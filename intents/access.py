"""I want X: the link where it is open, otherwise the way to ask for it."""

import re
from dataclasses import replace

from catalogue.model import AccessRights, Status
from catalogue.search.vocabulary import Vocabulary
from intents.answers import Answer, Outcome, Step
from intents.case import said_of, say
from intents.context import Claim, Context, Question, compile_all
from intents.explained import case_of, explain_entry
from intents.meant import LESS_SURE, claimed, meant
from intents.phrase import Message, read_message

EXAMPLES = (
    "How do I get access to the National Pupil Database?",
    "request access to Hospital Episode Statistics",
    "download Price Paid Data",
)

_SURE = compile_all(
    r"\bhow (?:do|can|could|would|should|does|might) (?:i|we|you|one|someone|a council|researchers?)\b.{0,12}?\b(?:get|gain|obtain|access|request|apply for|acquire|download|get hold of|get into)\b"
    r"(?: access to| hold of| into)?(?P<subject>.+)",
    r"\b(?:request|apply for|get|need|want|would like|like|gain|give me|require|after) (?:an? )?access to\b(?P<subject>.+)",
    r"^(?:(?:i|we)(?:'d| would)? (?:like|want|need) to |please |can (?:i|we) (?:please )?|could (?:i|we) )*(?:request|apply for|download|order|get hold of|have access to|access|have|get)\b(?P<subject>.+)",
    r"^(?:ok|okay|yes|please)?,?\s*(?P<subject>request it)\b",
    r"\b(?:get|see|have) (?:a )?copy of\b(?P<subject>.+)",
)
_NOISE = re.compile(
    r"\b(?:how (?:do|can|could|would|to|might)|where (?:can|do)|(?:i|we|our \w+ team|a council|researchers?)\b|get(?: hold of)?|access(?: to)?|request(?: access)?"
    r"|download|obtain|apply(?:ing)?|order|buy|copy of|login|log in|sign me up|give|send|want(?:ed|ing)?|need|would like|like to|love|please|csv|file"
    r"|spreadsheet|extract|latest|asap|ready to|start|have)\b",
    re.IGNORECASE,
)


def recognise(message: Message, _vocabulary: Vocabulary) -> Claim | None:
    return claimed("access", _SURE, message, sureness=LESS_SURE)


def answer(context: Context, question: Question, claim: Claim) -> Answer:
    answer = meant(context, question, claim, again="how do I get access to {id}", noise=_NOISE)
    text = read_message(question.text).text
    case = case_of(question, text, context.search.vocabulary())
    answer = replace(answer, **said_of(case))
    if answer.outcome is not Outcome.ANSWERED:
        return answer
    entry = answer.shown[0]
    if entry.dataset.access_rights is AccessRights.OPEN and entry.dataset.status is Status.PUBLISHED:
        return replace(answer, steps=(Step("follow.entry", entry.dataset.id),))
    explanation = explain_entry(context, entry, case, audience=question.audience)
    details = {**answer.details, "explanation": explanation}
    if explanation.is_elsewhere:
        return replace(answer, shown=(), details=details)
    if entry.dataset.status is Status.WITHDRAWN:
        return replace(answer, details=details)
    step = Step("request.start", f"{entry.dataset.id} {say(case)}".strip())
    return replace(answer, outcome=Outcome.DONE, steps=(step,), details=details)
