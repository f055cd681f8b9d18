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


@dataclass(frozen=True, slots=True)
class Register:
    """The lines that were asked for, newest first, and how long all of the register took."""

    lines: tuple[Line, ...]
    figures: Figures


@dataclass(frozen=True, slots=True)
class _Chosen:
    """Which shares are wanted: of one holder, one recipient, one dataset, one request; None for any."""

    holder: str | None = None
    recipient: str | None = None
    dataset_id: str | None = None
    reference: str | None = None

    def has(self, each: Share | Line) -> bool:
        return (
            self.holder in (None, each.holder)
            and self.recipient in (None, each.recipient)
            and self.dataset_id in (None, each.dataset_id)
            and self.reference in (None, each.reference if isinstance(each, Line) else each.request_id)
        )


def read(db: Database, *, holder: str | None = None, recipient: str | None = None) -> Register:
    """The register with its figures, read once; its lines of one holder or one recipient when they are given."""
    every, chosen = list(_public(db, _Chosen())), _Chosen(holder, recipient)
    return Register(tuple(line for line, _ in every if chosen.has(line)), _figures([taken for _, taken in every]))


def lines(
    db: Database, *, holder: str | None = None, recipient: str | None = None, dataset_id: str | None = None
) -> list[Line]:
    """The register, newest first; of one holder, one recipient or one dataset when they are given."""
    chosen = _Chosen(holder, recipient, dataset_id)
    return [line for line, _taken in _public(db, chosen)]


def line_of(db: Database, reference: str) -> Line | None:
    """What the register says of one request; None when it says nothing, whatever the reason."""
    return next((line for line, _taken in _public(db, _Chosen(reference=reference))), None)


def _figures(taken: Sequence[Turnaround]) -> Figures:
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


def _public(db: Database, chosen: _Chosen) -> Iterator[tuple[Line, Turnaround]]:
    """What everybody may read: of shares of entries and between bodies that everybody may know."""
    known_shares = shares_in(db, [ShareState.SUPPLIED, ShareState.ENDED])
    shares = [share for share in known_shares if share.supplied_at and chosen.has(share)]
    names = {body.slug: body.name for body in organisations.known_to_everyone(db)}
    for page in range(0, len(shares), PAGE):
        some = shares[page : page + PAGE]
        known = datasets.public_titles(db, list({each.dataset_id for each in some}))
        seconds = waited(db, [share.request_id for share in some])
        for share in some:
            bodies = {body for body in (share.holder, share.recipient) if body is not None}
            if share.dataset_id in known and share.supplied_at and bodies <= names.keys():
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
