"""How long a request took, and whom it waited for: the requester, the manager, legal or technical colleagues.

Every event says whose turn it is from then on; the times between events add up to the whole, with nothing left over.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median

from catalogue import clock, datasets
from catalogue.model import NOBODY_READS
from catalogue.requests.model import Event, ShareRequest, Waiting
from catalogue.requests.record import history
from catalogue.requests.states import Verb
from catalogue.store import Database

BASELINE = timedelta(days=182)
"""Six months: what sharing between public bodies usually took in the case that this project measures itself by, free
school meals across London boroughs, where it then took two days (round table, 2020)."""

NOTHING = timedelta()
ENOUGH, LAST = 3, 50
"""From so many decisions on it is known what is usual; of so many, the newest."""


@dataclass(frozen=True, slots=True)
class Turnaround:
    """Time from the first submission to now, to the end, or to when the data was supplied, by who was waited for."""

    requester: timedelta = NOTHING
    manager: timedelta = NOTHING
    legal: timedelta = NOTHING
    technical: timedelta = NOTHING

    @property
    def total(self) -> timedelta:
        return self.requester + self.manager + self.legal + self.technical

    def as_seconds(self) -> dict[str, float]:
        """For the event of the delivery to keep, so that the register need not read whole histories."""
        return {name: getattr(self, name).total_seconds() for name in self.__dataclass_fields__}

    def as_days(self) -> dict[str, float]:
        """For people and files: days with two decimals."""
        return {name: round(seconds / 86400, 2) for name, seconds in self.as_seconds().items()}

    @classmethod
    def of_seconds(cls, seconds: Mapping[str, float]) -> "Turnaround":
        return cls(**{name: timedelta(seconds=value) for name, value in seconds.items()})


def turnaround(events: Sequence[Event], *, now: datetime) -> Turnaround:
    """From the whole history of one request, oldest first. Nothing while it was never submitted."""
    spent: dict[Waiting, timedelta] = {}
    started = False
    for event, after in zip(events, [*events[1:], None], strict=True):
        started = started or event.verb is Verb.SUBMIT
        if not started:
            continue
        if event.verb is Verb.SUPPLY:
            break
        end = after.at if after else now
        spent[event.waiting_for] = spent.get(event.waiting_for, NOTHING) + max(end - event.at, NOTHING)
    return Turnaround(**{str(party): time for party, time in spent.items() if party is not Waiting.NOBODY})


def of_request(db: Database, request_id: str, *, now: datetime) -> Turnaround:
    """How long a request took until now, from its whole history: whom it waited for is no secret among the parties."""
    return turnaround(history(db, request_id, private=True), now=now)


def usual_days(db: Database, request: ShareRequest) -> int | None:
    """How many days a decision on such a request usually takes: in the middle of the last ones on the same data, else
    of the same holder; else what the entry says; None when nobody knows."""
    for column, value in (("dataset_id", request.dataset_id), ("holder", request.holder)):
        rows = db.query(
            f"SELECT submitted_at, decided_at FROM requests WHERE {column} = :value AND decided_at IS NOT NULL"
            f" AND submitted_at IS NOT NULL AND is_illustrative = 0 ORDER BY decided_at DESC LIMIT {LAST}",
            {"value": value},
        )
        if len(rows) >= ENOUGH:
            taken = [clock.moment(row["decided_at"]) - clock.moment(row["submitted_at"]) for row in rows]
            return max(round(median(each / timedelta(days=1) for each in taken)), 1)
    entry = datasets.get_many(db, [request.dataset_id], audience=NOBODY_READS)
    return entry[0].lead_time_days if entry else None
