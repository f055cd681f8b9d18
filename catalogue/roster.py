"""People from a CSV: who they are, and the roles that the file says they hold."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from catalogue import people, personal, roles
from catalogue.errors import InvalidRole, NotFound
from catalogue.harvest import spreadsheet
from catalogue.model import Grant, Person
from catalogue.rows import Fault
from catalogue.store import Database
from catalogue.text import kebab

COLUMNS = ("id", "slack_id", "email", "name", "organisation", "roles")
ORIGIN = "csv"
LONGEST = 200


@dataclass
class Report:
    """What an import did: people added and renewed, roles given and ended, rows left out and why."""

    added: int = 0
    renewed: int = 0
    granted: int = 0
    ended: int = 0
    faults: list[Fault] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        faults = [{"line": fault.line, "column": fault.column, "reason": fault.reason} for fault in self.faults]
        counts = {"added": self.added, "renewed": self.renewed, "granted": self.granted, "ended": self.ended}
        return {**counts, "failed": len(self.faults), "faults": faults}


def bring_in(db: Database, file: Path, *, resolve: Callable[[str], str | None], now: datetime) -> Report:
    """Bring people in from a file, all that can be used in one transaction. `resolve` knows an organisation's names.

    A role that an earlier file gave and this one does not name for the same person ends. Roles given by other means
    are left alone.
    """
    report = Report()
    with db.atomic():
        for line, row in spreadsheet.read(file, needed="id"):
            if isinstance(row, Fault):
                report.faults.append(row)
                continue
            try:
                _bring_in(db, {name: str(row.get(name) or "").strip() for name in COLUMNS}, report, resolve, now)
            except _Unusable as fault:
                report.faults.append(Fault(line, fault.column, fault.reason, left_out=True))
    return report


class _Unusable(Exception):
    def __init__(self, column: str, reason: str) -> None:
        super().__init__(reason)
        self.column, self.reason = column, reason


def _bring_in(
    db: Database, row: dict[str, str], report: Report, resolve: Callable[[str], str | None], now: datetime
) -> None:
    """One row. Raises _Unusable before anything of it is written."""
    for name, value in row.items():
        if len(value) > LONGEST and name != "roles":
            raise _Unusable(name, f"is longer than {LONGEST} characters.")
    if not row["id"] or row["id"].split() != [row["id"]]:
        raise _Unusable("id", "must be one word that no one else has.")
    wanted = _wanted(db, row["roles"], resolve)
    with db.atomic():
        person = _person(db, row, resolve)
        is_new = _save(db, person, now)
        report.added += is_new
        report.renewed += not is_new
        for each in wanted:
            report.granted += _grant(db, person, each, now)
        for held in _held(db, person):
            if held not in wanted:
                reason = "No longer in the list of people"
                report.ended += roles.revoke(db, person, held, by=None, reason=reason, now=now)


def _wanted(db: Database, text: str, resolve: Callable[[str], str | None]) -> list[Grant]:
    try:
        found = people.parse_grants(text.replace(";", " ").replace(",", " "))
    except ValueError as error:
        raise _Unusable("roles", str(error)) from None
    wanted = [Grant(each.role, (resolve(each.scope) or each.scope) if each.scope else None) for each in found]
    for each in wanted:
        if each.scope and not roles.exists(db, each.scope):
            raise _Unusable("roles", f"There is no dataset or organisation called “{each.scope}”.")
    return wanted


def _person(db: Database, row: dict[str, str], resolve: Callable[[str], str | None]) -> Person:
    """Who the row says they are. What only Slack knows (guest, has left) stays as it is known."""
    slug = (resolve(row["organisation"]) or kebab(row["organisation"])) if row["organisation"] else None
    if slug and not roles.exists(db, slug):
        raise _Unusable("organisation", f"There is no organisation called “{row['organisation']}”.")
    known: Person | None
    try:
        known = people.find(db, row["id"])
    except NotFound:
        known = _by_slack_id(db, row)
    return Person(
        row["id"],
        row["name"] or None,
        row["email"] or None,
        row["slack_id"] or None,
        slug,
        is_guest=bool(known and known.is_guest),
        is_active=known.is_active if known else True,
    )


def _by_slack_id(db: Database, row: dict[str, str]) -> Person | None:
    """Somebody who so far was only known from Slack gets the id of the file, wherever they stand."""
    try:
        known = people.find(db, row["slack_id"]) if row["slack_id"] else None
    except NotFound:
        return None
    if known and known.id != known.slack_id:
        raise _Unusable("slack_id", f"belongs to {known.id} already.")
    if known:
        personal.rename(db, known, row["id"])
    return known


def _save(db: Database, person: Person, now: datetime) -> bool:
    known = db.query("SELECT id, slack_id FROM people WHERE id = :id OR slack_id = :slack_id", person_key(person))
    if any(row["id"] != person.id for row in known):
        raise _Unusable("slack_id", "belongs to somebody else already.")
    people.save(db, person, origin=ORIGIN, now=now)
    db.execute("UPDATE people SET organisation_from = :origin WHERE id = :id", {"origin": ORIGIN, "id": person.id})
    return not known


def person_key(person: Person) -> dict[str, str | None]:
    """The parameters that find a person's rows."""
    return {"id": person.id, "slack_id": person.slack_id or ""}


def _grant(db: Database, person: Person, what: Grant, now: datetime) -> bool:
    try:
        return roles.grant(db, person, what, by=None, reason="In the list of people", now=now, origin=ORIGIN)
    except InvalidRole as error:
        raise _Unusable("roles", str(error)) from None


def _held(db: Database, person: Person) -> list[Grant]:
    """The roles that earlier files gave."""
    rows = db.query(
        "SELECT role, scope FROM grants WHERE person = :id AND origin = :origin AND ended_at IS NULL",
        {"id": person.id, "origin": ORIGIN},
    )
    held = [people.parse_grants(f"{row['role']}:{row['scope']}" if row["scope"] else row["role"]) for row in rows]
    return [each for (each,) in held]
