"""A harvest of public bodies, all of it in one transaction. Adds those nobody knew; what is written here stays.

The shipped list and stewards know more of a body (its former names, its domains) than the API says, so a body of theirs
is never replaced. One that an import made of a mere name is. A run after which too many would have another name
changes nothing and waits for somebody: what it would do is kept (`organisation_changes.py`) until they let it go on.
`undo.py` takes a run back.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from catalogue import audit, organisations, outbox
from catalogue.entries import canonical
from catalogue.errors import SourceProblem
from catalogue.harvest import govuk, organisation_changes, sources, telling
from catalogue.harvest.fetch import Fetcher
from catalogue.harvest.merge import FEW, RETITLED_SHARE, replace_stopped
from catalogue.harvest.organisation_changes import ABSENT, Change
from catalogue.harvest.report import LISTED, Report
from catalogue.harvest.sources import Source
from catalogue.harvest.writing import end, enter
from catalogue.model import Organisation
from catalogue.store import Database


def harvest(db: Database, source: Source, fetcher: Fetcher, *, by: str, now: datetime, dry_run: bool = False) -> Report:
    """Bring in the organisations of a source as one run: all of them in one transaction, or none."""
    report = Report(source.name, dry_run=dry_run)
    found = _fetched(fetcher, source, report)
    if dry_run:
        if asks := _brake(_compare(db, source, found, report), report):
            report.stopped_because = f"{asks} The harvest would stop and ask."
        return report
    with db.atomic():
        organisations.take_turn(db)
        report.run = enter(db, source=source.name, by=by, now=now)
        changes = _compare(db, source, found, report)
        if asks := _brake(changes, report):
            _stop(db, source, report, changes, asks, now=now)
            return report
        organisation_changes.write(db, report.run, changes)
        _end(db, source, report, count=len(found), by=by, now=now)
    return report


def go_on(db: Database, source: Source, run: str, *, by: str, now: datetime, is_waiting: Callable[[], None]) -> Report:
    """Do what a stopped run would have done, but for bodies that changed meanwhile: these are kept.

    `is_waiting` is called inside the transaction, and raises when the run does not wait for anybody.
    """
    with db.atomic():
        organisations.take_turn(db)
        is_waiting()
        kept = json.loads(db.query("SELECT report FROM runs WHERE id = :run", {"run": run})[0]["report"])
        report = Report(**{**kept, "stopped_because": None})
        planned, known = organisation_changes.planned(db, run), organisation_changes.present(db)
        changes = [each for each in planned if known.get(each.slug, ABSENT) == (each.before, each.origin_before)]
        report.kept += len(planned) - len(changes)
        _count(report, changes)
        organisation_changes.write(db, run, changes)
        count = report.unchanged + report.kept + len(changes)
        _end(db, source, report, count=count, by=by, now=now)
    return report


def _fetched(fetcher: Fetcher, source: Source, report: Report) -> dict[str, Organisation]:
    """The bodies that the source has, or those that came before it broke off; which it was is in the report."""
    found: dict[str, Organisation] = {}
    try:
        for result in govuk.results(fetcher, source.url):
            body = govuk.organisation(result)
            report.failed += body is None
            if body:
                found[body.slug] = body
        report.is_complete = bool(found)
    except SourceProblem as problem:
        report.stopped_because = str(problem)
    if not found and not report.stopped_because:
        report.stopped_because = "The source is empty."
    return found


def _compare(db: Database, source: Source, found: Mapping[str, Organisation], report: Report) -> list[Change]:
    """What is to be written, counted as added or changed; other bodies are unchanged, or kept as they are here.

    A body that the source has no longer is counted and stays: it is a name that entries may bear.
    """
    known, last = organisation_changes.present(db), organisation_changes.last_words(db, source.name)
    origin, changes = f"source {source.name}", []
    for slug, body in found.items():
        document, present = canonical(asdict(body)), known.get(slug, ABSENT)
        if present[1] not in (None, "import", origin):
            report.kept += 1
        elif document == present[0]:
            report.unchanged += 1
        elif document == last.get(slug):
            report.kept += 1  # what it said was taken back here, and it says nothing new
        else:
            changes.append(Change(slug, *present, document, origin))
    _count(report, changes)
    if report.is_complete:
        missing = sorted(slug for slug, written in known.items() if written[1] == origin and slug not in found)
        report.would_withdraw, report.missing = len(missing), missing[:LISTED]
    return changes


def _count(report: Report, changes: Iterable[Change]) -> None:
    report.added = sum(each.before is None for each in changes)
    report.changed = sum(each.before is not None for each in changes)


def _brake(changes: Iterable[Change], report: Report) -> str | None:
    """Why this run must not go on by itself: too many of the bodies that are here would have another name."""
    names = [(each.slug, _name(each.before), _name(each.after)) for each in changes if each.before is not None]
    others = [list(row) for row in names if row[1] != row[2]]
    known = len(names) + report.unchanged
    if len(others) <= max(FEW, RETITLED_SHARE * known):
        return None
    report.retitled = others[:LISTED]
    return f"{len(others):,} of {known:,} bodies have another name."


def _name(document: str | None) -> Any:
    return json.loads(document or "{}").get("name")


def _stop(db: Database, source: Source, report: Report, changes: list[Change], asks: str, *, now: datetime) -> None:
    """Change nothing, keep what would be changed, and ask."""
    organisation_changes.plan(db, report.run, changes)
    report.added = report.changed = 0
    going_on = f"whoholds harvest {source.name} --go-on {report.run}"
    report.stopped_because = f"{asks} Nothing was changed. If this is right: {going_on}"
    end(db, report.run, "stopped", report.as_json(), now=now)
    sources.went_wrong(db, source, report.stopped_because, now=now)
    telling.stopped(db, source, report.run, now=now)


def _end(db: Database, source: Source, report: Report, *, count: int, by: str, now: datetime) -> None:
    """Write down how the run ended, as the last of what it does."""
    end(db, report.run, "done" if count else "failed", report.as_json(), now=now)
    if report.stopped_because:
        sources.went_wrong(db, source, report.stopped_because, now=now)
    else:
        sources.went_well(db, source, report.run, count=count, fresh={}, now=now)
        replace_stopped(db, source, but=report.run, now=now)
    outbox.retell(db, report.run, now=now)
    if report.added or report.changed:
        detail = {"source": source.name, "added": report.added, "changed": report.changed}
        audit.record(db, by=by, action="harvest.run", about=report.run, detail=detail, now=now)
