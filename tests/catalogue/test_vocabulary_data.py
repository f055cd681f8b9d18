"""The shipped vocabulary keeps the promises that the rest of the catalogue relies on."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path

import pytest

DATA = Path(__file__).resolve().parents[2] / "catalogue" / "data"

COLUMNS = {
    "organisations.csv": [
        "slug",
        "name",
        "acronym",
        "other_names",
        "kind",
        "nations",
        "status",
        "parent",
        "successor",
        "closed_on",
        "email_domains",
    ],
    "former_names.csv": ["slug", "name", "acronym", "from", "until", "note"],
    "acronyms.csv": ["acronym", "meaning", "holder", "kind", "note"],
    "synonyms.csv": ["plain", "terms", "note"],
}
COMPULSORY = {
    "organisations.csv": ["slug", "name", "kind", "nations", "status"],
    "former_names.csv": ["slug", "name", "from", "until"],
    "acronyms.csv": ["acronym", "meaning", "kind"],
    "synonyms.csv": ["plain", "terms"],
}
ORGANISATION_KINDS = {
    "ministerial_department",
    "non_ministerial_department",
    "executive_agency",
    "public_body",
    "special_health_authority",
    "nhs_body",
    "police",
    "council",
    "combined_authority",
    "devolved_administration",
    "devolved_body",
    "regulator",
    "public_corporation",
    "statistical_authority",
    "court_or_tribunal",
    "royal_charter",
    "university_sector",
    "other",
}
ACRONYM_KINDS = {
    "dataset",
    "system",
    "organisation_term",
    "law",
    "process",
    "geography",
    "benefit",
    "qualification",
    "identifier",
    "term",
}
EXAMPLE_DOMAINS = {
    "department-for-education": "education.example.gov.uk",
    "camden-council": "camden.example.gov.uk",
    "department-for-work-pensions": "dwp.example.gov.uk",
    "nhs-england": "nhs.example.gov.uk",
    "ministry-of-justice": "justice.example.gov.uk",
    "hm-revenue-customs": "hmrc.example.gov.uk",
    "office-for-national-statistics": "ons.example.gov.uk",
    "environment-agency": "ea.example.gov.uk",
}
LONDON_BOROUGHS = [
    "barking-and-dagenham",
    "barnet",
    "bexley",
    "brent",
    "bromley",
    "camden",
    "croydon",
    "ealing",
    "enfield",
    "greenwich",
    "hackney",
    "hammersmith-and-fulham",
    "haringey",
    "harrow",
    "havering",
    "hillingdon",
    "hounslow",
    "islington",
    "kensington-and-chelsea",
    "kingston-upon-thames",
    "lambeth",
    "lewisham",
    "merton",
    "newham",
    "redbridge",
    "richmond-upon-thames",
    "southwark",
    "sutton",
    "tower-hamlets",
    "waltham-forest",
    "wandsworth",
    "westminster",
]
AMBIGUOUS = [
    "AP",
    "API",
    "CIS",
    "CP",
    "CRN",
    "CT",
    "CTC",
    "DBS",
    "DSA",
    "ESA",
    "HMIP",
    "ILR",
    "ISA",
    "LAA",
    "LSC",
    "NOMIS",
    "NPS",
    "OPG",
    "PC",
    "PDS",
    "PIP",
    "SAR",
    "SOP",
    "TRA",
    "UKSA",
    "URN",
]
TOO_COMMON = {
    "records",
    "people",
    "list",
    "lists",
    "case",
    "cases",
    "data",
    "file",
    "files",
    "report",
    "reports",
    "form",
    "forms",
    "number",
    "numbers",
    "name",
    "names",
    "field",
    "fields",
    "table",
    "school",
    "schools",
    "hospital",
    "police",
    "council",
    "work",
    "home",
    "care",
    "share",
    "access",
}
A_DATE = re.compile(r"\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?")
KEBAB_CASE = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
ALL_FILES = sorted(COLUMNS)


def rows(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


def parts(cell: str) -> list[str]:
    return cell.split(";") if cell else []


@pytest.fixture(scope="module")
def organisations() -> dict[str, dict[str, str]]:
    return {row["slug"]: row for row in rows("organisations.csv")}


@pytest.mark.parametrize("name", ALL_FILES)
def test_the_header_is_the_agreed_one_and_every_row_has_as_many_cells(
    name: str,
) -> None:
    with (DATA / name).open(encoding="utf-8", newline="") as handle:
        lines = list(csv.reader(handle, strict=True))
    assert lines[0] == COLUMNS[name]
    assert [line for line in lines if len(line) != len(COLUMNS[name])] == []


@pytest.mark.parametrize("name", ALL_FILES)
def test_the_file_is_utf8_with_plain_line_ends_and_ordinary_quoting(name: str) -> None:
    raw = (DATA / name).read_bytes()
    assert b"\r" not in raw
    assert raw.endswith(b"\n")
    assert not raw.startswith(b"\xef\xbb\xbf")
    text = raw.decode("utf-8")
    again = io.StringIO()
    csv.writer(again, lineterminator="\n").writerows(csv.reader(io.StringIO(text)))
    assert again.getvalue() == text


@pytest.mark.parametrize("name", ALL_FILES)
def test_rows_are_sorted_by_the_first_column(name: str) -> None:
    first = [row[COLUMNS[name][0]] for row in rows(name)]
    assert first == sorted(first)


@pytest.mark.parametrize("name", ALL_FILES)
def test_no_compulsory_cell_is_empty(name: str) -> None:
    assert [row for row in rows(name) for column in COMPULSORY[name] if not row[column]] == []


@pytest.mark.parametrize("name", ALL_FILES)
def test_no_cell_has_stray_spaces_or_empty_list_items(name: str) -> None:
    lists = {"other_names", "nations", "successor", "terms", "email_domains"}
    for row in rows(name):
        for column, cell in row.items():
            assert cell == " ".join(cell.split()), row
            if column in lists:
                items = parts(cell)
                assert all(item and item == item.strip() for item in items), row
                assert len(set(items)) == len(items), row


def test_there_are_enough_organisations_former_names_acronyms_and_synonyms() -> None:
    assert len(rows("organisations.csv")) >= 230
    assert len(rows("former_names.csv")) >= 110
    assert len({row["acronym"] for row in rows("acronyms.csv")}) >= 320
    assert len(rows("synonyms.csv")) >= 420


def test_every_slug_is_unique_and_kebab_case() -> None:
    slugs = [row["slug"] for row in rows("organisations.csv")]
    assert len(set(slugs)) == len(slugs)
    assert [slug for slug in slugs if not KEBAB_CASE.fullmatch(slug)] == []


def test_kinds_statuses_and_nations_are_legal(
    organisations: dict[str, dict[str, str]],
) -> None:
    for row in organisations.values():
        assert row["kind"] in ORGANISATION_KINDS, row
        assert row["status"] in {"live", "closed"}, row
        nations = parts(row["nations"])
        assert nations == [nation for nation in ("E", "W", "S", "NI") if nation in nations], row
    assert [row for row in rows("acronyms.csv") if row["kind"] not in ACRONYM_KINDS] == []


def test_every_parent_is_a_live_organisation_in_the_file_and_parents_do_not_go_round_in_circles(
    organisations: dict[str, dict[str, str]],
) -> None:
    for slug, row in organisations.items():
        seen = [slug]
        while row["parent"]:
            parent = row["parent"]
            assert parent in organisations, seen
            assert parent not in seen, seen
            row = organisations[parent]
            assert row["status"] == "live", (seen, parent)
            seen.append(parent)


def test_every_successor_holder_and_former_name_slug_exists(
    organisations: dict[str, dict[str, str]],
) -> None:
    named = [s for row in organisations.values() for s in parts(row["successor"])]
    named += [row["holder"] for row in rows("acronyms.csv") if row["holder"]]
    named += [row["slug"] for row in rows("former_names.csv")]
    assert [slug for slug in named if slug not in organisations] == []


def test_every_closed_organisation_leads_to_a_live_one(
    organisations: dict[str, dict[str, str]],
) -> None:
    def live_bodies(slug: str, path: tuple[str, ...] = ()) -> set[str]:
        assert slug not in path, path
        row = organisations[slug]
        if row["status"] == "live":
            return {slug}
        assert row["successor"], f"{slug} is closed and nobody has its work"
        return {end for nxt in parts(row["successor"]) for end in live_bodies(nxt, (*path, slug))}

    for slug in organisations:
        assert live_bodies(slug)


def test_only_closed_organisations_have_a_successor_or_a_closing_date(
    organisations: dict[str, dict[str, str]],
) -> None:
    live = [row for row in organisations.values() if row["status"] == "live"]
    assert [row for row in live if row["successor"] or row["closed_on"]] == []


def test_former_names_belong_to_live_organisations(
    organisations: dict[str, dict[str, str]],
) -> None:
    former = rows("former_names.csv")
    assert [row for row in former if organisations[row["slug"]]["status"] != "live"] == []


def test_holders_of_acronyms_are_live_organisations(
    organisations: dict[str, dict[str, str]],
) -> None:
    held = [row for row in rows("acronyms.csv") if row["holder"]]
    assert [row for row in held if organisations[row["holder"]]["status"] != "live"] == []


def test_dates_are_well_formed_not_in_the_future_and_in_order() -> None:
    for row in rows("organisations.csv"):
        if row["closed_on"]:
            assert A_DATE.fullmatch(row["closed_on"]), row
            assert row["closed_on"] <= "2026-11", row
    for row in rows("former_names.csv"):
        assert A_DATE.fullmatch(row["from"]) and A_DATE.fullmatch(row["until"]), row
        shorter = min(len(row["from"]), len(row["until"]))
        assert row["from"][:shorter] <= row["until"][:shorter], row
        assert row["until"] <= "2026-11", row


def test_no_row_of_former_names_acronyms_or_synonyms_is_there_twice() -> None:
    former = [(r["slug"], r["name"].lower()) for r in rows("former_names.csv")]
    meanings = [(r["acronym"].upper(), r["meaning"].lower()) for r in rows("acronyms.csv")]
    plain = [r["plain"].lower() for r in rows("synonyms.csv")]
    for keys in (former, meanings, plain):
        assert len(set(keys)) == len(keys)


def test_no_two_organisations_have_the_same_full_name() -> None:
    names = [row["name"].lower() for row in rows("organisations.csv")]
    assert len(set(names)) == len(names)


def test_no_acronym_merely_repeats_the_name_of_its_organisation() -> None:
    same = [r for r in rows("organisations.csv") if r["acronym"].lower() == r["name"].lower()]
    assert same == []


def test_an_acronym_row_never_repeats_an_organisation_that_has_those_initials(
    organisations: dict[str, dict[str, str]],
) -> None:
    initials = {(row["acronym"].upper(), row["name"].lower()) for row in organisations.values()}
    repeats = [row for row in rows("acronyms.csv") if (row["acronym"].upper(), row["meaning"].lower()) in initials]
    assert repeats == []


def test_ambiguous_acronyms_keep_all_their_meanings() -> None:
    meanings: dict[str, set[str]] = {}
    for row in rows("acronyms.csv"):
        meanings.setdefault(row["acronym"], set()).add(row["meaning"])
    for row in rows("organisations.csv"):
        if row["acronym"]:
            meanings.setdefault(row["acronym"], set()).add(row["name"])
    for acronym in AMBIGUOUS:
        assert len(meanings[acronym]) >= 2, acronym


def test_what_people_say_is_lower_case_and_not_a_very_common_word() -> None:
    for row in rows("synonyms.csv"):
        assert row["plain"] == row["plain"].lower(), row
        assert row["plain"] not in TOO_COMMON, row
        assert len(row["plain"]) >= 2, row


def test_all_london_boroughs_and_the_bodies_of_all_four_nations_are_there(
    organisations: dict[str, dict[str, str]],
) -> None:
    wanted = {f"{place}-council" for place in LONDON_BOROUGHS}
    wanted |= {
        "city-of-london-corporation",
        "greater-london-authority",
        "transport-for-london",
        "the-scottish-government",
        "welsh-government",
        "northern-ireland-executive",
        "northern-ireland-statistics-and-research-agency",
        "police-service-of-northern-ireland",
    }
    assert wanted - organisations.keys() == set()
    councils = [r for r in organisations.values() if r["kind"] == "council"]
    for nation, at_least in (("E", 73), ("S", 10), ("W", 8), ("NI", 3)):
        assert sum(r["nations"] == nation for r in councils) >= at_least, nation
    assert sum(r["kind"] == "police" for r in organisations.values()) >= 15


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (
            "department-for-levelling-up-housing-and-communities",
            "ministry-of-housing-communities-and-local-government",
        ),
        (
            "department-for-communities-and-local-government",
            "ministry-of-housing-communities-and-local-government",
        ),
        ("nhs-digital", "nhs-england"),
        ("public-health-england", "uk-health-security-agency"),
        ("central-digital-and-data-office", "government-digital-service"),
        ("highways-england", "national-highways"),
        ("higher-education-statistical-agency", "jisc"),
        ("education-and-skills-funding-agency", "department-for-education"),
    ],
)
def test_a_well_known_old_body_leads_to_the_right_new_one(
    old: str, new: str, organisations: dict[str, dict[str, str]]
) -> None:
    assert organisations[old]["status"] == "closed"
    assert new in parts(organisations[old]["successor"])


def test_only_the_eight_example_organisations_have_e_mail_domains(
    organisations: dict[str, dict[str, str]],
) -> None:
    found = {slug: row["email_domains"] for slug, row in organisations.items()}
    assert {slug: domain for slug, domain in found.items() if domain} == EXAMPLE_DOMAINS


@pytest.mark.parametrize("name", [*ALL_FILES, "SOURCES.md"])
def test_no_person_e_mail_address_telephone_number_or_machine_path_is_named(
    name: str,
) -> None:
    text = (DATA / name).read_text(encoding="utf-8")
    # "Sir" is also Welsh for a county, as in Cyngor Sir Fynwy.
    titles = r"Mr|Mrs|Ms|Miss|(?<!Cyngor )Sir|Dame|Lady|Baroness|Prof|Professor|Rt Hon"
    titled = rf"\b({titles}|Lord(?! Chancellor))\b\.? [A-Z]"
    assert "@" not in text
    assert re.search(titled, text) is None
    assert re.search(r"\b0\d{3,4}[ -]?\d{3}[ -]?\d{3,4}\b", text) is None
    assert re.search(r"(?<![\w.])/(work|home|tmp|root|Users)/", text) is None


def test_the_sources_file_carries_the_attribution() -> None:
    text = (DATA / "SOURCES.md").read_text(encoding="utf-8")
    wanted = "Contains public sector information licensed under the Open Government Licence v3.0."
    assert wanted in text
    assert all(name in text for name in ALL_FILES)
