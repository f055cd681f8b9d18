"""Change, add or withdraw an entry: the form, for those who look after it."""

from catalogue.search.vocabulary import Vocabulary
from intents.answers import Answer
from intents.context import Claim, Context, Question, compile_all
from intents.meant import claimed, not_yet
from intents.phrase import Message

EXAMPLES = (
    "Update the description of the school census",
    "add a new dataset",
    "withdraw the STATS19 entry",
)

_SURE = compile_all(
    r"^(?:please |can (?:you|i|we) |i (?:need|want|would like|'d like) to |we need to |could you )*(?:update|edit|change|amend|correct|rename"
    r"|withdraw|retire|archive|delete|remove)\b(?P<subject>.+\b(?:entry|entries|record|description|contact|listing|dataset|title"
    r"|frequency|licence)\b.*)",
    r"\b(?:add|register|create|list|publish)\b (?:a |our |my |an )?(?:new )?(?P<subject>(?:data ?set|entry|catalogue entry|listing)\b.*)",
)


def recognise(message: Message, _vocabulary: Vocabulary) -> Claim | None:
    return claimed("steward_edit", _SURE, message)


def answer(context: Context, question: Question, claim: Claim) -> Answer:
    return not_yet(context, question, claim)
