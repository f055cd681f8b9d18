"""Files that stewards send: checked first, then brought in by one click, then undone by another.

The file itself is not kept: it is fetched from where it lies for the check and again for the import, and must be the
same. Every step is a guarded change of `state`, so that two clicks import once. The card that shows it is told anew
with each step.
"""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

from catalogue import audit, clock, outbox, people
from catalogue.entries import canonical
from catalogue.errors import AlreadyDecided, NotAllowed, NotFound
from catalogue.harvest import files
from catalogue.harvest.permits import of_person
from catalogue.harvest.run import Report, merge_rows
from catalogue.harvest.undo import Undone
from catalogue.harvest.undo import undo as undo_run
from catalogue.model import Person, Role
from catalogue.responsible import keepers
from catalogue.rows import Resolve
from catalogue.store import Database

FAULTS_KEPT = 200
SUFFIXES = (".csv", ".xlsx", ".jsonl", ".gz")


class State(StrEnum):
    CHECKING = "checking"
    CHECKED = "checked"
    REFUSED = "refused"
    IMPORTING = "importing"
    DONE = "done"
    UNDONE = "undone"


@dataclass(frozen=True, slots=True)
class Upload:
    """A file somebody sent. `file` is where it lies, as its keeper names it; `report` is of the last step."""

    id: str
    person: str
    file: str
    name: str
    digest: str | None
    state: State
    report: Mapping[str, Any]
    run: str | None
    at: datetime


def about(upload_id: str) -> str:
    """What messages about a file are about."""
    return f"upload:{upload_id}"


def may_bring(person: Person, *, now: datetime) -> bool:
    """Whether there is anything that a file of theirs could change."""
    return person.is_active and any(
        grant.role in (Role.STEWARD, Role.ADMIN) and grant.holds(now) for grant in person.grants
    )


def receive(db: Database, file: str, *, name: str, by: Person, now: datetime) -> Upload:
    """Take a file in, inside the caller's transaction: it is checked next, and its card says so. The same file once.

    Raises NotAllowed when they look after nothing.
    """
    if not may_bring(by, now=now):
        raise NotAllowed("Files of entries are for the people who look after them. You are not a steward here.")
    values = {"id": file, "person": by.id, "name": name[-200:], "now": clock.stamp(now)}
    fresh = db.execute(
        "INSERT INTO uploads (id, person, file, name, state, at) VALUES (:id, :person, :id, :name, 'checking', :now)"
        " ON CONFLICT (id) DO NOTHING",
        values,
    )
    if fresh:
        outbox.tell(db, "upload.card", by.id, {"upload": file}, about=about(file), key=about(file), now=now)
        _post(db, file, "check", now)
    return find(db, file)


def _post(db: Database, upload_id: str, step: str, now: datetime) -> None:
    payload = {"upload": upload_id, "step": step}
    outbox.post(db, "upload", payload, key=f"upload.{step}:{upload_id}", channel=None, now=now)


def find(db: Database, upload_id: str) -> Upload:
    """Raises NotFound."""
    rows = db.query("SELECT * FROM uploads WHERE id = :id", {"id": upload_id})
    if not rows:
        raise NotFound("file", upload_id)
    row = rows[0]
    return Upload(
        row["id"],
        row["person"],
        row["file"],
        row["name"],
        row["digest"],
        State(row["state"]),
        json.loads(row["report"] or "{}"),
        row["run"],
        clock.moment(row["at"]),
    )


def of(db: Database, upload_id: str, person: Person) -> Upload:
    """This person's own file. Raises NotFound for somebody else's."""
    upload = find(db, upload_id)
    if upload.person != person.id:
        raise NotFound("file", upload_id)
    return upload


def check(
    db: Database, upload_id: str, path: Path, *, resolve: Resolve, now: datetime, progress: Callable[[int], None]
) -> None:
    """Work out what a file would change. Checked before: nothing."""
    upload = find(db, upload_id)
    if upload.state is not State.CHECKING:
        return
    report = _merge(db, upload, path, resolve=resolve, now=now, dry_run=True, progress=progress)
    with db.atomic():
        _move(db, upload, State.CHECKED, report=report, digest=_digest(path))
        outbox.retell(db, about(upload_id), now=now)


def start(db: Database, upload_id: str, *, by: Person, now: datetime) -> None:
    """They want it brought in. Raises AlreadyDecided when that was said before."""
    with db.atomic():
        upload = of(db, upload_id, by)
        if not may_bring(by, now=now):
            raise NotAllowed("You no longer look after any entries.")
        if not _move(db, upload, State.IMPORTING, only=State.CHECKED):
            raise AlreadyDecided(upload.name, by=by.id, at=clock.stamp(upload.at))
        _post(db, upload_id, "import", now)
        outbox.retell(db, about(upload_id), now=now)


def bring_in(
    db: Database, upload_id: str, path: Path, *, resolve: Resolve, now: datetime, progress: Callable[[int], None]
) -> None:
    """Bring the checked file in, once, and tell who else answers for the entries. A file that changed is refused."""
    upload = find(db, upload_id)
    if upload.state is not State.IMPORTING:
        return
    if _digest(path) != upload.digest:
        refuse(db, upload_id, "changed", now=now)
        return
    report = _finished(db, upload) or _merge(
        db, upload, path, resolve=resolve, now=now, dry_run=False, progress=progress
    )
    with db.atomic():
        if not _move(db, upload, State.DONE, only=State.IMPORTING, report=report, run=report["run"]):
            return
        _tell_others(db, upload, report, now)
        detail = {"run": report["run"], "added": report["added"], "changed": report["changed"]}
        audit.record(db, by=upload.person, action="entry.import", about=report["run"], detail=detail, now=now)
        outbox.retell(db, about(upload_id), now=now)


def _merge(
    db: Database,
    upload: Upload,
    path: Path,
    *,
    resolve: Resolve,
    now: datetime,
    dry_run: bool,
    progress: Callable[[int], None],
) -> dict[str, Any]:
    person = people.find(db, upload.person)
    report = merge_rows(
        db,
        files.read(path),
        source=_source(upload, dry_run),
        by=person.id,
        why=f"File {upload.name}",
        now=now,
        resolve=resolve,
        dry_run=dry_run,
        may=of_person(person, now=now),
        progress=progress,
    )
    return _kept(report)


def _source(upload: Upload, dry_run: bool) -> str:
    return f"{'check of ' if dry_run else ''}file {upload.id}"


def _kept(report: Report) -> dict[str, Any]:
    values = asdict(report)
    values["faults"] = values["faults"][:FAULTS_KEPT]
    return values


def _finished(db: Database, upload: Upload) -> dict[str, Any] | None:
    """The report of this very import, where it was merged and the process ended before it was written down here."""
    rows = db.query(
        "SELECT report FROM runs WHERE source = :source AND finished_at IS NOT NULL ORDER BY id DESC LIMIT 1",
        {"source": _source(upload, dry_run=False)},
    )
    return {**json.loads(rows[0]["report"]), "faults": []} if rows else None


def brought_in_elsewhere(db: Database, report: Report, *, name: str, by: Person, now: datetime) -> None:
    """A person brought a file in at the command line: keep it like one that was sent, and tell the same people."""
    with db.atomic():
        db.execute(
            "INSERT INTO uploads (id, person, file, name, state, report, run, at)"
            " VALUES (:run, :person, :run, :name, 'done', :report, :run, :now) ON CONFLICT (id) DO NOTHING",
            {
                "run": report.run,
                "person": by.id,
                "name": name[:200],
                "report": canonical(_kept(report)),
                "now": clock.stamp(now),
            },
        )
        _tell_others(db, find(db, report.run), _kept(report), now)


def _tell_others(db: Database, upload: Upload, report: Mapping[str, Any], now: datetime) -> None:
    for person_id, publishers in others(db, upload.person, report, now=now).items():
        values = {"upload": upload.id, "publishers": publishers}
        key = f"upload.done:{upload.id}:{person_id}"
        outbox.tell(db, "upload.done", person_id, values, about=f"{about(upload.id)}:others", key=key, now=now)


def others(db: Database, importer: str, report: Mapping[str, Any], *, now: datetime) -> dict[str, list[str]]:
    """Who else answers for the entries that a person's file adds or changes, with the publishers they answer for."""
    found: dict[str, list[str]] = {}
    for publisher in report.get("publishers", {}):
        answering = keepers(db, publisher, now=now, but=(importer,))
        for keeper in answering.people if answering.rung == "steward" else ():
            found.setdefault(keeper.id, []).append(publisher)
    return found


def refuse(db: Database, upload_id: str, because: str, *, now: datetime) -> None:
    """The file cannot be used: `because` is a word for it (`changed`, `gone`, `too_large`, `failed`)."""
    with db.atomic():
        _move(db, find(db, upload_id), State.REFUSED, report={"because": because})
        outbox.retell(db, about(upload_id), now=now)


def give_up(db: Database, *, now: datetime) -> int:
    """Have the cards of files say so that nobody works on any more, because their notice was put aside; how many."""
    rows = db.query(
        "SELECT u.id FROM uploads u JOIN outbox o ON o.state = 'parked' AND"
        " ((u.state = 'checking' AND o.key = 'upload.check:' || u.id)"
        " OR (u.state = 'importing' AND o.key = 'upload.import:' || u.id)) ORDER BY u.id"
    )
    for row in rows:
        refuse(db, row["id"], "failed", now=now)
    return len(rows)


def undo(db: Database, upload_id: str, *, by: Person, now: datetime) -> None:
    """Take back everything that the file changed and nobody changed since."""
    upload = of(db, upload_id, by)
    if not upload.run or not may_bring(by, now=now):
        raise NotAllowed("This file changed nothing, or you no longer look after any entries.")

    take_back(db, upload.run, by=by.id, now=now)


def is_own(db: Database, run: str, person: Person, *, now: datetime) -> bool:
    """Whether a run brought in a file of theirs, and they still look after entries: then they may take it back."""
    upload = _of_run(db, run)
    return upload is not None and upload.person == person.id and may_bring(person, now=now)


def take_back(
    db: Database, run: str, *, by: str, now: datetime, and_then: Callable[[], object] = lambda: None
) -> Undone:
    """Take back everything that a run changed and nobody changed since. If it brought in a file, its cards say so.

    `and_then` is called inside the transaction. Raises NotFound and CannotUndoRun.
    """
    upload = _of_run(db, run)

    def within(undone: Undone) -> None:
        and_then()
        if upload is None:
            return
        if not _move(db, upload, State.UNDONE, only=State.DONE, report={**upload.report, "undone": undone.as_json()}):
            raise AlreadyDecided(upload.name, by=by, at=clock.stamp(upload.at))
        outbox.retell(db, about(upload.id), now=now)
        outbox.retell(db, f"{about(upload.id)}:others", now=now)

    return undo_run(db, run, by=by, now=now, within=within)


def _of_run(db: Database, run: str) -> Upload | None:
    """The file that a run brought in, while that was not taken back."""
    rows = db.query("SELECT id FROM uploads WHERE run = :run AND state = 'done'", {"run": run})
    return find(db, rows[0]["id"]) if rows else None


def _move(
    db: Database,
    upload: Upload,
    to: State,
    *,
    only: State | None = None,
    report: Mapping[str, Any] | None = None,
    digest: str | None = None,
    run: str | None = None,
) -> bool:
    return bool(
        db.execute(
            "UPDATE uploads SET state = :to, report = COALESCE(:report, report), digest = COALESCE(:digest, digest),"
            " run = COALESCE(:run, run) WHERE id = :id AND state = :only",
            {
                "id": upload.id,
                "to": str(to),
                "only": str(only or upload.state),
                "report": canonical(report) if report is not None else None,
                "digest": digest,
                "run": run,
            },
        )
    )


def _digest(path: Path) -> str:
    with path.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()
