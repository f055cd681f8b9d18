"""Requests as lines of text and as JSON for the command line."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from bot.render import one_line
from bot.words import count, day
from catalogue.requests.evidence import answer_lines
from catalogue.requests.model import Before, Event, NextActor, Question, Share, ShareRequest
from catalogue.requests.questions import QuestionBook


def state_in_words(request: ShareRequest) -> str:
    return str(request.state).replace("_", " ")


def question_values(question: Question) -> dict[str, Any]:
    """A question in the shape that `--json` promises."""
    return {
        "id": question.id,
        "section": question.section,
        "text": question.text,
        "kind": str(question.kind),
        "options": [{"value": each.value, "label": each.label} for each in question.options],
        "compulsory": question.compulsory,
        "applies_when": dict(question.applies_when),
    }


def before_values(known: Before) -> dict[str, Any]:
    return {
        "is_open": known.is_open,
        "shares": [each.request_id for each in known.shares],
        "own": [each.id for each in known.own],
        "waiting": [each.id for each in known.waiting],
        "open_instead": [each.id for each in known.open_instead],
    }


def before(known: Before) -> Iterator[str]:
    """What to know before a request is started."""
    if known.is_open:
        yield "This is open to everyone. No request is needed."
        for form in known.dataset.distributions:
            yield f"  {one_line(form.url or form.title or 'Not provided')}"
    for share in known.shares:
        yield f"Your organisation already has this, by {share.request_id}."
    for each in known.own:
        yield f"You have {each.id} for this already: {state_in_words(each)}."
    for each in known.waiting:
        yield f"{each.id} by your colleague is going already. You can join it."
    for entry in known.open_instead:
        yield f"This is open: {one_line(entry.title)} ({entry.id})."


def draft(request: ShareRequest, missing: Mapping[str, str]) -> Iterator[str]:
    """How far a draft is."""
    if not missing:
        yield f"{request.id} is complete. Send it with: whoholds requests submit {request.id} --as {request.author}"
        return
    yield f"{request.id} is a draft. {count(len(missing), 'question')} to answer:"
    for name, fault in missing.items():
        yield f"  {name}: {fault}"


def line(request: ShareRequest, actor: NextActor | None) -> str:
    """One request in one line."""
    parts = [request.id, state_in_words(request), one_line(request.dataset_title), f"from {request.organisation}"]
    if actor:
        parts.append(f"next: {actor.person.id if actor.person else 'nobody'}")
    return "  ".join([*parts, *(["(illustrative)"] if request.is_illustrative else [])])


def whole(
    request: ShareRequest,
    actor: NextActor | None,
    share: Share | None,
    past: Sequence[Event],
    book: QuestionBook,
    waited: Mapping[str, float],
) -> Iterator[str]:
    """One request with everything. `waited` are days by whom it waited for."""
    yield line(request, actor)
    if any(waited.values()):
        yield f"Days waited for: {', '.join(f'{party} {days:g}' for party, days in waited.items())}"
    if request.question:
        yield f"Asked: {one_line(request.question)}"
    yield ""
    yield from _answers(answer_lines(book, request.answers))
    if share:
        until = f", until {day(share.ends_on.isoformat())}" if share.ends_on else ""
        yield ""
        yield f"Share: {share.state}{until}"
        for name, text in (("Part", share.subset), ("Conditions", share.conditions)):
            if text:
                yield f"  {name}: {one_line(text)}"
        for step in share.steps:
            yield f"  {'done' if step.done_at else 'open'}: {step.id} (the {step.ticked_by} ticks it)"
    yield ""
    for event in past:
        private = " (private)" if event.is_private else ""
        yield f"{event.at:%Y-%m-%d %H:%M} UTC  {event.verb}  {event.by}{private}  {one_line(event.note or '')}".rstrip()


def evidence(found: Mapping[str, Any]) -> Iterator[str]:
    """The evidence as text."""
    request = found["request"]
    yield f"Evidence of {request['id']}, written on {day(found['written_at'][:10])}"
    yield f"Data: {one_line(request['dataset_title'])} ({request['dataset_id']}), held by {request['holder']}"
    yield f"Asked by: {request['author']} for {request['organisation']}. State: {request['state']}."
    yield ""
    yield "Answers"
    yield from _answers(found["answers"])
    yield ""
    yield from _in_force("when it was started", found["conditions"])
    for event in found["history"]:
        if "rules" in event["detail"]:
            yield from _in_force(f"at {event['verb']} (event {event['place']})", event["detail"]["rules"])
    yield "History"
    for event in found["history"]:
        private = " (private)" if event["is_private"] else ""
        yield f"  {event['place']}. {event['at']}  {event['verb']}  {event['by']}{private}"
        told = (f"{name}: {value}" for name, value in event["detail"].items() if name != "rules")
        for text in (event["note"], *told):
            if text:
                yield f"     {one_line(text)}"
        yield from (f"     {text.strip()}" for text in _answers(event["answers"] or ()))
    yield ""
    yield "Audit"
    for row in found["audit"]["rows"]:
        yield f"  {row['number']}  {row['at']}  {row['action']}  {row['outcome']}  {row['hash']}"
    yield f"  Head: {found['audit']['head']}"
    yield "  The chain is whole." if found["audit"]["chain_is_whole"] else "  The chain is broken:"
    yield from (f"  {problem}" for problem in found["audit"]["problems"])


def _in_force(when: str, conditions: Mapping[str, Any]) -> Iterator[str]:
    yield f"Conditions in force {when} (rules {conditions['version']} of {conditions['date']})"
    yield f"  {conditions['line']}"
    for need in conditions["needs"]:
        yield f"  {need['rule']}: {need['say']} [{need['citation']}]"
    yield ""


def _answers(lines: Sequence[Mapping[str, str]]) -> Iterator[str]:
    for each in lines:
        yield f"  {each['question']} {one_line(each['answer'])}"
