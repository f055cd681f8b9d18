"""What a search does with two meanings, old names, series and filters, over the sample."""

import pytest

from catalogue.model import GOVERNMENT
from catalogue.search.find import Found, Search
from catalogue.search.series import gather
from tests.catalogue.search.test_visibility import search_over


def found(search: Search, text: str, *, own: str | None = None) -> Found:
    return search.find(text, audience=GOVERNMENT, own=own)


def ids(search: Search, text: str, *, own: str | None = None) -> list[str]:
    return [hit.dataset.id for hit in found(search, text, own=own).hits]


@pytest.mark.parametrize(
    ("own", "first"),
    [("department-for-work-pensions", "dwp/customer-information-system"), ("hm-revenue-customs", "hmrc/")],
)
def test_an_acronym_with_two_holders_means_that_of_the_askers_organisation(
    sample_catalogue: Search, own: str, first: str
) -> None:
    result = found(sample_catalogue, "CIS records", own=own)
    assert len({meaning.meaning for meaning in result.phrase.meanings}) > 1  # which the answer says
    assert result.hits[0].dataset.id.startswith(first)


@pytest.mark.parametrize(
    ("old", "today"),
    [
        ("DCLG rough sleeping", "ministry-of-housing-communities-and-local-government"),
        ("BEIS fuel poverty", "department-for-energy-security-and-net-zero"),
        ("NHS Digital hospital episodes", "nhs-england"),
        ("Public Health England infectious diseases", "uk-health-security-agency"),
    ],
)
def test_a_former_name_leads_to_the_successor_and_says_so(sample_catalogue: Search, old: str, today: str) -> None:
    result = found(sample_catalogue, old)
    (mention,) = result.phrase.mentions
    assert mention.organisation.slug == today
    assert mention.former is not None
    assert result.hits[0].dataset.publisher == today


def test_editions_and_years_of_one_thing_are_one_series_with_its_members(sample_catalogue: Search) -> None:
    hits = found(sample_catalogue, "key stage 2 attainment").hits
    series = gather(hits)[0]
    members = {series.best.dataset.id, *(hit.dataset.id for hit in series.others)}
    assert members >= {"dfe/key-stage-2-attainment-final", "dfe/key-stage-2-attainment-provisional"}
    assert series.best.dataset.id == "dfe/key-stage-2-attainment-final"
    assert sum(1 + len(each.others) for each in gather(hits)) == len(hits)


@pytest.mark.parametrize("place", ["Camden", "London", "England", "UK", "Cardiff", "Belfast", "Orkney Islands"])
@pytest.mark.parametrize("narrowed", ["in 1950", "open data", "record level", "api", "from the Met Office"])
def test_no_filter_or_mix_of_filters_empties_an_answer(sample_catalogue: Search, place: str, narrowed: str) -> None:
    assert ids(sample_catalogue, f"council tax {place} {narrowed}")


def test_a_place_narrows_by_what_lies_in_what(sample_catalogue: Search) -> None:
    assert ids(sample_catalogue, "air quality in Camden")[0] == "camden/air-quality-monitoring"
    assert ids(sample_catalogue, "council tax register Leeds")[0] == "leeds/council-tax-register"
    both = ids(sample_catalogue, "register of schools in England and Wales")
    assert {"dfe/get-information-about-schools", "dfe/edubase"} & set(both[:3])


def test_a_period_access_and_kind_narrow(tmp_path_factory: pytest.TempPathFactory) -> None:
    rows = [
        {"id": "a/old", "title": "Pond survey", "temporal": "1990/1999", "access_rights": "RESTRICTED"},
        {"id": "a/new", "title": "Pond survey", "temporal": "2015/..", "access_rights": "OPEN"},
        {"id": "a/api", "title": "Pond survey", "temporal": "2015/..", "distributions": [{"title": "API"}]},
    ]
    search = search_over(tmp_path_factory.mktemp("narrow") / "index", rows)
    assert ids(search, "pond survey 1995")[0] == "a/old"
    assert ids(search, "pond survey 2020")[0] == "a/new"
    assert ids(search, "open data on pond survey")[0] == "a/new"
    assert ids(search, "pond survey web service")[0] == "a/api"
    assert all(len(ids(search, f"pond survey {words}")) == 3 for words in ("1995", "2020", "open data", "web service"))
    search.db.close()


def test_a_theme_is_searched_decides_between_equals_and_takes_nothing_away(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    rows = [
        {"id": "a/energy", "title": "Survey of attitudes", "theme": "Energy"},
        {"id": "a/schools", "title": "Survey of attitudes", "theme": "Education"},
        {"id": "a/vessels", "title": "Register of vessels", "theme": "Agriculture, fisheries and forestry"},
        {"id": "a/none", "title": "Survey of attitudes"},
    ]
    search = search_over(tmp_path_factory.mktemp("theme") / "index", rows)
    assert ids(search, "education survey of attitudes")[0] == "a/schools"
    assert ids(search, "energy survey of attitudes")[0] == "a/energy"
    assert ids(search, "fisheries")[0] == "a/vessels"
    assert ids(search, "farming survey of attitudes")[:3] == ids(search, "survey of attitudes")[:3]
    surveys = {"a/energy", "a/schools", "a/none"}
    assert surveys <= set(ids(search, "energy survey of attitudes"))
    search.db.close()


def test_an_answer_says_that_it_was_found_by_its_theme(tmp_path_factory: pytest.TempPathFactory) -> None:
    rows = [{"id": "a/vessels", "title": "Register of vessels", "theme": "Agriculture, fisheries and forestry"}]
    search = search_over(tmp_path_factory.mktemp("theme") / "index", rows)
    hit = search.find("forestry vessels", audience=GOVERNMENT).hits[0]
    assert {match.typed: match.field for match in hit.matches} == {"forestry": "theme", "vessels": "title"}
    search.db.close()


@pytest.mark.parametrize(
    ("american", "british"), [("license of pilots", "licence"), ("color of soil", "colour"), ("aging", "ageing")]
)
def test_a_catalogue_that_spells_both_ways_is_found_by_either(
    tmp_path_factory: pytest.TempPathFactory, american: str, british: str
) -> None:
    word = american.split()[0]
    rows = [{"id": "a/gb", "title": f"The {british} tables"}, {"id": "a/us", "title": f"The {word} files"}]
    search = search_over(tmp_path_factory.mktemp("spelt") / "index", rows)
    assert set(ids(search, word)) == set(ids(search, british)) == {"a/gb", "a/us"}
    search.db.close()


def test_a_question_that_is_likelier_about_records_finds_them_first_unless_its_words_say_counts(
    sample_catalogue: Search,
) -> None:
    def first(text: str, likely: str | None) -> str:
        result = sample_catalogue.find(text, audience=GOVERNMENT, likely_detail=likely)
        return result.hits[0].dataset.id

    assert first("universal credit", "records") == "dwp/universal-credit-record-level"
    assert first("universal credit", "counts") == "dwp/universal-credit-statistics"
    assert first("how many people get universal credit", "records") == "dwp/universal-credit-statistics"


def test_what_another_council_holds_is_no_answer_where_a_place_is_named_that_has_none(sample_catalogue: Search) -> None:
    hits = found(sample_catalogue, "council tax register in Oldham").hits
    assert not hits[0].dataset.publisher.endswith("-council")  # but one of the whole country
    assert not any(hit.named for hit in hits)
    assert found(sample_catalogue, "council tax register in Camden").hits[0].named == 3
