"""What somebody may not know does not show: not in answers, counts, corrections, suggestions, nor in the order."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from catalogue import clock, datasets, organisations
from catalogue.harvest.run import merge_rows
from catalogue.model import GOVERNMENT, PUBLIC, Audience
from catalogue.search.find import Search
from catalogue.store import connect, migrate
from tests.benchmarks.entries import entries, questions

OPEN_TO_ALL = [{**entry, "visibility": "public"} for entry in entries(400, seed=5)]
HIDDEN = [
    {
        **entry,
        "id": f"hidden/{number}",
        "publisher": f"Secret Office {number % 7}",
        "title": f"{entry['title']} zanzibarium",
        "visibility": "government" if number % 2 else "named",
        "visible_to": ["camden-council" if number % 4 else "leeds-council"],
        "theme": "Education",
    }
    for number, entry in enumerate(entries(200, seed=6))
]
ASKED = [
    *questions(150, OPEN_TO_ALL, seed=8),
    *questions(50, HIDDEN, seed=9),
    "zanzibarium", "zanzibarum", "Secret Office 3", "what does Secret Office hold", "hidden/4", "", "?", "zanz",
]  # fmt: skip


def search_over(folder: Path, rows: list[dict[str, Any]]) -> Search:
    folder.mkdir()
    db = connect(str(folder / "whoholds.db"))
    migrate(db, now=clock.stamp(clock.now()))
    organisations.load_shipped(db)
    search = Search(db, folder / "index")
    merge_rows(
        db,
        enumerate(rows, start=1),
        source="test",
        by="test",
        why=None,
        now=clock.now(),
        resolve=search.vocabulary().resolve,
    )
    search.index.follow(db, wait=True)
    return search


@pytest.fixture(scope="module", name="both")
def _both(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Search, Search]]:
    folder = tmp_path_factory.mktemp("visibility")
    mixed = [row for pair in zip(OPEN_TO_ALL, HIDDEN, strict=False) for row in pair] + OPEN_TO_ALL[len(HIDDEN) :]
    without, with_hidden = search_over(folder / "without", OPEN_TO_ALL), search_over(folder / "with", mixed)
    yield without, with_hidden
    without.db.close()
    with_hidden.db.close()


def seen(search: Search, text: str, audience: Audience) -> object:
    found = search.find(text, audience=audience, limit=10)
    hits = [(hit.dataset.id, hit.score, hit.coverage, hit.is_exact, hit.matches) for hit in found.hits]
    suggestions = search.suggest(text[:6], audience=audience)
    return found.phrase.corrections, found.phrase.concepts, found.phrase.mentions, hits, suggestions


@pytest.mark.parametrize("text", ASKED)
def test_everyone_sees_the_same_with_and_without_entries_that_are_hidden(
    both: tuple[Search, Search], text: str
) -> None:
    without, with_hidden = both
    assert seen(with_hidden, text, PUBLIC) == seen(without, text, PUBLIC)


def test_counts_of_an_organisation_are_the_same_with_and_without_hidden_entries(both: tuple[Search, Search]) -> None:
    without, with_hidden = both
    for slug in {row["publisher"] for row in without.db.query("SELECT DISTINCT publisher FROM datasets")}:
        counts = [datasets.count_by_theme(search.db, slug, audience=PUBLIC) for search in both]
        assert counts[0] == counts[1]
    assert datasets.count_by_theme(with_hidden.db, "secret-office-3", audience=PUBLIC) == (0, {})


def test_people_in_government_see_what_is_for_government_and_what_names_them(both: tuple[Search, Search]) -> None:
    _without, with_hidden = both
    government = {hit.dataset.visibility for hit in with_hidden.find("zanzibarium", audience=GOVERNMENT).hits}
    assert government == {"government"}
    camden = Audience(in_government=True, names=frozenset({"camden-council"}))
    mine = with_hidden.find("zanzibarium", audience=camden, limit=300).hits
    assert {hit.dataset.visibility for hit in mine} == {"government", "named"}
    assert all("camden-council" in hit.dataset.visible_to for hit in mine if hit.dataset.visibility == "named")
