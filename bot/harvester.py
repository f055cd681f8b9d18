"""The harvester: one thread that harvests the sources that are due, one after the other, beside the worker.

Which one is due, and that only one process takes it, is in the record (`catalogue/harvest/sources.py`). A CKAN is
asked for everything once a day and for what is recent in between. A run that somebody let go on is finished here too.
"""

import ctypes
import logging
import threading
from datetime import datetime, timedelta

from bot.logs import places
from catalogue import clock
from catalogue.errors import CatalogueError, StoreUnavailable
from catalogue.harvest import sources
from catalogue.harvest.fetch import Fetcher
from catalogue.harvest.harvest import accepted, go_on, harvest
from catalogue.harvest.report import Report
from catalogue.harvest.sources import Source
from catalogue.search.find import Search
from catalogue.store import Database

log = logging.getLogger(__name__)

LOOK = 20.0  # seconds
WHOLE = timedelta(hours=20)
"""How old the last complete harvest may be before everything is asked for again."""


class Harvester:
    """The thread. It ends with the process: a run that is cut off goes on where it was."""

    def __init__(self, db: Database, search: Search, allowed: frozenset[str]) -> None:
        self._db, self._search, self._allowed = db, search, allowed
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._work, name="harvester", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self, *, seconds: float = 2.0) -> None:
        """Begin nothing more, and wait a moment for what is being done."""
        self._end.set()
        if self._thread.is_alive():
            self._thread.join(seconds)

    def _work(self) -> None:
        while not self._end.wait(LOOK):
            try:
                self.look(clock.now())
            except StoreUnavailable as error:
                log.error("The harvester cannot use the database: %s", error)
            except Exception as error:
                kind, trace = type(error).__name__, places(error.__traceback__)
                log.error("The harvester met an error and will try again: %s\n%s", kind, trace)

    def look(self, now: datetime) -> list[Report]:
        """Do what is due now, and say what was done."""
        done = []
        for name, run, by in accepted(self._db):
            try:
                done.append(go_on(self._db, name, run, by=by, now=now))
            except CatalogueError as error:
                log.warning("%s cannot go on: %s", run, error)
        for source in sources.due(self._db, now=now):
            if not self._end.is_set() and sources.take(self._db, source, now=now):
                done.append(self._harvest(source, now))
        if done:
            give_back()
        return done

    def _harvest(self, source: Source, now: datetime) -> Report:
        is_whole = source.complete_at is None or now - source.complete_at >= WHOLE
        with Fetcher(allowed=self._allowed) as fetcher:
            report = harvest(
                self._db,
                source.name,
                fetcher=fetcher,
                resolve=self._search.vocabulary().resolve,
                by=source.name,
                now=now,
                only_recent=not is_whole,
            )
        log.info(
            "%s: %d added, %d changed, %d withdrawn, %d failed; %s",
            report.run,
            report.added,
            report.changed,
            report.withdrawn,
            report.failed,
            "stopped or not complete" if report.stopped_because else "good",
        )
        return report


def give_back() -> None:
    """Return to the system the memory that a harvest has used: glibc keeps it, 60 MB and more for 100,000 entries.

    Where the C library has no such call nothing happens.
    """
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim:
        trim(0)
