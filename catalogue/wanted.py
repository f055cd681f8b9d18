"""What people asked for and did not find, brought to those who may hold it, and their answers.

Near-equal subjects count as one, the most widely asked first. The likely holder is whose entries come nearest, or the
organisation that was named. "We hold this" names an entry, which from then on is found by the words people used;
"somebody else does" takes it to them; "nobody does" ends it. What is asked again after an answer comes up again.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from rapidfuzz import fuzz

from catalogue import audit, clock, editing, outbox
from catalogue.errors import NotAllowed
from catalogue.model import GOVERNMENT, Dataset, Person
from catalogue.responsible import stewards
from catalogue.review import scopes_of
from catalogue.search.find import Search
from catalogue.search.schema import stem
from catalogue.store import Database
from catalogue.text import clean_line, fold

CONSIDERED = 2_000
LOOKED_UP = 60
ALIKE = 86
VARIANTS = 5
LONGEST = 120


@dataclass(slots=True)
class Wanted:
    """A subject that was asked for and not found, with how else it was put. `likely` is the slug of a holder."""

    subject: str
    last_asked: str
    times: int = 0
    organisations: set[str] = field(default_factory=set)
    variants: list[str] = field(default_factory=list)
    likely: str | None = None

    @property
    def rank(self) -> tuple[int, int, str]:
        return (len(self.organisations), self.times, self.last_asked)


def about(round_: str, person_id: str) -> str:
    """What the messages of one person's round are about."""
    return f"wanted:{round_}:{person_id}"


def groups(db: Database, *, considered: int = CONSIDERED) -> list[Wanted]:
    """What was asked for and not found since it was answered, near-equal subjects together, most widely asked first.

    Only the `considered` most asked ways of putting things count.
    """
    rows = db.query(
        "SELECT subject, COALESCE(organisation, '') AS organisation, COUNT(*) AS times, MAX(asked_at) AS last_asked"
        " FROM unanswered GROUP BY subject, COALESCE(organisation, '') ORDER BY times DESC LIMIT :most",
        {"most": considered},
    )
    found: dict[str, Wanted] = {}
    for row in rows:
        key = _key(row["subject"])
        near = key if key in found else next((other for other in found if fuzz.ratio(key, other) >= ALIKE), key)
        wanted = found.setdefault(near, Wanted(row["subject"], row["last_asked"]))
        wanted.times += row["times"]
        wanted.organisations.add(row["organisation"])
        wanted.last_asked = max(wanted.last_asked, row["last_asked"])
        if row["subject"] != wanted.subject and row["subject"] not in wanted.variants:
            wanted.variants.append(row["subject"])
    ended = _ended(db)
    left = [wanted for wanted in found.values() if ended.get(_key(wanted.subject), "") < wanted.last_asked]
    return sorted(left, key=lambda wanted: wanted.rank, reverse=True)


def _key(subject: str) -> str:
    """What near-equal subjects have in common: the stems of their words, in order of the alphabet."""
    return " ".join(sorted({stem(word) for word in fold(subject).split()}))


def _ended(db: Database) -> dict[str, str]:
    """Subjects whose holder is known, by key, with when that was said."""
    rows = db.query("SELECT subject, at FROM demand_answers WHERE answer = 'held'")
    return {_key(row["subject"]): row["at"] for row in rows}


def for_publishers(db: Database, search: Search, publishers: Sequence[str], *, limit: int = LOOKED_UP) -> list[Wanted]:
    """Those that these organisations may hold and have not answered, most widely asked first."""
    answered, sent_on = _answers(db)
    mine = []
    for wanted in groups(db)[:LOOKED_UP]:
        key = _key(wanted.subject)
        wanted.likely = sent_on.get(key) or likely_holder(search, wanted.subject)
        if wanted.likely and wanted.likely in publishers and answered.get((key, wanted.likely), "") < wanted.last_asked:
            mine.append(wanted)
    return mine[:limit]


def _answers(db: Database) -> tuple[dict[tuple[str, str], str], dict[str, str]]:
    """When each organisation answered for a subject, and where a subject was last sent on to."""
    rows = db.query("SELECT subject, publisher, answer, holder, at FROM demand_answers ORDER BY at")
    answered = {(_key(row["subject"]), row["publisher"]): row["at"] for row in rows}
    sent_on = {_key(row["subject"]): row["holder"] for row in rows if row["answer"] == "elsewhere"}
    return answered, sent_on


def likely_holder(search: Search, subject: str) -> str | None:
    """The organisation that is named, or whose entry comes nearest; None when nothing is near."""
    found = search.find(subject, audience=GOVERNMENT, limit=3)
    if found.phrase.mentions:
        return found.phrase.mentions[0].organisation.slug
    return next((hit.dataset.publisher for hit in found.hits if hit.dataset.publisher), None)


def tell_everyone(db: Database, search: Search, *, round_: str, now: datetime) -> int:
    """Tell each steward what was asked for that they may hold, once in each round; returns to how many."""
    told = 0
    by_person = stewards(db, now=now)
    everything = for_publishers(db, search, sorted({scope for scopes in by_person.values() for scope in scopes}))
    likely = {wanted.likely for wanted in everything}
    for person_id, scopes in by_person.items():
        if likely.isdisjoint(scopes):
            continue
        subject = about(round_, person_id)
        with db.atomic():
            key = f"wanted.digest:{subject}"
            told += outbox.tell(db, "wanted.digest", person_id, {"round": round_}, about=subject, key=key, now=now)
    return told


def _require(person: Person, publisher: str, now: datetime) -> None:
    if publisher not in scopes_of(person, now=now):
        raise NotAllowed(
            "Only stewards of this organisation can answer for it.", action="entry.resolve", about=publisher
        )


def held(
    db: Database, subject: str, dataset_id: str, *, variants: Sequence[str] = (), by: Person, now: datetime
) -> Dataset:
    """An entry is what people asked for: it is found by their words from now on, as another name of it."""
    with db.atomic():
        entry = editing.allowed(db, dataset_id, by, "entry.edit", now=now)
        names = [clean_line(name, LONGEST) for name in (subject, *variants[:VARIANTS])]
        known = {fold(name) for name in (entry.title, *entry.alternative_titles)}
        new = [name for name in names if name and fold(name) not in known]
        if new:
            changes = {"alternative_titles": [*entry.alternative_titles, *new]}
            why = "People asked for it by this name"
            entry = editing.edit(db, dataset_id, changes, revision=entry.revision, by=by, why=why, now=now)
        _answer(db, subject, "held", publisher=entry.publisher or "", dataset_id=dataset_id, by=by, now=now)
        return entry


def elsewhere(db: Database, subject: str, *, publisher: str, holder: str, by: Person, now: datetime) -> None:
    """Another organisation holds it: their stewards are asked next."""
    with db.atomic():
        _require(by, publisher, now)
        _answer(db, subject, "elsewhere", publisher=publisher, holder=holder, by=by, now=now)


def nobody(db: Database, subject: str, *, publisher: str, by: Person, now: datetime) -> None:
    """Nobody holds it, says this organisation. Whoever waits for an answer is told, and goes on waiting."""
    with db.atomic():
        _require(by, publisher, now)
        _answer(db, subject, "nobody", publisher=publisher, by=by, now=now)
        key, told = _key(subject), f"wanted.nobody:{publisher}:{_key(subject)}"
        for row in db.query("SELECT person, what FROM follows WHERE kind = 'question' ORDER BY number"):
            if row["person"] != by.id and fuzz.ratio(_key(row["what"]), key) >= ALIKE:
                values = {"subject": row["what"], "publisher": publisher}
                about_ = f"{told}:{row['person']}"
                outbox.tell(db, "wanted.nobody", row["person"], values, about=told, key=about_, now=now)


def _answer(
    db: Database,
    subject: str,
    answer: str,
    *,
    publisher: str,
    dataset_id: str | None = None,
    holder: str | None = None,
    by: Person,
    now: datetime,
) -> None:
    values: Mapping[str, str | None] = {
        "subject": subject[:200],
        "publisher": publisher,
        "answer": answer,
        "dataset_id": dataset_id,
        "holder": holder,
        "by": by.id,
        "at": clock.stamp(now),
    }
    db.execute(
        "INSERT INTO demand_answers (subject, publisher, answer, dataset_id, holder, by, at) VALUES (:subject,"
        " :publisher, :answer, :dataset_id, :holder, :by, :at) ON CONFLICT (subject, publisher) DO UPDATE SET"
        " answer = excluded.answer, dataset_id = excluded.dataset_id, holder = excluded.holder, by = excluded.by,"
        " at = excluded.at",
        values,
    )
    detail = {"subject": subject[:200], "answer": answer}
    audit.record(db, by=by, action="entry.resolve", about=dataset_id or publisher, detail=detail, now=now)
