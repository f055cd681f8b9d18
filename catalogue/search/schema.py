"""What the index holds of an entry: the fields of the tantivy schema and how text becomes words.

| field | holds | used for |
|---|---|---|
| id | the entry's id, as it is | replacing and fetching |
| change | the number of its last change, which is its alone | scoring chosen entries |
| keys | id, title, other titles and acronyms, each as one folded key | exact look-ups |
| title, names, text | words, stemmed: of the title; of other titles, acronyms and keywords; of everything | ranking |
| words | the words of everything, as written | exact forms, and the vocabulary for spelling |
| starts | the words of its names, as written | completing what is being typed |
| publisher | the holder's slug | narrowing to a holder |
| prior, prior_placed | how much to favour the entry when no place is asked for, and when one is | breaking ties |
| facts, places, holder | what `facts.py` packs: access, kind, years, theme; places; holder | narrowing |
"""

import math
from collections.abc import Mapping
from functools import lru_cache
from zlib import crc32

import tantivy

from catalogue.model import AccessRights, Dataset, Edition, Status
from catalogue.search.facts import COLUMNS, packed
from catalogue.search.places import gazetteer
from catalogue.text import fold

VERSION = 18
"""Raised whenever this file or `facts.py` changes what an index holds: an older index is then built anew."""

WORD_LIMIT = 40
LANGUAGE = "english"
_WORDS_APART = {code: chr(code).lower() if chr(code).isalnum() else " " for code in range(128)}

TITLE_TIMES, NAMES_TIMES = 2, 1
"""How often the title and the other names stand in the field of everything: the words of a title count for more."""

OPEN = 1.03
PROVISIONAL = 0.95
WITHDRAWN = 0.45
NATION = 0.72
LOCAL = 0.7


@lru_cache(maxsize=1)
def version() -> int:
    """The version of what an index holds; another one too when the gazetteer has other places."""
    return crc32(f"{VERSION} {' '.join(gazetteer().places)}".encode())


@lru_cache(maxsize=1)
def schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("id", stored=True, tokenizer_name="raw", index_option="basic")
    builder.add_integer_field("change", indexed=True, fast=True)
    builder.add_text_field("keys", tokenizer_name="raw", index_option="basic")
    builder.add_text_field("title", tokenizer_name="stems", index_option="freq")
    builder.add_text_field("names", tokenizer_name="stems", index_option="freq")
    builder.add_text_field("text", tokenizer_name="stems", index_option="freq")
    builder.add_text_field("words", tokenizer_name="words", index_option="freq")
    builder.add_text_field("starts", tokenizer_name="words", index_option="basic")
    builder.add_text_field("publisher", tokenizer_name="raw", index_option="basic")
    for column in COLUMNS:
        builder.add_integer_field(column, fast=True)
    builder.add_float_field("prior", fast=True)
    builder.add_float_field("prior_placed", fast=True)
    return builder.build()


@lru_cache(maxsize=1)
def _word_analyzer() -> tantivy.TextAnalyzer:
    return _analyzer(stem=False)


@lru_cache(maxsize=1)
def _stem_analyzer() -> tantivy.TextAnalyzer:
    return _analyzer(stem=True)


def _analyzer(*, stem: bool) -> tantivy.TextAnalyzer:
    builder = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.simple()).filter(tantivy.Filter.remove_long(WORD_LIMIT))
    builder = builder.filter(tantivy.Filter.lowercase()).filter(tantivy.Filter.ascii_fold())
    return (builder.filter(tantivy.Filter.stemmer(LANGUAGE)) if stem else builder).build()


def prepare(index: tantivy.Index) -> tantivy.Index:
    """Tell an index how its words are made. To be called on every index that is opened."""
    index.register_tokenizer("stems", _stem_analyzer())
    index.register_tokenizer("words", _word_analyzer())
    return index


@lru_cache(maxsize=50_000)
def stem(word: str) -> str:
    """The stem under which the index holds `word`, itself a single word; "" when it holds none for it."""
    stems = _stem_analyzer().analyze(word)
    return stems[0] if stems else ""


def places_of(stems: Mapping[str, str], text: str) -> dict[str, list[int]]:
    """Where in a text words of these stems stand, by stem: as the how manieth word. `stems` gives for each stem what
    every word of it begins with (`start_of`), so that only words that may be wanted are stemmed."""
    words = " " + (text.translate(_WORDS_APART) if text.isascii() else " ".join(split(text))) + " "
    found: dict[str, list[int]] = {}
    for wanted, start in stems.items():
        at = words.find(start)
        while at >= 0:
            end = words.index(" ", at + 1)
            if stem(words[at + 1 : end]) == wanted:
                found.setdefault(wanted, []).append(len(words[:at].split()))
            at = words.find(start, end)
    return found


def start_of(stem: str) -> str:
    """What every word of this stem begins with, after the space before it."""
    return " " + (stem[:-1] if len(stem) > 3 else stem[:1])  # “happi” is the stem of “happy”, “die” of “dying”


def split(text: str) -> list[str]:
    """The words of a text as the index sees them: lower case, without accents, letters and digits only."""
    return _word_analyzer().analyze(text)


def document(dataset: Dataset, publisher_names: str) -> tantivy.Document:
    """An entry as the index holds it; `publisher_names` are all present names of its publisher."""
    names = [*dataset.alternative_titles, *dataset.acronyms]
    everything = [
        *[dataset.title] * TITLE_TIMES,
        *[" ".join([*names, *dataset.keywords])] * NAMES_TIMES,
        publisher_names,
        dataset.summary or "",
        dataset.description or "",
        " ".join(part for part in (dataset.theme, dataset.spatial, dataset.granularity, dataset.data_subjects) if part),
    ]
    text = " \n".join(part for part in everything if part)
    return tantivy.Document(
        id=dataset.id,
        change=dataset.change,
        keys=sorted({dataset.id, *(fold(name) for name in (dataset.id, dataset.title, *names))} - {""}),
        title=dataset.title,
        names=" \n".join([*names, *dataset.keywords]),
        text=text,
        words=text,
        starts=" \n".join([dataset.title, *names]),
        publisher=dataset.publisher or "",
        **dict(zip(COLUMNS, packed(dataset), strict=True)),
        prior=_as_weight(prior(dataset) * breadth(dataset)),
        prior_placed=_as_weight(prior(dataset)),
    )


def prior(dataset: Dataset) -> float:
    """The factor on an entry's score that decides between equals: open first, final first, and withdrawn far behind."""
    factor = 1.0
    if dataset.access_rights is AccessRights.OPEN:
        factor *= OPEN
    if dataset.edition is Edition.PROVISIONAL:
        factor *= PROVISIONAL
    if dataset.status is Status.WITHDRAWN or dataset.superseded_by:
        factor *= WITHDRAWN
    return factor


def breadth(dataset: Dataset) -> float:
    """The factor for how much of the country an entry covers: who names no place seldom means one council's."""
    kinds = {gazetteer().places[slug].kind for slug in gazetteer().covered(dataset.spatial)}
    if not kinds or kinds & {"country", "group"} or "England" in (dataset.spatial or ""):
        return 1.0
    return NATION if "nation" in kinds else LOCAL


PRIOR_SCALE = 3.0
"""tantivy multiplies a score by log2(2 + value), value at least 0: priors are kept threefold and scores divided."""


def _as_weight(factor: float) -> float:
    """The field value that makes tantivy multiply a score by `factor` times PRIOR_SCALE."""
    return math.pow(2.0, factor * PRIOR_SCALE) - 2.0
