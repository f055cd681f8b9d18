"""Who somebody is, and what they may do.

A person comes from the sample, a CSV, or Slack; never from a display name. Roles are rows that begin and end. `may`
is the one place that decides, from what the record says at the moment of asking.
"""

from collections.abc import Iterable
from datetime import datetime

from catalogue import clock
from catalogue.errors import NotFound
from catalogue.model import PUBLIC, Audience, Grant, Person, Role
from catalogue.store import Database


def save(db: Database, person: Person, *, origin: str, now: datetime) -> None:
    """Add a person or renew what is known of them. Their roles are not touched."""
    db.execute(
        "INSERT INTO people (id, slack_id, email, name, organisation, is_guest, is_active, origin, checked_at)"
        " VALUES (:id, :slack_id, :email, :name, :organisation, :is_guest, :is_active, :origin, :now)"
        " ON CONFLICT (id) DO UPDATE SET slack_id = excluded.slack_id, email = excluded.email, name = excluded.name,"
        " organisation = excluded.organisation, is_guest = excluded.is_guest, is_active = excluded.is_active,"
        " origin = excluded.origin, checked_at = excluded.checked_at",
        {
            "id": person.id,
            "slack_id": person.slack_id,
            "email": person.email,
            "name": person.name,
            "organisation": person.organisation,
            "is_guest": int(person.is_guest),
            "is_active": int(person.is_active),
            "origin": origin,
            "now": clock.stamp(now),
        },
    )


def grant(db: Database, person_id: str, what: Grant, *, by: str, reason: str | None, now: datetime) -> None:
    """Give a person a role; giving one they have changes nothing."""
    with db.atomic():
        held = db.query(
            "SELECT 1 FROM grants WHERE person = :person AND role = :role AND scope = :scope AND ended_at IS NULL",
            {"person": person_id, "role": str(what.role), "scope": what.scope or ""},
        )
        if not held:
            db.execute(
                "INSERT INTO grants (person, role, scope, granted_by, granted_at, reason)"
                " VALUES (:person, :role, :scope, :by, :now, :reason)",
                {
                    "person": person_id,
                    "role": str(what.role),
                    "scope": what.scope or "",
                    "by": by,
                    "now": clock.stamp(now),
                    "reason": reason,
                },
            )


def find(db: Database, key: str) -> Person:
    """The person with this id, e-mail address or Slack id. Raises NotFound."""
    rows = db.query(
        "SELECT * FROM people WHERE id = :key OR slack_id = :key OR email = :key ORDER BY id = :key DESC LIMIT 1",
        {"key": key},
    )
    if not rows:
        raise NotFound("person", key)
    return _person(db, rows[0])


def checked_at(db: Database, slack_id: str) -> datetime | None:
    """When what Slack says of this user was last asked for; None when it never was."""
    rows = db.query("SELECT checked_at FROM people WHERE slack_id = :id AND origin = 'slack'", {"id": slack_id})
    return clock.moment(rows[0]["checked_at"]) if rows and rows[0]["checked_at"] else None


def everyone(db: Database) -> list[Person]:
    """Everybody the record knows, by id."""
    return [_person(db, row) for row in db.query("SELECT * FROM people ORDER BY id")]


def _person(db: Database, row: dict[str, object]) -> Person:
    grants = db.query(
        "SELECT role, scope FROM grants WHERE person = :id AND ended_at IS NULL ORDER BY role, scope", {"id": row["id"]}
    )
    return Person(
        id=str(row["id"]),
        name=_text(row["name"]),
        email=_text(row["email"]),
        slack_id=_text(row["slack_id"]),
        organisation=_text(row["organisation"]),
        is_guest=bool(row["is_guest"]),
        is_active=bool(row["is_active"]),
        grants=tuple(Grant(Role(grant["role"]), grant["scope"] or None) for grant in grants),
    )


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def audience_of(person: Person | None) -> Audience:
    """What this person may know when nobody else reads along. Nobody, a guest or a leaver: what everyone may."""
    if person is None or person.is_guest or not person.is_active:
        return PUBLIC
    return Audience(in_government=True, names=frozenset(name for name in (person.id, person.organisation) if name))


def parse_grants(text: str, resolve: Iterable[tuple[str, str]] = ()) -> list[Grant]:
    """Roles as people write them: `steward:dfe manager:dfe/national-pupil-database admin`.

    `resolve` maps names of organisations to slugs. Raises ValueError naming what is no role.
    """
    slugs = dict(resolve)
    grants = []
    for word in text.split():
        name, _colon, scope = word.partition(":")
        try:
            role = Role(name.lower())
        except ValueError:
            raise ValueError(f"“{name}” is not one of {', '.join(Role)}.") from None
        if role in (Role.STEWARD, Role.MANAGER) and not scope:
            raise ValueError(f"“{word}” needs to say of what: {role}:dfe, for example.")
        grants.append(Grant(role, slugs.get(scope, scope) or None))
    return grants
