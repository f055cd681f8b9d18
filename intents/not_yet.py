"""Kinds of question that are understood and cannot be answered yet: said plainly, with what can be done instead.

The entry that is meant is found and shown with its contact, so that the asker is not left with nothing.
"""

import re

from catalogue.search.vocabulary import Vocabulary
from intents.answers import Answer, Outcome, show
from intents.context import Claim, Context, Question, compile_all, first_match, pick
from intents.phrase import Message, without_end

EXAMPLES = (
    "How do I get access to the National Pupil Database?",
    "How often is the rough sleeping snapshot updated?",
    "Does Price Paid Data cover Wales?",
    "Where is my request SR-0042?",
)

_KINDS: dict[str, tuple[re.Pattern[str], ...]] = {
    "my_requests": compile_all(
        r"\b(?:where(?:'s| is| are)|what(?:'s| is) happening (?:with|to)|status of|progress (?:of|on)|chase|update on|any news on)\b"
        r".{0,20}?\b(?:my|our|the)?\s*(?:data )?(?:access |share )?(?:requests?|sr-?\d+|dsr ?\d+)\b(?P<subject>.*)",
        r"^(?P<subject>my (?:data |access |share )*requests?)\b",
        r"^(?P<subject>sr-?\d+)\s*\??$",
    ),
    "review_queue": compile_all(
        r"\bwhat(?:'s| is| are)? (?:there )?(?:waiting|pending|outstanding|in my queue|to (?:review|approve|decide))\b(?P<subject>.*)",
        r"^(?:approve|decline|reject|send back|delegate)\b(?P<subject>.*\bsr-?\d+.*)",
        r"\bmy (?:review |approval )?(?P<subject>queue)\b",
        r"\brequests? (?:waiting|to (?:review|approve))\b(?P<subject>.*)",
    ),
    "steward_edit": compile_all(
        r"^(?:please |can (?:you|i|we) |i (?:need|want|would like|'d like) to |we need to |could you )*(?:update|edit|change|amend|correct|rename"
        r"|withdraw|retire|archive|delete|remove)\b(?P<subject>.+\b(?:entry|entries|record|description|contact|listing|dataset|title"
        r"|frequency|licence)\b.*)",
        r"\b(?:add|register|create|list|publish)\b (?:a |our |my |an )?(?:new )?(?P<subject>(?:data ?set|entry|catalogue entry|listing)\b.*)",
    ),
    "report_problem": compile_all(
        r"(?P<subject>.+?)\b(?:is|are|looks?|seems?)\s+(?:completely |all |very |a bit |now )?(?:wrong|out of date|outdated|incorrect|broken|dead|stale"
        r"|inaccurate|missing|misleading|not working|old)\b",
        r"\b(?:report|flag) (?:a |an )?(?:problem|issue|mistake|error|broken link)s? (?:with|in|on|about)?(?P<subject>.*)",
        r"\bbroken link\b(?P<subject>.*)",
        r"\b(?:doesn't|does not|don't|won't) (?:work|open|load) (?:for|on|in)?(?P<subject>.*)",
    ),
    "collect": compile_all(
        r"\b(?:about to|going to|planning to|plan to|want to|need to|thinking of|thinking about|before (?:i|we)|intend to|asked to|have to)\b.{0,20}?"
        r"\b(?:ask(?:ing)?|survey(?:ing)?|collect(?:ing)?|email(?:ing)? round|gather(?:ing)?|request(?:ing)? from|send(?:ing)? (?:out )?(?:a |an )?(?:survey"
        r"|questionnaire|spreadsheet|form|template|data call))\b(?P<subject>.+)",
        r"\b(?:data collection|commission(?:ing)?|survey|questionnaire|data call|new return|spreadsheet)\b.{0,30}?\b(?:to|for|of|from|asking)\b"
        r".{0,25}?\b(?P<subject>(?:schools?|councils?|hospitals?|gps?|trusts?|teachers?|nurses?|police forces?|local authorities|providers?)\b.*)",
    ),
    "precedent": compile_all(
        r"\b(?:has|have|had|was|were)\b(?P<subject>.+?)\b(?:been )?(?:shared|given|provided|supplied|released)\b.*\b(?:before|with|to|previously|already|ever)\b",
        r"\b(?:precedents?|similar (?:shares?|agreements?|requests?)|done (?:this|it) before|existing (?:agreement|mou|dsa|isa))\b(?: for| to| of| with)?(?P<subject>.*)",
        r"\bis there (?:already )?an? (?:agreement|mou|dsa|isa|data sharing agreement)\b(?: for| with| on| covering)?(?P<subject>.+)",
    ),
    "compare": compile_all(
        r"\b(?:difference|differences|distinction) between\b(?P<subject>.+)",
        r"^(?:compare|contrast)\b(?P<subject>.+)",
        r"(?P<subject>.+\b(?:vs?\.?|versus)\b.+)",
        r"\bwhich (?:is|one is|should i use|do i use|would be)\b(?: better| best)?[,:]?(?P<subject>.+\bor\b.+)",
        r"\bshould (?:i|we) use\b(?P<subject>.+\bor\b.+)",
        r"\bhow (?:does|do|is|are)\b(?P<subject>.+?)\b(?:differ|compare|different)\b.*",
    ),
    "freshness": compile_all(
        r"\bhow (?:often|frequently|regularly)\b.{0,12}?\b(?:is|are|does|do|has|gets?)?\b(?P<subject>.+?)\b(?:updated?|published|refreshed?|released|collected|change[sd]?|come out"
        r"|produced|run|issued|revised|uploaded)\b",
        r"\bhow (?:current|recent|fresh|up to date|up-to-date|old|stale|timely|new)\b.{0,8}?\b(?:is|are)?\b(?P<subject>.+)",
        r"\bwhen (?:was|were|is|are|did|does|do|will)\b(?P<subject>.+?)\b(?:last |next |be |get |first )*(?:updated?|published|released?|refreshed?|out|come out|available|due"
        r"|changed|modified|verified|checked|collected|revised|issued)\b",
        r"\b(?:last updated?|next (?:release|update|edition|publication)|latest (?:version|release|edition|update)|update frequency|refresh rate|release date|frequency)\b"
        r"(?: date)?(?: of| for| on)?(?P<subject>.+)",
        r"\bis\b(?P<subject>.+?)\b(?:still )?(?:up to date|up-to-date|current|still (?:updated|maintained|published))\b",
    ),
    "coverage": compile_all(
        r"\b(?:does|do|will|would)\b(?P<subject>.+?)\b(?:cover|include|go back|extend|span|break down|have (?:wales|scotland|northern ireland|england|ward|lsoa))\b.+",
        r"\b(?:what|which) (?:years?|period|areas?|geograph\w+|places?|countr\w+|nations?|regions?|dates?)\b.{0,15}?\b(?:does|do|is|are)\b(?P<subject>.+?)\b(?:cover(?:ed)?|include|span|go back|for|available)\b",
        r"\bhow far back\b.{0,10}?\b(?:does|do|is)\b(?P<subject>.+?)\b(?:go|run|extend|start)\b",
        r"\bis\b(?P<subject>.+?)\b(?:available )?(?:for|at|by|down to|broken down by) (?:wales|scotland|northern ireland|england|ward|lsoa|postcode|council|school|local authority|individual)\b.*\b(?:level)?\s*\??$",
        r"\bis\b(?P<subject>.+?)\b(?:england only|uk[- ]wide|just england)\b",
    ),
    "access": compile_all(
        r"\bhow (?:do|can|could|would|should|does|might) (?:i|we|you|one|someone|a council|researchers?)\b.{0,12}?\b(?:get|gain|obtain|access|request|apply for|acquire|download|get hold of|get into)\b"
        r"(?: access to| hold of| into)?(?P<subject>.+)",
        r"\b(?:request|apply for|get|need|want|would like|like|gain|give me|require|after) (?:an? )?access to\b(?P<subject>.+)",
        r"^(?:(?:i|we)(?:'d| would)? (?:like|want|need) to |please |can (?:i|we) (?:please )?|could (?:i|we) )*(?:request|apply for|download|order|get hold of|have access to|access|have|get)\b(?P<subject>.+)",
        r"^(?:ok|okay|yes|please)?,?\s*(?P<subject>request it)\b",
        r"\b(?:get|see|have) (?:a )?copy of\b(?P<subject>.+)",
    ),
}
_WITH_WHOM = re.compile(r"\s+(?:with|to|from|for|between)\s+", re.IGNORECASE)
SURENESS = 0.88
_FILLER = re.compile(r"^(?:the |a |an |any |some |our |my |this |that |it |of |for |to |about )+", re.IGNORECASE)


def recognise(message: Message, vocabulary: Vocabulary) -> Claim | None:
    for kind, patterns in _KINDS.items():
        match = first_match(patterns, message.text)
        if match:
            subject = _FILLER.sub("", without_end(match["subject"] or "").strip())
            return Claim(kind, SURENESS - 0.01 if kind == "access" else SURENESS, subject)
    return None


def answer(context: Context, question: Question, claim: Claim) -> Answer:
    found, picked = None, None
    for subject in dict.fromkeys((claim.subject, _WITH_WHOM.split(claim.subject)[0])):
        if subject and not (picked and (picked.one or picked.several)):
            found = context.search.find(subject, audience=question.audience, limit=6)
            picked = pick(found)
    hits = ((picked.one,) if picked and picked.one else picked.several if picked else ()) or ()
    vocabulary = context.search.vocabulary()
    return Answer(
        claim.intent,
        Outcome.REFUSED,
        claim.confidence,
        claim.subject,
        shown=tuple(show(hit, vocabulary) for hit in hits if hit),
        terms=found.phrase.subject if found else (),
    )
