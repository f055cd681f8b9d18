"""The index: a copy of the record made for finding, on this host's own disk, that can be thrown away at any time.

It is divided by visibility into partitions: entries for everyone, entries for government, and (in memory, a reader
at a time, for they are few) named ones. A reader's search touches only the partitions whose every entry they may
know, so hidden entries cannot show through ranks, counts or corrections.

It follows the record: every change to an entry has a number, `state.json` says up to which number the index has seen,
and `follow` brings the rest in before a search. An index that is missing, torn, or made by another version is built
anew from the record. One process at a time writes; the others wait for it briefly and then read what it wrote.
"""

import fcntl
import json
import logging
import os
import shutil
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from copy import copy
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import tantivy

from catalogue import datasets
from catalogue.errors import StoreUnavailable
from catalogue.model import Audience, Visibility
from catalogue.search.schema import document, prepare, schema, version
from catalogue.search.writing import SMALL_HEAP, Writers, publisher_names
from catalogue.store import Database

log = logging.getLogger(__name__)

BUILT = "built"  # an empty file that is as old as the index
PAGE = 1_000
MERGED = 8  # segments of a size are merged by the index when there are so many
FULL = 15_000  # entries that surely fit into one segment while it is written
AT_ONCE = 50  # changes a question brings in itself: an edit or a few, not a harvest
PATIENCE = 0.3  # seconds a question waits for another writer
READERS_KEPT = 200
DISK_PARTITIONS = (Visibility.PUBLIC, Visibility.GOVERNMENT)


@dataclass(frozen=True, slots=True)
class State:
    """Up to which change of which database (its `lineage`) the index has seen the record."""

    change: int
    lineage: int
    version: int = field(default_factory=version)


@dataclass(frozen=True, slots=True)
class Standing:
    """How this host's index stands to the record: how many changes it has not seen, None when it cannot be used; and
    when it was last built anew, None when that is not known."""

    behind: int | None
    built: datetime | None


class _Busy(Exception):
    """Somebody else is writing the index, and a question cannot wait for that."""


class Index:
    """The search index of one database in one folder. Safe to share between threads."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._writer = threading.Lock()
        self._partitions: Mapping[Visibility, tantivy.Index] = {}  # replaced as a whole, never changed
        self._state: State | None = None
        self._inode = 0
        self._named: dict[frozenset[str], tuple[int, tantivy.Index]] = {}
        self.generation = 0  # moves whenever what can be found has changed
        self._is_still = False

    def as_it_is(self) -> "Index":
        """The same index, following the record no further."""
        still = copy(self)
        still._is_still = True
        return still

    def follow(self, db: Database, *, wait: bool = False, progress: Callable[[int], None] = lambda _n: None) -> int:
        """Bring in what the record has and the index has not; returns how many entries. Cheap when there is nothing.

        A few changes are brought in at once, so that a question finds the edit before it. Many, or a writer who is
        busy, are not waited for unless `wait`: the search goes on over what there is and a thread catches up. A torn
        or foreign index is built anew. Raises only what the record raises.
        """
        if self._is_still:
            return 0
        newest = datasets.last_change(db)
        state = self._state
        if state and state.change == newest:
            return 0
        if state and not wait and newest - state.change > AT_ONCE:
            if self._writer.locked():
                return 0
            threading.Thread(target=self._catch_up, args=(db,), name="index", daemon=True).start()
            return 0
        try:
            with self._writing(wait=wait or state is None):
                return self._follow(db, newest, progress)
        except _Busy:
            return 0

    def _catch_up(self, db: Database) -> None:
        try:
            with self._writing(wait=False):
                self._follow(db, datasets.last_change(db), lambda _n: None)
        except _Busy:
            pass

    def _follow(self, db: Database, newest: int, progress: Callable[[int], None]) -> int:
        lineage = datasets.lineage(db)
        try:
            self._open(lineage)
            if self._state is None or self._state.change > newest:
                return self._rebuild(db, lineage, progress)
            if self._state.change == newest:
                return 0
            return self._bring_in(db, self._state, progress=progress)
        except (ValueError, OSError) as error:
            log.warning("The search index could not be used and is built anew: %s", type(error).__name__)
            return self._rebuild(db, lineage, progress)

    def rebuild(self, db: Database, *, progress: Callable[[int], None] = lambda _n: None) -> int:
        """Build the index anew from the record, then put it in the present one's place; returns how many entries."""
        with self._writing(wait=True):
            return self._rebuild(db, datasets.lineage(db), progress)

    def standing(self, db: Database) -> Standing:
        """How it stands now, without bringing anything in."""
        state = self._saved(datasets.lineage(db))
        behind = max(datasets.last_change(db) - state.change, 0) if state else None
        try:
            built = datetime.fromtimestamp((self.folder / BUILT).stat().st_mtime, UTC)
        except OSError:
            built = None
        return Standing(behind, built)

    def _rebuild(self, db: Database, lineage: int, progress: Callable[[int], None]) -> int:
        building, old = (self.folder.with_name(self.folder.name + end) for end in (".building", ".old"))
        for folder in (building, old):
            shutil.rmtree(folder, ignore_errors=True)
        fresh = Index(building)
        fresh._partitions = {visibility: _create(building / visibility.value) for visibility in DISK_PARTITIONS}
        count = fresh._bring_in(db, State(0, lineage), new_until=datasets.last_change(db), progress=progress)
        (building / BUILT).touch()
        if self.folder.exists():
            self.folder.rename(old)
        building.rename(self.folder)
        shutil.rmtree(old, ignore_errors=True)
        self._inode = 0
        self._open(lineage)
        return count

    def partitions(self, db: Database, audience: Audience) -> list[tantivy.Searcher]:
        """Searchers over exactly the entries this audience may know; the first is always the public one."""
        partitions = self._partitions
        found = [partitions[Visibility.PUBLIC]]
        if audience.in_government:
            found.append(partitions[Visibility.GOVERNMENT])
            if audience.names:
                found.append(self._named_for(db, audience.names))
        searchers = [partition.searcher() for partition in found]
        return searchers[:1] + [searcher for searcher in searchers[1:] if searcher.num_docs]

    def _named_for(self, db: Database, names: frozenset[str]) -> tantivy.Index:
        change = self._state.change if self._state else 0
        cached = self._named.get(names)
        if cached and cached[0] == change:
            return cached[1]
        partition = prepare(tantivy.Index(schema()))
        reader = Audience(in_government=True, names=names)
        mine = [entry for entry in datasets.named(db) if reader.may_know(entry)]
        if mine:
            publisher = publisher_names(db)
            with partition.writer(SMALL_HEAP, 1) as writer:
                for entry in mine:
                    writer.add_document(document(entry, publisher(entry.publisher or "")))
            partition.reload()
        if len(self._named) > READERS_KEPT:
            self._named = {}
        self._named[names] = (change, partition)
        return partition

    def _bring_in(self, db: Database, state: State, *, new_until: int = 0, progress: Callable[[int], None]) -> int:
        """Write every entry changed since `state`; a page at a time, so that memory stays small.

        Up to the change `new_until` every entry is met for the first time. An entry that is edited while it is read
        has a later one, and may come twice.
        """
        count, seen = 0, state.change
        segment = _segment(datasets.count(db)) if new_until else None
        with Writers(self._partitions, db) as writers:
            while page := datasets.changed_since(db, seen, limit=PAGE):
                for entry in page:
                    writers.put(entry, is_new=entry.change <= new_until, are_many=bool(count) or len(page) == PAGE)
                seen, count = page[-1].change, count + len(page)
                progress(len(page))
                if segment and count // segment > (count - len(page)) // segment:
                    writers.cut()
            writers.commit()
            self._save(State(seen, state.lineage))  # found from now on; tidying up is for this thread alone to wait for
        return count

    def _open(self, lineage: int) -> None:
        """Open what is on disk, or what another process has put there since. State None: nothing usable is there."""
        state = self._saved(lineage)
        if state is not None:
            inode = self.folder.stat().st_ino
            if not self._partitions or inode != self._inode:
                self._partitions = {visibility: _open(self.folder / visibility.value) for visibility in DISK_PARTITIONS}
                self._inode = inode
            elif state != self._state:
                for partition in self._partitions.values():
                    partition.reload()
        if state != self._state:
            self.generation += 1
        self._state = state

    def _saved(self, lineage: int) -> State | None:
        try:
            saved = json.loads((self.folder / "state.json").read_text(encoding="utf-8"))
            state = State(**{name: int(saved[name]) for name in ("change", "lineage", "version")})
        except (OSError, ValueError, KeyError, TypeError):
            return None
        return state if (state.version, state.lineage) == (version(), lineage) else None

    def _save(self, state: State) -> None:
        temporary = self.folder / "state.json.new"
        temporary.write_text(json.dumps(asdict(state)), encoding="utf-8")
        temporary.replace(self.folder / "state.json")
        self._state = state
        self._inode = self.folder.stat().st_ino
        self.generation += 1

    @contextmanager
    def _writing(self, *, wait: bool) -> Iterator[None]:
        """Held by the one thread of the one process that writes this index. Raises _Busy after PATIENCE seconds."""
        if not self._writer.acquire(timeout=-1 if wait else PATIENCE):
            raise _Busy
        try:
            lock = self._lock()
            try:
                _take(lock, wait=wait)
                yield
            finally:
                os.close(lock)
        finally:
            self._writer.release()

    def _lock(self) -> int:
        """The open lock file. Raises StoreUnavailable when there can be none, for then there can be no index."""
        try:
            self.folder.parent.mkdir(parents=True, exist_ok=True)
            path = self.folder.with_name(self.folder.name + ".lock")
            return os.open(path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
        except OSError as error:
            reason = f"The search index cannot be kept at {self.folder}: {error.strerror}. Check WHOHOLDS_INDEX."
            raise StoreUnavailable(reason) from error


def _segment(entries: int) -> int:
    """How many entries of a whole catalogue make a segment: eight of a size are merged into one, and eight of those."""
    return max(1, -(-entries // (MERGED if entries <= MERGED * FULL else MERGED**2)))


def _take(lock: int, *, wait: bool) -> None:
    if wait:
        fcntl.flock(lock, fcntl.LOCK_EX)
        return
    end = time.monotonic() + PATIENCE
    while True:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        except BlockingIOError:
            if time.monotonic() > end:
                raise _Busy from None
            time.sleep(0.01)


def _create(folder: Path) -> tantivy.Index:
    folder.mkdir(parents=True)
    return prepare(tantivy.Index(schema(), path=str(folder)))


def _open(folder: Path) -> tantivy.Index:
    """Open a partition, its words and one entry, so that a torn one is known now. Raises ValueError or OSError."""
    partition = prepare(tantivy.Index.open(str(folder)))
    searcher = partition.searcher()
    searcher.doc_freq("text", "word")
    for _score, address in searcher.search(tantivy.Query.all_query(), 1, count=False).hits:
        searcher.doc(address)
    return partition
