"""Choosing weights by cross-validation."""

from collections.abc import Iterator
from contextlib import contextmanager
from statistics import fmean

from tests.benchmarks.engines import Engine
from tests.benchmarks.judged import Collection, Document, Query
from tests.benchmarks.tuning import FOLDS, TUNABLE, Knob, Tunable, ascend, folds, validate

NAMES = ("alpha", "beta", "gamma", "delta")


class Turned:
    """An engine with one knob, which is right for the queries of one kind at 1 and for the others at 2."""

    at = 0.0

    def fill(self, documents: object) -> None:
        pass

    def find(self, text: str, _limit: int) -> list[str]:
        wanted, place = text.split()
        return [wanted] if self.at == float(place) else []

    def close(self) -> None:
        pass


@contextmanager
def turn(engine: Engine, setting: tuple[float, ...]) -> Iterator[None]:
    assert isinstance(engine, Turned)
    (engine.at,) = setting
    yield


ONE = Tunable((Knob("at", (0.0, 1.0, 2.0)),), Turned, turn)


def judged(*places: int) -> Collection:
    queries = [Query(str(n), f"alpha {place}", "query", {"alpha": 1}, 1) for n, place in enumerate(places)]
    return Collection("made", [Document("alpha", "Alpha", "", "", {})], queries)


def test_every_query_is_in_one_fold() -> None:
    dealt = folds(23, seed=1)
    assert len(dealt) == FOLDS
    assert sorted(place for fold in dealt for place in fold) == list(range(23))


def test_a_query_is_answered_with_weights_that_were_chosen_without_it() -> None:
    alone = validate(judged(1, 1, 1, 1, 1, 1, 1, 1, 1, 2), ONE)
    assert fmean(alone.as_it_is) == 0.0
    assert sorted(alone.held_out) == [0.0] + [1.0] * 9
    assert list(alone.chosen) == [{"at": 1.0}] * FOLDS


def test_of_settings_as_good_as_each_other_the_present_one_stays() -> None:
    assert ascend(ONE, lambda _setting: 1.0) == (0.0,)


def test_every_tunable_engine_answers_with_the_weights_it_is_given() -> None:
    documents = [Document(name, f"{name} register", "a list", f"{name} of things", {"id": f"a/{name}", "title": name})
                 for name in NAMES]  # fmt: skip
    for one in TUNABLE.values():
        engine = one.make()
        engine.fill(documents)
        with one.set(engine, one.as_it_is):
            assert engine.find("beta", 3) == ["beta"]
        engine.close()
