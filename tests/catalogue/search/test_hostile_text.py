"""Any text whatever is a legal search, for any audience."""

from __future__ import annotations

import shutil
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catalogue.model import GOVERNMENT, PUBLIC, Audience
from catalogue.search.find import Search
from catalogue.store import connect
from tests.catalogue.strategies import AWKWARD, any_texts

AUDIENCES = [PUBLIC, GOVERNMENT, Audience(in_government=True, names=frozenset(["dfe", "\ud800"]))]
WORDS = (
    "who holds data on the free school meals pupils NPD DfE home office in Wales 2019 to 2021 and or not AND OR NOT"
    ' near: title:meals text:* "school meals" +a -b ^2 ~1 (a) [a TO b] {x} /re/ a* ?b \\ && || !! : \' ’ & £ % _ - .'
).split(" ")
NASTY = [
    *AWKWARD,
    "",
    "?",
    "\\",
    '"',
    '""',
    "((((((((((",
    "title:",
    "*",
    "a" * 100_000,
    "free school meals " * 2_000,
    "é" * 5_000,
    "\u0301" * 5_000,
    "\u202e\u200b\ufeff",
    "🏫" * 2_000,
    "\U000e0041" * 100,
    "'; DROP TABLE datasets; --",
    "%s %(name)s {0} {{x}} ${y} :name",
    "<!channel> <@U0ADA> <https://evil|x>",
    "1/0 1e999 -0 ٣ ⅷ ² ﬁ ﷺ",
    "\r\n\t\x0b\x0c\x1c\x85\u2028",
    "who " * 500 + "holds",
    "or or or and and not",
    "e0" * 30 + " " + "x" * 41,
    "İ ı ſ ẞ ŉ ΐ",
]


@pytest.fixture(scope="module")
def catalogue(sample_folder: object, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Search]:
    folder = tmp_path_factory.mktemp("hostile") / "sample"
    shutil.copytree(str(sample_folder), folder)
    db = connect(str(folder / "whoholds.db"))
    yield Search(db, folder / "whoholds.index")
    db.close()


def search(catalogue: Search, text: str) -> None:
    for audience in AUDIENCES:
        hits = catalogue.find(text, audience=audience, limit=5).hits
        assert len(hits) <= 5
        assert all(audience.may_know(hit.dataset) for hit in hits)


@pytest.mark.parametrize("text", NASTY, ids=lambda text: ascii(text)[:40])
def test_nasty_text_is_searched_for_like_any_other(catalogue: Search, text: str) -> None:
    search(catalogue, text)


questions = st.lists(st.sampled_from(WORDS) | any_texts, max_size=8).map(" ".join)


@settings(deadline=None, max_examples=100)
@given(st.lists(questions | any_texts | st.text(max_size=200), min_size=20, max_size=20))
def test_two_thousand_texts_of_any_kind_are_searched_for(catalogue: Search, texts: list[str]) -> None:
    for place, text in enumerate(texts):
        catalogue.find(text, audience=AUDIENCES[place % len(AUDIENCES)], limit=5)
        catalogue.suggest(text, audience=AUDIENCES[place % len(AUDIENCES)], limit=5)


@settings(deadline=None, max_examples=60)
@given(questions)
def test_the_same_text_finds_the_same_entries_in_the_same_order(catalogue: Search, text: str) -> None:
    first, second = (catalogue.find(text, audience=GOVERNMENT, limit=20) for _ in range(2))
    assert [(hit.dataset.id, hit.score) for hit in first.hits] == [(hit.dataset.id, hit.score) for hit in second.hits]
    assert len({hit.dataset.id for hit in first.hits}) == len(first.hits)
