"""What the tests of harvesting share: a catalogue on this machine, and harvesting it.

`upstream` is the server; `harvest(db)` harvests it (see `Harvesting`).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest

from catalogue import organisations
from catalogue.harvest import sources
from catalogue.harvest.fetch import Caps, Fetcher
from catalogue.harvest.harvest import harvest
from catalogue.harvest.report import Report
from catalogue.store import Database
from tests.conftest import NOW
from tests.fakes.upstream import Upstream, serving

QUICK = Caps(connect=1, silence=0.5, answer=3, tries=1, rest=0)


class Harvesting:
    """Harvests the upstream as the source called `portal`, at whatever moment."""

    def __init__(self, upstream: Upstream) -> None:
        self.upstream = upstream
        self.allowed = frozenset({upstream.place})

    def add(self, db: Database, kind: str = "ckan", path: str = "", **options: Any) -> None:
        sources.add(db, "portal", kind=kind, url=self.upstream.url + path, by="ada", now=NOW, **options)

    def __call__(
        self,
        db: Database,
        *,
        now: datetime = NOW,
        caps: Caps = QUICK,
        allowed: frozenset[str] | None = None,
        **rest: Any,
    ) -> Report:
        if "resolve" not in rest:
            known = {name: body.slug for body in organisations.everyone(db) for name in (body.name, body.slug)}
            rest["resolve"] = known.get
        with Fetcher(allowed=self.allowed if allowed is None else allowed, caps=caps) as fetcher:
            return harvest(db, "portal", fetcher=fetcher, by="harvest", now=now, **rest)


@pytest.fixture
def upstream() -> Iterator[Upstream]:
    with serving() as server:
        yield server


@pytest.fixture
def harvesting(upstream: Upstream) -> Harvesting:
    return Harvesting(upstream)
