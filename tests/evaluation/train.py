"""Train the statistical reading: `python -m tests.evaluation.train` writes `intents/data/weights.json`.

It learns from `intents/data/examples.txt`, whose {data} and other names are filled in from the sample catalogue, and
from the build half of the evaluation, never from the half that only scores. Everything is drawn from one seed, so the
same files give the same weights. `--check` cross-validates: what was held out is read by what was learned without it.
That also sets the two thresholds
in `intents/data/thresholds.json`.
"""

import argparse
import json
import math
import random
import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

from bot import sample
from catalogue.model import GOVERNMENT
from catalogue.search.vocabulary import Vocabulary
from intents import learned
from intents.learned import Weights, features_of, skeleton, words_of
from intents.phrase import read_message
from intents.understand import BY_NAME, claims_of
from tests.evaluation.marking import CONVERSATIONS, QUESTIONS, read

EXAMPLES = files("intents") / "data" / "examples.txt"
TOPICS = files("intents") / "data" / "topics.txt"
SEED = 20260
FILLS = 2
ROUNDS = 20
KEPT = 0.5
RATE = 0.3
DECAY = 0.003
OWN = 2.0
BARE = 0.3
TOPICS_WORTH = 3
LEAST = 0.04
FOLDS = 5
SEEN_TWICE = 2


Known = Callable[[str], bool]


@dataclass(frozen=True, slots=True)
class Example:
    kind: str
    text: str
    worth: float = 1.0


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
    alone = [Example(line["intent"], line["text"], OWN) for line in read(QUESTIONS, "build")]
    turns = [turn for thread in read(CONVERSATIONS, "build") for turn in thread["turns"]]
    return alone + [Example(turn["intent"], turn["text"], OWN) for turn in turns]


def asking_words() -> frozenset[str]:
    """The words that ask: those of the examples' own lines, wherever nothing out of scope is asked, at least twice."""
    counts = Counter(
        word
        for kind, line in lines()
        if kind != "out_of_scope"
        for word in set(words_of(re.sub(r"\{\w+\}", " ", line)))
    )
    return frozenset(word for word, count in counts.items() if count >= SEEN_TWICE and not word.isdigit())


def train(given: Sequence[Example], vocabulary: Vocabulary, is_known: Known) -> Weights:
    """Weights of a multinomial logistic model, by stochastic gradient descent with a rate for each weight."""
    asking = asking_words()
    known = frozenset(word for example in given for word in words_of(example.text))
    empty = Weights((), asking, known | asking, {})
    rows = [(_features(example.text, vocabulary, empty, is_known), example) for example in given]
    often = Counter(feature for features, _example in rows for feature in features)
    rows = [([name for name in features if often[name] >= SEEN_TWICE], example) for features, example in rows]
    kinds = tuple(dict.fromkeys(example.kind for example in given))
    table: dict[str, dict[str, float]] = {name: {} for name, count in often.items() if count >= SEEN_TWICE}
    squares: dict[str, dict[str, float]] = {name: {} for name in table}
    model = Weights(kinds, asking, known | asking, table)
    draw = random.Random(SEED)
    for _ in range(ROUNDS):
        draw.shuffle(rows)
        for features, example in rows:
            seen = [name for name in features if name.startswith("claim") or draw.random() < KEPT]
            _step(seen, example, model, squares)
        for row in table.values():
            for kind in row:
                row[kind] *= 1 - DECAY
    rounded = {
        name: {
            kind: round(weight * (1.0 if name.startswith("claim") else KEPT), 2)
            for kind, weight in sorted(row.items())
            if abs(weight) >= LEAST
        }
        for name, row in sorted(table.items())
    }
    return Weights(kinds, asking, known | asking, {name: row for name, row in rounded.items() if row})


def _features(text: str, vocabulary: Vocabulary, model: Weights, is_known: Known) -> list[str]:
    message = read_message(text)
    claims = [(claim.intent, claim.confidence) for claim, _module in claims_of(message, vocabulary)]
    return features_of(words_of(message.text), skeleton(message.text, vocabulary, model, is_known), claims)


def _step(features: list[str], example: Example, model: Weights, squares: dict[str, dict[str, float]]) -> None:
    for kind, likelihood in learned.likelihoods(features, model).items():
        slope = example.worth * (likelihood - (kind == example.kind))
        if abs(slope) < 0.01:
            continue
        for name in features:
            row, square = model.features[name], squares[name]
            square[kind] = square.get(kind, 0.0) + slope * slope
            row[kind] = row.get(kind, 0.0) - RATE * slope / math.sqrt(square[kind] + 1.0)


def as_file(model: Weights) -> str:
    """The weights as they are kept: one feature a line, so that a change can be read."""
    head = {"kinds": list(model.kinds), "asking": sorted(model.asking), "known": sorted(model.known - model.asking)}
    rows = ",\n".join(f"  {json.dumps(name)}: {json.dumps(row)}" for name, row in model.features.items())
    start = ",\n".join(f" {json.dumps(name)}: {json.dumps(value)}" for name, value in head.items())
    return f'{{\n{start},\n "features": {{\n{rows}\n }}\n}}\n'


def held_out(vocabulary: Vocabulary, is_known: Known, shipped: list[Example]) -> list[tuple[Example, dict[str, float]]]:
    """Each message of the build half with its likelihoods by what was learned without its fold."""
    own = built()
    random.Random(SEED).shuffle(own)
    found = []
    for fold in range(FOLDS):
        model = train(shipped + [one for place, one in enumerate(own) if place % FOLDS != fold], vocabulary, is_known)
        for one in own[fold::FOLDS]:
            features = _features(one.text, vocabulary, model, is_known)
            found.append((one, learned.likelihoods(features, model)))
    return found


def sample_entries() -> list[dict]:
    names = ("central.jsonl", "public.jsonl")
    return [json.loads(line) for name in names for line in (sample.SAMPLE / name).read_text("utf-8").splitlines()]


def trained(*, held: bool = False) -> Any:
    """The weights as everything there is to learn from gives them; with `held` what cross-validation gives."""
    from tests.evaluation.report import sample_context

    with sample_context() as context:
        vocabulary, is_known = context.search.vocabulary(), context.search.names_hold(GOVERNMENT)
        acronyms = sorted({meaning.acronym for meaning in vocabulary.all_meanings() if meaning.kind != "dataset"})
        shipped = examples(sample_entries(), acronyms)
        if held:
            return held_out(vocabulary, is_known, shipped)
        return train(shipped + built(), vocabulary, is_known)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="cross-validate, and set the thresholds by it")
    if parser.parse_args().check:
        found = trained(held=True)
        check(found)
        learned.THRESHOLDS.write_text(json.dumps(thresholds(found), indent=2) + "\n", encoding="utf-8")
    else:
        learned.WEIGHTS.write_text(as_file(trained()), encoding="utf-8")


def thresholds(found: Sequence[tuple[Example, dict[str, float]]]) -> dict[str, Any]:
    """How sure and how far ahead the likeliest kind must be, else it is asked back: by what was held out.

    The highest of both under which a reading that is neither sure nor ahead is wrong at least as often as right.
    """
    readings = []
    for one, odds in found:
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
        f"{FOLDS}-fold over {len(readings)} messages of the build half: {best[3]} are neither, {best[0]} of them wrong"
    )
    return {"sure": best[1], "ahead": best[2], "how": how}


def check(found: Sequence[tuple[Example, dict[str, float]]]) -> None:
    right = [max(odds, key=odds.__getitem__) == one.kind for one, odds in found]
    print(f"right {sum(right)} of {len(right)}: {sum(right) / len(right):.1%}")
    for (one, odds), good in zip(found, right, strict=True):
        if not good:
            best = sorted(odds.items(), key=lambda pair: -pair[1])[:2]
            print(f"  {one.kind:15} {best} {one.text!r}")


if __name__ == "__main__":
    main()
