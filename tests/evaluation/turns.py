"""Learn what a later turn asks and of which entry: `python -m tests.evaluation.turns` writes `intents/data/turns.tsv`.

It learns from the threads of all writers (`threads.jsonl`) and the build half of `conversations.jsonl`. Each turn is
read after what was right before it. `--check` learns from all writers but one and puts the threads of that one to the
intents, for each of them. Needs scipy, which scikit-learn brings: `pip install -e .[train]`.
"""

import argparse
import random
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from typing import Any

from catalogue import clock, datasets
from catalogue.model import GOVERNMENT
from intents import options
from intents.about import entry_facts
from intents.asked import kind_facts
from intents.context import Context, Question
from intents.learned import weights
from intents.options import Facts, likely
from intents.reference import read_reference
from intents.remembered import MOST_ENTRIES, OF_AN_ENTRY, PASSING, Conversation, State
from intents.turn import Turn, read_turn
from intents.understand import respond, understand
from tests.evaluation.marking import CONVERSATIONS, read
from tests.evaluation.threads import Thread, as_text, run, threads
from tests.evaluation.writers import written_lines

COMPOSED, LONG = 250, 4
"""Threads that are composed, and turns of each."""

ALONE = "composed"
"""Whose they are. Only which entry a turn is of is learned from them: what they ask is learned already."""

SEED = 20261125

SEEN = 3
"""Turns in which a fact must be found to be learned from."""

COST, PLAIN = 12.0, 0.75
"""How much weights are held back: of facts crossed with how a turn is worded, and of facts by themselves."""

STEPS = 150
LEAST = 0.01
"""A weight smaller than this is left out."""

Weights = dict[str, float]
Case = tuple[Mapping[str, Facts], frozenset[str]]
"""One decision: the options with their facts, and which of them are right."""


@dataclass(frozen=True, slots=True)
class Example:
    """A later turn, with what is right."""

    writer: str
    turn: Turn
    kinds: frozenset[str]
    entries: frozenset[str]


def given() -> list[Thread]:
    """The threads to learn from."""
    build = [
        Thread(
            "build",
            [
                {"text": turn["text"], "intents": [turn["intent"]], "first": _pattern(turn["datasets"])}
                for turn in line["turns"]
            ],
        )
        for line in read(CONVERSATIONS, "build")
    ]
    return [*threads("build"), *build, *composed()]


def composed() -> list[Thread]:
    """Threads of messages that were written to be asked by themselves, put one after another by chance.

    Each is a question of its own, whatever was asked before it: in the threads that people wrote there are few.
    """
    chance = random.Random(SEED)
    lines = [line for line in written_lines() if line.entries or line.kind in PASSING]
    drawn = chance.sample(lines, min(len(lines), COMPOSED * LONG))
    turns = [{"text": each.text, "intents": [each.kind], "first": _pattern(sorted(each.entries))} for each in drawn]
    return [Thread(ALONE, turns[start : start + LONG]) for start in range(0, len(turns), LONG)]


def _pattern(ids: Sequence[str]) -> str | None:
    return f"(?:{'|'.join(map(re.escape, ids))})$" if ids else None


def examples(context: Context, given: Sequence[Thread]) -> Iterator[Example]:
    """Every later turn of some threads, read after right answers to those before it."""
    every = [entry.id for entry in datasets.changed_since(context.db, 0, limit=100_000)]
    for thread in given:
        state = State()
        for number, said in enumerate(thread.turns):
            question = Question(said["text"], GOVERNMENT, clock.now())
            turn = _read(context, question, state)
            right = [each for each in (*turn.held, *every) if said["first"] and re.match(said["first"], each)]
            if number and (state.entries or state.terms):
                kinds = frozenset(said["intents"]) & turn.odds.keys()
                yield Example(thread.writer, turn, kinds, frozenset(right) & turn.held.keys())
            state = _after(context, question, turn, said, right[:1], is_first=not number)


def _read(context: Context, question: Question, state: State) -> Turn:
    is_known = context.search.names_hold(question.audience)
    vocabulary = context.search.vocabulary()
    intent = understand(question.text, vocabulary, is_known)
    said = read_reference(intent.message, question.text, intent.slots, vocabulary, weights(), is_known)
    return read_turn(context, question, state, said, odds=intent.odds, marked=intent.marked)


def _after(
    context: Context, question: Question, turn: Turn, said: Mapping[str, Any], right: Sequence[str], *, is_first: bool
) -> State:
    """What a right answer to a turn leaves behind."""
    state = turn.state
    if is_first:
        conversation = Conversation()
        ids = [entry.dataset.id for entry in respond(context, question, conversation).shown]
        if ids[:1] == list(right) or (ids and said["first"] and re.match(said["first"], ids[0])):
            return replace(conversation.state, kind=said["intents"][0])
    if said["first"] is None or not right or said["intents"][0] in PASSING:
        return state
    entry = datasets.get_many(context.db, right, audience=GOVERNMENT)
    if not entry:
        return state
    before = turn.current.id if turn.current else None
    others = [each for each in turn.held if each != entry[0].id][: 2 if said["intents"][0] == "holders" else 0]
    return replace(
        state,
        kind=said["intents"][0],
        entries=state.entries if entry[0].id in state.entries else (entry[0].id, *others),
        chosen=entry[0].id if said["intents"][0] in OF_AN_ENTRY or not others else None,
        earlier=tuple(dict.fromkeys(each for each in (before, *state.earlier) if each and each != entry[0].id))[
            :MOST_ENTRIES
        ],
        terms=state.terms or entry[0].title,
        place=turn.said.place,
    )


def learned(some: Sequence[Example]) -> dict[str, Weights]:
    """The weights of both decisions. What kind of question a turn is knows which entry it would be taken to be about,
    as it would be by weights learned from other writers."""
    about: dict[int, dict[str, float]] = {}
    for writer in sorted({one.writer for one in some}):
        others = fitted([_of_entries(one) for one in some if one.writer != writer])
        about |= {
            number: likely(entry_facts(one.turn), others) for number, one in enumerate(some) if one.writer == writer
        }
    kinds = [(kind_facts(one.turn, about[number]), one.kinds) for number, one in enumerate(some) if one.writer != ALONE]
    return {"entry": fitted([_of_entries(one) for one in some]), "kind": fitted(kinds)}


def _of_entries(one: Example) -> Case:
    return entry_facts(one.turn), one.entries


def fitted(cases: Sequence[Case]) -> Weights:
    """The weights under which the right options are likeliest, kept small."""
    import numpy
    from scipy.optimize import minimize
    from scipy.sparse import csr_matrix

    cases = [(options, right) for options, right in cases if right and len(right) < len(options)]
    often = Counter(chain.from_iterable({fact for facts in of.values() for fact in facts} for of, _right in cases))
    names = sorted(fact for fact, many in often.items() if many >= SEEN)
    place = {fact: number for number, fact in enumerate(names)}
    rows = [(group, facts, option in right) for group, (of, right) in enumerate(cases) for option, facts in of.items()]
    kept = [[(place[fact], much) for fact, much in facts.items() if fact in place] for _group, facts, _good in rows]
    flat = list(chain.from_iterable(kept))
    starts = numpy.cumsum([0, *map(len, kept)])
    there = csr_matrix(([much for _, much in flat], [column for column, _ in flat], starts), (len(rows), len(names)))
    across = there.T.tocsr()
    groups, good = numpy.array([row[0] for row in rows]), numpy.array([row[2] for row in rows])

    def loss(weights: Any) -> tuple[float, Any]:
        scores = there @ weights
        most = numpy.full(len(cases), -numpy.inf)
        numpy.maximum.at(most, groups, scores)
        odds = numpy.exp(scores - most[groups])
        total, right = (numpy.bincount(groups, each, len(cases)) for each in (odds, odds * good))
        away = odds / total[groups] - odds * good / right[groups]
        return (costs * weights) @ weights / 2 - numpy.log(right / total).sum(), across @ away + costs * weights

    costs = numpy.array([COST if ": " in name else PLAIN for name in names])
    start = numpy.zeros(len(names))
    found = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": STEPS}).x
    return {name: round(float(weight), 2) for name, weight in zip(names, found, strict=True) if abs(weight) >= LEAST}


def main() -> None:
    from tests.evaluation.report import sample_context

    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="cross-validate between writers instead")
    is_check = parser.parse_args().check
    with sample_context() as context:
        some = list(examples(context, given()))
        if not is_check:
            options.save(learned(some))
            return
        for writer in sorted({one.writer for one in some}):
            others = learned([one for one in some if one.writer != writer])
            options.learned = lambda others=others: others
            print(f"{writer}: {as_text(run(context, [each for each in given() if each.writer == writer]))}", flush=True)


if __name__ == "__main__":
    main()
