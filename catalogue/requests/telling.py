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
"""

from collections.abc import Iterable
from datetime import datetime

from catalogue import outbox
from catalogue.model import Person
from catalogue.requests.actors import decider, responsible
from catalogue.requests.model import ShareRequest
from catalogue.requests.steps import Step
from catalogue.store import Database


def tell(db: Database, what: str, to: Iterable[Person | str], step: Step, *, now: datetime) -> None:
    """Tell people of a step, inside its transaction, each once."""
    for person_id in dict.fromkeys(each.id if isinstance(each, Person) else each for each in to):
        outbox.tell(
            db,
            f"request.{what}",
            person_id,
            {"request": step.request.id, "event": step.place, "version": step.request.version},
            about=step.request.id,
            key=f"{step.request.id}:{step.place}:{what}:{person_id}",
            now=now,
        )


def tell_deciders(db: Database, what: str, step: Step, *, now: datetime, but: Person | None = None) -> None:
    """Tell everybody who may decide; when that is nobody but administrators, they hear that somebody must be found."""
    found = decider(db, step.request, responsible(db, now=now))
    heard = "unowned" if found.is_alarm and what == "submitted" else what
    tell(db, heard, [each for each in found.everyone if but is None or each.id != but.id], step, now=now)


def askers(request: ShareRequest) -> list[str]:
    """Whoever asked: the author and those who joined."""
    return [request.author, *sorted(request.joined)]


def refresh(db: Database, request: ShareRequest, *, now: datetime) -> None:
    """Have every message about the request made anew, so that no button stays that does nothing any more."""
    outbox.retell(db, request.id, now=now)
