"""What to say before a request is started: it is there already, somebody asked, or something open will do."""

from collections.abc import Sequence
from datetime import datetime

from catalogue import datasets, people, rights
from catalogue.model import AccessRights, Dataset, Person
from catalogue.requests.model import Before
from catalogue.requests.record import shares_with, to_request
from catalogue.rights import Action, Thing
from catalogue.store import Database


def before(db: Database, dataset_id: str, *, by: Person, now: datetime, open_instead: Sequence[Dataset] = ()) -> Before:
    """What is known already. `open_instead` are open entries on the subject that the caller found.

    Drafts of colleagues are theirs and do not show. Raises NotFound, NotAllowed as `start` does.
    """
    dataset = datasets.get(db, dataset_id, audience=people.audience_of(by))
    rights.require(by, Action.START_REQUEST, Thing(dataset=dataset), about=dataset.id, now=now)
    if dataset.access_rights is AccessRights.OPEN:
        return Before(dataset, is_open=True)
    rows = db.query(
        "SELECT * FROM requests WHERE dataset_id = :dataset"
        " AND state IN ('draft', 'submitted', 'in_review', 'returned')"
        " AND (author = :person OR (organisation = :organisation AND state <> 'draft')) ORDER BY number",
        {"dataset": dataset.id, "person": by.id, "organisation": by.organisation},
    )
    going = [to_request(row) for row in rows]
    return Before(
        dataset,
        is_open=False,
        shares=tuple(shares_with(db, by.organisation, dataset.id)) if by.organisation else (),
        own=tuple(each for each in going if each.author == by.id),
        waiting=tuple(each for each in going if each.author != by.id),
        open_instead=tuple(open_instead),
    )
