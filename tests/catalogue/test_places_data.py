"""The shipped gazetteer is complete, its places lie in one another, and no name means two places."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter, defaultdict
from pathlib import Path

import pytest

from catalogue.text import fold

DATA = Path(__file__).resolve().parents[2] / "catalogue" / "data"
COLUMNS = ["slug", "name", "kind", "parent", "other_names", "organisation"]
KEBAB_CASE = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
# What may lie directly in what.
PARENT_KINDS = {
    "country": {""},
    "group": {"country", "group"},
    "nation": {"country", "group"},
    "region": {"nation"},
    "county": {"region"},
    "council": {"county", "region", "nation"},
    "city": {"council"},
}
REGIONS = {
    "east-midlands",
    "east-of-england",
    "london",
    "north-east",
    "north-west",
    "south-east",
    "south-west",
    "west-midlands",
    "yorkshire-and-the-humber",
}
# England in 2026: 164 districts, 63 unitaries with the Isles of Scilly, 36 metropolitan boroughs, 33 in London.
# Nothing is taken off: the reorganisations that have been decided (Surrey's is the first) start in April 2027.
ENGLISH_COUNCILS = 296
COUNCILS = {"england": ENGLISH_COUNCILS, "scotland": 32, "wales": 22, "northern-ireland": 11}
COUNCILS_BY_REGION = {
    "east-midlands": 35,
    "east-of-england": 45,
    "london": 33,
    "north-east": 12,
    "north-west": 35,
    "south-east": 64,
    "south-west": 27,
    "west-midlands": 30,
    "yorkshire-and-the-humber": 15,
}
METROPOLITAN_BOROUGHS = {
    "greater-manchester": 10,
    "merseyside": 5,
    "south-yorkshire": 4,
    "tyne-and-wear": 5,
    "west-midlands-county": 7,
    "west-yorkshire": 5,
}
LEFT_OUT = [
    "Ulster",
    "Midlands",
    "the Midlands",
    "Yorkshire",
    "East Anglia",
    "Sussex",
    "Bangor",
    "Richmond",
    "Kingston",
]


def rows(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


def names_of(row: dict[str, str]) -> list[str]:
    return [row["name"], *(row["other_names"].split(";") if row["other_names"] else [])]


@pytest.fixture(scope="module")
def places() -> dict[str, dict[str, str]]:
    return {row["slug"]: row for row in rows("places.csv")}


def chain(places: dict[str, dict[str, str]], slug: str) -> list[str]:
    """The place and all that contain it; fails when one is missing or comes round again."""
    found = [slug]
    while parent := places[found[-1]]["parent"]:
        assert parent in places, found
        assert parent not in found, found
        found.append(parent)
    return found


def councils_in(places: dict[str, dict[str, str]], slug: str) -> list[str]:
    return [s for s, row in places.items() if row["kind"] == "council" and slug in chain(places, s)]


def test_the_file_is_utf8_with_plain_line_ends_ordinary_quoting_and_the_agreed_header() -> None:
    raw = (DATA / "places.csv").read_bytes()
    assert b"\r" not in raw
    assert raw.endswith(b"\n")
    assert not raw.startswith(b"\xef\xbb\xbf")
    lines = list(csv.reader(io.StringIO(raw.decode("utf-8")), strict=True))
    assert lines[0] == COLUMNS
    assert [line for line in lines if len(line) != len(COLUMNS)] == []
    again = io.StringIO()
    csv.writer(again, lineterminator="\n").writerows(lines)
    assert again.getvalue() == raw.decode("utf-8")


def test_slugs_are_unique_kebab_case_and_sorted() -> None:
    slugs = [row["slug"] for row in rows("places.csv")]
    assert slugs == sorted(set(slugs))
    assert [slug for slug in slugs if not KEBAB_CASE.fullmatch(slug)] == []


def test_no_cell_has_stray_spaces_and_no_name_is_empty() -> None:
    for row in rows("places.csv"):
        assert all(cell == " ".join(cell.split()) for cell in row.values()), row
        assert all(name and name == name.strip() for name in names_of(row)), row


def test_every_parent_exists_and_is_of_a_kind_that_can_contain_the_place(places: dict[str, dict[str, str]]) -> None:
    for row in places.values():
        assert row["kind"] in PARENT_KINDS, row
        assert row["parent"] in places or row["kind"] == "country", row
        kind = places[row["parent"]]["kind"] if row["parent"] else ""
        assert kind in PARENT_KINDS[row["kind"]], row


def test_parents_do_not_go_round_in_circles_and_every_chain_ends_at_the_united_kingdom(
    places: dict[str, dict[str, str]],
) -> None:
    assert {chain(places, slug)[-1] for slug in places} == {"united-kingdom"}


def test_england_and_wales_are_grouped_before_great_britain_and_northern_ireland_is_not_in_it(
    places: dict[str, dict[str, str]],
) -> None:
    assert chain(places, "camden") == [
        "camden",
        "london",
        "england",
        "england-and-wales",
        "great-britain",
        "united-kingdom",
    ]
    assert chain(places, "wales") == ["wales", "england-and-wales", "great-britain", "united-kingdom"]
    assert chain(places, "scotland") == ["scotland", "great-britain", "united-kingdom"]
    assert chain(places, "northern-ireland") == ["northern-ireland", "united-kingdom"]


def test_england_has_its_nine_regions(places: dict[str, dict[str, str]]) -> None:
    regions = {slug for slug, row in places.items() if row["kind"] == "region"}
    assert regions == REGIONS
    assert {places[slug]["parent"] for slug in regions} == {"england"}


@pytest.mark.parametrize("nation", COUNCILS)
def test_every_council_area_of_the_nation_is_there(nation: str, places: dict[str, dict[str, str]]) -> None:
    assert len(councils_in(places, nation)) == COUNCILS[nation]


@pytest.mark.parametrize("region", COUNCILS_BY_REGION)
def test_every_english_region_has_all_its_councils(region: str, places: dict[str, dict[str, str]]) -> None:
    assert sum(COUNCILS_BY_REGION.values()) == ENGLISH_COUNCILS
    assert len(councils_in(places, region)) == COUNCILS_BY_REGION[region]


@pytest.mark.parametrize("county", METROPOLITAN_BOROUGHS)
def test_every_metropolitan_county_has_all_its_boroughs(county: str, places: dict[str, dict[str, str]]) -> None:
    assert len(councils_in(places, county)) == METROPOLITAN_BOROUGHS[county]


def test_london_has_its_boroughs_and_the_city(places: dict[str, dict[str, str]]) -> None:
    councils = councils_in(places, "london")
    assert {"city-of-london", "westminster", "camden"} <= set(councils)
    for slug in set(councils) - {"city-of-london"}:
        assert any(name.startswith("LB ") for name in names_of(places[slug])), slug


def test_every_county_contains_councils(places: dict[str, dict[str, str]]) -> None:
    counties = [slug for slug, row in places.items() if row["kind"] == "county"]
    assert [slug for slug in counties if not councils_in(places, slug)] == []


def test_every_organisation_exists_is_live_and_is_a_council_or_combined_authority() -> None:
    organisations = {row["slug"]: row for row in rows("organisations.csv")}
    for row in rows("places.csv"):
        if row["organisation"]:
            assert row["organisation"] in organisations, row
            organisation = organisations[row["organisation"]]
            assert organisation["status"] == "live", row
            assert organisation["kind"] in {"council", "combined_authority"}, row


def test_every_live_council_governs_a_place_and_never_two_of_one_kind() -> None:
    governed = Counter((row["organisation"], row["kind"]) for row in rows("places.csv") if row["organisation"])
    assert [pair for pair, count in governed.items() if count > 1] == []
    governing = {organisation for organisation, _ in governed}
    live = {row["slug"] for row in rows("organisations.csv") if row["kind"] == "council" and row["status"] == "live"}
    assert live - governing == set()


def test_no_name_means_two_places_and_no_place_has_a_name_twice() -> None:
    owners = defaultdict(list)
    for row in rows("places.csv"):
        for name in names_of(row):
            owners[fold(name)].append(row["slug"])
    assert {name: slugs for name, slugs in owners.items() if len(slugs) > 1} == {}


@pytest.mark.parametrize("name", LEFT_OUT)
def test_a_name_that_could_mean_several_places_is_left_out(name: str) -> None:
    assert [row["slug"] for row in rows("places.csv") for known in names_of(row) if fold(known) == fold(name)] == []


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("UK", "united-kingdom"),
        ("Britain", "great-britain"),
        ("Cymru", "wales"),
        ("Alba", "scotland"),
        ("NI", "northern-ireland"),
        ("Greater London", "london"),
        ("Yorks and Humber", "yorkshire-and-the-humber"),
        ("LB Camden", "camden"),
        ("Newcastle", "newcastle-upon-tyne"),
        ("Hull", "kingston-upon-hull"),
        ("B&NES", "bath-and-north-east-somerset"),
        ("RCT", "rhondda-cynon-taf"),
        ("Brum", "birmingham"),
        ("Caerdydd", "cardiff"),
        ("Glaschu", "glasgow"),
        ("Durham", "durham"),
        ("Derry", "derry-and-strabane"),
        ("Londonderry", "derry-and-strabane"),
    ],
)
def test_names_that_people_use_lead_to_the_place(name: str, slug: str) -> None:
    assert [row["slug"] for row in rows("places.csv") for known in names_of(row) if fold(known) == fold(name)] == [slug]
