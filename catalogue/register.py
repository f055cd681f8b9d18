"""The register: who shared what with whom, on what power, for what benefit, until when. Only what may be public.

A share is in it from the day on which data was supplied, and stays after its end. It shows entries that everybody may
know, and of them only what a requester was told would be published: the power and the benefit, never the answers, the
terms or a person.
"""

import csv
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from statistics import median
from typing import TextIO

from catalogue import datasets, organisations
from catalogue.requests.model import Share, ShareState
from catalogue.requests.record import shares_in, waited
from catalogue.requests.turnaround import BASELINE, Turnaround
from catalogue.store import Database
from catalogue.text import safe_cell

PAGE = 500


@dataclass(frozen=True, slots=True)
class Line:
    """One share as everybody may read it. Bodies by slug and by name; `ends_on` is when it ended, if it
    has; `days` from submission to the data."""

    reference: str
    dataset_id: str
    dataset: str
    holder: str | None
    holder_name: str
    recipient: str | None
    recipient_name: str
    power: str | None
    benefit: str | None
    began_on: date
    ends_on: date | None
    review_on: date | None
    is_in_force: bool
    days: int
    is_illustrative: bool


@dataclass(frozen=True, slots=True)
class Figures:
    """How long the shares of the register took, in days, beside the six months that they are measured by.

    The parties' figures are medians of the days that each was waited for. All None while there is no share.
    """

    shares: int
    median: float | None
    quickest: float | None
    requester: float | None
    manager: float | None
    legal: float | None
    technical: float | None
    baseline: float = BASELINE / timedelta(days=1)


def lines(
    db: Database, *, holder: str | None = None, recipient: str | None = None, dataset_id: str | None = None
) -> list[Line]:
    """The register, newest first; of one holder, one recipient or one dataset when they are given."""
    return [line for line, _taken in _public(db, holder, recipient, dataset_id)]


def figures(db: Database) -> Figures:
    """How long the public shares took."""
    taken = [each for _line, each in _public(db, None, None, None)]
    totals = [_days(each.total) for each in taken]
    return Figures(
        shares=len(taken),
        median=_middle(totals),
        quickest=min(totals) if totals else None,
        requester=_middle([_days(each.requester) for each in taken]),
        manager=_middle([_days(each.manager) for each in taken]),
        legal=_middle([_days(each.legal) for each in taken]),
        technical=_middle([_days(each.technical) for each in taken]),
    )


def write_csv(rows: Iterable[Line], out: TextIO) -> int:
    """Write the register as CSV, with a header; returns how many shares. No cell can run in a spreadsheet."""
    writer = csv.DictWriter(out, list(Line.__dataclass_fields__), lineterminator="\r\n")
    writer.writeheader()
    count = 0
    for line in rows:
        writer.writerow({name: safe_cell(_cell(value)) for name, value in asdict(line).items()})
        count += 1
    return count


def as_json(line: Line) -> dict[str, object]:
    """The line with dates as text."""
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in asdict(line).items()}


def _cell(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else str(value)


def _public(
    db: Database, holder: str | None, recipient: str | None, dataset_id: str | None
) -> Iterator[tuple[Line, Turnaround]]:
    shares = [
        share
        for share in shares_in(db, [ShareState.SUPPLIED, ShareState.ENDED])
        if share.supplied_at
        and (holder is None or share.holder == holder)
        and (recipient is None or share.recipient == recipient)
        and (dataset_id is None or share.dataset_id == dataset_id)
    ]
    names = {body.slug: body.name for body in organisations.known_to_everyone(db)}
    for page in range(0, len(shares), PAGE):
        some = shares[page : page + PAGE]
        known = datasets.public_titles(db, list({each.dataset_id for each in some}))
        seconds = waited(db, [share.request_id for share in some])
        for share in some:
            body_is_public = share.recipient is None or share.recipient in names
            if share.dataset_id in known and share.supplied_at and body_is_public:
                taken = Turnaround.of_seconds(seconds.get(share.request_id, {}))
                yield _line(share, known[share.dataset_id], share.supplied_at, names, taken), taken


def _line(share: Share, title: str, supplied: datetime, names: Mapping[str, str], taken: Turnaround) -> Line:
    return Line(
        reference=share.request_id,
        dataset_id=share.dataset_id,
        dataset=title,
        holder=share.holder,
        holder_name=names.get(share.holder or "", "Not provided"),
        recipient=share.recipient,
        recipient_name=names.get(share.recipient or "", "Not provided"),
        power=share.power,
        benefit=share.benefit,
        began_on=supplied.date(),
        ends_on=share.ended_at.date() if share.ended_at else share.ends_on,
        review_on=share.review_on,
        is_in_force=share.state is ShareState.SUPPLIED,
        days=round(_days(taken.total)),
        is_illustrative=share.is_illustrative,
    )


def _days(time: timedelta) -> float:
    return round(time / timedelta(days=1), 1)


def _middle(values: Sequence[float]) -> float | None:
    return round(median(values), 1) if values else None
