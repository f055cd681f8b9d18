"""How well messages are understood, measured: `python -m tests.evaluation.report --help`.

    python -m tests.evaluation.report                       both halves of the messages and of the conversations
    python -m tests.evaluation.report --split score         the half that nobody may tune by
    python -m tests.evaluation.report --failures 50         the first fifty that went wrong, and how
    python -m tests.evaluation.report --json                the same figures for another program

Everything is asked as a civil servant, of the sample catalogue in a folder that is thrown away. What the labels mean
and how an answer is marked is in `marking.py`.
"""

import argparse
import json
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from bot import sample
from bot.app import open_catalogue
from bot.settings import Settings
from catalogue import clock
from catalogue.model import GOVERNMENT
from intents.answers import Answer
from intents.context import Context, Question
from intents.remembered import Conversation
from intents.understand import respond
from tests.evaluation.marking import CONVERSATIONS, QUESTIONS, SHOWN, SLOTS, Mark, mark, read
from tests.evaluation.threads import as_text as threads_as_text
from tests.evaluation.threads import run
from tests.evaluation.threads import threads as written_threads

SLOWEST = 5


@contextmanager
def sample_context() -> Iterator[Context]:
    """The sample catalogue as the intents see it, its index ready."""
    with tempfile.TemporaryDirectory(prefix="whoholds-evaluation-") as folder:
        catalogue = open_catalogue(Settings(str(Path(folder, "record.db")), Path(folder, "index")))
        with closing(catalogue.db):
            sample.load(catalogue.db)
            catalogue.search.index.follow(catalogue.db, wait=True)
            yield catalogue.context


def answered(context: Context, text: str, conversation: Conversation | None = None) -> tuple[Answer, float]:
    """The answer to a message and the seconds it took."""
    start = time.perf_counter()
    answer = respond(context, Question(text, GOVERNMENT, clock.now()), conversation)
    return answer, time.perf_counter() - start


def asked(context: Context, split: str | None = None) -> list[Mark]:
    """Every message of `questions.jsonl`, put by itself."""
    resolve = context.search.vocabulary().resolve
    return [mark(line["id"], line, *answered(context, line["text"]), resolve) for line in read(QUESTIONS, split)]


def talked(context: Context, split: str | None = None) -> list[list[Mark]]:
    """Every conversation, turn by turn."""
    resolve = context.search.vocabulary().resolve
    threads = []
    for line in read(CONVERSATIONS, split):
        conversation = Conversation()
        threads.append(
            [
                mark(f"{line['id']}.{number}", turn, *answered(context, turn["text"], conversation), resolve)
                for number, turn in enumerate(line["turns"], 1)
            ]
        )
    return threads


def figures(marks: Sequence[Mark]) -> dict[str, Any]:
    """The figures over some messages: each is [how many, out of how many]."""
    about_entries = [one for one in marks if one.label["datasets"]]
    out = [one for one in marks if one.label["intent"] == "out_of_scope"]
    ours = [one for one in marks if one.label["intent"] != "out_of_scope"]
    nobody = [one for one in ours if one.label["intent"] == "holders" and one.label["outcome"] == "none"]
    return {
        "intent": _share(one.right_intent for one in marks),
        "outcome": _share(one.right_outcome for one in marks),
        "hit@1": _share(one.hit(1) for one in about_entries),
        f"hit@{SHOWN}": _share(one.hit(SHOWN) for one in about_entries),
        "out of scope caught": _share(one.given["intent"] == "out_of_scope" for one in out),
        "nobody holds it, said so": _share(one.given["outcome"] == "none" for one in nobody),
        "needlessly declined": _share(one.declined for one in ours),
        "confident and wrong": _share(one.surely_wrong for one in marks),
    }


def slots(marks: Sequence[Mark]) -> dict[str, dict[str, list[int]]]:
    """By slot: read rightly where something was said, and filled where nothing was."""
    table = {}
    for name in SLOTS:
        said = [one for one in marks if one.label[name]]
        silent = [one for one in marks if not one.label[name]]
        table[name] = {
            "read": _share(one.slots[name] for one in said),
            "made up": _share(bool(one.given[name]) for one in silent),
        }
    return table


def by_intent(marks: Sequence[Mark]) -> dict[str, dict[str, list[int]]]:
    """The figures of each kind of question that is meant."""
    kinds = dict.fromkeys(one.label["intent"] for one in marks)
    return {kind: figures([one for one in marks if one.label["intent"] == kind]) for kind in kinds}


def confusion(marks: Sequence[Mark]) -> list[tuple[str, str, int]]:
    """Meant, taken for, how often; the most frequent first."""
    pairs = Counter((one.label["intent"], one.given["intent"]) for one in marks if not one.right_intent)
    return [(meant, taken, count) for (meant, taken), count in pairs.most_common()]


def report(marks: Sequence[Mark], threads: Sequence[Sequence[Mark]]) -> dict[str, Any]:
    """All figures in one value."""
    turns = [one for thread in threads for one in thread]
    slowest = sorted((*marks, *turns), key=lambda one: -one.seconds)[:SLOWEST]
    return {
        "messages": len(marks),
        "figures": figures(marks),
        "slots": slots(marks),
        "by_intent": by_intent(marks),
        "confusion": confusion(marks),
        "conversations": {
            "threads": len(threads),
            "turns": len(turns),
            "figures": figures(turns),
            "first turns": figures([thread[0] for thread in threads]),
            "later turns": figures([one for thread in threads for one in thread[1:]]),
            "whole threads": _share(
                all(one.right_intent and (one.hit(1) or not one.label["datasets"]) for one in thread)
                for thread in threads
            ),
        },
        "slowest": [[one.id, round(one.seconds * 1000, 1), one.label["text"][:60]] for one in slowest],
    }


def _share(happened: Any) -> list[int]:
    values = [bool(value) for value in happened]
    return [sum(values), len(values)]


def _percent(share: Sequence[int]) -> str:
    return f"{share[0] / share[1]:6.1%}  {share[0]:>4} of {share[1]}" if share[1] else "     -"


def as_text(found: dict[str, Any]) -> str:
    """The figures for a reader."""
    lines = [
        f"{found['messages']} messages",
        *_listed(found["figures"]),
        "",
        "Slots: read where said; made up where not",
    ]
    for name, of in found["slots"].items():
        lines.append(f"  {name:14}{_percent(of['read']):24}{_percent(of['made up'])}")
    lines += ["", "By kind of question: intent, first entry, outcome"]
    for name, of in found["by_intent"].items():
        lines.append(f"  {name:16}" + "".join(f"{_percent(of[key]):24}" for key in ("intent", "hit@1", "outcome")))
    lines += ["", "Taken for another: meant, taken for, times"]
    lines += [f"  {meant:16}{taken:16}{count:>4}" for meant, taken, count in found["confusion"]]
    lines += ["", *_conversations(found["conversations"]), "", "Slowest, in milliseconds"]
    lines += [f"  {id_:8}{took:>8}  {text!r}" for id_, took, text in found["slowest"]]
    return "\n".join(line.rstrip() for line in lines)


def _conversations(found: dict[str, Any]) -> list[str]:
    lines = [f"{found['threads']} conversations, {found['turns']} turns"]
    for which in ("first turns", "later turns"):
        lines += [f" {which}", *_listed(found[which])]
    return [*lines, f"  {'whole threads right':26}{_percent(found['whole threads'])}"]


def _listed(shares: dict[str, list[int]]) -> list[str]:
    return [f"  {name:26}{_percent(share)}" for name, share in shares.items()]


def failures(marks: Sequence[Mark], threads: Sequence[Sequence[Mark]], most: int) -> str:
    """The first that went wrong: the message, what is wrong with the answer, the entries given and those meant."""
    wrong = [one for one in (*marks, *(turn for thread in threads for turn in thread)) if one.faults]
    lines = [f"{len(wrong)} with a fault; the first {min(most, len(wrong))}:"]
    for one in wrong[:most]:
        lines += [f"{one.id} {one.label['text']!r}", f"    {'; '.join(one.faults)}"]
        if one.label["datasets"] and not one.hit(1):
            lines.append(f"    gave {one.given['datasets'][:SHOWN]}, not {one.label['datasets'][:SHOWN]}")
    return "\n".join(lines)


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.evaluation.report", description="How well we understand.")
    parser.add_argument("--split", choices=("build", "score"), help="one half only")
    parser.add_argument("--json", action="store_true", help="print the figures as JSON")
    parser.add_argument("--failures", type=int, default=0, metavar="N", help="list the first N that went wrong")
    options = parser.parse_args(arguments)
    with sample_context() as context:
        marks, threads = asked(context, options.split), talked(context, options.split)
        writers = run(context, written_threads(options.split))
    found = report(marks, threads)
    print(json.dumps(found, ensure_ascii=False) if options.json else f"{as_text(found)}\n\n{threads_as_text(writers)}")
    if options.failures:
        print("", failures(marks, threads, options.failures), sep="\n", file=sys.stderr if options.json else sys.stdout)
    return 0


if __name__ == "__main__":
    sys.exit(main())
