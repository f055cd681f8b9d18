"""Following: an entry, everything of an organisation, or a question that nobody could answer yet.

Whoever writes an entry tells nobody. `notice` goes through the changes in the order of their numbers, whichever way
they came, and tells followers what happened: added, superseded, withdrawn, opened, changed, answered. At once or in
one message a day. What somebody may no longer know, they are not told of: that is looked at when the message is sent.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from catalogue import clock, datasets, organisations, outbox
from catalogue.errors import NotAllowed, NotFound
from catalogue.model import Audience, Dataset, Person, Revision
from catalogue.people import find
from catalogue.rights import audience_of
from catalogue.search.find import Search
from catalogue.store import Database

PAGE = 200
NEWS_KEPT = timedelta(days=30)
DIGEST_AT = time(9)
MOST = 200
"""How much one person can follow."""

LONGEST = 300
"""Characters of what is followed: as many as an id has."""

ENOUGH = 0.6
"""The share of a saved question's weight that an entry has to hold to answer it."""

SILENT = frozenset({"last_verified", "source", "source_id", "extras"})
"""Fields whose change is no news."""


@dataclass(frozen=True, slots=True)
class Follow:
    """Somebody follows something: an entry's id, an organisation's slug, or the content words of a question."""

    number: int
    person: str
    kind: str
    what: str
    pace: str


@dataclass(frozen=True, slots=True)
class News:
    """One thing to tell a follower: what happened to which entry."""

    follow: int
    dataset_id: str
    happening: str


def start(db: Database, person: Person, kind: str, what: str, *, now: datetime) -> bool:
    """Follow something. False when they do already. Raises NotFound for an entry that they may not know of and for an
    organisation that is none, NotAllowed when they follow as much as one person can."""
    if kind == "organisation" and organisations.find(db, what) is None:
        raise NotFound("organisation", what[:80])
    with db.atomic():
        own = of(db, person.id)
        if len(own) >= MOST and not any((each.kind, each.what) == (kind, what[:LONGEST]) for each in own):
            raise NotAllowed(
                f"You follow {MOST} things, and more you cannot. Stop following one of them in your Home first."
            )
        new = db.execute(
            "INSERT INTO follows (person, kind, what, pace, at) VALUES (:person, :kind, :what, 'at_once', :now)"
            " ON CONFLICT (person, kind, what) DO NOTHING",
            {"person": person.id, "kind": kind, "what": what[:LONGEST], "now": clock.stamp(now)},
        )
        if kind == "entry":
            entry = datasets.get(db, what, audience=audience_of(person))
            _told_up_to(db, entry)
        return bool(new)


def stop(db: Database, number: int, person: Person) -> bool:
    """Follow no longer. False when they did not."""
    return bool(
        db.execute(
            "DELETE FROM follows WHERE number = :number AND person = :person", {"number": number, "person": person.id}
        )
    )


def set_pace(db: Database, number: int, person: Person, pace: str) -> bool:
    """Be told `at_once` or `daily`. False when they do not follow it."""
    return bool(
        db.execute(
            "UPDATE follows SET pace = :pace WHERE number = :number AND person = :person",
            {"number": number, "person": person.id, "pace": pace},
        )
    )


def of(db: Database, person_id: str) -> list[Follow]:
    """What somebody follows, the newest first."""
    rows = db.query("SELECT * FROM follows WHERE person = :person ORDER BY number DESC", {"person": person_id})
    return [_follow(row) for row in rows]


def get(db: Database, number: int) -> Follow:
    """One follow. Raises NotFound once it has ended."""
    rows = db.query("SELECT * FROM follows WHERE number = :number", {"number": number})
    if not rows:
        raise NotFound("follow", str(number))
    return _follow(rows[0])


def news(db: Database, person_id: str, day: str) -> list[News]:
    """What one person's message of one day tells, as far as they still follow it."""
    rows = db.query(
        "SELECT n.follow, n.dataset_id, n.happening FROM follow_news n JOIN follows f ON f.number = n.follow"
        " WHERE n.person = :person AND n.day = :day ORDER BY n.dataset_id, n.revision",
        {"person": person_id, "day": day},
    )
    return [News(row["follow"], row["dataset_id"], row["happening"]) for row in rows]


def notice(db: Database, search: Search, *, now: datetime) -> int:
    """Tell followers of the changes that nobody was told of yet; returns how many changes were looked at.

    A page of changes, what is told of them and how far that got are one transaction: killed, it is done again.
    """
    looked_at = 0
    while True:
        done = _reached(db)
        changed = datasets.changed_since(db, done, limit=PAGE)
        if not changed:
            return looked_at
        hits = list(_answers(db, search, changed))  # outside the transaction: a search may bring the index up to date
        with db.atomic():
            moved = db.execute(
                "UPDATE counters SET value = :to WHERE name = 'followed' AND value = :done",
                {"to": changed[-1].change, "done": done},
            )
            if not moved:
                return looked_at  # another process is at it
            for dataset in changed:
                _tell_of(db, dataset, now=now)
            for follow, dataset in hits:
                _answer(db, follow, dataset, now=now)
        looked_at += len(changed)


def forget(db: Database, *, now: datetime) -> None:
    """Remove news long told."""
    day = (now - NEWS_KEPT).date().isoformat()
    db.execute("DELETE FROM follow_news WHERE day < :day", {"day": day})


def happening_of(dataset: Dataset, revisions: Sequence[Revision]) -> str | None:
    """What these revisions of an entry come to for whoever follows it; None when it is no news."""
    changes: dict[str, list[object]] = {}
    for revision in revisions:
        if revision.action == "add":
            return "added"
        for field, (before, after) in revision.changes.items():
            changes[field] = [changes.get(field, [before])[0], after]
    changed = {field for field, (before, after) in changes.items() if before != after} - SILENT
    if "superseded_by" in changed and dataset.superseded_by:
        return "superseded"
    if "status" in changed:
        return str(dataset.status)
    if "access_rights" in changed and dataset.access_rights == "OPEN":
        return "opened"
    return "changed" if changed else None


def _reached(db: Database) -> int:
    return int(db.query("SELECT value FROM counters WHERE name = 'followed'")[0]["value"])


def _tell_of(db: Database, dataset: Dataset, *, now: datetime) -> None:
    rows = db.query(
        "SELECT * FROM follows WHERE (kind = 'entry' AND what = :id) OR (kind = 'organisation' AND what = :publisher)",
        {"id": dataset.id, "publisher": dataset.publisher or ""},
    )
    if not rows:
        return
    seen = db.query("SELECT revision FROM followed WHERE dataset_id = :id", {"id": dataset.id})
    last = seen[0]["revision"] if seen else dataset.revision - 1
    revisions = [each for each in datasets.history(db, dataset.id) if each.revision > last]
    happening = happening_of(dataset, revisions)
    _told_up_to(db, dataset)
    told: set[str] = set()
    for follow in sorted(map(_follow, rows), key=lambda each: each.kind != "entry"):
        if happening and follow.person not in told:  # an entry of an organisation that they follow too is told once
            told.add(follow.person)
            _tell(db, follow, dataset, happening, now=now)


def _tell(db: Database, follow: Follow, dataset: Dataset, happening: str, *, now: datetime) -> None:
    if follow.pace == "at_once":
        values = {"follow": follow.number, "dataset": dataset.id, "happening": happening}
        key = f"follow:{follow.number}:{dataset.id}:{dataset.revision}"
        outbox.tell(db, "follow.news", follow.person, values, about=f"follow:{follow.number}", key=key, now=now)
        return
    due = _next_digest(now)
    day = due.date().isoformat()
    db.execute(
        "INSERT INTO follow_news (follow, dataset_id, revision, happening, day, person) VALUES"
        " (:follow, :dataset, :revision, :happening, :day, :person)"
        " ON CONFLICT (follow, dataset_id, revision) DO NOTHING",
        {
            "follow": follow.number,
            "dataset": dataset.id,
            "revision": dataset.revision,
            "happening": happening,
            "day": day,
            "person": follow.person,
        },
    )
    about = f"follows:{follow.person}:{day}"
    outbox.tell(db, "follow.digest", follow.person, {"day": day}, about=about, key=about, now=now, due=due)


def _answer(db: Database, follow: Follow, dataset: Dataset, *, now: datetime) -> None:
    """Tell somebody that their question has an answer, with which it ends."""
    if db.execute("DELETE FROM follows WHERE number = :number", {"number": follow.number}):
        values = {"subject": follow.what, "dataset": dataset.id}
        key = f"follow:{follow.number}:answered"
        outbox.tell(db, "follow.answered", follow.person, values, about=dataset.id, key=key, now=now)


def _next_digest(now: datetime) -> datetime:
    """Nine o'clock in London, today or tomorrow."""
    local = clock.london(now)
    nine = local.replace(hour=DIGEST_AT.hour, minute=0, second=0, microsecond=0)
    return nine if nine > local else nine + timedelta(days=1)


def _answers(db: Database, search: Search, changed: Sequence[Dataset]) -> Iterator[tuple[Follow, Dataset]]:
    """Saved questions that one of these entries answers, each with the best of them."""
    by_id = {dataset.id: dataset for dataset in changed}
    for row in db.query("SELECT * FROM follows WHERE kind = 'question' ORDER BY number"):
        follow = _follow(row)
        try:
            audience: Audience = audience_of(find(db, follow.person))
        except NotFound:
            continue
        hits = search.find(follow.what, audience=audience, limit=3).hits
        best = next((hit for hit in hits if hit.dataset.id in by_id and hit.coverage >= ENOUGH), None)
        if best and best.dataset.status == "published":
            yield follow, best.dataset


def _told_up_to(db: Database, dataset: Dataset) -> None:
    db.execute(
        "INSERT INTO followed (dataset_id, revision) VALUES (:id, :revision) ON CONFLICT (dataset_id) DO UPDATE"
        " SET revision = excluded.revision WHERE followed.revision < excluded.revision",
        {"id": dataset.id, "revision": dataset.revision},
    )


def _follow(row: dict[str, object]) -> Follow:
    return Follow(int(str(row["number"])), str(row["person"]), str(row["kind"]), str(row["what"]), str(row["pace"]))
