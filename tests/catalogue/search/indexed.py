"""Looking into an index, without the ranking: which entries it holds for whom, and under which words."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import tantivy

from catalogue import datasets
from catalogue.model import PUBLIC, Audience, Dataset
from catalogue.search.index import Index
from catalogue.search.schema import schema
from catalogue.store import Database


def held(index: Index, db: Database, audience: Audience = PUBLIC, *, word: str | None = None) -> list[str]:
    """The ids of all entries this audience finds, or of those with `word`; an id that is held twice comes twice."""
    query = tantivy.Query.all_query() if word is None else tantivy.Query.term_query(schema(), "words", word)
    ids = []
    for searcher in index.partitions(db, audience):
        ids += [searcher.doc(address)["id"][0] for _score, address in searcher.search(query, 9999).hits]
    return sorted(ids)


def found(index: Index, db: Database, audience: Audience = PUBLIC, *, word: str | None = None) -> list[str]:
    """The same, after the index has followed the record, as before every search."""
    index.follow(db)
    return held(index, db, audience, word=word)


def add(db: Database, now: datetime, *ids: str, **values: Any) -> None:
    for dataset_id in ids:
        datasets.add(db, {"title": f"About {dataset_id}"} | values | {"id": dataset_id}, by="ada", why=None, now=now)


def amend(db: Database, now: datetime, dataset_id: str, **changes: Any) -> Dataset:
    revision = len(datasets.history(db, dataset_id))
    return datasets.amend(db, dataset_id, changes, revision=revision, by="ada", why=None, now=now)
