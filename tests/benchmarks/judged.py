"""What is measured on: documents, and queries with graded judgements.

Two sources: this project's probes over its sample catalogue (`tests/evaluation`), and any collection in a folder with
`corpus.jsonl.gz` (id, title, text, and where known description, keywords, publisher), `queries.tsv` (id, text, …) and
`qrels.txt` (query, 0, document, grade).
"""

import gzip
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from tests.benchmarks.wordings import question

ROOT = Path(__file__).resolve().parents[2]
SAMPLE = ROOT / "catalogue" / "data" / "sample"
PROBES = ROOT / "tests" / "evaluation" / "probes.jsonl"
SHARED_COLLECTION = ROOT.parent / "shared" / "data" / "search"


@dataclass(frozen=True, slots=True)
class Document:
    """What may be found. `names` are its other names and keywords, `text` everything; `entry` what we import."""

    id: str
    title: str
    names: str
    text: str
    entry: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Query:
    """A search phrase with the grades of all relevant documents; one graded `hit` or better is a right answer."""

    id: str
    text: str
    kind: str
    grades: Mapping[str, int]
    hit: int


@dataclass(frozen=True, slots=True)
class Collection:
    """Documents and the queries over them. `unanswerable`: queries left out because nothing is relevant to them."""

    name: str
    documents: Sequence[Document]
    queries: Sequence[Query]
    unanswerable: int = 0

    def as_questions(self, *, seed: int = 1) -> "Collection":
        """The same, with each query as people would ask it."""
        asked = [replace(query, text=question(query.text, key=query.id, seed=seed)) for query in self.queries]
        return replace(self, name=f"{self.name}, as questions", queries=asked)


def read_probes(path: Path = PROBES) -> list[dict[str, Any]]:
    """The lines of a file of probes."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def sample_entries() -> list[dict[str, Any]]:
    """The sample catalogue as it is shipped."""
    lines = [line for path in sorted(SAMPLE.glob("*.jsonl")) for line in path.read_text(encoding="utf-8").splitlines()]
    return [json.loads(line) for line in lines]


def probes(path: Path = PROBES) -> Collection:
    """The probes over the sample, without the entries that only named bodies may know."""
    documents = [_of_sample(entry) for entry in sample_entries() if entry.get("visibility") != "named"]
    queries = [
        Query(line["id"], line["query"], line["kind"], line["relevant"], max(line["relevant"].values()))
        for line in read_probes(path)
    ]
    return Collection(path.name, documents, queries)


def _of_sample(entry: dict[str, Any]) -> Document:
    names = [*entry.get("alternative_titles", ()), *entry.get("acronyms", ()), *entry.get("keywords", ())]
    holder = [entry["publisher"].replace("-", " "), entry.get("publisher_acronym")]
    rest = [entry.get(name) for name in ("summary", "description", "theme", "spatial", "granularity", "data_subjects")]
    parts = [entry["title"], *names, *holder, *rest]
    return Document(entry["id"], entry["title"], "; ".join(names), ". ".join(part for part in parts if part), entry)


def collection(folder: Path) -> Collection:
    """A collection from a folder. Queries nothing is relevant to are left out and counted."""
    with gzip.open(folder / "corpus.jsonl.gz", "rt", encoding="utf-8") as stream:
        documents = [_of_corpus(json.loads(line)) for line in stream]
    grades: dict[str, dict[str, int]] = {}
    for line in (folder / "qrels.txt").read_text(encoding="utf-8").splitlines():
        query, _, document, grade = line.split()
        if int(grade) > 0:
            grades.setdefault(query, {})[document] = int(grade)
    rows = [line.split("\t") for line in (folder / "queries.tsv").read_text(encoding="utf-8").splitlines()]
    queries = [Query(row[0], row[1], "query", grades[row[0]], 1) for row in rows if row[0] in grades]
    return Collection(folder.name, documents, queries, unanswerable=len(rows) - len(queries))


def _of_corpus(row: dict[str, Any]) -> Document:
    kept = ("title", "description", "keywords", "publisher")
    entry = {"id": f"judged/{row['id']}", **{name: row[name] for name in kept if row.get(name)}}
    names = "; ".join(str(word) for word in row.get("keywords") or ())
    return Document(str(row["id"]), row["title"], names, row["text"], entry)
