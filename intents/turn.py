"""One turn of a conversation as the decisions about it see it: what it says, and which entries it may be about.

What is true of the turn as a whole is told here; what is true of each entry in `about.py`, of each kind of question in
`asked.py`. The weights of these facts are learned from threads that people wrote (`options.py`), so nothing here says
which fact speaks for what.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from catalogue.model import Dataset
from catalogue.search.coverage import grains_named
from catalogue.search.find import Found, Hit
from catalogue.search.schema import split
from catalogue.search.vocabulary import Vocabulary
from catalogue.text import fold
from intents.context import ANSWER, NAMES, SIXTH, Context, Question, likelihood
from intents.features import families_of, runs, words_of
from intents.reference import Reference
from intents.remembered import OF_AN_ENTRY, State
from intents.talked_about import current_of, entries_of

LOOKED_AT = SIXTH + 1
"""Results of each search that a turn may be about."""

LIKELY = 0.6
"""How likely a kind must be by itself to be what a turn surely seems."""

OFF = 0.5
"""How likely a turn must be out of scope by itself to be so where nothing holds its words."""

WHOLE = 2
"""Words of content that are a subject of their own, though nobody may hold it."""

SURELY = 0.9
"""How likely it must be by itself that a turn asks who holds something."""

FLAGS = tuple("points is_not is_about says_who is_other states is_wider".split())
SAID = tuple("place granularity recipient purpose years bodies describes".split())
SHARES = (0.001, 0.34, 0.67, 0.999)
LENGTHS = (1, 2, 3, 5, 8, 13)
LIKELIHOODS = (0.2, 0.4, 0.48, 0.7)

_WHO_HOLDS = re.compile(
    r"\bwho(?:'?s|se| has| holds?| owns| keeps| got| have| runs| publishes)\b|\b(?:is|are) there\b|\bdo we have\b|\bdata on\b",
    re.IGNORECASE,
)

CARRYING = frozenset(
    """
    a also an and as at but do does did for fine from good great how in instead is it just not now of on one ones only
    or please right same so that the their them then there these this those to too version versions we well what with
    """.split()
)
"""Words that a turn may have that asks the same as before of something else."""


@dataclass(frozen=True, slots=True)
class Turn:
    """A turn, with what was talked about before it.

    `marked` is its skeleton, `odds` how likely each kind of question is by itself. `entries` are those of the last
    answer, `current` the one that is talked about, `earlier` those before; `alone` is what its own words find, `along`
    what they find together with what is talked about. `held` says for each entry that it may be about what that holds.
    """

    said: Reference
    raw: str
    marked: tuple[str, ...]
    odds: Mapping[str, float]
    state: State
    current: Dataset | None
    entries: tuple[Dataset, ...]
    earlier: tuple[Dataset, ...]
    alone: Found
    along: Found
    held: Mapping[str, Hit]
    vocabulary: Vocabulary

    @property
    def here(self) -> Hit | None:
        """What the entry that is talked about holds of the turn's words."""
        return self.held[self.current.id] if self.current else None

    @property
    def there(self) -> Hit | None:
        """The entry that the turn's words find by themselves."""
        return self.alone.hits[0] if self.alone.hits else None

    @property
    def asks_nothing(self) -> bool:
        """Whether a turn has no words that ask: it only names something."""
        return all(word in CARRYING or word == "_" or word.startswith("<") or word == "?" for word in self.marked)

    @property
    def is_whole(self) -> bool:
        """Whether a turn asks who holds something of which nothing is said in what is talked about."""
        if self.said.points or not _WHO_HOLDS.search(self.raw):
            return False
        nothing = self.here is None or self.here.coverage < SHARES[0]
        is_held = self.there is not None and self.there.coverage >= SHARES[1]
        return nothing and self.odds.get("holders", 0.0) > SURELY and (is_held or len(self.said.words) >= WHOLE)

    @property
    def is_off(self) -> bool:
        """Whether a turn is out of scope by itself, and its words hardly stand anywhere in the catalogue."""
        if self.said.points or self.said.place or self.said.says_who or self.odds.get("out_of_scope", 0.0) < OFF:
            return False
        is_of_something = any(concept.is_needed for concept in self.alone.phrase.concepts)
        coverages = [hit.coverage for hit in (self.here, self.there) if hit]
        return is_of_something and max(coverages, default=0.0) < SHARES[1]

    def is_elsewhere(self, entry: str) -> bool:
        """Whether an entry is only what the turn's own words find, and these may well be of something nobody holds."""
        known = (self.current, *self.entries, *self.earlier, *(hit.dataset for hit in self.along.hits))
        is_named = self.there is not None and (self.there.is_exact or bool(self.there.named))
        return not any(each and each.id == entry for each in known) and not is_named and likelihood(self.alone) < ANSWER


def read_turn(
    context: Context,
    question: Question,
    state: State,
    said: Reference,
    *,
    odds: Mapping[str, float],
    marked: Sequence[str],
    pointed: Dataset | None = None,
) -> Turn:
    """A turn with the entries that it may be about: those talked about, and what two searches find.

    `pointed` is the one that it says plainly it is of.
    """
    own = question.asker.organisation if question.asker else None
    entries, earlier = (entries_of(context, question, ids) for ids in (state.entries, state.earlier))
    current = current_of(state, entries)

    def find(text: str) -> Found:
        return context.search.find(text, audience=question.audience, limit=LOOKED_AT, own=own)

    alone = find(said.text)
    along = find(" ".join(filter(None, (current.title if current else state.terms, *said.words, said.place))))
    found = [hit.dataset for hit in (*alone.hits, *along.hits)]
    known = [entry for entry in (pointed, current) if entry]
    every = {entry.id: entry for entry in (*known, *entries, *earlier, *found)}
    held = context.search.held(alone.phrase, list(every.values()), audience=question.audience)
    return Turn(
        said=said,
        raw=question.text,
        marked=tuple(marked),
        odds=odds,
        state=state,
        current=current,
        entries=tuple(entries),
        earlier=tuple(earlier),
        alone=alone,
        along=along,
        held={hit.dataset.id: hit for hit in held},
        vocabulary=context.search.vocabulary(),
    )


def says(turn: Turn) -> Iterator[str]:
    """What is true of a turn as a whole: its signs, its words, and what its words find here and elsewhere."""
    yield from (flag for flag in FLAGS if getattr(turn.said, flag))
    yield from (f"says {name}" for name in SAID if getattr(turn.said, name))
    if grains_named(fold(turn.raw)):
        yield "says grain"
    yield f"{content(turn)} words of content"
    yield f"as long as {level(len(turn.raw.split()), LENGTHS)}"
    yield f"was {turn.state.kind}"
    if turn.asks_nothing:
        yield "asks nothing"
    opening = split(fold(turn.raw))[:2]
    yield from (f"opens {' '.join(opening[:length])}" for length in range(1, len(opening) + 1))
    yield from (f"r {run}" for run in runs(list(turn.marked), 2) if run not in ("^", "$"))
    words = words_of(turn.raw)
    yield from (f"w {word}" for word in words)
    yield from (f"F {family}" for word in words for family in families_of(word))
    yield from (f"ends {word}" for word in words[-1:])
    yield from finds(turn)


def finds(turn: Turn) -> Iterator[str]:
    """How much of a turn's words stands in what is talked about, and how much in what they find by themselves."""
    here, there = turn.here, turn.there
    if not any(concept.is_needed for concept in turn.alone.phrase.concepts):
        yield "nothing to find"
        return
    yield f"here {level(here.coverage if here else 0.0)}"
    yield f"named here {level(in_names(here, turn.alone) if here else 0.0)}"
    yield f"there {level(there.coverage if there else 0.0)}"
    if there is None:
        return
    yield f"named there {level(in_names(there, turn.alone))}"
    yield f"judged there {level(likelihood(turn.alone), LIKELIHOODS)}"
    if there.is_exact or there.named:
        yield "a name"
    if here and there.dataset.id == here.dataset.id:
        yield "there is here"
    elif here and there.coverage > here.coverage + SHARES[1] / 2:
        yield "more there"


def seems(turn: Turn) -> Iterator[str]:
    """What kind of question a turn is by itself."""
    kind = max(turn.odds, key=turn.odds.__getitem__)
    sure = "surely" if turn.odds[kind] > LIKELY else "perhaps"
    yield f"{sure} {kind}"
    yield f"{sure} {'of an entry' if kind in OF_AN_ENTRY else 'of many'}"


def content(turn: Turn) -> int:
    """Words of content that a turn has, up to three."""
    return min(len(turn.said.words), 3)


def level(much: float, levels: Sequence[float] = SHARES) -> int:
    """How many of these levels something reaches."""
    return sum(much >= each for each in levels)


def in_names(hit: Hit, found: Found, fields: frozenset[str] = NAMES) -> float:
    """The share of what was searched for that an entry has in its names."""
    needed = sum(concept.is_needed for concept in found.phrase.concepts)
    return sum(match.field in fields for match in hit.matches) / needed if needed else 0.0
