"""How good the search is, measured: `python -m tests.benchmarks.relevance --help`.

    python -m tests.benchmarks.relevance                              the probes of tests/evaluation, all engines
    python -m tests.benchmarks.relevance --collection [FOLDER]        any judged collection (../shared/data/search)
    python -m tests.benchmarks.relevance --questions                  the same, each phrase put as a question
    python -m tests.benchmarks.relevance --ablate                     what each part of our ranking is worth
    python -m tests.benchmarks.relevance --collection --cross-validate      every engine's weights tuned, and held out
    python -m tests.benchmarks.relevance --save new.json --compare old.json     which queries were won and lost

What is measured is in `measures.py`, on what in `judged.py`, the engines in `engines.py`, our parts in `ablations.py`.
Intervals are for 95 %. Times are of one query after another, the engines taking turns, beside bare tantivy's.
"""

import argparse
import json
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from pathlib import Path
from statistics import fmean

from tests.benchmarks import tuning
from tests.benchmarks.ablations import PARTS, Gone, switched_off
from tests.benchmarks.engines import ENGINES, Engine, Ours
from tests.benchmarks.judged import PROBES, SHARED_COLLECTION, Collection, collection, probes
from tests.benchmarks.measures import DEPTH, NAMES, interval, measure, percentile

Scores = dict[str, float]


@dataclass(slots=True)
class Run:
    """One engine over one collection: by query its scores, the ids it found, and seconds."""

    scores: dict[str, Scores] = field(default_factory=dict)
    found: dict[str, list[str]] = field(default_factory=dict)
    seconds: list[float] = field(default_factory=list)

    def mean(self, name: str, only: Sequence[str] | None = None) -> float:
        return fmean(self.scores[query][name] for query in (self.scores if only is None else only))


def run(judged: Collection, engines: Mapping[str, Engine]) -> dict[str, Run]:
    """Every engine, already filled, over every query; they take turns, so that a busy machine is unfair to none."""
    runs = {name: Run() for name in engines}
    for query in judged.queries[:20]:
        for engine in engines.values():
            engine.find(query.text, DEPTH)
    for query in judged.queries:
        for name, engine in engines.items():
            start = time.perf_counter()
            found = engine.find(query.text, DEPTH)
            runs[name].seconds.append(time.perf_counter() - start)
            runs[name].found[query.id] = found
            runs[name].scores[query.id] = measure(found, query.grades, hit=query.hit)
    return runs


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Rows in columns, as Markdown."""
    widths = [max(len(line[place]) for line in (head, *rows)) for place in range(len(head))]
    lines = [head, ["-" * width for width in widths], *rows]
    return "\n".join(
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)) + " |" for line in lines
    )


def quality(runs: Mapping[str, Run]) -> str:
    """Each engine's means with their intervals."""
    rows = []
    for name, one in runs.items():
        cells = []
        for measured in NAMES:
            low, high = interval([scores[measured] for scores in one.scores.values()])
            cells.append(f"{one.mean(measured):.3f} ({low:.3f}-{high:.3f})")
        rows.append([name, *cells])
    return table(["engine", *NAMES], rows)


def kinds(judged: Collection, runs: Mapping[str, Run]) -> str:
    """For each kind of query: nDCG@10, hit@1 and hit@3 of the first engine, nDCG@10 of the others."""
    first, *others = runs
    rows = []
    for kind in dict.fromkeys(query.kind for query in judged.queries):
        ids = [query.id for query in judged.queries if query.kind == kind]
        own = [f"{runs[first].mean(measured, ids):.3f}" for measured in ("nDCG@10", "hit@1", "hit@3")]
        rows.append([kind, str(len(ids)), *own, *(f"{runs[name].mean('nDCG@10', ids):.3f}" for name in others)])
    return table(
        ["kind", "queries", f"{first} nDCG@10", f"{first} hit@1", f"{first} hit@3", *(f"{o} nDCG@10" for o in others)],
        rows,
    )


def times(runs: Mapping[str, Run]) -> str:
    """Each engine's time for a query, and how many times bare tantivy's it is."""
    base = runs.get("tantivy")
    rows = []
    for name, one in runs.items():
        row = [name]
        for share in (0.5, 0.95):
            took = percentile(one.seconds, share)
            row += [f"{took * 1000:.2f}", f"{took / percentile(base.seconds, share):.1f}" if base else "-"]
        rows.append(row)
    return table(["engine", "p50 ms", "x tantivy", "p95 ms", "x tantivy"], rows)


def ablated(judged: Collection) -> str:
    """What nDCG@10 and the hits lose without each part of our ranking; above 0 the part helps."""
    measured = ("nDCG@10", "hit@1", "hit@3")
    whole = _ours(judged, Ours())
    rows = [["(nothing)", *(f"{whole.mean(name):.3f}" for name in measured), "", "", "", ""]]
    for part in PARTS:
        try:
            with switched_off(part):
                without = _ours(judged, Ours(part.change_record))
        except Gone as gone:
            rows.append([part.name, *[""] * 6, f"not measured: there is no {gone} any more"])
            continue
        worse = [query for query in whole.scores if without.found[query] != whole.found[query]]
        means = [without.mean(name) for name in measured]
        losses = [f"{whole.mean(name) - mean:+.3f}" for name, mean in zip(measured, means, strict=True)]
        rows.append([part.name, *(f"{mean:.3f}" for mean in means), *losses, str(len(worse))])
    losses = [f"{name} lost" for name in measured]
    return table(["without", *measured, *losses, "orders changed"], rows)


def _ours(judged: Collection, engine: Ours) -> Run:
    with closing(engine):
        engine.fill(judged.documents)
        return run(judged, {"ours": engine})["ours"]


def compared(judged: Collection, before: Mapping[str, Scores], after: Mapping[str, Scores]) -> str:
    """Which queries were won and lost between two runs of one engine, by nDCG@10, the largest differences first."""
    texts = {query.id: f"{query.id} [{query.kind}] {query.text}" for query in judged.queries}
    shared = [query for query in after if query in before]
    lines = [f"{len(shared)} queries are in both runs."]
    for name in NAMES:
        old, new = fmean(before[query][name] for query in shared), fmean(after[query][name] for query in shared)
        lines.append(f"  {name:10} {old:.3f} -> {new:.3f} ({new - old:+.3f})")
    changes = sorted((after[query]["nDCG@10"] - before[query]["nDCG@10"], query) for query in shared)
    won = [pair for pair in reversed(changes) if pair[0] > 1e-9]
    lost = [pair for pair in changes if pair[0] < -1e-9]
    for word, pairs in (("Won", won), ("Lost", lost)):
        lines.append(f"{word}: {len(pairs)}")
        for change, query in pairs:
            hits = f"hit@1 {before[query]['hit@1']:.0f} -> {after[query]['hit@1']:.0f}"
            lines.append(f"  {change:+.3f}  {hits}  {texts.get(query, query)}")
    return "\n".join(lines)


def failures(judged: Collection, one: Run) -> str:
    """The queries whose first result is no right answer: what came first, and what was right."""
    blocks = []
    for query in judged.queries:
        scores, found = one.scores[query.id], one.found[query.id]
        if scores["hit@1"]:
            continue
        place = next((n for n, name in enumerate(found, 1) if query.grades.get(name, 0) >= query.hit), None)
        verdict = f"right one at {place}" if place else "right one not in the first ten"
        lines = [f"{query.id} [{query.kind}] {query.text}   ({verdict})"]
        lines += [f"    found  {query.grades.get(name, 0)}  {name}" for name in found[:3]] or ["    found nothing"]
        lines += [f"    right  {grade}  {name}" for name, grade in query.grades.items() if grade >= query.hit]
        blocks.append((place or 99, "\n".join(lines)))
    return "\n".join(text for _place, text in sorted(blocks, key=lambda pair: -pair[0])) + "\n"


def read_options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m tests.benchmarks.relevance", description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    add = parser.add_argument
    add("--probes", type=Path, default=PROBES, metavar="FILE", help="probes over the sample catalogue (the default)")
    add("--collection", type=Path, nargs="?", const=SHARED_COLLECTION, metavar="FOLDER", help="a judged collection")
    add("--engines", default=",".join(ENGINES), help="which, by commas (default: %(default)s)")
    add("--questions", action="store_true", help="put each phrase as a question")
    add("--seed", type=int, default=1, help="for the wordings of questions")
    add("--ablate", action="store_true", help="measure ours without each of its parts, and nothing else")
    add("--cross-validate", action="store_true", help="tune every engine's weights on four fifths, measure on the rest")
    add("--save", type=Path, metavar="FILE", help="keep this run's scores")
    add("--compare", type=Path, metavar="FILE", help="a saved run to compare this one with, engine by engine")
    add("--failed", type=Path, metavar="FILE", help="write down what ours did not answer right first")
    options = parser.parse_args(arguments)
    options.engines = options.engines.split(",")
    unknown = [name for name in options.engines if name not in ENGINES]
    if unknown:
        parser.error(f"there is no engine “{unknown[0]}”: choose from {', '.join(ENGINES)}")
    needed = options.collection / "corpus.jsonl.gz" if options.collection else options.probes
    if not needed.is_file():
        parser.error(f"{needed} is not there: nothing to measure on")
    return options


def main(arguments: Sequence[str] | None = None) -> int:
    options = read_options(arguments)
    judged = collection(options.collection) if options.collection else probes(options.probes)
    judged = judged.as_questions(seed=options.seed) if options.questions else judged
    print(f"{judged.name}: {len(judged.documents)} documents, {len(judged.queries)} queries", end="")
    print(f" ({judged.unanswerable} more have no answer)" if judged.unanswerable else "", end="\n\n", flush=True)
    if options.ablate:
        print(ablated(judged))
        return 0
    if options.cross_validate:
        head = ["engine", "as it is", "tuned, held out", "ours tuned is above it", "what was chosen, by fold"]
        print(table(head, list(tuning.report(judged, list(tuning.TUNABLE)))))
        return 0
    with ExitStack() as stack:
        runs = run(judged, _filled(judged, options.engines, stack))
    by_kind = [kinds(judged, runs)] if len({query.kind for query in judged.queries}) > 1 else []
    print(quality(runs), *by_kind, times(runs), sep="\n\n")
    if options.save:
        options.save.write_text(json.dumps({name: one.scores for name, one in runs.items()}, indent=1))
    if options.failed and "ours" in runs:
        options.failed.write_text(failures(judged, runs["ours"]))
    if options.compare:
        saved = json.loads(options.compare.read_text())
        for name in runs.keys() & saved.keys():
            print(f"\n{name}, {options.compare.name} -> now\n{compared(judged, saved[name], runs[name].scores)}")
    return 0


def _filled(judged: Collection, names: Sequence[str], stack: ExitStack) -> dict[str, Engine]:
    engines = {}
    for name in names:
        engine = ENGINES[name]()
        try:
            engine.fill(judged.documents)
        except (ImportError, OSError, RuntimeError) as error:
            print(f"{name} is left out: {error}", file=sys.stderr)
            continue
        engines[name] = stack.enter_context(closing(engine))
    return engines


if __name__ == "__main__":
    sys.exit(main())
