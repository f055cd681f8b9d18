"""The shipped organisations come into every record, follow the shipped files, and leave alone what others added."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings

from catalogue import datasets, organisations, terms
from catalogue.model import FormerName, Organisation
from catalogue.store import Database, connect, migrate
from tests.at_once import at_once
from tests.catalogue.strategies import any_texts

HEADER = "slug,name,acronym,other_names,kind,nations,status,parent,successor,closed_on,email_domains"
FILES = {
    "organisations": f"{HEADER}\n"
    "home-office,Home Office,HO,The HO;Home Dept,ministerial_department,E;W,live,,,,ho.gov.uk\n"
    "dcfs,Children's Department,DCSF,,other,E,closed,,dfe,2010-05-12,\n",
    "former_names": "slug,name,acronym,from,until,note\nhome-office,Home Secretary's Office,,1782,,older\n",
    "acronyms": "acronym,meaning,holder,kind,note\nPNC,Police National Computer,home-office,system,\n",
    "synonyms": "plain,terms,note\nbobbies,police officer;constable,\n",
}


@pytest.fixture
def shipped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small vocabulary shipped in the real one's place."""
    folder = tmp_path / "shipped"
    folder.mkdir()
    for name, content in FILES.items():
        (folder / f"{name}.csv").write_text(content, encoding="utf-8")
    monkeypatch.setattr(organisations, "DATA", folder)
    return folder


@pytest.fixture
def bare(bare_url: str) -> Iterator[Database]:
    """A database with tables and no vocabulary."""
    db = connect(bare_url)
    migrate(db, now="now")
    yield db
    db.close()


def vocabulary(db: Database) -> list[list[dict[str, Any]]]:
    return [db.query(f"SELECT * FROM {table} ORDER BY 1, 2") for table in ("organisations", "acronyms", "synonyms")]


def counter(db: Database) -> int:
    return int(db.query("SELECT value FROM counters WHERE name = 'vocabulary'")[0]["value"])


def origins(db: Database) -> dict[str, str]:
    return {row["slug"]: row["origin"] for row in db.query("SELECT slug, origin FROM organisations")}


def replace_in(path: Path, old: str, new: str) -> None:
    content = path.read_text(encoding="utf-8")
    assert old in content
    path.write_text(content.replace(old, new), encoding="utf-8")


def test_what_is_shipped_comes_in_with_all_its_names(bare: Database, shipped: Path) -> None:
    assert organisations.load_shipped(bare)
    closed, home_office = organisations.everyone(bare)
    assert home_office == Organisation(
        slug="home-office",
        name="Home Office",
        acronym="HO",
        other_names=("The HO", "Home Dept"),
        kind="ministerial_department",
        nations=("E", "W"),
        email_domains=("ho.gov.uk",),
        former_names=(FormerName("Home Secretary's Office", since="1782", note="older"),),
    )
    assert (closed.is_closed, closed.successors, closed.closed_on) == (True, ("dfe",), "2010-05-12")
    assert [row["term"] for row in vocabulary(bare)[2]] == ["constable", "police officer"]


def test_loading_again_changes_nothing_and_tells_nobody(bare: Database, shipped: Path) -> None:
    organisations.load_shipped(bare)
    before = vocabulary(bare), counter(bare)
    assert not organisations.load_shipped(bare)
    assert (vocabulary(bare), counter(bare)) == before


def test_what_the_package_ships_is_loaded_as_it_is(db: Database) -> None:
    organisations.load_shipped(db)  # in case somebody edits the files while the tests run
    assert not organisations.load_shipped(db)
    assert len(organisations.everyone(db)) > 500
    assert set(origins(db).values()) == {"shipped"}


@pytest.mark.parametrize("name", FILES)
def test_a_change_of_any_shipped_file_is_brought_in_and_told(bare: Database, shipped: Path, name: str) -> None:
    organisations.load_shipped(bare)
    before, told = vocabulary(bare), counter(bare)
    replace_in(shipped / f"{name}.csv", "olice" if name in ("acronyms", "synonyms") else "Home", "Changed")
    assert organisations.load_shipped(bare)
    assert vocabulary(bare) != before
    assert counter(bare) > told
    assert not organisations.load_shipped(bare)


def test_what_imports_and_stewards_added_stays(bare: Database, shipped: Path) -> None:
    organisations.load_shipped(bare)
    organisations.add_unknown(bare, {"new-body": "New Body"})
    organisations.save(bare, [Organisation("home-office", "Home Office, corrected")], origin="steward:ada")
    terms.add_synonym(bare, "rozzers", "police officer", by="ada")
    terms.add_synonym(bare, "bobbies", "constable", by="ada")  # shipped already
    replace_in(shipped / "organisations.csv", "Children's Department", "Children's Ministry")
    assert organisations.load_shipped(bare)
    assert origins(bare) == {"home-office": "steward:ada", "dcfs": "shipped", "new-body": "import"}
    assert {body.name for body in organisations.everyone(bare)} == {
        "Home Office, corrected",
        "Children's Ministry",
        "New Body",
    }
    assert [(row["plain"], row["term"], row["origin"]) for row in vocabulary(bare)[2]] == [
        ("bobbies", "constable", "shipped"),
        ("bobbies", "police officer", "shipped"),
        ("rozzers", "police officer", "ada"),
    ]


def test_an_imported_organisation_gives_way_to_the_shipped_one_of_its_slug(bare: Database, shipped: Path) -> None:
    organisations.add_unknown(bare, {"home-office": "HOME OFFICE (UK)"})
    assert origins(bare) == {"home-office": "import"}
    assert organisations.load_shipped(bare)
    assert origins(bare) == {"home-office": "shipped", "dcfs": "shipped"}
    assert organisations.everyone(bare)[1].name == "Home Office"


def test_an_organisation_no_longer_shipped_stays_while_an_entry_names_it(
    bare: Database, shipped: Path, now: datetime
) -> None:
    organisations.load_shipped(bare)
    datasets.add(bare, {"id": "a", "title": "A", "publisher": "home-office"}, by="ada", why=None, now=now)
    (shipped / "organisations.csv").write_text(HEADER + "\n", encoding="utf-8")
    assert organisations.load_shipped(bare)
    assert origins(bare) == {"home-office": "import"}
    assert organisations.everyone(bare)[0].acronym == "HO"
    (shipped / "organisations.csv").write_text(FILES["organisations"], encoding="utf-8")
    organisations.load_shipped(bare)
    assert origins(bare) == {"home-office": "shipped", "dcfs": "shipped"}


def test_an_unknown_publisher_is_added_unless_its_slug_is_taken(bare: Database, shipped: Path) -> None:
    organisations.load_shipped(bare)
    told = counter(bare)
    organisations.add_unknown(bare, {"home-office": "Not it", "new": "New & Co"})
    assert {body.slug: body.name for body in organisations.everyone(bare)}["home-office"] == "Home Office"
    assert origins(bare)["new"] == "import"
    assert counter(bare) == told + 1
    organisations.add_unknown(bare, {"home-office": "Not it"})
    organisations.add_unknown(bare, {})
    assert counter(bare) == told + 1


def test_three_that_start_at_once_load_it_once(bare: Database, shipped: Path) -> None:
    def load() -> bool:
        return organisations.load_shipped(bare)

    assert sorted(at_once(load, load, load)) == [False, False, True]
    assert counter(bare) == 1


@settings(deadline=None, max_examples=100)
@given(any_texts)
def test_any_name_has_a_slug(name: str) -> None:
    slug = organisations.slug_of(name)
    assert slug and len(slug) <= 120 and organisations.slug_of(slug) == slug


def test_the_slug_of_a_long_name_is_its_own_slug():
    slug = organisations.slug_of("a" * 119 + " and more words than a slug can hold")
    assert len(slug) == 119
    assert organisations.slug_of(slug) == slug
