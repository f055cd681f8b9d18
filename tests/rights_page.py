"""docs/rights.md, made from the policy: `python -m tests.rights_page` writes it, a test compares it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from catalogue.model import Dataset, Grant, Person, Role, Visibility
from catalogue.requests.states import TRANSITIONS, State
from catalogue.rights import FOR_OTHERS, POLICY, Action, Standing, Thing, may

PAGE = Path(__file__).parents[1] / "docs" / "rights.md"
NOW = datetime(2026, 3, 31, 9, 30, tzinfo=UTC)
ENTRY = Dataset("holder/data", "Data", publisher="holder", visible_to=("asking",))


def _person(name: str, organisation: str, *grants: Grant) -> Person:
    return Person(name, slack_id=f"U{name.upper()}", organisation=organisation, grants=grants)


def _deputy() -> Person:
    until = NOW + timedelta(days=7)
    return _person("deputy", "holder", Grant(Role.MANAGER, "holder", until=until, deputy_for="manager"))


ACTORS: Mapping[str, Person | None] = {
    "Stranger": None,
    "Guest": replace(_person("guest", "holder", Grant(Role.MANAGER, "holder")), is_guest=True),
    "Has left": replace(_person("leaver", "holder", Grant(Role.ADMIN)), is_active=False),
    "Elsewhere in government": _person("elsewhere", "third"),
    "Colleague of the requester": _person("colleague", "asking"),
    "Requester": _person("requester", "asking"),
    "Joined": _person("party", "asking"),
    "Manager": _person("manager", "holder", Grant(Role.MANAGER, "holder")),
    "Deputy": _deputy(),
    "Delegate": _person("delegate", "holder"),
    "Manager of other data": _person("other_manager", "third", Grant(Role.MANAGER, "third")),
    "Steward": _person("steward", "holder", Grant(Role.STEWARD, "holder")),
    "Steward elsewhere": _person("other_steward", "third", Grant(Role.STEWARD, "third")),
    "Auditor": _person("auditor", "third", Grant(Role.AUDITOR)),
    "Administrator": _person("admin", "third", Grant(Role.ADMIN)),
}
"""Everybody there is, and how they stand to one request for one entry."""

VISIBILITIES = {"P": Visibility.PUBLIC, "G": Visibility.GOVERNMENT, "N": Visibility.NAMED}


def thing(visibility: Visibility, actor: Person | None = None) -> Thing:
    """The request for the entry; what is about a person is about the actor themselves for export, else somebody."""
    return Thing(
        replace(ENTRY, visibility=visibility),
        requester="requester",
        asking="asking",
        parties=frozenset({"party"}),
        delegate="delegate",
        person="somebody",
    )


def cell(actor: Person | None, action: Action) -> str:
    """For which visibilities of the entry the actor may: all, letters, or a dash."""
    letters = "".join(letter for letter, each in VISIBILITIES.items() if may(actor, action, thing(each), now=NOW))
    return {"": "–", "PGN": "yes"}.get(letters, letters)


def page() -> str:
    """The whole page."""
    lines = [
        "# Rights",
        "",
        "This page is made from the table in `catalogue/rights.py` and from the states in"
        " `catalogue/requests/states.py`. Change those, then run `python -m tests.rights_page`.",
        "",
        "What the table does not allow is denied. `yes` means for every entry; otherwise letters say for which:"
        " P public, G known in government, N known to named bodies only, of which the requester's is one.",
        "",
        "Some rules go before the table:",
        "",
        "- Nobody decides on what they asked for or joined, nor does a deputy of the requester."
        " Handing a request over does not change that.",
        "- Nobody gives themselves a role.",
        "- A guest, and who has left, has no role, whatever the record says.",
        "- Who may not know of an entry cannot ask for it, nor send a request for it that they began.",
        "- An administrator decides in an owner's place only with a reason, and the owner is told.",
        "- A role that comes from a Slack user group and was not confirmed for an hour serves for reading only.",
        "",
        "## Who may do what",
        "",
    ]
    for names in _groups():
        lines += [
            f"| | {' | '.join(names)} |",
            f"|---|{'---|' * len(names)}",
            *(f"| `{action}` | {' | '.join(cell(ACTORS[name], action) for name in names)} |" for action in Action),
            "",
        ]
    lines += ["## What can be done to a request in which state, and by whom", ""]
    states = list(State)
    lines += [
        f"| | By | {' | '.join(str(state).replace('_', ' ') for state in states)} |",
        f"|---|---|{'---|' * len(states)}",
    ]
    for row in TRANSITIONS.values():
        by = ", ".join(str(each) for each in Standing if row.action and each in POLICY[row.action]) or "the program"
        cells = [_target(row.target, state) if state in row.sources else "–" for state in states]
        note = " (with words)" if row.needs_note else ""
        lines.append(f"| {str(row.verb).replace('_', ' ')}{note} | {by} | {' | '.join(cells)} |")
    decisions = ", ".join(f"`{each}`" for each in Action if each in FOR_OTHERS)
    lines += ["", f"Decisions, which nobody takes for themselves: {decisions}.", ""]
    return "\n".join(lines)


def _target(target: State | None, source: State) -> str:
    return "stays" if target in (None, source) else f"→ {str(target).replace('_', ' ')}"


def _groups() -> list[list[str]]:
    names = list(ACTORS)
    return [names[:8], names[8:]]


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
