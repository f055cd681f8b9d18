"""The modals in which a request is written: what to know first, the steps, everything read back, and what follows."""

from collections.abc import Mapping, Sequence
from typing import Any

from slack_sdk.models.blocks import (
    Block,
    CheckboxesElement,
    InputBlock,
    Option,
    PlainTextInputElement,
    PlainTextObject,
    StaticSelectElement,
    UserSelectElement,
)

from bot.language import phrase
from bot.render import cut
from bot.render import label as plain
from bot.slack.blocks import button, buttons, divider, modal, section
from bot.slack.inputs import field, option
from bot.slack.request_inputs import FILL, MANY, TYPED, inputs
from bot.slack.request_words import lines, say
from catalogue.requests.model import Before, Section, ShareRequest
from catalogue.requests.states import EDITABLE, State

Words = Mapping[str, str]
COPY = "copy_of"
DECLARED = "declared"
READ_BACK = 700
"""So much of one answer is read back; the whole stays in the step."""


def advice(known: Before, earlier: Sequence[ShareRequest], says: Words, *, said: str = "") -> dict[str, Any]:
    """What to know before a request is begun, with a choice of an earlier one to copy.

    `says` has a sentence for each share, request and entry, by its id.
    """
    dataset = known.dataset
    blocks: list[Block] = [section(say("before", dataset=dataset, known=known))]
    if known.is_open:
        return modal("No request needed", blocks, callback_id="request.advice")
    blocks += [section(says[each.request_id]) for each in known.shares[:5]]
    for own in known.own[:5]:
        verb = ("Go on", "request.continue") if own.state in EDITABLE else ("Read it", "request.open")
        look = button(verb[0], action_id=verb[1], value=own.id, about=own.id, primary=True)
        blocks.append(section(says[own.id], accessory=look))
    for each in known.waiting[:5]:
        join = button("Join it", action_id="request.join", value=each.id, about=each.id)
        blocks.append(section(says[each.id], accessory=join))
    for other in known.open_instead[:3]:
        look = button("Look at it", action_id="request.look", value=other.id, about=other.title)
        blocks.append(section(says[other.id], accessory=look))
    if any(own.state is State.DRAFT for own in known.own):  # one draft for an entry: they go on with it
        return modal("Request data", blocks, callback_id="request.advice")
    if earlier:
        options = [_earlier(each) for each in earlier[:MANY]]
        chosen = StaticSelectElement(action_id=FILL, options=options, placeholder=phrase("Begin with empty answers"))
        label = "Copy the answers of an earlier request"
        blocks.append(field(COPY, label, chosen, optional=True))
    about = {"dataset": dataset.id, "said": said}
    return modal("Request data", blocks, callback_id="request.begin", submit="Begin", about=about)


def _earlier(request: ShareRequest) -> Option:
    words = cut(plain(f"{request.id} {request.dataset_title}"), 75)
    return Option(value=request.id, text=PlainTextObject(text=words, emoji=False))


def step(request: ShareRequest, sections: Sequence[Section], place: int, says: Words) -> dict[str, Any]:
    """One step of the form: the questions of one section."""
    part = sections[place]
    lead = say("step", request=request, section=part, place=place + 1, of=len(sections), note=says.get("note"))
    blocks: list[Block] = [section(lead), *inputs(part, request.answers, say_filled=says)]
    ways = [button("Back", action_id="request.back", value=request.id)] if place else []
    ways.append(button("Skip for now", action_id="request.skip", value=request.id))
    ways.append(button("Save and go on later", action_id="request.later", value=request.id))
    blocks += [divider(), buttons(*ways)]
    about = {"id": request.id, "section": part.id}
    return modal("Request data", blocks, callback_id="request.step", submit="Next", about=about)


def review(
    request: ShareRequest, sections: Sequence[Section], faults: Mapping[str, str], declaration: str
) -> dict[str, Any]:
    """Everything that was answered, to be read before it is sent. While something is missing it cannot be sent."""
    blocks: list[Block] = [section(say("review", request=request, faults=len(faults)))]
    for part in sections:
        shown = [(text, cut(given, READ_BACK), faults.get(key)) for key, text, given in lines(part, request.answers)]
        change = button("Change", action_id="request.change", value=f"{request.id} {part.id}", about=phrase(part.title))
        blocks.append(section(say("review_title", title=phrase(part.title)), accessory=change))
        blocks += [section(piece) for piece in _pieces([say("review_line", line=line) for line in shown])]
    blocks.append(buttons(button("Save and go on later", action_id="request.later", value=request.id)))
    about = {"id": request.id, "version": request.version}
    if faults:
        return modal("Nearly there", blocks, callback_id="request.unfinished", about=about)
    declare = CheckboxesElement(action_id=FILL, options=[option("yes", phrase("I declare this"))])
    blocks.append(InputBlock(block_id=DECLARED, label=cut(plain(phrase(declaration)), 2_000), element=declare))
    return modal("Read and send", blocks, callback_id="request.submit", submit="Send", about=about)


def _pieces(texts: Sequence[str], limit: int = 2_800) -> list[str]:
    """Texts joined as far as they fit one block, and divided where one does not, so that nothing is left out and a long
    request stays within the blocks of a modal."""
    pieces: list[str] = []
    for text in (part for each in texts for part in _parts(each, limit)):
        if pieces and len(pieces[-1]) + len(text) + 2 <= limit:
            pieces[-1] += f"\n\n{text}"
        else:
            pieces.append(text)
    return pieces


def _parts(text: str, limit: int) -> list[str]:
    """A text in parts that each fit a block, divided between words, never inside what stands for one character."""
    parts = []
    while len(text) > limit:
        end = max(text.rfind(" ", 0, limit), text.rfind("\n", 0, limit))
        if end < limit // 2:
            end = limit if ";" not in text[limit : limit + 6] else text.rfind("&", 0, limit)
        parts.append(text[:end].rstrip())
        text = text[end:].lstrip()
    return [*parts, text]


def done(title: str, text: str, *more: Block) -> dict[str, Any]:
    """What was done, in place of the form."""
    return modal(title, [section(text), *more], callback_id="request.done")


def saved(request: ShareRequest) -> dict[str, Any]:
    """The draft is kept."""
    go_on = buttons(button("Go on now", action_id="request.continue", value=request.id))
    return done("Saved", say("saved", request=request), go_on)


def write(
    request: ShareRequest,
    *,
    key: str,
    title: str,
    submit: str,
    lead: str,
    label: str,
    hint: str | None = None,
    optional: bool = False,
    more: Sequence[Block] = (),
) -> dict[str, Any]:
    """A modal in which something is written about a request: a reason, a question, an answer.

    It remembers the version that is seen now, so that nothing is decided on what has changed meanwhile.
    """
    words = PlainTextInputElement(action_id=FILL, multiline=True, max_length=TYPED)
    blocks = [
        section(lead),
        *more,
        field("note", label, words, hint=hint, optional=optional),
    ]
    about = {"id": request.id, "version": request.version}
    return modal(title, blocks, callback_id=key, submit=submit, close="Cancel", about=about)


def choose_person(label: str, hint: str) -> Block:
    """An input for a colleague."""
    element = UserSelectElement(action_id=FILL, placeholder=phrase("Choose somebody"))
    return field("to", label, element, hint=hint)


def sheet(request: ShareRequest, lead: Sequence[str], rows: Sequence[Block], rest: Sequence[str]) -> dict[str, Any]:
    """A request to be read: how it stands, what can be done, then every answer and what happened."""
    blocks = [*map(section, _pieces(lead)), *rows, divider(), *map(section, _pieces(rest))]
    return modal(request.id, blocks, callback_id="request.sheet", about={"id": request.id})
