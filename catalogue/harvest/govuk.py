"""GOV.UK's organisations API: how it lists public bodies, and what one is here. `bodies.py` harvests them."""

import json
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urljoin

from catalogue.errors import SourceProblem
from catalogue.harvest.fetch import Fetcher
from catalogue.harvest.pages import MOST_PAGES
from catalogue.model import Organisation
from catalogue.text import clean_line, kebab

NAME_LIMIT = 300


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
