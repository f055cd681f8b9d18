"""Cleaning text never fails, ends, and leaves nothing that a second cleaning would change."""

from __future__ import annotations

import time
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catalogue.text import clean_line, clean_text, fold, kebab
from tests.catalogue.strategies import any_texts

MARKUP = (
    "& amp; lt; gt; < > b> </b> <p> <br/> <![ ]]> <![CDATA[ <!-- --> &# 38; x3c; &nbsp; &not it &#0; <? ?> <! script>"
    " <script> </script> <a href='x>y'> \" ' \u200b e\u0301 \u037e \u0338 \ud800 \r \n \x0b \u2028 \xa0 \u3000 a"
).split(" ")
pieces = st.lists(st.sampled_from(MARKUP) | any_texts | st.just(" "), max_size=20).map("".join)


@settings(deadline=None, max_examples=400)
@given(pieces, st.sampled_from([1, 3, 7, 20, 300]))
def test_clean_text_stays_as_it_is_and_within_its_limit(text: str, limit: int) -> None:
    for cleaner in (clean_text, clean_line):
        cleaned = cleaner(text, limit)
        assert cleaner(cleaned, limit) == cleaned
        assert len(cleaned) <= limit
        assert cleaned == cleaned.strip()
        assert unicodedata.is_normalized("NFC", cleaned)
        assert not {unicodedata.category(character) for character in cleaned} & {"Cs", "Co"}
        assert "\x00" not in cleaned
    assert "\n" not in clean_line(text, limit)


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("  plain   words ", "plain words"),
        ("<p>One</p><p>Two<br>three</p>", "One\n\nTwo\nthree"),
        ("<table><tr><td>a</td><td>b</td></tr></table>", "a b"),
        ("Fish &amp; chips, 5 &lt; 6", "Fish & chips, 5 < 6"),
        ("&lt;p&gt;Escaped &amp;amp; twice&lt;/p&gt;", "Escaped & twice"),
        ("<a href=\"x>y\" title='z'>the link</a>", "the link"),
        ("a<script>alert('<b>')</script>b<style>p {}</style>c<!-- no -->d", "abcd"),
        ("<o:p></o:p>&nbsp;Word", "Word"),
        ("<![CDATA[data]]>", "data"),
        ("a 5 < 6 > 4 b", "a 5 < 6 > 4 b"),
        ("one\r\ntwo\rthree\n\n\n\nfour", "one\ntwo\nthree\n\nfour"),
        ("soft\u00adhyphen zero\u200bwidth \u202eturned\u202c", "softhyphen zerowidth turned"),
        ("Caf\u0065\u0301 Ynys Môn 🏫", "Café Ynys Môn 🏫"),
    ],
)
def test_text_from_other_systems_keeps_its_meaning(given: str, kept: str) -> None:
    assert clean_text(given, 1000) == kept


@pytest.mark.parametrize(
    "bit",
    ["&amp;", "&#38;", "&lt;", "<", "</", "<a ", "<a href='", '<p "', "<!--", "<![x", "<script>", "&", "<b>", "\n "],
)
def test_hostile_markup_costs_no_more_than_its_length(bit: str) -> None:
    start = time.process_time()
    clean_text(bit * (80_000 // len(bit)), 20_000)
    clean_text("&" + "amp;" * 20_000, 20_000)
    assert time.process_time() - start < 2  # it takes some 0.02; what goes over its text again and again takes minutes


@settings(deadline=None, max_examples=200)
@given(any_texts)
def test_slugs_and_keys_are_made_of_little(text: str) -> None:
    assert set(kebab(text)) <= set("abcdefghijklmnopqrstuvwxyz0123456789-")
    assert kebab(kebab(text)) == kebab(text)
    assert fold(fold(text)) == fold(text) == fold(text).strip()


def test_a_slug_reads_like_the_title() -> None:
    assert kebab("Schools, pupils & their characteristics") == "schools-pupils-and-their-characteristics"
    assert kebab("Children's Café — 2026") == "childrens-cafe-2026"
