"""What can go wrong and is expected to. Each error carries what the reply needs to say.

    CatalogueError               the message is a plain sentence that can be shown to a person
    ├── NotFound                 no such thing, or the asker may not know of it: the two look the same
    ├── NotAllowed               the person has no right to do this: carries what was tried, for the audit
    ├── Conflict                 somebody else changed it first: carries the present revision
    ├── TooLate                  a request is past that: carries who did what to it, and when
    ├── TooSoon                  a nudge so soon after the last: carries the day from which it can be
    ├── InvalidAnswers           a request cannot go on: carries what is wrong, question by question
    ├── InvalidEntry             an entry cannot be kept: carries its faults, field by field
    ├── AlreadyDecided           somebody else decided it first: carries who and when
    ├── CannotUndo               a change cannot be taken back: carries the fields that were changed again
    ├── InvalidRole              a role cannot be given or taken away like this: carries its faults, field by field
    ├── SourceProblem            a source of entries cannot be harvested, or not to its end: says why
    ├── StoreUnavailable         the database cannot be used now (locked, full, unreachable, too new)
    ├── BadRules                 a file of the rules for sharing makes no sense: names the place
    └── BadSetting               a setting is missing or makes no sense: names it

Outcomes that are part of the work (no match, several matches) are return values, not errors.
"""

from collections.abc import Mapping
from datetime import date, datetime


class CatalogueError(Exception):
    """Base of everything expected. `str(error)` is a plain English sentence without personal data."""


class NotFound(CatalogueError):
    def __init__(self, kind: str, key: str) -> None:
        super().__init__(f"There is no {kind} called “{key}” that you can see.")
        self.kind, self.key = kind, key


class NotAllowed(CatalogueError):
    def __init__(self, sentence: str, *, action: str | None = None, about: str | None = None) -> None:
        super().__init__(sentence)
        self.action, self.about = action, about


class Conflict(CatalogueError):
    def __init__(self, key: str, *, by: str, at: str, revision: int) -> None:
        super().__init__(f"{key} was changed by {by} on {at[:10]} after you opened it. Look at it again, then save.")
        self.key, self.by, self.at, self.revision = key, by, at, revision


class TooLate(CatalogueError):
    """`state` is where the request is now, `by` whose doing that was, `at` when, in UTC."""

    def __init__(self, request_id: str, *, state: str, by: str, at: datetime, verb: str) -> None:
        when = f"{at.day} {at:%B %Y} at {at:%H:%M} UTC"
        super().__init__(
            f"{request_id} is {state.replace('_', ' ')} since {when}, by {by}. This cannot be done to it now."
        )
        self.request_id, self.state, self.by, self.at, self.verb = request_id, state, by, at, verb


class TooSoon(CatalogueError):
    def __init__(self, request_id: str, *, on: date) -> None:
        super().__init__(f"They have just heard of {request_id}. You can ask again from {on.day} {on:%B}.")
        self.request_id, self.on = request_id, on


class InvalidAnswers(CatalogueError):
    """`faults` are plain sentences by question id; `note` is the one for what a reviewer or requester has to write."""

    def __init__(self, faults: Mapping[str, str]) -> None:
        super().__init__(" ".join(f"{name}: {fault}" for name, fault in faults.items()))
        self.faults = dict(faults)


class InvalidEntry(CatalogueError):
    def __init__(self, faults: Mapping[str, str]) -> None:
        super().__init__("; ".join(f"{field}: {reason}" for field, reason in faults.items()))
        self.faults = dict(faults)


class AlreadyDecided(CatalogueError):
    def __init__(self, key: str, *, by: str, at: str) -> None:
        super().__init__(f"{key} was decided already, on {at[:10]}.")
        self.key, self.by, self.at = key, by, at


class CannotUndo(CatalogueError):
    def __init__(self, revision: int, fields: tuple[str, ...]) -> None:
        again = "What it changed was changed again since. Edit the entry instead."
        super().__init__(again if fields else "This added the entry. Withdraw the entry instead.")
        self.revision, self.fields = revision, fields


class InvalidRole(CatalogueError):
    def __init__(self, faults: Mapping[str, str]) -> None:
        super().__init__(" ".join(faults.values()))
        self.faults = dict(faults)


class SourceProblem(CatalogueError):
    pass


class StoreUnavailable(CatalogueError):
    pass


class BadRules(CatalogueError):
    def __init__(self, where: str, problem: str) -> None:
        super().__init__(f"{where}: {problem}.")
        self.where = where


class BadSetting(CatalogueError):
    def __init__(self, name: str, problem: str) -> None:
        super().__init__(f"{name} {problem}")
        self.name = name
