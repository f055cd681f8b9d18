"""How an answer is marked against what a good colleague would have done. Reads the two files of messages.

`questions.jsonl` holds single messages, `conversations.jsonl` threads of them. `report.py` puts them to the intents.

| field | what the label says |
|---|---|
| intent | the kind of question that is meant |
| datasets | the entries that a specialist accepts as the right answer, best first; [] when it is about none |
| holders | who holds them; for `holdings`, the body asked about |
| organisations | slugs of the bodies named in the message, resolved to the living body |
| recipient | who would get the data: a body by its name, or the kind of body (`a university`, `councils`) |
| purpose, granularity, place, reference | as said, in the catalogue's words; null when not said |
| period | years: `2019`, `2015-2020`, `2015-` for since then |
| outcome | `clarify`: it cannot be known what is meant. `shortlist`: it is known, and is many things. `none`: nobody |
|  | in the catalogue holds it, or nobody whom government may know of. `done`: a form or a decision. `refused` |
"""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from intents.answers import Answer

HERE = Path(__file__).parent
QUESTIONS = HERE / "questions.jsonl"
CONVERSATIONS = HERE / "conversations.jsonl"

SLOTS = ("organisations", "recipient", "purpose", "granularity", "place", "period", "reference")
SURE = 0.8
SHOWN = 3

Label = Mapping[str, Any]
Resolve = Callable[[str], str | None]


def read(path: Path, split: str | None = None) -> list[dict[str, Any]]:
    """The lines of a file, of one half of it or of both."""
    lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    return [line for line in lines if split in (None, line["split"])]


@dataclass(frozen=True, slots=True)
class Mark:
    """One message, its answer, and how they compare. `seconds` is what the answer took."""

    id: str
    label: Label
    given: Mapping[str, Any]
    slots: Mapping[str, bool]
    seconds: float

    @property
    def right_intent(self) -> bool:
        return bool(self.label["intent"] == self.given["intent"])

    @property
    def right_outcome(self) -> bool:
        return bool(self.label["outcome"] == self.given["outcome"])

    def hit(self, within: int) -> bool:
        """Whether one of the first entries is an acceptable one."""
        return bool(set(self.given["datasets"][:within]) & set(self.label["datasets"]))

    @property
    def declined(self) -> bool:
        """A question for us that was turned away, or to which we said that nobody holds it when somebody does."""
        if self.label["intent"] == "out_of_scope" or self.label["outcome"] in ("refused", "none"):
            return False
        return self.given["intent"] == "out_of_scope" or self.given["outcome"] in ("refused", "none")

    @property
    def wrong_entry(self) -> bool:
        """An entry comes first that is not the answer, or any comes where nobody holds it."""
        if self.label["datasets"]:
            return bool(self.given["datasets"]) and not self.hit(1)
        nobody = self.label["intent"] == "holders" and self.label["outcome"] == "none"
        return nobody and bool(self.given["datasets"])

    @property
    def surely_wrong(self) -> bool:
        """Wrong and certain of it: what an asker would act on."""
        sure = self.given["confidence"] >= SURE and self.given["outcome"] == "answered"
        return sure and (not self.right_intent or self.wrong_entry)

    @property
    def faults(self) -> list[str]:
        """What is wrong, in words; slots by name."""
        found = []
        if not self.right_intent:
            found.append(f"intent {self.given['intent']} for {self.label['intent']}")
        if self.label["datasets"] and not self.hit(SHOWN):
            found.append("entry not among three")
        elif self.wrong_entry:
            found.append("wrong entry first" if self.label["datasets"] else "an entry where nobody holds it")
        if not self.right_outcome:
            found.append(f"outcome {self.given['outcome']} for {self.label['outcome']}")
        if self.surely_wrong:
            found.append("sure of it")
        return found + [f"{name} {self.given[name]} for {self.label[name]}" for name in SLOTS if not self.slots[name]]


def mark(id_: str, label: Label, answer: Answer, seconds: float, resolve: Resolve) -> Mark:
    """Compare an answer with its label. `resolve` knows a body's slug by any of its names."""
    given = _given(answer)
    slots = {
        name: name not in label or _same(name, label[name], given[name], resolve)  # conversations leave some out
        for name in SLOTS
    }
    return Mark(id_, dict.fromkeys(SLOTS) | dict(label), given, slots, seconds)


def _given(answer: Answer) -> dict[str, Any]:
    slots = {name: getattr(answer, name, None) or answer.details.get(name) for name in SLOTS}
    return slots | {
        "intent": answer.intent,
        "outcome": str(answer.outcome),
        "confidence": answer.confidence,
        "datasets": [entry.dataset.id for entry in answer.shown],
        "organisations": [body.slug for body in answer.organisations],
    }


def _same(slot: str, said: Any, given: Any, resolve: Resolve) -> bool:
    if not said or not given:
        return not said and not given
    if slot == "organisations":  # an answer may name the holders too
        return set(said) <= set(given)
    if slot == "period":
        return re.findall(r"\d{4}", said) == re.findall(r"\d{4}", str(given))
    return _plain(said, resolve) == _plain(str(given), resolve)


def _plain(said: str, resolve: Resolve) -> str:
    """One spelling: the slug of a body, or the kind without article and plural."""
    words = re.sub(r"^(?:an?|the)\s+", "", said.strip().casefold())
    return resolve(words) or re.sub(r"ies$", "y", words).removesuffix("s").replace(" ", "_")
