"""Realistic entries in any number, made from the real catalogues: `python -m tests.benchmarks.entries 100000 > file`.

An entry takes the title of one real entry and sentences of two others of the same catalogue, another year and place,
and now and then a code or a name of its own, so that the vocabulary grows with the catalogue as a real one does
(words follow Zipf's law, and a long tail is new). The same seed gives the same entries. Without the shared catalogues
the sample is used instead, and that is said.
"""

import gzip
import json
import random
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
CATALOGUES = ROOT.parent / "shared" / "data" / "catalogues"
SAMPLE = ROOT / "catalogue" / "data" / "sample"
SYLLABLES = (
    "ba be bo ca ce co da de do fa fe ga ge ha ka ki la le li lo ma me mi mo na ne no pa pe po ra re ri ro sa se so ta"
    " te ti to va ve vi wa we"
).split()
PLACES = (
    "England;Wales;Scotland;Northern Ireland;United Kingdom;Great Britain;Camden;Leeds;Kent;Cardiff;Glasgow;Belfast"
).split(";")

_SENTENCE = re.compile(r"(?<=[.!?])\s+")
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")


def real_entries() -> list[dict[str, Any]]:
    """The real entries that others are made from."""
    files = sorted(CATALOGUES.glob("*.jsonl.gz"))
    if not files:
        print("The shared catalogues are not there: entries are made from the sample.", file=sys.stderr)
        lines = [
            line for path in sorted(SAMPLE.glob("*.jsonl")) for line in path.read_text(encoding="utf-8").splitlines()
        ]
        return [json.loads(line) for line in lines]
    found = []
    for path in files:
        with gzip.open(path, "rt", encoding="utf-8") as stream:
            found += [json.loads(line) for line in stream]
    return found


def entries(count: int, *, seed: int = 1) -> Iterator[dict[str, Any]]:
    """`count` entries with the design's names."""
    chance = random.Random(seed)
    real = real_entries()
    for number in range(count):
        base, other, third = chance.choice(real), chance.choice(real), chance.choice(real)
        year = str(chance.randrange(1990, 2027))
        title = _YEAR.sub(year, base["title"])
        if chance.random() < 0.35:
            title = f"{title}, {chance.choice(PLACES)}"
        if chance.random() < 0.3:
            title = f"{title} {new_word(chance)}"
        sentences = _SENTENCE.split(str(base.get("description") or ""))[:3]
        for source in (other, third):
            parts = _SENTENCE.split(str(source.get("description") or ""))
            sentences.append(chance.choice(parts))
        if chance.random() < 0.5:
            sentences.append(f"Also known as {new_word(chance)} {new_word(chance)}.")
        yield {
            "id": f"made/{number:07}",
            "title": title[:300],
            "description": " ".join(sentences)[:900],
            "publisher": base.get("publisher") or "Not Known",
            "keywords": [word for word in (base.get("keywords") or [])[:6] if isinstance(word, str)],
            "modified": f"{year}-0{chance.randrange(1, 10)}-1{chance.randrange(10)}",
            "spatial": chance.choice(PLACES) if chance.random() < 0.5 else None,
            "access_rights": chance.choice(("OPEN", "OPEN", "OPEN", "RESTRICTED", "INTERNAL")),
        }


def new_word(chance: random.Random) -> str:
    """A word of the long tail: mostly new, sometimes met before."""
    return "".join(chance.choice(SYLLABLES) for _ in range(chance.choice((2, 3, 3, 4, 4, 5))))


def questions(count: int, made: list[dict[str, Any]], *, seed: int = 2) -> list[str]:
    """Searches as people make them: words of one entry's title, a topic of one or two keywords, a question around."""
    chance = random.Random(seed)
    wordings = ("who holds {}", "is there data on {}", "{}", "{}", "looking for {} please", "where can I find {}?")
    found = []
    for _ in range(count):
        entry = chance.choice(made)
        if chance.random() < 0.4 and entry["keywords"]:
            topic = " ".join(chance.sample(entry["keywords"], min(len(entry["keywords"]), chance.choice((1, 2)))))
        else:
            words = [word for word in re.findall(r"\w+", entry["title"]) if len(word) > 2] or [entry["title"]]
            topic = " ".join(chance.sample(words, min(len(words), chance.choice((2, 3, 4)))))
        found.append(chance.choice(wordings).format(topic[:120]))
    return found


if __name__ == "__main__":
    for made_entry in entries(int(sys.argv[1]) if len(sys.argv) > 1 else 1000):
        print(json.dumps({name: value for name, value in made_entry.items() if value}, ensure_ascii=False))
