"""whoholds people: who somebody is, what they may do, and what is kept about them."""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from bot.commands.common import AS_ADMIN, entitled, opened, print_json, readable
from bot.words import count
from catalogue import audit, clock, groups, people, personal, roles, roster
from catalogue.errors import InvalidRole, NotAllowed, NotFound
from catalogue.model import Grant, Person, Role
from catalogue.rights import Action
from catalogue.store import Database

DAY = click.DateTime(["%Y-%m-%d"])


@click.group("people")
def command() -> None:
    """Bring people in, list them, give and take roles, hand over and remove what is kept about somebody.

    Example: whoholds people grant dfe-manager manager:department-for-education --reason "Data owner since May"
    """


@command.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--json", "json_", is_flag=True, help="Print the report as JSON, with every fault.")
def import_(file: Path, json_: bool) -> None:
    """Bring people in from a CSV with the columns id, slack_id, email, name, organisation, roles.

    Known ids are renewed. The roles that an earlier file gave somebody and this one does not, end. People who are not
    in the file are left alone.

    Example: whoholds people import people.csv
    """
    with opened() as catalogue, readable(file):
        resolve = catalogue.search.vocabulary().resolve
        report = roster.bring_in(catalogue.db, file, resolve=resolve, now=clock.now())
    if json_:
        print_json(report.as_json())
    else:
        click.echo(
            f"{report.added:,} added, {report.renewed:,} renewed, {count(report.granted, 'role')} given,"
            f" {report.ended:,} ended, {len(report.faults):,} left out."
        )
        for fault in report.faults:
            click.echo(str(fault), err=True)
    if report.faults:
        raise click.exceptions.Exit(1)


@command.command("list")
@click.argument("containing", default="")
@click.option("--role", help="Only who holds this role: steward, manager, admin, auditor.")
@click.option("--json", "json_", is_flag=True, help="Print one JSON object a person.")
def list_(containing: str, role: str | None, json_: bool) -> None:
    """List people with their roles, all or those in whose id, name, address or organisation CONTAINING occurs.

    Example: whoholds people list --role manager
    """
    with opened() as catalogue:
        for person in people.everyone(catalogue.db):
            names = " ".join(filter(None, [person.id, person.name, person.email, person.organisation])).casefold()
            held = [each for each in person.grants if role in (None, each.role)]
            if containing.casefold() in names and (held or role is None):
                print_json(_as_json(person)) if json_ else click.echo(_line(person))


@command.command("grant")
@click.argument("who")
@click.argument("role")
@click.option("--reason", required=True, help="Why; the person is told.")
@click.option("--as", "as_", metavar="PERSON", help="The administrator who decides; left out: the operator.")
@click.option("--from", "since", type=DAY, help="From when.")
@click.option("--until", type=DAY, help="The last day.")
@click.option("--deputy-for", metavar="PERSON", help="In whose place, for a time.")
def grant(
    who: str,
    role: str,
    reason: str,
    as_: str | None,
    since: datetime | None,
    until: datetime | None,
    deputy_for: str | None,
) -> None:
    """Give WHO the ROLE. WHO is a person, or the id of a Slack user group (S…), whose members then hold it.

    Example: whoholds people grant jane manager:dfe/npd --deputy-for sam --until 2026-08-31 --reason "Leave"
    """
    with opened() as catalogue:
        db, now = catalogue.db, clock.now()
        by = _find(db, as_) if as_ else None
        what = Grant(
            *_parsed(catalogue.search.vocabulary().resolve, role),
            since=_start(since),
            until=_end(until),
            deputy_for=_find(db, deputy_for).id if deputy_for else None,
        )
        with _answerable(db, by, now):
            if _is_group(db, who):
                done = groups.link(db, who, what, by=by, reason=reason, now=now)
            else:
                done = roles.grant(db, _find(db, who), what, by=by, reason=reason, now=now)
    click.echo(f"{who} now holds {what}." if done else f"{who} holds {what} already.")


@command.command("revoke")
@click.argument("who")
@click.argument("role")
@click.option("--reason", required=True, help="Why; the person is told.")
@click.option("--as", "as_", metavar="PERSON", help="The administrator who decides; left out: the operator.")
@click.option("--deputy-for", metavar="PERSON", help="The role that was held in somebody's place.")
def revoke(who: str, role: str, reason: str, as_: str | None, deputy_for: str | None) -> None:
    """Take the ROLE from WHO, a person or a Slack user group. Deputies lose it with the person they stand in for.

    Example: whoholds people revoke jane manager:dfe/npd --reason "Moved to another team"
    """
    with opened() as catalogue:
        db, now = catalogue.db, clock.now()
        by = _find(db, as_) if as_ else None
        what = Grant(
            *_parsed(catalogue.search.vocabulary().resolve, role),
            deputy_for=_find(db, deputy_for).id if deputy_for else None,
        )
        with _answerable(db, by, now):
            if _is_group(db, who):
                done = groups.unlink(db, who, what, by=by, reason=reason, now=now)
            else:
                done = roles.revoke(db, _find(db, who), what, by=by, reason=reason, now=now)
    click.echo(f"{who} no longer holds {what}." if done else f"{who} did not hold {what}.")
    if not done:
        raise click.exceptions.Exit(1)


@command.command("export")
@click.argument("who")
@AS_ADMIN
def export(who: str, as_: str | None) -> None:
    """Print everything that is kept about WHO, as JSON: to answer a subject access request.

    Example: whoholds people export jane > jane.json
    """
    with opened() as catalogue:
        now, person = clock.now(), _find(catalogue.db, who)
        is_own = as_ is not None and _find(catalogue.db, as_).id == person.id
        by = person if is_own else entitled(catalogue, as_, Action.EXPORT_PERSON, about="people", now=now)
        found = personal.export(catalogue.db, person)
        detail = {"person": person.id}
        audit.record(
            catalogue.db, by=by or roles.OPERATOR, action="person.export", about="people", detail=detail, now=now
        )
    click.echo(json.dumps(found, ensure_ascii=False, indent=2, default=str))


@command.command("erase")
@click.argument("who")
@click.option("--reason", required=True, help="Why, for the audit: a request to be forgotten, or that they left.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@AS_ADMIN
@click.option("--json", "json_", is_flag=True, help="Print what was done as JSON.")
def erase(who: str, reason: str, yes: bool, as_: str | None, json_: bool) -> None:
    """Remove WHO from the record, but for what the law has us keep for a time; that is listed with its reason.

    Example: whoholds people erase jane --reason "Asked on 3 May" --yes
    """
    with opened() as catalogue:
        now, person = clock.now(), _find(catalogue.db, who)
        by = entitled(catalogue, as_, Action.ERASE_PERSON, about="people", now=now)
        if not yes:
            click.confirm(f"Remove {person.id} for good?", abort=True)
        done = personal.erase(catalogue.db, person, by=by.id if by else roles.OPERATOR, reason=reason, now=now)
    if json_:
        kept = [
            {"what": each.what, "why": each.why, "until": each.until and clock.stamp(each.until)} for each in done.kept
        ]
        print_json({"pseudonym": done.pseudonym, "removed": dict(done.removed), "kept": kept})
        return
    for table, number in done.removed.items():
        click.echo(f"{count(number, 'row')} of {table} removed")
    for each in done.kept:
        until = f" until {each.until:%-d %B %Y}" if each.until else ""
        click.echo(f"kept{until}: {each.what}: {each.why}")
    click.echo(
        f"Wherever else they stood there is now {done.pseudonym}."
        if done.pseudonym
        else "They can no longer be reached or act. Run this again when the dates above have passed."
    )


@contextmanager
def _answerable(db: Database, by: Person | None, now: datetime) -> Iterator[None]:
    """What is refused is written into the audit, and what is wrong said as a usage error."""
    try:
        yield
    except NotAllowed as error:
        audit.refused(db, by=by, action=error.action or "role.grant", about=error.about or "people", now=now)
        raise
    except InvalidRole as error:
        raise click.UsageError(str(error)) from None


def _find(db: Database, key: str) -> Person:
    try:
        return people.find(db, key)
    except NotFound:
        raise click.UsageError(f"Nobody here is called “{key}”. Use an id, an e-mail address or a Slack id.") from None


def _is_group(db: Database, who: str) -> bool:
    known = db.query("SELECT 1 FROM people WHERE id = :who", {"who": who})
    return not known and groups.looks_like_one(who)


def _parsed(resolve: Callable[[str], str | None], role: str) -> tuple[Role, str | None]:
    try:
        (found,) = people.parse_grants(role, resolve=[])
    except ValueError as error:
        raise click.UsageError(str(error) if str(error).startswith("“") else f"“{role}” is not one role.") from None
    scope = found.scope
    return found.role, (resolve(scope) or scope) if scope else None


def _start(day: datetime | None) -> datetime | None:
    return day.replace(tzinfo=UTC) if day else None


def _end(day: datetime | None) -> datetime | None:
    """The end of a last day."""
    return day.replace(hour=23, minute=59, second=59, tzinfo=UTC) if day else None


def _as_json(person: Person) -> Mapping[str, Any]:
    return {
        "id": person.id,
        "slack_id": person.slack_id,
        "email": person.email,
        "name": person.name,
        "organisation": person.organisation,
        "is_guest": person.is_guest,
        "is_active": person.is_active,
        "roles": [
            {
                "role": str(each),
                "from": each.since and clock.stamp(each.since),
                "until": each.until and clock.stamp(each.until),
                "deputy_for": each.deputy_for,
            }
            for each in person.grants
        ],
    }


def _line(person: Person) -> str:
    marks = [] if person.is_active else ["left"]
    marks += ["guest"] if person.is_guest else []
    held = [f"{each}{_for_a_time(each)}" for each in person.grants]
    known = ", ".join(filter(None, [person.name, person.organisation, *marks]))
    return f"{person.id}  {known}  {' '.join(held)}".rstrip()


def _for_a_time(held: Grant) -> str:
    until = f" until {held.until:%Y-%m-%d}" if held.until else ""
    whose = f" for {held.deputy_for}" if held.deputy_for else ""
    return f" ({(whose + until).strip()})" if whose or until else ""
