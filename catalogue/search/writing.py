"""Writing entries into the index's partitions. See `index.py` for when that is done, `schema.py` for what is written.

A partition's writer is opened when there is something to write into it, for opening and closing one costs more than
writing an entry does: an edit of a public entry leaves the other partition alone.
"""

from collections.abc import Callable, Mapping
from functools import lru_cache
from types import TracebackType

import tantivy

from catalogue import organisations
from catalogue.model import Dataset, Visibility
from catalogue.search.schema import document
from catalogue.store import Database

SMALL_HEAP = 15_000_000
LARGE_HEAP = 40_000_000


class Writers:
    """A writer for each partition, within a `with`. What is written is there after `commit`, and not before.

    At the end merges are waited for; a writer that is let go of earlier would leave them undone.
    """

    def __init__(self, partitions: Mapping[Visibility, tantivy.Index], db: Database) -> None:
        self._partitions = partitions
        self._open: dict[Visibility, tantivy.IndexWriter] = {}
        self._names = publisher_names(db)

    def put(self, entry: Dataset, *, is_new: bool, are_many: bool) -> None:
        """Write an entry in place of what was written of it before, wherever that was, unless it is new."""
        for visibility in self._partitions if not is_new else ():
            if self._may_hold(visibility, entry):
                self._writer(visibility, are_many=are_many).delete_documents_by_term("id", entry.id)
        if entry.visibility in self._partitions:
            writer = self._writer(entry.visibility, are_many=are_many)
            writer.add_document(document(entry, self._names(entry.publisher or "")))

    def _may_hold(self, visibility: Visibility, entry: Dataset) -> bool:
        """Whether a partition has an entry as it was before. One that was never changed cannot be among what is being
        written; taking 100,000 of those out, for nothing, would cost 200 MB."""
        is_written = visibility in self._open and entry.revision > 1
        return is_written or self._partitions[visibility].searcher().doc_freq("id", entry.id) > 0

    def _writer(self, visibility: Visibility, *, are_many: bool) -> tantivy.IndexWriter:
        if visibility not in self._open:
            is_large = are_many and visibility is Visibility.PUBLIC
            heap = LARGE_HEAP if is_large else SMALL_HEAP  # one thread: it is faster than entries are read
            self._open[visibility] = self._partitions[visibility].writer(heap, 1)
        return self._open[visibility]

    def cut(self) -> None:
        """End the segment that is being written, so that all of them are of a size. Nobody finds it yet."""
        for writer in self._open.values():
            writer.commit()

    def commit(self) -> None:
        """Make what was written what is found."""
        for visibility, writer in self._open.items():
            writer.commit()
            self._partitions[visibility].reload()

    def __enter__(self) -> "Writers":
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        for visibility, writer in self._open.items():
            writer.wait_merging_threads()
            self._partitions[visibility].reload()


def publisher_names(db: Database) -> Callable[[str], str]:
    """Gives the present names by which a publisher's entries should be found; "" for one that nobody knows."""

    @lru_cache(maxsize=20_000)
    def names(slug: str) -> str:
        body = organisations.find(db, slug) if slug else None
        return " ".join(part for part in (body.name, body.acronym, *body.other_names) if part) if body else ""

    return names
