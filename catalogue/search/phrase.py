"""Reading a search phrase: which words carry the subject, and what each of them may stand for.

A phrase becomes concepts. A concept is a word or a run of words with every way in which an entry may write it: as
typed, corrected, the meaning of an acronym or the acronym of a meaning, a synonym, the other spelling. Organisations,
places and years named in the phrase are kept apart: they say whose data, where and when, not what about.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache

from catalogue.search.narrow import Asked, asked
from catalogue.search.places import PlaceMention, gazetteer
from catalogue.search.schema import split
from catalogue.search.vocabulary import Meaning, Mention, Vocabulary
from catalogue.text import fold

LONGEST_RUN = 6
MOST_WORDS = 60
MOST_CHARACTERS = 2000
FAINTLY = 0.6
INITIALS = 3  # letters of the longest initials of a place
NAMES_DATA = frozenset(("dataset", "system"))  # kinds of acronym
CAPITALS_ONLY = "match capitals only"

# Words that ask rather than say what about. They steer nothing unless they are all there is.
ASKING = frozenset(
    """
    a about actually afaik after against ah all already also although always am amid among amongst an and another
    any anybody anymore anyone anything anyway anywhere apparently appear appears appreciate appreciated are arent
    around as asap ask asked asking asks at available aye basically be because been before being believe both bother
    bothering briefly btw bump but by came can cannot cant chase chasing cheers collect collected collecting
    collection collections collects comes coming contact cos could couldnt currently daft data database databases
    dataset datasets datset dear despite detail details did didnt dinnae do does doesn doesnt doing done dont each
    ed eg either else embarrassing entry er etc even ever every everybody everyone everything everywhere excuse
    exist existing exists extract feed feeds feels figures find folk folks for forget forgive forgot frankly from
    full fwiw fyi genuinely get gets getting give go goes going gone gonna good got gotta gotten grateful guess guys
    ha had hadnt haha happen has hasnt hav have havent having he hear heard hearing held hello help helpful helping
    helps her here heres hers herself hey hi him himself his hiya hmm hold holder holders holding holdings holds
    honestly hope hoped hopes hoping how howdy hows i id ie if im in info information inside into is isnt it itll
    its itself ive just keep keeping keeps ken kept kind know knowing knows lads latest let lets letting level like
    list listing lists literally located lol look looking lot love m made maintain maintains makes making manage
    manages mate mates may maybe me mentioned merely might mightnt mine most much must my myself national need
    needed needing needs neither never new no nobody nope nor not nothing now nowt number numbers of off official oh
    ok okay on once one only onto or ought our ours ourselves out outside own owner owners owns owt pal pardon per
    perhaps place please pls plz point pointed pointing possible possibly ppl presumably pretty probably publish
    published publisher publishes publishing question quick quite random rather re record recorded recording records
    ref regarding regards regs related remember right s said say saying says see seem seemed seems seriously shall
    share shared sharing she should shouldnt show side silly simply since so some somebody somehow someone something
    somethings somewhere sorry sort source sources stat statistic statistics stats still store stored stores stuff
    stupid such summat suppose supposed sure t ta table tables take tell telling tells than thank thanks that thatd
    thatll thats the their theirs them themselves then there theres these they theyd theyll theyre theyve thing
    things think thinking thinks this those though thought through throughout to told too toward towards tried tries
    try trying twice type um under understands unless until up upon us use used using usually various ve versus very
    via vs w want wanted wanting wants was wasn wasnt way we wed wee well went were werent weve what whatever whats
    when where whereas wheres wherever whether which whichever while who whod whoever whole whom whos whose whove
    why will with within wonder wondered wondering wont would wouldnt yeah yep yes yet you youd youll your youre
    yours yourself youve
    """.split()
)

# Words that say little by themselves; they count for a part. In a small catalogue they may be rare and loud.
FAINT = frozenset(
    """
    able acronym acronyms across actual add advice advise advised afternoon again ages ago allowed amend amended
    amount analyse analysing analysis analyst analysts annual answer answered answers anyhow applied applies apply
    applying approximately april area areas attach attached attachment auditor auditors august autumn average away
    back bad based began begin begins behind besides best better big bit bits blank bloody board boss bot break
    breakdown breakdowns brief briefing briefings bring broken brought build building bunch cabinet call called
    calls campaign cared cares carried carries carry catalogue catch catches categories category caught certainly
    chance change chart charts check checking claim clerk click colleague colleagues column columns combine combined
    combining come committee compare compared comparing compile compiled compiling confirm contain containing
    contains contents copies copy correct councillor councillors count counted counting country counts couple cover
    coverage covered covering covers csv curious current dashboard day days deadline deal deals december decent
    decide deck deepest definitely department deputy description desk detailed difference different difficult dig
    digging direct director dissertation double down download downloaded downloading downloads dozen draft drafted
    drafting drop dropped drops due duplicate duplicates during earliest easy email emailed emails end engineer
    england enough ensure entries error errors especially exactly example excel except explain explained fall far
    fast february fetch few field fields figure fill filled filling fills fine finest first fit fix fixed fixes flag
    flagged flags folder form format formats forms found frequency fresh fresher friday fully funny gather gathered
    gathering gathers generally geography given gives giving glance government grab grabbing granular granularity
    graph graphs great grounds group groups grow half hand handed handful hands happened happening happens happy
    hard headteacher high higher highest hire hiring honest idea ideas important inbox inboxes include included
    including increase inquiry inspector instead instructed interested internal involved issue issued january job
    join joined joining journalist json july june keen kinds known lag lags large largest last late lately later
    lead leading leads least left less letter letters line lines link linked linking links live living loads login
    logins long longer looked lose loss lots lovely low lower lowest lsoa luck lunch mad mailbox mailboxes main
    mainly make manager many march match matched matter matters mean means meeting member members merge merged
    methodology minister minus minute misleading misled miss missing mistake mistakes monday money month monthly
    months more morning mostly move moved moving msoa name named names near newer newest next nice none nose note
    november nowadays oa obtain obtained obviously october odd office officer often old oldest ones online onwards
    open order other others otherwise over overall page pages panel paper papers part particularly partly parts pass
    passed passes passing past paste pasted peek people percentage period permission permitted person persons phone
    pick picking picks places plan plenty plus policy precedent precedents present press previous prior problem
    process produce project projects proper properly proportion proposal proposals public pull pulled pulling pulls
    put puts putting quarter queries query questions quickly rang rate raw reach read reading reads real really
    reason recent recently refresh refreshed regular regularly rename renamed replace replaced replaces replacing
    replies reply report reporting reports request requested requesting requests require required requires result
    retention ring rise risen rising roughly routine routinely row rows rule rules rummage run running sad same
    saturday scale scrutiny second secretary section seen send sending sends sense sent separate separately
    september sergeant service services set sets setting several short similar simple single sit sits sitting size
    slide slides slow small smallest soon sorts speak special specifically split splits spoke spot spotted
    spreadsheet spreadsheets spring stale start started state statistician statisticians status steward stewards
    stewardship stick strange stuck studies study stumped submit submitted submitting summer sunday supplied
    supplies supply supplying supposedly surely swap swapped swaps system systems taken taking talk tallied tallies
    tally target team template templates term terms thursday tick ticked time times title titled today together
    tomorrow tonight top total touch trend trends tricky true trustees tuesday turn turned turns types typical uk
    unable understand unofficial update updated updates upload uploaded urgent urgently useful user users usual
    value variable variables verified verify verifying version versions view wait ward wards ways website wednesday
    weird winter withdraw withdrawn without wording work working works worried worry worrying worst worth write
    writes written wrong wrote year yearly years yesterday young
    """.split()
)

# Words that hold a phrase together and that an entry may leave out.
JOINING = frozenset(
    """
    a an and as at by for from in into of on or the to with
    """.split()
)

_INITIALS = re.compile(r"\b(?:[A-Za-z]\.){1,9}[A-Za-z]\b\.?")
_QUOTED = re.compile(r"[“\"]([^“”\"]{1,100})[”\"]")

_VARIANTS = (
    ("isation", "ization"),
    ("ise", "ize"),
    ("ised", "ized"),
    ("ising", "izing"),
    ("yse", "yze"),
    ("our", "or"),
    ("centre", "center"),
    ("programme", "program"),
    ("licence", "license"),
    ("defence", "defense"),
    ("paed", "ped"),
    ("tyre", "tire"),
    ("grey", "gray"),
    ("ageing", "aging"),
    ("enrol", "enroll"),
)


@dataclass(frozen=True, slots=True)
class Alternative:
    """One way in which an entry may write a concept. `via`: typed, spelling, corrected, acronym, or synonym."""

    words: tuple[str, ...]
    via: str = "typed"


@dataclass(frozen=True, slots=True)
class Concept:
    """One thing the asker named, as typed, with its alternatives, the typed one first unless it was corrected.

    `is_needed` is False for what narrows (a place, a year): an entry need not hold the word to be an answer. `weight`
    is below 1 for words that say little by themselves.
    """

    typed: str
    alternatives: tuple[Alternative, ...]
    is_needed: bool = True
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class Phrase:
    """A search phrase, read. `subject` is the content words as typed; `meanings` those of the acronyms among them."""

    text: str
    subject: tuple[str, ...]
    concepts: tuple[Concept, ...]
    mentions: tuple[Mention, ...]
    places: tuple[PlaceMention, ...]
    asked: Asked
    meanings: tuple[Meaning, ...]
    corrections: tuple[tuple[str, str], ...]
    ignored: tuple[str, ...]


def read(
    text: str,
    vocabulary: Vocabulary,
    *,
    is_known: Callable[[str], bool] = lambda _word: True,
    correct: Callable[[str], str | None] = lambda _word: None,
) -> Phrase:
    """Read a phrase. `is_known` says whether a word is in the catalogue, `correct` what it may have been meant to be.

    What stands in quotes is taken as it is written.
    """
    joined = _INITIALS.sub(lambda initials: initials[0].replace(".", ""), text[:MOST_CHARACTERS])  # N.H.S. as NHS
    return _Reading(joined, vocabulary, is_known, correct).phrase()


class _Reading:
    """One reading of one phrase: the words, what was taken for what, and what it comes to."""

    def __init__(
        self, text: str, vocabulary: Vocabulary, is_known: Callable[[str], bool], correct: Callable[[str], str | None]
    ) -> None:
        self.text, self.vocabulary, self.is_known, self.correct = text, vocabulary, is_known, cache(correct)
        self.words = split(fold(text))[:MOST_WORDS]
        self.capitals = _capitals(text)
        self.quoted = frozenset(word for quote in _QUOTED.findall(text) for word in split(fold(quote)))
        self.mentions = vocabulary.mentions(self.words, self.capitals)
        self.places = self._places()
        self.holders = [mention for mention in self.mentions if not self._may_be_another(mention)]
        self.taken = {place for mention in self.holders for place in range(mention.start, mention.end)}
        self.concepts: list[Concept] = []
        self.meanings: list[Meaning] = []
        self.corrections: list[tuple[str, str]] = []
        self.used: list[int] = []

    def _may_be_another(self, mention: Mention) -> bool:
        """Whether the name is also an acronym for data that is not this organisation's, as HES is."""
        slug = mention.organisation.slug
        meanings = self.vocabulary.meanings(mention.words)
        return any(meaning.kind in NAMES_DATA and meaning.holder != slug for meaning in meanings)

    def _places(self) -> list[PlaceMention]:
        inside = {place for mention in self.mentions for place in range(mention.start, mention.end)}
        found = gazetteer().mentions(self.words, self.capitals)
        return [
            place
            for place in found
            if inside.isdisjoint(range(place.start, place.end)) and not self._begins_a_run(place)
        ]

    def _begins_a_run(self, place: PlaceMention) -> bool:
        """Whether a place's initials begin words that stand for something else, as those of an NI record do."""
        if place.end - place.start > 1 or len(self.words[place.start]) > INITIALS:
            return False
        longest = min(LONGEST_RUN, len(self.words) - place.start)
        runs = (" ".join(self.words[place.start : place.start + length]) for length in range(2, longest + 1))
        return any(self.vocabulary.stands_for_something(run) for run in runs)

    def phrase(self) -> Phrase:
        where = {position for place in self.places for position in range(place.start, place.end)}
        position = 0
        while position < len(self.words):
            length = self._run(position)
            if length:
                self._add_run(position, length)
            elif position not in self.taken and not self._asks(self.words[position]):
                self._add_word(position, is_place=position in where)
            position += length or 1
        for mention in self.holders:  # the name may also be what it is about
            words = tuple(self.words[mention.start : mention.end])
            self.concepts.append(Concept(mention.words, (Alternative(words),), is_needed=False, weight=FAINTLY))
        if not any(concept.is_needed for concept in self.concepts) and not self.mentions and not self.places:
            for position in range(len(self.words)):
                self._add_word(position, is_place=False)
        holders = tuple(body.slug for mention in self.holders for body in mention.heirs or (mention.organisation,))
        return Phrase(
            text=self.text,
            subject=tuple(self.words[position] for position in self.used),
            concepts=tuple(self.concepts),
            mentions=tuple(self.mentions),
            places=tuple(self.places),
            asked=asked(self.text, self.words, places=[mention.place for mention in self.places], holders=holders),
            meanings=tuple(self.meanings),
            corrections=tuple(self.corrections),
            ignored=tuple(
                word
                for position, word in enumerate(self.words)
                if position not in self.used and position not in self.taken
            ),
        )

    def _asks(self, word: str) -> bool:
        """Whether a word only asks, also with a slip in it: "hlods" is not what somebody looks for."""
        is_as_written = word in self.capitals or word in self.quoted or self.is_known(word)
        return word in ASKING or (not is_as_written and self.correct(word) in ASKING)

    def _run(self, start: int) -> int:
        """How many words from `start` together stand for something; 0 when none do."""
        first = self.words[start]
        if not any(map(self.vocabulary.may_stand_for_something, (first, first.removesuffix("s")))):
            return 0
        for length in range(min(LONGEST_RUN, len(self.words) - start), 0, -1):
            words = self._singular(self.words[start : start + length])
            if not self.taken.isdisjoint(range(start, start + length)) or self._is_everyday(words):
                continue
            if all(word in ASKING for word in words):
                continue
            if self.vocabulary.stands_for_something(" ".join(words)) and self._expansions(words):
                return length
        return 0

    def _singular(self, words: list[str]) -> list[str]:
        """An acronym in the plural as the acronym: NEETs as NEET."""
        singular = words[0][:-1]
        if len(words) > 1 or not words[0].endswith("s") or self.vocabulary.stands_for_something(words[0]):
            return words
        is_acronym = len(singular) > 3 or re.search(rf"\b{re.escape(singular.upper())}s\b", self.text)
        return [singular] if is_acronym and self._meanings([singular]) else words

    def _is_everyday(self, words: Sequence[str]) -> bool:
        """One everyday word, not in capitals: it stands for nothing but itself."""
        return len(words) == 1 and words[0] in (ASKING | FAINT) and words[0] not in self.capitals

    def _add_run(self, start: int, length: int) -> None:
        words = self._singular(self.words[start : start + length])
        self.used += range(start, start + length)
        self.meanings += self._meanings(words)
        typed = tuple(word for word in words if word not in JOINING) or tuple(words)
        self.concepts.append(Concept(" ".join(words), _unique([Alternative(typed), *self._expansions(words)])))

    def _add_word(self, position: int, *, is_place: bool) -> None:
        word = self.words[position]
        self.used.append(position)
        if is_place or re.fullmatch(r"(?:19|20)\d\d", word):
            self.concepts.append(Concept(word, (Alternative((word,)),), is_needed=False))
            return
        options = [Alternative((word,)), *(Alternative((other,), "spelling") for other in variants(word))]
        joined = self._joined(position)
        if joined:
            options.append(Alternative((joined,), "spelling"))
        better = None if word in self.capitals or word in self.quoted else self.correct(word)
        if better:
            self.corrections.append((word, better))
            as_typed = options if self.is_known(word) else []
            options = [Alternative((better,), "corrected"), *self._expansions([better]), *as_typed]
        weight = FAINTLY if word in FAINT else 1.0
        self.concepts.append(Concept(word, _unique(options), weight=weight))

    def _joined(self, position: int) -> str | None:
        """This word and the next as one, where the catalogue writes it so: "post code" as "postcode"."""
        if position + 1 < len(self.words):
            joined = self.words[position] + self.words[position + 1]
            if len(joined) > 6 and self.is_known(joined):
                return joined
        return None

    def _meanings(self, words: Sequence[str]) -> list[Meaning]:
        """What the words mean as an acronym. One whose letters are also an everyday word counts in capitals only."""
        plain = " ".join(words)
        return [
            meaning
            for meaning in self.vocabulary.meanings(plain)
            if plain in self.capitals or CAPITALS_ONLY not in (meaning.note or "").lower()
        ]

    def _expansions(self, words: Sequence[str]) -> list[Alternative]:
        plain = " ".join(words)
        long = [Alternative(_content(meaning.meaning), "acronym") for meaning in self._meanings(words)]
        short = [Alternative((fold(acronym),), "acronym") for acronym in self.vocabulary.acronyms_of(plain)]
        same = [Alternative(_content(term), "synonym") for term in self.vocabulary.terms(plain)]
        return long + short + same


def variants(word: str) -> list[str]:
    """The other spelling of a word: British for American and the reverse."""
    found = []
    for british, american in _VARIANTS:
        for one, other in ((british, american), (american, british)):
            if word.endswith(one) and len(word) > len(one) + 2:
                found.append(word[: -len(one)] + other)
            elif word == one:
                found.append(other)
    return found


def _capitals(text: str) -> frozenset[str]:
    """The words written in capitals, folded; none when everything is."""
    words = re.findall(r"[\w&/.-]+", text)
    capital = [word for word in words if word.isupper()]
    if len(capital) == len(words) and len(words) > 2:
        return frozenset()
    return frozenset(fold(word) for word in capital)


def _content(text: str) -> tuple[str, ...]:
    words = split(fold(text))
    return tuple(word for word in words if word not in JOINING) or tuple(words)


def _unique(alternatives: Sequence[Alternative]) -> tuple[Alternative, ...]:
    first: dict[tuple[str, ...], Alternative] = {}
    for alternative in alternatives:
        if alternative.words:
            first.setdefault(alternative.words, alternative)
    return tuple(first.values())


def as_written(text: str, corrections: Sequence[tuple[str, str]]) -> str:
    """The text with every word that was corrected in quotes: the way back to what was typed."""
    typed = {word for word, _meant in corrections}
    return re.sub(r"[^\W_]+", lambda word: f"“{word[0]}”" if fold(word[0]) in typed else word[0], text)
