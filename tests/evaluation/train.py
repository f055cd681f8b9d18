"""Train the statistical reading: `python -m tests.evaluation.train` writes `intents/data/kinds.tsv` and `words.json`.

It learns from `intents/data/examples.txt`, whose {data} and other names are filled in from the sample catalogue, from
the messages that several people wrote (`written/`), and from the build half of the evaluation, never from the half that
only scores. Everything is drawn from one seed, so the same files give the same weights. `--check` cross-validates
between writers, since people differ more from one another than one does from day to day: what each wrote is read by
what was learned without it. That also sets the thresholds in `intents/data/thresholds.json`.

Needs scikit-learn: `pip install -e .[train]`.
"""

import argparse
import json
import random
import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

from bot import sample
from catalogue.model import GOVERNMENT
from catalogue.search.vocabulary import Vocabulary
from intents import learned
from intents.features import features_of, words_of
from intents.learned import Weights, probabilities, skeleton
from intents.phrase import read_message
from intents.table import Table, save, scores
from intents.understand import BY_NAME, claims_of
from tests.evaluation.fit import SEED, fit
from tests.evaluation.marking import CONVERSATIONS, QUESTIONS, SURE, read
from tests.evaluation.writers import written_lines

EXAMPLES = files("intents") / "data" / "examples.txt"
TOPICS = files("intents") / "data" / "topics.txt"
FILLS = 2
COST = 2.0
SEEN = 4
"""How many messages a feature must be in."""

DECLINED = 0.035
"""The share of good questions that may be declined; a sixth of them are taken back, since they name an entry."""

SURELY_WRONG = 0.015
"""The share of messages that may be read wrongly and with certainty; the search is to blame for some more."""

FOLDS = 3
GROUPS = 6
"""Into how many groups the writers are divided; each is read by what was learned from the others."""

OUT = "out_of_scope"
OWN = 2.0
BARE = 0.3
TOPICS_WORTH = 3
SPEAKS = 1.5
"""From how many times its usual share on a kind of question has a word, the word speaks for that kind."""

SEEN_TWICE = 2


Known = Callable[[str], bool]


@dataclass(frozen=True, slots=True)
class Example:
    kind: str
    text: str
    worth: float = 1.0
    writer: str = ""


Held = tuple[Example, dict[str, float]]
"""An example with the scores of each kind by a model that was not shown it."""


def examples(entries: Sequence[dict], acronyms: Sequence[str]) -> list[Example]:
    """The examples that the project ships, their places filled in."""
    draw = random.Random(SEED)
    names = [
        name
        for entry in entries
        for name in (entry["title"], *entry.get("acronyms", ()), *entry.get("keywords", ())[:3])
    ]
    topics = [line for line in TOPICS.read_text(encoding="utf-8").splitlines() if not line.startswith("# ")]
    fillings = {
        "data": names + topics * TOPICS_WORTH,
        "org": "DfE;HMRC;DWP;the Home Office;Environment Agency;NHS England;Camden council;ONS;Ofsted;DVLA".split(";"),
        "place": "Wales;Scotland;Leeds;Northern Ireland;Kent;London;Cornwall".split(";"),
        "year": ["2015", "2019", "2023"],
        "ref": ["SR-0042", "sr-0007", "SR 0110"],
        "term": list(acronyms),
    }
    found = []
    for kind, line in lines():
        for _ in range(FILLS if "{" in line else 1):
            text = re.sub(r"\{(\w+)\}", lambda match: _filling(draw, fillings[match[1]]), line)
            found.append(Example(kind, text, 1.0 / FILLS if "{" in line else 1.0))
    own = [Example(kind, text, OWN) for kind, module in BY_NAME.items() for text in module.EXAMPLES]
    bare = [Example("holders", name.lower(), BARE) for name in {entry["title"] for entry in entries} | set(topics)]
    return found + own + sorted(bare, key=lambda one: one.text)


def _filling(draw: random.Random, choices: Sequence[str]) -> str:
    chosen = draw.choice(choices)
    return chosen.lower() if draw.random() < 0.5 else chosen


def lines() -> list[tuple[str, str]]:
    """Kind and text of each line of the file of examples, as they stand there."""
    kind, found = "", []
    for line in EXAMPLES.read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            kind = line.strip("[]")
        elif line and not line.startswith("# "):
            found.append((kind, line))
    return found


def built() -> list[Example]:
    """The build half of the evaluation: its messages, and the turns of its conversations."""
    alone = [[line] for line in read(QUESTIONS, "build")]
    threads = [thread["turns"] for thread in read(CONVERSATIONS, "build")]
    return [
        Example(turn["intent"], turn["text"], OWN, f"build {number % FOLDS}")
        for number, turns in enumerate(alone + threads)
        for turn in turns
    ]


def written() -> list[Example]:
    """The messages that people wrote."""
    return [Example(line.kind, line.text, writer=line.writer) for line in written_lines()]


def asking_words() -> frozenset[str]:
    """The words that ask: those of the examples' own lines, wherever nothing out of scope is asked, at least twice."""
    counts = Counter(
        word
        for kind, line in lines()
        if kind != "out_of_scope"
        for word in set(words_of(re.sub(r"\{\w+\}", " ", line)))
    )
    return frozenset(word for word, count in counts.items() if count >= SEEN_TWICE and not word.isdigit())


def train(given: Sequence[Example], features: Sequence[list[str]]) -> Weights:
    """What is learned from some examples. `features` are those of the examples."""
    kinds, worths = [one.kind for one in given], [one.worth for one in given]
    table = fit(kinds, features, worths, cost=COST, seen=SEEN)
    asking = asking_words()
    known = asking | frozenset(word for example in given for word in words_of(example.text))
    return Weights(table, asking, known, _speaks(given, asking))


def _speaks(given: Sequence[Example], asking: frozenset[str]) -> dict[str, frozenset[str]]:
    """For each asking word the kinds of question that it speaks for."""
    kinds = Counter(one.kind for one in given)
    found: dict[str, Counter[str]] = {word: Counter() for word in asking}
    for one in given:
        for word in asking.intersection(words_of(one.text)):
            found[word][one.kind] += 1
    return {
        word: frozenset(
            kind
            for kind, count in counts.items()
            if count >= SEEN_TWICE and count * len(given) >= SPEAKS * kinds[kind] * counts.total()
        )
        for word, counts in sorted(found.items())
    }


def read_all(given: Sequence[Example], vocabulary: Vocabulary, is_known: Known) -> list[list[str]]:
    """The features of each example."""
    asking = asking_words()
    known = asking | frozenset(word for example in given for word in words_of(example.text))
    model = Weights(Table((), (), 0.0, {}), asking, known, {})
    return [_features(example.text, vocabulary, model, is_known) for example in given]


def _features(text: str, vocabulary: Vocabulary, model: Weights, is_known: Known) -> list[str]:
    message = read_message(text)
    claims = [(claim.intent, claim.confidence) for claim in claims_of(message, vocabulary)]
    return features_of(message, skeleton(message.text, vocabulary, model, is_known), claims)


def write(model: Weights) -> None:
    """Keep the weights, and the words apart."""
    save(learned.KINDS, model.table)
    words = {
        "known": sorted(model.known - model.asking),
        "asking": {word: sorted(kinds) for word, kinds in model.speaks.items()},
    }
    learned.WORDS.write_text(json.dumps(words, ensure_ascii=False, indent=0) + "\n", encoding="utf-8")


def held_out(given: Sequence[Example], features: Sequence[list[str]]) -> list[Held]:
    """What each writer wrote with what speaks for each kind by what was learned without that writer and some others."""
    found = []
    writers = sorted({one.writer for one in given if one.writer})
    for group in (writers[start::GROUPS] for start in range(GROUPS)):
        kept = [number for number, one in enumerate(given) if one.writer not in group]
        model = train([given[number] for number in kept], [features[number] for number in kept])
        found += [
            (one, dict(zip(model.table.kinds, scores(names, model.table), strict=True)))
            for one, names in zip(given, features, strict=True)
            if one.writer in group
        ]
    return found


def sample_entries() -> list[dict]:
    names = ("central.jsonl", "public.jsonl")
    return [json.loads(line) for name in names for line in (sample.SAMPLE / name).read_text("utf-8").splitlines()]


def material() -> tuple[list[Example], list[list[str]]]:
    """Everything there is to learn from, with its features."""
    from tests.evaluation.report import sample_context

    with sample_context() as context:
        vocabulary, is_known = context.search.vocabulary(), context.search.names_hold(GOVERNMENT)
        acronyms = sorted({meaning.acronym for meaning in vocabulary.all_meanings() if meaning.kind != "dataset"})
        given = examples(sample_entries(), acronyms) + built() + written()
        return given, read_all(given, vocabulary, is_known)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="cross-validate, and set the thresholds by it")
    if parser.parse_args().check:
        found = held_out(*material())
        set_by = thresholds(found)
        check(found, set_by)
        learned.THRESHOLDS.write_text(json.dumps(set_by, indent=2) + "\n", encoding="utf-8")
    else:
        write(train(*material()))


def thresholds(found: Sequence[Held]) -> dict[str, Any]:
    """What is set by what was held out: see `intents.learned.Thresholds`.

    `declines` catches as much as it can while at most so many good questions are declined. `sharpness` is the highest
    with which so few are wrong and sure of it. `sure` and `ahead` are the highest under which a reading that is
    neither is wrong at least as often as right.
    """
    ours = sorted(_lead(scored) for one, scored in found if one.kind != OUT)
    declines = max(0.0, round(-ours[int(len(ours) * (1 - DECLINED))] - 0.005, 2))
    leaning = [(one, scored | {OUT: scored[OUT] + declines}) for one, scored in found]
    sharpness = max(step / 4 for step in range(4, 33) if _surely_wrong(leaning, step / 4) <= SURELY_WRONG)
    readings = []
    for one, scored in leaning:
        odds = probabilities(scored, sharpness)
        first, second = sorted(odds, key=lambda kind: -odds[kind])[:2]
        readings.append((odds[first], odds[first] - odds[second], first == one.kind))
    best: tuple[int, float, float, int] = (0, 0.0, 0.0, 0)
    for sure in (step / 100 for step in range(10, 95, 5)):
        for ahead in (step / 100 for step in range(5, 65, 5)):
            right = [good for likely, lead, good in readings if likely < sure and lead < ahead]
            wrong = len(right) - sum(right)
            if wrong >= sum(right) and (wrong, -sure, -ahead) > (best[0], -best[1], -best[2]):
                best = (wrong, sure, ahead, len(right))
    how = (
        f"between writers, over {len(readings)} messages: {best[3]} are neither sure nor ahead, {best[0]} of them wrong"
    )
    return {"sure": best[1], "ahead": best[2], "sharpness": sharpness, "declines": declines, "how": how}


def _lead(scored: Mapping[str, float]) -> float:
    """By how much what is out of scope is ahead of the best of our own kinds."""
    return scored[OUT] - max(score for kind, score in scored.items() if kind != OUT)


def _surely_wrong(found: Sequence[Held], sharpness: float) -> float:
    """The share of messages of which another kind than the right one is sure."""
    odds = ((one, probabilities(scored, sharpness)) for one, scored in found)
    return sum(max(each.values()) >= SURE and max(each, key=each.__getitem__) != one.kind for one, each in odds) / len(
        found
    )


def check(found: Sequence[Held], set_by: Mapping[str, Any]) -> None:
    """Print how well what was held out is read, and what went wrong."""
    marks = []
    for one, scored in found:
        odds = probabilities(scored | {OUT: scored[OUT] + set_by["declines"]}, set_by["sharpness"])
        marks.append((one, sorted(odds.items(), key=lambda pair: -pair[1])[:2]))
    for writer in ("", *sorted({one.writer for one, _best in marks})):
        mine = [(one.kind, best[0]) for one, best in marks if one.writer == writer or not writer]
        for name, happened in (
            ("right", [kind == given for kind, (given, _likely) in mine]),
            ("out of scope caught", [given == OUT for kind, (given, _likely) in mine if kind == OUT]),
            ("needlessly declined", [given == OUT for kind, (given, _likely) in mine if kind != OUT]),
            ("sure and wrong", [likely >= SURE and kind != given for kind, (given, likely) in mine]),
        ):
            print(f"{writer or 'all':8} {name:20} {sum(happened) / len(happened):6.1%}  of {len(happened)}")
    for one, best in marks:
        if best[0][0] != one.kind:
            print(f"  {one.writer:8} {one.kind:15} {best} {one.text!r}")


if __name__ == "__main__":
    main()
