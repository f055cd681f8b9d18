"""What a source can speak: for each kind, how its records are read, known again, and mapped."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from hashlib import blake2b, file_digest
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

from catalogue.entries import Document
from catalogue.fields import is_empty
from catalogue.harvest import ckan, datajson, dcat, jsonlines, jsonstream, spreadsheet
from catalogue.harvest.fetch import MIB, Fetcher
from catalogue.harvest.mapping import link
from catalogue.harvest.pages import Fresh, NotModified, Page, paged
from catalogue.harvest.sources import Kind, Source
from catalogue.model import Visibility
from catalogue.rows import Cleaned, Fault, Resolve, clean
from catalogue.text import kebab

MAPPING = 1
"""Goes up whenever mapping changes, so that records that did not change are mapped again."""

_LEAST_OPEN = {Visibility.PUBLIC: 0, Visibility.GOVERNMENT: 1, Visibility.NAMED: 2}


_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


@dataclass(frozen=True, slots=True)
class Speech:
    """`native` gives the id that the source knows a record by; `row` the row it becomes."""

    native: Callable[[Mapping[str, Any]], Any]
    row: Callable[..., dict[str, Any]]


def _as_it_is(record: Mapping[str, Any], *, address: str) -> dict[str, Any]:
    return dict(record)


def _own_id(record: Mapping[str, Any]) -> Any:
    return record.get("id") or record.get("identifier")


SPEECHES: Mapping[Kind, Speech] = {
    Kind.CKAN: Speech(ckan.native, ckan.row),
    Kind.DCAT: Speech(dcat.native, dcat.row),
    Kind.DATAJSON: Speech(datajson.native, datajson.row),
    Kind.JSONL: Speech(_own_id, _as_it_is),
    Kind.CSV: Speech(_own_id, _as_it_is),
}


def pages(
    fetcher: Fetcher, source: Source, *, since: str | None, begin: str | None, fresh: dict[str, Any]
) -> Iterator[Page]:
    """The records of a source. `fresh` is what it said of its freshness the last time, and becomes what it says now.
    `begin` is the `next` of the last page that came before the reading was cut off.

    Raises NotModified, SourceProblem, or Partial when what came is good and not everything.
    """
    if source.kind is Kind.CKAN:
        yield from ckan.pages(fetcher, source.url, since=since, begin=begin)
        return
    if source.kind is Kind.DCAT:
        yield from dcat.pages(fetcher, source.url, Fresh(fresh, mark(source)), begin=begin)
        return
    with NamedTemporaryFile(suffix=".csv" if source.kind is Kind.CSV else ".jsonl") as file:
        known = Fresh(fresh, mark(source))
        conditions = {} if begin else known.conditions()
        answer = fetcher.save(source.url, file, accept="*/*", conditions=conditions)
        if answer.status == 304:
            raise NotModified
        file.flush()
        known.note(answer.headers)
        path = Path(file.name)
        yield from paged(_records(source.kind, path), file=_digest(path), begin=begin)


def _digest(path: Path) -> str:
    with path.open("rb") as content:
        return file_digest(content, "blake2b").hexdigest()


def _records(kind: Kind, path: Path) -> Iterator[Any]:
    if kind is Kind.DATAJSON:
        with path.open("rb") as file:
            yield from jsonstream.items(iter(lambda: file.read(MIB // 4), b""), ("dataset",), {})
        return
    reader = spreadsheet if kind is Kind.CSV else jsonlines
    for _line, row in reader.read(path):
        yield row if isinstance(row, Fault) else (row, _encode(row))


def mark(source: Source) -> str:
    """What, besides a record, decides what it is mapped to."""
    return f"{MAPPING}:{source.kind}:{source.url}:{source.publisher or ''}:{source.visibility}"


def fingerprint(text: str, key: bytes) -> str:
    """Equal for equal records mapped in the same way; `key` is made of `mark`."""
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16, key=key).hexdigest()


def native_id(source: Source, record: Mapping[str, Any]) -> str | None:
    """The id by which the source knows a record; made of publisher and title where it has none."""
    found = SPEECHES[source.kind].native(record)
    if isinstance(found, int | str) and not isinstance(found, bool) and str(found).strip():
        return str(found).strip()[:300]
    title, publisher = record.get("title"), record.get("publisher")
    if isinstance(title, str) and title.strip():
        return f"{kebab(publisher) if isinstance(publisher, str) else ''}/{title.strip()}"[:300]
    return None


def shape(source: Source, record: Mapping[str, Any], *, native: str, place: int, resolve: Resolve) -> Cleaned:
    """The entry that a record becomes: mapped, cleaned, marked with where it is from. Pure but for `resolve`."""
    row = SPEECHES[source.kind].row(record, address=source.url)
    name = row.pop("name", None) if source.kind is Kind.CKAN else None
    if source.publisher and is_empty(row.get("publisher")):
        row["publisher"] = source.publisher
    cleaned = clean(row, line=place, resolve=resolve)
    document = cleaned.document
    if document is None:
        return cleaned
    if name and kebab(name):
        document["id"] = f"{document.get('publisher') or 'unknown'}/{kebab(name)[:120]}"
    document["source"], document["source_id"] = source.name, native
    _cap_visibility(document, source.visibility)
    _drop_links(document, cleaned.faults, place)
    if "\ufffd" in document["title"] or "\ufffd" in document.get("description", ""):
        cleaned.faults.append(Fault(place, "(text)", "Some characters could not be read and are shown as \ufffd."))
    return cleaned


def _cap_visibility(document: Document, most: Visibility) -> None:
    given = Visibility(document.get("visibility", Visibility.PUBLIC.value))
    if _LEAST_OPEN[most] > _LEAST_OPEN[given]:
        document["visibility"] = most.value


def _drop_links(document: Document, faults: list[Fault], place: int) -> None:
    """No address that a person could not follow safely."""
    if "url" in document and not link(document["url"]):
        del document["url"]
        faults.append(Fault(place, "url", "This is not an address that starts with https:// or http://."))
    for part in document.get("distributions", ()):
        if "url" in part and not link(part["url"]):
            del part["url"]
            faults.append(Fault(place, "distributions", "A link does not start with https:// or http://."))
    if "distributions" in document:
        document["distributions"] = [part for part in document["distributions"] if part]
        if not document["distributions"]:
            del document["distributions"]
