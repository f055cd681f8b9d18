"""Change, add or withdraw an entry: the form, for those who look after it."""

import json
import re
from dataclasses import replace

from catalogue.model import Person, Role
from catalogue.search.vocabulary import Vocabulary
from intents.answers import Answer, Outcome, Step
from intents.context import Claim, Context, Question, compile_all, first_match
from intents.meant import claimed, looks_after, meant
from intents.phrase import Message, read_message

EXAMPLES = (
    "Update the description of the school census",
    "add a new dataset",
    "withdraw the STATS19 entry",
    "People call the National Pupil Database “the pupil database”",
)

_SURE = compile_all(
    r"^(?:please |can (?:you|i|we) |i (?:need|want|would like|'d like) to |we need to |could you )*(?:update|edit|change|amend|correct|rename"
    r"|withdraw|retire|archive|delete|remove)\b(?P<subject>.+\b(?:entry|entries|record|description|contact|listing|dataset|title"
    r"|frequency|licence)\b.*)",
    r"\b(?:add|register|create|list|publish)\b (?:a |our |my |an )?(?:new )?(?P<subject>(?:data ?set|entry|catalogue entry|listing)\b.*)",
)
_ADDS = compile_all(
    r"\b(?:add|register|create|list|publish|upload|new)\b.{0,30}?\b(?:new|data ?sets?|entry|entries|listing|list of|catalogue|data assets|spreadsheet)\b"
)
_CALLS = compile_all(
    r"^(?:(?:most |many |some |our |all )?(?:people|users|staff|colleagues|teachers|schools|teams|policy)|everyone|everybody|we)"
    r" (?:all |also |often |just |usually |sometimes )*(?:calls?|knows?|refers? to) (?P<subject>.+?) (?:as )?[“\"‘'](?P<name>[^”\"’']{2,100})[”\"’']"
)
_NOISE = re.compile(
    r"\b(?:please|can you|can i|we need to|i need to|i want to|i would like to|could you|how do (?:i|we)|update|edit|change|amend|correct|rename|withdraw"
    r"|retire|archive|delete|remove|mark|tag|swap|set|make|add|an?|the|our|my|entry|entries|record|description|contact|listing|dataset|title|frequency"
    r"|licence|coverage(?: dates)?|acronym|keywords?|phone number|on|of|for|to|in|from|with|steward|data manager|i'm|pls|as|verified today)\b",
    re.IGNORECASE,
)


def recognise(message: Message, _vocabulary: Vocabulary) -> Claim | None:
    # a name in quotation marks that people call something leaves no doubt
    return claimed("steward_edit", _CALLS, message, sureness=0.99) or claimed("steward_edit", _SURE, message)


def answer(context: Context, question: Question, claim: Claim) -> Answer:
    called = first_match(_CALLS, read_message(question.text).text)
    if first_match(_ADDS, read_message(question.text).text):
        may = _looks_after_some(question.asker)
        steps = (Step("entry.add", "-"),) if may else ()
        details = {"adds": True, "may": may, "near": ()}
        return Answer("steward_edit", Outcome.DONE, claim.confidence, claim.subject, steps=steps, details=details)
    answer = meant(context, question, claim, again="edit the entry {id}", noise=_NOISE)
    if answer.outcome is not Outcome.ANSWERED:
        return replace(answer, details={**answer.details, "adds": False, "may": False})
    entry = answer.shown[0].dataset
    may = looks_after(question.asker, entry)
    step = Step("entry.edit" if may else "entry.report", entry.id)
    details = {"adds": False, "may": may, "near": (), "called": called["name"] if called else None}
    if called and may:
        step = Step("term.add", json.dumps([entry.id, called["name"]]))
    return replace(answer, outcome=Outcome.DONE, steps=(step,), details=details)


def _looks_after_some(person: Person | None) -> bool:
    return person is not None and any(grant.role in (Role.STEWARD, Role.ADMIN) for grant in person.grants)
