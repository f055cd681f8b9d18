"""Who somebody is, and what they may do.

A person comes from the sample, a CSV, or Slack; never from a display name. Roles are rows that begin and end, also by
a date. `rights.py` says what they may do with them.
"""

from collections.abc import Iterable
from datetime import datetime

from catalogue import clock
from catalogue.errors import NotFound
from catalogue.model import Dataset, Grant, Language, Person, Role
from catalogue.rights import audience_of as audience_of
from catalogue.store import Database


def save(db: Database, person: Person, *, origin: str, now: datetime) -> None:
    """Add a person or renew what is known of them. Their roles are not touched."""
    db.execute(
        "INSERT INTO people (id, slack_id, email, name, organisation, is_guest, is_active, language, origin,"
        " checked_at)"
        " VALUES (:id, :slack_id, :email, :name, :organisation, :is_guest, :is_active, :language, :origin, :now)"
        " ON CONFLICT (id) DO UPDATE SET slack_id = excluded.slack_id, email = excluded.email, name = excluded.name,"
        " organisation = excluded.organisation, is_guest = excluded.is_guest, is_active = excluded.is_active,"
        " language = COALESCE(excluded.language, people.language),"
        " origin = excluded.origin, checked_at = excluded.checked_at",
        {
            "id": person.id,
            "slack_id": person.slack_id,
            "email": person.email,
            "name": person.name,
            "organisation": person.organisation,
            "is_guest": int(person.is_guest),
            "is_active": int(person.is_active),
            "language": person.language,
            "origin": origin,
            "now": clock.stamp(now),
        },
    )


def grant(db: Database, person_id: str, what: Grant, *, by: str, reason: str | None, now: datetime) -> bool:
    """Give a person a role; giving one they have changes nothing and returns False.

    `roles.py` does it with an audit row and a notice.
    """
    values = {
        "person": person_id,
        "role": str(what.role),
        "scope": what.scope or "",
        "deputy_for": what.deputy_for,
        "now": clock.stamp(now),
    }
    with db.atomic():
        held = db.query(
            "SELECT 1 FROM grants WHERE person = :person AND role = :role AND scope = :scope AND ended_at IS NULL"
            " AND COALESCE(deputy_for, '') = COALESCE(:deputy_for, '') AND (ends_at IS NULL OR ends_at > :now)",
            values,
        )
        if held:
            return False
        db.execute(
            "INSERT INTO grants (person, role, scope, granted_by, granted_at, reason, starts_at, ends_at,"
            " deputy_for, sure_until) VALUES (:person, :role, :scope, :by, :now, :reason, :since, :until,"
            " :deputy_for, :sure_until)",
            {
                **values,
                "by": by,
                "reason": reason,
                "since": clock.stamp(what.since) if what.since else None,
                "until": clock.stamp(what.until) if what.until else None,
                "sure_until": clock.stamp(what.sure_until) if what.sure_until else None,
            },
        )
    return True


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


def language_of(db: Database, slack_id: str) -> Language | None:
    """The language in which a Slack user is spoken to; None where nobody has said."""
    rows = db.query("SELECT chosen_language, language FROM people WHERE slack_id = :id", {"id": slack_id})
    return _language(rows[0]) if rows else None


def choose_language(db: Database, person_id: str, language: Language) -> None:
    """Speak to this person in that language from now on, whatever Slack says."""
    db.execute("UPDATE people SET chosen_language = :language WHERE id = :id", {"language": language, "id": person_id})


def everyone(db: Database) -> list[Person]:
    """Everybody the record knows, by id."""
    return [_person(db, row) for row in db.query("SELECT * FROM people ORDER BY id")]


def count(db: Database) -> int:
    """How many people the record knows."""
    return int(db.query("SELECT COUNT(*) AS n FROM people")[0]["n"])


def with_roles(db: Database, *, now: datetime) -> list[Person]:
    """Everybody who is active and holds a role that has not been taken away, by id: few, however many people there are.

    Guests do not count. Their grants are those that hold at `now`.
    """
    rows = db.query(
        "SELECT p.*, g.role, g.scope, g.starts_at, g.ends_at, g.deputy_for, g.sure_until FROM grants g JOIN people p"
        f" ON p.id = g.person WHERE {_STANDS} AND p.is_active = 1 AND p.is_guest = 0"
        " ORDER BY p.id, g.role, g.scope, g.granted_at"
    )
    grants: dict[str, list[Grant]] = {}
    for row in rows:
        if (grant := _grant(row)).holds(now):
            grants.setdefault(row["id"], []).append(grant)
    known = {row["id"]: row for row in rows}
    return [_described(known[person_id], tuple(held)) for person_id, held in grants.items()]


def holders(db: Database, role: Role, dataset: Dataset, *, now: datetime) -> list[tuple[Person, Grant]]:
    """Who holds a role that reaches this dataset now, with the grant: of the dataset first, then of its organisation,
    then of everything; those who hold it themselves before deputies. Guests and leavers do not count."""
    scopes = (dataset.id, dataset.publisher, None)
    rows = db.query(
        "SELECT DISTINCT person FROM grants WHERE role = :role AND ended_at IS NULL AND scope IN (:id, :publisher, '')",
        {"role": str(role), "id": dataset.id, "publisher": dataset.publisher or ""},
    )
    held = [
        (person, grant)
        for person in (find(db, row["person"]) for row in rows)
        if person.is_active and not person.is_guest
        for grant in person.grants
        if grant.role is role and grant.holds(now) and grant.scope in scopes
    ]
    return sorted(held, key=lambda pair: (scopes.index(pair[1].scope), pair[1].deputy_for is not None, pair[0].id))


_STANDS = (
    "g.ended_at IS NULL AND (g.deputy_for IS NULL OR EXISTS (SELECT 1 FROM grants o WHERE o.person = g.deputy_for"
    " AND o.role = g.role AND o.scope = g.scope AND o.ended_at IS NULL AND o.deputy_for IS NULL))"
)
"""A grant that has not been taken away; a deputy's falls with the role of whoever they stand in for."""


def _person(db: Database, row: dict[str, object]) -> Person:
    grants = db.query(
        "SELECT g.role, g.scope, g.starts_at, g.ends_at, g.deputy_for, g.sure_until FROM grants g"
        f" WHERE g.person = :id AND {_STANDS} ORDER BY g.role, g.scope, g.granted_at",
        {"id": row["id"]},
    )
    return _described(row, tuple(map(_grant, grants)))


def _described(row: dict[str, object], grants: tuple[Grant, ...]) -> Person:
    return Person(
        id=str(row["id"]),
        name=_text(row["name"]),
        email=_text(row["email"]),
        slack_id=_text(row["slack_id"]),
        organisation=_text(row["organisation"]),
        is_guest=bool(row["is_guest"]),
        is_active=bool(row["is_active"]),
        grants=grants,
        language=_language(row),
    )


def _language(row: dict[str, object]) -> Language | None:
    """What somebody chose for themselves, else what Slack says."""
    spoken = row["chosen_language"] or row["language"]
    return Language(str(spoken)) if spoken else None


def _grant(row: dict[str, object]) -> Grant:
    """A role that has not been taken away. A deputy's lasts no longer than the role of the one they stand in for."""
    return Grant(
        Role(str(row["role"])),
        _text(row["scope"]) or None,
        since=_moment(row["starts_at"]),
        until=_moment(row["ends_at"]),
        deputy_for=_text(row["deputy_for"]),
        sure_until=_moment(row["sure_until"]),
    )


def _moment(value: object) -> datetime | None:
    return clock.moment(str(value)) if value else None


def _text(value: object) -> str | None:
    return None if value is None else str(value)


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
