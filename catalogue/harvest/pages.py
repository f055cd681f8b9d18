"""What every kind of source gives: pages of records, in which an unreadable record is a Fault."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from catalogue.errors import SourceProblem
from catalogue.rows import Fault

SIZE = 1000
MOST_PAGES = 5_000
MOST_RECORDS = 200_000


@dataclass(frozen=True, slots=True)
class Page:
    """Records as the source has them, each with the text that stands for it, or Faults.

    Equal records have equal texts. `next` is where to go on after this page, if that is possible. `begins`: this is
    the beginning, also where the source was to go on from somewhere and could not.
    """

    records: Sequence[tuple[Any, str] | Fault]
    next: str | None = None
    begins: bool = False


@dataclass(frozen=True, slots=True)
class Fresh:
    """What a source says of its own freshness, so that it need not send again what did not change.

    `kept` is remembered with the source. It counts only while records are mapped as they were (`mapping`).
    """

    kept: dict[str, Any]
    mapping: str

    def conditions(self) -> dict[str, str]:
        """The headers that ask for an answer only if something changed."""
        if self.kept.get("mapping") != self.mapping:
            return {}
        asked = {"If-None-Match": self.kept.get("etag"), "If-Modified-Since": self.kept.get("modified")}
        return {name: value for name, value in asked.items() if value}

    def note(self, headers: Mapping[str, str]) -> None:
        """Everything came, with these headers."""
        self.kept.clear()
        self.kept.update(etag=headers.get("etag"), modified=headers.get("last-modified"), mapping=self.mapping)


class NotModified(Exception):
    """The source says that nothing changed since the last harvest."""


class Partial(SourceProblem):
    """What came so far is good, and it is not everything: nothing counts as missing."""


def paged(records: Iterable[Any], *, file: str, begin: str | None) -> Iterator[Page]:
    """Records out of one file as pages. Raises Partial where reading them ends early or never.

    `file` is the file's fingerprint: one that is not what it was when `begin` was given is read from the beginning.
    """
    stream, read = iter(records), _read_already(file, begin)
    next(islice(stream, read, read), None)
    while True:
        batch: list[Any] = []
        problem: SourceProblem | None = None
        try:
            batch.extend(islice(stream, SIZE))
        except SourceProblem as error:
            problem = error
        if batch:
            begins, read = not read, read + len(batch)
            yield Page(batch, next=f"{file}:{read}", begins=begins)
        if problem:
            raise Partial(str(problem)) if read else problem
        if len(batch) < SIZE:
            return
        if read >= MOST_RECORDS:
            raise Partial(f"The source has more than {MOST_RECORDS:,} records.")


def _read_already(file: str, begin: str | None) -> int:
    known, _colon, read = (begin or "").rpartition(":")
    return int(read) if known == file else 0
