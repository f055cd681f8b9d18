"""An answer as a Slack message: the point first, each entry with its button, the small print, what to ask next."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from slack_sdk.models.blocks import Block, ButtonElement

from bot import replies
from bot.language import phrase, sentence
from bot.render import MRKDWN, Ready, part
from bot.slack.blocks import (
    LABEL,
    OUTSIDE,
    SECTION,
    VALUE,
    SlackMessage,
    button,
    button_saying,
    buttons,
    message,
    note,
    section,
)
from catalogue.search.phrase import as_written
from catalogue.search.vocabulary import Vocabulary
from intents.answers import SHOWN, Answer, Outcome, Shown

PERSONAL = frozenset({"my_requests", "review_queue", "out_of_scope", "social", "help"})
"""Kinds of answer that there is nothing in to share."""

STEPS = {
    "request.start": "Request access",
    "request.open": "Read {value}",
    "entry.report": "Report a problem",
    "entry.edit": "Edit this entry",
    "entry.add": "Add an entry",
    "term.add": "Add this name",
    "follow.entry": "Follow",
    "follow.organisation": "Follow this organisation",
    "follow.question": "Tell me when somebody does",
    "collection.avoided": "I will use this instead",
}
"""What the button of a step says."""

LONGEST_ASKED = 1_000
"""Characters of a question that a button carries, so that what it stands for can be asked again."""

ENDING = 20
"""Characters that are kept of the end of a choice that is too long for a button."""


@dataclass(frozen=True, slots=True)
class Asked:
    """The question behind a message. `is_shareable`: only the asker reads it, in a channel where it can be shared.
    `after`: the key of a question that goes on from others.
    """

    text: str
    is_shareable: bool = False
    shared_by: str | None = None
    after: str | None = None


def as_message(
    answer: Answer, vocabulary: Vocabulary, *, is_shared_outside: bool = False, asked: Asked | None = None
) -> SlackMessage:
    """The message that gives an answer. `is_shared_outside`: people of other workspaces may read it."""
    reply = replies.word(answer, vocabulary, MRKDWN)
    shared = _shared(asked) if asked and asked.shared_by else ""
    blocks: list[Block] = [note(shared)] if shared else []
    blocks += [section(piece) for piece in _pieces(reply.lead)]
    for place, (entry, text) in enumerate(zip(answer.shown, reply.entries, strict=False)):
        blocks.append(section(text, accessory=_entry_button(answer, entry, place)))
    if reply.foot:
        blocks.append(note(reply.foot))
    choices = [
        button_saying(_choice(choice.label), action_id=f"question.ask.{place}", value=choice.question)
        for place, choice in enumerate(answer.choices[:5])
        if not reply.entries
    ]
    steps = [] if is_shared_outside else [*_steps(answer), *(_about_the_answer(answer, asked) if asked else [])]
    also = [_other_question(answer)] if answer.also else []
    blocks += [buttons(*row) for row in (choices, also, *_rows(steps)) if row]
    if is_shared_outside:
        for place, block in enumerate(blocks):
            block.block_id = f"{OUTSIDE}{place}"
    return message("\n\n".join(filter(None, (shared, reply.text))), blocks)


def _choice(label: str) -> str:
    """The words of a choice. Of what is too long the end stays too: “What does … mean?” is not “What does … cover?”."""
    words = sentence(label)
    return words if len(words) <= LABEL else f"{words[: LABEL - ENDING - 2]}… {words[-ENDING:].lstrip()}"


def _other_question(answer: Answer) -> ButtonElement:
    label = part(MRKDWN, "slack/answers.jinja", "other_question", question=answer.also)
    return button_saying(label, action_id="question.ask.9", value=answer.also)


def _shared(asked: Asked) -> str:
    return part(
        MRKDWN, "slack/answers.jinja", "shared", who=Ready(f"<@{asked.shared_by}>"), question=asked.text[:LONGEST_ASKED]
    )


def _steps(answer: Answer) -> list[ButtonElement]:
    return [
        button_saying(
            phrase(STEPS[step.act]).format(value=step.value),
            action_id=step.act,
            value=step.value,
            primary=step.act == "request.start",
        )
        for step in answer.steps
    ]


def _rows(elements: Sequence[ButtonElement]) -> list[list[ButtonElement]]:
    """Buttons in as few rows as can be: Slack wants each act once in a row."""
    rows: list[list[ButtonElement]] = []
    for element in elements:
        row = next((row for row in rows if element.action_id not in {other.action_id for other in row}), None)
        if row is None:
            rows.append([element])
        else:
            row.append(element)
    return rows


def _about_the_answer(answer: Answer, asked: Asked) -> list[ButtonElement]:
    """What can be done with the answer itself: say that it is not what was meant, show it to the channel."""
    found = []
    text = asked.text[:LONGEST_ASKED]
    if answer.shown and not answer.details.get("is_second_try"):
        found.append(button("Not what I meant", action_id="answer.reject", value=_rejected(text, answer)))
    if answer.corrections:
        typed = ", ".join(typed for typed, _meant in answer.corrections)
        label = phrase("Search instead for “{typed}”").format(typed=typed)
        found.append(button_saying(label, action_id="question.ask", value=as_written(text, answer.corrections)))
    if asked.is_shareable and answer.intent not in PERSONAL:
        value = json.dumps({"asked": text, "after": asked.after})
        found.append(button("Share in channel", action_id="answer.share", value=value))
    return found


def _rejected(asked: str, answer: Answer) -> str:
    """The question and the entries that were shown, as a button carries them; a long question is cut to fit."""
    shown = [entry.dataset.id[:300] for entry in answer.shown[:SHOWN]]
    while len(value := json.dumps({"asked": asked, "shown": shown}, ensure_ascii=False)) > VALUE and asked:
        asked = asked[: len(asked) * 3 // 4]
    return value


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
    title = entry.dataset.title
    if [other.dataset.title for other in answer.shown].count(title) > 1:
        title = f"{title}, {entry.holder_name}"
    if answer.outcome is Outcome.CLARIFY and place < len(answer.choices):  # the same question again, of this entry
        value = answer.choices[place].question
        return button("This one", action_id=f"question.ask.{place}", value=value, about=title)
    label = "This one" if answer.outcome in (Outcome.SHORTLIST, Outcome.CLARIFY) else "More about this"
    return button(label, action_id="entry.describe", value=entry.dataset.id, about=title)
