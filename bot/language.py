"""The language that is spoken while something is worked out: English, or Welsh to a person whose Slack is in Welsh.

Templates have a twin in `templates/cy`. Phrases that stand in Python are looked up in `templates/cy/phrases.toml`.
What has no Welsh is said in English; the tests keep that from happening where Welsh is complete.
"""

import tomllib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from importlib import resources

from catalogue.model import Language

_SPOKEN: ContextVar[Language] = ContextVar("spoken", default=Language.ENGLISH)


def spoken() -> Language:
    """The language that is spoken now."""
    return _SPOKEN.get()


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


def joint(word: str, following: str) -> str:
    """The word between the last two of a list. In Welsh, "and" is another word before a vowel."""
    if word == "and" and spoken() is Language.WELSH:
        return "ac" if following[:1].lower() in "aeiouwy" else "a"
    return phrase(word)


@cache
def phrases() -> Mapping[str, str]:
    """Every fixed phrase with its Welsh."""
    text = resources.files("bot").joinpath("templates/cy/phrases.toml").read_text(encoding="utf-8")
    return {english: welsh for table in tomllib.loads(text).values() for english, welsh in table.items()}
