"""Greetings and thanks: short, and back to work."""

from catalogue.search.vocabulary import Vocabulary
from intents.answers import Answer, Outcome
from intents.context import Claim, Context, Question, compile_all, first_match
from intents.phrase import Message

EXAMPLES = ("hello", "thanks", "good morning", "cheers, that is perfect")

_GREETING = (
    r"(?:hi+|hiya|hello+|hey+|yo|morning|good (?:morning|afternoon|evening)|afternoon|evening|bore da|prynhawn da|shwmae"
    r"|how are you(?: doing)?(?: today)?|how(?:'s| is) it going|nice to meet you|you there|are you there|sut mae)"
)
_THANKS = (
    r"(?:thank(?:s| you)(?: (?:so|very) much| a lot| a million| for (?:that|your help|this))?|many thanks|cheers|ta"
    r"|great|brilliant|perfect|lovely|excellent|super|awesome|amazing|good (?:bot|job|stuff)|nice one|nice|well done|cool|ok(?:ay)?|got it|no worries"
    r"|that(?:'s| is) (?:all|great|perfect|brilliant|it|helpful|very helpful|really helpful|fine|good)|you(?:'re| are) (?:great|a star|brilliant|the best)"
    r"|very helpful|helpful|bye|goodbye|see you|have a (?:good|nice|great) (?:day|weekend|evening|one)|diolch(?: yn fawr)?)"
)
_END = r"(?:\s+(?:there|all|team|everyone|bot|whoholds|mate|folks|again|you too))*[\s,.!?]*"
_GREETS = compile_all(rf"^(?:{_GREETING}{_END})+$")
_SIGNS = r"[\U0001f300-\U0001faff\u2600-\u27bf\ufe0f\u200d\s]+"
_THANKED = compile_all(rf"^{_SIGNS}$", rf"^(?:(?:{_THANKS}){_END})+$")


def recognise(message: Message, _vocabulary: Vocabulary) -> Claim | None:
    if first_match(_GREETS, message.whole):
        return Claim("social", 0.98, also="greeting")
    if first_match(_THANKED, message.whole):
        return Claim("social", 0.98, also="thanks")
    return None


def answer(context: Context, question: Question, claim: Claim) -> Answer:
    return Answer("social", Outcome.ANSWERED, claim.confidence, details={"kind": claim.also})
