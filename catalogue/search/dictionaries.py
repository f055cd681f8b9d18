"""The dictionaries of the index's partitions, made from their words and kept until they are out of date.

A small one is made anew, in milliseconds, whenever the index has changed. A large one is kept on disk beside the index
and made anew in the background when the catalogue has grown or shrunk by a fiftieth; until then it is a little behind,
which only means that a brand-new word is not yet offered as a correction.
"""

import json
import logging
import shutil
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import tantivy

from catalogue.search.spelling import Dictionary

log = logging.getLogger(__name__)

LARGE = 30_000  # words
DRIFT = 0.02
KEPT = 40


@dataclass(frozen=True, slots=True)
class _Held:
    dictionary: Dictionary
    generation: int
    entries: int


class Dictionaries:
    """Dictionaries by field, for the public partition and for the small ones. Shared by all threads."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder.with_name(folder.name + ".words")
        self._public: dict[str, _Held] = {}
        self._small: dict[tuple[str, int, int], Dictionary] = {}
        self._lock = threading.Lock()
        self._making: set[str] = set()

    def of(self, searcher: tantivy.Searcher, field: str, *, is_public: bool, generation: int) -> Dictionary:
        """The dictionary of `field` in one partition, as of this generation of the index or a little before."""
        held = self._public.get(field) if is_public else None
        if held and (held.generation == generation or self._is_near(held, searcher, field)):
            return held.dictionary
        with self._lock:
            if not is_public:
                return self._of_small(searcher, field, generation)
            held = self._public.get(field)
            if held is None or held.generation != generation:
                held = self._saved(searcher, field, generation) or self._make(searcher, field, generation)
                self._public[field] = held
            return held.dictionary

    def _is_near(self, held: _Held, searcher: tantivy.Searcher, field: str) -> bool:
        """Whether a large dictionary will do for now; has a better one made when it has drifted."""
        if held.dictionary.size < LARGE:
            return False
        if abs(searcher.num_docs - held.entries) > DRIFT * held.entries and field not in self._making:
            self._making.add(field)
            threading.Thread(target=self._refresh, args=(searcher, field, held.generation), daemon=True).start()
        return True

    def _refresh(self, searcher: tantivy.Searcher, field: str, generation: int) -> None:
        try:
            self._public[field] = self._make(searcher, field, generation)
        finally:
            self._making.discard(field)

    def _of_small(self, searcher: tantivy.Searcher, field: str, generation: int) -> Dictionary:
        key = (field, generation, searcher.num_docs)
        if key not in self._small:
            if len(self._small) > KEPT:
                self._small = {}
            self._small[key] = Dictionary(_words(searcher, field))
        return self._small[key]

    def _saved(self, searcher: tantivy.Searcher, field: str, generation: int) -> _Held | None:
        try:
            entries = json.loads((self._folder / f"{field}.json").read_text(encoding="utf-8"))["entries"]
            if abs(searcher.num_docs - entries) <= DRIFT * entries:
                return _Held(Dictionary.opened(self._folder / field), generation, entries)
        except (OSError, ValueError, KeyError, TypeError):
            pass
        return None

    def _make(self, searcher: tantivy.Searcher, field: str, generation: int) -> _Held:
        words = list(_words(searcher, field))
        if len(words) < LARGE:
            return _Held(Dictionary(words), generation, searcher.num_docs)
        building = self._folder / f"{field}.building"
        shutil.rmtree(building, ignore_errors=True)
        building.mkdir(parents=True)
        dictionary = Dictionary(words, building)
        note = self._folder / f"{field}.json"
        note.unlink(missing_ok=True)
        shutil.rmtree(self._folder / field, ignore_errors=True)
        building.rename(self._folder / field)
        note.write_text(json.dumps({"entries": searcher.num_docs}), encoding="utf-8")
        return _Held(dictionary, generation, searcher.num_docs)


def _words(searcher: tantivy.Searcher, field: str) -> Iterator[tuple[str, int]]:
    """The words of a field with the number of entries that hold each; only letters, for numbers are not misspelt."""
    return ((word, count) for word, count in searcher.terms_with_prefix(field, "") if word.isalpha())
