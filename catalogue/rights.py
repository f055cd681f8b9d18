"""Who may do what to which thing: one table and one pure function over it, asked when a click arrives.

`POLICY` says for each action how somebody has to stand to the thing. How a person stands to it follows from what the
record says of both at that moment (`standings`). Whatever the table does not allow is denied. `docs/rights.md` is
made from this table.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from catalogue.errors import NotAllowed
from catalogue.model import PUBLIC, Audience, Dataset, Grant, Person, Role


class Standing(StrEnum):
    """How a person stands to a thing. When several allow an action, the first in this order is the one used."""

    REQUESTER = "requester"
    PARTY = "party"  # joined the request
    SELF = "the person themselves"
    MANAGER = "manager"
    DEPUTY = "deputy"  # of a manager, for a time
    DELEGATE = "delegate"  # this one request was handed to them
    STEWARD = "steward"
    COLLEAGUE = "colleague"  # works where the requester works
    GOVERNMENT = "in government"
    AUDITOR = "auditor"
    ADMIN = "administrator"
    ANYONE = "anyone"


class Action(StrEnum):
    """What can be done, `subject.verb`."""

    SEARCH = "catalogue.search"
    EXPORT_CATALOGUE = "catalogue.export"
    VIEW_REGISTER = "register.view"
    VIEW_ENTRY = "entry.view"
    PROPOSE_ENTRY = "entry.propose"
    ADD_ENTRY = "entry.add"
    EDIT_ENTRY = "entry.edit"
    VERIFY_ENTRY = "entry.verify"
    RESOLVE_ENTRY = "entry.resolve"
    WITHDRAW_ENTRY = "entry.withdraw"
    START_REQUEST = "request.start"
    EDIT_REQUEST = "request.edit"
    SUBMIT_REQUEST = "request.submit"
    WITHDRAW_REQUEST = "request.withdraw"
    HAND_OVER_REQUEST = "request.hand_over"
    JOIN_REQUEST = "request.join"
    NUDGE_REQUEST = "request.nudge"
    VIEW_REQUEST = "request.view"
    START_REVIEW = "request.start_review"
    APPROVE_REQUEST = "request.approve"
    DECLINE_REQUEST = "request.decline"
    SEND_BACK_REQUEST = "request.send_back"
    DELEGATE_REQUEST = "request.delegate"
    ASK_REQUESTER = "request.ask"
    NOTE_REQUEST = "request.note"
    ACCEPT_SHARE = "share.accept"
    TICK_SHARE = "share.tick"
    SUPPLY_SHARE = "share.supply"
    RENEW_SHARE = "share.renew"
    END_SHARE = "share.end"
    RUN_HARVEST = "harvest.run"
    EDIT_SOURCE = "source.edit"
    GRANT_ROLE = "role.grant"
    REVOKE_ROLE = "role.revoke"
    NAME_DEPUTY = "role.name_deputy"
    READ_AUDIT = "audit.read"
    EXPORT_PERSON = "person.export"
    ERASE_PERSON = "person.erase"
    CHANGE_SETTINGS = "settings.change"


S, A = Standing, Action
DECIDERS = frozenset({S.MANAGER, S.DEPUTY, S.DELEGATE, S.ADMIN})
KEEPERS = frozenset({S.STEWARD, S.ADMIN})
ASKERS = frozenset({S.REQUESTER})
READERS = frozenset({S.REQUESTER, S.PARTY, S.MANAGER, S.DEPUTY, S.DELEGATE, S.AUDITOR, S.ADMIN})
EVERYONE = frozenset({S.ANYONE})

POLICY: Mapping[Action, frozenset[Standing]] = {
    A.SEARCH: EVERYONE,
    A.EXPORT_CATALOGUE: EVERYONE,
    A.VIEW_REGISTER: EVERYONE,
    A.VIEW_ENTRY: EVERYONE | {S.GOVERNMENT, S.STEWARD, S.MANAGER, S.DEPUTY, S.AUDITOR, S.ADMIN},
    A.PROPOSE_ENTRY: frozenset({S.GOVERNMENT, S.MANAGER, S.DEPUTY}) | KEEPERS,
    A.ADD_ENTRY: KEEPERS,
    A.EDIT_ENTRY: KEEPERS,
    A.VERIFY_ENTRY: KEEPERS | {S.MANAGER, S.DEPUTY},
    A.RESOLVE_ENTRY: KEEPERS,
    A.WITHDRAW_ENTRY: KEEPERS,
    A.START_REQUEST: frozenset({S.GOVERNMENT}),
    A.EDIT_REQUEST: ASKERS,
    A.SUBMIT_REQUEST: ASKERS,
    A.WITHDRAW_REQUEST: ASKERS,
    A.HAND_OVER_REQUEST: ASKERS | {S.ADMIN},  # when whoever wrote it has left
    A.JOIN_REQUEST: frozenset({S.COLLEAGUE}),
    A.NUDGE_REQUEST: ASKERS | {S.PARTY},
    A.VIEW_REQUEST: READERS,
    A.START_REVIEW: DECIDERS,
    A.APPROVE_REQUEST: DECIDERS,
    A.DECLINE_REQUEST: DECIDERS,
    A.SEND_BACK_REQUEST: DECIDERS,
    A.DELEGATE_REQUEST: DECIDERS,
    A.ASK_REQUESTER: DECIDERS,
    A.NOTE_REQUEST: DECIDERS,
    A.ACCEPT_SHARE: ASKERS,
    A.TICK_SHARE: ASKERS | DECIDERS,
    A.SUPPLY_SHARE: DECIDERS,
    A.RENEW_SHARE: ASKERS,
    A.END_SHARE: ASKERS | DECIDERS,
    A.RUN_HARVEST: frozenset({S.ADMIN}),
    A.EDIT_SOURCE: frozenset({S.ADMIN}),
    A.GRANT_ROLE: frozenset({S.ADMIN}),
    A.REVOKE_ROLE: frozenset({S.ADMIN}),
    A.NAME_DEPUTY: frozenset({S.MANAGER, S.ADMIN}),
    A.READ_AUDIT: frozenset({S.AUDITOR, S.ADMIN}),
    A.EXPORT_PERSON: frozenset({S.SELF, S.ADMIN}),
    A.ERASE_PERSON: frozenset({S.ADMIN}),
    A.CHANGE_SETTINGS: frozenset({S.ADMIN}),
}

READING = frozenset(
    {A.SEARCH, A.EXPORT_CATALOGUE, A.VIEW_REGISTER, A.VIEW_ENTRY, A.VIEW_REQUEST, A.READ_AUDIT, A.EXPORT_PERSON}
)
"""What changes nothing: a role that nobody has confirmed lately still serves for it."""

DECISIONS = frozenset(
    {
        A.START_REVIEW,
        A.APPROVE_REQUEST,
        A.DECLINE_REQUEST,
        A.SEND_BACK_REQUEST,
        A.DELEGATE_REQUEST,
        A.ASK_REQUESTER,
        A.NOTE_REQUEST,
    }
)
"""What needs a reason from an administrator who does it in the owner's place."""

FOR_OTHERS = DECISIONS | {A.SUPPLY_SHARE}
"""What nobody does to what they asked for themselves, nor has a deputy of theirs do. To renew is to supply on."""

OWN_REQUEST = "You asked for this data yourself, so somebody else has to decide."
OWN_ROLE = "Nobody can give themselves a role. Ask another administrator."

NEEDS_SIGHT = frozenset({A.START_REQUEST, A.EDIT_REQUEST, A.SUBMIT_REQUEST, A.JOIN_REQUEST, A.RENEW_SHARE})
"""What nobody does about an entry that they may no longer know of, even to a request of their own."""


@dataclass(frozen=True, slots=True)
class Thing:
    """What something is done to, as far as rights depend on it.

    `organisation` is the one whose it is, the dataset's publisher unless given. `requester` is a person's id,
    `asking` the slug of the organisation they ask for, `former` the ids of those who wrote it and handed it over,
    `parties` those of whoever joined, `delegate` the id of the person to whom the decision was handed. `person` is
    the id of the person it is about.
    """

    dataset: Dataset | None = None
    organisation: str | None = None
    requester: str | None = None
    asking: str | None = None
    former: frozenset[str] = frozenset()
    parties: frozenset[str] = frozenset()
    delegate: str | None = None
    person: str | None = None

    @property
    def askers(self) -> frozenset[str]:
        """Who asks, and who asked before: handing it over does not make anybody its judge."""
        return self.former | ({self.requester} if self.requester else frozenset())

    @property
    def scopes(self) -> frozenset[str]:
        """The scopes of roles that reach it: the dataset's id and its organisation's slug."""
        publisher = self.organisation or (self.dataset.publisher if self.dataset else None)
        return frozenset(scope for scope in (self.dataset.id if self.dataset else None, publisher) if scope)


NOTHING = Thing()
"""For what is done to nothing in particular: searching, reading the audit."""


def may(person: Person | None, action: Action | str, thing: Thing = NOTHING, *, now: datetime) -> bool:
    """Whether this person may do this to this thing now. None is somebody nobody knows."""
    return standing(person, action, thing, now=now) is not None


def standing(person: Person | None, action: Action | str, thing: Thing = NOTHING, *, now: datetime) -> Standing | None:
    """The standing by which this person may do this, for the audit; None when they may not.

    ADMIN for one of DECISIONS means that an administrator acts in the owner's place: that needs a reason, and a notice
    to the owner (`steps_in`).
    """
    action = Action(action)
    if action in NEEDS_SIGHT and thing.dataset and not audience_of(person).may_know(thing.dataset):
        return None
    held = frozenset(_standings(person, thing, now=now, reading=action in READING, deciding=action in FOR_OTHERS))
    if person and _is_own(person, action, thing):
        return None
    return next((each for each in Standing if each in held and each in POLICY[action]), None)


def steps_in(person: Person | None, action: Action | str, thing: Thing = NOTHING, *, now: datetime) -> bool:
    """Whether this person would decide only as an administrator, in the owner's place."""
    return Action(action) in DECISIONS and standing(person, action, thing, now=now) is Standing.ADMIN


def require(
    person: Person | None, action: Action | str, thing: Thing = NOTHING, *, about: str, now: datetime
) -> Standing:
    """The standing by which they may. Raises NotAllowed, with what it was `about`, when they may not."""
    found = standing(person, action, thing, now=now)
    if found is None:
        raise NotAllowed(refusal(person, Action(action), thing), action=str(action), about=about)
    return found


def refusal(person: Person | None, action: Action, thing: Thing) -> str:
    """Why not, in a sentence that gives away nothing about the thing."""
    if person and not person.is_active:
        return "Your account is no longer active, so you cannot do this."
    if person and person.is_guest:
        return "Guests of this workspace can see what is public, and cannot do this."
    if person and _is_own(person, action, thing):
        return OWN_ROLE if action in (A.GRANT_ROLE, A.NAME_DEPUTY) else OWN_REQUEST
    allowed = [str(each) for each in Standing if each in POLICY[action]]
    return f"You cannot do this. It is for: {', '.join(allowed)}."


def _is_own(person: Person, action: Action, thing: Thing) -> bool:
    """Whether they would decide for themselves: on what they asked for, handed over or joined, or to have a role."""
    if action in (A.GRANT_ROLE, A.NAME_DEPUTY):
        return person.id == thing.person
    return action in FOR_OTHERS and (person.id in thing.askers or person.id in thing.parties)


def audience_of(person: Person | None) -> Audience:
    """What this person may know when nobody else reads along. Nobody, a guest or a leaver: what everyone may."""
    if person is None or person.is_guest or not person.is_active:
        return PUBLIC
    return Audience(in_government=True, names=frozenset(name for name in (person.id, person.organisation) if name))


def _standings(
    person: Person | None, thing: Thing, *, now: datetime, reading: bool, deciding: bool
) -> Iterator[Standing]:
    """How they stand to it. An entry that they may not know of takes away what everybody has."""
    knows = thing.dataset is None or audience_of(person).may_know(thing.dataset)
    if knows:
        yield Standing.ANYONE
    if person is None or person.is_guest or not person.is_active:
        return
    if knows:
        yield Standing.GOVERNMENT
    yield from _personal(person, thing)
    for grant in person.grants:
        is_for_requester = deciding and grant.deputy_for in thing.askers
        is_sure = reading or grant.sure_until is None or now <= grant.sure_until
        if grant.holds(now) and is_sure and not is_for_requester:
            yield from _by_role(grant, thing)


def _personal(person: Person, thing: Thing) -> Iterator[Standing]:
    if person.id == thing.requester:
        yield Standing.REQUESTER
    elif person.organisation and person.organisation == thing.asking:
        yield Standing.COLLEAGUE
    if person.id in thing.parties:
        yield Standing.PARTY
    if person.id == thing.person:
        yield Standing.SELF
    if person.id == thing.delegate:
        yield Standing.DELEGATE


def _by_role(grant: Grant, thing: Thing) -> Iterator[Standing]:
    match grant.role:
        case Role.ADMIN:
            yield Standing.ADMIN
        case Role.AUDITOR:
            yield Standing.AUDITOR
        case Role.STEWARD if grant.scope in thing.scopes:
            yield Standing.STEWARD
        case Role.MANAGER if grant.scope in thing.scopes:
            yield Standing.MANAGER if grant.deputy_for is None else Standing.DEPUTY
