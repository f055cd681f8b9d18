"""What this is not for: look-ups about a person, other people's jobs, insults, other languages, nonsense.

Refused in one friendly sentence with what it can do. Nothing of a look-up about a person is stored.
"""

import re

from catalogue.search.vocabulary import Vocabulary
from intents.answers import Answer, Outcome
from intents.context import Claim, Context, Question, compile_all, first_match
from intents.phrase import Message, clauses_of

EXAMPLES = (
    "What is the weather in Leeds tomorrow?",
    "Write me a Python script to parse a CSV",
    "What is the home address of my neighbour?",
)

_IDENTIFIERS = compile_all(
    r"\b[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z]\s?\d\d\s?\d\d\s?\d\d\s?[A-D]\b",  # National Insurance number
    r"\b\d{3}[\s-]?\d{3}[\s-]?\d{4}\b(?=.*\b(?:nhs|patient)\b)|\b(?:nhs|patient) (?:number|no\.?)\s*\d{3}[\s-]?\d{3}[\s-]?\d{4}\b",
    r"(?<![\d./-])(?:\+44\s?|0)(?:\d\s?){9,10}(?![\d./-])",
    r"\b(?:\d{4}[ -]?){3}\d{4}\b",  # payment card
    r"\b(?:born|dob|date of birth)\b.{0,20}\d{1,2}[/. -]\d{1,2}[/. -]\d{2,4}",
)
_MAILBOX = compile_all(r"[\w.+-]@[\w-]{1,60}\.[\w.-]")
_NAME = r"(?:(?:mr|mrs|ms|miss|dr|prof)\.? )?[A-Z][a-z'-]+ [A-Z][a-z'-]+(?! [A-Z])"
"""Two words in capitals, and not more: "Single Housing Benefit Extract" is a title."""

_PERSON = (
    re.compile(
        r"(?i:\b(?:look ?up|find|search(?: for)?|check|track down|trace|who is|tell me about|give me|get me|what(?:'s| is)|where does"
        r"|is|has|does)\b).{0,30}?\b" + _NAME + r"(?:'s)?\b.{0,40}"
        r"(?i:\b(?:address|number|record|file|phone|salary|benefits?|claim(?:ing)?|tax|passport|visa|conviction|criminal record|live"
        r"|medical|case|date of birth|dob|medical history|been arrested|on universal credit|pay)\b)"
    ),
    re.compile(
        r"\b(?:my|his|her|their|a) (?:neighbour|ex|ex-wife|ex-husband|wife|husband|friend|landlord|tenant|daughter|son|mum|dad"
        r"|mother|father)(?:'s)?\b",
        re.IGNORECASE,
    ),
    re.compile(  # who merely works with somebody says so all day: "my manager needs figures"
        r"\b(?:my|his|her|their|a) (?:partner|boss|colleague|manager)'s\b"
        r"|\b(?:of|about|on|for|is|has|does|look up|find) (?:my|his|her) (?:partner|boss|colleague|manager)\b(?! (?:to|needs?|wants?|asked)\b)",
        re.IGNORECASE,
    ),
    re.compile(
        r"\bmy (?:own )?(?:tax code|benefits?|claim|passport|visa|state pension|pension|nhs number|medical records?|ni number"
        r"|national insurance(?: number)?|council tax bill|driving licence|payslip|salary|tax return|universal credit"
        r"|application|refund|password|account|laptop|appointment|prescription)\b(?!.*\b(?:access|data ?share|data) request\b)"
        r"(?! (?:for|to use|about) (?:(?:the|some|your|access to) )?(?!universal credit|pip\b|benefit|a |my )\w)",
        re.IGNORECASE,
    ),
)
_OF_SOMEBODY = re.compile(
    r"(?i:\b(?:home address|date of birth|dob|medical (?:records?|history)|criminal record|salary|nhs number|(?:immigration|visa) status"
    r"|tax (?:record|code)|phone number|bank details|earnings) (?:of|for)\b) " + _NAME
)
_OTHER_JOB = compile_all(
    r"^(?:can you |could you |please |pls )*(?:write|draft|compose|generate|code|debug|fix|translate|proofread|calculate"
    r"|summari[sz]e (?:this|that|it|my|the (?:report|document|e-?mail|meeting|paper|article|thread))"
    r"|solve|book|order|schedule|remind|play|sing|draw|convert|turn on|turn off|cancel|reset|install|print|buy|send|email|call)\b",
    r"\b(?:weather|forecast|horoscope|lottery|football|premier league|cricket score|recipe|joke|poem|haiku|song|story|film|movie"
    r"|netflix|restaurant near|lunch|pizza|canteen|bitcoin|share price|capital of|prime minister'?s birthday|meaning of life"
    r"|tell me a|sing me|what time is it|the time in|train to|parking space|annual leave|wifi password|printer|expenses claim"
    r"|pay rise|payslip|my laptop)\b(?!.*\b(?:data|dataset|statistics|register)\b)",
    r"^\s*(?:what(?:'s| is) )?\d[\d\s+*/x^().-]*[+*/x^-][\d\s+*/x^().-]*\d\s*[=?]*\s*$",
    r"\b(?:ignore|disregard|forget) (?:all |any |your |the )*(?:previous|prior|above|earlier) (?:instructions?|prompts?|rules)\b",
    r"\b(?:system prompt|your instructions|pretend (?:to be|you)|act as|roleplay|jailbreak)\b",
    r"\b(?:should i (?!use|ask|contact|look|share|request|e-?mail|speak|talk|write|call|go|get|message|approach)|what do you think|do you (?:like|love|think|believe|feel)|are you (?:human|real|alive|sentient|a robot|an? ai)|who (?:made|built)"
    r" you|how old are you|marry me|i love you|your favou?rite)\b",
    r"\bwho (?:won|will win|is winning|is the (?:prime minister|king|queen|president|chancellor|home secretary))\b",
)
_INSULT = compile_all(
    r"\b(?:f+u+c+k\w*|sh[i1]t\w*|bullshit|wank\w*|bastard|twat|bollocks|piss off|arsehole|idiot|stupid bot|useless|rubbish bot|you suck"
    r"|dumb bot|shut up|hate you|crap bot|moron)\b"
)
_FOREIGN = compile_all(
    r"\b(?:ist|der|das|und|nicht|où|qui|quelles?|données|bonjour|pouvez|s'il vous|merci|avez-vous|wer|welche|daten|haben sie|bitte|guten tag|danke|wo finde"
    r"|quién|dónde|datos|tiene|hola|por favor|gracias|chi|dove|dati|grazie|ciao|kto|gdzie|dane|pwy|ble|beth|sydd|ydych|oes"
    r"|gennych|ddata|unrhyw|sy'n|quem|onde|dados|obrigado|kdo|hvem|waar|gegevens)\b"
)
_LETTERS = re.compile(r"[^\W\d_]")
_MASHED = re.compile(
    r"[bcdfghjklmnpqrstvwxz]{6}|([a-z])\1{4}|^(?:null|nan|none|undefined|nil|true|false|test)$", re.IGNORECASE
)
"""More consonants than any word has, or one letter on and on: somebody or something tries the keys."""


def recognise(message: Message, vocabulary: Vocabulary) -> Claim | None:
    text = message.whole
    if first_match((*_IDENTIFIERS, _OF_SOMEBODY), text):
        return Claim("out_of_scope", 0.99, also="person")
    if first_match((*_PERSON, *_MAILBOX), text):
        return Claim("out_of_scope", 0.93, also="person")
    if first_match(_INSULT, text):
        return Claim("out_of_scope", 0.92, also="rude")
    if len(_FOREIGN[0].findall(text)) >= 2 and not re.search(r"\b(?:who|the|data|is|of)\b", text, re.IGNORECASE):
        return Claim("out_of_scope", 0.96, also="language")
    letters = _LETTERS.findall(text)
    if letters and sum(not character.isascii() for character in letters) > 0.5 * len(letters):
        return Claim("out_of_scope", 0.97, also="language")
    if len(text) > 1 and text.isascii() and (not letters or (len(text.split()) <= 2 and _MASHED.search(text))):
        return Claim("out_of_scope", 0.95, also="nonsense")
    if first_match(_OTHER_JOB, message.text):
        return Claim("out_of_scope", 0.9, also="other")
    return None


def is_about_a_person(text: str) -> bool:
    """Whether a message seems to hold personal data or ask for somebody's: then it must not be stored."""
    return any(_is_about_a_person(clause) for clause in clauses_of(text))


def _is_about_a_person(clause: str) -> bool:
    return first_match((*_IDENTIFIERS, *_MAILBOX, *_PERSON, _OF_SOMEBODY), clause) is not None


def answer(context: Context, question: Question, claim: Claim) -> Answer:
    return Answer("out_of_scope", Outcome.REFUSED, claim.confidence, details={"kind": claim.also})
