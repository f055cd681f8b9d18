"""Access requests: from "I want it" to a decision, a share, and its end.

Read `states.py` first: the table of what can happen. `model.py` has the values, `questions.py` what is asked,
`drafting.py` what the author does, `deciding.py` what reviewers do, `delivering.py` what follows an approval,
`actors.py` whose turn it is. `steps.py` is the one way in which a request changes, `record.py` how it is read.
"""

from catalogue.requests.actors import next_actor, queue_for
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
from catalogue.requests.drafting import (
    answer_question,
    faults,
    hand_over,
    join,
    questions_for,
    save_answers,
    start,
    submit,
    withdraw,
)
from catalogue.requests.record import events, get, of_person

__all__ = [
    "add_note",
    "answer_question",
    "approve",
    "ask_question",
    "decline",
    "delegate",
    "events",
    "faults",
    "get",
    "hand_over",
    "join",
    "next_actor",
    "of_person",
    "questions_for",
    "queue_for",
    "save_answers",
    "send_back",
    "start",
    "start_review",
    "submit",
    "wait_for",
    "withdraw",
]
