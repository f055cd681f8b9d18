"""DCAT, the W3C's vocabulary for catalogues: written as JSON-LD or Turtle, read as these or as RDF/XML.

What comes from elsewhere is looked at before rdflib is given it: an XML document may declare no entities, a JSON-LD
one may not send us elsewhere for its context. Nothing is fetched but the pages of the source itself (`hydra:next`).
"""

import json
import logging
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, TextIO
from urllib.parse import urljoin
from xml.parsers import expat

from catalogue.entries import to_document
from catalogue.errors import SourceProblem
from catalogue.harvest import dcat_terms
from catalogue.harvest.dcat_terms import PREFIXES
from catalogue.harvest.fetch import MIB, Fetcher
from catalogue.harvest.pages import MOST_PAGES, Fresh, NotModified, Page, Partial
from catalogue.model import Dataset
from catalogue.rows import Fault

ACCEPT = "application/ld+json, text/turtle;q=0.9, application/rdf+xml;q=0.8"
LARGEST = 30 * MIB
DEEPEST, MOST_ELEMENTS = 50, 1_000_000
KNOWN_CONTEXTS = re.compile(
    r"https?://(?:www\.w3\.org/ns/dcat(?:\.jsonld)?|project-open-data\.cio\.gov/v1\.1/schema/catalog\.jsonld)/?"
)
_CONTEXT = {**PREFIXES, "@vocab": PREFIXES["dcat"]}
_LITERAL = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"}

logging.getLogger("rdflib").setLevel(logging.CRITICAL)  # it quotes what strangers wrote


# writing


def write_jsonld(datasets: Iterable[Dataset], out: TextIO, *, name_of: Mapping[str, str]) -> int:
    """Write entries as one JSON-LD catalogue; returns how many."""
    context = json.dumps(dict(PREFIXES))
    out.write(f'{{"@context": {context}, "@id": "urn:whoholds:catalogue", "@type": "dcat:Catalog", "dcat:dataset": [')
    count = 0
    for dataset in datasets:
        node = dcat_terms.node(to_document(dataset), name_of=name_of)
        out.write((",\n" if count else "\n") + json.dumps(node, ensure_ascii=False))
        count += 1
    out.write("\n]}\n")
    return count


def write_turtle(datasets: Iterable[Dataset], out: TextIO, *, name_of: Mapping[str, str]) -> int:
    """Write entries as Turtle; returns how many."""
    for name, address in PREFIXES.items():
        out.write(f"@prefix {name}: <{address}> .\n")
    out.write("\n<urn:whoholds:catalogue> a dcat:Catalog .\n")
    count = 0
    for dataset in datasets:
        node = dcat_terms.node(to_document(dataset), name_of=name_of)
        out.write(f"\n<urn:whoholds:catalogue> dcat:dataset <{node['@id']}> .\n")
        for each in _top_nodes(node):
            out.write(f"<{each['@id']}> {_properties(each)} .\n")
        count += 1
    return count


def _top_nodes(node: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """A node and the named ones inside it."""
    yield node
    for value in node.values():
        for each in value if isinstance(value, list) else [value]:
            if isinstance(each, Mapping) and "@id" in each and len(each) > 1:
                yield each


def _properties(node: Mapping[str, Any]) -> str:
    parts = [f"a {node['@type']}"] if "@type" in node else []
    for name, value in node.items():
        if not name.startswith("@"):
            given = value if isinstance(value, list) else [value]
            parts.append(f"{name} {', '.join(map(_object, given))}")
    return " ;\n    ".join(parts)


def _object(value: Any) -> str:
    if not isinstance(value, Mapping):
        return _literal(str(value))
    if "@value" in value:
        return f"{_literal(value['@value'])}^^{value['@type']}"
    return f"<{value['@id']}>" if "@id" in value else f"[ {_properties(value)} ]"


def _literal(text: str) -> str:
    return '"' + re.sub(r'[\\"\n\r\t]', lambda found: _LITERAL[found[0]], text) + '"'


# reading


def native(record: Mapping[str, Any]) -> Any:
    """The id of a dataset at its source: its address, else its identifier."""
    address = record.get("@id")
    return address or next(iter(record.get("dct:identifier", ())), None)


def row(record: Mapping[str, Any], *, address: str) -> dict[str, Any]:
    """The row that a dataset becomes."""
    return dcat_terms.row(record)


def pages(fetcher: Fetcher, address: str, fresh: Fresh, *, begin: str | None) -> Iterator[Page]:
    """The datasets of a source, page by page, from the page `begin` on. Raises NotModified, SourceProblem, or Partial
    after the first page.

    A source is asked whether it has changed only if all of it was on one page.
    """
    url, seen = begin or address, set[str]()
    while url not in seen:
        if len(seen) >= MOST_PAGES:
            raise Partial(f"The source has more than {MOST_PAGES:,} pages.")
        is_first = not seen and not begin
        seen.add(url)
        try:
            known = fresh.conditions() if is_first else {}
            body, answer = fetcher.whole(url, accept=ACCEPT, limit=LARGEST, conditions=known)
            if answer.status == 304:
                raise NotModified
            graph = parse(body, answer.headers.get("content-type", ""), url)
        except SourceProblem as problem:
            raise problem if is_first else Partial(str(problem)) from None
        records = [(record, json.dumps(record, ensure_ascii=False, sort_keys=True)) for record in datasets(graph)]
        after = _next(graph)
        if after is None:
            yield Page(records, begins=is_first)
            if is_first:
                fresh.note(answer.headers)
            return
        fresh.kept.clear()
        url = urljoin(url, after)
        yield Page(records, next=url, begins=is_first)
    raise Partial("The source gives the same page again.")


def _next(graph: Any) -> str | None:
    from rdflib import URIRef

    for name in ("next", "nextPage"):
        for found in graph.objects(None, URIRef(PREFIXES["hydra"] + name)):
            return str(found)
    return None


def read(path: Path) -> Iterator[tuple[int, dict[str, Any] | Fault]]:
    """The datasets of a file as rows, numbered from 1, or the one fault that keeps it from being read."""
    try:
        graph = parse(path.read_bytes(), "", "")
    except SourceProblem as problem:
        yield 1, Fault(1, "(file)", str(problem), left_out=True)
        return
    for place, record in enumerate(datasets(graph), start=1):
        yield place, dcat_terms.row(record)


def parse(body: bytes, media_type: str, url: str) -> Any:
    """The graph that a document describes, fetching nothing. Raises SourceProblem."""
    from rdflib import Graph

    form = form_of(body, media_type)
    if form == "xml":
        _check_xml(body)
    if form == "json-ld":
        body = _without_elsewhere(body)
    graph = Graph()
    try:
        graph.parse(data=body, format=form, publicID=url or "urn:whoholds:file")
    except Exception as error:  # whatever a parser says of a stranger's document
        raise SourceProblem(f"What the source sent cannot be read as {form} ({type(error).__name__}).") from None
    return graph


def form_of(body: bytes, media_type: str) -> str:
    """What a document is written in, by its media type or its first characters."""
    named = {"application/ld+json": "json-ld", "text/turtle": "turtle", "application/rdf+xml": "xml"}
    known = named.get(media_type.partition(";")[0].strip().lower())
    begin = body[:2000].decode("utf-8", "replace").lstrip("\ufeff \t\r\n")
    if known:
        return known
    if begin[:1] in ("{", "["):
        return "json-ld"
    return "xml" if re.match(r"<(?:\?xml|!|rdf:RDF)", begin) or "\x00" in begin else "turtle"


def _check_xml(body: bytes) -> None:
    """No entities, no document type, no more depth and elements than a catalogue has."""
    parser = expat.ParserCreate()
    depth = elements = 0

    def begin(_name: str, _attributes: object) -> None:
        nonlocal depth, elements
        depth, elements = depth + 1, elements + 1
        if depth > DEEPEST or elements > MOST_ELEMENTS:
            raise SourceProblem("The XML of the source is nested too deeply, or has too many elements.")

    def end(_name: str) -> None:
        nonlocal depth
        depth -= 1

    def refuse(*_given: object) -> None:
        raise SourceProblem("The XML of the source declares a document type or entities, which is not read.")

    parser.StartElementHandler, parser.EndElementHandler = begin, end
    parser.StartDoctypeDeclHandler = parser.EntityDeclHandler = refuse
    try:
        parser.Parse(body, True)
    except expat.ExpatError:
        raise SourceProblem("What the source sent is not XML, or is cut off.") from None


def _without_elsewhere(body: bytes) -> bytes:
    """The document with our own context in the place of those we know by name. Raises SourceProblem for any other."""
    try:
        return json.dumps(_settled(json.loads(body.decode("utf-8-sig", "replace")))).encode()
    except RecursionError:
        raise SourceProblem("The JSON of the source is nested too deeply.") from None
    except ValueError:
        raise SourceProblem("What the source sent is not JSON, or is cut off.") from None


def _settled(value: Any) -> Any:
    if isinstance(value, list):
        return [_settled(item) for item in value]
    if not isinstance(value, dict):
        return value
    return {name: _context(item) if name == "@context" else _refuse_import(name, item) for name, item in value.items()}


def _refuse_import(name: str, value: Any) -> Any:
    if name == "@import":
        raise SourceProblem("The JSON-LD of the source sends us elsewhere for its context, which is not followed.")
    return _settled(value)


def _context(value: Any) -> Any:
    if isinstance(value, list):
        return [_context(item) for item in value]
    if not isinstance(value, str):
        return _settled(value)
    if KNOWN_CONTEXTS.fullmatch(value):
        return _CONTEXT
    raise SourceProblem("The JSON-LD of the source sends us elsewhere for its context, which is not followed.")


def datasets(graph: Any) -> Iterator[dict[str, Any]]:
    """Each dataset and data service of a graph: its properties by their short names, each a list of texts and nodes."""
    from rdflib import RDF, BNode, URIRef

    subjects = {
        subject
        for kind in ("Dataset", "DataService", "DatasetSeries")
        for subject in graph.subjects(RDF.type, URIRef(PREFIXES["dcat"] + kind))
    }
    for subject in sorted(subjects):
        found = _node(graph, subject, depth=0)
        if isinstance(subject, BNode):
            del found["@id"]
        yield found


def _node(graph: Any, subject: Any, *, depth: int) -> dict[str, Any]:
    found: dict[str, Any] = {"@id": str(subject)}
    for predicate, value in sorted(graph.predicate_objects(subject)):
        found.setdefault(_short(str(predicate)), []).append(_value(graph, value, depth=depth))
    return found


def _value(graph: Any, value: Any, *, depth: int) -> Any:
    from rdflib import BNode, Literal

    if isinstance(value, Literal) or depth > 1 or next(graph.predicate_objects(value), None) is None:
        return str(value)
    inner = _node(graph, value, depth=depth + 1)
    if isinstance(value, BNode):
        del inner["@id"]
    return inner


def _short(address: str) -> str:
    for name, begin in PREFIXES.items():
        if address.startswith(begin):
            return f"{name}:{address.removeprefix(begin)}"
    return address
