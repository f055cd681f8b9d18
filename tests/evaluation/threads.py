"""How well the later turns of a thread are understood: `python -m tests.evaluation.threads [--split build|score]`.

`threads.jsonl` holds threads of six writers who saw only the catalogue. A turn has its `text`, the `intents` that are
right, best first, and `first`: what the id of the first entry must match, null where no entry is needed. 70 threads of
the first writer and those of the second, third, fifth and sixth (`build`) are what `turns.py` learns from; the texts of
the others (`score`) are read by nobody who develops. `python -m tests.evaluation.turns --check` measures on
the threads of each writer with what was learned from the others.
"""

import argparse
import re
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from catalogue import clock
from catalogue.model import GOVERNMENT
from intents.context import Context, Question
from intents.remembered import Conversation
from intents.understand import respond
from tests.evaluation.marking import HERE, read

THREADS = HERE / "threads.jsonl"


@dataclass(frozen=True, slots=True)
class Thread:
    """A thread and who wrote it."""

    writer: str
    turns: list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Turn:
    """One turn: what was asked and given, and whether the kind of question and the first entry are right."""

    text: str
    given: str
    right_intent: bool
    right_entry: bool
    needs_entry: bool

    @property
    def is_right(self) -> bool:
        return self.right_intent and self.right_entry


def threads(split: str | None = None) -> list[Thread]:
    """The threads of a split."""
    return [Thread(line["writer"], line["turns"]) for line in read(THREADS, split)]


def run(context: Context, given: Sequence[Thread]) -> list[list[Turn]]:
    """Threads put to the intents turn by turn."""
    found = []
    for thread in given:
        conversation = Conversation()
        turns = []
        for turn in thread.turns:
            answer = respond(context, Question(turn["text"], GOVERNMENT, clock.now()), conversation=conversation)
            ids = [entry.dataset.id for entry in answer.shown]
            right = turn["first"] is None or bool(ids and re.match(turn["first"], ids[0]))
            given = f"{answer.intent} {ids[:1]}"
            turns.append(Turn(turn["text"], given, answer.intent in turn["intents"], right, turn["first"] is not None))
        found.append(turns)
    return found


def as_text(threads: Sequence[Sequence[Turn]]) -> str:
    """The figures of the later turns, in a line."""
    later = [turn for thread in threads for turn in thread[1:]]
    entries = [turn.right_entry for turn in later if turn.needs_entry]
    intents = [turn.right_intent for turn in later]
    shares = [f"{what} {sum(right)} of {len(right)}" for what, right in (("intent", intents), ("first entry", entries))]
    return f"{len(threads)} threads, {len(later)} later turns: {', '.join(shares)}"


def main(arguments: Sequence[str] | None = None) -> int:
    from tests.evaluation.report import sample_context

    parser = argparse.ArgumentParser(prog="python -m tests.evaluation.threads", description=__doc__)
    parser.add_argument("--split", choices=("build", "score"))
    parser.add_argument("--failures", action="store_true", help="print the turns of the build half that went wrong")
    options = parser.parse_args(arguments)
    with sample_context() as context:
        for split in ("build", "score"):
            given = threads(split) if options.split in (None, split) else []
            for writer in dict.fromkeys(thread.writer for thread in given):
                marked = run(context, [thread for thread in given if thread.writer == writer])
                print(f"{split}, {writer} writer: {as_text(marked)}", flush=True)
                if options.failures and split == "build":
                    for turn in (turn for thread in marked for turn in thread if not turn.is_right):
                        print(f"  {turn.text!r}: {turn.given}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
