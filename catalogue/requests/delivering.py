"""After approval: the share that was agreed, its conditions accepted in writing, the papers, delivery, and its end."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from catalogue import clock
from catalogue.errors import InvalidAnswers
from catalogue.requests.model import ShareRequest, Waiting
from catalogue.requests.stricter import book_of
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
            for place, (step, party) in enumerate(steps_for(request), start=1)
        ],
    )


def steps_for(request: ShareRequest) -> list[tuple[str, Waiting]]:
    """What stands between this approval and delivery, in order, and who is waited for meanwhile."""
    about_people = request.facts.get("about_people") is not False
    steps = [("agreement", Waiting.LEGAL)] if about_people else []
    if about_people and request.answers.get("dpia") != "not_needed":
        steps.append(("dpia", Waiting.LEGAL))
    return [*steps, ("transfer", Waiting.TECHNICAL)]


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None
