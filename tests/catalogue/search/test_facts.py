"""What is packed into the columns of the index, and what the beginnings of words leave out."""

from hypothesis import given
from hypothesis import strategies as st

from catalogue.model import AccessRights, Dataset, PersonalData
from catalogue.search.facts import facts, holder_number, packed, places, theme_number
from catalogue.search.places import gazetteer
from catalogue.search.schema import places_of, split, start_of, stem
from catalogue.search.spelling import english

PLACES = sorted(gazetteer().places)


@given(
    access=st.sampled_from([None, *AccessRights]),
    personal=st.sampled_from([None, *PersonalData]),
    covered=st.lists(st.sampled_from(PLACES), max_size=6, unique=True),
    first=st.integers(1000, 2100),
    last=st.none() | st.integers(1000, 2100) | st.just(".."),
    is_api=st.booleans(),
)
def test_what_was_packed_is_what_is_unpacked(
    access: AccessRights | None,
    personal: PersonalData | None,
    covered: list[str],
    first: int,
    last: int | str | None,
    is_api: bool,
) -> None:
    entry = Dataset(
        id="a/1",
        title="Flood warnings API" if is_api else "Flood warnings",
        access_rights=access,
        personal_data=personal,
        spatial="; ".join(gazetteer().places[slug].name for slug in covered) or None,
        temporal=f"{first}/{last}" if last else str(first),
        publisher="met-office",
        theme="Education",
    )
    number, where, whose = packed(entry)
    assert all(0 <= each < 2**63 for each in (number, where, whose))
    found = facts(number)
    assert (found.access, found.is_service) == (str(access or ""), is_api)
    assert (found.first, found.last) == (first, {None: first, "..": 9999}.get(last, last))
    assert found.theme == theme_number("education")
    assert places(where) == gazetteer().covered(entry.spatial)
    assert whose == holder_number("met-office")


def test_an_entry_that_says_nothing_is_packed_as_nothing() -> None:
    assert packed(Dataset(id="a/1", title="Flood warnings")) == (0, 0, 0)


def test_every_place_and_holder_has_a_number_of_its_own() -> None:
    assert len(PLACES) < 2**10
    assert len({holder_number(slug) for slug in PLACES}) == len(PLACES)


def test_every_english_word_begins_as_words_of_its_stem_do() -> None:
    odd = {word for word in english() if not f" {word}".startswith(start_of(stem(word)))}
    assert not odd


@given(st.lists(st.sampled_from("school schools happy happiness dying die dye Skies sky census's £5m café".split())))
def test_words_are_found_where_they_stand(words: list[str]) -> None:
    text = ", ".join(words)
    stems = [stem(word) for word in split(text)]
    found = places_of({each: start_of(each) for each in ("school", "happi", "die", "sky", "cafe")}, text)
    assert found == {
        each: [place for place, there in enumerate(stems) if there == each] for each in found if each in stems
    }
    assert found.keys() == {"school", "happi", "die", "sky", "cafe"} & set(stems)
