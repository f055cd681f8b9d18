"""docs/requests.md, made from the tables: `python -m tests.requests_page` writes it, a test compares it."""

# ruff: noqa: E501 (prose reads best on one line)
from __future__ import annotations

import re
from pathlib import Path

from catalogue import reminders
from catalogue.requests import telling
from catalogue.requests.drafting import NUDGE_EVERY
from catalogue.requests.model import Question, Step
from catalogue.requests.questions import possible, shipped
from catalogue.requests.states import EDITABLE, LIVE, PENDING, TRANSITIONS, State
from catalogue.requests.stricter import MOST
from catalogue.requests.turnaround import BASELINE
from catalogue.sharing.conditions import Condition

PAGE = Path(__file__).parents[1] / "docs" / "requests.md"

MEANS = {
    State.DRAFT: "Being written. Only its author can see it.",
    State.SUBMITTED: "Sent. Nobody has opened it yet.",
    State.IN_REVIEW: "Somebody looks at it. A question to the author, or advice from colleagues, may be open.",
    State.RETURNED: "Back with its author, who can change the answers and send it again.",
    State.APPROVED: "Agreed. A share begins, with its own steps.",
    State.DECLINED: "Refused, with the reason. A new request may follow.",
    State.WITHDRAWN: "Taken back by its author.",
    State.EXPIRED: "Ended by itself, because it lay idle.",
}

INTRODUCTION = """# Requests

This page is made from the tables in `catalogue/requests/` and `catalogue/reminders.py`. Change those, then run `python -m tests.requests_page`. [Rights](rights.md) says who may do what.

A request is asked where the question was asked, reaches one person who can decide, and is decided once. Everybody can always see whose turn it is."""

NEXT = """## Whose turn it is

Always exactly one person's, while a request is not over:

1. Its author, while it is a draft, was sent back, has an open question, or waits for the terms to be accepted.
2. Otherwise whoever the decision was handed to.
3. Otherwise the manager of the dataset, then the manager of the organisation that holds it. Others with the same role can decide too.
4. Otherwise a deputy whose time is now.
5. Otherwise a steward of the organisation, to whom the decision then falls.
6. Otherwise the administrators, who are told that somebody must be found.

People who have left, guests, everybody who wrote or joined the request (also before it was handed over), and deputies of an author are passed over: whoever is named may decide. When somebody becomes responsible later, they are told of what waits."""

SHARE = """## After an approval

The share goes from agreed to accepted (the requester accepts the terms in writing), supplied (every step is ticked and the data is there) and ended. Each step is ticked by one side, and the other is refused:

{steps}

Until a step is ticked, whoever ticks it is next.

The clock counts the time from the first submission until the data is supplied, by who was waited for: requester, manager, legal or technical colleagues. The parts add up to the whole. The register shows it beside {days} days, the six months that sharing took in the case this project measures itself by."""

REGISTER = """## The register

A share is in the register from the day on which data was supplied, and stays after its end: who shared what with whom, on what power, for what benefit, until when, and how long it took. It shows datasets and organisations that everybody may know, and never answers, terms or people. The page also shows the head of the audit's chain, so that whoever keeps a copy can have it looked for later. `whoholds register` prints the register."""

PROVEN = """## What was tried

The tests do a part of this each time, and all of it with `WHOHOLDS_PROOF=1`. The figures are from November 2026, on a machine with two cores that had other work.

| What | Where | Found |
|---|---|---|
| 2,000 pairs of an approval and a refusal at the same moment, from two processes | `tests/catalogue/requests/test_races.py` | Exactly one of each pair counted. Approval won 36 % on SQLite, 50 % on PostgreSQL |
| 2,000 kills between statements, at 337 different ones, on each database | `tests/catalogue/requests/test_killed.py` | Each act had happened wholly or not at all |
| 300 SIGKILLs under load on each database | the same | 651 and 730 acknowledged acts, none lost |
| 600 kills around a message's sending on each database | the same | 150 messages were said again, each where Slack's answer was lost |
| A year of reminders with 400 requests | `tests/catalogue/test_reminders.py` | The number of each notice that one counts by hand, in working hours of London's clock |
| An hour in which Slack says 429, 5xx, nothing in time, and drops connections | `tests/journeys/test_an_hour_without_slack.py` | Nothing lost. 8 notices took 113 calls; 30 were done without the bot hearing so, and are there twice |
| Every cell of the tables of rights, through Slack's listeners or the command line | `tests/journeys/test_matrix.py` | 2,760 forms sent and buttons pressed in every state, 1,920 forms opened, 444 for entries, people and commands |
| 10,000 requests with 324,000 events | `python -m tests.benchmarks.request_lists` | Home of the busiest manager 36 ms on SQLite and 35 on PostgreSQL, of the busiest requester 31 and 28, of an administrator 58 and 43; the longest list 36 |"""

STRICTER = """## More or stricter questions

An organisation can have requests for its data ask more. It writes a TOML file, and an operator runs `whoholds requests add-questions ORGANISATION FILE`. The file holds `[[question]]` tables only, and replaces the one before.

```
[[question]]
id = "date_required"
compulsory = true

[[question]]
id = "panel"
section = "legal"
text = "Which panel of ours has seen this?"
kind = "one"
options = [{{ value = "ethics", label = "The ethics panel" }}, {{ value = "none", label = "None yet" }}]
applies_when = {{ full = true }}
```

A table with the id of a shared question may set `compulsory = true`, `always = true` and `hint`. Nothing else of it can change, so that no organisation can ask less. Up to {most} questions can be added. Kinds are {kinds}. Conditions are written as in the [rules for sharing](conditions.md), and may use the answers to questions before."""


def page() -> str:
    """The whole page."""
    parts = [
        INTRODUCTION,
        "## States",
        _states(),
        "## What leads where",
        _transitions(),
        NEXT,
        "## What happens as time passes",
        _times(),
        SHARE.format(days=BASELINE.days, steps=_steps()),
        REGISTER,
        "## Who hears of what",
        _notices(),
        "## The questions",
        _questions(),
        PROVEN,
        STRICTER.format(most=MOST, kinds=", ".join(f"`{each}`" for each in sorted({str(q.kind) for q in shipped()}))),
    ]
    return "\n\n".join(parts) + "\n"


def _states() -> str:
    rows = ["| State | Means |", "|---|---|"]
    for state in State:
        marks = [
            name
            for name, states in (("answers can be changed", EDITABLE), ("waits for a decision", PENDING))
            if state in states
        ]
        end = [] if state in LIVE else ["over"]
        rows.append(f"| {_plain(state)} | {MEANS[state]} {_sentence(marks + end)} |")
    return "\n".join(rows)


def _sentence(marks: list[str]) -> str:
    return "; ".join(marks).capitalize() + "."


def _transitions() -> str:
    rows = ["| What is done | From | To | Right | Words |", "|---|---|---|---|---|"]
    for row in TRANSITIONS.values():
        sources = ", ".join(_plain(state) for state in State if state in row.sources)
        target = _plain(row.target) if row.target else "stays"
        right = f"`{row.action}`" if row.action else "the program"
        words = ", ".join(
            said for said, holds in (("needed", row.needs_note), ("among reviewers", row.among_reviewers)) if holds
        )
        rows.append(f"| {_plain(row.verb)} | {sources} | {target} | {right} | {words} |")
    return "\n".join(rows) + (
        "\n\nEach is one guarded change: of two people at the same moment one counts, and the other is told who did what,"
        " and when. The answers are kept as they were at each submission and each decision, and with each decision the conditions that the"
        " rules gave at that moment, with their version. Words among reviewers are never read by anybody who wrote or"
        " joined the request."
    )


def _steps() -> str:
    rows = ["| Step | When | Waited for meanwhile | Ticked by |", "|---|---|---|---|"]
    for step in shipped().steps:
        side = Step(step.id, step.party).ticked_by
        people = ["data about people"] if step.applies_when.get("full") else []
        other = {name: wanted for name, wanted in step.applies_when.items() if name != "full"}
        when = "; ".join([*people, *([_when(other)] if other else [])]) or "always"
        rows.append(f"| {step.id} | {when} | {step.party} | {side} |")
    return "\n".join(rows)


def _times() -> str:
    first, second = reminders.REMINDED
    author = " and ".join(str(days) for days in reminders.AUTHOR_REMINDED)
    rows = [
        "| When | What |",
        "|---|---|",
        f"| It has waited {first} and {second} working days for a decision | Whoever is next is reminded |",
        f"| It has waited {reminders.ESCALATED} working days for a decision | Those above are told, and the requester hears that they were |",
        f"| It has waited {author} working days for the requester | The requester is reminded |",
        f"| The requester asks how it stands | At most once in {NUDGE_EVERY} working days |",
        *(
            f"| {'A draft' if state is State.DRAFT else 'An unanswered return'} lies idle for {kept.days} days |"
            f" It expires, at the earliest {reminders.WARNED.days} days after a warning |"
            for state, kept in reminders.KEPT.items()
        ),
        f"| {' and '.join(str(each.days) for each in reminders.SHARE_WARNED)} days before a share ends | Both sides are warned |",
        "| A share's review date | Whoever decided is told |",
        "| A share's end date has passed | It ends, and both sides are told |",
    ]
    return "\n".join(rows) + (
        "\n\nWorking days leave out the bank holidays of the nation that the holder serves, for reminders to the"
        " requester those of theirs (`catalogue/data/bank_holidays.csv`). What the program says by itself goes out"
        " between 9:00 and 17:00 on working days. Quiet hours hold everything back until they end."
    )


def _notices() -> str:
    table = re.search(r"^\|.*(?:\n\|.*)*", telling.__doc__ or "", re.MULTILINE)
    assert table
    return table[0]


def _questions() -> str:
    book = shipped()
    light = {question.id for question in possible(book, {"about_people": False})}
    rows = [
        f"{len(list(book))} questions, of which only those that apply are asked. Data that is not about people needs at most {len(light)} of them, marked with a star."
    ]
    for section in book.sections:
        rows += ["", f"### {section.title}", "", "| Question | Asked when |", "|---|---|"]
        rows += [_question(each, each.id in light) for each in section.questions]
    return "\n".join(rows)


def _question(question: Question, light: bool) -> str:
    optional = "" if question.compulsory else " (optional)" if question.kind != "advice" else " (advice)"
    return f"| {question.text}{optional}{' *' if light else ''} | {_when(question.applies_when)} |"


def _when(condition: Condition) -> str:
    """The condition in short; that the data is about people goes without saying."""
    parts = []
    for name, wanted in condition.items():
        if name == "full":
            continue
        if name == "not":
            parts.append(f"not: {_when(wanted)}")
        elif name == "any":
            parts.append("any of: " + ", ".join(_when(each) for each in wanted))
        else:
            values = wanted if isinstance(wanted, list) else [wanted]
            parts.append(
                f"`{name}`" if values == [True] else f"`{name}` is {' or '.join(f'`{each}`' for each in values)}"
            )
    return "; ".join(parts) or "always"


def _plain(value: object) -> str:
    return str(value).replace("_", " ")


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
