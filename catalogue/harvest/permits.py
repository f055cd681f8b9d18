"""Rows of a file that the person who brings them may not bring: left out, each with its reason.

That an entry is somebody else's is said in the same words whether or not it is there, so that a file finds out nothing.
"""

from collections.abc import Callable, Collection, Iterator
from datetime import datetime

from catalogue import rights
from catalogue.model import Dataset, Person
from catalogue.rights import Thing
from catalogue.rows import Fault
from catalogue.store import Database

May = Callable[[str, bool, str | None], bool]
"""Whether a row may be brought: its id, whether there is such an entry, and the publisher whose it is or would be."""

REASON = "You do not look after entries of this organisation, or this entry is not yours. Ask its stewards."


def of_person(person: Person, *, now: datetime) -> May:
    """What a person may bring: entries of organisations that they look after, and entries that they look after."""

    def may(dataset_id: str, is_there: bool, publisher: str | None) -> bool:
        if is_there:
            thing = Thing(Dataset(dataset_id, dataset_id, publisher=publisher))
            return rights.may(person, "entry.edit", thing, now=now)
        return rights.may(person, "entry.add", Thing(organisation=publisher), now=now)

    return may


def leave_out(db: Database, run: str, may: May, *, only: Collection[str] | None = None) -> Iterator[Fault]:
    """Take the rows of a run that may not be brought, all or only of some entries, out of what is staged."""
    rows = db.query(
        "SELECT s.place, s.id, s.publisher AS given, d.publisher AS present, d.id AS known FROM staged s"
        " LEFT JOIN datasets d ON d.id = s.id WHERE s.run = :run ORDER BY s.place",
        {"run": run},
    )
    refused = []
    for row in rows:
        is_there = row["known"] is not None
        if only is not None and row["id"] not in only:
            continue
        if not may(row["id"], is_there, row["present"] if is_there else row["given"]):
            refused.append({"run": run, "id": row["id"]})
            yield Fault(row["place"], "publisher", REASON, left_out=True)
    db.execute_many("DELETE FROM staged WHERE run = :run AND id = :id", refused)
