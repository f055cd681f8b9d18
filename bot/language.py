"""The language that is spoken while something is worked out: English, or Welsh to a person who wants it.

Templates have a twin in `templates/cy`. Words that stand in Python, in the questions of a request or in a refusal of
the catalogue's are looked up in the `.toml` files there, and what the rules for sharing say in
`catalogue/data/sharing/welsh.toml`. What has no Welsh is said in English; the tests keep that from happening.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from importlib import resources
from typing import TypeVar

from catalogue.model import Language

K = TypeVar("K")

RULES = resources.files("catalogue").joinpath("data/sharing/welsh.toml")
"""The Welsh of what the rules for sharing say stands beside them; its table `reading` says who has read it."""

_SPOKEN: ContextVar[Language] = ContextVar("spoken", default=Language.ENGLISH)
_PLACE = re.compile(r"\\\{(\w+)\\\}")


def spoken() -> Language:
    """The language that is spoken now."""
    return _SPOKEN.get()


def speak(language: Language | None) -> None:
    """Speak a language from here on in this thread of work; English to somebody whose language is not known."""
    _SPOKEN.set(language or Language.ENGLISH)


@contextmanager
def speaking(language: Language | None) -> Iterator[None]:
    """Speak a language for a while; English to somebody whose language is not known."""
    before = _SPOKEN.set(language or Language.ENGLISH)
    try:
        yield
    finally:
        _SPOKEN.reset(before)


def phrase(english: str) -> str:
    """A fixed phrase in the language that is spoken now."""
    return phrases().get(english, english) if spoken() is Language.WELSH else english


def each_phrase(english: str) -> str:
    """Fixed phrases with semicolons between them, and whatever a person added, in the language that is spoken now."""
    return "; ".join(map(phrase, english.split("; ")))


class Spoken(Mapping[K, str]):
    """A table of fixed phrases: reading one gives it in the language that is spoken then."""

    def __init__(self, english: Mapping[K, str]) -> None:
        self.english = dict(english)

    def __getitem__(self, key: K) -> str:
        return phrase(self.english[key])

    def __iter__(self) -> Iterator[K]:
        return iter(self.english)

    def __len__(self) -> int:
        return len(self.english)


def sentence(english: object) -> str:
    """A sentence that the catalogue or the intents have put together, in the language that is spoken now.

    They know English only. A pattern in `sentences.toml` says which part of it is fixed and what was put in.
    """
    said = str(english)
    if spoken() is not Language.WELSH:
        return said
    if said in phrases():
        return phrases()[said]
    for pattern, welsh in _patterns():
        if found := pattern.fullmatch(said):
            return welsh.format(**{name: _put_in(name, part) for name, part in found.groupdict().items()})
    return said


def _put_in(name: str, part: str) -> str:
    """What is put into a sentence stays as it is, but for `{words}`: those are the catalogue's own."""
    return ", ".join(map(phrase, part.split(", "))) if name == "words" else part


def joint(word: str, following: str) -> str:
    """The word between the last two of a list. In Welsh, "and" is another word before a vowel."""
    if word == "and" and spoken() is Language.WELSH:
        return "ac" if following[:1].lower() in "aeiouwy" else "a"
    return phrase(word)


@cache
def phrases() -> Mapping[str, str]:
    """Every fixed phrase with its Welsh."""
    rules = tomllib.loads(RULES.read_text(encoding="utf-8"))
    found: dict[str, str] = {}
    for table in (rules[name] for name in rules if name != "reading"):
        found |= table
    for file in sorted(resources.files("bot").joinpath("templates/cy").iterdir(), key=lambda each: each.name):
        if file.name.endswith(".toml"):
            for table in tomllib.loads(file.read_text(encoding="utf-8")).values():
                found |= table
    return found


@cache
def _patterns() -> tuple[tuple[re.Pattern[str], str], ...]:
    """The phrases in which something is put in, those with most fixed text first."""
    own = [(english, welsh) for english, welsh in phrases().items() if "{" in english and len(english) > SHORTEST]
    own.sort(key=lambda pair: -len(re.sub(r"\{\w+\}", "", pair[0])))
    return tuple((re.compile(_PLACE.sub(r"(?P<\1>.*)", re.escape(e)), re.DOTALL), welsh) for e, welsh in own)


SHORTEST = 10
"""Characters of a pattern: shorter ones are parts of sentences, not sentences."""
