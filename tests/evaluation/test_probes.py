"""The probes are in order, and the search is as good on them as `floors.json` says it has to be."""

import json
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from statistics import fmean

import pytest

from catalogue.text import fold
from tests.benchmarks.engines import Ours
from tests.benchmarks.judged import PROBES, Query, probes, read_probes, sample_entries
from tests.benchmarks.measures import DEPTH, measure

REGRESSIONS = PROBES.with_name("regressions.jsonl")
DESCRIBED = PROBES.with_name("described.jsonl")
FLOORS = json.loads(PROBES.with_name("floors.json").read_text(encoding="utf-8"))
FEWEST = dict.fromkeys(
    "keywords question misspelling plain acronym former_name place need organisation".split(), 30
) | {"exact": 15}


@pytest.fixture(scope="module")
def search() -> Iterator[Ours]:
    with closing(Ours()) as engine:
        engine.fill(probes().documents)
        yield engine


def hit(search: Ours, query: Query, within: int) -> bool:
    return bool(measure(search.find(query.text, DEPTH), query.grades, hit=query.hit)[f"hit@{within}"])


def test_every_line_has_an_id_a_query_a_kind_and_graded_entries():
    for path in (PROBES, REGRESSIONS, DESCRIBED):
        for line in read_probes(path):
            assert set(line) == {"id", "query", "kind", "relevant"}, line
            assert line["query"].strip() == line["query"] != ""
            assert set(line["relevant"].values()) <= {1, 2}, line["id"]
            assert 2 in line["relevant"].values(), line["id"]


def test_there_are_enough_probes_of_each_kind_and_no_other_kinds():
    counts = Counter(line["kind"] for line in read_probes())
    assert counts.keys() == FEWEST.keys()
    assert not {kind: count for kind, count in counts.items() if count < FEWEST[kind]}


def test_no_id_and_no_query_is_used_twice():
    for path in (PROBES, REGRESSIONS, DESCRIBED):
        lines = read_probes(path)
        for keys in ([line["id"] for line in lines], [fold(line["query"]) for line in lines]):
            assert not [key for key, count in Counter(keys).items() if count > 1]


def test_every_judged_entry_is_in_the_sample_and_may_be_known_in_government():
    known = {document.id for document in probes().documents}
    for path in (PROBES, REGRESSIONS, DESCRIBED):
        for line in read_probes(path):
            assert line["relevant"].keys() <= known, line["id"]


def test_only_exact_probes_copy_a_title():
    titles = {fold(entry["title"]) for entry in sample_entries()}
    assert not [line["id"] for line in read_probes() if line["kind"] != "exact" and fold(line["query"]) in titles]


def test_a_regression_that_is_also_a_probe_is_judged_the_same():
    judged = {line["id"]: line for line in read_probes()}
    for line in read_probes(REGRESSIONS):
        assert judged.get(line["id"], line) == line


@pytest.mark.parametrize("within", [1, 3])
def test_the_search_finds_right_entries_as_often_as_the_floor_says(search: Ours, within: int):
    share = fmean(hit(search, query, within) for query in probes().queries)
    assert share >= FLOORS["probes"][f"hit@{within}"]


@pytest.mark.parametrize("within", [1, 3])
def test_whole_messages_that_describe_data_find_it_as_often_as_the_floor_says(search: Ours, within: int):
    share = fmean(hit(search, query, within) for query in probes(DESCRIBED).queries)
    assert share >= FLOORS["described"][f"hit@{within}"]


def test_what_once_failed_is_found_among_the_first_three_as_often_as_the_floor_says(search: Ours):
    queries = probes(REGRESSIONS).queries
    missed = [f"{query.id} {query.text}" for query in queries if not hit(search, query, 3)]
    assert 1 - len(missed) / len(queries) >= FLOORS["regressions"]["hit@3"], missed
