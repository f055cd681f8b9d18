"""How often a misspelt word is mended as it was meant, and how fast: `python -m tests.benchmarks.spelling`.

The vocabulary is the words of the real catalogues with the number of entries that hold each, filled up to the wanted
size with words made of the beginning of one and the end of another. Words are drawn from it evenly, the rare as often
as the frequent, and get one or two slips: a letter left out, doubled or added, mistaken, or swapped with the next. A
slip that makes another word of the vocabulary is drawn again, for that would be found as it is written. Beside ours,
rapidfuzz's OSA over all words, the frequent first among equals. Times are of the processor: a busy machine counts less.
"""

import argparse
import random
import time
from collections import Counter
from collections.abc import Callable, Mapping

from rapidfuzz import process
from rapidfuzz.distance import OSA

from catalogue.search.schema import split
from catalogue.search.spelling import Dictionary, Spelling
from tests.benchmarks.entries import real_entries
from tests.benchmarks.measures import percentile
from tests.benchmarks.relevance import table

LETTERS = "abcdefghijklmnopqrstuvwxyz"
SHORTEST = 5


def vocabulary(size: int, *, seed: int = 1) -> dict[str, int]:
    """`size` words with how many entries hold each."""
    counts: Counter[str] = Counter()
    for entry in real_entries():
        text = f"{entry['title']} {entry.get('description') or ''}"
        counts.update({word for word in split(text[:3000]) if word.isalpha() and len(word) < 25})
    found = dict(counts.most_common(size))
    chance, real = random.Random(seed), [word for word in found if len(word) >= SHORTEST]
    while len(found) < size:
        start, end = chance.choice(real), chance.choice(real)
        found.setdefault(start[: chance.randint(2, 5)] + end[-chance.randint(2, 6) :], 1)
    return found


def slip(word: str, chance: random.Random) -> str:
    """The word with one slip of the finger."""
    place = chance.randrange(len(word))
    match chance.randrange(4):
        case 0:
            return word[:place] + word[place + 1 :]
        case 1:
            return word[:place] + chance.choice(LETTERS) + word[place:]
        case 2:
            return word[:place] + chance.choice(LETTERS) + word[place + 1 :]
        case _:
            place = min(place, len(word) - 2)
            return word[:place] + word[place + 1] + word[place] + word[place + 2 :]


def misspelt(words: Mapping[str, int], number: int, slips: int, *, seed: int = 2) -> list[tuple[str, str]]:
    """Pairs of what is typed and what was meant."""
    chance, plain = random.Random(seed), [word for word in words if len(word) >= SHORTEST]
    pairs: list[tuple[str, str]] = []
    while len(pairs) < number:
        meant = typed = chance.choice(plain)
        for _ in range(slips):
            typed = slip(typed, chance)
        if typed not in words and OSA.distance(typed, meant) == slips:
            pairs.append((typed, meant))
    return pairs


def measured(name: str, correct: Callable[[str], str | None], pairs: list[tuple[str, str]], slips: int) -> list[str]:
    """One row: how often right, and the time a word takes."""
    right, times = 0, []
    for typed, meant in pairs:
        started = time.thread_time()
        found = correct(typed)
        times.append((time.thread_time() - started) * 1000)
        right += found == meant
    figures = [f"{percentile(times, share):.2f}" for share in (0.5, 0.95, 0.99)]
    return [name, str(slips), str(len(pairs)), f"{right / len(pairs):.1%}", *figures]


def main() -> None:
    """Print the table."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--words", type=int, default=200_000, help="the size of the vocabulary (%(default)s)")
    options.add_argument("--slips", type=int, default=2_000, help="how many misspelt words of each kind (%(default)s)")
    options.add_argument("--beside", type=int, default=60, help="how many of them rapidfuzz mends (%(default)s)")
    chosen = options.parse_args()
    words = vocabulary(chosen.words)
    started = time.perf_counter()
    dictionary = Dictionary(words.items())
    print(f"{len(words):,} words, dictionary made in {time.perf_counter() - started:.1f} s\n")
    spelling = Spelling([dictionary])
    plain = list(words)

    def rapid(typed: str) -> str | None:
        near = process.extract(typed, plain, scorer=OSA.distance, score_cutoff=2, limit=20)
        return min(near, key=lambda found: (found[1], -words[found[0]]))[0] if near else None

    rows = []
    for slips in (1, 2):
        pairs = misspelt(words, chosen.slips, slips)
        rows.append(measured("ours", spelling.correct, pairs, slips))
        rows.append(measured("rapidfuzz OSA", rapid, pairs[: chosen.beside], slips))
    print(table(["", "slips", "words", "right", "p50 ms", "p95 ms", "p99 ms"], rows))


if __name__ == "__main__":
    main()
