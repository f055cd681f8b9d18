"""The conditions of an entry for whoever asks: their case, the explanation by the rules, and open figures instead."""

from catalogue.model import AccessRights, Audience, Dataset, PersonalData, Status
from catalogue.search.vocabulary import Vocabulary
from catalogue.sharing.explain import explain
from catalogue.sharing.explanation import Explanation
from catalogue.sharing.facts import Body, Case, Granularity
from intents.answers import Shown
from intents.case import completed, purpose_spoken_of, read
from intents.context import Context, Question
from intents.uses import granularity_of, purpose_of, user_of

ALTERNATIVES = 2
SHARED_SUBJECT = 0.5
"""The share of an entry's title that open figures have to hold to be about the same subject."""


def case_of(question: Question, text: str, vocabulary: Vocabulary) -> Case:
    """What a text says of who would use the data, what for and in what detail; of the asker's own organisation at least.

    What the words that announce it ("for research") do not say is read as people say it ("for her thesis"). That
    totals are enough is never read so: the rules ask for less then.
    """
    own = vocabulary.organisations.get(question.asker.organisation or "") if question.asker else None
    case = read(text, vocabulary, asker=Body.of(own) if own else Body()).case
    detail = granularity_of(text)
    return completed(
        case,
        recipient=user_of(text, vocabulary),
        purpose=purpose_spoken_of(text) or purpose_of(text),
        granularity=None if detail is Granularity.AGGREGATE else detail,
    )


def explain_entry(context: Context, entry: Shown, case: Case, *, audience: Audience) -> Explanation:
    """The explanation for an entry, with the open figures on its subject that the audience may know."""
    found = alternatives(context, entry.dataset, audience=audience)
    return explain(entry.dataset, case, holder=entry.holder, alternatives=found)


def alternatives(context: Context, dataset: Dataset, *, audience: Audience) -> tuple[Dataset, ...]:
    """Open entries without records of people on the subject of one that is not open: its holder's, then its theme's."""
    if dataset.access_rights is AccessRights.OPEN:
        return ()
    fitting: dict[str, Dataset] = {}
    for words in filter(None, (dataset.title, " ".join(dataset.keywords[:3]))):
        for hit in context.search.find(words, audience=audience, limit=20).hits:
            if hit.coverage >= SHARED_SUBJECT and hit.dataset.id != dataset.id and _is_open_figures(hit.dataset):
                fitting.setdefault(hit.dataset.id, hit.dataset)
    own = [other for other in fitting.values() if dataset.publisher and other.publisher == dataset.publisher]
    near = [other for other in fitting.values() if dataset.theme and other.theme == dataset.theme and other not in own]
    return tuple([*own, *near][:ALTERNATIVES])


def _is_open_figures(dataset: Dataset) -> bool:
    return (
        dataset.access_rights is AccessRights.OPEN
        and dataset.status is Status.PUBLISHED
        and dataset.personal_data in (PersonalData.NONE, PersonalData.AGGREGATE)
    )
