"""How a phrase is read: everyday words, endings, names with two meanings, corrections and the way back from them."""

import pytest

from catalogue.model import GOVERNMENT
from catalogue.search.find import Search
from catalogue.search.phrase import Phrase, as_written, read
from catalogue.search.vocabulary import Vocabulary
from tests.catalogue.search.test_visibility import search_over

COMMON = [{"id": f"a/{n}", "title": f"Environment report {n}", "publisher": "Defra"} for n in range(60)]
RARE = [{"id": "b/1", "title": "Enviroment report with a slip", "publisher": "Defra"}]


def ways(phrase: Phrase, typed: str) -> set[str]:
    """By which words an entry may write what was typed."""
    concept = next(concept for concept in phrase.concepts if concept.typed == typed)
    return {" ".join(alternative.words) for alternative in concept.alternatives}


@pytest.mark.parametrize("typed", ["kid in care", "kids in care"])
def test_everyday_words_stand_for_the_same_in_any_of_their_forms(vocabulary: Vocabulary, typed: str) -> None:
    assert "looked after children" in ways(read(typed, vocabulary), typed)


def test_a_name_of_a_body_that_is_also_an_acronym_of_data_is_read_as_both(vocabulary: Vocabulary) -> None:
    phrase = read("is HES open", vocabulary)
    assert {"hospital episode statistics", "historic environment scotland"} <= ways(phrase, "hes")
    assert phrase.asked.holders == ()


def test_a_former_acronym_of_a_body_still_names_its_holder(vocabulary: Vocabulary) -> None:
    assert read("DARD cattle", vocabulary).asked.holders


def test_what_was_corrected_is_searched_for_as_written_when_it_stands_in_quotes(sample_catalogue: Search) -> None:
    corrected = sample_catalogue.find("rough sleping counts", audience=GOVERNMENT).phrase
    assert corrected.corrections == (("sleping", "sleeping"),)
    again = as_written("Who has Rough sleping counts?", corrected.corrections)
    assert again == "Who has Rough “sleping” counts?"
    as_typed = sample_catalogue.find(again, audience=GOVERNMENT).phrase
    assert as_typed.corrections == ()
    assert "sleping" in as_typed.subject


def test_a_rare_word_one_slip_from_a_common_one_finds_both_and_says_so(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    search = search_over(tmp_path_factory.mktemp("rare") / "index", COMMON + RARE)
    found = search.find("enviroment report", audience=GOVERNMENT, limit=70)
    assert found.phrase.corrections == (("enviroment", "environment"),)
    assert {"a/1", "b/1"} <= {hit.dataset.id for hit in found.hits}
    as_typed = search.find("“enviroment” report", audience=GOVERNMENT, limit=1)
    assert [hit.dataset.id for hit in as_typed.hits] == ["b/1"]
    search.db.close()


def test_a_common_word_one_letter_from_another_is_not_corrected(tmp_path_factory: pytest.TempPathFactory) -> None:
    rows = [{"id": f"c/{n}", "title": f"Castle {'walls' if n % 9 else 'cattle'} {n}"} for n in range(80)]
    search = search_over(tmp_path_factory.mktemp("known") / "index", rows)
    assert search.find("cattle", audience=GOVERNMENT).phrase.corrections == ()
    search.db.close()


@pytest.mark.parametrize(
    "text",
    ["tally of pupils by hand", "surely somebody has pupil numbers", "my colleague drafted an email about pupils"],
)
def test_an_english_word_that_no_entry_holds_is_no_mistake(sample_catalogue: Search, text: str) -> None:
    assert sample_catalogue.find(text, audience=GOVERNMENT).phrase.corrections == ()


@pytest.mark.parametrize(
    ("text", "detail"),
    [
        ("pension credit figures", "counts"),
        ("how many people claim pension credit", "counts"),
        ("pension credit records", "records"),
        ("named pension credit cases", "records"),
        ("pension credit", None),
        ("how many records of pension credit", None),
    ],
)
def test_a_phrase_may_ask_for_counts_or_for_records(vocabulary: Vocabulary, text: str, detail: str | None) -> None:
    assert read(text, vocabulary).asked.detail == detail


def test_counts_come_first_for_who_asks_for_figures_and_records_for_who_asks_for_records(
    sample_catalogue: Search,
) -> None:
    def first(text: str) -> str:
        return sample_catalogue.find(text, audience=GOVERNMENT).hits[0].dataset.id

    assert first("pension credit figures") == "dwp/pension-credit-statistics"
    assert first("pension credit records") == "dwp/pension-credit-records"


def test_words_of_a_story_do_not_hide_what_is_asked_for_but_those_of_a_short_phrase_count(
    sample_catalogue: Search,
) -> None:
    def held(text: str) -> float:
        return sample_catalogue.find(text, audience=GOVERNMENT).hits[0].coverage

    assert held("straddles a verge, kettle, umbrella, pupil absence") > held("“qx vq zx kq” pupil absence")
    assert held("hedgehog lamps") == held("“qx” lamps")


def test_a_name_that_no_entry_holds_is_not_a_word_with_two_slips(sample_catalogue: Search) -> None:
    assert sample_catalogue.find("house prices in Dublin", audience=GOVERNMENT).phrase.corrections == ()
    corrected = sample_catalogue.find("hose prcies", audience=GOVERNMENT).phrase.corrections
    assert dict(corrected) == {"prcies": "prices"}


@pytest.mark.parametrize(
    ("text", "places"), [("NI record", []), ("my NI number", []), ("NI schools", ["Northern Ireland"])]
)
def test_initials_of_a_place_that_begin_something_else_are_not_the_place(
    vocabulary: Vocabulary, text: str, places: list[str]
) -> None:
    assert [mention.place.name for mention in read(text, vocabulary).places] == places


def test_a_word_that_asks_asks_with_a_slip_in_it_too(sample_catalogue: Search) -> None:
    phrase = sample_catalogue.find("who hlods skool exclusions", audience=GOVERNMENT).phrase
    assert phrase.corrections == (("skool", "school"),)
    assert "hlods" in phrase.ignored
    quoted = sample_catalogue.find("who “hlods” exclusions", audience=GOVERNMENT).phrase
    assert "hlods" in quoted.subject
