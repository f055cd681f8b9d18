"""GOV.UK's organisations API: public bodies, not entries. Adds those nobody knew; what is shipped or written stays.

The shipped list and stewards know more of a body (its former names, its domains) than the API says, so a body of theirs
is never replaced. One that an import made of a mere name is. A run is kept in `organisation_changes.py`, and `undo.py`
takes it back.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any
from urllib.parse import urljoin

from catalogue import audit, clock, organisations
from catalogue.entries import canonical
from catalogue.errors import SourceProblem
from catalogue.harvest import organisation_changes, sources
from catalogue.harvest.fetch import Fetcher
from catalogue.harvest.organisation_changes import ABSENT, Change
from catalogue.harvest.pages import MOST_PAGES
from catalogue.harvest.report import LISTED, Report
from catalogue.harvest.sources import Source
from catalogue.harvest.writing import enter
from catalogue.model import Organisation
from catalogue.store import Database
from catalogue.text import clean_line, kebab

NAME_LIMIT = 300


def harvest(db: Database, source: Source, fetcher: Fetcher, *, by: str, now: datetime, dry_run: bool = False) -> Report:
    """Bring in the organisations of a source as one run: all of them in one transaction, or none."""
    report = Report(source.name, dry_run=dry_run)
    found = _fetched(fetcher, source, report)
    if dry_run:
        _compare(db, source, found, report)
        return report
    with db.atomic():
        organisations.take_turn(db)
        report.run = enter(db, source=source.name, by=by, now=now)
        organisation_changes.write(db, report.run, _compare(db, source, found, report))
        _end(db, source, report, count=len(found), now=now)
        if report.added or report.changed:
            detail = {"source": source.name, "added": report.added, "changed": report.changed}
            audit.record(db, by=by, action="harvest.run", about=report.run, detail=detail, now=now)
    return report


def _fetched(fetcher: Fetcher, source: Source, report: Report) -> dict[str, Organisation]:
    """The bodies that the source has, or those that came before it broke off; which it was is in the report."""
    found: dict[str, Organisation] = {}
    try:
        for result in results(fetcher, source.url):
            body = organisation(result)
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
            report.added += present == ABSENT
            report.changed += present != ABSENT
            changes.append(Change(slug, *present, document, origin))
    if report.is_complete:
        missing = sorted(slug for slug, written in known.items() if written[1] == origin and slug not in found)
        report.would_withdraw, report.missing = len(missing), missing[:LISTED]
    return changes


def _end(db: Database, source: Source, report: Report, *, count: int, now: datetime) -> None:
    """Write down how the run ended."""
    db.execute(
        "UPDATE runs SET finished_at = :now, state = :state, report = :report WHERE id = :run",
        {
            "run": report.run,
            "now": clock.stamp(now),
            "state": "done" if count else "failed",
            "report": canonical(report.as_json()),
        },
    )
    if report.stopped_because:
        sources.went_wrong(db, source, report.stopped_because, now=now)
    else:
        sources.went_well(db, source, report.run, count=count, fresh={}, now=now)


def results(fetcher: Fetcher, address: str) -> Iterator[Any]:
    """What the API lists, page after page. Raises SourceProblem."""
    url, seen = address, set[str]()
    while url not in seen and len(seen) < MOST_PAGES:
        seen.add(url)
        body, _media = fetcher.page(url)
        try:
            answer = json.loads(body)
            yield from answer["results"]
            after = answer.get("next_page_url")
        except (ValueError, RecursionError, KeyError, TypeError, AttributeError):
            raise SourceProblem("The source does not answer like GOV.UK's organisations API.") from None
        if not isinstance(after, str) or not after:
            return
        url = urljoin(url, after)
    raise SourceProblem("The source gives the same page again, or pages without end.")


def organisation(result: Any) -> Organisation | None:
    """The body that a result describes; None when it has no slug or no name."""
    details = result.get("details") if isinstance(result, Mapping) else None
    if not isinstance(details, Mapping):
        return None
    slug, name = kebab(_text(details.get("slug"))), _text(result.get("title"))
    if not slug or not name:
        return None
    status = _text(details.get("govuk_status")) or "live"
    return Organisation(
        slug=slug,
        name=name,
        acronym=_text(details.get("abbreviation")) or None,
        kind=kebab(_text(result.get("format"))).replace("-", "_") or "other",
        status=status if status in ("live", "closed") else "live",
        parent=next(iter(_slugs(result.get("parent_organisations"))), None),
        successors=tuple(_slugs(result.get("superseding_organisations"))),
        closed_on=_text(details.get("closed_at"))[:10] or None,
    )


def _slugs(given: Any) -> list[str]:
    """The slugs at the ends of the addresses of related bodies."""
    ids = [_text(each.get("id")) for each in given if isinstance(each, Mapping)] if isinstance(given, list) else []
    return [slug for each in ids if (slug := kebab(each.rstrip("/").rpartition("/")[2]))]


def _text(value: Any) -> str:
    return clean_line(value, NAME_LIMIT) if isinstance(value, str) else ""
