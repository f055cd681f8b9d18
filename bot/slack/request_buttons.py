"""The buttons under a request: those that do something for this person now, and no others."""

from datetime import datetime

from slack_sdk.models.blocks import ButtonElement

from bot.language import phrase
from bot.slack.blocks import button, button_saying
from bot.slack.request_words import STEPS
from catalogue import requests
from catalogue.model import Person
from catalogue.requests.model import Share, ShareRequest, ShareState, Side
from catalogue.requests.record import standing_of
from catalogue.requests.states import LIVE, PENDING, State
from catalogue.rights import Action
from intents.context import Context

DECIDING = (
    ("Approve", "request.approve"),
    ("Approve with conditions", "request.approve_with"),
    ("Ask a question", "request.ask"),
    ("Send back", "request.send_back"),
    ("Decline", "request.decline"),
    ("Hand to somebody else", "request.delegate"),
)
ASIDE = (("Read in full", "request.open"), ("Write a note", "request.note"), ("Waiting for others", "request.wait_for"))


def actions(context: Context, request: ShareRequest, person: Person, *, now: datetime) -> list[list[ButtonElement]]:
    """The rows of buttons that do something for this person now."""
    if person.id == request.author:
        return [_own_buttons(context, request)]
    if person.id in request.joined:
        return [[request_button("Read in full", "request.open", request)]]
    if request.state in PENDING and standing_of(context.db, person, Action.APPROVE_REQUEST, request, now=now):
        deciding = [
            request_button(label, action, request, primary=action == "request.approve") for label, action in DECIDING
        ]
        return [deciding, [request_button(label, action, request) for label, action in ASIDE]]
    rest = [request_button("Read in full", "request.open", request)]
    share = requests.share_of(context.db, request.id) if request.state is State.APPROVED else None
    if share and standing_of(context.db, person, Action.SUPPLY_SHARE, request, now=now):
        rest += _share_buttons(request, share, is_holder=True)
    return [rest]


def _own_buttons(context: Context, request: ShareRequest) -> list[ButtonElement]:
    found: list[ButtonElement] = []
    if request.state is State.DRAFT:
        found.append(request_button("Go on", "request.continue", request, primary=True))
    elif request.state is State.RETURNED:
        found.append(request_button("Change and send again", "request.continue", request, primary=True))
    elif request.state in PENDING and request.question:
        found.append(request_button("Answer", "request.answer", request, primary=True))
    elif request.state in PENDING:
        found.append(request_button("Ask how it stands", "request.nudge", request))
    elif request.state is State.DECLINED:
        again = button("Ask again", action_id="request.start", value=request.dataset_id, about=request.dataset_title)
        found.append(again)
    elif request.state is State.APPROVED and (share := requests.share_of(context.db, request.id)):
        found += _share_buttons(request, share, is_holder=False)
    found.append(request_button("Read in full", "request.open", request))
    if request.state in LIVE:
        found.append(request_button("Hand over", "request.hand_over", request))
        found.append(request_button("Withdraw", "request.withdraw", request))
    return found


def _share_buttons(request: ShareRequest, share: Share, *, is_holder: bool) -> list[ButtonElement]:
    found: list[ButtonElement] = []
    if share.state is ShareState.AGREED and not is_holder:
        found.append(request_button("Read and accept the conditions", "share.accept", request, primary=True))
    if share.state in (ShareState.AGREED, ShareState.ACCEPTED):
        side = Side.HOLDER if is_holder else Side.REQUESTER
        open_steps = [each for each in share.steps if each.done_at is None]
        found += [
            button_saying(
                phrase("Done: {step}").format(step=STEPS.get(each.id, each.id)),
                action_id=f"share.tick.{each.id}",
                value=request.id,
            )
            for each in open_steps
            if each.ticked_by is side
        ]
        if share.state is ShareState.ACCEPTED and not open_steps and is_holder:
            found.append(request_button("The data is supplied", "share.supply", request, primary=True))
    if share.state is ShareState.SUPPLIED:
        verb = ("Renew", "share.renew") if is_holder else ("Ask to renew", "share.ask_renewal")
        found.append(request_button(verb[0], verb[1], request))
    if share.state is not ShareState.ENDED:
        found.append(request_button("End the share", "share.end", request))
    return found


def request_button(label: str, action_id: str, request: ShareRequest, *, primary: bool = False) -> ButtonElement:
    """A button about a request."""
    return button(label, action_id=action_id, value=request.id, about=request.id, primary=primary)
