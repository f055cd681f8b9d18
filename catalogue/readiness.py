"""How ready an entry is to be found and shared: a table of checks, what each is worth, and the field that mends it.

A check that does not apply (lead time of open data) is not counted. The score is the share of the points that apply
which the entry has, from 0 to 100. `refresh` keeps every entry's score and review date in a table, and one row a week
for each organisation, so that it can be seen whether things get better.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import islice

from catalogue import datasets, freshness
from catalogue.model import NOBODY_READS, AccessRights, Dataset, PersonalData, Status
from catalogue.store import Database

REVIEWED_EVERY = timedelta(days=365)
NEVER = "0000-00-00"
SHORT = 80
BATCH = 1_000
_IMPACT = re.compile(r"\bDPIA\b|impact assessment", re.IGNORECASE)
OF_PEOPLE = frozenset(PersonalData) - {PersonalData.NONE, PersonalData.AGGREGATE}


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What checks need beside the entry: the day, addresses that bounced, and entries whose contact was reported."""

    today: date
    bounced: frozenset[str] = frozenset()
    reported: frozenset[str] = frozenset()


Holds = Callable[[Dataset, Circumstances], bool | None]
"""Whether a check holds; None when it does not apply to this entry."""


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that is looked at: its points, and the field that mends it."""

    id: str
    points: int
    field: str
    holds: Holds


def is_open(entry: Dataset) -> bool:
    return entry.access_rights is AccessRights.OPEN


def _of_people(entry: Dataset) -> bool:
    return entry.personal_data in OF_PEOPLE


def _names_a_link(entry: Dataset) -> bool:
    urls = [entry.url, *(part.url for part in entry.distributions)]
    return any(url and url.startswith("https://") for url in urls)


def _contact_alive(entry: Dataset, around: Circumstances) -> bool | None:
    if not (entry.contact.email or entry.contact.slack_channel):
        return None
    return (entry.contact.email or "").lower() not in around.bounced and entry.id not in around.reported


def _on_time(entry: Dataset, around: Circumstances) -> bool | None:
    due = freshness.next_due(entry, today=around.today)
    return None if due is None else not due.is_late


def _when(applies: Callable[[Dataset], bool], holds: Callable[[Dataset], bool]) -> Holds:
    return lambda entry, _around: holds(entry) if applies(entry) else None


def _always(holds: Callable[[Dataset], object]) -> Holds:
    return lambda entry, _around: bool(holds(entry))


def _closed(entry: Dataset) -> bool:
    return not is_open(entry)


CHECKS: tuple[Check, ...] = (
    Check("described", 10, "description", _always(lambda entry: len(entry.description or "") >= SHORT)),
    Check("summed_up", 5, "summary", _always(lambda entry: 20 <= len(entry.summary or "") <= 250)),
    Check("titled", 3, "title", _always(lambda entry: len(entry.title.split()) >= 2)),
    Check("found", 4, "keywords", _always(lambda entry: entry.keywords or entry.alternative_titles or entry.acronyms)),
    Check("contactable", 12, "contact", _always(lambda entry: entry.contact.email or entry.contact.slack_channel)),
    Check("contact_alive", 8, "contact", _contact_alive),
    Check("openness", 8, "access_rights", _always(lambda entry: entry.access_rights)),
    Check("licensed", 6, "licence", _always(lambda entry: entry.licence)),
    Check("papers", 6, "documents_needed", _when(_closed, lambda entry: bool(entry.documents_needed))),
    Check("lead_time", 5, "lead_time_days", _when(_closed, lambda entry: entry.lead_time_days is not None)),
    Check("personal", 8, "personal_data", _always(lambda entry: entry.personal_data)),
    Check("subjects", 4, "data_subjects", _when(_of_people, lambda entry: bool(entry.data_subjects))),
    Check(
        "gateway",
        7,
        "legal_gateways",
        _when(lambda entry: _closed(entry) and _of_people(entry), lambda entry: bool(entry.legal_gateways)),
    ),
    Check(
        "impact",
        5,
        "documents_needed",
        _when(_of_people, lambda entry: any(_IMPACT.search(paper) for paper in entry.documents_needed)),
    ),
    Check("frequency", 5, "update_frequency", _always(lambda entry: entry.update_frequency)),
    Check("on_time", 5, "modified", _on_time),
    Check("coverage", 4, "spatial", _always(lambda entry: entry.spatial and entry.temporal)),
    Check("reachable", 6, "url", _when(is_open, _names_a_link)),
    Check("checked", 9, "last_verified", lambda entry, around: review_on(entry) > around.today.isoformat()),
)


@dataclass(frozen=True, slots=True)
class Readiness:
    """The score of an entry, 0 to 100, and the checks that do not hold, the dearest first."""

    score: int
    lost: tuple[Check, ...]


def of(entry: Dataset, around: Circumstances) -> Readiness:
    """How ready an entry is."""
    applying = [(check, held) for check in CHECKS if (held := check.holds(entry, around)) is not None]
    lost = sorted((check for check, held in applying if not held), key=lambda check: -check.points)
    whole = sum(check.points for check, _held in applying)
    return Readiness(round(100 * (1 - sum(check.points for check in lost) / whole)), tuple(lost))


def review_on(entry: Dataset) -> str:
    """The day on which an entry is to be checked again, a year after the last time; NEVER when it never was."""
    checked = entry.last_verified
    if not checked:
        return NEVER
    day = date.fromisoformat({4: f"{checked}-01-01", 7: f"{checked}-01"}.get(len(checked), checked))
    return (day + REVIEWED_EVERY).isoformat() if day.year < date.max.year - 1 else date.max.isoformat()


def circumstances(db: Database, *, now: datetime) -> Circumstances:
    """What the record knows beside the entries."""
    bounced = db.query("SELECT address FROM bounces")
    reported = db.query("SELECT dataset_id FROM proposals WHERE kind = 'contact' AND state = 'open'")
    return Circumstances(
        now.date(),
        frozenset(row["address"] for row in bounced),
        frozenset(row["dataset_id"] for row in reported),
    )


def refresh(db: Database, *, now: datetime) -> int:
    """Work out every entry's score and review date anew, and this week's row of each organisation.

    In small transactions, so that nobody waits. Returns how many entries there are.
    """
    around = circumstances(db, now=now)
    entries = (entry for entry in datasets.everything(db, audience=NOBODY_READS) if entry.status is Status.PUBLISHED)
    count = 0
    stamp = int(now.timestamp())
    while batch := list(islice(entries, BATCH)):
        count += len(batch)
        _write(db, batch, around, stamp)
    with db.atomic():
        db.execute("DELETE FROM readiness WHERE worked_out <> :stamp", {"stamp": stamp})
        week = {"week": week_of(now), "today": now.date().isoformat()}
        db.execute("DELETE FROM readiness_weeks WHERE week = :week", {"week": week["week"]})
        db.execute(
            "INSERT INTO readiness_weeks (publisher, week, entries, score, due)"
            " SELECT COALESCE(publisher, ''), :week, COUNT(*), CAST(ROUND(AVG(score)) AS INTEGER),"
            " SUM(CASE WHEN review_on <= :today THEN 1 ELSE 0 END) FROM readiness GROUP BY COALESCE(publisher, '')",
            week,
        )
    return count


def renew(db: Database, entry: Dataset, *, now: datetime) -> None:
    """Work out one entry anew, inside the caller's transaction."""
    rows = db.query("SELECT MAX(worked_out) AS stamp FROM readiness")
    stamp = rows[0]["stamp"] or int(now.timestamp())
    _write(db, [entry], circumstances(db, now=now), stamp)


def _write(db: Database, entries: Iterable[Dataset], around: Circumstances, stamp: int) -> None:
    db.execute_many(
        "INSERT INTO readiness (dataset_id, publisher, score, review_on, worked_out)"
        " VALUES (:id, :publisher, :score, :review_on, :stamp) ON CONFLICT (dataset_id) DO UPDATE SET"
        " publisher = excluded.publisher, score = excluded.score, review_on = excluded.review_on,"
        " worked_out = excluded.worked_out",
        [
            {
                "id": entry.id,
                "publisher": entry.publisher,
                "score": of(entry, around).score,
                "review_on": review_on(entry),
                "stamp": stamp,
            }
            for entry in entries
        ],
    )


def week_of(now: datetime) -> str:
    """The week as ISO 8601 writes it: `2026-W48`."""
    year, week, _day = now.isocalendar()
    return f"{year}-W{week:02}"


@dataclass(frozen=True, slots=True)
class Week:
    """How an organisation's entries stood in one week: how many, their mean score, how many were to be reviewed."""

    week: str
    entries: int
    score: int
    due: int


def weeks(db: Database, publisher: str, *, limit: int = 26) -> list[Week]:
    """An organisation's weeks, newest first."""
    rows = db.query(
        "SELECT week, entries, score, due FROM readiness_weeks WHERE publisher = :publisher"
        " ORDER BY week DESC LIMIT :limit",
        {"publisher": publisher, "limit": limit},
    )
    return [Week(**row) for row in rows]


def standings(db: Database, week: str) -> list[tuple[str, Week]]:
    """Every organisation in one week, by slug, the least ready first."""
    rows = db.query(
        "SELECT publisher, week, entries, score, due FROM readiness_weeks WHERE week = :week ORDER BY score, publisher",
        {"week": week},
    )
    return [(row.pop("publisher"), Week(**row)) for row in rows]
