"""What hypothesis makes up for the catalogue's tests: entries as they are kept, and rows as the world writes them."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from catalogue.entries import ENUMS, FIELDS, LISTS, to_dataset
from catalogue.model import Dataset
from catalogue.rows import ALIASES, clean

AWKWARD = (
    "=1+1",
    "+44 20 7946 0000",
    "-5",
    "@here",
    "'quoted'",
    "'=1",
    "''",
    '"',
    ";",
    "a; b|c",
    "[1, 2]",
    "[not json",
    '{"a": 1}',
    "two\nlines",
    "a\n\nparagraph",
    "tab\there",
    "5 < 6 & 7 > 3",
    "<b>bold</b> &amp;amp; <![CDATA[x]]> <![if",
    "<script>alert(1)</script>",
    "Ysgolion 🏫 e\u0301 \u202eevil\u202c \u200b",
    "\x00nul \ud800 lone \udfff \uffff",
    "1" * 5000,
    "2026-03-31",
    "31/03/2026",
    "٢٠٢٦",
    "yesterday",
    "none",
    " ",
    "null",
    "NaN",
)

texts = st.text(max_size=30) | st.sampled_from(AWKWARD)
any_texts = texts | st.text(st.characters(categories=["Cs", "Cc", "Cf", "Co", "Ll", "Sm", "Po", "Zs"]), max_size=15)
scalars = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.integers(min_value=10**300, max_value=10**400)
    | st.floats()
    | any_texts
)
json_like = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(any_texts, inner, max_size=4),
    max_leaves=12,
)
names = st.sampled_from([*FIELDS, *ALIASES]) | any_texts
rows = st.dictionaries(names, json_like, max_size=8)
"""Anything that could stand on a line of JSON, and some things that could not."""


def _plausible(name: str) -> st.SearchStrategy[Any]:
    """Values that a source might write for this field."""
    if name in ENUMS:
        return st.sampled_from([option.value for option in ENUMS[name]])
    if name in LISTS:
        return st.lists(texts, max_size=4)
    if name == "lead_time_days":
        return st.integers(0, 3650)
    if name in ("issued", "modified", "last_verified"):
        return st.dates().map(lambda day: day.isoformat()) | st.sampled_from(["2024", "2024-05"])
    if name == "contact":
        return st.dictionaries(st.sampled_from(["name", "email", "slack_channel"]), texts, max_size=3)
    if name == "distributions":
        return st.lists(st.dictionaries(st.sampled_from(["title", "media_type", "url"]), texts), max_size=3)
    if name == "legal_gateways":
        return st.lists(st.dictionaries(st.sampled_from(["name", "citation", "note"]), texts), max_size=3)
    if name == "extras":
        return st.dictionaries(texts, json_like, max_size=3)
    return texts


_OPTIONAL = {name: _plausible(name) for name in FIELDS if name not in ("id", "title")}
_SLUGS = st.text("abcdefghij-", min_size=1, max_size=12)
_TITLES = st.builds("{}{}".format, st.sampled_from(["Pupils", "School meals", "=Sums", "'Quoted'", "Ships;"]), texts)
documents = st.fixed_dictionaries({"id": _SLUGS, "title": _TITLES}, optional=_OPTIONAL).map(
    lambda row: clean(row, line=1, resolve=lambda name: name).document
)
"""Documents of entries, as the catalogue keeps them."""

entries: st.SearchStrategy[Dataset] = documents.map(lambda document: to_dataset(document or {}))
