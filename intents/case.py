"""What a message says of a wish to use data: who with, what for, in what detail; and the other way round, in words.

Only what follows a word that announces it is read ("with a council", "for research"), and only where nothing follows
that would make it part of a title ("to hospital episode statistics"). What is not said stays not known.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from catalogue.search.schema import split
from catalogue.search.vocabulary import Vocabulary
from catalogue.sharing.facts import Body, Case, Granularity, OrganisationKind, Purpose
from catalogue.text import fold

_ENDS = (
    r"(?=\s*(?:$|[?,.;:!)]|(?:for|to|in|at|as|and|or|who|that|so|without|with|linked|through|skip|outside|inside|within|on"
    r"|decided|under|about|via|if|please|not|rather|only|research\w*|teams?|staff|before|previously|already|ever|again|yet|now|during|get|have|had)\b))"
)
_ARTICLES = r"(?:(?:a|an|the|some|any|our|my|another|other|all|local|external|private)\s+){0,3}"

USERS: Mapping[OrganisationKind, tuple[str, str]] = {
    OrganisationKind.ACADEMIC: (
        "a university",
        r"universit(?:y|ies)|unis?|(?:university |research )teams?|academics?|researchers?|colleges?|phd students?|students?",
    ),
    OrganisationKind.LOCAL_AUTHORITY: ("a council", r"councils?|local authorit(?:y|ies)|las|boroughs?"),
    OrganisationKind.POLICE: ("the police", r"police(?: forces?| service)?"),
    OrganisationKind.NHS_BODY: (
        "an NHS body",
        r"nhs(?: trusts?| bod(?:y|ies))?|hospitals?|gps?|integrated care boards?|health boards?",
    ),
    OrganisationKind.CHARITY: ("a charity", r"charit(?:y|ies)|voluntary (?:sector|organisations?)|ngos?|third sector"),
    OrganisationKind.CONTRACTOR: (
        "a contractor",
        r"contractors?|suppliers?|processors?|consultants?|consultanc(?:y|ies)|vendors?",
    ),
    OrganisationKind.COMPANY: (
        "a company",
        r"(?:\w+ ){0,2}(?:compan(?:y|ies)|business(?:es)?|firms?)|energy suppliers|(?:private )?sector|commercial organisations?",
    ),
    OrganisationKind.PUBLIC: (
        "the public",
        r"public|anyone|anybody|everyone|everybody|citizens?|world",
    ),
    OrganisationKind.MINISTERIAL_DEPARTMENT: (
        "a government department",
        r"(?:government )?departments?|ministr(?:y|ies)|central government|parts? of government",
    ),
    OrganisationKind.AGENCY: ("an executive agency", r"(?:executive |government )?agenc(?:y|ies)"),
    OrganisationKind.NON_MINISTERIAL_DEPARTMENT: ("a non-ministerial department", r"non[- ]ministerial departments?"),
    OrganisationKind.HMRC: ("HMRC", r"hmrc"),
    OrganisationKind.REGULATOR: ("a regulator", r"regulators?"),
    OrganisationKind.COURT: ("a court", r"courts?|tribunals?"),
    OrganisationKind.DEVOLVED: ("a devolved government", r"devolved (?:governments?|administrations?|bod(?:y|ies))"),
    OrganisationKind.STATISTICAL_AUTHORITY: ("the statistical authority", r"statistical authority|statisticians"),
    OrganisationKind.PUBLIC_BODY: ("a public body", r"public bod(?:y|ies)|arm's[- ]length bod(?:y|ies)"),
}
"""For each kind of user the words for it, and what is read as it."""

OTHERS: tuple[tuple[OrganisationKind, str, str], ...] = (
    (
        OrganisationKind.PUBLIC_BODY,
        "a school",
        r"schools?(?: \w+)?(?= teams?\b)|schools?|academ(?:y|ies)|nurser(?:y|ies)",
    ),
    (OrganisationKind.ACADEMIC, "a college", r"colleges?"),
    (OrganisationKind.NHS_BODY, "an integrated care board", r"icbs?|integrated care boards?"),
    (OrganisationKind.LOCAL_AUTHORITY, "a combined authority", r"combined authorit(?:y|ies)"),
    (OrganisationKind.PUBLIC, "the press", r"journalists?|press|media|newspapers?"),
    (OrganisationKind.COMPANY, "a housing association", r"housing assoc(?:iation)?s?|registered providers?"),
    (OrganisationKind.LOCAL_AUTHORITY, "trading standards", r"trading standards"),
    (
        OrganisationKind.LOCAL_AUTHORITY,
        "a fire service",
        r"fire (?:and rescue )?(?:services?|authorit(?:y|ies)|brigades?)",
    ),
    (OrganisationKind.LOCAL_AUTHORITY, "social workers", r"social (?:workers?|services|care team)"),
    (OrganisationKind.NHS_BODY, "an ambulance service", r"ambulance (?:services?|trusts?)"),
    (OrganisationKind.COMPANY, "insurers", r"insurers?|insurance compan(?:y|ies)"),
    (OrganisationKind.COMPANY, "a bank", r"banks?"),
    (OrganisationKind.COMPANY, "a water company", r"water compan(?:y|ies)"),
    (OrganisationKind.COMPANY, "an employer", r"employers?"),
    (OrganisationKind.COMPANY, "a landlord", r"landlords?|letting agents?"),
    (OrganisationKind.CHARITY, "a trade union", r"(?:trade )?unions?|union reps?"),
    (OrganisationKind.PUBLIC_BODY, "auditors", r"auditors?"),
    (OrganisationKind.PUBLIC_BODY, "a coroner", r"coroners?"),
    (OrganisationKind.PUBLIC_BODY, "probation", r"probation"),
    (OrganisationKind.NHS_BODY, "an NHS trust", r"(?:nhs |foundation |hospital )trusts?"),
    (OrganisationKind.NHS_BODY, "the NHS", r"nhs"),
)
"""Users of one of those kinds that people name by words of their own."""

PURPOSES: Mapping[Purpose, tuple[str, str]] = {
    Purpose.FRAUD: (
        "fraud prevention",
        r"(?:\w+ )?(?:anti-?|counter-?)?fraud(?: prevention| detection| investigations?| checks?)?",
    ),
    Purpose.DEBT: ("debt recovery", r"debt(?: recovery| collection| management)?|arrears"),
    Purpose.SAFEGUARDING: (
        "safeguarding",
        r"(?:child |adult )?safeguarding(?: \w+)?|(?:child|adult) protection|protect(?:ing)? children",
    ),
    Purpose.LAW_ENFORCEMENT: (
        "law enforcement",
        r"law enforcement|(?:a )?criminal investigations?|(?:a )?police investigations?|prosecutions?|policing|crime prevention",
    ),
    Purpose.RESEARCH: (
        "research",
        r"(?:academic |scientific |medical |health |social |university )?research(?: project| purposes| study| studies)?|studies|study|phd|dissertation",
    ),
    Purpose.STATISTICS: (
        "statistics",
        r"(?:official |national )?statistics|statistical (?:purposes|analysis|outputs?)",
    ),
    Purpose.POLICY: (
        "policy evaluation",
        r"(?:policy|impact|programme)(?: making| development| evaluation| analysis| work)?|evaluations?",
    ),
    Purpose.SERVICE_DELIVERY: (
        "service delivery",
        r"service delivery|(?:public |local )?services|(?:deliver|provide|run|target|improve|delivering|providing)(?: \w+){0,3} (?:services?|support|help)",
    ),
    Purpose.PLANNING: ("planning", r"(?:service |capacity )?planning(?: \w+)?"),
    Purpose.AUDIT: ("audit", r"(?:an |internal |external )?audits?|auditing|inspections?"),
    Purpose.FOI: ("an information request", r"(?:an? )?(?:foi|freedom of information|information|eir)(?: requests?)?"),
    Purpose.PUBLICATION: ("publication", r"publication|publishing|public release"),
}
"""For each purpose the words for it, and what is read as it."""

Said = tuple[re.Pattern[str], str, Any]


def _said(pattern: str, name: str, value: Any) -> Said:
    return re.compile(pattern, re.IGNORECASE), name, value


_TO = rf"\b(?:with|to|by|between us and)\s+{_ARTICLES}"
_FOR = r"(?<!conditions )(?<!terms )(?<!rules )(?<!licence )\b(?:for|to|to support|to do|in support of|as part of)\s+(?:(?:a|an|the|our|my|some|their|use in|purposes? of)\s+){0,3}"
_SPOTTING = (
    r"\bto (?:detect|prevent|find|tackle|investigate|identify|spot|stop|combat|reduce|check for)\s+(?:\w+\s+){0,2}?"
)
_PLAIN: tuple[Said, ...] = (
    _said(r"\b(?:without linking|not linked|without matching)\b", "linked", False),
    _said(r"\b(?:linked|matched|combined|joined) (?:with|to) (?:other|another|our|more) (?:data(?:sets?)?|records)\b", "linked", True),
    _said(r"\b(?:inside|within) the uk(?: only)?\b", "leaves_uk", False),
    _said(r"\b(?:outside the uk|abroad|overseas|to another country)\b", "leaves_uk", True),
    _said(r"\bwithout (?:a )?(?:contractor|supplier|processor)s?\b", "contractor", False),
    _said(r"\b(?:through|via|using) (?:a |our |the )?(?:contractor|supplier|processor)s?\b", "contractor", True),
    _said(r"\bdecided by one body\b", "joint", False),
    _said(r"\b(?:decided jointly|as joint controllers?|jointly)\b", "joint", True),
    _said(r"\bon a small scale\b", "large_scale", False),
    _said(r"\bon a large scale\b", "large_scale", True),
    _said(r"\b(?:as|only|just) (?:the )?(?:totals?|aggregates?|aggregated? (?:data|figures|counts)|counts)\b(?: only)?|\b(?:totals|counts|aggregates?) only\b", "granularity", Granularity.AGGREGATE),
    _said(
        r"\b(?:as|if) (?:it is |they are |it's )?(?:de-?identified|anonymi[sz]ed|pseudonymi[sz]ed)(?: (?:records|data))?\b|\bwithout names\b",
        "granularity",
        Granularity.DEIDENTIFIED,
    ),
    _said(r"\b(?:as|if) (?:it is )?(?:identified|identifiable|named)(?: (?:records|data))?\b|\bwith names\b", "granularity", Granularity.IDENTIFIED),
    *(_said(rf"\bin {name}\b", "nation", nation) for name, nation in (("England", "E"), ("Wales", "W"), ("Scotland", "S"), ("Northern Ireland", "NI"))),
    *(_said(rf"{_SPOTTING}{words}\b", "purpose", purpose) for words, purpose in (("fraud", Purpose.FRAUD), ("debts?", Purpose.DEBT), ("crimes?", Purpose.LAW_ENFORCEMENT))),
    *(_said(rf"{_FOR}(?:{pattern}){_ENDS}", "purpose", purpose) for purpose, (_words, pattern) in PURPOSES.items()),
)  # fmt: skip
_KINDS: tuple[Said, ...] = tuple(
    _said(rf"{_TO}(?:{pattern}){_ENDS}", "recipient", Body(kind, words)) for kind, words, pattern in OTHERS
) + tuple(_said(rf"{_TO}(?:{pattern}){_ENDS}", "recipient", Body(kind)) for kind, (_words, pattern) in USERS.items())
_SKIP = re.compile(r"[,;]?\s*\bskip (recipient|purpose|granularity|linkage|nation|transfer|contractor|joint|scale)\b")
_NAMED = re.compile(r"\b(?:with|to|by)\s+(?:the\s+)?(?=\S)", re.IGNORECASE)
_AFTER = re.compile(_ENDS, re.IGNORECASE)
_CANDIDATE = re.compile(
    r"\b(?:can|could|may|might|would|do|does|let|has|have)\s+(?:the\s+|a\s+|an\s+)?(?P<who>[\w&' -]{2,60}?)\s+(?:use|ever been|been|had|see|have|get|link|match|reuse|check|look at)\b",
    re.IGNORECASE,
)
_GIVES = re.compile(
    r"\b(?:shar(?:e|ed|ing)|give|given|send|sent|pass(?:ed)? on|disclos(?:e|ed)|sell|supply|releas(?:e|ed))\b",
    re.IGNORECASE,
)
_PUBLISHES = re.compile(r"\bpublish(?:ed)?\b", re.IGNORECASE)
_LINKS = re.compile(
    r"\b(?:can|could|may|to) (?:i |we |they |it )?(?:be )?(?:link|match|combine|linked|matched|combined)\b",
    re.IGNORECASE,
)
_KEPT = frozenset({"nation"})
_WIDEST = 9


@dataclass(frozen=True, slots=True)
class Read:
    """A case, and the text without what was read: what is left says which data is meant."""

    case: Case
    rest: str


def read(text: str, vocabulary: Vocabulary, *, asker: Body = Body()) -> Read:
    """What a text says. `asker` is the asker's own organisation."""
    found: dict[str, Any] = {"asker": asker}
    rest, skipped = text, frozenset(_SKIP.findall(text))
    rest = _SKIP.sub(" ", rest)
    for pattern, name, value in _PLAIN:
        match = pattern.search(rest)
        if match and name not in found:
            found[name] = value
            rest = rest if name in _KEPT else _without(rest, match.start(), match.end())
    body, rest = _recipient(rest, vocabulary)
    case = Case(**found, skipped=skipped)
    if body and body.slug and body.slug == asker.slug:
        pass
    elif body:
        case = replace(case, recipient=body)
    elif _PUBLISHES.search(text):
        case = replace(case, recipient=Body(OrganisationKind.PUBLIC), purpose=case.purpose or Purpose.PUBLICATION)
    elif _GIVES.search(text):
        case = replace(case, recipient=Body())
    elif (user := _user(text, vocabulary)) and not (user.slug and user.slug == asker.slug):
        case = replace(case, recipient=user)
    if _LINKS.search(text) and case.linked is None:
        case = replace(case, linked=True)
    return Read(completed(case), " ".join(rest.split()))


def completed(
    case: Case,
    *,
    recipient: Body | None = None,
    purpose: Purpose | None = None,
    granularity: Granularity | None = None,
) -> Case:
    """A case with what else was understood, where it is not known yet and was not skipped."""
    is_own = recipient is not None and recipient.slug is not None and recipient.slug == case.asker.slug
    if recipient and not is_own and case.recipient in (None, Body()) and "recipient" not in case.skipped:
        case = replace(case, recipient=recipient)
    if "purpose" not in case.skipped:
        case = replace(case, purpose=case.purpose or purpose)
    if "granularity" not in case.skipped:
        case = replace(case, granularity=case.granularity or granularity)
    if case.user.kind is OrganisationKind.CONTRACTOR and case.contractor is None:
        case = replace(case, contractor=True)
    return case


def _recipient(text: str, vocabulary: Vocabulary) -> tuple[Body | None, str]:
    for start in _NAMED.finditer(text):
        tokens = [*re.finditer(r"\S+", text[start.end() :])][:_WIDEST]
        words = split(fold(" ".join(token[0] for token in tokens)))
        capitals = frozenset(fold(token[0]) for token in tokens if token[0][:1].isupper())
        mention = next(iter(vocabulary.mentions(words, capitals)), None)
        if mention is None or mention.start > 0:
            continue
        length = 0
        for token in tokens:
            length += len(split(fold(token[0])))
            if length >= mention.end:
                end = start.end() + token.end() - (1 if token[0][-1:] in "?,.;:!)" else 0)
                if _AFTER.match(text[end:]):
                    return Body.of(vocabulary.living(mention.organisation)), _without(text, start.start(), end)
                break
    for pattern, _name, body in _KINDS:
        match = pattern.search(text)
        if match:
            return body, _without(text, match.start(), match.end())
    return None, text


def _user(text: str, vocabulary: Vocabulary) -> Body | None:
    """Who is said to use the data: "can Camden council use …", "can universities use …"."""
    match = _CANDIDATE.search(text)
    return body_named(match["who"], vocabulary) if match else None


def body_named(who: str, vocabulary: Vocabulary) -> Body | None:
    """The organisation, or only the kind of one, that some words name in full."""
    for kind, name, pattern in OTHERS:
        if re.fullmatch(pattern, who.strip(), re.IGNORECASE):
            return Body(kind, name)
    for kind, (_words, pattern) in USERS.items():
        if re.fullmatch(pattern, who.strip(), re.IGNORECASE):
            return Body(kind)
    words = split(fold(who))
    capitals = frozenset(fold(word) for word in who.split() if word[:1].isupper())
    mention = next(iter(vocabulary.mentions(words, capitals)), None)
    whole = mention is not None and (mention.start, mention.end) == (0, len(words))
    return Body.of(vocabulary.living(mention.organisation)) if mention and whole else None


def kind_in(text: str) -> Body | None:
    """The first kind of body that a message speaks of, wherever: for one that says only who asks."""
    for kind, name, pattern in OTHERS:
        if re.search(rf"\b(?:{pattern})\b", text, re.IGNORECASE):
            return Body(kind, name)
    return next(
        (Body(kind) for kind, (_w, pattern) in USERS.items() if re.search(rf"\b(?:{pattern})\b", text, re.I)), None
    )


def purpose_spoken_of(text: str) -> Purpose | None:
    """The purpose a message speaks of without a word that announces it: "our fraud team", "accredited researchers"."""
    return next((purpose for purpose, pattern in _SPOKEN_OF.items() if pattern.search(text)), None)


_SPOKEN_OF: dict[Purpose, re.Pattern[str]] = {
    purpose: re.compile(pattern, re.IGNORECASE)
    for purpose, pattern in (
        (Purpose.FRAUD, r"\bfraud(?! initiative)\w*\b|\bscams?\b|\bphoenix\w*|\bfalse (?:claims?|declarations?)\b|\bsuspect\w* (?:claims?|firms?)\b|\bghost (?:employees|patients)\b"),
        (Purpose.SAFEGUARDING, r"\bsafeguard\w*|\bat risk\b|\b(?:child|adult) protection\b|\bearly help\b|\bmash\b|\bvulnerable\b|\bmissing (?:kids?|child\w*|family|people|from)\b|\bwelfare checks?\b|\bdomestic (?:abuse|homicide)\b"),
        (Purpose.DEBT, r"\bdebts?\b|\barrears\b|\bbailiffs?\b|\benforcement agents?\b"),
        (Purpose.AUDIT, r"\baudit(?:s|ors?|ing)?\b|\binspect(?:ion|ors?)\b|\bassurance\b"),
        (Purpose.LAW_ENFORCEMENT, r"\blaw enforcement\b|\b(?:criminal |police )investigat\w+|\bprosecut\w+|\bcrackdown\b|\bcounty lines\b|\bcrime prevention\b|\bhotspots\b"),
        (Purpose.RESEARCH, r"\bresearch(?!ers? council)\w*|\bphd\b|\bdissertation\b|\bacademics?\b|\bsection 251\b|\bthesis\b|\bmasters\b|\blecturers?\b|\bstudy\b|\btrials?\b|\bcohort\b"),
        (Purpose.POLICY, r"\bevaluat\w+|\bimpact assessment of\b|\bwhat works\b|\bpilot\b|\ballocations review\b"),
        (Purpose.STATISTICS, r"\bofficial statistics\b|\bstatistical (?:bulletin|release|purposes)\b"),
        (Purpose.PLANNING, r"\b(?:for|place|service|capacity|workforce|emergency) planning\b|\bplanning (?:only|purposes)\b|\b(?:to|our|a) (?:\w+ )?(?:model|forecast)\w*\b|\bmodelling\b|\bstrategy\b|\bbusiness case\b"),
        (Purpose.SERVICE_DELIVERY, r"\bauto[- ]?enrol\w*\b|\b(?:target|deliver|provide)\w* (?:\w+ ){0,3}(?:support|services?|help)\b|\btake-?up\b|\bcase ?workers?\b|\boutreach\b|\b(?:so we can|to) (?:invite|visit|contact|offer|help|doorstep|fit|pass|tell)\b|\bhampers?\b|\beligib\w+"),
    )
}  # fmt: skip


def say(case: Case) -> str:
    """The words that `read` reads this case from; the asker's own organisation is left to be known."""
    parts = []
    if case.recipient is not None and (name := user_words(case.recipient)):
        parts.append(f"with {name}")
    if case.purpose:
        parts.append(f"for {purpose_words(case.purpose)}")
    for name, value, words in _WORDS:
        if getattr(case, name) == value and getattr(case, name) is not None:
            parts.append(words)
    parts += [f"skip {question}" for question in sorted(case.skipped)]
    return " ".join(parts)


def purpose_words(purpose: Purpose | str) -> str:
    """A purpose in words that are read as it again."""
    return PURPOSES[Purpose(purpose)][0]


def said_of(case: Case) -> dict[str, Any]:
    """Who would get the data and what for, as the fields of an Answer have it."""
    return {
        "recipient": user_words(case.recipient) if case.recipient else None,
        "purpose": str(case.purpose) if case.purpose else None,
    }


def user_words(body: Body) -> str | None:
    """A body in words: its name, or its kind."""
    return body.name or (USERS[body.kind][0] if body.kind else None)


_WORDS: tuple[tuple[str, Any, str], ...] = (
    ("granularity", Granularity.AGGREGATE, "as totals"),
    ("granularity", Granularity.DEIDENTIFIED, "as de-identified records"),
    ("granularity", Granularity.IDENTIFIED, "as identified records"),
    ("linked", True, "linked with other data"),
    ("linked", False, "without linking"),
    ("nation", "E", "in England"),
    ("nation", "W", "in Wales"),
    ("nation", "S", "in Scotland"),
    ("nation", "NI", "in Northern Ireland"),
    ("leaves_uk", True, "outside the UK"),
    ("leaves_uk", False, "inside the UK only"),
    ("contractor", True, "through a contractor"),
    ("contractor", False, "without a contractor"),
    ("joint", True, "decided jointly"),
    ("joint", False, "decided by one body"),
    ("large_scale", True, "on a large scale"),
    ("large_scale", False, "on a small scale"),
)


def _without(text: str, start: int, end: int) -> str:
    return f"{text[:start]} {text[end:]}"
