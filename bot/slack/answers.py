"""An answer as a Slack message: the point first, each entry with its button, the small print, what to ask next."""

from slack_sdk.models.blocks import Block, ButtonElement

from bot import replies
from bot.render import MRKDWN
from bot.slack.blocks import OUTSIDE, SECTION, SlackMessage, button, buttons, message, note, section
from catalogue.search.vocabulary import Vocabulary
from intents.answers import Answer, Outcome, Shown

STEPS = {
    "request.start": "Request access",
    "entry.report": "Report a problem",
    "entry.edit": "Edit this entry",
    "entry.add": "Add an entry",
    "term.add": "Add this name",
}
"""What the button of a step says. A step that no listener takes yet is not offered."""


def as_message(answer: Answer, vocabulary: Vocabulary, *, is_shared_outside: bool = False) -> SlackMessage:
    """The message that gives an answer. `is_shared_outside`: people of other workspaces may read it."""
    reply = replies.word(answer, vocabulary, MRKDWN)
    blocks: list[Block] = [section(piece) for piece in _pieces(reply.lead)]
    for place, (entry, text) in enumerate(zip(answer.shown, reply.entries, strict=False)):
        blocks.append(section(text, accessory=_entry_button(answer, entry, place)))
    if reply.foot:
        blocks.append(note(reply.foot))
    choices = [
        button(choice.label, action_id=f"question.ask.{place}", value=choice.question)
        for place, choice in enumerate(answer.choices[:5])
        if not reply.entries
    ]
    if choices:
        blocks.append(buttons(*choices))
    steps = [
        button(STEPS[step.act], action_id=step.act, value=step.value, primary=step.act == "request.start")
        for step in answer.steps
        if step.act in STEPS
    ]
    if steps:
        blocks.append(buttons(*steps))
    if is_shared_outside:
        for place, block in enumerate(blocks):
            block.block_id = f"{OUTSIDE}{place}"
    return message(reply.text, blocks)


def _pieces(lead: str) -> list[str]:
    """A lead in pieces that each fit a section, divided between paragraphs where one is too long."""
    pieces: list[str] = []
    for paragraph in lead.split("\n\n"):
        if pieces and len(pieces[-1]) + len(paragraph) + 2 <= SECTION:
            pieces[-1] += f"\n\n{paragraph}"
        else:
            pieces.append(paragraph)
    return pieces


def _entry_button(answer: Answer, entry: Shown, place: int) -> ButtonElement:
    if answer.outcome is Outcome.CLARIFY and place < len(answer.choices):  # the same question again, of this entry
        value = answer.choices[place].question
        return button("This one", action_id=f"question.ask.{place}", value=value, about=entry.dataset.title)
    label = "This one" if answer.outcome in (Outcome.SHORTLIST, Outcome.CLARIFY) else "More about this"
    return button(label, action_id="entry.describe", value=entry.dataset.id, about=entry.dataset.title)
