"""What our buttons and forms bring back: the value of each button, what each form is about, what is chosen in it.

`arriving.py` asks this of every delivery before a listener reads it. A new button or form is added to the table here;
`tests/journeys/test_forged.py` fails until it is.
"""

from collections.abc import Mapping
from typing import Any

from bot.field_words import GROUPS
from bot.slack.shapes import (
    Shape,
    anything,
    day,
    each,
    either,
    every,
    flag,
    hour,
    maybe,
    number,
    one_of,
    record,
    words,
    written,
)
from catalogue.model import Language, Role
from catalogue.proposals import Kind
from catalogue.requests.model import Waiting

LETTER = r"[^\x00-\x1f\ud800-\udfff]"
MARK = r"[^\s\x00-\x1f\ud800-\udfff]"
"""A character of an id."""

USER = words(r"[A-Z0-9_]{2,40}")
ANY = words(r"(?s:.*)")
TEXT = words(r"[^\x00\ud800-\udfff]{0,3000}")
MOMENT = words(r"[0-9]{1,20}(\.[0-9]{1,20})?")
NUMBER = words(r"[0-9]{1,9}")
ID = words(rf"{MARK}{{1,300}}")
PAIR = words(rf"{MARK}{{1,300}} {MARK}{{1,300}}")
WEEK = r"[0-9]{4}-W[0-9]{2}"
SETTLES = rf"proposal:[0-9]{{1,9}}|review:{WEEK}|orphan:"
ORIGIN = words(rf"({SETTLES}|demand:{LETTER}{{1,300}})?")
REVISION = words(rf"[0-9]{{1,9}} {MARK}{{1,300}}")
GROUP = one_of(*GROUPS)
REVIEWED = words(rf"{WEEK} {MARK}{{1,300}}")
SUBJECT = words(rf"{WEEK} {MARK}{{0,300}} {LETTER}{{1,300}}")

_DEEDS = (
    "request.answer",
    "request.approve",
    "request.approve_with",
    "request.ask",
    "request.decline",
    "request.delegate",
    "request.hand_over",
    "request.note",
    "request.send_back",
    "request.wait_for",
    "request.withdraw",
    "share.accept",
    "share.ask_renewal",
    "share.end",
    "share.renew",
    "share.supply",
)
"""What can be done with a request or a share: a button, and the form that it opens, of the same name."""

BUTTONS: Mapping[str, Shape] = {
    "answer.reject": written(record(asked=TEXT, shown=each(ID))),
    "answer.share": TEXT,
    "collection.avoided": NUMBER,
    "conflict.keep": NUMBER,
    "conflict.take": NUMBER,
    "duplicate.different": PAIR,
    "duplicate.same": PAIR,
    "entry.add": anything,
    "entry.change": words(rf"({'|'.join(GROUPS)})(:\w{{1,40}})? {MARK}{{1,300}}"),
    "entry.describe": ID,
    "entry.edit": words(rf"{MARK}{{1,300}}( ({SETTLES}))?"),
    "entry.history": ID,
    "entry.hold": ID,
    "entry.propose": ID,
    "entry.readiness": ID,
    "entry.report": ID,
    "entry.restore": ID,
    "entry.undo": REVISION,
    "entry.withdraw": ID,
    "follow.daily": NUMBER,
    "follow.entry": ID,
    "follow.organisation": ID,
    "follow.question": TEXT,
    "follow.stop": NUMBER,
    "harvest.go_on": words(rf"{MARK}{{1,100}}:{MARK}{{1,100}}"),
    "home.page": words(r"\w{1,40}:[0-9]{1,9}"),
    "language.choose": one_of(*Language),
    "proposal.accept": NUMBER,
    "proposal.bounced": NUMBER,
    "proposal.decline": NUMBER,
    "proposal.edit": NUMBER,
    "question.ask": TEXT,
    "request.change": PAIR,
    "request.choose": anything,
    "request.options": anything,
    "request.start": words(rf"{MARK}{{1,300}}( [^\x00\ud800-\udfff]{{0,1700}})?"),
    "request.type": anything,
    "review.adopt": ID,
    "review.later": REVIEWED,
    "review.not_mine": REVIEWED,
    "review.right": REVIEWED,
    "role.end_deputy": words(rf"{MARK}{{1,100}}\|{MARK}{{0,300}}"),
    "role.grant": anything,
    "role.name_deputy": anything,
    "role.revoke": anything,
    "run.list": anything,
    "run.undo": ID,
    "telling.choose": anything,
    "term.add": either(written(each(TEXT, least=2, most=2)), ID),
    "term.remove": written(each(TEXT, least=4, most=4)),
    "upload.faults": ID,
    "upload.import": ID,
    "upload.undo": ID,
    "wanted.elsewhere": SUBJECT,
    "wanted.held": SUBJECT,
    "wanted.nobody": SUBJECT,
    **dict.fromkeys(
        (
            *_DEEDS,
            "request.back",
            "request.continue",
            "request.join",
            "request.later",
            "request.look",
            "request.nudge",
            "request.open",
            "request.skip",
            "share.tick",
        ),
        ID,
    ),
}
"""What the value of a button is; a select or a box that tells at once what is in it has none."""

ONLY_IN_VIEWS = frozenset(
    (
        "request.back",
        "request.choose",
        "request.later",
        "request.options",
        "request.skip",
        "request.type",
        "term.remove",
    )
)

_SAVING = {"over": maybe(ID), "from": maybe(ORIGIN), "group": GROUP, "revision": number}
_DEED = record(id=ID, version=maybe(number))
FORMS: Mapping[str, Shape] = {
    "data.find": record(),
    "duplicate.keep": record(ids=each(ID, least=2, most=2)),
    "entry.choose": record(id=ID, draft=ID, seen=number, **_SAVING),
    "entry.confirm": record(id=ID, draft=ID, **_SAVING),
    "entry.held": record(id=ID),
    "entry.new": record(subject=maybe(TEXT), near=maybe(flag)),
    "entry.save": record(id=ID, **_SAVING),
    "entry.withdrawal": record(id=ID),
    "proposal.declined": record(proposal=number),
    "proposal.new": record(id=ID),
    "request.begin": record(dataset=ID, said=maybe(TEXT)),
    "request.step": record(id=ID, section=ID),
    "request.submit": _DEED,
    "role.end_deputy": record(deputy=TEXT, scope=TEXT),
    "role.grant": record(),
    "role.name_deputy": record(),
    "role.revoke": record(),
    "run.undoing": record(run=ID),
    "telling.choose": record(),
    "term.new": record(id=ID),
    "wanted.entry": record(round=words(WEEK), publisher=TEXT, subject=TEXT),
    "wanted.holder": record(round=words(WEEK), publisher=TEXT, subject=TEXT),
    **dict.fromkeys(_DEEDS, _DEED),
}
"""What a form that can be sent says that it is about."""

OTHER_VIEWS = record(id=maybe(ID), **{"from": maybe(ORIGIN)}, section=maybe(ID))
"""The same of a view that cannot be sent, whose buttons read it: the Home, the sheet of an entry or a request."""

CHOSEN: Mapping[tuple[str, str], Shape] = {
    ("proposal.new", "kind"): one_of(*Kind),
    ("request.wait_for", "party"): one_of(*Waiting),
    ("role.grant", "role"): one_of(*Role),
    **{(form, name): day for form in ("role.grant", "role.name_deputy") for name in ("since", "until")},
    **{("telling.choose", name): hour for name in ("quiet_from", "quiet_until")},
}
"""Choices that are one of a few things, days and hours; any other is looked up in the record, or cleaned like text."""

_CHOICE = record(value=words(r"[^\x00\ud800-\udfff]{0,300}"))
INPUTS = every(
    every(
        record(
            value=maybe(ANY),
            selected_option=maybe(_CHOICE),
            selected_options=maybe(each(_CHOICE)),
            selected_user=maybe(USER),
            selected_date=maybe(day),
            selected_time=maybe(hour),
        )
    )
)
HOLDING = ("value", "selected_option", "selected_date", "selected_time")
VIEW = record(
    id=ID,
    hash=maybe(ANY),
    type=one_of("modal", "home"),
    callback_id=maybe(ANY),
    private_metadata=maybe(ANY),
    root_view_id=maybe(ID),
    blocks=each(record(type=ID)),
    state=record(values=INPUTS),
)


def is_act(action: object) -> bool:
    """One press of a button, or a choice made."""
    if not record(action_id=ID, action_ts=maybe(MOMENT), block_id=maybe(ANY))(action):
        return False
    assert isinstance(action, dict)
    shape = BUTTONS.get(action["action_id"]) or BUTTONS.get(action["action_id"].rpartition(".")[0])
    return shape is None or shape(action.get("value"))


def is_from_a_view(action: object) -> bool:
    """One of those that are nowhere but in a view, whose listener reads what stands in it."""
    return isinstance(action, dict) and action["action_id"] in ONLY_IN_VIEWS


def is_view(view: object) -> bool:
    """A view as it was before somebody, with what it is about and what stands in its inputs."""
    if not VIEW(view):
        return False
    assert isinstance(view, dict)
    name = view.get("callback_id") or ""
    if not written(FORMS.get(name, OTHER_VIEWS))(view.get("private_metadata") or "{}"):
        return False
    return all(_choice(name, block_id, held) for block_id, held in view["state"]["values"].items())


def _choice(callback_id: str, block_id: str, inputs: Mapping[str, Any]) -> bool:
    shape = CHOSEN.get((callback_id, block_id))
    if shape is None:
        return True
    held = [value for each in inputs.values() for name, value in each.items() if name in HOLDING and value]
    return all(shape(value["value"] if isinstance(value, dict) else value) for value in held)
