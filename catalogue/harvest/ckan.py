"""CKAN, which runs data.gov.uk and most national portals: `package_search`, a page after the other.

Pages are asked for by `start` in the order of `id`, until one brings nothing new: what a server says of their number
(`count`) is compared with what came, and not believed. `since` asks only for what changed, an hour of overlap included.
"""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode, urlsplit

from catalogue import clock
from catalogue.harvest import jsonstream
from catalogue.harvest.fetch import Fetcher
from catalogue.harvest.mapping import Read, distributions, frequency, labels, licence, link, mailbox, mapped, words
from catalogue.harvest.pages import MOST_PAGES, MOST_RECORDS, Page, Partial

ROWS = 1000
OVERLAP = timedelta(hours=1)
KEPT_EXTRAS = 30

TABLE: tuple[Read, ...] = (
    Read("title", "title"),
    Read("summary", "summary"),
    Read("notes", "description"),
    Read("organization.title", "publisher"),
    Read("organization.name", "publisher"),
    Read("tags[]", "keywords", labels),
    Read("theme-primary", "theme"),
    Read("theme", "theme"),
    Read("groups[]", "theme", lambda groups: next(iter(labels(groups)), None), note="the first group's name"),
    Read("contact-name", "contact.name"),
    Read("maintainer", "contact.name"),
    Read("contact-email", "contact.email", mailbox),
    Read("maintainer_email", "contact.email", mailbox),
    Read("private", "visibility", lambda private: "government" if private is True else None, note="government"),
    Read("isopen", "access_rights", lambda isopen: "OPEN" if isopen is True else None, note="OPEN, if true"),
    Read("license_id", "licence", licence),
    Read("license_url", "licence", licence),
    Read("license_title", "licence", licence),
    Read("update_frequency", "update_frequency", frequency),
    Read("update-frequency", "update_frequency", frequency),
    Read("frequency", "update_frequency", frequency),
    Read("accrual_periodicity", "update_frequency", frequency),
    Read("issued", "issued"),
    Read("dataset-reference-date", "issued", words),
    Read("metadata_created", "issued"),
    Read("modified", "modified"),
    Read("metadata_modified", "modified"),
    Read("geographic_coverage", "spatial", words),
    Read("spatial_text", "spatial", words),
    Read("spatial", "spatial", words),
    Read("temporal_coverage", "temporal", words),
    Read(
        "resources[]",
        "distributions",
        distributions(title=("name", "description"), media_type=("format", "mimetype"), url=("url",)),
    ),
    Read("url", "url", link),
    Read("state", "status", lambda state: "withdrawn" if state == "deleted" else None, note="withdrawn, if deleted"),
)
"""Their fields, those under `extras` too, and ours."""

_USED = {read.theirs.partition(".")[0].removesuffix("[]") for read in TABLE}


def native(package: Mapping[str, Any]) -> Any:
    """The id that CKAN knows a package by."""
    return package.get("id") or package.get("name")


def row(package: Mapping[str, Any], *, address: str) -> dict[str, Any]:
    """The row a package becomes; `address` is that of the source, for the package's page."""
    extras = {
        item["key"]: item.get("value")
        for item in (package.get("extras") or () if isinstance(package.get("extras"), list) else ())
        if isinstance(item, Mapping) and isinstance(item.get("key"), str)
    }
    made = mapped({**extras, **package} if extras else package, TABLE)
    name = package.get("name")
    if isinstance(name, str) and name:
        made["name"] = name
        made.setdefault("url", f"{_site(address)}/dataset/{name}")
    rest = [(key, value) for key, value in extras.items() if key not in _USED]
    if rest:
        made["extras"] = dict(rest[:KEPT_EXTRAS])
    return made


def pages(fetcher: Fetcher, address: str, *, since: str | None, begin: str | None) -> Iterator[Page]:
    """The packages of a portal, page by page from `begin` on. Raises SourceProblem, or Partial after the first page."""
    start, seen, claimed = int(begin or 0), set[str](), None
    for _number in range(MOST_PAGES):
        count, results = _page(fetcher, address, start=start, since=since)
        claimed = count if claimed is None else claimed
        fresh = [item for item in results if (known := _id(item)) is None or known not in seen]
        if not fresh:
            _compare(count, start)
            return
        seen.update(known for item in fresh if (known := _id(item)) is not None)
        begins, start = not start, start + len(fresh)
        yield Page(fresh, next=str(start), begins=begins)
        if start > MOST_RECORDS or (claimed is not None and start > 2 * claimed + ROWS):
            raise Partial(f"The source goes on after {start:,} records, though it says it has {claimed or 0:,}.")
    raise Partial(f"The source has more than {MOST_PAGES:,} pages.")


def _id(item: Any) -> str | None:
    """The id of what came, if it has one."""
    record = item[0] if isinstance(item, tuple) else None
    return str(native(record)) if isinstance(record, Mapping) else None


def _compare(count: int | None, came: int) -> None:
    """Whether as many came as the source says it has, give or take one in a hundred. Raises Partial."""
    if count is not None and abs(came - count) > count // 100:
        raise Partial(f"The source says that it has {count:,} records, and gave {came:,}.")


def _page(fetcher: Fetcher, address: str, *, start: int, since: str | None) -> tuple[int | None, list[Any]]:
    asked = {"rows": str(ROWS), "start": str(start), "sort": "id asc"}
    if since:
        asked["fq"] = f"metadata_modified:[{_hour_before(since)} TO *]"
    body, _media = fetcher.page(f"{_site(address)}/api/3/action/package_search?{urlencode(asked)}")
    beside: dict[str, Any] = {}
    results = list(jsonstream.items(iter([body]), ("result", "results"), beside))
    count = beside.get("count")
    return (count if isinstance(count, int) and 0 <= count < 10**9 else None), results


def _site(address: str) -> str:
    """The address of the portal, whatever part of its API was given."""
    parts = urlsplit(address)
    path = parts.path.partition("/api/")[0].removesuffix("/api").rstrip("/")
    return f"{parts.scheme}://{parts.netloc}{path}"


def _hour_before(since: str) -> str:
    return (clock.moment(since) - OVERLAP).strftime("%Y-%m-%dT%H:%M:%SZ")
