"""What the index holds of an entry: the fields of the tantivy schema and how text becomes words.

| field | holds | used for |
|---|---|---|
| id | the entry's id, as it is | replacing and fetching |
| keys | id, title, other titles and acronyms, each as one folded key | exact look-ups |
| title, names, text | words, stemmed: of the title; of other titles, acronyms and keywords; of everything | ranking |
| words | the words of everything, as written | exact forms, and the vocabulary for spelling |
| publisher, theme, access, status | the value itself | narrowing |
| prior | how much to favour the entry when all else is equal | breaking ties |
"""

import math
import re
import unicodedata
from functools import lru_cache

import tantivy

from catalogue.model import AccessRights, Dataset, Edition, Status

VERSION = 4
"""Raised whenever this file changes what an index holds: an older index is then built anew."""

WORD_LIMIT = 40
LANGUAGE = "english"

NATIONS = frozenset(
    ["United Kingdom", "Great Britain", "England", "Wales", "Scotland", "Northern Ireland", "England and Wales", "Global", "Worldwide"]
)

RANKED = ("title", "names", "text")


@lru_cache(maxsize=1)
def schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("id", stored=True, tokenizer_name="raw", index_option="basic")
    builder.add_text_field("keys", tokenizer_name="raw", index_option="basic")
    builder.add_text_field("title", tokenizer_name="stems", index_option="position")
    builder.add_text_field("names", tokenizer_name="stems", index_option="position")
    builder.add_text_field("text", tokenizer_name="stems", index_option="position")
    builder.add_text_field("words", tokenizer_name="words", index_option="freq")
    for name in ("publisher", "theme", "access", "status"):
        builder.add_text_field(name, tokenizer_name="raw", index_option="basic")
    builder.add_float_field("prior", fast=True)
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


@lru_cache(maxsize=20_000)
def stem(word: str) -> str:
    """The stem under which the index holds `word`, itself a single word; "" when it holds none for it."""
    stems = _stem_analyzer().analyze(word)
    return stems[0] if stems else ""


def split(text: str) -> list[str]:
    """The words of a text as the index sees them: lower case, without accents, letters and digits only."""
    return _word_analyzer().analyze(text)


_NOT_WORD = re.compile(r"[^\w]+", re.ASCII)


@lru_cache(maxsize=50_000)
def fold(text: str) -> str:
    """The key of a name: lower case, no accents, `&` as "and", single spaces between words."""
    plain = text.lower() if text.isascii() else _without_accents(text.casefold())
    return _NOT_WORD.sub(" ", plain.replace("&", " and ").replace("'", "").replace("’", "")).replace("_", " ").strip()


def _without_accents(text: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))


def document(dataset: Dataset, publisher_names: str) -> tantivy.Document:
    """An entry as the index holds it; `publisher_names` are all present names of its publisher."""
    names = [*dataset.alternative_titles, *dataset.acronyms]
    everything = [
        dataset.title,
        " ".join(names),
        " ".join(dataset.keywords),
        publisher_names,
        dataset.summary or "",
        dataset.description or "",
        " ".join(part for part in (dataset.theme, dataset.spatial, dataset.granularity, dataset.data_subjects) if part),
    ]
    text = " \n".join(part for part in everything if part)
    return tantivy.Document(
        id=dataset.id,
        keys=sorted({dataset.id, *(fold(name) for name in (dataset.id, dataset.title, *names))} - {""}),
        title=dataset.title,
        names=" \n".join([*names, *dataset.keywords]),
        text=text,
        words=text,
        publisher=dataset.publisher or "",
        theme=fold(dataset.theme or ""),
        access=str(dataset.access_rights or ""),
        status=str(dataset.status),
        prior=_as_weight(prior(dataset)),
    )


def prior(dataset: Dataset) -> float:
    """The factor on an entry's score: near 1, so that it decides only between equals, but for withdrawn entries."""
    factor = 1.0
    if dataset.access_rights is AccessRights.OPEN:
        factor *= 1.03
    if dataset.spatial and not NATIONS.intersection(dataset.spatial.split("; ")):
        factor *= 0.9  # who asks for no place means the whole country
    if dataset.edition is Edition.PROVISIONAL:
        factor *= 0.97
    if dataset.status is Status.WITHDRAWN or dataset.superseded_by:
        factor *= 0.6
    return factor


def _as_weight(factor: float) -> float:
    """The field value that makes tantivy multiply a score by `factor`: it multiplies by log2(2 + value)."""
    return math.pow(2.0, factor) - 2.0
