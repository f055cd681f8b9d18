"""What a run did to public bodies, so that it can be taken back: each with its document and origin before and after.

The newest that the runs of a source wrote of a body is that source's last word on it. While the source says the same,
nothing is written, whatever became of the body here since: so an undo lasts. What refers to a body is in
`references.py`.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict, dataclass

from catalogue import organisations
from catalogue.harvest import references
from catalogue.store import Database

Written = tuple[str | None, str | None]
"""A body's document and origin; both None where there is no such body."""
ABSENT: Written = (None, None)


@dataclass(frozen=True, slots=True)
class Change:
    """What became of the body `slug`: it was added where there is nothing before, removed where nothing is after."""

    slug: str
    before: str | None
    origin_before: str | None
    after: str | None
    origin_after: str | None

    def backwards(self) -> "Change":
        return Change(self.slug, self.after, self.origin_after, self.before, self.origin_before)


@dataclass(frozen=True, slots=True)
class TakenBack:
    """What became of the bodies of a run that is undone: slugs. `in_use`: it added them, something refers to them."""

    put_back: list[str]
    removed: list[str]
    changed_since: list[str]
    in_use: list[str]


def present(db: Database) -> dict[str, Written]:
    """Every body as it is now, by slug."""
    rows = db.query("SELECT slug, document, origin FROM organisations ORDER BY slug")
    return {row["slug"]: (row["document"], row["origin"]) for row in rows}


def write(db: Database, run: str, changes: Collection[Change]) -> None:
    """Make changes and keep them, inside the caller's transaction, in which nobody else changes the vocabulary."""
    plan(db, run, changes)
    if not changes:
        return
    rows = [asdict(each) for each in changes]
    db.execute_many("DELETE FROM organisations WHERE slug = :slug", [row for row in rows if row["after"] is None])
    db.execute_many(
        "INSERT INTO organisations (slug, document, origin) VALUES (:slug, :after, :origin_after)"
        " ON CONFLICT (slug) DO UPDATE SET document = excluded.document, origin = excluded.origin",
        [row for row in rows if row["after"] is not None],
    )
    organisations.touch(db)


def plan(db: Database, run: str, changes: Iterable[Change]) -> None:
    """Keep changes that a run makes, or would make once somebody lets it go on; in the place of those kept before."""
    db.execute("DELETE FROM organisation_changes WHERE run = :run", {"run": run})
    db.execute_many(
        "INSERT INTO organisation_changes (run, slug, before, origin_before, after, origin_after)"
        " VALUES (:run, :slug, :before, :origin_before, :after, :origin_after)",
        [{"run": run, **asdict(each)} for each in changes],
    )


def last_words(db: Database, source: str) -> dict[str, str]:
    """What a source said last of each body that it was taken at its word for, also where that was undone."""
    rows = db.query(
        "SELECT c.slug, c.after FROM organisation_changes c JOIN runs r ON r.id = c.run WHERE r.source = :source"
        " AND r.state IN ('done', 'undone') ORDER BY c.number",
        {"source": source},
    )
    return {row["slug"]: row["after"] for row in rows}


def added(db: Database, run: str) -> set[str]:
    """The bodies that were not there before a run: those that taking it back would remove."""
    return {each.slug for each in planned(db, run) if each.before is None}


def take_back(db: Database, run: str, *, undo: str, named: Collection[str]) -> TakenBack:
    """Take back what a run did to bodies, as the run `undo`, inside the caller's transaction.

    A body that is not as the run left it stays as it is, and so does an added one that something refers to. `named`
    are those that entries name within. Nobody else may change an entry meanwhile (`datasets.take_changes`).
    """
    organisations.take_turn(db)
    now = present(db)
    mine, changed_since = [], []
    for each in planned(db, run):
        if now.get(each.slug, ABSENT) == (each.after, each.origin_after):
            mine.append(each.backwards())
        else:
            changed_since.append(each.slug)
    gone = {each.slug for each in mine if each.after is None}
    becoming = {slug: document for slug, (document, _origin) in now.items()}
    becoming |= {each.slug: each.after for each in mine if each.after is not None}
    in_use = _in_use(gone, becoming, {*named, *references.in_columns(db, run)})
    write(db, undo, [each for each in mine if each.slug not in in_use])
    back = [each.slug for each in mine if each.after is not None]
    return TakenBack(back, sorted(gone - in_use), changed_since, sorted(in_use))


def _in_use(gone: set[str], becoming: Mapping[str, str | None], used: set[str]) -> set[str]:
    """Those that cannot go: what is used, and what a body names that stays. Those that go may name each other."""
    kept = gone & used
    while True:
        staying = [document for slug, document in becoming.items() if document and slug not in gone - kept]
        more = (references.by_bodies(staying) & gone) - kept
        if not more:
            return kept
        kept |= more


def planned(db: Database, run: str) -> list[Change]:
    """What a run did, or would do once somebody lets it go on."""
    rows = db.query(
        "SELECT slug, before, origin_before, after, origin_after FROM organisation_changes WHERE run = :run"
        " ORDER BY number",
        {"run": run},
    )
    return [Change(**row) for row in rows]
