"""After approval: the share that was agreed, its conditions accepted in writing, the papers, delivery, and its end.

A share goes agreed → accepted → supplied → ended, each a guarded UPDATE. Meanwhile the request says whose turn it is:
the requester's to accept, legal and technical colleagues' for the papers and the transfer, the manager's to supply.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from catalogue import clock
from catalogue.errors import InvalidAnswers, NotAllowed, NotFound, TooLate
from catalogue.model import Person
from catalogue.requests import telling
from catalogue.requests.deciders import decider, responsible
from catalogue.requests.model import Share, ShareRequest, ShareState, Side, Waiting
from catalogue.requests.questions import facts_with
from catalogue.requests.record import history, share_of
from catalogue.requests.states import Verb
from catalogue.requests.steps import Change, Step, check, noted, taking
from catalogue.requests.stricter import book_of
from catalogue.requests.turnaround import turnaround
from catalogue.rights import Action
from catalogue.sharing.conditions import Truth, evaluate
from catalogue.store import Database

LONGEST_TERMS = 4000
LONGEST_BENEFIT = 1000


@dataclass(frozen=True, slots=True)
class Terms:
    """What an approval is bound to."""

    conditions: str | None
    subset: str | None
    ends: date | None
    review: date | None

    def as_detail(self) -> dict[str, Any]:
        """For the history: only what was set."""
        values = {
            "conditions": self.conditions,
            "subset": self.subset,
            "ends": _day(self.ends),
            "review": _day(self.review),
        }
        return {name: value for name, value in values.items() if value}


def terms(
    conditions: str | None, subset: str | None, ends: date | None, review: date | None, *, today: datetime
) -> Terms:
    """The terms, checked. Raises InvalidAnswers."""
    wrong = {}
    for name, text in (("conditions", conditions), ("subset", subset)):
        if text and len(text) > LONGEST_TERMS:
            wrong[name] = f"Use no more than {LONGEST_TERMS:,} characters."
    for name, day in (("ends", ends), ("review", review)):
        if day and day < clock.london(today).date():
            wrong[name] = "The date has passed. Give one from today on."
    if ends and review and review > ends and "review" not in wrong:
        wrong["review"] = "The review comes after the end. Give an earlier date."
    if wrong:
        raise InvalidAnswers(wrong)
    return Terms((conditions or "").strip() or None, (subset or "").strip() or None, ends, review)


def open_share(db: Database, request: ShareRequest, agreed: Terms, *, now: datetime) -> None:
    """Record what was agreed, with the steps that lead to delivery, inside the transaction of the approval."""
    answers, book = request.answers, book_of(db, request.holder)
    chosen = book.get("benefits")
    benefits = [chosen.label(each) for each in answers.get("benefits", [])] if chosen else []
    other = answers.get("benefit_other")
    benefit = "; ".join(
        [*(each for each in benefits if not other or each != "Something else"), *([other] if other else [])]
    )
    db.execute(
        "INSERT INTO shares (request_id, dataset_id, dataset_title, holder, recipient, state, subset, conditions,"
        " power, purpose, benefit, starts_on, ends_on, review_on, is_illustrative) VALUES (:id, :dataset_id, :title,"
        " :holder, :recipient, 'agreed', :subset, :conditions, :power, :purpose, :benefit, :starts_on, :ends_on,"
        " :review_on, :illustrative)",
        {
            "id": request.id,
            "dataset_id": request.dataset_id,
            "title": request.dataset_title,
            "holder": request.holder,
            "recipient": request.organisation,
            "subset": agreed.subset,
            "conditions": agreed.conditions,
            "power": answers.get("which_power"),
            "purpose": answers.get("aims"),
            "benefit": benefit[:LONGEST_BENEFIT] or None,
            "starts_on": clock.london(now).date().isoformat(),
            "ends_on": _day(agreed.ends),
            "review_on": _day(agreed.review),
            "illustrative": int(request.is_illustrative),
        },
    )
    db.execute_many(
        "INSERT INTO share_steps (request_id, place, step, party) VALUES (:id, :place, :step, :party)",
        [
            {"id": request.id, "place": place, "step": step, "party": str(party)}
            for place, (step, party) in enumerate(steps_for(db, request), start=1)
        ],
    )


def steps_for(db: Database, request: ShareRequest) -> list[tuple[str, Waiting]]:
    """What stands between this approval and delivery, in order, and who is waited for meanwhile."""
    book = book_of(db, request.holder)
    known = facts_with(book, request.facts, request.answers)
    return [(step.id, step.party) for step in book.steps if evaluate(step.applies_when, known).truth is not Truth.FALSE]


def accept(db: Database, request_id: str, *, by: Person, now: datetime, note: str | None = None) -> Share:
    """The requester accepts what was agreed, in writing: the event keeps the terms as they were accepted."""
    check(db, request_id, Verb.ACCEPT, by=by, now=now)
    share = _share(db, request_id)
    agreed = Terms(share.conditions, share.subset, share.ends_on, share.review_on).as_detail()
    change = Change(note, detail={"accepted": agreed}, waiting=_next_step(share))
    with taking(db, request_id, Verb.ACCEPT, change, by=by, now=now) as step:
        values = {"accepted_at": clock.stamp(now), "accepted_by": by.id}
        _move(db, step.request.id, Verb.ACCEPT, ShareState.AGREED, ShareState.ACCEPTED, values)
        telling.tell_deciders(db, "accepted", step, now=now)
        telling.refresh(db, step.request, now=now)
    return _share(db, request_id)


def tick(db: Database, request_id: str, what: str, *, by: Person, now: datetime, note: str | None = None) -> Share:
    """The side whose step it is says that it is done. Raises InvalidAnswers for a step there is not, NotAllowed for
    one that the other side ticks."""
    with db.atomic():
        request = check(db, request_id, Verb.TICK, by=by, now=now)
        share = _share(db, request_id)
        chosen = next((each for each in share.steps if each.id == what), None)
        if chosen is None:
            raise InvalidAnswers({"step": f"Choose one of: {', '.join(each.id for each in share.steps)}."})
        if side_of(request, by) is not chosen.ticked_by:
            who = "Whoever asked for the data" if chosen.ticked_by is Side.REQUESTER else "The holder of the data"
            raise NotAllowed(
                f"{who} says when this step is done.", action=str(Action.TICK_SHARE), about=share.request_id
            )
        waiting = _next_step(share, but=what) if share.state is ShareState.ACCEPTED else Waiting.REQUESTER
        change = Change(note, detail={"step": what}, waiting=waiting)
        with taking(db, request_id, Verb.TICK, change, by=by, now=now) as step:
            ticked = db.execute(
                "UPDATE share_steps SET done_at = :now, done_by = :by, note = :note"
                " WHERE request_id = :id AND step = :step AND done_at IS NULL",
                {"now": clock.stamp(now), "by": by.id, "note": note, "id": step.request.id, "step": what},
            )
            if not ticked or share.state not in (ShareState.AGREED, ShareState.ACCEPTED):
                raise _too_late(db, step.request.id, Verb.TICK)
            telling.tell(db, "ticked", _other_side(db, step, by, now), step, now=now)
            telling.refresh(db, step.request, now=now)
    return _share(db, request_id)


def side_of(request: ShareRequest, person: Person) -> Side:
    """On which side of a share somebody stands who may act on it."""
    return Side.REQUESTER if person.id == request.author else Side.HOLDER


def supply(db: Database, request_id: str, *, by: Person, now: datetime, note: str | None = None) -> Share:
    """The holder says that the data has been supplied. Every step must be ticked first."""
    with db.atomic():
        check(db, request_id, Verb.SUPPLY, by=by, now=now)
        share = _share(db, request_id)
        missing = [each.id for each in share.steps if each.done_at is None]
        if missing and share.state is not ShareState.ENDED:
            raise InvalidAnswers({"step": f"Not ticked yet: {', '.join(missing)}."})
        waited = turnaround(history(db, share.request_id, private=True), now=now)
        change = Change(note, detail={"waited": waited.as_seconds()}, waiting=Waiting.NOBODY)
        with taking(db, request_id, Verb.SUPPLY, change, by=by, now=now) as step:
            values = {"supplied_at": clock.stamp(now)}
            _move(db, step.request.id, Verb.SUPPLY, ShareState.ACCEPTED, ShareState.SUPPLIED, values)
            telling.tell(db, "supplied", telling.askers(step.request), step, now=now)
            telling.refresh(db, step.request, now=now)
    return _share(db, request_id)


def ask_renewal(
    db: Database, request_id: str, *, by: Person, now: datetime, note: str, until: date | None = None
) -> Share:
    """The requester asks that the share goes on, and says why. It is the manager's turn."""
    check(db, request_id, Verb.ASK_RENEWAL, by=by, now=now)
    noted(note, needed=True)
    terms(None, None, until, None, today=now)
    change = Change(note, detail={"until": _day(until)} if until else {}, waiting=Waiting.MANAGER)
    with taking(db, request_id, Verb.ASK_RENEWAL, change, by=by, now=now) as step:
        if _share(db, request_id).state is not ShareState.SUPPLIED:
            raise _too_late(db, step.request.id, Verb.ASK_RENEWAL)
        telling.tell_deciders(db, "renewal_asked", step, now=now)
        telling.refresh(db, step.request, now=now)
    return _share(db, request_id)


def renew(
    db: Database,
    request_id: str,
    *,
    by: Person,
    now: datetime,
    ends: date | None,
    review: date | None = None,
    note: str | None = None,
) -> Share:
    """The manager gives the share a new end and review date, with or without having been asked."""
    check(db, request_id, Verb.RENEW, by=by, now=now)
    agreed = terms(None, None, ends, review, today=now)
    change = Change(note, detail=agreed.as_detail(), waiting=Waiting.NOBODY)
    with taking(db, request_id, Verb.RENEW, change, by=by, now=now) as step:
        values = {"ends_on": _day(ends), "review_on": _day(review)}
        _move(db, step.request.id, Verb.RENEW, ShareState.SUPPLIED, ShareState.SUPPLIED, values)
        telling.tell(db, "renewed", telling.askers(step.request), step, now=now)
        telling.refresh(db, step.request, now=now)
    return _share(db, request_id)


def end(db: Database, request_id: str, *, by: Person | None, now: datetime, note: str | None = None) -> Share:
    """End the share before its time, by either side, with the reason; or, by the program itself, on its end date."""
    check(db, request_id, Verb.END, by=by, now=now)
    noted(note, needed=by is not None)
    with taking(db, request_id, Verb.END, Change(note, waiting=Waiting.NOBODY), by=by, now=now) as step:
        before = _share(db, request_id).state
        if before is ShareState.ENDED:
            raise _too_late(db, step.request.id, Verb.END)
        values = {"ended_at": clock.stamp(now), "ended_because": (note or "").strip() or "The end date was reached"}
        _move(db, step.request.id, Verb.END, before, ShareState.ENDED, values)
        telling.tell(db, "ended", telling.askers(step.request), step, now=now)
        telling.tell_deciders(db, "ended", step, now=now)
        telling.refresh(db, step.request, now=now)
    return _share(db, request_id)


def _share(db: Database, request_id: str) -> Share:
    share = share_of(db, request_id.strip().upper())
    if share is None:
        raise NotFound("share", request_id)
    return share


def _next_step(share: Share, but: str | None = None) -> Waiting:
    """Whose turn it is on the way to delivery: the party of the first step that is not done, then the manager."""
    return next((each.party for each in share.steps if each.done_at is None and each.id != but), Waiting.MANAGER)


def _other_side(db: Database, step: Step, by: Person, now: datetime) -> list[str]:
    """Everybody concerned but whoever ticked it."""
    deciders = decider(db, step.request, responsible(db, now=now)).everyone
    concerned = [*telling.askers(step.request), *(each.id for each in deciders)]
    return [each for each in concerned if each != by.id]


def _move(
    db: Database, request_id: str, verb: Verb, before: ShareState, after: ShareState, values: dict[str, Any]
) -> None:
    """The guarded UPDATE of a share. Raises TooLate when it is no longer where it was."""
    sets = ", ".join(f"{name} = :{name}" for name in values)
    moved = db.execute(
        f"UPDATE shares SET state = :after, {sets} WHERE request_id = :id AND state = :before",
        {**values, "after": str(after), "before": str(before), "id": request_id},
    )
    if not moved:
        raise _too_late(db, request_id, verb)


def _too_late(db: Database, request_id: str, verb: Verb) -> TooLate:
    """Who brought the share to where it is, and when. The step that found out is undone with its transaction."""
    share = _share(db, request_id)
    before = history(db, request_id, private=False)[:-1]
    last = [event for event in before if event.verb in _MOVES]
    return TooLate(request_id, state=str(share.state), by=last[-1].by, at=last[-1].at, verb=str(verb))


_MOVES = (Verb.APPROVE, Verb.ACCEPT, Verb.TICK, Verb.SUPPLY, Verb.RENEW, Verb.END)


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None
