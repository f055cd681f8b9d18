"""The modals about one entry: what it says with a way to change it, the form of a group, what was saved, both versions
where two people were at it, the history, withdrawing and adding.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from slack_sdk.models.blocks import Block, RadioButtonsElement

from bot import words
from bot.field_words import GROUPS, LABELS, Group, action_in_words, differences, in_words
from bot.language import phrase
from bot.render import MRKDWN, part
from bot.slack.blocks import button, buttons, divider, message, modal, note, section
from bot.slack.entry_form import inputs
from bot.slack.inputs import ACTION, field, look_up_input, option, text_input
from catalogue.editing import Clashed
from catalogue.entries import to_document
from catalogue.model import Dataset, Revision, Status

HISTORY_SHOWN = 20
FIRST_FIELDS = ("title", "publisher", "summary", "contact", "access_rights", "personal_data")
"""What a new entry is asked for."""
VERSION = "version:"
"""Begins the names of inputs that ask which version to keep. A name that the form before had too would bring along
what was typed there."""
IMPLIED = frozenset({"visibility", "visible_to"})
"""Fields that say something by not being there: everyone may know of the entry."""


def say(block: str, **values: Any) -> str:
    """One piece of prose about an entry."""
    return part(MRKDWN, "stewards/edit.jinja", block, **values)


def overview(entry: Dataset, document: Mapping[str, Any], holder: str, *, origin: str | None = None) -> dict[str, Any]:
    """What the entry says, by group, each with a button to change it. `document` is the entry as forms show it."""
    blocks: list[Block] = [section(say("head", entry=entry, holder=holder))]
    for group in GROUPS.values():
        lines = [(LABELS[name], in_words(name, document[name])) for name in group.fields if name in document]
        missing = [LABELS[name] for name in group.fields if name not in document and name not in IMPLIED]
        text = say("group", title=phrase(group.title), lines=lines, missing=missing)
        change = button("Change", action_id="entry.change", value=f"{group.name} {entry.id}", about=phrase(group.title))
        blocks.append(section(text, accessory=change))
    withdrawn = entry.status is Status.WITHDRAWN
    last = ("Publish again", "entry.restore") if withdrawn else ("Withdraw", "entry.withdraw")
    hold = [button("Ask me first", action_id="entry.hold", value=entry.id)] if entry.source_id else []
    blocks.append(
        buttons(
            button("History", action_id="entry.history", value=entry.id),
            *hold,
            button("Names people use", action_id="term.add", value=entry.id),
            button("Is it ready to share?", action_id="entry.readiness", value=entry.id),
            button(last[0], action_id=last[1], value=entry.id),
        )
    )
    return modal("Edit an entry", blocks, callback_id="entry.overview", about={"id": entry.id, "from": origin})


def group_form(
    entry: Dataset,
    document: Mapping[str, Any],
    group: Group,
    *,
    over: str | None = None,
    first: str | None = None,
    proposed: Mapping[str, Any] | None = None,
    meanwhile: str | None = None,
    origin: str | None = None,
) -> dict[str, Any]:
    """The form of one group, with the field `first` on top. `over`: the view beneath that is to be renewed after it.

    `origin` is what the edit began from (`review:2026-W48`, `proposal:12`), so that this is settled by it.
    """
    names = sorted(group.fields, key=lambda name: name != first)
    lead = say("form_note", meanwhile=meanwhile, review=bool(origin and origin.startswith("review")))
    blocks = [note(lead), *inputs(document, names, proposed=proposed)]
    about = {"id": entry.id, "revision": entry.revision, "group": group.name, "over": over, "from": origin}
    return modal(group.title, blocks, callback_id="entry.save", submit="Save", close="Cancel", about=about)


def saved(entry: Dataset, changes: Mapping[str, Any], *, undo: int) -> dict[str, Any]:
    """What was changed, before and after, with a button to take it back. `undo`: the revision that did it."""
    blocks: list[Block] = [section(say("saved" if changes else "nothing"))]
    blocks += [
        section(say("diff", label=label, before=before, after=after)) for label, before, after in differences(changes)
    ]
    if changes:
        blocks.append(buttons(button("Take it back", action_id="entry.undo", value=f"{undo} {entry.id}")))
    return modal("Saved" if changes else "No change", blocks, callback_id="entry.saved", about={"id": entry.id})


def confirm(
    entry: Dataset, changes: Mapping[str, Any], weighty: Sequence[str], *, draft: str, about: Mapping[str, Any]
) -> dict[str, Any]:
    """Asks whether somebody means a change that opens something up."""
    document = to_document(entry)
    blocks: list[Block] = [section(say("confirm_lead", weighty=weighty))]
    pairs = {name: (document.get(name), value) for name, value in changes.items()}
    blocks += [
        section(say("diff", label=label, before=before, after=after)) for label, before, after in differences(pairs)
    ]
    return modal(
        "Do you mean this?",
        blocks,
        callback_id="entry.confirm",
        submit="Yes, save",
        close="Cancel",
        about={**about, "draft": draft},
    )


def clash(error: Clashed, author: str, *, draft: str, about: Mapping[str, Any]) -> dict[str, Any]:
    """Shows both versions of each field that two people changed, and lets this one choose."""
    blocks: list[Block] = [section(say("clash_lead", author=author, count=len(error.clashes)))]
    for each in error.clashes:
        theirs, mine = in_words(each.field, each.theirs), in_words(each.field, each.mine)
        blocks.append(section(say("clash", label=LABELS[each.field], theirs=theirs, mine=mine)))
        options = [option("theirs", phrase("Keep what is there now")), option("mine", phrase("Use mine"))]
        choose = RadioButtonsElement(action_id=ACTION, options=options, initial_option=options[0])
        which = phrase("{field}: which version?").format(field=LABELS[each.field])
        blocks.append(field(f"{VERSION}{each.field}", which, choose))
    seen = {**about, "draft": draft, "seen": error.revision}
    return modal("Two versions", blocks, callback_id="entry.choose", submit="Save", close="Cancel", about=seen)


def history(entry: Dataset, lines: Sequence[Revision], authors: Mapping[str, str], *, may_undo: bool) -> dict[str, Any]:
    """What happened to the entry, newest first, with what each change did."""
    newest = list(reversed(lines))[:HISTORY_SHOWN]
    blocks: list[Block] = [section(say("history_lead", entry=entry, total=len(lines), shown=len(newest)))]
    for line in newest:
        text = say(
            "history_line",
            when=words.day(line.at.date().isoformat()),
            author=authors[line.by],
            action=action_in_words(line.action),
            labels=[LABELS.get(name, name).lower() for name in line.changes] if line.action == "amend" else [],
            why=line.why,
            pairs=differences(line.changes),
        )
        take_back = button("Take it back", action_id="entry.undo", value=f"{line.revision} {entry.id}")
        blocks += [divider(), section(text, accessory=take_back if may_undo and line.changes else None)]
    return modal("History", blocks, callback_id="entry.past", about={"id": entry.id})


def withdraw(entry: Dataset) -> dict[str, Any]:
    """Asks for a successor and a reason."""
    blocks: list[Block] = [section(say("withdraw_lead", entry=entry))]
    blocks.append(
        look_up_input(
            "successor",
            "The entry that takes its place",
            action_id="entry.successor",
            placeholder="Type a part of its name",
            hint="If there is one. The page of this entry then leads to it.",
        )
    )
    blocks.append(text_input("why", "Why", hint="For the history, and for people with requests.", optional=False))
    about = {"id": entry.id, "revision": entry.revision}
    return modal(
        "Withdraw an entry", blocks, callback_id="entry.withdrawal", submit="Withdraw", close="Cancel", about=about
    )


def add(
    publisher: str | None, *, title: str = "", subject: str | None = None, near: Sequence[Mapping[str, str]] = ()
) -> dict[str, Any]:
    """The few fields that a new entry needs. `subject`: what people asked for and did not find, if it began there."""
    blocks: list[Block] = [note(say("add_lead"))]
    if near:
        blocks.append(section(say("alike", near=near)))
    document = {"title": title or None, "publisher": publisher}
    blocks += inputs(document, FIRST_FIELDS)
    about = {"subject": subject, "near": bool(near)}
    return modal(
        "Add an entry",
        blocks,
        callback_id="entry.new",
        submit="Add all the same" if near else "Add",
        close="Cancel",
        about=about,
    )


def which_one(subject: str, entries: Sequence[Dataset]) -> dict[str, Any]:
    """A message with the entries that may be meant, each with its button."""
    lead = say("which_one", subject=subject, found=bool(entries))
    edits = [button("Edit", action_id="entry.edit", value=entry.id, about=entry.title) for entry in entries]
    titles = [say("entry_title", entry=entry) for entry in entries]
    blocks = [section(lead), *(section(title, accessory=edit) for title, edit in zip(titles, edits, strict=True))]
    shown = message("\n".join([lead, *titles]), blocks)
    return {"text": shown.text, "blocks": shown.blocks}


def done(entry: Dataset, block: str, **values: Any) -> dict[str, Any]:
    """One sentence about what was done to an entry, with what else can be done to it."""
    blocks: list[Block] = [section(say(block, entry=entry, **values))]
    if block == "added":
        blocks += [
            buttons(
                *[
                    button(group.title, action_id=f"entry.change.{group.name}", value=f"{group.name} {entry.id}")
                    for group in GROUPS.values()
                ]
            )
        ]
    else:
        blocks.append(buttons(button("History", action_id="entry.history", value=entry.id)))
    return modal("Done", blocks, callback_id="entry.done", about={"id": entry.id})
