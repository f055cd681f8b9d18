"""Gather: read a source page by page, map what changed, and put it aside, so that a run can go on where it was killed.

One small transaction a page: the mapped records (`staged`) and, in `fetched`, the ids the page had, its faults and
where the next page begins. A record whose fingerprint is that of the last harvest is not mapped again. Nothing here
touches an entry: that is `merge.py`.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from catalogue.datasets import columns
from catalogue.entries import Document, digest
from catalogue.errors import SourceProblem, StoreUnavailable
from catalogue.harvest import kinds
from catalogue.harvest.fetch import Fetcher
from catalogue.harvest.gathering import Gathering, Notes, begun, resumed, this_process
from catalogue.harvest.pages import NotModified, Page, Partial
from catalogue.harvest.sources import Kind, Source
from catalogue.harvest.writing import Publishers, empty, stage
from catalogue.rows import Fault, Resolve
from catalogue.store import Database


def gather(
    db: Database,
    source: Source,
    fetcher: Fetcher,
    *,
    resolve: Resolve,
    by: str,
    now: datetime,
    since: str | None = None,
    progress: Callable[[int], None] = lambda _count: None,
) -> str:
    """Read a source into a run of its own, or go on with one that was killed; returns the run's number.

    One that was killed after everything had come is not read again. Never raises because of what the source does: its
    problem is among the run's notes.
    """
    gathering = resumed(db, source, now=now) or begun(db, source, by=by, now=now)
    if gathering.is_over:
        return gathering.run
    gathering.notes.is_recent = since is not None
    _read(db, gathering, fetcher, publishers=Publishers(resolve), since=since, progress=progress)
    notes = gathering.notes
    if notes.is_complete and notes.failed > max(notes.read // 100, 1):
        notes.is_complete = False  # an entry may be among the records that cannot be read
    _keep_notes(db, gathering)
    return gathering.run


def _read(
    db: Database,
    gathering: Gathering,
    fetcher: Fetcher,
    *,
    publishers: Publishers,
    since: str | None,
    progress: Callable[[int], None],
) -> None:
    """Read all the pages there are, or as many as the source gives."""
    source, fresh = gathering.source, gathering.notes.fresh
    key, problem = kinds.mark(source).encode()[:64], None
    try:
        for page in kinds.pages(fetcher, source, since=since, begin=gathering.next, fresh=fresh):
            _take(db, gathering, page, key=key, publishers=publishers)
            progress(len(page.records))
        gathering.notes.is_complete = since is None
    except NotModified:
        gathering.notes.is_complete = gathering.notes.is_unmodified = True
    except SourceProblem as error:
        problem = str(error)
        if gathering.pages and not isinstance(error, Partial):
            problem += f" It had given {gathering.notes.read:,} records."
    gathering.notes.problem = problem


def _take(db: Database, gathering: Gathering, page: Page, *, key: bytes, publishers: Publishers) -> None:
    """Map a page and put it aside."""
    if page.begins and gathering.pages:
        _begin_again(db, gathering)
    source, notes, ids = gathering.source, gathering.notes, []
    made: list[tuple[Document, str, str, int]] = []
    for given in page.records:
        notes.read += 1
        native, raw = _recognised(gathering, given, key=key)
        if native is None or isinstance(given, Fault):
            continue
        ids.append(native)
        gathering.seen.add(native)
        known = gathering.known.get(native)
        if known and known[0] == raw:
            continue
        cleaned = kinds.shape(source, given[0], native=native, place=notes.read, resolve=publishers)
        for fault in cleaned.faults:
            notes.note(fault, native)
        notes.unusable += cleaned.document is None
        if cleaned.document is not None:
            publishers.keep(cleaned.document)
            made.append((cleaned.document, native, raw, notes.read))
    notes.publishers = publishers.new() | notes.publishers
    rows = _named(db, gathering, made)
    gathering.pages, gathering.next = gathering.pages + 1, page.next
    with db.atomic():
        if not db.execute(
            "UPDATE runs SET runner = :runner WHERE id = :run AND state = 'gathering' AND runner = :runner",
            {"run": gathering.run, "runner": this_process()},
        ):
            raise StoreUnavailable(f"{gathering.run} was taken over by another process. Nothing was changed.")
        stage(db, rows)
        _keep_page(db, gathering, ids)


def _begin_again(db: Database, gathering: Gathering) -> None:
    """Forget what a run had: its source is no longer what it was, and is read from the beginning."""
    db.execute("DELETE FROM fetched WHERE run = :run", {"run": gathering.run})  # at once: half of it would mislead
    empty(db, "staged", "id", run=gathering.run)
    fresh = gathering.notes.fresh
    gathering.notes = Notes(version=gathering.notes.version, fresh=fresh, is_recent=gathering.notes.is_recent)
    gathering.seen, gathering.taken, gathering.pages = set(), set(), 0


def _recognised(gathering: Gathering, given: tuple[Any, str] | Fault, *, key: bytes) -> tuple[str | None, str]:
    """A record's own id and its fingerprint; no id when it cannot be used, or was there before."""
    notes, place = gathering.notes, gathering.notes.read
    if isinstance(given, Fault):
        notes.note(Fault(given.line or place, given.column, given.reason, given.left_out), None)
        return None, ""
    record, text = given
    if not isinstance(record, Mapping):
        notes.note(Fault(place, "(record)", "This should be an object.", left_out=True), None)
        return None, ""
    native = kinds.native_id(gathering.source, record)
    if native is None:
        reason = "There is no id and no title."
        notes.note(Fault(place, "(record)", reason, left_out=True), None)
        return None, ""
    if native in gathering.seen:
        if gathering.source.kind is not Kind.CKAN:  # pages overlap when a source changes under way
            reason = f"The id “{native[:80]}” is already used by another record."
            notes.note(Fault(place, "id", reason, left_out=True), native)
        return None, ""
    return native, kinds.fingerprint(text, key)


def _named(db: Database, gathering: Gathering, made: list[tuple[Document, str, str, int]]) -> list[dict[str, Any]]:
    """The rows to put aside, each under the id of our own that the record has, or gets now."""
    wanted = [document["id"] for document, native, _raw, _place in made if native not in gathering.known]
    there = _there(db, wanted)
    rows = []
    for document, native, raw, place in made:
        known = gathering.known.get(native)
        document["id"] = known[1] if known else _free(document["id"], native, gathering, there)
        gathering.taken.add(document["id"])
        rows.append(
            {
                **columns(document),
                "run": gathering.run,
                "place": place,
                "cleared": "",
                "source_id": native,
                "raw": raw,
            }
        )
    return rows


def _there(db: Database, ids: list[str]) -> dict[str, tuple[str | None, str | None]]:
    """Those of these ids that entries have, with the source they say they are from and their id there."""
    if not ids:
        return {}
    names = {f"id{place}": name for place, name in enumerate(ids)}
    marks = ", ".join(f":{name}" for name in names)
    rows = db.query(
        "SELECT d.id, d.source, d.entry, h.source_id FROM datasets d LEFT JOIN harvested h ON h.dataset_id = d.id"
        f" WHERE d.id IN ({marks})",
        names,
    )
    return {
        row["id"]: (None, None)
        if row["source_id"] is not None
        else (row["source"], json.loads(row["entry"]).get("source_id"))
        for row in rows
    }


def _free(wanted: str, native: str, gathering: Gathering, there: Mapping[str, tuple[str | None, str | None]]) -> str:
    """An id that no other entry has: possible duplicates are never merged. One that says it is this record is it."""
    is_same = there.get(wanted) == (gathering.source.name, native)
    if (wanted in there and not is_same) or wanted in gathering.taken:
        return f"{wanted}-{digest(f'{gathering.source.name} {native}')[:8]}"
    return wanted


def _keep_page(db: Database, gathering: Gathering, ids: list[str]) -> None:
    db.execute(
        "INSERT INTO fetched (run, page, next, ids, notes) VALUES (:run, :page, :next, :ids, :notes)",
        {
            "run": gathering.run,
            "page": gathering.pages,
            "next": gathering.next,
            "ids": json.dumps(ids),
            "notes": json.dumps(asdict(gathering.notes)),
        },
    )


def _keep_notes(db: Database, gathering: Gathering) -> None:
    """The last row of a run: how it ended."""
    gathering.pages += 1
    with db.atomic():
        _keep_page(db, gathering, [])
        db.execute("UPDATE runs SET state = 'gathered' WHERE id = :run AND state = 'gathering'", {"run": gathering.run})
