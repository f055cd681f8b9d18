"""What words stand for: organisations by every name they have or had, acronyms with all their meanings, synonyms.

Look-ups are exact on folded keys (lower case, no accents): an acronym is never matched by likeness. Reading a phrase
takes the longest names first, so "Department for Education" is not read as "Education".
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from catalogue import organisations
from catalogue.model import FormerName, Organisation
from catalogue.search.schema import split, stem
from catalogue.store import Database
from catalogue.text import fold

# Organisations' short names that are also everyday words.
EVERYDAY = frozenset(
    """
    ace big ca ch co es et ha he his ho hos ir mac maps mas monitor ne nest offer se so ta to tra us what which
    real ban
    """.split()
)

LONGEST = 9  # words in the longest name looked for in a phrase


@dataclass(frozen=True, slots=True)
class Meaning:
    """One meaning of an acronym; `holder` is the slug of the body it belongs to, where known."""

    acronym: str
    meaning: str
    holder: str | None = None
    kind: str | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Mention:
    """An organisation named in a phrase: where (words from `start` to before `end`), and by which former name.

    `heirs` are all that have the work of a former name's body today, `organisation` the first of them.
    """

    organisation: Organisation
    start: int
    end: int
    words: str
    former: FormerName | None = None
    heirs: tuple[Organisation, ...] = ()


class Vocabulary:
    """The vocabulary at one moment. Immutable; `load` makes one from the record."""

    def __init__(
        self, bodies: Iterable[Organisation], meanings: Iterable[Meaning], synonyms: Mapping[str, Sequence[str]]
    ) -> None:
        self.organisations: dict[str, Organisation] = {body.slug: body for body in bodies}
        self.synonyms: dict[str, tuple[str, ...]] = {fold(plain): tuple(terms) for plain, terms in synonyms.items()}
        self._meanings: dict[str, list[Meaning]] = {}
        for meaning in meanings:
            self._meanings.setdefault(fold(meaning.acronym), []).append(meaning)
        self._acronyms: dict[str, tuple[str, ...]] = {}
        for known in self._meanings.values():
            for meaning in known:
                key = fold(meaning.meaning)
                self._acronyms[key] = (*self._acronyms.get(key, ()), meaning.acronym)
        self._names: dict[str, list[tuple[Organisation, FormerName | None]]] = {}
        for body in self.organisations.values():
            self._learn(body)

    def _learn(self, body: Organisation) -> None:
        present = [body.slug.replace("-", " "), body.name, *body.other_names]
        if body.acronym:
            present.append(body.acronym)
        for name in present:
            self._name(name, body, None)
            if " and " in f" {fold(name)} ":  # "Revenue & Customs" is also written without the word
                self._name(fold(name).replace(" and ", " "), body, None)
        for former in body.former_names:
            for old in filter(None, (former.name, former.acronym)):
                self._name(old, body, former)

    def _name(self, name: str, body: Organisation, former: FormerName | None) -> None:
        key = fold(name)
        bodies = self._names.setdefault(key, [])
        if key and not any(known is body for known, _former in bodies):
            bodies.append((body, former))

    @cached_property
    def _first_words(self) -> dict[str, int]:
        """For each word that begins a name, how many words the longest such name has."""
        longest: dict[str, int] = {}
        for key in self._names:
            first, length = key.split(" ", 1)[0], key.count(" ") + 1
            longest[first] = max(longest.get(first, 0), min(length, LONGEST))
        return longest

    def meanings(self, acronym: str) -> list[Meaning]:
        """Every meaning of an acronym, organisations' own names among them; [] when it is none."""
        found = list(self._meanings.get(fold(acronym), ()))
        for body, former in self._names.get(fold(acronym), ()):
            own = former.acronym if former else body.acronym
            if own and fold(own) == fold(acronym):
                name = former.name if former else body.name
                if not any(fold(known.meaning) == fold(name) for known in found):
                    found.append(Meaning(own, name, holder=body.slug, kind="organisation"))
        return found

    def all_meanings(self) -> list[Meaning]:
        """Every meaning of every acronym, without organisations' own names."""
        return [meaning for meanings in self._meanings.values() for meaning in meanings]

    def acronyms_of(self, meaning: str) -> tuple[str, ...]:
        """The acronyms that stand for these folded words."""
        return self._acronyms.get(meaning, ())

    def stands_for_something(self, key: str) -> bool:
        """Whether these folded words are an acronym, or plain English for something."""
        return key in self._meanings or key in self._acronyms or bool(self.terms(key))

    @cached_property
    def _begins(self) -> frozenset[str]:
        """The stem of every word that begins what stands for something."""
        keys = [*self._meanings, *self._acronyms, *self.synonyms]
        return frozenset(stems[0] for key in keys if (stems := _stems(key)))

    def may_stand_for_something(self, word: str) -> bool:
        """Whether words that begin with this one may stand for something: of most words none do."""
        return stem(word) in self._begins

    def terms(self, plain: str) -> tuple[str, ...]:
        """What these folded words are called in the field, whatever endings they have."""
        return self.synonyms.get(plain) or self._by_stems.get(_stems(plain), ())

    @cached_property
    def _by_stems(self) -> dict[tuple[str, ...], tuple[str, ...]]:
        """The terms of each plain word or words by their stems; of two with the same stems, those of the first."""
        found: dict[tuple[str, ...], tuple[str, ...]] = {}
        for plain, terms in self.synonyms.items():
            found.setdefault(_stems(plain), terms)
        return found

    def resolve(self, name: str) -> str | None:
        """The slug of the organisation that answers today for `name`; None when nobody or several do."""
        if name in self.organisations:
            return name
        living = {self.living(body).slug for body, _former in self._names.get(fold(name), ())}
        return living.pop() if len(living) == 1 else None

    def living(self, body: Organisation) -> Organisation:
        """The body that has the work of `body` today: itself, or at the end of the chain of first successors."""
        seen = set()
        while body.is_closed and body.successors and body.slug not in seen:
            seen.add(body.slug)
            body = self.organisations.get(body.successors[0], body)
        return body

    def _heirs(self, named: Iterable[tuple[Organisation, FormerName | None]]) -> tuple[Organisation, ...]:
        """All living bodies that have the work today of those that are or were called so."""
        found: dict[str, Organisation] = {}
        for body, _former in named:
            for slug in (body.successors if body.is_closed else ()) or (body.slug,):
                heir = self.living(self.organisations.get(slug, body))
                found[heir.slug] = heir
        return tuple(found.values())

    @cached_property
    def starts(self) -> list[tuple[str, str]]:
        """Every word of every living organisation's present names with its slug, in order, to complete words from."""
        pairs = {
            (word, body.slug)
            for body in self.organisations.values()
            if not body.is_closed
            for name in (body.name, body.acronym or "", *body.other_names)
            for word in fold(name).split()
        }
        return sorted(pairs)

    def name(self, slug: str | None) -> str | None:
        """The name of the organisation with this slug; the slug itself when nobody knows it."""
        body = self.organisations.get(slug or "")
        return body.name if body else slug

    def mentions(self, words: Sequence[str], capitals: frozenset[str] = frozenset()) -> list[Mention]:
        """Organisations named in a phrase, given as folded words, longest names first; none overlap.

        A short name that is also an everyday word counts only when it is among those written in `capitals`.
        """
        found: list[Mention] = []
        position = 0
        while position < len(words):
            mention = self._mention_at(words, position)
            if mention and mention.words in EVERYDAY and mention.words not in capitals:
                mention = None
            if mention:
                found.append(mention)
                position = mention.end
            else:
                position += 1
        return found

    def _mention_at(self, words: Sequence[str], start: int) -> Mention | None:
        longest = self._first_words.get(words[start], 0)
        for end in range(min(start + longest, len(words)), start, -1):
            key = " ".join(words[start:end])
            candidates = self._names.get(key)
            if candidates:
                body, former = self._best(candidates)
                living = self.living(body)
                if living is not body and former is None:
                    former = FormerName(body.name, body.acronym, None, body.closed_on)
                return Mention(living, start, end, key, former, self._heirs(candidates) if former else ())
        return None

    @staticmethod
    def _best(
        candidates: Sequence[tuple[Organisation, FormerName | None]],
    ) -> tuple[Organisation, FormerName | None]:
        """A living body by its present name before one by a former name before a closed one."""
        return min(candidates, key=lambda pair: (pair[0].is_closed, pair[1] is not None))


def _stems(words: str) -> tuple[str, ...]:
    return tuple(stem(word) for word in split(words))


TOLD_TO_EVERYBODY = (
    "(dataset_id IS NULL OR EXISTS (SELECT 1 FROM datasets d WHERE d.id = dataset_id AND d.visibility = 'public'))"
)
"""A name that was added for an entry gives the entry away."""


def load(db: Database) -> Vocabulary:
    """The vocabulary as the record has it now, as far as everyone may know it."""
    meanings = [
        Meaning(row["acronym"], row["meaning"], row["holder"], row["kind"], row["note"])
        for row in db.query(
            "SELECT acronym, meaning, holder, kind, note FROM acronyms"
            f" WHERE {TOLD_TO_EVERYBODY} ORDER BY acronym, meaning"
        )
    ]
    synonyms: dict[str, list[str]] = {}
    for row in db.query(f"SELECT plain, term FROM synonyms WHERE {TOLD_TO_EVERYBODY} ORDER BY plain, term"):
        synonyms.setdefault(row["plain"], []).append(row["term"])
    return Vocabulary(organisations.known_to_everyone(db), meanings, synonyms)


class Shared:
    """The vocabulary for many threads, read again when the record says that it changed."""

    def __init__(self) -> None:
        self._held: tuple[int, Vocabulary] | None = None

    def current(self, db: Database) -> Vocabulary:
        version = int(db.query("SELECT value FROM counters WHERE name = 'vocabulary'")[0]["value"])
        held = self._held
        if held is None or held[0] != version:
            self._held = held = (version, load(db))
        return held[1]
