"""What the tests of importing share: a row, bringing rows in, and all that an import can change."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from catalogue import organisations
from catalogue.harvest.run import Report, merge_rows
from catalogue.rows import Fault
from catalogue.store import Database

ROW = {"id": "dfe/npd", "title": "Pupils", "publisher": "dfe", "keywords": ["a", "b"], "summary": "Old"}


def bring_in(db: Database, rows: Iterable[dict[str, Any] | Fault], now: datetime, **options: Any) -> Report:
    numbered = enumerate(rows, start=1)
    known = {body.name: body.slug for body in organisations.everyone(db)}
    known |= {slug: slug for slug in known.values()}
    options = {"source": "test", "by": "ada", "why": None, "resolve": known.get} | options
    return merge_rows(db, numbered, now=now, **options)


def record(db: Database) -> list[list[dict[str, Any]]]:
    """All that an import can change, but for its own line among the runs."""
    tables = ("datasets", "history", "organisations", "staged")
    return [db.query(f"SELECT * FROM {table} ORDER BY 1") for table in tables] + [
        db.query("SELECT * FROM counters WHERE name <> 'run' ORDER BY 1")
    ]


def counts(report: Report) -> tuple[int, int, int, int]:
    return report.added, report.changed, report.unchanged, report.left_out
