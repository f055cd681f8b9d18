"""Slack user groups whose members hold a role, and organisations known by an e-mail domain.

What Slack says of a group is asked for every few minutes (`bot/slack/people.py`). While it cannot be asked, who was a
member stays one for reading, and after an hour no longer for deciding.
"""

import re
from collections.abc import Collection
from dataclasses import replace
from datetime import datetime, timedelta

from catalogue import audit, clock, organisations, people, rights, roles
from catalogue.errors import InvalidRole
from catalogue.model import Grant, Person, Role
from catalogue.rights import Action
from catalogue.store import Database

CONFIRMED_FOR = timedelta(hours=1)


def looks_like_one(group: str) -> bool:
    """Whether this can be the id of a user group: Slack's begin with S."""
    return bool(re.fullmatch("S[A-Z0-9]{3,}", group))


def link(db: Database, group: str, what: Grant, *, by: Person | None, reason: str, now: datetime) -> bool:
    """Have the members of a Slack user group hold a role, from the next time that Slack is asked who they are."""
    return _write(db, group, what, Action.GRANT_ROLE, by=by, reason=reason, now=now)


def unlink(db: Database, group: str, what: Grant, *, by: Person | None, reason: str, now: datetime) -> bool:
    """Have them no longer hold it: the roles that came from the group end at once."""
    done = _write(db, group, what, Action.REVOKE_ROLE, by=by, reason=reason, now=now)
    if done:
        follow(db, group, what, members=(), now=now)
    return done


def _write(
    db: Database, group: str, what: Grant, action: Action, *, by: Person | None, reason: str, now: datetime
) -> bool:
    standing = "operator" if by is None else rights.require(by, action, about="people", now=now)
    if what.scope and not roles.exists(db, what.scope):
        raise InvalidRole({"scope": f"There is no dataset or organisation called “{what.scope}”."})
    if not reason.strip():
        raise InvalidRole({"reason": "Say why."})
    who = by.id if by else roles.OPERATOR
    row = {"id": group, "role": str(what.role), "scope": what.scope or ""}
    with db.atomic():
        if action is Action.GRANT_ROLE:
            done = db.execute(
                "INSERT INTO user_groups (id, role, scope, mapped_by, mapped_at)"
                " VALUES (:id, :role, :scope, :by, :now) ON CONFLICT DO NOTHING",
                {**row, "by": who, "now": clock.stamp(now)},
            )
        else:
            done = db.execute("DELETE FROM user_groups WHERE id = :id AND role = :role AND scope = :scope", row)
        if done:
            detail = {"group": group, "role": str(what), "reason": reason}
            audit.record(db, by=who, action=action, about="people", detail=detail, now=now, standing=standing)
    return bool(done)


def linked(db: Database) -> list[tuple[str, Grant]]:
    """Each user group with the role its members hold."""
    rows = db.query("SELECT id, role, scope FROM user_groups ORDER BY id, role, scope")
    return [(row["id"], Grant(Role(row["role"]), row["scope"] or None)) for row in rows]


def follow(db: Database, group: str, what: Grant, *, members: Collection[Person], now: datetime) -> None:
    """Make the role what Slack says of the group: given to who joined, confirmed, taken from who is no longer in it.

    While Slack cannot be asked nothing changes, and after an hour such a role serves for reading only. A role that
    somebody was given by other means is left alone.
    """
    who = f"group {group}"
    held = {
        row["person"]
        for row in db.query(
            "SELECT person FROM grants WHERE origin = :who AND role = :role AND scope = :scope AND ended_at IS NULL",
            {"who": who, "role": str(what.role), "scope": what.scope or ""},
        )
    }
    reason = f"Member of the Slack user group {group}"
    sure = replace(what, sure_until=now + CONFIRMED_FOR)
    with db.atomic():
        for person in members:
            if person.is_active and not person.is_guest and person.id not in held:
                roles.grant(db, person, sure, by=None, reason=reason, now=now, origin=who)
        staying = held & {person.id for person in members if person.is_active and not person.is_guest}
        db.execute_many(
            "UPDATE grants SET sure_until = :until WHERE origin = :who AND person = :person AND ended_at IS NULL"
            " AND role = :role AND scope = :scope",
            [
                {
                    "until": clock.stamp(now + CONFIRMED_FOR),
                    "who": who,
                    "person": person,
                    "role": str(what.role),
                    "scope": what.scope or "",
                }
                for person in staying
            ],
        )
        for gone in sorted(held - staying):
            roles.revoke(
                db, people.find(db, gone), what, by=None, reason=f"No longer {reason[0].lower()}{reason[1:]}", now=now
            )


def organisation_of_address(db: Database, email: str) -> str | None:
    """The organisation whose e-mail domain this address has, or is under; None when none, or more than one, has it."""
    domain = email.rpartition("@")[2].casefold()
    found: dict[int, set[str]] = {}
    for body in organisations.everyone(db):
        for known in body.email_domains if not body.is_closed else ():
            if domain == known.casefold() or domain.endswith("." + known.casefold()):
                found.setdefault(len(known), set()).add(body.slug)
    nearest = found[max(found)] if found else set()
    return next(iter(nearest)) if len(nearest) == 1 else None


def may_set_organisation(db: Database, person: Person) -> bool:
    """Whether nothing better than an e-mail domain says where this person works."""
    rows = db.query("SELECT organisation, organisation_from FROM people WHERE id = :id", {"id": person.id})
    return bool(rows) and (rows[0]["organisation"] is None or rows[0]["organisation_from"] == "domain")


def set_organisation(db: Database, person: Person, slug: str | None) -> None:
    """Write down the organisation that an e-mail domain says; None when it says none any more."""
    db.execute(
        "UPDATE people SET organisation = :slug, organisation_from = 'domain' WHERE id = :id",
        {"slug": slug, "id": person.id},
    )
