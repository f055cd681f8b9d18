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
| facts | places, access, kind, years, publisher, theme as JSON | narrowing, when a phrase asks for one of them |
"""

import json
import math
from functools import lru_cache

import tantivy

from catalogue.model import AccessRights, Dataset, Edition, PersonalData, Status
from catalogue.search.places import gazetteer
from catalogue.text import fold

VERSION = 17
"""Raised whenever this file changes what an index holds: an older index is then built anew."""

WORD_LIMIT = 40
LANGUAGE = "english"

TITLE_TIMES, NAMES_TIMES = 2, 1
"""How often the title and the other names stand in the field of everything: the words of a title count for more."""

OPEN = 1.03
PROVISIONAL = 0.95
WITHDRAWN = 0.45
NATION = 0.72
LOCAL = 0.7


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
    builder.add_bytes_field("facts", stored=True)
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


@lru_cache(maxsize=20_000)
def stem(word: str) -> str:
    """The stem under which the index holds `word`, itself a single word; "" when it holds none for it."""
    stems = _stem_analyzer().analyze(word)
    return stems[0] if stems else ""


def stems_of(text: str) -> list[str]:
    """The stems of a text as the index holds them, in their order."""
    return _stem_analyzer().analyze(text)


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
        facts=json.dumps(facts(dataset)).encode(),
        prior=_as_weight(prior(dataset) * breadth(dataset)),
        prior_placed=_as_weight(prior(dataset)),
    )


def facts(dataset: Dataset) -> dict[str, object]:
    """What a phrase can ask for besides words: places covered, access, kind, years, holder, theme."""
    start, _slash, end = (dataset.temporal or "").partition("/")
    return {
        "places": places_of(dataset),
        "access": str(dataset.access_rights or ""),
        "service": is_service(dataset),
        "years": [start[:4] if start[:4].isdigit() else "", "9999" if end == ".." else end[:4] or start[:4]],
        "publisher": dataset.publisher or "",
        "theme": fold(dataset.theme or ""),
        "detail": detail(dataset),
    }


def places_of(dataset: Dataset) -> tuple[str, ...]:
    """The slugs of the places an entry covers: those it names, else that of the council which holds it."""
    places = gazetteer().covered(dataset.spatial)
    if not places and dataset.publisher in gazetteer().by_organisation:
        return (gazetteer().by_organisation[dataset.publisher].slug,)
    return places


def detail(dataset: Dataset) -> str:
    """Whether an entry is of counts or of records about people; "" when it is neither or does not say."""
    if dataset.personal_data in (None, PersonalData.NONE):
        return ""
    return "counts" if dataset.personal_data is PersonalData.AGGREGATE else "records"


def is_service(dataset: Dataset) -> bool:
    """Whether the entry is a data service (an API) or can be had by one."""
    if " api" in f" {fold(dataset.title)} " or fold(str(dataset.extras.get("type", ""))) == "api":
        return True
    return any("api" in fold(part.title or "").split() for part in dataset.distributions)


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
