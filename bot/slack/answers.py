"""An answer as a Slack message: the point first, each entry with its button, the small print, what to ask next."""

from slack_sdk.models.blocks import Block, ButtonElement

from bot import replies
from bot.render import MRKDWN
from bot.slack.blocks import OUTSIDE, SlackMessage, button, buttons, message, note, section
from catalogue.search.vocabulary import Vocabulary
from intents.answers import Answer, Outcome, Shown


def as_message(answer: Answer, vocabulary: Vocabulary, *, is_shared_outside: bool = False) -> SlackMessage:
    """The message that gives an answer. `is_shared_outside`: people of other workspaces may read it."""
    reply = replies.word(answer, vocabulary, MRKDWN)
    blocks: list[Block] = [section(reply.lead)]
    for entry, text in zip(answer.shown, reply.entries, strict=False):
        blocks.append(section(text, accessory=_entry_button(answer, entry)))
    if reply.foot:
        blocks.append(note(reply.foot))
    choices = [
        button(choice.label, action_id=f"question.ask.{place}", value=choice.question)
        for place, choice in enumerate(answer.choices[:5])
        if not reply.entries
    ]
    if choices:
        blocks.append(buttons(*choices))
    if is_shared_outside:
        for place, block in enumerate(blocks):
            block.block_id = f"{OUTSIDE}{place}"
    return message(reply.text, blocks)


def _entry_button(answer: Answer, entry: Shown) -> ButtonElement:
    label = "This one" if answer.outcome in (Outcome.SHORTLIST, Outcome.CLARIFY) else "More about this"
    return button(label, action_id="entry.describe", value=entry.dataset.id, about=entry.dataset.title)
