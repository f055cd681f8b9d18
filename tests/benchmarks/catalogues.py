"""The entries that the benchmarks of the running program use."""

from __future__ import annotations

import gzip
import sys
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from tests.benchmarks.entries import CATALOGUES, SAMPLE


def lines(count: int) -> Iterator[str]:
    """The first `count` entries as JSON lines: of the sample, then of the shared catalogues where they are there."""
    paths = [*sorted(SAMPLE.glob("*.jsonl")), *sorted(CATALOGUES.glob("*.jsonl.gz"))]
    if count > 1_000 and not sorted(CATALOGUES.glob("*.jsonl.gz")):
        print(f"The shared catalogues are not there ({CATALOGUES}): only the sample is used.", file=sys.stderr)
    yield from islice((line for path in paths for line in _of(path)), count)


def _of(path: Path) -> Iterator[str]:
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rt", encoding="utf-8") as stream:
        yield from (line for line in stream if line.strip())


def write(count: int, path: Path) -> int:
    """Write them into a file; returns how many there were."""
    found = list(lines(count))
    path.write_text("".join(line.rstrip("\n") + "\n" for line in found), encoding="utf-8")
    return len(found)
