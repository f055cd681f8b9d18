"""What happens by itself as time passes: reminders, escalation, warnings, expiry, ends of shares, the daily digest.

`run` is a chore of the worker. It may run at any time, as often as one likes and in several processes at once: each
thing said is first noted (`request_reminded`), once. When it did not run for a while, only the latest thing is said.
What it says goes out in working hours of the nation whose bank holidays count.

| Waits for | After working days | Says |
|---|---|---|
| whoever decides | 3, 5 | reminder to the next actor |
| | 10 | escalation to those above, and the requester hears of it |
| the requester, of a question or the terms | 5, 10 | it is your turn |
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from catalogue import clock, organisations, outbox, people, working_days
from catalogue.chores import Chore
from catalogue.errors import TooLate
from catalogue.model import Person
from catalogue.requests.actors import next_actor, queue_for
from catalogue.requests.deciders import Responsible, above, decider, responsible
from catalogue.requests.delivering import end
from catalogue.requests.drafting import expire
from catalogue.requests.model import Because, NextActor, Share, ShareRequest, ShareState, Waiting
from catalogue.requests.preferences import preferences
from catalogue.requests.record import load, shares_until, to_request
from catalogue.requests.states import State
from catalogue.requests.telling import askers, has_heard, heard, note, say, submission
from catalogue.store import Database

REMINDED = (3, 5)
ESCALATED = 10
AUTHOR_REMINDED = (5, 10)
KEPT: Mapping[State, timedelta] = {State.DRAFT: timedelta(days=60), State.RETURNED: timedelta(days=30)}
"""How long a draft or an unanswered return lies before it ends."""
WARNED = timedelta(days=7)
SHARE_WARNED = (timedelta(days=30), timedelta(days=7))
PAGE = 500


@dataclass(frozen=True, slots=True)
class _Round:
    """One run: the moment, who is responsible, and which nation's days count for a body."""

    db: Database
    now: datetime
    found: Responsible
    noted: frozenset[tuple[str, str, str]]
    nations: dict[str | None, str] = field(default_factory=dict)

    def nation(self, body: str | None) -> str:
        if body not in self.nations:
            found = organisations.find(self.db, body) if body else None
            self.nations[body] = working_days.nation_of(found)
        return self.nations[body]

    def due(self, body: str | None) -> datetime:
        return working_days.next_working_time(self.now, self.nation(body))


_Due = tuple[str, Callable[[_Round, ShareRequest, NextActor, str], None]]
"""Something that is due to be said: what it is noted as, and what says it."""


def run(db: Database, now: datetime) -> None:
    """Say what is due, end what is over. Each request is a transaction of its own."""
    this = _Round(db, now, responsible(db, now=now), _noted(db))
    going = "state IN ('submitted', 'in_review') OR (state = 'approved' AND waiting_for <> 'nobody')"
    for request in _in_states(db, going):
        _remind(this, request)
    for request in _in_states(db, "state IN ('draft', 'returned')"):
        _age(this, request)
    for share in shares_until(db, clock.london(now).date() + max(SHARE_WARNED)):
        _watch(this, share)
    for request in _in_states(db, _WITHDRAWN):
        _gone(this, request)
    _digests(this)


_WITHDRAWN = (
    "state IN ('draft', 'submitted', 'in_review', 'returned')"
    " AND dataset_id IN (SELECT d.id FROM datasets d WHERE d.status = 'withdrawn')"
)
"""Requests for an entry that is no longer kept."""

CHORE = Chore("requests.remind", timedelta(minutes=10), run)


def _in_states(db: Database, condition: str) -> Iterator[ShareRequest]:
    """The requests for which a condition holds, in pages, so that memory stays small."""
    last = 0
    while rows := db.query(
        f"SELECT * FROM requests WHERE ({condition}) AND number > :last ORDER BY number LIMIT {PAGE}", {"last": last}
    ):
        yield from map(to_request, rows)
        last = rows[-1]["number"]


def _remind(this: _Round, request: ShareRequest) -> None:
    """Say whose turn it is to those whose turn it has been for too long."""
    actor = next_actor(this.db, request, now=this.now, among=this.found)
    if actor is None:
        return
    if actor.because is Because.AUTHOR:
        waited = working_days.since(request.waiting_since, this.now, this.nation(request.organisation))
        passed: list[_Due] = [(f"your_turn:{days}", _your_turn) for days in AUTHOR_REMINDED if waited >= days]
    else:
        waited = working_days.since(request.waiting_since, this.now, this.nation(request.holder))
        passed = [(f"reminder:{days}", _reminder) for days in REMINDED if waited >= days]
        passed += [("escalated", _escalated)] if waited >= ESCALATED else []
        _newcomers(this, request, actor)
    _latest(this, request, actor, passed)


def _latest(this: _Round, request: ShareRequest, actor: NextActor, passed: list[_Due]) -> None:
    """Note everything that is due, and say the latest of what was not noted before."""
    since = clock.stamp(request.waiting_since)
    if not passed or (request.id, passed[-1][0], since) in this.noted:
        return
    with this.db.atomic():
        new = [(name, says) for name, says in passed if note(this.db, request, name, since, now=this.now)]
        if new and load(this.db, request.id).waiting_since == request.waiting_since:
            name, says = new[-1]
            says(this, request, actor, f"{name}:{since}")


def _noted(db: Database) -> frozenset[tuple[str, str, str]]:
    """What was said of requests that are not over. A note that is made meanwhile counts when it is tried again."""
    rows = db.query(
        "SELECT n.request_id, n.what, n.since FROM request_reminded n JOIN requests r ON r.id = n.request_id"
        " WHERE r.state IN ('draft', 'submitted', 'in_review', 'returned', 'approved')"
    )
    return frozenset((row["request_id"], row["what"], row["since"]) for row in rows)


def _your_turn(this: _Round, request: ShareRequest, actor: NextActor, key: str) -> None:
    say(this.db, "your_turn", askers(request), request, key=key, now=this.now, due=this.due(request.organisation))


def _reminder(this: _Round, request: ShareRequest, actor: NextActor, key: str) -> None:
    to = [actor.person.id] if actor.person else []
    say(this.db, "reminder", to, request, key=key, now=this.now, due=this.due(request.holder))


def _escalated(this: _Round, request: ShareRequest, actor: NextActor, key: str) -> None:
    to = [each.id for each in above(request, actor, this.found)]
    say(this.db, "escalated", to, request, key=key, now=this.now, due=this.due(request.holder))
    say(this.db, "raised", askers(request), request, key=key, now=this.now, due=this.due(request.organisation))


def _newcomers(this: _Round, request: ShareRequest, actor: NextActor) -> None:
    """Whoever became responsible since the request came in hears of it as the others did."""
    if request.waiting_for is not Waiting.MANAGER or request.state is State.APPROVED:
        return
    since = submission(request)
    if not any((request.id, heard(request, each.id), since) not in this.noted for each in actor.everyone):
        return
    with this.db.atomic():
        new = has_heard(this.db, request, actor, now=this.now)
        what = "unowned" if actor.is_alarm else "submitted"
        due = this.due(request.holder)
        say(this.db, what, new, request, key=f"new:{since}", now=this.now, due=due)


def _age(this: _Round, request: ShareRequest) -> None:
    """Warn that a draft or a return lies idle; end it a week after the warning at the earliest."""
    idle = this.now - request.changed_at
    if idle < KEPT[request.state] - WARNED:
        return
    since = clock.stamp(request.changed_at)
    rows = this.db.query(
        "SELECT at FROM request_reminded WHERE request_id = :id AND what = 'expiring' AND since = :since",
        {"id": request.id, "since": since},
    )
    if not rows:
        with this.db.atomic():
            if note(this.db, request, "expiring", since, now=this.now):
                due = this.due(request.organisation)
                say(this.db, "expiring", [request.author], request, key=f"expiring:{since}", now=this.now, due=due)
    elif idle >= KEPT[request.state] and this.now - clock.moment(rows[0]["at"]) >= WARNED:
        with this.db.atomic():
            if load(this.db, request.id).changed_at == request.changed_at:
                expire(this.db, request.id, now=this.now)


def _gone(this: _Round, request: ShareRequest) -> None:
    """Tell whoever asked, once, that the entry was withdrawn. The request goes on: the data may still be there."""
    since = clock.stamp(request.created_at)
    if (request.id, "dataset_withdrawn", since) in this.noted:
        return
    with this.db.atomic():
        if note(this.db, request, "dataset_withdrawn", since, now=this.now):
            due = this.due(request.organisation)
            say(this.db, "dataset_withdrawn", askers(request), request, key=f"gone:{since}", now=this.now, due=due)


def _watch(this: _Round, share: Share) -> None:
    """End a share whose time is over; warn both sides a month and a week before, and on its review date."""
    today = clock.london(this.now).date()
    if share.ends_on and today > share.ends_on:
        try:
            end(this.db, share.request_id, by=None, now=this.now)
        except TooLate:
            return  # somebody ended it a moment ago, and that has been told
    elif share.state is ShareState.SUPPLIED:
        due = [f"ending:{before.days}" for before in SHARE_WARNED if share.ends_on and today >= share.ends_on - before]
        _warn(this, share, "ending", due, str(share.ends_on))
        reached = ["review_due"] if share.review_on and today >= share.review_on else []
        _warn(this, share, "review_due", reached, str(share.review_on))


def _warn(this: _Round, share: Share, what: str, passed: list[str], since: str) -> None:
    """Note every warning that is due and give the latest of those that are new."""
    if not passed or (share.request_id, passed[-1], since) in this.noted:
        return
    request = load(this.db, share.request_id)
    with this.db.atomic():
        new = [name for name in passed if note(this.db, request, name, since, now=this.now)]
        if new:
            deciders = [each.id for each in _deciders(this, request)]
            to = [*(askers(request) if what == "ending" else []), *deciders]
            say(this.db, what, to, request, key=f"{new[-1]}:{since}", now=this.now, due=this.due(request.holder))


def _deciders(this: _Round, request: ShareRequest) -> tuple[Person, ...]:
    return decider(this.db, request, this.found).everyone


def _digests(this: _Round) -> None:
    """Once a working day, from nine o'clock, what waits for each manager who chose to hear of it so."""
    today = clock.london(this.now).date().isoformat()
    chosen = "SELECT person FROM telling WHERE digest = 1 AND COALESCE(digest_told_on, '') < :today"
    for row in this.db.query(chosen, {"today": today}):
        person = people.find(this.db, row["person"])
        if not working_days.is_working_time(this.now, this.nation(person.organisation)):
            continue
        waiting = queue_for(this.db, person, now=this.now)
        with this.db.atomic():
            taken = this.db.execute(
                "UPDATE telling SET digest_told_on = :today WHERE person = :person AND digest = 1"
                " AND COALESCE(digest_told_on, '') < :today",
                {"today": today, "person": person.id},
            )
            if taken and waiting:
                outbox.tell(
                    this.db,
                    "request.digest",
                    person.id,
                    {"requests": [each.id for each in waiting[:50]], "waiting": len(waiting)},
                    about=f"digest:{person.id}",
                    key=f"digest:{person.id}:{today}",
                    now=this.now,
                    due=preferences(this.db, person.id).due(this.now),
                )
