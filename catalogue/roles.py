"""Roles given and taken away: checked, written down with a reason, and told to the person.

`people.grant` only writes the row. Here somebody answers for it: an administrator, a manager who names a deputy, the
operator at the command line, or a Slack user group whose members hold a role (`groups.py`).
"""

from dataclasses import replace
from datetime import datetime

from catalogue import audit, clock, outbox, people, rights
from catalogue.errors import InvalidRole
from catalogue.model import Dataset, Grant, Person
from catalogue.rights import Action, Thing
from catalogue.store import Database

OPERATOR = "command line"
LONGEST_REASON = 1_000


def grant(
    db: Database, person: Person, what: Grant, *, by: Person | None, reason: str, now: datetime, origin: str = "person"
) -> bool:
    """Give a person a role and tell them; False, and nothing is said, when they have it. `by` None: the operator.

    Raises NotAllowed, and InvalidRole with a sentence by field (person, scope, until, deputy_for, reason).
    """
    standing = _allowed(db, person, what, Action.GRANT_ROLE, by=by, now=now)
    _check(db, person, what, reason, now=now)
    who = by.id if by else OPERATOR
    with db.atomic():
        if not people.grant(db, person.id, what, by=who, reason=reason, now=now):
            return False
        db.execute(
            "UPDATE grants SET origin = :origin WHERE person = :person AND granted_at = :now",
            {"origin": origin, "person": person.id, "now": clock.stamp(now)},
        )
        _say(db, "role.granted", person, what, who=who, reason=reason, now=now, standing=standing)
    return True


def revoke(db: Database, person: Person, what: Grant, *, by: Person | None, reason: str, now: datetime) -> bool:
    """Take a role from a person, and from the deputies they had for it, and tell them; False when they had it not.

    Raises NotAllowed, and InvalidRole when there is no reason.
    """
    standing = _allowed(db, person, what, Action.REVOKE_ROLE, by=by, now=now)
    if not reason.strip():
        raise InvalidRole({"reason": "Say why."})
    who = by.id if by else OPERATOR
    with db.atomic():
        if not _end(db, person, what, now=now):
            return False
        _say(db, "role.revoked", person, what, who=who, reason=reason, now=now, standing=standing)
        for deputy, held in deputies(db, person, what):
            if _end(db, deputy, held, now=now):
                _say(db, "role.revoked", deputy, held, who=who, reason=reason, now=now, standing=standing)
    return True


def deputies(db: Database, person: Person, what: Grant) -> list[tuple[Person, Grant]]:
    """Who stands in for a person in a role, now or later."""
    rows = db.query(
        "SELECT DISTINCT person FROM grants WHERE deputy_for = :person AND role = :role AND scope = :scope"
        " AND ended_at IS NULL",
        {"person": person.id, "role": str(what.role), "scope": what.scope or ""},
    )
    held = replace(what, deputy_for=person.id, since=None, until=None, sure_until=None)
    return [(people.find(db, row["person"]), held) for row in rows]


def standing_in_for(db: Database, person: Person, *, now: datetime) -> list[tuple[Person, Grant]]:
    """Who stands in for a person, for what and between which dates; also who will."""
    rows = db.query(
        "SELECT DISTINCT person FROM grants WHERE deputy_for = :person AND ended_at IS NULL"
        " AND (ends_at IS NULL OR ends_at > :now) ORDER BY person",
        {"person": person.id, "now": clock.stamp(now)},
    )
    return [
        (deputy, held)
        for deputy in (people.find(db, row["person"]) for row in rows)
        for held in deputy.grants
        if held.deputy_for == person.id and (held.until is None or held.until > now)
    ]


def _allowed(
    db: Database, person: Person, what: Grant, action: Action, *, by: Person | None, now: datetime
) -> str | None:
    """The standing by which `by` may do this. A manager may name deputies for themselves and dismiss them."""
    if by is None:
        return "operator"
    if what.deputy_for == by.id:
        thing = replace(thing_of(db, what.scope), person=person.id)
        return rights.require(by, Action.NAME_DEPUTY, thing, about="people", now=now)
    return rights.require(by, action, Thing(person=person.id), about="people", now=now)


def thing_of(db: Database, scope: str | None) -> Thing:
    """What a role's scope names: a dataset, or an organisation."""
    rows = db.query("SELECT id, title, publisher FROM datasets WHERE id = :scope", {"scope": scope})
    return Thing(dataset=Dataset(**rows[0])) if rows else Thing(organisation=scope)


def _check(db: Database, person: Person, what: Grant, reason: str, *, now: datetime) -> None:
    faults = {}
    if person.is_guest or not person.is_active:
        faults["person"] = "Guests and people who have left cannot hold a role."
    if what.scope and not exists(db, what.scope):
        faults["scope"] = f"There is no dataset or organisation called “{what.scope}”."
    if what.until and what.until <= max(now, what.since or now):
        faults["until"] = "It must end after it begins, and not in the past."
    if what.deputy_for:
        faults |= _deputy_faults(db, person, what, now=now)
    if not reason.strip():
        faults["reason"] = "Say why."
    elif len(reason) > LONGEST_REASON:
        faults["reason"] = f"Use no more than {LONGEST_REASON:,} characters."
    if faults:
        raise InvalidRole(faults)


def _deputy_faults(db: Database, person: Person, what: Grant, *, now: datetime) -> dict[str, str]:
    faults = {}
    if not what.until:
        faults["until"] = "Say until when: a deputy stands in for a time."
    if what.deputy_for == person.id:
        faults["deputy_for"] = "Nobody can stand in for themselves."
    else:
        held = people.find(db, what.deputy_for or "").grants
        own = [each for each in held if each.role is what.role and each.scope == what.scope and each.holds(now)]
        if not any(each.deputy_for is None for each in own):
            faults["deputy_for"] = "Only somebody who holds this role can have a deputy for it."
    return faults


def exists(db: Database, scope: str) -> bool:
    """Whether a role can hold there: a dataset or an organisation of this name is known."""
    known = db.query("SELECT 1 FROM organisations WHERE slug = :scope", {"scope": scope})
    return bool(known) or thing_of(db, scope).dataset is not None


def _end(db: Database, person: Person, what: Grant, *, now: datetime) -> int:
    return db.execute(
        "UPDATE grants SET ended_at = :now WHERE person = :person AND role = :role AND scope = :scope"
        " AND ended_at IS NULL AND COALESCE(deputy_for, '') = :deputy_for",
        {
            "person": person.id,
            "role": str(what.role),
            "scope": what.scope or "",
            "deputy_for": what.deputy_for or "",
            "now": clock.stamp(now),
        },
    )


def _say(
    db: Database,
    happening: str,
    person: Person,
    what: Grant,
    *,
    who: str,
    reason: str,
    now: datetime,
    standing: str | None,
) -> None:
    """The notice and the audit row of a role given or taken away, inside the caller's transaction."""
    values = {
        "role": str(what.role),
        "scope": what.scope,
        "deputy_for": what.deputy_for,
        "since": what.since and clock.stamp(what.since),
        "until": what.until and clock.stamp(what.until),
        "by": who,
        "reason": reason,
    }
    key = f"{happening}:{person.id}:{what}:{what.deputy_for or ''}:{clock.stamp(now)}"
    outbox.tell(db, happening, person.id, values, about="roles", key=key, now=now)
    detail = {"person": person.id, **{name: value for name, value in values.items() if name != "by" and value}}
    action = Action.GRANT_ROLE if happening == "role.granted" else Action.REVOKE_ROLE
    audit.record(db, by=who, action=action, about="people", detail=detail, now=now, standing=standing)
