"""GOV.UK's organisations API: public bodies, not entries. Adds those nobody knew; what is shipped or written stays.

The shipped list and stewards know more of a body (its former names, its domains) than the API says, so a body of theirs
is never replaced. One that an import made of a mere name is.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any
from urllib.parse import urljoin

from catalogue import organisations
from catalogue.entries import canonical
from catalogue.errors import SourceProblem
from catalogue.harvest import sources
from catalogue.harvest.fetch import Fetcher
from catalogue.harvest.pages import MOST_PAGES
from catalogue.harvest.report import Report
from catalogue.harvest.sources import Source
from catalogue.model import Organisation
from catalogue.store import Database
from catalogue.text import clean_line, kebab

NAME_LIMIT = 300


def harvest(db: Database, source: Source, fetcher: Fetcher, *, now: datetime, dry_run: bool = False) -> Report:
    """Bring in the organisations of a source, all of them in one transaction or none."""
    report = Report(source.name, dry_run=dry_run)
    found: dict[str, Organisation] = {}
    try:
        for result in results(fetcher, source.url):
            body = organisation(result)
            report.failed += body is None
            if body:
                found[body.slug] = body
        report.is_complete = True
    except SourceProblem as problem:
        report.stopped_because = str(problem)
    if not found and not report.stopped_because:
        report.stopped_because = "The source is empty."
    with db.atomic():
        organisations.touch(db)  # nobody else changes the vocabulary meanwhile
        fresh = _compare(db, source, found, report)
        if dry_run:
            return report
        organisations.save(db, fresh, origin=_origin(source))
        if report.stopped_because:
            sources.went_wrong(db, source, report.stopped_because, now=now)
        else:
            sources.went_well(db, source, "", count=len(found), fresh={}, now=now)
    return report


def _origin(source: Source) -> str:
    return f"source {source.name}"


def _compare(db: Database, source: Source, found: Mapping[str, Organisation], report: Report) -> list[Organisation]:
    """The bodies to write, counted as added or changed; the others are unchanged, or kept as somebody wrote them."""
    rows = db.query("SELECT slug, document, origin FROM organisations")
    known = {row["slug"]: (row["origin"], row["document"]) for row in rows}
    fresh = []
    for slug, body in found.items():
        origin, document = known.get(slug, (None, None))
        if origin not in (None, "import", _origin(source)):
            report.kept += 1
        elif document == canonical(asdict(body)):
            report.unchanged += 1
        else:
            report.added += origin is None
            report.changed += origin is not None
            fresh.append(body)
    return fresh


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
