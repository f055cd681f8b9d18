"""How long a message takes to be understood: `python -m tests.benchmarks.understanding`.

The messages of the evaluation, each read several times in one process; beside it reading by patterns alone.
"""

from time import perf_counter

from catalogue.model import GOVERNMENT
from intents.phrase import read_message
from intents.understand import claims_of, understand
from tests.evaluation.marking import QUESTIONS, read
from tests.evaluation.report import sample_context

TIMES = 3


def main() -> None:
    texts = [line["text"] for line in read(QUESTIONS)]
    with sample_context() as context:
        vocabulary, is_known = context.search.vocabulary(), context.search.names_hold(GOVERNMENT)
        understand("who holds anything", vocabulary, is_known)
        ways = {
            "understand": lambda text: understand(text, vocabulary, is_known),
            "patterns alone": lambda text: claims_of(read_message(text), vocabulary),
        }
        for name, way in ways.items():
            took = sorted(_seconds(way, text) for text in texts for _ in range(TIMES))
            print(f"{name:16} median {_share(took, 0.5):6.2f} ms   p95 {_share(took, 0.95):6.2f} ms")


def _seconds(way, text: str) -> float:
    start = perf_counter()
    way(text)
    return perf_counter() - start


def _share(took: list[float], share: float) -> float:
    return took[int(len(took) * share)] * 1000


if __name__ == "__main__":
    main()
