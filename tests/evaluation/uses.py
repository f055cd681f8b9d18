"""Learn who would get data, what for and in what detail: `python -m tests.evaluation.uses` writes three tables.

It learns from what the writers of `written/` and of the build half said of a message besides its kind. `--check` learns
from all but one of them and reads what that one wrote. Needs scikit-learn: `pip install -e .[train]`.
"""

import argparse
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from catalogue.search.vocabulary import Vocabulary
from catalogue.text import fold
from intents import uses
from intents.phrase import read_message
from intents.slots import IN_DETAIL, SHARED
from intents.table import Table, save
from tests.evaluation.fit import fit
from tests.evaluation.marking import QUESTIONS, read
from tests.evaluation.writers import written_lines

NAMES = ("purpose", "granularity", "recipient")
SEEN = 3
"""How many messages or words a feature must be of."""


@dataclass(frozen=True, slots=True)
class Said:
    """A message with what its writer says it says."""

    writer: str
    kind: str
    text: str
    slots: dict[str, str]


def said() -> list[Said]:
    """Every written message and those of the build half."""
    found = [
        Said(one.writer, one.kind, read_message(one.text).whole, dict(_slots(one.slots))) for one in written_lines()
    ]
    for line in read(QUESTIONS, "build"):
        slots = {name: line[name] for name in NAMES if line[name]}
        found.append(Said("build", line["intent"], read_message(line["text"]).whole, slots))
    return found


def _slots(text: str) -> Iterator[tuple[str, str]]:
    for part in text.split(";"):
        name, equals, value = part.partition("=")
        if equals:
            is_words = name.strip() == "recipient"
            yield name.strip(), value.strip() if is_words else value.strip().replace(" a ", " ").replace(" ", "_")


def learned(given: Sequence[Said], vocabulary: Vocabulary) -> dict[str, Table]:
    """The three tables."""
    found = {}
    for name, kinds in (("purpose", SHARED), ("granularity", IN_DETAIL)):
        some = [one for one in given if one.kind in kinds]
        labels = [one.slots.get(name, "") for one in some]
        features = [uses.of_text(one.text) for one in some]
        found[name] = fit(labels, features, [1.0] * len(some), cost=1.0, seen=SEEN)
    labels, rows = [], []
    for one in given:
        words = uses.words_in(one.text)
        place = _place(words, one.slots.get("recipient", ""))
        if one.kind in SHARED and place is not None:
            rows += uses.of_words(words, vocabulary)
            labels += ["recipient" if number in place else "" for number in range(len(words))]
    found["recipient"] = fit(labels, rows, [1.0] * len(rows), cost=1.0, seen=SEEN)
    return found


def _place(words: Sequence[str], said: str) -> range | None:
    """Where in the words something is said; empty when nothing is; None when it is said in other words."""
    parts, whole = [fold(word) for word in uses.words_in(said)], [fold(word) for word in words]
    starts = (start for start in range(len(whole) - len(parts) + 1) if whole[start : start + len(parts)] == parts)
    start = next(starts, None) if parts else 0
    return None if start is None else range(start, start + len(parts))


def marks(given: Sequence[Said], readers: dict[str, Callable[[str], Any]], vocabulary: Vocabulary) -> Iterator[str]:
    """For each slot the share that is read rightly where something is said, and is made up where nothing is."""
    for name, reader in readers.items():
        kinds = IN_DETAIL if name == "granularity" else SHARED
        right, silent = [], []
        for one in given:
            if one.kind not in kinds:
                continue
            meant, found = one.slots.get(name, ""), str(reader(one.text) or "")
            if not meant:
                silent.append(bool(found))
            elif name == "recipient":
                right.append(bool(found) and uses.called(found, vocabulary) == uses.called(meant, vocabulary))
            else:
                right.append(found == meant)
        read_rightly, made_up = sum(right) / len(right), sum(silent) / len(silent)
        yield f"{name:12} read {read_rightly:6.1%} of {len(right):4}  made up {made_up:6.1%}"


def main() -> None:
    from tests.evaluation.report import sample_context

    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="cross-validate between writers instead")
    is_check = parser.parse_args().check
    given = said()
    with sample_context() as context:
        vocabulary = context.search.vocabulary()
        if not is_check:
            for name, table in learned(given, vocabulary).items():
                save(name, table)
            return
        for writer in sorted({one.writer for one in given}):
            tables = learned([one for one in given if one.writer != writer], vocabulary)
            uses.load = tables.__getitem__
            readers = {
                "purpose": uses.purpose_of,
                "granularity": uses.granularity_of,
                "recipient": lambda text: uses.recipient_of(text, vocabulary),
            }
            for line in marks([one for one in given if one.writer == writer], readers, vocabulary):
                print(f"{writer:6} {line}", flush=True)


if __name__ == "__main__":
    main()
