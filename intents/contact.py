"""Whom to talk to about X: the team, mailbox or channel of an entry, never a private person."""

from catalogue.search.vocabulary import Vocabulary
from intents.answers import Answer
from intents.context import Claim, Context, Question, compile_all, first_match
from intents.meant import meant
from intents.phrase import Message, without_end

EXAMPLES = (
    "Who do I ask about the school census?",
    "Contact for Price Paid Data",
    "who is the data steward for Hospital Episode Statistics",
)

_PERSON = (
    r"(?:data |information )?(?:asset )?(?:owners?|stewards?|custodians?|controllers?|iao|managers?|leads?|contacts?)"
)
_SURE = compile_all(
    r"\bwho(?:m)? (?:do|should|can|could|would|must|might|shall) (?:i|we|you|people|one)\b.{0,20}?\b(?:ask|contact|speak|talk"
    r"|e-?mail|message|write|go|get in touch|approach|phone|ring|call|reach out)\b(?:\s+(?:to|with))?"
    r"(?:\s+(?:about|for|regarding|re|on|if i (?:have|want|need)))?(?P<subject>.*)",
    rf"\bwho(?:'s| is| are|s)?\s+(?:the |your )?{_PERSON}\b\s*(?:of|for|on|about|at|behind)?(?P<subject>.+)",
    r"\b(?:contact|e-?mail|mailbox|slack channel|team|inbox|phone)(?: (?:details?|address(?:es)?|point|person|info|team))*"
    r" (?:for|at|about|of|behind|to ask about)\b(?P<subject>.+)",
    r"\bhow (?:do|can) (?:i|we) (?:contact|get in touch with|reach|speak to|talk to|get hold of) (?:the )?"
    r"(?:team|people|owners?|holders?|someone|somebody|person)\b\s*(?:of|for|about|behind|responsible for)?(?P<subject>.+)",
    r"\bwhich team\b.{0,30}?\b(?:for|about|runs|owns|handles|on)\b(?P<subject>.+)",
    rf"^(?:the )?{_PERSON} (?:of|for)\b(?P<subject>.+)",
)


def recognise(message: Message, _vocabulary: Vocabulary) -> Claim | None:
    match = first_match(_SURE, message.text)
    if not match:
        return None
    return Claim("contact", 0.92, without_end(match["subject"]))


def answer(context: Context, question: Question, claim: Claim) -> Answer:
    return meant(context, question, claim, again="who do I ask about {id}")
