"""One run: stage what was read, compare it with the record, merge it in one transaction.

Staging keeps the catalogue free for everybody else: rows are read, mapped, compared and put aside in small
transactions, and the one transaction that changes entries is a few statements. A run that is killed leaves the
old catalogue; one that is repeated changes nothing.

A row updates the entry with its id field by field: a field it does not have is left alone, one it has empty is
cleared. What was staged by a run that never finished is removed when one starts a day later.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from itertools import islice
from typing import Any

from catalogue import clock, organisations
from catalogue.datasets import columns, last_change, take_changes
from catalogue.entries import Document, canonical, difference
from catalogue.harvest import prepared
from catalogue.harvest.permits import May, leave_out
from catalogue.harvest.writing import (
    BATCH,
    SPAN,
    Publishers,
    alone,
    begin,
    count_staged,
    put_away,
    spans,
    stage,
    write_new,
)
from catalogue.model import Status
from catalogue.rows import Fault, Resolve, clean
from catalogue.store import Database

Row = tuple[int, dict[str, Any] | Fault]
FAULTS_KEPT = 1000
EXAMPLES_KEPT = 50
UNDONE = '{"status":[null,"withdrawn"]}'
"""The last change of an entry whose adding was undone: it is added again as if it had never been there."""


@dataclass(slots=True)
class Report:
    """What a run did, or with `dry_run` would have done. Counts are of entries; `faults` keeps the first 1,000.

    `withdrawn` are among the changed ones. `publishers`: how many entries of each it adds or changes. `examples`: the
    first changed entries, each with its fields.
    """

    run: str = ""
    added: int = 0
    changed: int = 0
    unchanged: int = 0
    left_out: int = 0
    without_publisher: int = 0
    fault_count: int = 0
    faults: list[Fault] = field(default_factory=list)
    unknown_fields: dict[str, int] = field(default_factory=dict)
    changed_fields: dict[str, int] = field(default_factory=dict)
    withdrawn: int = 0
    publishers: dict[str, int] = field(default_factory=dict)
    examples: list[tuple[str, list[str]]] = field(default_factory=list)
    dry_run: bool = False

    def note(self, fault: Fault) -> None:
        self.fault_count += 1
        self.left_out += fault.left_out
        if len(self.faults) < FAULTS_KEPT:
            self.faults.append(fault)

    @property
    def read(self) -> int:
        return self.added + self.changed + self.unchanged + self.left_out


def merge_rows(
    db: Database,
    rows: Iterable[Row],
    *,
    source: str,
    by: str,
    why: str | None,
    now: datetime,
    resolve: Resolve,
    dry_run: bool = False,
    publisher: str | None = None,
    may: May | None = None,
    progress: Callable[[int], None] = lambda _count: None,
) -> Report:
    """Bring `rows` (line number with a row or its fault) into the record; `publisher` fills in a missing one.

    With `may`, rows that it does not allow are left out, as faults, and add no organisation. `progress` is called with
    the number of rows read since the last call. Faults never stop a run; they are in the report. Raises
    StoreUnavailable, and then nothing was changed.
    """
    report = Report(run=begin(db, source=source, by=by, now=now), dry_run=dry_run)
    publishers = Publishers(resolve)
    _stage(db, rows, report, publishers=publishers, publisher=publisher, progress=progress)
    since = last_change(db)
    unknown = _compare(db, report, publishers, may=may)
    if dry_run:
        _finish(db, report, now=now)
    else:
        with db.atomic():
            take_changes(db, 0)  # from here on nobody else changes an entry
            if late := prepared.late(db, report.run, since=since):
                prepared.take_out(db, report.run, late)
                unknown = _compare(db, report, publishers, may=may, only=late)
            organisations.add_unknown(db, unknown)
            write_new(db, report.run, count=report.added, by=by, why=why, now=now)
            prepared.write(db, report.run, by=by, why=why, now=now)
            _finish(db, report, now=now)
    put_away(db, now=now)
    return report


def _stage(
    db: Database,
    rows: Iterable[Row],
    report: Report,
    *,
    publishers: Publishers,
    publisher: str | None,
    progress: Callable[[int], None],
) -> None:
    seen: dict[str, int] = {}
    stream = iter(rows)
    while batch := list(islice(stream, BATCH)):
        staged = [row for row in (_staged(row, report, seen, publishers, publisher) for row in batch) if row]
        stage(db, staged)
        progress(len(batch))


def _staged(
    numbered: Row, report: Report, seen: dict[str, int], publishers: Publishers, publisher: str | None
) -> dict[str, Any] | None:
    line, row = numbered
    if isinstance(row, Fault):
        report.note(row)
        return None
    if publisher and not row.get("publisher"):
        row = {**row, "publisher": publisher}
    cleaned = clean(row, line=line, resolve=publishers)
    for fault in cleaned.faults:
        report.note(fault)
    for name in cleaned.unknown:
        report.unknown_fields[name] = report.unknown_fields.get(name, 0) + 1
    document = cleaned.document
    if document is None:
        return None
    first = seen.setdefault(document["id"], line)
    if first != line:
        reason = f"The id “{document['id']}” is already used on line {first}. Give this row an id of its own."
        report.note(Fault(line, "id", reason, left_out=True))
        return None
    report.without_publisher += "publisher" not in document
    publishers.keep(document)
    return {
        **columns(document),
        "run": report.run,
        "place": line,
        "cleared": " ".join(cleaned.cleared),
        "source_id": None,
        "raw": None,
    }


def _compare(
    db: Database, report: Report, publishers: Publishers, *, may: May | None, only: list[str] | None = None
) -> dict[str, str]:
    """Work out what the staged rows would do, all or only some: what entries become is put aside, the report counts.

    Returns the organisations that nobody knew, slug with name.
    """
    for fault in leave_out(db, report.run, may, only=only) if may else ():
        report.note(fault)
    for span in spans(db, report.run) if only is None else (alone(report.run, each) for each in only):
        _prepare(db, span)
    _count(db, report)
    return _staged_only(db, report.run, publishers.new()) if may else publishers.new()


def _prepare(db: Database, span: Mapping[str, Any]) -> None:
    """Put aside what the entries of a span become that are there already and differ from their rows."""
    rows = db.query(
        "SELECT s.place, s.entry AS row, s.cleared, d.entry AS present, d.revision, h.action, h.changes"
        f" FROM {SPAN} AS s JOIN datasets d ON d.id = s.id"
        " LEFT JOIN history h ON h.dataset_id = d.id AND h.revision = d.revision WHERE s.digest <> d.digest",
        span,
    )
    updates = []
    for row in rows:
        before, given = json.loads(row["present"]), json.loads(row["row"])
        is_undone = row["action"] == "undo" and row["changes"] == UNDONE
        after = given if is_undone else updated(before, given, row["cleared"].split())
        changes = difference(before, after)
        if changes:
            written = {"place": row["place"], "revision": row["revision"], "changes": canonical(changes)}
            updates.append({**columns(after), **written})
    prepared.put(db, span["run"], updates)


def _staged_only(db: Database, run: str, names: Mapping[str, str]) -> dict[str, str]:
    """Those organisations of which an entry is still staged."""
    rows = db.query("SELECT DISTINCT publisher FROM staged WHERE run = :run", {"run": run})
    there = {row["publisher"] for row in rows}
    return {slug: name for slug, name in names.items() if slug in there}


def _count(db: Database, report: Report) -> None:
    """What is to be added and changed, by publisher and field."""
    rows = db.query(
        "SELECT COALESCE(s.publisher, '') AS publisher, COUNT(*) AS n FROM staged s LEFT JOIN datasets d ON d.id = s.id"
        " WHERE s.run = :run AND d.id IS NULL GROUP BY COALESCE(s.publisher, '')",
        {"run": report.run},
    )
    report.publishers = {row["publisher"]: row["n"] for row in rows}
    report.added = sum(report.publishers.values())
    report.changed, report.withdrawn, report.changed_fields, report.examples = 0, 0, {}, []
    for dataset_id, publisher, changes in prepared.changes(db, report.run):
        _count_change(report, dataset_id, publisher or "", changes)
    report.unchanged = count_staged(db, report.run) - report.added - report.changed


def _count_change(report: Report, dataset_id: str, publisher: str, changes: Mapping[str, Any]) -> None:
    report.changed += 1
    for name in changes:
        report.changed_fields[name] = report.changed_fields.get(name, 0) + 1
    report.publishers[publisher] = report.publishers.get(publisher, 0) + 1
    report.withdrawn += changes.get("status", [None, None])[1] == Status.WITHDRAWN
    if len(report.examples) < EXAMPLES_KEPT:
        report.examples.append((dataset_id, list(changes)))


def updated(before: Document, given: Mapping[str, Any], cleared: Iterable[str]) -> Document:
    """An entry after an update: what is given replaces, what is cleared goes, what is not mentioned stays."""
    gone = set(cleared)
    after = {name: value for name, value in before.items() if name not in gone} | dict(given)
    if "extras" in before and "extras" in given:
        after["extras"] = {**before["extras"], **given["extras"]}
    return after


def _finish(db: Database, report: Report, *, now: datetime) -> None:
    summary = {name: value for name, value in asdict(report).items() if name != "faults"}
    db.execute(
        "UPDATE runs SET finished_at = :now, report = :report WHERE id = :run",
        {"run": report.run, "now": clock.stamp(now), "report": canonical(summary)},
    )
