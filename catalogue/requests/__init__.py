"""Access requests: from "I want it" to a decision, a share, and its end.

Read `states.py` first: the table of what can happen. `model.py` has the values, `questions.py` what is asked,
`drafting.py` what the author does, `deciding.py` what reviewers do, `delivering.py` what follows an approval,
`actors.py` whose turn it is and `deciders.py` who decides, `in_force.py` which conditions held. `steps.py` is the one
way in which a request changes, `record.py` how it is read.
"""

from catalogue.requests.actors import next_actor, next_actors, queue_for
from catalogue.requests.before import before
from catalogue.requests.deciding import (
    add_note,
    approve,
    ask_question,
    decline,
    delegate,
    send_back,
    start_review,
    wait_for,
)
from catalogue.requests.delivering import accept, ask_renewal, end, renew, supply, tick
from catalogue.requests.drafting import (
    answer_question,
    begin,
    faults,
    hand_over,
    join,
    keep_typed,
    nudge,
    possible_questions,
    questions_for,
    save_answers,
    start,
    submit,
    take_in_typed,
    withdraw,
)
from catalogue.requests.record import events, get, of_person, require_notes, share_of
from catalogue.requests.reviewing import needs, precedents, red_flags
from catalogue.requests.turnaround import of_request as turnaround_of

__all__ = [
    "accept",
    "add_note",
    "answer_question",
    "approve",
    "ask_question",
    "ask_renewal",
    "before",
    "begin",
    "decline",
    "delegate",
    "end",
    "events",
    "faults",
    "get",
    "hand_over",
    "join",
    "keep_typed",
    "needs",
    "next_actor",
    "next_actors",
    "nudge",
    "of_person",
    "possible_questions",
    "precedents",
    "questions_for",
    "queue_for",
    "red_flags",
    "renew",
    "require_notes",
    "save_answers",
    "send_back",
    "share_of",
    "start",
    "start_review",
    "submit",
    "supply",
    "take_in_typed",
    "tick",
    "turnaround_of",
    "wait_for",
    "withdraw",
]
