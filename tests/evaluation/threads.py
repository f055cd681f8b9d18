"""How well the later turns of a thread are understood: `python -m tests.evaluation.threads [--split build|score]`.

`threads.jsonl` holds threads of one writer who saw only the catalogue. A turn has its `text`, the `intents` that are
right, best first, and `first`: what the id of the first entry must match, null where no entry is needed. The first 70
threads (`build`) are there to develop with; the texts of the others (`score`) are read by nobody who does.
"""

import argparse
import re
import sys
from collections.abc import Sequence
from dataclasses import dataclass

from catalogue import clock
from catalogue.model import GOVERNMENT
from intents.context import Context, Question
from intents.remembered import Conversation
from intents.understand import respond
from tests.evaluation.marking import HERE, read

THREADS = HERE / "threads.jsonl"


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


def run(context: Context, split: str | None = None) -> list[list[Turn]]:
    """Every thread of a split, put to the intents turn by turn."""
    threads = []
    for line in read(THREADS, split):
        conversation = Conversation()
        turns = []
        for turn in line["turns"]:
            answer = respond(context, Question(turn["text"], GOVERNMENT, clock.now()), conversation=conversation)
            ids = [entry.dataset.id for entry in answer.shown]
            right = turn["first"] is None or bool(ids and re.match(turn["first"], ids[0]))
            given = f"{answer.intent} {ids[:1]}"
            turns.append(Turn(turn["text"], given, answer.intent in turn["intents"], right, turn["first"] is not None))
        threads.append(turns)
    return threads


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
            if options.split in (None, split):
                threads = run(context, split)
                print(f"{split}: {as_text(threads)}")
            if options.failures and split == "build":
                for turn in (turn for thread in threads for turn in thread if not turn.is_right):
                    print(f"  {turn.text!r}: {turn.given}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
