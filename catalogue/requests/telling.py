"""Who hears of what happened to a request. Ids only: the bot puts it into words from the record as it then is.

| what | to | when |
|---|---|---|
| `request.receipt` | author | it was submitted |
| `request.submitted` | deciders | it waits for their decision |
| `request.unowned` | administrators | nobody is responsible for it |
| `request.review_started`, `request.question` | author | somebody reads it; a reviewer asks something |
| `request.answered`, `request.nudged` | deciders | the author answered, or asks how it stands |
| `request.delegated` | whoever it was handed to | they decide now |
| `request.approved`, `request.declined`, `request.returned` | author and those who joined | it was decided |
| `request.withdrawn` | deciders | the author took it back |
| `request.stepped_in` | managers | an administrator acted in their place |
| `request.handed_over` | the new author | it is theirs now |
| `request.joined` | author | a colleague joined it |
| `request.withdrawn_by_author` | those who joined | the author took it back |
| `request.accepted`, `request.renewal_asked` | deciders | the terms were accepted; the share is to go on |
| `request.ticked` | the other side | a step to delivery is done |
| `request.supplied`, `request.renewed` | author and those who joined | the data is there; the share goes on |
| `request.ended` | both sides | the share is over |
| `request.expired` | author | it lay idle for too long |
| `request.reminder` | whoever is next | it has waited 3 or 5 working days |
| `request.escalated` | whoever is above them | it has waited 10 working days |
| `request.raised` | author and those who joined | it was escalated |
| `request.your_turn` | author and those who joined | it has waited 5 or 10 working days for them |
| `request.expiring` | author | a draft or an unanswered return ends in a week |
| `request.ending`, `request.review_due` | both sides | a share ends in a month or a week; its review date is here |
| `request.dataset_withdrawn` | author and those who joined | the entry was withdrawn while the request is going |
| `request.digest` | a manager who chose so | what waits for them, once a working day (`about` is `digest:<person>`) |

Somebody who chose the digest is not told of each request that comes in. Quiet hours hold a message back till they end.
"""

from collections.abc import Iterable
from datetime import datetime

from catalogue import clock, outbox
from catalogue.entries import digest
from catalogue.model import Person
from catalogue.requests.deciders import decider, responsible
from catalogue.requests.model import NextActor, ShareRequest
from catalogue.requests.preferences import preferences
from catalogue.requests.steps import Step
from catalogue.store import Database

IN_THE_DIGEST = frozenset({"submitted", "answered", "accepted", "ticked", "reminder"})


def say(
    db: Database, what: str, to: Iterable[str], request: ShareRequest, *, key: str, now: datetime, due: datetime
) -> None:
    """Tell people of a request, each once for this key, not before `due` and not in their quiet hours."""
    for person_id in dict.fromkeys(to):
        chosen = preferences(db, person_id)
        if chosen.digest and what in IN_THE_DIGEST:
            continue
        outbox.tell(
            db,
            f"request.{what}",
            person_id,
            {"request": request.id, "version": request.version},
            about=request.id,
            key=f"{request.id}:{key}:{what}:{person_id}",
            now=now,
            due=chosen.due(due),
        )


def tell(db: Database, what: str, to: Iterable[Person | str], step: Step, *, now: datetime) -> None:
    """Tell people of a step, inside its transaction, each once."""
    persons = [each.id if isinstance(each, Person) else each for each in to]
    say(db, what, persons, step.request, key=str(step.place), now=now, due=now)


def tell_deciders(db: Database, what: str, step: Step, *, now: datetime, but: Person | None = None) -> None:
    """Tell everybody who may decide; when that is nobody but administrators, they hear that somebody must be found."""
    found = decider(db, step.request, responsible(db, now=now))
    heard = "unowned" if found.is_alarm and what == "submitted" else what
    tell(db, heard, [each for each in found.everyone if but is None or each.id != but.id], step, now=now)
    if what == "submitted":
        has_heard(db, step.request, found, now=now)


def has_heard(db: Database, request: ShareRequest, actor: NextActor, *, now: datetime) -> list[str]:
    """Note that these people know of the request since its submission; returns those who did not until now."""
    return [
        each.id for each in actor.everyone if note(db, request, heard(request, each.id), submission(request), now=now)
    ]


def heard(request: ShareRequest, person_id: str) -> str:
    """What it is noted as that somebody knows of a request: without their id, which would outlive them here."""
    return f"heard:{digest(f'{request.id} {person_id}')[:16]}"


def submission(request: ShareRequest) -> str:
    """What tells one submission of a request from the next."""
    return clock.stamp(request.submitted_at or request.created_at)


def note(db: Database, request: ShareRequest, what: str, since: str, *, now: datetime) -> bool:
    """Write down, once, that something was said of a request in what began at `since`. False when it was before."""
    return bool(
        db.execute(
            "INSERT INTO request_reminded (request_id, what, since, at) VALUES (:id, :what, :since, :now)"
            " ON CONFLICT (request_id, what, since) DO NOTHING",
            {"id": request.id, "what": what, "since": since, "now": clock.stamp(now)},
        )
    )


def askers(request: ShareRequest) -> list[str]:
    """Whoever asked: the author and those who joined."""
    return [request.author, *sorted(request.joined)]


def refresh(db: Database, request: ShareRequest, *, now: datetime) -> None:
    """Have every message about the request made anew, so that no button stays that does nothing any more."""
    outbox.retell(db, request.id, now=now)
