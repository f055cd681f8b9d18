"""What can happen to a request, on what right, and where it leads: the one table.

The documentation's page, the permission matrix and the tests are made from `TRANSITIONS`. A new verb is a new row here
and a function in `drafting.py`, `deciding.py` or `delivering.py` that calls `steps.take` with it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from catalogue.rights import Action


class State(StrEnum):
    DRAFT = "draft"
    SUBMITTED = "submitted"
    IN_REVIEW = "in_review"
    RETURNED = "returned"
    APPROVED = "approved"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"


class Verb(StrEnum):
    """What is done, as the history has it."""

    START = "start"
    EDIT = "edit"
    HAND_OVER = "hand_over"
    JOIN = "join"
    SUBMIT = "submit"
    START_REVIEW = "start_review"
    ASK = "ask"
    ANSWER = "answer"
    NOTE = "note"
    WAIT_FOR = "wait_for"
    DELEGATE = "delegate"
    NUDGE = "nudge"
    APPROVE = "approve"
    DECLINE = "decline"
    SEND_BACK = "send_back"
    WITHDRAW = "withdraw"
    EXPIRE = "expire"
    ACCEPT = "accept"
    TICK = "tick"
    SUPPLY = "supply"
    ASK_RENEWAL = "ask_renewal"
    RENEW = "renew"
    END = "end"


@dataclass(frozen=True, slots=True)
class Transition:
    """One verb: from which states, to which (None: the state stays), on what right, and whether words are compulsory.

    `action` is the right that `catalogue/rights.py` gives or denies; None is for what the program does by itself.
    """

    verb: Verb
    sources: frozenset[State]
    target: State | None
    action: Action | None
    needs_note: bool = False
    among_reviewers: bool = False
    """Its words are for the other reviewers and the auditor, never for whoever asked."""

    @property
    def decides(self) -> bool:
        """Whether it ends the request by somebody's judgement."""
        return self.target in (State.APPROVED, State.DECLINED)


PENDING = frozenset({State.SUBMITTED, State.IN_REVIEW})
"""Waiting for a decision."""

EDITABLE = frozenset({State.DRAFT, State.RETURNED})
"""The author can change the answers."""

LIVE = PENDING | EDITABLE
"""Not over."""

ENDED = frozenset(State) - LIVE
"""Over: nothing but a share follows."""

_APPROVED = frozenset({State.APPROVED})
_SEEN = frozenset(State) - {State.DRAFT}

TRANSITIONS: Mapping[Verb, Transition] = {
    row.verb: row
    for row in (
        Transition(Verb.EDIT, EDITABLE, None, Action.EDIT_REQUEST),
        Transition(Verb.HAND_OVER, LIVE | _APPROVED, None, Action.HAND_OVER_REQUEST),
        Transition(Verb.JOIN, (LIVE | _APPROVED) - {State.DRAFT}, None, Action.JOIN_REQUEST),
        Transition(Verb.SUBMIT, EDITABLE, State.SUBMITTED, Action.SUBMIT_REQUEST),
        Transition(Verb.START_REVIEW, frozenset({State.SUBMITTED}), State.IN_REVIEW, Action.START_REVIEW),
        Transition(Verb.ASK, PENDING, State.IN_REVIEW, Action.ASK_REQUESTER, needs_note=True),
        Transition(Verb.ANSWER, PENDING, None, Action.EDIT_REQUEST, needs_note=True),
        Transition(Verb.NOTE, _SEEN, None, Action.NOTE_REQUEST, needs_note=True, among_reviewers=True),
        Transition(Verb.WAIT_FOR, PENDING, State.IN_REVIEW, Action.NOTE_REQUEST, among_reviewers=True),
        Transition(Verb.DELEGATE, PENDING, None, Action.DELEGATE_REQUEST, among_reviewers=True),
        Transition(Verb.NUDGE, PENDING, None, Action.NUDGE_REQUEST),
        Transition(Verb.APPROVE, PENDING, State.APPROVED, Action.APPROVE_REQUEST),
        Transition(Verb.DECLINE, PENDING, State.DECLINED, Action.DECLINE_REQUEST, needs_note=True),
        Transition(Verb.SEND_BACK, PENDING, State.RETURNED, Action.SEND_BACK_REQUEST, needs_note=True),
        Transition(Verb.WITHDRAW, LIVE, State.WITHDRAWN, Action.WITHDRAW_REQUEST),
        Transition(Verb.EXPIRE, EDITABLE, State.EXPIRED, None),
        Transition(Verb.ACCEPT, _APPROVED, None, Action.ACCEPT_SHARE),
        Transition(Verb.TICK, _APPROVED, None, Action.TICK_SHARE),
        Transition(Verb.SUPPLY, _APPROVED, None, Action.SUPPLY_SHARE),
        Transition(Verb.ASK_RENEWAL, _APPROVED, None, Action.RENEW_SHARE),
        Transition(Verb.RENEW, _APPROVED, None, Action.SUPPLY_SHARE),
        Transition(Verb.END, _APPROVED, None, Action.END_SHARE),
    )
}
