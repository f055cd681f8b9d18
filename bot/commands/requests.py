"""whoholds requests: the same as in Slack, over the same functions, so that work goes on when Slack does not."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, time
from pathlib import Path
from typing import Any

import click

from bot.commands import request_lines
from bot.commands.common import AS_ADMIN, entitled, opened, person, print_json, readable
from catalogue import audit, clock, datasets, people, requests
from catalogue.errors import BadRules, NotAllowed
from catalogue.model import Person
from catalogue.requests.evidence import event_values, evidence, request_values
from catalogue.requests.model import Share, ShareRequest, Waiting
from catalogue.requests.preferences import Preferences, choose, preferences
from catalogue.requests.record import EVERYTHING, everything, history, load
from catalogue.requests.states import State
from catalogue.requests.stricter import book_of, set_for
from catalogue.rights import Action
from catalogue.roles import OPERATOR
from catalogue.store import Database

AS = click.option("--as", "who", required=True, metavar="PERSON", help="Who does it: an id, an address or a Slack id.")
NOTE = click.option("--note", metavar="TEXT", help="What you say about it. Declining and sending back need it.")
JSON = click.option("--json", "json_", is_flag=True, help="Print JSON.")
ANSWERS = click.option(
    "--answers",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A JSON file with answers by question id.",
)
Deed = Callable[[Database, str, Person, datetime], ShareRequest | Share]


@click.group("requests")
def command() -> None:
    """Ask for data, decide on requests, and see how they stand.

    Example: whoholds requests new dfe/national-pupil-database --as council-officer --answers answers.json
    """


@command.command("new")
@click.argument("dataset")
@AS
@ANSWERS
@click.option("--copy", metavar="SR-0001", help="An earlier request whose answers are taken over.")
@JSON
def new(dataset: str, who: str, answers: Path | None, copy: str | None, json_: bool) -> None:
    """Start a request for DATASET. What is still to be answered is listed.

    Example: whoholds requests new dfe/national-pupil-database --as council-officer
    """
    with _acting(who) as (db, by, now):
        known = requests.before(db, dataset, by=by, now=now)
        request = None
        if not known.is_open:
            request = requests.start(db, dataset, by=by, now=now, answers=_read(answers), copy_of=copy)
        missing = requests.faults(db, request, now=now) if request else {}
    if json_:
        values = request_values(request) if request else {"id": None}
        print_json({**values, "faults": missing, "before": request_lines.before_values(known)})
        return
    for line in (*request_lines.before(known), *(request_lines.draft(request, missing) if request else ())):
        click.echo(line)


@command.command("questions")
@click.argument("dataset")
@click.option("--as", "who", metavar="PERSON", help="Whose organisation asks.")
@JSON
def questions_(dataset: str, who: str | None, json_: bool) -> None:
    """List the questions that a request for DATASET can ask.

    Example: whoholds requests questions dfe/national-pupil-database --json
    """
    with opened() as catalogue:
        asker = person(catalogue, who)
        audience = people.audience_of(asker) if who else EVERYTHING
        entry = datasets.get(catalogue.db, dataset, audience=audience)
        asked = requests.possible_questions(catalogue.db, entry, person=asker)
    if json_:
        print_json([request_lines.question_values(each) for each in asked])
        return
    for each in asked:
        click.echo(f"{each.id}: {each.text}{'' if each.compulsory else ' (optional)'}")


@command.command("add-questions")
@click.argument("organisation")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@AS_ADMIN
def add_questions(organisation: str, file: Path, as_: str | None) -> None:
    """Have requests for the data of ORGANISATION ask more, or more strictly, by the TOML in FILE. Never less.

    Example: whoholds requests add-questions department-for-education questions.toml
    """
    with opened() as catalogue, readable(file):
        slug = catalogue.search.vocabulary().resolve(organisation) or organisation
        now = clock.now()
        by = entitled(catalogue, as_, Action.CHANGE_SETTINGS, about=f"questions of {slug}", now=now)
        who = by.id if by else OPERATOR
        try:
            with catalogue.db.atomic():
                book = set_for(catalogue.db, slug, file.read_text(encoding="utf-8"), by=who, now=now)
                audit.record(catalogue.db, by=who, action="settings.change", about=f"questions of {slug}", now=now)
        except (BadRules, UnicodeDecodeError) as error:
            raise click.ClickException(str(error)) from None
    own = sum(each.added_by is not None for each in book)
    click.echo(f"{slug} asks {own} more than the shared questions.")


@command.command("edit")
@click.argument("request_id", metavar="SR-0001")
@AS
@ANSWERS
@JSON
def edit(request_id: str, who: str, answers: Path | None, json_: bool) -> None:
    """Keep answers in a draft or a returned request, complete or not.

    Example: whoholds requests edit SR-0001 --as council-officer --answers answers.json
    """
    with _acting(who) as (db, by, now):
        request = requests.save_answers(db, request_id, _read(answers), by=by, now=now)
        missing = requests.faults(db, request, now=now)
    if json_:
        print_json({**request_values(request), "faults": missing})
        return
    for line in request_lines.draft(request, missing):
        click.echo(line)


def _deed(name: str, does: str, example: str, do: Callable[..., Any], *options: Callable[[Any], Any]) -> None:
    """Add a command that does one thing with one request. `example` is what follows its number."""

    def run(request_id: str, who: str, note: str | None, json_: bool, **more: Any) -> None:
        with _acting(who) as (db, by, now):
            if "to" in more:
                more["to"] = people.find(db, more["to"])
            given = {key: value.date() if isinstance(value, datetime) else value for key, value in more.items()}
            do(db, request_id, by=by, now=now, note=note or "", **given)
            request = load(db, request_id)
        if json_:
            print_json(request_values(request))
        else:
            click.echo(f"{request.id}: {request_lines.state_in_words(request)}.")

    run.__doc__ = f"{does}\n\nExample: whoholds requests {name} SR-0001 {example}"
    for decorate in (JSON, NOTE, AS, *reversed(options), click.argument("request_id", metavar="SR-0001")):
        run = decorate(run)
    command.command(name)(run)


DAY = click.DateTime(["%Y-%m-%d"])
TO = click.option("--to", required=True, metavar="PERSON", help="The person it is handed to.")
TERMS = (
    click.option("--conditions", metavar="TEXT", help="What the share is bound to."),
    click.option("--subset", metavar="TEXT", help="Which part of the data, if not all that was asked for."),
    click.option("--ends", type=DAY, metavar="YYYY-MM-DD", help="The last day of the share."),
    click.option("--review", type=DAY, metavar="YYYY-MM-DD", help="When it is to be looked at again."),
)
ENDS = click.option("--ends", type=DAY, metavar="YYYY-MM-DD", help="The new last day of the share.")
REVIEW = click.option("--review", type=DAY, metavar="YYYY-MM-DD", help="When it is to be looked at again.")
UNTIL = click.option("--until", type=DAY, metavar="YYYY-MM-DD", help="Until when it should go on.")
STEP = click.option("--step", "what", required=True, help="Which step: agreement, dpia or transfer.")
PARTY = click.option("--party", type=click.Choice(["legal", "technical", "manager"]), required=True, help="For whom.")


def _without_note(do: Callable[..., Any]) -> Callable[..., Any]:
    return lambda db, request_id, *, note, **more: do(db, request_id, **more)


def _wait_for(db: Database, request_id: str, *, party: str, **more: Any) -> ShareRequest:
    return requests.wait_for(db, request_id, Waiting(party), **more)


def _tick(db: Database, request_id: str, *, what: str, **more: Any) -> Share:
    return requests.tick(db, request_id, what, **more)


_deed("submit", "Send it to whoever decides.", "--as council-officer", requests.submit)
_deed("review", "Open it: the requester hears of it.", "--as dfe-manager", requests.start_review)
_deed("approve", "Agree to share.", '--as dfe-manager --subset "Camden only"', requests.approve, *TERMS)
_deed("decline", "Refuse, with the reason.", '--as dfe-manager --note "There is no power."', requests.decline)
_deed("send-back", "Return it, with what is missing.", '--as dfe-manager --note "Which years?"', requests.send_back)
_deed("ask", "Ask the requester something.", '--as dfe-manager --note "Which years?"', requests.ask_question)
_deed("reply", "Answer what a reviewer asked.", '--as council-officer --note "2024."', requests.answer_question)
_deed("note", "Write something that only reviewers read.", '--as dfe-manager --note "Legal agree."', requests.add_note)
_deed("wait-for", "Say who is waited for.", "--as dfe-manager --party legal", _wait_for, PARTY)
_deed("delegate", "Hand the decision to somebody else.", "--as dfe-manager --to dfe-steward", requests.delegate, TO)
_deed("withdraw", "Take it back.", "--as council-officer", requests.withdraw)
_deed("nudge", "Ask how it stands.", "--as council-officer", _without_note(requests.nudge))
_deed("join", "Hear of a colleague's request from now on.", "--as council-officer", _without_note(requests.join))
_deed("hand-over", "Make a colleague the author.", "--as council-officer --to colleague", requests.hand_over, TO)
_deed("accept", "Accept the terms of an approval in writing.", "--as council-officer", requests.accept)
_deed("tick", "Say that a step to delivery is done.", "--as dfe-manager --step agreement", _tick, STEP)
_deed("supply", "Say that the data has been supplied.", "--as dfe-manager", requests.supply)
_deed(
    "ask-renewal",
    "Ask that the share goes on, and say why.",
    '--as council-officer --note "It still helps." --until 2028-03-31',
    requests.ask_renewal,
    UNTIL,
)
_deed("renew", "Give the share a new end.", "--as dfe-manager --ends 2028-03-31", requests.renew, ENDS, REVIEW)
_deed("end", "End the share early.", '--as council-officer --note "The work is done."', requests.end)


@command.command("tell-me")
@AS
@click.option("--digest/--each", "digest", default=None, help="Once a working day, or each request as it comes.")
@click.option("--quiet", metavar="18:00-08:00", help="When not to be disturbed, by London's clock; 'never' to end it.")
def tell_me(who: str, digest: bool | None, quiet: str | None) -> None:
    """Choose how somebody hears of requests.

    Example: whoholds requests tell-me --as dfe-manager --digest --quiet 18:00-08:30
    """
    with _acting(who) as (db, by, _now):
        present = preferences(db, by.id)
        start, end = _hours(quiet) if quiet else (present.quiet_from, present.quiet_until)
        choose(db, by.id, Preferences(present.digest if digest is None else digest, start, end))
        now_ = preferences(db, by.id)
    hours = f", quiet from {now_.quiet_from:%H:%M} to {now_.quiet_until:%H:%M}" if now_.quiet_from else ""
    click.echo(f"{by.id} hears {'once a working day' if now_.digest else 'of each request'}{hours}.")


def _hours(quiet: str) -> tuple[time | None, time | None]:
    if quiet == "never":
        return None, None
    start, _dash, end = quiet.partition("-")
    try:
        return time.fromisoformat(start), time.fromisoformat(end)
    except ValueError:
        raise click.UsageError("Give hours like 18:00-08:00, or never.") from None


@command.command("list")
@click.option("--as", "who", metavar="PERSON", help="What is this person's, and what waits for them. Without: all.")
@click.option("--state", type=click.Choice([str(state) for state in State]), help="Only those in this state.")
@JSON
def list_(who: str | None, state: str | None, json_: bool) -> None:
    """List requests with their state and who is next.

    Example: whoholds requests list --as dfe-manager
    """
    with opened() as catalogue:
        db, now = catalogue.db, clock.now()
        by = person(catalogue, who)
        found = [*requests.queue_for(db, by, now=now), *requests.of_person(db, by)] if by else everything(db)
        chosen = [each for each in dict.fromkeys(found) if state is None or each.state == state]
        next_ = requests.next_actors(db, chosen, now=now)
    for each in chosen:
        actor = next_[each.id]
        if json_:
            print_json({**request_values(each), "next": actor.person.id if actor and actor.person else None})
        else:
            click.echo(request_lines.line(each, actor))


@command.command("show")
@click.argument("request_id", metavar="SR-0001")
@click.option("--as", "who", metavar="PERSON", help="As this person may read it. Without: as the operator.")
@JSON
def show(request_id: str, who: str | None, json_: bool) -> None:
    """Show one request: its answers, its history, and who is next.

    Example: whoholds requests show SR-0001 --as council-officer
    """
    with opened() as catalogue:
        db, now = catalogue.db, clock.now()
        by = person(catalogue, who)
        request = requests.get(db, request_id, person=by, now=now) if by else load(db, request_id)
        past = requests.events(db, request, person=by, now=now) if by else history(db, request.id, private=True)
        actor = requests.next_actor(db, request, now=now)
        share = requests.share_of(db, request.id)
        waited = requests.turnaround_of(db, request.id, now=now).as_days()
        book = book_of(db, request.holder)
        values = {
            **request_values(request),
            "next": actor.person.id if actor and actor.person else None,
            "because": str(actor.because) if actor else None,
            "days_waited_for": waited,
            "events": [event_values(event, book) for event in past],
        }
    if json_:
        print_json(values)
        return
    for line in request_lines.whole(request, actor, share, past, book, waited):
        click.echo(line)


@command.command("export")
@click.argument("request_id", metavar="SR-0001")
@click.option("--as", "who", metavar="PERSON", help="Who asks for it, for the audit; they must be able to read it all.")
@JSON
def export(request_id: str, who: str | None, json_: bool) -> None:
    """Write the evidence: answers, history, conditions in force at the time, and the audit's chain.

    Example: whoholds requests export SR-0042 --json > SR-0042.json
    """
    with opened() as catalogue:
        db, now = catalogue.db, clock.now()
        by = person(catalogue, who)
        if by is not None:
            requests.require_notes(db, request_id, person=by, now=now)
        found = evidence(db, request_id, now=now)
        about = found["request"]["id"]
        audit.record(db, by=by or "command line", action="request.export", about=about, now=now)
    if json_:
        click.echo(json.dumps(found, ensure_ascii=False, indent=2))
        return
    for line in request_lines.evidence(found):
        click.echo(line)


@contextmanager
def _acting(who: str) -> Iterator[tuple[Database, Person, datetime]]:
    """The database, the person and the moment. What is refused is written into the audit."""
    with opened() as catalogue:
        by, now = person(catalogue, who), clock.now()
        assert by
        try:
            yield catalogue.db, by, now
        except NotAllowed as error:
            audit.refused(
                catalogue.db, by=by, action=error.action or "request.view", about=error.about or "requests", now=now
            )
            raise


def _read(file: Path | None) -> dict[str, Any]:
    if file is None:
        return {}
    with readable(file):
        try:
            found = json.loads(file.read_text(encoding="utf-8"))
        except (ValueError, RecursionError):
            raise click.ClickException(f"{file} is no JSON.") from None
    if not isinstance(found, dict):
        raise click.ClickException(f"{file} must hold one object: question ids with answers.")
    return found
