"""What each part of our ranking is worth: the same measurement with the part switched off.

`PARTS` says how each is switched off, by the name of a constant or function and what to put in its place. A name is
looked for in the module it is written with, then anywhere in `catalogue.search`, and is replaced wherever it was
imported to; so most moves of code leave the table right, and a name that is gone is reported and not skipped silently.
"""

import importlib
import pkgutil
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from types import ModuleType
from typing import Any
from unittest import mock

import catalogue.search
from catalogue import organisations
from catalogue.store import Database

Replace = Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the ranking: the names to be replaced (each by a function of its value), or rows to be taken out."""

    name: str
    replace: Mapping[str, Replace]
    without_rows: tuple[str, ...] = ()

    def change_record(self, db: Database) -> None:
        """Take the rows out of a record that has just been made."""
        for statement in self.without_rows:
            db.execute(statement)
        if self.without_rows:
            organisations.touch(db)


def to(value: Any) -> Replace:
    """Replace by this, whatever it was."""
    return lambda _present: value


def gives(value: Any) -> Replace:
    """Replace a function by one that always gives this."""
    return lambda _present: lambda *_args, **_named: value


def every(value: float) -> Replace:
    """Replace every value of a table by this."""
    return lambda present: dict.fromkeys(present, value)


def also(**changed: float) -> Replace:
    """Replace some values of a table."""
    return lambda present: {**present, **changed}


PARTS = (
    Part("title counts again (WEIGHTS)", {"rank.WEIGHTS": also(title=0.0)}),
    Part("names count again (WEIGHTS)", {"rank.WEIGHTS": also(names=0.0)}),
    Part("words as written (WEIGHTS)", {"rank.WEIGHTS": also(words=0.0)}),
    Part("how much of the phrase is held (HELD)", {"explain.HELD": to(0.0)}),
    Part("English that no entry holds weighs less (UNHELD)", {"explain.UNHELD": to(1.0)}),
    Part("corrections, acronyms, synonyms trusted less (VIA)", {"rank.VIA": every(1.0)}),
    Part("whole phrase is a name (EXACT)", {"rank.EXACT": to(0.0)}),
    Part("words of the phrase are a name (NAMED)", {"rank.NAMED": to(0.0)}),
    Part("EXACT and NAMED", {"rank.EXACT": to(0.0), "rank.NAMED": to(0.0)}),
    Part("neighbours (TOGETHER)", {"explain.TOGETHER": every(0.0)}),
    Part("two rounds (CANDIDATES)", {"rank.CANDIDATES": to(5000)}),
    Part(
        "holder named (HOLDER, narrow.HOLDER)",
        {"rank.HOLDER": to(0.0), "narrow.HOLDER": to(1.0), "narrow.OTHER_HOLDER": to(1.0)},
    ),
    Part("place asked for (PLACE)", {"narrow.PLACE": every(1.0)}),
    Part("years asked for (YEARS)", {"narrow.YEARS": every(1.0)}),
    Part("access or service asked for (FITS, MISFITS)", {"narrow.FITS": to(1.0), "narrow.MISFITS": to(1.0)}),
    Part("counts or records asked for (DETAIL)", {"narrow.DETAIL": to(1.0), "narrow.OTHER_DETAIL": to(1.0)}),
    Part("theme asked for (THEME)", {"narrow.THEME": to(1.0)}),
    Part("prior", {"schema.prior": gives(1.0), "schema.breadth": gives(1.0)}),
    Part("prior: whole country first (NATION, LOCAL)", {"schema.NATION": to(1.0), "schema.LOCAL": to(1.0)}),
    Part("prior: withdrawn last (WITHDRAWN)", {"schema.WITHDRAWN": to(1.0)}),
    Part("synonyms", {}, without_rows=("DELETE FROM synonyms",)),
    Part("acronyms", {}, without_rows=("DELETE FROM acronyms",)),
    Part("synonyms in any form (stems)", {"vocabulary._stems": to(lambda words: (words,))}),
    Part("longer terms count less (LONGER)", {"rank.LONGER": to(0.0)}),
    Part("corrections", {"spelling.Spelling.correct": gives(None)}),
    Part("English is not corrected (english)", {"spelling.english": gives(frozenset())}),
    Part("other spellings (variants)", {"phrase.variants": gives([])}),
    Part("stop words (ASKING)", {"phrase.ASKING": to(frozenset())}),
    Part("words that say little (FAINT)", {"phrase.FAINTLY": to(1.0)}),
    Part("a name of two things (HES)", {"phrase.NAMES_DATA": to(frozenset())}),
    Part("organisations by name", {"vocabulary.Vocabulary.mentions": gives([])}),
)


class Gone(LookupError):
    """No module of the search has this name."""


@contextmanager
def switched_off(part: Part) -> Iterator[None]:
    """The search without this part. An index that is built inside is built without it too. Raises Gone."""
    with ExitStack() as stack:
        for where, replace in part.replace.items():
            for patch in _patches(where, replace):
                stack.enter_context(patch)
        yield


def _patches(where: str, replace: Replace) -> list[Any]:
    owner, name = _owner(where)
    present = getattr(owner, name)
    changed = replace(present)
    if isinstance(owner, type):
        return [mock.patch.object(owner, name, changed)]
    users = [module for module in _modules() if vars(module).get(name) is present]
    return [mock.patch.object(module, name, changed) for module in users]


def _owner(where: str) -> tuple[Any, str]:
    """The module or class that has the name, and the name."""
    module, *path = where.split(".")
    modules = sorted(_modules(), key=lambda one: one.__name__.rpartition(".")[2] != module)
    for candidate in modules:
        owner: Any = candidate
        for step in path[:-1]:
            owner = getattr(owner, step, None)
        if owner is not None and hasattr(owner, path[-1]):
            return owner, path[-1]
    raise Gone(where)


def _modules() -> list[ModuleType]:
    names = [found.name for found in pkgutil.iter_modules(catalogue.search.__path__, "catalogue.search.")]
    for name in names:
        importlib.import_module(name)
    return [module for name, module in sorted(sys.modules.items()) if name.startswith("catalogue.")]
