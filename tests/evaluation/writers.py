"""The messages that people wrote for this project: `written/` holds one file a writer, one message a line.

A line is the kind of question, the message, the ids of the entries that are right, and its slots, with tabs between.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from tests.evaluation.marking import HERE

WRITTEN = HERE / "written"


@dataclass(frozen=True, slots=True)
class Line:
    """One message with what its writer says of it. `slots` are as written: `recipient=a council; purpose=research`."""

    writer: str
    kind: str
    text: str
    entries: frozenset[str]
    slots: str


def written_lines() -> Iterator[Line]:
    """Every line, writer by writer."""
    for file in sorted(WRITTEN.glob("*.tsv")):
        for line in file.read_text(encoding="utf-8").splitlines():
            kind, text, ids, slots = line.split("\t")
            entries = frozenset(each.strip() for each in ids.split(",") if each.strip())
            yield Line(file.stem, kind, text, entries, slots)
